/* apply.c: plimsoll apply: events into a venue, batch by batch.                        SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/history.h"
#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"
#include "io/event_json.h"

#define FILE_SIZE_MAX ((size_t)1 << 32)
#define BATCH_BYTES ((size_t)4 << 20)
enum { BATCH_MAX = 4096, REJECT_MAX = 256 };

static const pli_option options[] = {
    {"batch", "N", "events made durable together, 1..4096 (default 1024)"},
    {"clock", NULL, "stamp events with this machine's time instead of their own"},
    {"strict", NULL, "exit 1 when an event is refused"},
    {"no-history", NULL, "leave history.db as it is"},
    {"acknowledge", NULL, "a line on standard error for every durable batch: its last sequence"},
    {"outcomes", NULL, "a row for every event, not the counts alone"},
    {NULL, NULL, NULL},
};

/* The file's events one by one, whichever form it has: lines of JSON, or events side by side. */
typedef struct source {
    const char *name;
    pli_bytes bytes;
    bool is_binary;
    size_t at;
    pli_event_lines lines;
} source;

/* One batch being filled, one becoming durable, and what became of all before them. */
typedef struct run_state {
    plm_engine *engine;
    pli_history *history; /* NULL: none is kept */
    bool is_acknowledging;
    uint8_t *bytes;
    size_t size;
    uint32_t count, capacity;
    plm_outcome *outcomes;
    uint32_t begun; /* events that are becoming durable */
    plm_outcome *begun_outcomes;
    uint64_t counts[REJECT_MAX];
    uint64_t total, repeats;
    bool is_kept; /* keep every outcome */
    plm_outcome *kept;
    size_t kept_capacity;
} run_state;

static plm_status
source_next(source *from, plm_event *event, bool *is_end, plm_fault *fault) {
    if (!from->is_binary) {
        return pli_event_lines_next(&from->lines, event, is_end, fault);
    }
    *is_end = from->at == from->bytes.size;
    if (*is_end) {
        return PLM_OK;
    }
    size_t size = 0;
    plm_status status = plm_event_decode(from->bytes.data + from->at, from->bytes.size - from->at,
                                         event, &size, fault);
    from->at += size;
    return status;
}

static plm_status
keep(run_state *state, uint32_t count, plm_fault *fault) {
    if (state->total + count > state->kept_capacity) {
        size_t capacity = 2 * (state->kept_capacity + count);
        plm_outcome *grown = realloc(state->kept, capacity * sizeof *grown);
        if (grown == NULL) {
            return pli_fault_set(fault, PLM_MEMORY,
                                 "no memory for a row of every event; without --outcomes none is "
                                 "needed, and what is applied stays",
                                 NULL, NULL);
        }
        state->kept = grown;
        state->kept_capacity = capacity;
    }
    memcpy(state->kept + state->total, state->begun_outcomes, count * sizeof *state->kept);
    return PLM_OK;
}

/* Tell what came of the batch that was begun, which is durable now. */
static plm_status
finish(run_state *state, plm_fault *fault) {
    uint32_t count = state->begun;
    if (count == 0) {
        return PLM_OK;
    }
    state->begun = 0;
    plm_status status = plm_engine_await(state->engine, fault);
    if (status != PLM_OK) {
        return status;
    }
    uint64_t committed = plm_engine_committed(state->engine);
    if (state->history != NULL) {
        pli_history_release(state->history, committed);
    }
    if (state->is_acknowledging) {
        fprintf(stderr, "%" PRIu64 "\n", committed);
    }
    status = state->is_kept ? keep(state, count, fault) : PLM_OK;
    for (uint32_t i = 0; i < count; i += 1) {
        state->counts[state->begun_outcomes[i].reject] += 1;
        state->repeats += state->begun_outcomes[i].is_repeat;
    }
    state->total += count;
    return status;
}

/* Decide a batch while the one before becomes durable, and let this one follow it. */
static plm_status
flush(run_state *state, plm_fault *fault) {
    uint32_t count = 0;
    plm_fault refused;
    plm_batch batch = {state->bytes, state->size, state->capacity, state->outcomes};
    plm_status submitted = plm_engine_submit(state->engine, &batch, &count, &refused);
    plm_status status = finish(state, fault);
    if (status == PLM_OK && submitted != PLM_OK) {
        *fault = refused;
    }
    status = status == PLM_OK ? submitted : status;
    status = status == PLM_OK ? plm_engine_begin(state->engine, fault) : status;
    if (status != PLM_OK) {
        return status;
    }
    plm_outcome *done = state->begun_outcomes;
    state->begun_outcomes = state->outcomes;
    state->outcomes = done;
    state->begun = count;
    state->count = 0;
    state->size = 0;
    return PLM_OK;
}

