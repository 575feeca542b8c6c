/* SPDX-License-Identifier: MIT */

/*
 * list - a node's children, in parts if they do not fit into one message.
 *
 * Parts belong together if they have the same generation; if it changes
 * meanwhile, the list is read again from its beginning.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "base/span.h"
#include "xsclient/inside.h"

#define LEN_MAX      (4u << 20)
#define RESTARTS_MAX 10

struct listing {
	struct xs_client *client;
	struct xs_txn *txn;
	const char *path;
	xs_list_fn *fn;
	void *arg;
	char *generation; /* of the parts so far, or NULL */
	char *names;      /* each with its NUL */
	size_t len;
	unsigned int restarts;
};

static bool is_name(const char *name)
{
	return *name && !strchr(name, '/');
}

/* The names in @data, as an array of pointers to them. */
static int split(void *mem, const char *data, size_t len, const char ***names,
		 size_t *n)
{
	struct span in = span_of(data, len);
	size_t size = 0;

	for (size_t i = 0; i < len; i++)
		size += data[i] == '\0';
	*names = talloc_array(mem, const char *, size);
	if (!*names)
		return -ENOMEM;

	for (*n = 0; *n < size; ++*n) {
		(*names)[*n] = span_cstr(&in);
		if (!is_name((*names)[*n]))
			return -EPROTO;
	}

	return span_done(&in) ? 0 : -EPROTO;
}

static void finish(struct listing *listing, int error, const char *data,
		   size_t len)
{
	CLEANUP(cleanup_talloc) void *mem = talloc_new(NULL);
	const char **names = NULL;
	xs_list_fn *fn = listing->fn;
	void *arg = listing->arg;
	size_t n = 0;

	/* @data may be the listing's own: it lives as long as the names. */
	talloc_steal(mem, listing);
	if (!error)
		error = split(mem, data, len, &names, &n);
	fn(arg, error, names, error ? 0 : n);
}

static int ask_part(struct listing *listing);

/* Append the names in @in.  Whether they are the last, or -errno. */
static int append(struct listing *listing, struct span *in)
{
	size_t len = in->left;
	const char *bytes = span_bytes(in, len);
	bool last = len && !bytes[len - 1] && (len == 1 || !bytes[len - 2]);
	char *names;

	len -= last;
	if (in->bad || (!len && !last))
		return -EPROTO;
	if (len > LEN_MAX - listing->len)
		return -E2BIG;
	names = talloc_realloc(listing, listing->names, char,
			       listing->len + len + 1);
	if (!names)
		return -ENOMEM;

	memcpy(names + listing->len, bytes, len);
	listing->names = names;
	listing->len += len;
	return last;
}

/* Whether all parts so far are of the same list, as it is now. */
static bool is_same(struct listing *listing, const char *generation)
{
	return !listing->generation || !strcmp(listing->generation, generation);
}

static int restart(struct listing *listing)
{
	if (++listing->restarts > RESTARTS_MAX)
		return -EAGAIN;

	TALLOC_FREE(listing->generation);
	listing->len = 0;
	return ask_part(listing);
}

/* Whether that was the last part, or -errno. */
static int add_part(struct listing *listing, const char *data, size_t len)
{
	struct span in = span_of(data, len);
	const char *generation = span_cstr(&in);
	int r;

	if (!generation)
		return -EPROTO;
	if (!is_same(listing, generation))
		return restart(listing);

	talloc_free(listing->generation);
	listing->generation = talloc_strdup(listing, generation);
	if (!listing->generation)
		return -ENOMEM;
	r = append(listing, &in);
	return r ?: ask_part(listing);
}

static void got_part(void *arg, int error, const char *data, size_t len)
{
	struct listing *listing = arg;
	int r = error == -ENOSYS ? -E2BIG : error;

	if (!r)
		r = add_part(listing, data, len);
	if (r < 0)
		finish(listing, r, NULL, 0);
	else if (r > 0)
		finish(listing, 0, listing->names, listing->len);
}

static int ask_part(struct listing *listing)
{
	char offset[24];
	struct message message = {
		.type = XS_DIRECTORY_PART,
		.txn = listing->txn,
		.parts = { part_of(listing->path), { offset, 0 } },
	};

	message.parts[1].iov_len =
		1 + snprintf(offset, sizeof(offset), "%zu", listing->len);
	return request_send(listing, listing->client, &message, got_part,
			    listing);
}

static void got_all(void *arg, int error, const char *data, size_t len)
{
	struct listing *listing = arg;
	int r;

	if (error != -E2BIG) {
		finish(listing, error, data, len);
		return;
	}

	r = ask_part(listing);
	if (r < 0)
		finish(listing, r, NULL, 0);
}

int xs_list(void *mem, struct xs_client *client, struct xs_txn *txn,
	    const char *path, xs_list_fn *fn, void *arg)
{
	CLEANUP(cleanup_talloc)
	struct listing *listing = talloc_zero(mem, struct listing);
	int r;

	if (!listing)
		return -ENOMEM;
	listing->client = client;
	listing->txn = txn;
	listing->fn = fn;
	listing->arg = arg;
	listing->path = talloc_strdup(listing, path);
	if (!listing->path)
		return -ENOMEM;
	r = xs_request(listing, client, txn, XS_DIRECTORY, path,
		       strlen(path) + 1, got_all, listing);
	if (r < 0)
		return r;

	take_ptr(listing);
	return 0;
}
