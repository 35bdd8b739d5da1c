/* test_fill.c: the rounding kernels on every small input, and at the ends.            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/book.h"
#include "support/books.h"

// The definition, by search: the largest integer q with q * divisor <= value.
static int64_t
floor_by_search(int64_t value, int64_t divisor) {
    int64_t q = value / divisor - 2;
    while ((q + 1) * divisor <= value) {
        q += 1;
    }
    return q;
}

static void
cost_splits_exactly_for_every_small_position(void **state) {
    (void)state;
    for (int64_t whole = 1; whole <= 12; whole += 1) {
        for (int64_t part = 1; part <= whole; part += 1) {
            for (int64_t cost = -40; cost <= 40; cost += 1) {
                pli_i128 down = 0;
                pli_i128 up = 0;
                assert_true(pli_split_cost(cost, part, whole, false, &down));
                assert_true(pli_split_cost(cost, part, whole, true, &up));
                assert_true(down * whole <= (pli_i128)cost * part);
                assert_true((down + 1) * whole > (pli_i128)cost * part);
                assert_true(up * whole >= (pli_i128)cost * part);
                assert_true((up - 1) * whole < (pli_i128)cost * part);
                assert_true(part < whole || (down == cost && up == cost));
            }
        }
    }
}

static void
units_become_atoms_and_a_remainder_for_every_small_scale(void **state) {
    (void)state;
    for (int64_t units = -60; units <= 60; units += 1) {
        for (int64_t factor = 1; factor <= 8; factor += 1) {
            for (int64_t divisor = 1; divisor <= 12; divisor += 1) {
                pli_i128 atoms = 0;
                pli_i128 remainder = 0;
                assert_true(pli_units_to_atoms(units, factor, divisor, &atoms, &remainder));
                assert_true(atoms == floor_by_search(units * factor, divisor));
                assert_true(atoms * divisor + remainder == units * factor);
                assert_true(remainder >= 0 && remainder < divisor);
            }
        }
    }
}

static void
remainder_is_exact_beyond_128_bits(void **state) {
    (void)state;
    // 3e37 * 1e29 = 7 * q + r with r = (3e37 mod 7) * (1e29 mod 7) mod 7; q leaves 128 bits, so a wide divisor.
    pli_i128 e18 = INT64_C(1000000000000000000);
    pli_i128 units = 3 * e18 * e18;
    pli_i128 factor = e18 * INT64_C(100000000000);
    pli_i128 divisor = e18 * INT64_C(10000000) + 9;
    pli_i128 atoms = 0;
    pli_i128 remainder = 0;
    assert_false(pli_units_to_atoms(units, factor, 7, &atoms, &remainder));
    assert_false(pli_units_to_atoms(units, factor, divisor, &atoms, &remainder));
    units /= 100000000;
    assert_true(pli_units_to_atoms(-units, factor, divisor, &atoms, &remainder));
    assert_true(remainder >= 0 && remainder < divisor);
    // Checked modulo two primes that fit.
    const int64_t primes[2] = {1000000007, 998244353};
    for (int i = 0; i < 2; i += 1) {
        pli_i128 p = primes[i];
        pli_i128 left = ((-units % p) * (factor % p)) % p;
        pli_i128 right = ((atoms % p) * (divisor % p) + remainder) % p;
        assert_true((left - right) % p == 0);
    }
}

static void
closing_part_is_what_takes_lots_off(void **state) {
    (void)state;
    for (int64_t held = -6; held <= 6; held += 1) {
        for (int64_t lots = -6; lots <= 6; lots += 1) {
            if (lots == 0) {
                continue;
            }
            int64_t after = held + lots;
            int64_t closed = pli_fill_closed(held, lots);
            int64_t expected = 0;
            // Lots closed one by one: each brings the position one nearer to 0.
            for (int64_t at = held; at != after; at += lots > 0 ? 1 : -1) {
                expected += lots > 0 ? at < 0 : at > 0;
            }
            assert_int_equal(closed, expected);
        }
    }
}

/*
 * Every way through small positions: two sides trade at small prices until both are flat. Profit sums to what cost says,
 * nobody gains by rounding, and what is left over is the venue's.
 */
static void
profits_of_every_short_path_sum_to_the_dust(void **state) {
    (void)state;
    static ts_books w;
    static const int64_t sizes[] = {-3, -1, 2, 3};
    static const int64_t prices[] = {1, 37, 99};
    for (int path = 0; path < 4 * 4 * 4 * 3 * 3 * 3; path += 1) {
        int rest = path;
        int64_t lots_total = 0;
        ts_books_init(&w, 2);
        assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 100), PLM_REJECT_NONE);
        assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 100), PLM_REJECT_NONE);
        for (int i = 0; i < 3; i += 1) {
            int64_t lots = sizes[rest % 4];
            int64_t price = prices[rest / 4 % 3];
            rest /= 12;
            lots_total += lots;
            assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, lots, price), PLM_REJECT_NONE);
        }
        if (lots_total != 0) {
            assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, -lots_total, 50), PLM_REJECT_NONE);
        }
        assert_int_equal(ts_books_touch(&w, 0), PLM_REJECT_NONE);
        assert_int_equal(ts_books_touch(&w, 1), PLM_REJECT_NONE);
        int64_t left = ts_atoms(&w, 0, TS_B_USD) + ts_atoms(&w, 1, TS_B_USD) +
                       ts_named(&w, TS_B_USD, PLI_NAMED_RESIDUE);
        assert_int_equal(left, 200);
        assert_true(w.ledger.markets[TS_B_FUTURE].clearing == 0);
        assert_true(w.ledger.markets[TS_B_FUTURE].dust == 0);
        assert_true(w.ledger.markets[TS_B_FUTURE].cost_total == 0);
        ts_books_finish(&w);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cost_splits_exactly_for_every_small_position),
        cmocka_unit_test(units_become_atoms_and_a_remainder_for_every_small_scale),
        cmocka_unit_test(remainder_is_exact_beyond_128_bits),
        cmocka_unit_test(closing_part_is_what_takes_lots_off),
        cmocka_unit_test(profits_of_every_short_path_sum_to_the_dust),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
