/* svi_fit.c: arbitrage-free SVI smiles for all expiries of one underlying.            SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/surface.h"

#include "base/arena.h"
#include "base/libc.h"
#include "base/text.h"
#include "market/slice.h"
#include "market/svi_repair.h"
#include "market/svi_search.h"
#include "num/elementary.h"

#define FINITE_MAX 0x1.fffffffffffffp+1023
#define VOLATILITY_MIN 1e-4
#define VOLATILITY_MAX 100.0
#define YEARS_MIN 1e-6
#define YEARS_MAX 100.0
#define WEIGHT_MAX 1000.0
#define STRIKES_MIN 5

// The fit aims a little inside the spread, so that the last bits of a price decide nothing. Marks of quotes that lack a
// side are often an extrapolation of the venue's own and hardly count.
#define SPREAD_INSET 0.05
#define LEAN_TWO_SIDED 0.01
#define LEAN_OTHER 0.0002

static bool
is_between(double x, double low, double high) {
    return x >= low && x <= high;
}

static bool
is_volatility(double x) {
    return x == 0 || is_between(x, VOLATILITY_MIN, VOLATILITY_MAX);
}

static plm_status
check_quote(const plm_fit_quote *q) {
    bool is_priced = q->strike > 0 && q->strike <= FINITE_MAX && q->forward > 0 &&
                     q->forward <= FINITE_MAX && q->strike / q->forward > 0 &&
                     q->strike / q->forward <= FINITE_MAX;
    bool is_quoted = is_volatility(q->bid_volatility) && is_volatility(q->ask_volatility) &&
                     is_volatility(q->mark_volatility);
    if (!is_priced || !is_quoted || !is_between(q->weight, 0, WEIGHT_MAX)) {
        return PLM_DOMAIN;
    }
    if (q->ask_volatility > 0 && q->bid_volatility > q->ask_volatility) {
        return PLM_QUOTE_CROSSED;
    }
    return PLM_OK;
}

static plm_status
check_expiry(const plm_fit_expiry *expiries, uint32_t index, plm_fault *fault) {
    const plm_fit_expiry *e = &expiries[index];
    bool is_rising = index == 0 || e->years > expiries[index - 1].years;
    if (!is_rising || !is_between(e->years, YEARS_MIN, YEARS_MAX)) {
        return pli_fault_set_index(fault, PLM_DOMAIN, "expiry", index,
                                   " has years that do not rise, or are not in 1e-6 to 100");
    }
    for (uint32_t i = 0; i < e->quote_count; i += 1) {
        plm_status status = check_quote(&e->quotes[i]);
        if (status == PLM_QUOTE_CROSSED) {
            return pli_fault_set_index(fault, status, "expiry", index,
                                       " has a bid volatility above its ask volatility");
        }
        if (status != PLM_OK) {
            return pli_fault_set_index(
                fault, status, "expiry", index,
                " has a quote out of range: volatility 0 or 1e-4 to 100, weight 0 to 1000"
                "volatilities 0 to 100, weight 0 to 1000");
        }
    }
    return PLM_OK;
}

// In total variance, with the distance that counts as one: half the spread where both sides stand, never less than 1 % and
// never more than 20 % of the target.
static pli_fit_point
make_point(const plm_fit_quote *q, double years) {
    pli_fit_point p = {.moneyness = pli_log(q->strike / q->forward), .weight = q->weight};
    p.low = q->bid_volatility * q->bid_volatility * years;
    p.high = q->ask_volatility > 0 ? q->ask_volatility * q->ask_volatility * years : FINITE_MAX;
    bool is_two_sided = q->bid_volatility > 0 && q->ask_volatility > 0;
    if (q->mark_volatility > 0) {
        p.target = q->mark_volatility * q->mark_volatility * years;
    } else if (is_two_sided) {
        p.target = (p.low + p.high) / 2;
    }
    if (is_two_sided) {
        double inset = SPREAD_INSET * (p.high - p.low);
        p.low += inset;
        p.high -= inset;
    }
    double reference = p.target > 0 ? p.target : (p.low > 0 ? p.low : p.high);
    if (!(reference < FINITE_MAX)) {
        reference = years; // nothing known: the quote bounds nothing
    }
    p.lean = is_two_sided ? LEAN_TWO_SIDED : LEAN_OTHER;
    p.scale = is_two_sided ? (p.high - p.low) / 2 : 0.1 * reference;
    p.scale = p.scale < 0.01 * reference ? 0.01 * reference : p.scale;
    p.scale = p.scale > 0.2 * reference ? 0.2 * reference : p.scale;
    return p;
}

// Strikes that tell the fit where to go: different moneyness, positive weight, a target.
static uint32_t
count_strikes(const pli_fit_point *points, uint32_t count) {
    uint32_t strikes = 0;
    for (uint32_t i = 0; i < count && strikes < STRIKES_MIN; i += 1) {
        bool is_new = points[i].weight > 0 && points[i].target > 0;
        for (uint32_t j = 0; j < i && is_new; j += 1) {
            bool counts = points[j].weight > 0 && points[j].target > 0;
            is_new = !counts || fabs(points[j].moneyness - points[i].moneyness) > 1e-3;
        }
        strikes += is_new ? 1 : 0;
    }
    return strikes;
}

static plm_fit_report
measure_fit(const plm_svi *svi, const plm_fit_expiry *expiry) {
    plm_fit_report report = {.quote_count = expiry->quote_count};
    plm_slice slice = {.kind = PLM_SLICE_SVI, .svi = *svi};
    for (uint32_t i = 0; i < expiry->quote_count; i += 1) {
        const plm_fit_quote *q = &expiry->quotes[i];
        if (!(q->bid_volatility > 0) && !(q->ask_volatility > 0)) {
            continue;
        }
        report.quoted_count += 1;
        double v;
        if (plm_slice_volatility(&slice, q->forward, q->strike, expiry->years, &v) != PLM_OK) {
            continue;
        }
        double outside = 0;
        if (v < q->bid_volatility) {
            outside = q->bid_volatility - v;
        } else if (q->ask_volatility > 0 && v > q->ask_volatility) {
            outside = v - q->ask_volatility;
        }
        report.inside_count += outside > 0 ? 0 : 1;
        report.violation_max = outside > report.violation_max ? outside : report.violation_max;
    }
    return report;
}

static bool
is_half_inside(const plm_fit_report *report) {
    return 2 * (uint64_t)report->inside_count >= report->quoted_count;
}

static plm_status
fit_expiry(const plm_fit_expiry *expiry, const plm_svi *earlier, pli_fit_point *points,
           plm_svi *svi, plm_fit_report *report) {
    for (uint32_t i = 0; i < expiry->quote_count; i += 1) {
        points[i] = make_point(&expiry->quotes[i], expiry->years);
    }
    if (count_strikes(points, expiry->quote_count) < STRIKES_MIN) {
        return PLM_HISTORY_SHORT;
    }
    pli_fit_problem problem = {
        .point_count = expiry->quote_count, .points = points, .earlier = earlier};
    plm_svi best = pli_svi_search(&problem);
    plm_surface_margin margin;
    bool was_repaired = false;
    bool is_sound = pli_svi_repair(&best, earlier, &margin, &was_repaired);
    plm_fit_report measured = measure_fit(&best, expiry);
    if (!is_sound || !is_half_inside(&measured)) {
        problem.may_arbitrage = true;
        plm_svi free_of_rules = pli_svi_search(&problem);
        plm_fit_report without = measure_fit(&free_of_rules, expiry);
        return is_half_inside(&without) ? PLM_SURFACE_ARBITRAGE : PLM_FIT_FAILED;
    }
    measured.margin = margin;
    measured.was_repaired = was_repaired;
    *svi = best;
    *report = measured;
    return PLM_OK;
}

// What the workspace holds; results wait here until every expiry has one.
typedef struct fit_memory {
    pli_fit_point *points;
    plm_svi *slices;
    plm_fit_report *reports;
} fit_memory;

static fit_memory
carve(pli_arena *arena, uint32_t expiry_count, uint32_t quote_count_max) {
    fit_memory memory;
    memory.points = PLI_ARENA_TAKE(arena, quote_count_max, pli_fit_point);
    memory.slices = PLI_ARENA_TAKE(arena, expiry_count, plm_svi);
    memory.reports = PLI_ARENA_TAKE(arena, expiry_count, plm_fit_report);
    return memory;
}

size_t
plm_surface_fit_size(uint32_t expiry_count, uint32_t quote_count_max) {
    pli_arena arena = pli_arena_init_sizing();
    carve(&arena, expiry_count, quote_count_max);
    return pli_arena_used(&arena);
}

static const char *
failure_text(plm_status status) {
    switch ((int)status) {
    case PLM_FIT_FAILED:
        return " has no SVI smile that meets half of its quotes";
    case PLM_HISTORY_SHORT:
        return " has fewer than 5 strikes with a volatility and a weight";
    default:
        return " meets half of its quotes only with arbitrage: the quotes disagree";
    }
}

plm_status
plm_surface_fit(const plm_fit_expiry *expiries, uint32_t expiry_count, plm_fit_workspace workspace,
                plm_slice *slices, plm_fit_report *reports, plm_fault *fault) {
    uint32_t quote_count_max = 0;
    for (uint32_t i = 0; i < expiry_count; i += 1) {
        plm_status status = check_expiry(expiries, i, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (expiries[i].quote_count > quote_count_max) {
            quote_count_max = expiries[i].quote_count;
        }
    }
    pli_arena arena = pli_arena_init(workspace.memory, workspace.size);
    fit_memory memory = carve(&arena, expiry_count, quote_count_max);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set(fault, PLM_WORKSPACE_SMALL,
                             "the workspace is smaller than plm_surface_fit_size says", NULL, NULL);
    }
    for (uint32_t i = 0; i < expiry_count; i += 1) {
        const plm_svi *earlier = i == 0 ? NULL : &memory.slices[i - 1];
        plm_status status =
            fit_expiry(&expiries[i], earlier, memory.points, &memory.slices[i], &memory.reports[i]);
        if (status != PLM_OK) {
            return pli_fault_set_index(fault, status, "expiry", i, failure_text(status));
        }
    }
    for (uint32_t i = 0; i < expiry_count; i += 1) {
        slices[i] = (plm_slice){.kind = PLM_SLICE_SVI, .svi = memory.slices[i]};
        reports[i] = memory.reports[i];
    }
    return PLM_OK;
}
