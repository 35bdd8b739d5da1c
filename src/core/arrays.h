/* arrays.h: scenario sets, the risk arrays made of them, and when they are made anew.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_ARRAYS_H
#define PLI_CORE_ARRAYS_H

#include "core/state.h"

/*
 * A rebuild of an underlying renews, at one moment, the surface marks of its options and its rows in every set that has
 * been built for it. Rows that cannot be built (no mark, no surface, expired, out of range) are empty and say so.
 *
 * pli_arrays_follow  - the price has changed: rebuild where it has gone further than `reprice_ppm`, and what settles in it.
 * pli_arrays_rebuild - rebuild now; where the price is not VALID, as soon as it is.
 */
void pli_arrays_follow(plm_core *core, uint32_t underlying);
void pli_arrays_rebuild(plm_core *core, uint32_t underlying);

/* pli_arrays_follow_mark - the mark of an instrument that is no option has changed. */
void pli_arrays_follow_mark(plm_core *core, uint32_t instrument);

/* pli_arrays_mark_option - mark an option from its surface, or take its mark away where that gives none. */
void pli_arrays_mark_option(plm_core *core, uint32_t instrument);

/* pli_arrays_listed - the listing has grown: every table takes up the new row or underlying. */
void pli_arrays_listed_instrument(plm_core *core, uint32_t instrument);
void pli_arrays_listed_asset(plm_core *core, uint32_t asset);
void pli_arrays_listed_underlying(plm_core *core);

/* pli_arrays_commit - SCENARIO_COMMIT: make the set; its arrays are built by a job. */
plm_reject pli_arrays_commit(plm_core *core, const plm_event_scenario_commit *body);

/* pli_arrays_recalibrate - the volatility in force has changed: how much of the grid counts follows it at once. */
void pli_arrays_recalibrate(plm_core *core, uint32_t underlying);

/* pli_arrays_look_ahead - read the sets in force alone at this volatility, for one question, or as they are again: no hash and no
 * set moves. */
void pli_arrays_look_ahead(plm_core *core, uint32_t underlying, bool is_ahead);

/* pli_arrays_step - one step of that job. Returns whether it was the last. */
bool pli_arrays_step(plm_core *core, pli_job *job);

/* pli_arrays_attach - header and table of arrays whose set is complete, for the present listing. */
void pli_arrays_attach(plm_core *core, pli_arrays *arrays);

/* pli_arrays_know - the rows in force of an underlying have changed: keep facts about them. */
void pli_arrays_know(plm_core *core, uint32_t underlying);

/* pli_arrays_delta - cash delta of one lot, in micros: the probe entry of its row. */
int64_t pli_arrays_delta(const pli_arrays *arrays, uint32_t instrument);

#endif
