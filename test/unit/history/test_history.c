/* test_history.c: the ring, the release and the gap of the history.                   SPDX-License-Identifier: Apache-2.0 */
#include "history/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>
#include <cmocka.h>

#include "support/core_world.h"

/* The smallest line that the tables of deposits ask for. */
static plm_status
line_of(const plm_event *event, pli_text *line) {
    pli_text_append(line, "{\"type\":\"");
    pli_text_append(line, plm_event_kind_find(event->header.type)->name);
    pli_text_append(line, "\"}");
    return PLM_OK;
}

typedef struct place {
    char folder[32], path[64];
} place;

static place
make_place(void) {
    place at = {.folder = "history-XXXXXX"};
    assert_non_null(mkdtemp(at.folder));
    assert_true(snprintf(at.path, sizeof at.path, "%s/history.db", at.folder) > 0);
    return at;
}

static void
remove_place(const place *at) {
    char name[80];
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i += 1) {
        assert_true(snprintf(name, sizeof name, "%s%s", at->path, ends[i]) > 0);
        unlink(name);
    }
    assert_int_equal(rmdir(at->folder), 0);
}

static pli_history *
open_at(const place *at, bool is_new) {
    const pli_history_options options = {
        .is_new = is_new, .ring_size = PLI_HISTORY_RING_MIN, .line_of = line_of};
    pli_history *history = NULL;
    plm_fault fault = {.text = ""};
    plm_status status = pli_history_open(at->path, &options, &history, &fault);
    if (status != PLM_OK) {
        print_message("%s\n", fault.text);
    }
    assert_int_equal(status, PLM_OK);
    return history;
}

static int64_t
ask(const place *at, const char *query) {
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(at->path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, query, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return value;
}

/* Events of type TIME, `from` to `to`, as an engine would tell of them. */
static void
tell(pli_history *history, ts_core *world, uint64_t from, uint64_t to) {
    for (uint64_t sequence = from; sequence <= to; sequence += 1) {
        plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_TIME, PLM_NONE);
        event->header.sequence = sequence;
        const plm_outcome outcome = {.sequence = sequence};
        pli_history_observe(history, world->core, event, &outcome, world->entries);
    }
}

static void
begin(ts_core *world) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
}

static void
nothing_is_written_before_it_is_released(void **state) {
    (void)state;
    ts_core world;
    begin(&world);
    place at = make_place();
    pli_history *history = open_at(&at, false);
    tell(history, &world, 1, 10);
    pli_history_release(history, 6);
    assert_int_equal(pli_history_taken(history), 10);
    assert_int_equal(pli_history_close(history, NULL), PLM_OK);
    assert_int_equal(ask(&at, "select sequence from progress"), 6);
    assert_int_equal(ask(&at, "select count(*) from events"), 6);
    remove_place(&at);
    ts_core_finish(&world);
}

static void
a_gap_is_told_and_a_replay_fills_it(void **state) {
    (void)state;
    ts_core world;
    begin(&world);
    place at = make_place();
    pli_history *history = open_at(&at, false);
    tell(history, &world, 1, 3);
    tell(history, &world, 5, 8);
    pli_history_release(history, 8);
    assert_true(pli_history_is_behind(history));
    assert_int_equal(pli_history_taken(history), 3);
    pli_history_follow(history, true);
    assert_false(pli_history_is_behind(history));
    tell(history, &world, 1, 8);
    assert_false(pli_history_is_behind(history));
    assert_int_equal(pli_history_close(history, NULL), PLM_OK);
    assert_int_equal(ask(&at, "select count(*) from events"), 8);
    remove_place(&at);
    ts_core_finish(&world);
}

static void
a_full_ring_never_waits_and_a_replay_does(void **state) {
    (void)state;
    enum { COUNT = 60000 }; // more than the ring holds
    ts_core world;
    begin(&world);
    place at = make_place();
    pli_history *history = open_at(&at, false);
    tell(history, &world, 1, COUNT); // nothing is released: it cannot drain
    uint64_t taken = pli_history_taken(history);
    assert_true(pli_history_is_behind(history));
    assert_in_range(taken, 1, COUNT - 1);
    pli_history_release(history, taken);
    pli_history_follow(history, true);
    tell(history, &world, 1, COUNT);
    assert_int_equal(pli_history_close(history, NULL), PLM_OK);
    assert_int_equal(ask(&at, "select sequence from progress"), COUNT);
    assert_int_equal(ask(&at, "select count(*) from events"), COUNT);
    remove_place(&at);
    ts_core_finish(&world);
}

static void
two_writers_do_not_mix(void **state) {
    (void)state;
    ts_core world;
    begin(&world);
    place at = make_place();
    pli_history *first = open_at(&at, false);
    pli_history *second = open_at(&at, false);
    tell(first, &world, 1, 4);
    tell(second, &world, 1, 2);
    pli_history_release(first, 4);
    assert_int_equal(pli_history_close(first, NULL), PLM_OK);
    pli_history_release(second, 2);
    plm_fault fault;
    assert_int_equal(pli_history_close(second, &fault), PLM_IO_WRITE);
    assert_non_null(strstr(fault.text, "another program"));
    assert_int_equal(ask(&at, "select count(*) from events"), 4);
    remove_place(&at);
    ts_core_finish(&world);
}

static void
opening_again_goes_on_and_opening_anew_forgets(void **state) {
    (void)state;
    ts_core world;
    begin(&world);
    place at = make_place();
    for (uint64_t from = 1; from <= 5; from += 4) {
        pli_history *history = open_at(&at, false);
        assert_int_equal(pli_history_taken(history), from - 1);
        tell(history, &world, from, from + 3);
        pli_history_release(history, from + 3);
        assert_int_equal(pli_history_close(history, NULL), PLM_OK);
    }
    assert_int_equal(ask(&at, "select count(*) from events"), 8);
    pli_history *history = open_at(&at, true);
    assert_int_equal(pli_history_taken(history), 0);
    assert_int_equal(pli_history_close(history, NULL), PLM_OK);
    assert_int_equal(ask(&at, "select count(*) from events"), 0);
    remove_place(&at);
    ts_core_finish(&world);
}

static void
a_place_that_is_not_there_is_told(void **state) {
    (void)state;
    const pli_history_options options = {.line_of = line_of};
    pli_history *history = NULL;
    plm_fault fault;
    assert_int_equal(pli_history_open("no-such-folder/history.db", &options, &history, &fault),
                     PLM_IO_OPEN);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_written_before_it_is_released),
        cmocka_unit_test(a_gap_is_told_and_a_replay_fills_it),
        cmocka_unit_test(a_full_ring_never_waits_and_a_replay_does),
        cmocka_unit_test(two_writers_do_not_mix),
        cmocka_unit_test(opening_again_goes_on_and_opening_anew_forgets),
        cmocka_unit_test(a_place_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
