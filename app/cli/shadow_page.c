/* shadow_page.c: plimsoll shadow --report: the answer as a page with charts.             SPDX-License-Identifier: Apache-2.0 */
#include "cli/memory.h"
#include "cli/shadow.h"
#include "cli/words.h"
#include "io/time_text.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "report/chart.h"
#include "report/html.h"

#define TEXT_SIZE 512
#define LOG_SCALE 3u /* decimals of a logarithm on the scatter's axes */

static int64_t
narrowed(pli_i128 micros) {
    return micros > INT64_MAX ? INT64_MAX : micros < INT64_MIN ? INT64_MIN : (int64_t)micros;
}

static void
append_amount(pli_text *text, const pli_shadow_run *run, pli_i128 micros) {
    pli_words_amount(text, narrowed(micros), run->opened.currency, PLI_DECIMAL_HALF_EVEN);
}

static void
write_verdict(const pli_sink *sink, const pli_shadow_run *run) {
    const pli_shadow *s = &run->shadow;
    const pli_shadow_sums *sums = s->maintenance.count > 0 ? &s->maintenance : &s->initial;
    char data[TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_decimal_format_grouped(&text, (pli_i128)s->account_count, 0, 0, PLI_DECIMAL_FLOOR);
    pli_text_append(&text, " accounts under model ");
    pli_text_append(&text, run->opened.model->name);
    if (s->setup.has_incumbent) {
        pli_text_append(&text, sums == &s->maintenance ? ": maintenance " : ": initial ");
        append_amount(&text, run, sums->ours_micros);
        pli_text_append(&text, " in the place of ");
        append_amount(&text, run, sums->theirs_micros);
        pli_text_append(&text, "; newly called ");
        pli_text_append_u64(&text, s->newly_called_count);
        pli_text_append(&text, ", newly liquidatable ");
        pli_text_append_u64(&text, s->newly_liquidatable_count);
    }
    pli_text_append(&text, ".");
    bool is_bad = s->newly_liquidatable_count > 0;
    bool is_warned = s->newly_called_count > 0;
    pli_html_verdict(sink, data,
                     is_bad      ? PLI_TONE_BAD
                     : is_warned ? PLI_TONE_WARNING
                                 : PLI_TONE_PLAIN);
}

// All accounts together as one ship: no account's equity helps another's, so this is a picture, not a test.
static void
write_load_line(const pli_sink *sink, const pli_shadow_run *run) {
    const pli_shadow *s = &run->shadow;
    int64_t equity = narrowed(s->equity_micros);
    const pli_load_line line = {.maintenance_micros = narrowed(s->maintenance_micros),
                                .call_micros = narrowed(s->call_micros),
                                .initial_micros = narrowed(s->initial_micros),
                                .equity_initial_micros = equity,
                                .equity_maintenance_micros = equity,
                                .unit = run->opened.currency,
                                .verdict = "all accounts together",
                                .tone = PLI_TONE_PLAIN};
    pli_html_picture_begin(sink);
    pli_load_line_draw(sink, &line, false);
    pli_html_picture_end(sink);
}

static void
append_percent(pli_text *text, int64_t ppm) {
    pli_decimal_format(text, ppm, 4, 0);
    pli_text_append(text, "%");
}

static void
write_ratios(const pli_sink *sink, pli_shadow_run *run) {
    pli_bar *bars = PLI_MUST_TAKE(&run->opened.pool, PLI_SHADOW_BINS, pli_bar);
    for (uint32_t i = 0; i < PLI_SHADOW_BINS; i += 1) {
        char data[64];
        pli_text text = pli_text_init(data, sizeof data);
        if (i + 1 == PLI_SHADOW_BINS) {
            pli_text_append(&text, "above ");
            append_percent(&text, pli_shadow_bin_ppm(i - 1));
        } else {
            pli_text_append(&text, "up to ");
            append_percent(&text, pli_shadow_bin_ppm(i));
        }
        bars[i] = (pli_bar){.label = pli_must_text(&run->opened.pool, data),
                            .value = (int64_t)run->shadow.bins[i]};
    }
    const pli_bars chart = {.title = "Accounts by this model's requirement over the incumbent's",
                            .unit = "accounts",
                            .count = PLI_SHADOW_BINS,
                            .bars = bars};
    pli_html_picture_begin(sink);
    pli_chart_bars(sink, &chart, false);
    pli_html_picture_end(sink);
}

// log10 of an amount in the valuation currency, in thousandths; amounts below one micro do not exist.
static int64_t
logarithm(int64_t micros) {
    int64_t thousandths = 0;
    double value = pli_log(pli_double_from_i64(micros) / 1e6) / pli_log(10.0) * 1000.0;
    return pli_i64_from_double_half_even(value, &thousandths) == PLM_OK ? thousandths : 0;
}

static void
write_scatter(const pli_sink *sink, pli_shadow_run *run) {
    const pli_shadow *s = &run->shadow;
    int64_t *x = PLI_MUST_TAKE(&run->opened.pool, s->point_count + 1u, int64_t);
    int64_t *y = PLI_MUST_TAKE(&run->opened.pool, s->point_count + 1u, int64_t);
    int64_t *ends = PLI_MUST_TAKE(&run->opened.pool, 2, int64_t);
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->point_count; i += 1) {
        if (s->points[i].theirs_micros <= 0 || s->points[i].ours_micros <= 0) {
            continue;
        }
        x[count] = logarithm(s->points[i].theirs_micros);
        y[count] = logarithm(s->points[i].ours_micros);
        ends[0] = count == 0 || x[count] < ends[0] ? x[count] : ends[0];
        ends[1] = count == 0 || x[count] > ends[1] ? x[count] : ends[1];
        count += 1;
    }
    const pli_series series[2] = {
        {.label = "an account", .count = count, .x = x, .y = y},
        {.label = "the same", .is_line = true, .count = 2, .x = ends, .y = ends}};
    char title[TEXT_SIZE];
    pli_text text = pli_text_init(title, sizeof title);
    pli_text_append(&text, "log10 of ");
    pli_text_append(&text, run->opened.currency);
    pli_text_append(&text, ", incumbent");
    const pli_lines chart = {.title = "Requirement of this model against the incumbent's",
                             .x_title = title,
                             .y_title = "this model",
                             .x_scale = LOG_SCALE,
                             .y_scale = LOG_SCALE,
                             .count = 2,
                             .series = series};
    if (count > 0) {
        pli_html_picture_begin(sink);
        pli_chart_lines(sink, &chart, false);
        pli_html_picture_end(sink);
    }
}

