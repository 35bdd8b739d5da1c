/* core_world.c: a small venue driven by events, as the tests of the state machine share it.  SPDX-License-Identifier: Apache-2.0 */
#include "support/core_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/tree.h"
#include "base/wide.h"

#define E8 INT64_C(100000000)

plm_core_limits
ts_core_limits(void) {
    return (plm_core_limits){.asset_count = 4,
                             .underlying_count = 4,
                             .instrument_count = 10,
                             .account_count = 10,
                             .balance_count = 3,
                             .position_count = 6,
                             .order_count = 6,
                             .signer_count = 5,
                             .client_id_count = 4,
                             .expiry_count = 3,
                             .class_count = 2,
                             .history_count = 32,
                             .entry_count = 512,
                             .network_id = 7};
}

void
ts_core_init(ts_core *world, const plm_core_limits *limits) {
    memset(world, 0, sizeof *world);
    world->limits = *limits;
    world->size = plm_core_size(limits);
    assert_true(world->size > 0);
    world->block = malloc(world->size + 64);
    assert_non_null(world->block);
    void *memory = (void *)(((uintptr_t)world->block + 63) / 64 * 64);
    assert_int_equal(plm_core_init(limits, memory, world->size, &world->core, NULL), PLM_OK);
    world->time_ns = TS_CORE_START;
    world->effects = (plm_effects){.capacity = TS_CORE_EFFECTS, .entries = world->entries};
}

void
ts_core_finish(ts_core *world) {
    free(world->block);
}

void
ts_core_name(char name[PLM_NAME_SIZE], const char *text) {
    memset(name, 0, PLM_NAME_SIZE);
    memcpy(name, text, strlen(text));
}

plm_event *
ts_core_write(ts_core *world, plm_event_type type, uint32_t account) {
    memset(&world->event, 0, sizeof world->event);
    world->event.header.type = (uint16_t)type;
    world->event.header.version = 1;
    world->event.header.time_ns = world->time_ns;
    world->event.header.account = account;
    return &world->event;
}

plm_reject
ts_core_apply(ts_core *world) {
    assert_int_equal(
        plm_core_apply(world->core, &world->event, &world->effects, &world->outcome, NULL), PLM_OK);
    return world->outcome.reject;
}

void
ts_core_must(ts_core *world) {
    assert_string_equal(plm_reject_name(ts_core_apply(world)), "none");
}

static plm_wide
wide(int64_t value) {
    return pli_wide_from_i128(value);
}

plm_reject
ts_core_deposit(ts_core *world, uint32_t account, uint32_t asset, int64_t atoms) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_DEPOSIT, account);
    event->deposit_body.asset_index = asset;
    event->deposit_body.atoms = wide(atoms);
    return ts_core_apply(world);
}

plm_reject
ts_core_withdraw(ts_core *world, uint32_t account, uint32_t asset, int64_t atoms) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_WITHDRAW, account);
    event->withdraw_body.asset_index = asset;
    event->withdraw_body.atoms = wide(atoms);
    return ts_core_apply(world);
}

plm_reject
ts_core_trade(ts_core *world, uint32_t taker, uint32_t maker, uint32_t instrument, int64_t lots,
              int64_t price_e8) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_TRADE, taker);
    event->trade_body.instrument_index = instrument;
    event->trade_body.maker_account = maker;
    event->trade_body.lots = lots;
    event->trade_body.price_e8 = price_e8;
    return ts_core_apply(world);
}

plm_reject
ts_core_reserve(ts_core *world, uint32_t account, uint64_t order_id, uint32_t instrument,
                int64_t lots, int64_t limit_e8) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_RESERVE, account);
    event->reserve_body.instrument_index = instrument;
    event->reserve_body.side = lots > 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL;
    event->reserve_body.lots = lots > 0 ? lots : -lots;
    event->reserve_body.limit_e8 = limit_e8;
    event->reserve_body.order_id = order_id;
    return ts_core_apply(world);
}

plm_reject
ts_core_price(ts_core *world, uint32_t underlying, int64_t price_e8, plm_price_state state) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_PRICE, PLM_NONE);
    event->price_body.underlying_index = underlying;
    event->price_body.state = (uint32_t)state;
    event->price_body.price_e8 = price_e8;
    event->price_body.slow_e8 = price_e8;
    event->price_body.publish_ns = world->time_ns;
    return ts_core_apply(world);
}

plm_reject
ts_core_mark(ts_core *world, uint32_t instrument, int64_t mark_e8) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_MARK, PLM_NONE);
    event->mark_body.instrument_index = instrument;
    event->mark_body.is_present = 1;
    event->mark_body.mark_e8 = mark_e8;
    return ts_core_apply(world);
}

plm_reject
ts_core_continue(ts_core *world, uint32_t steps) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
    event->continue_body.step_count = steps;
    return ts_core_apply(world);
}

plm_reject
ts_core_model(ts_core *world, const char *name) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_MODEL, PLM_NONE);
    ts_core_name(event->model_body.name, name);
    event->model_body.model_version = 1;
    return ts_core_apply(world);
}

