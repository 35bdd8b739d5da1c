/* forecast_event.h: a forecast as the line that `plimsoll apply` takes.                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_FORECAST_EVENT_H
#define PLI_CLI_FORECAST_EVENT_H

#include "io/pool.h"
#include "plimsoll/core.h"
#include "plimsoll/forecast.h"

/* pli_forecast_event - a FORECAST event at the time of the books, one line of JSON in the pool. */
const char *pli_forecast_event(pli_pool *pool, const plm_core *core, uint32_t underlying,
                               const plm_named_forecast *forecast);

#endif
