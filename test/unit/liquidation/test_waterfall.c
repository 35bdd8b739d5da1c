/* test_waterfall.c: every loss is borne in the fixed order, to the last unit.         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "liquidation/waterfall.h"
#include "plimsoll/quantity.h"

enum { MARKETS = 3 };

static pli_i128
sum_of(const pli_waterfall_share *share) {
    return share->tranche + share->common + share->backstop + share->winners + share->bad_debt;
}

static void
the_page_is_computed_by_hand(void **state) {
    (void)state;
    const pli_waterfall_loss loss = {.loss = 1000, .equity = 100, .common = 200};
    const pli_waterfall_market markets[2] = {
        {.market_index = 3, .lost = 600, .tranche = 150, .backstop = 50, .winners = 1000},
        {.market_index = 7, .lost = 300, .tranche = 0, .backstop = 100, .winners = 20}};
    pli_waterfall_share shares[2];
    pli_waterfall_share total;
    assert_int_equal(pli_waterfall(&loss, markets, 2, shares, &total), PLM_OK);
    assert_true(shares[0].deficit == 600 && shares[1].deficit == 300);
    assert_true(shares[0].tranche == 150 && shares[1].tranche == 0);
    // 450 and 300 are wanted of 200: 120 and 80.
    assert_true(shares[0].common == 120 && shares[1].common == 80);
    assert_true(shares[0].backstop == 50 && shares[1].backstop == 100);
    assert_true(shares[0].winners == 280 && shares[1].winners == 20);
    assert_true(shares[0].bad_debt == 0 && shares[1].bad_debt == 100);
    assert_true(total.deficit == 900 && sum_of(&total) == 900);
}

static bool
is_near_pro_rata(pli_i128 part, pli_i128 amount, pli_i128 weight, pli_i128 weights) {
    pli_i128 apart = part * weights - amount * weight;
    return apart < weights && apart > -weights;
}

// A later bearer gives only where the earlier ones are empty.
static void
check_market(const pli_waterfall_market *market, const pli_waterfall_share *share,
             bool is_common_empty) {
    assert_true(share->deficit >= 0 && share->tranche >= 0 && share->common >= 0);
    assert_true(share->backstop >= 0 && share->winners >= 0 && share->bad_debt >= 0);
    assert_true(sum_of(share) == share->deficit);
    assert_true(share->tranche <= market->tranche && share->backstop <= market->backstop &&
                share->winners <= market->winners);
    assert_true(share->common == 0 || share->tranche == market->tranche);
    assert_true(share->backstop == 0 || is_common_empty);
    assert_true(share->winners == 0 || share->backstop == market->backstop);
    assert_true(share->bad_debt == 0 || share->winners == market->winners);
}

static void
check(const pli_waterfall_loss *loss, const pli_waterfall_market *markets) {
    pli_waterfall_share shares[MARKETS];
    pli_waterfall_share total;
    pli_i128 deficit = loss->loss > loss->equity ? loss->loss - loss->equity : 0;
    pli_i128 lost = markets[0].lost + markets[1].lost + markets[2].lost;
    plm_status status = pli_waterfall(loss, markets, MARKETS, shares, &total);
    if (deficit > 0 && lost == 0) {
        assert_int_equal(status, PLM_PARAMETER_INVALID);
        return;
    }
    assert_int_equal(status, PLM_OK);
    assert_true(total.deficit == deficit && sum_of(&total) == deficit);
    assert_true(total.common <= loss->common);
    pli_i128 open = 0;
    for (uint32_t i = 0; i < MARKETS; i += 1) {
        open += shares[i].deficit - shares[i].tranche;
    }
    for (uint32_t i = 0; i < MARKETS; i += 1) {
        check_market(&markets[i], &shares[i], total.common == loss->common);
        assert_true(deficit == 0 ||
                    is_near_pro_rata(shares[i].deficit, deficit, markets[i].lost, lost));
        assert_true(open == 0 || is_near_pro_rata(shares[i].common, total.common,
                                                  shares[i].deficit - shares[i].tranche, open));
    }
}

static void
every_drawn_loss_is_borne_exactly_and_in_order(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(6);
    static const int64_t scales[] = {3, 20, 1000, INT64_C(1) << 40};
    for (uint32_t turn = 0; turn < 20000; turn += 1) {
        int64_t most = scales[turn % 4];
        pli_waterfall_loss loss = {.loss = pli_prng_edge_i64(&prng, 0, most * 4),
                                   .equity = pli_prng_edge_i64(&prng, 0, most),
                                   .common = pli_prng_edge_i64(&prng, 0, most)};
        pli_waterfall_market markets[MARKETS];
        for (uint32_t i = 0; i < MARKETS; i += 1) {
            markets[i] = (pli_waterfall_market){.market_index = i == 2 ? PLM_NONE : i,
                                                .lost = pli_prng_edge_i64(&prng, 0, most),
                                                .tranche = pli_prng_edge_i64(&prng, 0, most),
                                                .backstop = pli_prng_edge_i64(&prng, 0, most),
                                                .winners = pli_prng_edge_i64(&prng, 0, most)};
        }
        check(&loss, markets);
    }
}

static void
a_fund_of_zero_leaves_the_whole_deficit_on_record(void **state) {
    (void)state;
    const pli_waterfall_loss loss = {.loss = 77};
    const pli_waterfall_market market = {.market_index = 0, .lost = 1};
    pli_waterfall_share share;
    pli_waterfall_share total;
    assert_int_equal(pli_waterfall(&loss, &market, 1, &share, &total), PLM_OK);
    assert_true(total.bad_debt == 77 && share.bad_debt == 77);
}

static void
amounts_of_eighteen_decimals_are_divided_exactly(void **state) {
    (void)state;
    pli_i128 large = (pli_i128)1 << 99;
    const pli_waterfall_loss loss = {.loss = large, .common = large / 3};
    const pli_waterfall_market markets[2] = {{.market_index = 0, .lost = large},
                                             {.market_index = 1, .lost = large - 1}};
    pli_waterfall_share shares[2];
    pli_waterfall_share total;
    assert_int_equal(pli_waterfall(&loss, markets, 2, shares, &total), PLM_OK);
    assert_true(shares[0].deficit + shares[1].deficit == large);
    assert_true(shares[0].deficit - shares[1].deficit <= 1);
    assert_true(total.common == large / 3 && sum_of(&total) == large);
}

static void
what_is_not_well_formed_is_refused(void **state) {
    (void)state;
    pli_waterfall_loss loss = {.loss = 1};
    pli_waterfall_market markets[2] = {{.market_index = 1, .lost = 1},
                                       {.market_index = 1, .lost = 1}};
    pli_waterfall_share shares[2];
    pli_waterfall_share total;
    assert_int_equal(pli_waterfall(&loss, markets, 2, shares, &total), PLM_PARAMETER_INVALID);
    markets[1].market_index = 2;
    markets[1].winners = -1;
    assert_int_equal(pli_waterfall(&loss, markets, 2, shares, &total), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_waterfall(&loss, markets, 0, shares, &total), PLM_PARAMETER_INVALID);
    loss.loss = ((pli_i128)1 << 100) + 1;
    assert_int_equal(pli_waterfall(&loss, markets, 1, shares, &total), PLM_PARAMETER_INVALID);
    loss.loss = 0;
    assert_int_equal(pli_waterfall(&loss, markets, 0, shares, &total), PLM_OK);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_computed_by_hand),
        cmocka_unit_test(every_drawn_loss_is_borne_exactly_and_in_order),
        cmocka_unit_test(a_fund_of_zero_leaves_the_whole_deficit_on_record),
        cmocka_unit_test(amounts_of_eighteen_decimals_are_divided_exactly),
        cmocka_unit_test(what_is_not_well_formed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
