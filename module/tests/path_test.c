// SPDX-License-Identifier: GPL-2.0
/*
 * The path that congestion control is tried on, and a test of itself: what a fixed window gets.
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "../core/pace.h"
#include "path.h"

/**
 * path_open() - a connection begins
 * @ops: its congestion control
 * @rate: the bottleneck's
 * @rtt_us: the round-trip time
 * @buffer: what the bottleneck holds
 * @room: rill_cong_size() octets for the algorithm, all 0; or NULL
 *
 * Return: the path, kvfree()'s; or NULL.
 */
struct path *path_open(const struct rill_cong_ops *ops, u64 rate, u32 rtt_us, u32 buffer,
		       void *room)
{
	struct path *p = kvzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	p->now_us = 1000 * USEC_PER_SEC;
	p->rate = rate;
	p->rtt_us = rtt_us;
	p->buffer = buffer;
	p->mark = U32_MAX;
	p->min_rtt_us = U32_MAX;
	p->seq = U32_MAX - 100000;
	p->flight_min = U32_MAX;
	prandom_seed_state(&p->rnd, rate + rtt_us + buffer);
	rill_cong_init(&p->c, ops, PATH_MSS);
	if (rill_cong_size(ops))
		rill_cong_lend(&p->c, room);
	return p;
}

static void path_send(struct path *p)
{
	struct path_seg *seg = &p->seg[(p->head + p->n++) % PATH_SEGS];
	u64 start = max(p->now_us, p->free_us);
	u64 rate = p->pace;

	p->queue = div_u64((start - p->now_us) * p->rate, USEC_PER_SEC);
	p->queue_max = max(p->queue_max, p->queue);
	p->seq += PATH_MSS;
	if (p->c.rate)
		rill_rate_sent(p->c.rate, p->seq, PATH_MSS, p->flight, p->now_us);
	*seg = (struct path_seg){
		.end = p->seq,
		.dropped = p->queue + PATH_MSS > p->buffer ||
			   prandom_u32_state(&p->rnd) % 1000000 < p->loss,
		.marked = p->queue > p->mark,
	};
	p->drops += seg->dropped;
	if (!seg->dropped)
		p->free_us = start + div64_u64((u64)PATH_MSS * USEC_PER_SEC, p->rate);
	seg->acked_us = max(start, p->free_us) + p->rtt_us;
	p->flight += PATH_MSS;
	p->next_us = p->now_us + p->limit_us;
	if (rate && !p->limit_us)
		p->next_us = max(p->next_us, p->now_us - 1000) +
			     div64_u64((u64)PATH_MSS * USEC_PER_SEC, rate);
}

/* Marks reduce the window once for each window of data. */
static void path_marked(struct path *p, const struct path_seg *seg, u32 flight)
{
	if (p->easing && (s32)(seg->end - p->eased) > 0)
		p->easing = false;
	if (!seg->marked || p->easing || p->recovering || !p->c.ops->ease)
		return;
	p->easing = true;
	p->eased = p->seq;
	p->c.ssthresh = p->c.ops->ease(&p->c, flight);
	p->c.cwnd = p->c.ssthresh;
}

/* What the ACK of @seg, @lost octets before it having got lost, tells. */
static void path_acked(struct path *p, const struct path_seg *seg, u32 lost)
{
	u32 before = p->flight;
	struct rill_rate_sample s = {
		.now_us = p->now_us,
		.acked = PATH_MSS,
		.ece = seg->marked,
		.marked = seg->marked ? PATH_MSS : 0,
		.prior_flight = before,
		.cwnd_limited = (u64)before + 2 * PATH_MSS >= p->c.cwnd,
		.sack = true,
	};

	p->delivered += PATH_MSS;
	p->flight -= PATH_MSS + lost;
	p->flight_min = min(p->flight_min, p->flight);
	s.flight = p->flight;
	if (p->c.rate) {
		rill_rate_lost(p->c.rate, lost);
		rill_rate_acked(p->c.rate, seg->end, p->min_rtt_us, &s);
	}
	if (s.rtt_us)
		p->min_rtt_us = min(p->min_rtt_us, s.rtt_us);
	if (p->recovering && (s32)(seg->end - p->recover) > 0) {
		p->recovering = false;
		rill_cong_event(&p->c, RILL_CONG_REPAIRED, before);
	}
	if (lost && !p->recovering) {
		p->recovering = true;
		p->recover = p->seq;
		rill_cong_reduce(&p->c, before);
		if (!rill_cong_owns(&p->c))
			p->c.cwnd = p->c.ssthresh;
	} else if (!p->recovering && !p->easing && !seg->marked) {
		rill_cong_acked(&p->c, PATH_MSS, before, s.rtt_us ?: p->rtt_us, p->now_us);
	}
	s.recovering = p->recovering;
	rill_cong_sample(&p->c, &s);
	p->pace = rill_pace_rate(&p->c, s.rtt_us ?: p->rtt_us, U64_MAX);
	path_marked(p, seg, before);
}

