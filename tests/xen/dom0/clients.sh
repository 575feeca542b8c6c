# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The distribution's clients, and its test program, over both ways to the store.

write_and_read() {
	xenstore-write $at/a one $at/a/b 'two\n' &&
		equal $'one\ntwo\\n' "$(xenstore-read $at/a $at/a/b)"
}

list_is_of_one_level() {
	xenstore-write $at/list/x/y 1 $at/list/z 2 &&
		equal $'x\nz' "$(xenstore-list $at/list | sort)"
}

ls_shows_a_tree() {
	xenstore-write $at/ls/x 1 $at/ls/x/y 2 &&
		equal "$at/ls/x = \"1\"   (n0)"$'\n'"$at/ls/x/y = \"2\"   (n0)" \
			"$(xenstore-ls -fp $at/ls)"
}

exists_tells_by_its_status() {
	xenstore-write $at/here '' && xenstore-exists $at/here &&
		fails xenstore-exists $at/not/here
}

rm_takes_the_subtree() {
	xenstore-write $at/rm/x/y 1 && xenstore-rm $at/rm/x &&
		fails xenstore-exists $at/rm/x/y && xenstore-exists $at/rm
}

rm_tidies_empty_parents() {
	xenstore-write $at/tidy/kept/1 '' $at/tidy/x/y/z '' &&
		xenstore-rm -t $at/tidy/x/y/z &&
		equal kept "$(xenstore-list $at/tidy)"
}

chmod_goes_down_the_tree() {
	xenstore-write $at/chmod/x '' && xenstore-chmod -r $at/chmod n0 r7 &&
		equal "$at/chmod/x = \"\"   (n0,r7)" "$(xenstore-ls -fp $at/chmod)"
}

# A watch fires when it is set, and for what happens below its node
watch_fires() {
	local events=/tmp/events.$$

	: >$events
	timeout 30 xenstore-watch -n 3 $at/watch >$events &
	wait_for 10 test -s $events && xenstore-write $at/watch/x 1 &&
		xenstore-rm $at/watch && wait $! &&
		equal "$at/watch"$'\n'"$at/watch/x"$'\n'"$at/watch" "$(<$events)"
}

cases() {
	local way=$1 at=/lane

	export XENSTORED_PATH=$2
	check "xenstore-write and xenstore-read, $way" write_and_read
	check "xenstore-list shows one level, $way" list_is_of_one_level
	check "xenstore-ls shows a tree and its permissions, $way" ls_shows_a_tree
	check "xenstore-exists tells by its status, $way" exists_tells_by_its_status
	check "xenstore-rm takes the subtree, $way" rm_takes_the_subtree
	check "xenstore-rm -t takes empty parents, $way" rm_tidies_empty_parents
	check "xenstore-chmod -r goes down the tree, $way" chmod_goes_down_the_tree
	check "xenstore-watch fires at once and for what is below, $way" watch_fires
	check "test-xenstore is content, $way" timeout 100 test-xenstore
	check "test-xenstore is content with a random mix, $way" \
		timeout 30 test-xenstore -r 2
	xenstore-rm $at
}

cases "over the socket" /run/xenstored/socket
cases "over /dev/xen/xenbus" /dev/xen/xenbus
unset XENSTORED_PATH
check "xenstore-control check finds nothing" timeout 30 xenstore-control check
