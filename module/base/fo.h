/* SPDX-License-Identifier: GPL-2.0 */
/* Fast Open, as far as a connection's own SYN or SYN-ACK goes. */
#ifndef _RILL_BASE_FO_H
#define _RILL_BASE_FO_H

#include "../core/opt.h"

/**
 * struct rill_fo - what became of the attempt to open this connection fast
 * @cookie: for the SYN or the SYN-ACK, with @offer
 * @fail: enum tcp_fastopen_client_fail
 * @offer: the SYN or SYN-ACK that is sent next has the option
 * @asked: our SYN had it, or data
 * @data_ok: our SYN may have data
 * @acked: data in the SYN was acknowledged
 */
struct rill_fo {
	struct rill_fo_cookie	cookie;
	u8			fail;
	bool			offer;
	bool			asked;
	bool			data_ok;
	bool			acked;
};

#endif /* _RILL_BASE_FO_H */
