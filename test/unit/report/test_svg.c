/* test_svg.c: values land on the right pixel and every picture is well formed.         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plimsoll/quantity.h"
#include "report/chart.h"
#include "report/html.h"
#include "report/load_line.h"
#include "report/svg.h"
#include "support/captured.h"

static captured seen;

/* Every element that opens also closes, and no raw text breaks out. */
static void
assert_is_well_formed(void) {
    size_t depth = 0;
    for (const char *at = strchr(seen.data, '<'); at != NULL; at = strchr(at + 1, '<')) {
        const char *end = strchr(at, '>');
        assert_non_null(end);
        if (at[1] == '/') {
            assert_true(depth > 0);
            depth -= 1;
        } else if (end[-1] != '/' && at[1] != '!' && strncmp(at, "<meta", 5) != 0) {
            depth += 1;
        }
    }
    assert_int_equal(depth, 0);
}

static void
an_axis_maps_its_ends_and_its_middle(void **state) {
    (void)state;
    const pli_axis axis = {.low = -100, .high = 100, .from = 0, .to = 1000};
    assert_int_equal(pli_axis_map(&axis, -100), 0);
    assert_int_equal(pli_axis_map(&axis, 0), 500);
    assert_int_equal(pli_axis_map(&axis, 1), 505);
    assert_int_equal(pli_axis_map(&axis, 1000), 1000);
    assert_int_equal(pli_axis_map(&axis, INT64_MIN), 0);
    const pli_axis upwards = {.low = INT64_MIN, .high = INT64_MAX, .from = 1000, .to = 0};
    assert_int_equal(pli_axis_map(&upwards, 0), 500);
    assert_int_equal(pli_axis_map(&upwards, INT64_MAX), 0);
}

static void
steps_are_one_two_or_five_times_a_power_of_ten(void **state) {
    (void)state;
    assert_int_equal(pli_axis_step(&(pli_axis){0, 100, 0, 1}, 10), 10);
    assert_int_equal(pli_axis_step(&(pli_axis){0, 101, 0, 1}, 10), 20);
    assert_int_equal(pli_axis_step(&(pli_axis){0, 7, 0, 1}, 2), 5);
    assert_int_equal(pli_axis_step(&(pli_axis){0, 1, 0, 1}, 10), 1);
    assert_true(pli_axis_step(&(pli_axis){INT64_MIN, INT64_MAX, 0, 1}, 1) > 0);
}

