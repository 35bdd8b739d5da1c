/* test_prng.c: seeded numbers match the published ones and stay in range.              SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"

static void
xoshiro_matches_its_reference_output(void **state) {
    (void)state;
    // Output of the authors' xoshiro256starstar.c from the state 1, 2, 3, 4, as also listed in the crate rand_xoshiro.
    static const uint64_t expected[] = {
        11520,
        0,
        1509978240,
        1215971899390074240,
        1216172134540287360,
        607988272756665600,
        16172922978634559625u,
        8476171486693032832,
        10595114339597558777u,
        2904607092377533576,
    };
    pli_prng prng = {{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i += 1) {
        assert_true(pli_prng_next_u64(&prng) == expected[i]);
    }
}

static void
splitmix_matches_its_reference_output(void **state) {
    (void)state;
    static const uint64_t from_zero[] = {0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4,
                                         0x06c45d188009454f};
    static const uint64_t from_1234567[] = {
        6457827717110365317, 3203168211198807973,   9817491932198370423u,
        4593380528125082431, 16408922859458223821u,
    };
    uint64_t seed = 0;
    for (size_t i = 0; i < 3; i += 1) {
        assert_true(pli_splitmix64_next(&seed) == from_zero[i]);
    }
    seed = 1234567;
    for (size_t i = 0; i < 5; i += 1) {
        assert_true(pli_splitmix64_next(&seed) == from_1234567[i]);
    }
    assert_true(pli_prng_init(0).state[2] == from_zero[2]);
}

static void
below_reaches_every_value_about_equally(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(5);
    unsigned seen[7] = {0};
    for (unsigned i = 0; i < 70000; i += 1) {
        uint64_t value = pli_prng_below(&prng, 7);
        assert_true(value < 7);
        seen[value] += 1;
    }
    for (unsigned i = 0; i < 7; i += 1) {
        assert_in_range(seen[i], 9600, 10400); // 10,000 +- 4.3 standard deviations
    }
    assert_true(pli_prng_below(&prng, 1) == 0);
    for (unsigned i = 0; i < 1000; i += 1) {
        assert_true(pli_prng_below(&prng, UINT64_C(3) << 62) < UINT64_C(3) << 62);
    }
}

static void
ranges_include_both_ends(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(6);
    unsigned seen[5] = {0};
    for (unsigned i = 0; i < 1000; i += 1) {
        int64_t value = pli_prng_range_i64(&prng, -2, 2);
        assert_true(value >= -2 && value <= 2);
        seen[value + 2] += 1;
    }
    for (unsigned i = 0; i < 5; i += 1) {
        assert_true(seen[i] > 0);
    }
    assert_true(pli_prng_range_i64(&prng, INT64_MIN, INT64_MIN) == INT64_MIN);
    unsigned negative_count = 0;
    for (unsigned i = 0; i < 1000; i += 1) {
        negative_count += pli_prng_range_i64(&prng, INT64_MIN, INT64_MAX) < 0 ? 1 : 0;
    }
    assert_in_range(negative_count, 420, 580);
}

static void
units_lie_in_zero_to_one(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(7);
    double sum = 0.0;
    for (unsigned i = 0; i < 10000; i += 1) {
        double value = pli_prng_unit(&prng);
        assert_true(value >= 0.0 && value < 1.0);
        sum += value;
    }
    assert_true(sum > 4850.0 && sum < 5150.0);
}

static void
edge_draws_find_the_edges_and_stay_inside(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(8);
    unsigned low_count = 0;
    unsigned high_count = 0;
    unsigned zero_count = 0;
    for (unsigned i = 0; i < 10000; i += 1) {
        int64_t value = pli_prng_edge_i64(&prng, INT64_MIN, INT64_MAX);
        low_count += value == INT64_MIN ? 1 : 0;
        high_count += value == INT64_MAX ? 1 : 0;
        zero_count += value == 0 ? 1 : 0;
        int64_t narrow = pli_prng_edge_i64(&prng, 10, 12);
        assert_true(narrow >= 10 && narrow <= 12);
    }
    assert_true(low_count > 50 && high_count > 50 && zero_count > 50);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xoshiro_matches_its_reference_output),
        cmocka_unit_test(splitmix_matches_its_reference_output),
        cmocka_unit_test(below_reaches_every_value_about_equally),
        cmocka_unit_test(ranges_include_both_ends),
        cmocka_unit_test(units_lie_in_zero_to_one),
        cmocka_unit_test(edge_draws_find_the_edges_and_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
