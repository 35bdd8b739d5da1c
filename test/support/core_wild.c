/* core_wild.c: random events for a small venue, most of them nearly right.              SPDX-License-Identifier: Apache-2.0 */
#include "support/core_wild.h"

#include <string.h>

#include "base/wide.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)

void
ts_core_wild_init(ts_core_wild *wild, uint64_t seed) {
    memset(wild, 0, sizeof *wild);
    wild->prng = pli_prng_init(seed);
}

static uint32_t
below(ts_core_wild *wild, uint32_t count) {
    return (uint32_t)pli_prng_below(&wild->prng, count);
}

static bool
chance(ts_core_wild *wild, uint32_t one_in) {
    return below(wild, one_in) == 0;
}

// An index into a table of `count`, now and then one that is not.
static uint32_t
index_of(ts_core_wild *wild, uint32_t count) {
    return chance(wild, 25) ? count + below(wild, 3) : below(wild, count);
}

static plm_wide
amount(ts_core_wild *wild, int64_t scale) {
    int64_t value = chance(wild, 20) ? pli_prng_edge_i64(&wild->prng, -10, INT64_MAX)
                                     : pli_prng_range_i64(&wild->prng, 1, scale);
    return pli_wide_from_i128(value);
}

static int64_t
price_of(ts_core_wild *wild, uint32_t instrument) {
    static const int64_t near_e8[TS_C_INSTRUMENTS + 3] = {
        100000 * E8, 4000 * E8, 100000 * E8, 100500 * E8, 6000 * E8, E8, E8, E8};
    if (chance(wild, 60)) {
        return pli_prng_edge_i64(&wild->prng, -PLM_PRICE_E8_MAX - 1, PLM_PRICE_E8_MAX + 1);
    }
    return near_e8[instrument] / 1000 * (1000 + pli_prng_range_i64(&wild->prng, -20, 20));
}

static void
write_cash(ts_core_wild *wild, plm_event *event) {
    uint32_t asset = index_of(wild, TS_C_ASSETS);
    plm_wide atoms = amount(wild, asset == TS_C_BTC ? E8 / 10 : 5000 * USD);
    // The four bodies are laid out alike.
    event->deposit_body.asset_index = asset;
    event->deposit_body.atoms = atoms;
}

static void
write_trade(ts_core_wild *wild, plm_event *event) {
    plm_event_trade *body = &event->trade_body;
    body->instrument_index = index_of(wild, TS_C_INSTRUMENTS);
    body->maker_account = index_of(wild, TS_C_ACCOUNTS);
    body->lots = pli_prng_range_i64(&wild->prng, -60, 60);
    body->price_e8 = price_of(wild, body->instrument_index);
    body->taker_fee_atoms = (int64_t)below(wild, 2000);
    body->maker_fee_atoms =
        chance(wild, 20) ? -2000 : -(int64_t)below(wild, (uint32_t)body->taker_fee_atoms + 1);
    if (chance(wild, 6)) {
        body->taker_order_id = 1 + below(wild, 40);
    }
    if (chance(wild, 10)) {
        body->maker_order_id = 1 + below(wild, 40);
    }
}

static void
write_reserve(ts_core_wild *wild, plm_event *event) {
    plm_event_reserve *body = &event->reserve_body;
    body->instrument_index = index_of(wild, TS_C_INSTRUMENTS);
    body->side = 1 + below(wild, 2);
    body->lots = pli_prng_range_i64(&wild->prng, 0, 40);
    body->limit_e8 = price_of(wild, body->instrument_index);
    body->order_id = below(wild, 41);
    body->is_reduce_only = chance(wild, 5) ? 1 : 0;
}

