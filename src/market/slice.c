/* slice.c: the volatility of one expiry at one strike, from raw SVI or from a grid.   SPDX-License-Identifier: Apache-2.0 */
#include "market/slice.h"

#include <stddef.h>

#include "base/libc.h"
#include "num/elementary.h"

// Largest finite double; comparisons with it are false for NaN, so they test both at once.
#define FINITE_MAX 0x1.fffffffffffffp+1023

static bool
is_finite(double x) {
    return fabs(x) <= FINITE_MAX;
}

double
pli_svi_variance(const plm_svi *svi, double k) {
    double d = k - svi->m;
    return svi->a + svi->b * (svi->rho * d + sqrt(d * d + svi->sigma * svi->sigma));
}

double
pli_svi_slope(const plm_svi *svi, double k) {
    double d = k - svi->m;
    return svi->b * (svi->rho + d / sqrt(d * d + svi->sigma * svi->sigma));
}

double
pli_svi_curvature(const plm_svi *svi, double k) {
    double d = k - svi->m;
    double square = d * d + svi->sigma * svi->sigma;
    return svi->b * (svi->sigma * svi->sigma) / (square * sqrt(square));
}

double
pli_durrleman(double k, double variance, double slope, double curvature) {
    if (!(variance > 0)) {
        return -FINITE_MAX;
    }
    double lean = 1 - k * slope / (2 * variance);
    return lean * lean - slope * slope / 4 * (1 / variance + 0.25) + curvature / 2;
}

double
pli_svi_durrleman(const plm_svi *svi, double k) {
    return pli_durrleman(k, pli_svi_variance(svi, k), pli_svi_slope(svi, k),
                         pli_svi_curvature(svi, k));
}

bool
pli_svi_is_valid(const plm_svi *svi) {
    if (!is_finite(svi->a) || !is_finite(svi->b) || !is_finite(svi->m) || !is_finite(svi->sigma)) {
        return false;
    }
    if (!(svi->b >= 0) || !(fabs(svi->rho) < 1) || !(svi->sigma > 0)) {
        return false;
    }
    return svi->a + svi->b * svi->sigma * sqrt(1 - svi->rho * svi->rho) >= 0;
}

static bool
is_grid_valid(const plm_slice *slice, bool is_positive) {
    if (slice->node_count == 0 || slice->nodes == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < slice->node_count; i += 1) {
        const plm_slice_node *node = &slice->nodes[i];
        bool is_rising = i == 0 || node->strike > slice->nodes[i - 1].strike;
        if (!is_finite(node->strike) || (is_positive && !(node->strike > 0)) || !is_rising) {
            return false;
        }
        if (!is_finite(node->volatility) || !(node->volatility > 0)) {
            return false;
        }
    }
    return true;
}

bool
pli_slice_is_valid(const plm_slice *slice, bool is_positive) {
    switch (slice->kind) {
    case PLM_SLICE_NONE:
        return true;
    case PLM_SLICE_SVI:
        return is_positive && pli_svi_is_valid(&slice->svi);
    case PLM_SLICE_GRID:
        return is_grid_valid(slice, is_positive);
    }
    return false;
}

// Linear between the two nodes around `strike`, flat outside the first and the last.
static double
grid_volatility(const plm_slice *slice, double strike) {
    const plm_slice_node *nodes = slice->nodes;
    uint32_t last = slice->node_count - 1;
    if (strike <= nodes[0].strike) {
        return nodes[0].volatility;
    }
    if (strike >= nodes[last].strike) {
        return nodes[last].volatility;
    }
    uint32_t low = 0;
    uint32_t high = last;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (nodes[middle].strike <= strike) {
            low = middle;
        } else {
            high = middle;
        }
    }
    double share = (strike - nodes[low].strike) / (nodes[high].strike - nodes[low].strike);
    // This form gives the node's own volatility at either end and stays between the two.
    return nodes[low].volatility * (1 - share) + nodes[high].volatility * share;
}

plm_status
plm_slice_volatility(const plm_slice *slice, double forward, double strike, double years,
                     double *volatility) {
    if (slice->kind == PLM_SLICE_NONE) {
        return PLM_SURFACE_MISSING;
    }
    if (!is_finite(forward) || !is_finite(strike) || !is_finite(years) || !(years > 0)) {
        return PLM_DOMAIN;
    }
    double result;
    if (slice->kind == PLM_SLICE_SVI) {
        if (!(forward > 0) || !(strike > 0)) {
            return PLM_DOMAIN;
        }
        double variance = pli_svi_variance(&slice->svi, pli_log(strike / forward));
        if (!(variance > 0)) {
            return PLM_DOMAIN;
        }
        result = sqrt(variance / years);
    } else if (slice->kind == PLM_SLICE_GRID && slice->node_count > 0 && slice->nodes != NULL) {
        result = grid_volatility(slice, strike);
    } else {
        return PLM_DOMAIN;
    }
    if (!is_finite(result) || !(result > 0)) {
        return PLM_DOMAIN;
    }
    *volatility = result;
    return PLM_OK;
}
