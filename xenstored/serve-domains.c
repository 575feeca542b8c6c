/* SPDX-License-Identifier: MIT */

#include "xenstored/serve.h"

#include <errno.h>
#include <stdio.h>

#define DOMID_SELF 0x7ff0

int serve_introduce(struct request *req)
{
	uint32_t port;
	domid_t domid;
	int r;

	r = take_domid(req, &domid);
	if (r < 0)
		return r;
	if (!span_cstr(&req->args)) /* the gfn, which is not needed */
		return -EINVAL;
	r = take_number(req, &port);
	if (r < 0 || !port)
		return -EINVAL;

	return reply_ok_or(req,
			   domain_introduce(req->conn->server, domid, port));
}

int serve_release(struct request *req)
{
	domid_t domid;
	int r = take_domid(req, &domid);

	return r < 0 ? r
		     : reply_ok_or(req,
				   domain_release(req->conn->server, domid));
}

int serve_resume(struct request *req)
{
	domid_t domid;
	int r = take_domid(req, &domid);

	return r < 0 ? r
		     : reply_ok_or(req,
				   domain_resume(req->conn->server, domid));
}

int serve_set_target(struct request *req)
{
	domid_t domid, target;
	int r;

	r = take_domid(req, &domid);
	if (r == 0)
		r = take_domid(req, &target);
	if (r < 0)
		return r;

	return reply_ok_or(req,
			   domain_set_target(req->conn->server, domid, target));
}

int serve_get_domain_path(struct request *req)
{
	char path[PATH_HOME_MAX + 1];
	domid_t domid;
	int r;

	r = take_domid(req, &domid);
	if (r < 0)
		return r;

	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	return reply_text(req, path);
}

int serve_is_domain_introduced(struct request *req)
{
	domid_t domid;
	int r;

	r = take_domid(req, &domid);
	if (r < 0)
		return r;

	return reply_text(req, domid == DOMID_SELF ||
					       domain_is_introduced(
						       req->conn->server, domid)
				       ? "T"
				       : "F");
}

int serve_get_feature(struct request *req)
{
	struct domain *domain;
	int r;

	if (!req->n_strings)
		return reply_number(req, req->conn->features);
	if (!req->conn->who.privileged)
		return -EACCES;
	if (req->n_strings > 1)
		return -EINVAL;

	r = take_domain(req, &domain);
	return r < 0 ? r : reply_number(req, domain->features);
}

int serve_set_feature(struct request *req)
{
	struct domain *domain;
	uint32_t features;
	int r;

	r = take_domain(req, &domain);
	if (r == 0)
		r = take_number(req, &features);
	if (r < 0)
		return r;
	if (domain->introduced)
		return -EBUSY;
	if (features & ~XS_FEATURES_ALL)
		return -EINVAL;

	domain->features = features;
	return reply_ok(req);
}
