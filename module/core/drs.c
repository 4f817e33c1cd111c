// SPDX-License-Identifier: GPL-2.0
/*
 * Dynamic right-sizing: the receive window follows what is read in a round trip, so that the
 * sender's congestion window is what bounds the transfer, and not a buffer that is too small for
 * the path. The receive path reports echoed timestamps, recvmsg() what was read.
 * Fisk and Feng, "Dynamic right-sizing in TCP" (2001); RFC 7323 section 3.
 */
#include "drs.h"

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

/**
 * rill_drs_init() - a connection is open
 * @d: its state
 * @seq: the reader's next octet
 * @rtt_us: the handshake's round-trip time; 0: not known
 */
void rill_drs_init(struct rill_drs *d, u32 seq, u32 rtt_us)
{
	*d = (struct rill_drs){ .seq = seq, .rtt_us = rtt_us };
}

/**
 * rill_drs_echo() - a full segment came, which echoes a timestamp
 * @d: state
 * @echo: the timestamp, milliseconds
 * @now_ms: the clock of such timestamps
 *
 * The first segment that echoes an ACK tells the round-trip time, and how long the sender had
 * nothing to send; therefore a longer time counts for twice the known one at most. A millisecond
 * more or less is the clock's.
 */
void rill_drs_echo(struct rill_drs *d, u32 echo, u32 now_ms)
{
	u32 rtt = min_t(u64, (u64)(now_ms - echo) * USEC_PER_MSEC, U32_MAX / 2);

	if (echo == d->echo)
		return;
	d->echo = echo;
	if (!d->rtt_us)
		d->rtt_us = max_t(u32, rtt, USEC_PER_MSEC);
	else if (rtt > d->rtt_us + USEC_PER_MSEC)
		d->rtt_us += (min(rtt, 2 * d->rtt_us) - d->rtt_us) / 8;
	else if (rtt + USEC_PER_MSEC < d->rtt_us)
		d->rtt_us -= (d->rtt_us - rtt) / 8;
}

/**
 * rill_drs_round() - the reader has taken more than in any round trip before
 * @d: state
 * @copied: the reader's next octet
 * @now_us: the time
 *
 * A sender in slow start doubles its window in each round trip, and is two ahead of what is known
 * here. If something is lost then, nothing can be read for one more, in which the sender should go
 * on with most of that window: so six times what was read is due where that has doubled, twice
 * where it grows slowly.
 *
 * Return: octets of window that make sense now; 0: nothing new is known.
 */
u32 rill_drs_round(struct rill_drs *d, u32 copied, u64 now_us)
{
	u64 took = now_us - d->since_us, read, want;

	if (!d->rtt_us || (d->since_us && took < d->rtt_us))
		return 0;
	read = d->since_us ? div64_u64((u64)(copied - d->seq) * d->rtt_us, took) : 0;
	d->since_us = now_us;
	d->seq = copied;
	if (read <= d->most)
		return 0;
	want = 2 * read + 8 * (read - d->most);
	d->most = read;
	return min_t(u64, want, U32_MAX);
}
