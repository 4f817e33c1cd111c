// SPDX-License-Identifier: GPL-2.0
/*
 * The send calls: octets from the user into the send queue, in buffers as large as they get,
 * whatever the MSS; engine/out_push.c decides what leaves when.
 */
#include <net/sock.h>

#include "../base/reasm.h"
#include "../base/sock.h"
#include "../engine/out.h"
#include "../engine/urgent.h"
#include "calls.h"
#include "fastopen.h"

/* Octets in one buffer of the send queue: few buffers, but several in a small SO_SNDBUF. */
#define RILL_SEND_MAX	65536u

static u32 rill_send_limit(const struct sock *sk)
{
	return clamp_t(u32, READ_ONCE(sk->sk_sndbuf) / 4, rill_sk(sk)->mss, RILL_SEND_MAX);
}

/* A new, empty buffer at the end of the send queue; NULL: no memory. */
static struct sk_buff *rill_send_begin(struct sock *sk)
{
	struct sk_buff *skb = alloc_skb(0, sk->sk_allocation);

	if (!skb)
		return NULL;
	if (!sk_wmem_schedule(sk, skb->truesize)) {
		kfree_skb(skb);
		return NULL;
	}
	RILL_RCB(skb)->seq = rill_sk(sk)->write_seq;
	RILL_RCB(skb)->end = rill_sk(sk)->write_seq;
	sk_wmem_queued_add(sk, skb->truesize);
	sk_mem_charge(sk, skb->truesize);
	__skb_queue_tail(&sk->sk_write_queue, skb);
	return skb;
}

/* The buffer to go on with, if it takes more from @pfrag. */
static struct sk_buff *rill_send_tail(struct sock *sk, const struct page_frag *pfrag)
{
	struct sk_buff *skb = skb_peek_tail(&sk->sk_write_queue);
	int i;

	if (!skb || skb->len >= rill_send_limit(sk))
		return NULL;
	i = skb_shinfo(skb)->nr_frags;
	if (i < MAX_SKB_FRAGS || skb_can_coalesce(skb, i, pfrag->page, pfrag->offset))
		return skb;
	return NULL;
}

static void rill_send_frag(struct sk_buff *skb, struct page_frag *pfrag, int copy)
{
	int i = skb_shinfo(skb)->nr_frags;

	if (skb_can_coalesce(skb, i, pfrag->page, pfrag->offset)) {
		skb_frag_size_add(&skb_shinfo(skb)->frags[i - 1], copy);
	} else {
		skb_fill_page_desc(skb, i, pfrag->page, pfrag->offset, copy);
		get_page(pfrag->page);
	}
	pfrag->offset += copy;
}

/* An empty buffer holds nothing that could be acknowledged: don't leave one behind. */
static void rill_send_drop_empty(struct sock *sk)
{
	struct sk_buff *skb = skb_peek_tail(&sk->sk_write_queue);

	if (!skb || skb->len)
		return;
	if (rill_sk(sk)->snd_skb == skb)
		rill_sk(sk)->snd_skb = NULL;
	__skb_unlink(skb, &sk->sk_write_queue);
	sk_wmem_queued_add(sk, -(int)skb->truesize);
	sk_mem_uncharge(sk, skb->truesize);
	kfree_skb(skb);
}

/* Whole segments may leave while the rest of the message is still to be copied. */
static void rill_send_whole(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	bool more = rs->more;

	rs->more = true;
	rill_push(sk);
	rs->more = more;
}

/*
 * Copy a piece of the message to the end of the queue.
 * Return: octets, 0 when there is no space or no memory for now, or -EFAULT.
 */
static int rill_send_piece(struct sock *sk, struct msghdr *msg)
{
	struct page_frag *pfrag = sk_page_frag(sk);
	struct rill_sock *rs = rill_sk(sk);
	struct sk_buff *skb;
	int copy, room, err;

	if (!sk_stream_memory_free(sk) || !sk_page_frag_refill(sk, pfrag))
		return 0;
	skb = rill_send_tail(sk, pfrag);
	if (!skb) {
		/* Urgent data leaves when it is known to be. */
		if (!(msg->msg_flags & MSG_OOB))
			rill_send_whole(sk);
		skb = rill_send_begin(sk);
		if (!skb)
			return 0;
	}
	room = max_t(int, READ_ONCE(sk->sk_sndbuf) - READ_ONCE(sk->sk_wmem_queued), 1);
	copy = min_t(size_t, msg_data_left(msg), pfrag->size - pfrag->offset);
	copy = min_t(int, copy, min_t(int, room, rill_send_limit(sk) - skb->len));
	if (!sk_wmem_schedule(sk, copy)) {
		rill_send_drop_empty(sk);
		return 0;
	}
	err = skb_copy_to_page_nocache(sk, &msg->msg_iter, skb, pfrag->page, pfrag->offset, copy);
	if (err) {
		rill_send_drop_empty(sk);
		return err;
	}
	rill_send_frag(skb, pfrag, copy);
	RILL_RCB(skb)->end += copy;
	rs->write_seq += copy;
	return copy;
}

