# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What hv.h promises, of Xen itself; and the asynchronous client over Dom0's
# ring.  The programs' sentences are cases here.

# cases_of PROGRAM: it prints "ok N - SENTENCE" for each, or "not ok"
cases_of() {
	local line sentence said="/tmp/lines.$$" program

	: >"$said"
	exec {tap}< <(exec timeout 120 "$1" 2>&1)
	program=$!
	while IFS= read -r line; do
		sentence=${line#*- }
		case $line in
		"ok "*) passed "${sentence//_/ }" ;;
		"not ok "*) failed "${sentence//_/ }" "$said" ;;
		*) printf '%s\n' "$line" >>"$said" ;;
		esac
	done <&"$tap"
	check "$1 comes to its end" wait $program
}

# Not in the run for comparison
type -p test-events-on-xen || return 0

modprobe -a xen-evtchn xen-gntdev xen-gntalloc
cases_of test-events-on-xen
cases_of test-pages-on-xen
XENSTORED_PATH=/dev/xen/xenbus cases_of test-real-path
