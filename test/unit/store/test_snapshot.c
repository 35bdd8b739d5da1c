/* test_snapshot.c: a snapshot is there whole or the one before it is.                 SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/blake2b.h"
#include "base/endian.h"
#include "rig/disk.h"
#include "store/block.h"
#include "store/snapshot.h"

#define SIZE_MAX_BYTES 3000

static pli_rig_disk *rig;
static pli_disk disk;
static uint8_t memory[SIZE_MAX_BYTES];

static void
use(pli_rig_disk *other) {
    if (rig != NULL) {
        pli_rig_disk_finish(rig);
    }
    rig = other;
    disk = pli_rig_disk_view(rig);
}

static int
setup(void **state) {
    (void)state;
    rig = NULL;
    use(pli_rig_disk_open(7));
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    pli_rig_disk_finish(rig);
    return 0;
}

static pli_snapshot
make(uint64_t batch, uint8_t bytes[SIZE_MAX_BYTES]) {
    pli_snapshot snapshot = {
        .batch_sequence = batch,
        .event_sequence_next = 3 * batch + 1,
        .size = batch * 37 % SIZE_MAX_BYTES,
    };
    memset(snapshot.chain, (int)batch, sizeof snapshot.chain);
    memset(snapshot.state_digest, (int)batch + 1, sizeof snapshot.state_digest);
    memset(snapshot.identity, 9, sizeof snapshot.identity);
    for (size_t i = 0; i < snapshot.size; i += 1) {
        bytes[i] = (uint8_t)(i * batch);
    }
    return snapshot;
}

static plm_status
write(uint64_t batch, unsigned retained_count, plm_fault *fault) {
    uint8_t bytes[SIZE_MAX_BYTES];
    pli_snapshot snapshot = make(batch, bytes);
    return pli_snapshot_write(&disk, &snapshot, bytes, retained_count, fault);
}

static plm_status
find(uint64_t batch_max, pli_snapshot_choice *choice, plm_fault *fault) {
    return pli_snapshot_find(&disk, batch_max, memory, sizeof memory, choice, fault);
}

// Whatever was found is one that was written, to the last byte.
static uint64_t
expect_found(uint64_t batch_max) {
    pli_snapshot_choice choice;
    plm_fault fault;
    assert_int_equal(find(batch_max, &choice, &fault), PLM_OK);
    uint8_t bytes[SIZE_MAX_BYTES];
    uint64_t batch = choice.snapshot.batch_sequence;
    pli_snapshot expected = make(batch, bytes);
    assert_int_equal(choice.snapshot.event_sequence_next, expected.event_sequence_next);
    assert_int_equal(choice.snapshot.size, expected.size);
    assert_memory_equal(choice.snapshot.chain, expected.chain, 32);
    assert_memory_equal(choice.snapshot.state_digest, expected.state_digest, 32);
    assert_memory_equal(choice.snapshot.identity, expected.identity, 32);
    assert_memory_equal(memory, bytes, expected.size);
    return batch;
}

static void
the_newest_not_beyond_the_log_is_found(void **state) {
    (void)state;
    plm_fault fault;
    pli_snapshot_choice choice;
    assert_int_equal(find(UINT64_MAX, &choice, &fault), PLM_SNAPSHOT_NONE);
    for (uint64_t batch = 10; batch <= 40; batch += 10) {
        assert_int_equal(write(batch, 10, &fault), PLM_OK);
    }
    assert_int_equal(expect_found(UINT64_MAX), 40);
    assert_int_equal(expect_found(40), 40);
    assert_int_equal(expect_found(39), 30);
    assert_int_equal(find(9, &choice, &fault), PLM_SNAPSHOT_NONE);
    pli_snapshot seen;
    assert_int_equal(pli_snapshot_describe(&disk, 20, &seen, &fault), PLM_OK);
    assert_int_equal(seen.size, 740);
    assert_int_equal(pli_snapshot_describe(&disk, 21, &seen, &fault), PLM_SNAPSHOT_NONE);
}

static void
older_ones_are_kept_as_many_as_asked_for(void **state) {
    (void)state;
    plm_fault fault;
    for (uint64_t batch = 1; batch <= 9; batch += 1) {
        assert_int_equal(write(batch, 3, &fault), PLM_OK);
    }
    uint64_t batch = UINT64_MAX;
    for (uint64_t expected = 9; expected >= 7; expected -= 1) {
        assert_int_equal(pli_snapshot_next_below(&disk, batch, &batch, &fault), PLM_OK);
        assert_int_equal(batch, expected);
    }
    assert_int_equal(pli_snapshot_next_below(&disk, batch, &batch, &fault), PLM_SNAPSHOT_NONE);
}

static void
a_damaged_one_is_passed_over_and_the_reason_is_told(void **state) {
    (void)state;
    plm_fault fault;
    pli_snapshot_choice choice;
    assert_int_equal(write(50, 3, &fault), PLM_OK);
    assert_int_equal(write(60, 3, &fault), PLM_OK);
    pli_rig_disk_flip(rig, "snapshot-00000000000000000060", 8 * 4500);
    assert_int_equal(expect_found(UINT64_MAX), 50);
    assert_int_equal(find(UINT64_MAX, &choice, &fault), PLM_OK);
    assert_int_equal(choice.refused_count, 1);
    assert_int_equal(choice.refused.status, PLM_LOG_DAMAGED);
    assert_non_null(strstr(choice.refused.text, "snapshot-00000000000000000060"));
    pli_rig_disk_truncate(rig, "snapshot-00000000000000000050", 4100);
    assert_int_equal(find(UINT64_MAX, &choice, &fault), PLM_SNAPSHOT_NONE);
    assert_non_null(strstr(fault.text, "snapshot-00000000000000000060"));
    pli_snapshot seen;
    assert_int_equal(pli_snapshot_read(&disk, 50, memory, sizeof memory, &seen, &fault),
                     PLM_LOG_TRUNCATED);
}

static void
too_little_memory_and_a_newer_version_are_told(void **state) {
    (void)state;
    plm_fault fault;
    pli_snapshot_choice choice;
    assert_int_equal(write(70, 3, &fault), PLM_OK);
    assert_int_equal(pli_snapshot_find(&disk, 70, memory, 70 * 37 - 1, &choice, &fault),
                     PLM_WORKSPACE_SMALL);
    size_t size;
    uint8_t block[4096];
    memcpy(block, pli_rig_disk_bytes(rig, "snapshot-00000000000000000070", &size), sizeof block);
    pli_store_u32(block + 8, PLI_FORMAT_VERSION + 1);
    pli_blake2b_256(block, 4064, block + 4064);
    pli_rig_disk_set(rig, "snapshot-00000000000000000070", 0, block, sizeof block);
    assert_int_equal(find(UINT64_MAX, &choice, &fault), PLM_LOG_VERSION);
}

static void
every_flip_and_every_length_is_noticed(void **state) {
    (void)state;
    plm_fault fault;
    assert_int_equal(write(4, 2, &fault), PLM_OK);
    const char *name = "snapshot-00000000000000000004";
    size_t size;
    assert_non_null(pli_rig_disk_bytes(rig, name, &size));
    assert_int_equal(size, 4096 + 4 * 37);
    pli_snapshot seen;
    for (uint64_t bit = 0; bit < 8 * size; bit += 1) {
        pli_rig_disk_flip(rig, name, bit);
        assert_int_equal(pli_snapshot_read(&disk, 4, memory, sizeof memory, &seen, &fault),
                         PLM_LOG_DAMAGED);
        pli_rig_disk_flip(rig, name, bit);
    }
    printf("%zu flips, 0 violations\n", 8 * size);
    pli_rig_disk *whole = pli_rig_disk_copy(rig, 0);
    for (size_t length = 0; length < size; length += 1) {
        use(pli_rig_disk_copy(whole, 0));
        pli_rig_disk_truncate(rig, name, length);
        assert_int_equal(pli_snapshot_read(&disk, 4, memory, sizeof memory, &seen, &fault),
                         PLM_LOG_TRUNCATED);
    }
    use(pli_rig_disk_copy(whole, 0));
    pli_rig_disk_set(rig, name, size, "", 1);
    assert_int_equal(pli_snapshot_read(&disk, 4, memory, sizeof memory, &seen, &fault),
                     PLM_LOG_DAMAGED);
    pli_rig_disk_finish(whole);
}

static void
a_crash_at_any_operation_leaves_the_old_or_the_new_one(void **state) {
    (void)state;
    static const pli_rig_fault faults[] = {PLI_RIG_FAULT_POWER, PLI_RIG_FAULT_ERROR,
                                           PLI_RIG_FAULT_FULL};
    plm_fault fault;
    unsigned found_new = 0;
    unsigned count = 0;
    for (uint64_t seed = 0; seed < 120; seed += 1) {
        bool has_failed = true;
        for (uint64_t operation = 1; has_failed; operation += 1) {
            use(pli_rig_disk_open(seed << 8 | operation));
            assert_int_equal(write(20, 2, &fault), PLM_OK);
            pli_rig_disk_fail(rig, faults[seed % 3], operation);
            plm_status status = write(30, 1 + seed % 2, &fault);
            has_failed = pli_rig_disk_has_failed(rig);
            pli_rig_disk_cut_power(rig);
            uint64_t batch = expect_found(UINT64_MAX);
            assert_true(batch == 30 || (batch == 20 && status != PLM_OK));
            found_new += batch == 30;
            count += 1;
            assert_int_equal(write(40, 1, &fault), PLM_OK);
            pli_rig_disk_cut_power(rig);
            assert_int_equal(expect_found(UINT64_MAX), 40);
        }
    }
    printf("%u crashes, new one found %u times\n", count, found_new);
    assert_true(found_new > 0 && found_new < count);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_not_beyond_the_log_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(older_ones_are_kept_as_many_as_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_one_is_passed_over_and_the_reason_is_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(too_little_memory_and_a_newer_version_are_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(every_flip_and_every_length_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_crash_at_any_operation_leaves_the_old_or_the_new_one,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
