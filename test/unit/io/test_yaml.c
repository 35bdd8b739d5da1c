/* test_yaml.c: YAML becomes the tree that JSON gives; its surprises are refused.      SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/yaml.h"

static plm_status
parse(const char *text, pli_document *document, plm_fault *fault) {
    size_t size = strlen(text);
    uint8_t *exact = malloc(size + (size == 0));
    assert_non_null(exact);
    memcpy(exact, text, size);
    plm_status status =
        pli_yaml_parse("f.yaml", (pli_bytes){.data = exact, .size = size}, document, fault);
    free(exact);
    return status;
}

static void
mappings_lists_and_scalars_become_a_tree_with_lines(void **state) {
    (void)state;
    pli_document document;
    assert_int_equal(parse("# comment\n"
                           "portfolio:\n"
                           "  confidence: 99.5%\n"
                           "  weight: 0.30\n"
                           "shocks:\n"
                           "  0: {step: 1.5e-2, on: true}\n"
                           "list:\n"
                           "- a\n"
                           "- '12'\n"
                           "- ~\n",
                           &document, NULL),
                     PLM_OK);
    const pli_node *portfolio = pli_node_find(document.root, "portfolio");
    assert_int_equal(portfolio->kind, PLI_NODE_OBJECT);
    assert_true(pli_node_is_text(portfolio->child, "99.5%"));
    assert_int_equal(portfolio->child->line, 3);
    assert_int_equal(pli_node_find(portfolio, "weight")->kind, PLI_NODE_NUMBER);
    assert_string_equal(pli_node_find(portfolio, "weight")->text, "0.30");
    const pli_node *shock = pli_node_find(pli_node_find(document.root, "shocks"), "0");
    assert_string_equal(pli_node_find(shock, "step")->text, "1.5e-2");
    assert_int_equal(pli_node_find(shock, "on")->kind, PLI_NODE_TRUE);
    const pli_node *list = pli_node_find(document.root, "list");
    assert_int_equal(list->child_count, 3);
    assert_int_equal(pli_node_at(list, 1)->kind, PLI_NODE_TEXT);
    assert_int_equal(pli_node_at(list, 2)->kind, PLI_NODE_NULL);
    assert_int_equal(pli_node_at(list, 2)->line, 10);
    pli_document_finish(&document);
}

static void
surprising_plain_scalars_are_texts(void **state) {
    (void)state;
    static const char *const texts[] = {"yes",    "No",  "0x10", "1_000",     "0777", "+1",
                                        ".5",     "5.",  "1e",   ".inf",      ".nan", "-",
                                        "1e400x", "NaN", "1:30", "2026-03-01"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 1) {
        char text[64];
        strcpy(text, "a: ");
        strcat(text, texts[i]);
        pli_document document;
        plm_status status = parse(text, &document, NULL);
        if (strcmp(texts[i], "-") == 0) {
            assert_int_equal(status, PLM_SYNTAX);
            continue;
        }
        assert_int_equal(status, PLM_OK);
        assert_true(pli_node_is_text(document.root->child, texts[i]));
        pli_document_finish(&document);
    }
}

typedef struct refusal {
    const char *text;
    plm_status status;
    const char *says;
} refusal;

static const refusal refusals[] = {
    {"", PLM_SYNTAX, "f.yaml:1: no document"},
    {"# only a comment\n", PLM_SYNTAX, "no document"},
    {"a: 1\nb: [1, 2\nc: 3\n", PLM_SYNTAX, "f.yaml:3: "},
    {"a: 1\n\tb: 2\n", PLM_SYNTAX, "f.yaml:2: "},
    {"a: &x 1\nb: 2\n", PLM_SYNTAX, "f.yaml:1: an anchor, alias or tag"},
    {"a: 1\nb: *x\n", PLM_SYNTAX, "f.yaml:2: an anchor, alias or tag"},
    {"a: !!int 1\n", PLM_SYNTAX, "an anchor, alias or tag"},
    {"a: !x [1]\n", PLM_SYNTAX, "an anchor, alias or tag"},
    {"a: &x {b: 1}\n", PLM_SYNTAX, "an anchor, alias or tag"},
    {"%YAML 1.1\n---\na: 1\n", PLM_SYNTAX, "a directive"},
    {"a: 1\n---\nb: 2\n", PLM_SYNTAX, "f.yaml:2: a second document"},
    {"a: 1\nb: 2\na: 3\n", PLM_KEY_DUPLICATE, "f.yaml:3: key \"a\" appears again, first on line 1"},
    {"? [1]\n: 2\n", PLM_SYNTAX, "a key that is a list"},
    {"a: \"\\0\"\n", PLM_SYNTAX, "NUL"},
    {"a: \"\xff\"\n", PLM_SYNTAX, "UTF-8"},
    {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", PLM_LIMIT, "nested deeper than 16"},
    {"a: b: c\n", PLM_SYNTAX, "f.yaml:1: "},
};

static void
what_is_refused_says_so_with_its_line(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i += 1) {
        pli_document document = {0};
        plm_fault fault = {0};
        plm_status status = parse(refusals[i].text, &document, &fault);
        if (status != refusals[i].status || strstr(fault.text, refusals[i].says) == NULL) {
            fail_msg("case %zu: %s: \"%s\"", i, plm_status_name(status), fault.text);
        }
        assert_null(document.root);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mappings_lists_and_scalars_become_a_tree_with_lines),
        cmocka_unit_test(surprising_plain_scalars_are_texts),
        cmocka_unit_test(what_is_refused_says_so_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
