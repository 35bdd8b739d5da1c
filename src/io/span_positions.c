/* span_positions.c: positions in the contracts of a SPAN file, from CSV.              SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "io/csv.h"
#include "io/document.h"
#include "io/span_file.h"
#include "num/decimal.h"
#include "plimsoll/quantity.h"

#define POSITIONS_MAX 1000000u
#define QUANTITY_MAX INT64_C(1000000000000)

typedef struct columns {
    uint32_t exchange, product, type, right, future, option, day, strike, quantity;
} columns;

static columns
find_columns(pli_csv *csv) {
    columns found = {.exchange = pli_csv_column(csv, "exchange", false)};
    found.product = pli_csv_column(csv, "product", true);
    found.type = pli_csv_column(csv, "type", true);
    found.right = pli_csv_column(csv, "right", false);
    found.future = pli_csv_column(csv, "future", true);
    found.option = pli_csv_column(csv, "option", false);
    found.day = pli_csv_column(csv, "day", false);
    found.strike = pli_csv_column(csv, "strike", false);
    found.quantity = pli_csv_column(csv, "quantity", true);
    return found;
}

static void
read_code(pli_csv *csv, uint32_t column, char out[PLI_SPAN_CODE_SIZE]) {
    memset(out, 0, PLI_SPAN_CODE_SIZE);
    if (csv->status != PLM_OK || pli_csv_is_empty(csv, column)) {
        return;
    }
    if (csv->fields[column].size >= PLI_SPAN_CODE_SIZE) {
        pli_csv_fail(csv, PLM_VALUE_INVALID, column, "a code of up to 15 characters");
        return;
    }
    memcpy(out, csv->fields[column].text, csv->fields[column].size);
}

static uint32_t
read_month(pli_csv *csv, uint32_t column) {
    if (csv->status != PLM_OK || pli_csv_is_empty(csv, column)) {
        return 0;
    }
    return (uint32_t)pli_csv_integer(csv, column, 0, 999912);
}

static pli_span_number
read_strike(pli_csv *csv, uint32_t column) {
    pli_span_number strike = {.mantissa = 0, .decimals = 9};
    if (csv->status != PLM_OK || pli_csv_is_empty(csv, column)) {
        return strike;
    }
    pli_i128 value = 0;
    plm_status status =
        pli_decimal_parse(csv->fields[column].text, csv->fields[column].size, 9, &value);
    if (status != PLM_OK || value > INT64_MAX || value < INT64_MIN) {
        pli_csv_fail(csv, PLM_VALUE_INVALID, column, "a strike of up to nine decimals");
        return strike;
    }
    strike.mantissa = (int64_t)value;
    return strike;
}

/* Reads one row and finds its contract. */
static plm_status
read_position(pli_csv *csv, const columns *column, const pli_span_file *file,
              pli_span_position *out) {
    char exchange[PLI_SPAN_CODE_SIZE];
    char product[PLI_SPAN_CODE_SIZE];
    char type[PLI_SPAN_CODE_SIZE];
    char right[PLI_SPAN_CODE_SIZE];
    char day[PLI_SPAN_CODE_SIZE];
    read_code(csv, column->exchange, exchange);
    read_code(csv, column->product, product);
    read_code(csv, column->type, type);
    read_code(csv, column->right, right);
    read_code(csv, column->day, day);
    const pli_span_key key = {.exchange = exchange,
                              .code = product,
                              .type = type,
                              .right = right[0],
                              .future_month = read_month(csv, column->future),
                              .option_month = read_month(csv, column->option),
                              .day = pli_span_day(day, strlen(day)),
                              .strike = read_strike(csv, column->strike)};
    if (csv->status != PLM_OK) {
        return csv->status;
    }
    out->quantity = pli_csv_integer(csv, column->quantity, -QUANTITY_MAX, QUANTITY_MAX);
    plm_fault reason = {.status = PLM_OK};
    plm_status status = pli_span_find(file, &key, &out->contract_index, &reason);
    if (csv->status == PLM_OK && status != PLM_OK) {
        csv->status = pli_fault_at(csv->fault, status, csv->name, csv->line, reason.text, NULL);
    }
    return csv->status;
}

static uint32_t
count_lines(pli_bytes bytes) {
    size_t count = 1;
    for (size_t i = 0; i < bytes.size; i += 1) {
        count += bytes.data[i] == '\n' ? 1u : 0u;
    }
    return count > POSITIONS_MAX ? POSITIONS_MAX : (uint32_t)count;
}

plm_status
pli_span_positions_parse(const char *name, pli_bytes bytes, const pli_span_file *file,
                         pli_pool *pool, pli_span_request *request, plm_fault *fault) {
    pli_csv csv;
    pli_csv_init(&csv, name, bytes, fault);
    columns column = find_columns(&csv);
    uint32_t capacity = count_lines(bytes);
    pli_span_position *positions = pli_pool_take(pool, capacity, sizeof *positions);
    if (positions == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, name, ": no memory for its positions", NULL);
    }
    uint32_t count = 0;
    while (pli_csv_next(&csv)) {
        if (count == capacity) {
            return pli_fault_at(fault, PLM_LIMIT, name, csv.line, "more than 1000000 positions",
                                NULL);
        }
        if (read_position(&csv, &column, file, &positions[count]) == PLM_OK) {
            count += 1;
        }
    }
    if (csv.status != PLM_OK) {
        return csv.status;
    }
    request->positions = positions;
    request->position_count = count;
    return PLM_OK;
}

plm_status
pli_span_positions_read(const char *path, const pli_span_file *file, pli_pool *pool,
                        pli_span_request *request, plm_fault *fault) {
    pli_bytes bytes = {.data = NULL};
    plm_status status = pli_file_read(path, PLI_FILE_SIZE_MAX, &bytes, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = pli_span_positions_parse(path, bytes, file, pool, request, fault);
    pli_bytes_finish(&bytes);
    return status;
}
