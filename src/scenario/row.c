/* row.c: rounds profits into entries; rows of assets and of what is linear or inverse in its price.
 * SPDX-License-Identifier: Apache-2.0 */
#include "scenario/row.h"
#include "base/text.h"
#include "num/rounding.h"

bool
pli_row_has(const pli_row *row, uint32_t entry) {
    const plm_scenario_header *header = &row->exposure.set->header;
    bool is_joint = entry >= header->grid_count && entry < plm_scenario_probe_begin(header);
    return !is_joint || header->has_history[row->exposure.underlying_index] != 0;
}

static plm_status
put_micros(const pli_row *row, uint32_t entry, double micros) {
    plm_status status = pli_i64_from_double_half_even(micros, &row->entries[entry]);
    return status == PLM_OK ? PLM_OK : PLM_ARRAY_RANGE;
}

plm_status
pli_row_put(const pli_row *row, uint32_t entry, const pli_move *move, double profit) {
    double settlement = 1.0 + move->settlement * row->settlement_scale;
    return put_micros(row, entry, profit * settlement * move->weight);
}

plm_status
pli_row_put_delta(const pli_row *row, double delta) {
    const plm_scenario_header *header = &row->exposure.set->header;
    return put_micros(row, plm_scenario_probe_begin(header) + PLM_PROBE_DELTA, delta);
}

plm_status
pli_row_explain(const pli_row *row, plm_status status, plm_fault *fault) {
    if (status == PLM_OK) {
        return PLM_OK;
    }
    const char *rest = status == PLM_ARRAY_RANGE
                           ? " has a risk-array entry that does not fit 64 bits"
                           : " has no value after one of the moves";
    if (row->instrument_index == PLM_NONE) {
        return pli_fault_set_index(fault, status, "an asset of underlying",
                                   row->exposure.underlying_index, rest);
    }
    return pli_fault_set_index(fault, status, "instrument", row->instrument_index, rest);
}

static const plm_underlying *
underlying_of(const pli_row *row) {
    return &row->listing->underlyings[row->exposure.underlying_index];
}

// What a relative move is a fraction of, in e8: the price itself, or the reference price.
static double
move_base_e8(const plm_underlying *underlying, int64_t price_e8) {
    return pli_double_from_i64(underlying->domain == PLM_PRICE_DOMAIN_ANY ? underlying->reference_e8
                                                                          : price_e8);
}

// Relative move of the derivative itself: index move and basis, on top of each other where prices
// are positive, side by side where both are fractions of the reference.
static double
derivative_move(const plm_underlying *underlying, const pli_move *move) {
    if (underlying->domain == PLM_PRICE_DOMAIN_ANY) {
        return move->price + move->away;
    }
    return move->price + move->away + move->price * move->away;
}

static uint32_t
move_count(const pli_row *row) {
    return plm_scenario_probe_begin(&row->exposure.set->header) + PLM_PROBE_DELTA;
}

plm_status
pli_row_fill_asset(const pli_row *row, plm_fault *fault) {
    const plm_underlying *underlying = underlying_of(row);
    int64_t price_e8 = row->market->underlyings[row->exposure.underlying_index].price.price_e8;
    double unit =
        move_base_e8(underlying, price_e8) / pli_double_from_i64(underlying->price_unit) / 100.0;
    for (uint32_t entry = 0; entry < move_count(row); entry += 1) {
        if (!pli_row_has(row, entry)) {
            continue;
        }
        pli_move move = pli_move_at(&row->exposure, entry);
        plm_status status = pli_row_put(row, entry, &move, unit * move.price);
        if (status != PLM_OK) {
            return pli_row_explain(row, status, fault);
        }
    }
    return pli_row_explain(row, pli_row_put_delta(row, unit), fault);
}

