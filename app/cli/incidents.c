/* incidents.c: plimsoll incidents: a folder of incidents, each with and without its controls. SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "cli/incident.h"
#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/rows.h"
#include "cli/verbs.h"

#define FILES_MAX 512u
#define CONTROLS_MAX 16u
#define DEFAULT_DIR "examples/incidents"

static const pli_option options[] = {
    {"markdown", NULL, "write docs/incidents.md"},
    {"quick", NULL, "only the run with shipped parameters and the naive run"},
    {NULL, NULL, NULL},
};

/* run_result - one run of one incident. */
typedef struct run_result {
    bool is_run;
    int64_t loss_micros;
    uint32_t assertion_count, failed_count;
    char failed[256]; /* the metrics that failed, with what was seen */
} run_result;

typedef struct incident_row {
    const char *name;
    const char *currency;
    uint32_t control_count;
    const char *controls[CONTROLS_MAX];
    run_result shipped, naive, without[CONTROLS_MAX];
} incident_row;

static int
compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool
is_json(const char *name) {
    size_t size = strlen(name);
    return size > 5 && strcmp(name + size - 5, ".json") == 0;
}

// A file, or the files of a folder named *.json, in the order of their names.
static pli_exit
list_files(const char *folder, pli_pool *pool, const char **paths, uint32_t *count) {
    if (is_json(folder)) {
        paths[0] = folder;
        *count = 1;
        return PLI_EXIT_OK;
    }
    DIR *directory = opendir(folder);
    if (directory == NULL) {
        return pli_fail_usage(folder, ": no folder that can be read", NULL);
    }
    char path[4096];
    for (const struct dirent *entry = readdir(directory); entry != NULL && *count < FILES_MAX;
         entry = readdir(directory)) {
        if (!is_json(entry->d_name)) {
            continue;
        }
        pli_text text = pli_text_init(path, sizeof path);
        pli_text_append(&text, folder);
        pli_text_append(&text, "/");
        pli_text_append(&text, entry->d_name);
        paths[*count] = pli_must_text(pool, path);
        *count += 1;
    }
    (void)closedir(directory);
    qsort(paths, *count, sizeof *paths, compare_names);
    return *count > 0 ? PLI_EXIT_OK : pli_fail_usage(folder, ": no incident in it", NULL);
}

static void
judge(const pli_incident *incident, const pli_rehearsal *played, uint32_t run, run_result *result) {
    *result = (run_result){.is_run = true, .loss_micros = pli_rehearsal_loss(played)};
    pli_text text = pli_text_init(result->failed, sizeof result->failed);
    result->assertion_count = incident->assertion_counts[run];
    for (uint32_t i = 0; i < result->assertion_count; i += 1) {
        const pli_incident_assertion *assertion = &incident->assertions[run][i];
        pli_rehearsal_verdict verdict = pli_rehearsal_judge(played, assertion);
        if (verdict.is_met) {
            continue;
        }
        pli_text_append(&text, result->failed_count > 0 ? "; " : "");
        pli_text_append(&text, assertion->metric);
        pli_text_append(&text, " = ");
        pli_text_append(&text, verdict.seen);
        result->failed_count += 1;
    }
}

static pli_exit
run_once(const pli_incident *incident, const pli_rehearsal_options *asked, run_result *result,
         const char **currency, pli_pool *kept) {
    pli_pool pool = {.chunks = NULL};
    pli_rehearsal *played = NULL;
    plm_fault fault;
    void *memory = pli_must_block(&pool, pli_rehearsal_size(incident));
    pli_rehearsal_options measured = *asked;
    pli_exit end = pli_incident_measure(incident, &measured);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    plm_status status = pli_rehearsal_run(incident, &measured, memory, pli_rehearsal_size(incident),
                                          &played, &fault);
    if (status == PLM_OK) {
        judge(incident, played, asked->is_naive ? 0 : 1, result);
        *currency = pli_must_text(kept, pli_rehearsal_currency(played));
    } else {
        // Where a control is part of what the file lists (a price below zero), it cannot be opened without.
        pli_text text = pli_text_init(result->failed, sizeof result->failed);
        pli_text_append(&text, "cannot be opened: ");
        pli_text_append(&text, fault.text);
        result->failed_count = 1;
    }
    pli_pool_finish(&pool);
    return PLI_EXIT_OK;
}

