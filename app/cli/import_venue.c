/* import_venue.c: plimsoll import venue: a venue anew from a whole export of another. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"
#include "io/export_json.h"

#define FILE_SIZE_MAX ((size_t)1 << 32)
#define BATCH_BYTES ((size_t)4 << 20)
enum { BATCH_MAX = 1024 };

static const pli_option options[] = {
    {"segment-mib", "N", "size of the log's files, 5 to 1048576 MiB (default 64)"},
    {NULL, NULL, NULL},
};

/* The events that are made durable together. */
typedef struct batch {
    uint8_t *bytes;
    plm_outcome *outcomes;
    size_t size;
    uint32_t count;
} batch;

static plm_status
flush(plm_engine *engine, batch *of, plm_fault *fault) {
    uint32_t count = 0;
    plm_batch events = {of->bytes, of->size, BATCH_MAX, of->outcomes};
    plm_status status = of->count == 0 ? PLM_OK : plm_engine_submit(engine, &events, &count, fault);
    of->count = 0;
    of->size = 0;
    return status == PLM_OK ? plm_engine_commit(engine, fault) : status;
}

static plm_status
apply_events(plm_engine *engine, pli_export *from, batch *of, plm_fault *fault) {
    pli_progress progress = pli_progress_begin("bytes", from->lines.bytes.size);
    plm_status status = PLM_OK;
    bool is_end = false;
    while (status == PLM_OK && !is_end) {
        plm_event event;
        status = pli_event_lines_next(&from->lines, &event, &is_end, fault);
        if (status != PLM_OK || is_end) {
            break;
        }
        size_t size = 0;
        event.header.sequence = 0; // the engine numbers them again
        status = plm_event_encode(&event, of->bytes + of->size, BATCH_BYTES - of->size, &size);
        of->size += size;
        of->count += 1;
        if (status == PLM_OK &&
            (of->count == BATCH_MAX || BATCH_BYTES - of->size < PLM_EVENT_SIZE_MAX)) {
            status = flush(engine, of, fault);
            pli_progress_show(&progress, from->lines.at);
        }
    }
    status = status == PLM_OK ? flush(engine, of, fault) : status;
    pli_progress_end(&progress);
    return status;
}

/* Is the state the one that the export ends with? */
static plm_status
compare(const plm_core *core, const pli_export *from, plm_fault *fault) {
    uint8_t digest[32];
    plm_core_digest(core, digest);
    bool is_equal = plm_core_sequence(core) == from->sequence &&
                    memcmp(digest, from->digest, sizeof digest) == 0;
    return is_equal ? PLM_OK
                    : pli_fault_set(fault, PLM_STATE_DIVERGED,
                                    "the events do not lead to the state that the export ends "
                                    "with: remove what was made of them",
                                    NULL, NULL);
}

static pli_exit
show(const pli_invocation *invocation, const pli_export *from, pli_page *page) {
    pli_pool pool = {.chunks = NULL};
    const pli_column columns[3] = {pli_column_text("directory", "directory"),
                                   pli_column_count("sequence", "events"),
                                   pli_column_text("digest", "digest of the state")};
    const pli_cell cells[3] = {pli_cell_text(invocation->operands[0]),
                               pli_cell_number((pli_i128)from->sequence, 0),
                               pli_cell_text(pli_venue_hex(&pool, from->digest))};
    pli_rows rows = pli_rows_make(&pool, "venue", columns, 3, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    const pli_tables answer = {
        .schema = "plimsoll-import-venue/1", .table_count = 1, .tables = &rows.table};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return end;
}

static pli_exit
import_into(const pli_invocation *invocation, pli_export *from, uint64_t segment_mib,
            pli_page *page) {
    plm_engine_options engine_options;
    plm_engine_options_init(&engine_options);
    engine_options.limits = from->limits;
    engine_options.segment_size = segment_mib << 20;
    engine_options.is_time_given = true;
    plm_engine *engine = NULL;
    pli_exit end = pli_venue_create(invocation, &engine_options, &engine);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    plm_fault fault;
    pli_pool pool = {.chunks = NULL};
    batch of = {.bytes = pli_must_take(&pool, BATCH_BYTES, 1),
                .outcomes = PLI_MUST_TAKE(&pool, BATCH_MAX, plm_outcome)};
    plm_status status = apply_events(engine, from, &of, &fault);
    pli_pool_finish(&pool);
    status = status == PLM_OK ? compare(plm_engine_core(engine), from, &fault) : status;
    end = status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(from->lines.name, &fault);
    end = pli_venue_close(engine, end);
    return end == PLI_EXIT_OK ? show(invocation, from, page) : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    const char *name = invocation->operands[1];
    uint64_t segment_mib = 64;
    pli_exit end = pli_venue_count(invocation, "segment-mib", 5, 1 << 20, &segment_mib);
    pli_bytes bytes = {.data = NULL};
    pli_export from;
    plm_fault fault;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    if (pli_file_read(name, FILE_SIZE_MAX, &bytes, &fault) != PLM_OK) {
        return pli_fail_status(name, &fault);
    }
    end = pli_export_read(name, bytes, &from, &fault) == PLM_OK
              ? import_into(invocation, &from, segment_mib, page)
              : pli_fail_status(name, &fault);
    pli_bytes_finish(&bytes);
    return end;
}

const pli_verb pli_verb_import_venue = {
    .name = "import venue",
    .summary = "make a venue anew from a whole export of another",
    .operands = "DIR EXPORT.jsonl",
    .operand_min = 2,
    .operand_max = 2,
    .options = options,
    .detail =
        "EXPORT.jsonl is what `plimsoll export OTHER --whole --output EXPORT.jsonl` writes; - is "
        "standard input. DIR becomes a venue of the same sizes, every event is decided again, and "
        "the digest of the "
        "state must be the one that the export ends with. An export that was cut is refused before "
        "anything is made.",
    .example = "plimsoll import venue build/anew build/venue.jsonl",
    .run = run,
};
