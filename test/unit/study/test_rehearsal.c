/* test_rehearsal.c: an incident is played by the engine and judged by what it did.     SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/incident_json.h"
#include "study/rehearsal.h"

#define PATH "examples/incidents/2019-06-25-synthetix-skrw.json"

static pli_incident_book book;
static void *memory;

static int
open_book(void **state) {
    (void)state;
    plm_fault fault;
    return pli_incident_read(PATH, &book, &fault) == PLM_OK ? 0 : -1;
}

static int
close_book(void **state) {
    (void)state;
    free(memory);
    pli_incident_finish(&book);
    return 0;
}

static pli_rehearsal *
play(uint64_t without, bool is_naive) {
    pli_rehearsal *made = NULL;
    plm_fault fault = {0};
    size_t size = pli_rehearsal_size(&book.incident);
    assert_true(size > 0);
    free(memory);
    memory = malloc(size);
    assert_non_null(memory);
    const pli_rehearsal_options options = {.without = without, .is_naive = is_naive};
    if (pli_rehearsal_run(&book.incident, &options, memory, size, &made, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    return made;
}

static uint32_t
failures(const pli_rehearsal *played, uint32_t run) {
    uint32_t failed = 0;
    for (uint32_t i = 0; i < book.incident.assertion_counts[run]; i += 1) {
        failed += pli_rehearsal_judge(played, &book.incident.assertions[run][i]).is_met ? 0 : 1;
    }
    return failed;
}

static void
the_shipped_parameters_survive_what_the_venue_did_not(void **state) {
    (void)state;
    assert_int_equal(failures(play(0, false), 1), 0);
    assert_int_equal(failures(play(0, true), 0), 0);
}

static void
a_metric_that_does_not_exist_is_a_failure(void **state) {
    (void)state;
    const pli_rehearsal *played = play(0, false);
    const pli_incident_assertion assertion = {
        .tolerance = "", .metric = "no_such_thing(bot)", .operation = "==", .value = "0"};
    pli_rehearsal_verdict verdict = pli_rehearsal_judge(played, &assertion);
    assert_false(verdict.is_expressed);
    assert_false(verdict.is_met);
}

static void
the_same_file_gives_the_same_state(void **state) {
    (void)state;
    uint8_t first[32], second[32];
    plm_core_digest(pli_rehearsal_core(play(0, false)), first);
    plm_core_digest(pli_rehearsal_core(play(0, false)), second);
    assert_memory_equal(first, second, sizeof first);
}

static void
memory_that_is_too_small_is_refused(void **state) {
    (void)state;
    pli_rehearsal *made = NULL;
    plm_fault fault = {0};
    uint8_t little[64];
    const pli_rehearsal_options options = {.without = 0};
    assert_int_equal(
        pli_rehearsal_run(&book.incident, &options, little, sizeof little, &made, &fault),
        PLM_WORKSPACE_SMALL);
}

static void
controls_have_one_id_each_and_some_have_no_switch(void **state) {
    (void)state;
    for (uint32_t i = 0; i < PLI_CONTROL_COUNT; i += 1) {
        const char *id = pli_control_id((pli_control)i);
        assert_int_equal(pli_control_named(id, (uint32_t)strlen(id)), i);
    }
    assert_int_equal(pli_control_named("C-ORA", 5), PLI_CONTROL_COUNT);
    assert_false(pli_control_has_switch(PLI_CONTROL_OPS_KILL));
    assert_false(pli_control_has_switch(PLI_CONTROL_COUNT));
    assert_true(pli_control_has_switch(PLI_CONTROL_GOV_BOUNDS));
    assert_string_equal(pli_control_switch(PLI_CONTROL_COUNT), "");
    assert_true((pli_control_books() & PLI_CONTROL_BIT(PLI_CONTROL_LED_CONSERVE)) != 0);
    assert_true((pli_control_books() & PLI_CONTROL_BIT(PLI_CONTROL_ORA_BAND)) == 0);
    assert_string_not_equal(pli_control_switch(PLI_CONTROL_ORA_BAND), "");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_parameters_survive_what_the_venue_did_not),
        cmocka_unit_test(a_metric_that_does_not_exist_is_a_failure),
        cmocka_unit_test(the_same_file_gives_the_same_state),
        cmocka_unit_test(memory_that_is_too_small_is_refused),
        cmocka_unit_test(controls_have_one_id_each_and_some_have_no_switch),
    };
    return cmocka_run_group_tests(tests, open_book, close_book);
}