static pli_exit
run_incident(const char *path, bool is_quick, pli_pool *kept, incident_row *row) {
    pli_incident_book book = {0};
    plm_fault fault;
    if (pli_incident_read(path, &book, &fault) != PLM_OK) {
        return pli_fail_status(path, &fault);
    }
    const pli_incident *incident = &book.incident;
    row->name = pli_must_text(kept, incident->name);
    row->currency = "";
    pli_rehearsal_options asked = {.without = 0};
    pli_exit end = run_once(incident, &asked, &row->shipped, &row->currency, kept);
    asked.is_naive = true;
    end = end == PLI_EXIT_OK ? run_once(incident, &asked, &row->naive, &row->currency, kept) : end;
    for (uint32_t i = 0; !is_quick && i < incident->control_count && i < CONTROLS_MAX; i += 1) {
        pli_control control =
            pli_control_named(incident->controls[i], (uint32_t)strlen(incident->controls[i]));
        row->controls[row->control_count] = pli_must_text(kept, incident->controls[i]);
        run_result *cell = &row->without[row->control_count++];
        if (end == PLI_EXIT_OK && pli_control_has_switch(control)) {
            asked = (pli_rehearsal_options){.without = PLI_CONTROL_BIT(control)};
            end = run_once(incident, &asked, cell, &row->currency, kept);
        }
    }
    pli_incident_finish(&book);
    return end;
}

// --- The answer ------------------------------------------------------------------------------------------------------

static void
add_row(pli_rows *rows, const incident_row *row, const char *run, const run_result *result) {
    bool is_met = result->is_run && result->failed_count == 0;
    const pli_cell cells[7] = {
        pli_cell_text(row->name),
        pli_cell_text(run),
        result->is_run ? pli_cell_micros(result->loss_micros) : pli_cell_none(),
        pli_cell_text(row->currency),
        result->is_run ? pli_cell_number(result->assertion_count, 0) : pli_cell_none(),
        result->is_run ? pli_cell_number(result->failed_count, 0) : pli_cell_none(),
        pli_cell_toned(pli_cell_text(!result->is_run && result->failed_count == 0 ? "no switch"
                                     : is_met                                     ? ""
                                                                                  : result->failed),
                       is_met ? PLI_TONE_PLAIN : PLI_TONE_BAD)};
    pli_rows_add(rows, cells);
}

static void
append_loss(pli_text *text, const run_result *result) {
    if (!result->is_run) {
        pli_text_append(text, result->failed_count > 0 ? "cannot open" : "-");
        return;
    }
    pli_decimal_format_grouped(text, result->loss_micros, 6, 0, PLI_DECIMAL_CEIL);
    if (result->failed_count > 0) {
        pli_text_append(text, " (");
        pli_text_append_u64(text, result->failed_count);
        pli_text_append(text, " failed)");
    }
}

static void
write_markdown_row(const pli_sink *sink, const incident_row *row) {
    char data[1024];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "| ");
    pli_text_append(&text, row->name);
    pli_text_append(&text, " | ");
    append_loss(&text, &row->shipped);
    pli_text_append(&text, " | ");
    append_loss(&text, &row->naive);
    pli_text_append(&text, " | ");
    for (uint32_t i = 0; i < row->control_count; i += 1) {
        pli_text_append(&text, i > 0 ? ", " : "");
        pli_text_append(&text, row->controls[i]);
        pli_text_append(&text, " ");
        append_loss(&text, &row->without[i]);
    }
    pli_text_append(&text, " | ");
    pli_text_append(&text, row->currency);
    pli_text_append(&text, " |\n");
    pli_sink_string(sink, data);
}

static void
write_failed(const pli_sink *sink, const incident_row *rows, uint32_t count, bool is_naive) {
    pli_sink_string(sink,
                    "\n| incident | assertions | failed, with what was seen |\n|---|---|---|\n");
    for (uint32_t i = 0; i < count; i += 1) {
        const run_result *result = is_naive ? &rows[i].naive : &rows[i].shipped;
        char data[512];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "| ");
        pli_text_append(&text, rows[i].name);
        pli_text_append(&text, " | ");
        pli_text_append_u64(&text, result->assertion_count);
        pli_text_append(&text, " | ");
        pli_text_append(&text, result->failed_count == 0 ? "all met" : result->failed);
        pli_text_append(&text, " |\n");
        pli_sink_string(sink, data);
    }
}

