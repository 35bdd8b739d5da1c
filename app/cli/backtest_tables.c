/* backtest_tables.c: the scores of a back-test as tables.                              SPDX-License-Identifier: Apache-2.0 */
#include "cli/backtest.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "io/time_text.h"

static const char *
zone_name(pli_traffic_zone zone) {
    return zone == PLI_TRAFFIC_GREEN ? "green" : zone == PLI_TRAFFIC_AMBER ? "amber" : "red";
}

static pli_tone
zone_tone(pli_traffic_zone zone) {
    return zone == PLI_TRAFFIC_GREEN   ? PLI_TONE_GOOD
           : zone == PLI_TRAFFIC_AMBER ? PLI_TONE_WARNING
                                       : PLI_TONE_BAD;
}

static void
add_score(pli_rows *rows, const pli_scored *scored) {
    const pli_score *score = &scored->score;
    const pli_replay *replay = scored->replay;
    char from[32];
    char to[32];
    pli_text text = pli_text_init(from, sizeof from);
    pli_date_format(&text, pli_replay_day(replay, scored->at[0]));
    text = pli_text_init(to, sizeof to);
    pli_date_format(&text, pli_replay_day(replay, scored->at[scored->count - 1]));
    pli_cell cells[] = {
        pli_cell_text(replay->name),
        pli_cell_text(replay->portfolio_names[scored->portfolio]),
        pli_cell_text(scored->kind->name),
        pli_cell_text(from),
        pli_cell_text(to),
        pli_cell_number(score->day_count, 0),
        pli_cell_number(score->breach_count, 0),
        pli_cell_double(score->rate * 100, 4),
        pli_cell_double(score->kupiec.p_value, 6),
        scored->kupiec_holm < 0 ? pli_cell_none() : pli_cell_double(scored->kupiec_holm, 6),
        pli_cell_double(score->independence.p_value, 6),
        pli_cell_double(score->conditional.p_value, 6),
        pli_cell_double(score->exact_size * 100, 4),
        pli_cell_toned(pli_cell_text(zone_name(score->zone)), zone_tone(score->zone)),
        pli_cell_double(score->worst * 100, 4),
        pli_cell_double(score->cycle.mean * 100, 6),
        pli_cell_double(score->cycle.peak_to_trough, 4),
        pli_cell_double(score->cycle.rises[0] * 100, 4),
        pli_cell_double(score->cycle.rises[1] * 100, 4),
        pli_cell_double(score->cycle.rises[2] * 100, 4),
    };
    if (!scored->is_supported) {
        for (size_t i = 5; i < sizeof cells / sizeof cells[0]; i += 1) {
            cells[i] = pli_cell_none();
        }
    }
    pli_rows_add(rows, cells);
}

static pli_table
coverage_table(pli_backtested *tested) {
    const pli_column columns[] = {
        pli_column_text("series", "series"),
        pli_column_text("portfolio", "portfolio"),
        pli_column_text("requirement", "requirement"),
        pli_column_text("from", "from"),
        pli_column_text("to", "to"),
        pli_column_count("days", "days"),
        pli_column_count("breaches", "breaches"),
        pli_column_number("rate", "rate", "%", 2),
        pli_column_number("kupiec_p", "Kupiec", "p", 3),
        pli_column_number("kupiec_holm_p", "Holm", "p", 3),
        pli_column_number("independence_p", "independent", "p", 3),
        pli_column_number("conditional_p", "both", "p", 3),
        pli_column_number("exact_size", "exact size", "%", 2),
        pli_column_text("zone", "zone"),
        pli_column_number("worst_breach", "worst breach", "% over", 0),
        pli_column_number("mean", "mean", "%", 3),
        pli_column_number("peak_to_trough", "peak/trough", "", 2),
        pli_column_number("rise_1d", "1 d rise", "%", 0),
        pli_column_number("rise_5d", "5 d rise", "%", 0),
        pli_column_number("rise_20d", "20 d rise", "%", 0),
    };
    pli_rows rows = pli_rows_make(&tested->pool, "coverage", columns,
                                  sizeof columns / sizeof columns[0], tested->scored_count);
    for (uint32_t i = 0; i < tested->scored_count; i += 1) {
        add_score(&rows, &tested->scored[i]);
    }
    rows.table.title = "Coverage, cost and procyclicality";
    rows.table.note =
        "Windows do not overlap. Mean, peak and rises are of the requirement as a share of the "
        "notional. Exact size: how often Kupiec's test at 5 % rejects a correct model of so many "
        "days. Holm: adjusted over all rows of the core VaR.";
    return rows.table;
}

