/* test_table.c: one description of rows reads the same in every format. Layouts here are self-made goldens.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/table.h"
#include "support/captured.h"

static captured seen;

static const pli_column columns[] = {
    {"name", "name", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
    {"amount", "amount", "USD", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_CEIL},
    {"open", "open", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
};

static pli_cell cells[6];

static pli_table
small_table(void) {
    cells[0] = pli_cell_text("BTC, \"big\"");
    cells[1] = pli_cell_number(-1234567890123, 6);
    cells[2] = pli_cell_flag(true);
    cells[3] = pli_cell_text("\xC3\xA9");
    cells[4] = pli_cell_number(1, 6);
    cells[5] = pli_cell_none();
    return (pli_table){.key = "rows",
                       .title = "Rows",
                       .note = "",
                       .column_count = 3,
                       .row_count = 2,
                       .columns = columns,
                       .cells = cells};
}

static void
decimals_line_up_on_the_right(void **state) {
    (void)state;
    const pli_table table = small_table();
    pli_sink sink = captured_sink(&seen);
    pli_table_write(&sink, &table, (pli_table_style){false, false});
    assert_string_equal(seen.data, "Rows\n"
                                   "name               amount  open\n"
                                   "                      USD  \n"
                                   "----------  -------------  ----\n"
                                   "BTC, \"big\"  -1,234,567.89  yes\n"
                                   "\xC3\xA9                    0.01  \n");
}

static void
colour_appears_only_when_asked_for(void **state) {
    (void)state;
    pli_table table = small_table();
    cells[1] = pli_cell_toned(cells[1], PLI_TONE_BAD);
    pli_sink sink = captured_sink(&seen);
    pli_table_write(&sink, &table, (pli_table_style){true, true});
    assert_true(captured_has(&seen, "\033[31m-1,234,567.89\033[0m"));
    assert_true(captured_has(&seen, "\u2500\u2500"));
    sink = captured_sink(&seen);
    pli_table_write(&sink, &table, (pli_table_style){true, false});
    assert_false(captured_has(&seen, "\033"));
}

static void
a_record_reads_downwards(void **state) {
    (void)state;
    pli_table table = small_table();
    table.is_record = true;
    table.row_count = 1;
    pli_sink sink = captured_sink(&seen);
    pli_table_write(&sink, &table, (pli_table_style){false, false});
    assert_string_equal(seen.data, "Rows\n"
                                   "name    BTC, \"big\"\n"
                                   "amount  -1,234,567.89 USD\n"
                                   "open    yes\n");
}

static void
programs_get_every_digit(void **state) {
    (void)state;
    pli_table tables[2] = {small_table(), small_table()};
    tables[1].key = "one";
    tables[1].is_record = true;
    tables[1].row_count = 1;
    const pli_tables document = {.schema = "test-1", .table_count = 2, .tables = tables};
    pli_sink sink = captured_sink(&seen);
    pli_tables_write_json(&sink, &document);
    assert_string_equal(
        seen.data,
        "{\"schema\":\"test-1\",\n"
        " \"rows\":[\n"
        "  {\"name\":\"BTC, \\\"big\\\"\",\"amount\":\"-1234567.890123\",\"open\":true},\n"
        "  {\"name\":\"\xC3\xA9\",\"amount\":\"0.000001\",\"open\":null}\n ],\n"
        " \"one\":{\"name\":\"BTC, \\\"big\\\"\",\"amount\":\"-1234567.890123\","
        "\"open\":true}}\n");
    sink = captured_sink(&seen);
    pli_tables_write_jsonl(&sink, &document);
    assert_int_equal(captured_count(&seen, "\n"), 3);
    assert_int_equal(captured_count(&seen, "{\"table\":\"rows\",\"name\":"), 2);
    sink = captured_sink(&seen);
    pli_tables_write_csv(&sink, &document);
    assert_string_equal(seen.data, "name,amount,open\n"
                                   "\"BTC, \"\"big\"\"\",-1234567.890123,true\n"
                                   "\xC3\xA9,0.000001,\n");
}

static void
integers_that_a_double_cannot_hold_are_texts_in_json(void **state) {
    (void)state;
    static const pli_column count = {"n", "n", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_EXACT};
    const int64_t edge = INT64_C(1) << 53;
    pli_cell rows[2] = {pli_cell_number(edge, 0), pli_cell_number(edge + 1, 0)};
    const pli_table table = {.key = "t",
                             .title = "",
                             .note = "",
                             .column_count = 1,
                             .row_count = 2,
                             .columns = &count,
                             .cells = rows};
    const pli_tables document = {.schema = "s", .table_count = 1, .tables = &table};
    pli_sink sink = captured_sink(&seen);
    pli_tables_write_json(&sink, &document);
    assert_true(captured_has(&seen, "{\"n\":9007199254740992}"));
    assert_true(captured_has(&seen, "{\"n\":\"9007199254740993\"}"));
}

static void
a_table_without_rows_is_an_empty_list(void **state) {
    (void)state;
    pli_table table = small_table();
    table.row_count = 0;
    const pli_tables document = {.schema = "s", .table_count = 1, .tables = &table};
    pli_sink sink = captured_sink(&seen);
    pli_tables_write_json(&sink, &document);
    assert_string_equal(seen.data, "{\"schema\":\"s\",\n \"rows\":[]}\n");
    sink = captured_sink(&seen);
    pli_tables_write_csv(&sink, &document);
    assert_string_equal(seen.data, "name,amount,open\n");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_line_up_on_the_right),
        cmocka_unit_test(colour_appears_only_when_asked_for),
        cmocka_unit_test(a_record_reads_downwards),
        cmocka_unit_test(programs_get_every_digit),
        cmocka_unit_test(integers_that_a_double_cannot_hold_are_texts_in_json),
        cmocka_unit_test(a_table_without_rows_is_an_empty_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
