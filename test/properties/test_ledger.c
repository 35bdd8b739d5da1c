/* test_ledger.c: laws of the books over random lives [L1]-[L5], [L9], [M10].          SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/books_random.h"

static ts_round r;

static void
live(uint64_t seed, uint32_t event_count, bool is_wild) {
    ts_round_init(&r, seed, 6, is_wild);
    for (uint32_t i = 0; i < event_count; i += 1) {
        ts_round_step(&r);
    }
    ts_round_finish(&r);
}

static void
every_invariant_holds_after_every_random_event(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed += 1) {
        live(seed, 1200, false);
    }
}

static void
extreme_sizes_are_booked_exactly_or_refused(void **state) {
    (void)state;
    for (uint64_t seed = 101; seed <= 104; seed += 1) {
        live(seed, 1200, true);
    }
}

/* --- [L5] a cycle of trades back to the same position at the same price gains nothing --- */

// What one account has in an instrument beyond its unchanged lots, in cost units times M: comparable, exact.
static pli_i128
worth(const ts_books *w, uint32_t account, uint32_t instrument) {
    const pli_market_book *market = &w->ledger.markets[instrument];
    const pli_position *position = pli_position_find(&w->ledger, account, instrument);
    pli_i128 factor = 0;
    pli_i128 divisor = 0;
    pli_units_scale(&w->ledger, instrument, &factor, &divisor);
    pli_i128 atoms = pli_atoms_held(&w->ledger, account, market->terms.settlement_asset_index);
    pli_i128 cost = 0;
    if (position != NULL) {
        atoms += position->senior.amount - position->senior.drawn + position->junior.amount -
                 position->junior.drawn;
        cost = position->cost;
    }
    return atoms * divisor + (pli_is_coin_cost(&market->terms) ? cost : -cost) * factor;
}

static void
cycle(ts_books *w, pli_prng *prng, uint32_t instrument, int64_t price) {
    int64_t start = ts_lots(w, 0, instrument);
    pli_i128 before = worth(w, 0, instrument);
    int64_t turns = pli_prng_range_i64(prng, 1, 6);
    for (int64_t i = 0; i <= turns; i += 1) {
        int64_t lots =
            i < turns ? pli_prng_range_i64(prng, -9, 9) : start - ts_lots(w, 0, instrument);
        if (lots == 0) {
            continue;
        }
        uint32_t maker = 1 + (uint32_t)pli_prng_below(prng, 4);
        assert_int_equal(ts_trade(w, 0, maker, instrument, lots, price), PLM_REJECT_NONE);
        if (pli_prng_below(prng, 3) == 0 && ts_lots(w, 0, instrument) != 0) {
            assert_int_equal(ts_settle_profit(w, 0, instrument, price), PLM_REJECT_NONE);
        }
    }
    assert_int_equal(ts_lots(w, 0, instrument), start);
    assert_true(worth(w, 0, instrument) <= before);
}

static void
cycle_of_trades_at_one_price_never_gains(void **state) {
    (void)state;
    static const uint32_t instruments[] = {TS_B_PERP, TS_B_INVERSE, TS_B_FUTURE, TS_B_COIN};
    pli_prng prng = pli_prng_init(77);
    ts_books w;
    ts_books_init(&w, 5);
    for (int round = 0; round < 1000; round += 1) {
        uint32_t instrument = instruments[round % 4];
        int64_t price = pli_prng_range_i64(&prng, 1 + 9000 * TS_B_E8, 11000 * TS_B_E8);
        if (instrument == TS_B_FUTURE) {
            price = pli_prng_range_i64(&prng, -500, 500);
        }
        cycle(&w, &prng, instrument, price);
        // The next cycle starts from another position.
        assert_int_equal(
            ts_trade(&w, 0, 1, instrument, round % 3 - 1 == 0 ? 2 : round % 3 - 1, price + 17),
            PLM_REJECT_NONE);
    }
    ts_books_finish(&w);
}

