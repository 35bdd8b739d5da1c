/* impact.c: what trading a size costs by the square-root law, as a table of knots.     SPDX-License-Identifier: Apache-2.0 */
#include "margin/impact.h"

#include "base/assert.h"
#include "base/muldiv.h"
#include "margin/scaled.h"
#include "plimsoll/quantity.h"

enum { KNOT_UNIT = 24 }; /* the knot at the daily volume itself */

/* Knots stand at volume * 2^(j - KNOT_UNIT), rounded up. */
static pli_i128
knot_size(int64_t volume_micros, int j) {
    int shift = j - KNOT_UNIT;
    return shift >= 0 ? (pli_i128)volume_micros << shift
                      : ((pli_i128)volume_micros + (((pli_i128)1 << -shift) - 1)) >> -shift;
}

/* The same in 64 bits; above the daily volume itself for volumes below 2^50. */
static uint64_t
narrow_knot(uint64_t volume_micros, int j) {
    int shift = j - KNOT_UNIT;
    return shift >= 0 ? volume_micros << shift
                      : (volume_micros + ((UINT64_C(1) << -shift) - 1)) >> -shift;
}

/* The first knot that is no smaller than the size, or the last knot. */
static int
knot_at_or_above(pli_i128 size_micros, int64_t volume_micros) {
    int low = 0;
    int high = PLI_KNOT_COUNT - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (knot_size(volume_micros, middle) >= size_micros) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* Cost of trading a whole knot: size * rate * sqrt(2^(j - KNOT_UNIT)), rounded up. */
static bool
knot_cost(pli_i128 size, int j, int64_t rate_ppm, pli_i128 *cost) {
    // sqrt(2) in 1e-12, rounded up; even steps are exact powers of two.
    static const int64_t one_e12 = INT64_C(1000000000000);
    static const int64_t root_two_e12 = INT64_C(1414213562374);
    int shift = j - KNOT_UNIT;
    int half = shift >= 0 ? shift / 2 : -((-shift + 1) / 2);
    int64_t odd = shift - 2 * half != 0 ? root_two_e12 : one_e12;
    pli_i128 root =
        half >= 0 ? (pli_i128)odd << half : (odd + (((pli_i128)1 << -half) - 1)) >> -half;
    return pli_muldiv_ceil(size, root * rate_ppm, (pli_i128)PLM_PPM * one_e12, cost);
}

/* The first knot that is no smaller than 0 < size, or the last: bits first, then one comparison. */
static int
narrow_knot_above(uint64_t size, uint64_t volume) {
    int shift = 0;
    if (size <= volume) {
        // volume / 2^s, rounded up, is no smaller than size where volume is above (size - 1) * 2^s.
        uint64_t below = size - 1;
        shift = below == 0 ? KNOT_UNIT : __builtin_clzll(below) - __builtin_clzll(volume);
        shift -= below != 0 && below << shift >= volume;
        return shift > KNOT_UNIT ? 0 : KNOT_UNIT - shift;
    }
    shift = __builtin_clzll(volume) - __builtin_clzll(size);
    shift += volume << shift < size;
    return shift > PLI_KNOT_COUNT - 1 - KNOT_UNIT ? PLI_KNOT_COUNT - 1 : KNOT_UNIT + shift;
}

/* Make the cost of knot j: size * rate * sqrt(2^(j - KNOT_UNIT)), rounded up. */
static bool
make_knot(pli_knots *knots, int j) {
    static const uint64_t one_e18 = UINT64_C(1000000000000000000);
    static const uint64_t roots_e12[2] = {UINT64_C(1000000000000), UINT64_C(1414213562374)};
    int shift = j - KNOT_UNIT;
    int half = shift >= 0 ? shift / 2 : -((-shift + 1) / 2);
    uint64_t odd = roots_e12[shift - 2 * half];
    uint64_t root = half >= 0 ? odd << half : (odd + ((UINT64_C(1) << -half) - 1)) >> -half;
    uint64_t size = narrow_knot((uint64_t)knots->volume_micros, j);
    if (!pli_scaled_up(size, root * (uint64_t)knots->rate_ppm, one_e18, &knots->costs[j])) {
        return false;
    }
    knots->made |= UINT64_C(1) << j;
    return true;
}

bool
pli_knots_cost(pli_knots *knots, int64_t size_micros, int64_t *cost) {
    uint64_t size = (uint64_t)size_micros;
    uint64_t volume = (uint64_t)knots->volume_micros;
    // Knots below 2^62, and root times rate below 2^64.
    if ((size > volume && volume >> 50 != 0) || knots->rate_ppm < 0 || knots->rate_ppm >> 17 != 0) {
        return false;
    }
    if (size == 0) {
        *cost = 0;
        return true;
    }
    int j = narrow_knot_above(size, volume);
    int64_t part = 0;
    if ((knots->made >> j & 1) == 0 && !make_knot(knots, j)) {
        return false;
    }
    if (j > 0 && (knots->made >> (j - 1) & 1) == 0 && !make_knot(knots, j - 1)) {
        return false;
    }
    uint64_t size_low = j == 0 ? 0 : narrow_knot(volume, j - 1);
    uint64_t size_high = narrow_knot(volume, j);
    int64_t cost_low = j == 0 ? 0 : knots->costs[j - 1];
    if (size_high > size_low && !pli_scaled_up((uint64_t)(knots->costs[j] - cost_low),
                                               size - size_low, size_high - size_low, &part)) {
        return false;
    }
    return !__builtin_add_overflow(cost_low, part, cost);
}

bool
pli_impact_cost(pli_i128 size_micros, int64_t volume_micros, int64_t rate_ppm, pli_i128 *cost) {
    PLI_ASSERT(size_micros >= 0);
    PLI_ASSERT(volume_micros > 0);
    pli_knots knots;
    int64_t narrow = 0;
    pli_knots_init(&knots, volume_micros, rate_ppm);
    if (size_micros <= INT64_MAX && pli_knots_cost(&knots, (int64_t)size_micros, &narrow)) {
        *cost = narrow;
        return true;
    }
    int j = knot_at_or_above(size_micros, volume_micros);
    pli_i128 size_high = knot_size(volume_micros, j);
    pli_i128 size_low = j == 0 ? 0 : knot_size(volume_micros, j - 1);
    pli_i128 cost_high = 0;
    pli_i128 cost_low = 0;
    pli_i128 part = 0;
    if (!knot_cost(size_high, j, rate_ppm, &cost_high) ||
        (j > 0 && !knot_cost(size_low, j - 1, rate_ppm, &cost_low)) ||
        (size_high > size_low && !pli_muldiv_ceil(cost_high - cost_low, size_micros - size_low,
                                                  size_high - size_low, &part))) {
        return false;
    }
    *cost = cost_low + part;
    return true;
}
