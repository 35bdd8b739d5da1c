/* test_reader.c: readers begin anywhere, follow a writer, and never see what is not sound.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/log_world.h"

static log_world world;
static plm_fault fault;

static int
setup(void **state) {
    (void)state;
    log_world_init(&world, 1);
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    log_world_finish(&world);
    return 0;
}

static pli_log_reader *
open_reader(const pli_log_reader_options *options) {
    pli_log_reader *reader = NULL;
    assert_int_equal(pli_log_reader_open(&world.disk, options, world.reader_memory,
                                         pli_log_reader_size(), &reader, &fault),
                     PLM_OK);
    return reader;
}

static uint64_t
next_batch(pli_log_reader *reader) {
    pli_log_frame frame;
    bool is_found;
    assert_int_equal(pli_log_reader_next(reader, &frame, &is_found, &fault), PLM_OK);
    return is_found ? frame.batch_sequence : 0;
}

static void
reading_begins_at_any_batch_or_event(void **state) {
    (void)state;
    log_world_run(&world, 60, 5);
    uint64_t event = 1;
    for (uint64_t batch = 1; batch <= 60; batch += 1) {
        pli_log_reader *reader = open_reader(&(pli_log_reader_options){.batch_first = batch});
        assert_int_equal(next_batch(reader), batch);
        pli_log_reader_close(reader);
        uint64_t event_count = log_world_frame(batch, 0).event_count;
        for (uint64_t i = 0; i < event_count; i += 1) {
            reader = open_reader(&(pli_log_reader_options){.event_first = event + i});
            assert_int_equal(next_batch(reader), batch);
            pli_log_reader_close(reader);
        }
        event += event_count;
    }
    pli_log_reader *reader = open_reader(&(pli_log_reader_options){.batch_first = 61});
    assert_int_equal(next_batch(reader), 0);
    assert_int_equal(pli_log_reader_point(reader)->batch_sequence, 60);
    assert_int_equal(pli_log_reader_head(reader)->batch_sequence, 60);
    assert_memory_equal(pli_log_reader_identity(reader), world.options.identity, 32);
    pli_log_reader_close(reader);
    assert_int_equal(pli_log_reader_open(&world.disk, &(pli_log_reader_options){0},
                                         world.reader_memory, 100, &reader, &fault),
                     PLM_WORKSPACE_SMALL);
}

static void
a_reader_follows_the_writer_through_every_segment(void **state) {
    (void)state;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    pli_log_reader *reader = open_reader(&(pli_log_reader_options){.is_acknowledged = true});
    uint64_t seen = 0;
    for (unsigned i = 0; i < 60; i += 1) {
        assert_int_equal(log_world_append(&world, &fault), PLM_OK);
        if (i % 3 == 2) {
            assert_int_equal(pli_log_sync(world.log, &fault), PLM_OK);
        }
        // A roll acknowledges what stands before it, a sync everything.
        for (uint64_t batch = next_batch(reader); batch != 0; batch = next_batch(reader)) {
            seen += 1;
            assert_int_equal(batch, seen);
        }
        assert_int_equal(seen, pli_log_acknowledged(world.log)->batch_sequence);
    }
    assert_true(pli_log_end(world.log)->segment_index > 1);
    pli_log_reader_close(reader);
    assert_int_equal(log_world_close(&world), PLM_OK);
}

static void
every_error_of_the_disk_is_told(void **state) {
    (void)state;
    log_world_run(&world, 40, 5);
    bool has_failed = true;
    for (uint64_t operation = 1; has_failed; operation += 1) {
        pli_rig_disk_fail(world.rig, PLI_RIG_FAULT_ERROR, operation);
        uint64_t count;
        plm_status status = log_world_read(&world, true, &count, &fault);
        has_failed = pli_rig_disk_has_failed(world.rig);
        pli_rig_disk_kill(world.rig);
        if (has_failed) {
            assert_true(status == PLM_IO_READ || status == PLM_IO_OPEN);
        } else {
            assert_int_equal(status, PLM_OK);
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reading_begins_at_any_batch_or_event, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reader_follows_the_writer_through_every_segment, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(every_error_of_the_disk_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
