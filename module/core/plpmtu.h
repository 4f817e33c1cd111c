/* SPDX-License-Identifier: GPL-2.0 */
/* What segments themselves tell of the path's MTU, where no ICMP message does (RFC 4821). */
#ifndef _RILL_CORE_PLPMTU_H
#define _RILL_CORE_PLPMTU_H

#include <linux/types.h>

/**
 * struct rill_plpmtu - the size that gets through; sizes as an MSS, options included
 * @cap: larger segments have vanished; 0: none has
 * @probe: size of the larger segment that is under way to find out; 0: none is
 * @probe_end: the number behind it
 * @raise_at: when the next may be tried, in the caller's unit
 */
struct rill_plpmtu {
	u32	cap;
	u32	probe;
	u32	probe_end;
	u32	raise_at;
};

u32 rill_plpmtu_limit(const struct rill_plpmtu *p, u32 mss);
bool rill_plpmtu_lower(struct rill_plpmtu *p, u32 lost, u32 base, u32 floor, u32 raise_at);
u32 rill_plpmtu_probe_size(const struct rill_plpmtu *p, u32 mss, u32 now);
void rill_plpmtu_probed(struct rill_plpmtu *p, u32 size, u32 end, u32 raise_at);
bool rill_plpmtu_acked(struct rill_plpmtu *p, u32 una, u32 now);
void rill_plpmtu_lost(struct rill_plpmtu *p);

#endif /* _RILL_CORE_PLPMTU_H */
