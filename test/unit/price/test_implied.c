/* test_implied.c: implied volatility is the inverse of the price, and says when there is none.   SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plimsoll/price.h"

#define DRAWS 5000

typedef plm_status price_function(const plm_option_terms *, double *);
typedef plm_status value_function(const plm_option_terms *, plm_option_value *);
typedef plm_status implied_function(const plm_option_terms *, double, double *);

static double
uniform(uint64_t *state, double lower, double upper) {
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return lower + (upper - lower) * ((double)((z ^ (z >> 31)) >> 11) * 0x1p-53);
}

// By hand: at the money the price is F (2 Phi(v / 2) - 1) = 100 (2 * 0.549738 - 1) = 9.9476 for
// v = 0.25, so with T = 1 / 4 the volatility is 0.5.
static void
the_worked_example_holds(void **state) {
    (void)state;
    plm_option_terms terms = {100.0, 100.0, 0.25, 0.0, 1.0, PLM_RIGHT_CALL};
    double volatility = 0.0;
    assert_int_equal(plm_black76_implied(&terms, 9.9476, &volatility), PLM_OK);
    assert_true(fabs(volatility - 0.5) < 5e-6);
}

// What the last bit of the price, and of intrinsic, leaves open.
static void
check_round_trip(plm_option_terms terms, price_function *price_of, value_function *value_of,
                 implied_function *implied_of) {
    double price;
    plm_option_value value;
    assert_int_equal(price_of(&terms, &price), PLM_OK);
    assert_int_equal(value_of(&terms, &value), PLM_OK);
    if (!(price > 1e-290))
        return;
    double unit = DBL_EPSILON * (fabs(terms.forward) + fabs(terms.strike));
    double room = 1e-13 + 4.0 * unit / (value.vega / terms.discount * terms.volatility);
    if (!(room < 1e-3)) // the volatility was lost when the price was rounded
        return;
    double volatility = 0.0;
    assert_int_equal(implied_of(&terms, price, &volatility), PLM_OK);
    if (!(fabs(volatility / terms.volatility - 1.0) <= room))
        fail_msg("F %.17g K %.17g T %g volatility %.17g: %.17g", terms.forward, terms.strike,
                 terms.years, terms.volatility, volatility);
}

static void
black76_price_gives_its_volatility_back(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < DRAWS; i += 1) {
        double years = exp(uniform(&seed, log(1e-4), log(5.0)));
        double sigma = exp(uniform(&seed, log(0.01), log(6.0)));
        double forward = exp(uniform(&seed, -9.0, 11.0));
        double strike = forward * exp(sigma * sqrt(years) * uniform(&seed, -6.0, 6.0));
        plm_right right = i % 2 == 0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
        plm_option_terms terms = {forward, strike, years, sigma, 0.97, right};
        check_round_trip(terms, plm_black76_price, plm_black76_value, plm_black76_implied);
    }
}

static void
bachelier_price_gives_its_volatility_back(void **state) {
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < DRAWS; i += 1) {
        double years = exp(uniform(&seed, log(1e-4), log(5.0)));
        double sigma = exp(uniform(&seed, log(0.01), log(100.0)));
        double forward = uniform(&seed, -50.0, 50.0);
        double strike =
            i % 10 == 0 ? forward : forward + sigma * sqrt(years) * uniform(&seed, -6.0, 6.0);
        plm_right right = i % 2 == 0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
        plm_option_terms terms = {forward, strike, years, sigma, 0.97, right};
        check_round_trip(terms, plm_bachelier_price, plm_bachelier_value, plm_bachelier_implied);
    }
}

// Out of the money nothing is lost to intrinsic: the whole range down to the smallest normal price.
static void
deep_tails_keep_thirteen_digits(void **state) {
    (void)state;
    for (int i = 1; i < 37; i += 1) {
        double h = (double)i;
        plm_option_terms terms = {100.0, 100.0 * exp(0.2 * h), 0.25, 0.4, 1.0, PLM_RIGHT_CALL};
        double price;
        double volatility = 0.0;
        assert_int_equal(plm_black76_price(&terms, &price), PLM_OK);
        assert_int_equal(plm_black76_implied(&terms, price, &volatility), PLM_OK);
        assert_true(fabs(volatility / 0.4 - 1.0) <= 1e-13);
        terms = (plm_option_terms){0.0, h, 1.0, 1.0, 1.0, PLM_RIGHT_CALL};
        assert_int_equal(plm_bachelier_price(&terms, &price), PLM_OK);
        assert_int_equal(plm_bachelier_implied(&terms, price, &volatility), PLM_OK);
        assert_true(fabs(volatility - 1.0) <= 1e-13);
    }
}

static void
smallest_and_largest_prices_have_a_volatility(void **state) {
    (void)state;
    double volatility = 0.0;
    double price = 0.0;
    plm_option_terms terms = {100.0, 200.0, 1.0, 0.0, 1.0, PLM_RIGHT_CALL};
    assert_int_equal(plm_black76_implied(&terms, 1e-305, &volatility), PLM_OK);
    assert_true(volatility > 0.015 && volatility < 0.02);
    assert_int_equal(plm_black76_implied(&terms, 100.0 * (1.0 - 0x1p-53), &volatility), PLM_OK);
    terms.volatility = volatility;
    assert_int_equal(plm_black76_price(&terms, &price), PLM_OK);
    assert_true(fabs(price - 100.0) <= 3e-14 && volatility > 10.0);
    terms = (plm_option_terms){100.0, nextafter(100.0, 200.0), 1.0, 0.0, 1.0, PLM_RIGHT_CALL};
    for (int i = 0; i < 300; i += 20) {
        double tiny = ldexp(1.0, -i);
        assert_int_equal(plm_black76_implied(&terms, 50.0 * tiny, &volatility), PLM_OK);
        assert_int_equal(plm_bachelier_implied(&terms, 50.0 * tiny, &volatility), PLM_OK);
        terms.volatility = volatility;
        assert_int_equal(plm_bachelier_price(&terms, &price), PLM_OK);
        assert_true(fabs(price / (50.0 * tiny) - 1.0) < 1e-11);
    }
    terms = (plm_option_terms){1e-300, 1e300, 1.0, 0.0, 1.0, PLM_RIGHT_CALL};
    assert_int_equal(plm_black76_implied(&terms, 1e-305, &volatility), PLM_OK);
    terms.volatility = volatility;
    assert_int_equal(plm_black76_price(&terms, &price), PLM_OK);
    assert_true(fabs(price / 1e-305 - 1.0) < 1e-10);
}

static void
a_price_at_intrinsic_gives_zero(void **state) {
    (void)state;
    double volatility = -1.0;
    plm_option_terms terms = {110.0, 100.0, 1.0, 0.0, 1.0, PLM_RIGHT_CALL};
    assert_int_equal(plm_black76_implied(&terms, 10.0, &volatility), PLM_OK);
    assert_true(volatility == 0.0);
    volatility = -1.0;
    assert_int_equal(plm_bachelier_implied(&terms, 10.0, &volatility), PLM_OK);
    assert_true(volatility == 0.0);
}

static void
prices_outside_the_bounds_have_no_volatility(void **state) {
    (void)state;
    double volatility = -1.0;
    plm_option_terms terms = {110.0, 100.0, 1.0, 0.0, 1.0, PLM_RIGHT_CALL};
    assert_int_equal(plm_black76_implied(&terms, 9.99, &volatility), PLM_VOLATILITY_NONE);
    assert_int_equal(plm_bachelier_implied(&terms, 9.99, &volatility), PLM_VOLATILITY_NONE);
    assert_int_equal(plm_black76_implied(&terms, 110.0, &volatility), PLM_VOLATILITY_NONE);
    terms.right = PLM_RIGHT_PUT;
    assert_int_equal(plm_black76_implied(&terms, -0.01, &volatility), PLM_VOLATILITY_NONE);
    assert_int_equal(plm_black76_implied(&terms, 100.0, &volatility), PLM_VOLATILITY_NONE);
    terms.years = 0.0;
    assert_int_equal(plm_black76_implied(&terms, 0.0, &volatility), PLM_VOLATILITY_NONE);
    assert_int_equal(plm_bachelier_implied(&terms, 1.0, &volatility), PLM_VOLATILITY_NONE);
    assert_true(volatility == -1.0);
}

static void
terms_outside_the_model_are_refused(void **state) {
    (void)state;
    double volatility = -1.0;
    plm_option_terms terms = {110.0, 100.0, 1.0, 0.0, 1.0, PLM_RIGHT_CALL};
    assert_int_equal(plm_black76_implied(&terms, (double)NAN, &volatility), PLM_NOT_FINITE);
    assert_int_equal(plm_bachelier_implied(&terms, (double)INFINITY, &volatility), PLM_NOT_FINITE);
    terms.forward = -1.0;
    assert_int_equal(plm_black76_implied(&terms, 1.0, &volatility), PLM_DOMAIN);
    assert_int_equal(plm_bachelier_implied(&terms, 1.0, &volatility), PLM_OK);
    terms.right = PLM_RIGHT_NONE;
    assert_int_equal(plm_bachelier_implied(&terms, 1.0, &volatility), PLM_DOMAIN);
    terms.forward = (double)NAN;
    assert_int_equal(plm_black76_implied(&terms, 1.0, &volatility), PLM_NOT_FINITE);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_holds),
        cmocka_unit_test(black76_price_gives_its_volatility_back),
        cmocka_unit_test(bachelier_price_gives_its_volatility_back),
        cmocka_unit_test(deep_tails_keep_thirteen_digits),
        cmocka_unit_test(smallest_and_largest_prices_have_a_volatility),
        cmocka_unit_test(a_price_at_intrinsic_gives_zero),
        cmocka_unit_test(prices_outside_the_bounds_have_no_volatility),
        cmocka_unit_test(terms_outside_the_model_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
