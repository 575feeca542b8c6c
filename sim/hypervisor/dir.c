/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <talloc.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "sim/hypervisor/domain.h"

#define BACKLOG 128

int dir_listen(struct machine *machine, const char *name, int type, int *result)
{
	CLEANUP(cleanup_fd)
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int len = snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s",
			   machine->dir, name);

	if (fd < 0)
		return -errno;
	if (len < 0 || (size_t)len >= sizeof(at.sun_path))
		return -ENAMETOOLONG;
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return -errno;

	*result = take_fd(fd);
	return 0;
}

void dir_remove_socket(struct machine *machine, const char *name)
{
	CLEANUP(cleanup_talloc)
	char *path = talloc_asprintf(NULL, "%s/%s", machine->dir, name);

	if (path)
		unlink(path);
}

static int write_file(const char *dir, const char *name, const char *text)
{
	CLEANUP(cleanup_talloc)
	char *path = talloc_asprintf(NULL, "%s/%s", dir, name);
	CLEANUP(cleanup_fd) int fd = -1;
	size_t len = strlen(text);

	if (!path)
		return -ENOMEM;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return -errno;

	return 0;
}

/* The page is the first of the machine's memory: opening that is enough. */
static int offer_store(struct domain *domain, const char *dir)
{
	CLEANUP(cleanup_talloc)
	char *kva = talloc_asprintf(NULL, "%s/xsd_kva", dir);
	CLEANUP(cleanup_talloc)
	char *memory = talloc_asprintf(NULL, "/proc/%d/fd/%d", getpid(),
				       domain->machine->memory.fd);
	CLEANUP(cleanup_talloc)
	char *port = talloc_asprintf(NULL, "%u", domain->row->store_port);

	if (!kva || !memory || !port)
		return -ENOMEM;
	if (symlink(memory, kva) < 0)
		return -errno;

	return write_file(dir, "xsd_port", port);
}

static char *path_of(const struct domain *domain)
{
	return talloc_asprintf(NULL, "%s/%u", domain->machine->dir, domain->id);
}

/* Programs keep their own files in these. */
static int make_folders(const char *dir)
{
	static const char *const names[] = { "xenstored", "run", "log" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(cleanup_talloc)
		char *path = talloc_asprintf(NULL, "%s/%s", dir, names[i]);

		if (!path)
			return -ENOMEM;
		if (mkdir(path, 0755) < 0)
			return -errno;
	}

	return 0;
}

int dir_settle_in(struct domain *domain)
{
	CLEANUP(cleanup_talloc) char *dir = path_of(domain);
	bool is_control = domain->id == 0;
	int r;

	if (!dir)
		return -ENOMEM;
	if (mkdir(dir, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;

	r = make_folders(dir);
	if (r == 0)
		r = write_file(dir, "capabilities",
			       is_control ? "control_d\n" : "");
	if (r == 0 && is_control)
		r = offer_store(domain, dir);
	return r;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	remove(path);
	return 0;
}

void dir_remove(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void dir_clear_out(struct domain *domain)
{
	CLEANUP(cleanup_talloc) char *dir = path_of(domain);

	if (dir)
		dir_remove(dir);
}
