/* svi_repair.c: the nearest SVI slice without arbitrage, along one fixed path.           SPDX-License-Identifier: Apache-2.0 */
#include "market/svi_repair.h"

#include "market/slice.h"
#include "market/surface_check.h"

#define REPAIR_STEPS 32

static plm_surface_margin
svi_margin(const plm_svi *svi, const plm_svi *earlier) {
    return (plm_surface_margin){.butterfly = pli_svi_butterfly(svi),
                                .slope = pli_svi_lee(svi),
                                .calendar = earlier == NULL ? pli_svi_least(svi)
                                                            : pli_svi_calendar(earlier, svi)};
}

static bool
is_free(const plm_surface_margin *margin) {
    return margin->butterfly >= 0 && margin->slope >= 0 && margin->calendar >= 0;
}

// The slice `share` of the way from `svi` to one without arbitrage: the earlier slice, in its parameters, lifted until it
// nowhere falls below the earlier one; or, for the first expiry, the flat smile of the same variance at the money.
static plm_svi
move_towards_free(const plm_svi *svi, const plm_svi *earlier, double share) {
    plm_svi moved = *svi;
    if (earlier == NULL) {
        moved.b = (1 - share) * svi->b;
        moved.a = (1 - share) * svi->a + share * pli_svi_variance(svi, 0);
        return moved;
    }
    moved.a = (1 - share) * svi->a + share * earlier->a;
    moved.b = (1 - share) * svi->b + share * earlier->b;
    moved.rho = (1 - share) * svi->rho + share * earlier->rho;
    moved.m = (1 - share) * svi->m + share * earlier->m;
    moved.sigma = (1 - share) * svi->sigma + share * earlier->sigma;
    double gap = pli_svi_calendar(earlier, &moved);
    if (gap < 0) {
        moved.a += -gap * (1 + 1e-9) + 1e-15;
    }
    return moved;
}

bool
pli_svi_repair(plm_svi *svi, const plm_svi *earlier, plm_surface_margin *margin,
               bool *was_repaired) {
    plm_surface_margin before = svi_margin(svi, earlier);
    if (pli_svi_is_valid(svi) && is_free(&before)) {
        *margin = before;
        *was_repaired = false;
        return true;
    }
    for (int i = 0; i <= REPAIR_STEPS; i += 1) {
        double share = (double)i / REPAIR_STEPS;
        plm_svi moved = move_towards_free(svi, earlier, share * share);
        plm_surface_margin seen = svi_margin(&moved, earlier);
        if (pli_svi_is_valid(&moved) && is_free(&seen)) {
            *svi = moved;
            *margin = seen;
            *was_repaired = true;
            return true;
        }
    }
    return false;
}
