/* explain_page.c: the explanation as a page with pictures.                             SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/explain.h"
#include "cli/memory.h"
#include "cli/words.h"
#include "io/time_text.h"
#include "report/chart.h"
#include "report/html.h"

#define TEXT_SIZE 320
#define LABEL_SIZE 48
#define LEVELS_MAX 65u

static void
draw_waterfall(const pli_sink *sink, pli_case *opened, const pli_answer *answer,
               bool is_standalone) {
    const plm_reason *reason = &answer->reason;
    pli_bar bars[PLM_CHARGE_COUNT + 2] = {{"core", reason->maintenance.core_micros, true}};
    uint32_t count = 1;
    for (int charge = 0; charge < PLM_CHARGE_COUNT; charge += 1) {
        int64_t micros = reason->maintenance.charges_micros[charge];
        if (micros != 0) {
            bars[count] = (pli_bar){plm_charge_name((plm_charge)charge), micros, false};
            count += 1;
        }
    }
    bars[count] = (pli_bar){"maintenance", answer->requirement.maintenance_micros, true};
    const pli_bars waterfall = {"From core to maintenance", opened->currency, 6, count + 1, bars};
    pli_chart_waterfall(sink, &waterfall, is_standalone);
}

// Bars of the rows of the table "contributions", the total left out, zeros too.
static void
draw_contributions(const pli_sink *sink, pli_case *opened, const pli_table *table,
                   bool is_standalone) {
    enum { NAME = 0, KIND = 1, MAINTENANCE = 3 };
    pli_bar *bars = PLI_MUST_TAKE(&opened->pool, table->row_count + 1u, pli_bar);
    uint32_t count = 0;
    for (uint32_t row = 0; row + 1 < table->row_count; row += 1) {
        const pli_cell *cells = &table->cells[(size_t)row * table->column_count];
        if (cells[MAINTENANCE].value == 0) {
            continue;
        }
        char label[2 * LABEL_SIZE];
        pli_text text = pli_text_init(label, sizeof label);
        pli_text_append(&text, cells[NAME].text);
        if (strcmp(cells[KIND].text, "position") != 0) {
            pli_text_append(&text, " ");
            pli_text_append(&text, cells[KIND].text);
        }
        bars[count] = (pli_bar){pli_must_text(&opened->pool, label),
                                (int64_t)cells[MAINTENANCE].value, false};
        count += 1;
    }
    const pli_bars chart = {"Who contributes to the core", opened->currency, 6, count, bars};
    pli_chart_bars(sink, &chart, is_standalone);
}

/* The rows of a heat map: what the volatility does. */
static const plm_vol_move heat_moves[3] = {PLM_VOL_MOVE_UP, PLM_VOL_MOVE_NONE, PLM_VOL_MOVE_DOWN};

// Profit of everything that moves with one underlying in one grid entry; false where a row was not built.
static bool
grid_profit(const pli_case *opened, const plm_portfolio *held, uint32_t underlying, uint32_t entry,
            pli_i128 *profit) {
    const plm_risk_table *table = &opened->maintenance_table;
    const plm_listing *listing = &opened->book.listing;
    *profit = 0;
    for (uint32_t i = 0; i < held->position_count; i += 1) {
        uint32_t index = held->positions[i].instrument_index;
        if (listing->instruments[index].underlying_index != underlying) {
            continue;
        }
        if (table->is_built[index] == 0) {
            return false;
        }
        *profit += (pli_i128)held->positions[i].lots * plm_risk_row(table, index)[entry];
    }
    for (uint32_t i = 0; i < held->balance_count; i += 1) {
        const plm_asset *asset = &listing->assets[held->balances[i].asset_index];
        if (asset->underlying_index != underlying || asset->treatment != PLM_TREATMENT_SCENARIO) {
            continue;
        }
        pli_i128 one = 1;
        for (uint32_t j = 0; j < asset->decimals; j += 1) {
            one *= 10;
        }
        // For a picture whole units and thousandths of them are enough, and cannot overflow.
        pli_i128 atoms = pli_i128_from_wide(held->balances[i].atoms);
        pli_i128 thousandths = atoms / one * 1000 + atoms % one * 1000 / one;
        const int64_t *row =
            plm_risk_row(table, table->instrument_count + held->balances[i].asset_index);
        *profit += thousandths * row[entry] / 1000;
    }
    return true;
}

/* A heat map under construction: columns are the active price moves, sorted. */
typedef struct heat_build {
    int32_t levels[LEVELS_MAX];
    uint32_t level_count;
    int64_t values[3 * LEVELS_MAX];
    bool present[3 * LEVELS_MAX];
    const char *labels[LEVELS_MAX];
    uint32_t outlined;
} heat_build;

