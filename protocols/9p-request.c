/* SPDX-License-Identifier: MIT */

#include "protocols/9p-request.h"

#include <errno.h>
#include <string.h>

#include "protocols/9p-reply.h"

/* A body being decoded.  The first error stays. */
struct parse {
	struct span in;
	struct p9_request *req;
	size_t n_text;
	int error;
};

static void fail(struct parse *p, int error)
{
	if (!p->error)
		p->error = error;
}

/* Strings.  A copy with its NUL takes less room than its length and itself do
 * in the body, so req->text holds all. */
static const char *take_string(struct parse *p, size_t max)
{
	uint16_t len = span_le16(&p->in);
	const void *bytes = span_bytes(&p->in, len);
	char *text = p->req->text + p->n_text;

	if (!bytes)
		return "";
	if (len > max)
		fail(p, -ENAMETOOLONG);
	if (memchr(bytes, '\0', len))
		fail(p, -EINVAL);

	memcpy(text, bytes, len);
	text[len] = '\0';
	p->n_text += len + 1;
	return text;
}

/* One name in a directory, or "..". */
static const char *take_step(struct parse *p)
{
	const char *name = take_string(p, P9_NAME_MAX);

	if (*name == '\0' || !strcmp(name, ".") || strchr(name, '/'))
		fail(p, -EINVAL);

	return name;
}

static const char *take_name(struct parse *p)
{
	const char *name = take_step(p);

	if (!strcmp(name, ".."))
		fail(p, -EINVAL);

	return name;
}

/* A range of a file of which all numbers are those of an off_t. */
static void check_range(struct parse *p, uint64_t start, uint64_t len)
{
	if (start > INT64_MAX || len > INT64_MAX - start)
		fail(p, -EINVAL);
}

static void decode_version(struct parse *p)
{
	struct p9_tversion *version = &p->req->version;

	p->req->fid = P9_NO_FID;
	version->msize = span_le32(&p->in);
	version->version = take_string(p, P9_NAME_MAX);
}

static void decode_attach(struct parse *p)
{
	struct p9_tattach *attach = &p->req->attach;

	p->req->fid = span_le32(&p->in);
	attach->auth_fid = span_le32(&p->in);
	attach->user = take_string(p, P9_NAME_MAX);
	attach->export = take_string(p, P9_PATH_MAX);
	attach->uid = span_le32(&p->in);
}

static void decode_flush(struct parse *p)
{
	p->req->fid = P9_NO_FID;
	p->req->flush.tag = span_le16(&p->in);
}

static void decode_fid(struct parse *p)
{
	p->req->fid = span_le32(&p->in);
}

static void decode_walk(struct parse *p)
{
	struct p9_twalk *walk = &p->req->walk;

	p->req->fid = span_le32(&p->in);
	walk->new_fid = span_le32(&p->in);
	walk->n_names = span_le16(&p->in);
	if (walk->n_names > P9_WALK_MAX) {
		fail(p, -EINVAL);
		return;
	}

	for (unsigned int i = 0; i < walk->n_names; i++)
		walk->names[i] = take_step(p);
}

static void decode_lopen(struct parse *p)
{
	p->req->fid = span_le32(&p->in);
	p->req->lopen.flags = span_le32(&p->in);
}

static void decode_lcreate(struct parse *p)
{
	struct p9_tlcreate *lcreate = &p->req->lcreate;

	p->req->fid = span_le32(&p->in);
	lcreate->name = take_name(p);
	lcreate->flags = span_le32(&p->in);
	lcreate->mode = span_le32(&p->in);
	lcreate->gid = span_le32(&p->in);
}

static void decode_symlink(struct parse *p)
{
	struct p9_tsymlink *symlink = &p->req->symlink;

	p->req->fid = span_le32(&p->in);
	symlink->name = take_name(p);
	symlink->target = take_string(p, P9_PATH_MAX);
	if (!*symlink->target)
		fail(p, -EINVAL);
	symlink->gid = span_le32(&p->in);
}

