/* test_margin.c: the margin properties on some thousand random portfolios.            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "support/margin_properties.h"

#include <cmocka.h>

static void
properties_hold_on_random_portfolios(void **state) {
    (void)state;
    ts_margin_properties(1, 4000);
}

int
main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(properties_hold_on_random_portfolios)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
