/* exact.c: fractions of 128-bit integers, for venue formulas that are exact on paper.     SPDX-License-Identifier: Apache-2.0 */
#include "venue/exact.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"

#define SCALE_MAX 18u

static pli_i128
power_of_ten(unsigned scale) {
    PLI_ASSERT(scale <= SCALE_MAX);
    pli_i128 power = 1;
    for (unsigned i = 0; i < scale; i += 1) {
        power *= 10;
    }
    return power;
}

/* Greatest common divisor of two numbers >= 0; of zero and n it is n. */
static pli_i128
common_divisor(pli_i128 left, pli_i128 right) {
    while (right != 0) {
        pli_i128 rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

static pli_i128
magnitude(pli_i128 value) {
    return value < 0 ? -value : value;
}

static pli_exact
failed(plm_status status) {
    return (pli_exact){.numerator = 0, .denominator = 1, .status = status};
}

static plm_status
status_of(pli_exact left, pli_exact right) {
    return left.status != PLM_OK ? left.status : right.status;
}

pli_exact
pli_exact_of(pli_i128 value) {
    return pli_exact_ratio(value, 1);
}

pli_exact
pli_exact_ratio(pli_i128 numerator, pli_i128 denominator) {
    if (denominator == 0) {
        return failed(PLM_DOMAIN);
    }
    if (numerator == PLI_I128_MIN || denominator == PLI_I128_MIN) {
        return failed(PLM_OVERFLOW);
    }
    if (denominator < 0) {
        numerator = -numerator;
        denominator = -denominator;
    }
    pli_i128 divisor = common_divisor(magnitude(numerator), denominator);
    return (pli_exact){
        .numerator = numerator / divisor, .denominator = denominator / divisor, .status = PLM_OK};
}

pli_exact
pli_exact_decimal(pli_i128 value, unsigned scale) {
    return pli_exact_ratio(value, power_of_ten(scale));
}

pli_exact
pli_exact_add(pli_exact left, pli_exact right) {
    plm_status status = status_of(left, right);
    if (status != PLM_OK) {
        return failed(status);
    }
    // Over the least common multiple, so that decimals stay as small as their scale.
    pli_i128 divisor = common_divisor(left.denominator, right.denominator);
    pli_i128 a = 0;
    pli_i128 b = 0;
    pli_i128 denominator = 0;
    if (!pli_mul_i128(left.numerator, right.denominator / divisor, &a) ||
        !pli_mul_i128(right.numerator, left.denominator / divisor, &b) || !pli_add_i128(a, b, &a) ||
        !pli_mul_i128(left.denominator, right.denominator / divisor, &denominator)) {
        return failed(PLM_OVERFLOW);
    }
    return pli_exact_ratio(a, denominator);
}

pli_exact
pli_exact_subtract(pli_exact left, pli_exact right) {
    return pli_exact_add(left, pli_exact_negate(right));
}

pli_exact
pli_exact_multiply(pli_exact left, pli_exact right) {
    plm_status status = status_of(left, right);
    if (status != PLM_OK) {
        return failed(status);
    }
    pli_i128 across = common_divisor(magnitude(left.numerator), right.denominator);
    pli_i128 back = common_divisor(magnitude(right.numerator), left.denominator);
    pli_i128 numerator = 0;
    pli_i128 denominator = 0;
    if (!pli_mul_i128(left.numerator / across, right.numerator / back, &numerator) ||
        !pli_mul_i128(left.denominator / back, right.denominator / across, &denominator)) {
        return failed(PLM_OVERFLOW);
    }
    return pli_exact_ratio(numerator, denominator);
}

pli_exact
pli_exact_divide(pli_exact left, pli_exact right) {
    if (right.status != PLM_OK) {
        return pli_exact_multiply(left, right);
    }
    return pli_exact_multiply(left, pli_exact_ratio(right.denominator, right.numerator));
}

pli_exact
pli_exact_negate(pli_exact value) {
    value.numerator = -value.numerator;
    return value;
}

pli_exact
pli_exact_absolute(pli_exact value) {
    value.numerator = magnitude(value.numerator);
    return value;
}

int
pli_exact_sign(pli_exact value) {
    return (value.numerator > 0) - (value.numerator < 0);
}

/* -1, 0, 1 as left is below, equal or above, by continued fractions: nothing can overflow. */
static int
order(pli_exact left, pli_exact right) {
    int turn = 1;
    for (;;) {
        pli_i128 a = pli_div_floor_i128(left.numerator, left.denominator);
        pli_i128 b = pli_div_floor_i128(right.numerator, right.denominator);
        if (a != b) {
            return a < b ? -turn : turn;
        }
        pli_i128 rest_left = left.numerator - a * left.denominator;
        pli_i128 rest_right = right.numerator - b * right.denominator;
        if (rest_left == 0 || rest_right == 0) {
            return turn * ((rest_left > 0) - (rest_right > 0));
        }
        // Of two fractions below one the larger has the smaller inverse.
        left = (pli_exact){left.denominator, rest_left, PLM_OK};
        right = (pli_exact){right.denominator, rest_right, PLM_OK};
        turn = -turn;
    }
}

bool
pli_exact_is_below(pli_exact left, pli_exact right) {
    return status_of(left, right) == PLM_OK && order(left, right) < 0;
}

pli_exact
pli_exact_max(pli_exact left, pli_exact right) {
    plm_status status = status_of(left, right);
    if (status != PLM_OK) {
        return failed(status);
    }
    return order(left, right) < 0 ? right : left;
}

pli_exact
pli_exact_min(pli_exact left, pli_exact right) {
    plm_status status = status_of(left, right);
    if (status != PLM_OK) {
        return failed(status);
    }
    return order(left, right) < 0 ? left : right;
}

plm_status
pli_exact_ceil(pli_exact value, unsigned scale, pli_i128 *out) {
    if (value.status != PLM_OK) {
        return value.status;
    }
    bool fits = pli_muldiv_ceil(value.numerator, power_of_ten(scale), value.denominator, out);
    return fits ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_exact_floor(pli_exact value, unsigned scale, pli_i128 *out) {
    if (value.status != PLM_OK) {
        return value.status;
    }
    bool fits = pli_muldiv_floor(value.numerator, power_of_ten(scale), value.denominator, out);
    return fits ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_exact_nearest(pli_exact value, unsigned scale, pli_i128 *out) {
    if (value.status != PLM_OK) {
        return value.status;
    }
    bool fits =
        pli_muldiv_nearest_even(value.numerator, power_of_ten(scale), value.denominator, out);
    return fits ? PLM_OK : PLM_OVERFLOW;
}
