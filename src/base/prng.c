/* prng.c: seeded random numbers for tests, fuzzing and simulation, never for secrets. SPDX-License-Identifier: Apache-2.0 */
#include "base/prng.h"

#include "base/assert.h"
#include "base/wide.h"

uint64_t
pli_splitmix64_next(uint64_t *state) {
    *state += 0x9e3779b97f4a7c15;
    uint64_t z = *state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

pli_prng
pli_prng_init(uint64_t seed) {
    pli_prng prng;
    for (unsigned i = 0; i < 4; i += 1) {
        prng.state[i] = pli_splitmix64_next(&seed);
    }
    return prng;
}

static uint64_t
rotate_left(uint64_t value, unsigned count) {
    return value << count | value >> (64 - count);
}

uint64_t
pli_prng_next_u64(pli_prng *prng) {
    uint64_t *s = prng->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t
pli_prng_below(pli_prng *prng, uint64_t n) {
    PLI_ASSERT(n > 0);
    // The low half below 2^64 mod n marks the draws that would make some values one part in 2^64 too likely.
    pli_u128 product = (pli_u128)pli_prng_next_u64(prng) * n;
    uint64_t threshold = (0 - n) % n;
    while ((uint64_t)product < threshold) {
        product = (pli_u128)pli_prng_next_u64(prng) * n;
    }
    return (uint64_t)(product >> 64);
}

int64_t
pli_prng_range_i64(pli_prng *prng, int64_t low, int64_t high) {
    PLI_ASSERT(low <= high);
    uint64_t width = (uint64_t)high - (uint64_t)low;
    uint64_t offset =
        width == UINT64_MAX ? pli_prng_next_u64(prng) : pli_prng_below(prng, width + 1);
    return (int64_t)((uint64_t)low + offset);
}

double
pli_prng_unit(pli_prng *prng) {
    return (double)(pli_prng_next_u64(prng) >> 11) * 0x1p-53;
}

int64_t
pli_prng_edge_i64(pli_prng *prng, int64_t low, int64_t high) {
    PLI_ASSERT(low <= high);
    if (pli_prng_below(prng, 5) != 0) {
        return pli_prng_range_i64(prng, low, high);
    }
    pli_i128 near = pli_prng_range_i64(prng, 0, 2);
    pli_i128 around = near - 1;
    pli_i128 power = (pli_i128)1 << pli_prng_below(prng, 64);
    pli_i128 edge = 0;
    switch (pli_prng_below(prng, 5)) {
    case 0:
        edge = low + near;
        break;
    case 1:
        edge = high - near;
        break;
    case 2:
        edge = around;
        break;
    case 3:
        edge = power + around;
        break;
    default:
        edge = around - power;
        break;
    }
    edge = edge < low ? low : edge;
    return (int64_t)(edge > high ? high : edge);
}
