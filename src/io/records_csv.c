/* records_csv.c: CSV of any size in pieces, gzip or not, opened for reading only.       SPDX-License-Identifier: Apache-2.0 */
#include "io/records_csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/text.h"

#define BUFFER_SIZE ((size_t)1 << 20)
#define GZ_BUFFER_SIZE (1u << 17)

static plm_status
open_file(const char *path, gzFile *file, plm_fault *fault) {
    int descriptor = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        char data[PLM_FAULT_TEXT_SIZE];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, path);
        pli_text_append(&text, ": ");
        pli_text_append(&text, strerror(errno));
        return pli_fault_set(fault, PLM_IO_OPEN, data, NULL, NULL);
    }
    *file = gzdopen(descriptor, "rb");
    if (*file == NULL) {
        close(descriptor);
        return pli_fault_set(fault, PLM_MEMORY, path, ": no memory to read it", NULL);
    }
    gzbuffer(*file, GZ_BUFFER_SIZE);
    return PLM_OK;
}

static plm_status
read_failed(const char *path, gzFile file, plm_fault *fault) {
    int code = Z_OK;
    const char *reason = gzerror(file, &code);
    if (code == Z_ERRNO) {
        reason = strerror(errno);
    } else if (code == Z_MEM_ERROR) {
        return pli_fault_set(fault, PLM_MEMORY, path, ": no memory to unpack it", NULL);
    } else if (code == Z_BUF_ERROR) {
        reason = "gzip data is cut short";
    } else if (code == Z_DATA_ERROR) {
        reason = "gzip data is damaged";
    }
    return pli_fault_set(fault, PLM_IO_READ, path, ": ", reason);
}

plm_status
pli_records_csv_count(const char *path, uint64_t *rows, uint64_t *bytes, plm_fault *fault) {
    gzFile file = NULL;
    plm_status status = open_file(path, &file, fault);
    if (status != PLM_OK) {
        return status;
    }
    char *buffer = malloc(BUFFER_SIZE);
    if (buffer == NULL) {
        gzclose(file);
        return pli_fault_set(fault, PLM_MEMORY, path, ": no memory to read it", NULL);
    }
    uint64_t lines = 1;
    uint64_t total = 0;
    int taken = 0;
    while ((taken = gzread(file, buffer, (unsigned)BUFFER_SIZE)) > 0) {
        total += (uint64_t)taken;
        const char *end = buffer + taken;
        for (const char *at = buffer; (at = memchr(at, '\n', (size_t)(end - at))) != NULL;
             at += 1) {
            lines += 1;
        }
    }
    int code = Z_OK;
    (void)gzerror(file, &code);
    status = taken < 0 || code == Z_BUF_ERROR ? read_failed(path, file, fault) : PLM_OK;
    free(buffer);
    gzclose(file);
    *rows = lines;
    *bytes = total;
    return status;
}

// More bytes behind those not yet taken; false at the end of the file or after a failure.
static bool
refill(pli_records *records, plm_status *status, plm_fault *fault) {
    if (records->is_ended) {
        return false;
    }
    memmove(records->buffer, records->buffer + records->at, records->end - records->at);
    records->end -= records->at;
    records->at = 0;
    int taken = gzread(records->file, records->buffer + records->end,
                       (unsigned)(BUFFER_SIZE - records->end));
    int code = Z_OK;
    (void)gzerror(records->file, &code);
    if (taken < 0 || (taken == 0 && code == Z_BUF_ERROR)) {
        *status = read_failed(records->name, records->file, fault);
        return false;
    }
    records->end += (size_t)taken;
    records->is_ended = taken == 0;
    return taken > 0;
}

