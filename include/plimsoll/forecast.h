/* forecast.h: what past prices say about the volatility of the days to come.          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_FORECAST_H
#define PLIMSOLL_FORECAST_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/parameter.h"
#include "plimsoll/status.h"

/*
 * Models are fitted outside the state machine and arrive there as recorded events: a model, the hash of the days it was
 * fitted on, a forecast in ppm. Equal days give equal bits on every machine, so whoever holds the candles can fit again
 * and compare. A forecast may only raise a shock, inside governed bounds: plm_forecast_clamp.
 *
 * Units      Variances are squared log returns per day, not per year.
 */

/*
 * plm_candle - what a price did during one bar; 0 < low <= open, close <= high, in any one unit.
 */
typedef struct plm_candle {
    int64_t start_ns; /* since 1970-01-01 UTC; rises strictly from bar to bar */
    double open, high, low, close;
} plm_candle;

/* plm_candle_run - bars in order of time, each `step_ns` long; only read. */
typedef struct plm_candle_run {
    const plm_candle *bars;
    size_t count;
    int64_t step_ns;
} plm_candle_run;

/*
 * plm_realised_day - how much a price moved within one UTC day.
 *
 * A bar's return runs from the close before it to its own close, also across a hole of up to a day
 * or six bars (a weekend of daily bars), whichever is longer, so that a jump during a halt counts; it belongs to the day in which the bar starts. Sums are divided by the part of the day that
 * returns cover: what was not seen is taken to be like the rest.
 */
typedef struct plm_realised_day {
    int64_t day; /* since 1970-01-01 */
    uint32_t bar_count;
    uint32_t covered_ppm;
    double variance; /* sum of squared returns */
    double bipower;  /* pi/2 sum |r_i| |r_(i-1)|: what is left of the variance without jumps */
    double downside; /* sum of squared negative returns; variance - downside is the upside */
    double range; /* sum over bars of (ln high/low)^2 / (4 ln 2), and of squared gaps between bars */
    double parkinson;    /* (ln high/low)^2 / (4 ln 2) of the whole day */
    double garman_klass; /* of the day: 0.5 (ln high/low)^2 - (2 ln 2 - 1) (ln close/open)^2 */
    double change;       /* sum of the returns, not divided */
} plm_realised_day;

/*
 * plm_realised_days - the days of a run, in order.
 *
 * A day is kept when at least `covered_ppm_min` of it is covered; others are left out, never filled in.
 * Source     Realised variance and bipower: O. Barndorff-Nielsen and N. Shephard, Journal of Financial Econometrics 2
 *            (2004) 1-37; semivariance: the same with S. Kinnebrock (2010); ranges: M. Parkinson, Journal of Business
 *            53 (1980) 61-65; M. Garman and M. Klass, the same, 67-78; sums of them: K. Christensen and M. Podolskij,
 *            Journal of Econometrics 141 (2007) 323-349.
 *
 * Returns
 *   PLM_OK      *day_count days are written.
 *   PLM_DOMAIN  a price that is not > 0 and finite, low above high, bars less than a step apart, a step outside 1 s .. 1 day.
 *   PLM_LIMIT   more than `capacity` days.
 */
PLM_MUST_USE plm_status plm_realised_days(const plm_candle_run *run, uint32_t covered_ppm_min,
                                          plm_realised_day *days, size_t capacity,
                                          size_t *day_count);

/*
 * plm_realised_step - the smallest distance between two bars: the length of a bar; 0 below two bars.
 */
int64_t plm_realised_step(const plm_candle *bars, size_t count);

/*
 * plm_forecast_kind - the models. HAR is the floor: it runs unless another beats it (docs/method/forecast.md).
 */
typedef enum plm_forecast_kind {
    PLM_FORECAST_EWMA = 1,      /* variance smoothed with 0.94 */
    PLM_FORECAST_GARCH = 2,     /* GARCH(1,1) on daily returns */
    PLM_FORECAST_HAR = 3,       /* log variance on day, week, month, and the day's loss */
    PLM_FORECAST_HAR_LEVEL = 4, /* variance on day, week, month; weighted least squares */
    PLM_FORECAST_RANGE = 5 /* log variance on ranges, losses at three horizons, weekday; ridge */
} plm_forecast_kind;