/* The first segment that was not dropped arrives; a timeout, if all were. */
static void path_receive(struct path *p)
{
	u32 lost = 0;

	while (p->n && p->seg[p->head].dropped) {
		lost += PATH_MSS;
		p->head = (p->head + 1) % PATH_SEGS;
		p->n--;
	}
	if (p->n) {
		p->now_us = max(p->now_us, p->seg[p->head].acked_us);
		path_acked(p, &p->seg[p->head], lost);
		p->head = (p->head + 1) % PATH_SEGS;
		p->n--;
		return;
	}
	p->now_us += USEC_PER_SEC;
	p->flight = 0;
	if (p->c.rate)
		rill_rate_lost(p->c.rate, lost);
	rill_cong_timeout(&p->c, lost, true);
	p->recovering = true;
	p->recover = p->seq;
}

/* When the next ACK arrives; U64_MAX: none will. */
static u64 path_next_ack(const struct path *p)
{
	u32 i;

	for (i = 0; i < p->n; i++)
		if (!p->seg[(p->head + i) % PATH_SEGS].dropped)
			return p->seg[(p->head + i) % PATH_SEGS].acked_us;
	return U64_MAX;
}

static bool path_may_send(const struct path *p)
{
	return p->n < PATH_SEGS && (!p->flight || p->flight + PATH_MSS <= p->c.cwnd);
}

/**
 * path_step() - one thing happens: a segment is sent, or an ACK comes
 * @p: the path
 */
void path_step(struct path *p)
{
	if (path_may_send(p) && max(p->now_us, p->next_us) < path_next_ack(p)) {
		p->now_us = max(p->now_us, p->next_us);
		path_send(p);
		if (p->limit_us && p->c.rate)
			rill_rate_limited(p->c.rate, p->flight);
	} else {
		path_receive(p);
	}
}

/**
 * path_run() - some time passes
 * @p: the path
 * @ms: milliseconds
 *
 * Return: octets delivered.
 */
u64 path_run(struct path *p, u32 ms)
{
	u64 until = p->now_us + (u64)ms * USEC_PER_MSEC, before = p->delivered;

	while (p->now_us < until)
		path_step(p);
	return p->delivered - before;
}

static void path_fixed_acked(struct rill_cong *c, u32 octets, u32 rtt_us, u64 now_us)
{
}

static u32 path_fixed_reduce(struct rill_cong *c, u32 flight)
{
	return c->cwnd;
}

static const struct rill_cong_ops path_fixed = {
	.name	= "fixed",
	.acked	= path_fixed_acked,
	.reduce	= path_fixed_reduce,
};

/* A window a round trip, the bottleneck's rate at most; what is too much waits, or is dropped. */
static void path_test_fixed(struct kunit *test)
{
	struct path *p = path_open(&path_fixed, 1000000, 50000, 40000, NULL);
	u64 octets;

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->c.cwnd = 20000;
	path_run(p, 1000);
	octets = path_run(p, 1000);
	KUNIT_EXPECT_GE(test, octets, 380000ULL);
	KUNIT_EXPECT_LE(test, octets, 420000ULL);
	p->c.cwnd = 80000;
	path_run(p, 1000);
	p->queue_max = 0;
	p->drops = 0;
	octets = path_run(p, 1000);
	KUNIT_EXPECT_GE(test, octets, 980000ULL);
	KUNIT_EXPECT_LE(test, octets, 1001000ULL);
	KUNIT_EXPECT_GE(test, p->queue_max, 25000u);
	KUNIT_EXPECT_LE(test, p->queue_max, 30000u);
	KUNIT_EXPECT_EQ(test, p->drops, 0u);
	p->c.cwnd = 120000;
	path_run(p, 1000);
	KUNIT_EXPECT_GT(test, p->drops, 0u);
	KUNIT_EXPECT_LE(test, p->queue_max, 40000u);
	kvfree(p);
}

static struct kunit_case path_cases[] = {
	KUNIT_CASE(path_test_fixed),
	{ }
};

static struct kunit_suite path_suite = {
	.name = "rill_path",
	.test_cases = path_cases,
};

kunit_test_suite(path_suite);
