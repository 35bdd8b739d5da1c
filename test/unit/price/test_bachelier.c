/* test_bachelier.c: the normal model: worked example, limits, parity, derivatives.    SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plimsoll/price.h"

#define DRAWS 5000

static double
uniform(uint64_t *state, double lower, double upper) {
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return lower + (upper - lower) * ((double)((z ^ (z >> 31)) >> 11) * 0x1p-53);
}

static plm_option_terms
draw_terms(uint64_t *seed) {
    double years = exp(uniform(seed, log(0.01), log(4.0)));
    double volatility = exp(uniform(seed, log(0.1), log(100.0)));
    double forward = uniform(seed, -100.0, 100.0);
    double strike = forward + volatility * sqrt(years) * uniform(seed, -3.0, 3.0);
    plm_right right = uniform(seed, 0.0, 1.0) < 0.5 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
    return (plm_option_terms){forward, strike, years, volatility, exp(-0.05 * years), right};
}

static double
price_of(plm_option_terms terms) {
    double price = (double)NAN;
    assert_int_equal(plm_bachelier_price(&terms, &price), PLM_OK);
    return price;
}

static plm_option_value
value_of(plm_option_terms terms) {
    plm_option_value value;
    memset(&value, 0, sizeof value);
    assert_int_equal(plm_bachelier_value(&terms, &value), PLM_OK);
    return value;
}

// By hand: s = 15 sqrt(0.25) = 7.5, d = (-37.63 + 40) / 7.5 = 0.316, phi(d) = 0.379513,
// Phi(d) = 0.623999, so a put at -40 on a forward of -37.63 is worth
// 7.5 * 0.379513 - 2.37 * (1 - 0.623999) = 2.846348 - 0.891122 = 1.955226.
static void
the_worked_example_with_a_negative_forward_holds(void **state) {
    (void)state;
    plm_option_terms terms = {-37.63, -40.0, 0.25, 15.0, 1.0, PLM_RIGHT_PUT};
    assert_true(fabs(price_of(terms) - 1.955226) < 2e-5);
    terms.right = PLM_RIGHT_CALL;
    assert_true(fabs(price_of(terms) - (1.955226 + 2.37)) < 2e-5);
}

static void
at_the_money_the_price_is_volatility_over_root_two_pi(void **state) {
    (void)state;
    plm_option_terms terms = {0.0, 0.0, 1.0, 1.0, 1.0, PLM_RIGHT_CALL};
    plm_option_value value = value_of(terms);
    assert_true(fabs(value.value - 0.3989422804014327) < 1.2e-16);
    assert_true(value.delta == 0.5 && fabs(value.gamma - 0.3989422804014327) < 1.2e-16);
}

static void
price_agrees_with_extended_precision(void **state) {
    (void)state;
    if (LDBL_MANT_DIG < 64)
        skip();
    uint64_t seed = 1;
    for (int i = 0; i < DRAWS; i += 1) {
        plm_option_terms terms = draw_terms(&seed);
        terms.discount = 1.0;
        long double s = terms.volatility * sqrtl(terms.years);
        long double sign = terms.right == PLM_RIGHT_CALL ? 1 : -1;
        long double d = sign * ((long double)terms.forward - terms.strike) / s;
        long double density = expl(-d * d / 2) / 2.50662827463100050241576528481104525L;
        long double exact = s * (d * erfcl(-d / sqrtl(2.0L)) / 2 + density);
        double size = fabs(terms.forward) + fabs(terms.strike) + (double)s;
        assert_true(fabs((double)(price_of(terms) - exact)) <= 1e-15 * size);
    }
}

static void
call_less_put_is_forward_less_strike(void **state) {
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < DRAWS; i += 1) {
        plm_option_terms call = draw_terms(&seed);
        call.discount = 1.0;
        call.right = PLM_RIGHT_CALL;
        plm_option_terms put = call;
        put.right = PLM_RIGHT_PUT;
        double gain = call.forward - call.strike;
        if (gain > 0.0)
            assert_true(price_of(call) == gain + price_of(put));
        else
            assert_true(price_of(put) == price_of(call) - gain);
        assert_true(price_of(call) >= fmax(0.0, gain));
        double before = price_of(call);
        call.volatility *= 1.01;
        assert_true(price_of(call) >= before);
    }
}

static void
without_volatility_only_intrinsic_is_left(void **state) {
    (void)state;
    for (int i = 0; i < 2; i += 1) {
        plm_option_terms terms = {-5.0, -15.0, 0.5, 3.0, 0.95, PLM_RIGHT_CALL};
        *(i == 0 ? &terms.years : &terms.volatility) = 0.0;
        plm_option_value value = value_of(terms);
        assert_true(value.value == 0.95 * 10.0 && value.delta == 0.95 && value.gamma == 0.0);
        terms.right = PLM_RIGHT_PUT;
        assert_true(price_of(terms) == 0.0 && value_of(terms).delta == 0.0);
        terms.strike = -5.0;
        assert_int_equal(plm_bachelier_value(&terms, &value), PLM_DOMAIN);
        assert_true(price_of(terms) == 0.0);
    }
    plm_option_terms terms = {10.0, 5.0, 1.0, 1e-300, 1.0, PLM_RIGHT_CALL};
    plm_option_value value = value_of(terms);
    assert_true(value.value == 5.0 && value.delta == 1.0 && value.vanna == 0.0);
}

static void
terms_outside_the_model_are_refused(void **state) {
    (void)state;
    const plm_option_terms good = {1.0, -1.0, 1.0, 0.2, 1.0, PLM_RIGHT_CALL};
    double price = -7.0;
    plm_option_value value;
    plm_option_terms terms = good;
    terms.forward = (double)NAN;
    assert_int_equal(plm_bachelier_price(&terms, &price), PLM_NOT_FINITE);
    assert_int_equal(plm_bachelier_value(&terms, &value), PLM_NOT_FINITE);
    terms = good;
    terms.volatility = -0.1;
    assert_int_equal(plm_bachelier_price(&terms, &price), PLM_DOMAIN);
    terms.volatility = (double)INFINITY;
    assert_int_equal(plm_bachelier_price(&terms, &price), PLM_NOT_FINITE);
    terms = good;
    terms.discount = 0.0;
    assert_int_equal(plm_bachelier_value(&terms, &value), PLM_DOMAIN);
    terms = good;
    terms.volatility = DBL_MAX;
    terms.years = 4.0;
    assert_int_equal(plm_bachelier_price(&terms, &price), PLM_OVERFLOW);
    assert_true(price == -7.0);
}

typedef double function_of_terms(plm_option_terms terms);

static double
delta_of(plm_option_terms terms) {
    return value_of(terms).delta;
}

static double
vega_of(plm_option_terms terms) {
    return value_of(terms).vega;
}

static double
moved(function_of_terms *f, plm_option_terms terms, size_t offset, double by) {
    double term;
    memcpy(&term, (unsigned char *)&terms + offset, sizeof term);
    if (offset == offsetof(plm_option_terms, years))
        terms.discount = exp(log(terms.discount) * (term + by) / term);
    term += by;
    memcpy((unsigned char *)&terms + offset, &term, sizeof term);
    return f(terms);
}

// Central differences at h, h/2, h/4, extrapolated twice: the error is of order h^6.
static double
derivative(function_of_terms *f, plm_option_terms terms, size_t offset, double h) {
    double d[3];
    for (int i = 0; i < 3; i += 1) {
        double step = h / (double)(1 << i);
        d[i] = (moved(f, terms, offset, step) - moved(f, terms, offset, -step)) / (2.0 * step);
    }
    return (16.0 * (4.0 * d[2] - d[1]) / 3.0 - (4.0 * d[1] - d[0]) / 3.0) / 15.0;
}

static void
greeks_are_the_derivatives_of_the_price(void **state) {
    (void)state;
    uint64_t seed = 4;
    const size_t forward = offsetof(plm_option_terms, forward);
    const size_t volatility = offsetof(plm_option_terms, volatility);
    for (int i = 0; i < 200; i += 1) {
        plm_option_terms terms = draw_terms(&seed);
        plm_option_value value = value_of(terms);
        double root_years = sqrt(terms.years);
        double s = terms.volatility * root_years;
        double step = 0.03 * terms.volatility;
        double years_step = 0.03 * terms.years;
        const double errors[] = {
            derivative(price_of, terms, forward, 0.05 * s) - value.delta,
            (derivative(delta_of, terms, forward, 0.05 * s) - value.gamma) * s,
            (derivative(price_of, terms, volatility, step) - value.vega) / root_years,
            (derivative(delta_of, terms, volatility, step) - value.vanna) * terms.volatility,
            (derivative(vega_of, terms, volatility, step) - value.volga) * terms.volatility /
                root_years,
            (-derivative(price_of, terms, offsetof(plm_option_terms, years), years_step) -
             value.theta) *
                terms.years / s,
        };
        for (size_t j = 0; j < sizeof errors / sizeof errors[0]; j += 1) {
            if (!(fabs(errors[j]) < 2e-7))
                fail_msg("draw %d, Greek %zu: error %g", i, j, errors[j]);
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_with_a_negative_forward_holds),
        cmocka_unit_test(at_the_money_the_price_is_volatility_over_root_two_pi),
        cmocka_unit_test(price_agrees_with_extended_precision),
        cmocka_unit_test(call_less_put_is_forward_less_strike),
        cmocka_unit_test(without_volatility_only_intrinsic_is_left),
        cmocka_unit_test(terms_outside_the_model_are_refused),
        cmocka_unit_test(greeks_are_the_derivatives_of_the_price),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
