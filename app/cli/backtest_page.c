/* backtest_page.c: a back-test as a page: price, forecast, haircut, requirement against what came. SPDX-License-Identifier: Apache-2.0 */
#include "cli/backtest.h"

#include <math.h>
#include <string.h>

#include "cli/memory.h"
#include "io/time_text.h"
#include "num/rounding.h"
#include "report/chart.h"
#include "report/html.h"

#define POINTS_MAX 900u
#define TEXT_SIZE 512
#define DAY_S INT64_C(86400)
#define YEARS_FROM_DAYS 900

/* One series of a page: which instants are drawn, and how time becomes an axis. */
typedef struct drawing {
    pli_backtested *tested;
    const pli_replay *replay;
    const pli_sink *sink;
    uint32_t stride; /* instants in one drawn point: the largest value of them stands for all */
    uint32_t point_count;
    bool is_years;
    double first_day;
    const int64_t *x; /* hundredths of a day, or of a year */
    const char *x_title;
} drawing;

static double
day_at(const pli_replay *replay, uint32_t instant) {
    if (replay->is_sessions) {
        return (double)pli_replay_day(replay, instant);
    }
    return (double)replay->seconds[instant] / (double)DAY_S;
}

static int64_t
hundredths(double value) {
    int64_t out = 0;
    return pli_i64_from_double_half_even(value * 100.0, &out) == PLM_OK ? out : 0;
}

static drawing
make_drawing(pli_backtested *tested, const pli_replay *replay, const pli_sink *sink, char *title,
             size_t title_size) {
    uint32_t count = replay->instant_count;
    uint32_t stride = (count + POINTS_MAX - 1) / POINTS_MAX;
    drawing made = {.tested = tested,
                    .replay = replay,
                    .sink = sink,
                    .stride = stride,
                    .point_count = (count + stride - 1) / stride,
                    .first_day = (double)(int64_t)day_at(replay, 0)};
    made.is_years = day_at(replay, count - 1) - made.first_day > YEARS_FROM_DAYS;
    int64_t *x = PLI_MUST_TAKE(&tested->pool, made.point_count, int64_t);
    for (uint32_t i = 0; i < made.point_count; i += 1) {
        double days = day_at(replay, i * stride);
        x[i] = made.is_years ? hundredths(1970.0 + days / 365.2425)
                             : hundredths(days - made.first_day);
    }
    made.x = x;
    pli_text text = pli_text_init(title, title_size);
    pli_text_append(&text, made.is_years ? "year" : "days since ");
    if (!made.is_years) {
        pli_date_format(&text, pli_replay_day(replay, 0));
    }
    made.x_title = title;
    return made;
}

// The drawn points of one value per instant.
static pli_series
thin(const drawing *on, const char *label, const double *values, bool is_line) {
    int64_t *y = PLI_MUST_TAKE(&on->tested->pool, on->point_count, int64_t);
    for (uint32_t i = 0; i < on->point_count; i += 1) {
        double most = values[(size_t)i * on->stride];
        for (uint32_t j = 1; j < on->stride && i * on->stride + j < on->replay->instant_count;
             j += 1) {
            double value = values[(size_t)i * on->stride + j];
            most = value > most ? value : most;
        }
        y[i] = hundredths(most);
    }
    return (pli_series){
        .label = label, .is_line = is_line, .count = on->point_count, .x = on->x, .y = y};
}

static void
draw(const drawing *on, const char *title, const char *unit, uint32_t count,
     const pli_series *series) {
    const pli_lines lines = {.title = title,
                             .x_title = on->x_title,
                             .y_title = unit,
                             .x_scale = 2,
                             .y_scale = 2,
                             .count = count,
                             .series = series};
    pli_html_picture_begin(on->sink);
    pli_chart_lines(on->sink, &lines, false);
    pli_html_picture_end(on->sink);
}

static const double *
percents(const drawing *on, const int64_t *ppm) {
    double *out = PLI_MUST_TAKE(&on->tested->pool, on->replay->instant_count, double);
    for (uint32_t i = 0; i < on->replay->instant_count; i += 1) {
        out[i] = (double)ppm[i] / 1e4;
    }
    return out;
}

