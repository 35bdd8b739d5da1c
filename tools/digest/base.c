/* base.c: sections of the layer base: exact integers, sorting, shares, hash.          SPDX-License-Identifier: Apache-2.0 */
#include "base/apportion.h"
#include "base/isqrt.h"
#include "base/muldiv.h"
#include "base/prng.h"
#include "base/sort.h"
#include "digest/digest.h"

#define MULDIV_COUNT 4000u
#define LIST_COUNT 40u
#define LIST_SIZE 257u

// A 128-bit integer of random length, so that small and large ones are equally likely.
static pli_i128
draw_i128(pli_prng *prng) {
    pli_u128 high = pli_prng_next_u64(prng);
    pli_u128 bits = high << 64 | pli_prng_next_u64(prng);
    pli_u128 size = bits >> (1 + pli_prng_below(prng, 127));
    return pli_prng_below(prng, 2) == 0 ? (pli_i128)size : -(pli_i128)size;
}

typedef bool muldiv_function(pli_i128 a, pli_i128 b, pli_i128 divisor, pli_i128 *out);

static void
put_muldiv(digest *to, muldiv_function *muldiv, const pli_i128 *operands) {
    pli_i128 value = 0;
    bool is_defined = muldiv(operands[0], operands[1], operands[2], &value);
    if (digest_status(to, is_defined ? PLM_OK : PLM_OVERFLOW)) {
        digest_i128(to, value);
    }
}

static void
integers(digest *to) {
    pli_prng prng = pli_prng_init(1);
    digest_begin(to);
    for (uint32_t i = 0; i < MULDIV_COUNT; i += 1) {
        pli_i128 operands[3];
        for (uint32_t j = 0; j < 3; j += 1) {
            operands[j] = draw_i128(&prng);
        }
        put_muldiv(to, pli_muldiv_floor, operands);
        put_muldiv(to, pli_muldiv_ceil, operands);
        put_muldiv(to, pli_muldiv_nearest_even, operands);
        pli_i128 divisor = operands[2] <= 0 ? 1 - operands[2] : operands[2];
        digest_i128(to, pli_div_floor_i128(operands[0], divisor));
        digest_i128(to, pli_div_ceil_i128(operands[0], divisor));
        digest_i128(to, pli_div_half_even_i128(operands[0], divisor));
        pli_i128 square = operands[1] < 0 ? -operands[1] : operands[1];
        digest_i64(to, (int64_t)pli_isqrt_u128((pli_u128)square));
    }
    digest_end(to, "integers", 30);
}

static void
put_shares(digest *to, pli_prng *prng) {
    pli_i128 numerators[LIST_SIZE];
    pli_i128 shares[LIST_SIZE];
    uint32_t order[LIST_SIZE];
    pli_i128 divisor = 1 + (pli_i128)pli_prng_below(prng, 1000000);
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < LIST_SIZE; i += 1) {
        numerators[i] = pli_prng_edge_i64(prng, -1000000000, 1000000000);
        sum += numerators[i];
    }
    pli_apportion(numerators, LIST_SIZE, divisor, pli_div_half_even_i128(sum, divisor), order,
                  shares);
    for (uint32_t i = 0; i < LIST_SIZE; i += 1) {
        digest_i128(to, shares[i]);
    }
}

static void
lists(digest *to) {
    pli_prng prng = pli_prng_init(2);
    digest_begin(to);
    for (uint32_t i = 0; i < LIST_COUNT; i += 1) {
        int64_t values[LIST_SIZE];
        uint32_t least[LIST_SIZE];
        for (uint32_t j = 0; j < LIST_SIZE; j += 1) {
            values[j] = pli_prng_edge_i64(&prng, -100, 100);
        }
        size_t k = pli_prng_below(&prng, LIST_SIZE + 1);
        pli_select_smallest(values, LIST_SIZE, k, least);
        for (size_t j = 0; j < k; j += 1) {
            digest_u32(to, least[j]);
        }
        pli_i128 sum = 0;
        pli_sum_of_smallest(values, LIST_SIZE, k, &sum);
        digest_i128(to, sum);
        pli_sort_i64(values, LIST_SIZE);
        for (uint32_t j = 0; j < LIST_SIZE; j += 1) {
            digest_i64(to, values[j]);
        }
        put_shares(to, &prng);
    }
    digest_end(to, "lists", 0);
}

void
digest_base(digest *to) {
    integers(to);
    lists(to);
}
