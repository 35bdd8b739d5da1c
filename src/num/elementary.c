/* elementary.c: exp, log, power and the normal distribution from IEEE basic operations only.   SPDX-License-Identifier: Apache-2.0 */
/*
 * Derivation
 *   exp    x = n ln 2 + r with |r| <= ln(2)/2; ln 2 is split so that n times its leading part is
 *          exact. exp(r) is 1 + r + r^2 Q(r): the first sum is kept with its rounding error, so
 *          only the small last term is inexact.
 *   log    x = 2^k m with m in [sqrt(1/2), sqrt(2)), s = (m - 1) / (m + 1), log m = 2 s + s^3
 *          P(s^2), the series of 2 artanh(s). With f = m - 1 the identity 2 s = f - f^2/2 + s f^2/2
 *          moves the division off the leading term.
 *   tail   exp(x^2/2) Phi(-x) = M(t) / (1 + sqrt(pi/2) x), t = (x - 5) / (x + 5): the denominator
 *          has the function's own behaviour at 0 and at infinity, so M is smooth on [-1, 1], close
 *          to 1/2, and one polynomial covers all x >= 0.
 *   x^2    is taken as h^2 + (x - h)(x + h) with h = x cut to 26 bits: the large part is exact.
 *
 * Q, P and M are interpolated at Chebyshev nodes in 80-digit arithmetic by
 * tools/elementary_coefficients.py, which prints the error of each fit. The coefficients of the
 * quantile are those published with AS 241.
 *
 * Method: W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980), for the
 * reductions; T. J. Dekker, Numerische Mathematik 18 (1971) 224-242, for sums and products with
 * their rounding errors.
 */
#include "num/elementary.h"

#include <stdint.h>

#include "base/endian.h"
#include "base/libc.h"
#include "num/elementary_tables.h"

#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0 && __FLT_EVAL_METHOD__ != 1
#error "doubles must be evaluated as doubles: the results would not be reproducible"
#endif

#define INV_SQRT_2PI 0x1.9884533d43651p-2
#define TWO_THIRDS_HEAD 0x1.5555555555555p-1
#define TWO_THIRDS_TAIL 0x1.5555555555555p-55

/* An unevaluated sum: tail is at most about half a unit in the last place of head. */
typedef struct pair {
    double head;
    double tail;
} pair;

// x with its lower 27 bits cleared, so that products of two such values are exact.
static double
cut(double x) {
    return pli_double_from_bits(pli_bits_from_double(x) & UINT64_C(0xfffffffff8000000));
}

static pair
two_sum(double a, double b) {
    double sum = a + b;
    double b_seen = sum - a;
    double a_seen = sum - b_seen;
    return (pair){sum, (a - a_seen) + (b - b_seen)};
}

// As two_sum, for |a| >= |b|.
static pair
fast_sum(double a, double b) {
    double sum = a + b;
    return (pair){sum, b - (sum - a)};
}

static pair
two_product(double a, double b) {
    double a_head = cut(a);
    double b_head = cut(b);
    double a_tail = a - a_head;
    double b_tail = b - b_head;
    double product = a * b;
    double error = (a_head * b_head - product) + a_head * b_tail + a_tail * b_head;
    return (pair){product, error + a_tail * b_tail};
}

static pair
pair_product(pair a, pair b) {
    pair p = two_product(a.head, b.head);
    return fast_sum(p.head, p.tail + (a.head * b.tail + a.tail * b.head));
}

static pair
half_square(double x) {
    double head = cut(x);
    return (pair){head * head * 0.5, (x - head) * (x + head) * 0.5};
}

// value * 2^exponent for a normal value near 1; a subnormal result is rounded once, at the last
// product.
static double
scale(double value, int64_t exponent) {
    if (exponent > 1023)
        return value * 2.0 * pli_double_from_bits((uint64_t)(exponent - 1 + 1023) << 52);
    if (exponent < -1022)
        return value * pli_double_from_bits((uint64_t)(exponent + 128 + 1023) << 52) * 0x1p-128;
    return value * pli_double_from_bits((uint64_t)(exponent + 1023) << 52);
}

