/* candles_csv.c: past prices from candle files.                                       SPDX-License-Identifier: Apache-2.0 */
#include "io/candles_csv.h"

#include <float.h>
#include <string.h>

#include "base/text.h"
#include "io/compressed.h"
#include "io/csv.h"
#include "plimsoll/quantity.h"

#define DAY_SECONDS INT64_C(86400)
#define SECOND_NS INT64_C(1000000000)

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

/* What is made of the bars of a file, one by one: days and their closes, or the bars themselves. */
typedef struct sink {
    int64_t *days;
    double *closes;
    pli_daily daily;
    plm_candle *bars;
    size_t bar_count;
} sink;

// Each day's last bar wins: bars come in order, so a bar of the same day replaces the one before.
static void
put_day(sink *to, const candle *c) {
    int64_t day = day_of(c->seconds);
    bool is_new = to->daily.day_count == 0 || to->days[to->daily.day_count - 1] != day;
    to->daily.day_count += is_new;
    to->daily.bar_count += 1;
    to->days[to->daily.day_count - 1] = day;
    to->closes[to->daily.day_count - 1] = c->close;
}

static void
put_bar(sink *to, const candle *c) {
    to->bars[to->bar_count] = (plm_candle){.start_ns = c->seconds * SECOND_NS,
                                           .open = c->open,
                                           .high = c->high,
                                           .low = c->low,
                                           .close = c->close};
    to->bar_count += 1;
}

static void
read_bars(pli_csv *csv, plm_price_domain domain, void (*put)(sink *, const candle *), sink *to) {
    candle_columns columns = {.ts = pli_csv_column(csv, "ts", true),
                              .open = pli_csv_column(csv, "open", true),
                              .high = pli_csv_column(csv, "high", true),
                              .low = pli_csv_column(csv, "low", true),
                              .close = pli_csv_column(csv, "close", true)};
    int64_t before = INT64_MIN;
    while (pli_csv_next(csv)) {
        candle c = read_candle(csv, &columns, domain);
        if (csv->status == PLM_OK && c.seconds <= before) {
            pli_csv_fail(csv, PLM_VALUE_INVALID, columns.ts, "a time after the bar before");
        }
        if (csv->status != PLM_OK) {
            return;
        }
        before = c.seconds;
        put(to, &c);
    }
}

static size_t
count_lines(pli_bytes bytes) {
    size_t lines = 1;
    const uint8_t *end = bytes.data + bytes.size;
    const uint8_t *at = memchr(bytes.data, '\n', bytes.size);
    while (at != NULL) {
        lines += 1;
        at = memchr(at + 1, '\n', (size_t)(end - at - 1));
    }
    return lines;
}

static plm_status
conclude(const pli_csv *csv, const char *name, size_t bar_count, plm_fault *fault) {
    if (csv->status == PLM_OK && bar_count == 0) {
        return pli_fault_set(fault, PLM_HISTORY_SHORT, name,
                             ":1: no bars after the header; allowed is at least one", NULL);
    }
    return csv->status;
}

plm_status
pli_candles_decode(const char *name, pli_bytes bytes, plm_price_domain domain, pli_pool *pool,
                   pli_daily *daily, plm_fault *fault) {
    pli_csv csv;
    pli_csv_init(&csv, name, bytes, fault);
    if (csv.status != PLM_OK) {
        return csv.status;
    }
    // Days there can be at most: one per line, and one per day between the limits of time.
    size_t lines = count_lines(bytes);
    size_t days = (size_t)((PLI_CANDLE_SECONDS_MAX - PLI_CANDLE_SECONDS_MIN) / DAY_SECONDS) + 2;
    size_t count = lines < days ? lines : days;
    sink to = {.days = pli_pool_take(pool, count, sizeof *to.days),
               .closes = pli_pool_take(pool, count, sizeof *to.closes)};
    if (to.days == NULL || to.closes == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, name, ": no memory to decode it", NULL);
    }
    read_bars(&csv, domain, put_day, &to);
    plm_status status = conclude(&csv, name, to.daily.bar_count, fault);
    if (status == PLM_OK) {
        *daily = to.daily;
        daily->days = to.days;
        daily->closes = to.closes;
    }
    return status;
}

plm_status
pli_bars_decode(const char *name, pli_bytes bytes, plm_price_domain domain, pli_pool *pool,
                pli_bars *bars, plm_fault *fault) {
    pli_csv csv;
    pli_csv_init(&csv, name, bytes, fault);
    if (csv.status != PLM_OK) {
        return csv.status;
    }
    sink to = {.bars = pli_pool_take(pool, count_lines(bytes), sizeof *to.bars)};
    if (to.bars == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, name, ": no memory to decode it", NULL);
    }
    read_bars(&csv, domain, put_bar, &to);
    plm_status status = conclude(&csv, name, to.bar_count, fault);
    if (status == PLM_OK) {
        *bars = (pli_bars){.bar_count = to.bar_count, .bars = to.bars};
    }
    return status;
}

plm_status
pli_bars_read(const char *path, plm_price_domain domain, pli_pool *pool, pli_bars *bars,
              plm_fault *fault) {
    pli_bytes bytes = {0};
    plm_status status = pli_input_read(path, PLI_FILE_SIZE_MAX, &bytes, fault);
    if (status == PLM_OK) {
        status = pli_bars_decode(path, bytes, domain, pool, bars, fault);
        pli_bytes_finish(&bytes);
    }
    return status;
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
