/* test_conform_auctions.c: published auctions of Maker and Derive, and shared losses of Vega.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
maker_prices_takes_and_parts_agree(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/maker_liq2.json");
    assert_int_equal(tally->passed, 28);
    assert_int_equal(tally->formula_count, 6);
}

static void
vega_shares_and_margins_agree(void **state) {
    (void)state;
    const pli_conform_tally *tally = ts_conform_file("vectors/venues/vega.json");
    assert_int_equal(tally->passed, 26);
    assert_int_equal(tally->formula_count, 4);
}

static void
derive_auctions_agree_but_for_one_contradiction(void **state) {
    (void)state;
    // Test4 prints the share of its second bid as one of the present portfolio, Test5 and Test6 as one of the original.
    const pli_conform_tally *tally =
        ts_conform_file_but("vectors/venues/derive_dutch_auction.json", 1);
    assert_int_equal(tally->passed, 7);
    assert_int_equal(tally->formula_count, 1);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maker_prices_takes_and_parts_agree),
        cmocka_unit_test(vega_shares_and_margins_agree),
        cmocka_unit_test(derive_auctions_agree_but_for_one_contradiction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
