/* test_snapshot.c: states as bytes: what is refused, and that nothing damaged is accepted.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/state.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)

static plm_status
decode(const plm_core_limits *limits, const uint8_t *bytes, size_t size) {
    ts_core copy;
    ts_core_init(&copy, limits);
    plm_fault fault = {.text = ""};
    plm_status status = plm_core_decode(copy.core, bytes, size, &fault);
    if (status != PLM_OK) {
        assert_true(fault.text[0] != '\0');
    }
    ts_core_finish(&copy);
    return status;
}

static uint8_t *
small_state(size_t *size) {
    ts_core w;
    plm_core_limits limits = ts_core_limits();
    ts_core_init(&w, &limits);
    ts_core_list(&w);
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(&w, 4, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 5, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_reserve(&w, 0, 7, TS_C_ETH_PERP, 5, 4000 * E8), PLM_REJECT_NONE);
    uint8_t *bytes = ts_core_bytes(w.core, size);
    ts_core_finish(&w);
    return bytes;
}

static void
bytes_of_another_kind_are_told_apart(void **state) {
    (void)state;
    size_t size;
    uint8_t *bytes = small_state(&size);
    plm_core_limits limits = ts_core_limits();
    assert_int_equal(decode(&limits, bytes, size), PLM_OK);
    plm_core_limits other = limits;
    other.account_count += 1;
    assert_int_equal(decode(&other, bytes, size), PLM_STATE_LIMITS);
    other = limits;
    other.network_id += 1;
    assert_int_equal(decode(&other, bytes, size), PLM_STATE_LIMITS);
    bytes[8] += 1;
    assert_int_equal(decode(&limits, bytes, size), PLM_STATE_VERSION);
    bytes[8] -= 1;
    bytes[0] = 'p';
    assert_int_equal(decode(&limits, bytes, size), PLM_STATE_MALFORMED);
    free(bytes);
}

static void
state_that_breaks_off_or_goes_on_is_refused(void **state) {
    (void)state;
    size_t size;
    uint8_t *bytes = small_state(&size);
    plm_core_limits limits = ts_core_limits();
    for (size_t cut = 0; cut < size; cut += 97) {
        assert_int_equal(decode(&limits, bytes, cut), PLM_STATE_MALFORMED);
    }
    uint8_t *longer = malloc(size + 1);
    assert_non_null(longer);
    memcpy(longer, bytes, size);
    longer[size] = 0;
    assert_int_equal(decode(&limits, longer, size + 1), PLM_STATE_MALFORMED);
    free(longer);
    free(bytes);
}

// A byte changed anywhere gives a refusal, or a sound state that encodes to exactly those bytes.
static void
flipped_bytes_are_refused_or_mean_what_they_say(void **state) {
    (void)state;
    size_t size;
    uint8_t *bytes = small_state(&size);
    plm_core_limits limits = ts_core_limits();
    ts_core copy;
    ts_core_init(&copy, &limits);
    uint32_t refused = 0;
    for (size_t at = 0; at < size; at += 61) {
        bytes[at] ^= (uint8_t)(1u << at % 8);
        void *memory = copy.core;
        assert_int_equal(plm_core_init(&limits, memory, copy.size, &copy.core, NULL), PLM_OK);
        if (plm_core_decode(copy.core, bytes, size, NULL) == PLM_OK) {
            assert_null(plm_core_check(copy.core));
            size_t again_size;
            uint8_t *again = ts_core_bytes(copy.core, &again_size);
            assert_int_equal(again_size, size);
            assert_memory_equal(again, bytes, size);
            free(again);
        } else {
            refused += 1;
        }
        bytes[at] ^= (uint8_t)(1u << at % 8);
    }
    assert_true(refused > 0);
    ts_core_finish(&copy);
    free(bytes);
}

// Encode what the world holds now; a state that no events lead to is refused.
static void
assert_is_refused(ts_core *w) {
    size_t size;
    uint8_t *bytes = ts_core_bytes(w->core, &size);
    assert_int_equal(decode(&w->limits, bytes, size), PLM_STATE_MALFORMED);
    free(bytes);
}

static void
assert_is_taken(ts_core *w) {
    size_t size;
    uint8_t *bytes = ts_core_bytes(w->core, &size);
    assert_int_equal(decode(&w->limits, bytes, size), PLM_OK);
    free(bytes);
}

static void
begin_settlement(ts_core *w) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(w, &limits);
    ts_core_list(w);
    assert_int_equal(ts_core_deposit(w, 0, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(w, 4, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(w, 0, 4, TS_C_BTC_FUTURE, 5, 100000 * E8), PLM_REJECT_NONE);
    w->time_ns = TS_C_EXPIRY;
    plm_event *event = ts_core_write(w, PLM_EVENT_TYPE_SETTLE_EXPIRY, 0);
    event->settle_expiry_body.instrument_index = TS_C_BTC_FUTURE;
    event->settle_expiry_body.price_e8 = 101000 * E8;
    ts_core_must(w);
    assert_is_taken(w);
}

// Each of these would stop the process at a later event: a sweep that never ends, or ends twice or too soon.
static void
settlement_has_one_job_that_is_where_it_says(void **state) {
    (void)state;
    ts_core w;
    begin_settlement(&w);
    plm_core *core = w.core;
    assert_int_equal(core->job_count, 1);
    core->job_count = 0;
    assert_is_refused(&w);
    core->job_count = 2;
    core->jobs[(core->job_first + 1) % PLI_JOBS_MAX] = core->jobs[core->job_first];
    assert_is_refused(&w);
    core->job_count = 1;
    core->jobs[core->job_first].cursor = 5; // account 4 holds lots still
    assert_is_refused(&w);
    core->jobs[core->job_first].cursor = core->ledger.account_count;
    assert_is_refused(&w);
    core->jobs[core->job_first].cursor = 0;
    core->ledger.markets[TS_C_BTC_FUTURE].settlement_e8 = 0;
    assert_is_refused(&w);
    core->ledger.markets[TS_C_BTC_FUTURE].settlement_e8 = 101000 * E8;
    assert_int_equal(ts_core_continue(&w, 2), PLM_REJECT_NONE);
    assert_is_taken(&w);
    ts_core_finish(&w);
}

// Two claims of 6 and 4 in a cohort that received 5 may have drawn 3 and 2, and not 5 and 0.
static void
claim_that_drew_more_than_its_share_is_refused(void **state) {
    (void)state;
    ts_core w;
    begin_settlement(&w);
    pli_ledger *ledger = &w.core->ledger;
    pli_market_book *market = &ledger->markets[TS_C_BTC_FUTURE];
    pli_position *first = pli_ledger_positions(ledger, 0);
    pli_position *second = pli_ledger_positions(ledger, 4);
    // 10 atoms of profit, 5 of them paid in cash and drawn: the books balance.
    market->clearing = -10;
    market->collected = 5;
    market->assigned = 5;
    market->cohort_next = 1;
    market->cohorts[0] = (pli_cohort){.amount = 10, .received = 5};
    first->senior = (pli_claim){.cohort = 0, .amount = 6, .drawn = 3};
    second->senior = (pli_claim){.cohort = 0, .amount = 4, .drawn = 2};
    ledger->assets[TS_C_USD].named[PLI_NAMED_RESIDUE] = 5;
    assert_is_taken(&w);
    first->senior.drawn = 5;
    second->senior.drawn = 0;
    assert_is_refused(&w);
    first->senior.drawn = 3;
    second->senior.drawn = 2;
    market->cohort_open = 0; // whoever joined it now would lessen what the others have drawn
    assert_is_refused(&w);
    ts_core_finish(&w);
}

// What ASSET, RESERVE and the clock refuse is no part of a state either; a kink of 0 would divide by zero.
static void
fields_that_no_event_could_set_are_refused(void **state) {
    (void)state;
    ts_core w;
    begin_settlement(&w);
    assert_int_equal(ts_core_reserve(&w, 0, 7, TS_C_BTC_PERP, 1, 90000 * E8), PLM_REJECT_NONE);
    assert_is_taken(&w);
    pli_ledger *ledger = &w.core->ledger;
    pli_asset_book *asset = &ledger->assets[TS_C_USD];
    pli_asset_book kept = *asset;
    asset->kink_ppm = 0;
    assert_is_refused(&w);
    *asset = kept;
    asset->reserve_ppm = PLM_PPM + 1;
    assert_is_refused(&w);
    *asset = kept;
    asset->interest_ns = w.time_ns + 1;
    assert_is_refused(&w);
    *asset = kept;
    pli_order *order = pli_ledger_orders(ledger, 0);
    order->limit_e8 = -order->limit_e8;
    assert_is_refused(&w);
    order->limit_e8 = -order->limit_e8;
    pli_account *account = &ledger->accounts[0];
    account->kind = PLM_ACCOUNT_SUB; // of nobody
    assert_is_refused(&w);
    account->kind = PLM_ACCOUNT_CROSS;
    assert_is_taken(&w);
    ts_core_finish(&w);
}

// Two assets of one name, amounts that do not fit, a loop of accounts, an id that is remembered twice.
static void
states_that_no_listing_leads_to_are_refused(void **state) {
    (void)state;
    ts_core w;
    begin_settlement(&w);
    for (uint8_t id = 1; id <= 2; id += 1) {
        plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_DEPOSIT, 0);
        event->header.client_id[0] = id;
        event->header.deadline_ns = w.time_ns + 1000;
        event->deposit_body.atoms.low = 1;
        ts_core_must(&w);
    }
    assert_is_taken(&w);
    pli_ledger *ledger = &w.core->ledger;
    char name[PLM_NAME_SIZE];
    memcpy(name, ledger->assets[1].name, sizeof name);
    memcpy(ledger->assets[1].name, ledger->assets[0].name, sizeof name);
    assert_is_refused(&w);
    memcpy(ledger->assets[1].name, name, sizeof name);
    ledger->assets[1].name[PLM_NAME_SIZE - 2] = 'x';
    assert_is_refused(&w);
    memcpy(ledger->assets[1].name, name, sizeof name);
    plm_instrument *terms = &ledger->markets[TS_C_BTC_PERP].terms;
    plm_asset *asset = &ledger->assets[terms->settlement_asset_index].terms;
    plm_instrument old_terms = *terms;
    uint32_t decimals = asset->decimals;
    terms->lot_e8 = INT64_C(100000000000);
    assert_is_taken(&w);
    asset->decimals = 18;
    assert_is_refused(&w);
    *terms = old_terms;
    asset->decimals = decimals;
    pli_client *clients = w.core->clients;
    assert_int_equal(w.core->signers[0].client_count, 2);
    clients[1].id[0] = 1;
    assert_is_refused(&w);
    clients[1].id[0] = 2;
    clients[0].sequence = clients[1].sequence;
    assert_is_refused(&w);
    clients[0].sequence -= 1;
    w.core->signers[0].scopes = 0;
    assert_is_refused(&w);
    w.core->signers[0].scopes = 15;
    w.core->underlyings[0].regime_ppm = -1;
    assert_is_refused(&w);
    w.core->underlyings[0].regime_ppm = 0;
    assert_is_taken(&w);
    ts_core_finish(&w);
}

static void
digest_is_the_hash_of_the_bytes_and_sees_one_atom(void **state) {
    (void)state;
    ts_core w;
    plm_core_limits limits = ts_core_limits();
    ts_core_init(&w, &limits);
    ts_core_list(&w);
    uint8_t digests[2][32];
    plm_core_digest(w.core, digests[0]);
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_USD, 1), PLM_REJECT_NONE);
    plm_core_digest(w.core, digests[1]);
    assert_memory_not_equal(digests[0], digests[1], 32);
    ts_core_finish(&w);
}

static void
limits_out_of_range_are_refused(void **state) {
    (void)state;
    plm_core_limits limits;
    plm_core_limits_init(&limits);
    assert_true(plm_core_size(&limits) > 0);
    limits.account_count = 0;
    assert_int_equal(plm_core_size(&limits), 0);
    limits.account_count = UINT32_MAX;
    assert_int_equal(plm_core_size(&limits), 0);
    limits = ts_core_limits();
    limits.entry_count = 17;
    plm_core *core = NULL;
    assert_int_equal(plm_core_init(&limits, NULL, 0, &core, NULL), PLM_LIMIT);
    limits = ts_core_limits();
    _Alignas(64) static uint8_t little[64];
    assert_int_equal(plm_core_init(&limits, little, sizeof little, &core, NULL),
                     PLM_WORKSPACE_SMALL);
    assert_null(core);
}

// The event whose sequence a pending record waits for is refused for its time: the record waits on, and the state is sound.
static void
record_that_waits_beyond_its_sequence_is_kept(void **state) {
    (void)state;
    ts_core w;
    plm_core_limits limits = ts_core_limits();
    ts_core_init(&w, &limits);
    ts_core_list(&w);
    plm_event *event = ts_core_record(&w, &plm_core_descriptor, 0, 2);
    event->parameters_body.earliest_sequence = plm_core_sequence(w.core) + 2;
    ts_core_must(&w);
    for (int i = 0; i < 2; i += 1) {
        ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE)->header.time_ns -= 1;
        assert_int_equal(ts_core_apply(&w), PLM_REJECT_TIME_BACKWARDS);
        assert_null(plm_core_check(w.core));
        size_t size;
        uint8_t *bytes = ts_core_bytes(w.core, &size);
        assert_int_equal(decode(&limits, bytes, size), PLM_OK);
        free(bytes);
    }
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_another_kind_are_told_apart),
        cmocka_unit_test(state_that_breaks_off_or_goes_on_is_refused),
        cmocka_unit_test(flipped_bytes_are_refused_or_mean_what_they_say),
        cmocka_unit_test(settlement_has_one_job_that_is_where_it_says),
        cmocka_unit_test(claim_that_drew_more_than_its_share_is_refused),
        cmocka_unit_test(fields_that_no_event_could_set_are_refused),
        cmocka_unit_test(states_that_no_listing_leads_to_are_refused),
        cmocka_unit_test(digest_is_the_hash_of_the_bytes_and_sees_one_atom),
        cmocka_unit_test(limits_out_of_range_are_refused),
        cmocka_unit_test(record_that_waits_beyond_its_sequence_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
