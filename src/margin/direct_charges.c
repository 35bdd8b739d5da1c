/* direct_charges.c: the charges of a group of linear delta-one instruments, in 64-bit sums.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/muldiv.h"
#include "margin/charges.h"
#include "margin/direct.h"

enum { ORDER_ROUNDING = PLI_ORDER_ROUNDING_MICROS };

static int64_t
larger(int64_t left, int64_t right) {
    return left > right ? left : right;
}

static int64_t
magnitude(int64_t value) {
    return value < 0 ? -value : value;
}

bool
pli_direct_notional(const pli_leg *leg, int64_t lots, int64_t price_e8, int64_t *out) {
    pli_u128 size = (pli_u128)pli_magnitude(lots) * (uint64_t)leg->lot_e8;
    if (size > UINT64_MAX) {
        return false;
    }
    // The usual unit makes the divisor a constant.
    return leg->price_unit == 1
               ? pli_scaled_up((uint64_t)size, (uint64_t)price_e8, UINT64_C(10000000000), out)
               : pli_scaled_up((uint64_t)size, (uint64_t)price_e8,
                               UINT64_C(10000000000) * (uint64_t)leg->price_unit, out);
}

static bool
add_leg_charges(const pli_direct *direct, const pli_leg *leg, pli_direct_part *part) {
    const plm_portfolio_parameters *parameters = direct->parameters;
    int64_t lots = magnitude(leg->lots);
    int64_t notional = 0;
    int64_t fee = 0;
    int64_t penalty = 0;
    if (part->has_orders) {
        lots = larger(magnitude(leg->lots + leg->buys), magnitude(leg->lots - leg->sells));
    }
    if (!pli_direct_notional(leg, lots, leg->notional_e8, &notional) ||
        !pli_scaled_up((uint64_t)notional, (uint64_t)parameters->close_fee_ppm, PLM_PPM, &fee) ||
        !pli_scaled_up((uint64_t)notional, (uint64_t)parameters->liquidation_fee_ppm, PLM_PPM,
                       &penalty)) {
        return false;
    }
    pli_direct_grow(part, PLM_CHARGE_CLOSE_FEE, fee);
    pli_direct_grow(part, PLM_CHARGE_LIQUIDATION_FEE, penalty);
    pli_direct_grow(part, PLM_CHARGE_ROUNDING, lots);
    return true;
}

static bool
add_oracle(const pli_direct *direct, uint32_t underlying, int64_t exposure, pli_direct_part *part) {
    const plm_portfolio_parameters *parameters = direct->parameters;
    const plm_underlying *terms = &direct->input->listing->underlyings[underlying];
    const plm_price_record *price = &direct->input->market->underlyings[underlying].price;
    int64_t base = terms->domain == PLM_PRICE_DOMAIN_ANY ? terms->reference_e8 : price->price_e8;
    int64_t age = direct->input->market->time.ns - price->publish_ns;
    int64_t of_age = 0;
    int64_t of_confidence = 0;
    int64_t charge = 0;
    age = age < 0 ? 0 : (age > parameters->oracle_age_max_ns ? parameters->oracle_age_max_ns : age);
    if (price->confidence_e8 < 0 || base <= 0 ||
        !pli_scaled_up((uint64_t)age, (uint64_t)parameters->oracle_age_ppm, UINT64_C(60000000000),
                       &of_age)) {
        return false;
    }
    if (price->confidence_e8 > 0 &&
        !pli_scaled_up((uint64_t)price->confidence_e8, (uint64_t)parameters->oracle_confidence_ppm,
                       (uint64_t)base, &of_confidence)) {
        return false;
    }
    if (!pli_scaled_up((uint64_t)exposure, (uint64_t)of_age + (uint64_t)of_confidence, PLM_PPM,
                       &charge)) {
        return false;
    }
    pli_direct_grow(part, PLM_CHARGE_ORACLE, charge);
    return true;
}

/* The rate of liquidity, with crowding; false where it leaves 63 bits. */
static bool
liquidity_rate(const pli_rates *rates, int64_t volume, int64_t *out) {
    int64_t crowding = 0;
    if (rates->open_interest_micros < 0 ||
        (rates->open_interest_micros > 0 &&
         !pli_scaled_up((uint64_t)rates->open_interest_micros, (uint64_t)rates->crowding_ppm,
                        (uint64_t)volume, &crowding))) {
        return false;
    }
    crowding = crowding > rates->crowding_max_ppm ? rates->crowding_max_ppm : crowding;
    int64_t sigma = pli_sigma_horizon_ppm(rates->volatility_ppm, PLM_DAY_NS);
    return sigma >= 0 &&
           pli_scaled_up((uint64_t)sigma, (uint64_t)rates->impact_ppm, PLM_PPM, out) &&
           pli_scaled_up((uint64_t)*out, (uint64_t)(PLM_PPM + crowding), PLM_PPM, out);
}

