/* shift.c: the market as it would be after a move.                                    SPDX-License-Identifier: Apache-2.0 */
#include "server/shift.h"

#include <stdlib.h>
#include <string.h>

#include "base/wide.h"

plm_status
pli_shift_init(pli_shift *shift, const plm_core *core) {
    memset(shift, 0, sizeof *shift);
    plm_status status = plm_core_look(core, &shift->view);
    if (status != PLM_OK) {
        return status;
    }
    const plm_market *market = &shift->view.market;
    shift->underlyings =
        calloc(shift->view.listing.underlying_count + 1, sizeof shift->underlyings[0]);
    shift->marks = calloc(shift->view.listing.instrument_count + 1, sizeof shift->marks[0]);
    shift->expiries = calloc(market->expiry_count + 1, sizeof shift->expiries[0]);
    shift->market = *market;
    shift->market.underlyings = shift->underlyings;
    shift->market.marks = shift->marks;
    shift->market.expiries = shift->expiries;
    return shift->underlyings == NULL || shift->marks == NULL || shift->expiries == NULL
               ? PLM_MEMORY
               : PLM_OK;
}

void
pli_shift_finish(pli_shift *shift) {
    free(shift->underlyings);
    free(shift->marks);
    free(shift->expiries);
}

static int64_t
moved(int64_t value, double factor) {
    double result = (double)value * factor;
    return result > 1 ? (int64_t)result : value > 0 ? 1 : 0;
}

static bool
is_moved(const pli_move *move, uint32_t underlying) {
    return move->only == 0 || move->only == underlying + 1;
}

static double
factor_of(const pli_move *move, uint32_t underlying) {
    double by = move->prices == NULL ? move->price : move->prices[underlying];
    return 1 + (is_moved(move, underlying) ? by : 0);
}

static double
volatility_of(const pli_move *move, uint32_t underlying) {
    return 1 + (is_moved(move, underlying) ? move->volatility : 0);
}

plm_status
pli_shift_set(pli_shift *shift, const pli_move *move) {
    const plm_market *from = &shift->view.market;
    const plm_listing *listing = &shift->view.listing;
    for (uint32_t u = 0; u < listing->underlying_count; u += 1) {
        shift->underlyings[u] = from->underlyings[u];
        plm_underlying_market *to = &shift->underlyings[u];
        double price = factor_of(move, u);
        to->price.price_e8 = moved(to->price.price_e8, price);
        to->price.slow_e8 = moved(to->price.slow_e8, price);
        to->volatility_ppm = moved(to->volatility_ppm, volatility_of(move, u));
        to->depth_micros = moved(to->depth_micros, is_moved(move, u) ? move->depth : 1);
    }
    for (uint32_t i = 0; i < from->expiry_count; i += 1) {
        uint32_t u = from->expiries[i].underlying_index;
        double volatility = volatility_of(move, u);
        shift->expiries[i] = from->expiries[i];
        shift->expiries[i].forward_e8 = moved(from->expiries[i].forward_e8, factor_of(move, u));
        shift->expiries[i].slice.svi.a *= volatility * volatility;
        shift->expiries[i].slice.svi.b *= volatility * volatility;
    }
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        const plm_instrument *terms = &listing->instruments[i];
        shift->marks[i] = from->marks[i];
        if (terms->kind != PLM_KIND_OPTION) {
            shift->marks[i].mark_e8 =
                moved(from->marks[i].mark_e8, factor_of(move, terms->underlying_index));
        } else if (terms->expiry_ns > from->time.ns) {
            shift->marks[i].is_present = false;
            plm_price mark = {0};
            plm_status status = plm_instrument_mark(listing, &shift->market, i, &mark, NULL);
            if (status != PLM_OK) {
                return status;
            }
            shift->marks[i].mark_e8 = mark.e8;
            shift->marks[i].is_present = true;
        }
    }
    return PLM_OK;
}

double
pli_shift_profit(const pli_shift *shift, const plm_portfolio *portfolio) {
    const plm_listing *listing = &shift->view.listing;
    const plm_market *from = &shift->view.market;
    double profit = 0;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        uint32_t at = portfolio->positions[i].instrument_index;
        double size =
            (double)portfolio->positions[i].lots * (double)listing->instruments[at].lot_e8 / 1e8;
        double change = (double)(shift->marks[at].mark_e8 - from->marks[at].mark_e8) / 1e8;
        profit += size * change;
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        const plm_asset *asset = &listing->assets[portfolio->balances[i].asset_index];
        uint32_t u = asset->underlying_index;
        if (u == PLM_NONE) {
            continue;
        }
        double units = (double)pli_i128_from_wide(portfolio->balances[i].atoms);
        for (uint32_t d = 0; d < asset->decimals; d += 1) {
            units /= 10;
        }
        int64_t change_e8 =
            shift->underlyings[u].price.price_e8 - from->underlyings[u].price.price_e8;
        profit += units * (double)change_e8 / 1e8;
    }
    return profit;
}
