/* gate.c: rolling out-of-sample comparison of a model with its floor.                  SPDX-License-Identifier: Apache-2.0 */
#include "forecast/gate.h"

#include "base/assert.h"
#include "base/libc.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "num/statistics.h"
#include "plimsoll/quantity.h"

#define REALISED_LEAST 1e-10
#define LAG_DAYS 4u

double
pli_qlike(double realised, double forecast) {
    PLI_ASSERT(forecast > 0);
    double ratio = (realised > REALISED_LEAST ? realised : REALISED_LEAST) / forecast;
    return ratio - pli_log(ratio) - 1.0;
}

// Newey and West's variance of the mean of model - floor, whose mean is known.
static double
variance_of_mean(const double *floor_losses, const double *model_losses, size_t count, size_t lag,
                 double mean) {
    double total = 0.0;
    for (size_t apart = 0; apart <= lag; apart += 1) {
        double sum = 0.0;
        for (size_t i = apart; i < count; i += 1) {
            double now = model_losses[i] - floor_losses[i] - mean;
            double then = model_losses[i - apart] - floor_losses[i - apart] - mean;
            sum += now * then;
        }
        double weight = 1.0 - (double)apart / (double)(lag + 1);
        total += apart == 0 ? sum : 2.0 * weight * sum;
    }
    return total / ((double)count * (double)count);
}

plm_status
pli_duel_judge(const double *floor_losses, const double *model_losses, size_t count, size_t lag,
               pli_duel *duel) {
    if (count < lag + 2) {
        return PLM_HISTORY_SHORT;
    }
    pli_duel found = {.count = count};
    plm_status status = pli_mean(floor_losses, count, &found.floor_loss);
    if (status == PLM_OK) {
        status = pli_mean(model_losses, count, &found.model_loss);
    }
    if (status != PLM_OK) {
        return status;
    }
    double apart = found.model_loss - found.floor_loss;
    double variance = variance_of_mean(floor_losses, model_losses, count, lag, apart);
    // Rounding can leave a variance of the size of its square where the losses are the same every day.
    bool is_apart = variance > 1e-28 * (found.floor_loss * found.floor_loss);
    found.statistic = is_apart ? apart / sqrt(variance) : 0.0;
    if (!pli_double_is_finite(found.statistic)) {
        return PLM_NOT_FINITE;
    }
    *duel = found;
    return PLM_OK;
}

plm_status
pli_gate_next(const plm_forecast_parameters *parameters, const pli_gate_losses *losses,
              bool is_running, pli_gate_verdict *verdict) {
    size_t days = (size_t)parameters->gate_days;
    if (losses->count < days) {
        *verdict = (pli_gate_verdict){.runs = false};
        return PLM_OK;
    }
    size_t first = losses->count - days;
    pli_duel duel;
    plm_status status = pli_duel_judge(losses->floor + first, losses->model + first, days,
                                       LAG_DAYS + losses->horizon_days, &duel);
    if (status != PLM_OK) {
        return status;
    }
    double bound = -pli_double_from_i64(parameters->gate_enter_ppm) / (double)PLM_PPM;
    bool wins = duel.model_loss < duel.floor_loss;
    *verdict =
        (pli_gate_verdict){.runs = wins && (is_running || duel.statistic <= bound), .duel = duel};
    return PLM_OK;
}
