/* test_conform_drift_v2.c: every published case of Drift v2.                            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
all_published_cases_agree_exactly(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/drift_v2.json");
    assert_int_equal(tally->formula_count, 21);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_published_cases_agree_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
