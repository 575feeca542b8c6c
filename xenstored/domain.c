/* SPDX-License-Identifier: MIT */

#include "xenstored/domain.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "protocols/shared.h"
#include "protocols/xs.h"
#include "xenstored/conn.h"
#include "xenstored/guest.h"
#include "xenstored/server.h"
#include "xenstored/watch.h"

#define STORE_GRANT 1 /* GNTTAB_RESERVED_XENSTORE: a guest's ring page */
#define CHUNK       256

/* All domains by their number, in two steps: few of 65536 exist. */
struct domains {
	struct domain **chunk[(UINT16_MAX + 1) / CHUNK];
	size_t n_targeting; /* domains that act for another */
	struct hv_port *changes;
};

static void check_all(void *arg);

struct domains *domains_new(struct server *server)
{
	struct domains *domains = talloc_zero(server, struct domains);

	if (domains && hv_watch_domains(domains, server->hv, check_all, server,
					&domains->changes) < 0)
		TALLOC_FREE(domains);

	return domains;
}

struct domain *domain_find(const struct domains *domains, domid_t id)
{
	struct domain **chunk = domains->chunk[id / CHUNK];

	return chunk ? chunk[id % CHUNK] : NULL;
}

struct domain *domain_next(const struct domains *domains, int id)
{
	for (id++; id <= UINT16_MAX; id++) {
		if (!domains->chunk[id / CHUNK])
			id |= CHUNK - 1;
		else if (domains->chunk[id / CHUNK][id % CHUNK])
			return domains->chunk[id / CHUNK][id % CHUNK];
	}

	return NULL;
}

static bool is_privileged(const struct server *server, domid_t id)
{
	return id == server->options.priv;
}

static struct domain *add(struct server *server, domid_t id)
{
	struct domains *domains = server->domains;
	struct domain ***chunk = &domains->chunk[id / CHUNK];
	struct domain *domain;

	if (!*chunk)
		*chunk = talloc_zero_array(domains, struct domain *, CHUNK);
	if (!*chunk)
		return NULL;

	domain = talloc_zero(*chunk, struct domain);
	if (!domain)
		return NULL;

	domain->id = domain->target = id;
	domain->features = XS_FEATURES_ALL;
	account_init(&domain->account, &server->options.limits,
		     is_privileged(server, id));
	(*chunk)[id % CHUNK] = domain;
	return domain;
}

int domains_know_ours(struct server *server)
{
	if (!add(server, server->options.domid))
		return -ENOMEM;
	if (server->options.priv != server->options.domid &&
	    !add(server, server->options.priv))
		return -ENOMEM;

	return 0;
}

