// SPDX-License-Identifier: GPL-2.0
/*
 * Socket options at level SOL_RILL, and at TCP's level by TCP's names, which have the same numbers;
 * IP's go to sockopt_ip.c. Called by the socket layer through struct proto, without the socket
 * lock; setting takes it. Calls the engine where a setting sends something at once.
 */
#include <linux/nospec.h>
#include <linux/rill.h>
#include <net/sock.h>

#include "../base/algos.h"
#include "../base/fo_keys.h"
#include "../base/net.h"
#include "../base/req.h"
#include "../base/sock.h"
#include "../base/timer.h"
#include "../engine/out.h"
#include "fastopen.h"
#include "info.h"
#include "sockopt.h"
#include "sockopt_ip.h"

/* The ranges are TCP's, in the unit of the option. */
#define RILL_MAXSEG_MIN		88
#define RILL_MAXSEG_MAX		32767
#define RILL_KEEPIDLE_MAX	32767
#define RILL_KEEPINTVL_MAX	32767
#define RILL_KEEPCNT_MAX	127
#define RILL_SYNCNT_MAX		127
#define RILL_LINGER2_MAX	120
#define RILL_RTO_MAX_MS_MIN	1000
#define RILL_JIFFIES_MIN	2

#define RILL_SOCKOPT_FRESH	(TCPF_CLOSE | TCPF_LISTEN)

/* One option that is an int. @set: the socket is locked; NULL: for reading only. @get: it isn't. */
struct rill_sockopt {
	int	(*set)(struct sock *sk, int val);
	int	(*get)(const struct sock *sk);
};

static struct rill_settings *rill_settings_of(const struct sock *sk)
{
	return &rill_net(sock_net(sk))->set;
}

/* What the user holds back no longer. A cork stays for what comes later. */
static int rill_push_all(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	bool cork = rs->knobs.cork;

	rs->knobs.cork = false;
	rs->more = false;
	rill_push(sk);
	rs->knobs.cork = cork;
	return 0;
}

static int rill_set_nodelay(struct sock *sk, int val)
{
	WRITE_ONCE(rill_sk(sk)->knobs.nodelay, !!val);
	return val ? rill_push_all(sk) : 0;
}

static int rill_get_nodelay(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.nodelay);
}

static int rill_set_cork(struct sock *sk, int val)
{
	WRITE_ONCE(rill_sk(sk)->knobs.cork, !!val);
	return val ? 0 : rill_push_all(sk);
}

static int rill_get_cork(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.cork);
}

static int rill_set_maxseg(struct sock *sk, int val)
{
	if (val && (val < RILL_MAXSEG_MIN || val > RILL_MAXSEG_MAX))
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.user_mss, val);
	return 0;
}

static int rill_get_maxseg(const struct sock *sk)
{
	int wanted = READ_ONCE(rill_sk(sk)->knobs.user_mss);

	if (wanted && ((1 << READ_ONCE(sk->sk_state)) & RILL_SOCKOPT_FRESH))
		return wanted;
	return READ_ONCE(rill_sk(sk)->mss);
}

static int rill_keepidle_jiffies(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.keep_idle) ?:
	       READ_ONCE(rill_settings_of(sk)->keepalive_time);
}

/* The silence so far counts. */
static void rill_keepalive_arm(struct sock *sk)
{
	u32 silence = (u32)jiffies - rill_sk(sk)->last_rcv;
	u32 idle = rill_keepidle_jiffies(sk);

	rill_timer_set(sk, RILL_DL_KEEPALIVE, jiffies + (idle > silence ? idle - silence : 0));
}

static int rill_set_keepidle(struct sock *sk, int val)
{
	if (val < 1 || val > RILL_KEEPIDLE_MAX)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.keep_idle, val * HZ);
	if (rill_timer_pending(sk, RILL_DL_KEEPALIVE))
		rill_keepalive_arm(sk);
	return 0;
}

static int rill_get_keepidle(const struct sock *sk)
{
	return rill_keepidle_jiffies(sk) / HZ;
}

static int rill_set_keepintvl(struct sock *sk, int val)
{
	if (val < 1 || val > RILL_KEEPINTVL_MAX)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.keep_intvl, val * HZ);
	return 0;
}

static int rill_get_keepintvl(const struct sock *sk)
{
	int own = READ_ONCE(rill_sk(sk)->knobs.keep_intvl);

	return (own ?: READ_ONCE(rill_settings_of(sk)->keepalive_intvl)) / HZ;
}

static int rill_set_keepcnt(struct sock *sk, int val)
{
	if (val < 1 || val > RILL_KEEPCNT_MAX)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.keep_cnt, val);
	return 0;
}

static int rill_get_keepcnt(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.keep_cnt) ?:
	       READ_ONCE(rill_settings_of(sk)->keepalive_probes);
}

