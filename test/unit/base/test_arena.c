/* test_arena.c: sizing and carving agree, and a full block says so.                    SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

// One carving routine for both modes, as a size function and its user would share it.
static void *
carve(pli_arena *arena, size_t count) {
    void *first = PLI_ARENA_TAKE(arena, count, uint8_t);
    void *second = PLI_ARENA_TAKE(arena, count, double);
    void *third = pli_arena_take(arena, count, 3, 64);
    void *last = PLI_ARENA_TAKE(arena, 1, uint32_t);
    (void)first;
    (void)second;
    (void)third;
    return last;
}

static void
a_block_of_the_counted_size_is_enough_at_any_address(void **state) {
    (void)state;
    static uint8_t memory[4096];
    for (size_t count = 0; count < 40; count += 1) {
        pli_arena sizing = pli_arena_init_sizing();
        assert_null(carve(&sizing, count));
        assert_true(pli_arena_is_ok(&sizing));
        for (size_t offset = 0; offset < 64; offset += 1) {
            pli_arena arena = pli_arena_init(memory + offset, pli_arena_used(&sizing));
            assert_non_null(carve(&arena, count));
            assert_true(pli_arena_is_ok(&arena));
            assert_true(pli_arena_used(&arena) <= pli_arena_used(&sizing));
        }
    }
}

static void
a_block_too_small_by_one_byte_is_exhausted(void **state) {
    (void)state;
    static _Alignas(64) uint8_t memory[4096];
    pli_arena sizing = pli_arena_init_sizing();
    carve(&sizing, 7);
    size_t needed = pli_arena_used(&sizing) - (PLI_ARENA_ALIGN - 1);
    pli_arena exact = pli_arena_init(memory, needed);
    assert_non_null(carve(&exact, 7));
    assert_int_equal(pli_arena_used(&exact), needed);
    pli_arena small = pli_arena_init(memory, needed - 1);
    assert_null(carve(&small, 7));
    assert_false(pli_arena_is_ok(&small));
    assert_null(pli_arena_take(&small, 1, 1, 1));
}

static void
pieces_are_aligned_and_do_not_overlap(void **state) {
    (void)state;
    static uint8_t memory[1024];
    pli_arena arena = pli_arena_init(memory + 1, sizeof memory - 1);
    uint8_t *end = memory + 1;
    for (size_t align = 1; align <= 64; align *= 2) {
        uint8_t *piece = pli_arena_take(&arena, 3, 5, align);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % align, 0);
        assert_true(piece >= end);
        end = piece + 15;
    }
    assert_true(end <= memory + sizeof memory);
}

static void
counts_that_overflow_are_refused(void **state) {
    (void)state;
    static uint8_t memory[256];
    pli_arena arena = pli_arena_init(memory, sizeof memory);
    assert_null(pli_arena_take(&arena, SIZE_MAX / 2, 3, 8));
    assert_false(pli_arena_is_ok(&arena));
    pli_arena sizing = pli_arena_init_sizing();
    assert_null(pli_arena_take(&sizing, SIZE_MAX / 2, 1, 8));
    assert_true(pli_arena_is_ok(&sizing));
    assert_null(pli_arena_take(&sizing, SIZE_MAX / 2, 2, 8));
    assert_false(pli_arena_is_ok(&sizing));
}

static void
no_memory_holds_nothing(void **state) {
    (void)state;
    uint8_t byte = 0;
    pli_arena none = pli_arena_init(NULL, 100);
    assert_null(pli_arena_take(&none, 1, 1, 1));
    assert_false(pli_arena_is_ok(&none));
    pli_arena tiny = pli_arena_init(&byte, 0);
    assert_null(pli_arena_take(&tiny, 1, 1, 1));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_of_the_counted_size_is_enough_at_any_address),
        cmocka_unit_test(a_block_too_small_by_one_byte_is_exhausted),
        cmocka_unit_test(pieces_are_aligned_and_do_not_overlap),
        cmocka_unit_test(counts_that_overflow_are_refused),
        cmocka_unit_test(no_memory_holds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
