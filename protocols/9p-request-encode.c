/* SPDX-License-Identifier: MIT */

/*
 * 9p-request-encode - the guest's side of 9p-request.h.
 */

#include <assert.h>

#include "protocols/9p-inside.h"
#include "protocols/9p-request.h"

static void encode_version(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->version.msize);
	p9_put_string(out, req->version.version);
}

static void encode_attach(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le32(out, req->attach.auth_fid);
	p9_put_string(out, req->attach.user);
	p9_put_string(out, req->attach.export);
	pack_le32(out, req->attach.uid);
}

static void encode_flush(const struct p9_request *req, struct pack *out)
{
	pack_le16(out, req->flush.tag);
}

static void encode_fid(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
}

static void encode_walk(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le32(out, req->walk.new_fid);
	pack_le16(out, req->walk.n_names);
	for (unsigned int i = 0; i < req->walk.n_names; i++)
		p9_put_string(out, req->walk.names[i]);
}

static void encode_lopen(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le32(out, req->lopen.flags);
}

static void encode_lcreate(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	p9_put_string(out, req->lcreate.name);
	pack_le32(out, req->lcreate.flags);
	pack_le32(out, req->lcreate.mode);
	pack_le32(out, req->lcreate.gid);
}

static void encode_symlink(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	p9_put_string(out, req->symlink.name);
	p9_put_string(out, req->symlink.target);
	pack_le32(out, req->symlink.gid);
}

static void encode_mknod(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	p9_put_string(out, req->mknod.name);
	pack_le32(out, req->mknod.mode);
	pack_le32(out, req->mknod.major);
	pack_le32(out, req->mknod.minor);
	pack_le32(out, req->mknod.gid);
}

static void encode_mkdir(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	p9_put_string(out, req->mkdir.name);
	pack_le32(out, req->mkdir.mode);
	pack_le32(out, req->mkdir.gid);
}

static void encode_rename(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le32(out, req->rename.dir_fid);
	p9_put_string(out, req->rename.name);
}

static void encode_renameat(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	p9_put_string(out, req->renameat.old_name);
	pack_le32(out, req->renameat.new_dir_fid);
	p9_put_string(out, req->renameat.new_name);
}

static void encode_unlinkat(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	p9_put_string(out, req->unlinkat.name);
	pack_le32(out, req->unlinkat.flags);
}

static void encode_link(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le32(out, req->link.target_fid);
	p9_put_string(out, req->link.name);
}

static void encode_getattr(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le64(out, req->getattr.mask);
}

static void encode_setattr(const struct p9_request *req, struct pack *out)
{
	const struct p9_tsetattr *setattr = &req->setattr;

	pack_le32(out, req->fid);
	pack_le32(out, setattr->valid);
	pack_le32(out, setattr->mode);
	pack_le32(out, setattr->uid);
	pack_le32(out, setattr->gid);
	pack_le64(out, setattr->size);
	pack_le64(out, setattr->atime.sec);
	pack_le64(out, setattr->atime.nsec);
	pack_le64(out, setattr->mtime.sec);
	pack_le64(out, setattr->mtime.nsec);
}

static void encode_xattrwalk(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le32(out, req->xattrwalk.new_fid);
	p9_put_string(out, req->xattrwalk.name);
}

static void encode_xattrcreate(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	p9_put_string(out, req->xattrcreate.name);
	pack_le64(out, req->xattrcreate.size);
	pack_le32(out, req->xattrcreate.flags);
}

static void encode_read(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le64(out, req->read.offset);
	pack_le32(out, req->read.count);
}

static void encode_write(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le64(out, req->write.offset);
	pack_le32(out, req->write.count);
}

static void encode_fsync(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_le32(out, req->fsync.data_only);
}

static void put_range(struct pack *out, const struct p9_lock *lock)
{
	pack_le64(out, lock->start);
	pack_le64(out, lock->length);
	pack_le32(out, lock->process);
	p9_put_string(out, lock->client);
}

static void encode_lock(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_u8(out, req->lock.lock.type);
	pack_le32(out, req->lock.flags);
	put_range(out, &req->lock.lock);
}

static void encode_getlock(const struct p9_request *req, struct pack *out)
{
	pack_le32(out, req->fid);
	pack_u8(out, req->getlock.lock.type);
	put_range(out, &req->getlock.lock);
}

static void (*const encoders[P9_N_TYPES])(const struct p9_request *req,
					  struct pack *out) = {
	[P9_TSTATFS] = encode_fid,
	[P9_TLOPEN] = encode_lopen,
	[P9_TLCREATE] = encode_lcreate,
	[P9_TSYMLINK] = encode_symlink,
	[P9_TMKNOD] = encode_mknod,
	[P9_TRENAME] = encode_rename,
	[P9_TREADLINK] = encode_fid,
	[P9_TGETATTR] = encode_getattr,
	[P9_TSETATTR] = encode_setattr,
	[P9_TXATTRWALK] = encode_xattrwalk,
	[P9_TXATTRCREATE] = encode_xattrcreate,
	[P9_TREADDIR] = encode_read,
	[P9_TFSYNC] = encode_fsync,
	[P9_TLOCK] = encode_lock,
	[P9_TGETLOCK] = encode_getlock,
	[P9_TLINK] = encode_link,
	[P9_TMKDIR] = encode_mkdir,
	[P9_TRENAMEAT] = encode_renameat,
	[P9_TUNLINKAT] = encode_unlinkat,
	[P9_TVERSION] = encode_version,
	[P9_TATTACH] = encode_attach,
	[P9_TFLUSH] = encode_flush,
	[P9_TWALK] = encode_walk,
	[P9_TREAD] = encode_read,
	[P9_TWRITE] = encode_write,
	[P9_TCLUNK] = encode_fid,
	[P9_TREMOVE] = encode_fid,
};

void p9_request_encode(const struct p9_request *req, struct pack *out)
{
	uint32_t data = req->type == P9_TWRITE ? req->write.count : 0;
	struct pack header = *out;

	assert(req->type < P9_N_TYPES && encoders[req->type]);
	p9_put_header(out, 0, req->type, req->tag);
	encoders[req->type](req, out);
	p9_put_header(&header, out->len - header.len + data, req->type,
		      req->tag);
}
