/* test_conform_mango_v4.c: every published case of Mango v4.                            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
all_published_cases_agree(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/mango_v4.json");
    assert_int_equal(tally->formula_count, 2);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_published_cases_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
