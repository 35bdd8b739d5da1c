/* test_conform_hyperliquid.c: every published case of Hyperliquid.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
live_prices_tiers_and_documented_examples_agree(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/hyperliquid.json");
    assert_int_equal(tally->passed, 46);
    assert_int_equal(tally->formula_count, 4);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_prices_tiers_and_documented_examples_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
