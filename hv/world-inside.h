/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * world-inside - what the files of the world share.
 *
 *     world > memory
 *           > domain > grants, channels
 *     handle, pages, port, watch: children of whoever asked
 *
 * The latter are linked: domain > handle > pages, port, watch.  They are cut
 * off (their upward pointers become NULL) when what they are linked to is
 * freed or destroyed first.  What others map of a destroyed domain keeps it,
 * as dying.
 */

#include "base/list.h"
#include "hv/ops.h"
#include "hv/world.h"

struct world {
	struct loop *loop;
	struct memory *memory;
	struct domain **domains; /* by ascending id */
	size_t n_domains;
	uint64_t n_created;
	evtchn_port_t changes; /* domain 0's port that tells of them, or 0 */
};

struct domain {
	struct world *world;
	domid_t id;
	bool shut_down;
	bool dying;
	uint8_t uuid[16];
	uint32_t store_frame;
	evtchn_port_t store_port;
	struct grant *grants; /* a talloc array, by reference */
	grant_ref_t first_free_ref;
	struct channel *channels; /* a talloc array, by number */
	evtchn_port_t first_free_port;
	size_t n_mapped; /* grants of it, now */
	struct list handles;
};

/* A program's connection. */
struct handle {
	struct hv base;
	struct list link;
	struct domain *domain; /* NULL once it is cut off */
	struct list pages;
	struct list ports;
	bool keeps_ports; /* that are freed */
	struct world_count count;
	enum world_call failing;
	unsigned int fails_in; /* calls; 0 for never */
	bool has_failed;
};

static inline struct handle *handle_of(struct hv *hv)
{
	return container_of(hv, struct handle, base);
}

/* Count a call.  0, or why it cannot be made. */
int handle_call(struct handle *handle, enum world_call call);

/* @table, an array of zeroed items, with room for twice as many.  NULL if there
 * is no memory; then @table is as it was. */
void *table_grow(void *mem, void *table, size_t item_size);

/* The living domain @id or NULL. */
struct domain *world_domain(struct world *world, domid_t id);

/* The domain is destroyed, or the program ends. */
void handle_cut_off(struct handle *handle);

/* Send an event to whoever watches domains. */
void domains_changed(struct world *world);

/* Free @domain, if it is dying and nobody maps pages of it any more. */
void domain_settle(struct domain *domain);

/* Memory: frames with a use count, zeroed and free after the last use. */
struct memory *memory_new(void *mem);
int frame_new(struct memory *memory, uint32_t *frame);
void frame_use(struct memory *memory, uint32_t frame);
void frame_drop(struct memory *memory, uint32_t frame);
int frames_map(struct memory *memory, const uint32_t *frames, size_t n,
	       enum hv_access access, void **at);
int frame_copy(struct memory *memory, uint32_t frame,
	       const struct hv_copy *copy);

/* Grants: @domain's entries, and what another one may do with them. */
int grants_new(struct domain *domain);
void grants_end(struct domain *domain);
int grant_new(struct domain *domain, domid_t peer, uint32_t frame,
	      enum hv_access access, grant_ref_t *ref);
void grant_end(struct domain *domain, grant_ref_t ref);
int grant_look(const struct domain *domain, grant_ref_t ref, domid_t peer,
	       enum hv_access access, uint32_t *frame);
void grant_map(struct domain *domain, grant_ref_t ref);
void grant_unmap(struct domain *domain, grant_ref_t ref);

/* Pages: what a program sees of grants. */
void pages_cut_off(struct handle *handle);
int world_map(void *mem, struct hv *hv, domid_t guest, const grant_ref_t *refs,
	      size_t n_refs, enum hv_access access, struct hv_pages **pages);
int world_share(void *mem, struct hv *hv, domid_t peer, size_t n_pages,
		enum hv_access access, grant_ref_t *refs,
		struct hv_pages **pages);
void world_copy(struct hv *hv, domid_t guest, struct hv_copy *copies, size_t n);
int world_store_page(void *mem, struct hv *hv, struct hv_pages **page,
		     evtchn_port_t *port);

/* Event channels. */
int channels_new(struct domain *domain);
void channels_close(struct domain *domain);
void ports_cut_off(struct handle *handle);
int world_bind(void *mem, struct hv *hv, domid_t remote,
	       evtchn_port_t remote_port, loop_fn *event, void *arg,
	       struct hv_port **port);
int world_offer(void *mem, struct hv *hv, domid_t remote, loop_fn *event,
		void *arg, struct hv_port **port);
int world_adopt(void *mem, struct hv *hv, evtchn_port_t number, loop_fn *event,
		void *arg, struct hv_port **port);
int world_watch_domains(void *mem, struct hv *hv, loop_fn *event, void *arg,
			struct hv_port **port);
void world_notify(struct hv_port *port);
void world_unmask(struct hv_port *port);
