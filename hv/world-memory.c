/* SPDX-License-Identifier: MIT */

/*
 * world-memory - the frames of the world are the pages of one memfd.
 *
 * The same frame can thus be mapped at several places, with other rights at
 * each, and what was unmapped cannot be touched any more.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>

#include "hv/world-inside.h"

struct memory {
	int fd;
	unsigned int *uses; /* of each frame; a talloc array */
	uint32_t n_frames;
	uint32_t *free; /* a talloc array with room for all frames */
	uint32_t n_free;
};

static int close_memory(struct memory *memory)
{
	close(memory->fd);
	return 0;
}

struct memory *memory_new(void *mem)
{
	struct memory *memory = talloc_zero(mem, struct memory);

	if (!memory)
		return NULL;

	memory->fd = memfd_create("world", MFD_CLOEXEC);
	if (memory->fd < 0) {
		talloc_free(memory);
		return NULL;
	}

	talloc_set_destructor(memory, close_memory);
	return memory;
}

static off_t offset_of(uint32_t frame)
{
	return (off_t)frame * XEN_PAGE_SIZE;
}

/* Twice as many frames, the new ones free. */
static int grow(struct memory *memory)
{
	uint32_t old = memory->n_frames, new = old ? old * 2 : 64;
	unsigned int *uses;
	uint32_t *list;

	uses = talloc_realloc(memory, memory->uses, unsigned int, new);
	if (!uses)
		return -ENOMEM;
	memory->uses = uses;
	list = talloc_realloc(memory, memory->free, uint32_t, new);
	if (!list)
		return -ENOMEM;
	memory->free = list;
	if (ftruncate(memory->fd, offset_of(new)) < 0)
		return -errno;

	for (uint32_t frame = new; frame-- > old;) {
		uses[frame] = 0;
		list[memory->n_free++] = frame;
	}
	memory->n_frames = new;
	return 0;
}

int frame_new(struct memory *memory, uint32_t *frame)
{
	int r = memory->n_free ? 0 : grow(memory);

	if (r < 0)
		return r;

	*frame = memory->free[--memory->n_free];
	memory->uses[*frame] = 1;
	return 0;
}

void frame_use(struct memory *memory, uint32_t frame)
{
	memory->uses[frame]++;
}

void frame_drop(struct memory *memory, uint32_t frame)
{
	if (--memory->uses[frame])
		return;

	fallocate(memory->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		  offset_of(frame), XEN_PAGE_SIZE);
	memory->free[memory->n_free++] = frame;
}

/* How many of @frames, from the first, lie one after the other. */
static size_t run_length(const uint32_t *frames, size_t n)
{
	size_t run = 1;

	while (run < n && frames[run] == frames[0] + run)
		run++;

	return run;
}

int frames_map(struct memory *memory, const uint32_t *frames, size_t n,
	       enum hv_access access, void **at)
{
	int prot = access == HV_READ ? PROT_READ : PROT_READ | PROT_WRITE;
	uint8_t *base = mmap(NULL, n * XEN_PAGE_SIZE, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base == MAP_FAILED)
		return -errno;

	for (size_t i = 0, run; i < n; i += run) {
		run = run_length(frames + i, n - i);
		if (mmap(base + i * XEN_PAGE_SIZE, run * XEN_PAGE_SIZE, prot,
			 MAP_SHARED | MAP_FIXED, memory->fd,
			 offset_of(frames[i])) == MAP_FAILED) {
			int r = -errno;

			munmap(base, n * XEN_PAGE_SIZE);
			return r;
		}
	}

	*at = base;
	return 0;
}

int frame_copy(struct memory *memory, uint32_t frame,
	       const struct hv_copy *copy)
{
	off_t at = offset_of(frame) + copy->offset;
	ssize_t n = copy->to_guest
			    ? pwrite(memory->fd, copy->local, copy->len, at)
			    : pread(memory->fd, copy->local, copy->len, at);

	return n == copy->len ? 0 : -EFAULT;
}
