/* test_event_json.c: events as lines of JSON: written by hand, at random, and malformed. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "io/event_json.h"
#include "plimsoll/instrument.h"
#include "plimsoll/portfolio.h"
#include "plimsoll/surface.h"
#include "support/wild_event.h"

static plm_status
decode(const char *line, plm_event *event, plm_fault *fault) {
    char copy[PLI_EVENT_LINE_MAX + 16];
    size_t size = strlen(line);
    assert_true(size < sizeof copy);
    memcpy(copy, line, size);
    return pli_event_json_decode("f", 7, (pli_bytes){(uint8_t *)copy, size}, event, fault);
}

static void
must_decode(const char *line, plm_event *event) {
    plm_fault fault = {0};
    if (decode(line, event, &fault) != PLM_OK) {
        fail_msg("%s\n%s", line, fault.text);
    }
}

/* ---- Written by hand from docs/events.md ---- */

static const char deposit_line[] =
    "{\"type\":\"deposit\",\"account\":3,\"signer\":1,\"time_ns\":\"1772366400000000000\","
    "\"client_id\":\"000102030405060708090a0b0c0d0e0f\",\"deadline_ns\":\"1772366460000000000\","
    "\"asset_index\":0,\"atoms\":\"-170141183460469231731687303715884105728\"}";

static const char slice_line[] =
    "{\"type\":\"surface_slice\",\"time_ns\":\"0\",\"underlying_index\":1,\"kind\":\"grid\","
    "\"expiry_ns\":\"-1\",\"forward_e8\":\"9223372036854775807\",\"svi\":[0,-0,0.1,1e-7,5e-324],"
    "\"node_count\":2,\"strikes\":[50000,65000.5],\"volatilities\":[0.61,0.57]}";

static const char account_line[] =
    "{\"type\":\"account\",\"account\":4294967294,\"time_ns\":\"1\",\"account_index\":0,"
    "\"kind\":\"isolated\",\"parent_index\":4,\"instrument_index\":null,\"owner\":4294967295}";

static const char signer_line[] =
    "{\"type\":\"signer\",\"time_ns\":\"1\",\"signer_index\":1,\"scopes\":[\"trade\",\"admin\"],"
    "\"public_key\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}";

static const char reserve_line[] =
    "{\"type\":\"reserve\",\"account\":1,\"time_ns\":\"1\",\"instrument_index\":2,"
    "\"side\":\"sell\",\"lots\":\"5\",\"limit_e8\":\"100\","
    "\"order_id\":\"9223372036854775808\",\"is_reduce_only\":true}";

static const char asset_line[] =
    "{\"type\":\"asset\",\"time_ns\":\"1\",\"name\":\"U \\\"S\\\\D\",\"asset_index\":0,"
    "\"underlying_index\":null,\"custody_domain\":0,\"decimals\":6,\"treatment\":\"haircut\","
    "\"tier_count\":1,\"liability_haircut_ppm\":\"0\",\"tier_upto_micros\":"
    "[\"9223372036854775807\"],\"tier_haircut_ppm\":[\"0\"],\"borrow_cap_atoms\":\"0\","
    "\"kink_ppm\":\"800000\",\"rate_zero_ppm\":\"0\",\"rate_kink_ppm\":\"40000\","
    "\"rate_full_ppm\":\"1000000\",\"reserve_ppm\":\"100000\"}";

static const char parameters_line[] =
    "{\"type\":\"parameters\",\"time_ns\":\"1\",\"record\":\"tiered\",\"record_index\":0,"
    "\"record_version\":2,\"layout_version\":1,\"field_count\":0,\"earliest_sequence\":\"0\","
    "\"expires_ns\":\"0\",\"values\":[]}";

static const char *const lines_by_hand[] = {
    deposit_line,
    slice_line,
    "{\"type\":\"time\",\"sequence\":\"18446744073709551615\",\"time_ns\":\"1\"}",
    account_line,
    signer_line,
    "{\"type\":\"signer\",\"time_ns\":\"1\",\"signer_index\":1,\"scopes\":[],"
    "\"public_key\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}",
    reserve_line,
    asset_line,
    parameters_line,
};

