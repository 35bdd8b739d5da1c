/* test_simplex.c: the descent finds known minima and never goes up.                    SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "market/simplex.h"

static const double steps[PLI_SIMPLEX_SIZE] = {0.5, 0.5, 0.5, 0.5, 0.5};

static double
bowl(const void *context, const double *x) {
    (void)context;
    double sum = 3;
    for (int i = 0; i < PLI_SIMPLEX_SIZE; i += 1) {
        sum += (i + 1) * (x[i] - i) * (x[i] - i);
    }
    return sum;
}

// H. Rosenbrock's valley (1960) in the first two variables.
static double
valley(const void *context, const double *x) {
    (void)context;
    double bend = x[1] - x[0] * x[0];
    double sum = 100 * bend * bend + (1 - x[0]) * (1 - x[0]);
    for (int i = 2; i < PLI_SIMPLEX_SIZE; i += 1) {
        sum += x[i] * x[i];
    }
    return sum;
}

static double
corners_of_absolute_values(const void *context, const double *x) {
    const double *weight = context;
    double sum = 0;
    for (int i = 0; i < PLI_SIMPLEX_SIZE; i += 1) {
        sum += *weight * fabs(x[i] - 1);
    }
    return sum;
}

static void
smooth_minimum_is_found(void **state) {
    (void)state;
    double x[PLI_SIMPLEX_SIZE] = {5, -5, 5, -5, 5};
    double value = pli_simplex_minimise(bowl, NULL, x, steps, 2000);
    assert_true(value - 3 < 1e-8);
    for (int i = 0; i < PLI_SIMPLEX_SIZE; i += 1) {
        assert_true(fabs(x[i] - i) < 1e-3);
    }
}

static void
curved_valley_is_followed_to_its_end(void **state) {
    (void)state;
    double x[PLI_SIMPLEX_SIZE] = {-1.2, 1, 0.5, 0.5, 0.5};
    for (int i = 0; i < 5; i += 1) {
        (void)pli_simplex_minimise(valley, NULL, x, steps, 1000);
    }
    assert_true(fabs(x[0] - 1) < 1e-3 && fabs(x[1] - 1) < 1e-3);
}

static void
value_never_rises_and_belongs_to_the_point(void **state) {
    (void)state;
    double weight = 2;
    for (int most = 0; most <= 200; most += 20) {
        double x[PLI_SIMPLEX_SIZE] = {4, 3, 2, 0, -1};
        double before = corners_of_absolute_values(&weight, x);
        double value = pli_simplex_minimise(corners_of_absolute_values, &weight, x, steps, most);
        assert_true(value <= before);
        assert_true(value == corners_of_absolute_values(&weight, x));
    }
}

static void
same_start_gives_the_same_bits(void **state) {
    (void)state;
    double first[PLI_SIMPLEX_SIZE] = {1, 2, 3, 4, 5};
    double second[PLI_SIMPLEX_SIZE] = {1, 2, 3, 4, 5};
    (void)pli_simplex_minimise(valley, NULL, first, steps, 77);
    (void)pli_simplex_minimise(valley, NULL, second, steps, 77);
    assert_memory_equal(first, second, sizeof first);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smooth_minimum_is_found),
        cmocka_unit_test(curved_valley_is_followed_to_its_end),
        cmocka_unit_test(value_never_rises_and_belongs_to_the_point),
        cmocka_unit_test(same_start_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
