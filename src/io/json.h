/* json.h: JSON text to a tree.                                                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_JSON_H
#define PLI_IO_JSON_H

#include "io/document.h"
#include "os/file.h"

/*
 * pli_json_parse - decode one JSON document (RFC 8259).
 *
 * Numbers keep their text. Refused besides what is no JSON: a key twice in one object, nesting deeper than 16, texts
 * above 64 KiB, bytes that are no UTF-8, NUL and lone surrogates in texts, anything after the document, comments.
 *
 * Lifetime   The tree copies what it needs from `bytes`; pli_document_finish frees it. `name` is kept as given.
 * Returns    PLM_OK; PLM_SYNTAX, PLM_KEY_DUPLICATE, PLM_LIMIT (depth), PLM_IO_TOO_LARGE (a text), PLM_MEMORY, with
 *            "name:line: ..." in *fault. On these *document is left alone.
 */
PLM_MUST_USE plm_status pli_json_parse(const char *name, pli_bytes bytes, pli_document *document,
                                       plm_fault *fault);

/* pli_json_parse_at - the same of a text whose first byte stands on line `line`, as in a file of JSON lines. */
PLM_MUST_USE plm_status pli_json_parse_at(const char *name, uint32_t line, pli_bytes bytes,
                                          pli_document *document, plm_fault *fault);

/* pli_json_read - pli_input_read with the limit PLI_FILE_SIZE_MAX, then pli_json_parse. */
PLM_MUST_USE plm_status pli_json_read(const char *path, pli_document *document, plm_fault *fault);

#endif
