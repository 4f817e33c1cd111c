/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A path to try congestion control on: a sender that always has something to send, paced, a
 * bottleneck of some rate and buffer, a delay, losses by chance; an ACK for each segment.
 */
#ifndef _RILL_TESTS_PATH_H
#define _RILL_TESTS_PATH_H

#include <linux/prandom.h>

#include "../core/cong.h"

#define PATH_MSS	1000u
#define PATH_SEGS	8192		/* in flight at most */

struct path_seg {
	u64	acked_us;	/* when its ACK arrives, or would */
	u32	end;
	bool	dropped;
	bool	marked;
};

/**
 * struct path - a connection over it
 * @rate: the bottleneck's, octets a second
 * @pace: at what rate the sender sends; 0: it does not pace
 * @rtt_us: the round-trip time without a queue
 * @buffer: octets that the bottleneck holds
 * @mark: octets in the queue from which on it marks
 * @loss: of a million segments so many are lost
 * @limit_us: the application writes a segment so often; 0: it always has some
 * @free_us: when the bottleneck has sent what it holds
 * @next_us: when the next segment may go
 * @recover: with @recovering, what ends it
 * @eased: with @easing, what ends that: reduced for a mark
 * @delivered: octets
 * @drops: segments
 * @queue: octets that the last segment has found before it
 * @queue_max: the most of these since it was last set to 0
 * @flight_min: the least in flight, as @queue_max
 */
struct path {
	struct rill_cong c;
	u64	now_us;
	u64	rate;
	u64	pace;
	u32	rtt_us;
	u32	buffer;
	u32	mark;
	u32	loss;
	u32	limit_us;
	u64	free_us;
	u64	next_us;
	u32	seq;
	u32	flight;
	u32	min_rtt_us;
	u32	recover;
	u32	eased;
	bool	recovering;
	bool	easing;
	u64	delivered;
	u32	drops;
	u32	queue;
	u32	queue_max;
	u32	flight_min;
	struct rnd_state rnd;
	u32	head, n;
	struct path_seg seg[PATH_SEGS];
};

struct path *path_open(const struct rill_cong_ops *ops, u64 rate, u32 rtt_us, u32 buffer,
		       void *room);
void path_step(struct path *p);
u64 path_run(struct path *p, u32 ms);

#endif /* _RILL_TESTS_PATH_H */
