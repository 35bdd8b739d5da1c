/* derive_models.h: Derive's margins as models of the catalogue, and their governed records.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIVE_MODELS_H
#define PLI_VENUE_DERIVE_MODELS_H

#include "plimsoll/margin.h"

/*
 * One record per model. The scenario tables are constants beside the records (derive_parameters.c); a record holds no
 * lists. Defaults and where they come from: params/derive-*.yaml.
 */

/* What both portfolio margins govern; the arguments are the defaults that differ. */
#define PLI_PMRM_TIMES(X, T)                                                                       \
    X(T, short_power_ppm, PLM_UNIT_PPM, 300000, 0, 2000000, 100000, 24, "risk", "",                \
      "power of 30 days over time, up to 30 days")                                                 \
    X(T, long_power_ppm, PLM_UNIT_PPM, 130000, 0, 2000000, 100000, 24, "risk", "",                 \
      "the same beyond 30 days")                                                                   \
    X(T, expiry_floor_ns, PLM_UNIT_NS, PLM_DAY_NS, 1000000000, 30 * PLM_DAY_NS, PLM_DAY_NS, 24,    \
      "risk", "", "least time that volatility moves are scaled by")

#define PLI_PMRM_BASIS(X, T, up, down, add, multiple)                                              \
    X(T, basis_up_ppm, PLM_UNIT_PPM, up, 1000000, 3000000, 50000, 24, "risk", "",                  \
      "spot factor of the basis contingency")                                                      \
    X(T, basis_down_ppm, PLM_UNIT_PPM, down, 0, 1000000, 50000, 24, "risk", "", "the same, down")  \
    X(T, basis_add_ppm, PLM_UNIT_PPM, add, 0, 10000000, 500000, 24, "risk", "",                    \
      "weight of the basis contingency")                                                           \
    X(T, basis_multiple_ppm, PLM_UNIT_PPM, multiple, 0, 10000000, 500000, 24, "risk", "",          \
      "added weight per year to expiry")

#define PLI_PMRM_DOUBT(X, T, threshold, factor)                                                    \
    X(T, peg_threshold_ppm, PLM_UNIT_PPM, threshold, 0, 1000000, 50000, 24, "risk", "",            \
      "price of the cash currency below which the initial factor rises")                           \
    X(T, peg_factor_ppm, PLM_UNIT_PPM, factor, 0, 50000000, 1000000, 24, "risk", "",               \
      "rise of the initial factor per unit of depeg")                                              \
    X(T, confidence_threshold_ppm, PLM_UNIT_PPM, 550000, 0, 1000000, 100000, 24, "risk", "",       \
      "confidence below which initial margin pays for doubt")                                      \
    X(T, confidence_margin_ppm, PLM_UNIT_PPM, 1000000, 0, 10000000, 500000, 24, "risk", "",        \
      "charge on notional per unit of doubt")

#define PLI_PMRM1_RECORD(X, T)                                                                     \
    X(T, volatility_up_ppm, PLM_UNIT_PPM, 600000, 0, 5000000, 200000, 24, "risk", "",              \
      "rise of volatility at 30 days")                                                             \
    X(T, volatility_down_ppm, PLM_UNIT_PPM, 300000, 0, 1000000, 100000, 24, "risk", "",            \
      "fall of volatility at 30 days")                                                             \
    PLI_PMRM_TIMES(X, T)                                                                           \
    X(T, static_discount_ppm, PLM_UNIT_PPM, 950000, 0, 1000000, 50000, 24, "risk", "",             \
      "share of a shocked value above zero that counts")                                           \
    X(T, rate_multiple_ppm, PLM_UNIT_PPM, 1000000, 0, 20000000, 1000000, 24, "risk", "",           \
      "rate of the static discount, times the interest rate")                                      \
    X(T, rate_add_ppm, PLM_UNIT_PPM, 120000, 0, 5000000, 100000, 24, "risk", "",                   \
      "rate of the static discount, added")                                                        \
    X(T, initial_factor_ppm, PLM_UNIT_PPM, 1250000, 1000000, 10000000, 250000, 24, "risk", "",     \
      "initial over maintenance, on losses and static contingencies")                              \
    PLI_PMRM_BASIS(X, T, 1050000, 950000, 1000000, 1200000)                                        \
    PLI_PMRM_DOUBT(X, T, 990000, 4000000)                                                          \
    X(T, base_ppm, PLM_UNIT_PPM, 30000, 0, 1000000, 10000, 24, "risk", "",                         \
      "contingency of held underlying, of its notional")                                           \
    X(T, perpetual_ppm, PLM_UNIT_PPM, 30000, 0, 1000000, 10000, 24, "risk", "",                    \
      "contingency of perpetuals, of spot notional")                                               \
    X(T, option_ppm, PLM_UNIT_PPM, 20000, 0, 1000000, 10000, 24, "risk", "",                       \
      "contingency of naked shorts, of spot notional")                                             \
    X(T, rate_ppm, PLM_UNIT_PPM, 50000, 0, 5000000, 50000, 24, "risk", "",                         \
      "interest rate of every expiry")