static uint32_t
count_met(const incident_row *rows, uint32_t count, bool is_naive) {
    uint32_t met = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        const run_result *result = is_naive ? &rows[i].naive : &rows[i].shipped;
        met += result->is_run && result->failed_count == 0 ? 1 : 0;
    }
    return met;
}

static const char *const prose[] = {
    "# Incidents\n\nFailures of real venues, played on the engine: `plimsoll incidents --markdown "
    "> docs/incidents.md` "
    "writes this\npage; `plimsoll replay FILE` plays one, with a timeline and, by `--report`, a "
    "page of pictures. The "
    "files stand in\n`examples/incidents`, in a schema that any other incident can be written "
    "in.\n\n",
    "## How a file becomes events\n",
    "- The engine has its shipped parameters and the facts that the file gives about the market "
    "(depth, supply, sources,\n"
    "  funds, redemption values). `params_hardened` is not read.\n",
    "- Money, positions and loans of the file are booked before the clock starts, with nothing "
    "required. From then on the\n"
    "  engine decides. An account that holds more than the engine would have let it take begins "
    "below its requirement.\n",
    "- A source that is up says every 10 s what it said last. A price with one source that prices "
    "only the venue's own\n"
    "  contracts is the operator's. Forced orders meet the file's ladder, which is used up; "
    "bidders bid by their policy, and\n"
    "  who stands behind a ladder bids at its price. CONTINUE and ASSESS come as an operator would "
    "send them.\n",
    "- In a file that knows of no ladder at all, its accounts of role `market_maker` take forced "
    "orders at the index, as far as\n"
    "  the engine lets them.\n",
    "- A contract that has ended with recorded losses is socialised (`books.md`, section 17); what "
    "rounding has left goes to\n"
    "  the insurance fund.\n",
    "- Values are in the first `cash` asset that no price is told of; else in a quote that is no "
    "asset of the file; else in the\n"
    "  first `stable` asset without a price. Other money without a price is worth its "
    "`redemption`, "
    "or one.\n",
    "- Of an account with `*` in its name a metric is that of all that match: true where it is so "
    "of any, or the sum. `value`\n"
    "  may be a list, for `in`; `tol` is how far from it still equals it.\n\n",
    "## The naive run\n",
    "The same events go to books that believe everybody (`src/sim/naive.h`): the file's "
    "`params_naive` in numbers, the venue's\n"
    "own price formula, a flat fraction of notional, profits paid at once from everybody's money, "
    "flags that exempt an\n"
    "account, whole positions closed at any price, loans closed by the venue's close factor and "
    "bonus. They are no part of a\n"
    "running venue.\n\n",
    "## Events of a file\n\n| event | what becomes of it |\n|---|---|\n",
    "| `oracle` | a source's report, repeated until it says something else (PRICE_REPORT, with the "
    "`confidence` that it states); what is "
    "no number is no event |\n",
    "| `oracle_truth` | what the outcome is valued at; the engine is not told |\n",
    "| `feed_state` | `up`: the source goes on; anything else: it is silent |\n",
    "| `print` | nothing: a trade on the venue's own book moves no index; who is closed right "
    "after one is counted |\n",
    "| `trade`, `trade_each`, `order_burst` | TRADE; `max_im`: as much as the initial requirement "
    "lets the account take |\n",
    "| `order_submit` | RESERVE with a deadline of 5 s, fills on the ladder, RELEASE; during an "
    "`overload` it waits for `overload_end` |\n",
    "| `deposit`, `deposit_collateral`, `withdraw`, `borrow`, `repay` | the events of those names; "
    "`self_leverage`, or a loan `to` the venue: paid back in at once |\n",
    "| `donate` | WITHDRAW, to nobody |\n",
    "| `position_transfer` | POSITION_TRANSFER of every position, between accounts of one "
    "`linked_group` |\n",
    "| `liquidate`, `liquidate_attempt` | ASSESS, and a bid of the liquidator; refused (`health`) "
    "where nobody is to be liquidated |\n",
    "| `margin_call`, `default`, `close_out` | ASSESS: what happens then is the engine's own word "
    "|\n",
    "| `settle` | SETTLE_EXPIRY, at the average of the sources where they speak |\n",
    "| `socialise` | SOCIALISE of the contract's recorded losses, then of what rounding has left "
    "|\n",
    "| `funding` | FUNDING: rate times index; with `*`, of all perpetuals of such a name |\n",
    "| `bidder_state`, `bid_policy` | BID, by that policy, whenever there is an auction |\n",
    "| `book_change` | a ladder that begins then; a side that it does not name is empty |\n",
    "| `param` | PARAMETERS: `CONTRACT.im` is a path of the engine, others are names of no record; "
    "a guardian's return to what is in force is accepted |\n",
    "| `process` | the state is read back from its bytes, and its digest compared |\n",
    "| `bust_request` | nothing: there is no such event; the naive books take trades back |\n",
    "| `repeat` | its `cycle` of trades, funding and payments, drawn by the seed |\n",
    "| `vault_deposit`, `vault_withdraw` | not expressed, and the timeline says so |\n",
    "\n`test/cli/test_incident_kinds.py` plays every one of them, and asks for every metric of the "
    "schema, in a file of its own.\n\n",
    "## Metrics that need a word\n",
    "- *liquidated*: the account fell below maintenance at a price that allows it, and did not "
    "come out of that sound with\n"
    "  something left. Who is reduced and goes on is not.\n",
    "- *risk_event_queue_delay_ms*: how long an event waits for the one in hand, by the clock of "
    "the machine. The core has one\n"
    "  writer and events that risk needs go first, so nothing else is waited for. "
    "*burst_N_wall_ms*: `src/study/burst.h`.\n",
    "- *waterfall_order*, *mutual_shares*: the engine's own rules (`src/liquidation/waterfall.h`, "
    "`socialise.h`) asked with a\n"
    "  growing loss, and with the members' shares of the fund. Members' funds are not booked in "
    "the core.\n",
    "- *loss*: what accounts owe beyond all they have at the end, and what funds have paid.\n\n",
    "## Controls and their switches\n\n| control | how it is switched off |\n|---|---|\n",
};

