/* candles_csv.h: past prices from candle files.                                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_CANDLES_CSV_H
#define PLI_IO_CANDLES_CSV_H

#include "io/pool.h"
#include "os/file.h"
#include "plimsoll/forecast.h"
#include "plimsoll/instrument.h"
#include "plimsoll/status.h"

/* Starts of bars lie between 1850 and 2200, in seconds since 1970: indices go back further than the epoch. */
#define PLI_CANDLE_SECONDS_MIN INT64_C(-3786825600)
#define PLI_CANDLE_SECONDS_MAX INT64_C(7258118400)

/* pli_daily - closes of the days that have bars; the tables live in the pool that was given. */
typedef struct pli_daily {
    uint32_t day_count;
    uint32_t bar_count;
    const int64_t *days; /* since 1970-01-01, strictly rising */
    const double *closes;
} pli_daily;

/*
 * pli_candles_read - daily closes of a candle file as docs/formats.md describes.
 * pli_candles_decode - the same from bytes already read.
 *
 * Lifetime   The tables of *daily live in `pool`, also after a failure.
 * Returns    PLM_OK              at least one bar.
 *            PLM_VALUE_INVALID   ts not rising, low above open, close or high, a price at or below zero in domain
 *                                `positive`, a ts that is no number of seconds.
 *            PLM_TEXT_MALFORMED, PLM_TEXT_PRECISION, PLM_OVERFLOW, PLM_NOT_FINITE  a number.
 *            PLM_SYNTAX, PLM_KEY_MISSING, PLM_KEY_DUPLICATE  lines and columns.
 *            PLM_HISTORY_SHORT   no bar at all; PLM_MEMORY; the statuses of pli_input_read.
 *            On these *daily is left alone.
 */
PLM_MUST_USE plm_status pli_candles_read(const char *path, plm_price_domain domain, pli_pool *pool,
                                         pli_daily *daily, plm_fault *fault);
PLM_MUST_USE plm_status pli_candles_decode(const char *name, pli_bytes bytes,
                                           plm_price_domain domain, pli_pool *pool,
                                           pli_daily *daily, plm_fault *fault);

/* pli_bars - every bar of a file; the table lives in the pool that was given. */
typedef struct pli_bars {
    size_t bar_count;
    const plm_candle *bars;
} pli_bars;

/*
 * pli_bars_read, pli_bars_decode - the bars themselves, as pli_candles_read and pli_candles_decode in all else.
 */
PLM_MUST_USE plm_status pli_bars_read(const char *path, plm_price_domain domain, pli_pool *pool,
                                      pli_bars *bars, plm_fault *fault);
PLM_MUST_USE plm_status pli_bars_decode(const char *name, pli_bytes bytes, plm_price_domain domain,
                                        pli_pool *pool, pli_bars *bars, plm_fault *fault);

#endif
