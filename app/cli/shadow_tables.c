/* shadow_tables.c: plimsoll shadow: its answers as tables.                               SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/assert.h"
#include "base/sort.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/shadow.h"
#include "cli/words.h"
#include "io/time_text.h"

#define WORDS_SIZE 512
#define WORST_DAYS 10u

static pli_cell
wide_micros(pli_i128 micros) {
    return pli_cell_number(micros, 6);
}

static pli_cell
count_of(uint64_t count) {
    return pli_cell_number((pli_i128)count, 0);
}

static pli_cell
micros_if(bool is_there, int64_t micros) {
    return is_there ? pli_cell_micros(micros) : pli_cell_none();
}

/* record - a table of one row under construction. */
typedef struct record {
    const char *unit;
    uint32_t count;
    pli_column columns[PLI_TABLE_COLUMNS_MAX];
    pli_cell cells[PLI_TABLE_COLUMNS_MAX];
} record;

static void
add_cell(record *r, pli_column column, pli_cell cell) {
    PLI_ASSERT(r->count < PLI_TABLE_COLUMNS_MAX);
    r->columns[r->count] = column;
    r->cells[r->count] = cell;
    r->count += 1;
}

static void
add_count(record *r, const char *key, const char *title, uint64_t count) {
    add_cell(r, pli_column_count(key, title), count_of(count));
}

static void
add_money(record *r, const char *key, const char *title, pli_i128 micros) {
    add_cell(r, pli_column_money(key, title, r->unit, PLI_DECIMAL_HALF_EVEN), wide_micros(micros));
}

static void
add_sums(record *r, const pli_shadow_sums *sums, const char *const keys[4],
         const char *const titles[4]) {
    if (sums->count == 0) {
        return;
    }
    add_money(r, keys[0], titles[0], sums->theirs_micros);
    add_money(r, keys[1], titles[1], sums->ours_micros);
    add_money(r, keys[2], titles[2], sums->released_micros);
    add_money(r, keys[3], titles[3], sums->tied_micros);
}

static void
add_comparison(record *r, const pli_shadow *s) {
    static const char *const initial_keys[4] = {"initial_incumbent", "initial_ours",
                                                "initial_released", "initial_tied"};
    static const char *const initial_titles[4] = {"initial, incumbent", "initial, this model",
                                                  "released by lower initial",
                                                  "tied up by higher initial"};
    static const char *const maintenance_keys[4] = {"maintenance_incumbent", "maintenance_ours",
                                                    "maintenance_released", "maintenance_tied"};
    static const char *const maintenance_titles[4] = {
        "maintenance, incumbent", "maintenance, this model", "released by lower maintenance",
        "tied up by higher maintenance"};
    add_count(r, "compared", "accounts compared", s->compared_count);
    add_sums(r, &s->initial, initial_keys, initial_titles);
    add_sums(r, &s->maintenance, maintenance_keys, maintenance_titles);
    add_count(r, "newly_called", "newly called", s->newly_called_count);
    add_money(r, "newly_called_shortfall", "to their call levels", s->newly_called_micros);
    add_count(r, "newly_liquidatable", "newly liquidatable", s->newly_liquidatable_count);
    add_money(r, "newly_liquidatable_shortfall", "to their maintenance",
              s->newly_liquidatable_micros);
    add_count(r, "no_longer_liquidatable", "no longer liquidatable", s->saved_count);
}

