/* SPDX-License-Identifier: MIT */

/*
 * preload - libxensim-preload.so: the files of /proc/xen and /dev/xen, for
 * programs that know nothing of a simulation.
 *
 * Calls that take a path get another one, if it is one of those in paths.c.
 * To open /dev/xen/xenbus is to connect to a socket here.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/preload/paths.h"

#define HOOK __attribute__((visibility("default")))

/* The function that would have been called without us. */
#define NEXT(fn) ((typeof(&(fn)))(uintptr_t)dlsym(RTLD_NEXT, #fn))

static int connect_to(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}

	strcpy(at.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    NEXT(connect)(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int open_here(int dir, const char *path, int flags, mode_t mode)
{
	char space[PATH_MAX];
	const char *here = path_here(path, space);
	int fd = NEXT(openat)(dir, here, flags, mode);

	if (fd < 0 && errno == ENXIO && here != path)
		fd = connect_to(here);
	return fd;
}

/* The mode, if there is one; what is read otherwise is not used. */
static mode_t mode_of(int flags, va_list args)
{
	return flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
}

HOOK int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_here(AT_FDCWD, path, flags, mode);
}

HOOK int openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_here(dir, path, flags, mode);
}

int __open_2(const char *path, int flags);

HOOK int __open_2(const char *path, int flags)
{
	return open_here(AT_FDCWD, path, flags, 0);
}

HOOK FILE *fopen(const char *path, const char *mode)
{
	char space[PATH_MAX];

	return NEXT(fopen)(path_here(path, space), mode);
}

HOOK int stat(const char *path, struct stat *st)
{
	char space[PATH_MAX];

	return NEXT(stat)(path_here(path, space), st);
}

HOOK int stat64(const char *path, struct stat64 *st)
{
	char space[PATH_MAX];

	return NEXT(stat64)(path_here(path, space), st);
}

HOOK int lstat64(const char *path, struct stat64 *st)
{
	char space[PATH_MAX];

	return NEXT(lstat64)(path_here(path, space), st);
}

HOOK int lstat(const char *path, struct stat *st)
{
	char space[PATH_MAX];

	return NEXT(lstat)(path_here(path, space), st);
}

HOOK int access(const char *path, int mode)
{
	char space[PATH_MAX];

	return NEXT(access)(path_here(path, space), mode);
}

HOOK int chmod(const char *path, mode_t mode)
{
	char space[PATH_MAX];

	return NEXT(chmod)(path_here(path, space), mode);
}

HOOK int chown(const char *path, uid_t uid, gid_t gid)
{
	char space[PATH_MAX];

	return NEXT(chown)(path_here(path, space), uid, gid);
}

HOOK int mkdir(const char *path, mode_t mode)
{
	char space[PATH_MAX];

	return NEXT(mkdir)(path_here(path, space), mode);
}

HOOK int unlink(const char *path)
{
	char space[PATH_MAX];

	return NEXT(unlink)(path_here(path, space));
}

HOOK int rename(const char *from, const char *to)
{
	char here[PATH_MAX], there[PATH_MAX];

	return NEXT(rename)(path_here(from, here), path_here(to, there));
}

/* Sockets: an address that is a path may have to become another. */

static const struct sockaddr *address_here(const struct sockaddr *addr,
					   socklen_t *len,
					   struct sockaddr_un *at)
{
	size_t room = *len > offsetof(struct sockaddr_un, sun_path)
			      ? *len - offsetof(struct sockaddr_un, sun_path)
			      : 0;
	char path[sizeof(at->sun_path) + 1] = "";
	char space[PATH_MAX];
	const char *here;

	if (room == 0 || room > sizeof(at->sun_path) ||
	    addr->sa_family != AF_UNIX)
		return addr;

	memcpy(path, ((const struct sockaddr_un *)(const void *)addr)->sun_path,
	       room);
	here = path_here(path, space);
	if (here == path || strlen(here) >= sizeof(at->sun_path))
		return addr;

	*at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strcpy(at->sun_path, here);
	*len = sizeof(*at);
	return (const struct sockaddr *)at;
}

HOOK int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct sockaddr_un at;

	addr = address_here(addr, &len, &at);
	return NEXT(bind)(fd, addr, len);
}

HOOK int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct sockaddr_un at;

	addr = address_here(addr, &len, &at);
	return NEXT(connect)(fd, addr, len);
}

/* Whoever mapped pages through Xen's libraries may unmap them by himself.
 * libxensim.so wants to know, if it is there. */
HOOK void (*xensim_unmapping)(void *at, size_t len);

HOOK int munmap(void *at, size_t len)
{
	if (xensim_unmapping)
		xensim_unmapping(at, len);

	return NEXT(munmap)(at, len);
}

/* Daemons that want more descriptors than they may have get what there is,
 * as not everybody who simulates a host may raise limits as on a real one. */
HOOK int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	struct rlimit less;

	if (NEXT(setrlimit)(resource, limit) == 0)
		return 0;
	if (errno != EPERM || resource != RLIMIT_NOFILE ||
	    getrlimit(resource, &less) < 0)
		return -1;

	less.rlim_cur = less.rlim_max;
	return NEXT(setrlimit)(resource, &less);
}

/* The names under which these are called where files can be large are the
 * same functions on 64-bit hosts. */
HOOK int open64(const char *path, int flags, ...)
	__attribute__((alias("open")));
HOOK int openat64(int dir, const char *path, int flags, ...)
	__attribute__((alias("openat")));
int __open64_2(const char *path, int flags)
	__attribute__((alias("__open_2"), visibility("default")));
HOOK int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *limit)
	__attribute__((alias("setrlimit")));
HOOK FILE *fopen64(const char *path, const char *mode)
	__attribute__((alias("fopen")));
