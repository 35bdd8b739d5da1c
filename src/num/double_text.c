/* double_text.c: doubles as decimal text, correctly rounded both ways.                 SPDX-License-Identifier: Apache-2.0 */
#include "num/double_text.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/endian.h"
#include "base/wide.h"
#include "num/decimal.h"
#include "num/rounding.h"

// Beyond 768 significant digits only "is there more" can matter (the longest exact midpoint of two doubles has 767).
#define DIGITS_KEPT 770
// 771 digits are 2,562 bits, 5^1101 is 2,557 bits, and each doubles at most once more.
#define LIMBS 96

// --- Whole numbers of any size that occurs here ------------------------------------------------------------------------

// Invariant [BIG-1]: limb[count - 1] != 0, limbs above it are not read; zero has count 0.
typedef struct big {
    uint32_t limb[LIMBS];
    unsigned count;
} big;

static void
big_multiply_add(big *value, uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (unsigned i = 0; i < value->count; i += 1) {
        carry += (uint64_t)value->limb[i] * factor;
        value->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        PLI_ASSERT(value->count < LIMBS);
        value->limb[value->count] = (uint32_t)carry;
        value->count += 1;
    }
}

// As many factors per pass as one limb holds.
static void
big_multiply_power(big *value, uint32_t base, unsigned exponent) {
    while (exponent > 0) {
        uint32_t factor = 1;
        while (exponent > 0 && factor <= UINT32_MAX / base) {
            factor *= base;
            exponent -= 1;
        }
        big_multiply_add(value, factor, 0);
    }
}

static big
big_from(uint64_t value) {
    big result = {.count = 0};
    while (value != 0) {
        result.limb[result.count] = (uint32_t)value;
        result.count += 1;
        value >>= 32;
    }
    return result;
}

static int
bit_length(pli_u128 value) {
    int length = 0;
    while (value != 0) {
        value >>= 1;
        length += 1;
    }
    return length;
}

static int
big_bit_length(const big *value) {
    return value->count == 0
               ? 0
               : 32 * (int)(value->count - 1) + bit_length(value->limb[value->count - 1]);
}

static void
big_shift_left(big *value, unsigned bits) {
    unsigned words = bits / 32;
    unsigned rest = bits % 32;
    if (value->count == 0) {
        return;
    }
    PLI_ASSERT(value->count + words < LIMBS);
    value->limb[value->count] = 0;
    for (unsigned i = value->count + 1; i > 0; i -= 1) {
        uint64_t pair = (uint64_t)value->limb[i - 1] << 32 | (i > 1 ? value->limb[i - 2] : 0);
        value->limb[i - 1 + words] = (uint32_t)(pair << rest >> 32);
    }
    for (unsigned i = 0; i < words; i += 1) {
        value->limb[i] = 0;
    }
    value->count += words + 1;
    value->count -= value->limb[value->count - 1] == 0 ? 1 : 0;
}

static int
big_compare(const big *left, const big *right) {
    if (left->count != right->count) {
        return left->count < right->count ? -1 : 1;
    }
    for (unsigned i = left->count; i > 0; i -= 1) {
        if (left->limb[i - 1] != right->limb[i - 1]) {
            return left->limb[i - 1] < right->limb[i - 1] ? -1 : 1;
        }
    }
    return 0;
}

// left -= right, where left >= right.
static void
big_subtract(big *left, const big *right) {
    uint64_t borrow = 0;
    for (unsigned i = 0; i < left->count; i += 1) {
        uint64_t digit = (uint64_t)left->limb[i] - (i < right->count ? right->limb[i] : 0) - borrow;
        left->limb[i] = (uint32_t)digit;
        borrow = digit >> 63;
    }
    while (left->count > 0 && left->limb[left->count - 1] == 0) {
        left->count -= 1;
    }
}

// floor(top / bottom * 2^(steps - 1)) for top < 2 * bottom; `top` becomes the remainder, times two.
static pli_u128
big_divide_bits(big *top, const big *bottom, int steps) {
    pli_u128 quotient = 0;
    for (int i = 0; i < steps; i += 1) {
        quotient <<= 1;
        if (big_compare(top, bottom) >= 0) {
            big_subtract(top, bottom);
            quotient |= 1;
        }
        big_shift_left(top, 1);
    }
    return quotient;
}

