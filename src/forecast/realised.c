/* realised.c: realised variance, its parts, and ranges, from candles with holes.       SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/forecast.h"

#include <stdbool.h>

#include "base/libc.h"
#include "num/elementary.h"
#include "num/rounding.h"

#define SECOND_NS INT64_C(1000000000)
#define DAY_NS (86400 * SECOND_NS)
#define HOLE_BARS 6
#define FOUR_LOG_TWO 2.772588722239781237
#define HALF_PI 1.570796326794896619

/* open_day - a day under way: sums, and where the one before ended. */
typedef struct open_day {
    plm_realised_day sums;
    int64_t covered_ns;
    double open, high, low, close;
    double return_before; /* absolute, of the bar before in this day; < 0: none */
} open_day;

static int64_t
day_of(int64_t ns) {
    int64_t day = ns / DAY_NS;
    return day - (ns % DAY_NS < 0);
}

static bool
is_candle(const plm_candle *bar) {
    return bar->low > 0 && pli_double_is_finite(bar->high) && bar->low <= bar->open &&
           bar->open <= bar->high && bar->low <= bar->close && bar->close <= bar->high;
}

int64_t
plm_realised_step(const plm_candle *bars, size_t count) {
    int64_t step = 0;
    for (size_t i = 1; i < count; i += 1) {
        int64_t apart = bars[i].start_ns - bars[i - 1].start_ns;
        step = step == 0 || apart < step ? apart : step;
    }
    return step;
}

static open_day
begin_day(const plm_candle *bar) {
    return (open_day){.sums = {.day = day_of(bar->start_ns)},
                      .open = bar->open,
                      .high = bar->high,
                      .low = bar->low,
                      .return_before = -1.0};
}

// `before` is the bar before, or NULL where there is none or it lies too far back.
static void
add_bar(open_day *day, const plm_candle *bar, const plm_candle *before, int64_t step_ns) {
    double from = before == NULL ? bar->open : before->close;
    double change = pli_log(bar->close) - pli_log(from);
    double span = pli_log(bar->high) - pli_log(bar->low);
    double gap = pli_log(bar->open) - pli_log(from);
    double size = fabs(change);
    plm_realised_day *sums = &day->sums;
    sums->bar_count += 1;
    sums->variance += change * change;
    sums->downside += change < 0 ? change * change : 0.0;
    sums->bipower += day->return_before >= 0 ? HALF_PI * size * day->return_before : 0.0;
    sums->range += span * span / FOUR_LOG_TWO + gap * gap;
    sums->change += change;
    day->return_before = size;
    day->high = bar->high > day->high ? bar->high : day->high;
    day->low = bar->low < day->low ? bar->low : day->low;
    day->close = bar->close;
    int64_t begin = before == NULL ? bar->start_ns : before->start_ns + step_ns;
    int64_t midnight = sums->day * DAY_NS;
    day->covered_ns += bar->start_ns + step_ns - (begin > midnight ? begin : midnight);
}

// Whether the day is covered well enough to be kept.
static bool
end_day(open_day *day, uint32_t covered_ppm_min) {
    plm_realised_day *sums = &day->sums;
    int64_t covered_ns = day->covered_ns < DAY_NS ? day->covered_ns : DAY_NS;
    double share = (double)covered_ns / (double)DAY_NS;
    sums->covered_ppm = (uint32_t)(covered_ns / (DAY_NS / 1000000));
    if (sums->covered_ppm < covered_ppm_min) {
        return false;
    }
    // One product fewer than returns: the mean product stands for the missing one.
    double bars = (double)sums->bar_count;
    sums->bipower = sums->bar_count > 1 ? sums->bipower * bars / (bars - 1.0) / share : 0.0;
    sums->variance /= share;
    sums->downside /= share;
    sums->range /= share;
    double span = pli_log(day->high) - pli_log(day->low);
    double body = pli_log(day->close) - pli_log(day->open);
    sums->parkinson = span * span / FOUR_LOG_TWO / share;
    sums->garman_klass = (0.5 * span * span - (FOUR_LOG_TWO / 2 - 1.0) * body * body) / share;
    return true;
}

// Bars in order, one step apart or more, with prices that are some.
static bool
is_next(const plm_candle_run *run, size_t i) {
    return is_candle(&run->bars[i]) &&
           (i == 0 || run->bars[i].start_ns - run->bars[i - 1].start_ns >= run->step_ns);
}

plm_status
plm_realised_days(const plm_candle_run *run, uint32_t covered_ppm_min, plm_realised_day *days,
                  size_t capacity, size_t *day_count) {
    if (run->step_ns < SECOND_NS || run->step_ns > DAY_NS) {
        return PLM_DOMAIN;
    }
    int64_t hole_ns = HOLE_BARS * run->step_ns;
    int64_t reach_ns = (hole_ns > DAY_NS ? hole_ns : DAY_NS) + run->step_ns;
    size_t kept = 0;
    open_day day = {.covered_ns = 0};
    const plm_candle *before = NULL;
    for (size_t i = 0; i < run->count; i += 1) {
        const plm_candle *bar = &run->bars[i];
        if (!is_next(run, i)) {
            return PLM_DOMAIN;
        }
        if (i == 0 || day_of(bar->start_ns) != day.sums.day) {
            day = begin_day(bar);
        }
        bool is_linked = before != NULL && bar->start_ns - before->start_ns <= reach_ns;
        add_bar(&day, bar, is_linked ? before : NULL, run->step_ns);
        before = bar;
        bool is_end = i + 1 == run->count || day_of(run->bars[i + 1].start_ns) != day.sums.day;
        if (!is_end || !end_day(&day, covered_ppm_min)) {
            continue;
        }
        if (kept == capacity) {
            return PLM_LIMIT;
        }
        days[kept] = day.sums;
        kept += 1;
    }
    *day_count = kept;
    return PLM_OK;
}