// lots * lot_e8 * price_e8 is quote currency in 1e-16: hence 1e-10 to micros.
static plm_status
fill_linear(const pli_row *row, int64_t mark_e8) {
    const plm_underlying *underlying = underlying_of(row);
    const plm_instrument *instrument = &row->listing->instruments[row->instrument_index];
    double unit = pli_double_from_i64(instrument->lot_e8) * move_base_e8(underlying, mark_e8) /
                  1e10 / pli_double_from_i64(underlying->price_unit) * row->settlement_price;
    for (uint32_t entry = 0; entry < move_count(row); entry += 1) {
        if (!pli_row_has(row, entry)) {
            continue;
        }
        pli_move move = pli_move_at(&row->exposure, entry);
        plm_status status =
            pli_row_put(row, entry, &move, unit * derivative_move(underlying, &move));
        if (status != PLM_OK) {
            return status;
        }
    }
    return pli_row_put_delta(row, unit);
}

// Coin profit N (1/F - 1/F') valued at the moved index S'. With F' = F (1 + m), S' = S (1 + x) and
// 1 + m = (1 + x)(1 + b) it is N (S/F) m / (1 + b): no difference of nearly equal numbers is taken.
static plm_status
inverse_profit(const pli_row *row, int64_t mark_e8, const pli_move *move, double *profit) {
    const plm_underlying *underlying = underlying_of(row);
    const plm_instrument *instrument = &row->listing->instruments[row->instrument_index];
    double notional = pli_double_from_i64(instrument->lot_e8) / 100.0;
    double mark = pli_double_from_i64(mark_e8);
    double index = pli_double_from_i64(
        row->market->underlyings[row->exposure.underlying_index].price.price_e8);
    double relative = derivative_move(underlying, move);
    if (underlying->domain == PLM_PRICE_DOMAIN_ANY) {
        double reference = pli_double_from_i64(underlying->reference_e8);
        double moved = mark + relative * reference;
        double moved_index = index + move->price * reference;
        if (!(moved > 0.0)) {
            return PLM_DOMAIN;
        }
        *profit = notional * (relative * reference) / (mark * moved) * moved_index;
        return PLM_OK;
    }
    if (!(1.0 + relative > 0.0)) {
        return PLM_DOMAIN;
    }
    *profit = notional * index / mark * relative / (1.0 + move->away);
    return PLM_OK;
}

static plm_status
fill_inverse(const pli_row *row, int64_t mark_e8) {
    if (mark_e8 <= 0) {
        return PLM_DOMAIN;
    }
    for (uint32_t entry = 0; entry < move_count(row); entry += 1) {
        if (!pli_row_has(row, entry)) {
            continue;
        }
        pli_move move = pli_move_at(&row->exposure, entry);
        double profit = 0.0;
        plm_status status = inverse_profit(row, mark_e8, &move, &profit);
        if (status == PLM_OK) {
            status = pli_row_put(row, entry, &move, profit);
        }
        if (status != PLM_OK) {
            return status;
        }
    }
    // The profit is linear in the move while no basis moves, so its slope is a profit: at x = 1, or
    // for domain `any` the derivative N R S / F^2 at x = 0.
    const plm_underlying *underlying = underlying_of(row);
    double index = pli_double_from_i64(
        row->market->underlyings[row->exposure.underlying_index].price.price_e8);
    double mark = pli_double_from_i64(mark_e8);
    double notional =
        pli_double_from_i64(row->listing->instruments[row->instrument_index].lot_e8) / 100.0;
    return pli_row_put_delta(row,
                             notional * index / mark * (move_base_e8(underlying, mark_e8) / mark));
}

plm_status
pli_row_fill_delta_one(const pli_row *row, int64_t mark_e8, plm_fault *fault) {
    const plm_instrument *instrument = &row->listing->instruments[row->instrument_index];
    plm_status status = instrument->settlement == PLM_SETTLEMENT_INVERSE
                            ? fill_inverse(row, mark_e8)
                            : fill_linear(row, mark_e8);
    return pli_row_explain(row, status, fault);
}
