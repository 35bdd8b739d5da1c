/* span_file.h: SPAN risk parameter files, positional or XML, and positions in their contracts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_SPAN_FILE_H
#define PLI_IO_SPAN_FILE_H

#include "io/pool.h"
#include "os/file.h"
#include "venue/span.h"

#define PLI_SPAN_FILE_SIZE_MAX ((size_t)512 << 20)

/* pli_span_book - a decoded file and the memory it lives in. A zeroed one may be finished. */
typedef struct pli_span_book {
    pli_span_file file;
    pli_pool pool;
} pli_span_book;

/*
 * pli_span_read  - read a file (also gzip) of either form: XML where the first character that is no blank is '<'.
 * pli_span_parse - the same from memory. pli_span_pa2_parse, pli_span_spn_parse - one form.
 *
 * XML: what fileFormat 4.00 holds; declarations of types and entities are refused. The names of elements are those of
 * docs/method/venue-span.md. Memory is reserved once, after the
 * records were counted.
 *
 * Lifetime   The bytes may go after return. pli_span_book_finish frees the book. `name` is for messages.
 * Returns    PLM_OK; PLM_SYNTAX, PLM_VALUE_INVALID, PLM_TEXT_MALFORMED, PLM_TEXT_PRECISION, PLM_OVERFLOW,
 *            PLM_INDEX_UNKNOWN, PLM_LIMIT, PLM_MODEL_UNSUPPORTED (arrays that are not scaled to contracts), each with
 *            "name:line: ..." in *fault; PLM_MEMORY; PLM_IO_* from reading. On these *book is left alone.
 */
PLM_MUST_USE plm_status pli_span_read(const char *path, pli_span_book *book, plm_fault *fault);
PLM_MUST_USE plm_status pli_span_parse(const char *name, pli_bytes bytes, pli_span_book *book,
                                       plm_fault *fault);
PLM_MUST_USE plm_status pli_span_pa2_parse(const char *name, pli_bytes bytes, pli_span_book *book,
                                           plm_fault *fault);
PLM_MUST_USE plm_status pli_span_spn_parse(const char *name, pli_bytes bytes, pli_span_book *book,
                                           plm_fault *fault);
void pli_span_book_finish(pli_span_book *book);

/*
 * pli_span_positions_parse - CSV with the columns product, type, future, quantity and, as needed, exchange, right (C P),
 * option, day, strike. Months are CCYYMM; day is a day or week code. pli_span_positions_read - from a file.
 *
 * Lifetime   *positions lives in `pool`.
 * Returns    PLM_OK; PLM_INDEX_UNKNOWN when the file holds no such contract, PLM_VALUE_INVALID, with "name:line: ...".
 */
PLM_MUST_USE plm_status pli_span_positions_parse(const char *name, pli_bytes bytes,
                                                 const pli_span_file *file, pli_pool *pool,
                                                 pli_span_request *request, plm_fault *fault);
PLM_MUST_USE plm_status pli_span_positions_read(const char *path, const pli_span_file *file,
                                                pli_pool *pool, pli_span_request *request,
                                                plm_fault *fault);

#endif
