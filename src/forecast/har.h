/* har.h: heterogeneous autoregressions of realised variance.                           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_FORECAST_HAR_H
#define PLI_FORECAST_HAR_H

#include <stddef.h>

#include "plimsoll/forecast.h"

/*
 * pli_har_fit - fit kind HAR, HAR_LEVEL or RANGE; the other arguments as in plm_forecast_fit, already checked.
 *
 * Row i explains the mean variance of the days after day i, over the horizon. HAR by least squares on logs; RANGE the same with
 * ridge 0.3; HAR_LEVEL by least squares weighted with 1 / (month's mean)^2. `smear` is the mean of exp(residual) (N. Duan,
 * JASA 78 (1983) 605-610).
 * A line in levels may reach below every target, even below 0: then the forecast is the mean (the "insanity filter" of
 * T. Bollerslev, A. Patton and R. Quaedvlieg, Journal of Econometrics 192 (2016) 1-18).
 * Source     F. Corsi, Journal of Financial Econometrics 7 (2009) 174-196.
 */
PLM_MUST_USE plm_status pli_har_fit(const plm_forecast_spec *spec, const plm_realised_day *days,
                                    size_t count, double *workspace, plm_forecast_model *model);

/* pli_har_next - the forecast of such a model after the last of `days`. */
double pli_har_next(const plm_forecast_model *model, const plm_realised_day *days, size_t count,
                    int64_t target_day);

#endif
