/* SPDX-License-Identifier: GPL-2.0 */
/* When to retransmit without waiting for the timer (RFC 5681 section 3.2, RFC 6582). */
#ifndef _RILL_CORE_RECOVERY_H
#define _RILL_CORE_RECOVERY_H

#include "ack.h"
#include "cong.h"
#include "prr.h"
#include "undo.h"

#define RILL_REC_DUPTHRESH	3	/* duplicate ACKs that mean a loss (RFC 5681 section 3.2) */

enum rill_recovery_phase {
	RILL_REC_OPEN,		/* nothing known to be lost */
	RILL_REC_EASED,		/* reduced for a mark (RFC 3168), until @recover is passed */
	RILL_REC_FAST,		/* fast recovery, until @recover is acknowledged */
	RILL_REC_LOSS,		/* after a retransmission timeout, until @recover is acknowledged */
};

/**
 * struct rill_recovery - where a connection stands with its losses
 * @recover: SND.NXT when the last loss was noticed (RFC 6582 section 3.2), or the last mark
 * @dupacks: duplicate acknowledgments since the last new one, not counted in RILL_REC_FAST
 * @flight: octets in flight when the first of @dupacks came, before limited transmit
 * @phase: enum rill_recovery_phase
 * @armed: SND.UNA hasn't passed @recover yet, a loss's
 * @prr: RILL_REC_FAST with a scoreboard: what may be sent
 * @undo: the last reduction with a scoreboard, in case it was needless
 */
struct rill_recovery {
	u32	recover;
	u32	dupacks;
	u32	flight;
	u8	phase;
	bool	armed;
	struct rill_prr prr;
	struct rill_undo undo;
};

/**
 * struct rill_told - what an ACK, or the clock, has told of what is on the scoreboard
 * @delivered: octets acknowledged or SACKed for the first time
 * @lost: octets that were found lost
 * @pipe: octets in flight after that
 * @reordered: segments overtake each other on this path
 */
struct rill_told {
	u32	delivered;
	u32	lost;
	u32	pipe;
	bool	reordered;
};

/* What the sender is to do. */
enum rill_recovery_do {
	RILL_REC_DO_NOTHING,
	RILL_REC_DO_HEAD,	/* retransmit the segment at SND.UNA */
};

void rill_recovery_init(struct rill_recovery *r, u32 iss);
enum rill_recovery_do rill_recovery_ack(struct rill_recovery *r, struct rill_cong *c,
					const struct rill_snd *snd, const struct rill_acked *acked,
					u32 flight, u32 rtt_us, u64 now_us);
bool rill_recovery_told(struct rill_recovery *r, struct rill_cong *c, const struct rill_snd *snd,
			const struct rill_acked *acked, const struct rill_told *told, u32 flight,
			u32 rtt_us, u64 now_us);
void rill_recovery_probed(struct rill_recovery *r, struct rill_cong *c, const struct rill_snd *snd,
			  u32 flight);
void rill_recovery_undo(struct rill_recovery *r, struct rill_cong *c, u32 flight);
void rill_recovery_timeout(struct rill_recovery *r, struct rill_cong *c, const struct rill_snd *snd,
			   bool first);
u32 rill_recovery_limit(const struct rill_recovery *r, const struct rill_cong *c);

#endif /* _RILL_CORE_RECOVERY_H */
