/* SPDX-License-Identifier: MIT */

#include "tests/lib/machine.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "base/log.h"
#include "guest/store.h"
#include "tests/lib/test.h"
#include "xenstored/server.h"
#include "xenstored/socket.h"

#define KEYS_MAX 32

static void hear(void *arg, enum log_level level, const char *line)
{
	struct machine *m = arg;

	m->logged = talloc_asprintf_append(m->logged, "%s\n", line);
}

bool machine_logged(const struct machine *m, const char *pattern)
{
	char *copy = talloc_strdup(m, m->logged);
	char *rest = copy, *line;
	bool found = false;

	while ((line = strsep(&rest, "\n")))
		found = found || fnmatch(pattern, line, 0) == 0;
	talloc_free(copy);
	return found;
}

void machine_settle(struct machine *m)
{
	loop_settle(m->loop);
}

void machine_wait_ms(struct machine *m, unsigned int ms)
{
	loop_advance(m->loop, (uint64_t)ms * 1000);
	machine_settle(m);
}

/* What the backend keeps over a crash */

static int remove_dir(char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
	return 0;
}

static const char *state_dir(struct machine *m)
{
	char *path = talloc_strdup(m, "/tmp/test-machine.XXXXXX");

	CHECK(mkdtemp(path));
	talloc_set_destructor(path, remove_dir);
	return path;
}

/* Programs */

static void lost(void *arg, int error)
{
	struct machine *m = arg;

	pv_attach(m->pv, NULL);
}

static struct xs_client *xs_connect(struct machine *m, void *mem)
{
	struct xs_client *xs;
	int ends[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	CHECK_EQ(socket_adopt(m->server, ends[0]), 0);
	CHECK_EQ(xs_open_fd(mem, m->loop, ends[1], lost, m, &xs), 0);
	return xs;
}

void machine_lose_xenstored(struct machine *m)
{
	pv_attach(m->pv, NULL);
	TALLOC_FREE(m->xs);
	machine_settle(m);
}

void machine_find_xenstored(struct machine *m)
{
	m->xs = xs_connect(m, m);
	CHECK_EQ(pv_attach(m->pv, m->xs), 0);
	machine_settle(m);
}

void machine_start_backend(struct machine *m)
{
	CHECK_EQ(hv_open_world(m, m->world, 0, &m->hv), 0);
	CHECK_EQ(pv_new(m->hv, m->loop, m->hv, m->log, m->backend, &m->options,
			&m->pv),
		 0);
	machine_find_xenstored(m);
}

void machine_kill_backend(struct machine *m)
{
	TALLOC_FREE(m->xs);
	TALLOC_FREE(m->pv);
	TALLOC_FREE(m->hv);
	machine_settle(m);
}

static void left(void *arg)
{
	bool *done = arg;

	*done = true;
}

void machine_end_backend(struct machine *m)
{
	bool done = false;

	pv_leave(m->pv, left, &done);
	machine_settle(m);
	CHECK(done);
	machine_kill_backend(m);
}

static int stop_backend(struct machine *m)
{
	machine_kill_backend(m);
	return 0;
}

struct machine *machine_new(struct test *t, const struct pv_backend *backend)
{
	struct machine *m = talloc_zero(t->mem, struct machine);
	struct server_options options;
	struct log *log;

	server_defaults(&options);
	m->logged = talloc_strdup(m, "");
	m->loop = loop_new_virtual(m);
	m->world = world_new(m, m->loop);
	log = log_open(m, m->loop, "xenstored", false, hear, m);
	CHECK_EQ(hv_open_world(m, m->world, 0, &m->store_hv), 0);
	CHECK_EQ(server_new(m, m->loop, m->store_hv, log, &options, &m->server),
		 0);

