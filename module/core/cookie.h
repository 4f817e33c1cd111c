/* SPDX-License-Identifier: GPL-2.0 */
/* SYN cookies: what a handshake must remember, in numbers that the peer gives back. */
#ifndef _RILL_CORE_COOKIE_H
#define _RILL_CORE_COOKIE_H

#include "isn.h"
#include "opt.h"

/* Seconds in which a cookie is made with the same counter; it is good for one more such time. */
#define RILL_COOKIE_PERIOD	64

u32 rill_cookie_make(const siphash_key_t *key, const struct rill_tuple *t, u32 irs, u32 now,
		     u16 mss);
bool rill_cookie_check(const siphash_key_t *key, const struct rill_tuple *t, u32 irs, u32 cookie,
		       u32 now, u16 *mss);
u32 rill_cookie_stamp(u32 clock, const struct rill_opts *opts, bool ecn);
bool rill_cookie_unstamp(u32 stamp, struct rill_opts *opts);

#endif /* _RILL_CORE_COOKIE_H */
