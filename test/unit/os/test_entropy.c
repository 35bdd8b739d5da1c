/* test_entropy.c: random bytes come, and other ones each time.                         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "os/entropy.h"

static void
two_readings_differ(void **state) {
    (void)state;
    uint8_t first[32] = {0};
    uint8_t second[32] = {0};
    assert_int_equal(pli_entropy_read(first, sizeof first, NULL), PLM_OK);
    assert_int_equal(pli_entropy_read(second, sizeof second, NULL), PLM_OK);
    assert_memory_not_equal(first, second, sizeof first);
}

int
main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_readings_differ)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
