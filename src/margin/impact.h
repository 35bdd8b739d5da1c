/* impact.h: what trading a size costs by the square-root law, as a table of knots.     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_IMPACT_H
#define PLI_MARGIN_IMPACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"

enum { PLI_KNOT_COUNT = 37 };

/*
 * pli_impact_cost - cost of trading `size_micros` by the square-root law, as a convex piecewise-linear table.
 *
 * cost(Q) = rate * Q * sqrt(Q / V), rate = c * daily sigma, V = daily volume. Knots lie at V * 2^(j - 24), j = 0..36; the
 * chords between them lie above the law, by at most 4.6 %, and so round against the account; beyond the last knot the
 * last slope holds.
 *
 * Units      size, volume > 0 and cost in micros; rate in ppm.
 * Source     Square-root impact: Sato and Kanazawa, PRL 135, 257401 (2025).
 */
bool pli_impact_cost(pli_i128 size_micros, int64_t volume_micros, int64_t rate_ppm, pli_i128 *cost);

/*
 * pli_knots - the table at one volume and rate, each knot's cost made when it is first needed.
 *
 * Guarantees [IMPACT-1] pli_knots_cost true: *cost is that of pli_impact_cost. false: 64 bits do not hold the table.
 * Example    pli_knots knots; pli_knots_init(&knots, volume_micros, rate_ppm);
 */
typedef struct pli_knots {
    int64_t volume_micros, rate_ppm;
    uint64_t made; /* bit j: costs[j] is there */
    int64_t costs[PLI_KNOT_COUNT];
} pli_knots;

static inline void
pli_knots_init(pli_knots *knots, int64_t volume_micros, int64_t rate_ppm) {
    knots->volume_micros = volume_micros;
    knots->rate_ppm = rate_ppm;
    knots->made = 0;
}

bool pli_knots_cost(pli_knots *knots, int64_t size_micros, int64_t *cost);

#endif
