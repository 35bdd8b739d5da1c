/* test_json_writer.c: what is written is JSON, exact, in one or in many lines.        SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/json.h"
#include "io/json_writer.h"

static void
write_sample(pli_json_writer *w) {
    static const uint8_t hash[] = {0x00, 0xab, 0xff};
    pli_json_begin_object(w, NULL);
    pli_json_text(w, "text", "a\"b\\c\n\x7f\xc3\xa9");
    pli_json_integer(w, "integer", INT64_MIN);
    pli_json_decimal(w, "decimal", -1234500000, 8);
    pli_json_double(w, "double", 0.1);
    pli_json_begin_array(w, "list");
    pli_json_bool(w, NULL, true);
    pli_json_null(w, NULL);
    pli_json_begin_object_inline(w, NULL);
    pli_json_bool(w, "no", false);
    pli_json_begin_array(w, "pair");
    pli_json_integer(w, NULL, 1);
    pli_json_integer(w, NULL, 2);
    pli_json_end(w);
    pli_json_end(w);
    pli_json_end(w);
    pli_json_begin_array(w, "empty");
    pli_json_end(w);
    pli_json_hex(w, "hex", hash, sizeof hash);
    pli_json_time(w, "time", INT64_C(1772366400500000000));
    pli_json_end(w);
}

static void
the_same_values_stand_on_one_line_or_on_many(void **state) {
    (void)state;
    pli_json_writer compact = {0};
    write_sample(&compact);
    assert_string_equal(
        compact.data,
        "{\"text\":\"a\\\"b\\\\c\\u000a\\u007f\xc3\xa9\",\"integer\":-9223372036854775808,"
        "\"decimal\":\"-12.345\",\"double\":0.1,\"list\":[true,null,{\"no\":false,\"pair\":[1,2]}],"
        "\"empty\":[],\"hex\":\"00abff\",\"time\":\"2026-03-01T12:00:00.5Z\"}\n");
    pli_json_writer pretty = {.indent = 2};
    write_sample(&pretty);
    assert_string_equal(pretty.data, "{\n"
                                     "  \"text\": \"a\\\"b\\\\c\\u000a\\u007f\xc3\xa9\",\n"
                                     "  \"integer\": -9223372036854775808,\n"
                                     "  \"decimal\": \"-12.345\",\n"
                                     "  \"double\": 0.1,\n"
                                     "  \"list\": [\n"
                                     "    true,\n"
                                     "    null,\n"
                                     "    {\"no\": false, \"pair\": [1, 2]}\n"
                                     "  ],\n"
                                     "  \"empty\": [],\n"
                                     "  \"hex\": \"00abff\",\n"
                                     "  \"time\": \"2026-03-01T12:00:00.5Z\"\n"
                                     "}\n");
    assert_int_equal(pretty.size, strlen(pretty.data));
    pli_json_writer_finish(&compact);
    pli_json_writer_finish(&pretty);
}

static void
what_is_written_decodes_to_the_same_text(void **state) {
    (void)state;
    pli_json_writer writer = {.indent = 4};
    write_sample(&writer);
    pli_document document;
    pli_bytes bytes = {.data = (uint8_t *)writer.data, .size = writer.size};
    assert_int_equal(pli_json_parse("w", bytes, &document, NULL), PLM_OK);
    assert_string_equal(pli_node_find(document.root, "text")->text, "a\"b\\c\n\x7f\xc3\xa9");
    assert_string_equal(pli_node_find(document.root, "integer")->text, "-9223372036854775808");
    pli_document_finish(&document);
    pli_json_writer_finish(&writer);
}

static void
a_failure_is_kept_until_the_end(void **state) {
    (void)state;
    pli_json_writer writer = {0};
    pli_json_begin_array(&writer, NULL);
    pli_json_double(&writer, NULL, DBL_MAX);
    assert_int_equal(writer.status, PLM_OK);
    pli_json_double(&writer, NULL, (double)NAN);
    pli_json_integer(&writer, NULL, 1);
    pli_json_end(&writer);
    assert_int_equal(writer.status, PLM_NOT_FINITE);
    plm_fault fault;
    assert_int_equal(pli_json_writer_save(&writer, "no/file", &fault), PLM_NOT_FINITE);
    pli_json_writer_finish(&writer);
    pli_json_begin_array(&writer, NULL);
    pli_json_end(&writer);
    assert_string_equal(writer.data, "[]\n");
    assert_int_equal(pli_json_writer_save(&writer, "no/such/folder", &fault), PLM_IO_OPEN);
    pli_json_writer_finish(&writer);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_values_stand_on_one_line_or_on_many),
        cmocka_unit_test(what_is_written_decodes_to_the_same_text),
        cmocka_unit_test(a_failure_is_kept_until_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
