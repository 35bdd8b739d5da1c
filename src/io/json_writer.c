/* json_writer.c: JSON text, written value by value.                                   SPDX-License-Identifier: Apache-2.0 */
#include "io/json_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/text.h"
#include "io/time_text.h"
#include "num/decimal.h"
#include "num/double_text.h"
#include "os/file.h"

static void
append(pli_json_writer *writer, const char *bytes, size_t size) {
    if (writer->status != PLM_OK) {
        return;
    }
    if (size >= writer->capacity - writer->size) {
        size_t capacity = (writer->size + size + 1) * 2 + 256;
        char *larger = capacity > writer->size ? realloc(writer->data, capacity) : NULL;
        if (larger == NULL) {
            writer->status = PLM_MEMORY;
            return;
        }
        writer->data = larger;
        writer->capacity = capacity;
    }
    memcpy(writer->data + writer->size, bytes, size);
    writer->size += size;
    writer->data[writer->size] = '\0';
}

static void
append_text(pli_json_writer *writer, const char *text) {
    append(writer, text, strlen(text));
}

static void
append_quoted(pli_json_writer *writer, const char *text) {
    append(writer, "\"", 1);
    for (const char *at = text; *at != '\0'; at += 1) {
        unsigned char c = (unsigned char)*at;
        char data[8];
        pli_text escaped = pli_text_init(data, sizeof data);
        if (c == '"' || c == '\\') {
            pli_text_append_char(&escaped, '\\');
            pli_text_append_char(&escaped, *at);
        } else if (c < 0x20 || c == 0x7f) {
            pli_text_append(&escaped, "\\u00");
            pli_text_append_hex(&escaped, &c, 1);
        } else {
            pli_text_append_char(&escaped, *at);
        }
        append(writer, data, escaped.length);
    }
    append(writer, "\"", 1);
}

static void
break_line(pli_json_writer *writer) {
    if (writer->indent == 0) {
        return;
    }
    append(writer, "\n", 1);
    for (size_t i = 0; i < (size_t)writer->indent * writer->depth; i += 1) {
        append(writer, " ", 1);
    }
}

// Everything that stands before a value: comma, line break, key.
static void
begin_value(pli_json_writer *writer, const char *key) {
    if (writer->depth == 0) {
        PLI_ASSERT(key == NULL);
        return;
    }
    uint32_t level = writer->depth - 1;
    PLI_ASSERT((key != NULL) == writer->is_object[level]);
    bool is_first = !writer->is_filled[level];
    writer->is_filled[level] = true;
    if (!is_first) {
        append(writer, ",", 1);
    }
    if (!writer->is_inline[level]) {
        break_line(writer);
    } else if (!is_first && writer->indent > 0) {
        append(writer, " ", 1);
    }
    if (key != NULL) {
        append_quoted(writer, key);
        append_text(writer, writer->indent > 0 ? ": " : ":");
    }
}

static void
begin(pli_json_writer *writer, const char *key, bool is_object, bool is_inline) {
    PLI_ASSERT(writer->depth < PLI_JSON_DEPTH_MAX);
    begin_value(writer, key);
    append_text(writer, is_object ? "{" : "[");
    bool is_inside = writer->depth > 0 && writer->is_inline[writer->depth - 1];
    writer->is_object[writer->depth] = is_object;
    writer->is_filled[writer->depth] = false;
    writer->is_inline[writer->depth] = is_inline || is_inside;
    writer->depth += 1;
}

void
pli_json_begin_object(pli_json_writer *writer, const char *key) {
    begin(writer, key, true, false);
}

void
pli_json_begin_array(pli_json_writer *writer, const char *key) {
    begin(writer, key, false, false);
}

void
pli_json_begin_object_inline(pli_json_writer *writer, const char *key) {
    begin(writer, key, true, true);
}

void
pli_json_begin_array_inline(pli_json_writer *writer, const char *key) {
    begin(writer, key, false, true);
}

void
pli_json_end(pli_json_writer *writer) {
    PLI_ASSERT(writer->depth > 0);
    writer->depth -= 1;
    uint32_t level = writer->depth;
    if (writer->is_filled[level] && !writer->is_inline[level]) {
        break_line(writer);
    }
    append_text(writer, writer->is_object[level] ? "}" : "]");
    if (level == 0) {
        append(writer, "\n", 1);
    }
}

void
pli_json_text(pli_json_writer *writer, const char *key, const char *text) {
    begin_value(writer, key);
    append_quoted(writer, text);
}

void
pli_json_integer(pli_json_writer *writer, const char *key, int64_t value) {
    char data[32];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append_i64(&text, value);
    begin_value(writer, key);
    append(writer, data, text.length);
}

void
pli_json_decimal(pli_json_writer *writer, const char *key, pli_i128 value, unsigned scale) {
    char data[80];
    pli_text text = pli_text_init(data, sizeof data);
    pli_decimal_format(&text, value, scale, 0);
    pli_json_text(writer, key, data);
}

void
pli_json_exact(pli_json_writer *writer, const char *key, pli_i128 value, unsigned scale) {
    char data[80];
    pli_text text = pli_text_init(data, sizeof data);
    pli_decimal_format(&text, value, scale, 0);
    begin_value(writer, key);
    append(writer, data, text.length);
}

void
pli_json_double(pli_json_writer *writer, const char *key, double value) {
    char data[64];
    pli_text text = pli_text_init(data, sizeof data);
    plm_status status = pli_double_format(&text, value);
    if (status != PLM_OK && writer->status == PLM_OK) {
        writer->status = status;
    }
    begin_value(writer, key);
    append(writer, data, text.length);
}

void
pli_json_time(pli_json_writer *writer, const char *key, int64_t ns) {
    char data[64];
    pli_text text = pli_text_init(data, sizeof data);
    pli_time_format(&text, ns);
    pli_json_text(writer, key, data);
}

void
pli_json_hex(pli_json_writer *writer, const char *key, const uint8_t *bytes, size_t size) {
    begin_value(writer, key);
    append(writer, "\"", 1);
    for (size_t i = 0; i < size; i += 1) {
        char data[3];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append_hex(&text, bytes + i, 1);
        append(writer, data, 2);
    }
    append(writer, "\"", 1);
}

void
pli_json_bool(pli_json_writer *writer, const char *key, bool value) {
    begin_value(writer, key);
    append_text(writer, value ? "true" : "false");
}

void
pli_json_null(pli_json_writer *writer, const char *key) {
    begin_value(writer, key);
    append_text(writer, "null");
}

plm_status
pli_json_writer_save(const pli_json_writer *writer, const char *path, plm_fault *fault) {
    if (writer->status != PLM_OK) {
        return pli_fault_set(fault, writer->status, path, ": ", plm_status_text(writer->status));
    }
    PLI_ASSERT(writer->depth == 0);
    return pli_file_write(path, writer->data, writer->size, fault);
}

void
pli_json_writer_finish(pli_json_writer *writer) {
    free(writer->data);
    *writer = (pli_json_writer){0};
}
