/* test_simulate.c: a simulated market conserves money, and gives every policy the same world. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "study/simulate.h"

typedef struct desk {
    pli_simulate_settings settings;
    size_t size;
    void *memory;
} desk;

static desk
make_desk(void) {
    desk made;
    pli_simulate_settings_init(&made.settings);
    made.settings.hours = 1;
    made.settings.account_count = 60;
    made.size = pli_simulate_size(&made.settings);
    assert_true(made.size > 0);
    made.memory = aligned_alloc(64, made.size);
    assert_non_null(made.memory);
    return made;
}

static pli_simulate_result
run(desk *on, uint64_t seed, pli_simulate_policy policy) {
    pli_simulate_result result;
    on->settings.seed = seed;
    on->settings.policy = policy;
    assert_int_equal(pli_simulate_run(&on->settings, on->memory, on->size, &result), PLM_OK);
    return result;
}

static void
money_is_conserved_under_every_policy(void **state) {
    (void)state;
    desk on = make_desk();
    uint32_t touched = 0;
    for (uint64_t seed = 1; seed <= 4; seed += 1) {
        for (uint32_t policy = 1; policy <= PLI_SIMULATE_POLICIES; policy += 1) {
            pli_simulate_result result = run(&on, seed, (pli_simulate_policy)policy);
            assert_true(result.is_conserved);
            assert_true(result.bad_debt >= 0.0 && result.unpaid >= 0.0);
            // Whoever pays: nobody else, and no more than was owed; divisions round by a micro an account.
            double paid = result.fund + result.deleveraged + result.unpaid;
            assert_true(paid - result.bad_debt < 100.0 && result.bad_debt - paid < 100.0);
            assert_true(result.recovering <= result.liquidated &&
                        result.closed <= result.liquidated);
            touched += result.liquidated;
        }
    }
    assert_true(touched > 40);
    free(on.memory);
}

static void
every_policy_meets_the_same_world(void **state) {
    (void)state;
    desk on = make_desk();
    uint32_t kinds = 0;
    for (uint64_t seed = 1; seed <= 12; seed += 1) {
        pli_simulate_result first = run(&on, seed, PLI_SIMULATE_PLANNED);
        pli_simulate_result second = run(&on, seed, PLI_SIMULATE_DUTCH);
        assert_int_equal(first.kind, second.kind);
        assert_memory_equal(&first.open_interest, &second.open_interest, sizeof(double));
        assert_memory_equal(&first.capital, &second.capital, sizeof(double));
        assert_true(first.open_interest > 0.0);
        kinds |= 1u << first.kind;
    }
    assert_int_equal(kinds, 0x1e);
    free(on.memory);
}

static void
equal_settings_give_equal_bits(void **state) {
    (void)state;
    desk on = make_desk();
    // A crash, so that something happens.
    uint64_t seed = 1;
    while (run(&on, seed, PLI_SIMULATE_PLANNED).kind != PLI_SIMULATE_CRASH) {
        seed += 1;
    }
    pli_simulate_result first = run(&on, seed, PLI_SIMULATE_PLANNED);
    pli_simulate_result second = run(&on, seed, PLI_SIMULATE_PLANNED);
    assert_true(first.liquidated > 0);
    assert_memory_equal(&first.bad_debt, &second.bad_debt, sizeof(double));
    assert_memory_equal(&first.impact_cost, &second.impact_cost, sizeof(double));
    assert_int_equal(first.closed, second.closed);
    free(on.memory);
}

static void
without_a_fund_the_winners_pay(void **state) {
    (void)state;
    desk on = make_desk();
    on.settings.fund_ppm = 0;
    double taken = 0.0;
    for (uint64_t seed = 1; seed <= 12; seed += 1) {
        pli_simulate_result result = run(&on, seed, PLI_SIMULATE_TENTHS);
        assert_true(result.fund == 0.0);
        taken += result.deleveraged;
    }
    assert_true(taken > 0.0);
    free(on.memory);
}

static void
settings_out_of_bounds_are_refused(void **state) {
    (void)state;
    desk on = make_desk();
    pli_simulate_result result;
    pli_simulate_settings bad = on.settings;
    bad.market_count = PLI_SIMULATE_MARKETS_MAX + 1;
    assert_int_equal(pli_simulate_size(&bad), 0);
    assert_int_equal(pli_simulate_run(&bad, on.memory, on.size, &result), PLM_PARAMETER_INVALID);
    bad = on.settings;
    bad.hours = 25;
    assert_int_equal(pli_simulate_size(&bad), 0);
    bad = on.settings;
    bad.liquidation.collar_ppm = -1;
    assert_int_equal(pli_simulate_size(&bad), 0);
    bad = on.settings;
    bad.liquidation.auction_start_ppm = bad.liquidation.auction_cutoff_ppm - 1;
    assert_int_equal(pli_simulate_run(&bad, on.memory, on.size, &result), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_simulate_run(&on.settings, on.memory, on.size / 2, &result),
                     PLM_WORKSPACE_SMALL);
    free(on.memory);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_is_conserved_under_every_policy),
        cmocka_unit_test(every_policy_meets_the_same_world),
        cmocka_unit_test(equal_settings_give_equal_bits),
        cmocka_unit_test(without_a_fund_the_winners_pay),
        cmocka_unit_test(settings_out_of_bounds_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
