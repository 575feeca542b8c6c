# shellcheck shell=dash
# SPDX-License-Identifier: MIT
#
# words.sh - what the cases of Dom0 and those of a guest have in common.

# check SENTENCE COMMAND...: a case; it passes when the command does.  What a
# command that fails has printed is shown.
check() {
	local sentence="$1" said="/tmp/said.$$"

	shift
	if "$@" >"$said" 2>&1 </dev/null; then
		passed "$sentence"
	else
		failed "$sentence" "$said"
	fi
}

# equal WANTED FOUND
equal() {
	[ "$1" = "$2" ] && return
	printf 'wanted: %s\nfound:  %s\n' "$1" "$2"
	return 1
}

# fails COMMAND...: it does, rather than hang or die of a signal
fails() {
	"$@"
	[ $? -eq 1 ]
}
