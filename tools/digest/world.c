/* world.c: draws listing, market and histories.                                       SPDX-License-Identifier: Apache-2.0 */
#include "digest/world.h"

#include "base/assert.h"
#include "num/elementary.h"
#include "num/rounding.h"

#define NOW INT64_C(1767225600000000000) /* 2026-01-01T00:00:00Z */
#define FIRST_DAY INT64_C(19700)
#define E8(x) ((int64_t)(x)*100000000)
#define DAYS(x) ((int64_t)(x)*PLM_DAY_NS)

static double
draw_between(pli_prng *prng, double low, double high) {
    return low + (high - low) * pli_prng_unit(prng);
}

static plm_asset
priced_asset(uint32_t underlying, uint32_t decimals, plm_treatment treatment) {
    return (plm_asset){.underlying_index = underlying,
                       .decimals = decimals,
                       .treatment = treatment,
                       .tier_count = 1,
                       .tiers = {{.upto_micros = INT64_MAX}}};
}

static void
draw_assets(world *to, pli_prng *prng) {
    to->assets[A_USD] = priced_asset(PLM_NONE, 6, PLM_TREATMENT_HAIRCUT);
    to->assets[A_BTC] = priced_asset(U_BTC, 8, PLM_TREATMENT_SCENARIO);
    to->assets[A_WBTC] = priced_asset(U_BTC, 8, PLM_TREATMENT_HAIRCUT);
    to->assets[A_ETH] = priced_asset(U_ETH, 18, PLM_TREATMENT_HAIRCUT);
    to->assets[A_USDT] = priced_asset(U_USDT, 6, PLM_TREATMENT_SCENARIO);
    plm_asset *tiered = &to->assets[A_WBTC];
    tiered->tier_count = PLM_HAIRCUT_TIERS_MAX;
    int64_t upto = 0;
    int64_t haircut = 0;
    for (uint32_t i = 0; i < PLM_HAIRCUT_TIERS_MAX; i += 1) {
        upto += pli_prng_range_i64(prng, 1, INT64_C(2000000000000));
        haircut += pli_prng_range_i64(prng, 0, 100000);
        bool is_last = i + 1 == PLM_HAIRCUT_TIERS_MAX;
        tiered->tiers[i] = (plm_haircut_tier){is_last ? INT64_MAX : upto, haircut};
    }
    to->assets[A_ETH].tiers[0].haircut_ppm = pli_prng_range_i64(prng, 0, 300000);
    for (uint32_t i = 0; i < A_COUNT; i += 1) {
        to->assets[i].liability_haircut_ppm = pli_prng_range_i64(prng, 0, 100000);
    }
}

static void
draw_prices(world *to, pli_prng *prng) {
    static const struct {
        int64_t low, high, volatility;
    } ranges[U_COUNT] = {
        {E8(20000), E8(120000), 600000}, {E8(1000), E8(5000), 800000}, {-E8(40), E8(90), 450000},
        {97000000, 101000000, 15000},    {500000, 3000000, 1200000},
    };
    for (uint32_t u = 0; u < U_COUNT; u += 1) {
        to->underlyings[u] = (plm_underlying){.domain = PLM_PRICE_DOMAIN_POSITIVE,
                                              .class_id = u == U_ETH ? 0 : (u == U_BTC ? 0 : u - 1),
                                              .price_unit = u == U_SHIB ? 1000 : 1,
                                              .tick_e8 = 1};
        int64_t price = pli_prng_range_i64(prng, ranges[u].low, ranges[u].high);
        int64_t size = price < 0 ? -price : price;
        plm_underlying_market *market = &to->prices[u];
        market->price.price_e8 = price;
        market->price.state = PLM_PRICE_STATE_VALID;
        market->price.slow_e8 = price + pli_prng_range_i64(prng, -size / 50, size / 50);
        market->price.confidence_e8 = pli_prng_range_i64(prng, 0, size / 1000);
        market->price.publish_ns = NOW - pli_prng_range_i64(prng, 0, INT64_C(7200000000000));
        market->volatility_ppm = ranges[u].volatility * pli_prng_range_i64(prng, 50, 200) / 100;
        market->depth_micros = pli_prng_range_i64(prng, 0, INT64_C(5000000000000));
        market->volume_micros = pli_prng_range_i64(prng, 0, INT64_C(900000000000000));
        market->open_interest_micros = pli_prng_range_i64(prng, 0, INT64_C(300000000000000));
    }
    to->underlyings[U_WTI].domain = PLM_PRICE_DOMAIN_ANY;
    to->underlyings[U_WTI].reference_e8 = E8(60);
}

