/* test_kernels_long.c: every kernel gives the bits of its plain twin, millions of inputs for each. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plimsoll/kernel.h"
#include "support/kernels.h"
#include "support/sweeps.h"

/* Usage: test_kernels_long [MILLIONS]: inputs for each kernel; 20 where nothing is said. */
static uint64_t millions = 20;

static void
every_kernel_gives_the_bits_of_the_reference(void **state) {
    (void)state;
    for (size_t i = 0; i < plm_kernels_count(); i += 1)
        ts_kernel_points(plm_kernels_at(i), 1001 + i, 1000000 * millions);
}

static void
every_kernel_implies_the_volatilities_of_the_reference(void **state) {
    (void)state;
    for (size_t i = 0; i < plm_kernels_count(); i += 1) {
        ts_kernel_implied(plm_kernels_at(i), 1001 + i, 1000000 * millions);
    }
}

static void
every_sweep_gives_the_values_of_the_reference(void **state) {
    (void)state;
    for (size_t i = 1; i < plm_kernels_count(); i += 1) {
        ts_sweep_sums(plm_sweep_at(i), 1001 + i, 1000000 * millions);
    }
    ts_sweep_sums(&ts_sweep_sixteen, 1001, 1000000 * millions);
}

int
main(int argument_count, char **arguments) {
    millions = argument_count == 2 ? strtoull(arguments[1], NULL, 10) : millions;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_gives_the_bits_of_the_reference),
        cmocka_unit_test(every_kernel_implies_the_volatilities_of_the_reference),
        cmocka_unit_test(every_sweep_gives_the_values_of_the_reference),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    printf("%llu million inputs, %d failed\n", (unsigned long long)millions, failed);
    return failed;
}
