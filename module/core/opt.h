/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Header options: octets <-> plain record (RFC 9293 section 3.2, RFC 7323, RFC 2018, RFC 7413,
 * RFC 9768).
 */
#ifndef _RILL_CORE_OPT_H
#define _RILL_CORE_OPT_H

#include <linux/types.h>

#define RILL_SACK_BLOCKS	4
#define RILL_WSCALE_MAX		14	/* RFC 7323 section 2.3 */
#define RILL_ACCECN_FIELDS	3	/* RFC 9768 section 3.2.3 */
#define RILL_ACCECN_MASK	0xffffffu	/* what a field holds of a counter */

enum rill_opt_bit {
	RILL_OPT_MSS	= 0x01,
	RILL_OPT_WSCALE	= 0x02,
	RILL_OPT_SACKOK	= 0x04,
	RILL_OPT_SACK	= 0x08,
	RILL_OPT_TS	= 0x10,
	RILL_OPT_FASTOPEN = 0x20,
	RILL_OPT_ACCECN0 = 0x40,
	RILL_OPT_ACCECN1 = 0x80,
};

#define RILL_FO_COOKIE_MIN	4	/* RFC 7413 section 4.1.1 */
#define RILL_FO_COOKIE_MAX	16

/**
 * struct rill_fo_cookie - a Fast Open cookie
 * @val: octets
 * @len: how many, an even number of RILL_FO_COOKIE_MIN..RILL_FO_COOKIE_MAX; 0: one is asked for
 * @exp: in the option that was used before there was one (RFC 6994)
 */
struct rill_fo_cookie {
	u8	val[RILL_FO_COOKIE_MAX];
	u8	len;
	bool	exp;
};

struct rill_sack_block {
	u32	start;		/* first octet held */
	u32	end;		/* first octet not held any more */
};

/**
 * struct rill_opts - the options of one segment in host order
 * @tsval: timestamp value
 * @tsecr: timestamp echo reply
 * @mss: maximum segment size in octets
 * @wscale: window scale, 0..RILL_WSCALE_MAX (a greater one is read as that)
 * @n_sack: how many of @sack are meant
 * @n_accecn: how many of @accecn are meant
 * @present: enum rill_opt_bit, which of the others are meant
 * @sack: blocks in the order in which they stand in the header
 * @cookie: Fast Open
 * @accecn: fields of the AccECN option, of which there is one, in that order: octets of ECT(0), of
 *	CE and of ECT(1) with RILL_OPT_ACCECN0, and the other way round with RILL_OPT_ACCECN1
 */
struct rill_opts {
	u32	tsval;
	u32	tsecr;
	u16	mss;
	u8	wscale;
	u8	n_sack;
	u8	n_accecn;
	u8	present;
	struct rill_sack_block sack[RILL_SACK_BLOCKS];
	struct rill_fo_cookie cookie;
	u32	accecn[RILL_ACCECN_FIELDS];
};

int rill_opt_parse(const u8 *p, unsigned int len, struct rill_opts *opts);
unsigned int rill_opt_len(const struct rill_opts *opts);
unsigned int rill_opt_emit(const struct rill_opts *opts, u8 *p);

#endif /* _RILL_CORE_OPT_H */
