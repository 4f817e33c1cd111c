#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: no
# Unmodified programs over the protocol, through scripts/rill-run.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

size=$((16777216 / SLOW))
url=$(in_url $B_ADDR)

via()
{
	(become "$PROTO" "$@")
}

# have PROGRAM NAME: else the point is skipped.
have()
{
	command -v "$1" >/dev/null && return 0
	skip "$2" "$1 is not installed"
	return 1
}

same_file()
{
	local copy

	for copy; do
		cmp "$WORK/www/file" "$copy"
	done
}

get()
{
	via "$A" curl "-${FAMILY}sS" --max-time $((120 * SLOW)) "$@"
}

refused()
{
	! get "http://$url:8000/" 2>"$WORK/curl" && file_has "$WORK/curl" "curl: (7)"
}

a_line()
{
	echo hello | via "$A" nc -w 5 $B_ADDR 8000
}

used()
{
	[ "$(counter "$A" ActiveOpens)" -gt "$opened" ]
}

tap_begin
load_module
two_namespaces
netem delay 2ms loss 1%
mkdir "$WORK/www"
head -c "$size" /dev/urandom >"$WORK/www/file"
opened=$(counter "$A" ActiveOpens)

if have curl "curl and http.server"; then
	serve "$PROTO" "$B" /usr/bin/python3 -m http.server --bind $B_ADDR --directory "$WORK/www" 8000
	check "curl and http.server: get" get -o "$WORK/got" "http://$url:8000/file"
	check "curl and http.server: same file" same_file "$WORK/got"
	check "curl and http.server: four at once" get -Z --parallel-max 4 -o "$WORK/got#1" \
		"http://$url:8000/file?[1-4]"
	check "curl and http.server: same four times" same_file "$WORK"/got[1-4]
	check "curl and http.server: a part" test "$(get -r 1000-1999 "http://$url:8000/file" | wc -c)" -ge 1000
	stop
	check "nobody there: refused" refused
	check "it was $PROTO that carried it" used
fi

if have nginx "nginx"; then
	cat >"$WORK/nginx.conf" <<EOT
daemon off; master_process off; pid $WORK/nginx.pid; error_log $WORK/nginx.log;
events { worker_connections 256; }
http {
	access_log off; client_body_temp_path $WORK/t1; proxy_temp_path $WORK/t2; fastcgi_temp_path $WORK/t3;
	uwsgi_temp_path $WORK/t4; scgi_temp_path $WORK/t5; sendfile on; tcp_nopush on;
	server { listen $url:8000; root $WORK/www; }
}
EOT
	serve "$PROTO" "$B" nginx -c "$WORK/nginx.conf" -e "$WORK/nginx.log"
	check "nginx with sendfile: get" get -o "$WORK/got" "http://$url:8000/file"
	check "nginx with sendfile: same file" same_file "$WORK/got"
	check "nginx: ten requests on one connection" get -o "$WORK/got#1" "http://$url:8000/file?[0-9]"
	stop
fi

if have iperf3 "iperf3"; then
	serve "$PROTO" "$B" iperf3 -s -B $B_ADDR
	check "iperf3" via "$A" iperf3 -c $B_ADDR -n $((size / 4))
	check "iperf3 in reverse" via "$A" iperf3 -c $B_ADDR -R -n $((size / 4))
	check "iperf3 with four streams" via "$A" iperf3 -c $B_ADDR -P 4 -n $((size / 4))
	stop
fi

if have socat "socat"; then
	rm -f "$WORK/got"
	serve "$PROTO" "$B" socat -u "TCP$FAMILY-LISTEN:8000,reuseaddr,bind=$url" "OPEN:$WORK/got,creat,trunc"
	check "socat: send a file" via "$A" socat -u "OPEN:$WORK/www/file" "TCP$FAMILY:$url:8000"
	check "socat: the receiver ends" wait "$server"
	check "socat: same file" same_file "$WORK/got"
fi

if have nc "nc"; then
	serve "$PROTO" "$B" nc -l $B_ADDR 8000
	check "nc: a line" a_line
	check "nc: arrived" wait_for 20 file_has "$WORK/server" hello
	stop
fi
finish