static void decode_mknod(struct parse *p)
{
	struct p9_tmknod *mknod = &p->req->mknod;

	p->req->fid = span_le32(&p->in);
	mknod->name = take_name(p);
	mknod->mode = span_le32(&p->in);
	mknod->major = span_le32(&p->in);
	mknod->minor = span_le32(&p->in);
	mknod->gid = span_le32(&p->in);
}

static void decode_mkdir(struct parse *p)
{
	struct p9_tmkdir *mkdir = &p->req->mkdir;

	p->req->fid = span_le32(&p->in);
	mkdir->name = take_name(p);
	mkdir->mode = span_le32(&p->in);
	mkdir->gid = span_le32(&p->in);
}

static void decode_rename(struct parse *p)
{
	p->req->fid = span_le32(&p->in);
	p->req->rename.dir_fid = span_le32(&p->in);
	p->req->rename.name = take_name(p);
}

static void decode_renameat(struct parse *p)
{
	struct p9_trenameat *renameat = &p->req->renameat;

	p->req->fid = span_le32(&p->in);
	renameat->old_name = take_name(p);
	renameat->new_dir_fid = span_le32(&p->in);
	renameat->new_name = take_name(p);
}

static void decode_unlinkat(struct parse *p)
{
	p->req->fid = span_le32(&p->in);
	p->req->unlinkat.name = take_name(p);
	p->req->unlinkat.flags = span_le32(&p->in);
}

static void decode_link(struct parse *p)
{
	p->req->fid = span_le32(&p->in);
	p->req->link.target_fid = span_le32(&p->in);
	p->req->link.name = take_name(p);
}

static void decode_getattr(struct parse *p)
{
	p->req->fid = span_le32(&p->in);
	p->req->getattr.mask = span_le64(&p->in);
}

static struct p9_time take_time(struct parse *p)
{
	struct p9_time time = { .sec = span_le64(&p->in) };

	time.nsec = span_le64(&p->in);
	return time;
}

static void decode_setattr(struct parse *p)
{
	struct p9_tsetattr *setattr = &p->req->setattr;

	p->req->fid = span_le32(&p->in);
	setattr->valid = span_le32(&p->in);
	setattr->mode = span_le32(&p->in);
	setattr->uid = span_le32(&p->in);
	setattr->gid = span_le32(&p->in);
	setattr->size = span_le64(&p->in);
	setattr->atime = take_time(p);
	setattr->mtime = take_time(p);
	if (setattr->valid & P9_SET_SIZE)
		check_range(p, setattr->size, 0);
}

static void decode_xattrwalk(struct parse *p)
{
	p->req->fid = span_le32(&p->in);
	p->req->xattrwalk.new_fid = span_le32(&p->in);
	p->req->xattrwalk.name = take_string(p, P9_NAME_MAX);
}

static void decode_xattrcreate(struct parse *p)
{
	struct p9_txattrcreate *xattrcreate = &p->req->xattrcreate;

	p->req->fid = span_le32(&p->in);
	xattrcreate->name = take_string(p, P9_NAME_MAX);
	if (!*xattrcreate->name)
		fail(p, -EINVAL);
	xattrcreate->size = span_le64(&p->in);
	xattrcreate->flags = span_le32(&p->in);
}

/* The offset of a directory is a cookie and may be any number. */
static void decode_readdir(struct parse *p)
{
	p->req->fid = span_le32(&p->in);
	p->req->read.offset = span_le64(&p->in);
	p->req->read.count = span_le32(&p->in);
}

static void decode_read(struct parse *p)
{
	decode_readdir(p);
	check_range(p, p->req->read.offset, p->req->read.count);
}

static void decode_write(struct parse *p)
{
	struct p9_twrite *write = &p->req->write;

	p->req->fid = span_le32(&p->in);
	write->offset = span_le64(&p->in);
	write->count = span_le32(&p->in);
	check_range(p, write->offset, write->count);
}

static void decode_fsync(struct parse *p)
{
	p->req->fid = span_le32(&p->in);
	p->req->fsync.data_only = span_le32(&p->in);
}

static void take_range(struct parse *p, struct p9_lock *lock)
{
	lock->start = span_le64(&p->in);
	lock->length = span_le64(&p->in);
	lock->process = span_le32(&p->in);
	lock->client = take_string(p, P9_NAME_MAX);
	check_range(p, lock->start, lock->length);
	if (lock->type > P9_LOCK_UNLOCK)
		fail(p, -EINVAL);
}

