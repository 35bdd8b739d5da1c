/* test_margin_long.c: the margin properties on a hundred thousand random portfolios.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/margin_properties.h"

#include <cmocka.h>

/*
 * Usage: test_margin_long [FIRST COUNT]: seeds, of 10,000 portfolios each; 10 from 100 on. test/release/rows.toml has more.
 */
enum { PORTFOLIOS = 10000 };
static uint64_t first = 100, count = 10;

static void
properties_hold_on_random_portfolios(void **state) {
    (void)state;
    for (uint64_t seed = first; seed < first + count; seed += 1) {
        ts_margin_properties(seed, PORTFOLIOS);
    }
    printf("%llu portfolios, 0 violations\n", (unsigned long long)(count * PORTFOLIOS));
}

int
main(int argument_count, char **arguments) {
    if (argument_count == 3) {
        first = strtoull(arguments[1], NULL, 10);
        count = strtoull(arguments[2], NULL, 10);
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(properties_hold_on_random_portfolios)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
