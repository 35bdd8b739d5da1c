/* test_conform.c: reading the inputs of a case and writing its results.                SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/json.h"
#include "venue/formulas.h"

static uint8_t text[4096];
static _Alignas(64) unsigned char memory[8192];
static pli_document document;
static plm_fault fault;
static pli_arena arena;

static pli_case
open_case(const char *json) {
    pli_document_finish(&document);
    pli_bytes bytes = {.data = text, .size = strlen(json)};
    memcpy(text, json, bytes.size + 1);
    assert_int_equal(pli_json_parse("test", bytes, &document, &fault), PLM_OK);
    fault = (plm_fault){0};
    return (pli_case){.id = "x", .inputs = document.root, .arena = &arena, .fault = &fault};
}

static void
numbers_are_read_from_texts_numbers_and_fractions(void **state) {
    (void)state;
    pli_case test = open_case("{\"a\": \"-170141183460469231731687303715884105727\", \"b\": 12.50, "
                              "\"c\": \"49999/100\", \"d\": 1e-3, \"e\": true, \"f\": \"word\"}");
    pli_i128 wide = 0;
    pli_i128 scaled = 0;
    double c = 0.0;
    double d = 0.0;
    bool e = false;
    const char *f = "";
    pli_case_decimal(&test, test.inputs, "b", 3, &scaled);
    pli_case_double(&test, test.inputs, "c", &c);
    pli_case_double(&test, test.inputs, "d", &d);
    pli_case_bool(&test, test.inputs, "e", &e);
    pli_case_text(&test, test.inputs, "f", &f);
    assert_int_equal(test.status, PLM_OK);
    assert_true(scaled == 12500);
    assert_true(c == 499.99);
    assert_true(d == 0.001);
    assert_true(e);
    assert_string_equal(f, "word");
    // Beyond 10^38 - 1 there is no parsed integer.
    pli_case_i128(&test, test.inputs, "a", &wide);
    assert_int_equal(test.status, PLM_OVERFLOW);
    assert_true(wide == 0);
}

static void
first_refusal_stays_and_names_line_and_key(void **state) {
    (void)state;
    pli_case test = open_case("{\n\"a\": 1.5,\n\"b\": [1], \"c\": 7}");
    int64_t a = 3;
    int64_t c = 3;
    pli_case_i64(&test, test.inputs, "a", &a);
    pli_case_i64(&test, test.inputs, "b", &a);
    pli_case_i64(&test, test.inputs, "c", &c);
    assert_int_equal(test.status, PLM_TEXT_PRECISION);
    assert_int_equal(a, 3);
    assert_int_equal(c, 3);
    assert_string_equal(fault.text,
                        "line 2: a: the number has more decimals than its unit can hold");
}

static void
absent_and_null_keys_are_told_apart_from_values(void **state) {
    (void)state;
    pli_case test = open_case("{\"a\": null, \"b\": 0}");
    assert_false(pli_case_has(test.inputs, "a"));
    assert_true(pli_case_has(test.inputs, "b"));
    assert_false(pli_case_has(test.inputs, "c"));
    assert_null(pli_case_list(&test, test.inputs, "b"));
    assert_int_equal(test.status, PLM_VALUE_INVALID);
    test.status = PLM_OK;
    assert_null(pli_case_object(&test, test.inputs, "c"));
    assert_int_equal(test.status, PLM_KEY_MISSING);
}

static void
entries_of_lists_are_numbers_too(void **state) {
    (void)state;
    pli_case test = open_case("{\"a\": [\"0.5\", 7]}");
    const pli_node *list = pli_case_list(&test, test.inputs, "a");
    double first = 0.0;
    pli_i128 second = 0;
    pli_case_entry_double(&test, pli_node_at(list, 0), &first);
    pli_case_entry_i128(&test, pli_node_at(list, 1), &second);
    assert_int_equal(test.status, PLM_OK);
    assert_true(first == 0.5);
    assert_true(second == 7);
}

static void
results_become_a_tree(void **state) {
    (void)state;
    arena = pli_arena_init(memory, sizeof memory);
    pli_result result = pli_result_init(&arena);
    pli_result_i128(&result, "whole", -12);
    pli_result_u128(&result, "max", ~(pli_u128)0);
    pli_result_fraction(&result, "ratio", 2, 3);
    pli_result_double(&result, "real", 0.1);
    pli_result_bool(&result, "is_so", true);
    pli_result_begin_list(&result, "list");
    pli_result_begin_object(&result, NULL);
    pli_result_text(&result, "word", "alas");
    pli_result_end(&result);
    pli_result_i128(&result, NULL, 5);
    pli_result_end(&result);
    assert_int_equal(result.status, PLM_OK);
    assert_int_equal(result.root->child_count, 6);
    assert_string_equal(pli_node_find(result.root, "whole")->text, "-12");
    assert_string_equal(pli_node_find(result.root, "max")->text,
                        "340282366920938463463374607431768211455");
    assert_string_equal(pli_node_find(result.root, "ratio")->text, "2/3");
    assert_string_equal(pli_node_find(result.root, "real")->text, "0.1");
    assert_int_equal(pli_node_find(result.root, "is_so")->kind, PLI_NODE_TRUE);
    const pli_node *list = pli_node_find(result.root, "list");
    assert_int_equal(list->child_count, 2);
    assert_true(pli_node_is_text(pli_node_find(pli_node_at(list, 0), "word"), "alas"));
    assert_string_equal(pli_node_at(list, 1)->text, "5");
}

static void
results_that_do_not_exist_or_do_not_fit_are_told(void **state) {
    (void)state;
    arena = pli_arena_init(memory, sizeof memory);
    pli_result result = pli_result_init(&arena);
    double zero = 0.0;
    pli_result_double(&result, "real", zero / zero);
    assert_int_equal(result.status, PLM_NOT_FINITE);
    arena = pli_arena_init(memory, 16);
    result = pli_result_init(&arena);
    pli_result_i128(&result, NULL, 5);
    assert_int_equal(result.status, PLM_LIMIT);
    arena = pli_arena_init(memory, sizeof memory);
    result = pli_result_init(&arena);
    for (uint32_t i = 0; i <= PLI_RESULT_DEPTH_MAX; i += 1)
        pli_result_begin_list(&result, NULL);
    assert_int_equal(result.status, PLM_LIMIT);
    result = pli_result_init(&arena);
    pli_result_fraction(&result, "ratio", 1, 0);
    assert_int_equal(result.status, PLM_DOMAIN);
}

static void
formulas_are_found_by_name_and_listed_once(void **state) {
    (void)state;
    uint32_t count = 0;
    for (const pli_formula *formula = pli_formula_at(0); formula != NULL;
         formula = pli_formula_at(count)) {
        assert_ptr_equal(pli_formula_find(formula->name), formula);
        count += 1;
    }
    assert_true(count > 0);
    assert_null(pli_formula_find("no.such_formula"));
}

static int
close_document(void **state) {
    (void)state;
    pli_document_finish(&document);
    return 0;
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_from_texts_numbers_and_fractions),
        cmocka_unit_test(first_refusal_stays_and_names_line_and_key),
        cmocka_unit_test(absent_and_null_keys_are_told_apart_from_values),
        cmocka_unit_test(entries_of_lists_are_numbers_too),
        cmocka_unit_test(results_become_a_tree),
        cmocka_unit_test(results_that_do_not_exist_or_do_not_fit_are_told),
        cmocka_unit_test(formulas_are_found_by_name_and_listed_once),
    };
    return cmocka_run_group_tests(tests, NULL, close_document);
}
