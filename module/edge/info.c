// SPDX-License-Identifier: GPL-2.0
/*
 * TCP_INFO: the state of a connection in the shape that programs know from TCP. Called by sockopt.c
 * without the socket lock; takes it. What rill doesn't measure stays 0.
 */
#include <linux/jiffies.h>
#include <net/dst.h>

#include "../base/pacer.h"
#include "../base/queue.h"
#include "../base/sock.h"
#include "../base/timer.h"
#include "../compat.h"
#include "../core/pace.h"
#include "../engine/build.h"
#include "info.h"

/* TCP counts its windows in segments, and calls a threshold infinite so. */
#define RILL_INFO_INFINITE	0x7fffffffu

static u32 rill_info_segs(const struct rill_sock *rs, u32 octets)
{
	return rs->mss ? octets / rs->mss : 0;
}

static u32 rill_info_segs_up(const struct rill_sock *rs, u32 octets)
{
	return rs->mss ? DIV_ROUND_UP(octets, rs->mss) : 0;
}

static u8 rill_info_phase(u8 phase)
{
	switch (phase) {
	case RILL_REC_EASED:
		return TCP_CA_CWR;
	case RILL_REC_FAST:
		return TCP_CA_Recovery;
	case RILL_REC_LOSS:
		return TCP_CA_Loss;
	default:
		return TCP_CA_Open;
	}
}

static void rill_info_options(const struct rill_sock *rs, struct tcp_info *info)
{
	if (rs->ts_on)
		info->tcpi_options |= TCPI_OPT_TIMESTAMPS;
	if (rs->sack_on)
		info->tcpi_options |= TCPI_OPT_SACK;
	if (rs->ecn.receive || rs->accecn.on)
		info->tcpi_options |= TCPI_OPT_ECN;
	if (rs->ecn.seen)
		info->tcpi_options |= TCPI_OPT_ECN_SEEN;
	if (rs->fo.acked)
		info->tcpi_options |= TCPI_OPT_SYN_DATA;
	info->tcpi_fastopen_client_fail = rs->fo.fail;
	if (rs->wscale_on) {
		info->tcpi_options |= TCPI_OPT_WSCALE;
		info->tcpi_snd_wscale = rs->snd.wscale;
		info->tcpi_rcv_wscale = rs->rcv_wscale;
	}
}

static void rill_info_times(const struct rill_sock *rs, struct tcp_info *info)
{
	u32 now = jiffies;

	info->tcpi_rto = rill_timer_rto_us(&rs->inet.sk);
	info->tcpi_rtt = rs->rtt.srtt8 >> 3;
	info->tcpi_rttvar = rs->rtt.rttvar4 >> 2;
	info->tcpi_min_rtt = rs->rtt.min_us;
	info->tcpi_backoff = rs->rtt.backoff;
	info->tcpi_last_data_sent = jiffies_to_msecs(now - rs->last_snd);
	info->tcpi_last_data_recv = jiffies_to_msecs(now - rs->last_data);
	info->tcpi_last_ack_recv = jiffies_to_msecs(now - rs->last_rcv);
}

static void rill_info_sending(const struct rill_sock *rs, struct tcp_info *info)
{
	u32 flight = rs->snd.nxt - rs->snd.una;

	info->tcpi_ca_state = rill_info_phase(rs->rec.phase);
	info->tcpi_retransmits = rs->retries;
	info->tcpi_probes = rs->probes;
	info->tcpi_snd_mss = rs->mss;
	info->tcpi_unacked = rill_info_segs_up(rs, flight);
	info->tcpi_sacked = rill_info_segs_up(rs, rs->board.sacked_octets);
	info->tcpi_lost = rill_info_segs_up(rs, rs->board.lost_octets);
	info->tcpi_retrans = rs->sack_on ? rill_info_segs_up(rs, rs->board.again_octets) :
					   !!rs->retries;
	info->tcpi_total_retrans = rs->tally.retrans;
	info->tcpi_snd_cwnd = rill_info_segs(rs, rs->cong.cwnd);
	info->tcpi_snd_ssthresh = rs->cong.ssthresh < RILL_INFO_INFINITE ?
				  rill_info_segs(rs, rs->cong.ssthresh) : RILL_INFO_INFINITE;
	info->tcpi_snd_wnd = rs->snd.wnd;
	info->tcpi_notsent_bytes = rill_snd_end(rs) - rs->snd.nxt;
	info->tcpi_bytes_sent = rs->tally.octets_sent;
	info->tcpi_bytes_retrans = rs->tally.octets_retrans;
	info->tcpi_bytes_acked = rs->tally.octets_acked;
	info->tcpi_segs_out = rs->tally.segs_out;
	info->tcpi_data_segs_out = rs->tally.data_segs_out;
	info->tcpi_dsack_dups = rs->tally.dsacks;
	rill_info_timeouts(info, rs->tally.timeouts);
}

