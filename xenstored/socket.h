/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * socket - clients of our own domain, on a Unix socket.
 */

struct server;

/* Listen on @path, which is made anew, for the administrator only. */
int socket_listen(struct server *server, const char *path);

/* Listen on a socket that listens already. */
int socket_listen_on(struct server *server, int fd);

/* Serve one client on a connected socket, which becomes ours. */
int socket_adopt(struct server *server, int fd);