static void
lines_written_by_hand_come_back_as_they_were(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof lines_by_hand / sizeof lines_by_hand[0]; i += 1) {
        plm_event event;
        pli_json_writer writer = {0};
        must_decode(lines_by_hand[i], &event);
        assert_int_equal(pli_event_json_write(&writer, &event, NULL), PLM_OK);
        assert_int_equal(writer.status, PLM_OK);
        assert_int_equal(writer.data[writer.size - 1], '\n');
        writer.data[writer.size - 1] = '\0';
        assert_string_equal(writer.data, lines_by_hand[i]);
        pli_json_writer_finish(&writer);
    }
}

static void
every_field_of_a_line_lands_in_its_place(void **state) {
    (void)state;
    plm_event event;
    must_decode(deposit_line, &event);
    assert_int_equal(event.header.size, 88);
    assert_int_equal(event.header.type, PLM_EVENT_TYPE_DEPOSIT);
    assert_int_equal(event.header.version, 1);
    assert_true(event.header.sequence == 0);
    assert_int_equal(event.header.account, 3);
    assert_int_equal(event.header.signer, 1);
    assert_true(event.header.time_ns == INT64_C(1772366400000000000));
    assert_true(event.header.deadline_ns == INT64_C(1772366460000000000));
    assert_int_equal(event.header.client_id[15], 15);
    assert_true(event.deposit_body.atoms.low == 0);
    assert_true(event.deposit_body.atoms.high == INT64_MIN);
    must_decode(slice_line, &event);
    assert_int_equal(event.header.account, PLM_NONE);
    assert_int_equal(event.surface_slice_body.kind, PLM_SLICE_GRID);
    assert_true(event.surface_slice_body.svi[1] == 0 && 1 / event.surface_slice_body.svi[1] < 0);
    assert_true(event.surface_slice_body.svi[4] == 5e-324);
    assert_true(event.surface_slice_body.strikes[1] == 65000.5);
    assert_true(event.surface_slice_body.volatilities[1] == 0.57);
    assert_true(event.surface_slice_body.volatilities[2] == 0);
    must_decode(account_line, &event);
    assert_int_equal(event.account_body.kind, PLM_ACCOUNT_ISOLATED);
    assert_int_equal(event.account_body.instrument_index, PLM_NONE);
    must_decode(signer_line, &event);
    assert_int_equal(event.signer_body.scopes, PLM_SCOPE_TRADE | PLM_SCOPE_ADMIN);
    assert_int_equal(event.signer_body.public_key[31], 0xff);
    must_decode(reserve_line, &event);
    assert_int_equal(event.reserve_body.side, PLM_SIDE_SELL);
    assert_int_equal(event.reserve_body.is_reduce_only, 1);
    must_decode(asset_line, &event);
    assert_string_equal(event.asset_body.name, "U \"S\\D");
    assert_int_equal(event.asset_body.treatment, PLM_TREATMENT_HAIRCUT);
    assert_true(event.asset_body.tier_upto_micros[0] == INT64_MAX);
}

static void
integers_are_read_with_and_without_quotes(void **state) {
    (void)state;
    plm_event event;
    must_decode(" {\"time_ns\": 5, \"atoms\": 1000, \"asset_index\": \"2\",\t\"signer\": \"0\", "
                "\"sequence\": 9, \"account\": \"8\", \"deadline_ns\": -0, \"type\": "
                "\"deposit\"} \r",
                &event);
    assert_true(event.header.time_ns == 5 && event.header.sequence == 9);
    assert_true(event.header.account == 8 && event.deposit_body.asset_index == 2);
    assert_true(event.deposit_body.atoms.low == 1000 && event.deposit_body.atoms.high == 0);
}