static const struct hv_domain *find_in(const struct hv_domain *all, size_t n,
				       domid_t id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (all[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}

	return low < n && all[low].id == id ? &all[low] : NULL;
}

static bool is_alive(const struct hv_domain *info)
{
	return info && !info->dying;
}

/* A domain with the number of another that is gone. */
static bool is_another(const struct domain *domain,
		       const struct hv_domain *info)
{
	return memcmp(domain->uuid, info->uuid, sizeof(info->uuid)) != 0;
}

/* What the hypervisor knows of a living domain. */
static int inquire(struct server *server, domid_t id, struct hv_domain *result)
{
	CLEANUP(cleanup_talloc) struct hv_domain *all = NULL;
	const struct hv_domain *info;
	size_t n;
	int r;

	r = hv_domains(NULL, server->hv, &all, &n);
	if (r < 0)
		return r;
	info = find_in(all, n, id);
	if (!is_alive(info))
		return -ENOENT;

	*result = *info;
	return 0;
}

static int add_alive(struct server *server, const struct hv_domain *info,
		     struct domain **result)
{
	struct domain *domain = add(server, info->id);

	if (!domain)
		return -ENOMEM;

	memcpy(domain->uuid, info->uuid, sizeof(domain->uuid));
	domain->shut_down = info->shut_down;
	*result = domain;
	return 0;
}

int domain_get(struct server *server, domid_t id, struct domain **result)
{
	struct hv_domain info;
	int r;

	*result = domain_find(server->domains, id);
	if (*result)
		return 0;

	r = inquire(server, id, &info);
	return r < 0 ? r : add_alive(server, &info, result);
}

static void tell(struct server *server, enum special special, domid_t id)
{
	watches_fire_domain(server->watches, store_special_name(special), id,
			    server->store.special[special]);
}

static void tell_plainly(struct server *server, enum special special)
{
	watches_fire_special(server->watches, store_special_name(special),
			     server->store.special[special]);
}

/* Forgetting */

static void set_target(struct server *server, struct domain *domain,
		       domid_t target)
{
	server->domains->n_targeting -= domain->target != domain->id;
	server->domains->n_targeting += target != domain->id;
	domain->target = target;
	if (domain->conn)
		domain->conn->who.target = target;
}

static void forget_as_target(struct server *server, domid_t id)
{
	struct domain *domain;

	if (!server->domains->n_targeting)
		return;

	for (int next = -1; (domain = domain_next(server->domains, next));
	     next = domain->id) {
		if (domain->target == id)
			set_target(server, domain, domain->id);
	}
}

/* Forget a domain and what it has.  Its watches go first, so that it is not
 * told of the end of its own nodes. */
static void forget(struct server *server, struct domain *domain)
{
	domid_t id = domain->id;

	if (domain->conn)
		guest_close(domain->conn);
	store_forget_domain(server, id);
	set_target(server, domain, id);
	forget_as_target(server, id);
	server->domains->chunk[id / CHUNK][id % CHUNK] = NULL;
	talloc_free(domain);
}

static bool is_ours(const struct server *server, domid_t id)
{
	return id == server->options.domid || id == server->options.priv;
}

/* Introducing */

static int new_guest(struct server *server, struct domain *domain,
		     struct hv_pages *page, evtchn_port_t port,
		     enum guest_ring ring)
{
	const struct who who = {
		.domid = domain->id,
		.target = domain->target,
		.privileged = is_privileged(server, domain->id),
	};
	int r;

	r = guest_new(server, &who, &domain->account, page, port,
		      domain->features, ring, &domain->conn);
	if (r < 0) {
		talloc_free(page);
		return r;
	}

	domain->introduced = true;
	return 0;
}

static int introduce(struct server *server, struct domain *domain,
		     evtchn_port_t port)
{
	const grant_ref_t ref = STORE_GRANT;
	struct hv_pages *page;
	const struct xs_page *shared;
	evtchn_port_t own;
	int r;

	r = hv_map(server, server->hv, domain->id, &ref, 1, HV_READ_WRITE,
		   &page);
	if (r < 0)
		return r;

	shared = hv_pages_at(page);
	own = shared_read(&shared->evtchn_port);
	return new_guest(server, domain, page, own ?: port, GUEST_RING_NEW);
}

/* The domain that has this number now.  What we know may be of another one,
 * whose end we have not heard of yet. */
static int get_present(struct server *server, domid_t id,
		       struct domain **result)
{
	struct domain *domain = domain_find(server->domains, id);
	struct hv_domain info;
	int r;

	*result = domain;
	if (is_ours(server, id))
		return 0;

	r = inquire(server, id, &info);
	if (r < 0)
		return r;
	if (domain && is_another(domain, &info))
		forget(server, domain);
	else if (domain)
		return 0;

	return add_alive(server, &info, result);
}

int domain_introduce(struct server *server, domid_t id, evtchn_port_t port)
{
	struct domain *domain = domain_find(server->domains, id);
	int r;

	/* Its page, which we have, keeps its number from being used again. */
	if (domain && domain->introduced)
		return guest_reconnect(domain->conn, port);

	r = get_present(server, id, &domain);
	if (r < 0)
		return r;

	r = introduce(server, domain, port);
	if (r < 0 || is_privileged(server, id))
		return r;

	tell_plainly(server, SPECIAL_INTRODUCE);
	tell(server, SPECIAL_INTRODUCE, id);
	return 0;
}

/* The domain that we are in, whose kernel has a page and a port for us. */
int domain_introduce_self(struct server *server)
{
	struct domain *domain =
		domain_find(server->domains, server->options.domid);
	struct hv_pages *page;
	evtchn_port_t port;
	int r;

	r = hv_store_page(server, server->hv, &page, &port);
	if (r < 0)
		return r;

	/* Our kernel may have asked already. */
	return new_guest(server, domain, page, port, GUEST_RING_IN_USE);
}

/* Ends */

int domain_release(struct server *server, domid_t id)
{
	struct domain *domain = domain_find(server->domains, id);

	if (is_ours(server, id))
		return -EINVAL;
	if (!domain || !domain->introduced)
		return -ENOENT;

	forget(server, domain);
	tell_plainly(server, SPECIAL_RELEASE);
	tell(server, SPECIAL_RELEASE, id);
	return 0;
}

int domain_resume(struct server *server, domid_t id)
{
	struct domain *domain = domain_find(server->domains, id);

	if (!domain || !domain->introduced)
		return -ENOENT;

	domain->shut_down = false;
	return 0;
}

int domain_set_target(struct server *server, domid_t id, domid_t target)
{
	struct domain *domain = domain_find(server->domains, id);

	if (!domain || !domain->introduced ||
	    !domain_is_introduced(server, target))
		return -ENOENT;

	set_target(server, domain, target);
	return 0;
}

bool domain_is_introduced(struct server *server, domid_t id)
{
	const struct domain *domain = domain_find(server->domains, id);

	return domain && domain->introduced;
}

/* Whether something happened to the domain that others wait for. */
static bool check(struct server *server, struct domain *domain,
		  const struct hv_domain *info)
{
	bool introduced = domain->introduced;
	domid_t id = domain->id;

	if (!is_alive(info) || is_another(domain, info)) {
		forget(server, domain);
		if (introduced)
			tell(server, SPECIAL_RELEASE, id);
		return introduced;
	}
	if (!info->shut_down || domain->shut_down || !introduced)
		return false;

	domain->shut_down = true;
	tell(server, SPECIAL_RELEASE, id);
	return true;
}

/* Some domains ended: tell of each, and once of all. */
static void check_all(void *arg)
{
	CLEANUP(cleanup_talloc) struct hv_domain *all = NULL;
	struct server *server = arg;
	struct domain *domain;
	bool happened = false;
	size_t n;
	int r;

	hv_unmask(server->domains->changes);
	r = hv_domains(NULL, server->hv, &all, &n);
	if (r < 0) {
		log_host(server->log, "cannot list the domains: %s",
			 strerror(-r));
		return;
	}

	for (int id = -1; (domain = domain_next(server->domains, id));) {
		id = domain->id;
		if (is_ours(server, id))
			continue;
		happened |= check(server, domain, find_in(all, n, id));
	}

	if (happened)
		tell_plainly(server, SPECIAL_RELEASE);
}
