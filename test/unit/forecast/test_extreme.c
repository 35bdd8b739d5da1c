/* test_extreme.c: Pareto tails whose answers are exact, and samples without one.        SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forecast/extreme.h"
#include "num/elementary.h"

#define COUNT 2000u

static double losses[COUNT];

// The quantiles of a Pareto tail at (i + 1/2) / COUNT: as regular as a sample can be.
static void
make_losses(double shape, double scale) {
    for (size_t i = 0; i < COUNT; i += 1) {
        double above = 1 - ((double)i + 0.5) / COUNT;
        losses[i] = scale * (pli_pow(above, -shape) - 1) / shape;
    }
}

static void
fit_finds_the_tail_that_made_the_losses(void **state) {
    (void)state;
    const double shapes[3] = {-0.2, 0.3, 0.8};
    for (size_t i = 0; i < 3; i += 1) {
        make_losses(shapes[i], 2);
        pli_tail tail;
        assert_int_equal(pli_tail_fit(losses, COUNT, 0, &tail), PLM_OK);
        assert_int_equal(tail.excess_count, COUNT);
        assert_true(fabs(tail.shape - shapes[i]) < 0.01);
        assert_true(fabs(tail.scale - 2) < 0.02);
        // Smith (1987): variance of the shape is (1 + shape)^2 / n, of the scale 2 scale^2 (1 + shape) / n.
        assert_true(fabs(tail.shape_error / ((1 + shapes[i]) / sqrt(COUNT)) - 1) < 0.05);
        assert_true(fabs(tail.scale_error / (2 * sqrt(2 * (1 + shapes[i]) / COUNT)) - 1) < 0.05);
    }
}

static void
quantile_and_shortfall_are_the_closed_forms(void **state) {
    (void)state;
    // A quarter of the losses lie above 10; 1 - level = 1/16 is a quarter of these: ((1/4)^-1/2 - 1) / (1/2) = 2.
    const pli_tail tail = {
        .threshold = 10, .shape = 0.5, .scale = 3, .excess_count = 25, .sample_count = 100};
    double loss = 0;
    assert_int_equal(pli_tail_quantile(&tail, 0.9375, &loss), PLM_OK);
    assert_true(fabs(loss - 16) <= 1e-13);
    assert_int_equal(pli_tail_shortfall(&tail, 0.9375, &loss), PLM_OK);
    assert_true(fabs(loss - (16 + 3 - 5) / 0.5) <= 1e-12);
    // The exponential limit: 10 + 3 log 4, and a mean excess of 3 above any level.
    const pli_tail thin = {
        .threshold = 10, .shape = 0, .scale = 3, .excess_count = 25, .sample_count = 100};
    assert_int_equal(pli_tail_quantile(&thin, 0.9375, &loss), PLM_OK);
    assert_true(fabs(loss - (10 + 3 * log(4))) <= 1e-13);
    assert_int_equal(pli_tail_shortfall(&thin, 0.9375, &loss), PLM_OK);
    assert_true(fabs(loss - (13 + 3 * log(4))) <= 1e-13);
}

static void
levels_without_an_answer_are_refused(void **state) {
    (void)state;
    pli_tail tail = {
        .threshold = 10, .shape = 0.5, .scale = 3, .excess_count = 25, .sample_count = 100};
    double loss = 0;
    assert_int_equal(pli_tail_quantile(&tail, 0.7, &loss), PLM_DOMAIN);
    assert_int_equal(pli_tail_quantile(&tail, 1, &loss), PLM_DOMAIN);
    assert_int_equal(pli_tail_quantile(&tail, NAN, &loss), PLM_DOMAIN);
    tail.shape = 1;
    assert_int_equal(pli_tail_quantile(&tail, 0.9, &loss), PLM_OK);
    assert_int_equal(pli_tail_shortfall(&tail, 0.9, &loss), PLM_DOMAIN);
}

static void
samples_without_a_tail_are_refused(void **state) {
    (void)state;
    make_losses(0.3, 1);
    pli_tail tail;
    assert_int_equal(pli_tail_fit(losses, COUNT, losses[COUNT - PLI_TAIL_EXCESSES_MIN], &tail),
                     PLM_HISTORY_SHORT);
    // Evenly spread losses end abruptly: shape -1, where the likelihood has no usual maximum.
    for (size_t i = 0; i < COUNT; i += 1) {
        losses[i] = (double)(i + 1);
    }
    assert_int_equal(pli_tail_fit(losses, COUNT, 0, &tail), PLM_FIT_FAILED);
    losses[3] = NAN;
    assert_int_equal(pli_tail_fit(losses, COUNT, 0, &tail), PLM_NOT_FINITE);
}

static void
hill_of_powers_of_two_is_their_mean_logarithm(void **state) {
    (void)state;
    const double sorted[4] = {1, 2, 4, 8};
    double shape = 0;
    // (log 8/2 + log 4/2) / 2.
    assert_int_equal(pli_tail_hill(sorted, 4, 2, &shape), PLM_OK);
    assert_true(fabs(shape - 1.5 * log(2)) <= 1e-15);
    assert_int_equal(pli_tail_hill(sorted, 4, 4, &shape), PLM_HISTORY_SHORT);
    const double negative[2] = {-1, 2};
    assert_int_equal(pli_tail_hill(negative, 2, 1, &shape), PLM_DOMAIN);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_finds_the_tail_that_made_the_losses),
        cmocka_unit_test(quantile_and_shortfall_are_the_closed_forms),
        cmocka_unit_test(levels_without_an_answer_are_refused),
        cmocka_unit_test(samples_without_a_tail_are_refused),
        cmocka_unit_test(hill_of_powers_of_two_is_their_mean_logarithm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
