/* blake2b.h: the hash BLAKE2b (RFC 7693), with or without key.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_BLAKE2B_H
#define PLI_BASE_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

#define PLI_BLAKE2B_BLOCK_SIZE 128
#define PLI_BLAKE2B_256_SIZE 32
#define PLI_BLAKE2B_512_SIZE 64

/*
 * pli_blake2b - a hash under way; every field is private to blake2b.c.
 *
 * Invariants [HASH-1] block_size <= PLI_BLAKE2B_BLOCK_SIZE, and the last block is kept until final or more data comes.
 *            [HASH-2] byte_count counts the bytes already compressed.
 */
typedef struct pli_blake2b {
    uint64_t state[8];
    uint64_t byte_count[2];
    uint8_t block[PLI_BLAKE2B_BLOCK_SIZE];
    size_t block_size;
    size_t digest_size;
} pli_blake2b;

/* pli_blake2b_init - begin a hash of `digest_size` bytes, 1 to 64 (asserted). */
void pli_blake2b_init(pli_blake2b *hash, size_t digest_size);

/* pli_blake2b_init_keyed - the same under a key of 1 to 64 bytes (asserted): who lacks the key cannot try inputs. */
void pli_blake2b_init_keyed(pli_blake2b *hash, size_t digest_size, const uint8_t *key,
                            size_t key_size);

/* pli_blake2b_update - append bytes; how the message is cut into calls does not change the digest. */
void pli_blake2b_update(pli_blake2b *hash, const void *data, size_t size);

/* pli_blake2b_final - write digest_size bytes to `out`; `hash` must be initialised again before its next use. */
void pli_blake2b_final(pli_blake2b *hash, uint8_t *out);

/*
 * pli_blake2b_256, pli_blake2b_512 - the hash of one buffer. `data` may be NULL when `size` is 0.
 *
 * Example    uint8_t digest[PLI_BLAKE2B_256_SIZE];
 *            pli_blake2b_256(bytes, size, digest);
 */
void pli_blake2b_256(const void *data, size_t size, uint8_t out[PLI_BLAKE2B_256_SIZE]);
void pli_blake2b_512(const void *data, size_t size, uint8_t out[PLI_BLAKE2B_512_SIZE]);

#endif
