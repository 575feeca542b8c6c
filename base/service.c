/* SPDX-License-Identifier: MIT */

#include "base/service.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/cleanup.h"

void service_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	CLEANUP(cleanup_fd) int fd = -1;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = path ? strlen(path) : 0;

	if (!len || len >= sizeof(addr.sun_path))
		return;

	memcpy(addr.sun_path, path, len);
	if (addr.sun_path[0] == '@')
		addr.sun_path[0] = '\0';

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
			     (struct sockaddr *)&addr,
			     offsetof(struct sockaddr_un, sun_path) + len);
}

/* In the starter: its status is 0 if a byte comes, 1 if nobody is left who
 * could send one. */
static void wait_until_ready(int fd)
{
	char byte;

	_exit(read(fd, &byte, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

int service_detach(int *ready_fd)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;

	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return -errno;
	}
	if (pid > 0) {
		close(ends[1]);
		wait_until_ready(ends[0]);
	}

	close(ends[0]);
	*ready_fd = ends[1];
	return setsid() < 0 || chdir("/") < 0 ? -errno : 0;
}

void service_is_ready(int *ready_fd)
{
	int fd = take_fd(*ready_fd);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = STDIN_FILENO; null >= 0 && i <= STDERR_FILENO; i++)
		dup2(null, i);
	if (null > STDERR_FILENO)
		close(null);

	if (write(fd, "", 1) < 0)
		syslog(LOG_WARNING, "the starter did not wait: %m");
	close(fd);
}

int service_pid_file(const char *path)
{
	CLEANUP(cleanup_fd)
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", getpid());

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETLK, &lock) < 0)
		return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
	if (ftruncate(fd, 0) < 0 || write(fd, text, len) != len)
		return -errno;

	(void)take_fd(fd); /* the lock lasts as long as it is open */
	return 0;
}

void service_open_syslog(const char *name)
{
	openlog(name, LOG_PID, LOG_DAEMON);
}

void service_write_syslog(void *arg, enum log_level level, const char *line)
{
	static const int priority[] = {
		[LOG_LEVEL_HOST] = LOG_ERR,
		[LOG_LEVEL_GUEST] = LOG_WARNING,
		[LOG_LEVEL_INFO] = LOG_INFO,
		[LOG_LEVEL_DEBUG] = LOG_DEBUG,
	};

	(void)arg;
	syslog(priority[level], "%s", line);
}
