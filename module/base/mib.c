// SPDX-License-Identifier: GPL-2.0
/*
 * The counters' names and sums. Counting is RILL_INC() and RILL_ADD(): one per-CPU addition.
 * Called by the edge that shows them. No locks: a sum taken while others count is a moment old.
 */
#include <linux/cpumask.h>

#include "mib.h"
#include "net.h"

/* Who counts must find the namespace's counters: the way to them is here. */
unsigned int rill_net_id;

const char * const rill_mib_names[RILL_MIB_COUNT] = {
#define X(name, text) #name,
	RILL_MIB_LIST(X)
#undef X
};

/**
 * rill_mib_fold() - the value of a counter
 * @mib: the namespace's counters
 * @item: which
 *
 * Return: the sum over all CPUs; wraps as unsigned long does.
 */
unsigned long rill_mib_fold(const struct rill_mib __percpu *mib, enum rill_mib_item item)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(mib, cpu)->v[item]);
	return sum;
}
