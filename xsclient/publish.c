/* SPDX-License-Identifier: MIT */

/*
 * publish - write several keys in one transaction; or, if somebody keeps
 * making it fail, one by one.
 *
 * A guest that may write next to our keys can make every transaction fail
 * (XSA-206); it must not keep us from publishing.
 */

#include <errno.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "xsclient/inside.h"

struct publication {
	struct xs_client *client;
	struct xs_change *changes;
	size_t n;
	size_t n_open; /* answers to come, without transaction */
	int error;     /* the first */
	xs_done_fn *done;
	void *arg;
};

static void finish(struct publication *publication, int error)
{
	xs_done_fn *done = publication->done;
	void *arg = publication->arg;

	talloc_free(publication);
	done(arg, error);
}

static int send_all(struct publication *publication, struct xs_txn *txn,
		    xs_reply_fn *fn)
{
	for (size_t i = 0; i < publication->n; i++) {
		const struct xs_change *change = &publication->changes[i];
		int r = change->value
				? xs_write(publication, publication->client,
					   txn, change->path, change->value, fn,
					   publication)
				: xs_rm(publication, publication->client, txn,
					change->path, fn, publication);

		if (r < 0)
			return r;
	}

	return 0;
}

static void changed(void *arg, int error, const char *data, size_t len)
{
	struct publication *publication = arg;

	(void)data;
	(void)len;
	if (!publication->error)
		publication->error = error;
	if (!--publication->n_open)
		finish(publication, publication->error);
}

static int in_txn(void *arg, struct xs_txn *txn)
{
	return send_all(arg, txn, NULL);
}

static int one_by_one(struct publication *publication)
{
	publication->n_open = publication->n;
	return send_all(publication, NULL, changed);
}

static void txn_done(void *arg, int error)
{
	struct publication *publication = arg;
	int r = error;

	if (error == -EAGAIN || error == -ENOSPC)
		r = one_by_one(publication);
	if (r < 0 || !error)
		finish(publication, r);
}

static int copy_changes(struct publication *publication,
			const struct xs_change *changes)
{
	for (size_t i = 0; i < publication->n; i++) {
		struct xs_change *copy = &publication->changes[i];

		copy->path = talloc_strdup(publication, changes[i].path);
		copy->value = NULL;
		if (changes[i].value)
			copy->value =
				talloc_strdup(publication, changes[i].value);
		if (!copy->path || (changes[i].value && !copy->value))
			return -ENOMEM;
	}

	return 0;
}

int xs_publish(void *mem, struct xs_client *client,
	       const struct xs_change *changes, size_t n, xs_done_fn *done,
	       void *arg)
{
	CLEANUP(cleanup_talloc)
	struct publication *publication = talloc_zero(mem, struct publication);
	int r;

	if (!publication)
		return -ENOMEM;
	publication->client = client;
	publication->n = n;
	publication->done = done;
	publication->arg = arg;
	publication->changes = talloc_array(publication, struct xs_change, n);
	if (!publication->changes)
		return -ENOMEM;
	r = copy_changes(publication, changes);
	if (r < 0)
		return r;
	r = n == 1 ? one_by_one(publication)
		   : xs_transact(publication, client, in_txn, txn_done,
				 publication);
	if (r < 0)
		return r;

	take_ptr(publication);
	return 0;
}
