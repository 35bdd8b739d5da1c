/* prices.h: the index of each underlying, by its feed or by the operator's own record.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_PRICES_H
#define PLI_CORE_PRICES_H

#include "core/state.h"

/*
 * Feeds age at price ticks: when an event's time is in a later multiple of `price_tick_ns` than the state's, every feed
 * with sources advances to it before the event is looked at; a report advances its own feed.
 *
 * pli_prices_list    - the market entry and feed of an underlying just listed.
 * pli_prices_tick    - time has passed from `before_ns` to the state's time.
 * pli_prices_advance - let one feed, if it has sources, come to the state's time, and publish what it says.
 */
void pli_prices_list(plm_core *core, uint32_t underlying);
void pli_prices_tick(plm_core *core, int64_t before_ns);
void pli_prices_advance(plm_core *core, uint32_t underlying);

/* pli_price_is_valid - is a price inside its bounds and the domain of its underlying? */
bool pli_price_is_valid(const plm_core *core, uint32_t underlying, int64_t price_e8);

/* pli_prices_allow - does the state of an underlying's price allow `action` without conditions? */
bool pli_prices_allow(const plm_core *core, uint32_t underlying, plm_price_action action);

/* The events SOURCE, PRICE_REPORT and PRICE. */
plm_reject pli_prices_source(plm_core *core, const plm_event_source *body);
plm_reject pli_prices_report(plm_core *core, const plm_event_price_report *body);
plm_reject pli_prices_set(plm_core *core, const plm_event_price *body);

/* pli_prices_anchor - ANCHOR. */
plm_reject pli_prices_anchor(plm_core *core, const plm_event_anchor *body);

#endif