const double pli_exp_table[11] = {
    0x1.0000000000000p-1,  0x1.5555555555557p-3,  0x1.5555555555556p-5,  0x1.11111111100dcp-7,
    0x1.6c16c16c162d4p-10, 0x1.a01a01abe7fe1p-13, 0x1.a01a01a6d889cp-16, 0x1.71de0231960ebp-19,
    0x1.27e4db646b17ep-22, 0x1.af4de97ca4194p-26, 0x1.1f730349868cep-29,
};

/* A reduced argument of exp: x = exponent ln 2 + r, and small = exp(r) - 1 - r.head. */
typedef struct reduced {
    int64_t exponent;
    double r;
    double small;
} reduced;

// head + tail is the argument; |head| < 800, |tail| far below |head| or both tiny.
static reduced
reduce_exp(double head, double tail) {
    const double *c = pli_exp_table;
    double shifted = head * PLI_LOG2_E + PLI_ROUNDER;
    double n = shifted - PLI_ROUNDER;
    double r_head = head - n * PLI_LN2_HEAD;
    double r_tail = tail - n * PLI_LN2_TAIL;
    double r = r_head + r_tail;
    double lost = (r_head - r) + r_tail;
    double r2 = r * r;
    double r4 = r2 * r2;
    double low = (c[0] + r * c[1]) + r2 * (c[2] + r * c[3]);
    double middle = (c[4] + r * c[5]) + r2 * (c[6] + r * c[7]);
    double high = (c[8] + r * c[9]) + r2 * c[10];
    double q = low + r4 * (middle + r4 * high);
    int64_t exponent = (int64_t)(pli_bits_from_double(shifted) - PLI_ROUNDER_BITS);
    return (reduced){exponent, r, r2 * q + lost * (1.0 + r)};
}

// exp(head + tail), saturating: the tail must not matter to which side of the range the head falls.
static double
exp_pair(double head, double tail) {
    if (head > PLI_EXP_X_MAX)
        return pli_double_from_bits(UINT64_C(0x7ff) << 52);
    if (head < PLI_EXP_X_MIN)
        return 0.0;
    reduced e = reduce_exp(head, tail);
    pair one_plus = fast_sum(1.0, e.r);
    return scale(one_plus.head + (one_plus.tail + e.small), e.exponent);
}

double
pli_floor(double x) {
    if (!(fabs(x) < 0x1p52))
        return x;
    double whole = (double)(int64_t)x;
    if (whole > x)
        whole -= 1.0;
    return whole == x ? x : whole; // keeps -0
}

double
pli_exp(double x) {
    if (x != x)
        return x;
    return exp_pair(x, 0.0);
}

double
pli_expm1(double x) {
    if (x != x || fabs(x) < 0x1p-54)
        return x;
    if (x > 40.0)
        return exp_pair(x, 0.0) - 1.0;
    if (x < -40.0)
        return -1.0;
    reduced e = reduce_exp(x, 0.0);
    if (e.exponent == 0)
        return e.r + e.small;
    double power = scale(1.0, e.exponent);
    pair whole = two_sum(power, -1.0);
    pair sum = two_sum(whole.head, power * e.r);
    return sum.head + (sum.tail + (whole.tail + power * e.small));
}

const double pli_log_table[8] = {
    0x1.5555555555555p-1, 0x1.9999999999a38p-2, 0x1.2492492476c87p-2, 0x1.c71c720160b47p-3,
    0x1.745cf901605f7p-3, 0x1.3b1c360763b8ap-3, 0x1.0fbe83c2cbcf3p-3, 0x1.0c04595972ab8p-3,
};

// (pli_log_table - 2/3) / z, for the logarithm that is kept as a pair.
static const double log_fine_table[8] = {
    0x1.999999999999ap-2, 0x1.2492492492521p-2, 0x1.c71c71c6eaa10p-3, 0x1.745d177a96056p-3,
    0x1.3b1395d2190c1p-3, 0x1.1118c7e4b0917p-3, 0x1.df7cc8e5fa539p-4, 0x1.e02e6fff27908p-4,
};

static double
series_8(const double c[8], double z) {
    double z2 = z * z;
    double low = (c[0] + z * c[1]) + z2 * (c[2] + z * c[3]);
    double high = (c[4] + z * c[5]) + z2 * (c[6] + z * c[7]);
    return low + z2 * z2 * high;
}

