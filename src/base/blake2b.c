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

static uint64_t
rotate_right(uint64_t value, unsigned count) {
    return value >> count | value << (64 - count);
}

// RFC 7693 section 3.1, on variables of the names that `compress` gives them: indices into an array would keep it in memory.
#define MIX(a, b, c, d, x, y)                                                                      \
    do {                                                                                           \
        a += b + (x);                                                                              \
        d = rotate_right(d ^ a, 32);                                                               \
        c += d;                                                                                    \
        b = rotate_right(b ^ c, 24);                                                               \
        a += b + (y);                                                                              \
        d = rotate_right(d ^ a, 16);                                                               \
        c += d;                                                                                    \
        b = rotate_right(b ^ c, 63);                                                               \
    } while (0)

#define ROUND(i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15)                \
    do {                                                                                           \
        MIX(v0, v4, v8, v12, message[i0], message[i1]);                                            \
        MIX(v1, v5, v9, v13, message[i2], message[i3]);                                            \
        MIX(v2, v6, v10, v14, message[i4], message[i5]);                                           \
        MIX(v3, v7, v11, v15, message[i6], message[i7]);                                           \
        MIX(v0, v5, v10, v15, message[i8], message[i9]);                                           \
        MIX(v1, v6, v11, v12, message[i10], message[i11]);                                         \
        MIX(v2, v7, v8, v13, message[i12], message[i13]);                                          \
        MIX(v3, v4, v9, v14, message[i14], message[i15]);                                          \
    } while (0)

static void
compress(pli_blake2b *hash, const uint8_t *block, bool is_last) {
    uint64_t message[16];
    for (size_t i = 0; i < 16; i += 1) {
        message[i] = pli_load_u64(block + 8 * i);
    }
    uint64_t *state = hash->state;
    uint64_t v0 = state[0], v1 = state[1], v2 = state[2], v3 = state[3];
    uint64_t v4 = state[4], v5 = state[5], v6 = state[6], v7 = state[7];
    uint64_t v8 = initial[0], v9 = initial[1], v10 = initial[2], v11 = initial[3];
    uint64_t v12 = initial[4] ^ hash->byte_count[0], v13 = initial[5] ^ hash->byte_count[1];
    uint64_t v14 = initial[6] ^ (is_last ? UINT64_MAX : 0), v15 = initial[7];
    // RFC 7693 section 2.7: the message words of each round; the last two repeat the first two.
    ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3);
    ROUND(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4);
    ROUND(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8);
    ROUND(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13);
    ROUND(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9);
    ROUND(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11);
    ROUND(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10);
    ROUND(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5);
    ROUND(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0);
    ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3);
    state[0] ^= v0 ^ v8;
    state[1] ^= v1 ^ v9;
    state[2] ^= v2 ^ v10;
    state[3] ^= v3 ^ v11;
    state[4] ^= v4 ^ v12;
    state[5] ^= v5 ^ v13;
    state[6] ^= v6 ^ v14;
    state[7] ^= v7 ^ v15;
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
    size_t room = PLI_BLAKE2B_BLOCK_SIZE - hash->block_size;
    // [HASH-1] A full block is compressed only when a further byte shows that it is not the last.
    if (size > room) {
        memcpy(hash->block + hash->block_size, bytes, room);
        count_bytes(hash, PLI_BLAKE2B_BLOCK_SIZE);
        compress(hash, hash->block, false);
        bytes += room;
        size -= room;
        while (size > PLI_BLAKE2B_BLOCK_SIZE) {
            count_bytes(hash, PLI_BLAKE2B_BLOCK_SIZE);
            compress(hash, bytes, false);
            bytes += PLI_BLAKE2B_BLOCK_SIZE;
            size -= PLI_BLAKE2B_BLOCK_SIZE;
        }
        hash->block_size = 0;
    }
    if (size > 0) {
        memcpy(hash->block + hash->block_size, bytes, size);
        hash->block_size += size;
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
