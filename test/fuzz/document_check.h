/* document_check.h: any bytes give a sound tree or one refusal, whatever the syntax.    SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_FUZZ_DOCUMENT_CHECK_H
#define TEST_FUZZ_DOCUMENT_CHECK_H

#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "io/document.h"
#include "os/file.h"

typedef plm_status (*document_parse)(const char *name, pli_bytes bytes, pli_document *document,
                                     plm_fault *fault);

/* document_walk - how many nodes a tree has, after a look at each. */
static inline uint32_t
document_walk(const pli_node *node, uint32_t depth) {
    PLI_ASSERT(depth <= PLI_DOCUMENT_DEPTH_MAX);
    PLI_ASSERT(node->line >= 1);
    PLI_ASSERT(strlen(node->text) == node->text_size);
    uint32_t count = 0;
    uint32_t children = 0;
    for (const pli_node *child = node->child; child != NULL; child = child->next) {
        PLI_ASSERT((child->key != NULL) == (node->kind == PLI_NODE_OBJECT));
        PLI_ASSERT(child->key == NULL || children > 64 || pli_node_find(node, child->key) == child);
        children += 1;
        count += document_walk(child, depth + 1);
    }
    PLI_ASSERT(children == node->child_count);
    return count + 1;
}

/* document_check - parse the bytes and look at what came of it. */
static inline void
document_check(document_parse parse, const uint8_t *data, size_t size) {
    // A parser reads and never writes; the cast only drops `const`.
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)data, .size = size};
    pli_document document = {0};
    plm_fault fault = {0};
    plm_status status = parse("f", bytes, &document, &fault);
    if (status == PLM_OK) {
        PLI_ASSERT(document_walk(document.root, 0) >= 1);
    } else {
        PLI_ASSERT(document.root == NULL);
        PLI_ASSERT(fault.status == status);
        PLI_ASSERT(strncmp(fault.text, "f:", 2) == 0);
    }
    pli_document_finish(&document);
}

#endif
