/* wild.c: random markets, arrays and portfolios for properties of the margin models. SPDX-License-Identifier: Apache-2.0 */
#include "support/wild.h"

#include <string.h>

#include "base/wide.h"
#include "model/value.h"

static const int64_t start_ns = INT64_C(1700000000000000000);

/* A price between a tenth of a cent and 100,000, log-uniform, sometimes at its bounds. */
static int64_t
draw_price(pli_prng *prng) {
    int64_t price = 1000;
    uint64_t doublings = pli_prng_below(prng, 33);
    for (uint64_t i = 0; i < doublings; i += 1) {
        price *= 2;
    }
    return price + pli_prng_range_i64(prng, 0, price - 1);
}

static void
init_assets(ts_wild *world, pli_prng *prng) {
    const uint32_t priced_by[TS_WILD_ASSETS] = {PLM_NONE, 0, 0, 3, 2};
    for (uint32_t i = 0; i < TS_WILD_ASSETS; i += 1) {
        int64_t haircut = i == TS_WILD_USD ? 0 : pli_prng_range_i64(prng, 0, 200000);
        int64_t upto = pli_prng_range_i64(prng, 1, INT64_C(1000000000000));
        world->assets[i] = (plm_asset){
            .underlying_index = priced_by[i],
            .decimals = (uint32_t)pli_prng_below(prng, 19),
            .treatment = i == TS_WILD_WRAP ? PLM_TREATMENT_SCENARIO : PLM_TREATMENT_HAIRCUT,
            .liability_haircut_ppm = pli_prng_range_i64(prng, 0, 100000),
            .tier_count = 2,
            .tiers = {{upto, haircut}, {INT64_MAX, haircut + pli_prng_range_i64(prng, 0, 300000)}}};
    }
    world->assets[TS_WILD_USD].decimals = 6;
    world->assets[TS_WILD_USD].tier_count = 1;
    world->assets[TS_WILD_USD].tiers[0] = (plm_haircut_tier){INT64_MAX, 0};
    world->assets[TS_WILD_USD].liability_haircut_ppm = 0;
}

static void
init_prices(ts_wild *world, pli_prng *prng) {
    for (uint32_t i = 0; i < TS_WILD_UNDERLYINGS; i += 1) {
        bool is_any = i == 1;
        int64_t price = i == 3 ? pli_prng_range_i64(prng, 90000000, 105000000) : draw_price(prng);
        world->underlyings[i] =
            (plm_underlying){.domain = is_any ? PLM_PRICE_DOMAIN_ANY : PLM_PRICE_DOMAIN_POSITIVE,
                             .price_unit = i == 2 ? 1000 : 1,
                             .tick_e8 = 1,
                             .reference_e8 = is_any ? price : 0};
        if (is_any) {
            price = pli_prng_edge_i64(prng, -price, price);
        }
        int64_t slow = price + pli_prng_range_i64(prng, -(price < 0 ? -price : price) / 20,
                                                  (price < 0 ? -price : price) / 20);
        world->prices[i] = (plm_underlying_market){
            .price = {.price_e8 = price,
                      .slow_e8 = pli_prng_below(prng, 2) == 0 ? price : slow,
                      .confidence_e8 =
                          pli_prng_range_i64(prng, 0, (price < 0 ? -price : price) / 50),
                      .publish_ns = start_ns - pli_prng_range_i64(prng, 0, INT64_C(7200000000000)),
                      .state = PLM_PRICE_STATE_VALID},
            .volatility_ppm = pli_prng_range_i64(prng, 1, 3000000),
            .depth_micros = pli_prng_range_i64(prng, 0, INT64_C(10000000000000)),
            .volume_micros =
                pli_prng_below(prng, 4) == 0
                    ? 0
                    : pli_prng_range_i64(prng, INT64_C(1000000000000), INT64_C(1000000000000000)),
            .open_interest_micros = pli_prng_range_i64(prng, 0, INT64_C(1000000000000000))};
    }
}

