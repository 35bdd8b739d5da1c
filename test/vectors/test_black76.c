/* test_black76.c: option values and Greeks against Haug's manual, high precision and a grid.   SPDX-License-Identifier: Apache-2.0 */
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
#include "support/json.h"

#define HAUG "vectors/methods/options_european_haug.json"

/* A spot option as the manual states it: Black-76 on F = S exp((r - q) T), discounted at r. */
typedef struct spot_option {
    plm_right right;
    double strike;
    double spot;
    double yield;
    double rate;
    double years;
    double volatility;
} spot_option;

typedef struct spot_value {
    double value;
    double delta;
    double gamma;
    double vega;
    double theta;
    double rho;
    double dividend_rho;
    double vanna;
    double volga;
} spot_value;

static spot_option
read_option(ts_json *row, size_t first) {
    double n[7];
    for (size_t i = 0; i < 7; i += 1)
        n[i] = ts_json_double(ts_json_at(row, first + i));
    plm_right right = n[0] > 0.0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
    return (spot_option){right, n[1], n[2], n[3], n[4], n[5], n[6]};
}

// The chain rule from the forward to the spot; theta adds what the forward loses as time passes.
static spot_value
value_spot(spot_option o) {
    double growth = pli_exp((o.rate - o.yield) * o.years);
    double discount = pli_exp(-o.rate * o.years);
    plm_option_terms terms = {o.spot * growth, o.strike, o.years, o.volatility, discount, o.right};
    plm_option_value v;
    memset(&v, 0, sizeof v);
    assert_int_equal(plm_black76_value(&terms, &v), PLM_OK);
    double hedge = v.delta * terms.forward;
    return (spot_value){
        .value = v.value,
        .delta = v.delta * growth,
        .gamma = v.gamma * growth * growth,
        .vega = v.vega,
        .theta = v.theta - hedge * (o.rate - o.yield),
        .rho = o.years * (hedge - v.value),
        .dividend_rho = -o.years * hedge,
        .vanna = v.vanna * growth,
        .volga = v.volga,
    };
}

// Delta's change as time passes, by central differences extrapolated twice.
static double
charm_of(spot_option o) {
    double d[3];
    for (int i = 0; i < 3; i += 1) {
        double step = 0.02 * o.years / (double)(1 << i);
        spot_option later = o;
        spot_option sooner = o;
        later.years -= step;
        sooner.years += step;
        d[i] = (value_spot(later).delta - value_spot(sooner).delta) / (2.0 * step);
    }
    return (16.0 * (4.0 * d[2] - d[1]) / 3.0 - (4.0 * d[1] - d[0]) / 3.0) / 15.0;
}

static void
values_agree_with_the_manual(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip(HAUG);
    ts_json *rows = ts_json_get(root, "rows");
    assert_int_equal(ts_json_size(rows), 43);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        double value = value_spot(read_option(row, 0)).value;
        double expected = ts_json_double(ts_json_at(row, 7));
        double tolerance = ts_json_double(ts_json_at(row, 8));
        if (!(fabs(value - expected) <= tolerance))
            fail_msg("row %zu: %.17g, expected %.17g", i, value, expected);
    }
    ts_json_free(root);
}

static double
greek_by_name(const char *name, spot_option o) {
    spot_value v = value_spot(o);
    const struct {
        const char *name;
        double value;
    } greeks[] = {
        {"delta", v.delta}, {"elasticity", v.delta * o.spot / v.value},
        {"gamma", v.gamma}, {"vega", v.vega},
        {"theta", v.theta}, {"theta_per_day", v.theta / 365.0},
        {"rho", v.rho},     {"dividend_rho", v.dividend_rho},
    };
    for (size_t i = 0; i < sizeof greeks / sizeof greeks[0]; i += 1) {
        if (strcmp(name, greeks[i].name) == 0)
            return greeks[i].value;
    }
    fail_msg("unknown Greek %s", name);
    return (double)NAN;
}