static int rill_set_syncnt(struct sock *sk, int val)
{
	if (val < 1 || val > RILL_SYNCNT_MAX)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.syn_retries, val);
	return 0;
}

static int rill_get_syncnt(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.syn_retries) ?:
	       READ_ONCE(rill_settings_of(sk)->syn_retries);
}

static int rill_set_linger2(struct sock *sk, int val)
{
	WRITE_ONCE(rill_sk(sk)->knobs.linger2, val < 0 ? -1 : min(val, RILL_LINGER2_MAX) * HZ);
	return 0;
}

static int rill_get_linger2(const struct sock *sk)
{
	int own = READ_ONCE(rill_sk(sk)->knobs.linger2);

	return own < 0 ? own : (own ?: READ_ONCE(rill_settings_of(sk)->fin_timeout)) / HZ;
}

/* Seconds from the first SYN-ACK until the @n-th has waited for an answer in vain: 1, 3, 7, ... */
static int rill_synack_seconds(unsigned int n)
{
	int longest = RILL_RTO_MAX_US / USEC_PER_SEC;
	int wait = RILL_RTO_INIT_US / USEC_PER_SEC;
	int sum = 0;

	for (; n; n--) {
		sum += wait;
		wait = min(2 * wait, longest);
	}
	return sum;
}

static int rill_set_defer_accept(struct sock *sk, int val)
{
	u8 n = 0;

	while (n < U8_MAX && rill_synack_seconds(n) < val)
		n++;
	WRITE_ONCE(rill_sk(sk)->knobs.defer_accept, n);
	return 0;
}

static int rill_get_defer_accept(const struct sock *sk)
{
	return rill_synack_seconds(READ_ONCE(rill_sk(sk)->knobs.defer_accept));
}

static int rill_set_window_clamp(struct sock *sk, int val)
{
	if (!val && sk->sk_state != TCP_CLOSE)
		return -EINVAL;
	if (val)
		val = max_t(int, val, SOCK_MIN_RCVBUF / 2);
	WRITE_ONCE(rill_sk(sk)->knobs.window_clamp, val);
	return 0;
}

static int rill_get_window_clamp(const struct sock *sk)
{
	int clamp = READ_ONCE(rill_sk(sk)->knobs.window_clamp);

	if (clamp || ((1 << READ_ONCE(sk->sk_state)) & RILL_SOCKOPT_FRESH))
		return clamp;
	return READ_ONCE(sk->sk_rcvbuf) / 2;
}

static int rill_quickack(struct rill_sock *rs, bool on)
{
	WRITE_ONCE(rs->knobs.quickack, on);
	WRITE_ONCE(rs->knobs.slowack, !on);
	return 0;
}

/* An even number other than 0 means: this once. */
static int rill_set_quickack(struct sock *sk, int val)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!val || !(rs->ack & RILL_ACK_OWED))
		return rill_quickack(rs, val);
	rill_send_ack(sk);
	return rill_quickack(rs, val & 1);
}

/* As long as nobody asks, the connection decides; TCP calls that quick. */
static int rill_get_quickack(const struct sock *sk)
{
	return !READ_ONCE(rill_sk(sk)->knobs.slowack);
}

static int rill_set_user_timeout(struct sock *sk, int val)
{
	if (val < 0)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.user_timeout, val);
	return 0;
}

static int rill_get_user_timeout(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.user_timeout);
}

static int rill_set_notsent_lowat(struct sock *sk, int val)
{
	WRITE_ONCE(rill_sk(sk)->knobs.notsent_lowat, val);
	sk->sk_write_space(sk);
	return 0;
}

static int rill_get_notsent_lowat(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.notsent_lowat);
}

static int rill_set_save_syn(struct sock *sk, int val)
{
	if (val < 0 || val > 2)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.save_syn, val);
	return 0;
}

static int rill_get_save_syn(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.save_syn);
}

static int rill_set_inq(struct sock *sk, int val)
{
	if (val < 0 || val > 1)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.inq, val);
	return 0;
}

static int rill_get_inq(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.inq);
}

static int rill_get_is_mptcp(const struct sock *sk)
{
	return 0;
}

static int rill_set_rto_max(struct sock *sk, int val)
{
	if (val < RILL_RTO_MAX_MS_MIN || val > RILL_RTO_MAX_US / USEC_PER_MSEC)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.rto_max, msecs_to_jiffies(val));
	return 0;
}

static int rill_get_rto_max(const struct sock *sk)
{
	return rill_timer_rto_max_us(sk) / USEC_PER_MSEC;
}

/* A time of up to 200 ms that the timer can tell from none. 0: it isn't. */
static u32 rill_short_time(int us)
{
	unsigned long j = usecs_to_jiffies(us);

	return j < RILL_JIFFIES_MIN || j > HZ / 5 ? 0 : j;
}