#define PLM_FORECAST_FLOOR PLM_FORECAST_HAR
#define PLM_FORECAST_KIND_COUNT 5u
#define PLM_FORECAST_COEFFICIENTS 16u
#define PLM_FORECAST_DAYS_MIN 250u  /* rows that a fit needs at least */
#define PLM_FORECAST_REACH_DAYS 22u /* days before and with today that features look at */
#define PLM_FORECAST_HORIZON_MAX 22u
#define PLM_FORECAST_HASH_SIZE 32u

/*
 * plm_forecast_model - one fit: all that a forecast needs beside the latest days.
 *
 * `coefficients`: EWMA the smoothing; GARCH mean, omega, alpha, beta; the others the constant, then one slope per feature
 * (docs/method/forecast.md lists them).
 */
typedef struct plm_forecast_model {
    plm_forecast_kind kind;
    uint32_t horizon_days; /* the forecast is the mean daily variance of this many days */
    int64_t first_day;     /* the days it was fitted on */
    int64_t last_day;
    uint32_t row_count;
    uint32_t coefficient_count;
    double coefficients[PLM_FORECAST_COEFFICIENTS];
    double
        smear; /* logs only, else 1: mean of exp(residual), which makes the forecast a mean again */
    double low; /* the targets of the fit: smallest, largest, mean; a forecast outside is moved to */
    double high; /* the nearest, but one of HAR_LEVEL below them, perhaps negative, to the mean */
    double mean;
    uint8_t days_hash[PLM_FORECAST_HASH_SIZE]; /* BLAKE2b-256 of the days, field by field */
} plm_forecast_model;

/* plm_forecast_spec - what to fit: on the last `window_days` days (0: all) of those given. */
typedef struct plm_forecast_spec {
    plm_forecast_kind kind;
    uint32_t horizon_days; /* 1 .. PLM_FORECAST_HORIZON_MAX */
    uint32_t window_days;
} plm_forecast_spec;

/* plm_forecast_name - "ewma", "garch", "har", "har-level", "range"; "unknown" for anything else. */
const char *plm_forecast_name(plm_forecast_kind kind);

/* plm_forecast_size - bytes of workspace to fit on `day_count` days. */
size_t plm_forecast_size(size_t day_count);

/*
 * plm_forecast_fit - fit a model on days in order.
 *
 * Only what lies inside the days is used: the last target is the last day.
 *
 * Returns
 *   PLM_OK               *model is complete.
 *   PLM_HISTORY_SHORT    fewer than PLM_FORECAST_DAYS_MIN rows.
 *   PLM_DOMAIN           a spec or days (order, negative or infinite values) outside what is allowed.
 *   PLM_WORKSPACE_SMALL  see plm_forecast_size; the workspace is aligned to 8.
 *   PLM_FIT_FAILED, PLM_NOT_FINITE  the model has no fit on these days.
 */
PLM_MUST_USE plm_status plm_forecast_fit(const plm_forecast_spec *spec,
                                         const plm_realised_day *days, size_t count,
                                         void *workspace, size_t workspace_size,
                                         plm_forecast_model *model);

/*
 * plm_forecast_next - mean daily variance of the model's horizon after the last of `days`, which begins on `target_day`.
 *
 * At least 1e-10, a hundredth of a per mille a day, whatever was seen.
 * Returns    PLM_HISTORY_SHORT below PLM_FORECAST_REACH_DAYS days (GARCH: below PLM_FORECAST_DAYS_MIN), PLM_DOMAIN for a model or days
 *            that are not allowed or a target_day that is not after the last day, PLM_NOT_FINITE.
 */
PLM_MUST_USE plm_status plm_forecast_next(const plm_forecast_model *model,
                                          const plm_realised_day *days, size_t count,
                                          int64_t target_day, double *variance);

/* plm_close_run - daily closes in order of days, > 0; only read. */
typedef struct plm_close_run {
    const int64_t *days; /* since 1970-01-01, strictly rising */
    const double *prices;
    size_t count;
} plm_close_run;

