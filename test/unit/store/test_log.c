/* test_log.c: what is acknowledged is there again, and what is damaged is refused.    SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/blake2b.h"
#include "base/endian.h"
#include "store/block.h"
#include "support/log_world.h"

static log_world world;

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

static const char *
last_segment(void) {
    static char name[PLI_DISK_NAME_SIZE];
    size_t size;
    for (unsigned i = 0;; i += 1) {
        snprintf(name, sizeof name, "log-%020u", i + 1);
        if (pli_rig_disk_bytes(world.rig, name, &size) == NULL) {
            snprintf(name, sizeof name, "log-%020u", i);
            return name;
        }
    }
}

static void
what_was_acknowledged_is_read_again(void **state) {
    (void)state;
    plm_fault fault;
    for (unsigned round = 0; round < 4; round += 1) {
        log_world_run(&world, 25, 1 + round * 3);
        uint64_t count;
        assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
        assert_int_equal(count, 25 * (round + 1));
    }
    assert_string_not_equal(last_segment(), "log-00000000000000000000");
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    assert_int_equal(pli_log_end(world.log)->batch_sequence, 100);
    assert_memory_equal(pli_log_identity(world.log), world.options.identity, 32);
    assert_int_equal(log_world_close(&world), PLM_OK);
}

// The name `head` is durable before a segment has one: else a power cut leaves a directory that looks damaged.
static void
first_open_may_lose_its_power_anywhere(void **state) {
    (void)state;
    plm_fault fault;
    for (uint64_t seed = 0; seed < 32; seed += 1) {
        plm_status status = PLM_IO_WRITE;
        for (uint64_t operation = 1; status != PLM_OK; operation += 1) {
            log_world_take(&world, pli_rig_disk_open(seed * 64 + operation));
            pli_rig_disk_fail(world.rig, PLI_RIG_FAULT_POWER, operation);
            status = log_world_open(&world, &fault);
            pli_rig_disk_fail(world.rig, PLI_RIG_FAULT_NONE, 0);
            pli_rig_disk_cut_power(world.rig);
            assert_int_equal(log_world_open(&world, &fault), PLM_OK);
            assert_int_equal(pli_log_end(world.log)->batch_sequence, 0);
            pli_rig_disk_kill(world.rig);
        }
    }
}

static void
nothing_is_acknowledged_before_the_sync(void **state) {
    (void)state;
    plm_fault fault;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    assert_int_equal(pli_log_end(world.log)->batch_sequence, 2);
    assert_int_equal(pli_log_acknowledged(world.log)->batch_sequence, 0);
    assert_int_equal(pli_log_sync(world.log, &fault), PLM_OK);
    assert_int_equal(pli_log_acknowledged(world.log)->batch_sequence, 2);
    assert_int_equal(pli_log_acknowledged(world.log)->event_sequence_next, 1 + 2 + 3);
    assert_int_equal(log_world_close(&world), PLM_OK);
}

static void
a_directory_without_a_log_is_told_from_one_with(void **state) {
    (void)state;
    plm_fault fault;
    world.options.may_create = false;
    assert_int_equal(log_world_open(&world, &fault), PLM_LOG_NONE);
    uint64_t count;
    assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_LOG_NONE);
    world.options.may_create = true;
    log_world_run(&world, 3, 1);
    world.options.may_create = false;
    log_world_run(&world, 3, 1);
}

static void
options_outside_their_range_are_refused(void **state) {
    (void)state;
    plm_fault fault;
    pli_log_options good = world.options;
    world.options.segment_size = 4096;
    assert_int_equal(log_world_open(&world, &fault), PLM_VALUE_INVALID);
    world.options.segment_size = 16384 + 512;
    assert_int_equal(log_world_open(&world, &fault), PLM_VALUE_INVALID);
    world.options = good;
    world.options.frame_align = 1024;
    assert_int_equal(log_world_open(&world, &fault), PLM_VALUE_INVALID);
    world.options = good;
    world.options.head_interval = 0;
    assert_int_equal(log_world_open(&world, &fault), PLM_VALUE_INVALID);
    world.options = good;
    assert_int_equal(
        pli_log_open(&world.disk, &good, world.log_memory, pli_log_size() / 2, &world.log, &fault),
        PLM_WORKSPACE_SMALL);
}

static void
a_second_writer_is_refused_until_the_first_has_gone(void **state) {
    (void)state;
    plm_fault fault;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    void *memory = malloc(pli_log_size());
    assert_non_null(memory);
    pli_log *second;
    assert_int_equal(
        pli_log_open(&world.disk, &world.options, memory, pli_log_size(), &second, &fault),
        PLM_LOG_LOCKED);
    assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    assert_int_equal(log_world_close(&world), PLM_OK);
    assert_int_equal(
        pli_log_open(&world.disk, &world.options, memory, pli_log_size(), &second, &fault), PLM_OK);
    assert_int_equal(pli_log_close(second, &fault), PLM_OK);
    free(memory);
}

static void
seal_again(uint8_t *block) {
    pli_blake2b_256(block, 4064, block + 4064);
}

static void
another_version_is_refused_as_such_not_as_damaged(void **state) {
    (void)state;
    plm_fault fault;
    log_world_run(&world, 3, 1);
    static const char *const names[] = {"head", "log-00000000000000000000"};
    for (unsigned i = 0; i < 2; i += 1) {
        size_t size;
        uint8_t block[4096];
        memcpy(block, pli_rig_disk_bytes(world.rig, names[i], &size), sizeof block);
        uint8_t other[4096];
        memcpy(other, block, sizeof other);
        static const uint32_t others[] = {1, PLI_FORMAT_VERSION + 1};
        for (unsigned k = 0; k < 2; k += 1) {
            pli_store_u32(other + 8, others[k]);
            seal_again(other);
            pli_rig_disk_set(world.rig, names[i], 0, other, sizeof other);
            assert_int_equal(log_world_open(&world, &fault), PLM_LOG_VERSION);
            uint64_t count;
            assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_LOG_VERSION);
        }
        pli_rig_disk_set(world.rig, names[i], 0, block, sizeof block);
    }
    log_world_run(&world, 1, 1);
}

static void
a_missing_file_is_refused(void **state) {
    (void)state;
    plm_fault fault;
    log_world_run(&world, 60, 5);
    pli_rig_disk *whole = pli_rig_disk_copy(world.rig, 0);
    static const char *const names[] = {"head", "log-00000000000000000000",
                                        "log-00000000000000000001"};
    static const plm_status expected[] = {PLM_LOG_DAMAGED, PLM_LOG_TRUNCATED, PLM_LOG_TRUNCATED};
    for (unsigned i = 0; i < 3; i += 1) {
        log_world_take(&world, pli_rig_disk_copy(whole, 0));
        pli_rig_disk_forget(world.rig, names[i]);
        assert_int_equal(log_world_open(&world, &fault), expected[i]);
        uint64_t count;
        assert_int_equal(log_world_read(&world, true, &count, &fault), expected[i]);
    }
    log_world_take(&world, pli_rig_disk_copy(whole, 0));
    pli_rig_disk_forget(world.rig, last_segment());
    assert_int_equal(log_world_open(&world, &fault), PLM_LOG_TRUNCATED);
    pli_rig_disk_finish(whole);
}

// The file made shorter, and the same bytes lost as zeros, at every byte of the last frame and at every sector.
static void
a_shortened_log_is_refused_at_every_byte(void **state) {
    (void)state;
    plm_fault fault;
    log_world_run(&world, 7, 2);
    pli_rig_disk *whole = pli_rig_disk_copy(world.rig, 0);
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    size_t end = (size_t)pli_log_end(world.log)->segment_offset;
    assert_int_equal(log_world_close(&world), PLM_OK);
    pli_log_frame last = log_world_frame(7, 0);
    size_t filled = PLI_FRAME_HEADER_SIZE + last.payload_size + 2 * (size_t)last.event_count;
    size_t used = (filled + 511) / 512 * 512;
    const char *name = "log-00000000000000000000";
    uint8_t *zeros = calloc(1, LOG_WORLD_SEGMENT_SIZE);
    assert_non_null(zeros);
    for (size_t cut = 0; cut < LOG_WORLD_SEGMENT_SIZE;
         cut += cut < end - used || cut >= end ? 512 : 1) {
        log_world_take(&world, pli_rig_disk_copy(whole, 0));
        pli_rig_disk_truncate(world.rig, name, cut);
        assert_int_equal(log_world_open(&world, &fault), PLM_LOG_TRUNCATED);
        if (cut < 4096 || cut >= end - (used - filled)) {
            continue;
        }
        log_world_take(&world, pli_rig_disk_copy(whole, 0));
        pli_rig_disk_set(world.rig, name, cut, zeros, LOG_WORLD_SEGMENT_SIZE - cut);
        plm_status status = log_world_open(&world, &fault);
        assert_true(status == PLM_LOG_TRUNCATED || status == PLM_LOG_DAMAGED);
    }
    free(zeros);
    pli_rig_disk_finish(whole);
}

static void
whole_frames_that_were_not_acknowledged_are_kept(void **state) {
    (void)state;
    plm_fault fault;
    log_world_run(&world, 5, 1);
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    // The write goes out with the sync, whose own failure is what keeps it from being acknowledged.
    pli_rig_disk_fail(world.rig, PLI_RIG_FAULT_POWER, 2);
    assert_int_equal(pli_log_sync(world.log, &fault), PLM_LOG_FAILED);
    pli_rig_disk_cut_power_exactly(world.rig, UINT64_MAX, SIZE_MAX, 0);
    uint64_t count;
    assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
    assert_int_equal(count, 5);
    assert_int_equal(log_world_read(&world, false, &count, &fault), PLM_OK);
    assert_int_equal(count, 7);
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    assert_int_equal(pli_log_acknowledged(world.log)->batch_sequence, 7);
    assert_int_equal(log_world_close(&world), PLM_OK);
    assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
    assert_int_equal(count, 7);
}

static void
a_failed_sync_ends_the_log(void **state) {
    (void)state;
    plm_fault fault;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    pli_rig_disk_fail(world.rig, PLI_RIG_FAULT_ERROR, 2);
    assert_int_equal(pli_log_sync(world.log, &fault), PLM_LOG_FAILED);
    assert_non_null(strstr(fault.text, "simulated"));
    uint64_t operations = pli_rig_disk_operations(world.rig);
    assert_int_equal(pli_log_sync(world.log, NULL), PLM_LOG_FAILED);
    assert_int_equal(log_world_append(&world, &fault), PLM_LOG_FAILED);
    assert_int_equal(pli_log_settle(world.log, &fault), PLM_LOG_FAILED);
    assert_int_equal(pli_log_prepare(world.log, &fault), PLM_LOG_FAILED);
    assert_int_equal(pli_log_acknowledged(world.log)->batch_sequence, 0);
    assert_int_equal(pli_rig_disk_operations(world.rig), operations);
    assert_int_equal(log_world_close(&world), PLM_LOG_FAILED);
}

static void
a_full_disk_takes_no_more_and_goes_on_when_there_is_space(void **state) {
    (void)state;
    plm_fault fault;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    pli_rig_disk_set_space(world.rig, 8192 + LOG_WORLD_SEGMENT_SIZE + 100);
    plm_status status = PLM_OK;
    while (status == PLM_OK) {
        status = log_world_append(&world, &fault);
    }
    assert_int_equal(status, PLM_LOG_FULL);
    uint64_t taken = pli_log_end(world.log)->batch_sequence;
    assert_int_equal(pli_log_sync(world.log, &fault), PLM_OK);
    assert_int_equal(pli_log_acknowledged(world.log)->batch_sequence, taken);
    assert_int_equal(log_world_append(&world, &fault), PLM_LOG_FULL);
    assert_int_equal(pli_log_prepare(world.log, &fault), PLM_LOG_FULL);
    uint64_t count;
    assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
    assert_int_equal(count, taken);
    pli_rig_disk_set_space(world.rig, UINT64_MAX);
    assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    assert_int_equal(pli_log_sync(world.log, &fault), PLM_OK);
    assert_int_equal(log_world_close(&world), PLM_OK);
    assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
    assert_int_equal(count, taken + 1);
}

static void
a_prepared_segment_makes_the_roll_cheap(void **state) {
    (void)state;
    plm_fault fault;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    assert_int_equal(pli_log_prepare(world.log, &fault), PLM_OK);
    uint64_t operations = pli_rig_disk_operations(world.rig);
    assert_int_equal(pli_log_prepare(world.log, &fault), PLM_OK);
    assert_int_equal(pli_rig_disk_operations(world.rig), operations);
    pli_rig_disk_set_space(world.rig, 0);
    while (pli_log_end(world.log)->segment_index == 0) {
        assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    }
    assert_int_equal(pli_log_sync(world.log, &fault), PLM_OK);
    assert_int_equal(log_world_close(&world), PLM_OK);
}

static void
new_segments_are_as_the_newest_one_where_no_size_is_given(void **state) {
    (void)state;
    plm_fault fault;
    size_t size = 0;
    log_world_run(&world, 3, 1);
    world.options.segment_size = 0;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    pli_log_frame small = {.payload_size = 1, .event_count = 1};
    assert_true(pli_log_has_room(world.log, &small));
    while (pli_log_end(world.log)->segment_index == 0) {
        assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    }
    assert_int_equal(log_world_close(&world), PLM_OK);
    assert_non_null(pli_rig_disk_bytes(world.rig, "log-00000000000000000001", &size));
    assert_int_equal(size, LOG_WORLD_SEGMENT_SIZE);
}

static void
the_largest_payload_and_an_empty_one_are_taken(void **state) {
    (void)state;
    plm_fault fault;
    world.options.segment_size = (uint64_t)8 << 20;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    uint8_t *payload = malloc(PLI_FRAME_PAYLOAD_SIZE_MAX);
    assert_non_null(payload);
    memset(payload, 0xa5, PLI_FRAME_PAYLOAD_SIZE_MAX);
    for (unsigned i = 0; i < 3; i += 1) {
        pli_log_frame frame = {.payload = payload,
                               .payload_size = i == 1 ? 0 : PLI_FRAME_PAYLOAD_SIZE_MAX,
                               .event_count = 1};
        assert_int_equal(pli_log_append(world.log, &frame, &fault), PLM_OK);
    }
    assert_int_equal(pli_log_end(world.log)->segment_index, 1);
    assert_int_equal(pli_log_sync(world.log, &fault), PLM_OK);
    assert_int_equal(log_world_close(&world), PLM_OK);
    pli_log_reader *reader;
    pli_log_reader_options options = {.batch_first = 3};
    assert_int_equal(pli_log_reader_open(&world.disk, &options, world.reader_memory,
                                         pli_log_reader_size(), &reader, &fault),
                     PLM_OK);
    pli_log_frame seen;
    bool is_found;
    assert_int_equal(pli_log_reader_next(reader, &seen, &is_found, &fault), PLM_OK);
    assert_true(is_found);
    assert_int_equal(seen.payload_size, PLI_FRAME_PAYLOAD_SIZE_MAX);
    assert_memory_equal(seen.payload, payload, PLI_FRAME_PAYLOAD_SIZE_MAX);
    pli_log_reader_close(reader);
    free(payload);
}

static void
head_may_lag_and_is_settled_on_close(void **state) {
    (void)state;
    plm_fault fault;
    world.options.head_interval = 4;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    uint64_t count;
    for (unsigned i = 1; i <= 6; i += 1) {
        assert_int_equal(log_world_append(&world, &fault), PLM_OK);
        assert_int_equal(pli_log_sync(world.log, &fault), PLM_OK);
        assert_int_equal(pli_log_acknowledged(world.log)->batch_sequence, i);
        assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
        assert_int_equal(count, i / 4 * 4);
    }
    assert_int_equal(pli_log_settle(world.log, &fault), PLM_OK);
    assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
    assert_int_equal(count, 6);
    assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    assert_int_equal(pli_log_sync(world.log, &fault), PLM_OK);
    assert_int_equal(log_world_close(&world), PLM_OK);
    assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
    assert_int_equal(count, 7);
}

static void
head_tells_of_a_whole_segment_before_the_next_one_begins(void **state) {
    (void)state;
    plm_fault fault;
    world.options.head_interval = 1000;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    while (pli_log_end(world.log)->segment_index == 0) {
        assert_int_equal(log_world_append(&world, &fault), PLM_OK);
    }
    uint64_t count;
    assert_int_equal(log_world_read(&world, true, &count, &fault), PLM_OK);
    assert_int_equal(count, pli_log_end(world.log)->batch_sequence - 1);
    assert_int_equal(log_world_close(&world), PLM_OK);
}

static void
opening_from_a_later_batch_checks_only_what_follows(void **state) {
    (void)state;
    plm_fault fault;
    log_world_run(&world, 80, 4);
    pli_rig_disk_flip(world.rig, "log-00000000000000000000", (4096 + 600) * 8);
    assert_int_equal(log_world_open(&world, &fault), PLM_LOG_DAMAGED);
    world.options.verify_from = UINT64_MAX;
    assert_int_equal(log_world_open(&world, &fault), PLM_OK);
    assert_int_equal(pli_log_end(world.log)->batch_sequence, 80);
    assert_int_equal(log_world_close(&world), PLM_OK);
}

// Opening mends a damaged slot, so that the next damage finds the other one whole.
static void
a_damaged_slot_of_head_is_written_again(void **state) {
    (void)state;
    plm_fault fault;
    log_world_run(&world, 20, 4);
    for (unsigned round = 0; round < 6; round += 1) {
        pli_rig_disk_flip(world.rig, "head", (round % 2 * PLI_BLOCK_SIZE + 24) * 8);
        assert_int_equal(log_world_open(&world, &fault), PLM_OK);
        assert_int_equal(pli_log_end(world.log)->batch_sequence, 20);
        assert_int_equal(log_world_close(&world), PLM_OK);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_acknowledged_is_read_again, setup, teardown),
        cmocka_unit_test_setup_teardown(first_open_may_lose_its_power_anywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_acknowledged_before_the_sync, setup, teardown),
        cmocka_unit_test_setup_teardown(a_directory_without_a_log_is_told_from_one_with, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(options_outside_their_range_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_writer_is_refused_until_the_first_has_gone, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(another_version_is_refused_as_such_not_as_damaged, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_missing_file_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_shortened_log_is_refused_at_every_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(whole_frames_that_were_not_acknowledged_are_kept, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_failed_sync_ends_the_log, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_takes_no_more_and_goes_on_when_there_is_space,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_prepared_segment_makes_the_roll_cheap, setup, teardown),
        cmocka_unit_test_setup_teardown(new_segments_are_as_the_newest_one_where_no_size_is_given,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(the_largest_payload_and_an_empty_one_are_taken, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(head_may_lag_and_is_settled_on_close, setup, teardown),
        cmocka_unit_test_setup_teardown(head_tells_of_a_whole_segment_before_the_next_one_begins,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(opening_from_a_later_batch_checks_only_what_follows, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_damaged_slot_of_head_is_written_again, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