static const char without_switch[] =
    "\nWhat stands at none is refused by `--without`, with the same reason. Ledger controls, "
    "exemptions, paper gains, offsets\n"
    "between contracts (the shipped model `tiered` gives none) and changes that nobody looks at "
    "are shown on the naive books\n"
    "alone: the engine cannot be run without them. Of C-RSK-DYN only the notice has a switch: "
    "the fractions of `tiered` do not\n"
    "move by themselves. C-GOV-FASTSAFE makes a difference only where a change has been taken, "
    "so together with C-GOV-SHADOW.\n"
    "C-GOV-COUPLED has none because nothing of the schema could show it: a `param` event names one "
    "path, and a record is\n"
    "replaced by one event, so there is no moment between two halves of a change.\n\n"
    "Of 2019-05-17 our file lets Bitstamp alone come back at 7,100, as was reported. Where all "
    "five sources say 7,100, the index\n"
    "follows them: the median of equal reports is that report, and a lower bound of 7,290 on it "
    "cannot be met.\n\n";

static void
write_prose(const pli_sink *sink) {
    for (uint32_t i = 0; i < sizeof prose / sizeof prose[0]; i += 1) {
        pli_sink_string(sink, prose[i]);
    }
    for (uint32_t i = 0; i < PLI_CONTROL_COUNT; i += 1) {
        char data[256];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "| ");
        pli_text_append(&text, pli_control_id((pli_control)i));
        pli_text_append(&text, " | ");
        pli_text_append(&text, pli_control_switch((pli_control)i));
        pli_text_append(&text, " |\n");
        pli_sink_string(sink, data);
    }
    pli_sink_string(sink, without_switch);
}

static void
write_markdown(pli_page *page, const incident_row *rows, uint32_t count) {
    const pli_sink sink = pli_page_sink(page);
    write_prose(&sink);
    pli_sink_string(&sink, "## Result\n");
    char data[256];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "With shipped parameters ");
    pli_text_append_u64(&text, count_met(rows, count, false));
    pli_text_append(&text, " of ");
    pli_text_append_u64(&text, count);
    pli_text_append(&text, " incidents meet every assertion; the naive run reproduces ");
    pli_text_append_u64(&text, count_met(rows, count, true));
    pli_text_append(&text, ".\n\n## Loss in each run\n\n"
                           "And how many assertions failed, of those that the file makes of the "
                           "run.\n\n");
    pli_sink_string(&sink, data);
    pli_sink_string(&sink, "| incident | shipped | naive | with one control off | currency |\n"
                           "|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < count; i += 1) {
        write_markdown_row(&sink, &rows[i]);
    }
    pli_sink_string(&sink, "\n## Assertions of the run with shipped parameters\n");
    write_failed(&sink, rows, count, false);
    pli_sink_string(&sink, "\n## Assertions of the naive run\n");
    write_failed(&sink, rows, count, true);
}