bool
pli_rates_know(pli_rates *rates, const plm_underlying_market *market,
               const plm_portfolio_parameters *parameters) {
    if (rates->is_made && rates->volatility_ppm == market->volatility_ppm &&
        rates->volume_micros == market->volume_micros &&
        rates->open_interest_micros == market->open_interest_micros &&
        rates->impact_ppm == parameters->impact_ppm &&
        rates->crowding_ppm == parameters->crowding_ppm &&
        rates->crowding_max_ppm == parameters->crowding_max_ppm &&
        rates->volume_standard_micros == parameters->volume_standard_micros) {
        return true;
    }
    int64_t volume =
        market->volume_micros > 0 ? market->volume_micros : parameters->volume_standard_micros;
    int64_t rate = 0;
    rates->volatility_ppm = market->volatility_ppm;
    rates->volume_micros = market->volume_micros;
    rates->open_interest_micros = market->open_interest_micros;
    rates->impact_ppm = parameters->impact_ppm;
    rates->crowding_ppm = parameters->crowding_ppm;
    rates->crowding_max_ppm = parameters->crowding_max_ppm;
    rates->volume_standard_micros = parameters->volume_standard_micros;
    rates->is_made = liquidity_rate(rates, volume, &rate);
    pli_knots_init(&rates->knots, volume, rate);
    return rates->is_made;
}

static bool
add_liquidity(const pli_direct *direct, uint32_t underlying, int64_t exposure,
              pli_direct_part *part) {
    pli_rates fresh;
    pli_rates *rates = direct->facts == NULL ? &fresh : &direct->facts->rates[underlying];
    int64_t charge = 0;
    fresh.is_made = false;
    if (!pli_rates_know(rates, &direct->input->market->underlyings[underlying],
                        direct->parameters)) {
        return false;
    }
    if (!pli_knots_cost(&rates->knots, exposure, &charge)) {
        pli_i128 wide = 0;
        if (!pli_impact_cost(exposure, rates->knots.volume_micros, rates->knots.rate_ppm, &wide) ||
            !pli_narrow_i64(wide, &charge)) {
            return false;
        }
    }
    pli_direct_grow(part, PLM_CHARGE_LIQUIDITY, charge);
    return true;
}

/* Lowest and highest sum over all fills. */
typedef struct range {
    int64_t low, high;
} range;

/* Longs against shorts, expiry by expiry; the legs are sorted by expiry. */
typedef struct basis {
    int64_t longs, shorts, expiry_ns;
    range bucket;
} basis;

/* What the charges of a group read of its legs' probes; gamma in ppm of micros, up and down. */
typedef struct group_sums {
    range delta, vol_up, vol_down;
    basis matched;
    pli_i128 curves[2];
} group_sums;

/* Add what one leg can be worth in an entry: as held, and each side's fills where they count. */
static inline void
add_fills(const pli_leg *leg, bool has_orders, int64_t entry, range *sum) {
    int64_t held = entry * leg->lots;
    sum->low += held;
    sum->high += held;
    if (has_orders) {
        int64_t buys = entry * leg->buys;
        int64_t sells = -entry * leg->sells;
        sum->low += (buys < 0 ? buys : 0) + (sells < 0 ? sells : 0);
        sum->high += (buys > 0 ? buys : 0) + (sells > 0 ? sells : 0);
    }
}

static void
close_bucket(basis *sum) {
    sum->longs += sum->bucket.high > 0 ? sum->bucket.high : 0;
    sum->shorts += sum->bucket.low < 0 ? -sum->bucket.low : 0;
    sum->bucket = (range){0, 0};
}

static inline void
add_leg(const pli_leg *leg, const pli_digest *digest, bool has_orders, group_sums *sums) {
    const int64_t *probes = digest->probes;
    if (leg->expiry_ns != sums->matched.expiry_ns) {
        close_bucket(&sums->matched);
        sums->matched.expiry_ns = leg->expiry_ns;
    }
    add_fills(leg, has_orders, probes[PLM_PROBE_DELTA], &sums->delta);
    add_fills(leg, has_orders, probes[PLM_PROBE_DELTA], &sums->matched.bucket);
    add_fills(leg, has_orders, probes[PLM_PROBE_VOL_UP], &sums->vol_up);
    add_fills(leg, has_orders, probes[PLM_PROBE_VOL_DOWN], &sums->vol_down);
    for (uint32_t side = 0; side < 2; side += 1) {
        pli_i128 curve = digest->curves[side];
        sums->curves[side] += curve * leg->lots;
        if (has_orders) {
            // Open orders only where they add.
            sums->curves[side] += curve > 0 ? curve * leg->buys : -curve * leg->sells;
        }
    }
}

