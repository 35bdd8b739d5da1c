/* test_kernels_long.c: every kernel gives the bits of its plain twin, 10^8 inputs for each. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plimsoll/kernel.h"
#include "support/kernels.h"

static void
every_kernel_gives_the_bits_of_the_reference(void **state) {
    (void)state;
    for (size_t i = 0; i < plm_kernels_count(); i += 1)
        ts_kernel_points(plm_kernels_at(i), 1001 + i, 100000000);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_gives_the_bits_of_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
