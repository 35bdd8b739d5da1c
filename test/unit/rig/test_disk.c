/* test_disk.c: the simulated disk forgets what it may and nothing else.               SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rig/disk.h"

static pli_rig_disk *rig;
static pli_disk disk;
static plm_fault fault;

static void
restart(uint64_t seed) {
    if (rig != NULL) {
        pli_rig_disk_finish(rig);
    }
    rig = pli_rig_disk_open(seed);
    disk = pli_rig_disk_view(rig);
}

static int
setup(void **state) {
    (void)state;
    rig = NULL;
    restart(1);
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    pli_rig_disk_finish(rig);
    return 0;
}

static pli_disk_file
open_file(const char *name, pli_disk_mode mode) {
    pli_disk_file file = PLI_DISK_NONE;
    assert_int_equal(pli_disk_open(&disk, name, mode, &file, &fault), PLM_OK);
    return file;
}

static void
fill(pli_disk_file file, uint64_t offset, size_t size, int byte) {
    uint8_t bytes[4096];
    assert_true(size <= sizeof bytes);
    memset(bytes, byte, size);
    pli_disk_range range = {.offset = offset, .size = size};
    assert_int_equal(pli_disk_write(&disk, file, range, bytes, &fault), PLM_OK);
}

// A durable file `a` of 2048 ones.
static pli_disk_file
make_durable(void) {
    pli_disk_file file = open_file("a", PLI_DISK_MODE_CREATE);
    fill(file, 0, 2048, 1);
    assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_OK);
    assert_int_equal(pli_disk_sync_directory(&disk, &fault), PLM_OK);
    return file;
}

static const uint8_t *
content(size_t *size) {
    const uint8_t *bytes = pli_rig_disk_bytes(rig, "a", size);
    assert_non_null(bytes);
    return bytes;
}

static void
a_kill_loses_nothing(void **state) {
    (void)state;
    pli_disk_file file = open_file("a", PLI_DISK_MODE_CREATE);
    fill(file, 0, 100, 5);
    assert_int_equal(pli_disk_lock(&disk, "lock", &fault), PLM_OK);
    assert_int_equal(pli_disk_lock(&disk, "lock", &fault), PLM_LOG_LOCKED);
    pli_rig_disk_kill(rig);
    assert_int_equal(pli_disk_lock(&disk, "lock", &fault), PLM_OK);
    size_t size;
    assert_int_equal(content(&size)[99], 5);
    assert_int_equal(size, 100);
}

static void
what_is_synced_survives_and_the_rest_may_not_sector_by_sector(void **state) {
    (void)state;
    unsigned kept = 0;
    unsigned mixed = 0;
    for (uint64_t seed = 0; seed < 200; seed += 1) {
        restart(seed);
        fill(make_durable(), 0, 2048, 2);
        pli_rig_disk_cut_power(rig);
        size_t size;
        const uint8_t *bytes = content(&size);
        assert_int_equal(size, 2048);
        unsigned sum = 0;
        for (size_t i = 0; i < size; i += 1) {
            assert_int_equal(bytes[i], bytes[i / 512 * 512]);
            assert_in_range(bytes[i], 1, 2);
            sum += bytes[i] - 1U;
        }
        kept += sum == 2048;
        mixed += sum > 0 && sum < 2048;
    }
    assert_true(kept > 20 && mixed > 20 && kept + mixed < 180);
}

static void
the_kept_writes_can_be_chosen(void **state) {
    (void)state;
    pli_disk_file file = make_durable();
    fill(file, 0, 512, 2);
    fill(file, 512, 512, 3);
    fill(file, 1024, 512, 4);
    assert_int_equal(pli_rig_disk_pending_writes(rig), 3);
    pli_rig_disk_cut_power_exactly(rig, 2, 2, 7);
    size_t size;
    const uint8_t *bytes = content(&size);
    assert_int_equal(bytes[0], 1);
    assert_int_equal(bytes[512], 3);
    assert_int_equal(bytes[1030], 4);
    assert_int_equal(bytes[1031], 1);
    assert_int_equal(pli_rig_disk_pending_writes(rig), 0);
}

static void
a_failed_sync_is_not_mended_by_a_later_one(void **state) {
    (void)state;
    unsigned lost = 0;
    for (uint64_t seed = 0; seed < 50; seed += 1) {
        restart(seed);
        pli_disk_file file = make_durable();
        fill(file, 0, 512, 2);
        pli_rig_disk_fail(rig, PLI_RIG_FAULT_ERROR, 1);
        assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_IO_WRITE);
        assert_true(pli_rig_disk_has_failed(rig));
        assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_OK);
        size_t size;
        assert_int_equal(content(&size)[0], 2);
        pli_rig_disk_cut_power(rig);
        lost += content(&size)[0] == 1;
    }
    assert_true(lost > 5);
}

static void
a_name_may_be_as_before_or_as_after(void **state) {
    (void)state;
    unsigned before = 0;
    unsigned after = 0;
    for (uint64_t seed = 0; seed < 100; seed += 1) {
        restart(seed);
        make_durable();
        pli_disk_file file = open_file("b", PLI_DISK_MODE_CREATE);
        fill(file, 0, 10, 9);
        assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_OK);
        assert_int_equal(pli_disk_rename(&disk, "b", "a", &fault), PLM_OK);
        pli_rig_disk_cut_power(rig);
        size_t size;
        const uint8_t *bytes = content(&size);
        before += size == 2048 && bytes[0] == 1;
        after += size == 10 && bytes[0] == 9;
    }
    assert_int_equal(before + after, 100);
    assert_true(before > 10 && after > 10);
}

static void
faults_happen_where_they_are_asked_for(void **state) {
    (void)state;
    pli_disk_file file = make_durable();
    size_t size;
    pli_rig_disk_fail(rig, PLI_RIG_FAULT_LOSE, 1);
    fill(file, 0, 512, 7);
    assert_int_equal(content(&size)[0], 1);
    pli_rig_disk_fail(rig, PLI_RIG_FAULT_MISDIRECT, 1);
    fill(file, 0, 512, 7);
    assert_int_equal(content(&size)[0], 1);
    assert_non_null(memchr(content(&size), 7, size));
    pli_rig_disk_fail(rig, PLI_RIG_FAULT_FULL, 1);
    pli_disk_range range = {.size = 1};
    assert_int_equal(pli_disk_write(&disk, file, range, "x", &fault), PLM_LOG_FULL);
    pli_rig_disk_set_space(rig, 2048);
    assert_int_equal(pli_disk_write(&disk, file, range, "x", &fault), PLM_OK);
    assert_int_equal(pli_disk_reserve(&disk, file, 2049, &fault), PLM_LOG_FULL);
    fill(file, 0, 2048, 3);
    pli_rig_disk_fail(rig, PLI_RIG_FAULT_LIE, 1);
    assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_OK);
    assert_true(pli_rig_disk_pending_writes(rig) > 0);
    pli_rig_disk_fail(rig, PLI_RIG_FAULT_POWER, 2);
    assert_int_equal(pli_disk_sync_directory(&disk, &fault), PLM_OK);
    assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_IO_WRITE);
    assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_IO_WRITE);
    pli_rig_disk_cut_power_exactly(rig, 0, SIZE_MAX, 0);
    assert_int_equal(content(&size)[0], 1);
    pli_disk_file again = open_file("a", PLI_DISK_MODE_WRITE);
    pli_rig_disk_fail(rig, PLI_RIG_FAULT_FLIP, 1);
    fill(again, 0, 1, 1);
    assert_int_not_equal(content(&size)[0], 1);
}

static void
files_come_and_go_without_end(void **state) {
    (void)state;
    for (unsigned i = 0; i < 1500; i += 1) {
        pli_disk_file file = open_file("t", PLI_DISK_MODE_CREATE);
        fill(file, 0, 10, (int)(i & 255));
        assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_OK);
        pli_disk_close(&disk, file);
        assert_int_equal(pli_disk_rename(&disk, "t", "a", &fault), PLM_OK);
        assert_int_equal(pli_disk_sync_directory(&disk, &fault), PLM_OK);
    }
    size_t size;
    assert_int_equal(content(&size)[9], 1499 & 255);
    assert_int_equal(size, 10);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_kill_loses_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_is_synced_survives_and_the_rest_may_not_sector_by_sector, setup, teardown),
        cmocka_unit_test_setup_teardown(the_kept_writes_can_be_chosen, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_sync_is_not_mended_by_a_later_one, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_name_may_be_as_before_or_as_after, setup, teardown),
        cmocka_unit_test_setup_teardown(faults_happen_where_they_are_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(files_come_and_go_without_end, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
