/* SPDX-License-Identifier: MIT */

/*
 * What we wrote down about Xen's sysctl agrees with Xen's own headers.
 */

#define __XEN_TOOLS__ 1

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <xen/xen.h>

#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/sysctl.h>

#include "hv/xen-abi.h"
#include "tests/lib/test.h"

TEST(we_know_the_version_of_this_header)
{
	bool known = false;

	for (size_t i = 0; i < XEN_SYSCTL_N_VERSIONS; i++)
		known |= xen_sysctl_versions[i] == XEN_SYSCTL_INTERFACE_VERSION;

	CHECK(known);
	CHECK_EQ(XEN_HYPERCALL_SYSCTL, __HYPERVISOR_sysctl);
	CHECK_EQ(XEN_SYSCTL_LIST, XEN_SYSCTL_getdomaininfolist);
}

TEST(the_operand_is_laid_out_alike)
{
	struct xen_sysctl_list ours = {
		.command = 1,
		.version = 2,
		.first = 3,
		.n_max = 4,
		.buffer = 5,
		.n = 6,
	};
	struct xen_sysctl theirs;

	CHECK_EQ(sizeof(ours), sizeof(theirs));
	memcpy(&theirs, &ours, sizeof(theirs));
	CHECK_EQ(theirs.cmd, 1);
	CHECK_EQ(theirs.interface_version, 2);
	CHECK_EQ(theirs.u.getdomaininfolist.first_domain, 3);
	CHECK_EQ(theirs.u.getdomaininfolist.max_domains, 4);
	CHECK(theirs.u.getdomaininfolist.buffer.p == (void *)5);
	CHECK_EQ(theirs.u.getdomaininfolist.num_domains, 6);
}

TEST(a_domain_as_xen_describes_it)
{
	struct xen_domctl_getdomaininfo theirs = {
		.domain = 7,
		.flags = XEN_DOMINF_dying | XEN_DOMINF_running,
		.handle = { 1, 2, 3, [15] = 16 },
	};
	struct hv_domain ours;

	CHECK_EQ(sizeof(theirs), XEN_DOMAIN_SIZE);
	xen_decode_domain(&theirs, &ours);
	CHECK_EQ(ours.id, 7);
	CHECK(ours.dying);
	CHECK(!ours.shut_down);
	CHECK(!memcmp(ours.uuid, theirs.handle, 16));
	theirs.flags = XEN_DOMINF_shutdown | XEN_DOMINF_hvm_guest;
	xen_decode_domain(&theirs, &ours);
	CHECK(!ours.dying);
	CHECK(ours.shut_down);
}

TEST(parameters_are_asked_for_alike)
{
	struct xen_param ours = { .domid = 1, .index = 2, .value = 3 };
	xen_hvm_param_t theirs;

	CHECK_EQ(sizeof(ours), sizeof(theirs));
	memcpy(&theirs, &ours, sizeof(theirs));
	CHECK_EQ(theirs.domid, 1);
	CHECK_EQ(theirs.index, 2);
	CHECK_EQ(theirs.value, 3);
	CHECK_EQ(XEN_HYPERCALL_HVM_OP, __HYPERVISOR_hvm_op);
	CHECK_EQ(XEN_HVM_GET_PARAM, HVMOP_get_param);
	CHECK_EQ(XEN_HVM_PARAM_STORE_PORT, HVM_PARAM_STORE_EVTCHN);
}
