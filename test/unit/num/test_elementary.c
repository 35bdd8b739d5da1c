/* test_elementary.c: the elementary functions against the C library's extended precision.   SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "num/elementary.h"

#define DRAWS 20000

static uint64_t
next_random(uint64_t *state) {
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double
uniform(uint64_t *state, double lower, double upper) {
    return lower + (upper - lower) * ((double)(next_random(state) >> 11) * 0x1p-53);
}

// A positive finite double with every exponent equally likely.
static double
any_positive(uint64_t *state) {
    uint64_t bits = next_random(state) % UINT64_C(0x7ff0000000000000);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x == 0.0 ? 1.0 : x;
}

// Distance in units in the last place of the exact value; a subnormal unit is 2^-1074 and one of
// them is forgiven.
static double
ulps(double seen, long double exact) {
    double rounded = (double)exact;
    if (seen == rounded)
        return (double)(fabsl((long double)seen - exact) /
                        (long double)(nextafter(fabs(seen), INFINITY) - fabs(seen)));
    if (!isfinite(rounded) || !isfinite(seen))
        return 1e9;
    double size = fabs(rounded);
    double unit = size < DBL_MIN ? 2 * 0x1p-1074 : nextafter(size, INFINITY) - size;
    return (double)(fabsl((long double)seen - exact) / (long double)unit);
}

static void
need_extended_precision(void) {
    if (LDBL_MANT_DIG < 64)
        skip();
}

#define assert_below(value, bound)                                                                 \
    do {                                                                                           \
        double seen_ = (value);                                                                    \
        if (!(seen_ < (bound)))                                                                    \
            fail_msg("%s = %.17g is not below %g", #value, seen_, (double)(bound));                \
    } while (0)

static void
exp_and_expm1_are_within_one_ulp(void **state) {
    (void)state;
    need_extended_precision();
    uint64_t seed = 1;
    double worst = 0.0;
    double worst_less_one = 0.0;
    for (int i = 0; i < DRAWS; i += 1) {
        double wide = uniform(&seed, -745.0, 709.7);
        double small = uniform(&seed, -2.0, 2.0);
        double tiny = ldexp(small, -(int)(next_random(&seed) % 60));
        worst =
            fmax(worst, fmax(ulps(pli_exp(wide), expl(wide)), ulps(pli_exp(small), expl(small))));
        worst = fmax(worst, ulps(pli_exp(tiny), expl(tiny)));
        worst_less_one = fmax(worst_less_one, ulps(pli_expm1(small), expm1l(small)));
        worst_less_one = fmax(worst_less_one, ulps(pli_expm1(tiny), expm1l(tiny)));
        worst_less_one = fmax(worst_less_one, ulps(pli_expm1(wide), expm1l(wide)));
    }
    assert_below(worst, 1.0);
    assert_below(worst_less_one, 1.0);
}

static void
log_and_log1p_are_within_one_ulp(void **state) {
    (void)state;
    need_extended_precision();
    uint64_t seed = 2;
    double worst = 0.0;
    double worst_one_plus = 0.0;
    for (int i = 0; i < DRAWS; i += 1) {
        double any = any_positive(&seed);
        double near = uniform(&seed, 0.5, 2.0);
        double tiny = ldexp(uniform(&seed, -1.0, 1.0), -(int)(next_random(&seed) % 60));
        worst = fmax(worst, fmax(ulps(pli_log(any), logl(any)), ulps(pli_log(near), logl(near))));
        worst = fmax(worst, ulps(pli_log(1.0 + tiny), logl(1.0 + tiny)));
        worst_one_plus = fmax(worst_one_plus, ulps(pli_log1p(tiny), log1pl(tiny)));
        worst_one_plus = fmax(worst_one_plus, ulps(pli_log1p(any), log1pl(any)));
        worst_one_plus = fmax(worst_one_plus, ulps(pli_log1p(near - 1.0), log1pl(near - 1.0)));
    }
    assert_below(worst, 1.0);
    assert_below(worst_one_plus, 1.0);
}

// The C library's extended power is itself only good to about 2^-64 of y log x, hence the margin at
// the far end.
static void
power_is_within_one_ulp_over_the_whole_range(void **state) {
    (void)state;
    need_extended_precision();
    uint64_t seed = 3;
    double worst = 0.0;
    for (int i = 0; i < DRAWS; i += 1) {
        double x = any_positive(&seed);
        double near = uniform(&seed, 0.5, 2.0);
        double target = uniform(&seed, -740.0, 705.0);
        double y = target / log(x);
        double y_near = target / log(near);
        worst = fmax(worst, ulps(pli_pow(x, y), powl(x, y)));
        worst = fmax(worst, ulps(pli_pow(near, y_near), powl(near, y_near)));
    }
    assert_below(worst, 1.0);
    assert_true(pli_pow(2.0, 10.0) == 1024.0);
    assert_true(pli_pow(9.0, 0.5) == 3.0);
    assert_true(pli_pow(10.0, -2.0) == 0.01);
}

static void
normal_tails_are_within_1e_15_of_their_value(void **state) {
    (void)state;
    need_extended_precision();
    const long double root_half = 0.70710678118654752440084436210484904L;
    const long double root_two_pi = 2.50662827463100050241576528481104525L;
    uint64_t seed = 4;
    double worst = 0.0;
    double worst_density = 0.0;
    for (int i = 0; i < DRAWS; i += 1) {
        double x = uniform(&seed, -8.0, 37.4);
        double near = uniform(&seed, -1.5, 1.5);
        long double tail = 0.5L * erfcl((long double)x * root_half);
        long double mid = 0.5L * erfcl((long double)near * root_half);
        worst = fmax(worst, fabs((double)(pli_normal_sf(x) / tail - 1)));
        worst = fmax(worst, fabs((double)(pli_normal_cdf(-near) / mid - 1)));
        assert_true(pli_normal_sf(x) == pli_normal_cdf(-x));
        long double density = expl(-0.5L * (long double)x * (long double)x) / root_two_pi;
        worst_density = fmax(worst_density, ulps(pli_normal_pdf(x), density));
    }
    assert_below(worst, 1e-15);
    assert_below(worst_density, 2.0);
}

static void
mills_ratio_takes_the_exponential_out_of_the_tail(void **state) {
    (void)state;
    assert_true(pli_mills(0.0) == 0.5 && pli_normal_cdf(0.0) == 0.5);
    // 0.5 exp(x^2/2) erfc(x / sqrt 2), 40 digits of mpmath rounded.
    static const double rows[][2] = {
        {0.25, 0.4140321029477354},   {1.0, 0.2615782918651234},    {5.0, 0.07691930497500629},
        {12.0, 0.033018971077214535}, {100.0, 0.00398902398135681}, {1e8, 3.989422804014327e-09},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1)
        assert_below(fabs(pli_mills(rows[i][0]) / rows[i][1] - 1.0), 1e-15);
    assert_true(pli_mills((double)INFINITY) == 0.0);
    assert_true(pli_mills(DBL_MAX) == 0.0);
}

// Wichura (1988), page 481: the three values given to check an implementation of PPND16.
static void
quantile_gives_the_values_published_with_as_241(void **state) {
    (void)state;
    assert_below(fabs(pli_normal_quantile(0.25) / -0.6744897501960817 - 1.0), 1e-15);
    assert_below(fabs(pli_normal_quantile(0.001) / -3.090232306167814 - 1.0), 1e-15);
    assert_below(fabs(pli_normal_quantile(1e-20) / -9.262340089798408 - 1.0), 1e-15);
}

static void
quantile_inverts_the_distribution(void **state) {
    (void)state;
    uint64_t seed = 5;
    double worst = 0.0;
    for (int i = 0; i < DRAWS; i += 1) {
        double p = any_positive(&seed);
        p = p > 0.5 ? uniform(&seed, 0.0, 0.5) : p;
        double x = pli_normal_quantile(p);
        if (p > DBL_MIN) {
            double slack = 1e-15 * (1.0 + x * x);
            worst = fmax(worst, fabs(pli_normal_cdf(x) / p - 1.0) / slack);
        }
        assert_true(x <= 0.0);
    }
    assert_below(worst, 1.0);
    assert_true(pli_normal_quantile(0.5) == 0.0);
    assert_true(pli_normal_quantile(0.75) == -pli_normal_quantile(0.25));
    // log Phi(-38.4674056...) is the log of the smallest double: mpmath.
    assert_below(fabs(pli_normal_quantile(0x1p-1074) / -38.46740561714434 - 1.0), 1e-15);
}

static void
floor_is_exact(void **state) {
    (void)state;
    uint64_t seed = 6;
    for (int i = 0; i < DRAWS; i += 1) {
        double x = any_positive(&seed) * (i % 2 == 0 ? 1.0 : -1.0);
        double y = uniform(&seed, -1e6, 1e6);
        assert_true(pli_floor(x) == floor(x));
        assert_true(pli_floor(y) == floor(y));
    }
    assert_true(signbit(pli_floor(-0.0)) != 0);
    assert_true(pli_floor(-0x1p-1074) == -1.0);
    assert_true(pli_floor(3.0) == 3.0 && pli_floor(-3.0) == -3.0);
    assert_true(pli_floor(-(double)INFINITY) == -(double)INFINITY);
}

static void
edges_are_what_the_contract_says(void **state) {
    (void)state;
    const double infinity = (double)INFINITY;
    assert_true(pli_exp(0.0) == 1.0 && pli_exp(-0.0) == 1.0);
    assert_true(pli_exp(infinity) == infinity && pli_exp(-infinity) == 0.0);
    assert_true(pli_exp(709.782712893384) <= DBL_MAX && pli_exp(709.79) == infinity);
    assert_true(pli_exp(-745.13) == 0x1p-1074 && pli_exp(-745.14) == 0.0);
    assert_true(pli_expm1(infinity) == infinity && pli_expm1(-infinity) == -1.0);
    assert_true(signbit(pli_expm1(-0.0)) != 0 && signbit(pli_log1p(-0.0)) != 0);
    assert_true(pli_log(1.0) == 0.0 && pli_log(0.0) == -infinity && pli_log(infinity) == infinity);
    assert_true(isnan(pli_log(-1.0)) && isnan(pli_log1p(-1.5)) && pli_log1p(-1.0) == -infinity);
    assert_true(pli_log1p(infinity) == infinity);
    assert_true(pli_pow(0.0, 2.0) == 0.0 && pli_pow(0.0, -2.0) == infinity &&
                pli_pow(5.0, 0.0) == 1.0);
    assert_true(pli_pow(infinity, 0.5) == infinity && pli_pow(infinity, -0.5) == 0.0);
    assert_true(pli_pow(1.5, infinity) == infinity && pli_pow(1.5, -infinity) == 0.0 &&
                pli_pow(1.0, infinity) == 1.0);
    assert_true(isnan(pli_pow(-2.0, 2.0)));
    assert_true(pli_normal_cdf(infinity) == 1.0 && pli_normal_cdf(-infinity) == 0.0);
    assert_true(pli_normal_pdf(infinity) == 0.0 && pli_normal_pdf(-infinity) == 0.0);
    assert_true(pli_normal_quantile(0.0) == -infinity && pli_normal_quantile(1.0) == infinity);
    assert_true(isnan(pli_normal_quantile(-0.1)) && isnan(pli_normal_quantile(1.1)));
    static double (*const functions[])(double) = {
        pli_floor,      pli_exp,        pli_expm1,     pli_log,   pli_log1p,
        pli_normal_pdf, pli_normal_cdf, pli_normal_sf, pli_mills, pli_normal_quantile,
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i += 1)
        assert_true(isnan(functions[i]((double)NAN)));
    assert_true(isnan(pli_pow((double)NAN, 2.0)) && isnan(pli_pow(2.0, (double)NAN)));
}

// Self-made: these exact bits were produced by this code, and show when a compiler or processor
// differs.
static void
bits_are_the_same_everywhere(void **state) {
    (void)state;
    uint64_t seed = 7;
    uint64_t digest = 0;
    for (int i = 0; i < 2000; i += 1) {
        double positive = any_positive(&seed);
        double x = uniform(&seed, -30.0, 30.0);
        double values[] = {
            pli_exp(x),
            pli_expm1(x * 0.1),
            pli_log(positive),
            pli_log1p(fabs(x)),
            pli_pow(positive, x * 0.1),
            pli_normal_pdf(x),
            pli_normal_cdf(x),
            pli_normal_quantile(1.0 / (1.0 + x * x)),
        };
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j += 1) {
            uint64_t bits;
            memcpy(&bits, &values[j], sizeof bits);
            digest = (digest ^ bits) * UINT64_C(0x100000001b3) + (digest >> 32);
        }
    }
    if (digest != UINT64_C(0xb056bbd2b7537148))
        fail_msg("digest 0x%016llx", (unsigned long long)digest);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_and_expm1_are_within_one_ulp),
        cmocka_unit_test(log_and_log1p_are_within_one_ulp),
        cmocka_unit_test(power_is_within_one_ulp_over_the_whole_range),
        cmocka_unit_test(normal_tails_are_within_1e_15_of_their_value),
        cmocka_unit_test(mills_ratio_takes_the_exponential_out_of_the_tail),
        cmocka_unit_test(quantile_gives_the_values_published_with_as_241),
        cmocka_unit_test(quantile_inverts_the_distribution),
        cmocka_unit_test(floor_is_exact),
        cmocka_unit_test(edges_are_what_the_contract_says),
        cmocka_unit_test(bits_are_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
