/* test_records.c: governed records: versions, bounds, waiting, expiry.                    SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)

static void
start(ts_core *world) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    assert_int_equal(ts_core_deposit(world, 0, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(world, 4, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(world, 0, 4, TS_C_BTC_PERP, 100, 100000 * E8), PLM_REJECT_NONE);
}

// The event that makes the first tier of model `tiered` ask this fraction.
static plm_event *
ask(ts_core *world, uint32_t version, int64_t initial_ppm) {
    plm_event *event = ts_core_record(world, &plm_tiered_descriptor, 0, version);
    event->parameters_body.values[ts_core_field(&plm_tiered_descriptor, "tier1_initial_ppm")] =
        initial_ppm;
    return event;
}

// Initial requirement of account 0 in units of 0.1 % of its 10,000 of notional, fees left out by the rounding.
static int64_t
asked(ts_core *world) {
    plm_requirement requirement;
    plm_core_question question = {.account = 0};
    assert_int_equal(plm_core_require(world->core, &question, &requirement, NULL, NULL), PLM_OK);
    return requirement.initial_micros / (100 * USD) * 10;
}

static void
change_is_in_force_at_once(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(asked(&w), 100);
    ask(&w, 2, 140000);
    ts_core_must(&w);
    assert_int_equal(asked(&w), 140);
    ts_core_finish(&w);
}

// Every record can be asked for by its place, and says of itself what PARAMETERS calls it.
static void
every_record_tells_its_version_and_index(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    ask(&w, 2, 140000);
    ts_core_must(&w);
    plm_record_info record;
    uint32_t place = 0;
    uint32_t tiered = 0;
    uint32_t feeds = 0;
    for (; plm_core_record(w.core, place, &record) == PLM_OK; place += 1) {
        bool is_tiered = record.descriptor == &plm_tiered_descriptor;
        tiered += is_tiered ? 1 : 0;
        assert_int_equal(record.version, is_tiered ? 2 : 1);
        assert_int_equal(record.accepted, record.version);
        assert_true(record.descriptor != &plm_set_descriptor || record.index < 2);
        if (record.descriptor == &plm_feed_descriptor) {
            assert_int_equal(record.index, feeds);
            feeds += 1;
        }
    }
    assert_int_equal(tiered, 1);
    assert_int_equal(feeds, plm_core_limits_of(w.core)->underlying_count);
    assert_int_equal(plm_core_record(w.core, place, &record), PLM_INDEX_UNKNOWN);
    ts_core_finish(&w);
}

static void
malformed_changes_are_refused_in_order(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ask(&w, 3, 120000);
    ts_core_name(event->parameters_body.record, "nobody");
    event->parameters_body.layout_version = 9;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_RECORD_UNKNOWN);
    ts_core_name(event->parameters_body.record, "tiered");
    event->parameters_body.record_index = 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_RECORD_UNKNOWN);
    event->parameters_body.record_index = 0;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VERSION);
    event->parameters_body.record_version = 2;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_LAYOUT);
    event->parameters_body.layout_version = 1;
    event->parameters_body.values[0] = -1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_PARAMETER);
    event = ask(&w, 2, 120000);
    event->parameters_body.expires_ns = w.time_ns;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    event->parameters_body.expires_ns = w.time_ns + 1;
    ts_core_must(&w);
    ts_core_finish(&w);
}

static void
record_waits_for_its_sequence(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ask(&w, 2, 140000);
    uint64_t due = plm_core_sequence(w.core) + 4;
    event->parameters_body.earliest_sequence = due;
    ts_core_must(&w);
    // Its successor may not overtake it.
    ask(&w, 3, 150000);
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VERSION);
    assert_int_equal(asked(&w), 100);
    while (plm_core_sequence(w.core) + 1 < due) {
        ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE);
        ts_core_must(&w);
        assert_int_equal(asked(&w), 100);
    }
    // The event of that sequence finds it in force, even one that is refused.
    assert_int_equal(ts_core_deposit(&w, 99, TS_C_USD, 1), PLM_REJECT_ACCOUNT_UNKNOWN);
    assert_int_equal(w.outcome.sequence, due);
    assert_int_equal(w.outcome.effect_count, 1);
    assert_int_equal(w.entries[0].kind, PLM_EFFECT_PARAMETERS);
    assert_int_equal(asked(&w), 140);
    ts_core_finish(&w);
}

// A change waits where its sequence lies above the event's own (docs/books.md).
static void
record_for_its_own_sequence_does_not_wait(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    ask(&w, 2, 140000)->parameters_body.earliest_sequence = plm_core_sequence(w.core) + 1;
    ts_core_must(&w);
    assert_int_equal(asked(&w), 140);
    ask(&w, 3, 150000)->parameters_body.earliest_sequence = plm_core_sequence(w.core) + 2;
    ts_core_must(&w);
    assert_int_equal(asked(&w), 140);
    ts_core_finish(&w);
}

static void
temporary_record_gives_way_to_the_permanent_one(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    ask(&w, 2, 120000);
    ts_core_must(&w);
    plm_event *event = ask(&w, 3, 140000);
    event->parameters_body.expires_ns = w.time_ns + 60 * SECOND;
    ts_core_must(&w);
    event = ask(&w, 4, 150000);
    event->parameters_body.expires_ns = w.time_ns + 30 * SECOND;
    ts_core_must(&w);
    assert_int_equal(asked(&w), 150);
    w.time_ns += 30 * SECOND;
    ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE);
    ts_core_must(&w);
    // Not the temporary one before it.
    assert_int_equal(asked(&w), 120);
    ask(&w, 4, 130000);
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VERSION);
    ask(&w, 5, 130000);
    ts_core_must(&w);
    assert_int_equal(asked(&w), 130);
    ts_core_finish(&w);
}

static void
waiting_table_is_bounded(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    for (uint32_t i = 0; i < 17; i += 1) {
        plm_event *event = ask(&w, 2 + i, 120000);
        event->parameters_body.earliest_sequence = plm_core_sequence(w.core) + 1000;
        assert_int_equal(ts_core_apply(&w), i < 16 ? PLM_REJECT_NONE : PLM_REJECT_TABLE_FULL);
    }
    assert_null(plm_core_check(w.core));
    ts_core_finish(&w);
}

static void
record_of_the_core_checks_its_fields_against_each_other(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ts_core_record(&w, &plm_core_descriptor, 0, 2);
    event->parameters_body.values[ts_core_field(&plm_core_descriptor, "forecast_low_ppm")] =
        1500000;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_PARAMETER);
    event = ts_core_record(&w, &plm_core_descriptor, 0, 2);
    event->parameters_body.values[ts_core_field(&plm_core_descriptor, "unsettled_initial_ppm")] =
        1000000;
    event->parameters_body
        .values[ts_core_field(&plm_core_descriptor, "unsettled_maintenance_ppm")] = 900000;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_PARAMETER);
    ts_core_finish(&w);
}

// The longest records (`binance` has 73 fields) fit in one event: every venue's model can be governed.
static void
every_record_fits_in_an_event(void **state) {
    (void)state;
    ts_core w;
    plm_core_limits limits = ts_core_limits();
    ts_core_init(&w, &limits);
    uint32_t most = 0;
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        const plm_descriptor *descriptor = plm_model_at(i)->descriptor;
        most = descriptor->field_count > most ? descriptor->field_count : most;
        ts_core_record(&w, descriptor, 0, 2);
        ts_core_must(&w);
    }
    assert_true(most > 64);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(change_is_in_force_at_once),
        cmocka_unit_test(every_record_tells_its_version_and_index),
        cmocka_unit_test(malformed_changes_are_refused_in_order),
        cmocka_unit_test(record_waits_for_its_sequence),
        cmocka_unit_test(record_for_its_own_sequence_does_not_wait),
        cmocka_unit_test(temporary_record_gives_way_to_the_permanent_one),
        cmocka_unit_test(waiting_table_is_bounded),
        cmocka_unit_test(record_of_the_core_checks_its_fields_against_each_other),
        cmocka_unit_test(every_record_fits_in_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
