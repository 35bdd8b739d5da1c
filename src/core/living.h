/* living.h: shock sizes that follow the market, and caps on open interest.            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_LIVING_H
#define PLI_CORE_LIVING_H

#include "core/state.h"

/*
 * docs/books.md section 9.
 *
 * pli_living_heard       - the market has said something: before the first recalibration it counts at once.
 * pli_living_supply      - SUPPLY.
 * pli_living_recalibrate - RECALIBRATE: one step of plm_living_step for one underlying.
 */
void pli_living_heard(plm_core *core, uint32_t underlying);
plm_reject pli_living_supply(plm_core *core, const plm_event_supply *body);
plm_reject pli_living_recalibrate(plm_core *core, const plm_event_recalibrate *body);

/*
 * pli_living_carries - may the underlying of `instrument` carry what is open, and `more` lots of that instrument?
 *
 * Guarantees [M8] the sum over the instruments is asked, never an account: splitting passes no cap.
 */
bool pli_living_carries(const plm_core *core, uint32_t instrument, int64_t more);

/*
 * pli_living_look_ahead - put what is announced where what is in force stands, or back: the second call undoes the first.
 *
 * What opens or adds is held to what is announced, so that nobody takes on in the notice what the notice is about.
 * pli_living_restore    - count anew whose announcements wait, after a state was read.
 */
void pli_living_look_ahead(plm_core *core);
void pli_living_restore(plm_core *core);

#endif