static plm_status
apply_all(run_state *state, source *from, plm_fault *fault) {
    pli_progress progress = pli_progress_begin("bytes", from->bytes.size);
    plm_status status = PLM_OK; // of the engine
    plm_status read = PLM_OK;   // of the file: what came before a bad event is applied all the same
    bool is_end = false;
    while (status == PLM_OK && read == PLM_OK && !is_end) {
        plm_event event;
        read = source_next(from, &event, &is_end, fault);
        if (read != PLM_OK || is_end) {
            break;
        }
        size_t size = 0;
        event.header.sequence = 0; // an export carries the numbers it had
        read =
            plm_event_encode(&event, state->bytes + state->size, BATCH_BYTES - state->size, &size);
        state->size += size;
        state->count += read == PLM_OK;
        if (state->count == state->capacity || BATCH_BYTES - state->size < PLM_EVENT_SIZE_MAX) {
            status = flush(state, fault);
            pli_progress_show(&progress, from->is_binary ? from->at : from->lines.at);
        }
    }
    if (status == PLM_OK && state->count > 0) {
        plm_fault failed;
        status = flush(state, &failed);
        *fault = status == PLM_OK ? *fault : failed;
    }
    if (status == PLM_OK) {
        plm_fault failed;
        status = finish(state, &failed);
        *fault = status == PLM_OK ? *fault : failed;
    }
    pli_progress_end(&progress);
    return status != PLM_OK ? status : read;
}

