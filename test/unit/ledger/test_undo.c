/* test_undo.c: what is saved comes back, in reverse, or the log says it is full.      SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "ledger/undo.h"

static _Alignas(8) uint8_t memory[4096];

static void
last_saved_is_restored_first(void **state) {
    (void)state;
    pli_undo undo;
    int64_t value = 1;
    pli_undo_init(&undo, memory, sizeof memory);
    pli_undo_save(&undo, &value, sizeof value);
    value = 2;
    pli_undo_save(&undo, &value, sizeof value);
    value = 3;
    pli_undo_rollback(&undo);
    assert_int_equal(value, 1);
    assert_int_equal(undo.used, 0);
}

static void
committed_changes_stay(void **state) {
    (void)state;
    pli_undo undo;
    uint8_t bytes[3] = {1, 2, 3};
    pli_undo_init(&undo, memory, sizeof memory);
    pli_undo_save(&undo, bytes, sizeof bytes);
    bytes[1] = 9;
    pli_undo_commit(&undo);
    pli_undo_rollback(&undo);
    assert_int_equal(bytes[1], 9);
}

static void
full_log_says_so_and_restores_what_it_has(void **state) {
    (void)state;
    pli_undo undo;
    uint8_t bytes[16] = {0};
    pli_undo_init(&undo, memory, 40);
    pli_undo_save(&undo, bytes, 16);
    assert_false(undo.is_exhausted);
    bytes[0] = 1;
    pli_undo_save(&undo, &bytes[8], 1);
    assert_true(undo.is_exhausted);
    pli_undo_rollback(&undo);
    assert_int_equal(bytes[0], 0);
    assert_false(undo.is_exhausted);
}

static void
random_overlapping_saves_come_back(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(5);
    uint8_t bytes[200];
    uint8_t before[200];
    for (int round = 0; round < 2000; round += 1) {
        pli_undo undo;
        pli_undo_init(&undo, memory, sizeof memory);
        for (size_t i = 0; i < sizeof bytes; i += 1) {
            bytes[i] = (uint8_t)pli_prng_next_u64(&prng);
        }
        memcpy(before, bytes, sizeof bytes);
        for (int i = 0; i < 12; i += 1) {
            size_t at = (size_t)pli_prng_below(&prng, sizeof bytes);
            size_t size = (size_t)pli_prng_below(&prng, sizeof bytes - at + 1);
            pli_undo_save(&undo, &bytes[at], size);
            memset(&bytes[at], i, size);
        }
        assert_false(undo.is_exhausted);
        pli_undo_rollback(&undo);
        assert_memory_equal(before, bytes, sizeof bytes);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_saved_is_restored_first),
        cmocka_unit_test(committed_changes_stay),
        cmocka_unit_test(full_log_says_so_and_restores_what_it_has),
        cmocka_unit_test(random_overlapping_saves_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