static int rill_set_rto_min(struct sock *sk, int val)
{
	u32 j = rill_short_time(val);

	if (!j)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.rto_min, j);
	return 0;
}

static int rill_get_rto_min(const struct sock *sk)
{
	u32 own = READ_ONCE(rill_sk(sk)->knobs.rto_min);

	return own ? jiffies_to_usecs(own) : RILL_RTO_LEAST_US;
}

static int rill_set_delack_max(struct sock *sk, int val)
{
	u32 j = rill_short_time(val);

	if (!j)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.delack_max, j);
	return 0;
}

static int rill_get_delack_max(const struct sock *sk)
{
	return jiffies_to_usecs(READ_ONCE(rill_sk(sk)->knobs.delack_max) ?: RILL_DELACK_TIME);
}

static const struct rill_sockopt rill_sockopts[] = {
	[RILL_NODELAY]		= { rill_set_nodelay, rill_get_nodelay },
	[RILL_MAXSEG]		= { rill_set_maxseg, rill_get_maxseg },
	[RILL_CORK]		= { rill_set_cork, rill_get_cork },
	[RILL_KEEPIDLE]		= { rill_set_keepidle, rill_get_keepidle },
	[RILL_KEEPINTVL]	= { rill_set_keepintvl, rill_get_keepintvl },
	[RILL_KEEPCNT]		= { rill_set_keepcnt, rill_get_keepcnt },
	[RILL_SYNCNT]		= { rill_set_syncnt, rill_get_syncnt },
	[RILL_LINGER2]		= { rill_set_linger2, rill_get_linger2 },
	[RILL_DEFER_ACCEPT]	= { rill_set_defer_accept, rill_get_defer_accept },
	[RILL_WINDOW_CLAMP]	= { rill_set_window_clamp, rill_get_window_clamp },
	[RILL_QUICKACK]		= { rill_set_quickack, rill_get_quickack },
	[RILL_USER_TIMEOUT]	= { rill_set_user_timeout, rill_get_user_timeout },
	[RILL_FASTOPEN]		= { rill_set_fastopen, rill_get_fastopen },
	[RILL_NOTSENT_LOWAT]	= { rill_set_notsent_lowat, rill_get_notsent_lowat },
	[RILL_SAVE_SYN]		= { rill_set_save_syn, rill_get_save_syn },
	[RILL_FASTOPEN_CONNECT]	= { rill_set_fastopen_connect, rill_get_fastopen_connect },
	[RILL_FASTOPEN_NO_COOKIE] = { rill_set_fastopen_no_cookie, rill_get_fastopen_no_cookie },
	[RILL_INQ]		= { rill_set_inq, rill_get_inq },
	[RILL_IS_MPTCP]		= { NULL, rill_get_is_mptcp },
	[RILL_RTO_MAX_MS]	= { rill_set_rto_max, rill_get_rto_max },
	[RILL_RTO_MIN_US]	= { rill_set_rto_min, rill_get_rto_min },
	[RILL_DELACK_MAX_US]	= { rill_set_delack_max, rill_get_delack_max },
};

static const struct rill_sockopt *rill_sockopt_find(int optname)
{
	unsigned int i = optname;

	if (i >= ARRAY_SIZE(rill_sockopts))
		return NULL;
	i = array_index_nospec(i, ARRAY_SIZE(rill_sockopts));
	return rill_sockopts[i].get ? &rill_sockopts[i] : NULL;
}

static bool rill_sockopt_ours(int level)
{
	return level == SOL_RILL || level == SOL_TCP;
}

static int rill_set_congestion(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	char name[RILL_CONG_NAME_MAX];
	long len;
	int err;

	if (optlen < 1)
		return -EINVAL;
	len = strncpy_from_sockptr(name, optval, min_t(long, sizeof(name) - 1, optlen));
	if (len < 0)
		return -EFAULT;
	name[len] = 0;
	sockopt_lock_sock(sk);
	err = rill_algo_use(rill_sk(sk), name);
	sockopt_release_sock(sk);
	return err;
}

/**
 * rill_setsockopt() - proto.setsockopt
 * @sk: the socket, in any state
 * @level: SOL_RILL, SOL_TCP, or IP's
 * @optname: RILL_NODELAY...
 * @optval: the value
 * @optlen: its length in octets
 *
 * Return: 0, -EINVAL for a value that is too short or out of range, -EFAULT, -ENOPROTOOPT for an
 * unknown option, -ENOENT for an unknown congestion control.
 */
