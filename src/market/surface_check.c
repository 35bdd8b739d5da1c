/* surface_check.c: is a surface free of butterfly and calendar arbitrage, and by how much?   SPDX-License-Identifier: Apache-2.0 */
#include "market/surface_check.h"

#include "base/libc.h"
#include "base/text.h"
#include "market/slice.h"
#include "num/elementary.h"

#define FINITE_MAX 0x1.fffffffffffffp+1023

// The smaller of the two; the lowest double where either is NaN, so that no test passes for want of a number.
static double
least(double left, double right) {
    if (right >= left) {
        return left;
    }
    return right < left ? right : -FINITE_MAX;
}

// One coordinate of the tested grid of a slice, uniform points first; those of its own that lie outside move to the edge.
static double
grid_moneyness(const plm_svi *svi, int index) {
    if (index < PLI_GRID_UNIFORM) {
        return (index - (PLI_GRID_UNIFORM - 1) / 2) * 0.005;
    }
    int j = index - PLI_GRID_UNIFORM - (PLI_GRID_OWN - 1) / 2;
    double growth = pli_exp(j / 32.0);
    double k = svi->m + svi->sigma * (growth - 1 / growth) / 2;
    if (k > PLI_MONEYNESS_MAX) {
        return PLI_MONEYNESS_MAX;
    }
    return k < -PLI_MONEYNESS_MAX ? -PLI_MONEYNESS_MAX : k;
}

double
pli_svi_butterfly(const plm_svi *svi) {
    double g = FINITE_MAX;
    for (int i = 0; i < PLI_GRID_UNIFORM + PLI_GRID_OWN; i += 1) {
        g = least(g, pli_svi_durrleman(svi, grid_moneyness(svi, i)));
    }
    return g;
}

double
pli_svi_lee(const plm_svi *svi) {
    return 2 - svi->b * (1 + fabs(svi->rho));
}

double
pli_svi_calendar(const plm_svi *earlier, const plm_svi *later) {
    double margin = FINITE_MAX;
    for (int i = 0; i < PLI_GRID_UNIFORM + PLI_GRID_OWN; i += 1) {
        double k = grid_moneyness(earlier, i);
        margin = least(margin, pli_svi_variance(later, k) - pli_svi_variance(earlier, k));
        if (i >= PLI_GRID_UNIFORM) {
            k = grid_moneyness(later, i);
            margin = least(margin, pli_svi_variance(later, k) - pli_svi_variance(earlier, k));
        }
    }
    return margin;
}

double
pli_svi_least(const plm_svi *svi) {
    return svi->a + svi->b * svi->sigma * sqrt(1 - svi->rho * svi->rho);
}

// Undiscounted call over the forward (positive domain), or over one price unit (domain `any`), at one node. The layer
// `price` stands above this one, so the two formulas are written here once more, for double differences only.
static double
node_call(const plm_surface_expiry *expiry, const plm_slice_node *node, plm_price_domain domain) {
    double deviation = node->volatility * sqrt(expiry->years);
    if (domain == PLM_PRICE_DOMAIN_POSITIVE) {
        double strike = node->strike / expiry->forward;
        double d1 = -pli_log(strike) / deviation + deviation / 2;
        return pli_normal_cdf(d1) - strike * pli_normal_cdf(d1 - deviation);
    }
    double d = (expiry->forward - node->strike) / deviation;
    return deviation * (d * pli_normal_cdf(d) + pli_normal_pdf(d));
}

// Calls fall with the strike by at most one, ever less steeply, and never below zero: each change of slope is the
// probability that the prices give to a node, and the slopes at both ends leave what lies beyond.
static double
grid_butterfly(const plm_surface_expiry *expiry, plm_price_domain domain) {
    const plm_slice *slice = &expiry->slice;
    bool is_positive = domain == PLM_PRICE_DOMAIN_POSITIVE;
    double unit = is_positive ? expiry->forward : 1;
    double margin = 1;
    double slope = -1;
    double strike = 0; // a call of strike 0 is the forward itself
    double call = 1;
    for (uint32_t i = 0; i < slice->node_count; i += 1) {
        double next_strike = slice->nodes[i].strike / unit;
        double next_call = node_call(expiry, &slice->nodes[i], domain);
        if (i > 0 || is_positive) {
            double next_slope = (next_call - call) / (next_strike - strike);
            margin = least(margin, next_slope - slope);
            slope = next_slope;
        }
        strike = next_strike;
        call = next_call;
    }
    return least(margin, -slope);
}

