// SPDX-License-Identifier: GPL-2.0
/*
 * Print the rate of this machine's time stamp counter in kHz.
 *
 * QEMU hands the counter to its guest as it is. A guest that has to share its
 * CPU measures the rate badly, and then all its timers are wrong: the VM's
 * kernel is told.
 */
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct sample {
	unsigned long long ticks;
	double ns;
};

/* The best of some: one that was not interrupted between the two clocks. */
static struct sample take(void)
{
	struct sample best = { 0 };
	unsigned long long least = ~0ULL;
	int i;

	for (i = 0; i < 50; i++) {
		unsigned long long before, after;
		struct timespec now;

		before = __rdtsc();
		clock_gettime(CLOCK_MONOTONIC, &now);
		after = __rdtsc();
		if (after - before < least) {
			least = after - before;
			best.ticks = before + least / 2;
			best.ns = now.tv_sec * 1e9 + now.tv_nsec;
		}
	}
	return best;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	struct sample a, b;

	a = take();
	nanosleep(&pause, NULL);
	b = take();
	printf("%.0f\n", (double)(b.ticks - a.ticks) * 1e6 / (b.ns - a.ns));
	return 0;
}
