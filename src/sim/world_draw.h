/* world_draw.h: what the parts of a world share: draws, names and the body of each kind.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SIM_WORLD_DRAW_H
#define PLI_SIM_WORLD_DRAW_H

#include "sim/world.h"

#define PLI_E8 INT64_C(100000000)
#define PLI_USD INT64_C(1000000)
#define PLI_SECOND INT64_C(1000000000)
#define PLI_WORLD_START INT64_C(1767225600000000000) /* 2026-01-01T00:00:00Z */

/* pli_draw - a draw and what it may look at. */
typedef struct pli_draw {
    pli_world *world;
    plm_listing listing;
    plm_market market;
    const plm_core *core; /* its inside: what is staged, which version comes next, who holds what */
    uint32_t accounts;
    int64_t time_ns;
    uint64_t sequence;
} pli_draw;

/* pli_draw_below - 0 .. count - 1. pli_draw_once_in - true once in that many. */
uint32_t pli_draw_below(pli_draw *draw, uint32_t count);
bool pli_draw_once_in(pli_draw *draw, uint32_t count);

/* pli_draw_index - of a table of that size; now and then past its end. */
uint32_t pli_draw_index(pli_draw *draw, uint32_t count);

/* pli_draw_begin - a zeroed event of that kind from the operator, at the draw's time. */
plm_event *pli_draw_begin(pli_draw *draw, plm_event_type type, uint32_t account);

/* pli_draw_name - a name with zeros to its end. */
void pli_draw_name(char name[PLM_NAME_SIZE], const char *text);

/* pli_draw_opening - event number `step` of the opening; false past its end. */
bool pli_draw_opening(pli_draw *draw, uint32_t step);

/* pli_draw_record - the defaults of a record as a change to it. */
plm_event *pli_draw_record(pli_draw *draw, const plm_descriptor *descriptor, uint32_t index,
                           uint32_t version);

/* pli_draw_set_value - a field of a record by its path; nothing where there is none. */
void pli_draw_set_value(plm_event *event, const plm_descriptor *descriptor, const char *path,
                        int64_t value);

/* pli_draw_range - low .. high. The others: an index that is listed more often than not, a price near what it was. */
int64_t pli_draw_range(pli_draw *draw, int64_t low, int64_t high);
uint32_t pli_draw_asset(pli_draw *draw);
uint32_t pli_draw_underlying(pli_draw *draw);
uint32_t pli_draw_instrument(pli_draw *draw);
int64_t pli_draw_price(pli_draw *draw, uint32_t underlying);
int64_t pli_draw_quote(pli_draw *draw, uint32_t instrument);

/* The body of one kind each; world_events.c has the table of them. Listings: something new, or something that is listed. */
void pli_draw_mark(pli_draw *draw, plm_event *event);
void pli_draw_price_event(pli_draw *draw, plm_event *event);
void pli_draw_liquidity(pli_draw *draw, plm_event *event);
void pli_draw_forecast(pli_draw *draw, plm_event *event);
void pli_draw_supply(pli_draw *draw, plm_event *event);
void pli_draw_recalibrate(pli_draw *draw, plm_event *event);
void pli_draw_close(pli_draw *draw, plm_event *event);
void pli_draw_source(pli_draw *draw, plm_event *event);
void pli_draw_anchor(pli_draw *draw, plm_event *event);
void pli_draw_report(pli_draw *draw, plm_event *event);
void pli_draw_slice(pli_draw *draw, plm_event *event);
void pli_draw_surface_commit(pli_draw *draw, plm_event *event);
void pli_draw_scenario_commit(pli_draw *draw, plm_event *event);
void pli_draw_model(pli_draw *draw, plm_event *event);
void pli_draw_parameters(pli_draw *draw, plm_event *event);
void pli_draw_asset_listing(pli_draw *draw, plm_event *event);
void pli_draw_underlying_listing(pli_draw *draw, plm_event *event);
void pli_draw_instrument_listing(pli_draw *draw, plm_event *event);
void pli_draw_account_listing(pli_draw *draw, plm_event *event);
void pli_draw_signer_listing(pli_draw *draw, plm_event *event);

/* pli_draw_forced - something that makes a liquidation or goes on with one; false where there is nothing of the kind. */
bool pli_draw_forced(pli_draw *draw);

/* pli_draw_business - any event of the kinds that the world's features allow. */
void pli_draw_business(pli_draw *draw);

#endif