// Total variance at one moneyness: ln(strike / forward), or strike - forward where the domain is `any`.
static plm_status
total_variance(const plm_surface_expiry *expiry, plm_price_domain domain, double moneyness,
               double *variance) {
    double strike = domain == PLM_PRICE_DOMAIN_POSITIVE ? expiry->forward * pli_exp(moneyness)
                                                        : expiry->forward + moneyness;
    double volatility;
    plm_status status =
        plm_slice_volatility(&expiry->slice, expiry->forward, strike, expiry->years, &volatility);
    if (status == PLM_OK) {
        *variance = volatility * volatility * expiry->years;
    }
    return status;
}

// The calendar margin at the nodes of one of the two, which is a grid.
static plm_status
nodes_calendar(const plm_surface_expiry *earlier, const plm_surface_expiry *later,
               const plm_surface_expiry *of, plm_price_domain domain, double *margin) {
    for (uint32_t i = 0; i < of->slice.node_count; i += 1) {
        double strike = of->slice.nodes[i].strike;
        double moneyness = domain == PLM_PRICE_DOMAIN_POSITIVE ? pli_log(strike / of->forward)
                                                               : strike - of->forward;
        double before;
        double after;
        plm_status status = total_variance(earlier, domain, moneyness, &before);
        if (status == PLM_OK) {
            status = total_variance(later, domain, moneyness, &after);
        }
        if (status != PLM_OK) {
            return status;
        }
        *margin = least(*margin, after - before);
    }
    return PLM_OK;
}

static plm_status
calendar_margin(const plm_surface_expiry *earlier, const plm_surface_expiry *later,
                plm_price_domain domain, double *out) {
    if (earlier->slice.kind == PLM_SLICE_SVI && later->slice.kind == PLM_SLICE_SVI) {
        *out = pli_svi_calendar(&earlier->slice.svi, &later->slice.svi);
        return PLM_OK;
    }
    double margin = FINITE_MAX;
    plm_status status = PLM_OK;
    if (earlier->slice.kind == PLM_SLICE_GRID) {
        status = nodes_calendar(earlier, later, earlier, domain, &margin);
    }
    if (status == PLM_OK && later->slice.kind == PLM_SLICE_GRID) {
        status = nodes_calendar(earlier, later, later, domain, &margin);
    }
    if (status == PLM_OK) {
        *out = margin;
    }
    return status;
}

// The least total variance of a slice by itself.
static double
least_variance(const plm_surface_expiry *expiry) {
    if (expiry->slice.kind == PLM_SLICE_SVI) {
        return pli_svi_least(&expiry->slice.svi);
    }
    double volatility = expiry->slice.nodes[0].volatility;
    for (uint32_t i = 1; i < expiry->slice.node_count; i += 1) {
        volatility = least(volatility, expiry->slice.nodes[i].volatility);
    }
    return volatility * volatility * expiry->years;
}

