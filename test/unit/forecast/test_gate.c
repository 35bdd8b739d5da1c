/* test_gate.c: a model runs only while it wins.                                         SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "forecast/gate.h"

#define COUNT 2000u

#define assert_near(seen, expected) assert_true(fabs((seen) - (expected)) <= 1e-12)

static double floor_losses[COUNT];
static double model_losses[COUNT];

static void
loss_is_zero_where_forecast_and_day_agree(void **state) {
    (void)state;
    assert_near(pli_qlike(3e-4, 3e-4), 0);
    assert_near(pli_qlike(2, 1), 1 - log(2));
    assert_near(pli_qlike(1, 2), log(2) - 0.5);
    assert_near(pli_qlike(0, 1e-10), 0);
}

static void
statistic_is_the_one_by_hand(void **state) {
    (void)state;
    const double zeros[4] = {0, 0, 0, 0};
    const double model[4] = {1, 2, 4, 5};
    pli_duel duel;
    // Mean 3, deviations -2 -1 1 2: squares 10, so the variance of the mean is 10/16.
    assert_int_equal(pli_duel_judge(zeros, model, 4, 0, &duel), PLM_OK);
    assert_near(duel.model_loss, 3);
    assert_near(duel.statistic, 3 / sqrt(10.0 / 16));
    // Products of neighbours 2 - 1 + 2 = 3, weight 1/2, twice: 13/16.
    assert_int_equal(pli_duel_judge(zeros, model, 4, 1, &duel), PLM_OK);
    assert_near(duel.statistic, 3 / sqrt(13.0 / 16));
    assert_int_equal(pli_duel_judge(model, model, 4, 1, &duel), PLM_OK);
    assert_near(duel.statistic, 0);
    assert_int_equal(pli_duel_judge(zeros, model, 4, 3, &duel), PLM_HISTORY_SHORT);
    const double broken[4] = {1, NAN, 1, 1};
    assert_int_equal(pli_duel_judge(zeros, broken, 4, 1, &duel), PLM_NOT_FINITE);
}

static void
statistic_of_equal_models_is_close_to_normal(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(77);
    unsigned beyond = 0;
    for (unsigned run = 0; run < 400; run += 1) {
        for (size_t i = 0; i < 500; i += 1) {
            floor_losses[i] = pli_prng_unit(&prng);
            model_losses[i] = pli_prng_unit(&prng);
        }
        pli_duel duel;
        assert_int_equal(pli_duel_judge(floor_losses, model_losses, 500, 5, &duel), PLM_OK);
        beyond += duel.statistic < -1.645;
    }
    // 5 % of 400 is 20 with a deviation of 4.4; three of them either way.
    assert_in_range(beyond, 7, 33);
}

// The model loses by `lead` less than the floor, and both with noise.
static void
fill(size_t from, size_t to, double lead) {
    pli_prng prng = pli_prng_init(from + 1);
    for (size_t i = from; i < to; i += 1) {
        floor_losses[i] = 0.4 + 0.1 * pli_prng_unit(&prng);
        model_losses[i] = floor_losses[i] - lead + 0.2 * (pli_prng_unit(&prng) - 0.5);
    }
}

static bool
gate(const plm_forecast_parameters *parameters, size_t count, bool is_running) {
    pli_gate_verdict verdict;
    const pli_gate_losses losses = {floor_losses, model_losses, count, 1};
    assert_int_equal(pli_gate_next(parameters, &losses, is_running, &verdict), PLM_OK);
    return verdict.runs;
}

static void
model_enters_when_it_wins_and_leaves_when_it_stops(void **state) {
    (void)state;
    plm_forecast_parameters parameters;
    plm_record_init(&plm_forecast_descriptor, &parameters);
    parameters.gate_days = 100;
    fill(0, 400, 0.05);
    fill(400, 800, -0.05);
    fill(800, 1200, 0.05);
    assert_false(gate(&parameters, 99, false));
    bool runs = false;
    size_t changes = 0;
    for (size_t count = 0; count <= 1200; count += 1) {
        bool next = gate(&parameters, count, runs);
        changes += next != runs;
        if (next != runs && changes == 1) {
            assert_int_equal(count, 100);
        }
        if (next != runs && changes == 2) {
            assert_in_range(count, 430, 480);
        }
        if (next != runs && changes == 3) {
            assert_in_range(count, 850, 900);
        }
        runs = next;
    }
    assert_int_equal(changes, 3);
    assert_true(runs);
}

static void
small_lead_is_not_enough_to_enter_but_enough_to_stay(void **state) {
    (void)state;
    plm_forecast_parameters parameters;
    plm_record_init(&plm_forecast_descriptor, &parameters);
    parameters.gate_days = 100;
    for (size_t i = 0; i < 100; i += 1) {
        floor_losses[i] = 0.5;
        model_losses[i] = i % 2 == 0 ? 0.9 : 0.0999;
    }
    assert_false(gate(&parameters, 100, false));
    assert_true(gate(&parameters, 100, true));
    model_losses[50] = 1;
    assert_false(gate(&parameters, 100, true));
}

static void
loss_that_is_not_a_number_closes_the_gate(void **state) {
    (void)state;
    plm_forecast_parameters parameters;
    plm_record_init(&plm_forecast_descriptor, &parameters);
    fill(0, 400, 0.05);
    model_losses[399] = INFINITY;
    pli_gate_verdict verdict;
    const pli_gate_losses losses = {floor_losses, model_losses, 400, 1};
    assert_int_equal(pli_gate_next(&parameters, &losses, true, &verdict), PLM_NOT_FINITE);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_is_zero_where_forecast_and_day_agree),
        cmocka_unit_test(statistic_is_the_one_by_hand),
        cmocka_unit_test(statistic_of_equal_models_is_close_to_normal),
        cmocka_unit_test(model_enters_when_it_wins_and_leaves_when_it_stops),
        cmocka_unit_test(small_lead_is_not_enough_to_enter_but_enough_to_stay),
        cmocka_unit_test(loss_that_is_not_a_number_closes_the_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
