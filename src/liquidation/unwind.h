/* unwind.h: the planner: the cheapest joint reduction that restores an account, one slice at a time.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LIQUIDATION_UNWIND_H
#define PLI_LIQUIDATION_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/margin.h"
#include "plimsoll/status.h"

/*
 * pli_unwind_rules - governed. Ratios of notional unless said otherwise.
 */
typedef struct pli_unwind_rules {
    int64_t target_ppm;         /* equity is to reach maintenance * (1 + this), 0..1e6 */
    int64_t fee_ppm;            /* taker and liquidation fee together, 0..1e6 */
    int64_t spread_minimum_ppm; /* least half-spread, where the mark carries none or less, 0..1e6 */
    int64_t impact_ppm;         /* c of the square-root law, 0..1e8 */
    int64_t volume_standard_micros; /* daily volume where none is known, > 0 */
    int64_t depth_ppm;              /* share of the depth that one slice may take, 0..1e6 */
    int64_t
        depth_standard_micros; /* depth where none is known, >= 0; 0: nothing can be traded there */
    int64_t option_size_ppm; /* an option moves the market by its delta, at least by this; 0..1e6 */
    uint32_t evaluations_max; /* of the model in one plan, within the bounds below */
} pli_unwind_rules;

#define PLI_UNWIND_EVALUATIONS_LEAST 256u
#define PLI_UNWIND_EVALUATIONS_MOST 8192u

/*
 * pli_unwind_quote - what trading one position costs and how much of it may be traded now.
 *
 * Units      Amounts are of the whole position; a part costs its share, rounded up.
 */
typedef struct pli_unwind_quote {
    uint32_t instrument_index;
    uint32_t underlying_index;
    int64_t lots;          /* of the position, signed; != 0 */
    int64_t price_e8;      /* the mark */
    int64_t linear_micros; /* fee and half-spread */
    int64_t size_micros;   /* what moves the price of the underlying */
    int64_t rate_ppm;      /* c * daily sigma */
    int64_t volume_micros; /* > 0 */
    int64_t slice_lots;    /* the most that one slice may trade, >= 0 */
} pli_unwind_quote;

/*
 * pli_unwind_quote_of - the quote of one position.
 *
 * The size is the notional; of an option its cash delta, where its array is built, but at least option_size_ppm of the
 * notional. slice_lots = floor(lots * depth * depth_ppm / size), at least one lot where there is any depth, at most all;
 * 0 for what is never traded: no VALID price, no mark, expired.
 *
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: a bound of the rules is broken; PLM_OVERFLOW.
 */
PLM_MUST_USE plm_status pli_unwind_quote_of(const plm_margin_input *input,
                                            const pli_unwind_rules *rules,
                                            const plm_position *position, pli_unwind_quote *quote);

/*
 * pli_unwind_leg_cost - fees, half-spread and impact of closing lots[leg] (>= 0) of quotes[leg], each rounded up.
 *
 * The impact is what this leg adds to that of the legs before it in the same underlying: the legs' costs sum to the whole,
 * and splitting over instruments of one underlying does not make it cheaper.
 *
 * Returns    false where it does not fit.
 */
bool pli_unwind_leg_cost(const pli_unwind_quote *quotes, const int64_t *lots, uint32_t leg,
                         int64_t *cost_micros);

#define PLI_UNWIND_LEGS_MAX 12u

typedef enum pli_unwind_outcome {
    PLI_UNWIND_NONE = 1,   /* equity is at the target already */
    PLI_UNWIND_WHOLE = 2,  /* the slice is the whole plan, and reaches the target */
    PLI_UNWIND_SLICE = 3,  /* the slice is part of a plan that reaches the target */
    PLI_UNWIND_SHORT = 4,  /* no plan reaches the target; the slice improves the account */
    PLI_UNWIND_NOTHING = 5 /* no slice improves it: hand over to the auction */
} pli_unwind_outcome;

typedef struct pli_unwind_leg {
    uint32_t instrument_index;
    int64_t lots_total; /* signed trade: of the whole plan, towards zero */
    int64_t lots; /* of this slice, same sign, |lots| <= |lots_total| unless the plan falls short */
    int64_t price_e8; /* the mark at which it was planned */
    int64_t
        cost_micros; /* expected, of this slice's leg: its linear cost and its share of the impact */
} pli_unwind_leg;

typedef struct pli_unwind_plan {
    pli_unwind_outcome outcome;
    uint32_t leg_count; /* legs that trade in this slice or in the plan */
    pli_unwind_leg legs[PLI_UNWIND_LEGS_MAX];
    int64_t cost_total_micros; /* expected, of the whole plan */
    int64_t cost_micros;       /* expected, of this slice */
    plm_requirement before;
    plm_requirement after; /* this slice, at the marks, its expected cost paid */
    uint32_t evaluation_count;
} pli_unwind_plan;

/*
 * pli_unwind_limits - the limits for which the model's workspace must be sized: those of the portfolio and room for the legs.
 */
plm_limits pli_unwind_limits(const plm_limits *portfolio);

/*
 * pli_unwind_plan_make - the next slice of the cheapest reduction found.
 *
 * Minimises impact + half-spread + fees subject to equity >= (1 + target) * maintenance, where both are the model's own
 * answer after the trades at the marks, costs paid. Looks at the PLI_UNWIND_LEGS_MAX largest positions by notional; moves
 * are single positions, pairs of them and all together; the result is trimmed until no leg can do with one lot less. Only
 * maintenance is asked for: open orders play no part (they were cancelled).
 *
 * A slice is the plan scaled so that no leg exceeds its slice_lots, legs then raised to theirs where that helps.
 *
 * Guarantees [UNWIND-1] every leg trades towards zero and not past it.
 *            [Q2] a slice raises equity - target level; where equity is > 0 it raises equity / maintenance or closes all.
 *            [Q5] outcome WHOLE or SLICE: with one lot less of any one leg the whole plan does not reach the target; it may when
 *            evaluation_count is at its bound.
 *            [UNWIND-2] at most rules->evaluations_max evaluations of the model.
 *            [UNWIND-3] the order of the positions changes no bit.
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: the rules, or `input` carries changes; the statuses of plm_margin_require for the account as it is.
 */
PLM_MUST_USE plm_status pli_unwind_plan_make(const plm_model *model, const plm_margin_input *input,
                                             plm_workspace *workspace,
                                             const pli_unwind_rules *rules, pli_unwind_plan *plan,
                                             plm_fault *fault);

#endif
