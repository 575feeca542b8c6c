# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# lib.sh - a host without Xen: a hypervisor, a xenstored, guests; and words for
# what a toolstack does.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bin=$top/build-release
pids=()
table=

say() {
	printf '\n== %s\n' "$*"
}

tell() {
	printf '   %s\n' "$*"
}

die() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

# row WHAT HOW FAST: a line of the table at the end
row() {
	table+=$(printf '%-44s %s' "$1" "$2")$'\n'
}

# in_dom0 PROGRAM..., in_guest DOMID PROGRAM...
in_dom0() {
	"$bin/sim/xensim" run -- "$@"
}

in_guest() {
	local domid=$1

	shift
	"$bin/sim/xensim" run --domid "$domid" -- "$@"
}

# start NAME COMMAND...: a program in the background, its output in a file
start() {
	local name=$1

	shift
	"$@" >"$work/$name.log" 2>&1 &
	pids+=($!)
}

# timed COMMAND...: but not for ever, so that signals are heeded
timed() {
	"$@" &
	local pid=$! end=$((SECONDS + 5))

	while kill -0 $pid 2>/dev/null; do
		[ "$SECONDS" -lt "$end" ] || kill $pid
		sleep 0.02
	done
	wait $pid
}

# await SECONDS WHAT COMMAND...: until the command succeeds
await() {
	local end=$((SECONDS + $1)) what=$2

	shift 2
	until timed "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || {
			tail -n 5 "$work"/*.log >&2
			die "waited in vain for $what"
		}
		sleep 0.05
	done
}

host_up() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/xenpv-demo.XXXXXX")
	trap host_down EXIT
	trap 'exit 130' INT TERM
	eval "$("$bin/sim/xensim" start)"
	export XENSIM_DIR
	start xenstored in_dom0 "$bin/xenstored/xenstored" -N
	await 10 "xenstored" xs_read /tool
}

host_down() {
	local status=$? pid

	set +e
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	wait "${pids[@]}" 2>/dev/null
	"$bin/sim/xensim" stop >/dev/null 2>&1
	rm -rf "$work"
	return $status
}

xs_read() {
	in_dom0 xenstore-read "$@"
}

xs_is() {
	[ "$(xs_read "$1" 2>/dev/null)" = "$2" ]
}

# guest_new DOMID NAME: a domain as a toolstack leaves it before it runs.  It is
# there before its nodes are: rights of a domain that is not are not honoured.
guest_new() {
	local home=/local/domain/$1

	"$bin/sim/xensim" create --domid "$1" --memory 256 --introduce \
		>/dev/null
	in_dom0 xenstore-write "$home" ""
	in_dom0 xenstore-chmod "$home" n0 "r$1"
	in_dom0 xenstore-write "$home/name" "$2" "$home/domid" "$1" \
		"$home/device" ""
}

# device_new CLASS FRONT-CLASS DOMID DEVID [KEY VALUE]... [-- KEY VALUE...]
# The nodes of a device, its backend's keys and behind the -- its frontend's.
device_new() {
	local back=/local/domain/0/backend/$1/$3/$4
	local front=/local/domain/$3/device/$2/$4
	local side=$back args=()

	in_dom0 xenstore-write "$back" "" "$front" ""
	in_dom0 xenstore-chmod "$back" n0 "r$3"
	in_dom0 xenstore-chmod "$front" "n$3" r0

	args=("$front/backend" "$back" "$front/backend-id" 0
		"$back/frontend" "$front" "$back/frontend-id" "$3"
		"$back/online" 1)
	shift 4
	while [ $# -gt 0 ]; do
		if [ "$1" = -- ]; then
			side=$front
			shift
			continue
		fi
		args+=("$side/$1" "$2")
		shift 2
	done
	in_dom0 xenstore-write "${args[@]}" "$back/state" 1 "$front/state" 1
}

seconds() {
	date +%s.%N
}

# rate BYTES START: MB/s since then
rate() {
	awk -v n="$1" -v t="$(seconds)" -v s="$2" \
		'BEGIN { printf "%.0f MB/s", n / 1e6 / (t - s) }'
}