/* A lot worth a tenth of a unit to a thousand units, as listings have it. */
static int64_t
draw_lot(const ts_wild *world, uint32_t underlying, pli_prng *prng) {
    const plm_underlying *of = &world->underlyings[underlying];
    int64_t price = of->domain == PLM_PRICE_DOMAIN_ANY ? of->reference_e8
                                                       : world->prices[underlying].price.price_e8;
    pli_i128 value = pli_prng_edge_i64(prng, 100000, 1000000000);
    pli_i128 lot = value * INT64_C(10000000000) * of->price_unit / price;
    return lot < 1 ? 1 : (lot > PLM_LOT_E8_MAX ? PLM_LOT_E8_MAX : (int64_t)lot);
}

/* One instrument of each shape in turn; coin settlement only on underlying 0. */
static plm_instrument
make_instrument(const ts_wild *world, uint32_t index, pli_prng *prng) {
    uint32_t underlying = index % 3;
    uint32_t shape = index / 3;
    plm_instrument instrument = {.settlement = PLM_SETTLEMENT_LINEAR,
                                 .underlying_index = underlying,
                                 .lot_e8 = draw_lot(world, underlying, prng)};
    instrument.kind = shape < 3 ? (plm_kind)(shape + 1) : PLM_KIND_OPTION;
    instrument.settlement_asset_index = shape == 2 ? TS_WILD_STABLE : TS_WILD_USD;
    instrument.expiry_ns = shape < 2 ? 0 : start_ns + (shape == 6 ? 1 : 60) * PLM_DAY_NS / 2;
    if (shape >= 3) {
        instrument.right = shape % 2 == 0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
        instrument.premium = shape == 5 ? PLM_PREMIUM_FUTURES_STYLE : PLM_PREMIUM_PAID;
        instrument.strike_e8 = 100000000;
    }
    if (shape == 7 && underlying == 0) {
        instrument.settlement = PLM_SETTLEMENT_INVERSE;
        instrument.settlement_asset_index = TS_WILD_WRAP;
        instrument.premium = PLM_PREMIUM_PAID;
    }
    if (shape == 1 && underlying == 0) {
        instrument.settlement = PLM_SETTLEMENT_INVERSE;
        instrument.settlement_asset_index = TS_WILD_COIN;
        instrument.lot_e8 = 1000000000;
    }
    return instrument;
}

static int64_t
draw_mark(const ts_wild *world, const plm_instrument *instrument, pli_prng *prng) {
    int64_t index = world->prices[instrument->underlying_index].price.price_e8;
    bool is_any = instrument->underlying_index == 1;
    int64_t size = is_any ? world->underlyings[1].reference_e8 : index;
    if (instrument->kind != PLM_KIND_OPTION) {
        return index + pli_prng_range_i64(prng, -size / 20, size / 20);
    }
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        return pli_prng_range_i64(prng, 0, 50000000); // up to half a coin
    }
    return pli_prng_range_i64(prng, 0, size / 2);
}

/* Entries of one row: up to half the value of a lot either way, sometimes zero; the zero move first. */
static void
draw_row(ts_wild *world, uint32_t row, uint32_t underlying, int64_t value, pli_prng *prng) {
    int64_t *entries = world->entries + (size_t)row * TS_WILD_STRIDE;
    uint32_t probes = plm_scenario_probe_begin(&world->header);
    for (uint32_t s = 1; s < world->header.entry_count; s += 1) {
        bool is_joint = s >= TS_WILD_GRID && s < probes;
        if (is_joint && !world->has_history[underlying]) {
            continue;
        }
        entries[s] = pli_prng_below(prng, 8) == 0 ? 0 : pli_prng_range_i64(prng, -value, value);
    }
    world->is_built[row] = 1;
}

static int64_t
lot_value(const ts_wild *world, const plm_instrument *instrument) {
    pli_i128 value = 0;
    const plm_underlying *underlying = &world->underlyings[instrument->underlying_index];
    int64_t price = underlying->domain == PLM_PRICE_DOMAIN_ANY
                        ? underlying->reference_e8
                        : world->prices[instrument->underlying_index].price.price_e8;
    if (!pli_notional_micros(instrument, underlying, 1, price, &value) ||
        value > INT64_C(1000000000000000)) {
        return INT64_C(1000000000000000);
    }
    return (int64_t)value / 2 + 1;
}