/* What has arrived, and how fast, as far as the peer's ACKs tell. */
static void rill_info_delivery(const struct rill_sock *rs, struct tcp_info *info)
{
	const struct rill_rate *rate = rs->cong.rate;

	info->tcpi_delivered = rs->tally.delivered;
	info->tcpi_delivered_ce = rs->tally.delivered_ce;
	info->tcpi_reord_seen = rs->rack.reordered;
	if (rate) {
		info->tcpi_delivery_rate = rate->rate;
		info->tcpi_delivery_rate_app_limited = rate->rate_limited;
	}
}

static void rill_info_receiving(const struct rill_sock *rs, struct tcp_info *info)
{
	if (rs->tally.data_segs_in)
		info->tcpi_ato = jiffies_to_usecs(rill_timer_delack(&rs->inet.sk));
	info->tcpi_rcv_mss = rs->rcv_mss;
	info->tcpi_advmss = rs->adv_mss - rs->opt_len;
	info->tcpi_rcv_ssthresh = rill_rcv_wnd(rs);
	info->tcpi_bytes_received = rs->tally.octets_received;
	info->tcpi_segs_in = rs->tally.segs_in;
	info->tcpi_data_segs_in = rs->tally.data_segs_in;
	info->tcpi_rcv_space = READ_ONCE(rs->inet.sk.sk_rcvbuf) / 2;
	info->tcpi_rcv_ooopack = rs->tally.early_segs;
	rill_info_rcv_wnd(info, rill_rcv_wnd(rs));
}

static u64 rill_info_rate(unsigned long rate)
{
	return rate == RILL_PACER_ANY ? ~0ULL : rate;
}

/* The rate at which it sends, or would if it paced. */
static void rill_info_pacing(const struct rill_sock *rs, struct tcp_info *info)
{
	unsigned long max = READ_ONCE(rs->inet.sk.sk_max_pacing_rate);

	info->tcpi_max_pacing_rate = rill_info_rate(max);
	info->tcpi_pacing_rate =
		rill_info_rate(rill_pace_rate(&rs->cong, rs->rtt.srtt8 >> 3, max));
}

/**
 * rill_fill_info() - the state of a socket for TCP_INFO
 * @sk: the socket, in any state
 * @info: filled whole
 *
 * As with TCP, a listener's tcpi_unacked is the length of its accept queue, tcpi_sacked the limit.
 *
 * Context: process context, the socket not locked by the caller.
 */
void rill_fill_info(struct sock *sk, struct tcp_info *info)
{
	const struct rill_sock *rs = rill_sk(sk);
	const struct dst_entry *dst;
	bool slow;

	memset(info, 0, sizeof(*info));
	slow = lock_sock_fast(sk);
	info->tcpi_state = sk->sk_state;
	info->tcpi_reordering = max_t(u32, rill_info_segs_up(rs, rs->rack.degree),
				      RILL_REC_DUPTHRESH);
	rill_info_pacing(rs, info);
	if (sk->sk_state == TCP_LISTEN) {
		info->tcpi_unacked = rill_queue_len(sk);
		info->tcpi_sacked = READ_ONCE(sk->sk_max_ack_backlog);
		goto out;
	}
	rill_info_options(rs, info);
	rill_info_times(rs, info);
	rill_info_sending(rs, info);
	rill_info_delivery(rs, info);
	rill_info_receiving(rs, info);
	dst = __sk_dst_get(sk);
	if (dst)
		info->tcpi_pmtu = rs->plpmtu.cap ? rill_out_mtu(sk) : dst_mtu(dst);
out:
	unlock_sock_fast(sk, slow);
}
