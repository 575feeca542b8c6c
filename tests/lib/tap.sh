# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# tap - tests in shell, as in tests/lib/test.h: a test is a function whose name
# is a sentence; the first command in it that fails fails it.
#
#     . "$(dirname "$0")/../lib/tap.sh"
#
#     a_file_can_be_removed()
#     {
#             touch x
#             rm x
#             fails test -e x
#     }
#
#     tap a_file_can_be_removed
#
# Each runs in a folder of its own, with what is to be cleaned up in clean_up().

tap_n=0
tap_failed=0

# tap FUNCTION...: run these tests
tap()
{
	for tap_test; do
		tap_n=$((tap_n + 1))
		tap_dir=$(mktemp -d)
		(cd "$tap_dir" && set -ex && "$tap_test") >"$tap_dir/.log" 2>&1
		if [ $? = 0 ]; then
			echo "ok $tap_n - $tap_test"
		else
			sed 's/^/# /' "$tap_dir/.log"
			echo "not ok $tap_n - $tap_test"
			tap_failed=1
		fi
		rm -rf "$tap_dir"
	done
}

# tap_end: after the last one; the status says whether all went well
tap_end()
{
	echo "1..$tap_n"
	return $tap_failed
}

# fails COMMAND...: it must not succeed
fails()
{
	! "$@"
}

# eventually COMMAND...: it succeeds within some seconds
eventually()
{
	tap_tries=200
	until "$@"; do
		tap_tries=$((tap_tries - 1))
		[ $tap_tries -gt 0 ] || return 1
		sleep 0.05
	done
}
