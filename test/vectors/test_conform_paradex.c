/* test_conform_paradex.c: every published case of Paradex.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
every_documented_example_agrees(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/paradex.json");
    assert_int_equal(tally->passed, 4);
    assert_int_equal(tally->formula_count, 4);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_documented_example_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