static pli_rows
count_rows(pli_pool *pool, const run_state *state) {
    const pli_column columns[3] = {pli_column_text("outcome", "outcome"),
                                   pli_column_count("events", "events"),
                                   pli_column_text("meaning", "meaning")};
    pli_rows rows = pli_rows_make(pool, "outcomes", columns, 3, REJECT_MAX + 1);
    for (uint32_t i = 0; i < REJECT_MAX; i += 1) {
        plm_reject reject = (plm_reject)i;
        const pli_cell cells[3] = {
            pli_cell_toned(pli_cell_text(i == 0 ? "accepted" : plm_reject_name(reject)),
                           i == 0 ? PLI_TONE_GOOD : PLI_TONE_WARNING),
            pli_cell_number((pli_i128)state->counts[i], 0),
            pli_cell_text(i == 0 ? "" : plm_reject_text(reject))};
        if (state->counts[i] != 0) {
            pli_rows_add(&rows, cells);
        }
    }
    if (state->repeats != 0) {
        const pli_cell cells[3] = {pli_cell_text("of these repeats"),
                                   pli_cell_number((pli_i128)state->repeats, 0),
                                   pli_cell_text("the client id was known; nothing was done")};
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static pli_rows
event_rows(pli_pool *pool, const run_state *state) {
    const pli_column columns[3] = {pli_column_count("sequence", "sequence"),
                                   pli_column_text("outcome", "outcome"),
                                   pli_column_text("is_repeat", "repeat")};
    uint32_t count = state->is_kept ? (uint32_t)state->total : 0;
    pli_rows rows = pli_rows_make(pool, "events", columns, 3, count);
    for (uint32_t i = 0; i < count; i += 1) {
        const plm_outcome *outcome = &state->kept[i];
        const pli_cell cells[3] = {
            outcome->sequence == 0 ? pli_cell_none()
                                   : pli_cell_number((pli_i128)outcome->sequence, 0),
            pli_cell_text(outcome->reject == PLM_REJECT_NONE ? "accepted"
                                                             : plm_reject_name(outcome->reject)),
            pli_cell_flag(outcome->is_repeat)};
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static pli_exit
show(const pli_invocation *invocation, const run_state *state, pli_page *page) {
    pli_pool pool = {.chunks = NULL};
    pli_rows counts = count_rows(&pool, state);
    pli_rows events = event_rows(&pool, state);
    const pli_tables answer = {.schema = "plimsoll-apply/1",
                               .table_count = state->is_kept ? 2 : 1,
                               .tables = (const pli_table[2]){counts.table, events.table}};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    bool is_refused = state->total != state->counts[PLM_REJECT_NONE];
    return end == PLI_EXIT_OK && is_refused && pli_argument_is_given(invocation, "strict")
               ? PLI_EXIT_FINDING
               : end;
}

static pli_exit
apply_file(const pli_invocation *invocation, run_state *state, pli_page *page) {
    plm_fault fault;
    source from = {.name = invocation->operands[1]};
    if (pli_file_read(from.name, FILE_SIZE_MAX, &from.bytes, &fault) != PLM_OK) {
        return pli_fail_status(from.name, &fault);
    }
    // An event begins with its size, whose upper bytes are zero; a line of JSON holds no zero byte.
    from.is_binary = from.bytes.size >= 4 && from.bytes.data[3] == 0;
    from.lines = (pli_event_lines){.name = from.name, .bytes = from.bytes};
    plm_status status = apply_all(state, &from, &fault);
    pli_bytes_finish(&from.bytes);
    return status == PLM_OK ? show(invocation, state, page) : pli_fail_status(from.name, &fault);
}

/* The history is derived: where it cannot be kept the books go on, and one line says so. */
static void
open_history(const pli_invocation *invocation, run_state *state) {
    plm_fault fault;
    if (pli_argument_is_given(invocation, "no-history")) {
        return;
    }
    if (pli_venue_history_open(invocation->operands[0], false, &state->history, &fault) != PLM_OK) {
        pli_fail_status(NULL, &fault);
        state->history = NULL;
    }
}

/* Catch up with a log that went on without it, begin anew where it tells of another log, and close. */
static void
close_history(const pli_invocation *invocation, pli_history *history, uint64_t committed) {
    const char *directory = invocation->operands[0];
    plm_fault fault;
    plm_status status = PLM_OK;
    if (pli_history_taken(history) > committed) {
        status = pli_history_close(history, &fault);
        history = NULL;
        status =
            status == PLM_OK ? pli_venue_history_open(directory, true, &history, &fault) : status;
    }
    if (history != NULL && pli_history_taken(history) < committed) {
        status = pli_venue_history_catch_up(directory, history, &fault);
    }
    if (history != NULL) {
        plm_status closed = pli_history_close(history, status == PLM_OK ? &fault : NULL);
        status = status == PLM_OK ? closed : status;
    }
    if (status != PLM_OK) {
        pli_fail_status(PLI_HISTORY_NAME, &fault);
    }
}

/* The history opens after the engine, which has the directory to itself: a second process touches neither. */
static void
observe(void *observer, const plm_core *core, const plm_event *event, const plm_outcome *outcome,
        const plm_effect *effects) {
    const run_state *state = observer;
    if (state->history != NULL) {
        pli_history_observe(state->history, core, event, outcome, effects);
    }
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    plm_engine_options engine_options;
    plm_engine_options_init(&engine_options);
    engine_options.is_time_given = !pli_argument_is_given(invocation, "clock");
    uint64_t batch = 1024;
    pli_exit end = pli_venue_count(invocation, "batch", 1, BATCH_MAX, &batch);
    run_state state = {.capacity = (uint32_t)batch,
                       .is_acknowledging = pli_argument_is_given(invocation, "acknowledge"),
                       .is_kept = pli_argument_is_given(invocation, "outcomes")};
    engine_options.observe = observe;
    engine_options.observer = &state;
    engine_options.observe_from = UINT64_MAX; // of what is durable already, nothing
    if (end == PLI_EXIT_OK) {
        end = pli_venue_open(invocation, &engine_options, &state.engine);
    }
    if (end != PLI_EXIT_OK) {
        return end;
    }
    open_history(invocation, &state);
    pli_pool pool = {.chunks = NULL};
    state.bytes = pli_must_take(&pool, BATCH_BYTES, 1);
    state.outcomes = PLI_MUST_TAKE(&pool, BATCH_MAX, plm_outcome);
    state.begun_outcomes = PLI_MUST_TAKE(&pool, BATCH_MAX, plm_outcome);
    end = apply_file(invocation, &state, page);
    free(state.kept);
    pli_pool_finish(&pool);
    uint64_t committed = plm_engine_committed(state.engine);
    end = pli_venue_close(state.engine, end);
    if (state.history != NULL) {
        close_history(invocation, state.history, committed);
    }
    return end;
}

const pli_verb pli_verb_apply = {
    .name = "apply",
    .summary = "apply events to a venue and make them durable",
    .operands = "DIR FILE",
    .operand_min = 2,
    .operand_max = 2,
    .options = options,
    .detail =
        "FILE holds lines of JSON or events side by side as bytes (`plimsoll events` lists "
        "both forms); - is standard input. A batch is acknowledged when it is on the disk; "
        "the next one is decided meanwhile. A refused event changes nothing and stays on record "
        "with its reason. An "
        "event that is not well formed ends the run; what came before it is applied and stays.",
    .example = "plimsoll apply build/venue examples/venue/events.jsonl",
    .run = run,
};