// Splits a finite x > 0 into 2^exponent * mantissa, mantissa in [sqrt(1/2), sqrt(2)).
static double
split_power(double x, int64_t *exponent) {
    int64_t below = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        below = 54;
    }
    uint64_t bits = pli_bits_from_double(x);
    int64_t shift = (int64_t)((bits + (UINT64_C(1024) << 52) - PLI_SQRT_HALF_BITS) >> 52) - 1024;
    *exponent = shift - below;
    return pli_double_from_bits(bits - ((uint64_t)shift << 52));
}

// exponent ln 2 + log(1 + f + rest), rest being far below f.
static double
log_sum(int64_t exponent, double f, double rest) {
    double k = (double)exponent;
    double s = f / (2.0 + f);
    double z = s * s;
    double half = 0.5 * f * f;
    double f_less = f - half;
    double lost = (f - f_less) - half;
    double small = lost + s * (half + z * series_8(pli_log_table, z)) + (rest + k * PLI_LN2_TAIL);
    pair sum = fast_sum(k * PLI_LN2_HEAD, f_less);
    if (exponent == 0)
        return f_less + small;
    return sum.head + (sum.tail + small);
}

double
pli_log(double x) {
    const double infinity = pli_double_from_bits(UINT64_C(0x7ff) << 52);
    if (x != x || x == infinity)
        return x;
    if (x == 0.0)
        return -infinity;
    if (x < 0.0)
        return pli_double_from_bits(UINT64_C(0x7ff8) << 48);
    int64_t exponent;
    double mantissa = split_power(x, &exponent);
    return log_sum(exponent, mantissa - 1.0, 0.0);
}

double
pli_log1p(double x) {
    const double infinity = pli_double_from_bits(UINT64_C(0x7ff) << 52);
    if (x != x || x == infinity || fabs(x) < 0x1p-54)
        return x;
    if (x == -1.0)
        return -infinity;
    if (x < -1.0)
        return pli_double_from_bits(UINT64_C(0x7ff8) << 48);
    if (x > -0.29 && x < 0.41)
        return log_sum(0, x, 0.0);
    pair sum = two_sum(1.0, x);
    int64_t exponent;
    double mantissa = split_power(sum.head, &exponent);
    return log_sum(exponent, mantissa - 1.0, sum.tail / sum.head);
}

// log x to about 2^-64 of its value, for a finite x > 0.
static pair
log_pair(double x) {
    int64_t exponent;
    double m = split_power(x, &exponent);
    double k = (double)exponent;
    double f = m - 1.0;
    pair below = two_sum(m, 1.0);
    double s_head = f / below.head;
    pair back = two_product(s_head, below.head);
    double s_tail = (((f - back.head) - back.tail) - s_head * below.tail) / below.head;
    pair s = fast_sum(s_head, s_tail);
    pair z = pair_product(s, s);
    pair cube = pair_product(z, s);
    pair third = pair_product(cube, (pair){TWO_THIRDS_HEAD, TWO_THIRDS_TAIL});
    double rest = cube.head * (z.head * series_8(log_fine_table, z.head));
    pair sum = two_sum(2.0 * s.head, third.head);
    double tail = sum.tail + (2.0 * s.tail + third.tail + rest);
    pair total = two_sum(k * PLI_LN2_HEAD, sum.head);
    return fast_sum(total.head, total.tail + (tail + k * PLI_LN2_TAIL));
}

double
pli_pow(double x, double y) {
    const double infinity = pli_double_from_bits(UINT64_C(0x7ff) << 52);
    if (x != x || y != y || x < 0.0)
        return pli_double_from_bits(UINT64_C(0x7ff8) << 48);
    if (y == 0.0 || x == 1.0)
        return 1.0;
    if (x == 0.0 || x == infinity)
        return (x == 0.0) == (y > 0.0) ? 0.0 : infinity;
    if (fabs(y) > 0x1p64) // |log x| >= 2^-53, so the result is out of range
        return (x > 1.0) == (y > 0.0) ? infinity : 0.0;
    pair l = log_pair(x);
    pair p = two_product(y, l.head);
    return exp_pair(p.head, p.tail + y * l.tail);
}

double
pli_normal_pdf(double x) {
    if (x != x)
        return x;
    if (fabs(x) > 40.0)
        return 0.0;
    pair square = half_square(x);
    return exp_pair(-square.head, -square.tail) * INV_SQRT_2PI;
}

