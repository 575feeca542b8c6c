# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Two disks of a stock Linux guest: a file and a block device.  pv-blk serves
# them or, in the run for comparison, the kernel's xen-blkback.

disk=/tmp/disk.img # an ext4 file system with something to read in it
raw=/tmp/raw.img

make_disks() {
	mkdir -p /tmp/disk && seq 100000 >/tmp/disk/numbers &&
		mke2fs -q -t ext4 -d /tmp/disk $disk 48M &&
		truncate -s 16M $raw && losetup /dev/loop0 $raw
}

start_backend() {
	if type -p pv-blk; then
		script=script=block-xenpv,
		pv-blk -v >>/log/pv-blk 2>&1 &
		backend=$!
	else
		script=
		modprobe xen-blkback
	fi
}

# In the middle of the guest's writes
crash_backend() {
	nap 0.5
	kill -KILL "$backend" && wait "$backend"
	nap 1
	start_backend && kill -0 "$backend"
}

stop_backend() {
	kill "$backend" && wait "$backend"
}

hotplug() {
	XENBUS_PATH=/lane/vbd /etc/xen/scripts/block-xenpv "$1"
}

hotplug_connects() {
	xenstore-write /lane/vbd/params $disk && hotplug add &&
		equal $'connected\n'$disk "$(xenstore-read \
			/lane/vbd/hotplug-status /lane/vbd/physical-device-path)"
}

hotplug_tells_what_is_missing() {
	xenstore-write /lane/vbd/params /no/disk && fails hotplug add &&
		equal $'error\n/no/disk does not exist' "$(xenstore-read \
			/lane/vbd/hotplug-status /lane/vbd/hotplug-error)"
}

create() {
	guest_create disks blk "disk = [
		'format=raw,vdev=xvda,access=rw,backendtype=phy,${script}target=$disk',
		'phy:/dev/loop0,xvdb,w' ]"
}

connected() {
	local devid

	for devid in 51712 51728; do
		equal 4 "$(xenstore-read "backend/vbd/$id/$devid/state")"
	done
}

no_backend_nodes() {
	fails xenstore-exists "backend/vbd/$id"
}

file_is_as_written() {
	mkdir -p /mnt/disk && modprobe -a crc32c_generic ext4 &&
		mount -t ext4 -o loop,ro $disk /mnt/disk &&
		equal "$(<$wanted)" "$(md5sum </mnt/disk/random)"
	umount /mnt/disk
}

raw_is_as_written() {
	equal "$(<$wanted)" "$(head -c 8388608 $raw | md5sum)"
}

check "there are disks to serve" make_disks
if [ -e /etc/xen/scripts/block-xenpv ]; then
	check "block-xenpv connects a disk that is there" hotplug_connects
	check "block-xenpv names a disk that is not there" hotplug_tells_what_is_missing
	xenstore-rm /lane
fi

check "the backend starts" start_backend
check "xl create starts a guest with two disks" create
id=$(xl domid disks)
check "the guest writes on and on" guest_says disks 120 "writes until"
[ -z "${backend-}" ] || check "pv-blk is killed and started again" crash_backend
xenstore-write "/local/domain/$id/data/enough" ''
guest_results disks 300
check "both disks are Connected" connected
wanted=/tmp/wanted
xenstore-read "/local/domain/$id/data/sum" >$wanted

check "xl destroy ends the guest" timeout 100 xl destroy disks
check "no node of its disks is left" wait_for 10 no_backend_nodes
check "libxl has no complaint" fails grep -r "unable to" /log/xen
check "the file system is clean" e2fsck -fn $disk
check "Dom0 finds in the file system what the guest wrote" file_is_as_written
check "Dom0 finds on the block device what the guest wrote" raw_is_as_written
if [ -n "${backend-}" ]; then
	check "xen-blkback had no part in it" fails grep xen_blkback /proc/modules
	check "pv-blk lives, and ends when told to" stop_backend
fi
