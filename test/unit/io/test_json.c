/* test_json.c: JSON becomes an exact tree with lines, or one line that says why not.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/json.h"

static plm_status
parse(const char *text, size_t size, pli_document *document, plm_fault *fault) {
    uint8_t *exact = malloc(size + (size == 0));
    assert_non_null(exact);
    memcpy(exact, text, size);
    plm_status status =
        pli_json_parse("f.json", (pli_bytes){.data = exact, .size = size}, document, fault);
    free(exact);
    return status;
}

static void
a_document_becomes_a_tree_with_lines(void **state) {
    (void)state;
    static const char text[] = "{\"a\": [1.50,\n  true, false,\n null],\n\n \"b\":\n"
                               "{\"c\": \"x\\u00e9\\n\\ud83d\\ude00\"}, \"d\": -1e400}\n";
    pli_document document;
    assert_int_equal(parse(text, sizeof text - 1, &document, NULL), PLM_OK);
    const pli_node *root = document.root;
    assert_int_equal(root->kind, PLI_NODE_OBJECT);
    assert_int_equal(root->child_count, 3);
    assert_null(root->key);
    const pli_node *a = pli_node_find(root, "a");
    assert_int_equal(a->child_count, 4);
    assert_string_equal(a->child->text, "1.50");
    assert_int_equal(a->child->line, 1);
    assert_int_equal(pli_node_at(a, 1)->kind, PLI_NODE_TRUE);
    assert_int_equal(pli_node_at(a, 2)->kind, PLI_NODE_FALSE);
    assert_int_equal(pli_node_at(a, 3)->kind, PLI_NODE_NULL);
    assert_int_equal(pli_node_at(a, 3)->line, 3);
    const pli_node *b = pli_node_find(root, "b");
    assert_int_equal(b->line, 6);
    assert_string_equal(pli_node_find(b, "c")->text, "x\xc3\xa9\n\xf0\x9f\x98\x80");
    assert_int_equal(pli_node_find(b, "c")->text_size, 8);
    assert_string_equal(pli_node_find(root, "d")->text, "-1e400");
    pli_document_finish(&document);
    assert_null(document.root);
}

static void
a_number_alone_and_empty_containers_are_documents(void **state) {
    (void)state;
    pli_document document;
    assert_int_equal(parse("17", 2, &document, NULL), PLM_OK);
    assert_string_equal(document.root->text, "17");
    pli_document_finish(&document);
    assert_int_equal(parse("[{},[]]", 7, &document, NULL), PLM_OK);
    assert_int_equal(document.root->child_count, 2);
    assert_null(document.root->child->child);
    pli_document_finish(&document);
}

typedef struct refusal {
    const char *text;
    size_t size;
    plm_status status;
    const char *says;
} refusal;
#define REFUSAL(text, status, says)                                                                \
    { text, sizeof text - 1, status, says }

static const refusal refusals[] = {
    REFUSAL("", PLM_SYNTAX, "f.json:1: "),
    REFUSAL(" \n ", PLM_SYNTAX, "f.json:2: "),
    REFUSAL("{", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("{\"a\":1,}", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("[1,\n2,\n]", PLM_SYNTAX, "f.json:3: "),
    REFUSAL("[01]", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("[NaN]", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("[0x10]", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("[+1]", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("[.5]", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("{'a':1}", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("{} {}", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("{}\n\nx", PLM_SYNTAX, "f.json:3: "),
    REFUSAL("// no\n{}", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("[\"a\nb\"]", PLM_SYNTAX, "f.json:1: "),
    REFUSAL("[\"\\u0000\"]", PLM_SYNTAX, "NUL"),
    REFUSAL("[\"\\ud800\"]", PLM_SYNTAX, "surrogate"),
    REFUSAL("[\n\"\\ud800\\u0041\"]", PLM_SYNTAX, "f.json:2: half of a surrogate"),
    REFUSAL("[\"\\udc00\"]", PLM_SYNTAX, "surrogate"),
    REFUSAL("[\n\"\xc0\xaf\"]", PLM_SYNTAX, "f.json:2: a byte that is no UTF-8"),
    REFUSAL("[\"\xed\xa0\x80\"]", PLM_SYNTAX, "UTF-8"),
    REFUSAL("[\"\xf4\x90\x80\x80\"]", PLM_SYNTAX, "UTF-8"),
    REFUSAL("[\"\xe2\x82\"]", PLM_SYNTAX, "UTF-8"),
    REFUSAL("[1]\0", PLM_SYNTAX, "UTF-8"),
    REFUSAL("{\"a\":1,\n\"a\":2}", PLM_KEY_DUPLICATE,
            "f.json:2: key \"a\" appears again, first on line 1; allowed is once"),
    REFUSAL("{\"\\u0061\":1,\"a\":2}", PLM_KEY_DUPLICATE, "\"a\""),
    REFUSAL("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", PLM_LIMIT, "f.json:1: nested deeper than 16"),
};

static void
what_is_no_json_is_refused_with_its_line(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i += 1) {
        pli_document document = {0};
        plm_fault fault = {0};
        plm_status status = parse(refusals[i].text, refusals[i].size, &document, &fault);
        if (status != refusals[i].status || strstr(fault.text, refusals[i].says) == NULL) {
            fail_msg("case %zu: %s: \"%s\"", i, plm_status_name(status), fault.text);
        }
        assert_null(document.root);
    }
}

static void
sixteen_levels_and_many_keys_are_fine_and_a_key_twice_among_many_is_found(void **state) {
    (void)state;
    pli_document document;
    assert_int_equal(parse("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]", 33, &document, NULL), PLM_OK);
    pli_document_finish(&document);
    char text[20000] = "{\n";
    size_t size = 2;
    for (int i = 0; i < 1000; i += 1) {
        size += (size_t)snprintf(text + size, 16, "\"k%d\":%d,\n", i, i);
    }
    size_t start = size;
    size += (size_t)snprintf(text + size, 16, "\"last\":1}");
    assert_int_equal(parse(text, size, &document, NULL), PLM_OK);
    assert_string_equal(pli_node_find(document.root, "k999")->text, "999");
    assert_int_equal(pli_node_find(document.root, "k999")->line, 1001);
    pli_document_finish(&document);
    size = start + (size_t)snprintf(text + start, 16, "\"k500\":1}");
    plm_fault fault;
    assert_int_equal(parse(text, size, &document, &fault), PLM_KEY_DUPLICATE);
    assert_string_equal(
        fault.text, "f.json:1002: key \"k500\" appears again, first on line 502; allowed is once");
}

static void
a_text_of_65536_bytes_is_the_longest(void **state) {
    (void)state;
    char *text = malloc(70000);
    assert_non_null(text);
    memset(text, 'x', 70000);
    text[0] = '"';
    text[65537] = '"';
    pli_document document;
    assert_int_equal(parse(text, 65538, &document, NULL), PLM_OK);
    pli_document_finish(&document);
    text[65537] = 'x';
    text[65538] = '"';
    plm_fault fault;
    assert_int_equal(parse(text, 65539, &document, &fault), PLM_IO_TOO_LARGE);
    assert_non_null(strstr(fault.text, "65536"));
    free(text);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_becomes_a_tree_with_lines),
        cmocka_unit_test(a_number_alone_and_empty_containers_are_documents),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_line),
        cmocka_unit_test(sixteen_levels_and_many_keys_are_fine_and_a_key_twice_among_many_is_found),
        cmocka_unit_test(a_text_of_65536_bytes_is_the_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
