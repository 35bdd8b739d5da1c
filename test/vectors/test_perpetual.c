/* test_perpetual.c: perpetual fair values against the closed forms of the source paper.  SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plimsoll/price.h"
#include "support/json.h"

static void
fair_values_agree_with_the_paper(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/perpetual_futures_ahj.json");
    ts_json *rows = ts_json_get(root, "rows");
    assert_int_equal(ts_json_size(rows), 6);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        double numbers[7];
        for (size_t j = 0; j < 7; j += 1)
            numbers[j] = ts_json_double(ts_json_at(row, j + 2));
        bool is_linear = strcmp(ts_json_text(ts_json_at(row, 0)), "linear") == 0;
        bool is_previous = strcmp(ts_json_text(ts_json_at(row, 1)), "prev") == 0;
        plm_perpetual_terms terms = {
            .spot = numbers[1],
            .rate = numbers[2],
            .yield = numbers[3],
            .anchor = numbers[4],
            .interest = numbers[5],
            .interval_years = numbers[0],
            .settlement = is_linear ? PLM_SETTLEMENT_LINEAR : PLM_SETTLEMENT_INVERSE,
            .basis = is_previous ? PLM_FUNDING_BASIS_PREVIOUS : PLM_FUNDING_BASIS_CURRENT,
        };
        double price = 0.0;
        assert_int_equal(plm_perpetual_fair_value(&terms, &price), PLM_OK);
        if (!(fabs(price / numbers[6] - 1.0) <= 1e-13))
            fail_msg("row %zu: %.17g, expected %.17g", i, price, numbers[6]);
    }
    ts_json_free(root);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fair_values_agree_with_the_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
