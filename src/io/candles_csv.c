/* candles_csv.c: past prices from candle files.                                       SPDX-License-Identifier: Apache-2.0 */
#include "io/candles_csv.h"

#include <float.h>
#include <string.h>

#include "base/text.h"
#include "io/compressed.h"
#include "io/csv.h"
#include "plimsoll/quantity.h"

#define DAY_SECONDS INT64_C(86400)

typedef struct candle {
    int64_t seconds;
    double open, high, low, close;
} candle;

typedef struct candle_columns {
    uint32_t ts, open, high, low, close;
} candle_columns;

static candle
read_candle(pli_csv *csv, const candle_columns *columns, plm_price_domain domain) {
    candle c = {0};
    c.seconds = pli_csv_integer(csv, columns->ts, PLI_CANDLE_SECONDS_MIN, PLI_CANDLE_SECONDS_MAX);
    c.open = pli_csv_double(csv, columns->open);
    c.high = pli_csv_double(csv, columns->high);
    c.low = pli_csv_double(csv, columns->low);
    c.close = pli_csv_double(csv, columns->close);
    if (csv->status != PLM_OK) {
        return c;
    }
    if (domain == PLM_PRICE_DOMAIN_POSITIVE && c.low < DBL_MIN) {
        pli_csv_fail(csv, PLM_VALUE_INVALID, columns->low, "a price above zero");
    } else if (c.low > c.open || c.open > c.high) {
        pli_csv_fail(csv, PLM_VALUE_INVALID, columns->open, "low <= open <= high");
    } else if (c.low > c.close || c.close > c.high) {
        pli_csv_fail(csv, PLM_VALUE_INVALID, columns->close, "low <= close <= high");
    }
    return c;
}

static int64_t
day_of(int64_t seconds) {
    int64_t day = seconds / DAY_SECONDS;
    return day - (seconds % DAY_SECONDS < 0);
}

// Each day's last bar wins: bars come in order, so a bar of the same day replaces the one before.
static void
read_days(pli_csv *csv, const candle_columns *columns, plm_price_domain domain, int64_t *days,
          double *closes, pli_daily *daily) {
    int64_t before = INT64_MIN;
    while (pli_csv_next(csv)) {
        candle c = read_candle(csv, columns, domain);
        if (csv->status == PLM_OK && c.seconds <= before) {
            pli_csv_fail(csv, PLM_VALUE_INVALID, columns->ts, "a time after the bar before");
        }
        if (csv->status != PLM_OK) {
            return;
        }
        before = c.seconds;
        int64_t day = day_of(c.seconds);
        bool is_new = daily->day_count == 0 || days[daily->day_count - 1] != day;
        daily->day_count += is_new;
        daily->bar_count += 1;
        days[daily->day_count - 1] = day;
        closes[daily->day_count - 1] = c.close;
    }
}

// Days there can be at most: one per line, and one per day between the limits of time.
static size_t
count_days_max(pli_bytes bytes) {
    size_t lines = 1;
    const uint8_t *end = bytes.data + bytes.size;
    const uint8_t *at = memchr(bytes.data, '\n', bytes.size);
    while (at != NULL) {
        lines += 1;
        at = memchr(at + 1, '\n', (size_t)(end - at - 1));
    }
    size_t days = (size_t)((PLI_CANDLE_SECONDS_MAX - PLI_CANDLE_SECONDS_MIN) / DAY_SECONDS) + 2;
    return lines < days ? lines : days;
}

plm_status
pli_candles_decode(const char *name, pli_bytes bytes, plm_price_domain domain, pli_pool *pool,
                   pli_daily *daily, plm_fault *fault) {
    pli_csv csv;
    pli_csv_init(&csv, name, bytes, fault);
    if (csv.status != PLM_OK) {
        return csv.status;
    }
    candle_columns columns = {.ts = pli_csv_column(&csv, "ts", true),
                              .open = pli_csv_column(&csv, "open", true),
                              .high = pli_csv_column(&csv, "high", true),
                              .low = pli_csv_column(&csv, "low", true),
                              .close = pli_csv_column(&csv, "close", true)};
    size_t count = count_days_max(bytes);
    int64_t *days = pli_pool_take(pool, count, sizeof *days);
    double *closes = pli_pool_take(pool, count, sizeof *closes);
    if (days == NULL || closes == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, name, ": no memory to decode it", NULL);
    }
    pli_daily result = {.days = days, .closes = closes};
    read_days(&csv, &columns, domain, days, closes, &result);
    if (csv.status == PLM_OK && result.bar_count == 0) {
        return pli_fault_set(fault, PLM_HISTORY_SHORT, name,
                             ":1: no bars after the header; allowed is at least one", NULL);
    }
    if (csv.status == PLM_OK) {
        *daily = result;
    }
    return csv.status;
}

plm_status
pli_candles_read(const char *path, plm_price_domain domain, pli_pool *pool, pli_daily *daily,
                 plm_fault *fault) {
    pli_bytes bytes = {0};
    plm_status status = pli_input_read(path, PLI_FILE_SIZE_MAX, &bytes, fault);
    if (status == PLM_OK) {
        status = pli_candles_decode(path, bytes, domain, pool, daily, fault);
        pli_bytes_finish(&bytes);
    }
    return status;
}
