/* span.c: SPAN's small parts: prices, identities, arrays of futures, the scan.            SPDX-License-Identifier: Apache-2.0 */
#include "venue/span.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "base/tree.h"
#include "price/black76.h"

static pli_i128
power_of_ten(int32_t exponent) {
    PLI_ASSERT(exponent >= 0 && exponent <= 38);
    pli_i128 power = 1;
    for (int32_t i = 0; i < exponent; i += 1) {
        power *= 10;
    }
    return power;
}

bool
pli_span_to_scale(pli_span_number number, int32_t scale, bool is_up, pli_i128 *out) {
    int32_t shift = scale - number.decimals;
    if (shift >= 0) {
        return shift <= 38 && pli_mul_i128(number.mantissa, power_of_ten(shift), out);
    }
    if (shift < -38) {
        return false;
    }
    pli_i128 divisor = power_of_ten(-shift);
    *out = is_up ? pli_div_ceil_i128(number.mantissa, divisor)
                 : pli_div_floor_i128(number.mantissa, divisor);
    return true;
}

int
pli_span_compare(pli_span_number left, pli_span_number right) {
    // Both have at most 18 decimals and 19 digits, so one side times 10^36 may not fit; then its magnitude decides.
    int32_t scale = left.decimals > right.decimals ? left.decimals : right.decimals;
    pli_i128 a = 0;
    pli_i128 b = 0;
    bool has_left = pli_span_to_scale(left, scale, false, &a);
    bool has_right = pli_span_to_scale(right, scale, false, &b);
    if (!has_left) {
        return left.mantissa < 0 ? -1 : 1;
    }
    if (!has_right) {
        return right.mantissa < 0 ? 1 : -1;
    }
    return (a > b) - (a < b);
}

static plm_status
number_from(pli_i128 mantissa, int32_t decimals, pli_span_number *out) {
    while (decimals > 0 && mantissa % 10 == 0) {
        mantissa /= 10;
        decimals -= 1;
    }
    int64_t narrow = 0;
    if (!pli_narrow_i64(mantissa, &narrow) || decimals > 18 || decimals < -18) {
        return PLM_OVERFLOW;
    }
    *out = (pli_span_number){.mantissa = narrow, .decimals = decimals};
    return PLM_OK;
}

/* The eighths that a truncated last digit stands for, or -1. */
static int
eighths_of(int64_t digit) {
    static const int eighths[10] = {0, 1, 2, 3, -1, 4, 5, 6, 7, -1};
    return eighths[digit];
}

static plm_status
price_in_fractions(int64_t magnitude, int64_t parts, pli_i128 *mantissa) {
    int64_t part = magnitude % 1000 / 10;
    int eighths = eighths_of(magnitude % 10);
    if (part >= parts || eighths < 0) {
        return PLM_VALUE_INVALID;
    }
    // 1 / 512 is the finest step and has nine decimals.
    *mantissa = (pli_i128)(magnitude / 1000) * 1000000000 +
                (pli_i128)(part * 8 + eighths) * 1000000000 / (parts * 8);
    return PLM_OK;
}

plm_status
pli_span_price(int64_t value, int32_t decimals, char code, pli_span_number *out) {
    if (value < -PLI_SPAN_RAW_MAX || value > PLI_SPAN_RAW_MAX || decimals < -18 || decimals > 15) {
        return PLM_OVERFLOW;
    }
    if (code == ' ' || code == '\0') {
        return number_from(value, decimals, out);
    }
    int64_t magnitude = value < 0 ? -value : value;
    pli_i128 mantissa = 0;
    int32_t scale = 9;
    if (code == '0') {
        int eighths = eighths_of(magnitude % 10);
        if (eighths < 0) {
            return PLM_VALUE_INVALID;
        }
        mantissa = (pli_i128)(magnitude / 10) * 1000 + eighths * 125;
        scale = decimals - 1 + 3;
    } else if ((code == 'C' || code == 'K') && decimals == 3) {
        plm_status status = price_in_fractions(magnitude, code == 'C' ? 32 : 64, &mantissa);
        if (status != PLM_OK) {
            return status;
        }
    } else {
        return PLM_MODEL_UNSUPPORTED;
    }
    return number_from(value < 0 ? -mantissa : mantissa, scale, out);
}

