/* test_conform_others.c: published cases of Synthetix v3 and small worked examples.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
synthetix_margins_and_windows_agree(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/synthetix_v3.json");
    assert_int_equal(tally->passed, 6);
    assert_int_equal(tally->formula_count, 3);
}

static void
small_documented_examples_agree(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/doc_examples_misc.json");
    assert_int_equal(tally->passed, 4);
    assert_int_equal(tally->formula_count, 4);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(synthetix_margins_and_windows_agree),
        cmocka_unit_test(small_documented_examples_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
