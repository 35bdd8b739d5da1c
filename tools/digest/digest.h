/* digest.h: the parts of the digest tool: what is hashed, and how.                    SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_DIGEST_H
#define TOOLS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/blake2b.h"
#include "base/wide.h"
#include "plimsoll/status.h"

/*
 * The tool computes a fixed corpus with the pure layers and prints one hash per section. It needs nothing of its host but
 * digest_print and pli_assert_failed, so that one source serves a hosted program and WebAssembly.
 *
 * What is hashed goes in field by field, little-endian; a double as its bits, except that every NaN is one NaN: IEEE 754
 * leaves sign and payload of a NaN to the machine, and no result of ours is one.
 */

/* digest_print - supplied by the host: write `size` bytes. */
void digest_print(const char *text, size_t size);

/* digest_run - compute and print everything. */
void digest_run(void);

/*
 * digest - the section under way and the hash over all sections.
 *
 * Invariants [DIGEST-1] ok_count <= asked_count.
 */
typedef struct digest {
    pli_blake2b total;
    pli_blake2b section;
    uint32_t ok_count;
    uint32_t asked_count;
} digest;

void digest_u32(digest *to, uint32_t value);
void digest_i64(digest *to, int64_t value);
void digest_i128(digest *to, pli_i128 value);
void digest_double(digest *to, double value);
void digest_bytes(digest *to, const void *bytes, size_t size);

/*
 * digest_status - hash a status and count it.
 *
 * Returns    `status` == PLM_OK: whether there is a result to hash.
 */
bool digest_status(digest *to, plm_status status);

/*
 * digest_begin, digest_end - one section. The end prints `name hash ok/asked`.
 *
 * `ok_least_percent` of the statuses must be PLM_OK (asserted): a corpus that only fails proves nothing.
 */
void digest_begin(digest *to);
void digest_end(digest *to, const char *name, uint32_t ok_least_percent);

/* digest_end_of_world - the same for the section `name-world_index`. */
void digest_end_of_world(digest *to, const char *name, uint32_t world_index,
                         uint32_t ok_least_percent);

/* The sections of each part; every part seeds its own random numbers. */
void digest_base(digest *to);
void digest_num(digest *to);
void digest_price(digest *to);
void digest_surface(digest *to);
void digest_forecast(digest *to);
void digest_risk(digest *to);
void digest_books(digest *to);
void digest_logs(digest *to);

#endif
