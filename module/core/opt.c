// SPDX-License-Identifier: GPL-2.0
/*
 * Header options: octets to a plain record, and back.
 * The receive path parses every segment's options, the transmit path asks for their length before
 * it lays out a segment and emits them into it. Policy (who agreed on what) is the callers'.
 * RFC 9293 section 3.2, RFC 7323 sections 2.2 and 3.2, RFC 2018 sections 2 and 3, RFC 7413 section
 * 4.1.1, RFC 9768 section 3.2.3.
 */
#include "opt.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "seg.h"

enum rill_opt_kind {
	RILL_KIND_EOL		= 0,
	RILL_KIND_NOP		= 1,
	RILL_KIND_MSS		= 2,
	RILL_KIND_WSCALE	= 3,
	RILL_KIND_SACKOK	= 4,
	RILL_KIND_SACK		= 5,
	RILL_KIND_TS		= 8,
	RILL_KIND_FASTOPEN	= 34,
	RILL_KIND_ACCECN0	= 172,
	RILL_KIND_ACCECN1	= 174,
	RILL_KIND_EXP		= 254,
};

/* What an experimental option begins with that is Fast Open's. */
#define RILL_EXP_FASTOPEN	0xf989

/* The first two octets of an option as one number: kind and length. */
#define RILL_OPT_HEAD(kind, len)	((u32)(kind) << 8 | (len))

#define RILL_HEAD_MSS		RILL_OPT_HEAD(RILL_KIND_MSS, 4)
#define RILL_HEAD_WSCALE	RILL_OPT_HEAD(RILL_KIND_WSCALE, 3)
#define RILL_HEAD_SACKOK	RILL_OPT_HEAD(RILL_KIND_SACKOK, 2)
#define RILL_HEAD_SACK(n)	RILL_OPT_HEAD(RILL_KIND_SACK, 2 + 8 * (n))
#define RILL_HEAD_TS		RILL_OPT_HEAD(RILL_KIND_TS, 10)
#define RILL_HEAD_NOPS		RILL_OPT_HEAD(RILL_KIND_NOP, RILL_KIND_NOP)