typedef struct pli_pmrm1_record {
    PLI_PMRM1_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_pmrm1_record)
} pli_pmrm1_record;

#define PLI_PMRM2_RECORD(X, T)                                                                     \
    X(T, volatility_up_ppm, PLM_UNIT_PPM, 500000, 0, 5000000, 200000, 24, "risk", "",              \
      "rise of volatility at 30 days")                                                             \
    X(T, volatility_down_ppm, PLM_UNIT_PPM, 300000, 0, 1000000, 100000, 24, "risk", "",            \
      "fall of volatility at 30 days")                                                             \
    X(T, volatility_minimum_ppm, PLM_UNIT_PPM, 400000, 0, 10000000, 100000, 24, "risk", "",        \
      "least volatility after a rise")                                                             \
    PLI_PMRM_TIMES(X, T)                                                                           \
    X(T, maintenance_factor_ppm, PLM_UNIT_PPM, 800000, 0, 10000000, 250000, 24, "risk", "",        \
      "maintenance, on the worst loss")                                                            \
    X(T, initial_factor_ppm, PLM_UNIT_PPM, 1000000, 0, 10000000, 250000, 24, "risk", "",           \
      "initial, on the worst loss; not below maintenance")                                         \
    X(T, long_base_ppm, PLM_UNIT_PPM, 950000, 0, 2000000, 50000, 24, "risk", "",                   \
      "share of a shocked value above zero that counts")                                           \
    X(T, long_rate_multiple_ppm, PLM_UNIT_PPM, 1000000, 0, 20000000, 1000000, 24, "risk", "",      \
      "its rate, times the interest rate")                                                         \
    X(T, long_rate_add_ppm, PLM_UNIT_PPM, 80000, 0, 5000000, 100000, 24, "risk", "",               \
      "its rate, added")                                                                           \
    X(T, short_base_ppm, PLM_UNIT_PPM, 1040000, 0, 5000000, 50000, 24, "risk", "",                 \
      "multiple of a shocked value below zero that counts")                                        \
    X(T, short_rate_multiple_ppm, PLM_UNIT_PPM, 500000, 0, 20000000, 1000000, 24, "risk", "",      \
      "its rate, times the interest rate")                                                         \
    X(T, short_rate_add_ppm, PLM_UNIT_PPM, 80000, 0, 5000000, 100000, 24, "risk", "",              \
      "its rate, added")                                                                           \
    PLI_PMRM_BASIS(X, T, 1045000, 955000, 500000, 2000000)                                         \
    X(T, linear_cap_ppm, PLM_UNIT_PPM, 250000, 0, 10000000, 100000, 24, "risk", "",                \
      "linear skew: largest tilt at expiry")                                                       \
    X(T, linear_base_ppm, PLM_UNIT_PPM, -100000, -1000000, 1000000, 100000, 24, "risk", "",        \
      "its change per square root of a year")                                                      \
    X(T, absolute_cap_ppm, PLM_UNIT_PPM, 250000, 0, 10000000, 100000, 24, "risk", "",              \
      "absolute skew: largest tilt at expiry")                                                     \
    X(T, absolute_base_ppm, PLM_UNIT_PPM, -100000, -1000000, 1000000, 100000, 24, "risk", "",      \
      "its change per square root of a year")                                                      \
    X(T, skew_minimum_ppm, PLM_UNIT_PPM, 10000, 1, 10000000, 10000, 24, "risk", "",                \
      "least log-moneyness at which a tilt is full")                                               \
    X(T, skew_width_ppm, PLM_UNIT_PPM, 4000000, 0, 100000000, 1000000, 24, "risk", "",             \
      "standard deviations at which a tilt is full")                                               \
    X(T, skew_volatility_ppm, PLM_UNIT_PPM, 600000, 0, 10000000, 100000, 24, "risk", "",           \
      "volatility that those are of, at expiry")                                                   \
    X(T, skew_volatility_slope_ppm, PLM_UNIT_PPM, -100000, -1000000, 1000000, 100000, 24, "risk",  \
      "", "its change per square root of a year")                                                  \
    PLI_PMRM_DOUBT(X, T, 980000, 2000000)                                                          \
    X(T, perpetual_maintenance_ppm, PLM_UNIT_PPM, 30000, 0, 1000000, 10000, 24, "risk", "",        \
      "contingency of perpetuals, of spot notional")                                               \
    X(T, perpetual_initial_ppm, PLM_UNIT_PPM, 10000, 0, 1000000, 10000, 24, "risk", "",            \
      "added to it for initial")                                                                   \
    X(T, option_maintenance_ppm, PLM_UNIT_PPM, 3000, 0, 1000000, 1000, 24, "risk", "",             \
      "contingency of naked shorts, of spot notional")                                             \
    X(T, option_initial_ppm, PLM_UNIT_PPM, 2000, 0, 1000000, 1000, 24, "risk", "",                 \
      "added to it for initial")                                                                   \
    X(T, own_maintenance_ppm, PLM_UNIT_PPM, 20000, 0, 1000000, 10000, 24, "risk", "",              \
      "haircut of collateral in the account's own underlying")                                     \
    X(T, own_initial_ppm, PLM_UNIT_PPM, 10000, 0, 1000000, 10000, 24, "risk", "",                  \
      "added to it for initial")                                                                   \
    X(T, other_maintenance_ppm, PLM_UNIT_PPM, 200000, 0, 1000000, 50000, 24, "risk", "",           \
      "haircut of other collateral")                                                               \
    X(T, other_initial_ppm, PLM_UNIT_PPM, 50000, 0, 1000000, 50000, 24, "risk", "",                \
      "added to it for initial")                                                                   \
    X(T, rate_ppm, PLM_UNIT_PPM, 50000, 0, 5000000, 50000, 24, "risk", "",                         \
      "interest rate of every expiry")