int rill_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval,
		    unsigned int optlen)
{
	const struct rill_sockopt *opt;
	int val, err;

	if (!rill_sockopt_ours(level))
		return rill_setsockopt_ip(sk, level, optname, optval, optlen);
	if (optname == RILL_CONGESTION)
		return rill_set_congestion(sk, optval, optlen);
	if (optname == RILL_FASTOPEN_KEY)
		return rill_set_fastopen_key(sk, optval, optlen);
	if (optlen < sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	opt = rill_sockopt_find(optname);
	if (!opt || !opt->set)
		return -ENOPROTOOPT;
	sockopt_lock_sock(sk);
	err = opt->set(sk, val);
	sockopt_release_sock(sk);
	return err;
}

static int rill_sockopt_give(char __user *optval, int __user *optlen, const void *from, int len)
{
	if (put_user(len, optlen) || copy_to_user(optval, from, len))
		return -EFAULT;
	return 0;
}

static int rill_get_info(struct sock *sk, char __user *optval, int __user *optlen, unsigned int len)
{
	struct tcp_info info;

	rill_fill_info(sk, &info);
	return rill_sockopt_give(optval, optlen, &info, min_t(unsigned int, len, sizeof(info)));
}

static int rill_get_congestion(struct sock *sk, char __user *optval, int __user *optlen,
			       unsigned int len)
{
	char name[RILL_CONG_NAME_MAX] = {};

	sockopt_lock_sock(sk);
	strscpy(name, rill_sk(sk)->algo->name, sizeof(name));
	sockopt_release_sock(sk);
	return rill_sockopt_give(optval, optlen, name, min_t(unsigned int, len, sizeof(name)));
}

static int rill_get_key(struct sock *sk, char __user *optval, int __user *optlen, unsigned int len)
{
	u8 octets[RILL_FO_KEYS * RILL_FO_KEY_OCTETS];
	unsigned int n = rill_get_fastopen_key(sk, octets);

	return rill_sockopt_give(optval, optlen, octets, min(len, n));
}

/* The headers of the SYN, once; too small a buffer is told how much it takes. */
static int rill_get_saved_syn(struct sock *sk, char __user *optval, int __user *optlen,
			      unsigned int len)
{
	struct rill_saved_syn *syn;
	int err;

	sockopt_lock_sock(sk);
	syn = rill_sk(sk)->syn;
	if (!syn) {
		err = put_user(0, optlen);
	} else if (len < syn->len) {
		err = put_user(syn->len, optlen) ?: -EINVAL;
	} else {
		err = rill_sockopt_give(optval, optlen, syn->data, syn->len);
		if (!err) {
			rill_sk(sk)->syn = NULL;
			kfree(syn);
		}
	}
	sockopt_release_sock(sk);
	return err;
}

/**
 * rill_getsockopt() - proto.getsockopt
 * @sk: the socket, in any state
 * @level: SOL_RILL, SOL_TCP, or IP's
 * @optname: RILL_NODELAY...
 * @optval: where the value goes
 * @optlen: its length in octets, in and out; what is longer is cut off
 *
 * Return: 0, -EINVAL for a negative length, -EFAULT, or -ENOPROTOOPT for an unknown option.
 */
int rill_getsockopt(struct sock *sk, int level, int optname, char __user *optval,
		    int __user *optlen)
{
	const struct rill_sockopt *opt;
	int val, len;

	if (!rill_sockopt_ours(level))
		return rill_getsockopt_ip(sk, level, optname, optval, optlen);
	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (optname == RILL_INFO)
		return rill_get_info(sk, optval, optlen, len);
	if (optname == RILL_CONGESTION)
		return rill_get_congestion(sk, optval, optlen, len);
	/* NewReno has nothing to tell that RILL_INFO does not. */
	if (optname == RILL_CC_INFO)
		return put_user(0, optlen);
	if (optname == RILL_SAVED_SYN)
		return rill_get_saved_syn(sk, optval, optlen, len);
	if (optname == RILL_FASTOPEN_KEY)
		return rill_get_key(sk, optval, optlen, len);
	opt = rill_sockopt_find(optname);
	if (!opt)
		return -ENOPROTOOPT;
	val = opt->get(sk);
	return rill_sockopt_give(optval, optlen, &val, min_t(unsigned int, len, sizeof(val)));
}

/**
 * rill_set_keepalive() - proto.keepalive: SO_KEEPALIVE is about to change
 * @sk: the socket, locked
 * @val: on or off
 *
 * While the connection is being set up there is nothing to probe; it begins when that is done.
 */
void rill_set_keepalive(struct sock *sk, int val)
{
	if (!val)
		rill_timer_clear(sk, RILL_DL_KEEPALIVE);
	else if (!sock_flag(sk, SOCK_KEEPOPEN) &&
		 !((1 << sk->sk_state) & (RILL_SOCKOPT_FRESH | TCPF_SYN_SENT)))
		rill_keepalive_arm(sk);
}
