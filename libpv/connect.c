/* SPDX-License-Identifier: MIT */

/*
 * connect - from what the guest says to a session that serves it.
 */

#include <errno.h>
#include <stdio.h>
#include <talloc.h>
#include <unistd.h>

#include "libpv/device.h"
#include "libpv/journal-file.h"

static void drained(void *arg)
{
	struct pv_device *dev = arg;

	TALLOC_FREE(dev->session);
	manager_drained(dev->pv);
	device_touch(dev);
}

static void broken(void *arg, const char *why)
{
	struct pv_device *dev = arg;

	pv_refuse(dev, -EPROTO, "%s", why);
	session_stop(dev->session);
	device_touch(dev);
}

static const char *journal_path(void *mem, const struct pv_device *dev)
{
	const char *dir = dev->pv->options->state;

	return talloc_asprintf(mem, "%s/%s-%u-%u", dir, dev->class, dev->guest,
			       dev->id);
}

static int open_journal(struct pv_device *dev, bool take_over,
			struct journal_record **journal)
{
	struct pv_session *session = dev->session;
	const char *path = journal_path(dev->step, dev);
	int r;

	if (!path)
		return -ENOMEM;

	r = journal_open(session, path, session_n_requests(session), take_over,
			 journal);
	if (r < 0)
		return pv_fail(dev, r,
			       take_over ? "what is in flight is not known"
					 : "cannot keep a journal");

	return 0;
}

static int start(struct pv_device *dev, bool take_over)
{
	struct journal_record *journal;
	const char *why;
	int r = open_journal(dev, take_over, &journal);

	if (r < 0)
		return r;

	r = session_start(dev->session, journal, &why);
	if (r == -EPROTO)
		return pv_refuse(dev, r, "%s", why);
	if (r < 0)
		return pv_fail(dev, r, "%s", why);

	dev->stats.count[STAT_SESSIONS]++;
	return 0;
}

static struct pv_session *new_session(struct pv_device *dev)
{
	const struct session_events events = { drained, broken, dev };
	struct pv *pv = dev->pv;
	struct pv_session *session =
		session_new(dev, pv->backend, pv->loop, pv->hv, &events);

	if (session) {
		session->log = dev->log;
		session->stats = &dev->stats;
		session->guest = dev->guest;
	}
	return session;
}

int connect_session(struct pv_device *dev, bool take_over)
{
	int r;

	dev->session = new_session(dev);
	if (!dev->session)
		return -ENOMEM;

	r = dev->pv->backend->connect(dev, dev->session->setup);
	if (r == 0)
		r = start(dev, take_over);
	if (r < 0)
		TALLOC_FREE(dev->session);
	else
		TALLOC_FREE(dev->last_fault);

	return r;
}

void connect_forget(struct pv_device *dev)
{
	const char *path = journal_path(dev->step, dev);

	if (path)
		unlink(path);
}

/* What the guest says of its rings. */

static int read_u32(struct pv_device *dev, const char *path, const char *key,
		    uint32_t *value)
{
	char whole[64];
	int r;

	snprintf(whole, sizeof(whole), "%s%s", path, key);
	r = pv_guest_u32(dev, whole, value);
	return r < 0 ? pv_refuse(dev, r, "%s: no number", whole) : 0;
}

/* -ENOENT if there is no such key. */
static int read_order(struct pv_device *dev, const char *path,
		      unsigned int max_order, uint32_t *order)
{
	char key[64];
	int r;

	snprintf(key, sizeof(key), "%sring-page-order", path);
	r = pv_guest_u32(dev, key, order);
	if (r == -ENOENT)
		return r;
	if (r < 0 || *order > max_order)
		return pv_refuse(dev, -EINVAL, "%s: not up to %u", key,
				 max_order);

	return 0;
}

/* Some write that the order is 0, and yet do as if they had not. */
static bool is_numbered(struct pv_device *dev, const char *path, uint32_t order)
{
	char key[64];

	snprintf(key, sizeof(key), "%sring-ref0", path);
	return order > 0 || pv_guest_key(dev, key);
}

static int read_refs(struct pv_device *dev, const char *path,
		     unsigned int max_order, struct session_ring *ring)
{
	uint32_t order = 0;
	char key[24];
	int r = read_order(dev, path, max_order, &order);

	ring->n_refs = 1;
	if (r == -ENOENT || (r == 0 && !is_numbered(dev, path, order)))
		return read_u32(dev, path, "ring-ref", &ring->refs[0]);
	if (r < 0)
		return r;

	ring->n_refs = 1U << order;
	for (unsigned int i = 0; i < ring->n_refs && r == 0; i++) {
		snprintf(key, sizeof(key), "ring-ref%u", i);
		r = read_u32(dev, path, key, &ring->refs[i]);
	}

	return r;
}

int pv_ring(struct pv_device *dev, const char *path,
	    const struct ring_protocol *protocol, unsigned int max_order)
{
	struct pv_session *session = dev->session;
	struct session_ring *ring = &session->rings[session->n_rings];
	int r;

	if (session->n_rings == SESSION_RINGS_MAX || max_order > RING_ORDER_MAX)
		return -ENOSPC;

	r = read_refs(dev, path, max_order, ring);
	if (r < 0)
		return r;
	r = read_u32(dev, path, "event-channel", &ring->port);
	if (r < 0)
		return r;

	ring->protocol = protocol;
	session->n_rings++;
	return 0;
}

int pv_give_fd(struct pv_device *dev, int fd)
{
	struct pv_session *session = dev->session;

	if (session->n_fds == SESSION_FDS_MAX) {
		close(fd);
		return -ENOSPC;
	}

	session->fds[session->n_fds++] = fd;
	return 0;
}