static pli_table
make_totals(pli_shadow_run *run) {
    const pli_shadow *s = &run->shadow;
    record r = {.unit = run->opened.currency};
    char time[64];
    pli_text text = pli_text_init(time, sizeof time);
    pli_time_format(&text, run->opened.book.market.time.ns);
    add_cell(&r, pli_column_text("model", "model"), pli_cell_text(run->opened.model->name));
    add_cell(&r, pli_column_text("time", "time of the marks"), pli_cell_text(time));
    add_count(&r, "accounts", "accounts", s->account_count);
    add_count(&r, "unsupported", "refused by the model", s->unsupported_count);
    add_money(&r, "equity", "equity", s->equity_micros);
    add_money(&r, "initial", "initial", s->initial_micros);
    add_money(&r, "maintenance", "maintenance", s->maintenance_micros);
    if (s->setup.has_incumbent) {
        add_comparison(&r, s);
    }
    add_count(&r, "bad_rows", "bad rows left out", run->bad.count);
    pli_rows rows = pli_rows_make(&run->opened.pool, "totals", r.columns, r.count, 1);
    pli_rows_add(&rows, r.cells);
    rows.table.is_record = true;
    if (run->unsupported_index != PLM_NONE) {
        char data[WORDS_SIZE];
        text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "The model refuses ");
        pli_text_append(&text, pli_shadow_name(run, run->unsupported_index));
        pli_text_append(&text, " and others counted above: ");
        pli_text_append(&text, run->unsupported.text);
        rows.table.note = pli_must_text(&run->opened.pool, data);
    } else if (run->opened.histories.count == 0) {
        rows.table.note =
            "No history was given (--config): underlyings do not offset each other, and the replay "
            "takes each at its worst grid loss.";
    }
    return rows.table;
}

static pli_table
make_healths(pli_shadow_run *run) {
    const pli_column columns[3] = {pli_column_text("was", "by the incumbent"),
                                   pli_column_text("is", "by this model"),
                                   pli_column_count("accounts", "accounts")};
    pli_rows rows = pli_rows_make(&run->opened.pool, "healths", columns, 3, 25);
    rows.table.title = "Health, before and after";
    for (uint32_t was = 0; was < 5; was += 1) {
        for (uint32_t is = 1; is < 5; is += 1) {
            uint64_t count = run->shadow.healths[was][is];
            const char *before = was == 0 ? "not known" : plm_health_name((plm_health)was);
            const pli_cell cells[3] = {
                pli_cell_text(before),
                pli_cell_toned(pli_cell_text(plm_health_name((plm_health)is)),
                               pli_health_tone((plm_health)is)),
                count_of(count)};
            if (count > 0) {
                pli_rows_add(&rows, cells);
            }
        }
    }
    return rows.table;
}

