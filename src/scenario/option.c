/* option.c: rows of options by full revaluation, one batch of points at a time.       SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "base/text.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "plimsoll/kernel.h"
#include "price/mark.h"
#include "scenario/row.h"

enum { BATCH_SIZE = 128 };

// Points of one time to expiry, waiting to be priced together.
typedef struct batch {
    uint32_t count;
    uint32_t entry[BATCH_SIZE];
    pli_move move[BATCH_SIZE];
    double forward[BATCH_SIZE];
    double volatility[BATCH_SIZE];
    double value[BATCH_SIZE];
} batch;

// One option and everything about it that no entry changes.
typedef struct revaluation {
    const pli_row *row;
    const plm_expiry_market *expiry;
    plm_option_terms terms; // as of now
    bool is_any;            // Bachelier, moves are fractions of `reference`
    bool is_inverse;        // worth V / F coin
    double reference;
    double index;
    double unit; // micros per lot of one unit of value, at today's settlement price
    double base; // value now, in valuation currency per unit
} revaluation;

// A coin-settled option is worth V / F coin at the index S; any other is worth V.
static double
conversion(const revaluation *option, double forward, double index) {
    return option->is_inverse ? index / forward : 1.0;
}

static double
moved_index(const revaluation *option, const pli_move *move) {
    return option->is_any ? option->index + move->price * option->reference
                          : option->index * (1.0 + move->price);
}

static double
moved_forward(const revaluation *option, const pli_move *move) {
    if (option->is_any) {
        return option->terms.forward + (move->price + move->away) * option->reference;
    }
    return option->terms.forward * (1.0 + move->price) * (1.0 + move->away);
}

// Sticky strike: the volatility stays with the strike. Sticky moneyness: it stays with strike /
// forward (domain `any`: strike - forward), read at the strike that stood there before the move.
static plm_status
moved_volatility(const revaluation *option, const pli_move *move, double forward,
                 double *volatility) {
    const plm_option_terms *terms = &option->terms;
    double before = terms->volatility;
    if (move->is_sticky_moneyness) {
        double strike = option->is_any ? terms->strike - (forward - terms->forward)
                                       : terms->strike * (terms->forward / forward);
        plm_status status = plm_slice_volatility(&option->expiry->slice, terms->forward, strike,
                                                 terms->years, &before);
        if (status != PLM_OK) {
            return status;
        }
    }
    *volatility = before * move->volatility;
    return PLM_OK;
}

static plm_status
price_points(const revaluation *option, double years, batch *points) {
    const plm_option_terms *terms = &option->terms;
    if (!option->is_any) {
        plm_option_fixed fixed = {terms->strike, years, terms->right};
        const plm_kernels *kernels = option->row->exposure.set->kernels;
        kernels = kernels != NULL ? kernels : &plm_kernels_reference;
        kernels->black76_points(&fixed, points->count, points->forward, points->volatility,
                                points->value);
        return PLM_OK;
    }
    plm_option_terms moved = *terms;
    moved.years = years;
    for (uint32_t i = 0; i < points->count; i += 1) {
        moved.forward = points->forward[i];
        moved.volatility = points->volatility[i];
        plm_status status = plm_bachelier_price(&moved, &points->value[i]);
        if (status != PLM_OK) {
            return status;
        }
    }
    return PLM_OK;
}

static plm_status
flush(const revaluation *option, double years, batch *points) {
    plm_status status = price_points(option, years, points);
    for (uint32_t i = 0; i < points->count && status == PLM_OK; i += 1) {
        const pli_move *move = &points->move[i];
        double worth =
            points->value[i] * conversion(option, points->forward[i], moved_index(option, move));
        status =
            pli_row_put(option->row, points->entry[i], move, option->unit * (worth - option->base));
    }
    points->count = 0;
    return status;
}

static plm_status
add_point(const revaluation *option, double years, uint32_t entry, const pli_move *move,
          batch *points) {
    uint32_t at = points->count;
    points->entry[at] = entry;
    points->move[at] = *move;
    points->forward[at] = moved_forward(option, move);
    if ((!option->is_any || option->is_inverse) && !(points->forward[at] > 0.0)) {
        return PLM_DOMAIN;
    }
    plm_status status =
        moved_volatility(option, move, points->forward[at], &points->volatility[at]);
    if (status != PLM_OK) {
        return status;
    }
    points->count += 1;
    return points->count == BATCH_SIZE ? flush(option, years, points) : PLM_OK;
}

// The order in which entries are visited: as they stand, but the planes of one past day together,
// because the kernel takes one logarithm for neighbours with the same forward.
static uint32_t
entry_in_order(const plm_scenario_header *header, uint32_t position) {
    uint32_t stress_begin = plm_scenario_stress_begin(header);
    if (position < header->grid_count || position >= stress_begin) {
        return position;
    }
    uint32_t within = position - header->grid_count;
    return plm_scenario_history_begin(header, within % header->plane_count) +
           within / header->plane_count;
}

// All entries evaluated at one time to expiry.
static plm_status
fill_pass(const revaluation *option, bool is_elapsed, double years) {
    const plm_scenario_header *header = &option->row->exposure.set->header;
    uint32_t count = plm_scenario_probe_begin(header) + PLM_PROBE_DELTA;
    batch points = {.count = 0};
    for (uint32_t position = 0; position < count; position += 1) {
        uint32_t entry = entry_in_order(header, position);
        if (!pli_row_has(option->row, entry)) {
            continue;
        }
        pli_move move = pli_move_at(&option->row->exposure, entry);
        if (move.is_elapsed != is_elapsed) {
            continue;
        }
        plm_status status = add_point(option, years, entry, &move, &points);
        if (status != PLM_OK) {
            return status;
        }
    }
    return flush(option, years, &points);
}

// d/dx of unit * V(F') * conversion at x = 0, where F' = F + x B and S' = S + x C.
static plm_status
put_delta(const revaluation *option) {
    plm_option_value greeks = {.value = 0.0};
    plm_price_domain domain = option->is_any ? PLM_PRICE_DOMAIN_ANY : PLM_PRICE_DOMAIN_POSITIVE;
    plm_status status = pli_option_value(domain, &option->terms, &greeks);
    if (status != PLM_OK) {
        return status;
    }
    double forward = option->terms.forward;
    double forward_slope = option->is_any ? option->reference : forward;
    double slope = greeks.delta * forward_slope;
    if (option->is_inverse) {
        slope *= option->index / forward;
    }
    if (option->is_inverse && option->is_any) {
        slope += greeks.value / forward * option->reference * (1.0 - option->index / forward);
    }
    return pli_row_put_delta(option->row, option->unit * slope);
}

static plm_status
revaluation_init(const pli_row *row, revaluation *option, plm_fault *fault) {
    const plm_instrument *instrument = &row->listing->instruments[row->instrument_index];
    const plm_underlying *underlying = &row->listing->underlyings[instrument->underlying_index];
    plm_status status = pli_option_terms_from_market(row->listing, row->market,
                                                     row->instrument_index, &option->terms, fault);
    if (status != PLM_OK) {
        return status;
    }
    option->row = row;
    option->expiry =
        plm_market_expiry(row->market, instrument->underlying_index, instrument->expiry_ns);
    option->is_any = underlying->domain == PLM_PRICE_DOMAIN_ANY;
    option->is_inverse = instrument->settlement == PLM_SETTLEMENT_INVERSE;
    option->reference = pli_double_from_i64(underlying->reference_e8) / 1e8;
    int64_t index_e8 = row->market->underlyings[instrument->underlying_index].price.price_e8;
    option->index = pli_double_from_i64(index_e8) / 1e8;
    // An inverse option's coin is valued by `conversion`; no settlement price comes on top.
    option->unit = pli_double_from_i64(instrument->lot_e8) / 100.0 /
                   pli_double_from_i64(underlying->price_unit) *
                   (option->is_inverse ? 1.0 : row->settlement_price);
    return PLM_OK;
}

// The zero move must give exactly this, so it takes the way every point takes.
static plm_status
price_now(revaluation *option) {
    if (option->is_inverse && !(option->terms.forward > 0.0)) {
        return PLM_DOMAIN;
    }
    batch now = {.count = 1};
    now.forward[0] = option->terms.forward;
    now.volatility[0] = option->terms.volatility;
    plm_status status = price_points(option, option->terms.years, &now);
    if (status == PLM_OK) {
        option->base = now.value[0] * conversion(option, option->terms.forward, option->index);
    }
    return status;
}

// How many standard deviations the strike stands above the forward.
static double
strike_deviations(const plm_option_terms *terms, bool is_any) {
    double spread = terms->volatility * sqrt(terms->years);
    double distance =
        is_any ? terms->strike - terms->forward : pli_log(terms->strike / terms->forward);
    return distance / spread;
}

plm_status
pli_row_fill_option(pli_row *row, plm_fault *fault) {
    revaluation option;
    plm_status status = revaluation_init(row, &option, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = price_now(&option);
    if (status != PLM_OK) {
        return pli_row_explain(row, status, fault);
    }
    pli_exposure_set_tilt(&row->exposure, strike_deviations(&option.terms, option.is_any));
    status = fill_pass(&option, false, option.terms.years);
    if (status == PLM_OK) {
        double horizon = pli_double_from_i64(row->exposure.set->header.horizon.ns) /
                         pli_double_from_i64(PLM_YEAR_NS);
        double left = option.terms.years > horizon ? option.terms.years - horizon : 0.0;
        status = fill_pass(&option, true, left);
    }
    if (status == PLM_OK) {
        status = put_delta(&option);
    }
    return pli_row_explain(row, status, fault);
}
