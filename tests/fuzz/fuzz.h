/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * fuzz - whatever bytes come in, what is promised holds.
 *
 * A target asserts its promises.  clang's libFuzzer looks for bytes that break
 * them (./run fuzz); replay.c runs what it found, and what chance offers, as
 * an ordinary test.
 */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
