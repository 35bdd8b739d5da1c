/* document.h: building the tree of a decoded text, with the limits that hold for all. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_DOCUMENT_H
#define PLI_IO_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/tree.h"
#include "io/pool.h"
#include "plimsoll/status.h"

#define PLI_DOCUMENT_DEPTH_MAX 16u
#define PLI_DOCUMENT_TEXT_MAX ((size_t)65536)

/* pli_document - a tree and the memory it lives in. `name` is the file, for messages. */
typedef struct pli_document {
    const char *name;
    const pli_node *root;
    pli_pool pool;
} pli_document;

/* pli_document_finish - free the tree; a zeroed document may be finished. */
void pli_document_finish(pli_document *document);

/*
 * pli_builder - a tree under construction, driven by the events of a parser.
 *
 * The first call that fails sets `status` and *fault, and every later call answers false.
 *
 * Invariants [DOC-1] depth <= PLI_DOCUMENT_DEPTH_MAX; open[0..depth-1] are the containers that are not closed yet.
 *            [DOC-2] keys of a closed object are unique; every text is terminated and holds no NUL.
 */
typedef struct pli_builder {
    pli_document *document;
    plm_fault *fault;
    plm_status status;
    uint32_t depth;
    pli_node *open[PLI_DOCUMENT_DEPTH_MAX];
    pli_node *last[PLI_DOCUMENT_DEPTH_MAX]; /* latest child of each */
    const char *key;                        /* of the next value */
    uint32_t key_line;
} pli_builder;

/* pli_builder_fail - "<name>:<line>: <what>"; answers false. Keeps the first failure. */
bool pli_builder_fail(pli_builder *builder, plm_status status, uint32_t line, const char *what);

bool pli_builder_key(pli_builder *builder, uint32_t line, const void *key, size_t size);
bool pli_builder_value(pli_builder *builder, uint32_t line, pli_node_kind kind, const void *text,
                       size_t size);
bool pli_builder_begin(pli_builder *builder, uint32_t line, pli_node_kind kind);

/* pli_builder_end - close the innermost object or array; an object with a key twice fails here. */
bool pli_builder_end(pli_builder *builder);

/*
 * pli_text_check_utf8 - is it well-formed UTF-8 (RFC 3629: shortest form, no surrogates) without NUL?
 *
 * `line` is that of its first byte, for the message.
 *
 * Returns    PLM_OK, or PLM_SYNTAX with the line in *fault.
 */
PLM_MUST_USE plm_status pli_text_check_utf8(const char *name, uint32_t line, const uint8_t *text,
                                            size_t size, plm_fault *fault);

/* pli_fault_at - "<name>:<line>: <first><second>"; returns `status`. `fault` may be NULL. */
plm_status pli_fault_at(plm_fault *fault, plm_status status, const char *name, uint32_t line,
                        const char *first, const char *second);

#endif
