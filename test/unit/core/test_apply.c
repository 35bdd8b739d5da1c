/* test_apply.c: the order of the checks, who may do what, and what a trade needs.        SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)

static plm_requirement
require(const ts_core *world, uint32_t account) {
    plm_requirement requirement;
    plm_core_question question = {.account = account};
    assert_int_equal(plm_core_require(world->core, &question, &requirement, NULL, NULL), PLM_OK);
    return requirement;
}

static int64_t
narrow(plm_wide wide) {
    return (int64_t)pli_i128_from_wide(wide);
}

static void
trade_within_the_requirement_is_accepted_and_beyond_refused(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    // 0.5 BTC at 100,000: tier 1 asks 10 % of 50,000; closing fees and the like come to less than 500.
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 500, 100000 * E8), PLM_REJECT_NONE);
    plm_requirement requirement = require(&w, 0);
    assert_true(requirement.initial_micros >= 5000 * USD);
    assert_true(requirement.initial_micros < 5500 * USD);
    assert_int_equal(requirement.equity_initial_micros, 10000 * USD);
    const plm_effect *told = ts_core_effect(&w, PLM_EFFECT_REQUIREMENT, 0);
    assert_non_null(told);
    assert_int_equal(narrow(told->a), requirement.initial_micros);
    assert_int_equal(narrow(told->b), requirement.equity_initial_micros);
    told = ts_core_effect(&w, PLM_EFFECT_POSITION, 4);
    assert_non_null(told);
    assert_int_equal(narrow(told->a), -500);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 500, 100000 * E8), PLM_REJECT_HEALTH);
    assert_int_equal(w.outcome.effect_count, 0);
    ts_core_finish(&w);
}

static void
order_reserved_at_initial_may_fill_at_maintenance(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    assert_int_equal(ts_core_reserve(&w, 0, 1, TS_C_BTC_PERP, 900, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_reserve(&w, 0, 2, TS_C_BTC_PERP, 200, 100000 * E8), PLM_REJECT_HEALTH);
    // A fee that nobody foresaw takes the account below initial, not below maintenance.
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_TRADE, 0);
    event->trade_body.instrument_index = TS_C_BTC_PERP;
    event->trade_body.maker_account = 4;
    event->trade_body.lots = 900;
    event->trade_body.price_e8 = 100000 * E8;
    event->trade_body.taker_fee_atoms = 1500 * USD;
    event->trade_body.taker_order_id = 1;
    ts_core_must(&w);
    plm_requirement requirement = require(&w, 0);
    assert_true(requirement.equity_initial_micros < requirement.initial_micros);
    assert_int_equal(requirement.health, PLM_HEALTH_RESTRICTED);
    ts_core_finish(&w);
}

static void
account_below_initial_may_only_reduce(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 800, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_PERP, 97000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 97000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(require(&w, 0).health, PLM_HEALTH_RESTRICTED);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 1, 97000 * E8), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, -1, 97000 * E8), PLM_REJECT_NONE);
    // A reduction at a price so bad that the excess falls is no cure.
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, -1, 1000 * E8), PLM_REJECT_HEALTH);
    ts_core_finish(&w);
}

static void
unrealised_gain_cannot_be_withdrawn(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 100, 100000 * E8), PLM_REJECT_NONE);
    int64_t initial_micros = require(&w, 0).initial_micros;
    // 0.1 BTC gains 1,000 USD; what may leave is still bounded by cash and requirement.
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_PERP, 110000 * E8), PLM_REJECT_NONE);
    assert_true(require(&w, 0).equity_initial_micros > 10000 * USD);
    int64_t room = 10000 * USD - require(&w, 0).initial_micros;
    assert_true(require(&w, 0).initial_micros >= initial_micros);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, room + 1), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, room), PLM_REJECT_NONE);
    // An account that risks nothing withdraws whatever the prices are.
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 110000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_withdraw(&w, 3, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, 1), PLM_REJECT_HEALTH);
    assert_null(plm_core_check(w.core));
    ts_core_finish(&w);
}

static void
gain_of_no_underlying_can_be_withdrawn(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 1, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1000, 4000 * E8), PLM_REJECT_NONE);
    // 10 ETH gain 1,000 USD; the position in BTC stands before it and gains nothing.
    assert_int_equal(ts_core_mark(&w, TS_C_ETH_PERP, 4100 * E8), PLM_REJECT_NONE);
    int64_t room = 10000 * USD - require(&w, 0).initial_micros;
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, room + 1), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, room), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

static void
gain_is_netted_with_the_loss_of_the_same_underlying(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 100, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_FUTURE, -100, 100000 * E8), PLM_REJECT_NONE);
    // 0.1 BTC gain 1,000 USD on one side and lose 800 on the other: 200 are gains.
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_PERP, 110000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_FUTURE, 108000 * E8), PLM_REJECT_NONE);
    int64_t room = 10000 * USD - require(&w, 0).initial_micros;
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, room + 1), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, room), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

static void
withdrawal_asks_the_price_behind_every_balance(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    assert_int_equal(ts_core_deposit(&w, 3, TS_C_BTC, E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 3, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_NONE);
    // Without a price the bitcoin may be worth nothing: the cash has to do.
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_withdraw(&w, 3, TS_C_USD, 10000 * USD), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_withdraw(&w, 3, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

static void
trade_needs_a_price_a_mark_and_arrays(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_MARK, PLM_NONE);
    event->mark_body.instrument_index = TS_C_ETH_PERP;
    ts_core_must(&w);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_MARK);
    assert_int_equal(ts_core_price(&w, TS_C_U_ETH, 4000 * E8, PLM_PRICE_STATE_HELD),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_PRICE_STATE);
    assert_int_equal(ts_core_model(&w, "portfolio"), PLM_REJECT_MODEL_UNSUPPORTED);
    assert_int_equal(ts_core_model(&w, "nobody's"), PLM_REJECT_MODEL_UNKNOWN);
    ts_core_portfolio(&w);
    // The price of ETH is not VALID, so its rows are still to be built.
    assert_int_equal(ts_core_mark(&w, TS_C_ETH_PERP, 4000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_PRICE_STATE);
    assert_int_equal(ts_core_price(&w, TS_C_U_ETH, 4000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_NONE);
    // The call has a mark, but no surface its row could be built from.
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_CALL, 1, 6000 * E8), PLM_REJECT_ARRAYS);
    ts_core_finish(&w);
}

static void
checks_come_in_their_order(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_WITHDRAW, 9);
    event->header.time_ns -= 1;
    event->header.signer = 9;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_TIME_BACKWARDS);
    assert_int_equal(plm_core_time(w.core).ns, TS_CORE_START);
    event->header.time_ns = (INT64_C(1) << 62) + 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    assert_int_equal(plm_core_time(w.core).ns, TS_CORE_START);
    event->header.time_ns = TS_CORE_START + 5;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_SIGNER_UNKNOWN);
    assert_int_equal(plm_core_time(w.core).ns, TS_CORE_START + 5);
    event->header.signer = 2;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_SCOPE);
    event->header.signer = 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_CLIENT_ID);
    event->header.client_id[3] = 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_DEADLINE_PAST);
    event->header.deadline_ns = TS_CORE_START + 6 + PLM_DAY_NS;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_DEADLINE_FAR);
    event->header.deadline_ns -= 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_ACCOUNT_UNKNOWN);
    event->header.account = 4;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_ACCOUNT_FOREIGN);
    event->header.account = 0;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_AMOUNT);
    event->withdraw_body.atoms = pli_wide_from_i128(20000 * USD);
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_BALANCE);
    event->withdraw_body.atoms = pli_wide_from_i128(1);
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

static void
a_listed_signer_gets_another_key_or_none_and_the_operator_does_not(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    uint32_t scopes = 0;
    uint8_t key[32];
    uint8_t other[32] = {7, 7, 7};
    uint8_t none[32] = {0};
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_SIGNER, PLM_NONE);
    event->signer_body.signer_index = 1;
    event->signer_body.scopes = PLM_SCOPE_ORACLE;
    memcpy(event->signer_body.public_key, other, sizeof other);
    ts_core_must(&w);
    assert_int_equal(plm_core_signer(w.core, 1, &scopes, key), PLM_OK);
    assert_int_equal(scopes, PLM_SCOPE_ORACLE);
    assert_memory_equal(key, other, sizeof other);
    event = ts_core_write(&w, PLM_EVENT_TYPE_SIGNER, PLM_NONE);
    event->signer_body.signer_index = 1;
    ts_core_must(&w);
    assert_int_equal(plm_core_signer(w.core, 1, &scopes, key), PLM_OK);
    assert_int_equal(scopes, 0);
    assert_memory_equal(key, none, sizeof none);
    event = ts_core_write(&w, PLM_EVENT_TYPE_WITHDRAW, 0);
    event->header.signer = 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_SCOPE);
    const uint32_t indices[] = {0, 5}; // four are there
    for (size_t i = 0; i < 2; i += 1) {
        event = ts_core_write(&w, PLM_EVENT_TYPE_SIGNER, PLM_NONE);
        event->signer_body.signer_index = indices[i];
        assert_int_equal(ts_core_apply(&w), PLM_REJECT_INDEX);
    }
    assert_int_equal(plm_core_signer(w.core, 4, &scopes, key), PLM_INDEX_UNKNOWN);
    assert_null(plm_core_check(w.core));
    ts_core_finish(&w);
}

static void
scope_of_every_kind_is_asked(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_SIGNER, PLM_NONE);
    event->signer_body.signer_index = 4;
    ts_core_must(&w);
    for (uint32_t i = 0; plm_event_kind_at(i) != NULL; i += 1) {
        event = ts_core_write(&w, plm_event_kind_at(i)->type, 0);
        event->header.signer = 4;
        assert_int_equal(ts_core_apply(&w), PLM_REJECT_SCOPE);
    }
    ts_core_finish(&w);
}

static void
sequence_numbers_are_consecutive(void **state) {
    (void)state;
    ts_core w;
    plm_core_limits limits = ts_core_limits();
    ts_core_init(&w, &limits);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE);
    plm_fault fault;
    event->header.sequence = 2;
    assert_int_equal(plm_core_apply(w.core, event, NULL, &w.outcome, &fault), PLM_SEQUENCE_GAP);
    assert_int_equal(plm_core_sequence(w.core), 0);
    event->header.sequence = 1;
    ts_core_must(&w);
    assert_int_equal(w.outcome.sequence, 1);
    event->header.sequence = 0;
    ts_core_must(&w);
    assert_int_equal(w.outcome.sequence, 2);
    event->header.version = 2;
    assert_int_equal(plm_core_apply(w.core, event, NULL, &w.outcome, &fault), PLM_EVENT_UNKNOWN);
    event->header.type = 9999;
    assert_int_equal(plm_core_apply(w.core, event, NULL, &w.outcome, &fault), PLM_EVENT_UNKNOWN);
    assert_int_equal(plm_core_sequence(w.core), 2);
    ts_core_finish(&w);
}

static void
effects_that_do_not_fit_are_missed_and_the_state_is_the_same(void **state) {
    (void)state;
    ts_core w[2];
    for (uint32_t i = 0; i < 2; i += 1) {
        ts_core_start(&w[i], 10000);
        w[i].effects.capacity = i == 0 ? TS_CORE_EFFECTS : 1;
        assert_int_equal(ts_core_trade(&w[i], 0, 4, TS_C_BTC_PERP, 5, 100000 * E8),
                         PLM_REJECT_NONE);
    }
    assert_false(w[0].outcome.is_incomplete);
    assert_true(w[1].outcome.is_incomplete);
    assert_int_equal(w[1].outcome.effect_count, 1);
    uint8_t digests[2][32];
    plm_core_digest(w[0].core, digests[0]);
    plm_core_digest(w[1].core, digests[1]);
    assert_memory_equal(digests[0], digests[1], 32);
    ts_core_finish(&w[0]);
    ts_core_finish(&w[1]);
}

static void
model_swap_changes_nothing_but_the_model(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    ts_core_portfolio(&w);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 50, 100000 * E8), PLM_REJECT_NONE);
    size_t size[3];
    uint8_t *before = ts_core_bytes_settled(w.core, &size[0]);
    assert_int_equal(ts_core_model(&w, "tiered"), PLM_REJECT_NONE);
    uint8_t *between = ts_core_bytes_settled(w.core, &size[1]);
    assert_int_equal(ts_core_model(&w, "portfolio"), PLM_REJECT_NONE);
    uint8_t *after = ts_core_bytes_settled(w.core, &size[2]);
    assert_memory_equal(before, after, size[0]);
    uint32_t differing = 0;
    for (size_t i = 0; i < size[0]; i += 1) {
        differing += before[i] != between[i] ? 1 : 0;
    }
    // The place in the registry, one byte of it.
    assert_int_equal(size[0], size[1]);
    assert_int_equal(differing, 1);
    free(before);
    free(between);
    free(after);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trade_within_the_requirement_is_accepted_and_beyond_refused),
        cmocka_unit_test(order_reserved_at_initial_may_fill_at_maintenance),
        cmocka_unit_test(account_below_initial_may_only_reduce),
        cmocka_unit_test(unrealised_gain_cannot_be_withdrawn),
        cmocka_unit_test(gain_of_no_underlying_can_be_withdrawn),
        cmocka_unit_test(gain_is_netted_with_the_loss_of_the_same_underlying),
        cmocka_unit_test(withdrawal_asks_the_price_behind_every_balance),
        cmocka_unit_test(trade_needs_a_price_a_mark_and_arrays),
        cmocka_unit_test(checks_come_in_their_order),
        cmocka_unit_test(a_listed_signer_gets_another_key_or_none_and_the_operator_does_not),
        cmocka_unit_test(scope_of_every_kind_is_asked),
        cmocka_unit_test(sequence_numbers_are_consecutive),
        cmocka_unit_test(effects_that_do_not_fit_are_missed_and_the_state_is_the_same),
        cmocka_unit_test(model_swap_changes_nothing_but_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