	m->log = log_open(m, m->loop, backend->name, false, hear, m);
	m->toolstack = xs_connect(m, m);
	m->backend = backend;
	m->options.state = state_dir(m);
	machine_start_backend(m);
	talloc_set_destructor(m, stop_backend);
	return m;
}

unsigned int machine_mapped_pages(const struct machine *m)
{
	return world_count(m->hv)->mapped_pages;
}

unsigned int machine_ports(const struct machine *m)
{
	return world_count(m->hv)->ports;
}

/* Nodes */

struct answer {
	void *mem;
	char *text;
	int error;
};

static void got(void *arg, int error, const char *data, size_t len)
{
	struct answer *answer = arg;

	answer->error = error;
	if (!error)
		answer->text = talloc_strndup(answer->mem, data, len);
}

static const char *get(struct machine *m, struct xs_client *xs,
		       const char *path)
{
	struct answer answer = { m, NULL, 1 };

	CHECK_EQ(xs_read(m, xs, NULL, path, got, &answer), 0);
	machine_settle(m);
	CHECK(answer.error <= 0);
	return answer.text;
}

const char *xs_get(struct machine *m, const char *path)
{
	return get(m, m->toolstack, path);
}

void xs_set(struct machine *m, const char *path, const char *value)
{
	if (value)
		CHECK_EQ(xs_write(m, m->toolstack, NULL, path, value, NULL,
				  NULL),
			 0);
	else
		CHECK_EQ(xs_rm(m, m->toolstack, NULL, path, NULL, NULL), 0);
	machine_settle(m);
}

static void make_dir(struct machine *m, const char *path, domid_t owner,
		     domid_t reader)
{
	char perms[512];
	int len = snprintf(perms, sizeof(perms), "%s%cn%u%cr%u", path, 0, owner,
			   0, reader);

	xs_mkdir(m, m->toolstack, NULL, path, NULL, NULL);
	xs_request(m, m->toolstack, NULL, XS_SET_PERMS, perms, len + 1, NULL,
		   NULL);
	machine_settle(m);
}

/* The toolstack */

void xl_create(struct machine *m, domid_t domid)
{
	struct hv_pages *page;
	evtchn_port_t port;
	char payload[64];
	struct hv *hv;
	int len;

	CHECK_EQ(world_create(m->world, domid), 0);
	CHECK_EQ(hv_open_world(m, m->world, domid, &hv), 0);
	CHECK_EQ(hv_store_page(hv, hv, &page, &port), 0);
	len = snprintf(payload, sizeof(payload), "%u%c1%c%u", domid, 0, 0,
		       port);
	talloc_free(hv);
	xs_request(m, m->toolstack, NULL, XS_INTRODUCE, payload, len + 1, NULL,
		   NULL);
	machine_settle(m);
}

/* Keys and their values, cut out of words. */
struct keys {
	char *key[KEYS_MAX];
	char *value[KEYS_MAX];
	unsigned int n;
};

static void set_key(struct keys *keys, char *word)
{
	char *key = strsep(&word, "=");
	unsigned int i = 0;

	while (i < keys->n && strcmp(keys->key[i], key))
		i++;
	CHECK(i < KEYS_MAX);
	keys->key[i] = key;
	keys->value[i] = word;
	if (i == keys->n)
		keys->n++;
}

static void set_keys(void *mem, struct keys *keys, const char *words)
{
	char *rest = talloc_strdup(mem, words), *word;

	while ((word = strsep(&rest, " "))) {
		if (*word)
			set_key(keys, word);
	}
}

/* The value of a key that is not for the directory. */
static const char *take_key(struct keys *keys, const char *key)
{
	for (unsigned int i = 0; i < keys->n; i++) {
		if (!strcmp(keys->key[i], key)) {
			const char *value = keys->value[i];

			keys->n--;
			keys->key[i] = keys->key[keys->n];
			keys->value[i] = keys->value[keys->n];
			return value;
		}
	}

	return NULL;
}

static void published(void *arg, int error)
{
	CHECK_EQ(error, 0);
}

static void write_keys(struct machine *m, const char *dir,
		       const struct keys *keys)
{
	struct xs_change changes[KEYS_MAX];

	for (unsigned int i = 0; i < keys->n; i++)
		changes[i] = (struct xs_change){
			talloc_asprintf(m, "%s/%s", dir, keys->key[i]),
			keys->value[i],
		};
	CHECK_EQ(xs_publish(m, m->toolstack, changes, keys->n, published, NULL),
		 0);
	machine_settle(m);
}

void xl_attach(struct machine *m, domid_t domid, const char *words)
{
	struct keys back = { .n = 0 }, front = { .n = 0 };
	void *mem = talloc_new(m);
	char *front_dir, *back_dir;
	const char *class, *id;

	set_keys(mem, &back,
		 "class=vbd id=51712 params=memory:16M mode=w online=1 "
		 "removable=0 bootable=1 state=1 dev=xvda type=phy "
		 "device-type=disk discard-enable=1");
	set_keys(mem, &back, words);
	class = take_key(&back, "class");
	id = take_key(&back, "id");
	front_dir = talloc_asprintf(mem, "/local/domain/%u/device/vbd/%s",
				    domid, id);
	back_dir = talloc_asprintf(mem, "/local/domain/0/backend/%s/%u/%s",
				   class, domid, id);

	set_keys(mem, &back,
		 talloc_asprintf(mem, "frontend=%s frontend-id=%u", front_dir,
				 domid));
	set_keys(mem, &front,
		 talloc_asprintf(mem,
				 "backend=%s backend-id=0 state=1 "
				 "virtual-device=%s device-type=disk",
				 back_dir, id));
	make_dir(m, front_dir, domid, 0);
	make_dir(m, back_dir, 0, domid);
	write_keys(m, front_dir, &front);
	write_keys(m, back_dir, &back);
	talloc_free(mem);
}

static const char *back_path(struct machine *m, domid_t domid, const char *key)
{
	return talloc_asprintf(m, "/local/domain/0/backend/vbd/%u/%d/%s", domid,
			       DISK, key);
}

const char *back_get(struct machine *m, domid_t domid, const char *key)
{
	return xs_get(m, back_path(m, domid, key));
}

void back_set(struct machine *m, domid_t domid, const char *key,
	      const char *value)
{
	xs_set(m, back_path(m, domid, key), value);
}

void xl_detach(struct machine *m, domid_t domid)
{
	struct xs_change changes[] = {
		{ back_path(m, domid, "online"), "0" },
		{ back_path(m, domid, "state"), "5" },
	};

	CHECK_EQ(xs_publish(m, m->toolstack, changes, 2, published, NULL), 0);
	machine_settle(m);
}

void xl_destroy(struct machine *m, domid_t domid)
{
	char path[64];

	snprintf(path, sizeof(path), "/local/domain/%u/device", domid);
	xs_set(m, path, NULL);
	xl_detach(m, domid);
	snprintf(path, sizeof(path), "/local/domain/0/backend/vbd/%u", domid);
	xs_set(m, path, NULL);
	CHECK_EQ(world_destroy(m->world, domid), 0);
	machine_settle(m);
}

/* A guest's kernel */

static void guest_lost(void *arg, int error)
{
	struct guest *guest = arg;

	TALLOC_FREE(guest->xs);
}

struct guest *guest_boot(struct machine *m, domid_t domid)
{
	struct guest *guest = talloc_zero(m, struct guest);

	guest->m = m;
	guest->domid = domid;
	CHECK_EQ(hv_open_world(guest, m->world, domid, &guest->hv), 0);
	CHECK_EQ(store_open(guest, m->loop, guest->hv, guest_lost, guest,
			    &guest->xs),
		 0);
	machine_settle(m);
	return guest;
}

const char *guest_get(struct guest *guest, const char *path)
{
	return get(guest->m, guest->xs, path);
}

void front_set(struct guest *guest, const char *key, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), "device/vbd/%d/%s", DISK, key);
	if (value)
		xs_write(guest, guest->xs, NULL, path, value, NULL, NULL);
	else
		xs_rm(guest, guest->xs, NULL, path, NULL, NULL);
}