static void
init_arrays(ts_wild *world, pli_prng *prng) {
    world->header =
        (plm_scenario_header){.name = "random",
                              .version = 1,
                              .horizon = {PLM_DAY_NS},
                              .underlying_count = TS_WILD_UNDERLYINGS,
                              .grid_count = TS_WILD_GRID,
                              .plane_count = TS_WILD_PLANES,
                              .history_count = TS_WILD_HISTORY,
                              .stress_count = TS_WILD_STRESS,
                              .row_stride = TS_WILD_STRIDE,
                              .probe_multiple_ppm = pli_prng_range_i64(prng, 1100000, 3000000),
                              .grid_active = world->grid_active,
                              .has_history = world->has_history};
    world->header.entry_count = plm_scenario_probe_begin(&world->header) + PLM_PROBE_COUNT;
    for (uint32_t i = 0; i < TS_WILD_UNDERLYINGS; i += 1) {
        world->grid_active[i] = (uint32_t)pli_prng_range_i64(prng, 1, TS_WILD_GRID);
        world->has_history[i] = i != 2;
    }
    for (uint32_t i = 0; i < TS_WILD_INSTRUMENTS; i += 1) {
        const plm_instrument *instrument = &world->instruments[i];
        draw_row(world, i, instrument->underlying_index, lot_value(world, instrument), prng);
    }
    for (uint32_t i = 0; i < TS_WILD_ASSETS; i += 1) {
        if (world->assets[i].underlying_index == PLM_NONE) {
            continue;
        }
        // The loss of a coin is at most the coin: price_e8 / 100 micros.
        int64_t price = world->prices[world->assets[i].underlying_index].price.price_e8 / 100;
        draw_row(world, TS_WILD_INSTRUMENTS + i, world->assets[i].underlying_index, price, prng);
    }
    world->table = (plm_risk_table){.header = &world->header,
                                    .instrument_count = TS_WILD_INSTRUMENTS,
                                    .asset_count = TS_WILD_ASSETS,
                                    .entries = world->entries,
                                    .is_built = world->is_built};
}