/* What the user said about the end of the message, then out with it. */
static void rill_send_out(struct sock *sk, int flags)
{
	struct rill_sock *rs = rill_sk(sk);

	rs->more = flags & MSG_MORE;
	if (!rs->more)
		rs->push_seq = rs->write_seq;
	if (flags & MSG_OOB)
		rill_push_urgent(sk);
	else
		rill_push(sk);
}

/*
 * Open the connection with what the SYN takes of the message, and wait as connect() does.
 * Return: 0 when it is open, or a negative error; with -EINPROGRESS @copied octets are on their
 * way.
 */
static int rill_send_fastopen(struct sock *sk, struct msghdr *msg, int *copied)
{
	struct rill_sock *rs = rill_sk(sk);
	size_t left = msg_data_left(msg);
	int err = rill_fastopen_open(sk, msg), n;

	if (err || !rill_fastopen_deferred(sk))
		return err;
	iov_iter_truncate(&msg->msg_iter, rill_fastopen_room(sk));
	while (msg_data_left(msg)) {
		n = rill_send_piece(sk, msg);
		if (n <= 0)
			break;
		*copied += n;
	}
	iov_iter_reexpand(&msg->msg_iter, left - *copied);
	rs->push_seq = rs->write_seq;
	return rill_fastopen_go(sk, msg);
}

static int rill_send_locked(struct sock *sk, struct msghdr *msg)
{
	long timeo = sock_sndtimeo(sk, msg->msg_flags & MSG_DONTWAIT);
	struct sockcm_cookie control;
	int copied = 0, n, err = 0;

	if (msg->msg_controllen) {
		sockcm_init(&control, sk);
		err = sock_cmsg_send(sk, msg, &control);
		if (err)
			return err;
	}
	if (unlikely((msg->msg_flags & MSG_FASTOPEN) || rill_fastopen_deferred(sk))) {
		err = rill_send_fastopen(sk, msg, &copied);
		if (err == -EINPROGRESS && copied)
			return copied;
		if (err)
			return sk_stream_error(sk, msg->msg_flags, err);
	}
	if (!((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) &&
	    !rill_sk(sk)->fo_pending)
		err = sk_stream_wait_connect(sk, &timeo);
	if (!err) {
		sk_clear_bit(SOCKWQ_ASYNC_NOSPACE, sk);
		if (sk->sk_err || (sk->sk_shutdown & SEND_SHUTDOWN))
			err = -EPIPE;
	}
	while (!err && msg_data_left(msg)) {
		n = rill_send_piece(sk, msg);
		if (n > 0) {
			copied += n;
			continue;
		}
		err = n;
		if (err)
			break;
		set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		if (copied)
			rill_send_out(sk, msg->msg_flags & ~MSG_MORE);
		err = sk_stream_wait_memory(sk, &timeo);
	}
	if (copied) {
		rill_send_out(sk, msg->msg_flags);
		return copied;
	}
	err = sk_stream_error(sk, msg->msg_flags, err);
	/*
	 * Whoever waits for an edge must get one, even if nothing is queued whose ACK would give
	 * it.
	 */
	if (err == -EAGAIN && skb_queue_empty(&sk->sk_write_queue))
		sk->sk_write_space(sk);
	return err;
}

/**
 * rill_stream_memory_free() - proto.stream_memory_free: may more be queued? (TCP_NOTSENT_LOWAT)
 * @sk: the socket, perhaps not locked
 * @wake: 1 when a writer is to be woken up, which takes half of it to be sent
 */
bool rill_stream_memory_free(const struct sock *sk, int wake)
{
	const struct rill_sock *rs = rill_sk(sk);
	u32 lowat = READ_ONCE(rs->knobs.notsent_lowat);
	s32 unsent;

	if (!lowat)
		return true;
	/* A FIN that was sent has a number behind the data. */
	unsent = READ_ONCE(rs->write_seq) - READ_ONCE(rs->snd.nxt);
	return (u64)max(unsent, 0) << wake < lowat;
}

/**
 * rill_sendmsg() - proto_ops.sendmsg
 * @sock: the socket
 * @msg: the message, MSG_* flags in it
 * @len: octets
 *
 * Return: octets taken, or a negative error.
 */
int rill_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct sock *sk = sock->sk;
	int ret;

	lock_sock(sk);
	ret = rill_send_locked(sk, msg);
	release_sock(sk);
	return ret;
}
