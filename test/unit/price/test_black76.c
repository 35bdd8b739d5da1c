/* test_black76.c: Black-76 value and Greeks: limits, parity, bounds and derivatives.  SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "num/elementary.h"
#include "plimsoll/price.h"
#include "price/black76.h"

#define DRAWS 2000

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
    double forward = exp(uniform(seed, 0.0, 11.0));
    double volatility = exp(uniform(seed, log(0.05), log(3.0)));
    double strike = forward * exp(volatility * sqrt(years) * uniform(seed, -2.5, 2.5));
    plm_right right = uniform(seed, 0.0, 1.0) < 0.5 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
    double discount = exp(-0.08 * years);
    return (plm_option_terms){forward, strike, years, volatility, discount, right};
}

static double
price_of(plm_option_terms terms) {
    double price = (double)NAN;
    assert_int_equal(plm_black76_price(&terms, &price), PLM_OK);
    return price;
}

static plm_option_value
value_of(plm_option_terms terms) {
    plm_option_value value;
    memset(&value, 0, sizeof value);
    assert_int_equal(plm_black76_value(&terms, &value), PLM_OK);
    return value;
}

static long double
reference(plm_option_terms terms) {
    const long double root_half = 0.70710678118654752440084436210484904L;
    long double v = terms.volatility * sqrtl(terms.years);
    long double d1 = logl((long double)terms.forward / terms.strike) / v + v / 2;
    long double sign = terms.right == PLM_RIGHT_CALL ? 1 : -1;
    long double forward_tail = erfcl(-sign * d1 * root_half) / 2;
    long double strike_tail = erfcl(-sign * (d1 - v) * root_half) / 2;
    return sign * (terms.forward * forward_tail - terms.strike * strike_tail);
}

// Haug, Option Pricing Formulas (1998), page 8. By hand: v = 0.28 sqrt(0.75) = 0.242487, d1 = -d2 =
// 0.121244, Phi(d1) = 0.548251, 19 (2 * 0.548251 - 1) exp(-0.075) = 1.8335 * 0.927743 = 1.7011.
static void
the_worked_example_of_the_manual_holds(void **state) {
    (void)state;
    plm_option_terms terms = {19.0, 19.0, 0.75, 0.28, pli_exp(-0.075), PLM_RIGHT_CALL};
    assert_true(fabs(price_of(terms) - 1.7011) < 0.5e-4);
    terms.right = PLM_RIGHT_PUT;
    assert_true(fabs(price_of(terms) - 1.7011) < 0.5e-4);
}

static void
price_is_within_1e_15_of_forward_plus_strike(void **state) {
    (void)state;
    if (LDBL_MANT_DIG < 64)
        skip();
    uint64_t seed = 1;
    double worst = 0.0;
    for (int i = 0; i < 10 * DRAWS; i += 1) {
        plm_option_terms terms = draw_terms(&seed);
        terms.discount = 1.0;
        terms.strike = i % 3 == 0 ? terms.forward * uniform(&seed, 0.99, 1.01) : terms.strike;
        double error = fabs((double)(price_of(terms) - reference(terms)));
        worst = fmax(worst, error / (terms.forward + terms.strike));
    }
    if (!(worst < 1e-15))
        fail_msg("worst error %g of forward + strike", worst);
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
        // The one in the money is the other plus intrinsic, to the bit.
        if (gain > 0.0)
            assert_true(price_of(call) == fmin(gain + price_of(put), call.forward));
        else
            assert_true(price_of(put) == fmin(price_of(call) - gain, call.strike));
        // Black's formula is symmetric in forward and strike.
        plm_option_terms mirror = put;
        mirror.forward = call.strike;
        mirror.strike = call.forward;
        assert_true(price_of(mirror) == price_of(call));
    }
}

static void
price_keeps_its_bounds_and_moves_the_right_way(void **state) {
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < DRAWS; i += 1) {
        plm_option_terms terms = draw_terms(&seed);
        terms.discount = 1.0;
        terms.volatility = i % 2 == 0 ? terms.volatility : exp(uniform(&seed, -300.0, 300.0));
        double sign = terms.right == PLM_RIGHT_CALL ? 1.0 : -1.0;
        double upper = terms.right == PLM_RIGHT_CALL ? terms.forward : terms.strike;
        double price = price_of(terms);
        assert_true(price >= fmax(0.0, sign * (terms.forward - terms.strike)) && price <= upper);
        terms.volatility *= 1.0 + uniform(&seed, 0.0, 0.2);
        double slack = 1e-15 * (terms.forward + terms.strike);
        double higher = price_of(terms);
        assert_true(higher >= price - slack);
        double raise = terms.strike * uniform(&seed, 0.0, 0.2);
        terms.strike += raise;
        double change = -sign * (price_of(terms) - higher); // a call falls, a put rises
        assert_true(change >= -2.0 * slack && change <= raise + 2.0 * slack);
    }
}

static void
without_volatility_only_intrinsic_is_left(void **state) {
    (void)state;
    for (int i = 0; i < 2; i += 1) {
        plm_option_terms terms = {110.0, 100.0, 0.5, 0.3, 0.95, PLM_RIGHT_CALL};
        *(i == 0 ? &terms.years : &terms.volatility) = 0.0;
        plm_option_value value = value_of(terms);
        assert_true(value.value == 0.95 * 10.0 && value.delta == 0.95 &&
                    price_of(terms) == value.value);
        assert_true(value.gamma == 0.0 && value.vega == 0.0 && value.vanna == 0.0 &&
                    value.volga == 0.0);
        assert_true(i == 0 ? value.theta == 0.0
                           : fabs(value.theta / (-log(0.95) / 0.5 * 9.5) - 1.0) < 1e-15);
        terms.right = PLM_RIGHT_PUT;
        value = value_of(terms);
        assert_true(value.value == 0.0 && value.delta == 0.0 && value.theta == 0.0);
        terms.forward = 90.0;
        value = value_of(terms);
        assert_true(value.value == 0.95 * 10.0 && value.delta == -0.95);
        // At the money gamma does not exist, the price does.
        terms.forward = 100.0;
        assert_int_equal(plm_black76_value(&terms, &value), PLM_DOMAIN);
        assert_true(price_of(terms) == 0.0);
    }
}

static void
extreme_terms_give_their_limits(void **state) {
    (void)state;
    plm_option_terms terms = {100.0, 1e-300, 1.0, 0.5, 1.0, PLM_RIGHT_CALL};
    assert_true(price_of(terms) == 100.0);
    terms.right = PLM_RIGHT_PUT;
    assert_true(price_of(terms) >= 0.0 && price_of(terms) < 1e-300);
    terms = (plm_option_terms){100.0, 120.0, 1.0, 1e6, 1.0, PLM_RIGHT_CALL};
    plm_option_value value = value_of(terms);
    assert_true(value.value == 100.0 && value.delta == 1.0 && value.gamma == 0.0 &&
                value.volga == 0.0);
    terms.right = PLM_RIGHT_PUT;
    assert_true(price_of(terms) == 120.0);
    terms = (plm_option_terms){DBL_MAX, DBL_MIN, 4.0, DBL_MAX, 1.0, PLM_RIGHT_PUT};
    assert_true(price_of(terms) == DBL_MIN);
    terms = (plm_option_terms){100.0, 101.0, 1e-12, 1e-300, 1.0, PLM_RIGHT_CALL};
    value = value_of(terms);
    assert_true(value.value == 0.0 && value.delta == 0.0 && value.vanna == 0.0);
    // At the money gamma is phi(0) / (F v), here beyond the range of double.
    terms = (plm_option_terms){1e-3, 1e-3, 1.0, 1e-308, 1.0, PLM_RIGHT_CALL};
    assert_int_equal(plm_black76_value(&terms, &value), PLM_OVERFLOW);
}

static void
terms_outside_the_model_are_refused(void **state) {
    (void)state;
    const plm_option_terms good = {100.0, 100.0, 1.0, 0.2, 1.0, PLM_RIGHT_CALL};
    double price = -7.0;
    plm_option_value value;
    for (size_t i = 0; i < 5; i += 1) {
        static const size_t offsets[] = {
            offsetof(plm_option_terms, forward),  offsetof(plm_option_terms, strike),
            offsetof(plm_option_terms, years),    offsetof(plm_option_terms, volatility),
            offsetof(plm_option_terms, discount),
        };
        static const double bad[] = {(double)NAN, (double)INFINITY, -1.0};
        for (size_t j = 0; j < 3; j += 1) {
            plm_option_terms terms = good;
            memcpy((unsigned char *)&terms + offsets[i], &bad[j], sizeof bad[j]);
            plm_status expected = j < 2 ? PLM_NOT_FINITE : PLM_DOMAIN;
            assert_int_equal(plm_black76_price(&terms, &price), expected);
            assert_int_equal(plm_black76_value(&terms, &value), expected);
        }
    }
    plm_option_terms terms = good;
    terms.right = PLM_RIGHT_NONE;
    assert_int_equal(plm_black76_price(&terms, &price), PLM_DOMAIN);
    assert_true(price == -7.0);
}

/* A number of the option as a function of one term. */
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
    if (offset == offsetof(plm_option_terms, years)) // the discount accrues at its own rate
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
    double first = (4.0 * d[1] - d[0]) / 3.0;
    double second = (4.0 * d[2] - d[1]) / 3.0;
    return (16.0 * second - first) / 15.0;
}

