/* natural.c: schoolbook arithmetic on natural numbers of bounded size.                    SPDX-License-Identifier: Apache-2.0 */
#include "num/natural.h"

#include "base/assert.h"

static void
trim(pli_natural *value) {
    while (value->count > 0 && value->limbs[value->count - 1] == 0) {
        value->count -= 1;
    }
}

void
pli_natural_set(pli_natural *out, pli_u128 value) {
    out->count = 0;
    for (; value != 0; value >>= 32) {
        out->limbs[out->count] = (uint32_t)value;
        out->count += 1;
    }
}

int
pli_natural_compare(const pli_natural *left, const pli_natural *right) {
    if (left->count != right->count) {
        return left->count < right->count ? -1 : 1;
    }
    for (uint32_t i = left->count; i > 0; i -= 1) {
        if (left->limbs[i - 1] != right->limbs[i - 1]) {
            return left->limbs[i - 1] < right->limbs[i - 1] ? -1 : 1;
        }
    }
    return 0;
}

bool
pli_natural_add(const pli_natural *left, const pli_natural *right, pli_natural *out) {
    uint32_t count = left->count > right->count ? left->count : right->count;
    uint64_t carry = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        carry += i < left->count ? left->limbs[i] : 0u;
        carry += i < right->count ? right->limbs[i] : 0u;
        out->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    out->count = count;
    if (carry == 0) {
        return true;
    }
    if (count == PLI_NATURAL_LIMBS) {
        return false;
    }
    out->limbs[count] = (uint32_t)carry;
    out->count = count + 1;
    return true;
}

void
pli_natural_subtract(const pli_natural *left, const pli_natural *right, pli_natural *out) {
    PLI_ASSERT(pli_natural_compare(left, right) >= 0);
    uint32_t count = left->count;
    uint64_t borrow = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        uint64_t taken = borrow + (i < right->count ? right->limbs[i] : 0u);
        uint64_t limb = left->limbs[i];
        borrow = limb < taken ? 1u : 0u;
        out->limbs[i] = (uint32_t)(limb + (borrow << 32) - taken);
    }
    out->count = count;
    trim(out);
}

bool
pli_natural_multiply(const pli_natural *left, const pli_natural *right, pli_natural *out) {
    PLI_ASSERT(out != left);
    PLI_ASSERT(out != right);
    if (left->count == 0 || right->count == 0) {
        out->count = 0;
        return true;
    }
    if (left->count + right->count > PLI_NATURAL_LIMBS) {
        return false;
    }
    out->count = left->count + right->count;
    for (uint32_t i = 0; i < out->count; i += 1) {
        out->limbs[i] = 0;
    }
    for (uint32_t i = 0; i < left->count; i += 1) {
        uint64_t carry = 0;
        for (uint32_t j = 0; j < right->count; j += 1) {
            carry += (uint64_t)left->limbs[i] * right->limbs[j] + out->limbs[i + j];
            out->limbs[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        out->limbs[i + right->count] = (uint32_t)carry;
    }
    trim(out);
    return true;
}

bool
pli_natural_scale(pli_natural *value, uint32_t factor, uint32_t term) {
    uint64_t carry = term;
    for (uint32_t i = 0; i < value->count; i += 1) {
        carry += (uint64_t)value->limbs[i] * factor;
        value->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        if (value->count == PLI_NATURAL_LIMBS) {
            return false;
        }
        value->limbs[value->count] = (uint32_t)carry;
        value->count += 1;
    }
    trim(value);
    return true;
}

bool
pli_natural_scale_ten(pli_natural *value, uint32_t power) {
    for (; power >= 9; power -= 9) {
        if (!pli_natural_scale(value, 1000000000u, 0)) {
            return false;
        }
    }
    for (; power > 0; power -= 1) {
        if (!pli_natural_scale(value, 10u, 0)) {
            return false;
        }
    }
    return true;
}

void
pli_natural_divide(const pli_natural *value, const pli_natural *divisor, pli_natural *quotient,
                   pli_natural *remainder) {
    PLI_ASSERT(divisor->count > 0);
    // The remainder stays below twice the divisor, which one limb more than the divisor holds.
    PLI_ASSERT(divisor->count < PLI_NATURAL_LIMBS);
    quotient->count = value->count;
    remainder->count = 0;
    for (uint32_t i = value->count; i > 0; i -= 1) {
        uint32_t limb = 0;
        for (uint32_t bit = 32; bit > 0; bit -= 1) {
            bool is_fit = pli_natural_scale(remainder, 2u, (value->limbs[i - 1] >> (bit - 1)) & 1u);
            PLI_ASSERT(is_fit);
            limb <<= 1;
            if (pli_natural_compare(remainder, divisor) >= 0) {
                pli_natural_subtract(remainder, divisor, remainder);
                limb |= 1u;
            }
        }
        quotient->limbs[i - 1] = limb;
    }
    trim(quotient);
}

/* The three leading limbs as a double; the value is that times 2^(32 * exponent). */
static double
leading(const pli_natural *value, int32_t *exponent) {
    double sum = 0.0;
    uint32_t last = value->count > 3 ? value->count - 3 : 0;
    for (uint32_t i = value->count; i > last; i -= 1) {
        sum = sum * 4294967296.0 + (double)value->limbs[i - 1];
    }
    *exponent = (int32_t)last;
    return sum;
}

double
pli_natural_ratio(const pli_natural *value, const pli_natural *divisor) {
    PLI_ASSERT(divisor->count > 0);
    int32_t up = 0;
    int32_t down = 0;
    double top = leading(value, &up);
    double ratio = top / leading(divisor, &down);
    int32_t exponent = up - down;
    for (; exponent > 0 && ratio < 1e298; exponent -= 1) {
        ratio *= 4294967296.0;
    }
    for (; exponent < 0 && ratio > 0.0; exponent += 1) {
        ratio /= 4294967296.0;
    }
    return exponent > 0 && ratio > 0.0 ? 1e308 : ratio;
}
