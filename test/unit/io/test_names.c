/* test_names.c: names are found whatever their order, and stand once.                 SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/names.h"
#include "plimsoll/quantity.h"

static void
every_name_is_found_and_no_other(void **state) {
    (void)state;
    static const char at[][PLM_NAME_SIZE] = {"b", "a", "ab", "B", "~", "a-b"};
    pli_pool pool = {0};
    pli_names names;
    uint32_t duplicate;
    assert_true(pli_names_make(&pool, 6, at, &names, &duplicate));
    for (uint32_t i = 0; i < 6; i += 1) {
        assert_int_equal(pli_names_find(&names, at[i]), i);
    }
    assert_int_equal(pli_names_find(&names, ""), PLM_NONE);
    assert_int_equal(pli_names_find(&names, "a-"), PLM_NONE);
    assert_int_equal(pli_names_find(&names, "zz"), PLM_NONE);
    assert_true(pli_names_make(&pool, 0, at, &names, &duplicate));
    assert_int_equal(pli_names_find(&names, "a"), PLM_NONE);
    pli_pool_finish(&pool);
}

static void
the_second_of_two_equal_names_is_told(void **state) {
    (void)state;
    static const char at[][PLM_NAME_SIZE] = {"x", "y", "z", "y"};
    pli_pool pool = {0};
    pli_names names;
    uint32_t duplicate;
    assert_false(pli_names_make(&pool, 4, at, &names, &duplicate));
    assert_int_equal(duplicate, 3);
    pli_pool_finish(&pool);
}

static void
names_are_short_and_printable(void **state) {
    (void)state;
    assert_true(pli_name_is_valid("BTC-27MAR26-70000-C", 19));
    assert_true(pli_name_is_valid("1234567890123456789012345678901", 31));
    assert_false(pli_name_is_valid("12345678901234567890123456789012", 32));
    assert_false(pli_name_is_valid("", 0));
    static const char bad[] = " \",\\'\n\x7f\xc3";
    for (size_t i = 0; i < sizeof bad - 1; i += 1) {
        assert_false(pli_name_is_valid(bad + i, 1));
    }
    assert_false(pli_name_is_valid("", 1));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_is_found_and_no_other),
        cmocka_unit_test(the_second_of_two_equal_names_is_told),
        cmocka_unit_test(names_are_short_and_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
