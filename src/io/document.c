/* document.c: building the tree of a decoded text, with the limits that hold for all. SPDX-License-Identifier: Apache-2.0 */
#include "io/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

// Up to this many members, comparing each with each is faster than sorting.
#define PAIRWISE_MAX 16u

void
pli_document_finish(pli_document *document) {
    pli_pool_finish(&document->pool);
    *document = (pli_document){0};
}

plm_status
pli_fault_at(plm_fault *fault, plm_status status, const char *name, uint32_t line,
             const char *first, const char *second) {
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, name);
    pli_text_append_char(&text, ':');
    pli_text_append_u64(&text, line);
    pli_text_append(&text, ": ");
    return pli_fault_set(fault, status, data, first, second);
}

bool
pli_builder_fail(pli_builder *builder, plm_status status, uint32_t line, const char *what) {
    if (builder->status == PLM_OK) {
        builder->status =
            pli_fault_at(builder->fault, status, builder->document->name, line, what, NULL);
    }
    return false;
}

static bool
out_of_memory(pli_builder *builder, uint32_t line) {
    return pli_builder_fail(builder, PLM_MEMORY, line,
                            "no memory; a document may take 1 GiB once decoded");
}

static bool
check_text(pli_builder *builder, uint32_t line, const void *text, size_t size) {
    if (size > PLI_DOCUMENT_TEXT_MAX) {
        return pli_builder_fail(builder, PLM_IO_TOO_LARGE, line,
                                "a text is longer than 65536 bytes; allowed is up to that");
    }
    if (size > 0 && memchr(text, 0, size) != NULL) {
        return pli_builder_fail(builder, PLM_SYNTAX, line,
                                "a text holds a NUL; allowed is any other character");
    }
    return true;
}

bool
pli_builder_key(pli_builder *builder, uint32_t line, const void *key, size_t size) {
    if (builder->status != PLM_OK || !check_text(builder, line, key, size)) {
        return false;
    }
    builder->key = pli_pool_text(&builder->document->pool, key, size);
    builder->key_line = line;
    return builder->key != NULL || out_of_memory(builder, line);
}

static pli_node *
add_node(pli_builder *builder, uint32_t line, pli_node_kind kind) {
    pli_node *node = pli_pool_take(&builder->document->pool, 1, sizeof *node);
    if (node == NULL) {
        out_of_memory(builder, line);
        return NULL;
    }
    *node = (pli_node){.kind = kind, .line = line, .key = builder->key, .text = ""};
    builder->key = NULL;
    if (builder->depth == 0) {
        builder->document->root = node;
        return node;
    }
    uint32_t level = builder->depth - 1;
    builder->open[level]->child_count += 1;
    if (builder->last[level] == NULL) {
        builder->open[level]->child = node;
    } else {
        builder->last[level]->next = node;
    }
    builder->last[level] = node;
    return node;
}

bool
pli_builder_value(pli_builder *builder, uint32_t line, pli_node_kind kind, const void *text,
                  size_t size) {
    if (builder->status != PLM_OK || !check_text(builder, line, text, size)) {
        return false;
    }
    const char *copy = "";
    if (size > 0) {
        copy = pli_pool_text(&builder->document->pool, text, size);
    }
    pli_node *node = copy == NULL ? NULL : add_node(builder, line, kind);
    if (node == NULL) {
        return out_of_memory(builder, line);
    }
    node->text = copy;
    node->text_size = size;
    return true;
}

bool
pli_builder_begin(pli_builder *builder, uint32_t line, pli_node_kind kind) {
    if (builder->status != PLM_OK) {
        return false;
    }
    if (builder->depth == PLI_DOCUMENT_DEPTH_MAX) {
        return pli_builder_fail(builder, PLM_LIMIT, line,
                                "nested deeper than 16; allowed is up to 16");
    }
    pli_node *node = add_node(builder, line, kind);
    if (node == NULL) {
        return false;
    }
    builder->open[builder->depth] = node;
    builder->last[builder->depth] = NULL;
    builder->depth += 1;
    return true;
}

static bool
fail_duplicate(pli_builder *builder, const pli_node *first, const pli_node *second) {
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "key \"");
    pli_text_append_bytes(&text, second->key,
                          strlen(second->key) < 100 ? strlen(second->key) : 100);
    pli_text_append(&text, "\" appears again, first on line ");
    pli_text_append_u64(&text, first->line);
    pli_text_append(&text, "; allowed is once");
    return pli_builder_fail(builder, PLM_KEY_DUPLICATE, second->line, data);
}

// Equal keys side by side, in the order in which they stand in the file (children come from the pool in that order, but
// over several chunks; the line and then the address break ties well enough for a message).
static int
compare_keys(const void *left, const void *right) {
    const pli_node *const *a = left;
    const pli_node *const *b = right;
    int order = strcmp((*a)->key, (*b)->key);
    if (order != 0) {
        return order;
    }
    return ((*a)->line > (*b)->line) - ((*a)->line < (*b)->line);
}

static bool
check_keys_sorted(pli_builder *builder, const pli_node *object) {
    const pli_node **nodes = malloc(object->child_count * sizeof *nodes);
    if (nodes == NULL) {
        return out_of_memory(builder, object->line);
    }
    uint32_t count = 0;
    for (const pli_node *node = object->child; node != NULL; node = node->next) {
        nodes[count] = node;
        count += 1;
    }
    qsort(nodes, count, sizeof *nodes, compare_keys);
    bool is_unique = true;
    for (uint32_t i = 1; i < count && is_unique; i += 1) {
        if (strcmp(nodes[i - 1]->key, nodes[i]->key) == 0) {
            is_unique = fail_duplicate(builder, nodes[i - 1], nodes[i]);
        }
    }
    free(nodes);
    return is_unique;
}

static bool
check_keys(pli_builder *builder, const pli_node *object) {
    if (object->child_count > PAIRWISE_MAX) {
        return check_keys_sorted(builder, object);
    }
    for (const pli_node *node = object->child; node != NULL; node = node->next) {
        const pli_node *first = pli_node_find(object, node->key);
        if (first != node) {
            return fail_duplicate(builder, first, node);
        }
    }
    return true;
}

bool
pli_builder_end(pli_builder *builder) {
    if (builder->status != PLM_OK) {
        return false;
    }
    builder->depth -= 1;
    const pli_node *closed = builder->open[builder->depth];
    return closed->kind != PLI_NODE_OBJECT || check_keys(builder, closed);
}

// The size of the well-formed sequence at `text`, or 0. The table is that of RFC 3629, section 4.
static size_t
sequence_size(const uint8_t *text, size_t size) {
    uint8_t first = text[0];
    if (first < 0x80) {
        return first != 0;
    }
    size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || size < wanted) {
        return 0;
    }
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (text[1] < low || text[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < wanted; i += 1) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return wanted;
}

plm_status
pli_text_check_utf8(const char *name, uint32_t line, const uint8_t *text, size_t size,
                    plm_fault *fault) {
    for (size_t at = 0; at < size;) {
        size_t step = sequence_size(text + at, size - at);
        if (step == 0) {
            return pli_fault_at(fault, PLM_SYNTAX, name, line,
                                "a byte that is no UTF-8; allowed is UTF-8 without NUL", NULL);
        }
        line += text[at] == '\n';
        at += step;
    }
    return PLM_OK;
}
