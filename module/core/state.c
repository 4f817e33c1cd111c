// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine as a table: state x event -> next state and actions.
 * Called by engine/act.c for a socket's events; requests and TIME-WAIT entries follow its rows.
 * From RFC 9293 sections 3.3.2 (figure 5) and 3.10; where something else decides, the cell says so.
 * scripts/states-to-dot reads the rows: each cell is one GO() or STAY() and perhaps a comment.
 */
#include "state.h"

#define GO(to, act)	{ .valid = true, .next = (to), .actions = (act) }
#define STAY(in, act)	GO(in, act)

/*
 * How sockets map to the RFC's one TCB per connection:
 * - A listener never leaves LISTEN for a SYN. The SYN makes a request, an object whose life begins
 *   in SYN-RECEIVED; so a RST there ends the request only, and the port still listens (MUST-11).
 *   Who acts for a request has no user to tell: REFUSED and TIMEDOUT end in its deletion.
 * - The socket of a completed request passes through SYN-RECEIVED (RILL_EV_ACCEPTED).
 * - A segment may bring several events: ACK of SYN, then ACK of FIN, then FIN. Figure 5's note 2,
 *   from FIN-WAIT-1 straight to TIME-WAIT, is two of them in a row.
 * - Cells that aren't here can't happen: core/check has dropped the segment, the socket call was
 *   refused before (EINVAL, EISCONN, EALREADY), or no such timer runs in that state.
 */
