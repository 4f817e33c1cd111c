// SPDX-License-Identifier: GPL-2.0
/*
 * Sending urgent data. out_build.c puts the pointer into every segment before its end; here is what
 * is done when there is more of it. Socket lock held.
 */
#include "../core/seq.h"
#include "out.h"
#include "urgent.h"

/**
 * rill_push_urgent() - what was written up to now is urgent: send what may be sent
 * @sk: the socket, locked; in a state in which nothing can be written this does nothing
 *
 * Where windows let no data go, the peer is told all the same: that its reader is to hurry is what
 * it must know then (it takes URG at a zero window, MUST-66).
 */
void rill_push_urgent(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 before = rs->tally.segs_out;

	if (!((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)))
		return;
	rs->snd_up = rs->write_seq;
	rs->snd_urgent = true;
	rill_push(sk);
	if (rs->tally.segs_out == before && rill_seq_lt(rs->snd.nxt, rs->snd_up))
		rill_send_ack(sk);
}
