/* test_walk.c: every member of the state reaches its bytes.                               SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/records.h"
#include "core/state.h"
#include "support/core_world.h"

typedef struct told {
    ts_core *world;
    uint8_t *bytes;
    size_t size;
} told;

// A member has been changed: are the bytes of the state other ones?
static void
is_told(const told *by, const char *name) {
    size_t size = 0;
    uint8_t *bytes = ts_core_bytes(by->world->core, &size);
    if (size == by->size && memcmp(bytes, by->bytes, size) == 0) {
        fail_msg("%s is no part of the state's bytes", name);
    }
    free(bytes);
}

// The first and the last byte of a member, changed and changed back.
static void
flip(void *member, size_t size) {
    uint8_t *raw = member;
    raw[0] ^= 1;
    raw[size - 1] ^= size > 1 ? 1 : 0;
}

#define TELL(member)                                                                               \
    do {                                                                                           \
        flip(&(member), sizeof(member));                                                           \
        is_told(by, #member);                                                                      \
        flip(&(member), sizeof(member));                                                           \
    } while (0)

// One less of a table that has entries.
#define TELL_COUNT(member)                                                                         \
    do {                                                                                           \
        (member) -= 1;                                                                             \
        is_told(by, #member);                                                                      \
        (member) += 1;                                                                             \
    } while (0)

static void
tell_standing(const told *by, plm_standing *of) {
    TELL(of->stage);
    TELL(of->call_micros);
    TELL(of->call_deadline_ns);
    TELL(of->slice_count);
    TELL(of->slice_due_ns);
    TELL(of->idle_count);
    TELL(of->round_count);
    TELL(of->rounds_left);
    TELL(of->auction_clock_ns);
    TELL(of->auction_seen_ns);
    TELL(of->auction_paid_micros);
}

static void
tell_price(const told *by, plm_price_record *of) {
    TELL(of->price_e8);
    TELL(of->slow_e8);
    TELL(of->confidence_e8);
    TELL(of->publish_ns);
    TELL(of->state);
}

static void
tell_memory(const told *by, pli_underlying *of) {
    for (size_t i = 0; i < PLM_LIVING_COUNT; i += 1) {
        TELL(of->wanted[i]);
    }
    plm_procyclicality *cycle = &of->living.volatility;
    TELL(cycle->window[0]);
    TELL_COUNT(cycle->window_count);
    TELL(cycle->highest[0]);
    TELL_COUNT(cycle->highest_count);
    TELL_COUNT(cycle->step_count);
    TELL(cycle->announced[PLM_PROCYCLICALITY_NOTICE]);
    TELL(cycle->reason);
    for (size_t i = 0; i < PLM_LIVING_COUNT - 1; i += 1) {
        TELL(of->living.paths[i].announced[PLM_PROCYCLICALITY_NOTICE]);
        TELL_COUNT(of->living.paths[i].step_count);
        TELL(of->living.paths[i].reason);
    }
}

static void
tell_underlying(const told *by, plm_core *core, uint32_t u) {
    pli_underlying *of = &core->underlyings[u];
    tell_price(by, &core->prices[u].price);
    TELL(core->prices[u].volatility_ppm);
    TELL(core->prices[u].depth_micros);
    TELL(core->prices[u].volume_micros);
    TELL(core->prices[u].open_interest_micros);
    TELL(of->regime_ppm);
    TELL(of->forecast_hash);
    tell_price(by, &of->own);
    TELL(of->is_own_priced);
    TELL(of->is_settled);
    TELL(of->is_strict);
    TELL(of->is_priced);
    TELL(of->candidate_e8);
    TELL(of->is_anchored);
    TELL(of->anchor_base_index);
    TELL(of->anchor_ratio_index);
    TELL(of->anchor_ratio_e8);
    TELL(of->anchor.apart_since_ns);
    TELL(of->allowed_ns);
    TELL(of->is_due);
    TELL(of->built_e8);
    TELL(of->arrays_version);
    TELL_COUNT(of->closes.count);
    TELL(of->closes.days[0]);
    TELL(of->closes.prices[0]);
    TELL(of->supply_units);
    TELL(of->recalibration_count);
    TELL(of->recalibrated_ns);
    tell_memory(by, of);
    TELL(core->scans[u]);
    TELL(core->initial_from[u]);
}

static void
tell_instrument(const told *by, plm_core *core, uint32_t i) {
    TELL(core->marks[i].mark_e8);
    TELL(core->marks[i].half_spread_e8);
    TELL(core->marks[i].is_present);
    TELL(core->is_marked[i]);
    TELL(core->built_marks_e8[i]);
    TELL(core->has_average[i]);
    TELL(core->averages_e8[i]);
}

static void
tell_slice(const told *by, pli_staged_slice *of) {
    TELL(of->underlying_index);
    TELL(of->expiry_ns);
    TELL(of->forward_e8);
    TELL(of->kind);
    TELL(of->svi.a);
    TELL(of->svi.b);
    TELL(of->svi.rho);
    TELL(of->svi.m);
    TELL(of->svi.sigma);
    TELL_COUNT(of->node_count);
    TELL(of->nodes[0].strike);
    TELL(of->nodes[0].volatility);
}

static void
tell_job(const told *by, pli_job *of) {
    TELL(of->kind);
    TELL(of->index);
    TELL(of->cursor);
    TELL(of->bankrupt);
    TELL(of->pass);
    TELL(of->lots);
    TELL(of->weight_all);
    TELL(of->weight);
    TELL(of->granted);
    TELL(of->left);
}

static void
tell_search(const told *by, pli_adl_job *of) {
    TELL(of->policy);
    TELL(of->phase);
    TELL(of->lots);
    TELL(of->loss);
    TELL(of->low);
    TELL(of->span);
    TELL(of->below);
    for (size_t i = 0; i < PLI_ADL_BUCKETS; i += 1) {
        TELL(of->sums[i]);
    }
    TELL(of->at);
    TELL(of->weight);
    TELL(of->granted);
    TELL(of->offered);
}

static void
tell_records(const told *by, plm_core *core) {
    for (uint32_t place = 0; place < core->record_count; place += 1) {
        uint32_t fields = pli_place_descriptor(&core->limits, place)->field_count;
        pli_record *of = &core->records[place];
        TELL(of->version);
        TELL(of->accepted);
        TELL(of->expires_ns);
        for (uint32_t i = 0; i < fields; i += 1) {
            TELL(of->permanent[i]);
            TELL(of->values[i]);
        }
    }
    TELL(core->pending[0].version);
    TELL(core->pending[0].earliest_sequence);
    TELL(core->pending[0].expires_ns);
    TELL(core->pending[0].values[0]);
}

static void
tell_signers(const told *by, plm_core *core) {
    TELL_COUNT(core->signer_count);
    TELL(core->signers[0].scopes);
    TELL(core->signers[0].public_key);
    TELL(core->clients[0].id);
    TELL(core->clients[0].hash);
    TELL(core->clients[0].deadline_ns);
    TELL(core->clients[0].sequence);
}

// A venue in which each table has an entry; what no event of the listing writes is put there by hand.
static void
begin(ts_core *world) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    plm_event *event = ts_core_record(world, &plm_core_descriptor, 0, 2);
    event->parameters_body.earliest_sequence = plm_core_sequence(world->core) + 100;
    ts_core_must(world);
    plm_core *core = world->core;
    core->signers[0].client_count = 1;
    core->clients[0] = (pli_client){.deadline_ns = core->time_ns + 4, .sequence = 6};
    core->job_count = 2;
    core->jobs[0] = (pli_job){.kind = PLI_JOB_DELEVERAGE};
    core->jobs[1] = (pli_job){.kind = PLI_JOB_SCAN};
    core->staged_count = 1;
    core->staged[0] = (pli_staged_slice){.kind = PLM_SLICE_GRID, .node_count = 2};
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        pli_underlying *of = &core->underlyings[u];
        of->closes.count = 2;
        of->living.volatility.window_count = of->living.volatility.window_next = 2;
        of->living.volatility.highest_count = 2;
        of->living.volatility.step_count = 2;
        for (size_t i = 0; i < PLM_LIVING_COUNT - 1; i += 1) {
            of->living.paths[i].step_count = 2;
        }
    }
}

static void
every_member_reaches_the_bytes(void **state) {
    (void)state;
    ts_core w;
    begin(&w);
    plm_core *core = w.core;
    told to = {.world = &w};
    to.bytes = ts_core_bytes(core, &to.size);
    const told *by = &to;
    TELL(core->sequence);
    TELL(core->time_ns);
    TELL(core->accepted_count);
    TELL(core->refused_count);
    TELL(core->repeated_count);
    tell_signers(by, core);
    tell_records(by, core);
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        tell_underlying(by, core, u);
    }
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        tell_instrument(by, core, i);
    }
    tell_slice(by, &core->staged[0]);
    tell_job(by, &core->jobs[0]);
    tell_job(by, &core->jobs[1]);
    tell_search(by, &core->search);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        tell_standing(by, &core->standings[account]);
    }
    free(to.bytes);
    ts_core_finish(&w);
}

// The window of sizes and its sum: the sum is no part of the bytes.
static void
sum_of_a_window_is_made_again(void **state) {
    (void)state;
    ts_core w;
    ts_core copy;
    ts_core_start(&w, 1000);
    plm_core_limits limits = ts_core_limits();
    ts_core_init(&copy, &limits);
    plm_event *event = ts_core_record(&w, &plm_living_descriptor, 0, 2);
    ts_core_must(&w);
    for (int i = 0; i < 3; i += 1) {
        event = ts_core_write(&w, PLM_EVENT_TYPE_RECALIBRATE, PLM_NONE);
        event->header.time_ns = w.time_ns += PLM_DAY_NS;
        ts_core_must(&w);
    }
    const plm_procyclicality *cycle = &w.core->underlyings[0].living.volatility;
    assert_true(cycle->window_count > 1 && cycle->window_sum > 0);
    size_t size = 0;
    uint8_t *bytes = ts_core_bytes(w.core, &size);
    assert_int_equal(plm_core_decode(copy.core, bytes, size, NULL), PLM_OK);
    assert_int_equal(copy.core->underlyings[0].living.volatility.window_sum, cycle->window_sum);
    assert_int_equal(copy.core->underlyings[0].living.volatility.window_next, cycle->window_next);
    free(bytes);
    ts_core_finish(&copy);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_reaches_the_bytes),
        cmocka_unit_test(sum_of_a_window_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