static plm_instrument *
add(world *to, plm_kind kind, uint32_t underlying, int64_t lot_e8, int64_t tenor_ns) {
    PLI_ASSERT(to->listing.instrument_count < INSTRUMENT_MAX);
    plm_instrument *instrument = &to->instruments[to->listing.instrument_count];
    to->listing.instrument_count += 1;
    *instrument = (plm_instrument){.kind = kind,
                                   .settlement = PLM_SETTLEMENT_LINEAR,
                                   .underlying_index = underlying,
                                   .settlement_asset_index = A_USD,
                                   .lot_e8 = lot_e8,
                                   .expiry_ns = tenor_ns > 0 ? NOW + tenor_ns : 0};
    return instrument;
}

static plm_instrument *
add_inverse(world *to, plm_kind kind, uint32_t underlying, int64_t lot_e8, int64_t tenor_ns) {
    plm_instrument *instrument = add(to, kind, underlying, lot_e8, tenor_ns);
    instrument->settlement = PLM_SETTLEMENT_INVERSE;
    instrument->settlement_asset_index = underlying == U_BTC ? A_BTC : A_ETH;
    return instrument;
}

// A call and a put; strikes stand within a third of the price, or of the reference price.
static void
add_options(world *to, uint32_t underlying, int64_t lot_e8, int64_t tenor_ns, pli_prng *prng) {
    bool is_any = to->underlyings[underlying].domain == PLM_PRICE_DOMAIN_ANY;
    int64_t price = to->prices[underlying].price.price_e8;
    int64_t size = is_any ? to->underlyings[underlying].reference_e8 : price;
    for (int right = PLM_RIGHT_CALL; right <= PLM_RIGHT_PUT; right += 1) {
        plm_instrument *option = add(to, PLM_KIND_OPTION, underlying, lot_e8, tenor_ns);
        option->right = (plm_right)right;
        option->premium = PLM_PREMIUM_PAID;
        option->strike_e8 = price + pli_prng_range_i64(prng, -size / 3, size / 3);
    }
}

static void
add_coin_instruments(world *to, uint32_t underlying, int64_t lot_e8, pli_prng *prng) {
    add(to, PLM_KIND_SPOT, underlying, lot_e8, 0);
    add(to, PLM_KIND_PERPETUAL, underlying, lot_e8, 0);
    add(to, PLM_KIND_PERPETUAL, underlying, lot_e8, 0)->settlement_asset_index = A_USDT;
    add(to, PLM_KIND_FUTURE, underlying, lot_e8, DAYS(30));
    add_inverse(to, PLM_KIND_PERPETUAL, underlying, E8(10), 0);
    add_inverse(to, PLM_KIND_FUTURE, underlying, E8(10), DAYS(90));
    add_options(to, underlying, lot_e8, PLM_DAY_NS / 2, prng);
    add_options(to, underlying, lot_e8, DAYS(30), prng);
    add_options(to, underlying, lot_e8, DAYS(90), prng);
    uint32_t first = to->listing.instrument_count;
    add_options(to, underlying, lot_e8, DAYS(30), prng);
    add_options(to, underlying, lot_e8, DAYS(90), prng);
    for (uint32_t i = 0; i < 2; i += 1) {
        to->instruments[first + i].premium = PLM_PREMIUM_FUTURES_STYLE;
        plm_instrument *coin = &to->instruments[first + 2 + i];
        coin->settlement = PLM_SETTLEMENT_INVERSE;
        coin->settlement_asset_index = underlying == U_BTC ? A_BTC : A_ETH;
    }
}

