/* json_writer.h: JSON text, written value by value.                                   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_JSON_WRITER_H
#define PLI_IO_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/status.h"

#define PLI_JSON_DEPTH_MAX 32u

/*
 * pli_json_writer - a growing text. A zeroed writer is empty and ready; `indent` may be set before the first value:
 * spaces per level, 0 for everything on one line.
 *
 * `key` is NULL inside an array and at the top. A failure (no memory, a double that is not finite) is kept in `status`
 * and later calls do nothing, so that one look at the end is enough. Misuse (a key in an array) is asserted.
 */
typedef struct pli_json_writer {
    char *data; /* terminated */
    size_t size;
    size_t capacity;
    unsigned indent;
    plm_status status;
    uint32_t depth;
    bool is_object[PLI_JSON_DEPTH_MAX];
    bool is_filled[PLI_JSON_DEPTH_MAX]; /* has a member already */
    bool is_inline[PLI_JSON_DEPTH_MAX]; /* on one line whatever `indent` says */
} pli_json_writer;

void pli_json_begin_object(pli_json_writer *writer, const char *key);
void pli_json_begin_array(pli_json_writer *writer, const char *key);

/* pli_json_begin_*_inline - the same on one line, contents included: a record of a table, a pair. */
void pli_json_begin_object_inline(pli_json_writer *writer, const char *key);
void pli_json_begin_array_inline(pli_json_writer *writer, const char *key);

/* pli_json_end - close the innermost; after the outermost comes a newline. */
void pli_json_end(pli_json_writer *writer);

/* pli_json_text - a string; control characters, quotes and backslashes are escaped, bytes above 127 pass (UTF-8). */
void pli_json_text(pli_json_writer *writer, const char *key, const char *text);

/* pli_json_integer - a JSON number; for counts, indices, ids. */
void pli_json_integer(pli_json_writer *writer, const char *key, int64_t value);

/* pli_json_decimal - value / 10^scale exactly, as a string: money, prices and sizes never pass through a double. */
void pli_json_decimal(pli_json_writer *writer, const char *key, pli_i128 value, unsigned scale);

/* pli_json_exact - the same as a JSON number, for protocols that want one. */
void pli_json_exact(pli_json_writer *writer, const char *key, pli_i128 value, unsigned scale);

/* pli_json_double - a JSON number, the shortest that reads back to the same bits. */
void pli_json_double(pli_json_writer *writer, const char *key, double value);

/* pli_json_time - an ISO instant as a string. */
void pli_json_time(pli_json_writer *writer, const char *key, int64_t ns);

/* pli_json_hex - lower-case digits as a string: hashes. */
void pli_json_hex(pli_json_writer *writer, const char *key, const uint8_t *bytes, size_t size);

void pli_json_bool(pli_json_writer *writer, const char *key, bool value);
void pli_json_null(pli_json_writer *writer, const char *key);

/*
 * pli_json_writer_save - write the finished text to a file, "-" is standard output.
 *
 * Returns    The writer's own failure (PLM_MEMORY, PLM_NOT_FINITE), or the statuses of pli_file_write.
 */
PLM_MUST_USE plm_status pli_json_writer_save(const pli_json_writer *writer, const char *path,
                                             plm_fault *fault);

/* pli_json_writer_finish - free the text. */
void pli_json_writer_finish(pli_json_writer *writer);

#endif
