/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of what was sent, taken, dropped or retried, per namespace; shown by
 * /proc/net/rill_stat.
 */
#ifndef _RILL_BASE_MIB_H
#define _RILL_BASE_MIB_H

#include <linux/percpu.h>
#include <linux/types.h>

/* name, what is counted */
#define RILL_MIB_LIST(X) \
	X(ActiveOpens,		"connections opened by connect()") \
	X(PassiveOpens,		"connections opened by a peer") \
	X(AttemptFails,		"connections that failed before they were established") \
	X(EstabResets,		"established connections that were reset") \
	X(InSegs,		"segments received, bad ones included") \
	X(OutSegs,		"segments sent, retransmitted ones included") \
	X(RetransSegs,		"segments retransmitted") \
	X(OutRsts,		"segments sent with RST") \
	X(InCsumErrors,		"segments dropped: wrong checksum") \
	X(InHdrErrors,		"segments dropped: truncated or impossible header") \
	X(InOptErrors,		"segments dropped: impossible option length") \
	X(InNoSocket,		"segments for which there was no connection and no listener") \
	X(InUnacceptable,	"segments outside the window or with an unacceptable ACK") \
	X(InPaws,		"segments dropped: old timestamp") \
	X(InRstIgnored,		"RSTs that were not acceptable") \
	X(InSynChallenged,	"SYNs on synchronised connections") \
	X(InBacklogDrops,	"segments dropped: socket busy and its backlog full") \
	X(InFilterDrops,	"segments dropped by a socket filter or policy") \
	X(InMemDrops,		"segments dropped: receive buffer or protocol memory full") \
	X(InAfterClose,		"segments with data for a user who has gone") \
	X(InDuplicate,		"segments of which nothing was new") \
	X(OutOfOrder,		"segments queued out of order") \
	X(OfoPruned,		"out-of-order segments given up for want of memory") \
	X(InUrgent,		"urgent pointers that told of new urgent data") \
	X(InCe,			"segments marked with CE: of new data, with AccECN all") \
	X(InEce,		"acknowledgments that told of congestion (ECE, AccECN)") \
	X(EcnReductions,	"windows reduced because of that") \
	X(DelayedAcks,		"acknowledgments sent by the delayed-ACK timer") \
	X(ChallengeAcks,	"challenge ACKs sent, and SYN-ACKs to a SYN that came again") \
	X(ChallengeLimited,	"of these not sent, limit reached") \
	X(Timeouts,		"retransmission timeouts") \
	X(FastRetrans,		"fast retransmissions") \
	X(Undone,		"reductions of the window taken back: nothing was lost") \
	X(TailProbes,		"tail loss probes sent") \
	X(PacingWaits,		"times that segments waited for their turn (pacing)") \
	X(DeviceWaits,		"times that segments waited for the device to send others") \
	X(SynRetrans,		"SYN and SYN-ACK segments retransmitted") \
	X(ZeroWindowProbes,	"zero-window probes sent") \
	X(KeepaliveProbes,	"keep-alive probes sent") \
	X(AbortOnTimeout,	"connections given up: no answer") \
	X(AbortOnClose,		"connections reset: closed with unread data") \
	X(AbortOnData,		"connections reset: data came after close") \
	X(AbortOnLinger,	"connections reset: linger time 0, or disconnected") \
	X(AbortOnOrphans,	"connections reset: too many orphans") \
	X(ListenDrops,		"SYNs and handshakes dropped by a listener") \
	X(ListenOverflows,	"of these: accept queue full") \
	X(ReqQueueFull,		"of these: too many half-open connections") \
	X(CookiesSent,		"SYN-ACKs sent that nothing is kept of, for want of room") \
	X(CookiesRecv,		"connections opened by an ACK of such a SYN-ACK") \
	X(CookiesFailed,	"ACKs at a listener that sent such SYN-ACKs, but not this one") \
	X(ReqExpired,		"half-open connections given up") \
	X(FastOpenActive,	"connections opened with data in the SYN, which was acknowledged") \
	X(FastOpenActiveFail,	"with data in the SYN that was not, or nothing got through then") \
	X(FastOpenPassive,	"connections opened by a SYN with a Fast Open cookie") \
	X(FastOpenPassiveFail,	"such SYNs with a wrong cookie, or for which there was no memory") \
	X(FastOpenCookieReqd,	"SYNs that asked for a cookie") \
	X(FastOpenListenOverflow, "SYNs that were none: too many handshakes not complete") \
	X(TimeWaits,		"connections that entered TIME-WAIT") \
	X(TimeWaitReopened,	"TIME-WAIT entries reopened by a SYN") \
	X(TimeWaitOverflow,	"TIME-WAIT entries not made: limit or memory") \
	X(TimeWaitRsts,		"RSTs ignored in TIME-WAIT") \
	X(OutAllocFails,	"segments not sent: no memory") \
	X(OutNoRoute,		"segments not sent: no route") \
	X(MtuBlackHoles,	"times that segments became smaller, large ones having no answer") \
	X(MtuProbes,		"segments sent to find out whether larger ones get through again") \
	X(InIcmp,		"ICMP errors for one of our segments") \
	X(InIcmpIgnored,	"ICMP errors that matched no connection or no segment in flight") \
	X(BadEvents,		"events that the state table rules out (a bug)")

enum rill_mib_item {
#define X(name, text) RILL_MIB_##name,
	RILL_MIB_LIST(X)
#undef X
	RILL_MIB_COUNT
};

struct rill_mib {
	unsigned long	v[RILL_MIB_COUNT];
};

#define RILL_INC(net, item) \
	this_cpu_inc(rill_net(net)->mib->v[RILL_MIB_##item])
#define RILL_ADD(net, item, n) \
	this_cpu_add(rill_net(net)->mib->v[RILL_MIB_##item], (n))

extern const char * const rill_mib_names[RILL_MIB_COUNT];

unsigned long rill_mib_fold(const struct rill_mib __percpu *mib, enum rill_mib_item item);

#endif /* _RILL_BASE_MIB_H */