// Two accounts of one owner hand a position to and fro and trade with each other: together they gain nothing.
static void
accounts_of_one_owner_gain_nothing_from_each_other(void **state) {
    (void)state;
    static const uint32_t instruments[] = {TS_B_PERP, TS_B_INVERSE, TS_B_FUTURE, TS_B_COIN};
    pli_prng prng = pli_prng_init(78);
    ts_books w;
    ts_books_init(&w, 5);
    for (int round = 0; round < 1200; round += 1) {
        uint32_t instrument = instruments[round % 4];
        int64_t price = pli_prng_range_i64(&prng, 1, 500);
        assert_int_equal(ts_trade(&w, (uint32_t)round / 4 % 2, 2, instrument,
                                  (1 + round % 7) * (round % 2 * 2 - 1), price),
                         PLM_REJECT_NONE);
        pli_i128 before = worth(&w, 0, instrument) + worth(&w, 1, instrument);
        uint32_t from = (uint32_t)pli_prng_below(&prng, 2);
        int64_t held = ts_lots(&w, from, instrument);
        if (held != 0) {
            int64_t lots =
                held > 0 ? pli_prng_range_i64(&prng, 1, held) : pli_prng_range_i64(&prng, held, -1);
            assert_int_equal(ts_position_transfer(&w, from, 1 - from, instrument, lots),
                             PLM_REJECT_NONE);
        }
        assert_int_equal(ts_trade(&w, from, 1 - from, instrument, 3, price), PLM_REJECT_NONE);
        assert_true(worth(&w, 0, instrument) + worth(&w, 1, instrument) <= before);
    }
    ts_books_finish(&w);
}

/* --- [L9] interest and funding --- */

static void
interest_ends_at_zero_or_above_once_everyone_is_touched(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(9);
    for (int round = 0; round < 60; round += 1) {
        ts_books w;
        ts_books_init(&w, 6);
        pli_asset_book *asset = &w.ledger.assets[TS_B_USD];
        asset->reserve_ppm = round % 3 == 0 ? 0 : 100000;
        for (uint32_t i = 0; i < 3; i += 1) {
            ts_deposit(&w, i, TS_B_USD, pli_prng_range_i64(&prng, 1, round % 2 ? 50 : 100000000));
        }
        for (int i = 0; i < 40; i += 1) {
            uint32_t account = (uint32_t)pli_prng_below(&prng, 6);
            int64_t atoms = pli_prng_range_i64(&prng, 1, round % 2 ? 20 : 40000000);
            switch (pli_prng_below(&prng, 5)) {
            case 0:
                ts_borrow(&w, account, TS_B_USD, atoms);
                break;
            case 1:
                ts_repay(&w, account, TS_B_USD, atoms);
                break;
            case 2:
                ts_deposit(&w, account, TS_B_USD, atoms);
                break;
            default:
                w.time_ns += pli_prng_range_i64(&prng, 0, PLM_YEAR_NS / 10);
                assert_int_equal(ts_interest(&w, TS_B_USD), PLM_REJECT_NONE);
            }
        }
        for (uint32_t i = 0; i < 6; i += 1) {
            assert_int_equal(ts_books_touch(&w, i), PLM_REJECT_NONE);
        }
        assert_true(asset->named[PLI_NAMED_INTEREST] >= 0);
        ts_books_finish(&w);
    }
}

static pli_i128
sum_of_costs(const ts_books *w, uint32_t instrument) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < w->ledger.account_count; i += 1) {
        sum += ts_cost(w, i, instrument);
    }
    return sum;
}

static void
funding_sums_to_zero_whenever_everyone_is_touched(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(10);
    ts_books w;
    ts_books_init(&w, 5);
    for (int round = 0; round < 500; round += 1) {
        uint32_t instrument = round % 2 == 0 ? TS_B_PERP : TS_B_INVERSE;
        uint32_t taker = (uint32_t)pli_prng_below(&prng, 5);
        ts_trade(&w, taker, (taker + 1) % 5, instrument, pli_prng_range_i64(&prng, -9, 9),
                 pli_prng_range_i64(&prng, 1, 1000000));
        ts_funding(&w, instrument, pli_prng_range_i64(&prng, -100000, 100000));
        for (uint32_t i = 0; i < 5; i += 1) {
            assert_int_equal(ts_books_touch(&w, i), PLM_REJECT_NONE);
        }
        assert_true(sum_of_costs(&w, instrument) == w.ledger.markets[instrument].cost_total);
    }
    ts_books_finish(&w);
}

