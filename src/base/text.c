/* text.c: a bounded text in the caller's memory, grown by appending.                  SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "base/assert.h"
#include "base/libc.h"

pli_text
pli_text_init(char *data, size_t capacity) {
    PLI_ASSERT(capacity > 0);
    data[0] = '\0';
    return (pli_text){.data = data, .capacity = capacity};
}

void
pli_text_append_bytes(pli_text *text, const char *bytes, size_t size) {
    PLI_ASSERT(text->length < text->capacity);
    size_t room = text->capacity - text->length - 1;
    size_t count = size < room ? size : room;
    memcpy(text->data + text->length, bytes, count);
    text->length += count;
    text->data[text->length] = '\0';
    text->is_truncated = text->is_truncated || count < size;
}

void
pli_text_append(pli_text *text, const char *string) {
    size_t size = 0;
    while (string[size] != '\0') {
        size += 1;
    }
    pli_text_append_bytes(text, string, size);
}

void
pli_text_append_char(pli_text *text, char character) {
    pli_text_append_bytes(text, &character, 1);
}

void
pli_text_append_u64(pli_text *text, uint64_t value) {
    char digits[20];
    size_t start = sizeof digits;
    do {
        start -= 1;
        digits[start] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    pli_text_append_bytes(text, digits + start, sizeof digits - start);
}

void
pli_text_append_i64(pli_text *text, int64_t value) {
    if (value < 0) {
        pli_text_append_char(text, '-');
    }
    pli_text_append_u64(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void
pli_text_append_i128(pli_text *text, pli_i128 value) {
    char characters[40];
    size_t start = sizeof characters;
    pli_u128 rest = value < 0 ? 0 - (pli_u128)value : (pli_u128)value;
    do {
        start -= 1;
        characters[start] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0);
    if (value < 0) {
        start -= 1;
        characters[start] = '-';
    }
    pli_text_append_bytes(text, characters + start, sizeof characters - start);
}

void
pli_text_append_hex(pli_text *text, const uint8_t *bytes, size_t size) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i += 1) {
        pli_text_append_char(text, digits[bytes[i] >> 4]);
        pli_text_append_char(text, digits[bytes[i] & 15]);
    }
}

plm_status
pli_fault_set(plm_fault *fault, plm_status status, const char *first, const char *second,
              const char *third) {
    PLI_ASSERT(status != PLM_OK);
    if (fault == NULL) {
        return status;
    }
    fault->status = status;
    pli_text text = pli_text_init(fault->text, sizeof fault->text);
    const char *parts[] = {first, second, third};
    for (size_t i = 0; i < 3; i += 1) {
        if (parts[i] != NULL) {
            pli_text_append(&text, parts[i]);
        }
    }
    return status;
}

plm_status
pli_fault_set_range(plm_fault *fault, plm_status status, const char *what, int64_t seen,
                    int64_t low, int64_t high) {
    PLI_ASSERT(status != PLM_OK);
    if (fault == NULL) {
        return status;
    }
    fault->status = status;
    pli_text text = pli_text_init(fault->text, sizeof fault->text);
    pli_text_append(&text, what);
    pli_text_append(&text, " is ");
    pli_text_append_i64(&text, seen);
    pli_text_append(&text, "; allowed is ");
    pli_text_append_i64(&text, low);
    pli_text_append(&text, " to ");
    pli_text_append_i64(&text, high);
    return status;
}

plm_status
pli_fault_set_index(plm_fault *fault, plm_status status, const char *what, uint64_t index,
                    const char *rest) {
    PLI_ASSERT(status != PLM_OK);
    if (fault == NULL) {
        return status;
    }
    fault->status = status;
    pli_text text = pli_text_init(fault->text, sizeof fault->text);
    pli_text_append(&text, what);
    pli_text_append_char(&text, ' ');
    pli_text_append_u64(&text, index);
    pli_text_append(&text, rest);
    return status;
}
