# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The store as Dom0 itself sees it: over the socket, and over Dom0's own ring,
# which the kernel uses and lends to programs as /dev/xen/xenbus.

over_xenbus() {
	XENSTORED_PATH=/dev/xen/xenbus timeout 30 "$@"
}

the_pid_file_is_the_daemons() {
	local pid

	read -r pid </run/xenstored/xenstored.pid &&
		equal "$(type -p xenstored)" "$(readlink "/proc/$pid/exe")"
}

kernel_features() {
	local name

	for name in poweroff reboot suspend; do
		equal 1 "$(xenstore-read "/local/domain/0/control/feature-$name")"
	done
}

check "the pid file names the daemon" the_pid_file_is_the_daemons
check "/dev/xen/xenbus leads to the same store" \
	equal Domain-0 "$(over_xenbus xenstore-read /local/domain/0/name)"
check "the kernel of Dom0 writes its nodes through the ring" \
	wait_for 30 kernel_features
check "a relative path over Dom0's ring is one of Domain-0's" \
	equal 0 "$(over_xenbus xenstore-read domid)"
check "what is not there is an error on the socket" \
	fails xenstore-read -s /no/such/node
check "what is not there is an error over the ring" \
	fails over_xenbus xenstore-read /no/such/node
check "xl talks with the store and the hypervisor" xl list
