/* SPDX-License-Identifier: MIT */

#include "xenstored/serve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "xenstored/control.h"

static int list_quotas(struct request *req)
{
	char text[512] = "";
	size_t len = 0;

	for (size_t i = 0; i < QUOTA_N_KINDS; i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s",
				len ? " " : "", quota_name(i));

	return reply_text(req, text);
}

static int take_quota(struct request *req, enum quota *kind)
{
	const char *name = span_cstr(&req->args);

	return name ? quota_by_name(name, kind) : -EINVAL;
}

int serve_get_quota(struct request *req)
{
	struct domain *domain;
	enum quota kind;
	int r;

	if (req->n_strings > 2)
		return -EINVAL;
	if (!req->n_strings)
		return list_quotas(req);

	if (req->n_strings == 1) {
		r = take_quota(req, &kind);
		return r < 0 ? r
			     : reply_number(req, req->conn->server->options
							 .limits.max[kind]);
	}

	r = take_domain(req, &domain);
	if (r == 0)
		r = take_quota(req, &kind);
	return r < 0 ? r
		     : reply_number(req, account_quota(&domain->account, kind));
}

int serve_set_quota(struct request *req)
{
	struct domain *domain = NULL;
	enum quota kind;
	uint32_t value;
	int r = 0;

	if (req->n_strings < 2 || req->n_strings > 3)
		return -EINVAL;
	if (req->n_strings == 3)
		r = take_domain(req, &domain);
	if (r == 0)
		r = take_quota(req, &kind);
	if (r == 0)
		r = take_number(req, &value);
	if (r < 0)
		return r;
	if (value == QUOTA_INHERIT)
		return -EINVAL;

	if (domain)
		domain->account.own[kind] = value;
	else
		req->conn->server->options.limits.max[kind] = value;
	return reply_ok(req);
}

int serve_control(struct request *req)
{
	char *text = NULL;
	int r;

	r = control_run(req->conn, req->args, &text);
	if (r == 0)
		r = strlen(text) < XS_PAYLOAD_MAX ? reply_text(req, text)
						  : -E2BIG;
	talloc_free(text);
	return r;
}
