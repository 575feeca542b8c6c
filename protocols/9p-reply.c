/* SPDX-License-Identifier: MIT */

#include "protocols/9p-reply.h"

#include <assert.h>
#include <errno.h>

#include "base/array.h"
#include "protocols/9p-inside.h"

static void put_qid(struct pack *out, const struct p9_qid *qid)
{
	pack_u8(out, qid->type);
	pack_le32(out, qid->version);
	pack_le64(out, qid->path);
}

static void put_time(struct pack *out, const struct p9_time *time)
{
	pack_le64(out, time->sec);
	pack_le64(out, time->nsec);
}

static void encode_nothing(const struct p9_reply *reply, struct pack *out)
{
}

static void encode_error(const struct p9_reply *reply, struct pack *out)
{
	pack_le32(out, reply->error);
}

static void encode_version(const struct p9_reply *reply, struct pack *out)
{
	pack_le32(out, reply->version.msize);
	p9_put_string(out, reply->version.version);
}

static void encode_qid(const struct p9_reply *reply, struct pack *out)
{
	put_qid(out, &reply->qid);
}

static void encode_walk(const struct p9_reply *reply, struct pack *out)
{
	pack_le16(out, reply->walk.n_qids);
	for (unsigned int i = 0; i < reply->walk.n_qids; i++)
		put_qid(out, &reply->walk.qids[i]);
}

static void encode_open(const struct p9_reply *reply, struct pack *out)
{
	put_qid(out, &reply->open.qid);
	pack_le32(out, reply->open.unit);
}

static void encode_target(const struct p9_reply *reply, struct pack *out)
{
	p9_put_string(out, reply->target);
}

static void encode_attr(const struct p9_reply *reply, struct pack *out)
{
	static const struct p9_time none;
	const struct p9_attr *attr = &reply->attr;

	pack_le64(out, attr->valid);
	put_qid(out, &attr->qid);
	pack_le32(out, attr->mode);
	pack_le32(out, attr->uid);
	pack_le32(out, attr->gid);
	pack_le64(out, attr->n_links);
	pack_le64(out, attr->device);
	pack_le64(out, attr->size);
	pack_le64(out, attr->block_size);
	pack_le64(out, attr->n_blocks);
	put_time(out, &attr->atime);
	put_time(out, &attr->mtime);
	put_time(out, &attr->ctime);
	put_time(out, &none); /* birth */
	pack_le64(out, 0);    /* generation */
	pack_le64(out, 0);    /* version of the data */
}

static void encode_statfs(const struct p9_reply *reply, struct pack *out)
{
	const struct p9_statfs *statfs = &reply->statfs;

	pack_le32(out, statfs->type);
	pack_le32(out, statfs->block_size);
	pack_le64(out, statfs->n_blocks);
	pack_le64(out, statfs->n_free);
	pack_le64(out, statfs->n_available);
	pack_le64(out, statfs->n_files);
	pack_le64(out, statfs->n_files_free);
	pack_le64(out, statfs->id);
	pack_le32(out, statfs->name_max);
}

static void encode_size(const struct p9_reply *reply, struct pack *out)
{
	pack_le64(out, reply->size);
}

static void encode_count(const struct p9_reply *reply, struct pack *out)
{
	pack_le32(out, reply->count);
}

static void encode_status(const struct p9_reply *reply, struct pack *out)
{
	pack_u8(out, reply->status);
}

static void encode_lock(const struct p9_reply *reply, struct pack *out)
{
	pack_u8(out, reply->lock.type);
	pack_le64(out, reply->lock.start);
	pack_le64(out, reply->lock.length);
	pack_le32(out, reply->lock.process);
	p9_put_string(out, reply->lock.client);
}

/* A reply being decoded. */
struct parse {
	struct span in;
	struct p9_reply *reply;
	char *text;
};

static struct p9_qid take_qid(struct span *in)
{
	struct p9_qid qid = { .type = span_u8(in) };

