# SPDX-License-Identifier: GPL-2.0
# The commands of this tree; `make help` lists them. What the kernel's build
# system reads is in Kbuild.

KERNEL ?=
TEST ?=
release := $(shell uname -r)
installed := $(lastword $(shell ls -d /usr/src/linux-headers-*-$(shell dpkg --print-architecture 2>/dev/null) \
	2>/dev/null | sort -V))
KDIR ?= $(or $(wildcard /lib/modules/$(release)/build),$(installed))

all:
ifneq ($(KERNEL),)
	@scripts/build -k $(KERNEL)
else ifneq ($(KDIR),)
	@scripts/build -d $(KDIR)
else
	@echo "No kernel headers here. Either install them (apt install linux-headers-$(release)," >&2
	@echo "or linux-headers-amd64), or name a tree (make KDIR=...), or build for a kernel that" >&2
	@echo "is fetched for the VM (make KERNEL=stock-6.1)." >&2
	@exit 1
endif

help:
	@echo 'make                    rill.ko for KDIR=$(or $(KDIR),(no headers found))'
	@echo 'make KERNEL=stock-6.1   rill.ko for a kernel of scripts/kernel list'
	@echo 'make demo               a file from a web server to curl over a bad link, in a VM'
	@echo 'make interop            the same file between Rill and TCP, in both roles, in a VM'
	@echo 'make shell              a shell in a VM, with rill loaded and two namespaces [KERNEL=]'
	@echo 'make test TEST="..."    some of the selftests in a VM [KERNEL=]'
	@echo 'make kunit              the unit tests in a VM'
	@echo 'make lint               the style and the static checks'
	@echo 'make check              everything: lint, builds, unit tests, selftests'
	@echo 'make bench              what rill costs, beside TCP [KERNEL=]'
	@echo 'make paths              goodput over lossy, long and narrow paths, beside TCP [KERNEL=]'
	@echo 'make clean              forget what was built from this tree (kernels stay)'
	@echo 'Kernels, modules and logs are kept in RILL_CACHE=$${RILL_CACHE:-~/.cache/rill}.'

lint:
	@scripts/setup.sh
	@scripts/lint

check:
	@scripts/setup.sh
	@scripts/check

test:
	@scripts/setup.sh
	@scripts/test $(if $(KERNEL),-k $(KERNEL)) $(TEST)

kunit:
	@scripts/setup.sh
	@scripts/kunit $(if $(KERNEL),-k $(KERNEL))

demo:
	@scripts/setup.sh
	@scripts/demo.sh

interop:
	@scripts/setup.sh
	@scripts/interop.sh

bench:
	@scripts/setup.sh
	@scripts/bench.sh $(if $(KERNEL),-k $(KERNEL))

paths:
	@scripts/setup.sh
	@scripts/paths.sh $(if $(KERNEL),-k $(KERNEL))

shell:
	@scripts/setup.sh
	@scripts/build -k $(or $(KERNEL),stock-6.1)
	@scripts/vm -i -k $(or $(KERNEL),stock-6.1) scripts/vm-shell

clean:
	@rm -rf "$${RILL_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/rill}/build"

.PHONY: all help lint check test kunit demo interop bench paths shell clean
