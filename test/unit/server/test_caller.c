/* test_caller.c: requests whose signature does not hold are refused, ten thousand of them.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/forged.h"

static void
of_ten_thousand_forged_requests_none_is_accepted(void **state) {
    (void)state;
    ts_forged_run(1, 10000);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_ten_thousand_forged_requests_none_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
