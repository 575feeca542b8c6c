# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# disk.sh - a guest's disk, served by pv-blk, read and written by its frontend.

: "${top:?}" "${bin:?}" "${work=}" # lib.sh's

disk_bytes=$((64 << 20))

disk_make() {
	mkdir "$work/files"
	cp -r "$top"/README.md "$top"/docs "$top"/libpv "$work/files/"
	head -c 8000000 /dev/urandom >"$work/files/random"
	truncate -s $disk_bytes "$work/disk.img"
	mke2fs -q -t ext4 -d "$work/files" "$work/disk.img"
}

# All of a file system, as one listing of sums.
sums() {
	(cd "$1" && find . -type f ! -path './lost+found/*' -print0 |
		sort -z | xargs -0 sha256sum)
}

# The files in an image, without mounting it.
unpack() {
	mkdir "$2"
	debugfs -R "rdump / $2" "$1" >/dev/null 2>&1
}

disk_read() {
	local t

	t=$(seconds)
	nbdcopy "nbd+unix:///?socket=$work/nbd" "$work/read.img"
	row "disk: read by nbdcopy through the ring" "$(rate $disk_bytes "$t")"
	unpack "$work/read.img" "$work/read"
	[ "$(sums "$work/files")" = "$(sums "$work/read")" ] ||
		die "the guest read other files than were on its disk"
	tell "the guest read $(find "$work/read" -type f | wc -l) files;" \
		"their SHA-256 sums are those of the host's"
}

disk_write() {
	local t

	mkdir "$work/new"
	seq 1 200000 >"$work/new/numbers"
	echo "written by the guest" >"$work/new/hello"
	truncate -s $disk_bytes "$work/new.img"
	mke2fs -q -t ext4 -d "$work/new" "$work/new.img"

	t=$(seconds)
	nbdcopy --flush "$work/new.img" "nbd+unix:///?socket=$work/nbd"
	row "disk: written by nbdcopy through the ring" \
		"$(rate $disk_bytes "$t")"

	e2fsck -fn "$work/disk.img" >"$work/fsck.log" 2>&1 ||
		die "e2fsck is not content: $(cat "$work/fsck.log")"
	cmp "$work/disk.img" "$work/new.img" ||
		die "the disk is not what the guest wrote"
	tell "the guest wrote a new file system; e2fsck finds no fault in it," \
		"cmp no difference"
}

disk_load() {
	local result

	result=$(in_guest 7 "$bin/guest/blk/blk-load" --disk 51728 \
		--seconds 2 --depth 32 randread |
		awk 'NR == 1 { printf "%.0f a second", $1 / $(NF - 1) }')
	row "disk: 4 KiB random reads, 32 at once" "$result"
}

demo_disk() {
	local back=/local/domain/0/backend/vbd/7

	say "a disk: ext4 with files in it, served by pv-blk"
	disk_make
	truncate -s $disk_bytes "$work/load.img"
	start pv-blk in_dom0 "$bin/backends/blk/pv-blk" --state "$work"
	device_new vbd vbd 7 51712 params "$work/disk.img" mode w type phy \
		dev xvda device-type disk -- virtual-device 51712 \
		device-type disk protocol x86_64-abi
	device_new vbd vbd 7 51728 params "$work/load.img" mode w type phy \
		dev xvdb device-type disk -- virtual-device 51728 \
		device-type disk protocol x86_64-abi
	start blk-nbd in_guest 7 "$bin/guest/blk/blk-nbd" "$work/nbd"
	await 10 "the disk to be connected" xs_is "$back/51712/state" 4

	disk_read
	disk_write
	disk_load

	say "what xenstore says about it"
	in_dom0 xenstore-ls -f /local/domain/0/backend/vbd/7/51712
}