/* Half of the records keep their defaults; the others draw a third of their fields anew inside the bounds. */
static void
init_record(const plm_descriptor *descriptor, void *record, pli_prng *prng) {
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
ts_wild_init(ts_wild *world, pli_prng *prng) {
    memset(world, 0, sizeof *world);
    init_assets(world, prng);
    init_prices(world, prng);
    for (uint32_t i = 0; i < TS_WILD_INSTRUMENTS; i += 1) {
        world->instruments[i] = make_instrument(world, i, prng);
        world->marks[i] = (plm_mark){.mark_e8 = draw_mark(world, &world->instruments[i], prng),
                                     .is_present = true};
        world->marks[i].half_spread_e8 = pli_prng_range_i64(
            prng, 0, world->marks[i].mark_e8 > 0 ? world->marks[i].mark_e8 / 20 : 0);
    }
    world->listing = (plm_listing){TS_WILD_ASSETS, TS_WILD_UNDERLYINGS, TS_WILD_INSTRUMENTS,
                                   world->assets,  world->underlyings,  world->instruments};
    world->market =
        (plm_market){.time = {start_ns}, .underlyings = world->prices, .marks = world->marks};
    init_arrays(world, prng);
    init_record(&plm_portfolio_descriptor, &world->parameters, prng);
    init_record(&plm_tiered_descriptor, &world->tiered, prng);
    // A billion held against a volume of one unit leaves 64-bit micros: refused, and tested elsewhere.
    int64_t least = INT64_C(1000000000000);
    world->parameters.volume_standard_micros = world->parameters.volume_standard_micros < least
                                                   ? least
                                                   : world->parameters.volume_standard_micros;
    world->tiered.volume_standard_micros = world->parameters.volume_standard_micros;
}

int64_t
ts_account_lots(pli_prng *prng) {
    return pli_prng_below(prng, 4) == 0 ? pli_prng_edge_i64(prng, -20000, 20000)
                                        : pli_prng_range_i64(prng, -1000, 1000);
}

static void
draw_positions(ts_account *account, const ts_wild *world, pli_prng *prng, uint32_t position_max) {
    uint32_t count = (uint32_t)pli_prng_below(prng, (uint64_t)position_max + 1);
    uint32_t first = (uint32_t)pli_prng_below(prng, TS_WILD_INSTRUMENTS);
    // Five is coprime to the number of instruments: no two positions meet.
    for (uint32_t i = 0; i < count; i += 1) {
        uint32_t index = (first + 5 * i) % TS_WILD_INSTRUMENTS;
        const plm_instrument *instrument = &world->instruments[index];
        int64_t lots = ts_account_lots(prng);
        int64_t mark = world->marks[index].mark_e8;
        int64_t entry = mark + pli_prng_range_i64(prng, -(mark < 0 ? -mark : mark) / 10,
                                                  (mark < 0 ? -mark : mark) / 10);
        pli_i128 cost = 0;
        if (instrument->settlement == PLM_SETTLEMENT_INVERSE && pli_is_futures_style(instrument)) {
            (void)pli_inverse_coin_e12(instrument, &world->underlyings[0], lots,
                                       entry < 1 ? 1 : entry, PLI_ROUND_DOWN, &cost);
        } else if (pli_is_futures_style(instrument)) {
            cost = (pli_i128)lots * entry;
        }
        account->positions[i] = (plm_position){
            .instrument_index = index, .lots = lots, .cost = pli_wide_from_i128(cost)};
        if (pli_prng_below(prng, 4) == 0 && pli_is_futures_style(instrument)) {
            account->positions[i].accrued_micros = pli_prng_range_i64(prng, -1000000, 1000000);
        }
    }
    account->portfolio.position_count = count;
}

static void
draw_orders(ts_account *account, const ts_wild *world, pli_prng *prng) {
    account->portfolio.order_count = (uint32_t)pli_prng_below(prng, TS_WILD_ORDERS + 1);
    for (uint32_t i = 0; i < account->portfolio.order_count; i += 1) {
        uint32_t index = (uint32_t)pli_prng_below(prng, TS_WILD_INSTRUMENTS);
        const plm_instrument *instrument = &world->instruments[index];
        int64_t mark = world->marks[index].mark_e8;
        int64_t size = mark < 0 ? -mark : mark;
        int64_t limit = mark + pli_prng_range_i64(prng, -size / 10, size / 10);
        bool is_signed = instrument->underlying_index == 1 && instrument->kind != PLM_KIND_OPTION;
        limit = !is_signed && limit < 1 ? 1 : limit;
        int64_t lots = ts_account_lots(prng);
        account->orders[i] =
            (plm_order){.instrument_index = index,
                        .side = pli_prng_below(prng, 2) == 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL,
                        .lots = lots == 0 ? 1 : (lots < 0 ? -lots : lots),
                        .limit_e8 = limit,
                        .is_reduce_only = pli_prng_below(prng, 5) == 0};
    }
}

void
ts_wild_account_init(ts_account *account, const ts_wild *world, pli_prng *prng,
                     uint32_t position_max, bool has_orders) {
    memset(account, 0, sizeof *account);
    account->portfolio = (plm_portfolio){
        .positions = account->positions, .orders = account->orders, .balances = account->balances};
    draw_positions(account, world, prng, position_max);
    if (has_orders) {
        draw_orders(account, world, prng);
    }
    for (uint32_t i = 0; i < TS_WILD_ASSETS; i += 1) {
        pli_i128 unit = 1;
        for (uint32_t j = 0; j < world->assets[i].decimals; j += 1) {
            unit *= 10;
        }
        pli_i128 atoms =
            unit * pli_prng_edge_i64(prng, -1000, 1000) + pli_prng_range_i64(prng, 0, 1000000);
        account->balances[i] = (plm_balance){.asset_index = i, .atoms = pli_wide_from_i128(atoms)};
    }
    account->portfolio.balance_count = TS_WILD_ASSETS;
}

void
ts_account_copy(ts_account *to, const ts_account *from) {
    *to = *from;
    to->portfolio.positions = to->positions;
    to->portfolio.orders = to->orders;
    to->portfolio.balances = to->balances;
}

plm_margin_input
ts_wild_input(const ts_wild *world, const ts_account *account, const plm_model *model) {
    bool has_arrays = (model->needs & PLM_NEEDS_ARRAYS) != 0;
    return (plm_margin_input){.listing = &world->listing,
                              .market = &world->market,
                              .maintenance_arrays = has_arrays ? &world->table : NULL,
                              .initial_arrays = has_arrays ? &world->table : NULL,
                              .parameters = has_arrays ? (const void *)&world->parameters
                                                       : (const void *)&world->tiered,
                              .portfolio = &account->portfolio};
}
