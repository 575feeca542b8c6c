/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * dir - the files of $XENSIM_DIR.
 *
 *     hypervisor        the socket for everything below
 *     N/                what programs in domain N find in /proc/xen, /dev/xen
 *     N/capabilities
 *     N/xsd_kva         domain 0: the page that xenstored is to serve
 *     N/xsd_port        domain 0: the port that it is to bind
 *     N/xenbus          the way to xenstored through the domain's page
 *     N/xenstored/      what they find in /run/xenstored
 *     N/run/            and in /run/xen
 *     N/log/            and in /var/log/xen
 */

#include "sim/hypervisor/machine.h"

struct domain;

/* A listening socket of @type (SOCK_...) in file @name. */
int dir_listen(struct machine *machine, const char *name, int type, int *fd);
void dir_remove_socket(struct machine *machine, const char *name);

/* A folder and all that is in it. */
void dir_remove(const char *path);

/* Make a domain's folder, if there is none yet, and remove it. */
int dir_settle_in(struct domain *domain);
void dir_clear_out(struct domain *domain);
