// SPDX-License-Identifier: GPL-2.0
/*
 * Windows and sizes of a connection: what the receive buffer allows to advertise, what the path
 * allows to send. Socket lock held.
 */
#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/ip_opt.h"
#include "../base/net.h"
#include "../core/wnd.h"
#include "../compat.h"
#include "build.h"

/**
 * rill_out_space() - octets for which the receive buffer has room
 * @sk: the socket
 * @full: is set to the room that the empty buffer has
 *
 * Half of the buffer is left to what the kernel needs beside the payload, as tcp(7) has it.
 */
u32 rill_out_space(struct sock *sk, u32 *full)
{
	int rcvbuf = READ_ONCE(sk->sk_rcvbuf);
	int left = rcvbuf - atomic_read(&sk->sk_rmem_alloc);
	u32 clamp = rill_sk(sk)->knobs.window_clamp;
	u32 space = left > 0 ? left / 2 : 0;

	*full = rcvbuf / 2;
	if (clamp) {
		*full = min(*full, clamp);
		space = min(space, clamp);
	}
	if (sk_under_memory_pressure(sk))
		space = min(space, 4u * rill_sk(sk)->rcv_mss);
	return space;
}

/**
 * rill_out_window() - the window field of a segment about to be sent
 * @sk: the socket; what is advertised is a promise, kept in rcv_adv
 * @syn: it is a SYN, the field is not scaled (RFC 7323 section 2.2)
 */
u16 rill_out_window(struct sock *sk, bool syn)
{
	struct rill_sock *rs = rill_sk(sk);
	u8 scale = rs->wscale_on && !syn ? rs->rcv_wscale : 0;
	u32 full, space = rill_out_space(sk, &full);
	u32 wnd;

	if (syn)
		wnd = min_t(u32, space, U16_MAX);
	else
		wnd = rill_wnd_advertise(space, full, rill_rcv_wnd(rs), rs->rcv_mss, scale);
	rs->rcv_adv = rs->rcv_nxt + wnd;
	return wnd >> scale;
}

/* Octets of headers in a datagram, the segment's options not counted. */
static int rill_out_headers(const struct sock *sk)
{
	return rill_ip_hdr_len(sk) + RILL_HDR_LEN;
}

/**
 * rill_out_sync_mss() - work the effective send MSS out anew (RFC 9293 section 3.7.1, MUST-16)
 * @sk: the socket, with its route, options agreed on
 */
void rill_out_sync_mss(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 mss, fixed;
	int path;

	rs->pmtu = rill_ip_mtu(sk);
	path = rs->pmtu - rill_out_headers(sk);
	mss = min_t(u32, rs->peer_mss, max(path, 0));
	if (rs->knobs.user_mss)
		mss = min_t(u32, mss, rs->knobs.user_mss);
	/* Two segments should fit the peer's window, or every one would wait for a delayed ACK. */
	if (rs->snd.max_wnd > 2 * RILL_MSS_DEFAULT)
		mss = min(mss, rs->snd.max_wnd / 2);
	rs->opt_len = rs->ts_on ? 12 : 0;
	/* Options come off whatever bounds the segment (RFC 6691). */
	fixed = rs->opt_len + rill_ip_opt_len(sk);
	mss = max_t(u32, mss, RILL_MSS_MIN);
	rs->mss_max = mss - fixed;
	rs->mss = rill_plpmtu_limit(&rs->plpmtu, mss) - fixed;
	if (rs->cong.ops)
		rill_cong_set_mss(&rs->cong, rs->mss);
}

/**
 * rill_out_check_mtu() - the route may have another MTU than it had: larger, after some time
 * @sk: the socket (RFC 1191 section 6.3)
 */
void rill_out_check_mtu(struct sock *sk)
{
	u32 mtu = rill_ip_known_mtu(sk);

	/* What an ICMP message has left to be done also sends again what was too large. */
	if (mtu && mtu != rill_sk(sk)->pmtu &&
	    !test_bit(RILL_DEFER_MTU, &rill_sk(sk)->deferred))
		rill_out_sync_mss(sk);
}

/**
 * rill_out_mtu() - octets of the largest datagram that gets to the peer, as far as is known
 * @sk: the socket, opened
 */
u32 rill_out_mtu(const struct sock *sk)
{
	const struct rill_sock *rs = rill_sk(sk);
	u32 headers = rill_out_headers(sk);

	return rill_plpmtu_limit(&rs->plpmtu, rs->pmtu - headers) + headers;
}

/**
 * rill_out_grow_rcvbuf() - make the receive buffer as large as the path has use for
 * @sk: the socket, of which something was read
 *
 * At most rmem's third value, and nothing where the user has set SO_RCVBUF or memory is short.
 */
void rill_out_grow_rcvbuf(struct sock *sk)
{
	const struct rill_settings *set = &rill_net(sock_net(sk))->set;
	struct rill_sock *rs = rill_sk(sk);
	u32 want;

	if (!rill_drs_faster(&rs->drs, rs->copied) || !READ_ONCE(set->moderate_rcvbuf))
		return;
	want = rill_drs_round(&rs->drs, rs->copied, rill_clock_us());
	want = 2 * min_t(u32, want, READ_ONCE(set->rmem[2]) / 2);
	if (want > (u32)READ_ONCE(sk->sk_rcvbuf) && !(sk->sk_userlocks & SOCK_RCVBUF_LOCK) &&
	    !sk_under_memory_pressure(sk))
		WRITE_ONCE(sk->sk_rcvbuf, want);
}

/**
 * rill_out_grow_sndbuf() - make the send buffer as large as the network has use for
 * @sk: the socket
 *
 * Three windows' worth: one in flight, one that has arrived behind a hole and must be kept, and one
 * that the user can refill meanwhile; at most wmem's third value, and nothing where the user has
 * set SO_SNDBUF.
 */
void rill_out_grow_sndbuf(struct sock *sk)
{
	int max = READ_ONCE(rill_net(sock_net(sk))->set.wmem[2]);
	int want = min_t(u32, max, 3 * rill_sk(sk)->cong.cwnd);

	if (!(sk->sk_userlocks & SOCK_SNDBUF_LOCK) && want > READ_ONCE(sk->sk_sndbuf))
		WRITE_ONCE(sk->sk_sndbuf, want);
}
