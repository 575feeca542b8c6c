# shellcheck shell=dash
# SPDX-License-Identifier: MIT
#
# domu.sh - the words that the cases of a guest are written in.  What they print
# on the console is read by guest_results in dom0.sh.
. /lane/words.sh
n=0

passed() {
	n=$((n + 1))
	echo "ok - $1"
}

failed() {
	n=$((n + 1))
	echo "not ok - $1"
	tail -n 15 "$2" | sed 's/^/# /'
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	local tries=$(($1 * 5))

	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.2
	done
}

cases_ended() {
	echo "$n cases ended"
}
