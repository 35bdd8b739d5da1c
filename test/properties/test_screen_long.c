/* test_screen_long.c: a venue that passes certified accounts and one that looks at everybody, event for event.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "plimsoll/core.h"

#include <cmocka.h>

/*
 * Usage: test_screen_long [FIRST COUNT]: seeds, of TICKS ticks each; 3 from 1 on. test/release/rows.toml has more.
 *
 * Accounts hold perpetuals and dated futures at up to ten times their cash, with orders, loans and a coin as collateral; the model
 * goes by the seed. Prices walk, slow prices lag, one tick in fifty is a fall of up to a twelfth; in between accounts trade,
 * move cash, and the market pays funding and changes its size. One venue looks at everybody and counts certificates that were
 * wrong, the other has the screen on: both must come to the same outcomes and digests.
 */
#define E8 INT64_C(100000000)
#define START INT64_C(1767225600000000000)

enum { ACCOUNTS = 1500, UNDERLYINGS = 6, INSTRUMENTS = 9, TICKS = 400, POSITIONS = 5, ORDERS = 3 };

static uint64_t first = 1, count = 3;
static plm_core *venues[2];
static void *memories[2];
static plm_event event;
static int64_t time_ns;
static pli_prng prng;
static int64_t prices_e8[UNDERLYINGS], slow_e8[UNDERLYINGS];
static uint64_t order_id;

static bool
one_in(uint64_t many) {
    return pli_prng_below(&prng, many) == 0;
}

static int64_t
within(int64_t low, int64_t high) {
    return pli_prng_range_i64(&prng, low, high);
}

static uint32_t
below(uint32_t many) {
    return (uint32_t)pli_prng_below(&prng, many);
}

static plm_event *
begin(plm_event_type type, uint32_t account) {
    memset(&event, 0, sizeof event);
    event.header.type = (uint16_t)type;
    event.header.version = 1;
    event.header.time_ns = time_ns;
    event.header.account = account;
    return &event;
}

/* The event at both venues, which must say the same. */
static bool
apply(void) {
    plm_outcome outcomes[2];
    for (uint32_t i = 0; i < 2; i += 1) {
        assert_int_equal(plm_core_apply(venues[i], &event, NULL, &outcomes[i], NULL), PLM_OK);
    }
    assert_int_equal(outcomes[0].reject, outcomes[1].reject);
    return outcomes[0].reject == PLM_REJECT_NONE;
}

static void
must_apply(void) {
    assert_true(apply());
}

static void
go_on(void) {
    while (plm_core_job_count(venues[0]) > 0) {
        begin(PLM_EVENT_TYPE_CONTINUE, PLM_NONE)->continue_body.step_count =
            (uint32_t)within(1, 64);
        must_apply();
    }
}

static uint32_t
underlying_of(uint32_t instrument) {
    return instrument % UNDERLYINGS;
}

static void
set_price(uint32_t u) {
    begin(PLM_EVENT_TYPE_PRICE, PLM_NONE)->price_body =
        (plm_event_price){.underlying_index = u,
                          .state = one_in(60) ? PLM_PRICE_STATE_HELD : PLM_PRICE_STATE_VALID,
                          .price_e8 = prices_e8[u],
                          .slow_e8 = slow_e8[u],
                          .confidence_e8 = one_in(3) ? prices_e8[u] / 1000000 * within(0, 400) : 0,
                          .publish_ns = time_ns - within(0, 2000000000)};
    must_apply();
}

static void
set_mark(uint32_t instrument) {
    plm_event_mark *mark = &begin(PLM_EVENT_TYPE_MARK, PLM_NONE)->mark_body;
    int64_t price = prices_e8[underlying_of(instrument)];
    mark->instrument_index = instrument;
    mark->is_present = !one_in(200);
    mark->mark_e8 = mark->is_present ? price + price / 1000000 * within(-2000, 2000) : 0;
    must_apply();
}

static void
set_size(uint32_t u) {
    begin(PLM_EVENT_TYPE_LIQUIDITY, PLM_NONE)->liquidity_body =
        (plm_event_liquidity){.underlying_index = u,
                              .depth_micros = within(1, 100) * INT64_C(1000000000000),
                              .volume_micros = within(1, 100) * INT64_C(100000000000000)};
    must_apply();
}

static void
list_asset(uint32_t index, const char *name, uint32_t underlying, uint32_t decimals) {
    plm_event_asset *asset = &begin(PLM_EVENT_TYPE_ASSET, PLM_NONE)->asset_body;
    memcpy(asset->name, name, strlen(name));
    asset->asset_index = index;
    asset->underlying_index = underlying;
    asset->decimals = decimals;
    asset->treatment =
        underlying != PLM_NONE && one_in(2) ? PLM_TREATMENT_SCENARIO : PLM_TREATMENT_HAIRCUT;
    asset->liability_haircut_ppm = underlying != PLM_NONE ? 20000 : 0;
    asset->tier_count = 1;
    asset->tier_upto_micros[0] = INT64_MAX;
    asset->tier_haircut_ppm[0] = underlying != PLM_NONE ? 50000 : 0;
    asset->kink_ppm = 800000;
    asset->rate_kink_ppm = 50000;
    asset->rate_full_ppm = 400000;
    asset->borrow_cap_atoms.low = UINT64_C(1) << 60;
    must_apply();
}

