/* tree.c: a decoded document (JSON, YAML) as a read-only tree.                        SPDX-License-Identifier: Apache-2.0 */
#include "base/tree.h"

bool
pli_text_is_equal(const char *left, const char *right) {
    size_t i = 0;
    while (left[i] != '\0' && left[i] == right[i]) {
        i += 1;
    }
    return left[i] == right[i];
}

const pli_node *
pli_node_find(const pli_node *object, const char *key) {
    if (object == NULL || object->kind != PLI_NODE_OBJECT) {
        return NULL;
    }
    for (const pli_node *node = object->child; node != NULL; node = node->next) {
        if (pli_text_is_equal(node->key, key)) {
            return node;
        }
    }
    return NULL;
}

const pli_node *
pli_node_at(const pli_node *array, uint32_t index) {
    if (array == NULL || index >= array->child_count) {
        return NULL;
    }
    const pli_node *node = array->child;
    for (uint32_t i = 0; i < index; i += 1) {
        node = node->next;
    }
    return node;
}

bool
pli_node_is_text(const pli_node *node, const char *text) {
    return node != NULL && node->kind == PLI_NODE_TEXT && pli_text_is_equal(node->text, text);
}