/* plm_named_forecast - what a model says after the last day, and the name under which anybody can say it again. */
typedef struct plm_named_forecast {
    int64_t volatility_ppm;               /* a year of 365 days; rounded up */
    int64_t regime_ppm;                   /* chance of a day of high volatility; 0: none is said */
    int64_t first_day, last_day;          /* of the days it was fitted on */
    uint8_t hash[PLM_FORECAST_HASH_SIZE]; /* of spec, last day and days */
} plm_named_forecast;

/*
 * plm_forecast_closes_size - bytes of workspace for so many closes.
 * plm_forecast_closes_name - only the hash and the days: which forecast this is, without fitting it.
 * plm_forecast_closes      - fit EWMA or GARCH on the daily returns of a venue's own closes, and ask it for the days to come.
 *
 * A return runs from close to close, whatever lies between, and belongs to the later day; its square is that day's variance.
 * The hash is BLAKE2b-256 of "plimsoll-closes/1", u32 kind, horizon_days, window_days, i64 last day and the hash of the days
 * fitted on, so a FORECAST event that carries it says which model, which closes, and nothing that whoever holds the log could
 * not compute again: `plimsoll verify --deep`.
 *
 * Rounding   The volatility up; equal closes give equal bits on every machine.
 * Returns    As plm_forecast_fit and plm_forecast_next; PLM_DOMAIN also for another kind and for closes that are not > 0.
 */
size_t plm_forecast_closes_size(size_t count);
PLM_MUST_USE plm_status plm_forecast_closes_name(const plm_forecast_spec *spec,
                                                 const plm_close_run *closes, void *workspace,
                                                 size_t workspace_size,
                                                 plm_named_forecast *forecast);
PLM_MUST_USE plm_status plm_forecast_closes(const plm_forecast_spec *spec,
                                            const plm_close_run *closes, void *workspace,
                                            size_t workspace_size, plm_named_forecast *forecast);

/*
 * plm_regime_model - chance that the next day is one of high volatility.
 *
 * High: its variance is above the 90th percentile of the 365 days up to today. Logistic regression with ridge on the
 * features of PLM_FORECAST_RANGE and the logarithm of that percentile.
 */
typedef struct plm_regime_model {
    int64_t first_day;
    int64_t last_day;
    uint32_t row_count;
    uint32_t high_count; /* rows that were followed by a day of high volatility */
    double coefficients[PLM_FORECAST_COEFFICIENTS];
    uint8_t days_hash[PLM_FORECAST_HASH_SIZE];
} plm_regime_model;

#define PLM_REGIME_REACH_DAYS 365u

/*
 * plm_regime_fit  - fit on the last `window_days` rows (0: all); workspace of plm_forecast_size.
 * plm_regime_next - the chance of the day after the last of `days`, in ppm, rounded to the nearest.
 * plm_regime_bound - the variance above which the day after the last of `days` counts as high.
 *
 * Returns    As plm_forecast_fit and plm_forecast_next; PLM_HISTORY_SHORT below PLM_REGIME_REACH_DAYS days.
 */
PLM_MUST_USE plm_status plm_regime_fit(const plm_realised_day *days, size_t count,
                                       uint32_t window_days, void *workspace, size_t workspace_size,
                                       plm_regime_model *model);
PLM_MUST_USE plm_status plm_regime_next(const plm_regime_model *model, const plm_realised_day *days,
                                        size_t count, int64_t target_day, int64_t *chance_ppm);
PLM_MUST_USE plm_status plm_regime_bound(const plm_realised_day *days, size_t count,
                                         double *variance);

/*
 * plm_forecast_days_name - only the hash and the days: which forecast on candles this is, without fitting it.
 * plm_forecast_days      - fit any model on realised days, and ask it for the day after the last.
 *
 * Everything comes from the last `window_days` days (0: all), the chance of a day of high volatility with it, where they
 * suffice for one. The hash is that of plm_forecast_closes_name with "plimsoll-days/1" before it: who holds the candles and
 * the log can compute a FORECAST event that carries it again, `plimsoll verify --deep --candles`. Workspace: plm_forecast_size(count).
 *
 * Rounding   The volatility up, the chance to the nearest; equal days give equal bits on every machine.
 * Returns    As plm_forecast_fit and plm_forecast_next.
 */