static pli_table
shortfall_table(pli_backtested *tested) {
    const pli_column columns[] = {
        pli_column_text("series", "series"),
        pli_column_text("portfolio", "portfolio"),
        pli_column_number("z1", "Z1", "", 3),
        pli_column_number("z1_p", "p", "", 3),
        pli_column_number("z1_critical", "5 %", "", 3),
        pli_column_number("z2", "Z2", "", 3),
        pli_column_number("z2_p", "p", "", 3),
        pli_column_number("z2_critical", "5 %", "", 3),
        pli_column_number("z3", "Z3", "", 3),
        pli_column_number("z3_p", "p", "", 3),
        pli_column_number("z3_critical", "5 %", "", 3),
    };
    pli_rows rows = pli_rows_make(&tested->pool, "shortfall", columns,
                                  sizeof columns / sizeof columns[0], tested->scored_count);
    for (uint32_t i = 0; i < tested->scored_count; i += 1) {
        const pli_scored *scored = &tested->scored[i];
        const pli_shortfall_result *of = &scored->shortfall;
        if (!scored->has_shortfall) {
            continue;
        }
        bool has_z1 = of->has_z1 != 0;
        const pli_cell cells[] = {
            pli_cell_text(scored->replay->name),
            pli_cell_text(scored->replay->portfolio_names[scored->portfolio]),
            has_z1 ? pli_cell_double(of->z1.statistic, 6) : pli_cell_none(),
            has_z1 ? pli_cell_double(of->z1.p_value, 6) : pli_cell_none(),
            has_z1 ? pli_cell_double(of->z1_critical, 6) : pli_cell_none(),
            pli_cell_double(of->z2.statistic, 6),
            pli_cell_double(of->z2.p_value, 6),
            pli_cell_double(of->z2_critical, 6),
            pli_cell_double(of->z3.statistic, 6),
            pli_cell_double(of->z3.p_value, 6),
            pli_cell_double(of->z3_critical, 6),
        };
        pli_rows_add(&rows, cells);
    }
    rows.table.title = "Expected shortfall of the core (Acerbi and Szekely)";
    rows.table.note = "Below zero: losses deeper than said. The nulls are simulated from the "
                      "model's own scenarios of each day.";
    return rows.table;
}

static void
add_days(pli_rows *rows, const pli_scored *scored) {
    const pli_replay *replay = scored->replay;
    for (uint32_t i = 0; i < scored->count; i += 1) {
        char day[32];
        pli_text text = pli_text_init(day, sizeof day);
        pli_date_format(&text, pli_replay_day(replay, scored->at[i]));
        const pli_cell cells[] = {
            pli_cell_text(replay->name),
            pli_cell_text(replay->portfolio_names[scored->portfolio]),
            pli_cell_text(scored->kind->name),
            pli_cell_text(day),
            pli_cell_double(replay->prices[scored->at[i]], 8),
            pli_cell_number(replay->volatilities_ppm[scored->at[i]], 4),
            pli_cell_double(scored->sizes[i] * 100, 6),
            pli_cell_double(scored->losses[i] * 100, 6),
            pli_cell_flag(scored->is_breach[i] != 0),
        };
        pli_rows_add(rows, cells);
    }
}

static pli_table
days_table(pli_backtested *tested) {
    const pli_column columns[] = {
        pli_column_text("series", "series"),
        pli_column_text("portfolio", "portfolio"),
        pli_column_text("requirement", "requirement"),
        pli_column_text("day", "day"),
        pli_column_number("price", "price", "", 2),
        pli_column_number("volatility", "volatility", "%", 1),
        pli_column_number("size", "size", "%", 3),
        pli_column_number("loss", "loss", "%", 3),
        pli_column_text("is_breach", "breach"),
    };
    uint32_t count = 0;
    for (uint32_t i = 0; i < tested->scored_count; i += 1) {
        count += tested->scored[i].is_supported ? tested->scored[i].count : 0;
    }
    pli_rows rows =
        pli_rows_make(&tested->pool, "days", columns, sizeof columns / sizeof columns[0], count);
    for (uint32_t i = 0; i < tested->scored_count; i += 1) {
        if (tested->scored[i].is_supported) {
            add_days(&rows, &tested->scored[i]);
        }
    }
    rows.table.title = "Every window";
    return rows.table;
}

void
pli_backtest_tables(pli_backtested *tested, bool has_days,
                    pli_table tables[PLI_BACKTEST_TABLE_COUNT]) {
    tables[0] = coverage_table(tested);
    tables[1] = shortfall_table(tested);
    if (has_days) {
        tables[2] = days_table(tested);
    }
}
