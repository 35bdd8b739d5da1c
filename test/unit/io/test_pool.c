/* test_pool.c: pieces are aligned, zeroed and freed together.                         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/pool.h"

static void
pieces_of_every_size_are_aligned_zeroed_and_apart(void **state) {
    (void)state;
    pli_pool pool = {0};
    static const size_t sizes[] = {1, 0, 15, 16, 17, 65535, 65536, 65537, 300000, 3, 40000, 40000};
    uint8_t *pieces[sizeof sizes / sizeof sizes[0]];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i += 1) {
        pieces[i] = pli_pool_take(&pool, sizes[i], 1);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        for (size_t j = 0; j < sizes[i]; j += 1) {
            assert_int_equal(pieces[i][j], 0);
        }
        memset(pieces[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i += 1) {
        for (size_t j = 0; j < sizes[i]; j += 1) {
            assert_int_equal(pieces[i][j], i + 1);
        }
    }
    pli_pool_finish(&pool);
    assert_null(pool.chunks);
}

static void
what_is_too_large_is_refused(void **state) {
    (void)state;
    pli_pool pool = {0};
    assert_null(pli_pool_take(&pool, SIZE_MAX, 2));
    assert_null(pli_pool_take(&pool, SIZE_MAX, 1));
    assert_null(pli_pool_take(&pool, PLI_POOL_SIZE_MAX + 1, 1));
    assert_string_equal(pli_pool_text(&pool, "abc", 2), "ab");
    assert_null(pli_pool_take(&pool, PLI_POOL_SIZE_MAX, 1));
    pli_pool_finish(&pool);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_every_size_are_aligned_zeroed_and_apart),
        cmocka_unit_test(what_is_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
