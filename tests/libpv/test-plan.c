/* SPDX-License-Identifier: MIT */

#include "libpv/plan.h"

#include "tests/lib/test.h"

typedef const char *const picture[XENBUS_N_STATES];

static void check(picture expected, bool serving, bool online)
{
	for (int back = 0; back < XENBUS_N_STATES; back++) {
		char row[XENBUS_N_STATES + 1] = "";

		for (int front = 0; front < XENBUS_N_STATES; front++)
			row[front] =
				".POAC"[pv_plan(back, front, serving, online)];

		CHECK_STR(row, expected[back]);
	}
}

/* All cases at a glance: a row for each state of ours, a column for each one
 * of the guest's: wait, Probe, cOnnect, Announce, Close. */

TEST(every_pair_of_states_has_its_action)
{
	static picture expected = {
		/* ?IWicGLrR */
		".........", /* Unknown */
		"PPPPPPP..", /* Initialising */
		"...OOAC..", /* InitWait */
		".P.OOAC..", /* Initialised */
		"CP...AC..", /* Connected */
		"CP....C..", /* Closing */
		".P.......", /* Closed */
		".........", /* Reconfiguring */
		".........", /* Reconfigured */
	};

	check(expected, true, true);
}

TEST(a_restarted_backend_goes_on_where_it_was)
{
	static picture expected = {
		/* ?IWicGLrR */
		".........", /* Unknown */
		"PPPPPPP..", /* Initialising */
		"...OOAC..", /* InitWait */
		".P.OOAC..", /* Initialised */
		"CP.OOAC..", /* Connected */
		"CP..OOC..", /* Closing */
		".P.......", /* Closed */
		".........", /* Reconfiguring */
		".........", /* Reconfigured */
	};

	check(expected, false, true);
}

TEST(a_device_that_is_to_go_does_not_start_over)
{
	static picture expected = {
		/* ?IWicGLrR */
		".........", /* Unknown */
		".........", /* Initialising */
		"...OOAC..", /* InitWait */
		".C.OOAC..", /* Initialised */
		"CC...AC..", /* Connected */
		"CC....C..", /* Closing */
		".........", /* Closed */
		".........", /* Reconfiguring */
		".........", /* Reconfigured */
	};

	check(expected, true, false);
}

TEST(nonsense_from_the_guest_changes_nothing)
{
	CHECK_EQ(pv_plan(XENBUS_CONNECTED, 77, true, true), PV_WAIT);
	CHECK_EQ(pv_plan(XENBUS_CONNECTED, -1, true, true), PV_WAIT);
	CHECK_EQ(pv_plan(77, XENBUS_CONNECTED, false, true), PV_WAIT);
}
