/* span.c: the example SPAN file in memory, with columns overwritten.                  SPDX-License-Identifier: Apache-2.0 */
#include "support/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROW 171u

static char rows[64][ROW + 1];
static unsigned row_count;
static char text[64 * (ROW + 1)];
static unsigned char memory[1 << 18];

void
ts_span_load(void) {
    FILE *file = fopen("examples/span/example.pa2", "rb");
    assert_non_null(file);
    char line[256];
    for (row_count = 0; fgets(line, sizeof line, file) != NULL; row_count += 1) {
        line[strcspn(line, "\n")] = '\0';
        memset(rows[row_count], ' ', ROW - 1);
        memcpy(rows[row_count], line, strlen(line) < ROW ? strlen(line) : ROW - 1);
        rows[row_count][ROW - 1] = '\n';
    }
    fclose(file);
}

void
ts_span_put(const char *begin, unsigned skip, unsigned column, const char *value) {
    for (unsigned i = 0; i < row_count; i += 1) {
        if (strncmp(rows[i], begin, strlen(begin)) != 0) {
            continue;
        }
        if (skip == 0) {
            memcpy(rows[i] + column - 1, value, strlen(value));
            return;
        }
        skip -= 1;
    }
    fail_msg("no row begins with %s", begin);
}

void
ts_span_drop(const char *begin) {
    for (unsigned i = 0; i < row_count; i += 1) {
        if (strncmp(rows[i], begin, strlen(begin)) == 0) {
            memcpy(rows[i], "Z ", 2);
        }
    }
}

plm_status
ts_span_try(pli_span_book *book, plm_fault *fault) {
    size_t size = 0;
    for (unsigned i = 0; i < row_count; i += 1) {
        memcpy(text + size, rows[i], ROW);
        size += ROW;
    }
    pli_bytes bytes = {.data = (uint8_t *)text, .size = size};
    return pli_span_parse("f", bytes, book, fault);
}

void
ts_span_parse(pli_span_book *book) {
    plm_fault fault = {0};
    if (ts_span_try(book, &fault) != PLM_OK)
        fail_msg("%s", fault.text);
}

static pli_span_position
hold(const pli_span_book *book, const pli_span_key *key, int64_t quantity) {
    pli_span_position position = {.quantity = quantity};
    plm_fault fault = {0};
    if (pli_span_find(&book->file, key, &position.contract_index, &fault) != PLM_OK)
        fail_msg("%s", fault.text);
    return position;
}

pli_span_position
ts_span_future(const pli_span_book *book, const char *code, uint32_t month, int64_t quantity) {
    const pli_span_key key = {.exchange = "", .code = code, .type = "FUT", .future_month = month};
    return hold(book, &key, quantity);
}

pli_span_position
ts_span_option(const pli_span_book *book, char right, int64_t strike, const char *day,
               int64_t quantity) {
    const pli_span_key key = {.exchange = "DEM",
                              .code = "OW",
                              .type = "OOF",
                              .right = right,
                              .future_month = 202603,
                              .option_month = 202602,
                              .day = pli_span_day(day, strlen(day)),
                              .strike = {.mantissa = strike}};
    return hold(book, &key, quantity);
}

plm_status
ts_span_margin(const pli_span_book *book, uint32_t count, const pli_span_position *positions,
               pli_span_result *result, plm_fault *fault) {
    const pli_span_request request = {
        .position_count = count, .positions = positions, .account = PLI_SPAN_ACCOUNT_HEDGER};
    pli_arena arena = pli_arena_init(memory, sizeof memory);
    return pli_span_margin(&book->file, &request, &arena, result, fault);
}
