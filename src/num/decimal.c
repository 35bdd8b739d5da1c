/* decimal.c: exact decimal text to integers in a unit, and back.                       SPDX-License-Identifier: Apache-2.0 */
#include "num/decimal.h"

#include "base/assert.h"

#define EXPONENT_LIMIT INT64_C(1000000000000000)
#define TEN_19 ((pli_u128)UINT64_C(10000000000000000000))

static bool
is_digit(char character) {
    return character >= '0' && character <= '9';
}

static size_t
count_digits(const char *text, size_t size, size_t at) {
    size_t end = at;
    while (end < size && is_digit(text[end])) {
        end += 1;
    }
    return end - at;
}

// The exponent from `at` to the end of the text; false where that is not an exponent.
static bool
scan_exponent(const char *text, size_t size, size_t at, int64_t *exponent) {
    size_t start = at + 1;
    bool is_negative = start < size && text[start] == '-';
    start += start < size && (text[start] == '-' || text[start] == '+') ? 1 : 0;
    if (count_digits(text, size, start) == 0 || start + count_digits(text, size, start) != size) {
        return false;
    }
    int64_t value = 0;
    for (size_t i = start; i < size; i += 1) {
        value = value * 10 + (text[i] - '0');
        value = value > EXPONENT_LIMIT ? EXPONENT_LIMIT : value;
    }
    *exponent = is_negative ? -value : value;
    return true;
}

bool
pli_decimal_scan(const char *text, size_t size, bool is_relaxed, pli_decimal_parts *parts) {
    pli_decimal_parts found = {0};
    size_t at = 0;
    if (size > 0 && (text[0] == '-' || (is_relaxed && text[0] == '+'))) {
        found.is_negative = text[0] == '-';
        at = 1;
    }
    found.whole = text + at;
    found.whole_size = count_digits(text, size, at);
    at += found.whole_size;
    bool has_point = at < size && text[at] == '.';
    at += has_point ? 1 : 0;
    found.fraction = text + at;
    found.fraction_size = has_point ? count_digits(text, size, at) : 0;
    at += found.fraction_size;
    if (!is_relaxed) {
        bool has_digits = found.whole_size > 0 && (!has_point || found.fraction_size > 0);
        bool has_needless_zero = found.whole_size > 1 && found.whole[0] == '0';
        if (!has_digits || has_needless_zero || at != size) {
            return false;
        }
        *parts = found;
        return true;
    }
    if (found.whole_size + found.fraction_size == 0) {
        return false;
    }
    if (at < size && (text[at] == 'e' || text[at] == 'E')) {
        if (!scan_exponent(text, size, at, &found.exponent)) {
            return false;
        }
        at = size;
    }
    if (at != size) {
        return false;
    }
    *parts = found;
    return true;
}

unsigned
pli_decimal_digit(const pli_decimal_parts *parts, size_t index) {
    char character = index < parts->whole_size ? parts->whole[index]
                                               : parts->fraction[index - parts->whole_size];
    return (unsigned)(character - '0');
}

static pli_u128
power_of_ten(unsigned exponent) {
    PLI_ASSERT(exponent <= PLI_DECIMAL_DIGITS_MAX);
    pli_u128 power = 1;
    for (unsigned i = 0; i < exponent; i += 1) {
        power *= 10;
    }
    return power;
}

// *value * 10 + digit, or false beyond 10^38 - 1.
static bool
push_digit(pli_u128 *value, unsigned digit) {
    if (*value >= TEN_19 * (TEN_19 / 10)) {
        return false;
    }
    *value = *value * 10 + digit;
    return true;
}

// What was cut off a magnitude: its first digit, and whether anything but zeros followed.
typedef struct tail {
    unsigned first;
    bool is_more;
} tail;

static bool
tail_rounds_away(tail cut, bool is_odd, bool is_negative, pli_decimal_rounding rounding) {
    bool is_inexact = cut.first != 0 || cut.is_more;
    switch (rounding) {
    case PLI_DECIMAL_FLOOR:
        return is_inexact && is_negative;
    case PLI_DECIMAL_CEIL:
        return is_inexact && !is_negative;
    case PLI_DECIMAL_HALF_EVEN:
        return cut.first > 5 || (cut.first == 5 && (cut.is_more || is_odd));
    case PLI_DECIMAL_EXACT:
        break;
    }
    return false;
}

// The digits at or above the unit as an integer, the rest as a tail; false beyond 10^38 - 1.
static bool
collect(const pli_decimal_parts *parts, unsigned scale, pli_u128 *value, tail *cut) {
    size_t count = parts->whole_size + parts->fraction_size;
    // The power of ten, in units, of the digit before the first one.
    int64_t power = (int64_t)parts->whole_size + parts->exponent + (int64_t)scale;
    for (size_t i = 0; i < count; i += 1) {
        unsigned digit = pli_decimal_digit(parts, i);
        power -= 1;
        if (power >= 0) {
            if (!push_digit(value, digit)) {
                return false;
            }
        } else if (power == -1) {
            cut->first = digit;
        } else {
            cut->is_more = cut->is_more || digit != 0;
        }
    }
    while (power > 0 && *value != 0) {
        if (!push_digit(value, 0)) {
            return false;
        }
        power -= 1;
    }
    return true;
}

