/* SPDX-License-Identifier: GPL-2.0 */
/* Fast Open's cookies: what only who receives at an address can bring back (RFC 7413). */
#ifndef _RILL_CORE_FASTOPEN_H
#define _RILL_CORE_FASTOPEN_H

#include "isn.h"
#include "opt.h"

#define RILL_FO_KEYS		2	/* the one in use, and the one before */
#define RILL_FO_KEY_OCTETS	16
#define RILL_FO_COOKIE_LEN	8	/* of those that we make */

void rill_fastopen_key(const u8 *octets, siphash_key_t *key);
u64 rill_fastopen_hash(const siphash_key_t *key, const struct rill_tuple *t);
void rill_fastopen_make(const siphash_key_t *key, const struct rill_tuple *t,
			struct rill_fo_cookie *c);
unsigned int rill_fastopen_check(const siphash_key_t *keys, unsigned int n,
				 const struct rill_tuple *t, const struct rill_fo_cookie *c);

#endif /* _RILL_CORE_FASTOPEN_H */
