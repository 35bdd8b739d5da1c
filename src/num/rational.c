/* rational.c: exact numbers from text.                                                    SPDX-License-Identifier: Apache-2.0 */
#include "num/rational.h"

#include "base/assert.h"
#include "num/decimal.h"

/* One decimal as numerator and denominator; `*digits` counts what it adds to the bound. */
static plm_status
parse_decimal(const char *text, size_t size, pli_rational *out, size_t *digits) {
    pli_decimal_parts parts;
    if (!pli_decimal_scan(text, size, true, &parts)) {
        return PLM_TEXT_MALFORMED;
    }
    size_t count = parts.whole_size + parts.fraction_size;
    int64_t power = parts.exponent < 0 ? -parts.exponent : parts.exponent;
    if (count > PLI_RATIONAL_DIGITS_MAX || power > PLI_RATIONAL_DIGITS_MAX) {
        return PLM_OVERFLOW;
    }
    *digits += count + (size_t)power;
    if (*digits > PLI_RATIONAL_DIGITS_MAX) {
        return PLM_OVERFLOW;
    }
    pli_natural_set(&out->numerator, 0);
    pli_natural_set(&out->denominator, 1);
    bool is_fit = true;
    for (size_t i = 0; i < count; i += 1) {
        is_fit = pli_natural_scale(&out->numerator, 10u, pli_decimal_digit(&parts, i)) && is_fit;
    }
    is_fit = pli_natural_scale_ten(&out->denominator, (uint32_t)parts.fraction_size) && is_fit;
    pli_natural *scaled = parts.exponent < 0 ? &out->denominator : &out->numerator;
    is_fit = pli_natural_scale_ten(scaled, (uint32_t)power) && is_fit;
    PLI_ASSERT(is_fit);
    out->is_negative = parts.is_negative && out->numerator.count > 0;
    return PLM_OK;
}

plm_status
pli_rational_parse(const char *text, size_t size, pli_rational *out) {
    size_t slash = 0;
    while (slash < size && text[slash] != '/') {
        slash += 1;
    }
    size_t digits = 0;
    plm_status status = parse_decimal(text, slash, out, &digits);
    if (status != PLM_OK || slash == size) {
        return status;
    }
    pli_rational divisor;
    status = parse_decimal(text + slash + 1, size - slash - 1, &divisor, &digits);
    if (status != PLM_OK) {
        return status;
    }
    if (divisor.numerator.count == 0) {
        return PLM_DOMAIN;
    }
    pli_rational dividend = *out;
    bool is_fit =
        pli_natural_multiply(&dividend.numerator, &divisor.denominator, &out->numerator) &&
        pli_natural_multiply(&dividend.denominator, &divisor.numerator, &out->denominator);
    PLI_ASSERT(is_fit);
    out->is_negative = dividend.is_negative != divisor.is_negative && out->numerator.count > 0;
    return PLM_OK;
}

bool
pli_rational_subtract(const pli_rational *left, const pli_rational *right, pli_rational *out) {
    PLI_ASSERT(out != left);
    PLI_ASSERT(out != right);
    pli_natural minuend;
    pli_natural subtrahend;
    if (!pli_natural_multiply(&left->numerator, &right->denominator, &minuend) ||
        !pli_natural_multiply(&right->numerator, &left->denominator, &subtrahend) ||
        !pli_natural_multiply(&left->denominator, &right->denominator, &out->denominator)) {
        return false;
    }
    if (left->is_negative != right->is_negative) {
        out->is_negative = left->is_negative;
        return pli_natural_add(&minuend, &subtrahend, &out->numerator);
    }
    if (pli_natural_compare(&minuend, &subtrahend) >= 0) {
        pli_natural_subtract(&minuend, &subtrahend, &out->numerator);
        out->is_negative = left->is_negative && out->numerator.count > 0;
    } else {
        pli_natural_subtract(&subtrahend, &minuend, &out->numerator);
        out->is_negative = !left->is_negative;
    }
    return true;
}

bool
pli_rational_multiply(const pli_rational *left, const pli_rational *right, pli_rational *out) {
    PLI_ASSERT(out != left);
    PLI_ASSERT(out != right);
    if (!pli_natural_multiply(&left->numerator, &right->numerator, &out->numerator) ||
        !pli_natural_multiply(&left->denominator, &right->denominator, &out->denominator)) {
        return false;
    }
    out->is_negative = left->is_negative != right->is_negative && out->numerator.count > 0;
    return true;
}

bool
pli_rational_compare(const pli_rational *left, const pli_rational *right, int *out) {
    if (left->is_negative != right->is_negative) {
        *out = left->is_negative ? -1 : 1;
        return true;
    }
    pli_natural first;
    pli_natural second;
    if (!pli_natural_multiply(&left->numerator, &right->denominator, &first) ||
        !pli_natural_multiply(&right->numerator, &left->denominator, &second)) {
        return false;
    }
    int order = pli_natural_compare(&first, &second);
    *out = left->is_negative ? -order : order;
    return true;
}

/* Does a quotient with this remainder move away from zero? */
static bool
moves_away(const pli_natural *remainder, const pli_natural *divisor, bool is_negative,
           pli_rational_rounding rounding) {
    if (remainder->count == 0) {
        return false;
    }
    switch (rounding) {
    case PLI_RATIONAL_TRUNC:
        return false;
    case PLI_RATIONAL_FLOOR:
        return is_negative;
    case PLI_RATIONAL_CEIL:
        return !is_negative;
    case PLI_RATIONAL_NEAREST:
        break;
    }
    pli_natural rest;
    pli_natural_subtract(divisor, remainder, &rest);
    return pli_natural_compare(remainder, &rest) >= 0;
}

bool
pli_rational_round(const pli_rational *value, pli_rational_rounding rounding, uint32_t decimals,
                   pli_rational *out) {
    PLI_ASSERT(out != value);
    pli_natural scaled = value->numerator;
    if (decimals > PLI_RATIONAL_DIGITS_MAX || value->denominator.count == PLI_NATURAL_LIMBS ||
        !pli_natural_scale_ten(&scaled, decimals)) {
        return false;
    }
    pli_natural remainder;
    pli_natural_divide(&scaled, &value->denominator, &out->numerator, &remainder);
    if (moves_away(&remainder, &value->denominator, value->is_negative, rounding)) {
        pli_natural one;
        pli_natural_set(&one, 1);
        if (!pli_natural_add(&out->numerator, &one, &out->numerator)) {
            return false;
        }
    }
    pli_natural_set(&out->denominator, 1);
    out->is_negative = value->is_negative && out->numerator.count > 0;
    return pli_natural_scale_ten(&out->denominator, decimals);
}