typedef struct pli_pmrm2_record {
    PLI_PMRM2_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_pmrm2_record)
} pli_pmrm2_record;

#define PLI_SRM_RECORD(X, T)                                                                       \
    X(T, spot_maximum_ppm, PLM_UNIT_PPM, 150000, 0, 1000000, 50000, 24, "risk", "",                \
      "initial of a short option at the money, of spot")                                           \
    X(T, spot_minimum_ppm, PLM_UNIT_PPM, 130000, 0, 1000000, 50000, 24, "risk", "",                \
      "initial of a short option however far out, of spot")                                        \
    X(T, call_maintenance_ppm, PLM_UNIT_PPM, 90000, 0, 1000000, 50000, 24, "risk", "",             \
      "maintenance of a short call, of spot")                                                      \
    X(T, put_maintenance_ppm, PLM_UNIT_PPM, 90000, 0, 1000000, 50000, 24, "risk", "",              \
      "maintenance of a short put, of spot")                                                       \
    X(T, put_value_maintenance_ppm, PLM_UNIT_PPM, 90000, 0, 1000000, 50000, 24, "risk", "",        \
      "maintenance of a short put, of its mark, if that is more")                                  \
    X(T, put_initial_multiple_ppm, PLM_UNIT_PPM, 1050000, 1000000, 5000000, 50000, 24, "risk", "", \
      "initial of a short put is at least this multiple of maintenance")                           \
    X(T, unpaired_initial_ppm, PLM_UNIT_PPM, 1200000, 1000000, 10000000, 200000, 24, "risk", "",   \
      "initial of a net short call in the greatest loss, of the forward")                          \
    X(T, unpaired_maintenance_ppm, PLM_UNIT_PPM, 1100000, 1000000, 10000000, 200000, 24, "risk",   \
      "", "maintenance of it; not above initial")                                                  \
    X(T, perpetual_initial_ppm, PLM_UNIT_PPM, 100000, 0, 1000000, 50000, 24, "risk", "",           \
      "initial of a perpetual, of its mark")                                                       \
    X(T, perpetual_maintenance_ppm, PLM_UNIT_PPM, 65000, 0, 1000000, 50000, 24, "risk", "",        \
      "maintenance of a perpetual; not above initial")                                             \
    X(T, confidence_threshold_ppm, PLM_UNIT_PPM, 550000, 0, 1000000, 100000, 24, "risk", "",       \
      "confidence below which initial margin pays for doubt")                                      \
    X(T, oracle_factor_ppm, PLM_UNIT_PPM, 1000000, 0, 10000000, 500000, 24, "risk", "",            \
      "charge on notional per unit of doubt")                                                      \
    X(T, depeg_threshold_ppm, PLM_UNIT_PPM, 990000, 0, 1000000, 50000, 24, "risk", "",             \
      "price of the cash currency below which initial margin rises")                               \
    X(T, depeg_factor_ppm, PLM_UNIT_PPM, 2000000, 0, 50000000, 1000000, 24, "risk", "",            \
      "charge on notional per unit of depeg")                                                      \
    X(T, base_ppm, PLM_UNIT_PPM, 800000, 0, 1000000, 50000, 24, "risk", "",                        \
      "share of held underlying that counts towards maintenance")                                  \
    X(T, base_initial_ppm, PLM_UNIT_PPM, 937500, 0, 1000000, 50000, 24, "risk", "",                \
      "share of that which counts towards initial")

typedef struct pli_srm_record {
    PLI_SRM_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_srm_record)
} pli_srm_record;

extern const plm_descriptor pli_pmrm1_descriptor;
extern const plm_descriptor pli_pmrm2_descriptor;
extern const plm_descriptor pli_srm_descriptor;

/*
 * One account of the venue as a model: net margin is equity less requirement, rounded down once to micros.
 *
 * Accepted   linear perpetuals (one per underlying) and premium-paid linear options, all settled in one asset, the cash;
 *            balances of cash, of the underlying and, in v2, of anything priced. Portfolio margin: one underlying.
 * Refused    PLM_MODEL_UNSUPPORTED: anything else, open orders, a balance below zero of what is not cash.
 */
extern const plm_model pli_model_derive_pmrm1; /* "derive-pmrm-v1" */
extern const plm_model pli_model_derive_pmrm2; /* "derive-pmrm-v2" */
extern const plm_model pli_model_derive_srm;   /* "derive-srm" */

#endif