static bool
add_weighted(pli_direct_part *part, plm_charge charge, int64_t value, int64_t weight_ppm) {
    int64_t weighted = 0;
    if (value > 0 && !pli_scaled_up((uint64_t)value, (uint64_t)weight_ppm, PLM_PPM, &weighted)) {
        return false;
    }
    pli_direct_grow(part, charge, weighted);
    return true;
}

static int64_t
ceil_of_ppm(pli_i128 value) {
    // Below 2^62 * 6e6 / 1e6 by [DIRECT-3]: it fits.
    return value > 0 ? (int64_t)pli_div_ceil_i128(value, PLM_PPM) : 0;
}

bool
pli_direct_charges(const pli_direct *direct, uint32_t from, uint32_t upto, pli_direct_part *part) {
    group_sums sums = {.curves = {0, 0}};
    for (uint32_t i = from; i < upto; i += 1) {
        const pli_leg *leg = &direct->legs[direct->sorted[i]];
        const pli_digest *digest = leg->digests[part->which];
        if (!add_leg_charges(direct, leg, part)) {
            return false;
        }
        // Told apart here, so that each is compiled alone.
        if (part->has_orders) {
            add_leg(leg, digest, true, &sums);
        } else {
            add_leg(leg, digest, false, &sums);
        }
    }
    close_bucket(&sums.matched);
    const plm_portfolio_parameters *parameters = direct->parameters;
    uint32_t underlying = direct->legs[direct->sorted[from]].underlying_index;
    int64_t exposure = larger(magnitude(sums.delta.low), magnitude(sums.delta.high));
    int64_t hedged =
        sums.matched.longs < sums.matched.shorts ? sums.matched.longs : sums.matched.shorts;
    pli_i128 curve = sums.curves[0] > sums.curves[1] ? sums.curves[0] : sums.curves[1];
    return add_oracle(direct, underlying, exposure, part) &&
           add_liquidity(direct, underlying, exposure, part) &&
           add_weighted(part, PLM_CHARGE_GAMMA, ceil_of_ppm(curve), parameters->gamma_weight_ppm) &&
           add_weighted(part, PLM_CHARGE_VEGA, larger(-sums.vol_up.low, -sums.vol_down.low),
                        parameters->vega_weight_ppm) &&
           add_weighted(part, PLM_CHARGE_BASIS, hedged, parameters->basis_ppm);
}

static const pli_leg *
leg_of(const pli_direct *direct, uint32_t instrument) {
    const pli_leg *leg = direct->legs;
    while (leg->instrument_index != instrument) {
        leg += 1;
    }
    return leg;
}

bool
pli_direct_order_costs(const pli_direct *direct, pli_direct_part *part) {
    const plm_portfolio *portfolio = direct->input->portfolio;
    for (uint32_t i = 0; i < portfolio->order_count; i += 1) {
        const plm_order *order = &portfolio->orders[i];
        const pli_leg *leg = leg_of(direct, order->instrument_index);
        int64_t worse = order->side == PLM_SIDE_BUY ? order->limit_e8 - leg->mark_e8
                                                    : leg->mark_e8 - order->limit_e8;
        int64_t dearer = larger(magnitude(order->limit_e8), magnitude(leg->mark_e8));
        int64_t reference = direct->input->listing->underlyings[leg->underlying_index].reference_e8;
        int64_t loss = 0;
        int64_t notional = 0;
        int64_t fee = 0;
        if ((worse > 0 && !pli_direct_notional(leg, order->lots, worse, &loss)) ||
            !pli_direct_notional(leg, order->lots, larger(dearer, reference), &notional) ||
            !pli_scaled_up((uint64_t)notional, (uint64_t)direct->parameters->close_fee_ppm, PLM_PPM,
                           &fee)) {
            return false;
        }
        pli_direct_grow(part, PLM_CHARGE_ORDERS, loss);
        pli_direct_grow(part, PLM_CHARGE_ORDERS, fee);
        pli_direct_grow(part, PLM_CHARGE_ORDERS, order->lots * ORDER_ROUNDING);
    }
    return true;
}