static void decode_lock(struct parse *p)
{
	struct p9_tlock *lock = &p->req->lock;

	p->req->fid = span_le32(&p->in);
	lock->lock.type = span_u8(&p->in);
	lock->flags = span_le32(&p->in);
	take_range(p, &lock->lock);
}

static void decode_getlock(struct parse *p)
{
	struct p9_lock *lock = &p->req->getlock.lock;

	p->req->fid = span_le32(&p->in);
	lock->type = span_u8(&p->in);
	take_range(p, lock);
}

static void (*const decoders[P9_N_TYPES])(struct parse *p) = {
	[P9_TSTATFS] = decode_fid,
	[P9_TLOPEN] = decode_lopen,
	[P9_TLCREATE] = decode_lcreate,
	[P9_TSYMLINK] = decode_symlink,
	[P9_TMKNOD] = decode_mknod,
	[P9_TRENAME] = decode_rename,
	[P9_TREADLINK] = decode_fid,
	[P9_TGETATTR] = decode_getattr,
	[P9_TSETATTR] = decode_setattr,
	[P9_TXATTRWALK] = decode_xattrwalk,
	[P9_TXATTRCREATE] = decode_xattrcreate,
	[P9_TREADDIR] = decode_readdir,
	[P9_TFSYNC] = decode_fsync,
	[P9_TLOCK] = decode_lock,
	[P9_TGETLOCK] = decode_getlock,
	[P9_TLINK] = decode_link,
	[P9_TMKDIR] = decode_mkdir,
	[P9_TRENAMEAT] = decode_renameat,
	[P9_TUNLINKAT] = decode_unlinkat,
	[P9_TVERSION] = decode_version,
	[P9_TATTACH] = decode_attach,
	[P9_TFLUSH] = decode_flush,
	[P9_TWALK] = decode_walk,
	[P9_TREAD] = decode_read,
	[P9_TWRITE] = decode_write,
	[P9_TCLUNK] = decode_fid,
	[P9_TREMOVE] = decode_fid,
};

struct p9_header p9_header_decode(const void *bytes)
{
	struct span in = span_of(bytes, P9_HEADER_SIZE);
	struct p9_header header = { .size = span_le32(&in) };

	header.type = span_u8(&in);
	header.tag = span_le16(&in);
	return header;
}

static uint32_t body_max(const struct p9_header *header)
{
	return header->type == P9_TWRITE ? P9_WRITE_BODY : P9_BODY_MAX;
}

uint32_t p9_body_size(const struct p9_header *header)
{
	uint32_t size = header->size < P9_HEADER_SIZE
				? 0
				: header->size - P9_HEADER_SIZE;

	return size < body_max(header) ? size : body_max(header);
}

/* What stands in the message behind its body. */
static uint32_t data_size(const struct p9_header *header)
{
	return header->size - P9_HEADER_SIZE - p9_body_size(header);
}

int p9_request_decode(const struct p9_header *header, struct span body,
		      struct p9_request *req)
{
	struct parse p = { .in = body, .req = req };

	req->type = header->type;
	req->tag = header->tag;
	if (header->type >= P9_N_TYPES || !decoders[header->type])
		return -EOPNOTSUPP;
	if (header->size < P9_HEADER_SIZE || body.left != p9_body_size(header))
		return -EPROTO;
	if (data_size(header) && header->type != P9_TWRITE)
		return -ENAMETOOLONG;

	decoders[header->type](&p);
	if (p.in.bad)
		return -EPROTO;
	if (p.error)
		return p.error;
	if (header->type == P9_TWRITE && req->write.count != data_size(header))
		return -EPROTO;

	return span_done(&p.in) ? 0 : -EPROTO;
}

uint32_t p9_reply_max(const struct p9_request *req)
{
	switch (req->type) {
	case P9_TREAD:
	case P9_TREADDIR:
		return P9_READ_HEADER + req->read.count;
	case P9_TREADLINK:
		return P9_HEADER_SIZE + 2 + P9_PATH_MAX;
	default:
		return P9_REPLY_SMALL;
	}
}
