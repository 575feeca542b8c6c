# shellcheck shell=dash
# SPDX-License-Identifier: MIT
#
# Linux's blkfront on two disks: an ext4 file system on xvda, nothing on xvdb.

sizes() {
	equal "50331648 16777216" "$(blockdev --getsize64 /dev/xvda) $(
		blockdev --getsize64 /dev/xvdb)"
}

disks_appear() {
	modprobe xen-blkfront && wait_for 30 sizes
}

mounts() {
	modprobe -a crc32c_generic ext4 && mkdir -p /mnt/disk &&
		mount -t ext4 /dev/xvda /mnt/disk
}

numbers_are_right() {
	equal "$(seq 100000 | md5sum)" "$(md5sum </mnt/disk/numbers)"
}

write_file() {
	cp /tmp/random /mnt/disk/random &&
		equal 8388608 "$(stat -c %s /mnt/disk/random)" &&
		umount /mnt/disk
}

# From the disk: the file system is mounted anew, and caches are dropped
read_file() {
	echo 3 >/proc/sys/vm/drop_caches && mounts &&
		equal "$sum" "$(md5sum </mnt/disk/random)" && umount /mnt/disk
}

write_raw() {
	dd if=/tmp/random of=/dev/xvdb bs=1M count=8 oflag=direct
}

# read_raw SKIP: 8 MiB from there, in units of 64 KiB
read_raw() {
	equal "$sum" "$(dd if=/dev/xvdb bs=64k skip="$1" count=128 \
		iflag=direct | md5sum)"
}

# One write after the other, to the disk's second half
write_on() {
	while dd if=/tmp/random of=/dev/xvdb bs=16k seek=512 oflag=direct; do
		! xenstore-exists data/enough || return 0
	done
	return 1
}

head -c 8388608 /dev/urandom >/tmp/random
sum=$(md5sum </tmp/random)

check "both disks appear, as large as they are" disks_appear
check "the file system mounts" mounts
check "what Dom0 put there is read" numbers_are_right
check "8 MiB are written to a file" write_file
check "the file is read back the same" read_file
check "8 MiB are written to the bare disk" write_raw
check "the bare disk is read back the same" read_raw 0
echo "writes until Dom0 has seen enough"
check "no write fails while the backend comes and goes" write_on
check "no write is lost" read_raw 128
xenstore-write data/sum "$sum"