static void
write_market(ts_core_wild *wild, ts_core *world, plm_event *event) {
    uint32_t u = index_of(wild, TS_C_UNDERLYINGS);
    int64_t near_e8 = u == TS_C_U_BTC ? 100000 * E8 : 4000 * E8;
    int64_t price_e8 = near_e8 / 1000 * (1000 + pli_prng_range_i64(&wild->prng, -30, 30));
    switch (event->header.type) {
    case PLM_EVENT_TYPE_MARK:
        event->mark_body.instrument_index = index_of(wild, TS_C_INSTRUMENTS);
        event->mark_body.is_present = chance(wild, 40) ? 0 : 1;
        event->mark_body.mark_e8 = price_of(wild, event->mark_body.instrument_index);
        break;
    case PLM_EVENT_TYPE_PRICE:
        event->price_body.underlying_index = u;
        event->price_body.state = chance(wild, 20) ? 1 + below(wild, 4) : 1;
        event->price_body.price_e8 = price_e8;
        event->price_body.slow_e8 = near_e8;
        event->price_body.confidence_e8 = (int64_t)below(wild, 1000);
        event->price_body.publish_ns = world->time_ns - (int64_t)below(wild, 1000);
        break;
    case PLM_EVENT_TYPE_LIQUIDITY:
        event->liquidity_body.underlying_index = u;
        event->liquidity_body.volume_micros = pli_prng_range_i64(&wild->prng, -1, 1000000 * USD);
        break;
    case PLM_EVENT_TYPE_FORECAST:
        event->forecast_body.underlying_index = u;
        event->forecast_body.volatility_ppm = pli_prng_range_i64(&wild->prng, 0, 2000000);
        event->forecast_body.regime_ppm = (int64_t)below(wild, 1000002);
        break;
    case PLM_EVENT_TYPE_SUPPLY:
        event->supply_body.underlying_index = u;
        event->supply_body.units = pli_prng_range_i64(&wild->prng, -1, 200);
        break;
    case PLM_EVENT_TYPE_RECALIBRATE:
        event->recalibrate_body.underlying_index = u;
        break;
    default:
        event->close_body.underlying_index = u;
        event->close_body.day = 10000 + (world->time_ns - TS_CORE_START) / 1000000000;
        event->close_body.price = 100.0 + (double)below(wild, 50);
        break;
    }
}

static void
write_report(ts_core_wild *wild, ts_core *world, plm_event *event) {
    plm_event_price_report *body = &event->price_report_body;
    body->underlying_index = index_of(wild, TS_C_UNDERLYINGS);
    body->source_index = below(wild, 4);
    body->report_sequence = (uint64_t)(world->time_ns - TS_CORE_START) + below(wild, 3);
    body->publish_ns = world->time_ns;
    body->valid_from_ns = world->time_ns;
    body->expires_ns = world->time_ns + 20 * INT64_C(1000000000);
    body->price_e8 = body->underlying_index == TS_C_U_BTC ? 100000 * E8 : 4000 * E8;
    body->price_e8 += (int64_t)below(wild, 1000);
    body->status = 2;
    body->network = chance(wild, 10) ? 8 : 7;
}

static void
write_slice(ts_core_wild *wild, ts_core *world, plm_event *event) {
    plm_event_surface_slice *body = &event->surface_slice_body;
    body->underlying_index = index_of(wild, TS_C_UNDERLYINGS);
    body->kind = chance(wild, 6) ? PLM_SLICE_NONE : PLM_SLICE_GRID;
    body->expiry_ns =
        chance(wild, 4) ? world->time_ns + (int64_t)below(wild, 100) * PLM_DAY_NS : TS_C_EXPIRY;
    body->forward_e8 = 100000 * E8;
    body->node_count = body->kind == PLM_SLICE_GRID ? 2 : 0;
    if (body->node_count == 2) {
        body->strikes[0] = 90000.0;
        body->strikes[1] = 110000.0;
        body->volatilities[0] = 0.7;
        body->volatilities[1] = 0.6;
    }
}

static void
write_record(ts_core_wild *wild, ts_core *world, uint32_t account) {
    static const plm_descriptor *const descriptors[] = {
        &plm_core_descriptor, &plm_set_descriptor, &plm_shock_descriptor, &plm_tiered_descriptor};
    const plm_descriptor *descriptor = descriptors[below(wild, 4)];
    int64_t now_ns = world->time_ns;
    uint32_t index = below(wild, 2);
    plm_event *event = ts_core_record(world, descriptor, index, 1 + below(wild, 6));
    event->header.account = account;
    if (chance(wild, 3)) {
        event->parameters_body.earliest_sequence = plm_core_sequence(world->core) + below(wild, 30);
    }
    if (chance(wild, 3)) {
        event->parameters_body.expires_ns = now_ns + (int64_t)below(wild, 20) * 1000000000;
    }
    if (descriptor == &plm_set_descriptor) {
        event->parameters_body.values[ts_core_field(descriptor, "history_count")] = 0;
    }
}