uint32_t
pli_span_day(const char *two, size_t size) {
    if (size < 2 || (two[0] == ' ' && two[1] == ' ') || (two[0] == '0' && two[1] == '0')) {
        return 0;
    }
    return (uint32_t)(uint8_t)two[0] << 8 | (uint32_t)(uint8_t)two[1];
}

void
pli_span_period_text(pli_span_period period, char out[PLI_SPAN_PERIOD_SIZE]) {
    pli_text text = pli_text_init(out, PLI_SPAN_PERIOD_SIZE);
    pli_text_append_u64(&text, period.month);
    if (period.day != 0) {
        pli_text_append_char(&text, (char)(period.day >> 8));
        pli_text_append_char(&text, (char)(period.day & 0xff));
    }
}

static void
index_runs(pli_span_file *file) {
    uint32_t contract_at = 0;
    uint32_t series_at = 0;
    for (uint32_t i = 0; i < file->product_count; i += 1) {
        pli_span_product *product = &file->products[i];
        product->contract_first = contract_at;
        product->series_first = series_at;
        contract_at += product->contract_count;
        series_at += product->series_count;
        product->contract_count = 0;
        product->series_count = 0;
    }
}

void
pli_span_index(pli_span_file *file) {
    for (uint32_t i = 0; i < file->product_count; i += 1) {
        file->products[i].contract_count = 0;
        file->products[i].series_count = 0;
    }
    for (uint32_t i = 0; i < file->contract_count; i += 1) {
        file->products[file->contracts[i].product_index].contract_count += 1;
    }
    for (uint32_t i = 0; i < file->series_count; i += 1) {
        file->products[file->series[i].product_index].series_count += 1;
    }
    index_runs(file);
    for (uint32_t i = 0; i < file->contract_count; i += 1) {
        pli_span_product *product = &file->products[file->contracts[i].product_index];
        file->contract_order[product->contract_first + product->contract_count] = i;
        product->contract_count += 1;
    }
    for (uint32_t i = 0; i < file->series_count; i += 1) {
        pli_span_product *product = &file->products[file->series[i].product_index];
        file->series_order[product->series_first + product->series_count] = i;
        product->series_count += 1;
    }
}

static bool
is_same_series(const pli_span_contract *contract, const pli_span_key *key) {
    uint32_t day = contract->option.month != 0 ? contract->option.day : contract->future.day;
    bool is_any_future = key->right != '\0' && key->future_month == 0;
    return contract->right == key->right &&
           (is_any_future || contract->future.month == key->future_month) &&
           contract->option.month == key->option_month && day == key->day;
}

static bool
is_key_product(const pli_span_product *product, const pli_span_key *key) {
    return pli_text_is_equal(product->code, key->code) &&
           pli_text_is_equal(product->type, key->type) &&
           (key->exchange[0] == '\0' || pli_text_is_equal(product->exchange, key->exchange));
}

static plm_status
find_in_product(const pli_span_file *file, const pli_span_product *product, const pli_span_key *key,
                uint32_t *found, uint32_t *count) {
    for (uint32_t i = 0; i < product->contract_count; i += 1) {
        uint32_t index = file->contract_order[product->contract_first + i];
        const pli_span_contract *contract = &file->contracts[index];
        if (!is_same_series(contract, key)) {
            continue;
        }
        pli_span_number strike = {0};
        if (contract->right != '\0') {
            plm_status status = pli_span_price(contract->strike_raw, product->strike_decimals,
                                               product->strike_code, &strike);
            if (status != PLM_OK) {
                return status;
            }
        }
        if (contract->right == '\0' || pli_span_compare(strike, key->strike) == 0) {
            *found = index;
            *count += 1;
        }
    }
    return PLM_OK;
}