static void
write_table(const pli_sink *sink, const pli_table *table) {
    pli_html_section(sink, table->title, table->note);
    pli_html_table(sink, table);
}

void
pli_shadow_page(pli_shadow_run *run, pli_page *page) {
    pli_sink sink = pli_page_sink(page);
    char subtitle[TEXT_SIZE];
    pli_text text = pli_text_init(subtitle, sizeof subtitle);
    pli_text_append(&text, "Marks of ");
    pli_time_format(&text, run->opened.book.market.time.ns);
    pli_text_append(&text, ", amounts in ");
    pli_text_append(&text, run->opened.currency);
    pli_html_begin(&sink, "A venue's book in the shadow of another model", subtitle);
    write_verdict(&sink, run);
    write_load_line(&sink, run);
    pli_html_section(&sink, "Totals", run->tables[0].note);
    pli_html_table(&sink, &run->tables[0]);
    if (run->shadow.setup.has_incumbent) {
        pli_html_section(&sink, "Ours against theirs", "");
        write_ratios(&sink, run);
        write_scatter(&sink, run);
    }
    for (uint32_t i = 1; i < PLI_SHADOW_TABLE_COUNT; i += 1) {
        if (run->tables[i].row_count > 0) {
            write_table(&sink, &run->tables[i]);
        }
    }
    pli_html_end(&sink, PLI_REPORT_END);
}