PLM_MUST_USE plm_status plm_forecast_days_name(const plm_forecast_spec *spec,
                                               const plm_realised_day *days, size_t count,
                                               plm_named_forecast *forecast);
PLM_MUST_USE plm_status plm_forecast_days(const plm_forecast_spec *spec,
                                          const plm_realised_day *days, size_t count,
                                          void *workspace, size_t workspace_size,
                                          plm_named_forecast *forecast);

/*
 * PLM_FORECAST_PARAMETERS - how far forecasts may move anything, and when a model may run.
 */
#define PLM_FORECAST_PARAMETERS(X, type)                                                           \
    X(type, raise_max_ppm, PLM_UNIT_PPM, 2000000, 1000000, 4000000, 500000, 168, "risk", "",       \
      "most a forecast may lift a volatility, as a multiple of what it is without one")            \
    X(type, rise_max_ppm, PLM_UNIT_PPM, 250000, 10000, 3000000, 100000, 168, "risk", "",           \
      "most the volatility in force may rise by one forecast, of itself")                          \
    X(type, fall_max_ppm, PLM_UNIT_PPM, 50000, 1000, 1000000, 50000, 168, "risk", "",              \
      "most the volatility in force may fall by one forecast, of itself")                          \
    X(type, band_ppm, PLM_UNIT_PPM, 20000, 0, 200000, 20000, 168, "risk", "",                      \
      "a change smaller than this, of the volatility in force, is not made")                       \
    X(type, age_max_ns, PLM_UNIT_NS, 172800000000000, 3600000000000, 604800000000000,              \
      86400000000000, 168, "risk", "", "a forecast older than this counts as none")                \
    X(type, regime_from_ppm, PLM_UNIT_PPM, 300000, 0, 990000, 100000, 168, "risk", "",             \
      "chance of a day of high volatility from which the vega weight rises")                       \
    X(type, regime_to_ppm, PLM_UNIT_PPM, 700000, 10000, 1000000, 100000, 168, "risk", "",          \
      "chance at which the vega weight has risen as far as it may")                                \
    X(type, vega_raise_max_ppm, PLM_UNIT_PPM, 1500000, 1000000, 3000000, 250000, 168, "risk", "",  \
      "most the regime may lift the vega weight, as a multiple")                                   \
    X(type, gate_days, PLM_UNIT_COUNT, 365, 60, 2000, 200, 168, "risk", "",                        \
      "days over which a model is compared with its floor")                                        \
    X(type, gate_enter_ppm, PLM_UNIT_PPM, 1645000, 0, 4000000, 500000, 168, "risk", "",            \
      "how many standard errors a model must win by before it runs")

typedef struct plm_forecast_parameters {
    PLM_FORECAST_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_forecast_parameters)
} plm_forecast_parameters;

extern const plm_descriptor plm_forecast_descriptor;

/*
 * plm_forecast_clamp - the volatility in force after a forecast, in integers.
 *
 * `base_ppm` is the volatility without forecasts, `force_ppm` the one in force until now (0: none yet), `forecast_ppm` what is
 * predicted (0: none, or too old). The forecast is held inside base .. base * raise_max; from the one in force it moves
 * up by at most rise_max and down by at most fall_max, not at all inside the band, and never ends below the base.
 *
 * Units      All in ppm of the same volatility, >= 0; base > 0 is asserted, as is that record is well formed.
 * Rounding   Up.
 * Guarantees [FORECAST-1] base <= result <= base * raise_max, rounded up. [FORECAST-2] the result never falls when base or the
 *            forecast rises. [FORECAST-3] without a forecast it is base, or still on its way down to it.
 */
int64_t plm_forecast_clamp(const plm_forecast_parameters *parameters, int64_t base_ppm,
                           int64_t force_ppm, int64_t forecast_ppm);

/*
 * plm_regime_weight - multiple of the vega weight for a chance of high volatility: 1 below regime_from, vega_raise_max from
 * regime_to on, linear between, rounded up.
 */
int64_t plm_regime_weight(const plm_forecast_parameters *parameters, int64_t chance_ppm);

#endif
