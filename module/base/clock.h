/* SPDX-License-Identifier: GPL-2.0 */
/* The clocks that connections are measured by. */
#ifndef _RILL_BASE_CLOCK_H
#define _RILL_BASE_CLOCK_H

#include <linux/ktime.h>
#include <linux/math64.h>

static inline u64 rill_clock_us(void)
{
	return div_u64(ktime_get_ns(), NSEC_PER_USEC);
}

/* The clock of the timestamps option: milliseconds (RFC 7323 section 5.4). */
static inline u32 rill_clock_ms(void)
{
	return (u32)div_u64(ktime_get_ns(), NSEC_PER_MSEC);
}

#endif /* _RILL_BASE_CLOCK_H */