// --- Text to double ----------------------------------------------------------------------------------------------------

// The double nearest to value * 2^exponent, where `is_more` says that the true value is above by less than one unit of
// `value`, which then has at least 64 bits. Answers the bits; an infinity where it is too large.
static uint64_t
assemble(pli_u128 value, bool is_more, int exponent) {
    int shift = bit_length(value) - 64;
    if (shift > 0) {
        is_more = is_more || (value & (((pli_u128)1 << shift) - 1)) != 0;
        value >>= shift;
    } else {
        value <<= -shift;
    }
    exponent += shift;
    // The leading bit weighs 2^(exponent + 63); below 2^-1022 the last bit of a double always weighs 2^-1074.
    bool is_denormal = exponent + 63 < -1022;
    int drop = is_denormal ? -1074 - exponent : 11;
    if (drop > 64) {
        return 0;
    }
    if (exponent + 63 > 1023) {
        return UINT64_C(0x7ff) << 52;
    }
    pli_u128 half = (pli_u128)1 << (drop - 1);
    pli_u128 rest = value & (2 * half - 1);
    uint64_t kept = (uint64_t)(value >> drop);
    kept += rest > half || (rest == half && (is_more || (kept & 1) != 0)) ? 1 : 0;
    // The hidden bit of `kept`, or a carry, adds one to the exponent field.
    uint64_t field = is_denormal ? 0 : (uint64_t)(exponent + 63 + 1022);
    return (field << 52) + kept;
}

// number * 10^exponent in one 128-bit step.
static uint64_t
combine_small(uint64_t number, int exponent) {
    uint64_t power = 1;
    for (int i = 0; i < (exponent < 0 ? -exponent : exponent); i += 1) {
        power *= 5;
    }
    if (exponent >= 0) {
        return assemble((pli_u128)number * power, false, exponent);
    }
    int shift = 128 - bit_length(number);
    pli_u128 top = (pli_u128)number << shift;
    return assemble(top / power, top % power != 0, exponent - shift);
}

// number * 10^exponent by exact integers.
static uint64_t
combine_big(const big *number, int exponent) {
    big top = *number;
    big bottom = big_from(1);
    if (exponent >= 0) {
        big_multiply_power(&top, 5, (unsigned)exponent);
    } else {
        big_multiply_power(&bottom, 5, (unsigned)-exponent);
    }
    int shift = big_bit_length(&bottom) - big_bit_length(&top);
    if (shift > 0) {
        big_shift_left(&top, (unsigned)shift);
    } else {
        big_shift_left(&bottom, (unsigned)-shift);
    }
    // Now 1/2 < top / bottom < 2, so 66 steps give 65 or 66 bits.
    pli_u128 quotient = big_divide_bits(&top, &bottom, 66);
    return assemble(quotient, top.count != 0, exponent - shift - 65);
}

static uint64_t
combine(uint64_t number, int exponent) {
    if (exponent >= -27 && exponent <= 27) {
        return combine_small(number, exponent);
    }
    big value = big_from(number);
    return combine_big(&value, exponent);
}

static uint64_t
bits_from_parts(const pli_decimal_parts *parts) {
    size_t end = parts->whole_size + parts->fraction_size;
    size_t start = 0;
    while (start < end && pli_decimal_digit(parts, start) == 0) {
        start += 1;
    }
    while (end > start && pli_decimal_digit(parts, end - 1) == 0) {
        end -= 1;
    }
    // The number is in [10^(order - 1), 10^order).
    int64_t order = (int64_t)parts->whole_size - (int64_t)start + parts->exponent;
    if (start == end || order < -330) {
        return 0;
    }
    if (order > 310) {
        return UINT64_C(0x7ff) << 52;
    }
    if (end - start <= 19) {
        uint64_t number = 0;
        for (size_t i = start; i < end; i += 1) {
            number = number * 10 + pli_decimal_digit(parts, i);
        }
        return combine(number, (int)(order - (int64_t)(end - start)));
    }
    // Stripped of its zeros, a longer text surely goes on with something: one more digit 1 stands for all of it.
    bool is_cut = end - start > DIGITS_KEPT;
    size_t kept = is_cut ? DIGITS_KEPT : end - start;
    big number = big_from(0);
    for (size_t i = start; i < start + kept; i += 1) {
        big_multiply_add(&number, 10, pli_decimal_digit(parts, i));
    }
    if (is_cut) {
        big_multiply_add(&number, 10, 1);
    }
    return combine_big(&number, (int)(order - (int64_t)kept) - (is_cut ? 1 : 0));
}

