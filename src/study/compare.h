/* compare.h: one portfolio under several margin models, measured by one risk.            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_COMPARE_H
#define PLI_STUDY_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/explain.h"
#include "plimsoll/margin.h"
#include "plimsoll/status.h"

#define PLI_COMPARE_CONFIDENCE_PPM INT64_C(975000)

/*
 * pli_compare_risk - what a portfolio may lose, whatever a model asks for it.
 *
 * The Expected Shortfall of the joint history at PLI_COMPARE_CONFIDENCE_PPM over the horizon of the maintenance arrays,
 * of positions and scenario-treated balances as they are: no orders, charges, floors or stresses. Underlyings without
 * joint history add the loss of their own worst grid scenario.
 *
 * Units      micros of the valuation currency, rounded up, >= 0.
 */
typedef struct pli_compare_risk {
    int64_t risk_micros;       /* tail + no_history */
    int64_t tail_micros;       /* Expected Shortfall of what has joint history */
    int64_t no_history_micros; /* grid losses of what has none */
    uint32_t day_count;        /* joint past days */
    uint32_t tail_count;       /* how many of them the tail is the mean of */
    uint32_t
        dominant_index; /* underlying with the largest grid loss of its own (the first on ties), or PLM_NONE */
    int64_t dominant_micros; /* that loss; 0 for none */
} pli_compare_risk;

/*
 * pli_compare_row - what one model says.
 *
 * `status` is PLM_OK, or PLM_MODEL_UNSUPPORTED or PLM_PARAMETER_INVALID: then `fault` says why and nothing below it is
 * filled in. The parts of the reason carry no contributions.
 */
typedef struct pli_compare_row {
    const plm_model *model;
    plm_status status;
    plm_fault fault;
    plm_requirement requirement;
    plm_reason_part maintenance;
    plm_reason_part initial;
    int64_t excess_micros; /* equity (initial) less initial */
    bool has_ratio;        /* the risk is above 0, and the ratio fits */
    int64_t ratio_ppm;     /* initial / risk, rounded up: capital used per unit of risk */
    bool has_triggers;     /* false: the model has no answer at some price that was probed */
} pli_compare_row;

/* pli_compare_size - bytes of workspace that the functions below need for this input. */
size_t pli_compare_size(const plm_explain_input *input);

/*
 * pli_compare_measure - the risk of a portfolio.
 *
 * `input` asks model `portfolio`, with arrays; its own confidence, measure, floor and stress weight play no part.
 *
 * Returns    PLM_OK; PLM_ARRAYS_MISSING; PLM_OVERFLOW; the statuses of plm_margin_require.
 */
PLM_MUST_USE plm_status pli_compare_measure(const plm_explain_input *input,
                                            plm_workspace *workspace, pli_compare_risk *risk,
                                            plm_fault *fault);

/*
 * pli_compare_evaluate - one model's row.
 *
 * A model that does not define a result for the portfolio, or whose record is not complete, is an answer, not an error.
 *
 * Returns    PLM_OK with *row; PLM_OVERFLOW where the excess leaves 64 bits; otherwise the statuses of
 *            plm_margin_require.
 */
PLM_MUST_USE plm_status pli_compare_evaluate(const plm_explain_input *input,
                                             const pli_compare_risk *risk, plm_workspace *workspace,
                                             pli_compare_row *row, plm_fault *fault);

/*
 * pli_compare_triggers - call and liquidation prices of every underlying that `used` marks, into triggers[underlying].
 *
 * Sets row->has_triggers. A model that answers PLM_MODEL_UNSUPPORTED at a price on the way has none. Only for a row
 * whose status is PLM_OK.
 *
 * Returns    PLM_OK, or another status of plm_explain_triggers.
 */
PLM_MUST_USE plm_status pli_compare_triggers(const plm_explain_input *input, const uint8_t *used,
                                             plm_workspace *workspace, pli_compare_row *row,
                                             plm_triggers *triggers, plm_fault *fault);

#endif
