/* SPDX-License-Identifier: MIT */

#include "xenstored/request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "xenstored/serve.h"
#include "xenstored/txn.h"

int reply(struct request *req, const void *payload, size_t len)
{
	conn_reply(req->conn, req->header, req->header->type, payload, len);
	return 0;
}

int reply_ok(struct request *req)
{
	return reply(req, "OK", sizeof("OK"));
}

int reply_text(struct request *req, const char *text)
{
	return reply(req, text, strlen(text) + 1);
}

int reply_number(struct request *req, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%" PRIu32, number);
	return reply_text(req, text);
}

int reply_ok_or(struct request *req, int r)
{
	return r < 0 ? r : reply_ok(req);
}

/* Arguments */

int take_domid(struct request *req, domid_t *domid)
{
	const char *text = span_cstr(&req->args);
	uint32_t number = 0;
	int r = 0;

	if (!text)
		return -EINVAL;
	if (*text)
		r = text_u32(text, &number);
	if (r < 0 || number > UINT16_MAX)
		return -EINVAL;

	*domid = number;
	return 0;
}

int take_number(struct request *req, uint32_t *number)
{
	const char *text = span_cstr(&req->args);

	return text && text_u32(text, number) == 0 ? 0 : -EINVAL;
}

int take_domain(struct request *req, struct domain **domain)
{
	domid_t domid;
	int r;

	r = take_domid(req, &domid);
	return r < 0 ? r : domain_get(req->conn->server, domid, domain);
}

/* The table */

enum {
	NO_TXN = 1 << 0,     /* the transaction is ignored */
	PRIVILEGED = 1 << 1, /* not for ordinary guests */
	PATH = 1 << 2,       /* the first argument is the path of a node */
	SPECIAL = 1 << 3,    /* or a special name */
	ONLY_PATH = 1 << 4,  /* and there is no other argument */
	ONE_STRING = 1 << 5, /* there is one argument */
};

static const struct {
	int (*serve)(struct request *req);
	unsigned int flags;
} types[XS_N_TYPES] = {
	[XS_CONTROL] = { serve_control, PRIVILEGED },
	[XS_DIRECTORY] = { serve_directory, PATH | ONLY_PATH },
	[XS_READ] = { serve_read, PATH | ONLY_PATH },
	[XS_GET_PERMS] = { serve_get_perms, PATH | SPECIAL | ONLY_PATH },
	[XS_WATCH] = { serve_watch, PATH | SPECIAL | NO_TXN },
	[XS_UNWATCH] = { serve_unwatch, PATH | SPECIAL | NO_TXN },
	[XS_TRANSACTION_START] = { serve_transaction_start, 0 },
	[XS_TRANSACTION_END] = { serve_transaction_end, ONE_STRING },
	[XS_INTRODUCE] = { serve_introduce, PRIVILEGED },
	[XS_RELEASE] = { serve_release, PRIVILEGED | ONE_STRING },
	[XS_GET_DOMAIN_PATH] = { serve_get_domain_path, ONE_STRING },
	[XS_WRITE] = { serve_write, PATH },
	[XS_MKDIR] = { serve_mkdir, PATH | ONLY_PATH },
	[XS_RM] = { serve_rm, PATH | ONLY_PATH },
	[XS_SET_PERMS] = { serve_set_perms, PATH | SPECIAL },
	[XS_IS_DOMAIN_INTRODUCED] = { serve_is_domain_introduced,
				      PRIVILEGED | ONE_STRING },
	[XS_RESUME] = { serve_resume, PRIVILEGED | ONE_STRING },
	[XS_SET_TARGET] = { serve_set_target, PRIVILEGED },
	[XS_RESET_WATCHES] = { serve_reset_watches, 0 },
	[XS_DIRECTORY_PART] = { serve_directory_part, PATH },
	[XS_GET_FEATURE] = { serve_get_feature, 0 },
	[XS_SET_FEATURE] = { serve_set_feature, PRIVILEGED },
	[XS_GET_QUOTA] = { serve_get_quota, PRIVILEGED },
	[XS_SET_QUOTA] = { serve_set_quota, PRIVILEGED },
};

static size_t count_strings(const uint8_t *payload, size_t len)
{
	const uint8_t *end = payload + len;
	size_t n = 0;

	while (payload < end &&
	       (payload = memchr(payload, '\0', end - payload))) {
		payload++;
		n++;
	}

	return n;
}

static int parse_path(struct request *req, unsigned int flags)
{
	const struct conn *conn = req->conn;
	const char *given = span_cstr(&req->args);

	if (!given || (flags & ONLY_PATH && req->args.left))
		return -EINVAL;

	return path_parse(req->path, conn->who.domid, given,
			  account_limit(conn->account, QUOTA_PATH_MAX),
			  flags & SPECIAL ? PATH_NODES_AND_SPECIALS
					  : PATH_NODES);
}

static int serve(struct request *req)
{
	const struct xs_header *header = req->header;
	unsigned int flags;
	int r;

	if (header->type >= XS_N_TYPES || !types[header->type].serve)
		return -ENOSYS;

	flags = types[header->type].flags;
	if (flags & PRIVILEGED && !req->conn->who.privileged)
		return -EACCES;
	if (header->tx_id && !(flags & NO_TXN)) {
		req->txn = txn_find(req->conn, header->tx_id);
		if (!req->txn)
			return -ENOENT;
	}

	req->n_strings = count_strings(req->args.at, req->args.left);
	if (flags & ONE_STRING &&
	    (req->n_strings != 1 || req->args.at[req->args.left - 1]))
		return -EINVAL;
	if (flags & PATH) {
		r = parse_path(req, flags);
		if (r < 0)
			return r;
	}

	return types[header->type].serve(req);
}

void request_serve(struct conn *conn, const struct xs_header *header,
		   const uint8_t *payload)
{
	struct path path;
	struct request req = {
		.conn = conn,
		.header = header,
		.path = &path,
		.args = span_of(payload, header->len),
	};
	int r;

	r = serve(&req);
	if (r < 0) {
		const char *name = xs_error_name(-r);

		conn_reply(conn, header, XS_ERROR, name, strlen(name) + 1);
	}
}
