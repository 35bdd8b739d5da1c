/* test_conform_deribit.c: every published case of Deribit.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
both_published_responses_agree_to_the_last_digit(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/deribit_pm.json");
    assert_int_equal(tally->passed, 2);
    assert_int_equal(tally->formula_count, 1);
}

static void
every_standard_margin_example_agrees(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/deribit_sm.json");
    assert_int_equal(tally->passed, 8);
    assert_int_equal(tally->formula_count, 2);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_published_responses_agree_to_the_last_digit),
        cmocka_unit_test(every_standard_margin_example_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