static void
the_lines_of_the_page_decode_and_are_written_the_same(void **state) {
    (void)state;
    pli_bytes page = {0};
    assert_int_equal(pli_file_read("docs/events.md", PLI_FILE_SIZE_MAX, &page, NULL), PLM_OK);
    uint32_t count = 0;
    char *line = strtok((char *)page.data, "\n");
    for (; line != NULL; line = strtok(NULL, "\n")) {
        if (strncmp(line, "{\"type\":", 8) != 0) {
            continue;
        }
        plm_event event;
        pli_json_writer writer = {0};
        must_decode(line, &event);
        assert_int_equal(pli_event_json_write(&writer, &event, NULL), PLM_OK);
        writer.data[writer.size - 1] = '\0';
        assert_string_equal(writer.data, line);
        pli_json_writer_finish(&writer);
        count += 1;
    }
    assert_int_equal(count, 3);
    pli_bytes_finish(&page);
}

/* ---- At random ---- */

static void
events_survive_their_lines(void **state) {
    (void)state;
    enum { ROUNDS = 5, EACH = 200 };
    static plm_event events[EACH];
    pli_prng prng = pli_prng_init(20261122);
    for (uint32_t round = 0; round < ROUNDS; round += 1) {
        pli_json_writer writer = {0};
        for (uint32_t i = 0; i < EACH; i += 1) {
            size_t start = writer.size;
            ts_wild_event_any(&events[i], &prng);
            assert_int_equal(pli_event_json_write(&writer, &events[i], NULL), PLM_OK);
            assert_true(writer.size - start <= PLI_EVENT_LINE_MAX);
        }
        pli_event_lines lines = {.name = "f", .bytes = {(uint8_t *)writer.data, writer.size}};
        pli_json_writer again = {0};
        bool is_end = false;
        for (uint32_t i = 0; i < EACH; i += 1) {
            plm_event event;
            plm_fault fault = {0};
            if (pli_event_lines_next(&lines, &event, &is_end, &fault) != PLM_OK) {
                fail_msg("%s", fault.text);
            }
            assert_false(is_end);
            assert_int_equal(lines.line, i + 1);
            assert_true(ts_event_is_equal(&event, &events[i]));
            assert_int_equal(pli_event_json_write(&again, &event, NULL), PLM_OK);
        }
        assert_int_equal(pli_event_lines_next(&lines, &events[0], &is_end, NULL), PLM_OK);
        assert_true(is_end);
        assert_string_equal(again.data, writer.data);
        pli_json_writer_finish(&again);
        pli_json_writer_finish(&writer);
    }
}

/* ---- Malformed ---- */

static void
blank_lines_count_and_faults_name_their_line(void **state) {
    (void)state;
    char text[] = "\n  \r\n{\"type\":\"time\",\"time_ns\":1}\r\n\t\n{\"type\":\"time\",\n";
    pli_event_lines lines = {.name = "f", .bytes = {(uint8_t *)text, sizeof text - 1}};
    plm_event event;
    plm_fault fault = {0};
    bool is_end = true;
    assert_int_equal(pli_event_lines_next(&lines, &event, &is_end, &fault), PLM_OK);
    assert_false(is_end);
    assert_int_equal(lines.line, 3);
    assert_int_equal(pli_event_lines_next(&lines, &event, &is_end, &fault), PLM_SYNTAX);
    assert_memory_equal(fault.text, "f:5: ", 5);
    assert_int_equal(pli_event_lines_next(&lines, &event, &is_end, &fault), PLM_OK);
    assert_true(is_end);
}

// A good line with one text replaced by another.
typedef struct malformed {
    const char *line;
    const char *find;
    const char *replace;
    plm_status status;
    const char *says;
} malformed;