plm_status
pli_span_find(const pli_span_file *file, const pli_span_key *key, uint32_t *contract_index,
              plm_fault *fault) {
    uint32_t found = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < file->product_count; i += 1) {
        if (!is_key_product(&file->products[i], key)) {
            continue;
        }
        plm_status status = find_in_product(file, &file->products[i], key, &found, &count);
        if (status != PLM_OK) {
            return pli_fault_set(fault, status, "the strikes of ", key->code,
                                 " cannot be read with the file's price conversion");
        }
    }
    if (count == 0) {
        return pli_fault_set(fault, PLM_INDEX_UNKNOWN, "the file has no risk array for this ",
                             key->code, " contract; months, day code and strike are part of it");
    }
    if (count > 1) {
        return pli_fault_set(fault, PLM_VALUE_INVALID, "more than one risk array fits this ",
                             key->code, " contract; name the exchange");
    }
    *contract_index = found;
    return PLM_OK;
}

pli_exact
pli_span_move(uint32_t index, pli_exact extreme_multiplier) {
    static const int thirds[14] = {0, 0, 1, 1, -1, -1, 2, 2, -2, -2, 3, 3, -3, -3};
    PLI_ASSERT(index < PLI_SPAN_SCENARIO_COUNT);
    if (index >= 14) {
        return index == 14 ? extreme_multiplier : pli_exact_negate(extreme_multiplier);
    }
    return pli_exact_ratio(thirds[index], 3);
}

void
pli_span_future_array(const pli_span_future_terms *terms, pli_exact out[PLI_SPAN_SCENARIO_COUNT]) {
    pli_exact range = pli_exact_multiply(terms->slope, terms->price_scan_range);
    for (uint32_t i = 0; i < PLI_SPAN_SCENARIO_COUNT; i += 1) {
        pli_exact gain = pli_exact_multiply(range, pli_span_move(i, terms->extreme_multiplier));
        pli_exact loss = pli_exact_subtract(terms->time_decay_loss, gain);
        out[i] = i < 14 ? loss : pli_exact_multiply(loss, terms->cover_fraction);
    }
}

plm_status
pli_span_short_call_extreme(const pli_span_call_terms *terms, double *loss) {
    double shocked = terms->forward + terms->extreme_multiplier * terms->price_scan_range;
    bool is_inside = terms->forward > 0.0 && terms->strike > 0.0 && terms->years > 0.0 &&
                     terms->volatility >= 0.0 && shocked > 0.0;
    if (!is_inside) {
        return PLM_DOMAIN;
    }
    const plm_option_fixed option = {
        .strike = terms->strike, .years = terms->years, .right = PLM_RIGHT_CALL};
    double before = pli_black76_undiscounted(&option, terms->forward, terms->volatility);
    double after = pli_black76_undiscounted(&option, shocked, terms->volatility);
    *loss = terms->cover * (after - before);
    return PLM_OK;
}

pli_i128
pli_span_scan(const pli_i128 losses[PLI_SPAN_SCENARIO_COUNT], uint32_t *active_scenario) {
    uint32_t active = 0;
    for (uint32_t i = 1; i < PLI_SPAN_SCENARIO_COUNT; i += 1) {
        if (losses[i] > losses[active]) {
            active = i;
        }
    }
    *active_scenario = active + 1;
    return losses[active] > 0 ? losses[active] : 0;
}

plm_status
pli_span_short_minimum(char method, int64_t calls, int64_t puts, pli_i128 rate, pli_i128 *out) {
    pli_i128 count = 0;
    if (method == '1') {
        count = calls > puts ? calls : puts;
    } else if (method == '2' || method == ' ') {
        count = (pli_i128)calls + puts;
    } else {
        return PLM_MODEL_UNSUPPORTED;
    }
    return pli_mul_i128(count, rate, out) ? PLM_OK : PLM_OVERFLOW;
}
