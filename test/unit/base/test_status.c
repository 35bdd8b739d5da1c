/* test_status.c: every status has one number, its own name and a text.                SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plimsoll/status.h"

typedef struct row {
    plm_status status;
    int number;
    const char *name;
} row;

static const row rows[] = {
#define ROW(name, number, text) {name, number, #name},
    PLM_STATUS_LIST(ROW)
#undef ROW
};
static const size_t row_count = sizeof rows / sizeof rows[0];

static void
ok_is_zero(void **state) {
    (void)state;
    assert_int_equal(PLM_OK, 0);
}

static void
numbers_rise_and_do_not_repeat(void **state) {
    (void)state;
    for (size_t i = 1; i < row_count; i += 1) {
        assert_true(rows[i].number > rows[i - 1].number);
    }
}

static void
every_status_answers_its_own_name_and_a_text(void **state) {
    (void)state;
    for (size_t i = 0; i < row_count; i += 1) {
        const char *text = plm_status_text(rows[i].status);
        assert_string_equal(plm_status_name(rows[i].status), rows[i].name);
        assert_true(text[0] != '\0');
        assert_string_not_equal(text, "unknown status");
    }
}

static void
a_number_that_is_no_status_is_called_unknown(void **state) {
    (void)state;
    assert_string_equal(plm_status_name((plm_status)99), "PLM_UNKNOWN");
    assert_string_equal(plm_status_text((plm_status)99), "unknown status");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ok_is_zero),
        cmocka_unit_test(numbers_rise_and_do_not_repeat),
        cmocka_unit_test(every_status_answers_its_own_name_and_a_text),
        cmocka_unit_test(a_number_that_is_no_status_is_called_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
