/* siphash.h: a keyed hash for tables whose keys strangers choose.                      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_SIPHASH_H
#define PLI_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define PLI_SIPHASH_KEY_SIZE 16u

/*
 * pli_siphash - SipHash-2-4 of `size` bytes: 64 bits that nobody can steer without the key.
 *
 * Source     Aumasson, Bernstein: SipHash: a fast short-input PRF (2012), sections 2.1 to 2.3.
 */
uint64_t pli_siphash(const uint8_t key[PLI_SIPHASH_KEY_SIZE], const uint8_t *bytes, size_t size);

#endif
