# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The life of a stock Linux guest without devices, as xl and the store see it.

released=/tmp/released

# How often @releaseDomain has fired
releases() {
	local lines

	mapfile -t lines <$released
	echo ${#lines[@]}
}

fired_again() {
	[ "$(releases)" -gt "$1" ]
}

the_store_forgets() {
	local id=$1 path

	for path in /local/domain/$id /libxl/$id; do
		fails xenstore-exists "$path" || return
	done
	! xenstore-ls -f / | grep "/domain/$id\\b"
}

differ() {
	echo "both are: $2"
	[ "$1" != "$2" ]
}

xl_shows() {
	xl list "$1" | grep "^$1 "
}

xenstore-watch @releaseDomain >$released &
watcher=$!

check "xl create starts a stock PV guest" guest_create plain store
id=$(xl domid plain)
check "the guest comes up" guest_says plain 120 "waits for Dom0"
check "xl list shows the guest" xl_shows plain

check "xl save ends the guest" timeout 100 xl save plain /tmp/saved
check "the store forgets the saved guest" wait_for 10 the_store_forgets "$id"
check "xl restore starts it anew" timeout 100 xl restore /tmp/saved
rm /tmp/saved
restored=$(xl domid plain)
check "a restored guest is another domain" differ "$id" "$restored"
id=$restored

check "Dom0 writes into the guest's part" \
	xenstore-write "/local/domain/$id/data/from-dom0" "hello guest"
guest_results plain 60
check "Dom0 reads what the guest wrote, and whose it is" \
	equal "/local/domain/$id/data/from-guest = \"hello Dom0\"   (n$id)" \
	"$(xenstore-ls -fp "/local/domain/$id/data" | grep from-guest)"

before=$(releases)
check "xl shutdown ends the guest" timeout 100 xl shutdown -w plain
check "@releaseDomain fires for it" wait_for 10 fired_again "$before"
check "the store forgets the guest" wait_for 10 the_store_forgets "$id"
check "xl list forgets the guest" fails xl_shows plain
check "libxl has no complaint" fails grep -r "unable to" /log/xen
kill $watcher
