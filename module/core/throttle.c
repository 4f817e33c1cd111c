// SPDX-License-Identifier: GPL-2.0
/*
 * How often may a stranger make us answer? Sockets, requests and TIME-WAIT entries ask before they
 * answer a segment that is not acceptable and may be forged. Each has a count of its own: one that
 * connections share can be read by whoever has one of them (CVE-2016-5696).
 * RFC 5961 section 7.
 */
#include "throttle.h"

/**
 * rill_throttle_pass() - may this be answered? If so, it is counted
 * @t: the connection's count
 * @now: the time, in any unit; it wraps, so that a period that is long over may seem to go on
 * @period: how long a period is, in that unit
 * @limit: answers in a period, at least 1
 *
 * A period begins with an answer, once the last period is over. No lock is needed: where two CPUs
 * ask at once, one answer may go uncounted.
 */
bool rill_throttle_pass(struct rill_throttle *t, u16 now, u16 period, u8 limit)
{
	if (!t->sent || (u16)(now - t->since) >= period) {
		t->since = now;
		t->sent = 0;
	}
	if (t->sent >= limit)
		return false;
	t->sent++;
	return true;
}