// The next free index, or one near it.
static uint32_t
next_index(ts_core_wild *wild, uint32_t count) {
    return chance(wild, 4) ? below(wild, count + 3) : count;
}

static void
new_name(ts_core_wild *wild, char name[PLM_NAME_SIZE]) {
    char text[3] = "n?";
    text[1] = (char)('a' + below(wild, 20));
    ts_core_name(name, chance(wild, 8) ? (chance(wild, 2) ? "" : "BTC") : text);
}

static void
write_asset(ts_core_wild *wild, ts_core *world) {
    uint32_t count = plm_core_listing(world->core).asset_count;
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_ASSET, PLM_NONE);
    plm_event_asset *body = &event->asset_body;
    new_name(wild, body->name);
    body->asset_index = next_index(wild, count);
    body->underlying_index = index_of(wild, TS_C_UNDERLYINGS);
    body->decimals = chance(wild, 6) ? 19 : 8;
    body->treatment = 1 + below(wild, 2);
    body->tier_count = 1;
    body->tier_upto_micros[0] = INT64_MAX;
    body->tier_haircut_ppm[0] = (int64_t)below(wild, 300000);
    body->kink_ppm = chance(wild, 6) ? 0 : 500000;
}

static void
write_instrument(ts_core_wild *wild, ts_core *world) {
    uint32_t count = plm_core_listing(world->core).instrument_count;
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE);
    plm_event_instrument *body = &event->instrument_body;
    new_name(wild, body->name);
    body->instrument_index = next_index(wild, count);
    body->kind = 1 + below(wild, 3);
    body->settlement = chance(wild, 6) ? PLM_SETTLEMENT_INVERSE : PLM_SETTLEMENT_LINEAR;
    body->underlying_index = index_of(wild, TS_C_UNDERLYINGS);
    body->settlement_asset_index = index_of(wild, TS_C_ASSETS);
    body->lot_e8 = E8 / 100;
    body->expiry_ns = body->kind == PLM_KIND_FUTURE ? TS_C_EXPIRY + PLM_DAY_NS : 0;
}

static void
write_listing(ts_core_wild *wild, ts_core *world) {
    plm_event *event = &world->event;
    switch (below(wild, 5)) {
    case 0:
        write_asset(wild, world);
        break;
    case 1:
        event = ts_core_write(world, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE);
        new_name(wild, event->underlying_body.name);
        event->underlying_body.underlying_index =
            next_index(wild, plm_core_listing(world->core).underlying_count);
        event->underlying_body.domain = 1 + below(wild, 2);
        event->underlying_body.class_id = below(wild, 3);
        event->underlying_body.price_unit = 1;
        event->underlying_body.tick_e8 = 1;
        event->underlying_body.reference_e8 = event->underlying_body.domain == 2 ? E8 : 0;
        break;
    case 2:
        write_instrument(wild, world);
        break;
    case 3:
        event = ts_core_write(world, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE);
        event->account_body.account_index = next_index(wild, plm_core_account_count(world->core));
        event->account_body.kind = 1 + below(wild, 3);
        event->account_body.parent_index =
            event->account_body.kind == 1 ? PLM_NONE : index_of(wild, TS_C_ACCOUNTS);
        event->account_body.instrument_index =
            event->account_body.kind == 3 ? index_of(wild, TS_C_INSTRUMENTS) : PLM_NONE;
        event->account_body.owner = 1 + below(wild, 6);
        break;
    default:
        event = ts_core_write(world, PLM_EVENT_TYPE_SIGNER, PLM_NONE);
        event->signer_body.signer_index = 3 + below(wild, 4);
        event->signer_body.scopes = below(wild, 18);
        break;
    }
}