static const char *
reason_of(pli_shadow_run *run, const pli_shadow_kept *kept, bool is_initial) {
    char data[WORDS_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_shadow_words(run, &kept->row, &kept->reason, is_initial, &text);
    return pli_must_text(&run->opened.pool, data);
}

enum { TROUBLED_COLUMNS = 8 };

static pli_table
make_troubled(pli_shadow_run *run) {
    const pli_shadow_list *list = &run->shadow.troubled;
    const char *unit = run->opened.currency;
    const pli_column columns[TROUBLED_COLUMNS] = {
        pli_column_text("account", "account"),
        pli_column_text("was", "was"),
        pli_column_text("is", "is"),
        pli_column_money("equity", "equity", unit, PLI_DECIMAL_FLOOR),
        pli_column_money("incumbent_maintenance", "incumbent", unit, PLI_DECIMAL_CEIL),
        pli_column_money("maintenance", "maintenance", unit, PLI_DECIMAL_CEIL),
        pli_column_money("shortfall", "shortfall", unit, PLI_DECIMAL_CEIL),
        pli_column_text("reason", "reason"),
    };
    pli_rows rows =
        pli_rows_make(&run->opened.pool, "troubled", columns, TROUBLED_COLUMNS, list->count);
    rows.table.title = run->shadow.setup.has_incumbent ? "Newly called or liquidatable, the largest"
                                                       : "Called or liquidatable, the largest";
    for (uint32_t i = 0; i < list->count; i += 1) {
        const pli_shadow_row *row = &list->rows[i].row;
        const pli_incumbent *incumbent = &row->incumbent;
        pli_tone tone = pli_health_tone(row->requirement.health);
        const pli_cell cells[TROUBLED_COLUMNS] = {
            pli_cell_text(pli_shadow_name(run, row->account_index)),
            pli_cell_text(row->was == 0 ? "not known" : plm_health_name(row->was)),
            pli_cell_toned(pli_cell_text(plm_health_name(row->requirement.health)), tone),
            pli_cell_micros(row->requirement.equity_maintenance_micros),
            micros_if(incumbent->has_maintenance, incumbent->maintenance_micros),
            pli_cell_micros(row->requirement.maintenance_micros),
            pli_cell_toned(pli_cell_micros(row->shortfall_micros), tone),
            pli_cell_text(reason_of(run, &list->rows[i], false))};
        pli_rows_add(&rows, cells);
    }
    return rows.table;
}

enum { DISAGREEMENT_COLUMNS = 7 };

static pli_table
make_disagreements(pli_shadow_run *run) {
    const pli_shadow_list *list = &run->shadow.disagreements;
    const char *unit = run->opened.currency;
    const pli_column columns[DISAGREEMENT_COLUMNS] = {
        pli_column_text("account", "account"),
        pli_column_text("requirement", "requirement"),
        pli_column_money("incumbent", "incumbent", unit, PLI_DECIMAL_CEIL),
        pli_column_money("ours", "this model", unit, PLI_DECIMAL_CEIL),
        pli_column_money("difference", "difference", unit, PLI_DECIMAL_HALF_EVEN),
        pli_column_number("ratio", "ratio", "%", 1),
        pli_column_text("reason", "reason"),
    };
    pli_rows rows = pli_rows_make(&run->opened.pool, "disagreements", columns, DISAGREEMENT_COLUMNS,
                                  list->count);
    rows.table.title = "Largest disagreements";
    for (uint32_t i = 0; i < list->count; i += 1) {
        const pli_shadow_row *row = &list->rows[i].row;
        bool is_initial = row->basis == PLI_SHADOW_BASIS_INITIAL;
        pli_cell ratio = pli_cell_none();
        if (row->theirs_micros > 0) {
            ratio = pli_cell_number((pli_i128)row->ours_micros * 1000000 / row->theirs_micros, 4);
        }
        const pli_cell cells[DISAGREEMENT_COLUMNS] = {
            pli_cell_text(pli_shadow_name(run, row->account_index)),
            pli_cell_text(is_initial ? "initial" : "maintenance"),
            pli_cell_micros(row->theirs_micros),
            pli_cell_micros(row->ours_micros),
            pli_cell_micros(row->difference_micros),
            ratio,
            pli_cell_text(reason_of(run, &list->rows[i], is_initial))};
        pli_rows_add(&rows, cells);
    }
    return rows.table;
}

// --- Losses --------------------------------------------------------------------------------------

static bool
loses_more(const void *context, uint32_t left, uint32_t right) {
    const pli_shadow_losses *losses = context;
    return losses[left].loss_micros != losses[right].loss_micros
               ? losses[left].loss_micros > losses[right].loss_micros
               : left < right;
}

enum { LOSS_COLUMNS = 8 };

static void
add_losses(pli_rows *rows, const pli_shadow_run *run, const char *name,
           const pli_shadow_losses *losses) {
    bool is_compared = run->shadow.setup.has_incumbent;
    const pli_cell cells[LOSS_COLUMNS] = {
        pli_cell_text(name),
        wide_micros(losses->loss_micros),
        is_compared ? count_of(losses->theirs_count) : pli_cell_none(),
        is_compared ? wide_micros(losses->beyond_theirs_micros) : pli_cell_none(),
        count_of(losses->ours_count),
        wide_micros(losses->beyond_ours_micros),
        count_of(losses->equity_count),
        wide_micros(losses->under_water_micros)};
    pli_rows_add(rows, cells);
}

static pli_table
make_losses(pli_shadow_run *run) {
    const pli_shadow *s = &run->shadow;
    const char *unit = run->opened.currency;
    const pli_column columns[LOSS_COLUMNS] = {
        pli_column_text("replay", "replay"),
        pli_column_money("loss", "loss", unit, PLI_DECIMAL_CEIL),
        pli_column_count("beyond_incumbent_accounts", "beyond incumbent"),
        pli_column_money("beyond_incumbent", "amount", unit, PLI_DECIMAL_CEIL),
        pli_column_count("beyond_ours_accounts", "beyond this model"),
        pli_column_money("beyond_ours", "amount", unit, PLI_DECIMAL_CEIL),
        pli_column_count("under_water_accounts", "under water"),
        pli_column_money("under_water", "amount", unit, PLI_DECIMAL_CEIL),
    };
    const plm_scenario_header *header = &run->opened.maintenance_set.header;
    uint32_t days = header->plane_count > 0 ? header->history_count : 0;
    uint32_t *order = PLI_MUST_TAKE(&run->opened.pool, s->replay_count + 1u, uint32_t);
    for (uint32_t i = 0; i < s->replay_count; i += 1) {
        order[i] = i;
    }
    pli_sort_u32_by(order, s->replay_count, loses_more, s->losses);
    pli_rows rows =
        pli_rows_make(&run->opened.pool, "losses", columns, LOSS_COLUMNS, s->replay_count + 1u);
    rows.table.title = "Losses under past days and stresses";
    rows.table.note = "Beyond: what an account holding no more than the requirement would leave "
                      "unpaid. Under water: what its equity leaves unpaid.";
    add_losses(&rows, run, "each account's own worst", &s->worst);
    uint32_t shown_days = 0;
    // Without any joint history every replay is the same: the worst grid losses.
    uint32_t shown = run->opened.histories.count == 0 ? 0 : s->replay_count;
    for (uint32_t i = 0; i < shown; i += 1) {
        uint32_t r = order[i];
        char data[WORDS_SIZE];
        pli_text text = pli_text_init(data, sizeof data);
        shown_days += r < days;
        if (s->losses[r].loss_micros > 0 && (r >= days || shown_days <= WORST_DAYS)) {
            pli_shadow_replay_words(run, r, &text);
            add_losses(&rows, run, data, &s->losses[r]);
        }
    }
    return rows.table;
}

static pli_table
make_ratios(pli_shadow_run *run) {
    const pli_column columns[3] = {pli_column_number("above", "above", "%", 0),
                                   pli_column_number("upto", "up to", "%", 0),
                                   pli_column_count("accounts", "accounts")};
    pli_rows rows = pli_rows_make(&run->opened.pool, "ratios", columns, 3, PLI_SHADOW_BINS + 1u);
    rows.table.title = "This model's requirement over the incumbent's";
    for (uint32_t i = 0; i < PLI_SHADOW_BINS; i += 1) {
        int64_t low = i == 0 ? 0 : pli_shadow_bin_ppm(i - 1);
        int64_t high = pli_shadow_bin_ppm(i);
        const pli_cell cells[3] = {pli_cell_number(low, 4),
                                   high == INT64_MAX ? pli_cell_none() : pli_cell_number(high, 4),
                                   count_of(run->shadow.bins[i])};
        pli_rows_add(&rows, cells);
    }
    if (run->shadow.unrequired_count > 0) {
        const pli_cell cells[3] = {pli_cell_none(), pli_cell_none(),
                                   count_of(run->shadow.unrequired_count)};
        pli_rows_add(&rows, cells);
        rows.table.note = "The last row: the incumbent requires nothing.";
    }
    return rows.table;
}

static pli_table
make_files(pli_shadow_run *run) {
    const pli_column columns[2] = {pli_column_text("feed", "file"),
                                   pli_column_count("rows", "rows")};
    pli_rows rows = pli_rows_make(&run->opened.pool, "files", columns, 2, PLI_FEED_COUNT + 2);
    rows.table.title = "Rows read";
    for (int feed = 0; feed < PLI_FEED_COUNT; feed += 1) {
        uint64_t count = feed == PLI_FEED_MARKS ? run->mark_rows : run->book.rows[feed];
        const pli_cell cells[2] = {pli_cell_text(pli_feed_name((pli_feed)feed)), count_of(count)};
        if (run->options->paths[feed] != NULL) {
            pli_rows_add(&rows, cells);
        }
    }
    const pli_cell flat[2] = {pli_cell_text("flat positions, left out"),
                              count_of(run->book.flat_rows)};
    const pli_cell ignored[2] = {pli_cell_text("ignored by the mapping or --since"),
                                 count_of(run->book.ignored_rows)};
    pli_rows_add(&rows, flat);
    pli_rows_add(&rows, ignored);
    return rows.table;
}

void
pli_shadow_tables(pli_shadow_run *run) {
    run->tables[0] = make_totals(run);
    run->tables[1] = make_healths(run);
    run->tables[2] = make_troubled(run);
    run->tables[3] = make_disagreements(run);
    run->tables[4] = make_losses(run);
    run->tables[5] = make_ratios(run);
    run->tables[6] = make_files(run);
}