static const malformed malformed_lines[] = {
    {deposit_line, "\"deposit\"", "\"deposits\"", PLM_EVENT_UNKNOWN,
     "f:7: type is \"deposits\"; allowed is a kind of docs/events.md"},
    {deposit_line, "\"deposit\"", "20", PLM_EVENT_UNKNOWN, "f:7: type is \"20\""},
    {deposit_line, "\"type\":\"deposit\",", "", PLM_KEY_MISSING, "f:7: has no key \"type\""},
    {deposit_line, "\"time_ns\":\"1772366400000000000\",", "", PLM_KEY_MISSING,
     "f:7: deposit has no key \"time_ns\"; it is required"},
    {deposit_line, "\"asset_index\":0,", "", PLM_KEY_MISSING, "has no key \"asset_index\""},
    {deposit_line, "\"asset_index\":0,", "\"asset_index\":0,\"asset_index\":0,", PLM_KEY_DUPLICATE,
     "f:7: key \"asset_index\" appears"},
    {deposit_line, "\"asset_index\"", "\"asset\"", PLM_KEY_UNKNOWN,
     "f:7: deposit has an unknown key \"asset\"; allowed is type sequence account signer time_ns "
     "client_id deadline_ns asset_index atoms"},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":0,\"reserved\":0", PLM_KEY_UNKNOWN,
     "unknown key \"reserved\""},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":4294967296", PLM_VALUE_INVALID,
     "f:7: deposit asset_index is \"4294967296\"; allowed is an integer from 0 to 4294967295"},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":-1", PLM_VALUE_INVALID, "is \"-1\""},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":0.0", PLM_VALUE_INVALID, "is \"0.0\""},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":1e0", PLM_VALUE_INVALID, "is \"1e0\""},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":\"\"", PLM_VALUE_INVALID, "is \"\""},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":\" 0\"", PLM_VALUE_INVALID, "is \" 0\""},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":null", PLM_VALUE_INVALID, "is null"},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":[0]", PLM_VALUE_INVALID, "is a list"},
    {deposit_line, "\"asset_index\":0", "\"asset_index\":true", PLM_VALUE_INVALID, "is true"},
    {deposit_line, "884105728\"", "884105729\"", PLM_VALUE_INVALID,
     "allowed is an integer from -170141183460469231731687303715884105728 to "
     "170141183460469231731687303715884105727"},
    {deposit_line, "\"-17014", "\"17014", PLM_VALUE_INVALID, "deposit atoms is"},
    {deposit_line, "\"-17014", "\"+17014", PLM_VALUE_INVALID, "deposit atoms is"},
    {deposit_line, "\"account\":3", "\"account\":4294967295", PLM_VALUE_INVALID,
     "deposit account is \"4294967295\"; allowed is an integer from 0 to 4294967294"},
    {deposit_line, "\"account\":3", "\"account\":null", PLM_VALUE_INVALID, "account is null"},
    {deposit_line, "1772366400000000000", "9223372036854775808", PLM_VALUE_INVALID, "time_ns is"},
    {deposit_line, "1772366400000000000", "2026-03-01T12:00:00Z", PLM_VALUE_INVALID, "time_ns is"},
    {deposit_line, "0a0b0c0d0e0f", "0A0b0c0d0e0f", PLM_VALUE_INVALID,
     "allowed is 32 lower-case hexadecimal digits"},
    {deposit_line, "0a0b0c0d0e0f", "0a0b0c0d0e0", PLM_VALUE_INVALID, "deposit client_id is"},
    {deposit_line, "0a0b0c0d0e0f", "0a0b0c0d0e0f00", PLM_VALUE_INVALID, "deposit client_id is"},
    {deposit_line, "0a0b0c0d0e0f", "0a0b0c0d0e0g", PLM_VALUE_INVALID, "deposit client_id is"},
    {deposit_line, "{\"type\"", "[\"type\"", PLM_SYNTAX, "f:7: "},
    {deposit_line, "}", "},", PLM_SYNTAX, "f:7: "},
    {deposit_line, "}", "}{}", PLM_SYNTAX, "f:7: "},
    {deposit_line, "}", "", PLM_SYNTAX, "f:7: "},
    {deposit_line, "\"deposit\"", "\"\xff\"", PLM_SYNTAX, "f:7: a byte that is no UTF-8"},
    {deposit_line, "\"deposit\"", "\"\\ud800\"", PLM_SYNTAX, "f:7: half of a surrogate pair"},
    {account_line, "\"isolated\"", "\"Isolated\"", PLM_VALUE_INVALID,
     "f:7: account kind is \"Isolated\"; allowed is cross|sub|isolated"},
    {account_line, "\"isolated\"", "3", PLM_VALUE_INVALID, "account kind is \"3\""},
    {account_line, "\"isolated\"", "\"cross|sub\"", PLM_VALUE_INVALID, "account kind is"},
    {account_line, "\"isolated\"", "\"\"", PLM_VALUE_INVALID, "account kind is"},
    {account_line, "\"parent_index\":4", "\"parent_index\":4294967295", PLM_VALUE_INVALID,
     "parent_index is \"4294967295\"; allowed is an integer from 0 to 4294967294"},
    {signer_line, "\"admin\"", "\"trade\"", PLM_VALUE_INVALID,
     "f:7: signer scopes is \"trade\"; allowed is once each of trade|withdraw|oracle|admin"},
    {signer_line, "\"admin\"", "\"root\"", PLM_VALUE_INVALID, "signer scopes is \"root\""},
    {signer_line, "\"admin\"", "8", PLM_VALUE_INVALID, "signer scopes is \"8\""},
    {signer_line, "[\"trade\",\"admin\"]", "9", PLM_VALUE_INVALID, "allowed is a list"},
    {reserve_line, "true", "1", PLM_VALUE_INVALID,
     "is_reduce_only is \"1\"; allowed is true or false"},
    {reserve_line, "true", "\"true\"", PLM_VALUE_INVALID, "is_reduce_only is"},
    {reserve_line, "\"9223372036854775808\"", "\"18446744073709551616\"", PLM_VALUE_INVALID,
     "order_id is \"18446744073709551616\""},
    {reserve_line, "\"9223372036854775808\"", "-1", PLM_VALUE_INVALID, "order_id is \"-1\""},
    {reserve_line, "\"lots\":\"5\"", "\"lots\":\"9223372036854775808\"", PLM_VALUE_INVALID,
     "lots is"},
    {asset_line, "\"tier_count\":1", "\"tier_count\":0", PLM_VALUE_INVALID,
     "tier_count is \"0\"; allowed is an integer from 1 to 8"},
    {asset_line, "\"tier_count\":1", "\"tier_count\":9", PLM_VALUE_INVALID, "tier_count is \"9\""},
    {asset_line, "\"tier_count\":1", "\"tier_count\":2", PLM_VALUE_INVALID,
     "f:7: asset tier_upto_micros is a list; allowed is a list of 2"},
    {asset_line, "[\"0\"]", "[\"0\",\"0\"]", PLM_VALUE_INVALID,
     "asset tier_haircut_ppm is a list; allowed is a list of 1"},
    {asset_line, "[\"0\"]", "\"0\"", PLM_VALUE_INVALID, "tier_haircut_ppm is \"0\""},
    {asset_line, "[\"0\"]", "[0.5]", PLM_VALUE_INVALID, "tier_haircut_ppm is \"0.5\""},
    {asset_line, "U ", "U\\u0001", PLM_VALUE_INVALID,
     "f:7: asset name is \"U?\"S\\D\"; allowed is up to 31 printable ASCII characters"},
    {asset_line, "U ", "\\u00dc", PLM_VALUE_INVALID, "asset name is"},
    {asset_line, "U ", "12345678901234567890123456789", PLM_VALUE_INVALID, "asset name is"},
    {asset_line, "\"U \\\"S\\\\D\"", "5", PLM_VALUE_INVALID, "asset name is"},
    {parameters_line, "\"field_count\":0", "\"field_count\":81", PLM_VALUE_INVALID,
     "field_count is"},
    {slice_line, "0.61", "1e400", PLM_NOT_FINITE, "f:7: surface_slice volatilities is \"1e400\""},
    {slice_line, "0.61", "\"NaN\"", PLM_TEXT_MALFORMED, "volatilities is \"NaN\""},
    {slice_line, "0.61", "true", PLM_VALUE_INVALID, "volatilities is true"},
    {slice_line, "[0,-0,0.1,1e-7,5e-324]", "[0,-0,0.1,1e-7]", PLM_VALUE_INVALID,
     "surface_slice svi is a list; allowed is a list of 5"},
};