// The next line, blank ones left out; *line is inside the buffer and may be written to.
static pli_record_result
next_line(pli_records *records, char **line, size_t *size, plm_fault *fault) {
    plm_status status = PLM_OK;
    for (;;) {
        char *start = records->buffer + records->at;
        size_t rest = records->end - records->at;
        char *end = rest == 0 ? NULL : memchr(start, '\n', rest);
        if (end == NULL && rest <= PLI_RECORD_SIZE_MAX && refill(records, &status, fault)) {
            continue;
        }
        if (status != PLM_OK) {
            return PLI_RECORD_FAILED;
        }
        if (end == NULL && (rest == 0 || records->is_growing) && records->is_ended) {
            return PLI_RECORD_END;
        }
        records->line += 1;
        *size = end == NULL ? rest : (size_t)(end - start);
        if (*size > PLI_RECORD_SIZE_MAX) {
            (void)pli_fault_at(fault, PLM_LIMIT, records->name, (uint32_t)records->line,
                               "a line of more than 65536 bytes; allowed is up to that", NULL);
            return PLI_RECORD_FAILED;
        }
        records->at += *size + (end != NULL);
        records->bytes += *size + (end != NULL);
        *size -= *size > 0 && start[*size - 1] == '\r';
        if (*size > 0) {
            *line = start;
            return PLI_RECORD_ROW;
        }
    }
}

// One field, unquoted in place; answers the position behind its separator, or NULL for quotes out of place.
static char *
take_field(char *at, char *end, char separator, pli_record_field *field) {
    if (at == end || *at != '"') {
        char *stop = at == end ? NULL : memchr(at, separator, (size_t)(end - at));
        stop = stop == NULL ? end : stop;
        *field = (pli_record_field){at, (size_t)(stop - at)};
        bool is_plain = field->size == 0 || memchr(at, '"', field->size) == NULL;
        return is_plain ? stop : NULL;
    }
    char *out = at;
    *field = (pli_record_field){at, 0};
    for (at += 1; at < end; at += 1) {
        if (*at == '"' && at + 1 < end && at[1] == '"') {
            at += 1;
        } else if (*at == '"') {
            at += 1;
            field->size = (size_t)(out - field->text);
            return at == end || *at == separator ? at : NULL;
        }
        *out = *at;
        out += 1;
    }
    return NULL;
}

static bool
has_control(const char *line, size_t size) {
    for (size_t i = 0; i < size; i += 1) {
        unsigned char c = (unsigned char)line[i];
        if ((c < ' ' && c != '\t') || c == 127) {
            return true;
        }
    }
    return false;
}

// Splits a line; answers the number of fields, or 0 where it is malformed.
static uint32_t
split(const pli_records *records, char *line, size_t size, pli_record_field *fields) {
    char *end = line + size;
    char *at = line;
    for (uint32_t count = 0; count < PLI_RECORD_FIELDS_MAX; count += 1) {
        char *stop = take_field(at, end, records->mapping->separator, &fields[count]);
        if (stop == NULL) {
            return 0;
        }
        if (stop == end) {
            return count + 1;
        }
        at = stop + 1;
    }
    return 0;
}

static plm_status
find_column(const pli_records *records, const pli_record_field *header, const char *path,
            uint32_t *column, plm_fault *fault) {
    *column = PLM_NONE;
    for (uint32_t i = 0; path != NULL && i < records->column_count; i += 1) {
        if (header[i].size != strlen(path) || memcmp(header[i].text, path, header[i].size) != 0) {
            continue;
        }
        if (*column != PLM_NONE) {
            return pli_fault_at(fault, PLM_KEY_DUPLICATE, records->name, (uint32_t)records->line,
                                "a column appears twice; allowed is once: ", path);
        }
        *column = i;
    }
    return PLM_OK;
}

static plm_status
find_role(pli_records *records, const pli_record_field *header, pli_role role, plm_fault *fault) {
    const pli_mapped *mapped = &records->mapping->columns[role];
    plm_status status = find_column(records, header, mapped->path, &records->columns[role], fault);
    if (status == PLM_OK) {
        status =
            find_column(records, header, mapped->when_path, &records->when_columns[role], fault);
    }
    bool is_there = (mapped->path == NULL || records->columns[role] != PLM_NONE) &&
                    (mapped->when_path == NULL || records->when_columns[role] != PLM_NONE);
    bool is_needed = !records->mapping->is_standard || pli_role_is_required(records->feed, role);
    if (status != PLM_OK || is_there || !is_needed) {
        return status;
    }
    char data[160];
    pli_text text = pli_text_init(data, sizeof data);
    bool is_path = mapped->path != NULL && records->columns[role] == PLM_NONE;
    pli_text_append(&text, is_path ? mapped->path : mapped->when_path);
    pli_text_append(&text, is_path ? "\"; it holds the " : "\"; it is the condition of the ");
    pli_text_append(&text, pli_role_name(role));
    return pli_fault_at(fault, PLM_KEY_MISSING, records->name, (uint32_t)records->line,
                        "no column \"", data);
}