plm_status
pli_double_parse(const char *text, size_t size, double *out) {
    pli_decimal_parts parts;
    if (!pli_decimal_scan(text, size, true, &parts)) {
        return PLM_TEXT_MALFORMED;
    }
    uint64_t bits = bits_from_parts(&parts);
    if (bits >> 52 == 0x7ff) {
        return PLM_NOT_FINITE;
    }
    *out = pli_double_from_bits(bits | (uint64_t)parts.is_negative << 63);
    return PLM_OK;
}

// --- Double to text ----------------------------------------------------------------------------------------------------

#define SEVENTEEN_DIGITS UINT64_C(100000000000000000)

// x = mantissa * 2^exponent, x > 0.
typedef struct binary {
    uint64_t mantissa;
    int exponent;
} binary;

static binary
take_apart(uint64_t bits) {
    int field = (int)(bits >> 52 & 0x7ff);
    uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    return field == 0 ? (binary){fraction, -1074}
                      : (binary){fraction | (uint64_t)1 << 52, field - 1075};
}

// Digits of x from the left: x = (digits + rest) * 10^(order - 17) with 10^16 <= digits < 10^17.
typedef struct leading {
    uint64_t digits;
    int order;
    int rest_to_half; /* rest compared with 1/2 */
    bool has_rest;
} leading;

// digits = floor(x * 10^(17 - order)); may have 16 or 18 digits where `order` is off by one.
static leading
divide_out(binary x, int order) {
    big top = big_from(x.mantissa);
    big bottom = big_from(1);
    int tens = 17 - order;
    big_multiply_power(tens >= 0 ? &top : &bottom, 10, (unsigned)(tens >= 0 ? tens : -tens));
    big_shift_left(x.exponent >= 0 ? &top : &bottom,
                   (unsigned)(x.exponent >= 0 ? x.exponent : -x.exponent));
    int shift = big_bit_length(&top) - big_bit_length(&bottom);
    PLI_ASSERT(shift > 0 && shift < 64);
    big aligned = bottom;
    big_shift_left(&aligned, (unsigned)shift);
    uint64_t digits = (uint64_t)big_divide_bits(&top, &aligned, shift + 1);
    // `top` is now twice the remainder, in units of the aligned divisor: half of it is `aligned`.
    return (leading){digits, order, big_compare(&top, &aligned), top.count != 0};
}

static leading
leading_of(binary x) {
    // log10(2) = 0.30103; the estimate is at most one off.
    int order = (x.exponent + bit_length(x.mantissa)) * 30103 / 100000;
    leading result = divide_out(x, order);
    while (result.digits >= SEVENTEEN_DIGITS) {
        order += 1;
        result = divide_out(x, order);
    }
    while (result.digits < SEVENTEEN_DIGITS / 10) {
        order -= 1;
        result = divide_out(x, order);
    }
    return result;
}