static void
make_rich(ts_round *round) {
    for (uint32_t account = 0; account < 6; account += 1) {
        for (uint32_t asset = 0; asset < 2; asset += 1) {
            ts_deposit(&round->books, account, asset, INT64_C(1) << 58);
        }
    }
    round->books.ledger.note_count = 0;
}

static bool
is_everything_paid(const ts_books *w) {
    for (uint32_t account = 0; account < 6; account += 1) {
        const pli_position *run = pli_ledger_positions(&w->ledger, account);
        for (uint32_t i = 0; i < w->ledger.accounts[account].position_count; i += 1) {
            if (run[i].uncollected != 0) {
                return false;
            }
        }
    }
    return true;
}

static void
assert_same_books(const ts_books *left, const ts_books *right) {
    for (uint32_t asset = 0; asset < TS_B_ASSETS; asset += 1) {
        for (uint32_t account = 0; account < 6; account += 1) {
            assert_true(pli_atoms_held(&left->ledger, account, asset) ==
                        pli_atoms_held(&right->ledger, account, asset));
        }
        for (int named = 0; named < PLI_NAMED_COUNT; named += 1) {
            assert_true(left->ledger.assets[asset].named[named] ==
                        right->ledger.assets[asset].named[named]);
        }
    }
    for (uint32_t i = 0; i < TS_B_INSTRUMENTS; i += 1) {
        for (uint32_t account = 0; account < 6; account += 1) {
            const pli_position *one = pli_position_find(&left->ledger, account, i);
            const pli_position *other = pli_position_find(&right->ledger, account, i);
            assert_int_equal(one == NULL, other == NULL);
            assert_true(one == NULL || (one->lots == other->lots && one->cost == other->cost &&
                                        one->senior.drawn == other->senior.drawn &&
                                        one->junior.drawn == other->junior.drawn));
        }
    }
}

/*
 * The same life, touched at its end from the first account or from the last: the same balances, costs and funds. Where
 * losses are unpaid, who is touched first may decide which loss a claim pays first, so those lives are not compared.
 */
static void
order_of_touching_changes_nothing(void **state) {
    (void)state;
    static ts_round twin;
    uint32_t compared_count = 0;
    for (uint64_t seed = 41; seed < 61; seed += 1) {
        ts_round_init(&r, seed, 6, false);
        ts_round_init(&twin, seed, 6, false);
        make_rich(&r);
        make_rich(&twin);
        for (int i = 0; i < 120 || r.sweeping != PLM_NONE; i += 1) {
            ts_round_step(&r);
            ts_round_step(&twin);
        }
        bool is_paid = is_everything_paid(&r.books);
        for (uint32_t i = 0; i < 6; i += 1) {
            assert_int_equal(ts_books_touch(&r.books, i), PLM_REJECT_NONE);
            assert_int_equal(ts_books_touch(&twin.books, 5 - i), PLM_REJECT_NONE);
        }
        if (is_paid) {
            assert_same_books(&r.books, &twin.books);
            compared_count += 1;
        }
        ts_round_finish(&r);
        ts_round_finish(&twin);
    }
    assert_true(compared_count >= 5);
}

/* --- settlement of many --- */

enum { MANY = 3000 };

static void
trade_among_many(ts_books *w, pli_prng *prng, uint32_t instrument) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_TRADE};
    uint32_t taker = (uint32_t)pli_prng_below(prng, MANY);
    event.trade_body = (plm_event_trade){
        .instrument_index = instrument,
        .maker_account = (taker + 1 + (uint32_t)pli_prng_below(prng, MANY - 1)) % MANY,
        .lots = pli_prng_range_i64(prng, 1, 7),
        .price_e8 = instrument == TS_B_FUTURE
                        ? pli_prng_range_i64(prng, -4000000007, 8000000011)
                        : pli_prng_range_i64(prng, 900000000001, 1100000000001)};
    assert_int_equal(ts_books_apply_fast(w, taker, &event), PLM_REJECT_NONE);
}