static void
malformed_lines_are_refused_with_line_key_and_what_is_allowed(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof malformed_lines / sizeof malformed_lines[0]; i += 1) {
        const malformed *one = &malformed_lines[i];
        const char *at = strstr(one->line, one->find);
        assert_non_null(at);
        char line[2048];
        snprintf(line, sizeof line, "%.*s%s%s", (int)(at - one->line), one->line, one->replace,
                 at + strlen(one->find));
        plm_event event;
        plm_event untouched;
        memset(&event, 0x5a, sizeof event);
        memset(&untouched, 0x5a, sizeof untouched);
        plm_fault fault = {0};
        plm_status status = decode(line, &event, &fault);
        if (status != one->status || strstr(fault.text, one->says) == NULL) {
            fail_msg("%s\nexpected %s \"%s\"\ngot %s \"%s\"", line, plm_status_name(one->status),
                     one->says, plm_status_name(status), fault.text);
        }
        assert_memory_equal(fault.text, "f:7: ", 5);
        assert_memory_equal(&event, &untouched, sizeof event);
    }
}

static void
other_documents_and_long_lines_are_refused(void **state) {
    (void)state;
    plm_event event;
    plm_fault fault = {0};
    assert_int_equal(decode("[]", &event, &fault), PLM_VALUE_INVALID);
    assert_string_equal(fault.text, "f:7: an event is a list; allowed is an object");
    assert_int_equal(decode("5", &event, &fault), PLM_VALUE_INVALID);
    assert_int_equal(decode("{}", &event, &fault), PLM_KEY_MISSING);
    assert_int_equal(decode("", &event, &fault), PLM_SYNTAX);
    assert_int_equal(
        decode("{\"type\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]],\"time_ns\":1}", &event, &fault),
        PLM_LIMIT);
    static char line[PLI_EVENT_LINE_MAX + 2];
    memset(line, ' ', sizeof line - 1);
    memcpy(line, "{\"type\":\"time\",\"time_ns\":1}", 27);
    assert_int_equal(decode(line, &event, &fault), PLM_IO_TOO_LARGE);
    line[PLI_EVENT_LINE_MAX] = '\0';
    assert_int_equal(decode(line, &event, &fault), PLM_OK);
}