static uint32_t
column_of(const heat_build *build, int32_t level) {
    for (uint32_t i = 0; i < build->level_count; i += 1) {
        if (build->levels[i] == level) {
            return i;
        }
    }
    return PLM_NONE;
}

static void
lay_out_levels(pli_case *opened, uint32_t underlying, heat_build *build) {
    const plm_scenario_set *set = &opened->maintenance_set;
    int32_t last = 0;
    for (uint32_t i = 0; i < set->header.grid_active[underlying]; i += 1) {
        last = set->grid[i].level > last ? set->grid[i].level : last;
    }
    for (int32_t level = -last; level <= last && build->level_count < LEVELS_MAX; level += 1) {
        char label[LABEL_SIZE];
        pli_text text = pli_text_init(label, sizeof label);
        const plm_grid_point point = {.level = level};
        pli_words_move(&text, set, underlying, &point);
        build->labels[build->level_count] = pli_must_text(&opened->pool, label);
        build->levels[build->level_count] = level;
        build->level_count += 1;
    }
}

static bool
fill_heat(pli_case *opened, const plm_reason *reason, uint32_t underlying, heat_build *build) {
    const plm_scenario_set *set = &opened->maintenance_set;
    for (uint32_t entry = 0; entry < set->header.grid_active[underlying]; entry += 1) {
        const plm_grid_point *point = &set->grid[entry];
        uint32_t column = column_of(build, point->level);
        if (point->extreme != 0 || point->is_sticky_moneyness || point->is_elapsed ||
            column == PLM_NONE) {
            continue;
        }
        for (uint32_t row = 0; row < 3; row += 1) {
            pli_i128 profit = 0;
            if (point->vol_move != heat_moves[row]) {
                continue;
            }
            if (!grid_profit(opened, &reason->evaluated, underlying, entry, &profit) ||
                profit > INT64_MAX || profit < -INT64_MAX) {
                return false;
            }
            build->values[row * build->level_count + column] = (int64_t)profit;
            build->present[row * build->level_count + column] = true;
            if (reason->maintenance.branch == PLM_BRANCH_GRID &&
                reason->maintenance.underlying_index == underlying &&
                reason->maintenance.scenario_index == entry) {
                build->outlined = row * build->level_count + column;
            }
        }
    }
    return true;
}

// Without options nothing depends on volatility: one row then says it all.
static bool
has_equal_rows(const heat_build *build) {
    size_t size = build->level_count * sizeof build->values[0];
    return memcmp(build->values, build->values + build->level_count, size) == 0 &&
           memcmp(build->values, build->values + 2 * (size_t)build->level_count, size) == 0;
}

static void
draw_heat(const pli_sink *sink, pli_case *opened, const plm_reason *reason, uint32_t underlying,
          bool is_standalone) {
    static const char *const rows[3] = {"volatility up", "unchanged", "volatility down"};
    static const char *const one_row[1] = {"at any volatility"};
    heat_build *build = PLI_MUST_TAKE(&opened->pool, 1, heat_build);
    build->outlined = PLM_NONE;
    lay_out_levels(opened, underlying, build);
    if (!fill_heat(opened, reason, underlying, build)) {
        return;
    }
    bool is_flat = has_equal_rows(build) && build->outlined == PLM_NONE;
    char column_title[LABEL_SIZE * 2];
    pli_text text = pli_text_init(column_title, sizeof column_title);
    pli_text_append(&text, "move of ");
    pli_text_append(&text, pli_book_underlying_name(&opened->book, underlying));
    pli_text_append(&text, " at once");
    const pli_heat heat = {.title = pli_book_underlying_name(&opened->book, underlying),
                           .row_title = "",
                           .column_title = column_title,
                           .scale = 6,
                           .row_count = is_flat ? 1 : 3,
                           .column_count = build->level_count,
                           .row_labels = is_flat ? one_row : rows,
                           .column_labels = build->labels,
                           .values = build->values,
                           .is_present = build->present,
                           .outlined_index = build->outlined};
    pli_chart_heat(sink, &heat, is_standalone);
}

static void
write_table(const pli_sink *sink, const pli_explanation *explanation, const char *key,
            const char *heading, const char *note) {
    const pli_table *table = pli_explanation_table(explanation, key);
    if (table != NULL) {
        pli_html_section(sink, heading, note);
        pli_html_table(sink, table);
    }
}

