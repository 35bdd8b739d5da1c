/* feed_average.c: the slow price and the settlement window.                           SPDX-License-Identifier: Apache-2.0 */
#include "market/feed_average.h"

#include "base/assert.h"
#include "base/libc.h"
#include "base/muldiv.h"

#define SLOW_ONE ((pli_i128)1 << PLI_FEED_SLOW_BITS)
// (1 - 2^(-1/64)) * 2^32, to the nearest: 64 such steps halve the distance.
#define SLOW_STEP INT64_C(46265331)
#define CELL_COUNT (PLI_FEED_WINDOW_CELLS + 1)

plm_wide
pli_feed_slow_from(int64_t price_e8) {
    return pli_wide_from_i128((pli_i128)price_e8 * SLOW_ONE);
}

int64_t
pli_feed_slow_e8(plm_wide slow_q32) {
    return (int64_t)pli_div_half_even_i128(pli_i128_from_wide(slow_q32), SLOW_ONE);
}

// part / whole of `distance`, away from zero.
static pli_i128
share_of(pli_i128 distance, int64_t part, pli_i128 whole) {
    pli_i128 moved = 0;
    bool fits = distance < 0 ? pli_muldiv_floor(distance, part, whole, &moved)
                             : pli_muldiv_ceil(distance, part, whole, &moved);
    PLI_ASSERT(fits);
    return moved;
}

// One step at the end of a slow cell: |integral| <= 1e16 * 1.35e12 ns, times 2^32 stays below 2^126.
static void
step_slow(pli_feed *feed) {
    int64_t covered = feed->slow_cell.covered_ns;
    pli_i128 slow = pli_i128_from_wide(feed->now.slow_q32);
    pli_i128 distance = pli_i128_from_wide(feed->slow_cell.integral) * SLOW_ONE - slow * covered;
    slow += share_of(distance, SLOW_STEP, SLOW_ONE * feed->slow_cell_ns);
    feed->now.slow_q32 = pli_wide_from_i128(slow);
    feed->slow_cell = (pli_feed_cell){.covered_ns = 0};
}

static void
cover(pli_feed_cell *cell, int64_t price_e8, int64_t duration_ns) {
    cell->integral =
        pli_wide_from_i128(pli_i128_from_wide(cell->integral) + (pli_i128)price_e8 * duration_ns);
    cell->covered_ns += duration_ns;
}

// `count` whole cells at one price; a fixed point of the step ends the walk early.
static void
walk_slow(pli_feed *feed, int64_t count) {
    pli_i128 target = (pli_i128)feed->now.price_e8 * SLOW_ONE;
    pli_i128 slow = pli_i128_from_wide(feed->now.slow_q32);
    for (int64_t i = 0; i < count && slow != target; i += 1) {
        pli_i128 moved = (target - slow) * SLOW_STEP;
        slow += target < slow ? pli_div_floor_i128(moved, SLOW_ONE)
                              : pli_div_ceil_i128(moved, SLOW_ONE);
    }
    feed->now.slow_q32 = pli_wide_from_i128(slow);
}

static void
accrue_slow(pli_feed *feed, int64_t from_ns, int64_t to_ns, bool is_valid) {
    int64_t cell_ns = feed->slow_cell_ns;
    int64_t end = from_ns - from_ns % cell_ns + cell_ns;
    if (to_ns < end) {
        if (is_valid) {
            cover(&feed->slow_cell, feed->now.price_e8, to_ns - from_ns);
        }
        return;
    }
    if (is_valid) {
        cover(&feed->slow_cell, feed->now.price_e8, end - from_ns);
    }
    step_slow(feed);
    if (is_valid) {
        walk_slow(feed, (to_ns - end) / cell_ns);
        cover(&feed->slow_cell, feed->now.price_e8, (to_ns - end) % cell_ns);
    }
}

static void
accrue_window(pli_feed *feed, int64_t from_ns, int64_t to_ns, bool is_valid) {
    // Minutes that will have left the window by then need no walk.
    int64_t first = to_ns / PLI_FEED_CELL_NS - (int64_t)CELL_COUNT;
    if (feed->cell_number < first) {
        memset(feed->cells, 0, sizeof feed->cells);
        feed->cell_number = first + 1;
        from_ns = feed->cell_number * PLI_FEED_CELL_NS;
    }
    while (from_ns < to_ns) {
        int64_t end = (feed->cell_number + 1) * PLI_FEED_CELL_NS;
        int64_t until = end < to_ns ? end : to_ns;
        if (is_valid) {
            cover(&feed->cells[feed->cell_number % (int64_t)CELL_COUNT], feed->now.price_e8,
                  until - from_ns);
        }
        from_ns = until;
        if (from_ns == end) {
            feed->cell_number += 1;
            feed->cells[feed->cell_number % (int64_t)CELL_COUNT] = (pli_feed_cell){.covered_ns = 0};
        }
    }
}

void
pli_feed_accrue(pli_feed *feed, const plm_feed_parameters *parameters, int64_t from_ns,
                int64_t to_ns) {
    PLI_ASSERT(from_ns <= to_ns);
    int64_t cell_ns = parameters->slow_half_life_ns / PLI_FEED_SLOW_STEPS;
    if (feed->slow_cell_ns != cell_ns) {
        if (feed->slow_cell_ns != 0) {
            step_slow(feed);
        }
        feed->slow_cell_ns = cell_ns;
    }
    bool is_valid = feed->now.state == PLM_PRICE_STATE_VALID;
    accrue_slow(feed, from_ns, to_ns, is_valid);
    accrue_window(feed, from_ns, to_ns, is_valid);
}

plm_status
pli_feed_settlement(const pli_feed *feed, const plm_feed_parameters *parameters,
                    int64_t *coverage_ppm, int64_t *price_e8) {
    pli_i128 integral = 0;
    int64_t covered = 0;
    for (uint32_t i = 0; i < CELL_COUNT; i += 1) {
        if (i == feed->cell_number % (int64_t)CELL_COUNT) {
            continue; // the minute that is not over
        }
        integral += pli_i128_from_wide(feed->cells[i].integral);
        covered += feed->cells[i].covered_ns;
    }
    pli_i128 window = (pli_i128)PLI_FEED_CELL_NS * PLI_FEED_WINDOW_CELLS;
    *coverage_ppm = (int64_t)((pli_i128)covered * PLM_PPM / window);
    if ((pli_i128)covered * PLM_PPM < window * parameters->settlement_coverage_ppm) {
        return PLM_HISTORY_SHORT;
    }
    *price_e8 = (int64_t)pli_div_half_even_i128(integral, covered);
    return PLM_OK;
}
