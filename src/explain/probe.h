/* probe.h: one account in a market whose prices can be moved, and its exact requirement there.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_EXPLAIN_PROBE_H
#define PLI_EXPLAIN_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/change.h"
#include "plimsoll/explain.h"

/*
 * pli_account - the portfolio after the input's changes, in tables with room for the legs of a cure, and memory for one
 * evaluation of the model.
 */
typedef struct pli_account {
    pli_portfolio_draft draft;
    plm_portfolio portfolio;
    plm_workspace workspace;
} pli_account;

void pli_account_take(const plm_explain_input *input, pli_arena *arena, pli_account *account);

/* pli_account_init - copy the portfolio and apply the changes. Statuses as plm_margin_require. */
PLM_MUST_USE plm_status pli_account_init(const plm_explain_input *input, pli_account *account,
                                         plm_fault *fault);

/*
 * pli_probe - the account alone: a listing of only those instruments that it holds or has orders in, with a market, a
 * table of rows and a portfolio to match. Its cost does not depend on how much else is listed.
 *
 * How prices move. Domain positive: index, slow price, confidence, forwards and the marks of all but options are scaled
 * by the same ratio. Domain any: index, slow price, forwards and marks are shifted by the same distance, the confidence
 * stays. So the distance to the slow price stays what it is and no trigger is an artefact of a slow price left behind.
 * Volatilities stay at their strikes: a raw SVI slice is shifted in log-moneyness by the move of its forward, a grid
 * stands at its strikes anyway. An option whose mark differs from its surface keeps that difference in price (never
 * below 0), which is continuous at the present price. Volume, depth, open interest and predicted volatility stay.
 *
 * Invariants [PROBE-1] at the present prices every number is the input's own.
 */
typedef struct pli_probe {
    const plm_explain_input *input;
    pli_account account;
    uint32_t *instrument_of; /* instruments of the input's listing, rising */
    plm_instrument *instruments;
    plm_position *positions; /* the account's, by index into the small listing */
    plm_order *orders;
    plm_mark *marks;
    int64_t *premium_e8; /* options: mark less surface, now */
    plm_underlying_market *underlyings;
    plm_expiry_market *expiries;
    int64_t *price_e8;  /* per underlying: where evaluate moves it */
    uint8_t *is_held;   /* per underlying: the account's figures depend on it */
    uint8_t *is_moving; /* per underlying: chosen by pli_probe_begin */
    uint8_t *is_stale;  /* per instrument: its row follows a moving price */
    uint8_t *has_stale; /* per underlying: one of its instruments does */
    void *table_memory;
    size_t table_size;
    plm_listing listing;
    plm_market market;
    plm_portfolio portfolio;
    plm_risk_table table;
    bool has_table;
} pli_probe;

void pli_probe_take(const plm_explain_input *input, pli_arena *arena, pli_probe *probe);

PLM_MUST_USE plm_status pli_probe_init(const plm_explain_input *input, pli_probe *probe,
                                       plm_fault *fault);

/*
 * pli_probe_begin - all prices and rows as they are now; those with is_moving[u] != 0 may move from here on.
 */
PLM_MUST_USE plm_status pli_probe_begin(pli_probe *probe, plm_fault *fault);

/*
 * pli_probe_evaluate - the requirement with every moving underlying at probe->price_e8.
 *
 * Only its maintenance side is meant: one table, that of the maintenance set, serves for both.
 *
 * Returns    PLM_OK; PLM_DOMAIN, PLM_ARRAY_RANGE, PLM_OVERFLOW where a price is too far for its domain or type; else
 *            the statuses of plm_risk_table_build and plm_margin_require.
 */
PLM_MUST_USE plm_status pli_probe_evaluate(pli_probe *probe, plm_requirement *requirement,
                                           plm_fault *fault);

#endif
