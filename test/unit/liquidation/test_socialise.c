/* test_socialise.c: shares add up, stay next to pro rata, and do not depend on order.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "liquidation/socialise.h"

#define COUNT 3u

static uint32_t rank[COUNT], order[COUNT];
static pli_i128 numerators[COUNT], sorted[COUNT];
static const pli_socialise_scratch scratch = {rank, order, numerators, sorted};

static void
equal_claims_share_by_id(void **state) {
    (void)state;
    // 2 / 3 each: all remainders are equal, so the two lowest ids get the units.
    const pli_socialise_claim claims[] = {{9, 1}, {4, 1}, {7, 1}};
    pli_i128 shares[COUNT];
    assert_int_equal(pli_socialise(claims, COUNT, 2, &scratch, shares), PLM_OK);
    assert_true(shares[0] == 0 && shares[1] == 1 && shares[2] == 1);
}

static void
check_shares(const int *weights, int total) {
    static const uint32_t turns[][COUNT] = {{0, 1, 2}, {2, 0, 1}, {1, 0, 2}};
    int sum = weights[0] + weights[1] + weights[2];
    pli_i128 by_id[3][COUNT];
    for (uint32_t turn = 0; turn < 3; turn += 1) {
        pli_socialise_claim claims[COUNT];
        pli_i128 shares[COUNT];
        for (uint32_t i = 0; i < COUNT; i += 1) {
            claims[i].id = turns[turn][i];
            claims[i].weight = weights[turns[turn][i]];
        }
        assert_int_equal(pli_socialise(claims, COUNT, total, &scratch, shares), PLM_OK);
        for (uint32_t i = 0; i < COUNT; i += 1) {
            by_id[turn][claims[i].id] = shares[i];
            pli_i128 apart = shares[i] * sum - claims[i].weight * total;
            assert_true(apart < sum && apart > -sum);
            assert_true(total > sum || shares[i] <= claims[i].weight);
        }
        assert_true(shares[0] + shares[1] + shares[2] == total);
        assert_memory_equal(by_id[turn], by_id[0], sizeof by_id[0]);
    }
}

static void
every_small_loss_is_shared_exactly_in_any_order(void **state) {
    (void)state;
    for (int code = 1; code < 7 * 7 * 7; code += 1) {
        int weights[COUNT] = {code % 7, code / 7 % 7, code / 49};
        for (int total = 0; total <= 20; total += 1) {
            check_shares(weights, total);
        }
    }
}

static void
what_cannot_be_shared_is_refused(void **state) {
    (void)state;
    pli_socialise_claim claims[] = {{1, -1}, {2, 1}};
    pli_i128 shares[2];
    assert_int_equal(pli_socialise(claims, 2, 1, &scratch, shares), PLM_PARAMETER_INVALID);
    claims[0].weight = 0;
    assert_int_equal(pli_socialise(claims, 1, 1, &scratch, shares), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_socialise(claims, 0, 0, &scratch, shares), PLM_OK);
    claims[0].weight = PLI_I128_MAX / 2;
    assert_int_equal(pli_socialise(claims, 2, 3, &scratch, shares), PLM_OVERFLOW);
}

static void
vega_pays_every_unit_collected(void **state) {
    (void)state;
    for (int code = 1; code < 7 * 7 * 7; code += 1) {
        const pli_i128 wins[COUNT] = {code % 7, code / 7 % 7, code / 49};
        pli_i128 sum = wins[0] + wins[1] + wins[2];
        pli_i128 shares[COUNT];
        for (pli_i128 collected = 0; collected <= sum; collected += 1) {
            assert_int_equal(pli_socialise_vega(wins, COUNT, collected, shares), PLM_OK);
            assert_true(shares[0] + shares[1] + shares[2] == collected);
            assert_true(shares[0] >= 0 && shares[1] >= 0 && shares[2] >= 0);
        }
        assert_int_equal(pli_socialise_vega(wins, COUNT, sum + 1, shares), PLM_PARAMETER_INVALID);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_claims_share_by_id),
        cmocka_unit_test(every_small_loss_is_shared_exactly_in_any_order),
        cmocka_unit_test(what_cannot_be_shared_is_refused),
        cmocka_unit_test(vega_pays_every_unit_collected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