static void
write_rare(ts_core_wild *wild, ts_core *world) {
    plm_event *event = &world->event;
    switch (below(wild, 8)) {
    case 7:
        write_listing(wild, world);
        break;
    case 0:
        write_record(wild, world, PLM_NONE);
        break;
    case 1:
        event = ts_core_write(world, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
        ts_core_name(event->scenario_commit_body.name, "wild");
        event->scenario_commit_body.horizon = 1 + below(wild, 2);
        break;
    case 2:
        event = ts_core_write(world, PLM_EVENT_TYPE_MODEL, PLM_NONE);
        ts_core_name(event->model_body.name, chance(wild, 2) ? "portfolio" : "tiered");
        event->model_body.model_version = 1;
        break;
    case 3:
        event = ts_core_write(world, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
        event->source_body.underlying_index = TS_C_U_ETH;
        event->source_body.source_index = below(wild, 4);
        event->source_body.weight = (int64_t)below(wild, 3);
        event->source_body.public_key[0] = (uint8_t)(1 + below(wild, 8));
        break;
    case 4:
        event = ts_core_write(world, PLM_EVENT_TYPE_SURFACE_COMMIT, PLM_NONE);
        event->surface_commit_body.slice_count = below(wild, 2);
        break;
    case 5:
        event = ts_core_write(world, PLM_EVENT_TYPE_SURFACE_SLICE, PLM_NONE);
        write_slice(wild, world, event);
        break;
    default:
        event = ts_core_write(world, PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_NONE);
        event->settle_expiry_body.instrument_index = index_of(wild, TS_C_INSTRUMENTS);
        event->settle_expiry_body.price_e8 = 100000 * E8;
        break;
    }
}

static void
write_two_sided(ts_core_wild *wild, plm_event *event) {
    uint32_t other = index_of(wild, TS_C_ACCOUNTS);
    switch (event->header.type) {
    case PLM_EVENT_TYPE_TRANSFER:
        event->transfer_body.asset_index = index_of(wild, TS_C_ASSETS);
        event->transfer_body.to_account = other;
        event->transfer_body.atoms = amount(wild, 1000 * USD);
        break;
    case PLM_EVENT_TYPE_EXCHANGE:
        event->exchange_body.other_account = other;
        event->exchange_body.give_asset_index = index_of(wild, TS_C_ASSETS);
        event->exchange_body.take_asset_index = index_of(wild, TS_C_ASSETS);
        event->exchange_body.give_atoms = amount(wild, 100 * USD);
        event->exchange_body.take_atoms = amount(wild, E8 / 1000);
        break;
    default:
        event->position_transfer_body.instrument_index = index_of(wild, TS_C_INSTRUMENTS);
        event->position_transfer_body.to_account = other;
        event->position_transfer_body.lots = pli_prng_range_i64(&wild->prng, -20, 20);
        break;
    }
}

static void
write_small(ts_core_wild *wild, plm_event *event) {
    switch (event->header.type) {
    case PLM_EVENT_TYPE_RELEASE:
        event->release_body.order_id = below(wild, 41);
        event->release_body.lots = (int64_t)below(wild, 20);
        break;
    case PLM_EVENT_TYPE_SETTLE_PROFIT:
        event->settle_profit_body.instrument_index = index_of(wild, TS_C_INSTRUMENTS);
        break;
    case PLM_EVENT_TYPE_FUNDING:
        event->funding_body.instrument_index = index_of(wild, TS_C_INSTRUMENTS);
        event->funding_body.per_lot = pli_prng_range_i64(&wild->prng, -E8, E8);
        break;
    case PLM_EVENT_TYPE_INTEREST:
        event->interest_body.asset_index = index_of(wild, TS_C_ASSETS);
        break;
    case PLM_EVENT_TYPE_FUND:
        event->fund_body.asset_index = index_of(wild, TS_C_ASSETS);
        event->fund_body.action = 1 + below(wild, 4);
        event->fund_body.instrument_index =
            event->fund_body.action == 2 ? index_of(wild, TS_C_INSTRUMENTS) : PLM_NONE;
        event->fund_body.atoms = amount(wild, 100 * USD);
        break;
    default:
        event->continue_body.step_count = 1 + below(wild, 5);
        break;
    }
}

static const plm_event_type often[] = {
    PLM_EVENT_TYPE_DEPOSIT,  PLM_EVENT_TYPE_WITHDRAW,    PLM_EVENT_TYPE_TRANSFER,
    PLM_EVENT_TYPE_BORROW,   PLM_EVENT_TYPE_REPAY,       PLM_EVENT_TYPE_INTEREST,
    PLM_EVENT_TYPE_EXCHANGE, PLM_EVENT_TYPE_FUND,        PLM_EVENT_TYPE_TRADE,
    PLM_EVENT_TYPE_TRADE,    PLM_EVENT_TYPE_TRADE,       PLM_EVENT_TYPE_POSITION_TRANSFER,
    PLM_EVENT_TYPE_RESERVE,  PLM_EVENT_TYPE_RELEASE,     PLM_EVENT_TYPE_SETTLE_PROFIT,
    PLM_EVENT_TYPE_FUNDING,  PLM_EVENT_TYPE_MARK,        PLM_EVENT_TYPE_PRICE_REPORT,
    PLM_EVENT_TYPE_PRICE,    PLM_EVENT_TYPE_LIQUIDITY,   PLM_EVENT_TYPE_FORECAST,
    PLM_EVENT_TYPE_CLOSE,    PLM_EVENT_TYPE_CONTINUE,    PLM_EVENT_TYPE_TIME,
    PLM_EVENT_TYPE_SUPPLY,   PLM_EVENT_TYPE_RECALIBRATE,
};

static void
write_body(ts_core_wild *wild, ts_core *world, plm_event *event) {
    switch (event->header.type) {
    case PLM_EVENT_TYPE_DEPOSIT:
    case PLM_EVENT_TYPE_WITHDRAW:
    case PLM_EVENT_TYPE_BORROW:
    case PLM_EVENT_TYPE_REPAY:
        write_cash(wild, event);
        break;
    case PLM_EVENT_TYPE_TRANSFER:
    case PLM_EVENT_TYPE_EXCHANGE:
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
        write_two_sided(wild, event);
        break;
    case PLM_EVENT_TYPE_TRADE:
        write_trade(wild, event);
        break;
    case PLM_EVENT_TYPE_RESERVE:
        write_reserve(wild, event);
        break;
    case PLM_EVENT_TYPE_MARK:
    case PLM_EVENT_TYPE_PRICE:
    case PLM_EVENT_TYPE_LIQUIDITY:
    case PLM_EVENT_TYPE_FORECAST:
    case PLM_EVENT_TYPE_CLOSE:
    case PLM_EVENT_TYPE_SUPPLY:
    case PLM_EVENT_TYPE_RECALIBRATE:
        write_market(wild, world, event);
        break;
    case PLM_EVENT_TYPE_PRICE_REPORT:
        write_report(wild, world, event);
        break;
    case PLM_EVENT_TYPE_TIME:
        break;
    default:
        write_small(wild, event);
        break;
    }
}

// Some events come from a customer, with a client id, which now and then was used before.
static void
sign(ts_core_wild *wild, ts_core *world) {
    plm_event_header *header = &world->event.header;
    if (!chance(wild, 5)) {
        return;
    }
    header->signer = below(wild, 5);
    if (chance(wild, 10)) {
        return;
    }
    wild->client += 1;
    uint32_t id = chance(wild, 5) ? below(wild, wild->client) : wild->client;
    memcpy(header->client_id, &(uint8_t[4]){(uint8_t)id, (uint8_t)(id >> 8), 1, 1}, 4);
    header->deadline_ns = world->time_ns + (int64_t)below(wild, 20) * 1000000000 - 1000000000;
}

void
ts_core_wild_next(ts_core_wild *wild, ts_core *world) {
    if (chance(wild, 3)) {
        world->time_ns += (int64_t)below(wild, 2000000000);
    }
    if (chance(wild, 150)) {
        world->time_ns += 3 * PLM_DAY_NS;
    }
    if (!wild->is_plain && chance(wild, 12)) {
        write_rare(wild, world);
    } else {
        plm_event_type type = often[below(wild, sizeof often / sizeof often[0])];
        uint32_t account = index_of(wild, TS_C_ACCOUNTS);
        plm_event *event = ts_core_write(world, type, account);
        write_body(wild, world, event);
    }
    sign(wild, world);
    if (chance(wild, 100)) {
        world->event.header.time_ns -= PLM_DAY_NS;
    }
}
