/* SPDX-License-Identifier: GPL-2.0 */
/* State x event -> next state and what to do (RFC 9293 sections 3.3.2, figure 5, and 3.10). */
#ifndef _RILL_CORE_STATE_H
#define _RILL_CORE_STATE_H

#include <linux/types.h>
#include <net/tcp_states.h>

/* What can happen to a connection. Segments have passed core/check before they become events. */
enum rill_event {
	RILL_EV_LISTEN,		/* user: passive open */
	RILL_EV_CONNECT,	/* user: active open */
	RILL_EV_ACCEPTED,	/* a request's handshake is complete, its socket comes to life */
	RILL_EV_CLOSE,		/* user: no more data to send (shutdown(SHUT_WR), close()) */
	RILL_EV_ABORT,		/* user: give up at once (disconnect, linger 0, unread data) */
	RILL_EV_SYN,		/* SYN without ACK */
	RILL_EV_SYNACK,		/* SYN with an ACK of our SYN */
	RILL_EV_SYN_ACKED,	/* ACK of our SYN, no SYN */
	RILL_EV_FIN_ACKED,	/* ACK of our FIN */
	RILL_EV_FIN,		/* the peer's FIN, all data before it received */
	RILL_EV_RST,		/* an acceptable RST */
	RILL_EV_GIVE_UP,	/* R2, user timeout or keep-alive: the peer doesn't answer */
	RILL_EV_2MSL,		/* the time of TIME-WAIT, or of an orphan in FIN-WAIT-2, is over */
	RILL_EV_COUNT
};

/* What goes with a transition; carried out by engine/act.c. */
enum rill_action {
	RILL_ACT_SYN		= 0x0001,	/* send SYN */
	RILL_ACT_SYNACK		= 0x0002,	/* send SYN-ACK */
	RILL_ACT_ACK		= 0x0004,	/* send ACK now */
	RILL_ACT_FIN		= 0x0008,	/* queue FIN behind the data */
	RILL_ACT_RST		= 0x0010,	/* send RST */
	RILL_ACT_OPENED		= 0x0020,	/* wake up who waits for the connection */
	RILL_ACT_EOF		= 0x0040,	/* the reader sees end of file */
	RILL_ACT_REFUSED	= 0x0080,	/* the user learns ECONNREFUSED */
	RILL_ACT_RESET		= 0x0100,	/* the user learns ECONNRESET, after a FIN EPIPE */
	RILL_ACT_TIMEDOUT	= 0x0200,	/* the user learns ETIMEDOUT */
	RILL_ACT_TIMEWAIT	= 0x0400,	/* become a TIME-WAIT entry, restart 2 MSL */
	RILL_ACT_DELETE		= 0x0800,	/* delete the TCB */
};

/**
 * struct rill_cell - one cell of the table
 * @valid: false: the event cannot happen in this state, whoever raised it has a bug
 * @next: the state afterwards, TCP_ESTABLISHED..TCP_CLOSING, the state before when nothing changes
 * @actions: enum rill_action
 */
struct rill_cell {
	bool	valid;
	u8	next;
	u16	actions;
};

const struct rill_cell *rill_state_cell(u8 state, enum rill_event event);
const char *rill_state_name(u8 state);
const char *rill_event_name(enum rill_event event);

#endif /* _RILL_CORE_STATE_H */
