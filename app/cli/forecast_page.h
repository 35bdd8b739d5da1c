/* forecast_page.h: the page of forecast evaluate.                                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_FORECAST_PAGE_H
#define PLI_CLI_FORECAST_PAGE_H

#include "cli/forecast_days.h"
#include "cli/verb.h"
#include "study/race.h"

/* pli_forecast_race - one candle file, how it was run, and every forecast. */
typedef struct pli_forecast_race {
    pli_forecast_days of;
    pli_race_options options;
    pli_race_day *table;
    size_t count;
} pli_forecast_race;

/* pli_forecast_page_write - the tables, and for each file the forecasts and the lead of each model over the floor. */
pli_exit pli_forecast_page_write(pli_pool *pool, const pli_tables *document,
                                 const pli_forecast_race *races, uint32_t count, const char *path);

#endif