static u32 rill_opt_get32(const u8 *p)
{
	return (u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static u8 *rill_opt_put32(u8 *p, u32 v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
	return p + 4;
}

static u8 *rill_opt_put24(u8 *p, u32 v)
{
	p[0] = v >> 16;
	p[1] = v >> 8;
	p[2] = v;
	return p + 3;
}

/* Octets of a Fast Open option before its cookie. */
static unsigned int rill_opt_cookie_head(bool exp)
{
	return exp ? 4 : 2;
}

static void rill_opt_take_cookie(const u8 *p, struct rill_opts *opts)
{
	bool exp = p[0] == RILL_KIND_EXP && p[1] >= rill_opt_cookie_head(true) &&
		   (p[2] << 8 | p[3]) == RILL_EXP_FASTOPEN;
	unsigned int head = rill_opt_cookie_head(exp), len = p[1] - head;

	if (!exp && p[0] != RILL_KIND_FASTOPEN)
		return;
	if (len && (len < RILL_FO_COOKIE_MIN || len > RILL_FO_COOKIE_MAX || len % 2))
		return;
	opts->cookie = (struct rill_fo_cookie){ .len = len, .exp = exp };
	memcpy(opts->cookie.val, p + head, len);
	opts->present |= RILL_OPT_FASTOPEN;
}

/* Whatever the option's length is, what counts is the whole fields in it. */
static void rill_opt_take_accecn(const u8 *p, struct rill_opts *opts)
{
	unsigned int i;

	opts->n_accecn = min((p[1] - 2) / 3, RILL_ACCECN_FIELDS);
	for (i = 0; i < opts->n_accecn; i++)
		opts->accecn[i] = p[2 + 3 * i] << 16 | p[3 + 3 * i] << 8 | p[4 + 3 * i];
	opts->present &= ~(RILL_OPT_ACCECN0 | RILL_OPT_ACCECN1);
	opts->present |= p[0] == RILL_KIND_ACCECN0 ? RILL_OPT_ACCECN0 : RILL_OPT_ACCECN1;
}

/* The option at @p lies wholly inside the header. Unless kind and length fit, skip it. */
static void rill_opt_take(const u8 *p, struct rill_opts *opts)
{
	unsigned int i;

	switch (RILL_OPT_HEAD(p[0], p[1])) {
	case RILL_HEAD_MSS:
		opts->mss = p[2] << 8 | p[3];
		opts->present |= RILL_OPT_MSS;
		break;
	case RILL_HEAD_WSCALE:
		opts->wscale = min_t(u8, p[2], RILL_WSCALE_MAX);
		opts->present |= RILL_OPT_WSCALE;
		break;
	case RILL_HEAD_SACKOK:
		opts->present |= RILL_OPT_SACKOK;
		break;
	case RILL_HEAD_SACK(1):
	case RILL_HEAD_SACK(2):
	case RILL_HEAD_SACK(3):
	case RILL_HEAD_SACK(4):
		opts->n_sack = p[1] / 8;
		for (i = 0; i < opts->n_sack; i++) {
			opts->sack[i].start = rill_opt_get32(p + 2 + 8 * i);
			opts->sack[i].end = rill_opt_get32(p + 6 + 8 * i);
		}
		opts->present |= RILL_OPT_SACK;
		break;
	case RILL_HEAD_TS:
		opts->tsval = rill_opt_get32(p + 2);
		opts->tsecr = rill_opt_get32(p + 6);
		opts->present |= RILL_OPT_TS;
		break;
	default:
		if (p[0] == RILL_KIND_ACCECN0 || p[0] == RILL_KIND_ACCECN1)
			rill_opt_take_accecn(p, opts);
		else
			rill_opt_take_cookie(p, opts);
		break;
	}
}

/**
 * rill_opt_parse() - read the options of a segment
 * @p: the first octet behind the fixed header
 * @len: octets of options, 0..40; nothing behind them is read
 * @opts: the result; nothing present on error
 *
 * Unknown kinds are skipped by their length (MUST-6), and so is a known kind with a length that is
 * not its own. Of an option that comes twice the last one counts. What stands behind an EOL is
 * padding (MUST-69). An MSS of 0 is handed on as such; a window scale above 14 is read as 14
 * (RFC 7323 section 2.3).
 *
 * Return: 0, or -EINVAL when an option's length is below 2, missing, or reaches beyond @len
 * (MUST-7).
 */
int rill_opt_parse(const u8 *p, unsigned int len, struct rill_opts *opts)
{
	unsigned int at = 0;

	memset(opts, 0, sizeof(*opts));
	while (at < len && p[at] != RILL_KIND_EOL) {
		if (p[at] == RILL_KIND_NOP) {
			at++;
			continue;
		}
		if (len - at < 2 || p[at + 1] < 2 || p[at + 1] > len - at) {
			memset(opts, 0, sizeof(*opts));
			return -EINVAL;
		}
		rill_opt_take(p + at, opts);
		at += p[at + 1];
	}
	return 0;
}

/* Octets of everything but SACK blocks, padding counted. */
static unsigned int rill_opt_base(const struct rill_opts *opts)
{
	unsigned int len = 0;

	if (opts->present & RILL_OPT_MSS)
		len += 4;
	if (opts->present & RILL_OPT_TS)
		len += 12;	/* SACK-permitted takes the place of two NOPs */
	else if (opts->present & RILL_OPT_SACKOK)
		len += 4;
	if (opts->present & RILL_OPT_WSCALE)
		len += 4;
	if (opts->present & RILL_OPT_FASTOPEN)
		len += (rill_opt_cookie_head(opts->cookie.exp) + opts->cookie.len + 3) & ~3;
	if (opts->present & (RILL_OPT_ACCECN0 | RILL_OPT_ACCECN1))
		len += ALIGN(2 + 3 * opts->n_accecn, 4);
	return len;
}

static u8 *rill_opt_emit_accecn(const struct rill_opts *opts, u8 *p)
{
	unsigned int i, len = 2 + 3 * opts->n_accecn;

	for (i = len; i % 4; i++)
		*p++ = RILL_KIND_NOP;
	*p++ = opts->present & RILL_OPT_ACCECN0 ? RILL_KIND_ACCECN0 : RILL_KIND_ACCECN1;
	*p++ = len;
	for (i = 0; i < opts->n_accecn; i++)
		p = rill_opt_put24(p, opts->accecn[i]);
	return p;
}

/* How many SACK blocks find room beside the others. */
static unsigned int rill_opt_blocks(const struct rill_opts *opts)
{
	if (!(opts->present & RILL_OPT_SACK))
		return 0;
	return min_t(unsigned int, opts->n_sack,
		     (RILL_OPT_MAX - min_t(unsigned int, 4 + rill_opt_base(opts),
					    RILL_OPT_MAX)) / 8);
}

/**
 * rill_opt_len() - how long options will be
 * @opts: the options, as for rill_opt_emit()
 *
 * Return: what rill_opt_emit() will return: octets, padding included, a multiple of 4 from 0 to 40.
 */
unsigned int rill_opt_len(const struct rill_opts *opts)
{
	unsigned int n = rill_opt_blocks(opts);

	return rill_opt_base(opts) + (n ? 4 + 8 * n : 0);
}

static u8 *rill_opt_put_cookie(u8 *p, const struct rill_fo_cookie *c)
{
	unsigned int head = rill_opt_cookie_head(c->exp), i;

	for (i = head + c->len; i % 4; i++)
		*p++ = RILL_KIND_NOP;
	p[0] = c->exp ? RILL_KIND_EXP : RILL_KIND_FASTOPEN;
	p[1] = head + c->len;
	if (c->exp) {
		p[2] = RILL_EXP_FASTOPEN >> 8;
		p[3] = RILL_EXP_FASTOPEN & 0xff;
	}
	memcpy(p + head, c->val, c->len);
	return p + head + c->len;
}

/**
 * rill_opt_emit() - write the options of a segment
 * @opts: what to write; @opts->wscale is at most RILL_WSCALE_MAX
 * @p: where rill_opt_len() octets are written
 *
 * All numbers but AccECN's come to lie on 4-octet boundaries, NOPs stand in front of what is odd
 * (RFC 7323 appendix A, RFC 2018 section 3). As many SACK blocks are written, first ones first, as
 * fit into 40 octets: 4, beside timestamps 3, less beside an AccECN option; none at all if
 * @opts->n_sack is 0.
 *
 * Return: octets written, a multiple of 4 from 0 to 40.
 */
unsigned int rill_opt_emit(const struct rill_opts *opts, u8 *p)
{
	unsigned int i, n = rill_opt_blocks(opts);
	u8 present = opts->present;
	u8 *start = p;
	u32 sackok;

	if (present & RILL_OPT_MSS)
		p = rill_opt_put32(p, RILL_HEAD_MSS << 16 | opts->mss);

	sackok = present & RILL_OPT_SACKOK ? RILL_HEAD_SACKOK : RILL_HEAD_NOPS;
	if (present & RILL_OPT_TS) {
		p = rill_opt_put32(p, sackok << 16 | RILL_HEAD_TS);
		p = rill_opt_put32(p, opts->tsval);
		p = rill_opt_put32(p, opts->tsecr);
	} else if (present & RILL_OPT_SACKOK) {
		p = rill_opt_put32(p, RILL_HEAD_NOPS << 16 | sackok);
	}

	if (present & RILL_OPT_WSCALE)
		p = rill_opt_put32(p, RILL_KIND_NOP << 24 | RILL_HEAD_WSCALE << 8 | opts->wscale);

	if (present & RILL_OPT_FASTOPEN)
		p = rill_opt_put_cookie(p, &opts->cookie);
	if (present & (RILL_OPT_ACCECN0 | RILL_OPT_ACCECN1))
		p = rill_opt_emit_accecn(opts, p);

	if (n)
		p = rill_opt_put32(p, RILL_HEAD_NOPS << 16 | RILL_HEAD_SACK(n));
	for (i = 0; i < n; i++) {
		p = rill_opt_put32(p, opts->sack[i].start);
		p = rill_opt_put32(p, opts->sack[i].end);
	}
	return p - start;
}