static plm_status
read_header(pli_records *records, plm_fault *fault) {
    char *line = NULL;
    size_t size = 0;
    pli_record_field header[PLI_RECORD_FIELDS_MAX];
    pli_record_result result = next_line(records, &line, &size, fault);
    if (result == PLI_RECORD_FAILED) {
        return fault == NULL ? PLM_IO_READ : fault->status;
    }
    if (result == PLI_RECORD_END) {
        return pli_fault_at(fault, PLM_IO_EMPTY, records->name, 1,
                            "no header line; the first line names the columns", NULL);
    }
    // A byte order mark is what some spreadsheets begin with.
    if (size >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3;
        size -= 3;
    }
    records->column_count = has_control(line, size) ? 0 : split(records, line, size, header);
    if (records->column_count == 0) {
        return pli_fault_at(fault, PLM_SYNTAX, records->name, (uint32_t)records->line,
                            "the header is no line of up to 256 fields", NULL);
    }
    plm_status status = PLM_OK;
    for (int role = 0; role < PLI_ROLE_COUNT && status == PLM_OK; role += 1) {
        status = find_role(records, header, (pli_role)role, fault);
    }
    return status;
}

plm_status
pli_records_csv_open(pli_records *records, plm_fault *fault) {
    plm_fault own = {.status = PLM_OK};
    gzFile file = NULL;
    plm_status status = open_file(records->name, &file, fault);
    if (status != PLM_OK) {
        return status;
    }
    records->file = file;
    records->buffer = malloc(BUFFER_SIZE);
    if (records->buffer == NULL) {
        status = pli_fault_set(fault, PLM_MEMORY, records->name, ": no memory to read it", NULL);
    } else {
        status = read_header(records, fault == NULL ? &own : fault);
    }
    if (status != PLM_OK) {
        pli_records_csv_close(records);
    }
    return status;
}

void
pli_records_csv_close(pli_records *records) {
    free(records->buffer);
    records->buffer = NULL;
    if (records->file != NULL) {
        gzclose(records->file);
        records->file = NULL;
    }
}

static pli_record_result
bad_line(const pli_records *records, plm_fault *fault, const char *what) {
    (void)pli_fault_at(fault, PLM_SYNTAX, records->name, (uint32_t)records->line, what, NULL);
    return PLI_RECORD_BAD;
}

pli_record_result
pli_records_csv_next(pli_records *records, plm_fault *fault) {
    char *line = NULL;
    size_t size = 0;
    pli_record_result result = next_line(records, &line, &size, fault);
    if (result != PLI_RECORD_ROW) {
        return result;
    }
    if (has_control(line, size)) {
        return bad_line(records, fault, "a control character; allowed is text");
    }
    pli_record_field fields[PLI_RECORD_FIELDS_MAX];
    uint32_t count = split(records, line, size, fields);
    if (count == 0) {
        return bad_line(records, fault,
                        "a double quote out of place, or more than 256 fields; allowed are plain "
                        "fields or fields in double quotes");
    }
    if (count != records->column_count) {
        char data[96];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append_u64(&text, count);
        pli_text_append(&text, " fields; allowed is as many as columns: ");
        pli_text_append_u64(&text, records->column_count);
        return bad_line(records, fault, data);
    }
    for (int role = 0; role < PLI_ROLE_COUNT; role += 1) {
        const pli_mapped *mapped = &records->mapping->columns[role];
        if (mapped->path == NULL && mapped->when_path == NULL) {
            continue; // Absent, or a constant that stands already.
        }
        pli_record_field field = records->columns[role] != PLM_NONE ? fields[records->columns[role]]
                                                                    : pli_record_constant(mapped);
        pli_record_field when = records->when_columns[role] != PLM_NONE
                                    ? fields[records->when_columns[role]]
                                    : (pli_record_field){"", 0};
        pli_record_apply_when(mapped, when, &field);
        records->fields[role] = field;
    }
    return PLI_RECORD_ROW;
}