static plm_status
convert(const pli_decimal_parts *parts, unsigned scale, pli_decimal_rounding rounding,
        pli_i128 *out) {
    PLI_ASSERT(scale <= PLI_DECIMAL_SCALE_MAX);
    pli_u128 value = 0;
    tail cut = {0};
    if (!collect(parts, scale, &value, &cut)) {
        return PLM_OVERFLOW;
    }
    if (rounding == PLI_DECIMAL_EXACT && (cut.first != 0 || cut.is_more)) {
        return PLM_TEXT_PRECISION;
    }
    value += tail_rounds_away(cut, (value & 1) != 0, parts->is_negative, rounding) ? 1 : 0;
    if (value >= TEN_19 * TEN_19) {
        return PLM_OVERFLOW;
    }
    *out = parts->is_negative ? -(pli_i128)value : (pli_i128)value;
    return PLM_OK;
}

plm_status
pli_decimal_parse(const char *text, size_t size, unsigned scale, pli_i128 *out) {
    pli_decimal_parts parts;
    if (!pli_decimal_scan(text, size, false, &parts)) {
        return PLM_TEXT_MALFORMED;
    }
    return convert(&parts, scale, PLI_DECIMAL_EXACT, out);
}

plm_status
pli_decimal_parse_relaxed(const char *text, size_t size, unsigned scale,
                          pli_decimal_rounding rounding, pli_i128 *out) {
    pli_decimal_parts parts;
    if (!pli_decimal_scan(text, size, true, &parts)) {
        return PLM_TEXT_MALFORMED;
    }
    return convert(&parts, scale, rounding, out);
}

// At least `count_min` decimal digits of value, most significant first; answers how many.
static unsigned
write_digits(pli_u128 value, unsigned count_min, char digits[PLI_DECIMAL_DIGITS_MAX + 2]) {
    char reversed[PLI_DECIMAL_DIGITS_MAX + 2];
    unsigned count = 0;
    while (value != 0 || count < count_min) {
        reversed[count] = (char)('0' + (int)(value % 10));
        value /= 10;
        count += 1;
    }
    for (unsigned i = 0; i < count; i += 1) {
        digits[i] = reversed[count - 1 - i];
    }
    return count;
}

static pli_u128
magnitude(pli_i128 value) {
    return value < 0 ? 0 - (pli_u128)value : (pli_u128)value;
}

static void
append_zeros(pli_text *text, unsigned count) {
    for (unsigned i = 0; i < count; i += 1) {
        pli_text_append_char(text, '0');
    }
}

void
pli_decimal_format(pli_text *text, pli_i128 value, unsigned scale, unsigned decimals_min) {
    PLI_ASSERT(scale <= PLI_DECIMAL_DIGITS_MAX);
    PLI_ASSERT(decimals_min <= PLI_DECIMAL_DIGITS_MAX);
    char digits[PLI_DECIMAL_DIGITS_MAX + 2];
    unsigned count = write_digits(magnitude(value), scale + 1, digits);
    unsigned whole_size = count - scale;
    unsigned decimals = scale;
    while (decimals > decimals_min && digits[whole_size + decimals - 1] == '0') {
        decimals -= 1;
    }
    if (value < 0) {
        pli_text_append_char(text, '-');
    }
    pli_text_append_bytes(text, digits, whole_size);
    if (decimals > 0 || decimals_min > 0) {
        pli_text_append_char(text, '.');
    }
    pli_text_append_bytes(text, digits + whole_size, decimals);
    append_zeros(text, decimals_min > decimals ? decimals_min - decimals : 0);
}

// The magnitude in 10^-decimals, where decimals < scale.
static pli_u128
coarsen(pli_i128 value, unsigned drop, pli_decimal_rounding rounding) {
    pli_u128 tenth = power_of_ten(drop - 1);
    pli_u128 units = magnitude(value) / tenth;
    tail cut = {.first = (unsigned)(units % 10), .is_more = magnitude(value) % tenth != 0};
    PLI_ASSERT(rounding != PLI_DECIMAL_EXACT || (cut.first == 0 && !cut.is_more));
    units /= 10;
    return units + (tail_rounds_away(cut, (units & 1) != 0, value < 0, rounding) ? 1 : 0);
}

void
pli_decimal_format_grouped(pli_text *text, pli_i128 value, unsigned scale, unsigned decimals,
                           pli_decimal_rounding rounding) {
    PLI_ASSERT(scale <= PLI_DECIMAL_DIGITS_MAX);
    PLI_ASSERT(decimals <= PLI_DECIMAL_DIGITS_MAX);
    unsigned kept = decimals < scale ? decimals : scale;
    pli_u128 units = kept < scale ? coarsen(value, scale - kept, rounding) : magnitude(value);
    char digits[PLI_DECIMAL_DIGITS_MAX + 2] = {0};
    unsigned count = write_digits(units, kept + 1, digits);
    unsigned whole_size = count - kept;
    if (value < 0 && units != 0) {
        pli_text_append_char(text, '-');
    }
    for (unsigned i = 0; i < whole_size; i += 1) {
        if (i > 0 && (whole_size - i) % 3 == 0) {
            pli_text_append_char(text, ',');
        }
        pli_text_append_char(text, digits[i]);
    }
    if (decimals > 0) {
        pli_text_append_char(text, '.');
    }
    pli_text_append_bytes(text, digits + whole_size, kept);
    append_zeros(text, decimals - kept);
}
