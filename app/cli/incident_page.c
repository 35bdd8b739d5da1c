/* incident_page.c: plimsoll replay --report: an incident as a page with pictures.     SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "cli/incident.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "report/chart.h"
#include "report/html.h"

// One curve of the samples: member by member, so that every picture is made alike.
typedef int64_t (*pick)(const pli_rehearsal_sample *sample);

static int64_t
pick_price(const pli_rehearsal_sample *sample) {
    return sample->price_e8;
}

static int64_t
pick_equity(const pli_rehearsal_sample *sample) {
    return sample->equity_micros;
}

static int64_t
pick_maintenance(const pli_rehearsal_sample *sample) {
    return sample->maintenance_micros;
}

static int64_t
pick_insurance(const pli_rehearsal_sample *sample) {
    return sample->insurance_micros;
}

static int64_t
pick_deficit(const pli_rehearsal_sample *sample) {
    return sample->deficit_micros;
}

static int64_t
pick_open_interest(const pli_rehearsal_sample *sample) {
    return sample->open_interest_micros;
}

static int64_t
pick_forced(const pli_rehearsal_sample *sample) {
    return sample->forced_micros;
}

// An axis that can be read: seconds up to two hours, then minutes, hours and days.
typedef struct axis {
    const char *title;
    int64_t unit_s;
} axis;

static axis
axis_of(const pli_rehearsal *played) {
    uint32_t count = 0;
    const pli_rehearsal_sample *samples = pli_rehearsal_samples(played, &count);
    int64_t last_s = count > 0 ? samples[count - 1].time_ms / 1000 : 0;
    return last_s <= 7200     ? (axis){"seconds", 1}
           : last_s <= 14400  ? (axis){"minutes", 60}
           : last_s <= 345600 ? (axis){"hours", 3600}
                              : (axis){"days", 86400};
}

static pli_series
curve(pli_pool *pool, const pli_rehearsal *played, const char *label, pick chosen) {
    uint32_t count = 0;
    const pli_rehearsal_sample *samples = pli_rehearsal_samples(played, &count);
    int64_t *x = PLI_MUST_TAKE(pool, count + 1, int64_t);
    int64_t *y = PLI_MUST_TAKE(pool, count + 1, int64_t);
    int64_t unit_s = axis_of(played).unit_s;
    for (uint32_t i = 0; i < count; i += 1) {
        x[i] = samples[i].time_ms / unit_s;
        y[i] = chosen(&samples[i]);
    }
    return (pli_series){.label = label, .is_line = true, .count = count, .x = x, .y = y};
}

// draft - what all pictures of a page share, and where they go.
typedef struct draft {
    const pli_sink *sink;
    const char *time, *currency;
} draft;

static void
draw(const draft *to, const char *title, unsigned scale, const pli_series *series, uint32_t count) {
    const pli_sink *sink = to->sink;
    const pli_lines lines = {.title = title,
                             .x_title = to->time,
                             .y_title = to->currency,
                             .x_scale = 3,
                             .y_scale = scale,
                             .count = count,
                             .series = series};
    pli_html_picture_begin(sink);
    pli_chart_lines(sink, &lines, false);
    pli_html_picture_end(sink);
}

static void
write_pictures(const pli_sink *sink, pli_pool *pool, const pli_rehearsal *played) {
    const pli_series price[1] = {curve(pool, played, "price", pick_price)};
    const pli_series account[2] = {curve(pool, played, "equity", pick_equity),
                                   curve(pool, played, "maintenance", pick_maintenance)};
    const pli_series funds[2] = {
        curve(pool, played, "insurance fund", pick_insurance),
        curve(pool, played, "owed beyond all that accounts have", pick_deficit)};
    const pli_series open[1] = {curve(pool, played, "open interest", pick_open_interest)};
    const pli_series forced[1] = {curve(pool, played, "closed by force", pick_forced)};
    const draft to = {sink, axis_of(played).title, pli_rehearsal_currency(played)};
    char data[128];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "Equity and requirement of ");
    pli_text_append(&text, pli_rehearsal_watched(played));
    pli_html_section(sink, "Pictures",
                     "The price that is published; the first account with a position or a loan; "
                     "what was closed by force, added up; funds; open interest.");
    draw(&to, "Price", 8, price, 1);
    draw(&to, data, 6, account, 2);
    draw(&to, "Closed by force so far", 6, forced, 1);
    draw(&to, "Funds and deficits", 6, funds, 2);
    draw(&to, "Open interest", 6, open, 1);
}

static uint32_t
write_verdicts(const pli_sink *sink, pli_pool *pool, const pli_incident *incident,
               const pli_rehearsal *played, uint32_t run) {
    const pli_column columns[5] = {
        pli_column_text("metric", "assertion"), pli_column_text("operation", "is"),
        pli_column_text("value", "wanted"), pli_column_text("seen", "seen"),
        pli_column_text("verdict", "verdict")};
    pli_rows rows = pli_rows_make(pool, "assertions", columns, 5, incident->assertion_counts[run]);
    uint32_t failed = 0;
    for (uint32_t i = 0; i < incident->assertion_counts[run]; i += 1) {
        const pli_incident_assertion *assertion = &incident->assertions[run][i];
        pli_rehearsal_verdict verdict = pli_rehearsal_judge(played, assertion);
        failed += verdict.is_met ? 0 : 1;
        const pli_cell cells[5] = {pli_cell_text(assertion->metric),
                                   pli_cell_text(assertion->operation),
                                   pli_cell_text(assertion->value), pli_cell_text(verdict.seen),
                                   pli_cell_toned(pli_cell_text(verdict.is_met ? "met" : "failed"),
                                                  verdict.is_met ? PLI_TONE_GOOD : PLI_TONE_BAD)};
        pli_rows_add(&rows, cells);
    }
    pli_html_verdict(sink, failed == 0 ? "Every assertion is met." : "Assertions failed.",
                     failed == 0 ? PLI_TONE_GOOD : PLI_TONE_BAD);
    pli_html_table(sink, &rows.table);
    return failed;
}

static void
write_timeline(const pli_sink *sink, pli_pool *pool, const pli_rehearsal *played) {
    const pli_column columns[4] = {
        pli_column_number("seconds", "time", "s", 0), pli_column_text("what", "what"),
        pli_column_text("outcome", "outcome"), pli_column_text("expected", "the file expects")};
    uint32_t count = 0;
    const pli_rehearsal_entry *entries = pli_rehearsal_entries(played, &count);
    pli_rows rows = pli_rows_make(pool, "timeline", columns, 4, count);
    for (uint32_t i = 0; i < count; i += 1) {
        const pli_cell cells[4] = {
            pli_cell_number(entries[i].time_ms, 3), pli_cell_text(entries[i].text),
            pli_cell_text(entries[i].outcome),
            entries[i].expected[0] != '\0' ? pli_cell_text(entries[i].expected) : pli_cell_none()};
        pli_rows_add(&rows, cells);
    }
    pli_html_section(sink, "What happened", "Events of the file, and what the engine did.");
    pli_html_table(sink, &rows.table);
}

pli_exit
pli_incident_report(const pli_incident *incident, const pli_rehearsal *played, bool is_naive,
                    const char *path) {
    pli_page page = {.data = NULL};
    pli_pool pool = {.chunks = NULL};
    const pli_sink sink = pli_page_sink(&page);
    pli_html_begin(&sink, incident->title[0] != '\0' ? incident->title : incident->name,
                   is_naive ? "As the venue was" : "With the engine's shipped parameters");
    (void)write_verdicts(&sink, &pool, incident, played, is_naive ? 0 : 1);
    if (incident->summary[0] != '\0') {
        pli_html_paragraph(&sink, incident->summary);
    }
    write_pictures(&sink, &pool, played);
    write_timeline(&sink, &pool, played);
    pli_html_end(&sink, PLI_REPORT_END);
    pli_exit end = pli_report_write(&page, path);
    pli_pool_finish(&pool);
    return end;
}
