/* test_incident_json.c: incidents are read whole, or refused with file, line and key.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/incident_json.h"
#include "io/json.h"

#define HEAD                                                                                       \
    "{\"schema\":\"plimsoll-incident/1\",\"id\":\"x\",\"controls\":{\"primary\":\"C-ORA-BAND\","   \
    "\"secondary\":[\"C-RSK-CONC\"]},\n\"scenario\":{\"clock\":{\"t0_utc\":"                       \
    "\"2020-01-01T00:00:00Z\"},\"assets\":[{\"id\":\"USD\",\"kind\":\"cash\",\"scale\":6}],\n"     \
    "\"instruments\":[{\"id\":\"P\",\"kind\":\"perp\",\"base\":\"B\",\"quote\":\"USD\"}],\n"       \
    "\"oracle\":{\"B\":{\"sources\":[\"s\"],\"naive_aggregator\":\"last\"}},\n"                    \
    "\"accounts\":[{\"id\":\"w001\",\"balances\":{\"USD\":\"-12.5\"},\"positions\":"               \
    "[{\"instrument\":\"P\",\"qty\":\"-2\",\"entry\":\"3.5\"}]},"                                  \
    "{\"id\":\"z\",\"positions\":[{\"instrument\":\"P\",\"qty\":\"2\",\"entry\":\"3.5\"}]}],\n"    \
    "\"funds\":{\"mutual\":{\"members\":{\"w001\":\"7\"}},\"insurance\":{\"USD\":\"5\"}},\n"       \
    "\"liquidity\":[{\"instrument\":\"P\",\"from_t_ms\":0,\"bids\":[[\"-1\",\"2\"]],"              \
    "\"asks\":[]}],\n\"events\":["
#define TAIL                                                                                       \
    "]},\n\"expected\":{\"naive\":[{\"metric\":\"index.min\",\"op\":\">=\",\"value\":\"1\"}],"     \
    "\"hardened\":[{\"metric\":\"index.min\",\"op\":\">=\","                                       \
    "\"value\":\"1\"}]}}"

static plm_status
decode(const char *text, pli_incident_book *book, plm_fault *fault) {
    pli_document document = {0};
    const pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)text, .size = strlen(text)};
    assert_int_equal(pli_json_parse("i.json", bytes, &document, fault), PLM_OK);
    plm_status status = pli_incident_decode(&document, book, fault);
    pli_document_finish(&document);
    return status;
}

static void
refuses(const char *text, plm_status wanted, const char *part) {
    pli_incident_book book = {0};
    plm_fault fault = {0};
    assert_int_equal(decode(text, &book, &fault), wanted);
    assert_non_null(strstr(fault.text, "i.json:"));
    if (strstr(fault.text, part) == NULL) {
        fail_msg("%s", fault.text);
    }
}

static void
a_file_is_read_whole(void **state) {
    (void)state;
    pli_incident_book book = {0};
    plm_fault fault = {0};
    plm_status status =
        decode(HEAD "{\"seq\":1,\"t_ms\":5,\"type\":\"repeat\",\"n\":3,\"seed\":7,\"cycle\":"
                    "[{\"type\":\"trade\",\"qty\":\"0.1..2\",\"price\":\"oracle\"}]},"
                    "{\"seq\":2,\"t_ms\":5,\"type\":\"trade\",\"buyer\":\"w001\",\"qty\":\"1.5\","
                    "\"expect\":{\"naive\":\"accept\",\"hardened\":\"reject\"}}" TAIL,
               &book, &fault);
    if (status != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    const pli_incident *of = &book.incident;
    assert_int_equal(of->control_count, 2);
    assert_string_equal(of->controls[1], "C-RSK-CONC");
    assert_int_equal(of->assets[0].scale, 6);
    assert_string_equal(of->instruments[0].base, "B");
    assert_string_equal(of->oracles[0].sources[0], "s");
    assert_string_equal(of->accounts[0].balances[0].value, "-12.5");
    assert_string_equal(of->accounts[0].positions[0].entry, "3.5");
    assert_int_equal(of->fund_count, 2);
    assert_string_equal(of->funds[0].member, "w001");
    assert_string_equal(of->funds[1].asset, "USD");
    assert_string_equal(of->ladders[0].bids[0].value, "2");
    assert_int_equal(of->events[0].cycle_count, 1);
    assert_int_equal(of->events[0].count, 3);
    assert_string_equal(of->events[0].cycle[0].quantity, "0.1..2");
    assert_string_equal(of->events[1].expect[1], "reject");
    assert_int_equal(of->assertion_counts[1], 1);
    assert_int_equal(of->start_ns / 1000000000, 1577836800);
    pli_incident_finish(&book);
}

static void
what_is_not_of_the_schema_is_refused_by_file_line_and_key(void **state) {
    (void)state;
    refuses("{\"schema\":\"other\"}", PLM_VALUE_INVALID, "schema");
    refuses("{\"schema\":\"plimsoll-incident/1\"}", PLM_KEY_MISSING, "id");
    refuses(HEAD "{\"seq\":1,\"t_ms\":0,\"type\":\"miracle\"}" TAIL, PLM_VALUE_INVALID, "miracle");
    refuses(HEAD "{\"seq\":2,\"t_ms\":0,\"type\":\"end\"}" TAIL, PLM_VALUE_INVALID, "seq");
    refuses(HEAD "{\"seq\":1,\"t_ms\":9,\"type\":\"end\"},{\"seq\":2,\"t_ms\":8,"
                 "\"type\":\"end\"}" TAIL,
            PLM_VALUE_INVALID, "t_ms");
    refuses(HEAD "{\"seq\":1,\"t_ms\":0,\"type\":\"trade\",\"qty\":\"1e3\"}" TAIL,
            PLM_VALUE_INVALID, "qty");
    refuses(HEAD "{\"seq\":1,\"t_ms\":0,\"type\":\"withdraw\",\"account\":\"nobody\"}" TAIL,
            PLM_INDEX_UNKNOWN, "nobody");
}

static void
a_star_stands_for_any_rest_of_a_name(void **state) {
    (void)state;
    pli_incident_book book = {0};
    plm_fault fault = {0};
    assert_int_equal(decode(HEAD "{\"seq\":1,\"t_ms\":0,\"type\":\"trade_each\",\"accounts\":"
                                 "\"w*\"}" TAIL,
                            &book, &fault),
                     PLM_OK);
    pli_incident_finish(&book);
    refuses(HEAD "{\"seq\":1,\"t_ms\":0,\"type\":\"trade_each\",\"accounts\":\"v*\"}" TAIL,
            PLM_INDEX_UNKNOWN, "v*");
}

/* A sound file with one piece of text replaced, which must be refused. */
static void
refuses_with(const char *piece, const char *instead, plm_status wanted, const char *part) {
    static const char sound[] = HEAD "{\"seq\":1,\"t_ms\":0,\"type\":\"end\"}" TAIL;
    static char text[2 * sizeof sound];
    const char *at = strstr(sound, piece);
    assert_non_null(at);
    size_t head = (size_t)(at - sound);
    memcpy(text, sound, head);
    memcpy(text + head, instead, strlen(instead));
    strcpy(text + head + strlen(instead), at + strlen(piece));
    refuses(text, wanted, part);
}