	qid.version = span_le32(in);
	qid.path = span_le64(in);
	return qid;
}

static struct p9_time take_time(struct span *in)
{
	struct p9_time time = { .sec = span_le64(in) };

	time.nsec = span_le64(in);
	return time;
}

static const char *take_string(struct parse *p)
{
	uint16_t len = span_le16(&p->in);
	const void *bytes = span_bytes(&p->in, len);

	if (!bytes || len > P9_PATH_MAX || memchr(bytes, '\0', len)) {
		p->in.bad = true;
		return "";
	}

	memcpy(p->text, bytes, len);
	p->text[len] = '\0';
	return p->text;
}

static void decode_nothing(struct parse *p)
{
}

static void decode_error(struct parse *p)
{
	p->reply->error = span_le32(&p->in);
}

static void decode_version(struct parse *p)
{
	p->reply->version.msize = span_le32(&p->in);
	p->reply->version.version = take_string(p);
}

static void decode_qid(struct parse *p)
{
	p->reply->qid = take_qid(&p->in);
}

static void decode_walk(struct parse *p)
{
	struct p9_rwalk *walk = &p->reply->walk;

	walk->n_qids = span_le16(&p->in);
	if (walk->n_qids > P9_WALK_MAX) {
		p->in.bad = true;
		return;
	}

	for (unsigned int i = 0; i < walk->n_qids; i++)
		walk->qids[i] = take_qid(&p->in);
}

static void decode_open(struct parse *p)
{
	p->reply->open.qid = take_qid(&p->in);
	p->reply->open.unit = span_le32(&p->in);
}

static void decode_target(struct parse *p)
{
	p->reply->target = take_string(p);
}

static void decode_attr(struct parse *p)
{
	struct p9_attr *attr = &p->reply->attr;

	attr->valid = span_le64(&p->in);
	attr->qid = take_qid(&p->in);
	attr->mode = span_le32(&p->in);
	attr->uid = span_le32(&p->in);
	attr->gid = span_le32(&p->in);
	attr->n_links = span_le64(&p->in);
	attr->device = span_le64(&p->in);
	attr->size = span_le64(&p->in);
	attr->block_size = span_le64(&p->in);
	attr->n_blocks = span_le64(&p->in);
	attr->atime = take_time(&p->in);
	attr->mtime = take_time(&p->in);
	attr->ctime = take_time(&p->in);
	take_time(&p->in);
	span_le64(&p->in);
	span_le64(&p->in);
}

static void decode_statfs(struct parse *p)
{
	struct p9_statfs *statfs = &p->reply->statfs;

	statfs->type = span_le32(&p->in);
	statfs->block_size = span_le32(&p->in);
	statfs->n_blocks = span_le64(&p->in);
	statfs->n_free = span_le64(&p->in);
	statfs->n_available = span_le64(&p->in);
	statfs->n_files = span_le64(&p->in);
	statfs->n_files_free = span_le64(&p->in);
	statfs->id = span_le64(&p->in);
	statfs->name_max = span_le32(&p->in);
}

static void decode_size(struct parse *p)
{
	p->reply->size = span_le64(&p->in);
}

static void decode_count(struct parse *p)
{
	p->reply->count = span_le32(&p->in);
}

static void decode_data(struct parse *p)
{
	p->reply->count = span_le32(&p->in);
	span_bytes(&p->in, p->reply->count);
}

static void decode_status(struct parse *p)
{
	p->reply->status = span_u8(&p->in);
}

static void decode_lock(struct parse *p)
{
	struct p9_lock *lock = &p->reply->lock;

	lock->type = span_u8(&p->in);
	lock->start = span_le64(&p->in);
	lock->length = span_le64(&p->in);
	lock->process = span_le32(&p->in);
	lock->client = take_string(p);
}

