/* exact_cases.c: exact fractions read from cases and written as results.                 SPDX-License-Identifier: Apache-2.0 */
#include "venue/exact_cases.h"

#include "num/decimal.h"

#define SCALE_MAX 18u

void
pli_case_exact(pli_case *test, const pli_node *object, const char *key, pli_exact *out) {
    pli_i128 value = 0;
    pli_case_decimal(test, object, key, SCALE_MAX, &value);
    if (test->status == PLM_OK) {
        *out = pli_exact_decimal(value, SCALE_MAX);
    }
}

void
pli_case_entry_exact(pli_case *test, const pli_node *entry, pli_exact *out) {
    if (test->status != PLM_OK) {
        return;
    }
    pli_i128 value = 0;
    plm_status status = pli_decimal_parse_relaxed(entry->text, entry->text_size, SCALE_MAX,
                                                  PLI_DECIMAL_EXACT, &value);
    if (status != PLM_OK) {
        (void)pli_case_fail(test, status, entry, "entry: ", plm_status_text(status));
        return;
    }
    *out = pli_exact_decimal(value, SCALE_MAX);
}

void
pli_result_exact(pli_result *result, const char *key, pli_exact value) {
    if (value.status != PLM_OK) {
        result->status = result->status == PLM_OK ? value.status : result->status;
        return;
    }
    pli_result_fraction(result, key, value.numerator, value.denominator);
}
