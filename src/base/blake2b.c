/* blake2b.c: the hash BLAKE2b (RFC 7693), with or without key.                        SPDX-License-Identifier: Apache-2.0 */
#include "base/blake2b.h"

#include <stdbool.h>

#include "base/assert.h"
#include "base/endian.h"
#include "base/libc.h"

// RFC 7693 section 2.6: the first 64 bits of the fractional parts of the square roots of the first eight primes.
static const uint64_t initial[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

// RFC 7693 section 2.7; rounds 10 and 11 use rows 0 and 1 again.
static const uint8_t schedule[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t
rotate_right(uint64_t value, unsigned count) {
    return value >> count | value << (64 - count);
}

typedef struct quarter {
    unsigned a, b, c, d;
} quarter;

static inline void
mix(uint64_t v[16], quarter at, uint64_t x, uint64_t y) {
    v[at.a] += v[at.b] + x;
    v[at.d] = rotate_right(v[at.d] ^ v[at.a], 32);
    v[at.c] += v[at.d];
    v[at.b] = rotate_right(v[at.b] ^ v[at.c], 24);
    v[at.a] += v[at.b] + y;
    v[at.d] = rotate_right(v[at.d] ^ v[at.a], 16);
    v[at.c] += v[at.d];
    v[at.b] = rotate_right(v[at.b] ^ v[at.c], 63);
}

static void
compress(pli_blake2b *hash, const uint8_t *block, bool is_last) {
    uint64_t message[16];
    for (size_t i = 0; i < 16; i += 1) {
        message[i] = pli_load_u64(block + 8 * i);
    }
    uint64_t v[16];
    for (size_t i = 0; i < 8; i += 1) {
        v[i] = hash->state[i];
        v[i + 8] = initial[i];
    }
    v[12] ^= hash->byte_count[0];
    v[13] ^= hash->byte_count[1];
    v[14] ^= is_last ? UINT64_MAX : 0;
    for (size_t round = 0; round < 12; round += 1) {
        const uint8_t *order = schedule[round % 10];
        // Written out, so that every index into v is a constant and v stays in registers.
        mix(v, (quarter){0, 4, 8, 12}, message[order[0]], message[order[1]]);
        mix(v, (quarter){1, 5, 9, 13}, message[order[2]], message[order[3]]);
        mix(v, (quarter){2, 6, 10, 14}, message[order[4]], message[order[5]]);
        mix(v, (quarter){3, 7, 11, 15}, message[order[6]], message[order[7]]);
        mix(v, (quarter){0, 5, 10, 15}, message[order[8]], message[order[9]]);
        mix(v, (quarter){1, 6, 11, 12}, message[order[10]], message[order[11]]);
        mix(v, (quarter){2, 7, 8, 13}, message[order[12]], message[order[13]]);
        mix(v, (quarter){3, 4, 9, 14}, message[order[14]], message[order[15]]);
    }
    for (size_t i = 0; i < 8; i += 1) {
        hash->state[i] ^= v[i] ^ v[i + 8];
    }
}

static void
count_bytes(pli_blake2b *hash, size_t size) {
    hash->byte_count[0] += size;
    hash->byte_count[1] += hash->byte_count[0] < size ? 1 : 0;
}

void
pli_blake2b_init(pli_blake2b *hash, size_t digest_size) {
    PLI_ASSERT(digest_size >= 1);
    PLI_ASSERT(digest_size <= PLI_BLAKE2B_512_SIZE);
    memset(hash, 0, sizeof *hash);
    memcpy(hash->state, initial, sizeof initial);
    // Parameter block: no key, fanout 1, depth 1.
    hash->state[0] ^= 0x01010000 ^ digest_size;
    hash->digest_size = digest_size;
}

void
pli_blake2b_init_keyed(pli_blake2b *hash, size_t digest_size, const uint8_t *key, size_t key_size) {
    PLI_ASSERT(key_size >= 1);
    PLI_ASSERT(key_size <= PLI_BLAKE2B_512_SIZE);
    pli_blake2b_init(hash, digest_size);
    hash->state[0] ^= (uint64_t)key_size << 8;
    // RFC 7693, 3.3: the key, padded with zeros, is the first block of the message.
    memcpy(hash->block, key, key_size);
    hash->block_size = PLI_BLAKE2B_BLOCK_SIZE;
}

void
pli_blake2b_update(pli_blake2b *hash, const void *data, size_t size) {
    const uint8_t *bytes = data;
    while (size > 0) {
        // [HASH-1] A full block is compressed only when a further byte shows that it is not the last.
        if (hash->block_size == PLI_BLAKE2B_BLOCK_SIZE) {
            count_bytes(hash, PLI_BLAKE2B_BLOCK_SIZE);
            compress(hash, hash->block, false);
            hash->block_size = 0;
        }
        size_t room = PLI_BLAKE2B_BLOCK_SIZE - hash->block_size;
        size_t count = size < room ? size : room;
        memcpy(hash->block + hash->block_size, bytes, count);
        hash->block_size += count;
        bytes += count;
        size -= count;
    }
}

void
pli_blake2b_final(pli_blake2b *hash, uint8_t *out) {
    count_bytes(hash, hash->block_size);
    memset(hash->block + hash->block_size, 0, PLI_BLAKE2B_BLOCK_SIZE - hash->block_size);
    compress(hash, hash->block, true);
    uint8_t digest[PLI_BLAKE2B_512_SIZE];
    for (size_t i = 0; i < 8; i += 1) {
        pli_store_u64(digest + 8 * i, hash->state[i]);
    }
    memcpy(out, digest, hash->digest_size);
}

void
pli_blake2b_256(const void *data, size_t size, uint8_t out[PLI_BLAKE2B_256_SIZE]) {
    pli_blake2b hash;
    pli_blake2b_init(&hash, PLI_BLAKE2B_256_SIZE);
    pli_blake2b_update(&hash, data, size);
    pli_blake2b_final(&hash, out);
}

void
pli_blake2b_512(const void *data, size_t size, uint8_t out[PLI_BLAKE2B_512_SIZE]) {
    pli_blake2b hash;
    pli_blake2b_init(&hash, PLI_BLAKE2B_512_SIZE);
    pli_blake2b_update(&hash, data, size);
    pli_blake2b_final(&hash, out);
}
