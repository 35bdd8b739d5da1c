/* fuzz_yaml.c: any bytes give a sound tree or one refusal.                             SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "io/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t
walk(const pli_node *node, uint32_t depth) {
    PLI_ASSERT(depth <= PLI_DOCUMENT_DEPTH_MAX);
    PLI_ASSERT(node->line >= 1);
    PLI_ASSERT(strlen(node->text) == node->text_size);
    uint32_t count = 0;
    uint32_t children = 0;
    for (const pli_node *child = node->child; child != NULL; child = child->next) {
        PLI_ASSERT((child->key != NULL) == (node->kind == PLI_NODE_OBJECT));
        PLI_ASSERT(child->key == NULL || children > 64 || pli_node_find(node, child->key) == child);
        children += 1;
        count += walk(child, depth + 1);
    }
    PLI_ASSERT(children == node->child_count);
    return count + 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    // The parser reads and never writes; the cast only drops `const`.
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)data, .size = size};
    pli_document document = {0};
    plm_fault fault = {0};
    plm_status status = pli_yaml_parse("f", bytes, &document, &fault);
    if (status == PLM_OK) {
        PLI_ASSERT(walk(document.root, 0) >= 1);
    } else {
        PLI_ASSERT(document.root == NULL);
        PLI_ASSERT(fault.status == status);
        PLI_ASSERT(strncmp(fault.text, "f:", 2) == 0);
    }
    pli_document_finish(&document);
    return 0;
}
