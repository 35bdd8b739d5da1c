/* incident.c: plimsoll replay: an incident of the past happens again on the engine.    SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/incident.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "os/clock.h"
#include "study/burst.h"
#include "study/control.h"

static const pli_option options[] = {
    {"naive", NULL, "switch off the file's own controls and price as its venue did"},
    {"without", "IDS", "switch off these controls, such as C-ORA-BAND,C-RSK-CONC"},
    {"report", "FILE.html", "a page with pictures: price, equity, requirement, funds"},
    {NULL, NULL, NULL},
};

pli_exit
pli_incident_without(const char *list, uint64_t *mask) {
    while (list != NULL && *list != '\0') {
        size_t size = strcspn(list, ",");
        pli_control control = pli_control_named(list, (uint32_t)size);
        char id[64] = "";
        memcpy(id, list, size < sizeof id - 1 ? size : sizeof id - 1);
        if (control == PLI_CONTROL_COUNT) {
            return pli_fail_usage(id, " is no control of the catalogue, such as C-ORA-BAND", NULL);
        }
        if (!pli_control_has_switch(control)) {
            return pli_fail_usage(
                id, " has no switch: ", pli_control_switch(control) + strlen("none: "));
        }
        *mask |= PLI_CONTROL_BIT(control);
        list += size + (list[size] == ',' ? 1 : 0);
    }
    return PLI_EXIT_OK;
}

pli_exit
pli_incident_measure(const pli_incident *incident, pli_rehearsal_options *asked) {
    plm_fault fault = {.status = PLM_OK};
    pli_pool pool = {.chunks = NULL};
    asked->clock_ns = pli_clock_monotonic_ns;
    if (pli_burst_wanted(incident, asked->is_naive ? 0 : 1, &asked->burst_count)) {
        size_t size = pli_burst_size(asked->burst_count);
        if (size == 0) {
            return pli_fail_usage(incident->path, ": a burst larger than an engine can hold", NULL);
        }
        fault.status = pli_burst_run(asked->burst_count, pli_must_block(&pool, size), size,
                                     pli_clock_monotonic_ns, &asked->burst_ns, &fault);
    }
    pli_pool_finish(&pool);
    return fault.status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(incident->path, &fault);
}

pli_exit
pli_incident_play(const pli_incident *incident, const pli_rehearsal_options *asked, pli_pool *pool,
                  pli_rehearsal **made) {
    plm_fault fault = {.status = PLM_OK};
    size_t size = pli_rehearsal_size(incident);
    if (size == 0) {
        return pli_fail_usage(incident->path, ": more than an engine can hold", NULL);
    }
    void *memory = pli_must_block(pool, size);
    pli_rehearsal_options measured = *asked;
    pli_exit end = pli_incident_measure(incident, &measured);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    fault.status = pli_rehearsal_run(incident, &measured, memory, size, made, &fault);
    return fault.status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(incident->path, &fault);
}

static void
add_verdicts(const pli_incident *incident, const pli_rehearsal *played, uint32_t run,
             pli_rows *rows, uint32_t *failed) {
    for (uint32_t i = 0; i < incident->assertion_counts[run]; i += 1) {
        const pli_incident_assertion *assertion = &incident->assertions[run][i];
        pli_rehearsal_verdict verdict = pli_rehearsal_judge(played, assertion);
        *failed += verdict.is_met ? 0 : 1;
        const pli_cell cells[5] = {
            pli_cell_text(assertion->metric), pli_cell_text(assertion->operation),
            pli_cell_text(assertion->value), pli_cell_text(verdict.seen),
            pli_cell_toned(pli_cell_text(verdict.is_met         ? "met"
                                         : verdict.is_expressed ? "FAILED"
                                                                : "FAILED: not expressed"),
                           verdict.is_met ? PLI_TONE_GOOD : PLI_TONE_BAD)};
        pli_rows_add(rows, cells);
    }
}

static void
add_timeline(const pli_rehearsal *played, pli_rows *rows) {
    uint32_t count = 0;
    const pli_rehearsal_entry *entries = pli_rehearsal_entries(played, &count);
    for (uint32_t i = 0; i < count; i += 1) {
        const pli_cell cells[5] = {
            pli_cell_number(entries[i].time_ms, 3),
            entries[i].event > 0 ? pli_cell_number(entries[i].event, 0) : pli_cell_none(),
            pli_cell_text(entries[i].text), pli_cell_text(entries[i].outcome),
            entries[i].expected[0] != '\0' ? pli_cell_text(entries[i].expected) : pli_cell_none()};
        pli_rows_add(rows, cells);
    }
}

static pli_exit
show(const pli_invocation *invocation, pli_page *page, const pli_incident *incident,
     const pli_rehearsal *played, bool is_naive) {
    pli_pool pool = {.chunks = NULL};
    uint32_t run = is_naive ? 0 : 1, count = 0, failed = 0;
    (void)pli_rehearsal_entries(played, &count);
    const pli_column columns[5] = {
        pli_column_text("metric", "assertion"), pli_column_text("operation", "is"),
        pli_column_text("value", "wanted"), pli_column_text("seen", "seen"),
        pli_column_text("verdict", "verdict")};
    const pli_column line[5] = {pli_column_number("seconds", "time", "s", 0),
                                pli_column_count("event", "event"), pli_column_text("what", "what"),
                                pli_column_text("outcome", "outcome"),
                                pli_column_text("expected", "the file expects")};
    const pli_column sums[5] = {
        pli_column_text("incident", "incident"), pli_column_text("run", "run"),
        pli_column_count("assertions", "assertions"), pli_column_count("failed", "failed"),
        pli_column_money("loss", "loss", pli_rehearsal_currency(played), PLI_DECIMAL_CEIL)};
    pli_rows rows[3] = {
        pli_rows_make(&pool, "assertions", columns, 5, incident->assertion_counts[run]),
        pli_rows_make(&pool, "timeline", line, 5, count),
        pli_rows_make(&pool, "summary", sums, 5, 1)};
    add_verdicts(incident, played, run, &rows[0], &failed);
    add_timeline(played, &rows[1]);
    const pli_cell summary[5] = {
        pli_cell_text(incident->name), pli_cell_text(is_naive ? "naive" : "hardened"),
        pli_cell_number(incident->assertion_counts[run], 0), pli_cell_number(failed, 0),
        pli_cell_micros(pli_rehearsal_loss(played))};
    rows[2].table.is_record = true;
    rows[1].table.title = "What happened";
    pli_rows_add(&rows[2], summary);
    const pli_table tables[3] = {rows[0].table, rows[1].table, rows[2].table};
    const pli_tables answer = {.schema = "plimsoll-replay/1", .table_count = 3, .tables = tables};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return end == PLI_EXIT_OK && failed > 0 ? PLI_EXIT_FINDING : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    pli_rehearsal_options asked = {.is_naive = pli_argument_is_given(invocation, "naive")};
    pli_exit end = pli_incident_without(pli_argument_value(invocation, "without"), &asked.without);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    pli_incident_book book = {0};
    plm_fault fault;
    if (pli_incident_read(invocation->operands[0], &book, &fault) != PLM_OK) {
        return pli_fail_status(invocation->operands[0], &fault);
    }
    pli_pool pool = {.chunks = NULL};
    pli_rehearsal *played = NULL;
    end = pli_incident_play(&book.incident, &asked, &pool, &played);
    end = end == PLI_EXIT_OK ? show(invocation, page, &book.incident, played, asked.is_naive) : end;
    const char *report = pli_argument_value(invocation, "report");
    if (report != NULL && (end == PLI_EXIT_OK || end == PLI_EXIT_FINDING)) {
        pli_exit written = pli_incident_report(&book.incident, played, asked.is_naive, report);
        end = written == PLI_EXIT_OK ? end : written;
    }
    pli_pool_finish(&pool);
    pli_incident_finish(&book);
    return end;
}

const pli_verb pli_verb_replay = {
    .name = "replay",
    .summary = "an incident of the past happens again on the engine",
    .operands = "INCIDENT.json",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "Plays a file of schema plimsoll-incident/1 on an engine with its shipped parameters "
              "and the facts that the file gives about the market, and holds what has happened "
              "against what the file says of the hardened run (with --naive, of the naive one). "
              "An assertion that cannot be expressed counts as failed. Exit 1 where one fails.",
    .example = "plimsoll replay examples/incidents/2019-06-25-synthetix-skrw.json",
    .run = run,
};
