/* test_conform.c: the comparison of case files, on small files made for it.            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "io/json.h"
#include "study/tolerance.h"
#include "support/conform.h"

static bool
passes(const char *expected, const char *got, const char *rule) {
    char text[512];
    int size =
        snprintf(text, sizeof text, "{\"e\": %s, \"g\": %s, \"r\": %s}", expected, got, rule);
    pli_bytes bytes = {.data = (uint8_t *)text, .size = (size_t)size};
    pli_document document = {0};
    plm_fault fault = {0};
    if (pli_json_parse("test", bytes, &document, &fault) != PLM_OK)
        fail_msg("%s", fault.text);
    pli_verdict verdict = {0};
    plm_status status =
        pli_tolerance_compare(pli_node_find(document.root, "e"), pli_node_find(document.root, "g"),
                              pli_node_find(document.root, "r"), &verdict);
    pli_document_finish(&document);
    if (status != PLM_OK)
        fail_msg("%s: %s", rule, plm_status_text(status));
    return verdict.is_pass;
}

static void
exact_is_equality_of_numbers(void **state) {
    (void)state;
    assert_true(passes("\"1\"", "1.0", "{\"exact\": true}"));
    assert_true(passes("\"-0\"", "0", "{\"exact\": true}"));
    assert_true(passes("\"49999/100\"", "\"499.99\"", "{\"exact\": true}"));
    assert_false(passes("1", "1.0000000000000000000000000001", "{\"exact\": true}"));
    assert_true(passes("\"StaleForAMM\"", "\"StaleForAMM\"", "{\"exact\": true}"));
    assert_false(passes("\"Valid\"", "\"StaleForAMM\"", "{\"abs\": \"1\"}"));
    assert_true(passes("true", "true", "{\"exact\": true}"));
    assert_false(passes("true", "false", "{\"abs\": \"1\"}"));
}

static void
absolute_and_relative_bounds_include_their_ends(void **state) {
    (void)state;
    assert_true(passes("10", "10.001", "{\"abs\": \"0.001\"}"));
    assert_false(passes("10", "10.0010000001", "{\"abs\": \"0.001\"}"));
    assert_true(passes("-100", "-101", "{\"rel\": \"0.01\"}"));
    assert_false(passes("-100", "-101.01", "{\"rel\": \"0.01\"}"));
    assert_true(passes("0", "1e-9", "{\"rel\": \"1e-8\", \"abs\": \"1e-8\"}"));
    assert_false(passes("0", "1e-9", "{\"rel\": \"1e-8\"}"));
}

static void
rounding_is_of_the_computed_value(void **state) {
    (void)state;
    assert_true(passes("-12", "-12.99", "{\"exact\": true, \"rounding\": \"trunc:0\"}"));
    assert_false(passes("-13", "-12.99", "{\"exact\": true, \"rounding\": \"trunc:0\"}"));
    assert_true(passes("-13", "-12.01", "{\"exact\": true, \"rounding\": \"floor:0\"}"));
    assert_true(passes("1.24", "1.2301", "{\"exact\": true, \"rounding\": \"ceil:2\"}"));
    assert_true(passes("0.13", "0.125", "{\"exact\": true, \"rounding\": \"nearest:2\"}"));
    assert_true(passes("-0.13", "-0.125", "{\"exact\": true, \"rounding\": \"nearest:2\"}"));
    assert_true(passes("100", "99.99999999", "{\"abs\": \"1e-6\", \"rounding\": \"trunc:0\"}"));
    assert_false(passes("100", "99.9", "{\"abs\": \"1e-6\", \"rounding\": \"trunc:0\"}"));
}

static void
patterns_cover_what_stands_below_them(void **state) {
    (void)state;
    assert_true(pli_tolerance_path_covers("a", "a"));
    assert_true(pli_tolerance_path_covers("a", "a.0.b"));
    assert_true(pli_tolerance_path_covers("a.*.b", "a.17.b.c"));
    assert_true(pli_tolerance_path_covers("*", "a"));
    assert_false(pli_tolerance_path_covers("a", "ab"));
    assert_false(pli_tolerance_path_covers("a.*.b", "a.b"));
    assert_false(pli_tolerance_path_covers("a.0", "a.01"));
    assert_false(pli_tolerance_path_covers("a.b", "a"));
}

// mul_ppm stands for any formula with one unnamed result, margin_requirements for one with two names.
#define HEAD "{\"schema\": \"plimsoll-vectors/1\", \"cases\": ["
#define ONE(extra)                                                                                 \
    "{\"id\": \"x\", \"formula\": \"dydx.big_mul_ppm\", "                                          \
    "\"inputs\": {\"value\": \"5\", \"ppm\": \"500000\", \"round_up\": false}, " extra "}"

static void
a_case_passes_fails_or_is_left_out(void **state) {
    (void)state;
    const char *file = HEAD ONE("\"expected\": 2, \"tolerance\": {\"exact\": true}") "," ONE(
        "\"expected\": 3, "
        "\"tolerance\": "
        "{\"exact\": "
        "true}") "," ONE("\"expected\": 9, \"tolerance\": {\"exact\": true}, \"informative\": "
                         "true") "," ONE("\"expected\": 2, \"tolerance\": {\"exact\": true}, "
                                         "\"also_formulas\": [\"no.such_formula\"]") "," ONE("\"exp"
                                                                                             "ected"
                                                                                             "\": "
                                                                                             "{\"a"
                                                                                             "\": "
                                                                                             "2}, "
                                                                                             "\"tol"
                                                                                             "eranc"
                                                                                             "e\": "
                                                                                             "{"
                                                                                             "\"exa"
                                                                                             "ct\":"
                                                                                             " true"
                                                                                             "}") "]}";
    const pli_conform_tally *tally = ts_conform_text(file);
    assert_int_equal(tally->passed, 1);
    assert_int_equal(tally->failed, 3);
    assert_int_equal(tally->informative, 1);
    assert_int_equal(tally->formula_count, 2);
    assert_string_equal(tally->formulas[0].name, "dydx.big_mul_ppm");
    assert_int_equal(tally->formulas[0].passed, 2);
    assert_int_equal(tally->formulas[0].failed, 2);
    assert_true(tally->formulas[0].worst_relative_error > 0.33 &&
                tally->formulas[0].worst_relative_error < 0.34);
}

#define TWO(imr, mmr, extra)                                                                       \
    "{\"id\": \"y\", \"formula\": \"dydx.margin_requirements\", \"inputs\": {"                     \
    "\"atomic_resolution\": -6, \"price\": 100, \"price_exponent\": 0, "                           \
    "\"initial_margin_ppm\": 100000, \"maintenance_fraction_ppm\": 500000, "                       \
    "\"base_quantums\": \"100\"}, \"expected\": {\"imr\": " imr ", \"mmr\": " mmr                  \
    "}, \"tolerance\": {\"exact\": true" extra "}"

static void
fields_and_unchecked_paths_change_the_rule(void **state) {
    (void)state;
    const char *file = HEAD
        TWO("1000", "500", "}") "," TWO("1001", "500", ", \"fields\": {\"imr\": {\"abs\": \"1\"}}}") "," TWO(
            "7", "500", "}, \"unchecked\": [\"imr\"]") "," TWO("1001", "501",
                                                               ", \"fields\": {\"imr\": {\"abs\": "
                                                               "\"1\"}}}") "]}";
    const pli_conform_tally *tally = ts_conform_text(file);
    assert_int_equal(tally->passed, 3);
    assert_int_equal(tally->failed, 1);
}

static void
inputs_that_cannot_be_read_fail_the_case(void **state) {
    (void)state;
    const char *file =
        HEAD "{\"id\": \"a\", \"formula\": \"dydx.big_mul_ppm\", \"inputs\": {}, \"expected\": 1, "
             "\"tolerance\": {\"exact\": true}}, "
             "{\"id\": \"b\", \"formula\": \"dydx.big_mul_ppm\", \"inputs\": {\"value\": 1.5, "
             "\"ppm\": 1, "
             "\"round_up\": true}, \"expected\": 1, \"tolerance\": {\"exact\": true}}, "
             "{\"id\": \"c\", \"formula\": \"dydx.big_mul_ppm\", \"inputs\": {\"value\": 1, "
             "\"ppm\": [], "
             "\"round_up\": true}, \"expected\": 1, \"tolerance\": {\"exact\": true}}]}";
    const pli_conform_tally *tally = ts_conform_text(file);
    assert_int_equal(tally->failed, 3);
}

static plm_status
run_malformed(const char *text, char *message) {
    static _Alignas(64) unsigned char memory[PLI_CONFORM_MEMORY];
    static pli_conform_tally tally;
    uint8_t copy[512];
    pli_bytes bytes = {.data = copy, .size = strlen(text)};
    memcpy(copy, text, bytes.size + 1);
    pli_document document = {0};
    plm_fault fault = {0};
    assert_int_equal(pli_json_parse("test", bytes, &document, &fault), PLM_OK);
    pli_conform_options options = {.memory = memory, .memory_size = sizeof memory};
    plm_status status = pli_conform_file(document.root, &options, &tally, &fault);
    pli_document_finish(&document);
    strcpy(message, fault.text);
    return status;
}

static void
a_file_of_another_form_is_refused_with_its_line(void **state) {
    (void)state;
    char message[PLM_FAULT_TEXT_SIZE];
    assert_int_equal(run_malformed("{\"schema\": \"other\"}", message), PLM_VALUE_INVALID);
    assert_int_equal(run_malformed("{\"schema\": \"plimsoll-vectors/1\"}", message),
                     PLM_KEY_MISSING);
    assert_int_equal(run_malformed(HEAD "\n{\"id\": \"x\"}]}", message), PLM_KEY_MISSING);
    assert_string_equal(message, "line 2: the case has no formula");
    assert_int_equal(run_malformed(HEAD "7]}", message), PLM_VALUE_INVALID);
    assert_int_equal(run_malformed(HEAD ONE("\"expected\": 1, \"tolerance\": 1") "]}", message),
                     PLM_VALUE_INVALID);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_is_equality_of_numbers),
        cmocka_unit_test(absolute_and_relative_bounds_include_their_ends),
        cmocka_unit_test(rounding_is_of_the_computed_value),
        cmocka_unit_test(patterns_cover_what_stands_below_them),
        cmocka_unit_test(a_case_passes_fails_or_is_left_out),
        cmocka_unit_test(fields_and_unchecked_paths_change_the_rule),
        cmocka_unit_test(inputs_that_cannot_be_read_fail_the_case),
        cmocka_unit_test(a_file_of_another_form_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
