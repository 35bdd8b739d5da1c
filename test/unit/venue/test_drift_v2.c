/* test_drift_v2.c: edges of Drift v2's formulas that the published cases leave out.    SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "venue/drift_v2.h"

static void
weights_get_harder_as_the_size_grows(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(5);
    for (uint32_t i = 0; i < 2000; i += 1) {
        pli_i128 size = (pli_i128)pli_prng_below(&prng, UINT64_MAX) * 1000;
        pli_i128 weight = (pli_i128)pli_prng_below(&prng, 20000);
        pli_i128 imf = (pli_i128)pli_prng_below(&prng, 1000000);
        pli_i128 small[2] = {0};
        pli_i128 large[2] = {0};
        assert_int_equal(pli_drift_size_premium(weight, size, imf, &small[0]), PLM_OK);
        assert_int_equal(pli_drift_size_discount(weight, size, imf, &small[1]), PLM_OK);
        assert_int_equal(pli_drift_size_premium(weight, size * 2, imf, &large[0]), PLM_OK);
        assert_int_equal(pli_drift_size_discount(weight, size * 2, imf, &large[1]), PLM_OK);
        assert_true(small[0] >= weight && large[0] >= small[0]);
        assert_true(small[1] <= weight && large[1] <= small[1] && large[1] >= 0);
    }
    pli_i128 out = 0;
    assert_int_equal(pli_drift_size_premium(1, PLI_I128_MAX, 1, &out), PLM_OVERFLOW);
}

static void
debts_are_never_made_smaller_by_rounding(void **state) {
    (void)state;
    pli_i128 out = 0;
    assert_int_equal(pli_drift_token_value(-1, 9, 1, &out), PLM_OK);
    assert_true(out == -1);
    assert_int_equal(pli_drift_token_value(1, 9, 1, &out), PLM_OK);
    assert_true(out == 0);
    assert_int_equal(pli_drift_token_value(1, 19, 1, &out), PLM_DOMAIN);
}

static pli_drift_sum
sum_of(const pli_drift_perpetual *perpetual, pli_drift_level level) {
    pli_drift_sum sum = {0};
    assert_int_equal(pli_drift_perpetual_sum(perpetual, level, &sum), PLM_OK);
    return sum;
}

/* One base unit at 100, ratio 10 % and 5 %, profit weight 0.5 and 1, profit 20. Fill is the mean of the other two. */
static void
a_perpetual_at_three_levels_by_hand(void **state) {
    (void)state;
    pli_drift_perpetual perpetual = {.base = 1000000000,
                                     .quote = -80000000,
                                     .price = 100000000,
                                     .quote_price = {.oracle = 1000000},
                                     .margin_ratio = {1000, 500},
                                     .profit_weight = {5000, 10000}};
    pli_drift_sum sum = sum_of(&perpetual, PLI_DRIFT_INITIAL);
    assert_true(sum.requirement == 10000000 && sum.collateral == 10000000);
    sum = sum_of(&perpetual, PLI_DRIFT_FILL);
    assert_true(sum.requirement == 7500000 && sum.collateral == 15000000);
    sum = sum_of(&perpetual, PLI_DRIFT_MAINTENANCE);
    assert_true(sum.requirement == 5000000 && sum.collateral == 20000000);
    // A loss counts in full, at the dearer quote price.
    perpetual.quote = -120000000;
    perpetual.quote_price.average = 1100000;
    sum = sum_of(&perpetual, PLI_DRIFT_INITIAL);
    assert_true(sum.requirement == 11000000 && sum.collateral == -22000000);
    // Asks beyond the position: the short side is the larger one.
    perpetual.open_asks = -3000000000;
    perpetual.open_orders = 2;
    sum = sum_of(&perpetual, PLI_DRIFT_MAINTENANCE);
    assert_true(sum.requirement == 11000000 + 20000);
    perpetual.open_asks = 1;
    assert_int_equal(pli_drift_perpetual_sum(&perpetual, PLI_DRIFT_INITIAL, &sum), PLM_DOMAIN);
}

static void
closing_that_frees_nothing_asks_for_everything(void **state) {
    (void)state;
    pli_drift_closing terms = {.shortage = 1,
                               .margin_ratio = 100,
                               .liquidator_fee = 10000,
                               .price = 1000000,
                               .quote_price = 1000000};
    pli_i128 out = 0;
    assert_int_equal(pli_drift_base_to_cover(&terms, &out), PLM_OK);
    assert_true(out == UINT64_MAX);
    terms.liquidator_fee = 0;
    terms.insurance_fee = 10000;
    assert_int_equal(pli_drift_base_to_cover(&terms, &out), PLM_OK);
    assert_true(out == UINT64_MAX);
    terms.insurance_fee = 0;
    assert_int_equal(pli_drift_base_to_cover(&terms, &out), PLM_OK);
    assert_true(out == 100000);
}

