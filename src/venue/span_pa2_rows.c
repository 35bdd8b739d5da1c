/* span_pa2_rows.c: the rows of a positional file and their fields.                        SPDX-License-Identifier: Apache-2.0 */
#include "venue/span_pa2_rows.h"

#include "base/libc.h"
#include "base/text.h"

pli_pa2_row
pli_pa2_row_init(const char *name, const char *text, size_t size, plm_fault *fault) {
    return (pli_pa2_row){.name = name, .file = text, .file_size = size, .fault = fault, .text = ""};
}

// Eight bytes at a time: a byte of `word` is LF where subtracting 1 from its difference borrows.
static bool
has_line_feed(const char *at) {
    uint64_t word = 0;
    memcpy(&word, at, sizeof word);
    word ^= UINT64_C(0x0a0a0a0a0a0a0a0a);
    return ((word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080)) != 0;
}

static size_t
line_end(const pli_pa2_row *row) {
    size_t at = row->at;
    while (at + 8 <= row->file_size && !has_line_feed(row->file + at)) {
        at += 8;
    }
    while (at < row->file_size && row->file[at] != '\n') {
        at += 1;
    }
    return at;
}

bool
pli_pa2_next(pli_pa2_row *row) {
    while (row->status == PLM_OK && row->at < row->file_size) {
        size_t end = line_end(row);
        size_t size = end - row->at;
        row->text = row->file + row->at;
        row->size = size > 0 && row->text[size - 1] == '\r' ? size - 1 : size;
        row->at = end < row->file_size ? end + 1 : end;
        row->line += 1;
        if (row->size > 0) {
            return true;
        }
    }
    row->size = 0;
    return false;
}

bool
pli_pa2_fail(pli_pa2_row *row, plm_status status, const char *what, const char *detail) {
    if (row->status != PLM_OK) {
        return false;
    }
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, row->name);
    pli_text_append_char(&text, ':');
    pli_text_append_u64(&text, row->line);
    pli_text_append(&text, ": ");
    row->status = pli_fault_set(row->fault, status, data, what, detail);
    return false;
}

static plm_status
fail_field(pli_pa2_row *row, uint32_t column, uint32_t width) {
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "columns ");
    pli_text_append_u64(&text, column);
    pli_text_append(&text, " to ");
    pli_text_append_u64(&text, column + width - 1);
    pli_text_append(&text, " hold no number");
    (void)pli_pa2_fail(row, PLM_VALUE_INVALID, data, NULL);
    return row->status;
}

bool
pli_pa2_is(const pli_pa2_row *row, const char *type) {
    return row->size >= 2 && row->text[0] == type[0] && row->text[1] == type[1];
}

char
pli_pa2_character(const pli_pa2_row *row, uint32_t column) {
    return column <= row->size ? row->text[column - 1] : ' ';
}

void
pli_pa2_code(const pli_pa2_row *row, uint32_t column, uint32_t width,
             char out[PLI_SPAN_CODE_SIZE]) {
    memset(out, 0, PLI_SPAN_CODE_SIZE);
    size_t first = column - 1;
    size_t size = first >= row->size ? 0 : first + width <= row->size ? width : row->size - first;
    while (size > 0 && row->text[first + size - 1] == ' ') {
        size -= 1;
    }
    for (size_t i = 0; i < size && row->text[first + i] != '\0'; i += 1) {
        out[i] = row->text[first + i];
    }
}

uint64_t
pli_pa2_digits(pli_pa2_row *row, uint32_t column, uint32_t width) {
    uint64_t value = 0;
    uint32_t blanks = 0;
    for (uint32_t i = 0; i < width; i += 1) {
        size_t at = (size_t)column - 1 + i;
        char character = at < row->size ? row->text[at] : ' ';
        if (character == ' ') {
            blanks += 1;
            continue;
        }
        if (character < '0' || character > '9') {
            (void)fail_field(row, column, width);
            return 0;
        }
        value = value * 10 + (uint64_t)(character - '0');
    }
    if (blanks != 0 && blanks != width) {
        (void)fail_field(row, column, width);
        return 0;
    }
    return value;
}

pli_span_number
pli_pa2_number(pli_pa2_row *row, uint32_t column, uint32_t width, int32_t decimals) {
    return (pli_span_number){.mantissa = (int64_t)pli_pa2_digits(row, column, width),
                             .decimals = decimals};
}

int64_t
pli_pa2_signed(pli_pa2_row *row, uint32_t column, uint32_t width) {
    size_t at = (size_t)column - 1 + width;
    char sign = at < row->size ? row->text[at] : ' ';
    if (sign != '+' && sign != '-') {
        (void)fail_field(row, column, width + 1);
        return 0;
    }
    int64_t value = (int64_t)pli_pa2_digits(row, column, width);
    return sign == '-' ? -value : value;
}

int64_t
pli_pa2_locator(pli_pa2_row *row, uint32_t column) {
    bool is_negative = column <= row->size && row->text[column - 1] == '-';
    int64_t value =
        (int64_t)pli_pa2_digits(row, is_negative ? column + 1 : column, is_negative ? 2 : 3);
    return is_negative ? -value : value;
}

uint32_t
pli_pa2_day(const pli_pa2_row *row, uint32_t column) {
    return (size_t)column + 1 <= row->size ? pli_span_day(row->text + column - 1, 2) : 0;
}

void
pli_span_trim(pli_span_number *number) {
    while (number->mantissa != 0 && number->mantissa % 10 == 0) {
        number->mantissa /= 10;
        number->decimals -= 1;
    }
    if (number->mantissa == 0) {
        number->decimals = 0;
    }
}
