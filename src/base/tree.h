/* tree.h: a decoded document (JSON, YAML) as a read-only tree.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_TREE_H
#define PLI_BASE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decoders in `io` build it, pure layers read it. Numbers stay text, so that no digit is lost on the way; every node
 * knows its line, so that an error can name it. Keys of one object are unique and every text is terminated: the decoder
 * guarantees both.
 */
typedef enum pli_node_kind {
    PLI_NODE_NULL = 1,
    PLI_NODE_FALSE = 2,
    PLI_NODE_TRUE = 3,
    PLI_NODE_NUMBER = 4, /* text as written */
    PLI_NODE_TEXT = 5,
    PLI_NODE_ARRAY = 6,
    PLI_NODE_OBJECT = 7
} pli_node_kind;

typedef struct pli_node {
    pli_node_kind kind;
    uint32_t line;                /* 1-based, where the value starts */
    uint32_t child_count;         /* of an array or object */
    const char *key;              /* inside an object, else NULL */
    const char *text;             /* NUMBER, TEXT: terminated; else "" */
    size_t text_size;             /* without the terminator */
    const struct pli_node *child; /* first child of an array or object, NULL when empty */
    const struct pli_node *next;  /* next sibling, NULL at the end */
} pli_node;

/* pli_node_find - the member of `object` with that key, or NULL; also NULL when `object` is NULL or no object. */
const pli_node *pli_node_find(const pli_node *object, const char *key);

/* pli_node_at - the child at `index`, or NULL. Cost O(index): walk `child` and `next` in loops. */
const pli_node *pli_node_at(const pli_node *array, uint32_t index);

/* pli_node_is_text - is it a TEXT equal to `text`? False for NULL. */
bool pli_node_is_text(const pli_node *node, const char *text);

/* pli_text_is_equal - are two terminated texts the same bytes? */
bool pli_text_is_equal(const char *left, const char *right);

#endif
