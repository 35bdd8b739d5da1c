/* verify.c: plimsoll verify: replay a venue's whole log and compare everything it records. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "cli/deep.h"
#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"
#include "engine/engine.h"

static const pli_option options[] = {
    {"deep", NULL, "compute forecasts again from the closes on record, and compare"},
    {"candles", "FILE,..", "with --deep: and from these candles, for models that need them"},
    {NULL, NULL, NULL},
};

/* What is counted on the way. */
typedef struct audit {
    uint64_t events, refused, reports, forged;
    const char *broken; /* the first invariant that does not hold at a checkpoint */
    uint64_t broken_at;
    pli_deep *deep; /* NULL: not asked for */
} audit;

/* Invariants are recomputed from nothing at every event of this number. */
#define CHECK_INTERVAL 1024u

static void
observe(void *observer, const plm_core *core, const plm_event *event, const plm_outcome *outcome,
        const plm_effect *effects) {
    audit *seen = observer;
    (void)effects;
    seen->events += 1;
    seen->refused += outcome->reject != PLM_REJECT_NONE;
    if (event->header.type == PLM_EVENT_TYPE_PRICE_REPORT) {
        seen->reports += 1;
        seen->forged += !pli_engine_is_signed(core, &event->price_report_body);
    }
    if (seen->deep != NULL) {
        pli_deep_observe(seen->deep, core, event, outcome);
    }
    if (seen->broken == NULL && seen->events % CHECK_INTERVAL == 0) {
        seen->broken = plm_core_check(core);
        seen->broken_at = outcome->sequence;
    }
}

static pli_exit
show(const pli_invocation *invocation, plm_engine *engine, const audit *seen, pli_page *page) {
    const pli_column columns[] = {
        pli_column_count("events", "events replayed"),
        pli_column_count("refused", "refused by the rules"),
        pli_column_count("reports", "signed price reports"),
        pli_column_count("forged", "of these not signed by their source"),
        pli_column_text("invariant", "invariants"),
        pli_column_text("digest", "digest of the state"),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    pli_pool pool = {.chunks = NULL};
    uint8_t digest[32];
    char invariant[160] = "hold";
    if (seen->broken != NULL) {
        pli_text text = pli_text_init(invariant, sizeof invariant);
        pli_text_append(&text, seen->broken);
        pli_text_append(&text, ", at event ");
        pli_text_append_u64(&text, seen->broken_at);
    }
    plm_core_digest(plm_engine_core(engine), digest);
    const pli_cell cells[COLUMNS] = {
        pli_cell_number((pli_i128)seen->events, 0),
        pli_cell_number((pli_i128)seen->refused, 0),
        pli_cell_number((pli_i128)seen->reports, 0),
        pli_cell_toned(pli_cell_number((pli_i128)seen->forged, 0),
                       seen->forged == 0 ? PLI_TONE_PLAIN : PLI_TONE_BAD),
        pli_cell_toned(pli_cell_text(invariant),
                       seen->broken == NULL ? PLI_TONE_GOOD : PLI_TONE_BAD),
        pli_cell_text(pli_venue_hex(&pool, digest)),
    };
    pli_rows rows = pli_rows_make(&pool, "verify", columns, COLUMNS, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    pli_table tables[3] = {rows.table};
    bool is_deep = seen->deep != NULL;
    if (is_deep) {
        tables[1] = pli_deep_record(&pool, seen->deep).table;
        tables[2] = pli_deep_table(&pool, seen->deep).table;
    }
    const pli_tables answer = {
        .schema = "plimsoll-verify/1", .table_count = is_deep ? 3 : 1, .tables = tables};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    bool is_finding =
        seen->forged != 0 || seen->broken != NULL || (is_deep && seen->deep->differing != 0);
    return end == PLI_EXIT_OK && is_finding ? PLI_EXIT_FINDING : end;
}

static pli_exit
verify(const pli_invocation *invocation, pli_deep *deep, pli_page *page) {
    audit seen = {.deep = deep};
    plm_engine_options engine_options;
    plm_engine_options_init(&engine_options);
    engine_options.is_read_only = true;
    engine_options.is_verifying = true;
    engine_options.observe = observe;
    engine_options.observer = &seen;
    plm_engine *engine = NULL;
    plm_fault fault;
    plm_status status = plm_engine_open(invocation->operands[0], &engine_options, &engine, &fault);
    if (status != PLM_OK) {
        // What the log cannot vouch for is what one asked to find.
        pli_exit end = pli_fail_status(invocation->operands[0], &fault);
        bool is_finding = status == PLM_LOG_DAMAGED || status == PLM_LOG_TRUNCATED ||
                          status == PLM_STATE_DIVERGED || status == PLM_STATE_LIMITS;
        return is_finding ? PLI_EXIT_FINDING : end;
    }
    if (seen.broken == NULL) {
        seen.broken = plm_core_check(plm_engine_core(engine));
        seen.broken_at = seen.events;
    }
    return pli_venue_close(engine, show(invocation, engine, &seen, page));
}

// The files of --candles, as days.
static pli_exit
read_candles(const pli_invocation *invocation, pli_deep *deep) {
    const char *list = pli_argument_value(invocation, "candles");
    pli_exit end = PLI_EXIT_OK;
    if (list == NULL) {
        return end;
    }
    size_t size = strlen(list) + 1;
    char *path = pli_must_block(&deep->pool, size);
    memcpy(path, list, size);
    while (end == PLI_EXIT_OK && path != NULL) {
        char *comma = strchr(path, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        if (deep->file_count == PLI_DEEP_FILES_MAX) {
            return pli_fail_usage("--candles takes at most 16 files", NULL, NULL);
        }
        end = pli_forecast_days_read(path, &deep->pool, &deep->files[deep->file_count]);
        deep->file_count += 1;
        path = comma != NULL ? comma + 1 : NULL;
    }
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    static pli_deep deep;
    if (!pli_argument_is_given(invocation, "deep")) {
        return verify(invocation, NULL, page);
    }
    deep = (pli_deep){.line_count = 0};
    pli_exit end = read_candles(invocation, &deep);
    end = end == PLI_EXIT_OK ? verify(invocation, &deep, page) : end;
    pli_pool_finish(&deep.pool);
    return end;
}

const pli_verb pli_verb_verify = {
    .name = "verify",
    .summary = "replay a venue's log from its first event and compare everything it records",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "Checks the chain of every frame, the signature of every price report, the recorded "
              "outcome of every batch, every recorded digest, and every 1,024 events the "
              "invariants of the books. With --deep also every forecast whose hash names a model "
              "and closes that the log holds (plimsoll forecast closes) or, with --candles, days "
              "of these "
              "files (plimsoll forecast candles). Reads only; exit 1 on a "
              "finding.",
    .example = "plimsoll verify build/venue",
    .run = run,
};
