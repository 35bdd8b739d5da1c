/* test_backtest.c: instants see only their past, and profits are what the prices say.  SPDX-License-Identifier: Apache-2.0 */
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
#include "study/backtest.h"
#include "study/frame.h"

enum { DAYS = 420, HISTORY = 200, AT = 400 };

typedef struct world {
    pli_archetypes archetypes;
    int64_t seconds[DAYS];
    double closes[DAYS];
    pli_backtest_series series;
    plm_set_parameters set;
    plm_shock_parameters shocks;
    plm_portfolio_parameters portfolio;
    plm_tiered_parameters tiered;
    pli_backtest_model models[2];
    pli_backtest backtest;
    void *memory;
    size_t size;
    double profits[PLI_ARCHETYPE_COUNT];
    double notionals[PLI_ARCHETYPE_COUNT];
    pli_backtest_answer answers[PLI_ARCHETYPE_COUNT * 2];
    int64_t samples[PLI_ARCHETYPE_COUNT * HISTORY];
    pli_backtest_instant instant;
} world;

static world *
make_world(void) {
    world *w = calloc(1, sizeof *w);
    pli_prng prng = pli_prng_init(5);
    double price = 30000.0;
    for (uint32_t i = 0; i < DAYS; i += 1) {
        w->seconds[i] = (int64_t)i * 86400;
        w->closes[i] = price;
        price *= 1.0 + 0.03 * pli_normal_quantile(pli_prng_unit(&prng) * 0.998 + 0.001);
    }
    pli_archetypes_make(INT64_C(3000000000000), &w->archetypes);
    w->series = (pli_backtest_series){
        .count = DAYS, .seconds = w->seconds, .closes = w->closes, .age_max_s = 3600};
    plm_record_init(&plm_set_descriptor, &w->set);
    plm_record_init(&plm_shock_descriptor, &w->shocks);
    plm_record_init(&plm_portfolio_descriptor, &w->portfolio);
    plm_record_init(&plm_tiered_descriptor, &w->tiered);
    w->set.history_count = HISTORY;
    w->set.history_minimum = HISTORY;
    w->portfolio.measure = 2;
    w->models[0] = (pli_backtest_model){plm_model_find("portfolio"), &w->portfolio};
    w->models[1] = (pli_backtest_model){plm_model_find("tiered"), &w->tiered};
    w->backtest = (pli_backtest){.listing = &w->archetypes.listing,
                                 .market = &w->archetypes.market,
                                 .portfolio_count = PLI_ARCHETYPE_COUNT,
                                 .portfolios = w->archetypes.portfolios,
                                 .model_count = 2,
                                 .models = w->models,
                                 .series = &w->series,
                                 .maintenance = &w->set,
                                 .initial = &w->set,
                                 .class_count = 1,
                                 .classes = &w->shocks,
                                 .volatility_lambda_ppm = 940000,
                                 .day_count_max = 300,
                                 .horizon_s = 86400};
    w->size = pli_backtest_size(&w->backtest);
    w->memory = malloc(w->size);
    w->instant = (pli_backtest_instant){.profits = w->profits,
                                        .notionals = w->notionals,
                                        .answers = w->answers,
                                        .samples = w->samples};
    return w;
}

static void
free_world(world *w) {
    free(w->memory);
    free(w);
}

static void
evaluate(world *w) {
    plm_fault fault = {.status = PLM_OK};
    plm_status status =
        pli_backtest_at(&w->backtest, AT * INT64_C(86400), w->memory, w->size, &w->instant, &fault);
    if (status != PLM_OK) {
        fail_msg("%s", fault.text);
    }
}

static void
a_future_shock_changes_nothing_before_it(void **state) {
    (void)state;
    world *calm = make_world();
    world *crash = make_world();
    for (uint32_t i = AT + 1; i < DAYS; i += 1) {
        crash->closes[i] *= 0.3;
    }
    evaluate(calm);
    evaluate(crash);
    assert_memory_equal(calm->answers, crash->answers, sizeof calm->answers);
    assert_memory_equal(calm->samples, crash->samples, sizeof calm->samples);
    assert_int_equal(calm->instant.volatility_ppm, crash->instant.volatility_ppm);
    assert_true(crash->profits[0] < calm->profits[0]);
    free_world(calm);
    free_world(crash);
}

static void
profits_of_delta_one_are_those_of_the_price(void **state) {
    (void)state;
    world *w = make_world();
    evaluate(w);
    double lot = (double)w->archetypes.instruments[0].lot_e8 / 1e8;
    double gain = (w->closes[AT + 1] - w->closes[AT]) * lot * 1e6;
    assert_true(fabs(w->profits[0] - gain) < 1.0);
    assert_true(fabs(w->profits[1] + gain) < 1.0);
    assert_true(fabs(w->notionals[0] - w->closes[AT] * lot * 1e6) < 1.0);
    // The calendar keeps its one per cent over the index, less a ninetieth.
    double before = w->closes[AT] * 0.01;
    double after = w->closes[AT + 1] * 0.01 * 89.0 / 90.0;
    assert_true(fabs(w->profits[2] - (after - before) * lot * 1e6) < 2.0);
    free_world(w);
}