/* By the type of the request. */
static const struct {
	void (*encode)(const struct p9_reply *reply, struct pack *out);
	void (*decode)(struct parse *p);
} codecs[P9_N_TYPES] = {
	[P9_RLERROR - 1] = { encode_error, decode_error },
	[P9_TSTATFS] = { encode_statfs, decode_statfs },
	[P9_TLOPEN] = { encode_open, decode_open },
	[P9_TLCREATE] = { encode_open, decode_open },
	[P9_TSYMLINK] = { encode_qid, decode_qid },
	[P9_TMKNOD] = { encode_qid, decode_qid },
	[P9_TRENAME] = { encode_nothing, decode_nothing },
	[P9_TREADLINK] = { encode_target, decode_target },
	[P9_TGETATTR] = { encode_attr, decode_attr },
	[P9_TSETATTR] = { encode_nothing, decode_nothing },
	[P9_TXATTRWALK] = { encode_size, decode_size },
	[P9_TXATTRCREATE] = { encode_nothing, decode_nothing },
	[P9_TREADDIR] = { encode_count, decode_data },
	[P9_TFSYNC] = { encode_nothing, decode_nothing },
	[P9_TLOCK] = { encode_status, decode_status },
	[P9_TGETLOCK] = { encode_lock, decode_lock },
	[P9_TLINK] = { encode_nothing, decode_nothing },
	[P9_TMKDIR] = { encode_qid, decode_qid },
	[P9_TRENAMEAT] = { encode_nothing, decode_nothing },
	[P9_TUNLINKAT] = { encode_nothing, decode_nothing },
	[P9_TVERSION] = { encode_version, decode_version },
	[P9_TATTACH] = { encode_qid, decode_qid },
	[P9_TFLUSH] = { encode_nothing, decode_nothing },
	[P9_TWALK] = { encode_walk, decode_walk },
	[P9_TREAD] = { encode_count, decode_data },
	[P9_TWRITE] = { encode_count, decode_count },
	[P9_TCLUNK] = { encode_nothing, decode_nothing },
	[P9_TREMOVE] = { encode_nothing, decode_nothing },
};

static bool has_data(const struct p9_reply *reply)
{
	return reply->type == P9_TREAD + 1 || reply->type == P9_TREADDIR + 1;
}

void p9_reply_encode(const struct p9_reply *reply, struct pack *out)
{
	uint32_t data = has_data(reply) ? reply->count : 0;
	struct pack header = *out;

	assert(reply->type && codecs[reply->type - 1].encode);
	p9_put_header(out, 0, reply->type, reply->tag);
	codecs[reply->type - 1].encode(reply, out);
	p9_put_header(&header, out->len - header.len + data, reply->type,
		      reply->tag);
}

bool p9_entry_encode(const struct p9_entry *entry, struct pack *out)
{
	struct pack before = *out;

	put_qid(out, &entry->qid);
	pack_le64(out, entry->offset);
	pack_u8(out, entry->type);
	pack_le16(out, entry->name_len);
	pack_bytes(out, entry->name, entry->name_len);
	if (!out->full)
		return true;

	*out = before;
	return false;
}

/* The guest's side */

int p9_reply_decode(struct span message, struct p9_reply *reply, char *text)
{
	struct parse p = { .in = message, .reply = reply, .text = text };
	uint32_t size = span_le32(&p.in);

	reply->type = span_u8(&p.in);
	reply->tag = span_le16(&p.in);
	if (p.in.bad || size != message.left || reply->type == 0 ||
	    reply->type > P9_N_TYPES || !codecs[reply->type - 1].decode)
		return -EPROTO;

	codecs[reply->type - 1].decode(&p);
	return span_done(&p.in) ? 0 : -EPROTO;
}

int p9_entry_decode(struct span *data, struct p9_entry *entry)
{
	entry->qid = take_qid(data);
	entry->offset = span_le64(data);
	entry->type = span_u8(data);
	entry->name_len = span_le16(data);
	entry->name = span_bytes(data, entry->name_len);

	return data->bad ? -EPROTO : 0;
}
