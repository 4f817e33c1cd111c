/* SPDX-License-Identifier: GPL-2.0 */
/* The scoreboard of a connection, and what is sent again according to it. */
#ifndef _RILL_ENGINE_LOST_H
#define _RILL_ENGINE_LOST_H

#include "../base/sock.h"
#include "../core/opt.h"
#include "../core/seg.h"

/* in_sack.c */
void rill_in_sack(struct sock *sk, const struct rill_seg *seg, const struct rill_opts *opts,
		  struct rill_acked *acked, u32 flight);

/* out_lost.c */
int rill_lost_init(void);
void rill_lost_exit(void);
bool rill_lost_stock(struct sock *sk);
void rill_lost_purge(struct sock *sk);
void rill_lost_burst(struct rill_sock *rs);
bool rill_lost_again(struct sock *sk, struct rill_sent *s, u32 limit);
bool rill_lost_send(struct sock *sk);
u32 rill_lost_detect(struct sock *sk, u64 now_us);
void rill_lost_watch_tail(struct sock *sk);
void rill_lost_all(struct sock *sk);

/* Octets in the network, as far as is known. */
static inline u32 rill_out_flight(const struct rill_sock *rs)
{
	u32 flight = rs->snd_cur - rs->snd.una;

	return rs->sack_on ? rill_board_pipe(&rs->board, flight) : flight;
}

#endif /* _RILL_ENGINE_LOST_H */
