// SPDX-License-Identifier: GPL-2.0
/*
 * What was sent before something that has arrived, and longer ago than reordering explains, is
 * lost; and where no ACK would tell, because the last segments got lost, a probe asks for one.
 * The receive path reports what has arrived; what is lost is marked on the scoreboard.
 * RFC 8985.
 */
#include "rack.h"

#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "seq.h"

#define RILL_RACK_PERSIST	16	/* recoveries (RFC 8985 section 6.2, step 4) */

/**
 * rill_rack_init() - a connection starts
 * @r: its state
 * @iss: initial send sequence number
 */
void rill_rack_init(struct rill_rack *r, u32 iss)
{
	*r = (struct rill_rack){ .end = iss, .fack = iss, .mult = 1 };
}

/**
 * rill_rack_delivered() - something has arrived (RFC 8985 section 6.2, steps 2 and 3)
 * @r: RACK's state
 * @d: what
 * @min_rtt_us: the least round-trip time
 * @now_us: the time
 *
 * What arrives sooner than any round trip takes was not what was sent again last.
 */
void rill_rack_delivered(struct rill_rack *r, const struct rill_delivered *d, u32 min_rtt_us,
			 u64 now_us)
{
	u32 rtt = min_t(u64, now_us - d->at_us, U32_MAX);

	if (!d->octets)
		return;
	if (d->any && rill_seq_lt(d->low, r->fack)) {
		r->reordered++;
		r->degree = max(r->degree, r->fack - d->low);
	}
	if (d->any && rill_seq_gt(d->high, r->fack))
		r->fack = d->high;
	if (d->ever && rtt < min_rtt_us)
		return;
	if (d->at_us > r->at_us || (d->at_us == r->at_us && rill_seq_gt(d->end, r->end))) {
		r->at_us = d->at_us;
		r->end = d->end;
		r->rtt_us = rtt;
	}
}

/**
 * rill_rack_dsack() - adapt the window to needless retransmissions (RFC 8985 section 6.2, step 4)
 * @r: RACK's state
 * @una: SND.UNA
 * @nxt: SND.NXT
 * @dsack: the ACK tells of something that came twice
 */
void rill_rack_dsack(struct rill_rack *r, u32 una, u32 nxt, bool dsack)
{
	if (r->growing && rill_seq_geq(una, r->round))
		r->growing = false;
	if (r->growing || !dsack)
		return;
	r->growing = true;
	r->round = nxt;
	r->mult = min(r->mult + 1, U8_MAX);
	r->persist = RILL_RACK_PERSIST;
}

/**
 * rill_rack_late() - what was sent again had only been overtaken
 * @r: RACK's state
 */
void rill_rack_late(struct rill_rack *r)
{
	r->reordered++;
}

/**
 * rill_rack_recovered() - a recovery is over
 * @r: RACK's state
 */
void rill_rack_recovered(struct rill_rack *r)
{
	if (r->persist && !--r->persist)
		r->mult = 1;
}

/**
 * rill_rack_window() - how long to wait for what may have been overtaken
 * @r: RACK's state
 * @min_rtt_us: the least round-trip time
 * @srtt_us: the smoothed one
 * @at_once: losses are being repaired, or the peer has told of three segments or more: unless
 *	reordering was seen there is nothing to wait for
 *
 * Return: microseconds, RACK.reo_wnd.
 */
u32 rill_rack_window(const struct rill_rack *r, u32 min_rtt_us, u32 srtt_us, bool at_once)
{
	if (!r->reordered && at_once)
		return 0;
	return min_t(u64, (u64)r->mult * min_rtt_us / 4, srtt_us);
}

/**
 * rill_rack_detect() - mark what is lost (RFC 8985 section 6.2, step 5)
 * @r: RACK's state
 * @b: the scoreboard
 * @window_us: rill_rack_window()
 * @now_us: the time
 * @wait_us: so long from now something more may be lost; 0: nothing may
 *
 * Return: octets lost now.
 */
u32 rill_rack_detect(const struct rill_rack *r, struct rill_board *b, u32 window_us, u64 now_us,
		     u32 *wait_us)
{
	struct rill_sent *s;
	u32 lost = 0;
	u64 due;

	*wait_us = 0;
	while ((s = rill_board_oldest(b))) {
		if (s->at_us > r->at_us || (s->at_us == r->at_us && rill_seq_geq(s->end, r->end)))
			break;
		due = s->at_us + r->rtt_us + window_us;
		if (due > now_us) {
			*wait_us = due - now_us;
			break;
		}
		lost += s->end - s->seq;
		rill_board_lose(b, s);
	}
	return lost;
}

/**
 * rill_tlp_wait() - how long after the last segment to send a probe (RFC 8985 section 7.2)
 * @srtt_us: the smoothed round-trip time; 0: not known
 * @rto_us: until the retransmission timer would expire
 * @delack_us: how long a peer may keep back the ACK of a single segment
 * @single: no more than one segment is in flight
 *
 * Return: microseconds.
 */
u32 rill_tlp_wait(u32 srtt_us, u32 rto_us, u32 delack_us, bool single)
{
	u64 wait = srtt_us ? 2ULL * srtt_us : USEC_PER_SEC;

	if (srtt_us && single)
		wait += delack_us;
	return min_t(u64, wait, rto_us);
}

/**
 * rill_tlp_sent() - a probe was sent
 * @t: its state
 * @nxt: SND.NXT
 * @again: it was no new data
 */
void rill_tlp_sent(struct rill_tlp *t, u32 nxt, bool again)
{
	*t = (struct rill_tlp){ .end = nxt, .out = true, .again = again };
}

/**
 * rill_tlp_acked() - an ACK came: what became of the probe (RFC 8985 section 7.4.2)?
 * @t: its state
 * @ack: SEG.ACK
 * @dsack: the peer has got the probe's octets twice
 * @bare_duplicate: it is a duplicate ACK without any SACK block
 *
 * Return: true if the probe has repaired a loss that nobody noticed: the window is to be reduced.
 */
bool rill_tlp_acked(struct rill_tlp *t, u32 ack, bool dsack, bool bare_duplicate)
{
	if (!t->out || rill_seq_lt(ack, t->end))
		return false;
	if (!t->again || dsack) {
		t->out = false;
	} else if (rill_seq_gt(ack, t->end)) {
		t->out = false;
		return true;
	} else if (bare_duplicate) {
		t->out = false;
	}
	return false;
}