static void
an_event_that_is_not_well_formed_is_not_written(void **state) {
    (void)state;
    pli_json_writer writer = {0};
    plm_fault fault = {0};
    plm_event event = {.header = {.type = PLM_EVENT_TYPE_RESERVE, .version = 1}};
    assert_int_equal(pli_event_json_write(&writer, &event, &fault), PLM_EVENT_MALFORMED);
    event.header.type = 9;
    assert_int_equal(pli_event_json_write(&writer, &event, &fault), PLM_EVENT_UNKNOWN);
    assert_int_equal(writer.size, 0);
    assert_int_equal(writer.status, PLM_OK);
    pli_json_writer_finish(&writer);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_written_by_hand_come_back_as_they_were),
        cmocka_unit_test(every_field_of_a_line_lands_in_its_place),
        cmocka_unit_test(integers_are_read_with_and_without_quotes),
        cmocka_unit_test(the_lines_of_the_page_decode_and_are_written_the_same),
        cmocka_unit_test(events_survive_their_lines),
        cmocka_unit_test(blank_lines_count_and_faults_name_their_line),
        cmocka_unit_test(malformed_lines_are_refused_with_line_key_and_what_is_allowed),
        cmocka_unit_test(other_documents_and_long_lines_are_refused),
        cmocka_unit_test(an_event_that_is_not_well_formed_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