static void
draw_instruments(world *to, pli_prng *prng) {
    add_coin_instruments(to, U_BTC, 100000, prng);
    add_coin_instruments(to, U_ETH, 1000000, prng);
    add(to, PLM_KIND_PERPETUAL, U_WTI, E8(1), 0);
    add(to, PLM_KIND_FUTURE, U_WTI, E8(10), DAYS(60));
    add_options(to, U_WTI, E8(10), DAYS(60), prng);
    to->instruments[to->listing.instrument_count - 1].strike_e8 = 0;
    add(to, PLM_KIND_SPOT, U_USDT, E8(1), 0);
    add(to, PLM_KIND_PERPETUAL, U_USDT, E8(10), 0);
    add(to, PLM_KIND_SPOT, U_SHIB, E8(1000), 0);
    add(to, PLM_KIND_PERPETUAL, U_SHIB, E8(1000), 0);
    add_options(to, U_SHIB, E8(1000), DAYS(30), prng);
}

// A Black smile as raw SVI, or as a grid; oil has a grid of normal volatilities.
static plm_slice
draw_slice(world *to, uint32_t index, pli_prng *prng) {
    plm_expiry_market *expiry = &to->expiries[index];
    double years = pli_double_from_i64(expiry->expiry_ns - NOW) / pli_double_from_i64(PLM_YEAR_NS);
    double forward = pli_double_from_i64(expiry->forward_e8) / 1e8;
    bool is_normal = expiry->underlying_index == U_WTI;
    if (!is_normal && pli_prng_below(prng, 3) != 0) {
        plm_svi svi;
        svi.a = draw_between(prng, 0.05, 0.5) * years;
        svi.b = draw_between(prng, 0.05, 0.5) * years;
        svi.rho = draw_between(prng, -0.6, 0.4);
        svi.m = draw_between(prng, -0.05, 0.05);
        svi.sigma = draw_between(prng, 0.05, 0.5);
        return (plm_slice){.kind = PLM_SLICE_SVI, .svi = svi};
    }
    for (uint32_t i = 0; i < NODE_COUNT; i += 1) {
        double step = (double)i - NODE_COUNT / 2;
        double volatility = draw_between(prng, 0.4, 1.1);
        to->nodes[index][i] = (plm_slice_node){
            .strike = is_normal ? forward + 20 * step : forward * pli_exp(0.15 * step),
            .volatility = is_normal ? volatility * 40 : volatility};
    }
    return (plm_slice){.kind = PLM_SLICE_GRID, .node_count = NODE_COUNT, .nodes = to->nodes[index]};
}

static void
draw_expiries(world *to, pli_prng *prng) {
    static const struct {
        uint32_t underlying;
        int64_t tenor_ns;
    } listed[] = {
        {U_BTC, PLM_DAY_NS / 2}, {U_BTC, DAYS(30)}, {U_BTC, DAYS(90)}, {U_ETH, PLM_DAY_NS / 2},
        {U_ETH, DAYS(30)},       {U_ETH, DAYS(90)}, {U_WTI, DAYS(60)}, {U_SHIB, DAYS(30)},
    };
    uint32_t count = sizeof listed / sizeof listed[0];
    for (uint32_t i = 0; i < count; i += 1) {
        int64_t price = to->prices[listed[i].underlying].price.price_e8;
        int64_t size = price < 0 ? -price : price;
        to->expiries[i] = (plm_expiry_market){
            .underlying_index = listed[i].underlying,
            .expiry_ns = NOW + listed[i].tenor_ns,
            .forward_e8 = price + pli_prng_range_i64(prng, -size / 50, size / 50)};
        to->expiries[i].slice = draw_slice(to, i, prng);
    }
    to->market.expiry_count = count;
}

static void
draw_future_marks(world *to, pli_prng *prng) {
    for (uint32_t i = 0; i < to->listing.instrument_count; i += 1) {
        const plm_instrument *instrument = &to->instruments[i];
        int64_t price = to->prices[instrument->underlying_index].price.price_e8;
        int64_t size = price < 0 ? -price : price;
        to->marks[i].mark_e8 = price + pli_prng_range_i64(prng, -size / 100, size / 100);
        to->marks[i].half_spread_e8 = pli_prng_range_i64(prng, 0, size / 1000);
        to->marks[i].is_present = instrument->kind != PLM_KIND_OPTION;
    }
}