static plm_status
check_terms(const plm_surface_expiry *expiries, uint32_t index, plm_price_domain domain,
            plm_fault *fault) {
    const plm_surface_expiry *e = &expiries[index];
    bool is_positive = domain == PLM_PRICE_DOMAIN_POSITIVE;
    if (e->slice.kind == PLM_SLICE_NONE) {
        return pli_fault_set_index(fault, PLM_SURFACE_MISSING, "expiry", index, " has no slice");
    }
    if (!(e->years > (index == 0 ? 0 : expiries[index - 1].years)) || !(e->years <= FINITE_MAX)) {
        return pli_fault_set_index(fault, PLM_DOMAIN, "expiry", index,
                                   " has years that do not rise from above zero");
    }
    if (!(fabs(e->forward) <= FINITE_MAX) || (is_positive && !(e->forward > 0))) {
        return pli_fault_set_index(fault, PLM_DOMAIN, "expiry", index,
                                   " has a forward outside its domain");
    }
    if (!pli_slice_is_valid(&e->slice, is_positive)) {
        return pli_fault_set_index(fault, PLM_DOMAIN, "expiry", index,
                                   " has a slice outside the ranges of surface.h");
    }
    return PLM_OK;
}

static plm_status
measure(const plm_surface_expiry *expiries, uint32_t index, plm_price_domain domain,
        plm_surface_margin *out) {
    const plm_surface_expiry *e = &expiries[index];
    plm_surface_margin margin = {.slope = 2};
    if (e->slice.kind == PLM_SLICE_SVI) {
        margin.butterfly = pli_svi_butterfly(&e->slice.svi);
        margin.slope = pli_svi_lee(&e->slice.svi);
    } else {
        margin.butterfly = grid_butterfly(e, domain);
    }
    plm_status status = PLM_OK;
    if (index == 0) {
        margin.calendar = least_variance(e);
    } else {
        status = calendar_margin(&expiries[index - 1], e, domain, &margin.calendar);
    }
    if (status == PLM_OK) {
        *out = margin;
    }
    return status;
}

// Margins one expiry at a time into `visit`'s place: all of them to a table, or each to the tests of the check.
static plm_status
measure_checked(const plm_surface_expiry *expiries, uint32_t index, plm_price_domain domain,
                plm_surface_margin *out, plm_fault *fault) {
    plm_status status = check_terms(expiries, index, domain, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = measure(expiries, index, domain, out);
    if (status != PLM_OK) {
        return pli_fault_set_index(fault, status, "expiry", index,
                                   " has no volatility at a tested strike");
    }
    return PLM_OK;
}

plm_status
plm_surface_margins(const plm_surface_expiry *expiries, uint32_t expiry_count,
                    plm_price_domain domain, plm_surface_margin *margins, plm_fault *fault) {
    // First a pass that writes nothing, so that a fault in the last expiry leaves `margins` alone.
    for (uint32_t i = 0; i < expiry_count; i += 1) {
        plm_surface_margin unused;
        plm_status status = measure_checked(expiries, i, domain, &unused, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    for (uint32_t i = 0; i < expiry_count; i += 1) {
        plm_status status = measure(expiries, i, domain, &margins[i]);
        if (status != PLM_OK) {
            return status;
        }
    }
    return PLM_OK;
}

plm_status
plm_surface_check(const plm_surface_expiry *expiries, uint32_t expiry_count,
                  plm_price_domain domain, plm_fault *fault) {
    for (uint32_t i = 0; i < expiry_count; i += 1) {
        plm_surface_margin margin;
        plm_status status = measure_checked(expiries, i, domain, &margin, fault);
        if (status != PLM_OK) {
            return status;
        }
        bool is_svi = expiries[i].slice.kind == PLM_SLICE_SVI;
        if (!(margin.butterfly >= (is_svi ? 0 : -PLI_MARGIN_TOLERANCE))) {
            return pli_fault_set_index(fault, PLM_SURFACE_ARBITRAGE, "expiry", i,
                                       " admits butterfly arbitrage: the density is negative");
        }
        if (!(margin.slope >= 0)) {
            return pli_fault_set_index(fault, PLM_SURFACE_ARBITRAGE, "expiry", i,
                                       " has a wing steeper than Lee's bound b (1 + |rho|) <= 2");
        }
        if (!(margin.calendar >= -PLI_MARGIN_TOLERANCE)) {
            return pli_fault_set_index(fault, PLM_SURFACE_ARBITRAGE, "expiry", i,
                                       " admits calendar arbitrage against the expiry before it");
        }
    }
    return PLM_OK;
}