static void
greeks_are_the_derivatives_of_the_price(void **state) {
    (void)state;
    uint64_t seed = 4;
    for (int i = 0; i < 200; i += 1) {
        plm_option_terms terms = draw_terms(&seed);
        plm_option_value value = value_of(terms);
        double v = terms.volatility * sqrt(terms.years);
        double unit = terms.discount * 0.4; // the size of phi
        double step = 0.05 * terms.forward * fmin(v, 1.0);
        const size_t forward = offsetof(plm_option_terms, forward);
        const size_t volatility = offsetof(plm_option_terms, volatility);
        const size_t years = offsetof(plm_option_terms, years);
        double vol_step = 0.03 * terms.volatility / fmax(1.0, v);
        const double errors[] = {
            (derivative(price_of, terms, forward, step) - value.delta) / unit,
            (derivative(delta_of, terms, forward, step) - value.gamma) * terms.forward * v / unit,
            (derivative(price_of, terms, volatility, vol_step) - value.vega) /
                (unit * terms.forward * sqrt(terms.years)),
            (derivative(delta_of, terms, volatility, vol_step) - value.vanna) * terms.volatility /
                unit,
            (derivative(vega_of, terms, volatility, vol_step) - value.volga) * terms.volatility /
                (unit * terms.forward * sqrt(terms.years)),
            (-derivative(price_of, terms, years, 0.03 * terms.years / fmax(1.0, v)) - value.theta) *
                terms.years / (unit * terms.forward * fmax(v, 1.0)),
        };
        for (size_t j = 0; j < sizeof errors / sizeof errors[0]; j += 1) {
            if (!(fabs(errors[j]) < 2e-7))
                fail_msg("draw %d, Greek %zu: error %g", i, j, errors[j]);
        }
    }
}

