/* test_conform_span.c: every published case of SPAN.                            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
every_case_agrees(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/span_vectors.json");
    assert_int_equal(tally->formula_count, 6);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
