/* test_levels.c: bars against marks and a line, and nothing cut in silence.              SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/levels.h"
#include "support/captured.h"

static captured seen;

static void
draw(const pli_level *levels, uint32_t count, const char *line_title) {
    const pli_levels chart = {.title = "Requirements",
                              .unit = "USD",
                              .scale = 6,
                              .bar_titles = {"initial", "maintenance"},
                              .mark_title = "equity",
                              .line_title = line_title,
                              .line = 50000000,
                              .count = count,
                              .levels = levels};
    pli_sink sink = captured_sink(&seen);
    pli_chart_levels(&sink, &chart, true);
}

static const pli_level even[2] = {
    {"one", {100000000, 80000000}, {120000000, 130000000}},
    {"a & b", {150000001, 90000000}, {-20000000, 0}},
};

static void
every_amount_stands_beside_its_bar_rounded_up(void **state) {
    (void)state;
    draw(even, 2, "risk");
    assert_int_equal(captured_count(&seen, ">100.00<"), 1);
    assert_int_equal(captured_count(&seen, ">80.00<"), 1);
    assert_int_equal(captured_count(&seen, ">150.01<"), 1);
    assert_int_equal(captured_count(&seen, ">risk 50.00<"), 1);
    assert_int_equal(captured_count(&seen, "a &amp; b"), 1);
    assert_int_equal(captured_count(&seen, "<svg"), 1);
    assert_int_equal(captured_count(&seen, "</svg>"), 1);
}

static void
a_mark_below_the_axis_is_an_arrow_and_said(void **state) {
    (void)state;
    draw(even, 2, "risk");
    assert_int_equal(captured_count(&seen, "goes on beyond the edge"), 1);
    draw(even, 1, "risk");
    assert_int_equal(captured_count(&seen, "goes on beyond the edge"), 0);
}

static void
a_bar_beyond_three_medians_is_cut_and_said(void **state) {
    (void)state;
    const pli_level uneven[3] = {
        {"one", {100000000, 80000000}, {10000000, 10000000}},
        {"two", {120000000, 80000000}, {10000000, 10000000}},
        {"far", {INT64_MAX, 80000000}, {10000000, 10000000}},
    };
    draw(uneven, 3, NULL);
    assert_int_equal(captured_count(&seen, "goes on beyond the edge"), 1);
    assert_int_equal(captured_count(&seen, "risk"), 0);
    assert_int_equal(captured_count(&seen, ">9,223,372,036,854.78<"), 1);
    draw(uneven, 2, NULL);
    assert_int_equal(captured_count(&seen, "goes on beyond the edge"), 0);
}

static void
all_zero_is_a_picture_too(void **state) {
    (void)state;
    const pli_level zero = {"none", {0, 0}, {0, 0}};
    draw(&zero, 1, NULL);
    assert_int_equal(captured_count(&seen, "</svg>"), 1);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_amount_stands_beside_its_bar_rounded_up),
        cmocka_unit_test(a_mark_below_the_axis_is_an_arrow_and_said),
        cmocka_unit_test(a_bar_beyond_three_medians_is_cut_and_said),
        cmocka_unit_test(all_zero_is_a_picture_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