static void
what_does_not_fit_together_is_refused(void **state) {
    (void)state;
    refuses_with("\"id\":\"z\"", "\"id\":\"w001\"", PLM_VALUE_INVALID, "no account before");
    refuses_with("\"qty\":\"2\"", "\"qty\":\"2.25\"", PLM_VALUE_INVALID, "positions is \"0.25\"");
    refuses_with("C-RSK-CONC", "C-RSK-NONE", PLM_INDEX_UNKNOWN, "C-RSK-NONE");
    refuses_with("\"quote\":\"USD\"", "\"quote\":\"EUR\"", PLM_INDEX_UNKNOWN, "EUR");
    refuses_with("\"quote\":\"USD\"", "\"quote\":\"USD\",\"multiplier\":\"0\"", PLM_VALUE_INVALID,
                 "above zero");
    refuses_with("\"balances\":{\"USD\"", "\"balances\":{\"ZZZ\"", PLM_INDEX_UNKNOWN, "ZZZ");
    refuses_with("\"insurance\":{\"USD\"", "\"insurance\":{\"ZZZ\"", PLM_INDEX_UNKNOWN, "ZZZ");
    refuses_with("{\"instrument\":\"P\",\"qty\"", "{\"instrument\":\"Q\",\"qty\"",
                 PLM_INDEX_UNKNOWN, "Q");
    refuses_with("{\"seq\":1,\"t_ms\":0,\"type\":\"end\"}", "", PLM_VALUE_INVALID,
                 "at least one event");
    refuses_with("{\"metric\":\"index.min\",\"op\":\">=\",\"value\":\"1\"}", "", PLM_VALUE_INVALID,
                 "at least one assertion");
    refuses_with("{\"id\":\"USD\",\"kind\":\"cash\",\"scale\":6}",
                 "{\"id\":\"USD\",\"kind\":\"cash\",\"scale\":6},{\"id\":\"USD\",\"kind\":\"cash\","
                 "\"scale\":6}",
                 PLM_VALUE_INVALID, "no asset before");
}

static void
stars_stand_for_runs_of_characters(void **state) {
    (void)state;
    assert_true(pli_incident_matches("*", "anything"));
    assert_true(pli_incident_matches("long_*", "long_"));
    assert_true(pli_incident_matches("*_x5", "long_x5"));
    assert_true(pli_incident_matches("l*_*5", "long_x5"));
    assert_true(pli_incident_matches("same", "same"));
    assert_false(pli_incident_matches("same", "same_"));
    assert_false(pli_incident_matches("*_x5", "long_x50"));
    assert_false(pli_incident_matches("", "x"));
    assert_true(pli_incident_matches("", ""));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_whole),
        cmocka_unit_test(what_is_not_of_the_schema_is_refused_by_file_line_and_key),
        cmocka_unit_test(a_star_stands_for_any_rest_of_a_name),
        cmocka_unit_test(what_does_not_fit_together_is_refused),
        cmocka_unit_test(stars_stand_for_runs_of_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