static pli_exit
show(const pli_invocation *invocation, pli_page *page, pli_pool *pool, const incident_row *found,
     uint32_t count) {
    const pli_column columns[7] = {pli_column_text("incident", "incident"),
                                   pli_column_text("run", "run"),
                                   pli_column_money("loss", "loss", "", PLI_DECIMAL_CEIL),
                                   pli_column_text("currency", "currency"),
                                   pli_column_count("assertions", "assertions"),
                                   pli_column_count("failed", "failed"),
                                   pli_column_text("failed_metrics", "what failed")};
    pli_rows rows = pli_rows_make(pool, "runs", columns, 7, count * (2 + CONTROLS_MAX));
    for (uint32_t i = 0; i < count; i += 1) {
        add_row(&rows, &found[i], "shipped", &found[i].shipped);
        add_row(&rows, &found[i], "naive", &found[i].naive);
        for (uint32_t at = 0; at < found[i].control_count; at += 1) {
            add_row(&rows, &found[i], found[i].controls[at], &found[i].without[at]);
        }
    }
    const pli_column sums[3] = {pli_column_count("incidents", "incidents"),
                                pli_column_count("survived", "survived with shipped parameters"),
                                pli_column_count("reproduced", "reproduced by the naive run")};
    pli_rows summary = pli_rows_make(pool, "summary", sums, 3, 1);
    summary.table.is_record = true;
    const pli_cell cells[3] = {pli_cell_number(count, 0),
                               pli_cell_number(count_met(found, count, false), 0),
                               pli_cell_number(count_met(found, count, true), 0)};
    pli_rows_add(&summary, cells);
    const pli_table tables[2] = {rows.table, summary.table};
    const pli_tables answer = {
        .schema = "plimsoll-incidents/1", .table_count = 2, .tables = tables};
    return pli_show(invocation, &answer, page);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    const char *folder = invocation->operand_count > 0 ? invocation->operands[0] : DEFAULT_DIR;
    pli_pool pool = {.chunks = NULL};
    const char **paths = PLI_MUST_TAKE(&pool, FILES_MAX, const char *);
    uint32_t count = 0;
    pli_exit end = list_files(folder, &pool, paths, &count);
    incident_row *rows = PLI_MUST_TAKE(&pool, count + 1, incident_row);
    pli_progress progress = pli_progress_begin("incidents", count);
    for (uint32_t i = 0; i < count && end == PLI_EXIT_OK; i += 1) {
        end = run_incident(paths[i], pli_argument_is_given(invocation, "quick"), &pool, &rows[i]);
        pli_progress_show(&progress, i + 1);
    }
    (void)pli_progress_end(&progress);
    if (end == PLI_EXIT_OK && pli_argument_is_given(invocation, "markdown")) {
        write_markdown(page, rows, count);
    } else if (end == PLI_EXIT_OK) {
        end = show(invocation, page, &pool, rows, count);
    }
    bool has_failed = end == PLI_EXIT_OK && count_met(rows, count, false) < count;
    pli_pool_finish(&pool);
    return has_failed ? PLI_EXIT_FINDING : end;
}

const pli_verb pli_verb_incidents = {
    .name = "incidents",
    .summary = "a folder of incidents, each with and without its controls",
    .operands = "[DIR|FILE]",
    .operand_min = 0,
    .operand_max = 1,
    .options = options,
    .detail = "Plays a file of schema plimsoll-incident/1, or every one of a folder (default "
              "examples/incidents): with the shipped parameters, naively, and with each control "
              "that the file lists and the engine can switch off, switched off. Shows the loss of "
              "each run: what accounts owe beyond all they have, and what funds have paid. Exit 1 "
              "where an incident is not survived with the shipped parameters.",
    .example = "plimsoll incidents examples/incidents/2019-06-25-synthetix-skrw.json",
    .run = run,
};
