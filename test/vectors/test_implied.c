/* test_implied.c: implied volatility against the hard cases and a reference cases.   SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "num/elementary.h"
#include "plimsoll/price.h"
#include "support/json.h"

// The tolerance the file states, with our own vega; infinite where the price does not depend on it.
static double
room_of(const plm_option_terms *terms, double price) {
    plm_option_value value;
    if (plm_black76_value(terms, &value) != PLM_OK || !(value.vega > 0.0))
        return (double)INFINITY;
    return 1e-13 + 4.0 * DBL_EPSILON * price / (value.vega * terms->volatility);
}

// The file prices decimals; where one has no double of its own the price is moved to ours.
static double
price_at_doubles(const plm_option_terms *terms, double price, ts_json *forward, ts_json *strike) {
    double lost_forward = (double)(strtold(ts_json_text(forward), NULL) - terms->forward);
    double lost_strike = (double)(strtold(ts_json_text(strike), NULL) - terms->strike);
    double v = terms->volatility * sqrt(terms->years);
    double d1 = log(terms->forward / terms->strike) / v + 0.5 * v;
    double sign = terms->right == PLM_RIGHT_CALL ? 1.0 : -1.0;
    double to_forward = sign * pli_normal_cdf(sign * d1);
    double to_strike = -sign * pli_normal_cdf(sign * (d1 - v));
    return price - to_forward * lost_forward - to_strike * lost_strike;
}

static void
hard_cases_keep_thirteen_digits(void **state) {
    (void)state;
    if (LDBL_MANT_DIG < 64)
        skip();
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/implied_vol_hard_mpmath.json");
    ts_json *rows = ts_json_get(root, "rows");
    assert_int_equal(ts_json_size(rows), 290);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        double n[7];
        for (size_t j = 0; j < 7; j += 1)
            n[j] = ts_json_double(ts_json_at(row, j));
        plm_right right = n[0] > 0.0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
        plm_option_terms terms = {n[1], n[2], n[3], n[4], 1.0, right};
        double price = price_at_doubles(&terms, n[6], ts_json_at(row, 1), ts_json_at(row, 2));
        double volatility = 0.0;
        assert_int_equal(plm_black76_implied(&terms, price, &volatility), PLM_OK);
        if (!(fabs(volatility / n[4] - 1.0) <= room_of(&terms, price)))
            fail_msg("row %zu: %.17g, expected %.17g", i, volatility, n[4]);
    }
    ts_json_free(root);
}

// Whether a volatility can be told from this price: the last bits of the price must not decide it.
static bool
is_well_posed(double room) {
    return room < 1e-6;
}

static void
check_ill_posed(plm_option_terms terms, double price) {
    double gain =
        terms.right == PLM_RIGHT_CALL ? terms.forward - terms.strike : terms.strike - terms.forward;
    double upper = terms.right == PLM_RIGHT_CALL ? terms.forward : terms.strike;
    plm_status status = plm_black76_implied(&terms, price, &terms.volatility);
    if (status == PLM_OK) {
        double again = 0.0;
        assert_int_equal(plm_black76_price(&terms, &again), PLM_OK);
        assert_true(fabs(again - price) <= 2.0 * DBL_EPSILON * price);
    } else {
        assert_int_equal(status, PLM_VOLATILITY_NONE);
        assert_true(price < fmax(gain, 0.0) || price >= upper || terms.years == 0.0);
    }
}

static void
reference_cases_agree_where_a_volatility_can_be_told(void **state) {
    (void)state;
    ts_json *root =
        ts_json_load_shared_or_skip("vectors/methods/implied_vol_lets_be_rational.json");
    ts_json *rows = ts_json_get(root, "rows");
    assert_int_equal(ts_json_size(rows), 667);
    size_t well_posed_count = 0;
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        double n[15];
        for (size_t j = 0; j < 15; j += 1)
            n[j] = ts_json_double(ts_json_at(row, j));
        plm_right right = n[4] > 0.0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
        plm_option_terms terms = {n[0], n[1], n[3], n[2], 1.0, right};
        double price = n[11];
        double room = room_of(&terms, price);
        if (!is_well_posed(room)) {
            check_ill_posed(terms, price);
            continue;
        }
        well_posed_count += 1;
        double volatility = 0.0;
        assert_int_equal(plm_black76_implied(&terms, price, &volatility), PLM_OK);
        if (!(fabs(volatility / n[2] - 1.0) <= room && fabs(volatility / n[14] - 1.0) <= room))
            fail_msg("row %zu: %.17g, expected %.17g, room %g", i, volatility, n[2], room);
    }
    // The other 23 are at intrinsic, or so near that the rounding of the price decides.
    assert_int_equal(well_posed_count, 644);
    ts_json_free(root);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hard_cases_keep_thirteen_digits),
        cmocka_unit_test(reference_cases_agree_where_a_volatility_can_be_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
