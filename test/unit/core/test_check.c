/* test_check.c: each thing that a sound state has, taken from it.                          SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/check.h"
#include "core/state.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define LAST (TS_C_ACCOUNTS - 1)

static void
write_number(void *member, size_t size, int64_t value) {
    pli_i128 wide = value;
    int64_t whole = value;
    int32_t half = (int32_t)value;
    uint8_t byte = (uint8_t)value;
    assert_true(size == 16 || size == 8 || size == 4 || size == 1);
    void *source = size == 16  ? (void *)&wide
                   : size == 8 ? (void *)&whole
                   : size == 4 ? (void *)&half
                               : (void *)&byte;
    memcpy(member, source, size);
}

// With this value in place of the member's the state is not sound, and for this reason; without it is.
static void
is_missed(const plm_core *core, void *member, size_t size, int64_t value, const char *reason) {
    uint8_t kept[16];
    memcpy(kept, member, size);
    write_number(member, size, value);
    const char *broken = pli_check_decoded(core);
    if (broken == NULL || strstr(broken, reason) == NULL) {
        fail_msg("%lld at a member of \"%s\": %s", (long long)value, reason,
                 broken == NULL ? "sound" : broken);
    }
    memcpy(member, kept, size);
    assert_null(pli_check_decoded(core));
}

// And with this one it is.
static void
is_taken(const plm_core *core, void *member, size_t size, int64_t value) {
    uint8_t kept[16];
    memcpy(kept, member, size);
    write_number(member, size, value);
    const char *broken = pli_check_decoded(core);
    if (broken != NULL) {
        fail_msg("%lld: %s", (long long)value, broken);
    }
    memcpy(member, kept, size);
}

#define MISS(member, value, reason) is_missed(core, &(member), sizeof(member), value, reason)
#define TAKE(member, value) is_taken(core, &(member), sizeof(member), value)

static plm_core *
start(ts_core *world) {
    ts_core_start(world, 100000);
    assert_null(pli_check_decoded(world->core));
    return world->core;
}

static void
time_has_two_ends(void **state) {
    (void)state;
    ts_core w;
    plm_core *core = start(&w);
    MISS(core->time_ns, INT64_MAX, "state: a time");
    TAKE(core->time_ns, PLI_FEED_TIME_MAX);
    MISS(core->time_ns, PLI_FEED_TIME_MAX + 1, "state: a time");
    ts_core_finish(&w);
}

static void
last_account_is_looked_at(void **state) {
    (void)state;
    ts_core w;
    plm_core *core = start(&w);
    for (uint32_t i = 0; i <= LAST; i += LAST) {
        pli_account *account = &core->ledger.accounts[i];
        MISS(account->owner, core->signer_count, "account: an index");
        MISS(account->parent_index, 0, "account: an index");
        MISS(account->instrument_index, 0, "account: an index");
        plm_standing *of = &core->standings[i];
        MISS(of->call_micros, 1, "STAND-1 a call");
        MISS(of->call_deadline_ns, 1, "STAND-1 a call");
        MISS(of->slice_due_ns, 1, "STAND-1 slices");
        MISS(of->idle_count, 1, "STAND-1 slices");
        MISS(of->slice_count, 1, "AUCTION-1");
        MISS(of->round_count, 1, "AUCTION-1");
        MISS(of->rounds_left, 1, "AUCTION-1");
        MISS(of->auction_clock_ns, 1, "AUCTION-1");
        MISS(of->auction_seen_ns, 1, "AUCTION-1");
        MISS(of->auction_paid_micros, 1, "AUCTION-1");
    }
    ts_core_finish(&w);
}

static void
round_of_an_auction_is_whole(void **state) {
    (void)state;
    ts_core w;
    plm_core *core = start(&w);
    plm_standing *of = &core->standings[LAST];
    of->stage = PLM_STAGE_CALLED;
    of->call_micros = 1;
    MISS(of->call_micros, 0, "STAND-1 a call");
    MISS(of->call_deadline_ns, -1, "STAND-1 a call");
    of->call_micros = 0;
    of->stage = PLM_STAGE_PARTIAL;
    of->slice_count = 1;
    MISS(of->slice_count, 0, "STAND-1 slices");
    MISS(of->slice_due_ns, -1, "STAND-1 slices");
    TAKE(of->round_count, 7);
    of->stage = PLM_STAGE_BACKSTOP;
    TAKE(of->round_count, 7);
    of->slice_count = 0;
    of->stage = PLM_STAGE_AUCTION;
    of->round_count = 1;
    of->auction_seen_ns = core->time_ns;
    MISS(of->round_count, 0, "AUCTION-1");
    MISS(of->auction_clock_ns, -1, "AUCTION-1");
    MISS(of->auction_seen_ns, -1, "AUCTION-1");
    MISS(of->auction_seen_ns, core->time_ns + 1, "AUCTION-1");
    MISS(of->auction_paid_micros, -1, "AUCTION-1");
    TAKE(of->auction_paid_micros, 1);
    ts_core_finish(&w);
}

static void
prices_and_measures_have_bounds(void **state) {
    (void)state;
    ts_core w;
    plm_core *core = start(&w);
    for (uint32_t u = 0; u < 2; u += 1) {
        const char *reason = "market: a price or measure";
        plm_underlying_market *market = &core->prices[u];
        MISS(market->volatility_ppm, 0, reason);
        MISS(market->volatility_ppm, PLI_VOLATILITY_PPM_MAX + 1, reason);
        TAKE(market->volatility_ppm, PLI_VOLATILITY_PPM_MAX);
        MISS(core->underlyings[u].regime_ppm, -1, reason);
        MISS(core->underlyings[u].regime_ppm, PLM_PPM + 1, reason);
        TAKE(core->underlyings[u].regime_ppm, PLM_PPM);
        MISS(market->depth_micros, -1, reason);
        MISS(market->volume_micros, -1, reason);
        MISS(market->open_interest_micros, -1, reason);
        MISS(market->price.confidence_e8, -1, reason);
        MISS(market->price.price_e8, 0, reason);
        MISS(market->price.slow_e8, PLM_PRICE_E8_MAX + 1, reason);
    }
    ts_core_finish(&w);
}

static void
what_prices_were_made_of_has_bounds(void **state) {
    (void)state;
    ts_core w;
    plm_core *core = start(&w);
    for (uint32_t u = 0; u < 2; u += 1) {
        const char *reason = "market: what a price was made of";
        pli_underlying *of = &core->underlyings[u];
        MISS(of->candidate_e8, PLM_PRICE_E8_MAX + 1, reason);
        MISS(of->candidate_e8, -PLM_PRICE_E8_MAX - 1, reason);
        MISS(of->candidate_e8, 0, reason);
        MISS(of->own.publish_ns, -1, reason);
        MISS(of->own.publish_ns, core->time_ns + 1, reason);
        MISS(of->own.confidence_e8, -1, reason);
        MISS(of->own.confidence_e8, PLM_PRICE_E8_MAX + 1, reason);
        MISS(of->own.price_e8, 0, reason);
        MISS(of->own.slow_e8, 0, reason);
        reason = "market: a feed";
        MISS(of->feed.feed_id, u + 1, reason);
        MISS(of->feed.network_id, core->limits.network_id + 1, reason);
        MISS(of->feed.time_ns, core->time_ns + 1, reason);
        MISS(of->feed.domain, PLM_PRICE_DOMAIN_ANY, reason);
        MISS(of->allowed_ns, -1, reason);
        MISS(of->allowed_ns, core->time_ns + 1, reason);
    }
    ts_core_finish(&w);
}

static void
closes_rise_up_to_today(void **state) {
    (void)state;
    const char *reason = "market: closes";
    ts_core w;
    plm_core *core = start(&w);
    int64_t today = core->time_ns / PLM_DAY_NS;
    for (uint32_t u = 0; u < 2; u += 1) {
        pli_closes *closes = &core->underlyings[u].closes;
        closes->count = 3;
        for (uint32_t i = 0; i < 3; i += 1) {
            closes->days[i] = today - 2 + i;
            closes->prices[i] = 100.0;
        }
        MISS(closes->days[0], -1, reason);
        TAKE(closes->days[0], 0);
        MISS(closes->days[0], today - 1, reason);
        MISS(closes->days[2], today - 1, reason);
        MISS(closes->days[2], today + 1, reason);
        MISS(closes->prices[2], 0, reason); // the bits of 0.0
    }
    ts_core_finish(&w);
}

static void
marks_have_bounds(void **state) {
    (void)state;
    ts_core w;
    plm_core *core = start(&w);
    plm_mark *mark = &core->marks[TS_C_BTC_PERP];
    MISS(mark->mark_e8, PLM_PRICE_E8_MAX + 1, "market: a mark");
    MISS(mark->mark_e8, -PLM_PRICE_E8_MAX - 1, "market: a mark");
    TAKE(mark->mark_e8, PLM_PRICE_E8_MAX);
    TAKE(mark->mark_e8, -PLM_PRICE_E8_MAX);
    MISS(mark->half_spread_e8, -1, "market: a mark");
    MISS(mark->is_present, 0, "market: a mark");
    MISS(core->is_marked[TS_C_BTC_PERP], 2, "market: a mark");
    MISS(core->averages_e8[TS_C_BTC_PERP], 1, "market: a settlement average");
    MISS(core->has_average[TS_C_BTC_PERP], 1, "market: a settlement average");
    ts_core_finish(&w);
}

static void
memory_of_measures_has_bounds(void **state) {
    (void)state;
    const char *reason = "living:";
    ts_core w;
    plm_core *core = start(&w);
    pli_underlying *of = &core->underlyings[1];
    plm_procyclicality *cycle = &of->living.volatility;
    MISS(of->supply_units, -1, reason);
    MISS(of->recalibrated_ns, -1, reason);
    MISS(of->recalibrated_ns, core->time_ns + 1, reason);
    MISS(of->recalibration_count, 1, reason);
    MISS(cycle->step_count, 1, reason);
    MISS(cycle->window_count, 1, reason);
    MISS(of->wanted[PLM_LIVING_VOLATILITY], 0, reason);
    MISS(of->wanted[PLM_LIVING_VOLATILITY], PLM_PROCYCLICALITY_SIZE_MAX + 1, reason);
    MISS(of->wanted[PLM_LIVING_COUNT - 1], -1, reason);
    of->recalibration_count = 2;
    cycle->step_count = cycle->highest_count = 2;
    for (uint32_t i = 0; i < PLM_LIVING_COUNT - 1; i += 1) {
        of->living.paths[i].step_count = 2;
        MISS(of->living.paths[i].announced[PLM_PROCYCLICALITY_NOTICE], -1, reason);
        MISS(of->living.paths[i].announced[PLM_PROCYCLICALITY_NOTICE - 1], -1, reason);
    }
    MISS(cycle->announced[PLM_PROCYCLICALITY_NOTICE], -1, reason);
    MISS(cycle->announced[PLM_PROCYCLICALITY_NOTICE - 1], INT64_MAX / 4 + 1, reason);
    MISS(cycle->highest[0], PLM_PROCYCLICALITY_SIZE_MAX + 1, reason);
    MISS(cycle->highest[1], 1, reason);
    MISS(cycle->highest[1], -1, reason);
    ts_core_finish(&w);
}

static void
surfaces_and_listing_point_at_something(void **state) {
    (void)state;
    ts_core w;
    plm_core *core = start(&w);
    pli_ledger *ledger = &core->ledger;
    MISS(ledger->assets[1].terms.underlying_index, ledger->underlying_count,
         "asset: its underlying");
    MISS(ledger->assets[1].interest_ns, -1, "asset: its interest");
    MISS(ledger->underlyings[1].class_id, core->limits.class_count, "underlying: its class");
    core->staged_count = 2;
    core->staged[0] = core->staged[1] =
        (pli_staged_slice){.kind = PLM_SLICE_GRID, .node_count = 2, .underlying_index = 1};
    MISS(core->staged[1].underlying_index, ledger->underlying_count, "surface: a staged");
    MISS(core->staged[1].node_count, 0, "surface: a staged");
    MISS(core->staged[0].kind, PLM_SLICE_SVI, "surface: a staged");
    core->expiry_count = 2;
    for (uint32_t i = 0; i < 2; i += 1) {
        core->expiries[i] = (plm_expiry_market){.underlying_index = i,
                                                .expiry_ns = TS_C_EXPIRY,
                                                .forward_e8 = 100 * E8,
                                                .slice = {.kind = PLM_SLICE_SVI}};
    }
    MISS(core->expiries[1].underlying_index, ledger->underlying_count, "surface: an expiry");
    MISS(core->expiries[1].underlying_index, 0, "surface: an expiry");
    MISS(core->expiries[1].forward_e8, 0, "surface: an expiry");
    MISS(core->expiries[1].slice.kind, PLM_SLICE_GRID, "surface: an expiry");
    core->expiries[1].underlying_index = 0;
    core->expiries[1].expiry_ns += 1;
    MISS(core->expiries[1].expiry_ns, TS_C_EXPIRY, "surface: an expiry");
    ts_core_finish(&w);
}

static void
jobs_work_on_something(void **state) {
    (void)state;
    const char *reason = "queue: a job";
    ts_core w;
    plm_core *core = start(&w);
    uint32_t last = core->ledger.account_count - 1;
    core->job_count = 1;
    pli_job *job = &core->jobs[core->job_first];
    *job = (pli_job){.kind = PLI_JOB_SCAN, .cursor = last};
    core->scans[1] = 1;
    assert_null(pli_check_decoded(core));
    MISS(core->scans[1], 0, "STAND-2");
    MISS(core->scans[0], 4, "STAND-2");
    MISS(core->initial_from[1], last + 1, "STAND-3");
    TAKE(core->initial_from[1], last);
    MISS(job->cursor, last + 1, reason);
    MISS(job->index, 1, reason);
    MISS(job->bankrupt, 1, reason);
    MISS(job->pass, 1, reason);
    MISS(job->kind, PLI_JOB_SETTLE, reason);
    MISS(job->kind, PLI_JOB_ARRAYS, reason);
    MISS(job->kind, PLI_JOB_BACKSTOP, reason);
    MISS(job->kind, PLI_JOB_SOCIALISE, reason);
    job->cursor = 0;
    core->job_count = 2;
    core->jobs[(core->job_first + 1) % PLI_JOBS_RING] = *job;
    assert_string_equal(pli_check_decoded(core), "queue: a job works on nothing"); // twice the same
    core->job_count = 1;
    pli_i128 *const sums[] = {&job->lots, &job->weight_all, &job->weight, &job->granted,
                              &job->left};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i += 1) {
        *sums[i] = 1;
        assert_string_equal(pli_check_decoded(core), "queue: a job works on nothing");
        *sums[i] = 0;
    }
    MISS(core->ledger.markets[TS_C_ETH_PERP].phase, PLI_PHASE_SETTLING, "queue: an instrument");
    ts_core_finish(&w);
}

// A walk that closes bankrupt positions: queued, summed up, under way.
static void
walk_of_deleveraging_adds_up(void **state) {
    (void)state;
    const char *reason = "queue: a job";
    ts_core w;
    plm_core *core = start(&w);
    core->job_count = 1;
    pli_job *job = &core->jobs[core->job_first];
    *job = (pli_job){.kind = PLI_JOB_DELEVERAGE, .index = 2 * TS_C_BTC_PERP};
    assert_null(pli_check_decoded(core));
    MISS(job->index, 2 * core->ledger.instrument_count, reason);
    MISS(job->cursor, core->ledger.account_count, reason);
    MISS(job->bankrupt, core->ledger.account_count, reason);
    MISS(job->bankrupt, 1, reason);
    MISS(job->lots, -1, reason);
    TAKE(job->lots, INT64_MAX);
    MISS(job->weight_all, -1, reason);
    MISS(job->weight, 1, reason);
    MISS(job->granted, 1, reason);
    MISS(job->left, 1, reason);
    MISS(job->pass, 3, reason);
    *job = (pli_job){.kind = PLI_JOB_DELEVERAGE,
                     .pass = 1,
                     .lots = 10,
                     .weight_all = 20,
                     .weight = 15,
                     .granted = 7,
                     .left = 7};
    assert_null(pli_check_decoded(core));
    MISS(job->lots, 0, reason);
    MISS(job->lots, 6, reason);
    MISS(job->weight_all, 0, reason);
    MISS(job->weight, -1, reason);
    MISS(job->weight, 21, reason);
    MISS(job->granted, -1, reason);
    MISS(job->granted, 6, reason);
    MISS(job->left, -1, reason);
    MISS(job->left, 8, reason);
    core->job_count = 2;
    core->jobs[(core->job_first + 1) % PLI_JOBS_RING] = *job;
    core->jobs[core->job_first] = (pli_job){.kind = PLI_JOB_DELEVERAGE};
    assert_non_null(strstr(pli_check_decoded(core), reason)); // under way, though it is not first
    ts_core_finish(&w);
}

static void
sharing_out_of_a_loss_adds_up(void **state) {
    (void)state;
    const char *reason = "queue: a job";
    ts_core w;
    plm_core *core = start(&w);
    core->job_count = 1;
    pli_job *job = &core->jobs[core->job_first];
    *job = (pli_job){.kind = PLI_JOB_SOCIALISE, .index = 2 * TS_C_BTC_PERP, .granted = 5};
    assert_null(pli_check_decoded(core));
    TAKE(job->lots, 5);
    MISS(job->lots, 6, reason);
    MISS(job->lots, -1, reason);
    MISS(job->granted, 0, reason);
    MISS(job->weight_all, 1, reason);
    MISS(job->weight, 1, reason);
    MISS(job->left, 1, reason);
    MISS(job->index, 2 * core->ledger.instrument_count, reason);
    MISS(job->index, 2 * core->ledger.asset_count + 1, reason);
    MISS(job->cursor, core->ledger.account_count, reason);
    MISS(job->bankrupt, 1, reason);
    MISS(job->pass, 4, reason);
    *job = (pli_job){.kind = PLI_JOB_SOCIALISE, .pass = 1, .lots = 5, .weight_all = 9};
    assert_null(pli_check_decoded(core));
    MISS(job->lots, 0, reason);
    MISS(job->weight, 1, reason);
    MISS(job->granted, 1, reason);
    MISS(job->left, 1, reason);
    *job = (pli_job){.kind = PLI_JOB_SOCIALISE,
                     .pass = 2,
                     .lots = 5,
                     .weight_all = 9,
                     .weight = 4,
                     .granted = 3,
                     .left = 3};
    assert_null(pli_check_decoded(core));
    MISS(job->lots, 0, reason);
    MISS(job->lots, 2, reason);
    MISS(job->weight_all, 4, reason);
    MISS(job->weight, 10, reason);
    MISS(job->weight, -1, reason);
    MISS(job->granted, 2, reason);
    MISS(job->granted, 6, reason);
    MISS(job->left, -1, reason);
    MISS(job->left, 4, reason);
    ts_core_finish(&w);
}

// What goes to the backstop pool needs a pool; here is none.
static void
handover_needs_a_pool(void **state) {
    (void)state;
    ts_core w;
    plm_core *core = start(&w);
    core->job_count = 1;
    pli_job *job = &core->jobs[core->job_first];
    *job = (pli_job){.kind = PLI_JOB_BACKSTOP};
    assert_string_equal(pli_check_decoded(core), "queue: a job works on nothing");
    core->ledger.pool_account = LAST;
    assert_null(pli_check_decoded(core));
    MISS(job->index, core->ledger.account_count, "queue: a job");
    MISS(job->granted, 1, "queue: a job");
    MISS(job->cursor, 1, "queue: a job");
    MISS(job->bankrupt, 1, "queue: a job");
    MISS(job->lots, 1, "queue: a job");
    MISS(job->weight_all, 1, "queue: a job");
    MISS(job->weight, 1, "queue: a job");
    MISS(job->left, 1, "queue: a job");
    job->pass = 1;
    TAKE(job->granted, PLM_PPM);
    MISS(job->granted, PLM_PPM + 1, "queue: a job");
    MISS(job->granted, -1, "queue: a job");
    TAKE(job->cursor, core->ledger.instrument_count);
    MISS(job->cursor, core->ledger.instrument_count + 1, "queue: a job");
    MISS(job->pass, 2, "queue: a job");
    ts_core_finish(&w);
}

static void
signers_and_records_are_sound(void **state) {
    (void)state;
    ts_core w;
    plm_core *core = start(&w);
    MISS(core->signer_count, 0, "account: an index"); // whoever owns accounts is gone first
    MISS(core->signers[0].scopes, PLM_SCOPE_TRADE, "signer: the operator");
    MISS(core->signers[1].scopes, 1 << 20, "signer: a scope");
    pli_record *record = &core->records[core->record_count - 1];
    MISS(record->version, 0, "G1 a record has no");
    MISS(record->version, record->accepted + 1, "G1 a record has no");
    MISS(record->expires_ns, -1, "G1 a record has no");
    MISS(record->permanent[0], INT64_MIN, "G1 a record is outside");
    MISS(record->values[0], INT64_MIN, "G1 a record is outside");
    MISS(core->records[0].permanent[0], core->records[0].values[0] + 1, "G1 a");
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_has_two_ends),
        cmocka_unit_test(last_account_is_looked_at),
        cmocka_unit_test(round_of_an_auction_is_whole),
        cmocka_unit_test(prices_and_measures_have_bounds),
        cmocka_unit_test(what_prices_were_made_of_has_bounds),
        cmocka_unit_test(closes_rise_up_to_today),
        cmocka_unit_test(marks_have_bounds),
        cmocka_unit_test(memory_of_measures_has_bounds),
        cmocka_unit_test(surfaces_and_listing_point_at_something),
        cmocka_unit_test(jobs_work_on_something),
        cmocka_unit_test(walk_of_deleveraging_adds_up),
        cmocka_unit_test(sharing_out_of_a_loss_adds_up),
        cmocka_unit_test(handover_needs_a_pool),
        cmocka_unit_test(signers_and_records_are_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
