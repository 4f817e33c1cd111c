# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the scripts in this directory; sourced, not run.

RILL_TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
RILL_CACHE=${RILL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rill}
mkdir -p "$RILL_CACHE"
RILL_CACHE=$(cd "$RILL_CACHE" && pwd -P)
export RILL_TREE RILL_CACHE

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# need COMMAND...: every command is there, or say how to get it.
need()
{
	local c

	for c; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$c" >/dev/null ||
			die "'$c' is missing; run scripts/setup.sh as root, it installs what is needed"
	done
}

# locked NAME COMMAND...: one process at a time, over all users of the cache.
locked()
{
	local lock=$RILL_CACHE/.lock-$1

	shift
	(
		if ! flock -n 9; then
			say "waiting for another run that holds $lock"
			flock 9
		fi
		"$@"
	) 9>"$lock"
}

# progress LABEL COUNT_COMMAND -- COMMAND...: run COMMAND with its output in
# $LOG and say every 20 s how far it is.
progress()
{
	local label=$1 count=$2 pid begun=$SECONDS

	shift 3
	"$@" >>"$LOG" 2>&1 9>&- &
	pid=$!
	# shellcheck disable=SC2064
	trap "kill $pid 2>/dev/null; exit 130" INT TERM
	while kill -0 "$pid" 2>/dev/null; do
		sleep 1
		if (((SECONDS - begun) % 20 == 19)); then
			say "$label: $((SECONDS - begun)) s, $(eval "$count")"
			sleep 1
		fi
	done
	trap - INT TERM
	if ! wait "$pid"; then
		tail -n 30 "$LOG" >&2
		die "$label failed; the whole log is $LOG"
	fi
	say "$label: done in $((SECONDS - begun)) s"
}
