#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: states
# debug kernel: accept connect send recv epoll shutdown close share uring urgent
# Every socket call, option and errno: the expectation is what TCP answers in the same run.
#
#   sockapi.sh [-6] [TOPIC | TOPIC.CASE]...
#
# First on loopback, each case in a namespace of its own, TCP and Rill at the same time; then, for what concerns
# two ends, with the ends in two namespaces; then through the socket family. One point for each case that answers
# alike, one for each line that differs.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/sockapi-compare.sh
. "$(dirname "$0")/sockapi-compare.sh"

# Two ends: what these topics ask does not need the case's own namespace.
two_ends="send recv vector file shutdown share uring urgent"

# manual_options ANSWERS: the manual lists the options that are served, each, and those of TCP's that are not.
manual_options()
{
	awk '
	function wrong(what) { print what; bad = 1 }
	FNR == NR && /^\.It Dv RILL_/ { told[substr($3, 6)] }
	FNR == NR && /^An option that is not listed above fails/ { refusals = 1 }
	FNR == NR && /^\.It$/ { refusals = 0 }
	FNR == NR && refusals && /^\.Dv TCP_/ {
		pattern = substr($2, 5)
		gsub(/\*/, ".*", pattern)
		patterns["^" pattern "$"]
	}
	FNR == NR { next }
	/^options\.served\./ && !/\.end: / {
		name = substr($1, 16, length($1) - 16)
		found = ""
		for (p in patterns)
			if (name ~ p) used[found = p]
		if (($2 == "refused") != (found != "")) wrong(name " is " $2)
		if (($2 == "served") != (name in told)) wrong(name " is " $2 ", or not in the manual")
		delete told[name]
	}
	END {
		for (name in told) wrong(name " is in the manual")
		for (p in patterns) if (!(p in used)) wrong(p " is in the manual")
		exit bad
	}' "$(dirname "$0")/../Documentation/rill.7" "$1"
}

tap_begin
load_module
answers "$WORK/tcp" tcp "$@" &
answers "$WORK/other" "$PROTO" "$@"
wait
compare "loopback" "$WORK/tcp" "$WORK/other"

if [ "$PROTO" = rill ] && grep -q '^options\.served\.end' "$WORK/other"; then
	check "the manual tells which options there are" manual_options "$WORK/other"
fi

two_namespaces
topics=()
for topic in $two_ends; do
	[ $# = 0 ] || [[ " $* " == *" $topic"* ]] || continue
	topics+=("$topic")
done
if [ ${#topics[@]} -gt 0 ]; then
	answers "$WORK/tcp2" -n "$A,$B" -a "$A_ADDR,$B_ADDR" tcp "${topics[@]}"
	answers "$WORK/other2" -n "$A,$B" -a "$A_ADDR,$B_ADDR" "$PROTO" "${topics[@]}"
	compare "veth" "$WORK/tcp2" "$WORK/other2"
fi

# The family is another door to the same rooms: a few topics show that it opens.
if [ "$PROTO" = rill ] && [ $# = 0 ]; then
	rooms="name bind accept connect send shutdown tcpopt urgent fastopen"
	[ "$FAMILY" = 4 ] || rooms+=" v6 v6opt"
	for topic in $rooms; do
		grep "^$topic\." "$WORK/other" >"$WORK/rill.$topic" || true
		answers "$WORK/family.$topic" af_rill "$topic"
		compare "family" "$WORK/rill.$topic" "$WORK/family.$topic"
	done
fi
if [ -n "${RILL_OUT:-}" ]; then
	cp "$WORK/tcp" "$RILL_OUT/sockapi.tcp"
	cp "$WORK/other" "$RILL_OUT/sockapi.$PROTO"
fi
finish
