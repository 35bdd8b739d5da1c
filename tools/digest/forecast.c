/* forecast.c: sections of the layer forecast: realised days, fits, tails, covariances, bounds.  SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/forecast.h"
#include "base/assert.h"
#include "base/prng.h"
#include "digest/digest.h"
#include "forecast/extreme.h"
#include "forecast/garch.h"
#include "forecast/gate.h"
#include "forecast/shrinkage.h"
#include "num/elementary.h"

#define DAY_COUNT 700u
#define BARS_PER_DAY 24u
#define BAR_NS INT64_C(3600000000000)
#define SERIES_COUNT 8u
#define SHRUNK_DAYS 60u

static plm_candle candles[DAY_COUNT * BARS_PER_DAY];
static plm_realised_day days[DAY_COUNT];
static double workspace[DAY_COUNT * 17u];

static double
draw_normal(pli_prng *prng) {
    double unit = pli_prng_unit(prng);
    return pli_normal_quantile(unit > 0 ? unit : 0.5);
}

// Hourly bars whose volatility wanders from day to day; now and then a bar is missing.
static size_t
draw_candles(pli_prng *prng) {
    size_t count = 0;
    double level = -5.3;
    double price = 100;
    for (size_t i = 0; i < DAY_COUNT * BARS_PER_DAY; i += 1) {
        level =
            i % BARS_PER_DAY == 0 ? -5.3 + 0.7 * (level + 5.3) + 0.5 * draw_normal(prng) : level;
        double size = pli_exp(level);
        double close = price * pli_exp(size * draw_normal(prng));
        double top = price > close ? price : close;
        double bottom = price < close ? price : close;
        if (pli_prng_below(prng, 100) != 0) {
            candles[count] = (plm_candle){.start_ns = (int64_t)i * BAR_NS,
                                          .open = price,
                                          .high = top * pli_exp(size * pli_prng_unit(prng)),
                                          .low = bottom * pli_exp(-size * pli_prng_unit(prng)),
                                          .close = close};
            count += 1;
        }
        price = close;
    }
    return count;
}

static size_t
realised(digest *to) {
    pli_prng prng = pli_prng_init(31);
    digest_begin(to);
    const plm_candle_run run = {candles, draw_candles(&prng), BAR_NS};
    size_t count = 0;
    if (digest_status(to, plm_realised_days(&run, 750000, days, DAY_COUNT, &count))) {
        for (size_t i = 0; i < count; i += 1) {
            const plm_realised_day *day = &days[i];
            const double measures[7] = {day->variance, day->bipower,   day->downside,
                                        day->range,    day->parkinson, day->garman_klass,
                                        day->change};
            digest_i64(to, day->day);
            digest_u32(to, day->covered_ppm);
            for (size_t j = 0; j < 7; j += 1) {
                digest_double(to, measures[j]);
            }
        }
    }
    digest_end(to, "realised-days", 100);
    return count;
}

static void
put_model(digest *to, const plm_forecast_model *model) {
    for (uint32_t i = 0; i < model->coefficient_count; i += 1) {
        digest_double(to, model->coefficients[i]);
    }
    digest_double(to, model->smear);
    digest_double(to, model->low);
    digest_double(to, model->high);
    digest_double(to, model->mean);
    digest_bytes(to, model->days_hash, sizeof model->days_hash);
}

static void
fit_one(digest *to, const plm_forecast_spec *spec, size_t count) {
    plm_forecast_model model;
    double variance = 0;
    if (!digest_status(to,
                       plm_forecast_fit(spec, days, count, workspace, sizeof workspace, &model))) {
        return;
    }
    put_model(to, &model);
    int64_t target_day = days[count - 1].day + 1;
    if (digest_status(to, plm_forecast_next(&model, days, count, target_day, &variance))) {
        digest_double(to, variance);
    }
}

static void
models(digest *to, size_t count) {
    digest_begin(to);
    int64_t target_day = days[count - 1].day + 1;
    for (uint32_t horizon = 1; horizon <= 5; horizon += 4) {
        for (uint32_t kind = 1; kind <= PLM_FORECAST_KIND_COUNT; kind += 1) {
            const plm_forecast_spec spec = {(plm_forecast_kind)kind, horizon, 600};
            fit_one(to, &spec, count);
        }
    }
    plm_regime_model regime;
    int64_t chance_ppm = 0;
    if (digest_status(to, plm_regime_fit(days, count, 0, workspace, sizeof workspace, &regime)) &&
        digest_status(to, plm_regime_next(&regime, days, count, target_day, &chance_ppm))) {
        for (size_t i = 0; i < PLM_FORECAST_COEFFICIENTS; i += 1) {
            digest_double(to, regime.coefficients[i]);
        }
        digest_i64(to, chance_ppm);
    }
    digest_end(to, "forecast-models", 100);
}

static void
put_garch(digest *to, const pli_garch_report *report) {
    digest_double(to, report->log_likelihood);
    digest_double(to, report->variance_next);
    digest_u32(to, report->step_count);
    for (size_t i = 0; i < PLI_GARCH_PARAMETERS; i += 1) {
        digest_double(to, report->errors_hessian[i]);
        digest_double(to, report->errors_outer[i]);
        digest_double(to, report->errors_robust[i]);
    }
}

static void
tails(digest *to, size_t count) {
    static double losses[DAY_COUNT];
    digest_begin(to);
    for (size_t i = 0; i < count; i += 1) {
        losses[i] = -days[i].change;
    }
    pli_garch_report report;
    if (digest_status(to, pli_garch_fit(losses, count, &report))) {
        put_garch(to, &report);
    }
    for (uint32_t i = 0; i < 8; i += 1) {
        pli_tail tail;
        double loss = 0;
        if (!digest_status(to, pli_tail_fit(losses, count, 0.01 * (double)i, &tail))) {
            continue;
        }
        digest_double(to, tail.shape);
        digest_double(to, tail.scale);
        digest_double(to, tail.shape_error);
        digest_double(to, tail.scale_error);
        if (digest_status(to, pli_tail_quantile(&tail, 0.999, &loss))) {
            digest_double(to, loss);
        }
        if (digest_status(to, pli_tail_shortfall(&tail, 0.999, &loss))) {
            digest_double(to, loss);
        }
    }
    digest_end(to, "tails", 80);
}

static void
covariances(digest *to) {
    static double returns[SHRUNK_DAYS * SERIES_COUNT];
    pli_prng prng = pli_prng_init(32);
    digest_begin(to);
    for (size_t i = 0; i < SHRUNK_DAYS; i += 1) {
        double common = draw_normal(&prng);
        for (size_t j = 0; j < SERIES_COUNT; j += 1) {
            returns[i * SERIES_COUNT + j] = common + (double)(j + 1) / 4 * draw_normal(&prng);
        }
    }
    const pli_returns given = {SHRUNK_DAYS, SERIES_COUNT, returns};
    for (int method = 1; method <= 3; method += 1) {
        double intensity = 0;
        double covariance[SERIES_COUNT * SERIES_COUNT];
        if (digest_status(to,
                          pli_shrinkage_estimate(&given, (pli_shrinkage_method)method, workspace,
                                                 sizeof workspace, &intensity, covariance))) {
            digest_double(to, intensity);
            for (size_t i = 0; i < SERIES_COUNT * SERIES_COUNT; i += 1) {
                digest_double(to, covariance[i]);
            }
        }
    }
    digest_end(to, "covariances", 100);
}

static void
bounds(digest *to) {
    pli_prng prng = pli_prng_init(33);
    plm_forecast_parameters parameters;
    plm_record_init(&plm_forecast_descriptor, &parameters);
    digest_begin(to);
    int64_t force = 0;
    for (uint32_t i = 0; i < 500; i += 1) {
        int64_t base = 300000 + (int64_t)pli_prng_below(&prng, 600000);
        int64_t forecast = (int64_t)pli_prng_below(&prng, 2000000);
        force = plm_forecast_clamp(&parameters, base, force, forecast);
        digest_i64(to, force);
        digest_i64(to, plm_regime_weight(&parameters, forecast / 2));
    }
    static double losses[2][400];
    for (size_t i = 0; i < 400; i += 1) {
        losses[0][i] = pli_prng_unit(&prng);
        losses[1][i] = 0.9 * losses[0][i] + 0.05 * pli_prng_unit(&prng);
    }
    const pli_gate_losses given = {losses[0], losses[1], 400, 1};
    pli_gate_verdict verdict;
    if (digest_status(to, pli_gate_next(&parameters, &given, false, &verdict))) {
        digest_double(to, verdict.duel.statistic);
        digest_u32(to, verdict.runs ? 1 : 0);
    }
    digest_end(to, "forecast-bounds", 100);
}

void
digest_forecast(digest *to) {
    size_t count = realised(to);
    PLI_ASSERT(count > 0);
    models(to, count);
    tails(to, count);
    covariances(to);
    bounds(to);
}