static const struct rill_cell rill_state_table[TCP_CLOSING + 1][RILL_EV_COUNT] = {
	[TCP_CLOSE] = {
		[RILL_EV_LISTEN] = GO(TCP_LISTEN, 0),
		[RILL_EV_CONNECT] = GO(TCP_SYN_SENT, RILL_ACT_SYN),
		[RILL_EV_ACCEPTED] = GO(TCP_SYN_RECV, 0), /* the socket of a request */
		[RILL_EV_CLOSE] = STAY(TCP_CLOSE, 0),
		[RILL_EV_ABORT] = STAY(TCP_CLOSE, 0),
	},
	[TCP_LISTEN] = {
		[RILL_EV_LISTEN] = STAY(TCP_LISTEN, 0), /* another backlog */
		[RILL_EV_CLOSE] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_SYN] = STAY(TCP_LISTEN, RILL_ACT_SYNACK), /* makes a request */
		[RILL_EV_RST] = STAY(TCP_LISTEN, 0),
	},
	[TCP_SYN_SENT] = {
		[RILL_EV_CLOSE] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_SYN] = GO(TCP_SYN_RECV, RILL_ACT_SYNACK), /* simultaneous open */
		[RILL_EV_SYNACK] = GO(TCP_ESTABLISHED, RILL_ACT_ACK | RILL_ACT_OPENED),
		[RILL_EV_RST] = GO(TCP_CLOSE, RILL_ACT_REFUSED | RILL_ACT_DELETE),
		[RILL_EV_GIVE_UP] = GO(TCP_CLOSE, RILL_ACT_TIMEDOUT | RILL_ACT_DELETE),
	},
	[TCP_SYN_RECV] = {
		[RILL_EV_CLOSE] = GO(TCP_FIN_WAIT1, RILL_ACT_FIN),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_RST | RILL_ACT_DELETE),
		[RILL_EV_SYN] = STAY(TCP_SYN_RECV, RILL_ACT_SYNACK), /* the last was lost */
		[RILL_EV_SYNACK] = GO(TCP_ESTABLISHED, RILL_ACT_ACK | RILL_ACT_OPENED),
		[RILL_EV_SYN_ACKED] = GO(TCP_ESTABLISHED, RILL_ACT_OPENED),
		[RILL_EV_FIN] = GO(TCP_CLOSE_WAIT, RILL_ACT_ACK | RILL_ACT_EOF),
		[RILL_EV_RST] = GO(TCP_CLOSE, RILL_ACT_REFUSED | RILL_ACT_DELETE), /* MUST-11 */
		[RILL_EV_GIVE_UP] = GO(TCP_CLOSE, RILL_ACT_TIMEDOUT | RILL_ACT_DELETE),
	},
	[TCP_ESTABLISHED] = {
		[RILL_EV_CLOSE] = GO(TCP_FIN_WAIT1, RILL_ACT_FIN),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_RST | RILL_ACT_DELETE),
		[RILL_EV_FIN] = GO(TCP_CLOSE_WAIT, RILL_ACT_ACK | RILL_ACT_EOF),
		[RILL_EV_RST] = GO(TCP_CLOSE, RILL_ACT_RESET | RILL_ACT_DELETE),
		[RILL_EV_GIVE_UP] = GO(TCP_CLOSE, RILL_ACT_TIMEDOUT | RILL_ACT_DELETE), /* no RST */
	},
	[TCP_FIN_WAIT1] = {
		[RILL_EV_CLOSE] = STAY(TCP_FIN_WAIT1, 0),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_RST | RILL_ACT_DELETE),
		[RILL_EV_SYN_ACKED] = STAY(TCP_FIN_WAIT1, 0), /* closed in SYN-RECEIVED */
		[RILL_EV_FIN_ACKED] = GO(TCP_FIN_WAIT2, 0),
		[RILL_EV_FIN] = GO(TCP_CLOSING, RILL_ACT_ACK | RILL_ACT_EOF),
		[RILL_EV_RST] = GO(TCP_CLOSE, RILL_ACT_RESET | RILL_ACT_DELETE),
		[RILL_EV_GIVE_UP] = GO(TCP_CLOSE, RILL_ACT_TIMEDOUT | RILL_ACT_DELETE),
	},
	[TCP_FIN_WAIT2] = {
		[RILL_EV_CLOSE] = STAY(TCP_FIN_WAIT2, 0),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_RST | RILL_ACT_DELETE),
		[RILL_EV_FIN] = GO(TCP_TIME_WAIT, RILL_ACT_ACK | RILL_ACT_EOF | RILL_ACT_TIMEWAIT),
		[RILL_EV_RST] = GO(TCP_CLOSE, RILL_ACT_RESET | RILL_ACT_DELETE),
		[RILL_EV_GIVE_UP] = GO(TCP_CLOSE, RILL_ACT_TIMEDOUT | RILL_ACT_DELETE),
		[RILL_EV_2MSL] = GO(TCP_CLOSE, RILL_ACT_DELETE), /* an orphan's time is over */
	},
	[TCP_CLOSING] = {
		[RILL_EV_CLOSE] = STAY(TCP_CLOSING, 0),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_SYN_ACKED] = STAY(TCP_CLOSING, 0), /* closed in SYN-RECEIVED */
		[RILL_EV_FIN_ACKED] = GO(TCP_TIME_WAIT, RILL_ACT_TIMEWAIT),
		[RILL_EV_FIN] = STAY(TCP_CLOSING, 0),
		[RILL_EV_RST] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_GIVE_UP] = GO(TCP_CLOSE, RILL_ACT_TIMEDOUT | RILL_ACT_DELETE),
	},
	[TCP_CLOSE_WAIT] = {
		[RILL_EV_CLOSE] = GO(TCP_LAST_ACK, RILL_ACT_FIN),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_RST | RILL_ACT_DELETE),
		[RILL_EV_FIN] = STAY(TCP_CLOSE_WAIT, 0),
		[RILL_EV_RST] = GO(TCP_CLOSE, RILL_ACT_RESET | RILL_ACT_DELETE),
		[RILL_EV_GIVE_UP] = GO(TCP_CLOSE, RILL_ACT_TIMEDOUT | RILL_ACT_DELETE),
	},
	[TCP_LAST_ACK] = {
		[RILL_EV_CLOSE] = STAY(TCP_LAST_ACK, 0),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_FIN_ACKED] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_FIN] = STAY(TCP_LAST_ACK, 0),
		[RILL_EV_RST] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_GIVE_UP] = GO(TCP_CLOSE, RILL_ACT_TIMEDOUT | RILL_ACT_DELETE),
	},
	[TCP_TIME_WAIT] = {
		[RILL_EV_CLOSE] = STAY(TCP_TIME_WAIT, 0),
		[RILL_EV_ABORT] = GO(TCP_CLOSE, RILL_ACT_DELETE),
		[RILL_EV_SYN] = GO(TCP_CLOSE, RILL_ACT_DELETE), /* reopen: MAY-2, RFC 6191 */
		[RILL_EV_FIN] = STAY(TCP_TIME_WAIT, RILL_ACT_ACK | RILL_ACT_TIMEWAIT),
		[RILL_EV_RST] = STAY(TCP_TIME_WAIT, 0), /* RFC 1337 */
		[RILL_EV_2MSL] = GO(TCP_CLOSE, RILL_ACT_DELETE),
	},
};

