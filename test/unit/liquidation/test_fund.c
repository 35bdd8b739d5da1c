/* test_fund.c: the fund covers the largest stressed losses beyond margin.             SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/sort.h"
#include "liquidation/fund.h"
#include "plimsoll/quantity.h"

enum { SCENARIOS = 5, MEMBERS = 9 };

static void
the_page_is_computed_by_hand(void **state) {
    (void)state;
    pli_fund_tally tallies[2];
    pli_fund_size size;
    pli_fund_init(tallies, 2);
    assert_int_equal(pli_fund_add(tallies, 2, 10, (const int64_t[]){-500, 300}, 100), PLM_OK);
    assert_int_equal(pli_fund_add(tallies, 2, 11, (const int64_t[]){-250, -450}, 200), PLM_OK);
    assert_int_equal(pli_fund_add(tallies, 2, 12, (const int64_t[]){80, -320}, 20), PLM_OK);
    // Beyond margin: 400, 50 and nothing; nothing, 250 and 300.
    assert_int_equal(pli_fund_need(tallies, 2, 1, &size), PLM_OK);
    assert_true(size.micros == 400 && size.scenario_index == 0 && size.worst.members[0] == 10);
    assert_int_equal(pli_fund_need(tallies, 2, 2, &size), PLM_OK);
    assert_true(size.micros == 550 && size.scenario_index == 1);
    assert_int_equal(size.worst.members[0], 12);
    assert_int_equal(size.worst.members[1], 11);
    assert_int_equal(size.worst.losses[1], 250);
}

static int64_t
brute_force(const int64_t profits[MEMBERS][SCENARIOS], const int64_t *held, uint32_t cover) {
    int64_t most = 0;
    for (uint32_t s = 0; s < SCENARIOS; s += 1) {
        int64_t gains[MEMBERS];
        for (uint32_t m = 0; m < MEMBERS; m += 1) {
            int64_t beyond = -profits[m][s] - held[m];
            gains[m] = beyond > 0 ? -beyond : 0;
        }
        pli_sort_i64(gains, MEMBERS);
        int64_t sum = 0;
        for (uint32_t rank = 0; rank < cover; rank += 1) {
            sum -= gains[rank];
        }
        most = sum > most ? sum : most;
    }
    return most;
}

static void
check_covers(const int64_t profits[MEMBERS][SCENARIOS], const int64_t *held) {
    pli_fund_tally forwards[SCENARIOS];
    pli_fund_tally backwards[SCENARIOS];
    pli_fund_init(forwards, SCENARIOS);
    pli_fund_init(backwards, SCENARIOS);
    for (uint32_t i = 0; i < MEMBERS; i += 1) {
        uint32_t last = MEMBERS - 1 - i;
        assert_int_equal(pli_fund_add(forwards, SCENARIOS, i, profits[i], held[i]), PLM_OK);
        assert_int_equal(pli_fund_add(backwards, SCENARIOS, last, profits[last], held[last]),
                         PLM_OK);
    }
    assert_memory_equal(forwards, backwards, sizeof forwards);
    pli_i128 before = 0;
    for (uint32_t cover = 1; cover <= PLI_FUND_COVER_MAX; cover += 1) {
        pli_fund_size size;
        assert_int_equal(pli_fund_need(forwards, SCENARIOS, cover, &size), PLM_OK);
        assert_true(size.micros == brute_force(profits, held, cover));
        assert_true(size.micros >= before);
        before = size.micros;
    }
}

static void
drawn_members_need_what_sorting_them_all_says_in_any_order(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(42);
    for (uint32_t turn = 0; turn < 3000; turn += 1) {
        int64_t profits[MEMBERS][SCENARIOS];
        int64_t held[MEMBERS];
        int64_t most = turn % 2 == 0 ? 4 : INT64_C(1) << 50;
        for (uint32_t m = 0; m < MEMBERS; m += 1) {
            held[m] = pli_prng_edge_i64(&prng, 0, most / 2);
            for (uint32_t s = 0; s < SCENARIOS; s += 1) {
                profits[m][s] = pli_prng_edge_i64(&prng, -most, most);
            }
        }
        check_covers((const int64_t(*)[SCENARIOS])profits, held);
    }
}

static void
nobody_beyond_margin_needs_no_fund(void **state) {
    (void)state;
    pli_fund_tally tally;
    pli_fund_size size;
    pli_fund_init(&tally, 1);
    assert_int_equal(pli_fund_add(&tally, 1, 1, (const int64_t[]){-100}, 100), PLM_OK);
    assert_int_equal(pli_fund_need(&tally, 1, 2, &size), PLM_OK);
    assert_true(size.micros == 0 && size.scenario_index == PLM_NONE);
    assert_int_equal(size.worst.members[0], PLM_NONE);
}

static void
what_is_not_well_formed_is_refused_and_changes_nothing(void **state) {
    (void)state;
    pli_fund_tally tally[2];
    pli_fund_tally empty[2];
    pli_fund_size size;
    pli_fund_init(tally, 2);
    pli_fund_init(empty, 2);
    assert_int_equal(pli_fund_add(tally, 2, 1, (const int64_t[]){-5, 0}, -1),
                     PLM_PARAMETER_INVALID);
    assert_int_equal(pli_fund_add(tally, 2, PLM_NONE, (const int64_t[]){-5, 0}, 0),
                     PLM_PARAMETER_INVALID);
    assert_int_equal(pli_fund_add(tally, 2, 1, (const int64_t[]){-5, INT64_MIN}, 0), PLM_OVERFLOW);
    assert_memory_equal(tally, empty, sizeof tally);
    assert_int_equal(pli_fund_need(tally, 2, 0, &size), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_fund_need(tally, 2, 5, &size), PLM_PARAMETER_INVALID);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_computed_by_hand),
        cmocka_unit_test(drawn_members_need_what_sorting_them_all_says_in_any_order),
        cmocka_unit_test(nobody_beyond_margin_needs_no_fund),
        cmocka_unit_test(what_is_not_well_formed_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
