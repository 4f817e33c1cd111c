# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The answers of two runs of sockapi, compared; sourced after lib.sh, not run.

limit=$((600 * SLOW))

# answers OUTPUT PROTOCOL [ARGUMENTS...]
answers()
{
	local out=$1

	shift
	[ "$FAMILY" = 4 ] || set -- -6 "$@"
	timeout "$limit" "$TOOLS/sockapi" "$@" >"$out" 2>&1 || true
}

# compare WHERE REFERENCE ANSWERS: a line with "(want ...)" is wrong whoever says it. What sockapi.known
# knows is a point of its own, passed.
compare()
{
	awk -v where="$1" -v count="$tap_count" -v known="$(dirname "$0")/sockapi.known" '
	function result(good, name) {
		printf "%sok %d - %s: %s\n", good ? "" : "not ", ++count, where, name
		failed += !good
	}
	function expected(step, value,    i) {
		for (i = 1; i <= k; i++)
			if (step ~ line[i] && value ~ "^" answer[i] "$") return i
		return 0
	}
	BEGIN {
		while ((getline row <known) > 0)
			if (row !~ /^#/ && split(row, field, "|") == 3) {
				line[++k] = field[1]; answer[k] = field[2]; why[k] = field[3]
			}
	}
	{
		at = index($0, ": ")
		key = at ? substr($0, 1, at - 1) : "noise." FILENAME "." FNR
		value = at ? substr($0, at + 2) : $0
		key = key "#" ++seen[FILENAME, key]
	}
	FNR == NR { reference[key] = value; refs[++n] = key; next }
	{ got[key] = value; if (!(key in reference)) refs[++n] = key }
	END {
		for (i = 1; i <= n; i++) {
			key = refs[i]
			split(key, part, ".")
			name = part[1] "." part[2]
			if (!(name in cases)) { order[++m] = name; cases[name] = 0 }
			r = key in reference ? reference[key] : "nothing"
			g = key in got ? got[key] : "nothing"
			if (r == g && g !~ /\(want /) continue
			cases[name]++
			step = key
			sub(/#[0-9]+$/, "", step)
			if (r != g && (w = expected(step, g))) {
				result(1, step " is " g ": " why[w])
				continue
			}
			result(0, step)
			print "#   tcp: " r
			print "#   here: " g
		}
		for (i = 1; i <= m; i++)
			if (!cases[order[i]]) result(1, order[i])
		print count, failed + 0 >"/dev/stderr"
	}' "$2" "$3" 2>"$WORK/counts"
	read -r tap_count failed <"$WORK/counts"
	tap_failed=$((tap_failed + failed))
}
