/* shadow_run.c: plimsoll shadow: reading a venue's book and evaluating every account.    SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/blake2b.h"
#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/shadow.h"
#include "cli/words.h"
#include "io/marks_market.h"
#include "io/time_text.h"

#define PSEUDONYM_SIZE 16u
#define PROGRESS_EVERY 1024u

void
pli_shadow_id(const pli_shadow_run *run, uint32_t account_index, pli_text *text) {
    const char *id = pli_venue_id(&run->book, account_index);
    if (run->options->key_size == 0) {
        pli_text_append(text, id);
        return;
    }
    pli_blake2b hash;
    uint8_t digest[PSEUDONYM_SIZE];
    pli_blake2b_init_keyed(&hash, sizeof digest, run->options->key, run->options->key_size);
    pli_blake2b_update(&hash, id, strlen(id));
    pli_blake2b_final(&hash, digest);
    pli_text_append_hex(text, digest, sizeof digest);
}

const char *
pli_shadow_name(pli_shadow_run *run, uint32_t account_index) {
    char data[PLI_ACCOUNT_ID_MAX];
    pli_text text = pli_text_init(data, sizeof data);
    pli_shadow_id(run, account_index, &text);
    return pli_must_text(&run->opened.pool, data);
}

plm_charge
pli_shadow_charge(const plm_reason_part *part) {
    plm_charge largest = PLM_CHARGE_COUNT;
    int64_t most = 0;
    for (int i = 0; i < PLM_CHARGE_COUNT; i += 1) {
        if (part->charges_micros[i] > most) {
            most = part->charges_micros[i];
            largest = (plm_charge)i;
        }
    }
    return largest;
}

void
pli_shadow_words(pli_shadow_run *run, const pli_shadow_row *row, const plm_reason_part *part,
                 bool is_initial, pli_text *text) {
    const plm_portfolio portfolio = pli_venue_portfolio(&run->book, row->account_index);
    const uint8_t *used = pli_words_used(&run->opened, &portfolio);
    if (part->branch == PLM_BRANCH_NONE && part->charges_micros[PLM_CHARGE_NO_HISTORY] > 0) {
        pli_text_append(text, "Underlyings without history, each at its worst grid loss, decide.");
    } else {
        pli_words_branch(text, &run->opened,
                         is_initial ? &run->opened.initial_set : &run->opened.maintenance_set, part,
                         used);
    }
    plm_charge charge = pli_shadow_charge(part);
    if (charge != PLM_CHARGE_COUNT) {
        pli_text_append(text, " Largest charge: ");
        pli_text_append(text, plm_charge_name(charge));
        pli_text_append(text, " ");
        pli_words_amount(text, part->charges_micros[charge], run->opened.currency,
                         PLI_DECIMAL_CEIL);
        pli_text_append(text, ".");
    }
}

void
pli_shadow_replay_words(const pli_shadow_run *run, uint32_t replay_index, pli_text *text) {
    const plm_scenario_set *set = &run->opened.maintenance_set;
    uint32_t days = set->header.plane_count > 0 ? set->header.history_count : 0;
    if (replay_index < days) {
        pli_date_format(text, set->history_days[replay_index]);
        return;
    }
    // The table shows names alone; the moves of a stress stand in `scenarios show`.
    pli_words_entry(text, &run->opened, set, pli_shadow_entry(&set->header, replay_index), PLM_NONE,
                    NULL);
}

// --- Reading -------------------------------------------------------------------------------------

static pli_exit
fail_bad(const pli_shadow_run *run) {
    uint64_t shown = run->bad.count < PLI_BAD_ROWS_SHOWN ? run->bad.count : PLI_BAD_ROWS_SHOWN;
    for (uint64_t i = 0; i < shown; i += 1) {
        (void)pli_fail_status(NULL, &run->bad.shown[i]);
    }
    char message[160];
    pli_text text = pli_text_init(message, sizeof message);
    pli_text_append_u64(&text, run->bad.count);
    pli_text_append(&text, " bad rows; allowed is up to ");
    pli_text_append_u64(&text, run->options->bad_max);
    (void)pli_fail_usage(message, " (--skip-bad)", NULL);
    return PLI_EXIT_IO;
}

static void
show_reading(void *context, uint64_t done, uint64_t total) {
    pli_progress *progress = context;
    progress->total = total;
    pli_progress_show(progress, done);
}

static pli_exit
read_files(const pli_invocation *invocation, pli_shadow_run *run) {
    const pli_shadow_options *options = run->options;
    plm_fault fault = {.status = PLM_OK};
    pli_market_book market = {.class_count = 0};
    pli_mapping_init(&run->mapping);
    if (options->mapping_path != NULL &&
        pli_mapping_read(options->mapping_path, &run->mapping, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    pli_exit end = pli_case_begin(invocation, &run->opened);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    const pli_marks_source marks = {.path = options->paths[PLI_FEED_MARKS],
                                    .mapping = &run->mapping,
                                    .market_path = options->market_path,
                                    .now_ns = options->now_ns,
                                    .is_growing = options->is_following};
    if (pli_marks_read(&marks, &market, &run->bad, &run->mark_rows, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    end = pli_case_adopt(options->paths[PLI_FEED_MARKS], &market, &run->opened);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    pli_progress progress = pli_progress_begin("bytes", 0);
    pli_venue_source source = {.mapping = &run->mapping,
                               .since_ns = options->since_ns,
                               .is_growing = options->is_following,
                               .progress = show_reading,
                               .context = &progress};
    memcpy(source.paths, options->paths, sizeof source.paths);
    plm_status status = pli_venue_read(&source, &run->opened.book, &run->book, &run->bad, &fault);
    (void)pli_progress_end(&progress);
    if (status != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    return run->bad.count > options->bad_max ? fail_bad(run) : PLI_EXIT_OK;
}

// --- Evaluating ----------------------------------------------------------------------------------

// One portfolio that holds everything that anyone holds: which rows of the risk tables are wanted.
static void
hold_all(pli_shadow_run *run) {
    pli_pool *pool = &run->opened.pool;
    uint32_t count = run->opened.book.listing.instrument_count;
    uint8_t *is_held = PLI_MUST_TAKE(pool, count + 1u, uint8_t);
    plm_position *positions = PLI_MUST_TAKE(pool, count + 1u, plm_position);
    pli_margin_group *group = PLI_MUST_TAKE(pool, 1, pli_margin_group);
    uint64_t held = run->book.position_begin[run->book.account_count];
    for (uint64_t i = 0; i < held; i += 1) {
        is_held[run->book.positions[i].instrument_index] = 1;
    }
    for (uint32_t i = 0; i < count; i += 1) {
        if (is_held[i] != 0) {
            positions[group->portfolio.position_count].instrument_index = i;
            group->portfolio.position_count += 1;
        }
    }
    group->name = "book";
    group->portfolio.positions = positions;
    run->opened.account = (pli_account_book){.group_count = 1, .groups = group};
    run->opened.has_arrays = true;
}

static pli_exit
prepare(pli_shadow_run *run) {
    hold_all(run);
    pli_exit end = pli_case_prepare(&run->opened, PLI_ROWS_HELD, 0, NULL);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    const pli_shadow_setup setup = {.model = run->opened.model,
                                    .margin = pli_case_input(&run->opened, 0).margin,
                                    .replay_arrays = &run->opened.maintenance_table,
                                    .has_incumbent =
                                        run->options->paths[PLI_FEED_INCUMBENT] != NULL,
                                    .account_count = run->book.account_count,
                                    .list_capacity = run->options->list_capacity};
    size_t size = pli_shadow_size(&setup);
    plm_fault fault = {.status = PLM_OK};
    if (pli_shadow_init(&setup, pli_must_block(&run->opened.pool, size), size, &run->shadow,
                        &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    return PLI_EXIT_OK;
}

// The shadow counts accounts that a model refuses; the first one's fault is kept, so that the answer can say why.
static void
note_unsupported(pli_shadow_run *run, uint32_t account_index) {
    if (run->unsupported_index != PLM_NONE) {
        return;
    }
    plm_portfolio portfolio = pli_venue_portfolio(&run->book, account_index);
    plm_margin_input input = run->shadow.setup.margin;
    plm_requirement requirement;
    plm_fault fault = {.status = PLM_OK};
    input.portfolio = &portfolio;
    if (plm_margin_require(run->opened.model, &input, &run->opened.workspace, &requirement, NULL,
                           &fault) != PLM_OK) {
        run->unsupported_index = account_index;
        run->unsupported = pli_case_named(&run->opened, &fault);
    }
}

static pli_exit
evaluate_all(pli_shadow_run *run, pli_shadow_export *out) {
    pli_progress progress = pli_progress_begin("accounts", run->book.account_count);
    for (uint32_t i = 0; i < run->book.account_count; i += 1) {
        const pli_shadow_account account = {.index = i,
                                            .portfolio = pli_venue_portfolio(&run->book, i),
                                            .incumbent = run->book.incumbents[i]};
        pli_shadow_row row;
        plm_reason reason;
        plm_fault fault = {.status = PLM_OK};
        plm_status status = pli_shadow_evaluate(&run->shadow, &account, &run->opened.workspace,
                                                &row, &reason, &fault);
        if (status != PLM_OK) {
            (void)pli_progress_end(&progress);
            return pli_fail_case(&run->opened, pli_shadow_name(run, i), &fault);
        }
        pli_shadow_add(&run->shadow, &row, &reason);
        if (row.status != PLM_OK) {
            note_unsupported(run, i);
        }
        if (out != NULL) {
            pli_shadow_export_row(run, &row, &reason, out);
        }
        if (i % PROGRESS_EVERY == 0) {
            pli_progress_show(&progress, i);
        }
    }
    (void)pli_progress_end(&progress);
    return PLI_EXIT_OK;
}

pli_exit
pli_shadow_run_make(const pli_invocation *invocation, const pli_shadow_options *options,
                    pli_shadow_run *run) {
    *run = (pli_shadow_run){.options = options, .unsupported_index = PLM_NONE};
    pli_exit end = read_files(invocation, run);
    end = end == PLI_EXIT_OK ? prepare(run) : end;
    if (end != PLI_EXIT_OK || options->export_path == NULL) {
        return end == PLI_EXIT_OK ? evaluate_all(run, NULL) : end;
    }
    pli_shadow_export out;
    end = pli_shadow_export_open(options->export_path, &out);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    end = evaluate_all(run, &out);
    pli_exit closed = pli_shadow_export_close(&out);
    return end == PLI_EXIT_OK ? closed : end;
}

void
pli_shadow_run_finish(pli_shadow_run *run) {
    // The one group is in the case's own pool; the account book must not free it again.
    run->opened.account = (pli_account_book){.group_count = 0};
    pli_case_finish(&run->opened);
    pli_venue_finish(&run->book);
    pli_mapping_finish(&run->mapping);
}
