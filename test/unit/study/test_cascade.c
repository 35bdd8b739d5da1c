/* test_cascade.c: fixed points whose value is known.                                   SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/cascade.h"

enum { MARKETS = 2 };

/* crowd - sells slope * |move| of the first market, and `step` of the second once it has moved by `from`. */
typedef struct crowd {
    double slope, from, step;
    plm_status status;
} crowd;

static plm_status
flow(void *context, const double *moves, double *flows) {
    const crowd *of = context;
    flows[0] = of->slope * -moves[0];
    flows[1] = fabs(moves[1]) >= of->from ? of->step * (moves[1] < 0 ? 1 : -1) : 0;
    return of->status;
}

typedef struct search {
    double shocks[MARKETS], depths[MARKETS];
    double first[MARKETS], flows[MARKETS], moves[MARKETS];
    pli_cascade_question question;
    pli_cascade_end end;
} search;

static plm_status
solve(search *of, crowd *people) {
    of->question = (pli_cascade_question){.market_count = MARKETS,
                                          .shocks = of->shocks,
                                          .depths = of->depths,
                                          .band = 0.01,
                                          .extra_max = 0.5,
                                          .rounds_max = 200,
                                          .flow = flow,
                                          .context = people};
    of->end = (pli_cascade_end){.flows_first = of->first, .flows = of->flows, .moves = of->moves};
    return pli_cascade_solve(&of->question, &of->end);
}

static void
what_is_sold_in_proportion_gives_a_geometric_series(void **state) {
    (void)state;
    // x = 0.1 + 0.01 * (slope / depth) * x with slope / depth = 60: x = 0.1 / (1 - 0.6) = 0.25.
    crowd people = {.slope = 6000.0, .from = 1.0};
    search of = {.shocks = {-0.1, -0.1}, .depths = {100.0, 100.0}};
    assert_int_equal(solve(&of, &people), PLM_OK);
    assert_true(of.end.is_settled);
    assert_true(fabs(of.moves[0] + 0.25) < 1e-5);
    assert_true(fabs(of.first[0] - 600.0) < 1e-9);
    assert_true(of.moves[1] == -0.1);
}

static void
a_step_is_taken_once_and_no_further_than_allowed(void **state) {
    (void)state;
    crowd people = {.from = 0.1, .step = 300.0};
    search of = {.shocks = {0.0, 0.1}, .depths = {0.0, 100.0}};
    assert_int_equal(solve(&of, &people), PLM_OK);
    // Bought back: 3 % more, after which nothing new happens.
    assert_true(fabs(of.moves[1] - 0.13) < 1e-12);
    assert_int_equal(of.end.rounds, 2);
    assert_true(of.moves[0] == 0.0);
    people.step = 1e9;
    assert_int_equal(solve(&of, &people), PLM_OK);
    assert_true(fabs(of.moves[1] - 0.6) < 1e-12);
}

static void
a_market_of_unknown_depth_goes_all_the_way(void **state) {
    (void)state;
    crowd people = {.from = 0.1, .step = 1.0};
    search of = {.shocks = {-0.8, -0.1}, .depths = {100.0, 0.0}};
    people.slope = 1e6;
    assert_int_equal(solve(&of, &people), PLM_OK);
    assert_true(fabs(of.moves[1] + 0.6) < 1e-12);
    // No price falls to nothing.
    assert_true(of.moves[0] == -0.99);
}

static void
flow_against_the_shock_adds_nothing(void **state) {
    (void)state;
    crowd people = {.slope = -5000.0, .from = 1.0};
    search of = {.shocks = {-0.1, 0.0}, .depths = {100.0, 100.0}};
    assert_int_equal(solve(&of, &people), PLM_OK);
    assert_true(of.moves[0] == -0.1);
    assert_int_equal(of.end.rounds, 1);
}

static void
what_cannot_be_is_refused(void **state) {
    (void)state;
    crowd people = {.from = 1.0};
    search of = {.shocks = {-1.0, 0.0}, .depths = {100.0, 100.0}};
    assert_int_equal(solve(&of, &people), PLM_PARAMETER_INVALID);
    of = (search){.shocks = {-0.1, 0.0}, .depths = {NAN, 100.0}};
    assert_int_equal(solve(&of, &people), PLM_PARAMETER_INVALID);
    of = (search){.shocks = {-0.1, 0.0}, .depths = {100.0, 100.0}};
    people.status = PLM_MARK_MISSING;
    assert_int_equal(solve(&of, &people), PLM_MARK_MISSING);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sold_in_proportion_gives_a_geometric_series),
        cmocka_unit_test(a_step_is_taken_once_and_no_further_than_allowed),
        cmocka_unit_test(a_market_of_unknown_depth_goes_all_the_way),
        cmocka_unit_test(flow_against_the_shock_adds_nothing),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
