/* test_text.c: a bounded text stays terminated and prints every integer.               SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

static void
the_widest_integers_print_in_full(void **state) {
    (void)state;
    char data[64];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append_i128(&text, PLI_I128_MIN);
    assert_string_equal(data, "-170141183460469231731687303715884105728");
    text = pli_text_init(data, sizeof data);
    pli_text_append_i128(&text, PLI_I128_MAX);
    assert_string_equal(data, "170141183460469231731687303715884105727");
    text = pli_text_init(data, sizeof data);
    pli_text_append_i128(&text, 0);
    pli_text_append_i64(&text, INT64_MIN);
    pli_text_append_u64(&text, UINT64_MAX);
    assert_string_equal(data, "0-922337203685477580818446744073709551615");
}

static void
what_does_not_fit_is_dropped_and_remembered(void **state) {
    (void)state;
    char data[5] = "####";
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "abcd");
    assert_false(text.is_truncated);
    pli_text_append_char(&text, 'e');
    assert_true(text.is_truncated);
    assert_string_equal(data, "abcd");
    assert_int_equal(text.length, 4);
}

static void
faults_read_as_one_line_and_may_be_absent(void **state) {
    (void)state;
    plm_fault fault;
    assert_int_equal(pli_fault_set(&fault, PLM_DOMAIN, "a", NULL, "c"), PLM_DOMAIN);
    assert_int_equal(fault.status, PLM_DOMAIN);
    assert_string_equal(fault.text, "ac");
    assert_int_equal(pli_fault_set(NULL, PLM_DOMAIN, "a", NULL, NULL), PLM_DOMAIN);
    pli_fault_set_range(&fault, PLM_PARAMETER_INVALID, "rate_ppm", -1, 0, 1000000);
    assert_string_equal(fault.text, "rate_ppm is -1; allowed is 0 to 1000000");
    pli_fault_set_index(&fault, PLM_MARK_MISSING, "instrument", 12, " has no mark");
    assert_string_equal(fault.text, "instrument 12 has no mark");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_widest_integers_print_in_full),
        cmocka_unit_test(what_does_not_fit_is_dropped_and_remembered),
        cmocka_unit_test(faults_read_as_one_line_and_may_be_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
