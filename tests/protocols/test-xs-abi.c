/* SPDX-License-Identifier: MIT */

/*
 * What we wrote down about xenstore agrees with Xen's own header.
 *
 * The two headers use the same names, so that xs-ours.c includes ours.
 */

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <xen/io/xs_wire.h>

#include "tests/lib/test.h"
#include "tests/protocols/xs-ours.h"

TEST(message_types_agree)
{
	CHECK_EQ(ours_type("CONTROL"), XS_CONTROL);
	CHECK_EQ(ours_type("RM"), XS_RM);
	CHECK_EQ(ours_type("SET_TARGET"), XS_SET_TARGET);
	CHECK_EQ(ours_type("RESET_WATCHES"), XS_RESET_WATCHES);
	CHECK_EQ(ours_type("DIRECTORY_PART"), XS_DIRECTORY_PART);
}

TEST(the_header_agrees)
{
	struct xsd_sockmsg wire = { 1, 2, 3, 4 };

	CHECK(ours_header_is(&wire, sizeof(wire), 1, 2, 3, 4));
	CHECK_EQ(ours_payload_max(), XENSTORE_PAYLOAD_MAX);
}

TEST(the_ring_page_agrees)
{
	struct xenstore_domain_interface page;

	memset(&page, 0, sizeof(page));
	page.req_prod = 1;
	page.rsp_cons = 2;
	page.server_features = XENSTORE_SERVER_FEATURE_RECONNECTION;
	page.connection = XENSTORE_RECONNECT;
	page.error = XENSTORE_ERROR_PROTO;

	CHECK(ours_page_is(&page, 1, 2));
	CHECK_EQ(sizeof(page.req), XENSTORE_RING_SIZE);
}

TEST(every_error_of_the_wire_has_our_number)
{
	for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++)
		CHECK_EQ(ours_error(xsd_errors[i].errstring),
			 xsd_errors[i].errnum);
}
