/* test_shrinkage.c: what shrunk covariances must keep whatever the sample.              SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "forecast/linear.h"
#include "forecast/shrinkage.h"

#define DAYS 40u
#define SERIES_MAX 60u

static double values[DAYS * SERIES_MAX];
static double workspace[2 * SERIES_MAX * SERIES_MAX + 4 * SERIES_MAX];
static double covariance[SERIES_MAX * SERIES_MAX];

static void
make_returns(size_t series_count) {
    pli_prng prng = pli_prng_init(7);
    for (size_t t = 0; t < DAYS; t += 1) {
        double common = pli_prng_unit(&prng) - 0.5;
        for (size_t j = 0; j < series_count; j += 1) {
            values[t * series_count + j] =
                common + (1 + 0.1 * (double)j) * (pli_prng_unit(&prng) - 0.5);
        }
    }
}

static double
sample_trace(size_t p) {
    double trace = 0;
    for (size_t j = 0; j < p; j += 1) {
        double mean = 0;
        for (size_t t = 0; t < DAYS; t += 1) {
            mean += values[t * p + j] / DAYS;
        }
        for (size_t t = 0; t < DAYS; t += 1) {
            trace += (values[t * p + j] - mean) * (values[t * p + j] - mean) / (DAYS - 1);
        }
    }
    return trace;
}

static void
assert_usable(size_t p, pli_shrinkage_method method) {
    const pli_returns returns = {.day_count = DAYS, .series_count = p, .values = values};
    double intensity = -1;
    assert_int_equal(pli_shrinkage_estimate(&returns, method, workspace, sizeof workspace,
                                            &intensity, covariance),
                     PLM_OK);
    assert_true(intensity >= 0 && intensity <= 1);
    double trace = 0;
    for (size_t i = 0; i < p; i += 1) {
        trace += covariance[i * p + i];
        for (size_t j = 0; j < p; j += 1) {
            assert_memory_equal(&covariance[i * p + j], &covariance[j * p + i], sizeof(double));
        }
    }
    assert_true(fabs(trace / sample_trace(p) - 1) <= 1e-12);
    assert_int_equal(pli_cholesky_factor(covariance, p), PLM_OK);
}

static void
shrunk_matrix_is_positive_and_keeps_the_total_variance(void **state) {
    (void)state;
    const size_t sizes[3] = {3, 20, SERIES_MAX};
    for (size_t i = 0; i < 3; i += 1) {
        make_returns(sizes[i]);
        for (int method = 1; method <= 3; method += 1) {
            assert_usable(sizes[i], (pli_shrinkage_method)method);
        }
    }
}

static void
samples_that_cannot_be_shrunk_are_refused(void **state) {
    (void)state;
    make_returns(3);
    pli_returns returns = {.day_count = 3, .series_count = 3, .values = values};
    double intensity;
    const pli_shrinkage_method method = PLI_SHRINKAGE_QUADRATIC;
    assert_int_equal(pli_shrinkage_estimate(&returns, method, workspace, sizeof workspace,
                                            &intensity, covariance),
                     PLM_HISTORY_SHORT);
    returns.day_count = 4;
    assert_int_equal(pli_shrinkage_estimate(&returns, method, workspace, sizeof workspace,
                                            &intensity, covariance),
                     PLM_HISTORY_SHORT);
    returns.day_count = DAYS;
    assert_int_equal(pli_shrinkage_estimate(&returns, method, workspace, pli_shrinkage_size(3) - 1,
                                            &intensity, covariance),
                     PLM_WORKSPACE_SMALL);
    returns.series_count = PLI_SHRINKAGE_SERIES_MAX + 1;
    assert_int_equal(pli_shrinkage_size(returns.series_count), 0);
    assert_int_equal(pli_shrinkage_estimate(&returns, method, workspace, sizeof workspace,
                                            &intensity, covariance),
                     PLM_LIMIT);
    returns.series_count = 3;
    values[4] = INFINITY;
    assert_int_equal(pli_shrinkage_estimate(&returns, method, workspace, sizeof workspace,
                                            &intensity, covariance),
                     PLM_NOT_FINITE);
    for (size_t i = 0; i < 3 * DAYS; i += 1) {
        values[i] = 1;
    }
    assert_int_equal(pli_shrinkage_estimate(&returns, method, workspace, sizeof workspace,
                                            &intensity, covariance),
                     PLM_DOMAIN);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shrunk_matrix_is_positive_and_keeps_the_total_variance),
        cmocka_unit_test(samples_that_cannot_be_shrunk_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
