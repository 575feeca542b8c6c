/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>

#include "protocols/9p-reply.h"
#include "protocols/9p-request.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const struct p9_request *req, const char *text,
		       size_t max)
{
	assert(text >= req->text && text < req->text + sizeof(req->text));
	assert(strnlen(text, max + 1) <= max);
}

static void check_name(const struct p9_request *req, const char *name)
{
	check_text(req, name, P9_NAME_MAX);
	assert(*name && !strchr(name, '/'));
	assert(strcmp(name, ".") && strcmp(name, ".."));
}

static void check_walk(const struct p9_request *req)
{
	const struct p9_twalk *walk = &req->walk;

	assert(walk->n_names <= P9_WALK_MAX);
	for (unsigned int i = 0; i < walk->n_names; i++) {
		if (strcmp(walk->names[i], ".."))
			check_name(req, walk->names[i]);
	}
}

static void check_range(uint64_t start, uint64_t len)
{
	assert(start <= INT64_MAX && len <= INT64_MAX - start);
}

static void check_lock(const struct p9_request *req, const struct p9_lock *lock)
{
	check_range(lock->start, lock->length);
	check_text(req, lock->client, P9_NAME_MAX);
	assert(lock->type <= P9_LOCK_UNLOCK);
}

/* What decoding promises, as far as it depends on the type. */
static void check(const struct p9_request *req, uint32_t size)
{
	switch (req->type) {
	case P9_TVERSION:
		check_text(req, req->version.version, P9_NAME_MAX);
		break;
	case P9_TATTACH:
		check_text(req, req->attach.user, P9_NAME_MAX);
		check_text(req, req->attach.export, P9_PATH_MAX);
		break;
	case P9_TWALK:
		check_walk(req);
		break;
	case P9_TLCREATE:
		check_name(req, req->lcreate.name);
		break;
	case P9_TSYMLINK:
		check_name(req, req->symlink.name);
		check_text(req, req->symlink.target, P9_PATH_MAX);
		assert(*req->symlink.target);
		break;
	case P9_TMKNOD:
		check_name(req, req->mknod.name);
		break;
	case P9_TMKDIR:
		check_name(req, req->mkdir.name);
		break;
	case P9_TRENAME:
		check_name(req, req->rename.name);
		break;
	case P9_TRENAMEAT:
		check_name(req, req->renameat.old_name);
		check_name(req, req->renameat.new_name);
		break;
	case P9_TUNLINKAT:
		check_name(req, req->unlinkat.name);
		break;
	case P9_TLINK:
		check_name(req, req->link.name);
		break;
	case P9_TXATTRWALK:
		check_text(req, req->xattrwalk.name, P9_NAME_MAX);
		break;
	case P9_TXATTRCREATE:
		check_text(req, req->xattrcreate.name, P9_NAME_MAX);
		assert(*req->xattrcreate.name);
		break;
	case P9_TREAD:
		check_range(req->read.offset, req->read.count);
		break;
	case P9_TWRITE:
		check_range(req->write.offset, req->write.count);
		assert(P9_HEADER_SIZE + P9_WRITE_BODY + req->write.count ==
		       size);
		break;
	case P9_TLOCK:
		check_lock(req, &req->lock.lock);
		break;
	case P9_TGETLOCK:
		check_lock(req, &req->getlock.lock);
		break;
	}
}

/* Nothing is lost: what was decoded is encoded to what it was. */
static void check_encoded(const struct p9_request *req, const uint8_t *data,
			  size_t len)
{
	static uint8_t bytes[P9_HEADER_SIZE + P9_BODY_MAX];
	struct pack out = pack_into(bytes, sizeof(bytes));

	p9_request_encode(req, &out);
	assert(!out.full && out.len <= len);
	assert(!memcmp(bytes + 4, data + 4, out.len - 4));
}

/* Whatever a guest sends, what comes out can be relied on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct p9_request req;
	struct p9_header header;
	uint32_t body;

	if (len < P9_HEADER_SIZE)
		return 0;
	header = p9_header_decode(data);
	header.size = len;
	body = p9_body_size(&header);
	assert(body <= P9_BODY_MAX && body <= len - P9_HEADER_SIZE);

	if (p9_request_decode(&header, span_of(data + P9_HEADER_SIZE, body),
			      &req) < 0)
		return 0;

	assert(req.type == header.type && req.tag == header.tag);
	check(&req, header.size);
	check_encoded(&req, data, len);
	return 0;
}
