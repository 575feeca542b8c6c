/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * inside - what the files of the manager's side share.
 */

#include "base/hash.h"
#include "base/list.h"
#include "libpv/manager.h"
#include "libpv/plan.h"
#include "libpv/session.h"

struct pv {
	struct loop *loop;
	struct hv *hv;
	struct log *log;
	const struct pv_backend *backend;
	const struct pv_options *options;

	struct xs_client *xs; /* NULL while there is no connection */
	void *watching;       /* what is to go with the connection */
	void *home;           /* of all devices */
	struct hash devices;

	struct list waiting; /* devices that want to take a step */
	unsigned int n_stepping;
	struct loop_task *pump;

	loop_fn *left;
	void *left_arg;
};

struct pv_device {
	struct hash_link link; /* of all devices */
	struct list waiting;
	struct pv *pv;
	struct log *log;
	const char *class;
	domid_t guest;
	uint32_t id;
	const char *name; /* "vbd/7/51712" */
	const char *back; /* its directory: "backend/vbd/7/51712" */

	char *front; /* the guest's directory, once it is known */
	struct xs_watch *front_watch;

	bool dirty; /* touched since the last step began */
	unsigned int steps_left;
	uint64_t steps_counted_at;
	struct loop_timer *pace;
	struct step *step; /* under way */

	struct pv_session *session; /* being served */
	struct stats stats;
	char *fault; /* why it is to be closed */
	int fault_error;
	char *last_fault; /* of the host, as logged */
	bool told_error;  /* there is an error node of ours */
};

/* One step. */
struct step {
	struct pv_device *dev;
	struct xs_txn *txn;
	struct xs_tree *back;  /* the directories, as they were then */
	struct xs_tree *front; /* NULL if there is none */
	struct xs_change *changes;
	size_t n_changes;
};

/* step.c: takes the step, and at last calls step_end(). */
int step_begin(struct pv_device *dev);

/* connect.c: what the guest says becomes dev->session.  -EAGAIN if it is too
 * early.  Forgetting removes what is to outlive a crash. */
int connect_session(struct pv_device *dev, bool take_over);
void connect_forget(struct pv_device *dev);

/* publish.c: collect changes, write them, and end the step. */
int step_change(struct step *step, const char *path, const char *value);
void step_publish(struct step *step);
void step_tell_fault(struct step *step);
void step_untell_fault(struct step *step);

/* keys.c: the value of a key, or NULL. */
const char *step_value(const struct xs_tree *tree, const char *key);

/* device.c: the end of a step, of which nothing remains. */
void step_end(struct step *step);

/* find.c: look for devices, for as long as pv->watching lives. */
int find_start(struct pv *pv);

/* Whatever the body does but free a device. */
#define for_each_device(pv, i, dev)                                            \
	for (i = 0; i < (pv)->devices.n_buckets; i++)                          \
		list_for_each(&(pv)->devices.buckets[i], dev, link.of_bucket)

/* manager.c: a device wants its turn, had its turn, or is at rest. */
void manager_wait(struct pv_device *dev);
void manager_stepped(struct pv *pv);
void manager_drained(struct pv *pv);