// Returns of normal draws with a common factor, calm and wild by turns; some days are missing.
static void
draw_histories(world *to, pli_prng *prng) {
    static const double width[HISTORY_COUNT] = {0.03, 0.04, 0.03, 0.0005};
    double factor[DAY_COUNT];
    for (uint32_t i = 0; i < DAY_COUNT; i += 1) {
        factor[i] = pli_normal_quantile(draw_between(prng, 0.0005, 0.9995));
    }
    for (uint32_t u = 0; u < HISTORY_COUNT; u += 1) {
        double close = u == U_WTI ? 60 : pli_double_from_i64(to->prices[u].price.price_e8) / 1e8;
        uint32_t count = 0;
        for (uint32_t i = 0; i < DAY_COUNT; i += 1) {
            double own = pli_normal_quantile(draw_between(prng, 0.0005, 0.9995));
            double size = width[u] * (i / 90 % 3 == 2 ? 2.5 : 1);
            double move = size * (0.6 * factor[i] + 0.8 * own);
            close = u == U_WTI ? close + 60 * move : close * pli_exp(move);
            if (pli_prng_below(prng, 100) == 0) {
                continue;
            }
            to->days[u][count] = FIRST_DAY + i;
            to->closes[u][count] = close;
            count += 1;
        }
        to->histories[u] = (plm_history){.underlying_index = u,
                                         .day_count = count,
                                         .days = to->days[u],
                                         .closes = to->closes[u]};
    }
}

static void
draw_classes(world *to, pli_prng *prng) {
    for (uint32_t i = 0; i < CLASS_COUNT; i += 1) {
        plm_shock_parameters *class = &to->classes[i];
        plm_record_init(&plm_shock_descriptor, class);
        class->extreme_weight_ppm = pli_prng_range_i64(prng, 100000, 1000000);
        class->history_beta_ppm = pli_prng_range_i64(prng, 0, 3000000);
        class->stress_crash_ppm = pli_prng_range_i64(prng, 100000, 600000);
        class->skew_ppm = pli_prng_range_i64(prng, 0, 200000);
        class->roll_ppm = pli_prng_range_i64(prng, 0, 60000);
        class->probe_ppm = pli_prng_range_i64(prng, 20000, 200000);
    }
    plm_shock_parameters *stable = &to->classes[2];
    stable->step_ppm = 2000;
    stable->extreme_ppm = 100000;
    stable->volatility_floor_ppm = 10000;
    stable->stress_crash_ppm = 50000;
    stable->stress_rally_ppm = 20000;
}

void
world_draw_record(const plm_descriptor *descriptor, void *record, pli_prng *prng) {
    plm_record_init(descriptor, record);
    if (pli_prng_below(prng, 2) == 0) {
        return;
    }
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        const plm_parameter_field *field = &descriptor->fields[i];
        int64_t *value = (int64_t *)(void *)((char *)record + field->offset);
        int64_t before = *value;
        if (pli_prng_below(prng, 3) != 0) {
            continue;
        }
        *value = pli_prng_edge_i64(prng, field->low, field->high);
        if (plm_record_check(descriptor, record, NULL) != PLM_OK) {
            *value = before;
        }
    }
}

void
world_draw_marks(world *to, const plm_mark *marks, pli_prng *prng) {
    for (uint32_t i = 0; i < to->listing.instrument_count; i += 1) {
        if (to->instruments[i].kind != PLM_KIND_OPTION) {
            continue;
        }
        int64_t mark = marks[i].mark_e8;
        bool is_quoted = pli_prng_below(prng, 2) == 0;
        to->marks[i] = (plm_mark){.mark_e8 = mark, .is_present = true};
        if (is_quoted) {
            to->marks[i].mark_e8 += pli_prng_range_i64(prng, 0, mark / 20);
            to->marks[i].half_spread_e8 = pli_prng_range_i64(prng, 0, mark / 20);
        }
    }
}

void
world_init(world *to, pli_prng *prng) {
    to->listing = (plm_listing){.asset_count = A_COUNT,
                                .underlying_count = U_COUNT,
                                .assets = to->assets,
                                .underlyings = to->underlyings,
                                .instruments = to->instruments};
    to->market = (plm_market){
        .time = {NOW}, .underlyings = to->prices, .marks = to->marks, .expiries = to->expiries};
    draw_assets(to, prng);
    draw_prices(to, prng);
    draw_instruments(to, prng);
    draw_expiries(to, prng);
    draw_future_marks(to, prng);
    draw_histories(to, prng);
    draw_classes(to, prng);
}
