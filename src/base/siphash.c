/* siphash.c: SipHash-2-4, as its paper defines it.                                     SPDX-License-Identifier: Apache-2.0 */
#include "base/siphash.h"

#include "base/endian.h"

typedef struct state {
    uint64_t v[4];
} state;

static uint64_t
rotate(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

static void
rounds(state *s, int count) {
    uint64_t *v = s->v;
    for (int i = 0; i < count; i += 1) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

static void
take_word(state *s, uint64_t word) {
    s->v[3] ^= word;
    rounds(s, 2);
    s->v[0] ^= word;
}

uint64_t
pli_siphash(const uint8_t key[PLI_SIPHASH_KEY_SIZE], const uint8_t *bytes, size_t size) {
    uint64_t low = pli_load_u64(key);
    uint64_t high = pli_load_u64(key + 8);
    // "somepseudorandomlygeneratedbytes"
    state s = {{low ^ UINT64_C(0x736f6d6570736575), high ^ UINT64_C(0x646f72616e646f6d),
                low ^ UINT64_C(0x6c7967656e657261), high ^ UINT64_C(0x7465646279746573)}};
    size_t at = 0;
    for (; size - at >= 8; at += 8) {
        take_word(&s, pli_load_u64(bytes + at));
    }
    uint64_t last = (uint64_t)(size & 255) << 56;
    for (size_t i = 0; at + i < size; i += 1) {
        last |= (uint64_t)bytes[at + i] << (8 * i);
    }
    take_word(&s, last);
    s.v[2] ^= 255;
    rounds(&s, 4);
    return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}
