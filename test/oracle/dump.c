/* dump.c: random worlds, portfolios and what the library answers, as JSON lines.      SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "base/wide.h"
#include "model/value.h"
#include "support/wild.h"
#include "wide_text.h"

// usage: dump <seed> <portfolios>. A line {"world": ...} holds for the lines {"model": ...} that follow it.

enum {
    WORLD_PORTFOLIOS = 8,
    CHANGES_MAX = 4,
    POSITIONS_MAX = TS_WILD_POSITIONS + TS_WILD_ORDERS + CHANGES_MAX,
    ORDERS_MAX = TS_WILD_ORDERS + CHANGES_MAX,
    SHARE_MAX = POSITIONS_MAX,
    INVERSE_PERPETUAL = 3 // its place among the instruments of ts_wild
};

static void
write_row(const char *name, const int64_t *values, size_t count) {
    printf("\"%s\":[", name);
    for (size_t i = 0; i < count; i += 1) {
        printf("%s%" PRId64, i == 0 ? "" : ",", values[i]);
    }
    printf("]");
}

static void
write_listing(const ts_wild *world) {
    printf("\"assets\":[");
    for (int i = 0; i < TS_WILD_ASSETS; i += 1) {
        const plm_asset *asset = &world->assets[i];
        printf("%s{\"underlying\":%" PRId64 ",\"decimals\":%" PRIu32
               ",\"treatment\":%d,\"liability\":%" PRId64 ",\"tiers\":[",
               i == 0 ? "" : ",",
               asset->underlying_index == PLM_NONE ? -1 : (int64_t)asset->underlying_index,
               asset->decimals, (int)asset->treatment, asset->liability_haircut_ppm);
        for (uint32_t j = 0; j < asset->tier_count; j += 1) {
            printf("%s[%" PRId64 ",%" PRId64 "]", j == 0 ? "" : ",", asset->tiers[j].upto_micros,
                   asset->tiers[j].haircut_ppm);
        }
        printf("]}");
    }
    printf("],\"underlyings\":[");
    for (int i = 0; i < TS_WILD_UNDERLYINGS; i += 1) {
        const plm_underlying *underlying = &world->underlyings[i];
        printf("%s{\"domain\":%d,\"price_unit\":%" PRId64 ",\"reference\":%" PRId64 "}",
               i == 0 ? "" : ",", (int)underlying->domain, underlying->price_unit,
               underlying->reference_e8);
    }
    printf("],\"instruments\":[");
    for (int i = 0; i < TS_WILD_INSTRUMENTS; i += 1) {
        const plm_instrument *instrument = &world->instruments[i];
        printf(
            "%s{\"kind\":%d,\"settlement\":%d,\"right\":%d,\"premium\":%d,\"underlying\":%" PRIu32
            ",\"asset\":%" PRIu32 ",\"lot\":%" PRId64 ",\"expiry\":%" PRId64 "}",
            i == 0 ? "" : ",", (int)instrument->kind, (int)instrument->settlement,
            (int)instrument->right, (int)instrument->premium, instrument->underlying_index,
            instrument->settlement_asset_index, instrument->lot_e8, instrument->expiry_ns);
    }
    printf("]");
}

static void
write_market(const ts_wild *world) {
    printf("\"time\":%" PRId64 ",\"prices\":[", world->market.time.ns);
    for (int i = 0; i < TS_WILD_UNDERLYINGS; i += 1) {
        const plm_underlying_market *market = &world->prices[i];
        printf("%s{\"price\":%" PRId64 ",\"slow\":%" PRId64 ",\"confidence\":%" PRId64
               ",\"publish\":%" PRId64 ",\"volatility\":%" PRId64 ",\"depth\":%" PRId64
               ",\"volume\":%" PRId64 ",\"open_interest\":%" PRId64 "}",
               i == 0 ? "" : ",", market->price.price_e8, market->price.slow_e8,
               market->price.confidence_e8, market->price.publish_ns, market->volatility_ppm,
               market->depth_micros, market->volume_micros, market->open_interest_micros);
    }
    printf("],\"marks\":[");
    for (int i = 0; i < TS_WILD_INSTRUMENTS; i += 1) {
        printf("%s[%" PRId64 ",%" PRId64 "]", i == 0 ? "" : ",", world->marks[i].mark_e8,
               world->marks[i].half_spread_e8);
    }
    printf("]");
}

static void
write_header(const plm_scenario_header *header) {
    printf("\"header\":{\"horizon\":%" PRId64 ",\"grid\":%" PRIu32 ",\"planes\":%" PRIu32
           ",\"history\":%" PRIu32 ",\"stress\":%" PRIu32 ",\"probe_multiple\":%" PRId64
           ",\"grid_active\":[",
           header->horizon.ns, header->grid_count, header->plane_count, header->history_count,
           header->stress_count, header->probe_multiple_ppm);
    for (uint32_t i = 0; i < header->underlying_count; i += 1) {
        printf("%s%" PRIu32, i == 0 ? "" : ",", header->grid_active[i]);
    }
    printf("],\"has_history\":[");
    for (uint32_t i = 0; i < header->underlying_count; i += 1) {
        printf("%s%d", i == 0 ? "" : ",", (int)header->has_history[i]);
    }
    printf("]}");
}

static void
write_table(const char *name, const plm_risk_table *table) {
    printf("\"%s\":{", name);
    write_header(table->header);
    printf(",\"rows\":[");
    for (uint32_t i = 0; i < table->instrument_count + table->asset_count; i += 1) {
        const int64_t *row = plm_risk_row(table, i);
        printf("%s[", i == 0 ? "" : ",");
        for (uint32_t s = 0; s < table->header->entry_count; s += 1) {
            printf("%s%" PRId64, s == 0 ? "" : ",", row[s]);
        }
        printf("]");
    }
    printf("]}");
}

static void
write_record(const char *name, const plm_descriptor *descriptor, const void *record) {
    printf("\"%s\":{", name);
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        const plm_parameter_field *field = &descriptor->fields[i];
        int64_t value = 0;
        memcpy(&value, (const char *)record + field->offset, sizeof value);
        printf("%s\"%s\":%" PRId64, i == 0 ? "" : ",", field->path, value);
    }
    printf("}");
}

// A world and a second table for the initial requirement: another horizon, other arrays.
typedef struct stage {
    ts_wild world;
    plm_scenario_header second;
    uint32_t grid_active[TS_WILD_UNDERLYINGS];
    int64_t entries[(TS_WILD_INSTRUMENTS + TS_WILD_ASSETS) * TS_WILD_STRIDE];
    plm_risk_table initial;
} stage;

static void
write_world(const stage *at) {
    printf("{\"world\":{");
    write_listing(&at->world);
    printf(",");
    write_market(&at->world);
    printf(",");
    write_table("maintenance_arrays", &at->world.table);
    printf(",");
    write_table("initial_arrays", &at->initial);
    printf(",");
    write_record("portfolio", &plm_portfolio_descriptor, &at->world.parameters);
    printf(",");
    write_record("tiered", &plm_tiered_descriptor, &at->world.tiered);
    printf("}}\n");
}

// What ts_wild leaves uniform: treatments, decimals, units, expiries at the horizon's very end, ties, prices of the future.
static void
roughen(stage *at, pli_prng *prng) {
    ts_wild *world = &at->world;
    static const int64_t units[] = {1, 1, 10, 1000, 7};
    world->assets[TS_WILD_COIN].treatment = (plm_treatment)(1 + pli_prng_below(prng, 2));
    world->assets[TS_WILD_OTHER].treatment = (plm_treatment)(1 + pli_prng_below(prng, 2));
    world->assets[TS_WILD_STABLE].treatment =
        pli_prng_below(prng, 4) == 0 ? PLM_TREATMENT_SCENARIO : PLM_TREATMENT_HAIRCUT;
    if (pli_prng_below(prng, 3) == 0) {
        world->assets[TS_WILD_USD].decimals = (uint32_t)pli_prng_below(prng, 19);
    }
    if (pli_prng_below(prng, 3) == 0) {
        world->underlyings[0].price_unit = units[pli_prng_below(prng, 5)];
        world->underlyings[2].price_unit = units[pli_prng_below(prng, 5)];
        world->underlyings[3].price_unit = units[pli_prng_below(prng, 5)];
    }
    for (int i = 0; i < TS_WILD_INSTRUMENTS; i += 1) {
        plm_instrument *instrument = &world->instruments[i];
        if (instrument->expiry_ns != 0 && pli_prng_below(prng, 3) == 0) {
            instrument->expiry_ns =
                world->market.time.ns + PLM_DAY_NS + pli_prng_range_i64(prng, -1, 1);
        }
    }
    for (int i = 0; i < TS_WILD_UNDERLYINGS; i += 1) {
        plm_underlying_market *market = &world->prices[i];
        if (pli_prng_below(prng, 8) == 0) {
            market->price.publish_ns = world->market.time.ns + pli_prng_range_i64(prng, 0, 5000);
        }
        if (pli_prng_below(prng, 6) == 0) {
            market->depth_micros = 0;
        }
        world->has_history[i] = pli_prng_below(prng, 4) != 0;
    }
    // Small entries tie often.
    if (pli_prng_below(prng, 4) == 0) {
        for (size_t i = 0; i < sizeof world->entries / sizeof world->entries[0]; i += 1) {
            world->entries[i] %= 4;
        }
    }
}

// Linear instruments settle in any asset that the listing allows; so one underlying has several nets.
static void
roughen_settlement(ts_wild *world, pli_prng *prng) {
    for (int i = 0; i < TS_WILD_INSTRUMENTS; i += 1) {
        plm_instrument *instrument = &world->instruments[i];
        if (instrument->settlement != PLM_SETTLEMENT_LINEAR || pli_prng_below(prng, 2) == 0) {
            continue;
        }
        uint32_t asset = (uint32_t)pli_prng_below(prng, TS_WILD_ASSETS);
        bool is_elsewhere = world->assets[asset].treatment == PLM_TREATMENT_SCENARIO &&
                            world->assets[asset].underlying_index != instrument->underlying_index;
        bool is_paid = instrument->premium == PLM_PREMIUM_PAID;
        // A coin at 100,000 a unit would carry most values out of 64 bits.
        bool is_dear = world->assets[asset].underlying_index != PLM_NONE &&
                       world->prices[world->assets[asset].underlying_index].price.price_e8 >
                           INT64_C(10000000000);
        if (!is_dear && !(is_elsewhere && is_paid)) {
            instrument->settlement_asset_index = asset;
        }
    }
}

// Another layout of as many history entries: more planes, one, or none; and tails that do not always bind.
static void
roughen_history(ts_wild *world, pli_prng *prng) {
    static const uint32_t planes[] = {2, 2, 4, 1, 0};
    plm_scenario_header *header = &world->header;
    uint32_t joint = TS_WILD_PLANES * TS_WILD_HISTORY;
    header->plane_count = planes[pli_prng_below(prng, 5)];
    header->history_count = header->plane_count == 0 ? 0 : joint / header->plane_count;
    header->entry_count = plm_scenario_probe_begin(header) + PLM_PROBE_COUNT;
    int64_t grid = pli_prng_below(prng, 3) == 0 ? 1 : pli_prng_range_i64(prng, 1, 20);
    int64_t stress = pli_prng_range_i64(prng, 1, 8);
    for (int i = 0; i < TS_WILD_INSTRUMENTS + TS_WILD_ASSETS; i += 1) {
        int64_t *row = world->entries + (size_t)i * TS_WILD_STRIDE;
        for (uint32_t s = header->grid_count; s < plm_scenario_stress_begin(header); s += 1) {
            row[s] /= grid;
        }
        for (uint32_t s = plm_scenario_stress_begin(header); s < plm_scenario_probe_begin(header);
             s += 1) {
            row[s] *= stress;
        }
    }
}

static void
roughen_parameters(ts_wild *world, pli_prng *prng) {
    plm_portfolio_parameters *p = &world->parameters;
    if (pli_prng_below(prng, 3) == 0) {
        p->measure = pli_prng_range_i64(prng, 1, 3);
        p->confidence_ppm = pli_prng_edge_i64(prng, 500000, 999999);
    }
    if (pli_prng_below(prng, 3) == 0) {
        p->offset_floor_ppm = pli_prng_range_i64(prng, 0, PLM_PPM);
        p->stress_weight_ppm = pli_prng_range_i64(prng, 0, PLM_PPM);
    }
    if (pli_prng_below(prng, 4) == 0) {
        // sqrt(3.65 / 365) is a whole number of ppm
        p->haircut_horizon_ns = PLM_YEAR_NS / 100;
        world->tiered.haircut_horizon_ns = PLM_YEAR_NS / 100;
        world->tiered.dynamic_horizon_ns = PLM_YEAR_NS / 100;
    }
}

static void
make_second(stage *at, pli_prng *prng) {
    ts_wild *world = &at->world;
    memcpy(at->entries, world->entries, sizeof at->entries);
    memcpy(at->grid_active, world->grid_active, sizeof at->grid_active);
    at->second = world->header;
    at->second.grid_active = at->grid_active;
    at->initial = world->table;
    at->initial.header = &at->second;
    at->initial.entries = at->entries;
    if (pli_prng_below(prng, 2) == 0) {
        return;
    }
    at->second.horizon.ns = pli_prng_range_i64(prng, 0, 2) * PLM_DAY_NS;
    for (int i = 0; i < TS_WILD_UNDERLYINGS; i += 1) {
        at->grid_active[i] = (uint32_t)pli_prng_range_i64(prng, 1, TS_WILD_GRID);
    }
    for (size_t i = 0; i < sizeof at->entries / sizeof at->entries[0]; i += 1) {
        at->entries[i] = at->entries[i] / 2 * pli_prng_range_i64(prng, 1, 4);
    }
}

static void
stage_init(stage *at, pli_prng *prng) {
    ts_wild_init(&at->world, prng);
    roughen(at, prng);
    roughen_settlement(&at->world, prng);
    roughen_history(&at->world, prng);
    roughen_parameters(&at->world, prng);
    make_second(at, prng);
    plm_fault fault = {0};
    plm_status status = plm_listing_check(&at->world.listing, &fault);
    if (status != PLM_OK) {
        fprintf(stderr, "dump: listing: %s: %s\n", plm_status_name(status), fault.text);
        exit(1);
    }
}

// Larger sizes and reduce-only orders than ts_wild_account_init draws.
static void
roughen_account(ts_account *account, pli_prng *prng) {
    bool is_large = pli_prng_below(prng, 10) == 0;
    for (uint32_t i = 0; i < account->portfolio.position_count && is_large; i += 1) {
        account->positions[i].lots *= pli_prng_range_i64(prng, 1, 1000);
    }
    for (uint32_t i = 0; i < account->portfolio.order_count; i += 1) {
        plm_order *order = &account->orders[i];
        if (account->portfolio.position_count > 0 && pli_prng_below(prng, 2) == 0) {
            uint64_t k = pli_prng_below(prng, account->portfolio.position_count);
            const plm_position *position = &account->positions[k];
            if (position->instrument_index % 3 != order->instrument_index % 3) {
                continue; // a limit far from the mark's size would only overflow
            }
            order->is_reduce_only = pli_prng_below(prng, 2) == 0;
        }
    }
    // Orders on what is held: pairs of the same instrument on both sides.
    for (uint32_t i = 1; i < account->portfolio.order_count; i += 1) {
        if (pli_prng_below(prng, 3) == 0) {
            account->orders[i].instrument_index = account->orders[i - 1].instrument_index;
            account->orders[i].limit_e8 = account->orders[i - 1].limit_e8;
        }
    }
    if (pli_prng_below(prng, 4) == 0) {
        account->portfolio.balance_count = (uint32_t)pli_prng_below(prng, TS_WILD_ASSETS);
    }
    for (uint32_t i = 0; i < account->portfolio.balance_count; i += 1) {
        if (pli_prng_below(prng, 5) == 0) {
            account->balances[i].atoms = (plm_wide){0};
        }
    }
}

// Draw a reduce-only order on a held instrument: the side that closes it, of any size.
static void
add_reduce_only(const stage *at, ts_account *account, pli_prng *prng) {
    plm_portfolio *portfolio = &account->portfolio;
    for (int i = 0; i < 2; i += 1) {
        if (portfolio->position_count == 0 || portfolio->order_count >= TS_WILD_ORDERS ||
            pli_prng_below(prng, 2) == 0) {
            return;
        }
        const plm_position *position =
            &account->positions[pli_prng_below(prng, portfolio->position_count)];
        int64_t mark = at->world.marks[position->instrument_index].mark_e8;
        int64_t held = llabs(position->lots);
        account->orders[portfolio->order_count] = (plm_order){
            .instrument_index = position->instrument_index,
            .side = position->lots < 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL,
            .lots = pli_prng_range_i64(prng, 1, 2 * held + 1),
            .limit_e8 =
                at->world.instruments[position->instrument_index].underlying_index != 1 && mark < 1
                    ? 1
                    : mark,
            .is_reduce_only = true};
        portfolio->order_count += 1;
    }
}

static uint32_t
draw_changes(const stage *at, plm_change *changes, pli_prng *prng) {
    uint32_t count =
        pli_prng_below(prng, 3) == 0 ? (uint32_t)pli_prng_below(prng, CHANGES_MAX + 1) : 0;
    for (uint32_t i = 0; i < count; i += 1) {
        uint32_t index = (uint32_t)pli_prng_below(prng, TS_WILD_INSTRUMENTS);
        index = pli_prng_below(prng, 6) == 0 ? INVERSE_PERPETUAL : index;
        const plm_instrument *instrument = &at->world.instruments[index];
        int64_t price = at->world.marks[index].mark_e8;
        int64_t lots = ts_account_lots(prng);
        bool is_signed = instrument->underlying_index == 1 && instrument->kind != PLM_KIND_OPTION;
        price = !is_signed && price < 1 ? 1 : price;
        lots = lots == 0 ? 1 : lots;
        changes[i] = (plm_change){.kind = (plm_change_kind)(1 + pli_prng_below(prng, 3))};
        changes[i].trade = (plm_trade){index, lots, price, pli_prng_range_i64(prng, 0, 1000000)};
        changes[i].order = (plm_order){.instrument_index = index,
                                       .side = lots > 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL,
                                       .lots = llabs(lots),
                                       .limit_e8 = price,
                                       .is_reduce_only = pli_prng_below(prng, 3) == 0};
        changes[i].transfer =
            (plm_balance){(uint32_t)pli_prng_below(prng, TS_WILD_ASSETS),
                          pli_wide_from_i128(pli_prng_range_i64(prng, -1000000000, 1000000000))};
    }
    return count;
}

static void
write_order(const plm_order *order) {
    printf("{\"instrument\":%" PRIu32 ",\"side\":%d,\"lots\":%" PRId64 ",\"limit\":%" PRId64
           ",\"reduce_only\":%s}",
           order->instrument_index, (int)order->side, order->lots, order->limit_e8,
           order->is_reduce_only ? "true" : "false");
}

static void
write_account(const plm_portfolio *portfolio) {
    printf("\"positions\":[");
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        const plm_position *position = &portfolio->positions[i];
        printf("%s{\"instrument\":%" PRIu32 ",\"lots\":%" PRId64 ",\"accrued\":%" PRId64
               ",\"cost\":",
               i == 0 ? "" : ",", position->instrument_index, position->lots,
               position->accrued_micros);
        write_wide(pli_i128_from_wide(position->cost));
        printf("}");
    }
    printf("],\"orders\":[");
    for (uint32_t i = 0; i < portfolio->order_count; i += 1) {
        printf("%s", i == 0 ? "" : ",");
        write_order(&portfolio->orders[i]);
    }
    printf("],\"balances\":[");
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        printf("%s[%" PRIu32 ",", i == 0 ? "" : ",", portfolio->balances[i].asset_index);
        write_wide(pli_i128_from_wide(portfolio->balances[i].atoms));
        printf("]");
    }
    printf("]");
}

static void
write_changes(const plm_change *changes, uint32_t count) {
    printf(",\"changes\":[");
    for (uint32_t i = 0; i < count; i += 1) {
        const plm_change *change = &changes[i];
        printf("%s", i == 0 ? "" : ",");
        if (change->kind == PLM_CHANGE_TRADE) {
            printf("{\"trade\":{\"instrument\":%" PRIu32 ",\"lots\":%" PRId64 ",\"price\":%" PRId64
                   ",\"fee\":%" PRId64 "}}",
                   change->trade.instrument_index, change->trade.lots, change->trade.price_e8,
                   change->trade.fee_micros);
        } else if (change->kind == PLM_CHANGE_ORDER) {
            printf("{\"order\":");
            write_order(&change->order);
            printf("}");
        } else {
            printf("{\"transfer\":[%" PRIu32 ",", change->transfer.asset_index);
            write_wide(pli_i128_from_wide(change->transfer.atoms));
            printf("]}");
        }
    }
    printf("]");
}

static void
write_part(const char *name, const plm_reason_part *part, const plm_portfolio *evaluated) {
    uint32_t listed = part->tail_count < PLM_TAIL_MAX ? part->tail_count : PLM_TAIL_MAX;
    printf(",\"%s\":{\"branch\":\"%s\",\"is_without_expiring\":%s,\"underlying\":%" PRId64
           ",\"scenario\":%" PRId64 ",\"tail_count\":%" PRIu32 ",\"core\":%" PRId64
           ",\"tail\":%" PRId64 ",\"grid\":%" PRId64 ",\"grid_sum\":%" PRId64 ",\"stress\":%" PRId64
           ",\"tail_entries\":[",
           name, plm_branch_name(part->branch), part->is_without_expiring ? "true" : "false",
           part->underlying_index == PLM_NONE ? -1 : (int64_t)part->underlying_index,
           part->scenario_index == PLM_NONE ? -1 : (int64_t)part->scenario_index, part->tail_count,
           part->core_micros, part->tail_micros, part->grid_micros, part->grid_sum_micros,
           part->stress_micros);
    for (uint32_t i = 0; i < listed; i += 1) {
        printf("%s%" PRIu32, i == 0 ? "" : ",", part->tail_entries[i]);
    }
    printf("],");
    write_row("tail_losses", part->tail_losses_micros, listed);
    printf(",");
    write_row("charges", part->charges_micros, PLM_CHARGE_COUNT);
    printf(",");
    write_row("positions", part->position_micros, evaluated->position_count);
    printf(",");
    write_row("orders", part->order_micros, evaluated->order_count);
    printf(",");
    write_row("balances", part->balance_micros, evaluated->balance_count);
    printf("}");
}

static void
write_answer(const plm_requirement *requirement, const plm_reason *reason) {
    printf(",\"answer\":{\"initial\":%" PRId64 ",\"maintenance\":%" PRId64 ",\"call\":%" PRId64
           ",\"equity_initial\":%" PRId64 ",\"equity_maintenance\":%" PRId64 ",\"health\":\"%s\""
           ",\"collateral\":%" PRId64 ",\"liabilities\":%" PRId64 ",\"option_value\":%" PRId64
           ",\"unrealised\":%" PRId64 ",\"slow_price\":%" PRId64,
           requirement->initial_micros, requirement->maintenance_micros, requirement->call_micros,
           requirement->equity_initial_micros, requirement->equity_maintenance_micros,
           plm_health_name(requirement->health), reason->collateral_micros,
           reason->liabilities_micros, reason->option_value_micros, reason->unrealised_micros,
           reason->slow_price_micros);
    write_part("maintenance_part", &reason->maintenance, &reason->evaluated);
    write_part("initial_part", &reason->initial, &reason->evaluated);
    printf(",\"evaluated\":{");
    write_account(&reason->evaluated);
    printf("}}");
}

// Cash that brings equity to within a micro or so of a level, where health changes.
static bool
fund(ts_account *account, const plm_asset *cash, const plm_requirement *got, pli_prng *prng) {
    const pli_i128 missing[] = {(pli_i128)got->initial_micros - got->equity_initial_micros,
                                (pli_i128)got->maintenance_micros - got->equity_maintenance_micros,
                                (pli_i128)got->call_micros - got->equity_maintenance_micros};
    pli_i128 micros = missing[pli_prng_below(prng, 3)] + pli_prng_range_i64(prng, -1, 1);
    if (account->portfolio.balance_count == 0 || cash->decimals != 6) {
        return false;
    }
    pli_i128 atoms = pli_i128_from_wide(account->balances[TS_WILD_USD].atoms) + micros;
    account->balances[TS_WILD_USD].atoms = pli_wide_from_i128(atoms);
    return true;
}

static void
dump_portfolio(const stage *at, const plm_model *model, pli_prng *prng) {
    static _Alignas(64) unsigned char memory[1 << 20];
    static int64_t shares[2][3][SHARE_MAX];
    plm_workspace workspace = {memory, sizeof memory};
    ts_account account;
    plm_change changes[CHANGES_MAX];
    plm_requirement requirement = {0};
    plm_reason reason = {0};
    plm_reason_part *parts[2] = {&reason.maintenance, &reason.initial};
    plm_fault fault = {0};
    ts_wild_account_init(&account, &at->world, prng, TS_WILD_POSITIONS,
                         pli_prng_below(prng, 3) != 0);
    roughen_account(&account, prng);
    add_reduce_only(at, &account, prng);
    plm_margin_input input = ts_wild_input(&at->world, &account, model);
    input.change_count = draw_changes(at, changes, prng);
    input.changes = changes;
    input.initial_arrays = input.maintenance_arrays == NULL ? NULL : &at->initial;
    memset(shares, 0, sizeof shares);
    for (int i = 0; i < 2; i += 1) {
        parts[i]->position_micros = shares[i][0];
        parts[i]->order_micros = shares[i][1];
        parts[i]->balance_micros = shares[i][2];
    }
    plm_status status =
        plm_margin_require(model, &input, &workspace, &requirement, &reason, &fault);
    if (status == PLM_OK && pli_prng_below(prng, 2) == 0 &&
        fund(&account, &at->world.assets[TS_WILD_USD], &requirement, prng)) {
        status = plm_margin_require(model, &input, &workspace, &requirement, &reason, &fault);
    }
    printf("{\"model\":\"%s\",", model->name);
    write_account(&account.portfolio);
    write_changes(changes, input.change_count);
    printf(",\"status\":\"%s\"", plm_status_name(status));
    if (status == PLM_OK) {
        write_answer(&requirement, &reason);
    } else {
        printf(",\"fault\":\"%s\"", fault.text);
    }
    printf("}\n");
}

int
main(int argc, char **argv) {
    static const plm_model *const models[] = {&plm_model_portfolio, &plm_model_portfolio,
                                              &plm_model_tiered, &plm_model_dynamic};
    static stage at;
    if (argc != 3) {
        fprintf(stderr, "usage: dump <seed> <portfolios>\n");
        return 2;
    }
    pli_prng prng = pli_prng_init(strtoull(argv[1], NULL, 10));
    unsigned long count = strtoul(argv[2], NULL, 10);
    for (unsigned long i = 0; i < count; i += 1) {
        if (i % WORLD_PORTFOLIOS == 0) {
            stage_init(&at, &prng);
            write_world(&at);
        }
        dump_portfolio(&at, models[i % 4], &prng);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
