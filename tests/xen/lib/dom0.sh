# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# dom0.sh - the words that the cases of Dom0 are written in.
#
# A file of cases is run by a bash of its own that has read this one.  It finds
# the store running, and /log, a folder that outlives the machine.
#
# A process costs 30 ms and more here, and there is one processor: whoever waits
# does it in the shell.
. /lane/words.sh

RESULTS=/log/results
COUNTER=/run/cases
GUESTS=/log/guests # guest-NAME.log is what a guest printed
exec {never}<> <(:)

# result LINE: for the host, and between the kernel's messages
result() {
	printf '%s\n' "$1" >>$RESULTS
	printf '%s\n' "$1" >/dev/console
}

# The number of this case
next() {
	read -r n <$COUNTER
	echo $((++n)) >$COUNTER
}

passed() {
	next
	result "ok $n - $1"
}

failed() {
	local line

	next
	result "not ok $n - $1"
	while IFS= read -r line; do
		result "# $line"
	done < <(tail -n 40 "$2")
}

# has FILE TEXT: quick, for wait_for
has() {
	local content

	IFS= read -r -d '' content 2>/dev/null <"$1"
	[[ $content == *"$2"* ]]
}

# nap SECONDS: without a process
nap() {
	read -rt "$1" -u "$never" || :
}

# wait_for SECONDS COMMAND...: until it succeeds, tried three times a second
wait_for() {
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		if [ $SECONDS -ge $end ]; then
			echo "still not: $*"
			return 1
		fi
		nap 0.3
	done
}

# run_cases FILE: that it comes to its end is a case, too
run_cases() {
	local name=${1##*/}

	result "# ${name%.sh}"
	check "the cases of dom0/$name come to their end" timeout 480 \
		bash -c '. /lane/dom0.sh && . "$1"' "$name" "$1"
}

# ---- The store and what needs it

start_dom0() {
	echo 0 >$COUNTER
	result "# $(type -p xenstored)"
	check "xenstored starts and answers on its socket" start_store
	check "xen-init-dom0 sets up Dom0's own nodes" xen-init-dom0
	check "xenconsoled starts" xenconsoled \
		--pid-file=/run/xenconsoled.pid --log=guest --log-dir=$GUESTS
}

# Without a socket xenstore-read would wait on /dev/xen/xenbus
start_store() {
	XENSTORED_ROOTDIR=/var/lib/xenstored xenstored \
		--pid-file /run/xenstored/xenstored.pid &&
		wait_for 30 test -S /run/xenstored/socket &&
		timeout 30 xenstore-read -s /
}

# ---- Guests

# guest_create NAME CASES [LINE...]: a PV guest that runs domu/CASES.sh; the
# lines are added to its xl.cfg
guest_create() {
	local name=$1 cases=$2

	shift 2
	printf '%s\n' "name = '$name'" "type = 'pv'" "memory = 160" \
		"kernel = '/lane/vmlinux'" "ramdisk = '/lane/domu.img'" \
		"extra = 'console=hvc0 loglevel=4 cases=$cases'" \
		"on_crash = 'destroy'" "$@" >"/tmp/$name.cfg"
	xl create "/tmp/$name.cfg"
}

# guest_says NAME SECONDS TEXT: waits until it stands on the guest's console
guest_says() {
	wait_for "$2" has "$GUESTS/guest-$1.log" "$3" && return
	tail -n 30 "$GUESTS/guest-$1.log"
	return 1
}

# guest_results NAME SECONDS: waits for the end of a guest's cases; they become
# cases here, and so does that none is missing
guest_results() {
	local log=$GUESTS/guest-$1.log n_cases=0 n_lines=0 line

	wait_for "$2" has "$log" "cases ended"
	while IFS= read -r line; do
		line=${line%$'\r'}
		n_lines=$((n_lines + 1))
		case $line in
		"ok - "*) passed "${line#ok - }" ;;
		"not ok - "*)
			tail -n +$((n_lines + 1)) "$log" |
				sed -n '/^# /!q; s/^# //p' >/tmp/trouble
			failed "${line#not ok - }" /tmp/trouble
			;;
		*) continue ;;
		esac
		n_cases=$((n_cases + 1))
	done <"$log"
	check "guest $1 ran all of its cases" guest_says "$1" 0 "$n_cases cases ended"
}
