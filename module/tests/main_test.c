// SPDX-License-Identifier: GPL-2.0
/*
 * What rill_kunit.ko says of itself. The suites are in the other files of this directory, one for
 * each file of module/core and one for what of module/base needs an skb; each registers itself,
 * and each includes the .c file that it tests: a core file that called anything outside the core
 * would leave this module with a symbol that nobody defines.
 */
#include <linux/module.h>

MODULE_DESCRIPTION("Unit tests of Rill");
MODULE_LICENSE("GPL");
