/* SPDX-License-Identifier: MIT */

/*
 * memory - a disk that is gone when the guest closes it.  It answers from the
 * loop, as real disks do.
 */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <talloc.h>

#include "backends/blk/prompt.h"
#include "base/array.h"
#include "base/cleanup.h"

struct memory {
	struct prompt prompt;
	uint8_t *bytes;
	size_t size;
};

static int memory_obey(struct prompt *prompt, const struct image_io *io)
{
	struct memory *memory = container_of(prompt, struct memory, prompt);
	uint8_t *at = memory->bytes + io->offset;

	switch (io->op) {
	case IMAGE_READ:
		memcpy(io->data, at, io->len);
		break;
	case IMAGE_WRITE:
		memcpy(at, io->data, io->len);
		break;
	case IMAGE_DISCARD:
		memset(at, 0, io->len);
		break;
	case IMAGE_FLUSH:
		break;
	}

	return 0;
}

static int memory_free(struct memory *memory)
{
	munmap(memory->bytes, memory->size);
	return 0;
}

int image_new_memory(void *mem, struct loop *loop, uint64_t size, size_t n_ios,
		     image_done_fn *done, void *arg, struct image **image)
{
	CLEANUP(cleanup_talloc)
	struct memory *memory = talloc_zero(mem, struct memory);
	void *bytes;
	int r;

	if (!memory)
		return -ENOMEM;
	r = prompt_init(&memory->prompt, loop, n_ios, memory_obey, done, arg);
	if (r < 0)
		return r;

	bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bytes == MAP_FAILED)
		return -errno;

	memory->bytes = bytes;
	memory->size = size;
	talloc_set_destructor(memory, memory_free);
	*image = &take_ptr(memory)->prompt.base;
	return 0;
}
