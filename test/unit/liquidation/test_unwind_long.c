/* test_unwind_long.c: plans against the cheapest of all choices, on accounts small enough to try every one.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/unwind_world.h"

typedef struct sample {
    const plm_model *model;
    uint32_t evaluations_max;
    uint32_t legs;
    int64_t lots_max;
    uint32_t draws;
    uint32_t missed; /* allowed: the target can be reached, and the plan falls short */
    double worst;    /* allowed, as measured: docs/method/liquidation.md */
} sample;

typedef struct tally {
    uint32_t plans, exact, missed, unreachable, evaluations;
    double sum, worst;
} tally;

static ts_unwind world;

static void
compare(tally *of) {
    pli_unwind_plan plan = ts_unwind_plan(&world);
    ts_unwind_check(&world, &plan);
    int64_t best = ts_unwind_cheapest(&world);
    of->evaluations += plan.evaluation_count;
    if (best == INT64_MAX) {
        assert_true(plan.outcome == PLI_UNWIND_SHORT || plan.outcome == PLI_UNWIND_NOTHING);
        of->unreachable += 1;
        return;
    }
    if (plan.outcome != PLI_UNWIND_WHOLE) {
        of->missed += 1;
        return;
    }
    assert_true(plan.cost_total_micros >= best);
    double gap = (double)(plan.cost_total_micros - best) / (double)best;
    of->plans += 1;
    of->exact += plan.cost_total_micros == best ? 1 : 0;
    of->sum += gap;
    of->worst = gap > of->worst ? gap : of->worst;
}

static void
measure(const sample *row) {
    pli_prng prng = pli_prng_init(7);
    tally of = {.plans = 0};
    ts_unwind_init(&world, row->model);
    world.rules.evaluations_max = row->evaluations_max;
    for (uint32_t draw = 0; draw < row->draws; draw += 1) {
        if (ts_unwind_draw(&world, &prng, row->legs, row->lots_max)) {
            compare(&of);
        }
    }
    ts_unwind_finish(&world);
    printf("| %s | %u | %u | %lld | %u | %u | %.2f %% | %.1f %% | %u | %u | %u |\n",
           row->model->name, row->evaluations_max, row->legs, (long long)row->lots_max, of.plans,
           of.exact, 100 * of.sum / of.plans, 100 * of.worst, of.missed, of.unreachable,
           of.evaluations / (of.plans + of.missed + of.unreachable));
    assert_true(of.worst <= row->worst);
    assert_true(of.missed <= row->missed);
}

static void
plans_cost_little_more_than_the_cheapest_of_all_choices(void **state) {
    (void)state;
    static const sample rows[] = {
        {&plm_model_tiered, 1024, 1, 1000, 300, 0, 0},
        {&plm_model_tiered, 1024, 2, 100, 200, 0, 0.01},
        {&plm_model_tiered, 1024, 3, 25, 100, 0, 0.16},
        {&plm_model_tiered, 1024, 4, 10, 60, 0, 0.05},
        {&plm_model_tiered, 256, 3, 25, 100, 0, 0.16},
        {&plm_model_portfolio, 1024, 2, 40, 60, 0, 0},
        {&plm_model_portfolio, 1024, 3, 12, 60, 0, 0},
        {&plm_model_portfolio, 1024, 4, 5, 60, 0, 0},
        {&plm_model_portfolio, 256, 3, 12, 60, 0, 0},
    };
    printf("| model | evaluations at most | positions | lots up to | accounts | optimal | mean gap "
           "| largest gap | "
           "missed | cannot be reached | evaluations, mean |\n");
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        measure(&rows[i]);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_cost_little_more_than_the_cheapest_of_all_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