static void
points_are_the_single_values_to_the_bit(void **state) {
    (void)state;
    enum { COUNT = 60 };
    double forward[COUNT];
    double volatility[COUNT];
    double value[COUNT];
    for (size_t i = 0; i < COUNT; i += 1) {
        forward[i] = 80.0 + 5.0 * (double)(i / 6);
        volatility[i] = 0.2 * (double)(i % 6);
    }
    for (int right = PLM_RIGHT_CALL; right <= PLM_RIGHT_PUT; right += 1) {
        plm_option_fixed option = {100.0, 0.3, (plm_right)right};
        pli_black76_points(&option, COUNT, forward, volatility, value);
        for (size_t i = 0; i < COUNT; i += 1) {
            plm_option_terms terms = {forward[i], 100.0, 0.3, volatility[i], 1.0, (plm_right)right};
            assert_true(value[i] == pli_black76_undiscounted(&option, forward[i], volatility[i]));
            assert_true(value[i] == price_of(terms));
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_of_the_manual_holds),
        cmocka_unit_test(price_is_within_1e_15_of_forward_plus_strike),
        cmocka_unit_test(call_less_put_is_forward_less_strike),
        cmocka_unit_test(price_keeps_its_bounds_and_moves_the_right_way),
        cmocka_unit_test(without_volatility_only_intrinsic_is_left),
        cmocka_unit_test(extreme_terms_give_their_limits),
        cmocka_unit_test(terms_outside_the_model_are_refused),
        cmocka_unit_test(greeks_are_the_derivatives_of_the_price),
        cmocka_unit_test(points_are_the_single_values_to_the_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