static const double *
haircuts(const drawing *on, const double *volatilities) {
    const plm_portfolio_parameters *record = on->tested->portfolio_record;
    double *out = PLI_MUST_TAKE(&on->tested->pool, on->replay->instant_count, double);
    double multiple = (double)record->haircut_sigma_ppm / 1e6;
    double years = (double)record->haircut_horizon_ns / (double)PLM_YEAR_NS;
    double cap = (double)record->haircut_cap_ppm / 1e4;
    for (uint32_t i = 0; i < on->replay->instant_count; i += 1) {
        double share = volatilities[i] * multiple * sqrt(years);
        out[i] = share < cap ? share : cap;
    }
    return out;
}

static void
draw_market(const drawing *on) {
    const pli_replay *replay = on->replay;
    const double *forecast = percents(on, replay->volatilities_ppm);
    const pli_series price = thin(on, "price", replay->prices, true);
    pli_series volatilities[3] = {thin(on, "forecast, a year", forecast, true)};
    pli_series cuts[2] = {thin(on, "of the forecast", haircuts(on, forecast), true)};
    uint32_t count = 1;
    if (replay->living_answers != NULL) {
        const double *in_force = percents(on, replay->in_force_ppm);
        volatilities[1] = thin(on, "in force", in_force, true);
        volatilities[2] = thin(on, "announced", percents(on, replay->announced_ppm), true);
        cuts[1] = thin(on, "in force", haircuts(on, in_force), true);
        count = 2;
    }
    bool has_notice = count == 2 && memcmp(replay->in_force_ppm, replay->announced_ppm,
                                           replay->instant_count * sizeof(int64_t)) != 0;
    draw(on, "Price", "price", 1, &price);
    draw(on, "Volatility that requirements are made of", "%", has_notice ? 3 : count, volatilities);
    draw(on, "Haircut of the coin as collateral, before conversion impact", "% of its value", count,
         cuts);
}

static double
share_at(const pli_replay *replay, uint32_t instant, uint32_t portfolio, const pli_kind *kind) {
    int64_t micros = pli_kind_micros(pli_kind_answer(replay, instant, portfolio, kind), kind);
    double notional = replay->notionals[(size_t)instant * replay->portfolio_count + portfolio];
    return (double)micros / notional * 100.0;
}

static const char *
join_texts(const drawing *on, const char *first, const char *second) {
    size_t size = strlen(first) + strlen(second) + 1;
    char *both = PLI_MUST_TAKE(&on->tested->pool, size, char);
    pli_text text = pli_text_init(both, size);
    pli_text_append(&text, first);
    pli_text_append(&text, second);
    return both;
}

static const double *
losses_of(const drawing *on, uint32_t portfolio) {
    const pli_replay *replay = on->replay;
    double *losses = PLI_MUST_TAKE(&on->tested->pool, replay->instant_count, double);
    for (uint32_t i = 0; i < replay->instant_count; i += 1) {
        size_t row = (size_t)i * replay->portfolio_count + portfolio;
        double loss = -replay->profits[row] / replay->notionals[row] * 100.0;
        losses[i] = loss > 0.0 ? loss : 0.0;
    }
    return losses;
}

// Where the loss of the window that begins here was more than this kind required.
static pli_series
breaches_of(const drawing *on, const double *losses, const double *sizes, const char *label) {
    uint32_t count = on->replay->instant_count;
    int64_t *x = PLI_MUST_TAKE(&on->tested->pool, count, int64_t);
    int64_t *y = PLI_MUST_TAKE(&on->tested->pool, count, int64_t);
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i += on->stride) {
        for (uint32_t j = i; j < i + on->stride && j < count; j += 1) {
            if (losses[j] > sizes[j]) {
                x[found] = on->x[i / on->stride];
                y[found] = hundredths(losses[j]);
                found += 1;
                break;
            }
        }
    }
    return (pli_series){.label = label, .is_line = false, .count = found, .x = x, .y = y};
}

