/* test_flight.c: frames become durable while more are appended, and are acknowledged no sooner.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/log_world.h"

enum { SEEDS = 8 }; // a disk does the work at once or late, as its seed says

static log_world world;

static void
append(unsigned count) {
    plm_fault fault;
    for (unsigned i = 0; i < count; i += 1) {
        assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    }
}

static uint64_t
acknowledged(void) {
    return pli_log_acknowledged(world.log)->batch_sequence;
}

static void
nothing_is_acknowledged_before_it_is_awaited(void **state) {
    (void)state;
    plm_fault fault;
    for (uint64_t seed = 1; seed <= SEEDS; seed += 1) {
        log_world_init(&world, seed);
        assert_int_equal(log_world_open(&world, &fault), PLM_OK);
        append(2);
        assert_int_equal(pli_log_begin(world.log, &fault), PLM_OK);
        assert_int_equal(acknowledged(), 0);
        append(3);
        assert_int_equal(acknowledged(), 0);
        assert_int_equal(pli_log_await(world.log, &fault), PLM_OK);
        assert_int_equal(acknowledged(), 2);
        assert_int_equal(pli_log_begin(world.log, &fault), PLM_OK);
        append(1);
        assert_int_equal(pli_log_begin(world.log, &fault), PLM_OK);
        assert_int_equal(acknowledged(), 5);
        append(1);
        assert_int_equal(pli_log_sync(world.log, &fault), PLM_OK);
        assert_int_equal(acknowledged(), 7);
        assert_int_equal(log_world_close(&world), PLM_OK);
        uint64_t count = 0;
        assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
        assert_int_equal(count, 7);
        log_world_finish(&world);
    }
}

static void
a_close_keeps_what_was_begun_and_no_more(void **state) {
    (void)state;
    plm_fault fault;
    for (uint64_t seed = 1; seed <= SEEDS; seed += 1) {
        log_world_init(&world, seed);
        world.options.head_interval = 1 + (uint32_t)seed % 3;
        assert_int_equal(log_world_open(&world, &fault), PLM_OK);
        append(4);
        assert_int_equal(pli_log_begin(world.log, &fault), PLM_OK);
        append(2);
        assert_int_equal(log_world_close(&world), PLM_OK);
        uint64_t count = 0;
        assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
        assert_int_equal(count, 4);
        log_world_finish(&world);
    }
}

static void
what_fails_under_way_ends_the_log_and_is_not_tried_again(void **state) {
    (void)state;
    plm_fault fault;
    for (uint64_t seed = 1; seed <= SEEDS; seed += 1) {
        for (uint64_t operation = 1; operation <= 4; operation += 1) {
            log_world_init(&world, seed);
            assert_int_equal(log_world_open(&world, &fault), PLM_OK);
            append(1);
            pli_rig_disk_fail(world.rig, PLI_RIG_FAULT_ERROR, operation);
            assert_int_equal(pli_log_begin(world.log, &fault), PLM_OK);
            append(1); // decided ahead; nobody will be told of it
            assert_int_equal(pli_log_await(world.log, &fault), PLM_LOG_FAILED);
            assert_non_null(strstr(fault.text, "simulated"));
            uint64_t operations = pli_rig_disk_operations(world.rig);
            assert_int_equal(pli_log_begin(world.log, &fault), PLM_LOG_FAILED);
            assert_int_equal(pli_log_sync(world.log, &fault), PLM_LOG_FAILED);
            assert_int_equal(log_world_append(&world, &fault), PLM_LOG_FAILED);
            assert_int_equal(acknowledged(), 0);
            assert_int_equal(log_world_close(&world), PLM_LOG_FAILED);
            assert_int_equal(pli_rig_disk_operations(world.rig), operations);
            log_world_finish(&world);
        }
    }
}

static void
a_power_cut_under_way_keeps_what_was_acknowledged(void **state) {
    (void)state;
    plm_fault fault;
    unsigned kept = 0;
    for (uint64_t seed = 1; seed <= 8 * SEEDS; seed += 1) {
        log_world_init(&world, seed);
        assert_int_equal(log_world_open(&world, &fault), PLM_OK);
        append(3);
        assert_int_equal(pli_log_begin(world.log, &fault), PLM_OK);
        append(2);
        assert_int_equal(pli_log_begin(world.log, &fault), PLM_OK);
        assert_int_equal(acknowledged(), 3);
        append(1);
        pli_rig_disk_cut_power(world.rig);
        assert_int_equal(log_world_open(&world, &fault), PLM_OK);
        assert_true(acknowledged() == 3 || acknowledged() == 5);
        kept += acknowledged() == 5;
        assert_int_equal(log_world_close(&world), PLM_OK);
        log_world_finish(&world);
    }
    assert_in_range(kept, 1, 8 * SEEDS - 1);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_acknowledged_before_it_is_awaited),
        cmocka_unit_test(a_close_keeps_what_was_begun_and_no_more),
        cmocka_unit_test(what_fails_under_way_ends_the_log_and_is_not_tried_again),
        cmocka_unit_test(a_power_cut_under_way_keeps_what_was_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
