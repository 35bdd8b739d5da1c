/* test_coverage.c: every kind of event stands in the table of what can occur.          SPDX-License-Identifier: Apache-2.0 */
#include "rig/coverage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
every_kind_of_event_has_a_row(void **state) {
    (void)state;
    for (uint32_t i = 0; plm_event_kind_at(i) != NULL; i += 1) {
        const plm_event_kind *kind = plm_event_kind_at(i);
        if (!pli_coverage_is_known((uint16_t)kind->type)) {
            fail_msg("src/rig/coverage.c does not say what can become of a %s", kind->name);
        }
    }
}

static void
every_reason_can_occur_somewhere(void **state) {
    (void)state;
    for (uint32_t reject = 0; reject < PLI_COVERAGE_REJECTS; reject += 1) {
        bool is_anywhere = false;
        for (uint16_t type = 0; type < PLI_COVERAGE_TYPES; type += 1) {
            for (uint32_t price = 0; price < PLI_COVERAGE_STATES; price += 1) {
                is_anywhere =
                    is_anywhere || pli_coverage_can_occur(type, (plm_reject)reject, price);
            }
        }
        bool is_reason = plm_reject_name((plm_reject)reject)[0] != 'u' || // "unknown"
                         reject == PLM_REJECT_UNDERLYING_UNKNOWN;
        if (is_anywhere != is_reason) {
            fail_msg("%s", plm_reject_name((plm_reject)reject));
        }
    }
}

static void
what_is_met_is_counted_among_what_is_demanded(void **state) {
    (void)state;
    static pli_coverage coverage;
    pli_coverage_count before = pli_coverage_counts(&coverage);
    assert_int_equal(before.cells_met, 0);
    assert_int_equal(before.pairs, before.types * before.types);
    pli_coverage_add(&coverage, PLM_EVENT_TYPE_TRADE, PLM_REJECT_HEALTH, PLM_PRICE_STATE_VALID);
    pli_coverage_add(&coverage, PLM_EVENT_TYPE_TRADE, PLM_REJECT_HEALTH, PLM_PRICE_STATE_VALID);
    pli_coverage_count after = pli_coverage_counts(&coverage);
    assert_int_equal(after.types_met, 1);
    assert_int_equal(after.outcomes_met, 1);
    assert_int_equal(after.cells_met, 1);
    assert_int_equal(after.pairs_met, 1);
    assert_int_equal(after.cells, before.cells);
}

static void
what_the_rules_exclude_cannot_occur(void **state) {
    (void)state;
    // A trade is not accepted without a price, and a deposit names none.
    assert_false(
        pli_coverage_can_occur(PLM_EVENT_TYPE_TRADE, PLM_REJECT_NONE, PLM_PRICE_STATE_STALE));
    assert_false(pli_coverage_can_occur(PLM_EVENT_TYPE_TRADE, PLM_REJECT_INSTRUMENT_UNKNOWN,
                                        PLM_PRICE_STATE_VALID));
    assert_false(
        pli_coverage_can_occur(PLM_EVENT_TYPE_DEPOSIT, PLM_REJECT_NONE, PLM_PRICE_STATE_VALID));
    assert_true(pli_coverage_can_occur(PLM_EVENT_TYPE_DEPOSIT, PLM_REJECT_NONE, 0));
    // Remote, so not demanded, but no error either.
    assert_true(pli_coverage_can_occur(PLM_EVENT_TYPE_INTEREST, PLM_REJECT_OVERFLOW, 0));
    assert_false(pli_coverage_is_demanded(PLM_EVENT_TYPE_INTEREST, PLM_REJECT_OVERFLOW, 0));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_event_has_a_row),
        cmocka_unit_test(every_reason_can_occur_somewhere),
        cmocka_unit_test(what_is_met_is_counted_among_what_is_demanded),
        cmocka_unit_test(what_the_rules_exclude_cannot_occur),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
