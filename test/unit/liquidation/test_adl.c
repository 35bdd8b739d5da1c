/* test_adl.c: deleveraging by three policies, exact in lots and in money.             SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "liquidation/adl.h"
#include "support/desk.h"

enum { COUNT_MAX = 6 };

typedef struct outcome {
    int64_t lots[COUNT_MAX];
    pli_i128 haircuts[COUNT_MAX];
    pli_i128 filled, taken;
} outcome;

// All passes over a table; what is offered is booked.
static outcome
run(pli_adl_policy policy, pli_i128 lots, pli_i128 loss, const pli_adl_candidate *candidates,
    uint32_t count) {
    pli_adl_job job;
    outcome out;
    uint32_t passes = 0;
    memset(&out, 0, sizeof out);
    assert_int_equal(pli_adl_start(policy, lots, loss, &job), PLM_OK);
    while (job.phase != PLI_ADL_DONE) {
        for (uint32_t i = 0; i < count; i += 1) {
            assert_int_equal(pli_adl_offer(&job, &candidates[i], &out.lots[i]), PLM_OK);
            if (job.phase == PLI_ADL_FILL) {
                pli_adl_book(&job, out.lots[i], &out.haircuts[i]);
            }
        }
        pli_adl_turn(&job);
        passes += 1;
    }
    assert_true(passes <= PLI_ADL_PASSES_MAX);
    out.filled = job.filled;
    out.taken = job.taken;
    return out;
}

static void
the_page_is_computed_by_hand(void **state) {
    (void)state;
    // 100 lots and 1,000 dollars are to be closed and taken.
    const pli_adl_candidate winners[3] = {
        {.account_index = 1, .score = 5000000, .lots = 80, .equity_micros = 1000000000},
        {.account_index = 2, .score = 9000000, .lots = 60, .equity_micros = 4000000000},
        {.account_index = 3, .score = 1000000, .lots = 60, .equity_micros = 20000000000}};
    outcome queue = run(PLI_ADL_QUEUE, 100, 1000000000, winners, 3);
    assert_true(queue.lots[0] == 40 && queue.lots[1] == 60 && queue.lots[2] == 0);
    assert_true(queue.haircuts[0] == 400000000 && queue.haircuts[1] == 600000000);
    outcome rata = run(PLI_ADL_PRO_RATA, 100, 1000000000, winners, 3);
    assert_true(rata.lots[0] == 40 && rata.lots[1] == 30 && rata.lots[2] == 30);
    outcome least = run(PLI_ADL_LEAST_HARM, 100, 1000000000, winners, 3);
    // The third gives all it may, the others the same share of their equity: 8 %, 80 and 320 dollars.
    assert_true(least.lots[0] == 8 && least.lots[1] == 32 && least.lots[2] == 60);
    assert_true(least.haircuts[0] == 80000000 && least.haircuts[2] == 600000000);
}

static pli_i128
total_of(const pli_adl_candidate *candidates, uint32_t count) {
    pli_i128 total = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        total += candidates[i].lots;
    }
    return total;
}

// Sort, then take from the front: the plain way.
static void
check_queue(const pli_adl_candidate *candidates, uint32_t count, pli_i128 wanted,
            const outcome *out) {
    bool is_done[COUNT_MAX] = {false};
    for (uint32_t turn = 0; turn < count; turn += 1) {
        uint32_t best = COUNT_MAX;
        for (uint32_t i = 0; i < count; i += 1) {
            if (!is_done[i] &&
                (best == COUNT_MAX || candidates[i].score > candidates[best].score)) {
                best = i;
            }
        }
        pli_i128 lots = wanted < candidates[best].lots ? wanted : candidates[best].lots;
        assert_true(out->lots[best] == lots);
        wanted -= lots;
        is_done[best] = true;
    }
}

static void
check_pro_rata(const pli_adl_candidate *candidates, uint32_t count, pli_i128 wanted,
               const outcome *out) {
    pli_i128 total = total_of(candidates, count);
    for (uint32_t i = 0; i < count && total > wanted; i += 1) {
        pli_i128 apart = out->lots[i] * total - wanted * candidates[i].lots;
        assert_true(apart < total && apart > -total);
    }
}

// Largest lots / equity, compared crosswise: is the left choice at least as kind as the right but for 1 ppm?
static double
worst_share(const pli_adl_candidate *candidates, uint32_t count, const int64_t *lots,
            double per_lot) {
    double worst = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        double share = (double)lots[i] * per_lot / (double)candidates[i].equity_micros;
        worst = share > worst ? share : worst;
    }
    return worst;
}

static double
best_share(const pli_adl_candidate *candidates, uint32_t wanted, double per_lot) {
    double best = 1e300;
    int64_t lots[3];
    for (lots[0] = 0; lots[0] <= candidates[0].lots; lots[0] += 1) {
        for (lots[1] = 0; lots[1] <= candidates[1].lots; lots[1] += 1) {
            lots[2] = (int64_t)wanted - lots[0] - lots[1];
            if (lots[2] >= 0 && lots[2] <= candidates[2].lots) {
                double share = worst_share(candidates, 3, lots, per_lot);
                best = share < best ? share : best;
            }
        }
    }
    return best;
}

static void
least_harm_is_as_good_as_trying_every_choice(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(3);
    for (uint32_t turn = 0; turn < 400; turn += 1) {
        pli_adl_candidate candidates[3];
        for (uint32_t i = 0; i < 3; i += 1) {
            candidates[i] =
                (pli_adl_candidate){.account_index = i,
                                    .lots = pli_prng_range_i64(&prng, 0, 12),
                                    .equity_micros = pli_prng_range_i64(&prng, 1000, 1000000)};
        }
        pli_i128 total = total_of(candidates, 3);
        if (total == 0) {
            continue;
        }
        uint32_t wanted = 1 + (uint32_t)pli_prng_below(&prng, (uint64_t)total);
        int64_t loss = pli_prng_range_i64(&prng, 1, 900);
        outcome out = run(PLI_ADL_LEAST_HARM, wanted, loss, candidates, 3);
        double per_lot = (double)loss / wanted;
        double ours = worst_share(candidates, 3, out.lots, per_lot);
        assert_true(ours <= best_share(candidates, wanted, per_lot) + 1.000001e-6);
    }
}

static pli_i128
smaller(pli_i128 left, pli_i128 right) {
    return left < right ? left : right;
}

static void
check_any(pli_adl_policy policy, pli_i128 wanted, pli_i128 loss,
          const pli_adl_candidate *candidates, uint32_t count) {
    outcome out = run(policy, wanted, loss, candidates, count);
    pli_i128 lots = 0;
    pli_i128 haircuts = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        assert_true(out.lots[i] >= 0 && out.lots[i] <= candidates[i].lots);
        assert_true(out.haircuts[i] >= 0 && (out.lots[i] > 0 || out.haircuts[i] == 0));
        lots += out.lots[i];
        haircuts += out.haircuts[i];
    }
    assert_true(lots == smaller(wanted, total_of(candidates, count)));
    assert_true(out.filled == lots && out.taken == haircuts);
    assert_true(lots < wanted ? haircuts == loss * lots / wanted : haircuts == loss);
    if (policy == PLI_ADL_QUEUE) {
        check_queue(candidates, count, wanted, &out);
    } else if (policy == PLI_ADL_PRO_RATA) {
        check_pro_rata(candidates, count, wanted, &out);
    }
}

static void
every_policy_fills_exactly_and_takes_exactly_the_loss(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(4);
    for (uint32_t turn = 0; turn < 6000; turn += 1) {
        pli_adl_candidate candidates[COUNT_MAX];
        uint32_t count = (uint32_t)pli_prng_below(&prng, COUNT_MAX + 1);
        int64_t most = turn % 2 == 0 ? 5 : PLM_LOTS_MAX;
        for (uint32_t i = 0; i < count; i += 1) {
            candidates[i] = (pli_adl_candidate){
                .account_index = i,
                .score = (uint32_t)pli_prng_edge_i64(&prng, 0, turn % 3 == 0 ? 2 : UINT32_MAX),
                .lots = pli_prng_edge_i64(&prng, 0, most),
                .equity_micros = pli_prng_edge_i64(&prng, -10, INT64_MAX)};
        }
        pli_i128 wanted = pli_prng_edge_i64(&prng, 1, most * 4);
        pli_i128 loss = pli_prng_edge_i64(&prng, 0, INT64_C(1) << 62);
        check_any(PLI_ADL_QUEUE, wanted, loss, candidates, count);
        check_any(PLI_ADL_PRO_RATA, wanted, loss, candidates, count);
        check_any(PLI_ADL_LEAST_HARM, wanted, loss, candidates, count);
    }
}

static void
less_than_offered_may_be_booked_and_the_rest_stays_open(void **state) {
    (void)state;
    const pli_adl_candidate winner = {.lots = 10};
    pli_adl_job job;
    int64_t lots = 0;
    pli_i128 haircut = 0;
    assert_int_equal(pli_adl_start(PLI_ADL_QUEUE, 7, 100, &job), PLM_OK);
    while (job.phase == PLI_ADL_SEARCH) {
        assert_int_equal(pli_adl_offer(&job, &winner, &lots), PLM_OK);
        assert_int_equal(lots, 0);
        pli_adl_turn(&job);
    }
    assert_int_equal(pli_adl_offer(&job, &winner, &lots), PLM_OK);
    assert_int_equal(lots, 7);
    pli_adl_book(&job, 3, &haircut);
    assert_true(haircut == 42 && job.lots - job.filled == 4 && job.loss - job.taken == 58);
    pli_adl_turn(&job);
    assert_int_equal(job.phase, PLI_ADL_DONE);
    assert_int_equal(pli_adl_offer(&job, &winner, &lots), PLM_PARAMETER_INVALID);
}

static void
nobody_on_the_other_side_ends_with_nothing_filled(void **state) {
    (void)state;
    static const pli_adl_policy policies[] = {PLI_ADL_QUEUE, PLI_ADL_PRO_RATA, PLI_ADL_LEAST_HARM};
    for (uint32_t i = 0; i < 3; i += 1) {
        outcome out = run(policies[i], 5, 50, NULL, 0);
        assert_true(out.filled == 0 && out.taken == 0);
    }
}

static void
scores_are_profit_times_leverage(void **state) {
    (void)state;
    // Half of the entry value gained, twice levered: 1.0.
    assert_int_equal(pli_adl_score(500, 1000, 1500, 750), 1000000);
    assert_int_equal(pli_adl_score(0, 1000, 1500, 750), 0);
    assert_int_equal(pli_adl_score(-5, 1000, 1500, 750), 0);
    // The smallest amounts are amounts.
    assert_int_equal(pli_adl_score(1, 2, 4, 4), 500000);
    assert_int_equal(pli_adl_score(4, 4, 1, 2), 500000);
    assert_int_equal(pli_adl_score(4, 4, 0, 2), 0);
    assert_int_equal(pli_adl_score(5, 1000, 1500, 0), UINT32_MAX);
    assert_int_equal(pli_adl_score(5, 0, 1500, 10), UINT32_MAX);
    assert_int_equal(pli_adl_score(INT64_MAX, 1, INT64_MAX, 1), UINT32_MAX);
}

static void
what_is_not_well_formed_is_refused(void **state) {
    (void)state;
    pli_adl_job job;
    int64_t lots = 0;
    pli_adl_candidate candidate = {.lots = -1};
    assert_int_equal(pli_adl_start((pli_adl_policy)4, 1, 0, &job), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_adl_start(PLI_ADL_QUEUE, 0, 0, &job), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_adl_start(PLI_ADL_QUEUE, 1, -1, &job), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_adl_start(PLI_ADL_QUEUE, 1, 0, &job), PLM_OK);
    assert_int_equal(pli_adl_offer(&job, &candidate, &lots), PLM_PARAMETER_INVALID);
    candidate.lots = PLM_LOTS_MAX + 1;
    assert_int_equal(pli_adl_offer(&job, &candidate, &lots), PLM_PARAMETER_INVALID);
}

static ts_desk desk;

// Candidates drawn anew in every pass: what is offered stays within what they hold and what is wanted.
static void
candidates_that_change_are_never_offered_too_much(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(41);
    for (uint32_t round = 0; round < 3000; round += 1) {
        pli_adl_job job;
        pli_adl_policy policy = (pli_adl_policy)(1 + round % 3);
        pli_i128 wanted = 1 + (pli_i128)pli_prng_below(&prng, 100);
        pli_i128 offered = 0;
        assert_int_equal(pli_adl_start(policy, wanted, (pli_i128)pli_prng_below(&prng, 1000), &job),
                         PLM_OK);
        while (job.phase != PLI_ADL_DONE) {
            for (uint32_t i = 0; i < COUNT_MAX; i += 1) {
                int64_t lots = 0;
                pli_adl_candidate candidate = {.account_index = i,
                                               .score = (uint32_t)pli_prng_below(&prng, 3) << 31,
                                               .lots = (int64_t)pli_prng_below(&prng, 60),
                                               .equity_micros =
                                                   (int64_t)pli_prng_below(&prng, 2000) - 100};
                assert_int_equal(pli_adl_offer(&job, &candidate, &lots), PLM_OK);
                assert_in_range(lots, 0, candidate.lots);
                offered += lots;
            }
            pli_adl_turn(&job);
        }
        assert_true(offered <= wanted);
    }
}

static int64_t
room(int64_t lots, int64_t haircut_micros) {
    const pli_adl_question question = {.instrument_index = TS_PERP,
                                       .lots = lots,
                                       .price_e8 = desk.marks[TS_PERP].mark_e8,
                                       .haircut_micros = haircut_micros};
    int64_t allowed = -1;
    assert_int_equal(
        pli_adl_room(&plm_model_tiered, &desk.input, &desk.workspace, &question, &allowed, NULL),
        PLM_OK);
    return allowed;
}

// 1,000 lots of 10 dollars, held or owed: maintenance 6 % of 10,000 = 600; equity 700 dollars.
static void
check_room(int64_t held) {
    ts_desk_init(&desk);
    desk.tiered.close_fee_ppm = 0;
    desk.tiered.liquidation_fee_ppm = 0;
    ts_desk_hold(&desk, TS_PERP, held, desk.marks[TS_PERP].mark_e8);
    ts_desk_fund(&desk, TS_USD, INT64_C(700000000));
    plm_requirement now;
    assert_int_equal(
        plm_margin_require(&plm_model_tiered, &desk.input, &desk.workspace, &now, NULL, NULL),
        PLM_OK);
    assert_int_equal(now.maintenance_micros, 600 * INT64_C(1000000));
    assert_int_equal(now.equity_maintenance_micros, 700 * INT64_C(1000000));
    // A lot frees 60 cents: giving up 60 cents a lot is always allowed, a dollar a lot for 250 lots.
    assert_int_equal(room(1000, 600000000), 1000);
    assert_int_equal(room(1000, 1000000000), 250);
    assert_int_equal(room(200, 200000000), 200);
    assert_int_equal(room(1, 500000000), 0);
    const pli_adl_question wrong = {.instrument_index = TS_FUTURE, .lots = 1};
    int64_t allowed = 0;
    assert_int_equal(
        pli_adl_room(&plm_model_tiered, &desk.input, &desk.workspace, &wrong, &allowed, NULL),
        PLM_PARAMETER_INVALID);
}

static void
room_ends_where_the_winner_would_fall_below_maintenance(void **state) {
    (void)state;
    check_room(-1000);
    check_room(1000);
}

static void
an_account_below_maintenance_has_no_room(void **state) {
    (void)state;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, desk.marks[TS_PERP].mark_e8);
    ts_desk_fund(&desk, TS_USD, INT64_C(1000000));
    assert_int_equal(room(1000, 2000000), 0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_computed_by_hand),
        cmocka_unit_test(every_policy_fills_exactly_and_takes_exactly_the_loss),
        cmocka_unit_test(least_harm_is_as_good_as_trying_every_choice),
        cmocka_unit_test(less_than_offered_may_be_booked_and_the_rest_stays_open),
        cmocka_unit_test(candidates_that_change_are_never_offered_too_much),
        cmocka_unit_test(nobody_on_the_other_side_ends_with_nothing_filled),
        cmocka_unit_test(scores_are_profit_times_leverage),
        cmocka_unit_test(what_is_not_well_formed_is_refused),
        cmocka_unit_test(room_ends_where_the_winner_would_fall_below_maintenance),
        cmocka_unit_test(an_account_below_maintenance_has_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
