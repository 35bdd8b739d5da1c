/* span_pa2_arrays.c: the risk arrays and series of a positional file.                     SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "venue/span_pa2_decoder.h"

static uint32_t
hash_of(const char *exchange, const char *code, const char *type) {
    const char *parts[3] = {exchange, code, type};
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < 3; i += 1) {
        for (const char *at = parts[i]; *at != '\0'; at += 1) {
            hash = (hash ^ (uint8_t)*at) * 16777619u;
        }
        hash = (hash ^ 1u) * 16777619u;
    }
    return hash;
}

uint32_t
pli_pa2_slot(const pli_pa2_decoder *run, const pli_span_product *wanted) {
    uint32_t at = hash_of(wanted->exchange, wanted->code, wanted->type) & (run->slot_count - 1);
    while (run->slots[at] != 0) {
        const pli_span_product *product = &run->file.products[run->slots[at] - 1];
        if (memcmp(product->code, wanted->code, sizeof product->code) == 0 &&
            memcmp(product->type, wanted->type, sizeof product->type) == 0 &&
            memcmp(product->exchange, wanted->exchange, sizeof product->exchange) == 0) {
            break;
        }
        at = (at + 1) & (run->slot_count - 1);
    }
    return at;
}

/* The index of the row's product, or PLI_SPAN_NONE where no earlier record named it. */
static uint32_t
known_product(pli_pa2_decoder *run, uint32_t type_column) {
    pli_span_product named = {.line = run->row.line};
    pli_pa2_code(&run->row, 3, 3, named.exchange);
    pli_pa2_code(&run->row, 6, 10, named.code);
    pli_pa2_code(&run->row, type_column, 3, named.type);
    uint32_t slot = pli_pa2_slot(run, &named);
    return run->slots[slot] == 0 ? PLI_SPAN_NONE : run->slots[slot] - 1;
}

void
pli_pa2_read_series(pli_pa2_decoder *run) {
    pli_pa2_row *row = &run->row;
    pli_span_series made = {.product_index = known_product(run, 16)};
    if (made.product_index == PLI_SPAN_NONE) {
        return;
    }
    made.future.month = (uint32_t)pli_pa2_digits(row, 19, 6);
    made.future.day = pli_pa2_day(row, 25);
    made.option.month = (uint32_t)pli_pa2_digits(row, 28, 6);
    made.option.day = pli_pa2_day(row, 34);
    made.delta_scaling = pli_pa2_number(row, 86, 6, 4);
    if (made.delta_scaling.mantissa == 0) {
        made.delta_scaling = (pli_span_number){.mantissa = 1, .decimals = 0}; // blank: the default
    }
    int32_t exponent = (int32_t)pli_pa2_digits(row, 143, 2);
    made.value_factor = pli_pa2_number(row, 129, 14, 7);
    made.value_factor.decimals -= pli_pa2_character(row, 145) == '-' ? -exponent : exponent;
    pli_span_trim(&made.value_factor);
    run->file.series[run->file.series_count] = made;
    run->file.series_count += 1;
}

static void
read_identity(pli_pa2_decoder *run, pli_span_contract *contract) {
    pli_pa2_row *row = &run->row;
    contract->future.month = (uint32_t)pli_pa2_digits(row, 30, 6);
    contract->future.day = pli_pa2_day(row, 36);
    char right = pli_pa2_character(row, 29);
    if (right == ' ') {
        return;
    }
    if (right != 'C' && right != 'P') {
        (void)pli_pa2_fail(row, PLM_VALUE_INVALID, "the option right is neither C nor P", NULL);
    }
    contract->right = right;
    contract->option.month = (uint32_t)pli_pa2_digits(row, 39, 6);
    contract->option.day = pli_pa2_day(row, 45);
    contract->strike_raw = (int64_t)pli_pa2_digits(row, 48, 7);
}

static bool
is_all_nines(pli_pa2_row *row, uint32_t column, uint32_t width) {
    uint64_t nines = 0;
    for (uint32_t i = 0; i < width; i += 1) {
        nines = nines * 10 + 9;
    }
    return pli_pa2_digits(row, column, width) == nines;
}

#define IDENTITY_FIRST 3u
#define IDENTITY_SIZE 52u

/* The second half of an array: it must follow the first at once and name the same contract. */
static bool
read_second(pli_pa2_decoder *run, pli_span_contract *contract, bool is_price_long) {
    pli_pa2_row first = run->row;
    pli_pa2_row *row = &run->row;
    bool is_second =
        pli_pa2_next(row) && pli_pa2_is(row, "82") && row->size >= IDENTITY_FIRST + IDENTITY_SIZE &&
        memcmp(first.text + IDENTITY_FIRST - 1, row->text + IDENTITY_FIRST - 1, IDENTITY_SIZE) == 0;
    if (!is_second) {
        return pli_pa2_fail(&run->row, PLM_SYNTAX,
                            "a record 81 must be followed by its own record 82", NULL);
    }
    for (uint32_t i = 9; i < PLI_SPAN_SCENARIO_COUNT; i += 1) {
        contract->array[i] = pli_pa2_signed(row, 55 + 6 * (i - 9), 5);
    }
    contract->composite_delta =
        (pli_span_number){.mantissa = pli_pa2_signed(row, 97, 5), .decimals = 4};
    if (!is_price_long) {
        contract->price_raw = (int64_t)pli_pa2_digits(row, 111, 7);
        contract->has_price = !is_all_nines(row, 111, 7);
    }
    if (pli_pa2_character(row, 118) == '-') {
        contract->price_raw = -contract->price_raw;
    }
    if (pli_pa2_character(row, 119) == '-') {
        contract->strike_raw = -contract->strike_raw;
    }
    return true;
}

void
pli_pa2_read_array(pli_pa2_decoder *run) {
    uint32_t product_index = known_product(run, 26);
    if (product_index == PLI_SPAN_NONE ||
        run->file.products[product_index].commodity_index == PLI_SPAN_NONE) {
        run->file.unlinked_count += 1;
        return;
    }
    pli_pa2_row *row = &run->row;
    if (row->size < IDENTITY_FIRST + IDENTITY_SIZE) {
        (void)pli_pa2_fail(row, PLM_SYNTAX, "a record 81 ends before its array", NULL);
        return;
    }
    pli_span_contract *contract = &run->file.contracts[run->file.contract_count];
    *contract =
        (pli_span_contract){.line = row->line,
                            .product_index = product_index,
                            .array_decimals = run->file.products[product_index].array_decimals};
    read_identity(run, contract);
    for (uint32_t i = 0; i < 9; i += 1) {
        contract->array[i] = pli_pa2_signed(row, 55 + 6 * i, 5);
    }
    bool is_price_long = pli_pa2_character(row, 123) == 'Y';
    if (is_price_long) {
        contract->price_raw = (int64_t)pli_pa2_digits(row, 109, 14);
        contract->has_price = !is_all_nines(row, 109, 14);
    }
    if (read_second(run, contract, is_price_long)) {
        run->file.contract_count += 1;
    }
}
