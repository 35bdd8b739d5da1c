/* greeks.c: what a whole portfolio gains or loses per move of each underlying.        SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "base/text.h"
#include "base/wide.h"
#include "model/change.h"
#include "num/rounding.h"
#include "plimsoll/explain.h"
#include "price/mark.h"

static double
double_from_u64(uint64_t value) {
    double high = pli_double_from_i64((int64_t)(value >> 32));
    return high * 4294967296.0 + pli_double_from_i64((int64_t)(value & UINT32_MAX));
}

// By magnitude: the low half of a small negative number is a large one.
static double
double_from_wide(plm_wide value) {
    pli_i128 exact = pli_i128_from_wide(value);
    pli_u128 size = exact < 0 ? -(pli_u128)exact : (pli_u128)exact;
    double high = double_from_u64((uint64_t)(size >> 64)) * 18446744073709551616.0;
    double result = high + double_from_u64((uint64_t)size);
    return exact < 0 ? -result : result;
}

// One underlying's price and what a relative move of 100 % adds to it.
typedef struct moving {
    double price; // per unit of the underlying
    double slope;
} moving;

static moving
index_of(const plm_margin_input *input, uint32_t underlying_index) {
    const plm_underlying *underlying = &input->listing->underlyings[underlying_index];
    double scale = 1e8 * pli_double_from_i64(underlying->price_unit);
    double price =
        pli_double_from_i64(input->market->underlyings[underlying_index].price.price_e8) / scale;
    bool is_any = underlying->domain == PLM_PRICE_DOMAIN_ANY;
    return (moving){price, is_any ? pli_double_from_i64(underlying->reference_e8) / scale : price};
}

// Value of one instrument's holding in its settlement asset, and its derivatives in the underlying.
typedef struct holding {
    double worth; // profit, or the value of premium-paid options
    plm_greeks greeks;
} holding;

// The settlement asset's price turns all into the valuation currency, and its own move changes the
// worth. `greeks` is NULL while the sums are only tried.
static void
add_settled(const plm_margin_input *input, const plm_instrument *instrument, const holding *held,
            plm_greeks *greeks) {
    const plm_asset *asset = &input->listing->assets[instrument->settlement_asset_index];
    uint32_t own = instrument->underlying_index;
    moving settlement = {1.0, 0.0};
    if (greeks == NULL) {
        return;
    }
    if (asset->underlying_index != PLM_NONE) {
        settlement = index_of(input, asset->underlying_index);
        greeks[asset->underlying_index].delta += held->worth * settlement.slope;
    }
    plm_greeks *sum = &greeks[own];
    sum->delta += held->greeks.delta * settlement.price;
    sum->gamma += held->greeks.gamma * settlement.price;
    sum->vega += held->greeks.vega * settlement.price;
    sum->theta += held->greeks.theta * settlement.price;
    sum->vanna += held->greeks.vanna * settlement.price;
    sum->volga += held->greeks.volga * settlement.price;
    if (asset->underlying_index == own) {
        sum->gamma += 2.0 * held->greeks.delta * settlement.slope;
        sum->vanna += held->greeks.vega * settlement.slope;
    }
}

// What a future or spot holding is worth, and how that changes when its price keeps its distance to the index.
static holding
hold_delta_one(const plm_underlying *underlying, const plm_instrument *instrument,
               const plm_position *position, int64_t mark_e8) {
    double unit = pli_double_from_i64(underlying->price_unit);
    double lot = pli_double_from_i64(instrument->lot_e8) / 1e8;
    double size = pli_double_from_i64(position->lots) * lot;
    double mark = pli_double_from_i64(mark_e8) / 1e8 / unit;
    double cost = double_from_wide(position->cost);
    bool is_any = underlying->domain == PLM_PRICE_DOMAIN_ANY;
    double slope = is_any ? pli_double_from_i64(underlying->reference_e8) / 1e8 / unit : mark;
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        // Coin profit cost - q N / F: its first two derivatives in F times the slope of F.
        double coin = size / mark;
        double relative = slope / mark;
        return (holding){cost / 1e12 - coin,
                         {.delta = coin * relative, .gamma = -2.0 * coin * relative * relative}};
    }
    return (holding){size * mark - cost * lot / 1e8 / unit, {.delta = size * slope}};
}

// V and its Greeks for linear options, V / F for coin-settled ones, per unit of the underlying.
static plm_greeks
option_greeks(const plm_option_value *value, double forward, double slope, bool is_coin) {
    plm_greeks greeks = {.delta = value->delta * slope,
                         .gamma = value->gamma * slope * slope,
                         .vega = value->vega,
                         .theta = value->theta / 365.0,
                         .vanna = value->vanna * slope,
                         .volga = value->volga};
    if (!is_coin) {
        return greeks;
    }
    // d(V / F): quotient rule, once and twice.
    double relative = slope / forward;
    return (plm_greeks){
        .delta = (greeks.delta - value->value * relative) / forward,
        .gamma =
            (greeks.gamma - 2.0 * (greeks.delta - value->value * relative) * relative) / forward,
        .vega = greeks.vega / forward,
        .theta = greeks.theta / forward,
        .vanna = (greeks.vanna - greeks.vega * relative) / forward,
        .volga = greeks.volga / forward};
}

static plm_status
hold_option(const plm_margin_input *input, const plm_position *position, int64_t mark_e8,
            holding *out, plm_fault *fault) {
    const plm_instrument *option = &input->listing->instruments[position->instrument_index];
    const plm_underlying *underlying = &input->listing->underlyings[option->underlying_index];
    plm_option_terms terms = {.forward = 0.0};
    plm_option_value value = {.value = 0.0};
    plm_status status = pli_option_terms_from_market(input->listing, input->market,
                                                     position->instrument_index, &terms, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = pli_option_value(underlying->domain, &terms, &value);
    if (status != PLM_OK) {
        return pli_fault_set_index(fault, status, "instrument", position->instrument_index,
                                   " has no Greeks on its surface");
    }
    bool is_coin = option->settlement == PLM_SETTLEMENT_INVERSE;
    bool is_any = underlying->domain == PLM_PRICE_DOMAIN_ANY;
    double unit = pli_double_from_i64(underlying->price_unit);
    double slope = is_any ? pli_double_from_i64(underlying->reference_e8) / 1e8 : terms.forward;
    plm_greeks per_unit = option_greeks(&value, terms.forward, slope, is_coin);
    // A coin quotation is per unit of the underlying, any other per price unit.
    double lot = pli_double_from_i64(option->lot_e8) / 1e8 / (is_coin ? 1.0 : unit);
    double size = pli_double_from_i64(position->lots) * lot;
    double worth = size * pli_double_from_i64(mark_e8) / 1e8;
    if (option->premium == PLM_PREMIUM_FUTURES_STYLE) {
        worth -= double_from_wide(position->cost) * lot / 1e8;
    }
    *out = (holding){worth,
                     {.delta = per_unit.delta * size,
                      .gamma = per_unit.gamma * size,
                      .vega = per_unit.vega * size,
                      .theta = per_unit.theta * size,
                      .vanna = per_unit.vanna * size,
                      .volga = per_unit.volga * size}};
    return PLM_OK;
}

static plm_status
add_position(const plm_margin_input *input, const plm_position *position, plm_greeks *greeks,
             plm_fault *fault) {
    const plm_instrument *instrument = &input->listing->instruments[position->instrument_index];
    plm_price mark = {.e8 = 0};
    plm_status status = plm_instrument_mark(input->listing, input->market,
                                            position->instrument_index, &mark, fault);
    if (status != PLM_OK) {
        return status;
    }
    holding held = {.worth = 0.0};
    if (instrument->kind != PLM_KIND_OPTION) {
        if (instrument->settlement == PLM_SETTLEMENT_INVERSE && mark.e8 <= 0) {
            return pli_fault_set_index(fault, PLM_DOMAIN, "instrument", position->instrument_index,
                                       " is inverse and its mark is not above zero");
        }
        held = hold_delta_one(&input->listing->underlyings[instrument->underlying_index],
                              instrument, position, mark.e8);
    } else {
        status = hold_option(input, position, mark.e8, &held, fault);
    }
    if (status == PLM_OK) {
        add_settled(input, instrument, &held, greeks);
    }
    return status;
}

static void
add_balance(const plm_margin_input *input, const plm_balance *balance, plm_greeks *greeks) {
    const plm_asset *asset = &input->listing->assets[balance->asset_index];
    bool counts = asset->treatment == PLM_TREATMENT_SCENARIO && asset->underlying_index != PLM_NONE;
    if (greeks == NULL || !counts) {
        return;
    }
    double units = double_from_wide(balance->atoms);
    for (uint32_t i = 0; i < asset->decimals; i += 1) {
        units /= 10.0;
    }
    greeks[asset->underlying_index].delta += units * index_of(input, asset->underlying_index).slope;
}

static plm_status
add_portfolio(const plm_margin_input *input, const plm_portfolio *portfolio, plm_greeks *greeks,
              plm_fault *fault) {
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        plm_status status = add_position(input, &portfolio->positions[i], greeks, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        add_balance(input, &portfolio->balances[i], greeks);
    }
    return PLM_OK;
}

// Greeks are sums, so a change counts by what it does to an empty portfolio.
static plm_status
add_change(const plm_margin_input *input, uint32_t index, plm_greeks *greeks, plm_fault *fault) {
    plm_position position;
    plm_order order;
    plm_balance balances[2];
    pli_portfolio_draft draft = {.position_capacity = 1,
                                 .order_capacity = 1,
                                 .balance_capacity = 2,
                                 .positions = &position,
                                 .orders = &order,
                                 .balances = balances};
    plm_status status =
        pli_draft_apply(&draft, &input->changes[index], index, input->listing, fault);
    if (status != PLM_OK) {
        return status;
    }
    plm_portfolio portfolio = {.position_count = draft.position_count,
                               .balance_count = draft.balance_count,
                               .positions = &position,
                               .balances = balances};
    return add_portfolio(input, &portfolio, greeks, fault);
}

static plm_status
add_all(const plm_margin_input *input, plm_greeks *greeks, plm_fault *fault) {
    plm_status status = plm_portfolio_check(input->portfolio, input->listing, fault);
    if (status == PLM_OK) {
        status = add_portfolio(input, input->portfolio, greeks, fault);
    }
    for (uint32_t i = 0; status == PLM_OK && i < input->change_count; i += 1) {
        status = add_change(input, i, greeks, fault);
    }
    return status;
}

plm_status
plm_explain_greeks(const plm_explain_input *input, plm_greeks *greeks, plm_fault *fault) {
    // Tried first, so that `greeks` is written only when all of it exists.
    plm_status status = add_all(&input->margin, NULL, fault);
    if (status != PLM_OK) {
        return status;
    }
    memset(greeks, 0, input->margin.listing->underlying_count * sizeof *greeks);
    return add_all(&input->margin, greeks, fault);
}
