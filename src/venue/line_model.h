/* line_model.h: venue models that charge every instrument on its own, exactly.          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_LINE_MODEL_H
#define PLI_VENUE_LINE_MODEL_H

#include "margin/view.h"
#include "plimsoll/margin.h"
#include "venue/exact.h"

/* pli_line_charge - what a number of lots of one line require, exactly, in the valuation currency. */
typedef struct pli_line_charge {
    pli_exact initial, maintenance;
} pli_line_charge;

/*
 * pli_line_rules - a venue whose requirement is a sum over instruments.
 *
 * check   refuses what the venue's formula does not cover, naming the instrument.
 * charge  of `lots` (signed) of a line. Of an order the venue asks for the larger of the positions that its fill may leave.
 */
typedef struct pli_line_rules {
    const void *parameters;
    plm_status (*check)(const pli_view *view, const pli_line *line, const void *parameters,
                        plm_fault *fault);
    pli_line_charge (*charge)(const pli_view *view, const pli_line *line, const void *parameters,
                              int64_t lots);
    int64_t taker_ppm;  /* fee provision: closing what may be held, and filling what is ordered */
    bool has_open_loss; /* orders beyond the mark provide for the loss at their fill */
} pli_line_rules;

/* pli_line_workspace_size - for a model of this kind. */
size_t pli_line_workspace_size(const plm_limits *limits);

/*
 * pli_line_require - the requirement of such a venue.
 *
 *     maintenance = sum of charge(lots).maintenance + taker fee of closing
 *     initial     = sum of max over {lots, lots + buys, lots - sells} of charge.initial + taker fees + open loss,
 *                   never below maintenance
 *
 * Equity is the house's own with every weight one: balances at their haircut, profit at the marks, no slow price; the venue
 * knows one equity, so both are equal, and no call before liquidation.
 *
 * Rounding   Sums are exact; the core and each charge are rounded up once, contributions share the core without loss.
 * Returns    as plm_margin_require.
 */
plm_status pli_line_require(const pli_line_rules *rules, const plm_margin_input *input,
                            plm_workspace *workspace, plm_requirement *requirement,
                            plm_reason *reason, plm_fault *fault);

/* pli_line_coins - |lots| of a linear line in units of the underlying. pli_line_mark - its mark for one unit. */
pli_exact pli_line_coins(const pli_view *view, const pli_line *line, int64_t lots);
pli_exact pli_line_mark(const pli_view *view, const pli_line *line);

/* pli_line_to_valuation - an amount of the line's settlement asset in the valuation currency. */
pli_exact pli_line_to_valuation(const pli_view *view, const pli_line *line, pli_exact amount);

/*
 * pli_line_check_linear - is it a linear perpetual (or, where `has_futures`, future) with prices above zero, of a class below
 * `class_count`? Otherwise PLM_MODEL_UNSUPPORTED names it.
 */
plm_status pli_line_check_linear(const pli_view *view, const pli_line *line, bool has_futures,
                                 uint32_t class_count, plm_fault *fault);

#endif
