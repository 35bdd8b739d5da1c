/* features.c: the rows that regressions see.                                           SPDX-License-Identifier: Apache-2.0 */
#include "forecast/features.h"

#include <stdbool.h>

#include "base/assert.h"
#include "base/blake2b.h"
#include "base/endian.h"
#include "num/elementary.h"
#include "num/rounding.h"

#define VARIANCE_LEAST 1e-10

double
pli_log_variance(double variance) {
    return pli_log(variance > VARIANCE_LEAST ? variance : VARIANCE_LEAST);
}

double
pli_mean_variance(const plm_realised_day *days, size_t count) {
    double sum = 0.0;
    for (size_t i = 0; i < count; i += 1) {
        sum += days[i].variance;
    }
    return sum / (double)count;
}

static double
mean_range(const plm_realised_day *days, size_t count) {
    double sum = 0.0;
    for (size_t i = 0; i < count; i += 1) {
        sum += days[i].range;
    }
    return sum / (double)count;
}

// The return over some days where it is a loss.
static double
loss_over(const plm_realised_day *days, size_t count) {
    double sum = 0.0;
    for (size_t i = 0; i < count; i += 1) {
        sum += days[i].change;
    }
    return sum < 0 ? sum : 0.0;
}

static double
log_downside(const plm_realised_day *days, size_t count) {
    double down = 0.0;
    double all = 0.0;
    for (size_t i = 0; i < count; i += 1) {
        down += days[i].downside;
        all += days[i].variance;
    }
    double part = all > 0 ? down / all : 0.5;
    part = part > 0.01 ? part : 0.01;
    return pli_log(part < 0.99 ? part : 0.99);
}

// 0 for Sunday; day 0 of 1970 was a Thursday.
static size_t
weekday_of(int64_t day) {
    int64_t rest = (day + 4) % 7;
    return (size_t)(rest < 0 ? rest + 7 : rest);
}

static size_t
make_range_row(const plm_realised_day *day, int64_t target_day, double *row) {
    static const size_t spans[3] = {1, PLI_WEEK_DAYS, PLI_MONTH_DAYS};
    for (size_t i = 0; i < 3; i += 1) {
        const plm_realised_day *first = day + 1 - spans[i];
        row[i] = pli_log_variance(mean_range(first, spans[i]));
        row[3 + i] = loss_over(first, spans[i]);
    }
    row[6] = day->change < 0 ? -day->change : day->change;
    row[7] = log_downside(day + 1 - PLI_WEEK_DAYS, PLI_WEEK_DAYS);
    size_t weekday = weekday_of(target_day);
    for (size_t i = 0; i < 6; i += 1) {
        row[8 + i] = weekday == i + 1 ? 1.0 : 0.0;
    }
    return 14;
}

size_t
pli_features_make(plm_forecast_kind kind, const plm_realised_day *days, size_t index,
                  int64_t target_day, double *row) {
    PLI_ASSERT(index + 1 >= PLI_MONTH_DAYS);
    const plm_realised_day *day = &days[index];
    if (kind == PLM_FORECAST_RANGE) {
        return make_range_row(day, target_day, row);
    }
    double week = pli_mean_variance(day + 1 - PLI_WEEK_DAYS, PLI_WEEK_DAYS);
    double month = pli_mean_variance(day + 1 - PLI_MONTH_DAYS, PLI_MONTH_DAYS);
    bool is_log = kind == PLM_FORECAST_HAR;
    row[0] = is_log ? pli_log_variance(day->variance) : day->variance;
    row[1] = is_log ? pli_log_variance(week) : week;
    row[2] = is_log ? pli_log_variance(month) : month;
    row[3] = day->change < 0 ? day->change : 0.0;
    return is_log ? 4 : 3;
}

plm_status
pli_days_check(const plm_realised_day *days, size_t count) {
    for (size_t i = 0; i < count; i += 1) {
        const plm_realised_day *day = &days[i];
        const double measures[6] = {day->variance, day->bipower,   day->downside,
                                    day->range,    day->parkinson, day->garman_klass};
        bool is_fine = pli_double_is_finite(day->change) && (i == 0 || days[i - 1].day < day->day);
        for (size_t j = 0; j < 6; j += 1) {
            is_fine = is_fine && pli_double_is_finite(measures[j]) && (j == 5 || measures[j] >= 0);
        }
        if (!is_fine) {
            return PLM_DOMAIN;
        }
    }
    return PLM_OK;
}

void
pli_days_hash(const plm_realised_day *days, size_t count, uint8_t *hash) {
    pli_blake2b under_way;
    pli_blake2b_init(&under_way, PLI_BLAKE2B_256_SIZE);
    for (size_t i = 0; i < count; i += 1) {
        const plm_realised_day *day = &days[i];
        const double measures[7] = {day->variance,  day->bipower,      day->downside, day->range,
                                    day->parkinson, day->garman_klass, day->change};
        uint8_t bytes[72];
        pli_store_i64(bytes, day->day);
        pli_store_u32(bytes + 8, day->bar_count);
        pli_store_u32(bytes + 12, day->covered_ppm);
        for (size_t j = 0; j < 7; j += 1) {
            pli_store_double(bytes + 16 + 8 * j, measures[j]);
        }
        pli_blake2b_update(&under_way, bytes, sizeof bytes);
    }
    pli_blake2b_final(&under_way, hash);
}
