/* text.h: a bounded text in the caller's memory, grown by appending.                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_TEXT_H
#define PLI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/status.h"

/*
 * pli_text - always terminated; what does not fit is dropped and remembered in `is_truncated`.
 *
 * `capacity` counts the terminator and is at least 1. `length` is without the terminator.
 */
typedef struct pli_text {
    char *data;
    size_t capacity;
    size_t length;
    bool is_truncated;
} pli_text;

/* pli_text_init - an empty text in `data`, of `capacity` >= 1 bytes. */
pli_text pli_text_init(char *data, size_t capacity);

void pli_text_append(pli_text *text, const char *string);
void pli_text_append_bytes(pli_text *text, const char *bytes, size_t size);
void pli_text_append_char(pli_text *text, char character);
void pli_text_append_i64(pli_text *text, int64_t value);
void pli_text_append_u64(pli_text *text, uint64_t value);
void pli_text_append_i128(pli_text *text, pli_i128 value);

/* pli_text_append_hex - two lower-case digits per byte. */
void pli_text_append_hex(pli_text *text, const uint8_t *bytes, size_t size);

/*
 * pli_fault_set - fill a fault: "first second third" joined without separators, NULL parts skipped.
 *
 * Returns    `status`, so that `return pli_fault_set(...)` reads as one sentence. `fault` may be NULL.
 */
plm_status pli_fault_set(plm_fault *fault, plm_status status, const char *first, const char *second,
                         const char *third);

/*
 * pli_fault_set_range - "<what> is <seen>; allowed is <low> to <high>".
 *
 * Returns    `status`. `fault` may be NULL.
 */
plm_status pli_fault_set_range(plm_fault *fault, plm_status status, const char *what, int64_t seen,
                               int64_t low, int64_t high);

/*
 * pli_fault_set_index - "<what> <index><rest>", such as "instrument 12 has no mark".
 *
 * Returns    `status`. `fault` may be NULL.
 */
plm_status pli_fault_set_index(plm_fault *fault, plm_status status, const char *what,
                               uint64_t index, const char *rest);

#endif
