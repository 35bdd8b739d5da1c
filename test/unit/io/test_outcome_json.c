/* test_outcome_json.c: what became of an event, as a line of JSON.                    SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "io/json.h"
#include "io/outcome_json.h"

static void
expect(const plm_outcome *outcome, const plm_effect *effects, const char *line) {
    pli_json_writer writer = {0};
    pli_outcome_json_write(&writer, outcome, effects);
    assert_int_equal(writer.status, PLM_OK);
    assert_string_equal(writer.data, line);
    pli_json_writer_finish(&writer);
}

static void
an_accepted_event_tells_its_effects(void **state) {
    (void)state;
    static const plm_effect effects[] = {
        {PLM_EFFECT_BALANCE, 3, 0, {1000, 0}, {UINT64_MAX, -1}},
        {PLM_EFFECT_ORDER, 3, 7, {UINT64_MAX, 0}, {0, 0}},
        {PLM_EFFECT_REQUIREMENT, 3, PLM_NONE, {0, INT64_MIN}, {5, 0}},
        {PLM_EFFECT_JOB, PLM_NONE, PLM_NONE, {2, 0}, {9, 9}},
    };
    const plm_outcome outcome = {.sequence = UINT64_MAX, .effect_count = 4};
    expect(&outcome, effects,
           "{\"sequence\":\"18446744073709551615\",\"outcome\":\"accepted\",\"effects\":["
           "{\"effect\":\"balance\",\"account\":3,\"asset_index\":0,\"atoms\":\"1000\","
           "\"change\":\"-1\"},"
           "{\"effect\":\"order\",\"account\":3,\"instrument_index\":7,"
           "\"order_id\":\"18446744073709551615\",\"lots\":\"0\"},"
           "{\"effect\":\"requirement\",\"account\":3,"
           "\"initial_micros\":\"-170141183460469231731687303715884105728\","
           "\"equity_initial_micros\":\"5\"},"
           "{\"effect\":\"job\",\"job_count\":\"2\"}]}\n");
}

static void
a_refused_event_tells_why_and_whether_to_try_again(void **state) {
    (void)state;
    plm_outcome outcome = {.sequence = 43, .reject = PLM_REJECT_HEALTH};
    expect(&outcome, NULL,
           "{\"sequence\":\"43\",\"outcome\":\"refused\",\"reason\":\"health\","
           "\"is_transient\":true,\"text\":\"the requirement would not be met\"}\n");
    outcome = (plm_outcome){.sequence = 44, .reject = PLM_REJECT_FEE, .is_repeat = true};
    expect(&outcome, NULL,
           "{\"sequence\":\"44\",\"outcome\":\"refused\",\"reason\":\"fee\","
           "\"is_transient\":false,\"text\":\"a fee is outside its bounds\",\"is_repeat\":true}\n");
    outcome = (plm_outcome){.sequence = 45, .is_incomplete = true};
    expect(&outcome, NULL,
           "{\"sequence\":\"45\",\"outcome\":\"accepted\",\"is_incomplete\":true}\n");
}

// The row of docs/events.md that begins with the effect's name holds every key of the object.
static void
check_page(const char *page, const pli_node *effect) {
    char row_start[64];
    snprintf(row_start, sizeof row_start, "\n| `%s` |", pli_node_find(effect, "effect")->text);
    const char *row = strstr(page, row_start);
    assert_non_null(row);
    char copy[512];
    snprintf(copy, sizeof copy, "%.*s", (int)strcspn(row + 1, "\n"), row + 1);
    for (const pli_node *node = effect->child->next; node != NULL; node = node->next) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "`%s`", node->key);
        if (strcmp(node->key, "account") != 0) {
            assert_non_null(strstr(copy, quoted));
        }
    }
}

static void
every_effect_is_an_object_of_its_own_name(void **state) {
    (void)state;
    pli_bytes page = {0};
    assert_int_equal(pli_file_read("docs/events.md", PLI_FILE_SIZE_MAX, &page, NULL), PLM_OK);
    char names[PLM_EFFECT_POOL + 1][32] = {{0}};
    for (int kind = PLM_EFFECT_BALANCE; kind <= PLM_EFFECT_POOL; kind += 1) {
        const plm_effect effect = {(plm_effect_kind)kind, 1, 2, {3, 0}, {4, 0}};
        const plm_outcome outcome = {.sequence = 1, .effect_count = 1};
        pli_json_writer writer = {0};
        pli_outcome_json_write(&writer, &outcome, &effect);
        pli_document document = {0};
        pli_bytes line = {.data = (uint8_t *)writer.data, .size = writer.size};
        assert_int_equal(pli_json_parse("f", line, &document, NULL), PLM_OK);
        const pli_node *effects = pli_node_find(document.root, "effects");
        const pli_node *name = pli_node_find(pli_node_at(effects, 0), "effect");
        check_page((const char *)page.data, pli_node_at(effects, 0));
        snprintf(names[kind], sizeof names[kind], "%s", name->text);
        for (int before = PLM_EFFECT_BALANCE; before < kind; before += 1) {
            assert_string_not_equal(names[kind], names[before]);
        }
        pli_document_finish(&document);
        pli_json_writer_finish(&writer);
    }
    pli_bytes_finish(&page);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_accepted_event_tells_its_effects),
        cmocka_unit_test(a_refused_event_tells_why_and_whether_to_try_again),
        cmocka_unit_test(every_effect_is_an_object_of_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
