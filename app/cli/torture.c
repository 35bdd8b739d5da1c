/* torture.c: plimsoll torture: random venues, failing disks, and what must hold all the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "rig/torture.h"

static const pli_option options[] = {
    {"seed", "S", "the first seed (default 1)"},
    {"seeds", "K", "how many seeds, one after the other (default 1)"},
    {"events", "N", "events of each seed (default 10000)"},
    {"without-faults", NULL, "the state machine alone: no disk, nothing that fails"},
    {"crash-points", NULL, "cut the run at each of its writes and syncs, recover and compare"},
    {"coverage", NULL, "also each kind, outcome and price state that is demanded and was not met"},
    {"features", "A,B", "what a seed may choose from (default: everything)"},
    {NULL, NULL, NULL},
};

enum {
    SEED_DEFAULT = 1,
    EVENTS_DEFAULT = 10000,
    UNMET_MAX = PLI_COVERAGE_TYPES * PLI_COVERAGE_REJECTS
};

static pli_exit
choose_number(const pli_invocation *invocation, const char *option, uint64_t *number) {
    const char *text = pli_argument_value(invocation, option);
    if (text == NULL) {
        return PLI_EXIT_OK;
    }
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || strlen(text) > 18) {
        return pli_fail_usage(option, " is a whole number; seen was ", text);
    }
    *number = value;
    return PLI_EXIT_OK;
}

static pli_exit
choose_features(const pli_invocation *invocation, uint32_t *features) {
    const char *text = pli_argument_value(invocation, "features");
    *features = text == NULL ? PLI_WORLD_ALL : 0;
    while (text != NULL && *text != '\0') {
        size_t size = strcspn(text, ",");
        uint32_t bit = 0;
        const char *name = pli_world_feature_name(bit);
        while (name != NULL && (strlen(name) != size || strncmp(name, text, size) != 0)) {
            bit += 1;
            name = pli_world_feature_name(bit);
        }
        if (name == NULL) {
            return pli_fail_usage("no feature of a world is named ", text, NULL);
        }
        *features |= 1u << bit;
        text += size + (text[size] == ',' ? 1 : 0);
    }
    return PLI_EXIT_OK;
}

static void
append_features(pli_text *text, uint32_t features) {
    bool is_first = true;
    for (uint32_t bit = 0; pli_world_feature_name(bit) != NULL; bit += 1) {
        if ((features & 1u << bit) != 0) {
            pli_text_append(text, is_first ? "" : ",");
            pli_text_append(text, pli_world_feature_name(bit));
            is_first = false;
        }
    }
}

// The smallest run that still breaks something: no more events than needed, features dropped one by one.
static pli_torture_options
shrink(const pli_torture_options *broken, pli_torture_result *scratch) {
    pli_torture_options smallest = *broken;
    for (uint32_t bit = 0; bit < PLI_WORLD_FEATURE_COUNT; bit += 1) {
        pli_torture_options tried = smallest;
        tried.features &= ~(1u << bit);
        if (tried.features == smallest.features) {
            continue;
        }
        memset(scratch, 0, sizeof *scratch);
        pli_torture_run(&tried, scratch);
        if (scratch->violations != 0) {
            tried.event_count = scratch->violation_event;
            smallest = tried;
        }
    }
    return smallest;
}

static void
add_coverage(pli_rows *rows, const pli_coverage *coverage) {
    pli_coverage_count count = pli_coverage_counts(coverage);
    const struct {
        const char *what;
        uint64_t met, of;
    } lines[] = {{"kinds of event", count.types_met, count.types},
                 {"kind and outcome", count.outcomes_met, count.outcomes},
                 {"kind, outcome and price state", count.cells_met, count.cells},
                 {"kind after kind", count.pairs_met, count.pairs}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i += 1) {
        const pli_cell cells[] = {pli_cell_text(lines[i].what),
                                  pli_cell_number((pli_i128)lines[i].met, 0),
                                  pli_cell_number((pli_i128)lines[i].of, 0)};
        pli_rows_add(rows, cells);
    }
}

// The price states that are missing for one kind and outcome, in words; empty where none is.
static void
append_unmet(pli_text *text, const pli_coverage *coverage, uint16_t type, plm_reject reject) {
    bool is_first = true;
    for (uint32_t state = 0; state < PLI_COVERAGE_STATES; state += 1) {
        if (!coverage->outcomes[type][reject][state] &&
            pli_coverage_is_demanded(type, reject, state)) {
            pli_text_append(text, is_first ? "" : " ");
            pli_text_append(text,
                            state == 0 ? "none" : plm_price_state_name((plm_price_state)state));
            is_first = false;
        }
    }
}

// What could have occurred and did not: one row for each kind and outcome with the price states that are missing.
static void
add_unmet(pli_rows *rows, pli_pool *pool, const pli_coverage *coverage) {
    for (uint16_t type = 1; type < PLI_COVERAGE_TYPES; type += 1) {
        for (uint32_t reject = 0; reject < PLI_COVERAGE_REJECTS; reject += 1) {
            char line[64];
            pli_text text = pli_text_init(line, sizeof line);
            append_unmet(&text, coverage, type, (plm_reject)reject);
            if (line[0] == '\0') {
                continue;
            }
            const pli_cell cells[] = {
                pli_cell_text(plm_event_kind_find(type)->name),
                pli_cell_text(reject == 0 ? "accepted" : plm_reject_name((plm_reject)reject)),
                pli_cell_text(pli_must_text(pool, line))};
            pli_rows_add(rows, cells);
        }
    }
}

static pli_exit
show(const pli_invocation *invocation, const pli_torture_result *result, const char *features,
     pli_page *page) {
    const pli_column columns[] = {pli_column_count("events", "events"),
                                  pli_column_count("accepted", "accepted"),
                                  pli_column_count("faults", "faults"),
                                  pli_column_count("recoveries", "recoveries"),
                                  pli_column_count("crash_points", "crash points"),
                                  pli_column_count("flips", "bits flipped"),
                                  pli_column_count("violations", "violations"),
                                  pli_column_text("features", "of the last seed")};
    const pli_column met[] = {pli_column_text("what", "coverage"), pli_column_count("met", "met"),
                              pli_column_count("of", "of")};
    pli_pool pool = {.chunks = NULL};
    pli_rows totals = pli_rows_make(&pool, "totals", columns, 8, 1);
    pli_rows coverage = pli_rows_make(&pool, "coverage", met, 3, 4);
    const pli_cell cells[] = {
        pli_cell_number((pli_i128)result->events, 0),
        pli_cell_number((pli_i128)result->accepted, 0),
        pli_cell_number((pli_i128)result->faults, 0),
        pli_cell_number((pli_i128)result->recoveries, 0),
        pli_cell_number((pli_i128)result->crash_points, 0),
        pli_cell_number((pli_i128)result->flips, 0),
        pli_cell_number((pli_i128)result->violations, 0),
        pli_cell_text(features),
    };
    pli_rows_add(&totals, cells);
    totals.table.is_record = true;
    add_coverage(&coverage, &result->coverage);
    const pli_column missing[] = {pli_column_text("kind", "not met: kind"),
                                  pli_column_text("outcome", "outcome"),
                                  pli_column_text("price_states", "price states")};
    pli_rows unmet = pli_rows_make(&pool, "unmet", missing, 3, UNMET_MAX);
    add_unmet(&unmet, &pool, &result->coverage);
    const pli_table tables[] = {totals.table, coverage.table, unmet.table};
    const pli_tables document = {.schema = "plimsoll-torture/1",
                                 .table_count =
                                     pli_argument_is_given(invocation, "coverage") ? 3 : 2,
                                 .tables = tables};
    pli_exit end = pli_show(invocation, &document, page);
    pli_pool_finish(&pool);
    return end;
}

static void
write_violation(pli_sink *sink, const pli_torture_options *broken, const pli_torture_result *result,
                const pli_torture_options *smallest) {
    char line[1024];
    char list[256];
    pli_text features = pli_text_init(list, sizeof list);
    pli_text text = pli_text_init(line, sizeof line);
    append_features(&features, smallest->features);
    pli_text_append(&text, "\nseed ");
    pli_text_append_u64(&text, broken->seed);
    pli_text_append(&text, ", event ");
    pli_text_append_u64(&text, result->violation_event);
    pli_text_append(&text, ": ");
    pli_text_append(&text, result->violation);
    pli_text_append(&text, "\nagain: plimsoll torture --seed ");
    pli_text_append_u64(&text, smallest->seed);
    pli_text_append(&text, " --events ");
    pli_text_append_u64(&text, smallest->event_count);
    pli_text_append(&text, smallest->has_crash_points ? " --crash-points"
                           : smallest->has_faults     ? ""
                                                      : " --without-faults");
    pli_text_append(&text, smallest->features == PLI_WORLD_ALL ? "" : " --features ");
    pli_text_append(&text, smallest->features == PLI_WORLD_ALL ? "" : list);
    pli_text_append(&text, "\n");
    pli_sink_string(sink, line);
}

static void
write_last_line(pli_sink *sink, const pli_torture_result *result) {
    char line[128];
    pli_text text = pli_text_init(line, sizeof line);
    pli_text_append(&text, "events ");
    pli_text_append_u64(&text, result->events);
    pli_text_append(&text, " faults ");
    pli_text_append_u64(&text, result->faults);
    pli_text_append(&text, " crash points ");
    pli_text_append_u64(&text, result->crash_points);
    pli_text_append(&text, " violations ");
    pli_text_append_u64(&text, result->violations);
    pli_text_append(&text, "\n");
    pli_sink_string(sink, line);
}

// What a failed assertion leaves behind: it ends the process, so the seed under way is told on the way out.
static char under_way[64];

static void
tell_seed(int number) {
    ssize_t told = write(STDERR_FILENO, under_way, strlen(under_way));
    (void)told;
    signal(number, SIG_DFL);
    raise(number);
}

static void
note_seed(uint64_t seed) {
    pli_text text = pli_text_init(under_way, sizeof under_way);
    pli_text_append(&text, "plimsoll: under way was seed ");
    pli_text_append_u64(&text, seed);
    pli_text_append(&text, "\n");
    signal(SIGABRT, tell_seed);
}

static pli_exit
torture(const pli_invocation *invocation, pli_torture_options *asked, uint64_t seeds,
        pli_page *page) {
    pli_torture_result *result = calloc(2, sizeof *result);
    if (result == NULL) {
        const plm_fault fault = {.status = PLM_MEMORY, .text = "no memory"};
        return pli_fail_status(NULL, &fault);
    }
    pli_progress progress = pli_progress_begin("seeds", seeds);
    for (uint64_t i = 0; i < seeds && result->violations == 0; i += 1) {
        pli_progress_show(&progress, i);
        asked->seed += i == 0 ? 0 : 1;
        note_seed(asked->seed);
        pli_torture_run(asked, result);
    }
    pli_progress_end(&progress);
    char features[256];
    pli_text text = pli_text_init(features, sizeof features);
    append_features(&text, result->features);
    pli_exit end = show(invocation, result, features, page);
    pli_sink sink = pli_page_sink(page);
    if (end == PLI_EXIT_OK && result->violations != 0) {
        pli_torture_options broken = *asked;
        broken.event_count = result->violation_event;
        pli_torture_options smallest = shrink(&broken, result + 1);
        write_violation(&sink, asked, result, &smallest);
        end = PLI_EXIT_FINDING;
    }
    if ((end == PLI_EXIT_OK || end == PLI_EXIT_FINDING) && invocation->format == PLI_FORMAT_TABLE) {
        write_last_line(&sink, result);
    }
    free(result);
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    uint64_t seeds = 1;
    pli_torture_options asked = {.seed = SEED_DEFAULT, .event_count = EVENTS_DEFAULT};
    asked.has_crash_points = pli_argument_is_given(invocation, "crash-points");
    asked.has_faults =
        !asked.has_crash_points && !pli_argument_is_given(invocation, "without-faults");
    pli_exit end =
        asked.has_crash_points && pli_argument_is_given(invocation, "without-faults")
            ? pli_fail_usage("--crash-points", " has a disk; --without-faults has none", NULL)
            : choose_number(invocation, "seed", &asked.seed);
    end = end == PLI_EXIT_OK ? choose_number(invocation, "seeds", &seeds) : end;
    end = end == PLI_EXIT_OK ? choose_number(invocation, "events", &asked.event_count) : end;
    end = end == PLI_EXIT_OK ? choose_features(invocation, &asked.features) : end;
    return end == PLI_EXIT_OK ? torture(invocation, &asked, seeds, page) : end;
}

const pli_verb pli_verb_torture = {
    .name = "torture",
    .summary = "run random venues on a failing disk and check every invariant after every event",
    .operands = "",
    .operand_min = 0,
    .operand_max = 0,
    .options = options,
    .detail = "Every seed makes a small venue, a random subset of features, events that are often "
              "wrong, and faults:\n"
              "operations that fail, a full disk, lost power, killed processes, flipped bits. The "
              "last line counts\n"
              "events, faults, crash points and violations; at a violation the exit is 1 and a "
              "shorter run that "
              "shows it is printed.",
    .example = "plimsoll torture --seed 1 --events 1000",
    .run = run,
};
