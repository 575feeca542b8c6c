/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * shared - the memory that a hypervisor and the programs on it have in common.
 *
 * There are two memfds.  One is the machine's memory, sparse, in frames of
 * SIM_FRAME_SIZE; the other holds the tables below.  The hypervisor process
 * writes the tables.  Programs change two kinds of fields, by atomics: the
 * state of a port and the counters.
 */

#include <stddef.h>
#include <stdint.h>

#define SIM_ABI          1
#define SIM_FRAME_SIZE   4096
#define SIM_FRAMES       (1u << 28) /* 1 TiB, which costs nothing until used */
#define SIM_PORTS        131072
#define SIM_DOMAINS      32752 /* ids from here on have a meaning of their own */
#define SIM_DOMID_SELF   32752
#define SIM_GRANT_FRAMES 64 /* of each domain's grant table */
#define SIM_GRANTS       (SIM_GRANT_FRAMES * SIM_FRAME_SIZE / 8)

/* What a hypervisor would be asked, counted for the domain that asks. */
enum sim_count {
	SIM_COUNT_NOTIFY,     /* notifications sent */
	SIM_COUNT_EVENT,      /* notifications that reached this domain */
	SIM_COUNT_MAP,        /* granted pages mapped */
	SIM_COUNT_UNMAP,      /* granted pages unmapped */
	SIM_COUNT_COPY,       /* pieces copied by grant */
	SIM_COUNT_COPY_BYTES, /* their bytes */
	SIM_COUNT_FOREIGN,    /* pages mapped by privilege */
	SIM_COUNT_SHARE,      /* pages granted to others */
	SIM_COUNT_CONTROL,    /* all that the hypervisor process was asked */
	SIM_N_COUNTS
};

enum sim_domain_state {
	SIM_DOMAIN_NONE,
	SIM_DOMAIN_ALIVE,
	SIM_DOMAIN_DYING, /* until the last of its pages is unmapped */
};

struct sim_domain {
	uint32_t state; /* enum sim_domain_state */
	uint32_t is_shut_down;
	uint32_t shutdown_reason;
	uint32_t is_paused;
	uint32_t first_frame; /* of its memory, which is contiguous */
	uint32_t n_frames;
	uint32_t grant_frame; /* the first of its grant table */
	uint32_t store_frame; /* the page it shares with xenstored */
	uint32_t console_frame;
	uint32_t store_port; /* its own end */
	uint32_t console_port;
	uint32_t n_mapped; /* pages of it that other domains have mapped */
	uint8_t uuid[16];
	uint64_t count[SIM_N_COUNTS];
};

enum sim_port_type {
	SIM_PORT_FREE,
	SIM_PORT_UNBOUND,     /* waits for somebody of remote_domid */
	SIM_PORT_INTERDOMAIN, /* the other end is remote */
	SIM_PORT_VIRQ,
};

/* One end of an event channel.  Numbers are unique across all domains, 0 is
 * none.  See events.h for the state. */
struct sim_port {
	uint32_t state;
	uint32_t handle; /* to which events go, 0 if nobody listens */
	uint32_t type;   /* enum sim_port_type */
	uint32_t remote; /* a port, or the number of the virq */
	uint16_t domid;
	uint16_t remote_domid;
	uint32_t unused;
	uint64_t n_notified; /* by this end */
};

struct sim_tables {
	uint32_t abi;         /* SIM_ABI */
	uint32_t domains_end; /* ids from here on were never used */
	uint64_t boot;        /* tells one hypervisor from the next */
	uint32_t copy_fault; /* the n-th grant copy from now on fails; 0 none */
	struct sim_domain domain[SIM_DOMAINS];
	struct sim_port port[SIM_PORTS];
};

/* A handle's number: the hypervisor's slot for it, and how often that slot
 * was used before. */
#define SIM_HANDLES 65536

static inline uint32_t sim_handle_slot(uint32_t handle)
{
	return handle % SIM_HANDLES;
}

static inline void sim_count(struct sim_tables *tables, uint16_t domid,
			     enum sim_count what, uint64_t n)
{
	if (domid < SIM_DOMAINS)
		__atomic_fetch_add(&tables->domain[domid].count[what], n,
				   __ATOMIC_RELAXED);
}
