# shellcheck shell=dash
# SPDX-License-Identifier: MIT
#
# The store as a guest sees it through its ring.  While it waits for Dom0 it is
# saved and restored, thus meets the store anew.

id=$(xenstore-read domid)
other=/local/domain/0

dom0_wrote() {
	[ "$(xenstore-read data/from-dom0)" = "hello guest" ]
}

write_and_read() {
	xenstore-write data/note 'x y' && equal 'x y' "$(xenstore-read data/note)"
}

big_value() {
	local value

	value=$(head -c 3000 /dev/zero | tr '\0' x)
	xenstore-write data/big "$value" && equal "$value" "$(xenstore-read data/big)"
	xenstore-rm data/big
}

many_requests() {
	# shellcheck disable=SC2046 # 500 words
	equal 500 "$(xenstore-read $(seq 500 | sed 's/.*/name/') | grep -c "^plain$")"
}

watch_fires() {
	xenstore-watch -n 2 data/watched >/tmp/events &
	wait_for 10 test -s /tmp/events && xenstore-write data/watched 1 &&
		wait $! && equal 2 "$(grep -c data/watched /tmp/events)"
}

check "a guest finds its name" equal plain "$(xenstore-read name)"
check "a relative path is below the guest's own" \
	equal "$id" "$(xenstore-read "/local/domain/$id/domid")"
check "a guest writes and reads in its data" write_and_read
check "a value that fills most of the ring comes back whole" big_value
check "a guest may not write to its name" fails xenstore-write name other
check "a guest may not write in Dom0's part" fails xenstore-write $other/data/x 1
check "a guest may not read another's secrets" fails xenstore-ls /libxl
check "a guest's watch fires" watch_fires
check "500 reads in a row are answered" many_requests
echo "waits for Dom0"
check "what Dom0 writes arrives" wait_for 60 dom0_wrote
check "the guest answers" xenstore-write data/from-guest "hello Dom0"
