/* books_dump_text.h: numbers as the lines of books_dump say them.                     SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_ORACLE_BOOKS_DUMP_TEXT_H
#define TS_ORACLE_BOOKS_DUMP_TEXT_H

#include <inttypes.h>
#include <stdio.h>

#include "plimsoll/living.h"
#include "wide_text.h"

static inline void
put(int64_t value) {
    printf(" %" PRId64, value);
}

static inline void
put_u(uint64_t value) {
    printf(" %" PRIu64, value);
}

static inline void
put_row(const int64_t *row, size_t count) {
    for (size_t i = 0; i < count; i += 1) {
        put(row[i]);
    }
}

static inline void
put_wide(pli_i128 value) {
    putchar(' ');
    write_wide(value);
}

static inline void
put_bytes(const uint8_t *bytes, size_t count) {
    printf(" 0x");
    for (size_t i = 0; i < count; i += 1) {
        printf("%02x", bytes[i]);
    }
}

static inline void
put_latest(const int64_t *table, uint32_t count, plm_shock_reason reason) {
    put_u(count);
    for (uint32_t back = count; back > 0; back -= 1) {
        put(table[PLM_PROCYCLICALITY_NOTICE + 1 - back]);
    }
    put(reason);
}

#endif