plm_event *
ts_core_record(ts_core *world, const plm_descriptor *descriptor, uint32_t index, uint32_t version) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_PARAMETERS, PLM_NONE);
    ts_core_name(event->parameters_body.record, descriptor->id);
    event->parameters_body.record_index = index;
    event->parameters_body.record_version = version;
    event->parameters_body.layout_version = descriptor->version;
    event->parameters_body.field_count = descriptor->field_count;
    for (uint32_t i = 0; i < descriptor->field_count && i < PLM_RECORD_FIELDS_MAX; i += 1) {
        event->parameters_body.values[i] = descriptor->fields[i].standard;
    }
    return event;
}

uint32_t
ts_core_field(const plm_descriptor *descriptor, const char *path) {
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        if (strcmp(descriptor->fields[i].path, path) == 0) {
            return i;
        }
    }
    fail_msg("no field %s", path);
    return 0;
}

static void
list_signers(ts_core *world) {
    const uint32_t scopes[] = {PLM_SCOPE_TRADE | PLM_SCOPE_WITHDRAW, PLM_SCOPE_TRADE,
                               PLM_SCOPE_ORACLE};
    for (uint32_t i = 0; i < 3; i += 1) {
        plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_SIGNER, PLM_NONE);
        event->signer_body.signer_index = i + 1;
        event->signer_body.scopes = scopes[i];
        memset(event->signer_body.public_key, (int)i + 1, sizeof event->signer_body.public_key);
        ts_core_must(world);
    }
}

static void
list_asset(ts_core *world, const char *name, uint32_t index, uint32_t underlying,
           uint32_t decimals) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_ASSET, PLM_NONE);
    plm_event_asset *body = &event->asset_body;
    ts_core_name(body->name, name);
    body->asset_index = index;
    body->underlying_index = underlying;
    body->decimals = decimals;
    body->treatment = underlying == PLM_NONE ? PLM_TREATMENT_HAIRCUT : PLM_TREATMENT_SCENARIO;
    body->tier_count = 1;
    body->liability_haircut_ppm = underlying == PLM_NONE ? 0 : 50000;
    body->tier_upto_micros[0] = INT64_MAX;
    body->tier_haircut_ppm[0] = underlying == PLM_NONE ? 0 : 50000;
    body->borrow_cap_atoms = wide(INT64_C(1000000000000));
    body->kink_ppm = 800000;
    body->rate_zero_ppm = 10000;
    body->rate_kink_ppm = 80000;
    body->rate_full_ppm = 1000000;
    body->reserve_ppm = 100000;
    ts_core_must(world);
}

static void
list_underlying(ts_core *world, const char *name, uint32_t index) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE);
    ts_core_name(event->underlying_body.name, name);
    event->underlying_body.underlying_index = index;
    event->underlying_body.domain = PLM_PRICE_DOMAIN_POSITIVE;
    event->underlying_body.class_id = index;
    event->underlying_body.price_unit = 1;
    event->underlying_body.tick_e8 = 1000000;
    ts_core_must(world);
}

static void
list_instrument(ts_core *world, const char *name, uint32_t index, const plm_instrument *terms) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE);
    plm_event_instrument *body = &event->instrument_body;
    ts_core_name(body->name, name);
    body->instrument_index = index;
    body->kind = terms->kind;
    body->settlement = terms->settlement;
    body->right = terms->right;
    body->premium = terms->premium;
    body->underlying_index = terms->underlying_index;
    body->settlement_asset_index = terms->settlement_asset_index;
    body->lot_e8 = terms->lot_e8;
    body->strike_e8 = terms->strike_e8;
    body->expiry_ns = terms->expiry_ns;
    ts_core_must(world);
}

static void
list_instruments(ts_core *world) {
    plm_instrument terms = {.kind = PLM_KIND_PERPETUAL,
                            .settlement = PLM_SETTLEMENT_LINEAR,
                            .underlying_index = TS_C_U_BTC,
                            .settlement_asset_index = TS_C_USD,
                            .lot_e8 = E8 / 1000};
    list_instrument(world, "BTC-PERP", TS_C_BTC_PERP, &terms);
    terms.underlying_index = TS_C_U_ETH;
    terms.lot_e8 = E8 / 100;
    list_instrument(world, "ETH-PERP", TS_C_ETH_PERP, &terms);
    terms = (plm_instrument){.kind = PLM_KIND_PERPETUAL,
                             .settlement = PLM_SETTLEMENT_INVERSE,
                             .underlying_index = TS_C_U_BTC,
                             .settlement_asset_index = TS_C_BTC,
                             .lot_e8 = 10 * E8};
    list_instrument(world, "BTC-INVERSE", TS_C_BTC_INVERSE, &terms);
    terms = (plm_instrument){.kind = PLM_KIND_FUTURE,
                             .settlement = PLM_SETTLEMENT_LINEAR,
                             .underlying_index = TS_C_U_BTC,
                             .settlement_asset_index = TS_C_USD,
                             .lot_e8 = E8 / 1000,
                             .expiry_ns = TS_C_EXPIRY};
    list_instrument(world, "BTC-FUTURE", TS_C_BTC_FUTURE, &terms);
    terms.kind = PLM_KIND_OPTION;
    terms.right = PLM_RIGHT_CALL;
    terms.premium = PLM_PREMIUM_PAID;
    terms.strike_e8 = 100000 * E8;
    list_instrument(world, "BTC-CALL", TS_C_BTC_CALL, &terms);
}

