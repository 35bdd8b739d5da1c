/* muldiv.c: 128-bit multiply and divide, rounded in a stated direction.               SPDX-License-Identifier: Apache-2.0 */
#include "base/muldiv.h"

#include <stdint.h>

#include "base/assert.h"

enum rounding { ROUND_FLOOR, ROUND_CEIL, ROUND_NEAREST_EVEN };

typedef struct product {
    pli_u128 high;
    pli_u128 low;
} product;

static pli_u128
magnitude(pli_i128 value) {
    return value < 0 ? 0 - (pli_u128)value : (pli_u128)value;
}

// Schoolbook with 64-bit halves; `middle` cannot overflow: it adds three values below 2^64.
static product
multiply(pli_u128 a, pli_u128 b) {
    pli_u128 a_low = (uint64_t)a;
    pli_u128 a_high = a >> 64;
    pli_u128 b_low = (uint64_t)b;
    pli_u128 b_high = b >> 64;
    pli_u128 low = a_low * b_low;
    if ((a_high | b_high) == 0) {
        return (product){.low = low};
    }
    pli_u128 left = a_high * b_low;
    pli_u128 right = a_low * b_high;
    pli_u128 middle = (low >> 64) + (uint64_t)left + (uint64_t)right;
    return (product){
        .high = a_high * b_high + (left >> 64) + (right >> 64) + (middle >> 64),
        .low = (middle << 64) | (uint64_t)low,
    };
}

// Most operands fit 64 bits, where the processor divides ten times as fast.
static pli_u128
quotient_of(pli_u128 value, pli_u128 divisor) {
    return (value | divisor) >> 64 == 0 ? (uint64_t)value / (uint64_t)divisor : value / divisor;
}

// The quotient must fit 128 bits, that is value.high < divisor.
static pli_u128
divide(product value, pli_u128 divisor, pli_u128 *remainder) {
    if (value.high == 0) {
        pli_u128 quotient = quotient_of(value.low, divisor);
        *remainder = value.low - quotient * divisor;
        return quotient;
    }
    pli_u128 rest = value.high;
    pli_u128 quotient = 0;
    for (int bit = 127; bit >= 0; bit -= 1) {
        bool carry = (rest >> 127) != 0;
        rest = (rest << 1) | ((value.low >> bit) & 1);
        quotient <<= 1;
        if (carry || rest >= divisor) {
            rest -= divisor;
            quotient |= 1;
        }
    }
    *remainder = rest;
    return quotient;
}

// Whether the magnitude of the quotient goes up by one.
static bool
rounds_away(pli_u128 quotient, pli_u128 remainder, pli_u128 divisor, bool is_negative,
            enum rounding rounding) {
    if (remainder == 0) {
        return false;
    }
    if (rounding != ROUND_NEAREST_EVEN) {
        return (rounding == ROUND_FLOOR) == is_negative;
    }
    pli_u128 gap = divisor - remainder;
    return remainder > gap || (remainder == gap && (quotient & 1) != 0);
}

static bool
muldiv(pli_i128 a, pli_i128 b, pli_i128 divisor, enum rounding rounding, pli_i128 *out) {
    if (divisor == 0) {
        return false;
    }
    const pli_u128 limit = (pli_u128)1 << 127;
    bool is_negative = ((a < 0) != (b < 0)) != (divisor < 0);
    pli_u128 bottom = magnitude(divisor);
    product top = multiply(magnitude(a), magnitude(b));
    if (top.high >= bottom) {
        return false;
    }
    pli_u128 remainder;
    pli_u128 quotient = divide(top, bottom, &remainder);
    if (quotient > limit) {
        return false;
    }
    quotient += rounds_away(quotient, remainder, bottom, is_negative, rounding) ? 1 : 0;
    if (quotient > limit || (quotient == limit && !is_negative)) {
        return false;
    }
    *out = (pli_i128)(is_negative ? 0 - quotient : quotient);
    return true;
}

bool
pli_muldiv_floor(pli_i128 a, pli_i128 b, pli_i128 divisor, pli_i128 *out) {
    return muldiv(a, b, divisor, ROUND_FLOOR, out);
}

bool
pli_muldiv_ceil(pli_i128 a, pli_i128 b, pli_i128 divisor, pli_i128 *out) {
    return muldiv(a, b, divisor, ROUND_CEIL, out);
}

bool
pli_muldiv_nearest_even(pli_i128 a, pli_i128 b, pli_i128 divisor, pli_i128 *out) {
    return muldiv(a, b, divisor, ROUND_NEAREST_EVEN, out);
}

// a / b for b > 0.
static pli_i128
truncated(pli_i128 a, pli_i128 b) {
    pli_i128 quotient = (pli_i128)quotient_of(magnitude(a), (pli_u128)b);
    return a < 0 ? (pli_i128)(0 - (pli_u128)quotient) : quotient;
}

pli_i128
pli_div_floor_i128(pli_i128 a, pli_i128 b) {
    PLI_ASSERT(b > 0);
    pli_i128 quotient = truncated(a, b);
    return quotient * b > a ? quotient - 1 : quotient;
}

pli_i128
pli_div_ceil_i128(pli_i128 a, pli_i128 b) {
    PLI_ASSERT(b > 0);
    pli_i128 quotient = truncated(a, b);
    return quotient * b < a ? quotient + 1 : quotient;
}

pli_i128
pli_div_half_even_i128(pli_i128 a, pli_i128 b) {
    pli_i128 quotient = pli_div_floor_i128(a, b);
    // a - quotient * b in modular arithmetic: the true value is in 0..b-1, the product alone may pass the lower end.
    pli_u128 remainder = (pli_u128)a - (pli_u128)quotient * (pli_u128)b;
    bool is_up =
        rounds_away(magnitude(quotient), remainder, (pli_u128)b, false, ROUND_NEAREST_EVEN);
    return is_up ? quotient + 1 : quotient;
}