static void
write_head(const pli_sink *sink, pli_case *opened, const pli_explanation *explanation) {
    char subtitle[TEXT_SIZE];
    pli_text text = pli_text_init(subtitle, sizeof subtitle);
    pli_text_append(&text, "Model ");
    pli_text_append(&text, opened->model->name);
    pli_text_append(&text, ", market of ");
    pli_time_format(&text, opened->book.market.time.ns);
    pli_text_append(&text, ", amounts in ");
    pli_text_append(&text, opened->currency);
    char title[LABEL_SIZE * 2];
    text = pli_text_init(title, sizeof title);
    pli_text_append(&text, "Margin of ");
    pli_text_append(&text, explanation->group_name);
    pli_html_begin(sink, title, subtitle);
    pli_html_verdict(sink, explanation->load_line.verdict, explanation->load_line.tone);
    pli_html_picture_begin(sink);
    pli_load_line_draw(sink, &explanation->load_line, false);
    pli_html_picture_end(sink);
}

void
pli_explain_page(pli_case *opened, const pli_explanation *explanation, pli_page *page) {
    pli_sink sink = pli_page_sink(page);
    const plm_reason *reason = &explanation->answer.reason;
    write_head(&sink, opened, explanation);
    pli_html_section(&sink, "Why", "");
    char words[2 * TEXT_SIZE];
    pli_text text = pli_text_init(words, sizeof words);
    pli_text_append(&text, "Maintenance. ");
    pli_text_append(&text, explanation->maintenance_words);
    pli_html_paragraph(&sink, words);
    text = pli_text_init(words, sizeof words);
    pli_text_append(&text, "Initial. ");
    pli_text_append(&text, explanation->initial_words);
    pli_html_paragraph(&sink, words);
    pli_html_picture_begin(&sink);
    draw_waterfall(&sink, opened, &explanation->answer, false);
    pli_html_picture_end(&sink);
    write_table(&sink, explanation, "requirement", "Requirement", "");
    write_table(&sink, explanation, "branches", "What could have decided", "");
    pli_html_section(&sink, "Contributions", "");
    const pli_table *contributions = pli_explanation_table(explanation, "contributions");
    pli_html_picture_begin(&sink);
    draw_contributions(&sink, opened, contributions, false);
    pli_html_picture_end(&sink);
    pli_html_table(&sink, contributions);
    if ((opened->model->needs & PLM_NEEDS_ARRAYS) != 0) {
        pli_html_section(
            &sink, "If one underlying moves",
            "Profit and loss of everything held in that underlying, price against "
            "volatility, smiles at their strikes. A frame marks the scenario that decides.");
        for (uint32_t i = 0; i < opened->book.listing.underlying_count; i += 1) {
            if (explanation->used[i] != 0) {
                pli_html_picture_begin(&sink);
                draw_heat(&sink, opened, reason, i, false);
                pli_html_picture_end(&sink);
            }
        }
    }
    if (explanation->answer.requirement.health != PLM_HEALTH_HEALTHY) {
        write_table(&sink, explanation, "cures", "Cures",
                    "What would lift equity to the initial requirement, cheapest first.");
    }
    write_table(&sink, explanation, "triggers", "Trigger prices",
                "Where the account would be called or liquidated if one underlying moved.");
    write_table(&sink, explanation, "greeks", "Sensitivities", "");
    write_table(&sink, explanation, "tail", "The worst days of history",
                "Joint past returns, rescaled to today's volatility.");
    write_table(&sink, explanation, "equity", "Equity", "");
    pli_html_end(&sink, PLI_REPORT_END);
}

pli_exit
pli_explain_picture(pli_case *opened, const pli_explanation *explanation, const char *name,
                    pli_page *page) {
    pli_sink sink = pli_page_sink(page);
    if (strcmp(name, "load-line") == 0) {
        pli_load_line_draw(&sink, &explanation->load_line, true);
    } else if (strcmp(name, "waterfall") == 0) {
        draw_waterfall(&sink, opened, &explanation->answer, true);
    } else if (strcmp(name, "contributions") == 0) {
        draw_contributions(&sink, opened, pli_explanation_table(explanation, name), true);
    } else {
        uint32_t underlying = pli_book_underlying_index(&opened->book, name);
        if (underlying == PLM_NONE || (opened->model->needs & PLM_NEEDS_ARRAYS) == 0) {
            return pli_fail_usage("--picture is \"", name,
                                  "\"; allowed is load-line, waterfall, contributions, or an "
                                  "underlying for its heat map");
        }
        draw_heat(&sink, opened, &explanation->answer.reason, underlying, true);
    }
    return PLI_EXIT_OK;
}
