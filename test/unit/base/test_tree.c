/* test_tree.c: lookups in a decoded document.                                         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/tree.h"

#include <cmocka.h>

static const pli_node second = {
    .kind = PLI_NODE_NUMBER, .line = 2, .key = "b", .text = "1.50", .text_size = 4};
static const pli_node first = {
    .kind = PLI_NODE_TEXT, .line = 1, .key = "a", .text = "x", .text_size = 1, .next = &second};
static const pli_node object = {
    .kind = PLI_NODE_OBJECT, .line = 1, .child_count = 2, .text = "", .child = &first};

static void
members_are_found_by_their_whole_key(void **state) {
    (void)state;
    assert_ptr_equal(pli_node_find(&object, "a"), &first);
    assert_ptr_equal(pli_node_find(&object, "b"), &second);
    assert_null(pli_node_find(&object, ""));
    assert_null(pli_node_find(&object, "ab"));
    assert_null(pli_node_find(&first, "a"));
    assert_null(pli_node_find(NULL, "a"));
}

static void
children_are_reached_by_position(void **state) {
    (void)state;
    assert_ptr_equal(pli_node_at(&object, 1), &second);
    assert_null(pli_node_at(&object, 2));
    assert_null(pli_node_at(NULL, 0));
}

static void
text_equality_needs_kind_and_bytes(void **state) {
    (void)state;
    assert_true(pli_node_is_text(&first, "x"));
    assert_false(pli_node_is_text(&first, "xy"));
    assert_false(pli_node_is_text(&second, "1.50"));
    assert_false(pli_node_is_text(NULL, ""));
    assert_true(pli_text_is_equal("", ""));
    assert_false(pli_text_is_equal("a", ""));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_by_their_whole_key),
        cmocka_unit_test(children_are_reached_by_position),
        cmocka_unit_test(text_equality_needs_kind_and_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
