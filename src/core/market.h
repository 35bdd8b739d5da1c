/* market.h: marks, liquidity, forecasts, daily closes and surfaces as events bring them.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_MARKET_H
#define PLI_CORE_MARKET_H

#include "core/state.h"

/* The events of docs/books.md section 9 that bring data; each answers the first reason against it. */
plm_reject pli_market_mark(plm_core *core, const plm_event_mark *body);
plm_reject pli_market_liquidity(plm_core *core, const plm_event_liquidity *body);
plm_reject pli_market_forecast(plm_core *core, const plm_event_forecast *body);
plm_reject pli_market_close(plm_core *core, const plm_event_close *body);
plm_reject pli_market_slice(plm_core *core, const plm_event_surface_slice *body);
plm_reject pli_market_surface(plm_core *core, const plm_event_surface_commit *body);

#endif
