/* portfolio.c: is a portfolio well formed against its listing?                        SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/portfolio.h"

#include "base/text.h"
#include "model/change.h"
#include "model/value.h"

static plm_status
check_instrument_index(const char *what, uint32_t entry, uint32_t instrument_index,
                       const plm_listing *listing, plm_fault *fault) {
    if (instrument_index < listing->instrument_count) {
        return PLM_OK;
    }
    return pli_fault_set_index(fault, PLM_INDEX_UNKNOWN, what, entry,
                               ": no instrument has its index");
}

static plm_status
fault_duplicate(plm_fault *fault, const char *what, uint32_t entry, const char *noun) {
    return pli_fault_set_index(fault, PLM_PORTFOLIO_INVALID, what, entry, noun);
}

static plm_status
check_positions(const plm_portfolio *portfolio, const plm_listing *listing, plm_fault *fault) {
    bool is_rising = true;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        const plm_position *position = &portfolio->positions[i];
        plm_status status =
            check_instrument_index("position", i, position->instrument_index, listing, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (position->lots > PLM_LOTS_MAX || position->lots < -PLM_LOTS_MAX) {
            return pli_fault_set_range(fault, PLM_PORTFOLIO_INVALID, "lots of a position",
                                       position->lots, -PLM_LOTS_MAX, PLM_LOTS_MAX);
        }
        bool is_paid = !pli_is_futures_style(&listing->instruments[position->instrument_index]);
        if (is_paid && (position->cost.low != 0 || position->cost.high != 0)) {
            return pli_fault_set_index(fault, PLM_PORTFOLIO_INVALID, "position", i,
                                       ": a premium-paid option has no cost");
        }
        // A strictly rising list holds no duplicate; from the first step back on, look at all before.
        is_rising = is_rising && (i == 0 || position->instrument_index >
                                                portfolio->positions[i - 1].instrument_index);
        if (is_rising) {
            continue;
        }
        for (uint32_t j = 0; j < i; j += 1) {
            if (portfolio->positions[j].instrument_index == position->instrument_index) {
                return fault_duplicate(fault, "position", i, ": its instrument is held already");
            }
        }
    }
    return PLM_OK;
}

static plm_status
check_orders(const plm_portfolio *portfolio, const plm_listing *listing, plm_fault *fault) {
    for (uint32_t i = 0; i < portfolio->order_count; i += 1) {
        plm_status status = pli_order_check(&portfolio->orders[i], i, listing, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    return PLM_OK;
}

static plm_status
check_balances(const plm_portfolio *portfolio, const plm_listing *listing, plm_fault *fault) {
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        const plm_balance *balance = &portfolio->balances[i];
        if (balance->asset_index >= listing->asset_count) {
            return pli_fault_set_index(fault, PLM_INDEX_UNKNOWN, "balance", i,
                                       ": no asset has its index");
        }
        for (uint32_t j = 0; j < i; j += 1) {
            if (portfolio->balances[j].asset_index == balance->asset_index) {
                return fault_duplicate(fault, "balance", i, ": its asset is held already");
            }
        }
    }
    return PLM_OK;
}

plm_status
plm_portfolio_check(const plm_portfolio *portfolio, const plm_listing *listing, plm_fault *fault) {
    plm_status status = check_positions(portfolio, listing, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = check_orders(portfolio, listing, fault);
    if (status != PLM_OK) {
        return status;
    }
    return check_balances(portfolio, listing, fault);
}
