/* test_conform_binance.c: every published case of Binance, OKX, Gate and Bybit.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
all_brackets_and_worked_prices_agree(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/binance.json");
    assert_int_equal(tally->passed, 23);
    assert_int_equal(tally->formula_count, 7);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_brackets_and_worked_prices_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
