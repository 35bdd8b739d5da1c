/* deep.h: forecasts on record, computed again from the closes on record or from candles. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_DEEP_H
#define PLI_CLI_DEEP_H

#include <stdbool.h>

#include "cli/forecast_days.h"
#include "cli/rows.h"
#include "plimsoll/core.h"
#include "plimsoll/forecast.h"

#define PLI_DEEP_ROWS_MAX 1000u /* forecasts that are listed; all are counted */

#define PLI_DEEP_FILES_MAX 16u

/* pli_deep_line - what became of one forecast. `found_ppm` is 0 where nothing that is here can say it again. */
typedef struct pli_deep_line {
    uint64_t sequence;
    uint32_t underlying_index;
    plm_forecast_spec spec;
    const char *path; /* of the candles; NULL: the venue's closes */
    int64_t recorded_ppm, found_ppm;
    bool is_equal; /* volatility, and on candles the chance of a day of high volatility */
} pli_deep_line;

typedef struct pli_deep {
    pli_pool pool;
    uint64_t recomputed, differing, unknown;
    uint32_t line_count;
    pli_deep_line lines[PLI_DEEP_ROWS_MAX];
    void *workspace;
    size_t workspace_size;
    uint32_t file_count;
    pli_forecast_days files[PLI_DEEP_FILES_MAX];
} pli_deep;

/*
 * pli_deep_specs - the recipes that are tried, `count` of them: EWMA and GARCH, days ahead, days fitted on (0: all kept).
 */
const plm_forecast_spec *pli_deep_specs(size_t *count);

/* pli_deep_candle_specs - those that are tried on candles: every model, days ahead, days fitted on. */
const plm_forecast_spec *pli_deep_candle_specs(size_t *count);

/* pli_deep_days_before - how many of these days came before the day of an instant: what a forecast at it may know. */
size_t pli_deep_days_before(const pli_forecast_days *file, int64_t time_ns);

/* pli_deep_observe - look at an accepted event; only FORECAST counts. */
void pli_deep_observe(pli_deep *deep, const plm_core *core, const plm_event *event,
                      const plm_outcome *outcome);

/* pli_deep_rows - what was counted as one record; what was listed as a table. */
pli_rows pli_deep_record(pli_pool *pool, const pli_deep *deep);
pli_rows pli_deep_table(pli_pool *pool, const pli_deep *deep);

#endif
