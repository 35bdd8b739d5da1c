/* test_default.c: probabilities rise with leverage and time, curves are revaluations.    SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "num/elementary.h"
#include "study/archetype.h"
#include "study/default.h"

enum { DAYS = 500, PATHS = 4000 };

static double z[DAYS];
static pli_profit_curve curve;
static uint64_t work[4 * PATHS + 64];

// A long position of 100 in something of 4 % a day, with a bad day now and then.
static pli_default_question
long_account(double equity) {
    static const double volatility = 0.04;
    pli_prng prng = pli_prng_init(9);
    double sum = 0.0;
    for (size_t i = 0; i < DAYS; i += 1) {
        z[i] =
            pli_normal_quantile(pli_prng_unit(&prng) * 0.998 + 0.001) * (i % 50 == 7 ? 3.0 : 1.0);
        sum += z[i] / DAYS;
    }
    for (size_t i = 0; i < DAYS; i += 1) {
        z[i] -= sum;
    }
    for (int i = 0; i < PLI_PROFIT_POINTS; i += 1) {
        curve.moves[i] = (double)(i - PLI_PROFIT_POINTS / 2) / 20.0;
        curve.profits[i] = 1e8 * (exp(curve.moves[i]) - 1.0);
    }
    return (pli_default_question){.underlying_count = 1,
                                  .curves = &curve,
                                  .volatilities = &volatility,
                                  .day_count = DAYS,
                                  .standardised = z,
                                  .lambda = 0.94,
                                  .step_days = 1.0,
                                  .step_count = 1,
                                  .call_micros = equity * 0.5,
                                  .liquidation_micros = equity * 0.6,
                                  .equity_micros = equity,
                                  .path_count = PATHS,
                                  .seed = 1};
}

static pli_default_answer
measure(const pli_default_question *question) {
    pli_default_answer answer;
    assert_true(pli_default_size(question) <= sizeof work);
    assert_int_equal(pli_default_measure(question, work, sizeof work, &answer), PLM_OK);
    return answer;
}

static void
levels_are_reached_in_their_order(void **state) {
    (void)state;
    pli_default_question question = long_account(1e7);
    pli_default_answer answer = measure(&question);
    assert_true(answer.call_probability > answer.liquidation_probability);
    assert_true(answer.liquidation_probability > answer.default_probability);
    assert_true(answer.default_probability > 0.0);
    assert_true(answer.expected_deficit_micros > 0.0);
    assert_true(fabs(answer.deficit_if_default_micros * answer.default_probability -
                     answer.expected_deficit_micros) < 1e-6);
}

static void
more_equity_and_less_time_are_safer(void **state) {
    (void)state;
    double before = 1.0;
    for (double equity = 5e6; equity < 6e7; equity *= 1.5) {
        pli_default_question question = long_account(equity);
        pli_default_answer day = measure(&question);
        question.step_count = 5;
        pli_default_answer week = measure(&question);
        question.step_count = 1;
        question.step_days = 1.0 / 24.0;
        pli_default_answer hour = measure(&question);
        assert_true(day.default_probability <= before);
        assert_true(week.default_probability >= day.default_probability);
        assert_true(hour.default_probability <= day.default_probability);
        before = day.default_probability;
    }
}

static void
rare_defaults_come_from_the_tail(void **state) {
    (void)state;
    pli_default_question question = long_account(3e7);
    pli_default_answer answer = measure(&question);
    assert_true(answer.has_tail != 0);
    assert_true(answer.default_probability > 0.0);
    assert_true(answer.default_probability < 0.02);
}

static void
an_account_without_positions_is_never_called(void **state) {
    (void)state;
    pli_default_question question = long_account(1e7);
    memset(curve.profits, 0, sizeof curve.profits);
    pli_default_answer answer = measure(&question);
    assert_true(answer.call_probability <= 0.0);
    assert_true(answer.expected_deficit_micros <= 0.0);
}

static void
a_curve_is_the_portfolio_revalued(void **state) {
    (void)state;
    static pli_archetypes world;
    pli_archetypes_make(INT64_C(10000000000), &world);
    size_t size = pli_profit_curve_size(&world.listing, &world.market);
    void *memory = malloc(size);
    double lot = (double)world.instruments[0].lot_e8 / 1e8;
    pli_curve_question question = {.listing = &world.listing,
                                   .market = &world.market,
                                   .portfolio = &world.portfolios[1],
                                   .elapsed_ns = PLM_DAY_NS};
    plm_fault fault;
    assert_int_equal(pli_profit_curve_make(&question, memory, size, &curve, &fault), PLM_OK);
    for (int i = 0; i < PLI_PROFIT_POINTS; i += 1) {
        double expected = -100.0 * (exp(curve.moves[i]) - 1.0) * lot * 1e6;
        assert_true(fabs(curve.profits[i] - expected) < 2.0);
        assert_true(i == 0 || curve.moves[i] > curve.moves[i - 1]);
    }
    // A sold strangle earns its decay where nothing moves and loses on both sides.
    question.portfolio = &world.portfolios[3];
    assert_int_equal(pli_profit_curve_make(&question, memory, size, &curve, &fault), PLM_OK);
    assert_true(curve.profits[PLI_PROFIT_POINTS / 2] > 0.0);
    assert_true(curve.profits[0] < 0.0 && curve.profits[PLI_PROFIT_POINTS - 1] < 0.0);
    assert_int_equal(pli_profit_curve_make(&question, memory, 64, &curve, &fault),
                     PLM_WORKSPACE_SMALL);
    world.underlying.domain = PLM_PRICE_DOMAIN_ANY;
    assert_int_equal(pli_profit_curve_make(&question, memory, size, &curve, &fault), PLM_DOMAIN);
    free(memory);
}

static void
questions_without_sense_are_refused(void **state) {
    (void)state;
    pli_default_answer answer;
    pli_default_question question = long_account(1e7);
    question.day_count = 19;
    assert_int_equal(pli_default_measure(&question, work, sizeof work, &answer), PLM_HISTORY_SHORT);
    question = long_account(1e7);
    question.lambda = 1.5;
    assert_int_equal(pli_default_measure(&question, work, sizeof work, &answer), PLM_DOMAIN);
    question = long_account(1e7);
    assert_int_equal(pli_default_measure(&question, work, 64, &answer), PLM_WORKSPACE_SMALL);
    double probability = 0.0;
    pli_merton merton;
    assert_int_equal(pli_first_passage(100, 0, 0, 0.5, 1, &probability), PLM_DOMAIN);
    assert_int_equal(pli_merton_default(100, 80, 0, 0, 1, &merton), PLM_DOMAIN);
    assert_int_equal(pli_first_passage(100, 101, 0, 0.5, 1, &probability), PLM_OK);
    assert_true(probability >= 1.0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_reached_in_their_order),
        cmocka_unit_test(more_equity_and_less_time_are_safer),
        cmocka_unit_test(rare_defaults_come_from_the_tail),
        cmocka_unit_test(an_account_without_positions_is_never_called),
        cmocka_unit_test(a_curve_is_the_portfolio_revalued),
        cmocka_unit_test(questions_without_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
