/* test_impact.c: the impact table against a search knot by knot, and what it remembers.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prng.h"
#include "margin/impact.h"

#include <cmocka.h>

typedef pli_u128 wide;

static wide
knot_at(wide volume, int j) {
    return j >= 24 ? volume << (j - 24) : (volume + (((wide)1 << (24 - j)) - 1)) >> (24 - j);
}

/* cost of knot j = size * rate * sqrt(2^(j - 24)), sqrt(2) = 1.414213562374 (up), as the header says. */
static wide
cost_at(wide volume, int j, wide rate) {
    const wide e12 = 1000000000000u;
    int shift = j - 24;
    int half = shift >= 0 ? shift / 2 : -((1 - shift) / 2);
    wide odd = shift - 2 * half != 0 ? (wide)1414213562374u : e12;
    wide root = half >= 0 ? odd << half : (odd + (((wide)1 << -half) - 1)) >> -half;
    wide divisor = e12 * 1000000u;
    return (knot_at(volume, j) * root * rate + divisor - 1) / divisor;
}

static wide
plain_cost(wide size, wide volume, wide rate) {
    int j = 0;
    while (j < 36 && knot_at(volume, j) < size) {
        j += 1;
    }
    wide low = j == 0 ? 0 : knot_at(volume, j - 1);
    wide cost_low = j == 0 ? 0 : cost_at(volume, j - 1, rate);
    wide run = knot_at(volume, j) - low;
    wide rise = cost_at(volume, j, rate) - cost_low;
    return run == 0 || size == 0 ? cost_low : cost_low + (rise * (size - low) + run - 1) / run;
}

/* Some bits of a draw, so that small and large are as frequent; or a knot and its neighbours. */
static int64_t
drawn_size(pli_prng *prng, int64_t volume) {
    if (pli_prng_below(prng, 2) == 0) {
        int64_t knot = (int64_t)knot_at((wide)volume, (int)pli_prng_below(prng, 37));
        int64_t near = knot + (int64_t)pli_prng_below(prng, 3) - 1;
        return near < 0 ? 0 : near;
    }
    return (int64_t)(pli_prng_next_u64(prng) >> (1 + pli_prng_below(prng, 63)));
}

static void
every_size_costs_what_a_search_over_the_knots_says(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(20);
    for (int i = 0; i < 200000; i += 1) {
        int64_t volume =
            1 + (int64_t)(pli_prng_next_u64(&prng) >> (15 + pli_prng_below(&prng, 49)));
        int64_t rate = (int64_t)pli_prng_below(&prng, 131072);
        int64_t size = drawn_size(&prng, volume);
        pli_knots knots;
        int64_t cost = 0;
        pli_i128 general = 0;
        pli_knots_init(&knots, volume, rate);
        assert_true(pli_impact_cost(size, volume, rate, &general));
        if (pli_knots_cost(&knots, size, &cost)) {
            assert_int_equal(cost, (int64_t)general);
        }
        if (size >> 56 == 0) {
            assert_true((wide)general == plain_cost((wide)size, (wide)volume, (wide)rate));
        }
    }
}

static void
a_table_that_has_been_asked_answers_as_one_that_has_not(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(21);
    int64_t volume = INT64_C(987654321012345);
    pli_knots kept;
    pli_knots_init(&kept, volume, 41875);
    for (int i = 0; i < 20000; i += 1) {
        int64_t size = drawn_size(&prng, volume);
        int64_t now = 0;
        int64_t then = 0;
        pli_knots fresh;
        pli_knots_init(&fresh, volume, 41875);
        assert_true(pli_knots_cost(&kept, size, &now) == pli_knots_cost(&fresh, size, &then));
        assert_int_equal(now, then);
    }
}

static void
what_64_bits_do_not_hold_is_left_to_the_general_way(void **state) {
    (void)state;
    pli_knots knots;
    int64_t cost = 7;
    pli_knots_init(&knots, INT64_C(1) << 51, 41875);
    assert_false(pli_knots_cost(&knots, INT64_C(1) << 52, &cost));
    pli_knots_init(&knots, 1000, 131072);
    assert_false(pli_knots_cost(&knots, 10, &cost));
    pli_knots_init(&knots, 1000, -1);
    assert_false(pli_knots_cost(&knots, 10, &cost));
    assert_int_equal(cost, 7);
    pli_i128 general = 0;
    assert_true(pli_impact_cost(INT64_C(1) << 52, INT64_C(1) << 51, 41875, &general));
    assert_true((wide)general == plain_cost((wide)1 << 52, (wide)1 << 51, 41875));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_costs_what_a_search_over_the_knots_says),
        cmocka_unit_test(a_table_that_has_been_asked_answers_as_one_that_has_not),
        cmocka_unit_test(what_64_bits_do_not_hold_is_left_to_the_general_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