static void
list_instrument(uint32_t i) {
    plm_event_instrument *made = &begin(PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE)->instrument_body;
    bool is_dated = i >= UNDERLYINGS && one_in(2);
    snprintf(made->name, sizeof made->name, "I%u", i);
    made->instrument_index = i;
    made->kind = is_dated ? PLM_KIND_FUTURE : PLM_KIND_PERPETUAL;
    made->settlement = PLM_SETTLEMENT_LINEAR;
    made->underlying_index = underlying_of(i);
    made->lot_e8 = E8 / 100;
    made->expiry_ns = is_dated ? START + within(2, 30) * PLM_DAY_NS : 0;
    must_apply();
    set_mark(i);
}

static void
list(void) {
    list_asset(0, "USD", PLM_NONE, 6);
    for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
        plm_event_underlying *made = &begin(PLM_EVENT_TYPE_UNDERLYING, PLM_NONE)->underlying_body;
        snprintf(made->name, sizeof made->name, "U%u", u);
        made->underlying_index = u;
        made->domain = PLM_PRICE_DOMAIN_POSITIVE;
        made->price_unit = 1;
        made->tick_e8 = 1;
        must_apply();
        prices_e8[u] = slow_e8[u] = within(50, 150) * E8;
        set_price(u);
        set_size(u);
    }
    list_asset(1, "COIN", 0, 8);
    for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
        list_instrument(i);
    }
}

static void
set_record(const plm_descriptor *descriptor, uint32_t index, const char *path, int64_t value,
           const char *other) {
    plm_event_parameters *body = &begin(PLM_EVENT_TYPE_PARAMETERS, PLM_NONE)->parameters_body;
    memcpy(body->record, descriptor->id, strlen(descriptor->id));
    body->record_index = index;
    body->record_version = 2;
    body->layout_version = descriptor->version;
    body->field_count = descriptor->field_count;
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        const char *at = descriptor->fields[i].path;
        bool is_named = strcmp(at, path) == 0 || strcmp(at, other) == 0;
        body->values[i] = is_named ? value : descriptor->fields[i].standard;
    }
    must_apply();
}

static void
choose_model(const char *name) {
    set_record(&plm_shock_descriptor, 0, "level_min", 1, "level_max");
    for (uint32_t h = 0; h < 2; h += 1) {
        set_record(&plm_set_descriptor, h, "history_count", 0, "sticky_moneyness");
        plm_event_scenario_commit *commit =
            &begin(PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE)->scenario_commit_body;
        memcpy(commit->name, "set", 3);
        commit->set_version = 1;
        commit->horizon = h + 1;
        must_apply();
    }
    go_on();
    plm_event_model *model = &begin(PLM_EVENT_TYPE_MODEL, PLM_NONE)->model_body;
    memcpy(model->name, name, strlen(name));
    model->model_version = 1;
    must_apply();
}

static void
trade(void) {
    uint32_t taker = below(ACCOUNTS);
    plm_event_trade *body = &begin(PLM_EVENT_TYPE_TRADE, taker)->trade_body;
    body->instrument_index = below(INSTRUMENTS);
    body->maker_account = (taker + 1 + below(ACCOUNTS - 1)) % ACCOUNTS;
    body->lots = within(-60000, 60000);
    body->lots += body->lots == 0;
    body->price_e8 = prices_e8[underlying_of(body->instrument_index)];
    (void)apply();
}

static void
order(void) {
    plm_event_reserve *body = &begin(PLM_EVENT_TYPE_RESERVE, below(ACCOUNTS))->reserve_body;
    body->instrument_index = below(INSTRUMENTS);
    body->side = one_in(2) ? PLM_SIDE_BUY : PLM_SIDE_SELL;
    body->lots = within(1, 10000);
    int64_t price = prices_e8[underlying_of(body->instrument_index)];
    body->limit_e8 = price + price / 1000 * within(-20, 20);
    body->order_id = order_id += 1;
    (void)apply();
}

static void
move_cash(void) {
    uint32_t account = below(ACCOUNTS);
    if (one_in(2)) {
        begin(PLM_EVENT_TYPE_DEPOSIT, account)->deposit_body.atoms.low =
            (uint64_t)within(1, INT64_C(3000000000));
    } else if (one_in(2)) {
        plm_event_deposit *coin = &begin(PLM_EVENT_TYPE_DEPOSIT, account)->deposit_body;
        coin->asset_index = 1;
        coin->atoms.low = (uint64_t)within(1, 20 * E8);
    } else {
        begin(PLM_EVENT_TYPE_WITHDRAW, account)->withdraw_body.atoms.low =
            (uint64_t)within(1, INT64_C(3000000000));
    }
    (void)apply();
}