static void
list_accounts(ts_core *world) {
    for (uint32_t i = 0; i < TS_C_ACCOUNTS; i += 1) {
        plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE);
        event->account_body.account_index = i;
        event->account_body.kind = i == 1   ? PLM_ACCOUNT_SUB
                                   : i == 2 ? PLM_ACCOUNT_ISOLATED
                                            : PLM_ACCOUNT_CROSS;
        event->account_body.parent_index = i == 1 || i == 2 ? 0 : PLM_NONE;
        event->account_body.instrument_index = i == 2 ? TS_C_BTC_PERP : PLM_NONE;
        event->account_body.owner = i < 4 ? 1 : 2;
        ts_core_must(world);
    }
}

void
ts_core_list(ts_core *world) {
    list_signers(world);
    list_asset(world, "USD", TS_C_USD, PLM_NONE, 6);
    list_underlying(world, "BTC", TS_C_U_BTC);
    list_underlying(world, "ETH", TS_C_U_ETH);
    list_asset(world, "BTC", TS_C_BTC, TS_C_U_BTC, 8);
    list_instruments(world);
    list_accounts(world);
    const int64_t marks[] = {100000 * E8, 4000 * E8, 100000 * E8, 100500 * E8, 6000 * E8};
    for (uint32_t i = 0; i < TS_C_INSTRUMENTS; i += 1) {
        assert_int_equal(ts_core_mark(world, i, marks[i]), PLM_REJECT_NONE);
    }
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, 100000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_price(world, TS_C_U_ETH, 4000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
}

static void
commit_scenarios(ts_core *world, plm_horizon horizon) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
    ts_core_name(event->scenario_commit_body.name, "small");
    event->scenario_commit_body.set_version = 1;
    event->scenario_commit_body.horizon = (uint32_t)horizon;
    ts_core_must(world);
}

void
ts_core_portfolio(ts_core *world) {
    for (uint32_t i = 0; i < 2; i += 1) {
        plm_event *event = ts_core_record(world, &plm_shock_descriptor, i, 2);
        int64_t *values = event->parameters_body.values;
        values[ts_core_field(&plm_shock_descriptor, "step_ppm")] = 150000;
        values[ts_core_field(&plm_shock_descriptor, "level_min")] = 1;
        values[ts_core_field(&plm_shock_descriptor, "level_max")] = 1;
        ts_core_must(world);
        event = ts_core_record(world, &plm_set_descriptor, i, 2);
        values = event->parameters_body.values;
        values[ts_core_field(&plm_set_descriptor, "history_count")] = 0;
        values[ts_core_field(&plm_set_descriptor, "sticky_moneyness")] = 0;
        ts_core_must(world);
    }
    commit_scenarios(world, PLM_HORIZON_MAINTENANCE);
    commit_scenarios(world, PLM_HORIZON_INITIAL);
    assert_int_equal(ts_core_continue(world, 1024), PLM_REJECT_NONE);
    assert_int_equal(ts_core_model(world, "portfolio"), PLM_REJECT_NONE);
}

typedef struct sink {
    uint8_t *bytes;
    size_t size, capacity;
} sink;

static void
collect(void *context, const uint8_t *bytes, size_t size) {
    sink *to = context;
    if (to->size + size > to->capacity) {
        to->capacity = 2 * (to->size + size);
        to->bytes = realloc(to->bytes, to->capacity);
        assert_non_null(to->bytes);
    }
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

uint8_t *
ts_core_bytes(const plm_core *core, size_t *size) {
    sink to = {0};
    plm_core_encode(core, collect, &to);
    *size = to.size;
    return to.bytes;
}

uint8_t *
ts_core_bytes_settled(const plm_core *core, size_t *size) {
    enum { FRONT = 8 + 4 + 4 * 14, MASKED = 5 * 8 };
    uint8_t *bytes = ts_core_bytes(core, size);
    memset(bytes + FRONT, 0, MASKED);
    return bytes;
}

void
ts_core_start(ts_core *world, int64_t usd) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        assert_int_equal(ts_core_deposit(world, account, TS_C_USD, usd * 1000000), PLM_REJECT_NONE);
    }
    assert_null(plm_core_check(world->core));
}

const plm_effect *
ts_core_effect(const ts_core *world, plm_effect_kind kind, uint32_t account) {
    const plm_effect *found = NULL;
    for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
        const plm_effect *entry = &world->entries[i];
        if (entry->kind == kind && (account == PLM_NONE || entry->account == account)) {
            found = entry;
        }
    }
    return found;
}
