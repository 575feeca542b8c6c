/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>
#include <talloc.h>

#include "base/span.h"
#include "protocols/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "xsclient/xs.h"

/* A client that waits for everything it can wait for, and its server. */
struct talk {
	struct loop *loop;
	struct xs_client *client;
	struct xs_page page;
	struct bytes_out out;
	int reads, lists, trees, txns, publications, losses;
	bool closed;
};

static void got(void *arg, int error, const char *data, size_t len)
{
	struct talk *talk = arg;

	assert(!talk->closed && error <= 0);
	assert(len <= XS_PAYLOAD_MAX && data[len] == '\0');
	talk->reads++;
}

static void got_names(void *arg, int error, const char *const *names, size_t n)
{
	struct talk *talk = arg;

	assert(!talk->closed && error <= 0 && (!error || !n));
	for (size_t i = 0; i < n; i++)
		assert(*names[i] && !strchr(names[i], '/'));
	talk->lists++;
}

static void got_tree(void *arg, int error, struct xs_tree *tree)
{
	struct talk *talk = arg;

	assert(!talk->closed && !error == !!tree);
	for (size_t i = 0; tree && i < tree->n; i++) {
		const struct xs_node *node = &tree->nodes[i];

		assert(node->value[node->len] == '\0');
		assert(i == 0 || strcmp(node[-1].path, node->path) <= 0);
	}
	talk->trees++;
}

static int body(void *arg, struct xs_txn *txn)
{
	struct talk *talk = arg;

	return xs_write(talk, talk->client, txn, "/w", "1", NULL, NULL);
}

static void txn_done(void *arg, int error)
{
	struct talk *talk = arg;

	assert(!talk->closed && error <= 0);
	talk->txns++;
}

static void published(void *arg, int error)
{
	struct talk *talk = arg;

	assert(!talk->closed && error <= 0);
	talk->publications++;
}

static void event(void *arg, int error, const char *path)
{
	struct talk *talk = arg;

	assert(!talk->closed && !error == !!path);
}

static void notify(void *arg)
{
	struct talk *talk = arg;

	talk->page.req_cons = talk->page.req_prod; /* a patient listener */
	xs_ring_event(talk->client);
}

static void lost(void *arg, int error)
{
	struct talk *talk = arg;

	assert(!talk->closed && error < 0);
	talk->losses++;
}

static struct talk *talk_new(void)
{
	static const struct xs_change changes[2] = { { "/a", "1" },
						     { "/b", NULL } };
	struct talk *talk = talloc_zero(NULL, struct talk);
	struct xs_page *page = &talk->page;
	struct xs_watch *watch;

	talk->loop = loop_new_virtual(talk);
	talk->out = (struct bytes_out){ page->rsp, XS_RING_SIZE,
					&page->rsp_prod, &page->rsp_cons, 0 };
	xs_open_ring(talk, talk->loop, page, notify, lost, talk, &talk->client);
	xs_read(talk, talk->client, NULL, "/r", got, talk);
	xs_list(talk, talk->client, NULL, "/l", got_names, talk);
	xs_read_tree(talk, talk->client, NULL, "/t", 16, got_tree, talk);
	xs_transact(talk, talk->client, body, txn_done, talk);
	xs_publish(talk, talk->client, changes, 2, published, talk);
	xs_watch(talk, talk->client, "/", event, talk, &watch);
	loop_settle(talk->loop);
	return talk;
}

/* To the client, as far as it listens. */
static void send(struct talk *talk, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len) {
		int room = bytes_room(&talk->out);
		size_t n = room < 0 ? 0 : room;

		if (!n)
			return;
		n = n < len ? n : len;
		bytes_put(&talk->out, at, n);
		at += n;
		len -= n;
		xs_ring_event(talk->client);
		loop_settle(talk->loop);
	}
}

/* A message that is likely to be looked at. */
static void send_message(struct talk *talk, struct span *in)
{
	struct xs_header header = {
		.type = span_u8(in) % XS_N_TYPES,
		.req_id = span_u8(in) % 16,
		.len = span_u8(in),
	};

	if (header.len > in->left)
		header.len = in->left;
	send(talk, &header, sizeof(header));
	send(talk, span_bytes(in, header.len), header.len);
}

static void step(struct talk *talk, struct span *in)
{
	uint8_t byte;

	switch (span_u8(in) % 8) {
	case 0:
		byte = span_u8(in);
		send(talk, &byte, 1);
		break;
	case 1: /* the indices and what follows them */
		((uint8_t *)&talk->page)[2048 + span_u8(in) % 32] = span_u8(in);
		xs_ring_event(talk->client);
		loop_settle(talk->loop);
		break;
	default:
		send_message(talk, in);
		break;
	}
}

static void check_calls(const struct talk *talk)
{
	int least = talk->losses;

	assert(talk->losses <= 1);
	assert(talk->reads >= least && talk->reads <= 1);
	assert(talk->lists >= least && talk->lists <= 1);
	assert(talk->trees >= least && talk->trees <= 1);
	assert(talk->txns >= least && talk->txns <= 1);
	assert(talk->publications >= least && talk->publications <= 1);
}

/* Whatever a server sends: each request is answered once at most, and once at
 * least if the connection is lost; a freed client is silent. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = span_of(data, len);
	struct talk *talk = talk_new();

	while (in.left && !in.bad)
		step(talk, &in);
	check_calls(talk);

	talk->closed = true;
	talloc_free(talk->client);
	loop_settle(talk->loop);
	talloc_free(talk);
	return 0;
}
