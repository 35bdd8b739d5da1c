/* test_fhs.c: filtered historical simulation, worked example, from prices to scenarios.   SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/json.h"
#include "support/scenario_world.h"

#define RETURN_MAX 32

static ts_world world;

static int
free_all(void **state) {
    (void)state;
    ts_world_free_all();
    return 0;
}

// Closes are running products of the published returns, so each return comes back within a few units
// of the last place of 1, relative to returns of a percent.
static void
assert_set_reproduces(int64_t scaling, const char *column) {
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/fhs_worked_example.json");
    double returns[RETURN_MAX];
    double expected[RETURN_MAX];
    size_t count = ts_json_doubles(ts_json_get(root, "returns"), returns, RETURN_MAX - 1);
    assert_int_equal(ts_json_doubles(ts_json_get(root, column), expected, RETURN_MAX), count);
    ts_world_init(&world);
    world.closes[0][0] = 100.0;
    for (size_t i = 0; i < count; i += 1) {
        world.closes[0][i + 1] = world.closes[0][i] * (1.0 + returns[i]);
    }
    world.histories[0].day_count = (uint32_t)count + 1;
    world.request.history_count = 1;
    world.parameters.history_minimum = (int64_t)count;
    world.parameters.history_count = (int64_t)count;
    world.parameters.history_scaling = scaling;
    world.parameters.history_lambda_ppm =
        (int64_t)(ts_json_double(ts_json_get(root, "lambda")) * 1e6 + 0.5);
    world.classes[0].volatility_floor_ppm = 0;
    plm_scenario_set set = ts_world_make(&world);
    assert_int_equal(set.header.history_count, count);
    for (size_t i = 0; i < count; i += 1) {
        double seen = set.history_returns[i * TS_UNDERLYING_COUNT + TS_U_BTC];
        if (!(fabs(seen - expected[i]) <= 1e-15)) {
            fail_msg("day %zu is %.17g, expected %.17g", i, seen, expected[i]);
        }
    }
    ts_json_free(root);
}

static void
plain_scaling_reproduces_the_worked_example_from_prices(void **state) {
    (void)state;
    assert_set_reproduces(PLM_HISTORY_SCALING_PLAIN, "fhs");
}

static void
mid_volatility_scaling_reproduces_the_worked_example_from_prices(void **state) {
    (void)state;
    assert_set_reproduces(PLM_HISTORY_SCALING_MID, "fhs_midvol");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(plain_scaling_reproduces_the_worked_example_from_prices,
                                  free_all),
        cmocka_unit_test_teardown(mid_volatility_scaling_reproduces_the_worked_example_from_prices,
                                  free_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
