# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# images.sh - what the lane boots: Xen, Linux, and Dom0's root, in which lies
# the guests'.
#
# A root is a row of cpio archives.  The first holds what the distribution gives,
# and is kept until that or this file changes; the next, our scripts and programs,
# is made each time.  Nothing is compressed, which would cost more than it saves:
# emulation is slow, and the disk is not.

out=$PWD/build-xen
debian=$out/debian # the unpacked packages, see "unpack" in ./run
tools=/usr/lib/xen-4.17/bin

dom0_modules="xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs xen-blkback
	loop ext4 crc32c_generic 9p 9pnet_virtio virtio_pci"
domu_modules="xen-evtchn xen-gntdev xen-gntalloc xenfs xen-blkfront ext4
	crc32c_generic 9p 9pnet_xen snd_xen_front drm_xen_front evdev"
# Asked for by libc when a thread is cancelled, thus not seen by ldd
libgcc=/lib/x86_64-linux-gnu/libgcc_s.so.1
clients="read write list ls exists rm chmod watch"
dom0_programs="/bin/bash /usr/bin/flock /usr/bin/xenstore /usr/sbin/losetup
	/usr/sbin/e2fsck /usr/sbin/mke2fs $tools/libxl-save-helper
	$tools/lsevtchn $tools/test-xenstore $tools/xen-init-dom0
	$tools/xenconsoled $tools/xenstore-control $tools/xenstored $tools/xl"

# libraries PROGRAM...: the shared libraries that they ask for
libraries() {
	{ ldd "$@" 2>/dev/null || true; } | grep -o '/[^ ]* (0x' |
		cut -d' ' -f1 | sort -u
}

# put ROOT PROGRAM...: the programs and their libraries, at the same paths
put() {
	local root=$1

	shift
	{
		printf '%s\n' "$@"
		libraries "$@"
	} | xargs cp -L --parents -t "$root"
}

# skeleton ROOT: an empty root with a merged /usr
skeleton() {
	local root=$1 dir

	mkdir -p "$root"/{usr/{bin,sbin,lib,lib64},lane/bin,etc}
	for dir in bin sbin lib lib64; do
		ln -s usr/$dir "$root/$dir"
	done
}

# put_base ROOT MODULE...: busybox, xenstore's clients, the kernel's modules
put_base() {
	local root=$1 name

	shift
	skeleton "$root"
	put "$root" /bin/busybox /usr/bin/xenstore $libgcc
	ln -s busybox "$root/usr/bin/sh"
	ln -s ../bin/busybox "$root/usr/sbin/modprobe"
	for name in $clients; do
		ln -s xenstore "$root/usr/bin/xenstore-$name"
	done
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	put_modules "$root" "$@"
}

put_modules() {
	local root=$1 module

	shift
	for module; do
		modprobe -d "$debian" -S "$kernel" --show-depends "$module"
	done | sed -n "s|^insmod $debian/\([^ ]*\).*|\1|p" | sort -u |
		(cd "$debian" && xargs cp --parents -t "$root")
	cp "$debian/lib/modules/$kernel"/modules.{order,builtin,builtin.modinfo} \
		"$root/lib/modules/$kernel"
	depmod -b "$root" "$kernel"
}

# pack ROOT: a cpio archive on stdout, which may be followed by others
pack() {
	(cd "$1" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0)
}

# The kernel inside a bzImage: in the emulation its unpacking would take seconds
unpack_kernel() {
	local image=$1 sectors offset length

	sectors=$(od -An -tu1 -j 0x1f1 -N 1 "$image") # of its real-mode part
	read -r offset length < <(od -An -tu4 -j 0x248 -N 8 "$image")
	head -c $(((sectors + 1) * 512 + offset + length)) "$image" |
		tail -c "$length" | xz -dc --single-stream
}

# The distribution's part: xen, vmlinux, dom0-base.cpio, domu-base.cpio
make_base() {
	local root=$work/base

	say "making the images' unchanging part"
	depmod -b "$debian" "$kernel"
	zcat "$debian"/boot/xen-*.gz >"$out/xen"
	unpack_kernel "$debian/boot/vmlinuz-$kernel" >"$out/vmlinux"

	# shellcheck disable=SC2086 # lists of words
	put_base "$root/domu" $domu_modules
	pack "$root/domu" >"$out/domu-base.cpio"

	# shellcheck disable=SC2086
	put_base "$root/dom0" $dom0_modules
	# shellcheck disable=SC2086
	put "$root/dom0" $dom0_programs
	cp -r /etc/xen "$root/dom0/etc"
	cp "$out/vmlinux" "$root/dom0/lane"
	pack "$root/dom0" >"$out/dom0-base.cpio"
}

# What the unchanging part depends on
base_key() {
	sha256sum tests/xen/lib/images.sh "$debian/done"
	dpkg-query -W busybox-static e2fsprogs xen-utils-4.17 xenstore-utils
}

# put_dom0 ROOT STOCK SHELL CASES...: what changes in Dom0 from run to run
put_dom0() {
	local root=$1 stock=$2 shell=$3 name

	shift 3
	skeleton "$root"
	install tests/xen/lib/dom0-init "$root/init"
	cp tests/xen/lib/{words,dom0}.sh "$root/lane"
	mkdir "$root/lane/cases"
	for name; do
		# shellcheck disable=SC2086 # a pattern
		cp tests/xen/dom0/$name.sh "$root/lane/cases"
	done
	[ -z "$shell" ] || touch "$root/lane/shell"
	[ -n "$stock" ] || put_ours "$root"
}

# The programs that stand in for the distribution's
put_ours() {
	local root=$1 program

	while read -r program; do
		[ -x "build-release/$program" ] ||
			die "no build-release/$program: ./run build"
		cp "build-release/$program" "$root/lane/bin"
		libraries "build-release/$program" |
			xargs -r cp -L --parents -t "$root"
	done < <(sed 's/#.*//; /^ *$/d' tests/xen/programs)
	install -D -t "$root/etc/xen/scripts" packaging/hotplug/*
}

# put_domu ROOT: what changes in a guest
put_domu() {
	skeleton "$1"
	install tests/xen/lib/domu-init "$1/init"
	cp -r tests/xen/lib/{words,domu}.sh tests/xen/domu "$1/lane"
}

# make_images STOCK SHELL [CASES...]: xen, vmlinux and dom0.img in $out
make_images() {
	local stock=$1 shell=$2 work=$out/work kernel

	shift 2
	[ $# -gt 0 ] || set -- '*'
	kernel=$(basename "$debian"/lib/modules/*)
	rm -rf "$work"
	if [ "$(base_key)" != "$(cat "$out/base.key" 2>/dev/null)" ]; then
		make_base
		base_key >"$out/base.key"
	fi

	put_domu "$work/domu"
	put_dom0 "$work/dom0" "$stock" "$shell" "$@"
	pack "$work/domu" | cat "$out/domu-base.cpio" - >"$work/dom0/lane/domu.img"
	pack "$work/dom0" | cat "$out/dom0-base.cpio" - >"$out/dom0.img"
	rm -rf "$work"
}
