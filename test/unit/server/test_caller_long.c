/* test_caller_long.c: of a hundred thousand requests whose signature does not hold none is accepted.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/forged.h"

/* Usage: test_caller_long [SEED COUNT]: so many requests; 100,000 of seed 2. test/release/rows.toml has more. */
static uint64_t seed = 2, count = 100000;

static void
of_the_forged_requests_none_is_accepted(void **state) {
    (void)state;
    ts_forged_run(seed, count);
}

int
main(int argument_count, char **arguments) {
    if (argument_count == 3) {
        seed = strtoull(arguments[1], NULL, 10);
        count = strtoull(arguments[2], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_the_forged_requests_none_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