const double pli_mills_table[24] = {
    0x1.1e2d53af60a5ap-1,   -0x1.41247dff099c5p-4,  0x1.36eee6c0ac775p-7,   0x1.0e8ab1e301547p-5,
    -0x1.725ed666724f9p-5,  0x1.2c83130fe442fp-5,   -0x1.5cd4a9ec7186fp-6,  0x1.1f98625fe3dafp-7,
    -0x1.1aa018622e344p-9,  -0x1.96d4264575b5ap-16, 0x1.ff58be2aa408ap-13,  -0x1.1ad3363c3423bp-14,
    -0x1.d8a5ca1230c6dp-17, 0x1.87ced16a258abp-17,  0x1.634c4ff7d0919p-24,  -0x1.c8894d9e6474bp-20,
    0x1.2ea11d9872ee6p-23,  0x1.135a89ec76586p-22,  -0x1.04a59bec01bedp-25, -0x1.5d0a30526fc22p-25,
    0x1.1fed7afb660f7p-28,  0x1.9177aaa2d24f5p-28,  -0x1.621cf71b6dfc6p-32, -0x1.1bc4e4e399bc0p-31,
};

double
pli_mills(double x) {
    if (x > 0x1p1000)
        return 0.0;
    const double *c = pli_mills_table;
    double t = (x - PLI_MILLS_MID) / (x + PLI_MILLS_MID);
    double t2 = t * t;
    double t4 = t2 * t2;
    double t8 = t4 * t4;
    double a = ((c[0] + t * c[1]) + t2 * (c[2] + t * c[3])) +
               t4 * ((c[4] + t * c[5]) + t2 * (c[6] + t * c[7]));
    double b = ((c[8] + t * c[9]) + t2 * (c[10] + t * c[11])) +
               t4 * ((c[12] + t * c[13]) + t2 * (c[14] + t * c[15]));
    double d = ((c[16] + t * c[17]) + t2 * (c[18] + t * c[19])) +
               t4 * ((c[20] + t * c[21]) + t2 * (c[22] + t * c[23]));
    return (a + t8 * (b + t8 * d)) / (1.0 + x * PLI_SQRT_HALF_PI);
}

double
pli_normal_sf(double x) {
    if (x != x)
        return x;
    double size = fabs(x);
    double tail = 0.0;
    if (size < 40.0) {
        pair square = half_square(size);
        tail = exp_pair(-square.head, -square.tail) * pli_mills(size);
    }
    return x < 0.0 ? 1.0 - tail : tail;
}

double
pli_normal_cdf(double x) {
    return pli_normal_sf(-x);
}

// The three rational approximations of AS 241: numerators and denominators from the constant term
// up.
static const double quantile_centre[2][8] = {
    {3.3871328727963666080, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
     1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
     3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
     2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
     5.2264952788528545610e+3},
};
static const double quantile_middle[2][8] = {
    {1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
     1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2,
     7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9},
};
static const double quantile_far[2][8] = {
    {6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15},
};

static double
rational_7(const double c[2][8], double x) {
    double above = c[0][7];
    double below = c[1][7];
    for (int i = 6; i >= 0; i -= 1) {
        above = above * x + c[0][i];
        below = below * x + c[1][i];
    }
    return above / below;
}

double
pli_normal_quantile(double p) {
    const double infinity = pli_double_from_bits(UINT64_C(0x7ff) << 52);
    if (!(p >= 0.0 && p <= 1.0))
        return pli_double_from_bits(UINT64_C(0x7ff8) << 48);
    double q = p - 0.5;
    if (fabs(q) <= 0.425)
        return q * rational_7(quantile_centre, 0.180625 - q * q);
    double tail = q < 0.0 ? p : 1.0 - p;
    if (tail == 0.0)
        return q < 0.0 ? -infinity : infinity;
    double log_tail = pli_log(tail);
    double r = sqrt(-log_tail);
    double x = r <= 5.0 ? rational_7(quantile_middle, r - 1.6) : rational_7(quantile_far, r - 5.0);
    // log Phi(-x) = log mills(x) - x^2/2 has the derivative -INV_SQRT_2PI / mills(x).
    double mills = pli_mills(x);
    pair square = half_square(x);
    double excess = ((pli_log(mills) - log_tail) - square.head) - square.tail;
    x += excess * mills / INV_SQRT_2PI;
    return q < 0.0 ? -x : x;
}