// The shortest digits that lead back to `bits`: *count of them, as a number.
static uint64_t
shorten(uint64_t bits, const leading *full, int *count) {
    uint64_t unit = SEVENTEEN_DIGITS;
    for (int n = 1; n <= 17; n += 1) {
        unit /= 10;
        uint64_t low = full->digits / unit;
        uint64_t rest = full->digits % unit;
        bool is_above_half = n == 17 ? full->rest_to_half > 0
                                     : 2 * rest > unit || (2 * rest == unit && full->has_rest);
        bool is_half = n == 17 ? full->rest_to_half == 0 : 2 * rest == unit && !full->has_rest;
        bool is_up = is_above_half || (is_half && low % 2 != 0);
        uint64_t nearest = is_up ? low + 1 : low;
        uint64_t other = is_up ? low : low + 1;
        *count = n;
        if (combine(nearest, full->order - n) == bits) {
            return nearest;
        }
        // At a power of two the doubles below lie closer, so the farther neighbour can be the one that leads back.
        if (combine(other, full->order - n) == bits) {
            return other;
        }
    }
    PLI_ASSERT(false); // 17 correctly rounded digits always lead back
    return 0;
}

static void
append_zeros(pli_text *text, int count) {
    for (int i = 0; i < count; i += 1) {
        pli_text_append_char(text, '0');
    }
}

// `point` digits stand before the decimal point.
static void
append_layout(pli_text *text, const char *digits, int count, int point) {
    bool is_plain = point > -6 && point <= 21;
    if (is_plain && point <= 0) {
        pli_text_append(text, "0.");
        append_zeros(text, -point);
        pli_text_append_bytes(text, digits, (size_t)count);
        return;
    }
    int before = is_plain ? point : 1;
    int shown = before < count ? before : count;
    pli_text_append_bytes(text, digits, (size_t)shown);
    append_zeros(text, before - shown);
    if (shown < count) {
        pli_text_append_char(text, '.');
        pli_text_append_bytes(text, digits + shown, (size_t)(count - shown));
    }
    if (!is_plain) {
        pli_text_append(text, point > 0 ? "e+" : "e-");
        pli_text_append_i64(text, point > 0 ? point - 1 : 1 - point);
    }
}

plm_status
pli_double_format(pli_text *text, double x) {
    if (!pli_double_is_finite(x)) {
        return PLM_NOT_FINITE;
    }
    uint64_t bits = pli_bits_from_double(x);
    if (bits >> 63 != 0) {
        pli_text_append_char(text, '-');
        bits &= UINT64_MAX >> 1;
    }
    if (bits == 0) {
        pli_text_append_char(text, '0');
        return PLM_OK;
    }
    leading full = leading_of(take_apart(bits));
    int count;
    uint64_t shortest = shorten(bits, &full, &count);
    char data[24];
    pli_text digits = pli_text_init(data, sizeof data);
    pli_text_append_u64(&digits, shortest);
    // Rounding up may have carried into one digit more: 9.99 to 10.
    int point = full.order + ((int)digits.length - count);
    while (digits.length > 1 && data[digits.length - 1] == '0') {
        digits.length -= 1;
    }
    append_layout(text, data, (int)digits.length, point);
    return PLM_OK;
}

plm_status
pli_double_format_fixed(pli_text *text, double x, unsigned decimals) {
    PLI_ASSERT(decimals <= PLI_DECIMAL_SCALE_MAX);
    if (!pli_double_is_finite(x)) {
        return PLM_NOT_FINITE;
    }
    binary parts = take_apart(pli_bits_from_double(x) & UINT64_MAX >> 1);
    pli_u128 value = parts.mantissa;
    for (unsigned i = 0; i < decimals; i += 1) {
        value *= 10; // < 2^53 * 10^18 < 2^113
    }
    if (parts.exponent >= 0) {
        if (parts.exponent + bit_length(value) > 127) {
            return PLM_OVERFLOW;
        }
        value <<= parts.exponent;
    } else {
        int drop = parts.exponent < -126
                       ? 126
                       : -parts.exponent; // beyond 114 everything is below one half anyway
        pli_u128 half = (pli_u128)1 << (drop - 1);
        pli_u128 rest = value & (2 * half - 1);
        value >>= drop;
        value += rest > half || (rest == half && (value & 1) != 0) ? 1 : 0;
    }
    const pli_u128 ten_19 = UINT64_C(10000000000000000000);
    if (value >= ten_19 * ten_19) {
        return PLM_OVERFLOW;
    }
    pli_decimal_format(text, x < 0.0 ? -(pli_i128)value : (pli_i128)value, decimals, decimals);
    return PLM_OK;
}
