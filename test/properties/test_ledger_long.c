/* test_ledger_long.c: a million random events on the books, and what they met.        SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/books_random.h"

enum { LIVES = 250, EVENTS_PER_LIFE = 4000 };

static ts_round r;
static uint32_t outcomes[TS_EVENT_TYPES][TS_REJECTS];

static void
add_outcomes(void) {
    for (int type = 0; type < TS_EVENT_TYPES; type += 1) {
        for (int reject = 0; reject < TS_REJECTS; reject += 1) {
            outcomes[type][reject] += r.outcomes[type][reject];
        }
    }
}

static void
million_random_events_keep_every_invariant(void **state) {
    (void)state;
    uint32_t settled_count = 0;
    uint64_t ring_max = 0;
    for (uint64_t seed = 1; seed <= LIVES; seed += 1) {
        ts_round_init(&r, seed * 7919, 3 + (uint32_t)seed % 5, seed % 3 == 0);
        for (int i = 0; i < EVENTS_PER_LIFE; i += 1) {
            ts_round_step(&r);
        }
        for (uint32_t i = 0; i < TS_B_INSTRUMENTS; i += 1) {
            const pli_market_book *market = &r.books.ledger.markets[i];
            uint64_t kept = market->cohort_next - market->cohort_oldest;
            ring_max = kept > ring_max ? kept : ring_max;
            settled_count += market->phase == PLI_PHASE_SETTLED;
        }
        add_outcomes();
        ts_round_finish(&r);
    }
    printf("%d events; %u settlements; most cohorts at once %u\n", LIVES * EVENTS_PER_LIFE,
           settled_count, (unsigned)ring_max);
    assert_true(settled_count > 0);
    assert_int_equal(ring_max, PLI_COHORT_RING);
}

typedef struct expected_outcome {
    plm_event_type type;
    plm_reject reject;
} expected_outcome;

// A law that was never put to the test is not kept: every reason of every kind was met.
static void
every_outcome_of_every_kind_was_met(void **state) {
    (void)state;
    static const expected_outcome expected[] = {
        {PLM_EVENT_TYPE_DEPOSIT, PLM_REJECT_TABLE_FULL},
        {PLM_EVENT_TYPE_DEPOSIT, PLM_REJECT_AMOUNT},
        {PLM_EVENT_TYPE_WITHDRAW, PLM_REJECT_BALANCE},
        {PLM_EVENT_TYPE_WITHDRAW, PLM_REJECT_CUSTODY},
        {PLM_EVENT_TYPE_TRANSFER, PLM_REJECT_TABLE_FULL},
        {PLM_EVENT_TYPE_TRANSFER, PLM_REJECT_ACCOUNT_FOREIGN},
        {PLM_EVENT_TYPE_BORROW, PLM_REJECT_TABLE_FULL},
        {PLM_EVENT_TYPE_BORROW, PLM_REJECT_BORROW_LIMIT},
        {PLM_EVENT_TYPE_BORROW, PLM_REJECT_CUSTODY},
        {PLM_EVENT_TYPE_REPAY, PLM_REJECT_REPAY_EXCESS},
        {PLM_EVENT_TYPE_EXCHANGE, PLM_REJECT_TABLE_FULL},
        {PLM_EVENT_TYPE_EXCHANGE, PLM_REJECT_SAME_ASSET},
        {PLM_EVENT_TYPE_EXCHANGE, PLM_REJECT_BALANCE},
        {PLM_EVENT_TYPE_FUND, PLM_REJECT_BALANCE},
        {PLM_EVENT_TYPE_FUND, PLM_REJECT_CUSTODY},
        {PLM_EVENT_TYPE_FUND, PLM_REJECT_INSTRUMENT_UNKNOWN},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_INSTRUMENT_CLOSED},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_QUANTITY},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_PRICE},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_FEE},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_SAME_ACCOUNT},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_ACCOUNT_UNKNOWN},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_ORDER_UNKNOWN},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_ORDER_MISMATCH},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_TABLE_FULL},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_OVERFLOW},
        {PLM_EVENT_TYPE_TRADE, PLM_REJECT_BORROW_LIMIT},
        {PLM_EVENT_TYPE_POSITION_TRANSFER, PLM_REJECT_QUANTITY},
        {PLM_EVENT_TYPE_POSITION_TRANSFER, PLM_REJECT_TABLE_FULL},
        {PLM_EVENT_TYPE_POSITION_TRANSFER, PLM_REJECT_ACCOUNT_FOREIGN},
        {PLM_EVENT_TYPE_RESERVE, PLM_REJECT_TABLE_FULL},
        {PLM_EVENT_TYPE_RESERVE, PLM_REJECT_ORDER_DUPLICATE},
        {PLM_EVENT_TYPE_RESERVE, PLM_REJECT_PRICE},
        {PLM_EVENT_TYPE_RELEASE, PLM_REJECT_ORDER_UNKNOWN},
        {PLM_EVENT_TYPE_RELEASE, PLM_REJECT_QUANTITY},
        {PLM_EVENT_TYPE_SETTLE_PROFIT, PLM_REJECT_MARK},
        {PLM_EVENT_TYPE_SETTLE_PROFIT, PLM_REJECT_QUANTITY},
        {PLM_EVENT_TYPE_FUNDING, PLM_REJECT_KIND},
        {PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_REJECT_NOT_EXPIRED},
        {PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_REJECT_KIND},
        {PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_REJECT_PRICE},
        {PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_REJECT_INSTRUMENT_CLOSED},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i += 1) {
        if (outcomes[expected[i].type][expected[i].reject] == 0) {
            fail_msg("%s was never refused for %s",
                     plm_event_kind_find((uint16_t)expected[i].type)->name,
                     plm_reject_name(expected[i].reject));
        }
    }
    for (int type = PLM_EVENT_TYPE_DEPOSIT; type <= PLM_EVENT_TYPE_SETTLE_EXPIRY; type += 1) {
        if (plm_event_kind_find((uint16_t)type) != NULL && outcomes[type][PLM_REJECT_NONE] == 0) {
            fail_msg("no %s was ever accepted", plm_event_kind_find((uint16_t)type)->name);
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(million_random_events_keep_every_invariant),
        cmocka_unit_test(every_outcome_of_every_kind_was_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
