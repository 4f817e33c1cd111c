/* SPDX-License-Identifier: GPL-2.0 */
/* The bits of two words of struct rill_sock. */
#ifndef _RILL_BASE_BITS_H
#define _RILL_BASE_BITS_H

/* Bits of struct rill_sock.ack: why an acknowledgment is owed. */
enum rill_ack_bit {
	RILL_ACK_OWED	= 0x01,		/* something arrived that was not acknowledged yet */
	RILL_ACK_NOW	= 0x02,		/* and must not wait for the delayed-ACK timer */
	/* and not for the segments behind it either: the peer counts duplicate ACKs */
	RILL_ACK_EACH	= 0x04,
	RILL_ACK_READ	= 0x08,		/* and not longer than until the reader has all */
};

/*
 * Bits of struct rill_sock.deferred: work left to the holder of the socket lock, see
 * rill_expiry_release().
 */
enum rill_deferred_bit {
	RILL_DEFER_TIMER,		/* the timer fired */
	RILL_DEFER_MTU,			/* the path MTU changed */
	RILL_DEFER_ACK,			/* segments of the backlog are being dealt with */
	RILL_DEFER_TURN,		/* what waited, for its turn or the device, may go */
};

#endif /* _RILL_BASE_BITS_H */