static void
compact_numbers_keep_three_digits(void **state) {
    (void)state;
    static const struct {
        int64_t value;
        unsigned scale;
        const char *text;
    } cases[] = {
        {0, 6, "0.00"},          {950000, 6, "0.95"},
        {9994999, 6, "9.99"},    {9995000, 6, "10.0"},
        {123456789, 6, "123"},   {999499999, 6, "999"},
        {999500000, 6, "1.00k"}, {-1234567000000, 6, "-1.23M"},
        {INT64_MAX, 6, "9.22T"}, {INT64_MIN, 0, "-9,223,372T"},
        {42, 0, "42.0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i += 1) {
        char data[64];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append_compact(&text, cases[i].value, cases[i].scale);
        assert_string_equal(data, cases[i].text);
    }
}

static void
bars_and_waterfalls_show_every_amount_exactly(void **state) {
    (void)state;
    static const pli_bar rows[] = {{"core", 1000000000, true},
                                   {"<fee> & \"more\"", 23450000, false},
                                   {"offset", -3450000, false},
                                   {"maintenance", 1020000000, true}};
    const pli_bars bars = {"Waterfall", "USD", 6, 4, rows};
    for (int standalone = 0; standalone < 2; standalone += 1) {
        pli_sink sink = captured_sink(&seen);
        pli_chart_waterfall(&sink, &bars, standalone == 1);
        assert_is_well_formed();
        assert_true(captured_has(&seen, ">1,020.00<"));
        assert_true(captured_has(&seen, ">-3.45<"));
        assert_true(captured_has(&seen, "&lt;fee&gt; &amp; &quot;more&quot;"));
        assert_int_equal(captured_has(&seen, "xmlns="), standalone);
        sink = captured_sink(&seen);
        pli_chart_bars(&sink, &bars, standalone == 1);
        assert_is_well_formed();
        assert_int_equal(captured_count(&seen, "<rect"), 4 + (size_t)standalone);
    }
    const pli_bars none = {"Nothing", "USD", 6, 0, rows};
    pli_sink sink = captured_sink(&seen);
    pli_chart_bars(&sink, &none, true);
    assert_is_well_formed();
}

static void
a_heat_map_frames_the_binding_cell_and_leaves_gaps_blank(void **state) {
    (void)state;
    static const char *const rows[] = {"up", "down"};
    static const char *const columns[] = {"-10%", "0%", "+10%"};
    static const int64_t values[] = {-4000000, 0, 1000000, -100, INT64_MIN, 3000000};
    static const bool present[] = {true, true, true, true, false, true};
    const pli_heat heat = {.title = "Heat",
                           .row_title = "volatility",
                           .column_title = "price",
                           .scale = 6,
                           .row_count = 2,
                           .column_count = 3,
                           .row_labels = rows,
                           .column_labels = columns,
                           .values = values,
                           .is_present = present,
                           .outlined_index = 0};
    pli_sink sink = captured_sink(&seen);
    pli_chart_heat(&sink, &heat, false);
    assert_is_well_formed();
    assert_int_equal(captured_count(&seen, "class=\"p-outline\""), 1);
    assert_int_equal(captured_count(&seen, "<rect"), 6);
    assert_int_equal(captured_count(&seen, "class=\"p-l4\""), 1);
    assert_int_equal(captured_count(&seen, "class=\"p-l1\""), 1);
    assert_int_equal(captured_count(&seen, "class=\"p-g3\""), 1);
    assert_int_equal(captured_count(&seen, "class=\"p-z\""), 1);
}

static void
curves_longer_than_one_run_stay_connected(void **state) {
    (void)state;
    static int64_t x[600];
    static int64_t y[600];
    for (int64_t i = 0; i < 600; i += 1) {
        x[i] = i;
        y[i] = -i * i;
    }
    const int64_t low[2] = {-50, -60};
    const int64_t high[2] = {50, 60};
    const pli_series series[2] = {{"curve", true, 600, x, y, NULL, NULL},
                                  {"quotes", false, 2, x, y, low, high}};
    const pli_lines lines = {"Smile", "strike", "volatility %", 0, 2, 2, series};
    pli_sink sink = captured_sink(&seen);
    pli_chart_lines(&sink, &lines, true);
    assert_is_well_formed();
    assert_int_equal(captured_count(&seen, "<polyline"), 3);
    assert_int_equal(captured_count(&seen, "<circle"), 2);
    const pli_lines none = {"Smile", "strike", "volatility", 0, 0, 0, series};
    sink = captured_sink(&seen);
    pli_chart_lines(&sink, &none, true);
    assert_is_well_formed();
    assert_true(captured_has(&seen, "nothing to show"));
}

static void
a_page_is_one_escaped_file_that_fetches_nothing(void **state) {
    (void)state;
    static const pli_column columns[] = {
        {"name", "na<me", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_CEIL},
        {"value", "value", "USD", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_CEIL}};
    const pli_cell cells[] = {pli_cell_text("<b>"), pli_cell_number(1234567891, 6),
                              pli_cell_toned(pli_cell_text("x"), PLI_TONE_BAD), pli_cell_none()};
    pli_table table = {"t", "T", "note & more", false, 2, 2, columns, cells};
    pli_sink sink = captured_sink(&seen);
    pli_html_begin(&sink, "A & B", "sub");
    pli_html_verdict(&sink, "healthy", PLI_TONE_GOOD);
    pli_html_section(&sink, "Heading", "why");
    pli_html_paragraph(&sink, "1 < 2");
    pli_html_table(&sink, &table);
    table.is_record = true;
    table.row_count = 1;
    pli_html_table(&sink, &table);
    pli_html_end(&sink, "foot");
    assert_is_well_formed();
    assert_true(captured_has(&seen, "<td class=\"r \">1,234.57</td>"));
    assert_true(captured_has(&seen, "&lt;b&gt;"));
    assert_true(captured_has(&seen, "prefers-color-scheme:dark"));
    assert_false(captured_has(&seen, "http"));
    assert_false(captured_has(&seen, "<script"));
}

static const pli_load_line afloat = {.maintenance_micros = 50000000,
                                     .call_micros = 52500000,
                                     .initial_micros = 60000000,
                                     .equity_initial_micros = 90000000,
                                     .equity_maintenance_micros = 95238095,
                                     .unit = "USD",
                                     .verdict = "healthy",
                                     .tone = PLI_TONE_GOOD};

static void
the_load_line_shows_how_deep_and_how_deep_it_may(void **state) {
    (void)state;
    pli_sink sink = captured_sink(&seen);
    pli_load_line_write(&sink, &afloat, 20, (pli_table_style){false, false});
    assert_string_equal(seen.data, "##################+.\n"
                                   "         MCI\n"
                                   "equity 95.23  M maintenance 50.00  C call 52.50  "
                                   "I initial 60.00 USD: healthy\n");
}

static void
the_load_line_survives_debt_and_emptiness(void **state) {
    (void)state;
    pli_load_line line = afloat;
    line.equity_initial_micros = -40000000;
    line.equity_maintenance_micros = -40000000;
    pli_sink sink = captured_sink(&seen);
    pli_load_line_write(&sink, &line, 20, (pli_table_style){false, false});
    assert_int_equal(captured_count(&seen, "."), 20 + 4);
    sink = captured_sink(&seen);
    pli_load_line_draw(&sink, &line, true);
    assert_is_well_formed();
    const pli_load_line empty = {.unit = "USD", .verdict = "healthy", .tone = PLI_TONE_GOOD};
    sink = captured_sink(&seen);
    pli_load_line_write(&sink, &empty, 20, (pli_table_style){true, true});
    assert_true(captured_has(&seen, "\u2591"));
    sink = captured_sink(&seen);
    pli_load_line_draw(&sink, &empty, false);
    assert_is_well_formed();
    line.initial_micros = INT64_MAX;
    sink = captured_sink(&seen);
    pli_load_line_draw(&sink, &line, false);
    assert_is_well_formed();
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_axis_maps_its_ends_and_its_middle),
        cmocka_unit_test(steps_are_one_two_or_five_times_a_power_of_ten),
        cmocka_unit_test(compact_numbers_keep_three_digits),
        cmocka_unit_test(bars_and_waterfalls_show_every_amount_exactly),
        cmocka_unit_test(a_heat_map_frames_the_binding_cell_and_leaves_gaps_blank),
        cmocka_unit_test(curves_longer_than_one_run_stay_connected),
        cmocka_unit_test(a_page_is_one_escaped_file_that_fetches_nothing),
        cmocka_unit_test(the_load_line_shows_how_deep_and_how_deep_it_may),
        cmocka_unit_test(the_load_line_survives_debt_and_emptiness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
