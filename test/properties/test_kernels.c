/* test_kernels.c: every kernel gives the bits of its plain twin, 10^6 inputs for each.       SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plimsoll/kernel.h"
#include "support/kernels.h"
#include "support/sweeps.h"

static void
every_kernel_gives_the_bits_of_the_reference(void **state) {
    (void)state;
    for (size_t i = 0; i < plm_kernels_count(); i += 1)
        ts_kernel_points(plm_kernels_at(i), 1 + i, 1000000);
}

static void
every_kernel_implies_the_volatilities_of_the_reference(void **state) {
    (void)state;
    for (size_t i = 0; i < plm_kernels_count(); i += 1) {
        ts_kernel_implied(plm_kernels_at(i), 1 + i, 1000000);
    }
}

static void
every_sweep_gives_the_values_of_the_reference(void **state) {
    (void)state;
    for (size_t i = 1; i < plm_kernels_count(); i += 1) {
        ts_sweep_sums(plm_sweep_at(i), 1 + i, 1000000);
    }
    ts_sweep_sums(&ts_sweep_sixteen, 1, 1000000);
}

static void
the_reference_comes_first_and_the_best_last(void **state) {
    (void)state;
    size_t count = plm_kernels_count();
    assert_true(count >= 1);
    assert_ptr_equal(plm_kernels_at(0), &plm_kernels_reference);
    assert_ptr_equal(plm_kernels_best(), plm_kernels_at(count - 1));
    assert_null(plm_kernels_at(count));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_gives_the_bits_of_the_reference),
        cmocka_unit_test(every_kernel_implies_the_volatilities_of_the_reference),
        cmocka_unit_test(every_sweep_gives_the_values_of_the_reference),
        cmocka_unit_test(the_reference_comes_first_and_the_best_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
