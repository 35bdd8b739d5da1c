/* test_sink.c: text is escaped for where it goes, and no byte sequence can break out.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/sink.h"
#include "support/captured.h"

static captured seen;

static void
json_texts_are_escaped_as_rfc_8259_says(void **state) {
    (void)state;
    pli_sink sink = captured_sink(&seen);
    pli_sink_json(&sink, "a\"b\\c\n\t\x01/\xC3\xA9");
    assert_string_equal(seen.data, "\"a\\\"b\\\\c\\n\\t\\u0001/\xC3\xA9\"");
}

static void
a_byte_that_is_no_utf8_becomes_the_replacement_character(void **state) {
    (void)state;
    static const char *const broken[] = {"\xFF", "\xC0", "\xED\xA0", "\xE2\x82", "\xF4\x90"};
    static const size_t replaced[] = {1, 1, 2, 2, 2};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i += 1) {
        pli_sink sink = captured_sink(&seen);
        pli_sink_json(&sink, broken[i]);
        assert_int_equal(captured_count(&seen, "\xEF\xBF\xBD"), replaced[i]);
        assert_int_equal(seen.size, 2 + 3 * replaced[i]);
        assert_int_equal(pli_text_width(broken[i]), replaced[i]);
    }
    assert_int_equal(pli_text_width("\xE2\x82\xAC\xF0\x9F\x9A\xA2x"), 3);
}

static void
markup_cannot_be_smuggled_into_a_page(void **state) {
    (void)state;
    pli_sink sink = captured_sink(&seen);
    pli_sink_xml(&sink, "<script>\"&'\x1b\x7f");
    assert_string_equal(seen.data, "&lt;script&gt;&quot;&amp;&#39;\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void
csv_is_quoted_only_where_it_must_be(void **state) {
    (void)state;
    pli_sink sink = captured_sink(&seen);
    pli_sink_csv(&sink, "BTC-PERP");
    pli_sink_string(&sink, "|");
    pli_sink_csv(&sink, "a,b");
    pli_sink_string(&sink, "|");
    pli_sink_csv(&sink, "say \"x\"\n");
    assert_string_equal(seen.data, "BTC-PERP|\"a,b\"|\"say \"\"x\"\"\n\"");
}

static void
a_name_cannot_steer_the_terminal(void **state) {
    (void)state;
    pli_sink sink = captured_sink(&seen);
    pli_sink_plain(&sink, "A\033[2J\nB\x7f");
    assert_string_equal(seen.data, "A?[2J?B?");
}

static void
pieces_come_out_in_order(void **state) {
    (void)state;
    pli_sink sink = captured_sink(&seen);
    PLI_SINK(&sink, "a", "b");
    pli_sink_repeat(&sink, "-", 3);
    pli_sink_i64(&sink, INT64_MIN);
    pli_sink_bytes(&sink, "", 0);
    assert_string_equal(seen.data, "ab----9223372036854775808");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_texts_are_escaped_as_rfc_8259_says),
        cmocka_unit_test(a_byte_that_is_no_utf8_becomes_the_replacement_character),
        cmocka_unit_test(markup_cannot_be_smuggled_into_a_page),
        cmocka_unit_test(csv_is_quoted_only_where_it_must_be),
        cmocka_unit_test(a_name_cannot_steer_the_terminal),
        cmocka_unit_test(pieces_come_out_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
