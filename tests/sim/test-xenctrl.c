/* SPDX-License-Identifier: MIT */

#define XC_WANT_COMPAT_MAP_FOREIGN_API

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <talloc.h>
#include <xen/hvm/params.h>
#include <xenctrl.h>

#include "tests/sim/guests.h"

static int close_xc(xc_interface **xch)
{
	xc_interface_close(*xch);
	return 0;
}

/* Xen's own libxenctrl, on what is simulated. */
static xc_interface *xc_new(struct test *t)
{
	xc_interface **xch = talloc(t->mem, xc_interface *);

	*xch = xc_interface_open(NULL, NULL, 0);
	CHECK(*xch);
	talloc_set_destructor(xch, close_xc);
	return *xch;
}

TEST(a_domain_is_described)
{
	domid_t domid = guest_new(t);
	xc_dominfo_t info;

	CHECK_EQ(xc_domain_getinfo(xc_new(t), domid, 1, &info), 1);
	CHECK_EQ(info.domid, domid);
	CHECK(!info.shutdown && !info.dying && !info.paused);
	CHECK_EQ(info.nr_pages, 64 << 8);
}

TEST(a_shutdown_and_its_reason_are_seen)
{
	domid_t domid = guest_new(t);
	xc_dominfo_t info;

	CHECK_EQ(xensim_shutdown(domid, SHUTDOWN_reboot), 0);
	xc_domain_getinfo(xc_new(t), domid, 1, &info);
	CHECK(info.shutdown);
	CHECK_EQ(info.shutdown_reason, SHUTDOWN_reboot);
}

TEST(a_dying_domain_is_seen_until_it_is_gone)
{
	domid_t domid = guest_new(t);
	xc_interface *xch = xc_new(t);
	xengnttab_handle *xgt = gnttab_new(t);
	void *page = xengnttab_map_grant_ref(xgt, domid, 1, 3);
	xc_dominfo_t info;

	CHECK_EQ(xc_domain_destroy(xch, domid), 0);
	CHECK_EQ(xc_domain_getinfo(xch, domid, 1, &info), 1);
	CHECK_EQ(info.domid, domid);
	CHECK(info.dying);

	xengnttab_unmap(xgt, page, 1);
	info.domid = 0;
	xc_domain_getinfo(xch, domid, 1, &info);
	CHECK(info.domid != domid);
}

TEST(all_domains_are_listed_in_order)
{
	xc_domaininfo_t list[64];
	int n;

	for (int i = 0; i < 10; i++)
		guest_new(t);
	n = xc_domain_getinfolist(xc_new(t), 0, 64, list);
	CHECK(n >= 11);
	CHECK_EQ(list[0].domain, 0);
	for (int i = 1; i < n; i++)
		CHECK(list[i - 1].domain < list[i].domain);
	CHECK_EQ(xc_domain_getinfolist(xc_new(t), list[1].domain, 3, list), 3);
}

TEST(each_domain_has_an_id_of_its_own)
{
	xc_domaininfo_t one, two;
	domid_t domid = guest_new(t);
	xc_interface *xch = xc_new(t);
	xen_domain_handle_t uuid = { 1, 2, 3 };

	xc_domain_getinfolist(xch, domid, 1, &one);
	xc_domain_getinfolist(xch, 0, 1, &two);
	CHECK(memcmp(one.handle, two.handle, sizeof(one.handle)) != 0);
	CHECK_EQ(xc_domain_sethandle(xch, domid, uuid), 0);
	xc_domain_getinfolist(xch, domid, 1, &one);
	CHECK(!memcmp(one.handle, uuid, sizeof(uuid)));
}

TEST(a_domain_is_paused_and_unpaused)
{
	domid_t domid = guest_new(t);
	xc_interface *xch = xc_new(t);
	xc_dominfo_t info;

	CHECK_EQ(xc_domain_pause(xch, domid), 0);
	xc_domain_getinfo(xch, domid, 1, &info);
	CHECK(info.paused);
	CHECK_EQ(xc_domain_unpause(xch, domid), 0);
	xc_domain_getinfo(xch, domid, 1, &info);
	CHECK(!info.paused);
}

TEST(it_is_some_version_of_xen)
{
	xc_interface *xch = xc_new(t);
	xen_extraversion_t extra;

	CHECK_EQ(xc_version(xch, XENVER_version, NULL) >> 16, 4);
	CHECK_EQ(xc_version(xch, XENVER_extraversion, &extra), 0);
	CHECK(strstr(extra, "xensim"));
	CHECK_EQ(xc_version(xch, XENVER_pagesize, NULL), 4096);
}

TEST(a_builder_makes_ports_and_asks_about_them)
{
	domid_t domid = guest_new(t);
	xc_interface *xch = xc_new(t);
	xc_evtchn_status_t status = { .dom = domid };
	int port = xc_evtchn_alloc_unbound(xch, domid, 0);

	CHECK(port > 0);
	status.port = (evtchn_port_t)port;
	CHECK_EQ(xc_evtchn_status(xch, &status), 0);
	CHECK_EQ(status.status, EVTCHNSTAT_unbound);
	CHECK_EQ(status.u.unbound.dom, 0);

	CHECK(xenevtchn_bind_interdomain(evtchn_new(t), domid, port) > 0);
	CHECK_EQ(xc_evtchn_status(xch, &status), 0);
	CHECK_EQ(status.status, EVTCHNSTAT_interdomain);
	CHECK_EQ(xc_evtchn_reset(xch, domid), 0);
	CHECK_EQ(xc_evtchn_status(xch, &status), 0);
	CHECK_EQ(status.status, EVTCHNSTAT_closed);
}

TEST(a_guest_learns_where_its_builder_put_things)
{
	struct xensim_domain domain;
	domid_t domid = guest_new(t);
	xc_interface *xch = xc_new(t);
	uint64_t value;

	CHECK_EQ(xensim_describe(domid, &domain), 0);
	CHECK_EQ(xc_hvm_param_get(xch, domid, HVM_PARAM_STORE_PFN, &value), 0);
	CHECK_EQ(value, domain.store_gfn);
	CHECK_EQ(xc_hvm_param_get(xch, domid, HVM_PARAM_STORE_EVTCHN, &value),
		 0);
	CHECK_EQ(value, domain.store_port);
}

TEST(pages_are_mapped_by_number)
{
	struct xensim_domain domain;
	domid_t domid = guest_new(t);
	char *page;

	CHECK_EQ(xensim_describe(domid, &domain), 0);
	page = xc_map_foreign_range(xc_new(t), domid, 4096, 3,
				    domain.store_gfn);
	CHECK(page);
	page[0] = 1;
	CHECK_EQ(munmap(page, 4096), 0);
}

TEST(what_is_not_simulated_says_so)
{
	errno = 0;
	CHECK_EQ(xc_domain_max_vcpus(xc_new(t), guest_new(t), 4), -1);
	CHECK_EQ(errno, ENOSYS);
}