static void
the_tail_of_the_samples_is_the_models_own(void **state) {
    (void)state;
    world *w = make_world();
    evaluate(w);
    assert_int_equal(w->instant.sample_count, HISTORY);
    for (uint32_t p = 0; p < 2; p += 1) {
        // k = ceil(200 * 1 %) = 2: the second worst.
        int64_t loss = -w->samples[p * HISTORY + 1];
        assert_int_equal(w->answers[p * 2].tail_micros, loss);
        assert_true(w->answers[p * 2].maintenance_micros >= loss);
        assert_true(w->answers[p * 2].initial_micros >= w->answers[p * 2].maintenance_micros);
        assert_true(w->answers[p * 2 + 1].maintenance_micros > 0);
        assert_int_equal(w->answers[p * 2 + 1].tail_micros, 0);
    }
    free_world(w);
}

static void
an_option_that_expires_inside_the_horizon_pays_its_worth(void **state) {
    (void)state;
    world *w = make_world();
    evaluate(w);
    w->backtest.horizon_s = 86400;
    // Thirty days of template become one: the straddle pays |price - strike| less what it cost.
    w->archetypes.expiries[0].expiry_ns = w->archetypes.market.time.ns + PLM_DAY_NS;
    for (uint32_t i = 2; i < PLI_ARCHETYPE_INSTRUMENTS; i += 1) {
        w->archetypes.instruments[i].expiry_ns = w->archetypes.expiries[0].expiry_ns;
    }
    evaluate(w);
    double lot = (double)w->archetypes.instruments[0].lot_e8 / 1e8;
    double move = fabs(w->closes[AT + 1] - w->closes[AT]) * lot * 1e6;
    double sigma = (double)w->instant.volatility_ppm / 1e6 / sqrt(365.0);
    // An at-the-money straddle costs about 0.8 sigma.
    double cost = 0.7978845608 * sigma * w->closes[AT] * lot * 1e6;
    assert_true(fabs(w->profits[4] - (move - cost)) < 0.01 * cost);
    free_world(w);
}

// The instant's own volatility and closes, handed in as what is in force, change nothing; those of yesterday do.
static void
what_is_in_force_replaces_volatility_and_closes_alone(void **state) {
    (void)state;
    world *own = make_world();
    world *given = make_world();
    int64_t ppm = 0;
    assert_int_equal(pli_backtest_volatilities(&given->backtest, AT * INT64_C(86400), given->memory,
                                               given->size, &ppm, NULL),
                     PLM_OK);
    pli_backtest_living living = {.since_s = AT * INT64_C(86400), .volatilities_ppm = &ppm};
    given->backtest.living = &living;
    evaluate(own);
    evaluate(given);
    assert_int_equal(ppm, own->instant.volatility_ppm);
    assert_memory_equal(own->answers, given->answers, sizeof own->answers);
    assert_memory_equal(own->samples, given->samples, sizeof own->samples);
    living.since_s -= 86400;
    evaluate(given);
    assert_true(own->answers[0].tail_micros != given->answers[0].tail_micros);
    ppm *= 4;
    int64_t before = given->answers[0].maintenance_micros;
    evaluate(given);
    assert_true(given->answers[0].maintenance_micros > before);
    assert_memory_equal(own->profits, given->profits, sizeof own->profits);
    assert_true(own->instant.price == given->instant.price);
    free_world(own);
    free_world(given);
}

static void
instants_without_price_or_past_are_refused(void **state) {
    (void)state;
    world *w = make_world();
    plm_fault fault;
    assert_int_equal(pli_backtest_at(&w->backtest, (DAYS + 5) * INT64_C(86400), w->memory, w->size,
                                     &w->instant, &fault),
                     PLM_PRICE_MISSING);
    assert_int_equal(pli_backtest_at(&w->backtest, 100 * INT64_C(86400), w->memory, w->size,
                                     &w->instant, &fault),
                     PLM_HISTORY_SHORT);
    assert_int_equal(
        pli_backtest_at(&w->backtest, AT * INT64_C(86400), w->memory, 4096, &w->instant, &fault),
        PLM_WORKSPACE_SMALL);
    w->archetypes.underlying.domain = PLM_PRICE_DOMAIN_ANY;
    assert_int_equal(
        pli_backtest_at(&w->backtest, AT * INT64_C(86400), w->memory, w->size, &w->instant, &fault),
        PLM_DOMAIN);
    free_world(w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_future_shock_changes_nothing_before_it),
        cmocka_unit_test(profits_of_delta_one_are_those_of_the_price),
        cmocka_unit_test(the_tail_of_the_samples_is_the_models_own),
        cmocka_unit_test(an_option_that_expires_inside_the_horizon_pays_its_worth),
        cmocka_unit_test(what_is_in_force_replaces_volatility_and_closes_alone),
        cmocka_unit_test(instants_without_price_or_past_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