static void
greeks_agree_with_the_manual(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip(HAUG);
    ts_json *rows = ts_json_get(root, "greek_rows");
    double tolerance = ts_json_double(ts_json_get(ts_json_get(root, "meta"), "tol"));
    assert_int_equal(ts_json_size(rows), 11);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        const char *name = ts_json_text(ts_json_at(row, 0));
        double seen = greek_by_name(name, read_option(row, 1));
        double expected = ts_json_double(ts_json_at(row, 8));
        if (!(fabs(seen - expected) <= tolerance))
            fail_msg("row %zu, %s: %.17g, expected %.17g", i, name, seen, expected);
    }
    ts_json_free(root);
}

// The forward and discount of the wrapper carry the rounding of two exponentials, hence 1e-13.
static void
values_and_greeks_agree_with_high_precision(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip(HAUG);
    ts_json *rows = ts_json_get(root, "rows");
    ts_json *exact_rows = ts_json_get(root, "highprec_rows");
    assert_int_equal(ts_json_size(exact_rows), ts_json_size(rows));
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        spot_option o = read_option(ts_json_at(rows, i), 0);
        spot_value v = value_spot(o);
        double exact[10];
        assert_int_equal(ts_json_doubles(ts_json_at(exact_rows, i), exact, 10), 10);
        const double seen[10] = {v.value, v.delta,        v.gamma, v.vega,  v.theta,
                                 v.rho,   v.dividend_rho, v.vanna, v.volga, charm_of(o)};
        for (size_t j = 0; j < 10; j += 1) {
            double tolerance = j == 9 ? 1e-8 : 1e-13;
            double scale = fabs(exact[j]) > 1.0 ? fabs(exact[j]) : 1.0;
            if (!(fabs(seen[j] - exact[j]) <= tolerance * scale))
                fail_msg("row %zu, column %zu: %.17g, expected %.17g", i, j, seen[j], exact[j]);
        }
    }
    ts_json_free(root);
}

// Strike by strike over all volatilities at once, through the batch function.
static void
grid_of_calls_agrees(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/options_black76_strata.json");
    double strikes[16];
    double volatilities[16];
    double forwards[16];
    size_t strike_count = ts_json_doubles(ts_json_get(root, "strikes"), strikes, 16);
    size_t count = ts_json_doubles(ts_json_get(root, "vols"), volatilities, 16);
    assert_int_equal(strike_count * count, 63);
    for (size_t j = 0; j < count; j += 1)
        forwards[j] = ts_json_double(ts_json_get(root, "forward"));
    for (size_t i = 0; i < strike_count; i += 1) {
        double expected[16];
        double seen[16];
        ts_json *row = ts_json_at(ts_json_get(root, "call_prices"), i);
        assert_int_equal(ts_json_doubles(row, expected, 16), count);
        double years = ts_json_double(ts_json_get(root, "expiry"));
        plm_option_fixed option = {strikes[i], years, PLM_RIGHT_CALL};
        pli_black76_points(&option, count, forwards, volatilities, seen);
        for (size_t j = 0; j < count; j += 1) {
            if (!(fabs(seen[j] - expected[j]) <= 1e-13))
                fail_msg("strike %g: %.17g, expected %.17g", strikes[i], seen[j], expected[j]);
        }
    }
    ts_json_free(root);
}

// Column black of the reference cases for implied volatility.
static void
reference_prices_of_implied_volatility_agree(void **state) {
    (void)state;
    ts_json *root =
        ts_json_load_shared_or_skip("vectors/methods/implied_vol_lets_be_rational.json");
    ts_json *rows = ts_json_get(root, "rows");
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        double n[12];
        for (size_t j = 0; j < 12; j += 1)
            n[j] = ts_json_double(ts_json_at(ts_json_at(rows, i), j));
        plm_option_fixed option = {n[1], n[3], n[4] > 0.0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT};
        double value = pli_black76_undiscounted(&option, n[0], n[2]);
        if (!(fabs(value - n[11]) <= 1e-15 * (n[0] + n[1])))
            fail_msg("row %zu: %.17g, expected %.17g", i, value, n[11]);
    }
    ts_json_free(root);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_agree_with_the_manual),
        cmocka_unit_test(greeks_agree_with_the_manual),
        cmocka_unit_test(values_and_greeks_agree_with_high_precision),
        cmocka_unit_test(grid_of_calls_agrees),
        cmocka_unit_test(reference_prices_of_implied_volatility_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
