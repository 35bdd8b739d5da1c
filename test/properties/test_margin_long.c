/* test_margin_long.c: the margin properties on a million random portfolios.           SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "support/margin_properties.h"

#include <cmocka.h>

static void
properties_hold_on_a_million_portfolios(void **state) {
    (void)state;
    for (uint64_t seed = 100; seed < 200; seed += 1) {
        ts_margin_properties(seed, 10000);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(properties_hold_on_a_million_portfolios)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
