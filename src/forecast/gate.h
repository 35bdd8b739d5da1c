/* gate.h: may a model run, or does its floor?                                          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_FORECAST_GATE_H
#define PLI_FORECAST_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/forecast.h"

/*
 * pli_qlike - x - ln x - 1 with x = realised / forecast: 0 where they agree, and the same order of forecasts whether
 * the realised variance is exact or noisy (A. Patton, Journal of Econometrics 160 (2011) 246-256).
 *
 * A realised variance below 1e-10 counts as 1e-10. forecast > 0 is asserted.
 */
double pli_qlike(double realised, double forecast);

/* pli_duel - two series of losses of the same days compared. */
typedef struct pli_duel {
    size_t count;
    double floor_loss; /* means */
    double model_loss;
    double
        statistic; /* Diebold-Mariano: mean of model - floor over its standard error; below 0 the model wins */
} pli_duel;

/*
 * pli_duel_judge - Diebold-Mariano test of equal losses.
 *
 * The variance of the mean is Newey and West's with Bartlett weights up to `lag`: losses of neighbouring days go
 * together. Where the losses are the same every day the statistic is 0.
 * Source     F. Diebold and R. Mariano, Journal of Business and Economic Statistics 13 (1995) 253-263; W. Newey and K.
 *            West, Econometrica 55 (1987) 703-708.
 *
 * Returns    PLM_HISTORY_SHORT for fewer than lag + 2 days, PLM_NOT_FINITE.
 */
PLM_MUST_USE plm_status pli_duel_judge(const double *floor_losses, const double *model_losses,
                                       size_t count, size_t lag, pli_duel *duel);

/* pli_gate_verdict - whether a model runs, and the comparison that decided; all 0 where there were too few days. */
typedef struct pli_gate_verdict {
    bool runs;
    pli_duel duel;
} pli_gate_verdict;

/* pli_gate_losses - losses of the floor and of the model on the same targets, each of `horizon_days` days. */
typedef struct pli_gate_losses {
    const double *floor;
    const double *model;
    size_t count;
    uint32_t horizon_days;
} pli_gate_losses;

/*
 * pli_gate_next - whether the model runs on the day after the last loss.
 *
 * It enters when, over the last gate_days days, it beats the floor by gate_enter standard errors; once in it stays for as
 * long as its mean loss over them is below the floor's. With fewer days the floor runs. Nothing but past losses decides. Targets
 * that overlap go together: the lag of the test is four days and the horizon.
 *
 * Returns    PLM_NOT_FINITE where a loss is not finite: the floor is to run.
 */
PLM_MUST_USE plm_status pli_gate_next(const plm_forecast_parameters *parameters,
                                      const pli_gate_losses *losses, bool is_running,
                                      pli_gate_verdict *verdict);

#endif