/* The RFC's names, which people know from its figures. */
static const char * const rill_state_names[TCP_CLOSING + 1] = {
	[TCP_ESTABLISHED] = "ESTABLISHED",
	[TCP_SYN_SENT] = "SYN-SENT",
	[TCP_SYN_RECV] = "SYN-RECEIVED",
	[TCP_FIN_WAIT1] = "FIN-WAIT-1",
	[TCP_FIN_WAIT2] = "FIN-WAIT-2",
	[TCP_TIME_WAIT] = "TIME-WAIT",
	[TCP_CLOSE] = "CLOSED",
	[TCP_CLOSE_WAIT] = "CLOSE-WAIT",
	[TCP_LAST_ACK] = "LAST-ACK",
	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
};

static const char * const rill_event_names[RILL_EV_COUNT] = {
	[RILL_EV_LISTEN] = "listen",
	[RILL_EV_CONNECT] = "connect",
	[RILL_EV_ACCEPTED] = "accepted",
	[RILL_EV_CLOSE] = "close",
	[RILL_EV_ABORT] = "abort",
	[RILL_EV_SYN] = "SYN",
	[RILL_EV_SYNACK] = "SYN-ACK",
	[RILL_EV_SYN_ACKED] = "ACK of SYN",
	[RILL_EV_FIN_ACKED] = "ACK of FIN",
	[RILL_EV_FIN] = "FIN",
	[RILL_EV_RST] = "RST",
	[RILL_EV_GIVE_UP] = "give up",
	[RILL_EV_2MSL] = "2 MSL",
};

/**
 * rill_state_cell() - what an event does to a connection (RFC 9293 section 3.10)
 * @state: the state it is in, TCP_ESTABLISHED..TCP_CLOSING
 * @event: what happened, below RILL_EV_COUNT
 *
 * Return: the cell, or NULL if the event can't happen in that state or an argument is out of range:
 * a bug of the caller, to be counted, never to be passed over in silence.
 */
const struct rill_cell *rill_state_cell(u8 state, enum rill_event event)
{
	const struct rill_cell *cell;

	if (state > TCP_CLOSING || (unsigned int)event >= RILL_EV_COUNT)
		return NULL;
	cell = &rill_state_table[state][event];
	return cell->valid ? cell : NULL;
}

/**
 * rill_state_name() - a state as RFC 9293 section 3.3.2 calls it
 * @state: any number
 *
 * Return: a constant string, "?" for a number that is no state.
 */
const char *rill_state_name(u8 state)
{
	if (state > TCP_CLOSING || !rill_state_names[state])
		return "?";
	return rill_state_names[state];
}

/**
 * rill_event_name() - an event in a word or two, for traces and messages
 * @event: any number
 *
 * Return: a constant string, "?" for a number that is no event.
 */
const char *rill_event_name(enum rill_event event)
{
	if ((unsigned int)event >= RILL_EV_COUNT)
		return "?";
	return rill_event_names[event];
}