/* The liability that is just fair for an asset is fair, one less is not, and it buys no more than that asset. */
static void
the_two_sides_of_a_swap_agree(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(11);
    for (uint32_t i = 0; i < 2000; i += 1) {
        pli_drift_swap swap = {.asset_amount = 1 + (pli_i128)pli_prng_below(&prng, UINT32_MAX),
                               .asset_multiplier = 900000 + (pli_i128)pli_prng_below(&prng, 200000),
                               .asset_decimals = (int64_t)pli_prng_below(&prng, 10),
                               .asset_price = 1 + (pli_i128)pli_prng_below(&prng, UINT32_MAX),
                               .liability_multiplier =
                                   900000 + (pli_i128)pli_prng_below(&prng, 200000),
                               .liability_decimals = (int64_t)pli_prng_below(&prng, 10),
                               .liability_price = 1 + (pli_i128)pli_prng_below(&prng, UINT32_MAX)};
        pli_i128 asset = 0;
        bool is_fair = false;
        assert_int_equal(pli_drift_liability_for_asset(&swap, &swap.liability_amount), PLM_OK);
        assert_int_equal(pli_drift_swap_is_fair(&swap, &is_fair), PLM_OK);
        assert_true(is_fair);
        assert_int_equal(pli_drift_asset_for_liability(&swap, &asset), PLM_OK);
        assert_true(asset == swap.asset_amount);
        swap.liability_amount -= 1;
        assert_int_equal(pli_drift_swap_is_fair(&swap, &is_fair), PLM_OK);
        assert_false(is_fair);
    }
}

static void
losses_are_spread_so_that_they_are_covered(void **state) {
    (void)state;
    pli_i128 out = 0;
    assert_int_equal(pli_drift_funding_delta(-1, 3000000000, -3, &out), PLM_OK);
    assert_true(out == 1000);
    assert_int_equal(pli_drift_funding_delta(-1, 0, 0, &out), PLM_OK);
    assert_true(out == 0);
    assert_int_equal(pli_drift_funding_delta(1, 1, 0, &out), PLM_DOMAIN);
    assert_int_equal(pli_drift_interest_delta(1, 3, 1, &out), PLM_OK);
    assert_true(out == 1);
    assert_int_equal(pli_drift_interest_delta(1, 0, 1, &out), PLM_OK);
    assert_true(out == 0);
    assert_int_equal(pli_drift_interest_delta(-1, 1, 1, &out), PLM_DOMAIN);
}

/* 1,000 short, 10 % at once, all within 100 slots: a tenth now, half after 40 slots, less what was freed before. */
static void
the_share_to_liquidate_rises_with_time(void **state) {
    (void)state;
    pli_drift_pace pace = {.duration = 100, .initial_share = 1000};
    pli_i128 out = 0;
    assert_int_equal(pli_drift_share_max(&pace, 1000000000, &out), PLM_OK);
    assert_true(out == 1000);
    pace.slots_elapsed = 40;
    assert_int_equal(pli_drift_share_max(&pace, 1000000000, &out), PLM_OK);
    assert_true(out == 5000);
    pace.margin_freed = 1000000000;
    assert_int_equal(pli_drift_share_max(&pace, 1000000000, &out), PLM_OK);
    assert_true(out == 0);
    pace.slots_elapsed = 1000000;
    assert_int_equal(pli_drift_share_max(&pace, 1000000000, &out), PLM_OK);
    assert_true(out == 10000);
    assert_int_equal(pli_drift_share_max(&pace, 50000000 - 1, &out), PLM_OK);
    assert_true(out == 10000);
    pace.margin_freed = -1;
    assert_int_equal(pli_drift_share_max(&pace, 1, &out), PLM_DOMAIN);
}

static void
the_liquidator_fee_waits_then_rises_then_stops(void **state) {
    (void)state;
    static const struct {
        int slots, fee;
    } rows[] = {{0, 20000}, {1500, 20000}, {1501, 20001}, {31500, 50000}, {900000, 50000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        pli_i128 out = 0;
        assert_int_equal(pli_drift_liquidator_fee(20000, 50000, rows[i].slots, 1500, 1, &out),
                         PLM_OK);
        assert_true(out == rows[i].fee);
    }
}

static void
oracle_rules_are_tried_in_order(void **state) {
    (void)state;
    pli_drift_oracle oracle = {.price = 0,
                               .average = 1000000,
                               .confidence = 1000000,
                               .delay = 121,
                               .confidence_multiplier = 1,
                               .volatile_ratio = 5,
                               .confidence_max = 20000,
                               .stale_margin = 120,
                               .stale_amm = 10};
    pli_drift_validity out = PLI_DRIFT_VALID;
    static const pli_drift_validity expected[] = {PLI_DRIFT_NON_POSITIVE,
                                                  PLI_DRIFT_TOO_VOLATILE,
                                                  PLI_DRIFT_TOO_UNCERTAIN,
                                                  PLI_DRIFT_STALE_FOR_MARGIN,
                                                  PLI_DRIFT_INSUFFICIENT_DATA_POINTS,
                                                  PLI_DRIFT_STALE_FOR_AMM,
                                                  PLI_DRIFT_VALID};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i += 1) {
        assert_int_equal(pli_drift_oracle_check(&oracle, &out), PLM_OK);
        assert_int_equal(out, expected[i]);
        // Take away what failed.
        oracle.price = i == 0 ? 6000000 : oracle.price;
        oracle.average = i == 1 ? 6000000 : oracle.average;
        oracle.confidence = i == 2 ? 120000 : oracle.confidence;
        oracle.delay = i == 3 ? 120 : i == 5 ? 10 : oracle.delay;
        oracle.has_data_points = i >= 4;
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_get_harder_as_the_size_grows),
        cmocka_unit_test(debts_are_never_made_smaller_by_rounding),
        cmocka_unit_test(a_perpetual_at_three_levels_by_hand),
        cmocka_unit_test(closing_that_frees_nothing_asks_for_everything),
        cmocka_unit_test(the_two_sides_of_a_swap_agree),
        cmocka_unit_test(losses_are_spread_so_that_they_are_covered),
        cmocka_unit_test(the_share_to_liquidate_rises_with_time),
        cmocka_unit_test(the_liquidator_fee_waits_then_rises_then_stops),
        cmocka_unit_test(oracle_rules_are_tried_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