// Everybody can pay: after the sweep every claim is payable to the atom and the market is empty.
static void
settlement_of_thousands_pays_exactly(void **state) {
    (void)state;
    static const uint32_t instruments[] = {TS_B_FUTURE, TS_B_COIN};
    pli_prng prng = pli_prng_init(11);
    ts_books w;
    ts_books_init(&w, MANY);
    for (uint32_t i = 0; i < MANY; i += 1) {
        plm_event event = {.header.type = PLM_EVENT_TYPE_DEPOSIT};
        event.deposit_body = (plm_event_deposit){TS_B_USD, 0, pli_wide_from_i128(INT64_C(1) << 50)};
        assert_int_equal(ts_books_apply_fast(&w, i, &event), PLM_REJECT_NONE);
        event.deposit_body.asset_index = TS_B_BTC;
        assert_int_equal(ts_books_apply_fast(&w, i, &event), PLM_REJECT_NONE);
    }
    for (int i = 0; i < 5 * MANY; i += 1) {
        trade_among_many(&w, &prng, instruments[i % 2]);
    }
    w.time_ns = TS_B_EXPIRY;
    for (int i = 0; i < 2; i += 1) {
        plm_event event = {.header.type = PLM_EVENT_TYPE_SETTLE_EXPIRY};
        event.settle_expiry_body = (plm_event_settle_expiry){
            instruments[i], 0, instruments[i] == TS_B_FUTURE ? -1234567 : 999999999999};
        assert_int_equal(ts_books_apply_fast(&w, PLM_NONE, &event), PLM_REJECT_NONE);
    }
    for (uint32_t i = 0; i < MANY; i += 1) {
        assert_int_equal(pli_ledger_touch(&w.ledger, i), PLM_REJECT_NONE);
        pli_ledger_assign(&w.ledger);
        pli_undo_commit(&w.undo);
    }
    for (int i = 0; i < 2; i += 1) {
        assert_int_equal(pli_ledger_settled(&w.ledger, instruments[i]), PLM_REJECT_NONE);
        pli_ledger_assign(&w.ledger);
        pli_undo_commit(&w.undo);
    }
    assert_null(pli_ledger_check(&w.ledger));
    for (uint32_t i = 0; i < MANY; i += 1) {
        assert_int_equal(pli_ledger_touch(&w.ledger, i), PLM_REJECT_NONE);
        pli_ledger_assign(&w.ledger);
        pli_undo_commit(&w.undo);
        assert_int_equal(w.ledger.accounts[i].position_count, 0);
    }
    assert_null(pli_ledger_check(&w.ledger));
    for (int i = 0; i < 2; i += 1) {
        const pli_market_book *market = &w.ledger.markets[instruments[i]];
        assert_true(market->clearing == 0 && market->cost_total == 0);
        assert_true(market->cohort_oldest == market->cohort_next);
    }
    // What rounding leaves is less than an atom a realisation.
    assert_true(w.ledger.assets[TS_B_USD].named[PLI_NAMED_RESIDUE] < 20 * MANY);
    assert_true(w.ledger.assets[TS_B_BTC].named[PLI_NAMED_RESIDUE] < 20 * MANY);
    ts_books_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_invariant_holds_after_every_random_event),
        cmocka_unit_test(extreme_sizes_are_booked_exactly_or_refused),
        cmocka_unit_test(cycle_of_trades_at_one_price_never_gains),
        cmocka_unit_test(accounts_of_one_owner_gain_nothing_from_each_other),
        cmocka_unit_test(interest_ends_at_zero_or_above_once_everyone_is_touched),
        cmocka_unit_test(funding_sums_to_zero_whenever_everyone_is_touched),
        cmocka_unit_test(order_of_touching_changes_nothing),
        cmocka_unit_test(settlement_of_thousands_pays_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