// A model that no volatility enters says the same with what is in force.
static bool
is_moved(const drawing *on, uint32_t portfolio, const pli_kind *kind) {
    const pli_replay *replay = on->replay;
    const pli_kind living = {
        .model = kind->model, .is_initial = kind->is_initial, .is_living = true};
    for (uint32_t i = 0; i < replay->instant_count && replay->living_answers != NULL; i += 1) {
        if (pli_kind_micros(pli_replay_answer(replay, i, portfolio, kind->model), kind) !=
            pli_kind_micros(pli_kind_answer(replay, i, portfolio, &living), kind)) {
            return true;
        }
    }
    return false;
}

// Beside what is in force: the maintenance at each instant's own forecast, and static models.
static bool
is_drawn(const drawing *on, uint32_t portfolio, const pli_kind *kind) {
    const pli_replay *replay = on->replay;
    if (kind->is_in_force || pli_kind_answer(replay, 0, portfolio, kind)->status != PLM_OK) {
        return false;
    }
    if (replay->living_answers == NULL) {
        return true;
    }
    bool is_living = !kind->is_tail && is_moved(on, portfolio, kind);
    return !kind->is_tail && (is_living ? kind->is_living || !kind->is_initial : !kind->is_living);
}

static void
draw_portfolio(const drawing *on, uint32_t portfolio) {
    const pli_backtested *tested = on->tested;
    const pli_replay *replay = on->replay;
    pli_series series[PLI_KINDS_MAX + 2];
    uint32_t count = 0;
    const double *losses = losses_of(on, portfolio);
    const pli_kind *judged = NULL;
    const double *shipped = NULL;
    series[count] = thin(on, "loss of the window that begins here", losses, true);
    count += 1;
    for (uint32_t k = 0; k < tested->kind_count; k += 1) {
        const pli_kind *kind = &tested->kinds[k];
        if (!is_drawn(on, portfolio, kind)) {
            continue;
        }
        double *sizes = PLI_MUST_TAKE(&on->tested->pool, replay->instant_count, double);
        for (uint32_t i = 0; i < replay->instant_count; i += 1) {
            sizes[i] = share_at(replay, i, portfolio, kind);
        }
        // What is in force is judged, where it is asked for.
        if (!kind->is_tail && !kind->is_initial && kind->model == 1 &&
            (judged == NULL || kind->is_living)) {
            judged = kind;
            shipped = sizes;
        }
        series[count] = thin(on, kind->name, sizes, true);
        count += 1;
    }
    if (shipped != NULL) {
        const char *label = join_texts(on, "breach of ", judged->name);
        series[count] = breaches_of(on, losses, shipped, label);
        count += series[count].count > 0 ? 1 : 0;
    }
    char title[TEXT_SIZE];
    pli_text text = pli_text_init(title, sizeof title);
    pli_text_append(&text, replay->portfolio_names[portfolio]);
    pli_text_append(&text, ": required, and what the market then took");
    draw(on, title, "% of the notional", count, series);
}

void
pli_backtest_page(pli_backtested *tested, const pli_table *tables, pli_page *page) {
    pli_sink sink = pli_page_sink(page);
    pli_html_begin(&sink, "Back-test",
                   "What was required before, against what the market took after. Every instant "
                   "sees its past only.");
    pli_html_table(&sink, &tables[0]);
    if (tables[1].row_count > 0) {
        pli_html_table(&sink, &tables[1]);
    }
    for (uint32_t i = 0; i < tested->replay_count; i += 1) {
        const pli_replay *replay = &tested->replays[i];
        char title[TEXT_SIZE];
        const drawing on = make_drawing(tested, replay, &sink, title, sizeof title);
        pli_html_section(&sink, replay->name,
                         replay->is_sessions
                             ? "Sessions: no bar falls on a Sunday, so each counts as the day "
                               "after the one before."
                             : "");
        draw_market(&on);
        for (uint32_t p = 0; p < replay->portfolio_count; p += 1) {
            draw_portfolio(&on, p);
        }
    }
    pli_html_end(&sink, PLI_REPORT_END);
}