static void
open_accounts(void) {
    for (uint32_t a = 0; a < ACCOUNTS; a += 1) {
        plm_event_account *body = &begin(PLM_EVENT_TYPE_ACCOUNT, PLM_NONE)->account_body;
        body->account_index = a;
        body->kind = PLM_ACCOUNT_CROSS;
        body->parent_index = PLM_NONE;
        body->instrument_index = PLM_NONE;
        must_apply();
        begin(PLM_EVENT_TYPE_DEPOSIT, a)->deposit_body.atoms.low = UINT64_C(10000000000);
        must_apply();
    }
    for (uint32_t i = 0; i < 4 * ACCOUNTS; i += 1) {
        trade();
    }
}

static void
happen(void) {
    for (uint32_t i = below(6); i > 0; i -= 1) {
        uint32_t which = below(8);
        if (which < 4) {
            trade();
        } else if (which < 6) {
            order();
        } else {
            move_cash();
        }
    }
    if (one_in(20)) {
        begin(PLM_EVENT_TYPE_FUNDING, PLM_NONE)->funding_body =
            (plm_event_funding){.instrument_index = below(UNDERLYINGS), .per_lot = within(-E8, E8)};
        (void)apply();
    }
    if (one_in(30)) {
        set_size(below(UNDERLYINGS));
    }
}

static void
tick(void) {
    uint32_t u = below(UNDERLYINGS);
    int64_t move_ppm = one_in(50) ? -within(0, 80000) : within(-1500, 1500);
    time_ns += within(1, 20) * INT64_C(1000000000);
    prices_e8[u] += prices_e8[u] / 1000000 * move_ppm;
    slow_e8[u] += (prices_e8[u] - slow_e8[u]) / within(1, 8);
    set_price(u);
    for (uint32_t i = u; i < INSTRUMENTS; i += UNDERLYINGS) {
        set_mark(i);
    }
    go_on();
}

static void
open_venues(void) {
    plm_core_limits limits = {.network_id = 1,
                              .asset_count = 2,
                              .underlying_count = UNDERLYINGS,
                              .instrument_count = INSTRUMENTS,
                              .account_count = ACCOUNTS,
                              .balance_count = 2,
                              .position_count = POSITIONS,
                              .order_count = ORDERS,
                              .signer_count = 1,
                              .client_id_count = 16,
                              .expiry_count = 1,
                              .class_count = 1,
                              .history_count = 2,
                              .entry_count = 256};
    size_t size = plm_core_size(&limits);
    assert_true(size > 0);
    for (uint32_t i = 0; i < 2; i += 1) {
        memories[i] = aligned_alloc(64, size);
        assert_non_null(memories[i]);
        assert_int_equal(plm_core_init(&limits, memories[i], size, &venues[i], NULL), PLM_OK);
    }
    plm_core_use_screen(venues[0], PLM_SCREEN_CHECKED);
}

/* Certificates held against a look at one seed. */
static uint64_t
play(uint64_t seed) {
    static const char *const models[] = {"portfolio", "tiered", "dynamic"};
    prng = pli_prng_init(seed);
    time_ns = START;
    open_venues();
    list();
    choose_model(models[seed % 3]);
    open_accounts();
    for (uint32_t i = 0; i < TICKS; i += 1) {
        happen();
        tick();
    }
    uint8_t digests[2][32];
    plm_core_digest(venues[0], digests[0]);
    plm_core_digest(venues[1], digests[1]);
    assert_memory_equal(digests[0], digests[1], 32);
    plm_screen_counts checked = plm_core_screen_counts(venues[0]);
    plm_screen_counts screened = plm_core_screen_counts(venues[1]);
    assert_int_equal(checked.missed, 0);
    assert_int_equal(screened.missed, 0);
    assert_true(screened.looked < checked.looked);
    free(memories[0]);
    free(memories[1]);
    return checked.checked;
}

static void
nobody_is_passed_who_is_not_healthy(void **state) {
    (void)state;
    uint64_t checked = 0;
    for (uint64_t seed = first; seed < first + count; seed += 1) {
        checked += play(seed);
    }
    assert_true(checked > count * ACCOUNTS * 10);
    printf("%llu certificates checked, 0 missed\n", (unsigned long long)checked);
}

int
main(int argument_count, char **arguments) {
    if (argument_count == 3) {
        first = strtoull(arguments[1], NULL, 10);
        count = strtoull(arguments[2], NULL, 10);
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_is_passed_who_is_not_healthy)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
