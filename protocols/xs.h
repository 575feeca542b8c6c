/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xs - the xenstore wire: messages, errors, and a guest's ring page.
 *
 * A message is a header and up to XS_PAYLOAD_MAX bytes, the same on a socket
 * and on a ring, in the byte order of the host.  Sources: docs/misc/
 * xenstore.txt, docs/misc/xenstore-ring.txt, xen/io/xs_wire.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum xs_type {
	XS_CONTROL,
	XS_DIRECTORY,
	XS_READ,
	XS_GET_PERMS,
	XS_WATCH,
	XS_UNWATCH,
	XS_TRANSACTION_START,
	XS_TRANSACTION_END,
	XS_INTRODUCE,
	XS_RELEASE,
	XS_GET_DOMAIN_PATH,
	XS_WRITE,
	XS_MKDIR,
	XS_RM,
	XS_SET_PERMS,
	XS_WATCH_EVENT,
	XS_ERROR,
	XS_IS_DOMAIN_INTRODUCED,
	XS_RESUME,
	XS_SET_TARGET,
	/* 20 was RESTRICT; it was removed from the protocol. */
	XS_RESET_WATCHES = 21,
	XS_DIRECTORY_PART,
	XS_GET_FEATURE,
	XS_SET_FEATURE,
	XS_GET_QUOTA,
	XS_SET_QUOTA,
	XS_N_TYPES,
};

struct xs_header {
	uint32_t type;
	uint32_t req_id; /* the client's, echoed in the reply */
	uint32_t tx_id;  /* 0 outside of transactions */
	uint32_t len;    /* of the payload, which follows */
};

#define XS_PAYLOAD_MAX  4096
#define XS_ABS_PATH_MAX 3072
#define XS_REL_PATH_MAX 2048

/* What an error is called in the payload of XS_ERROR: "ENOENT" for ENOENT,
 * "EINVAL" for what the wire has no name for. */
const char *xs_error_name(int error);

/* The other way; EINVAL for a name that is not in the list. */
int xs_error_number(const void *name, size_t len);

#define XS_RING_SIZE 1024

/* The page that a guest shares with xenstored. */
struct xs_page {
	uint8_t req[XS_RING_SIZE]; /* from the guest */
	uint8_t rsp[XS_RING_SIZE]; /* to the guest */
	uint32_t req_cons, req_prod;
	uint32_t rsp_cons, rsp_prod;
	uint32_t features;   /* XS_FEATURE_*, by xenstored */
	uint32_t connection; /* enum xs_connection */
	uint32_t error;      /* enum xs_page_error, by xenstored */
	uint32_t evtchn_port;
};

enum {
	XS_FEATURE_RECONNECTION = 1 << 0,
	XS_FEATURE_ERROR = 1 << 1,
	XS_FEATURE_WATCH_DEPTH = 1 << 2,
	XS_FEATURE_DOMID_ANY = 1 << 3,
	XS_FEATURES_ALL = (1 << 4) - 1,
};

enum xs_connection { XS_CONNECTED, XS_RECONNECT };

enum xs_page_error {
	XS_PAGE_OK,
	XS_PAGE_COMMUNICATION,
	XS_PAGE_INDICES,
	XS_PAGE_PROTOCOL,
};
