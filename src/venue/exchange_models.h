/* exchange_models.h: models of Binance, Hyperliquid, Paradex and Deribit, and their governed records.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_EXCHANGE_MODELS_H
#define PLI_VENUE_EXCHANGE_MODELS_H

#include "plimsoll/margin.h"

/*
 * A record has no lists, so a table of tiers stands as numbered fields. Tables belong to classes: the class of an underlying
 * (plm_underlying.class_id) picks one, and an underlying of a class without a table is refused by name. Defaults and where
 * they come from: params/binance.yaml, hyperliquid.yaml, paradex.yaml, deribit-sm.yaml, deribit-pm.yaml.
 */

/* Binance: one bracket: where it starts, its maintenance rate, its largest leverage. */
#define PLI_BINANCE_BRACKET(X, T, name, floor, rate, leverage)                                     \
    X(T, name##_floor_micros, PLM_UNIT_MICROS, floor, 0, 1000000000000000000, 1000000000000000000, \
      24, "risk", "", "notional from which the bracket holds")                                     \
    X(T, name##_rate_ppm, PLM_UNIT_PPM, rate, 0, 1000000, 100000, 24, "risk", "",                  \
      "its maintenance rate")                                                                      \
    X(T, name##_leverage, PLM_UNIT_COUNT, leverage, 1, 1000, 100, 24, "risk", "",                  \
      "its largest leverage")

#define PLI_BINANCE_CLASSES 2u
#define PLI_BINANCE_BRACKETS 12u
// clang-format off
#define PLI_BINANCE_RECORD(X, T) \
    X(T, leverage, PLM_UNIT_COUNT, 20, 1, 1000, 1000, 0, "risk", "", \
      "leverage that the account has chosen; a bracket's own is the cap") \
    PLI_BINANCE_BRACKET(X, T, class0_1, 0, 4000, 125) \
    PLI_BINANCE_BRACKET(X, T, class0_2, 50000000000, 5000, 100) \
    PLI_BINANCE_BRACKET(X, T, class0_3, 600000000000, 6500, 75) \
    PLI_BINANCE_BRACKET(X, T, class0_4, 3000000000000, 10000, 50) \
    PLI_BINANCE_BRACKET(X, T, class0_5, 12000000000000, 20000, 25) \
    PLI_BINANCE_BRACKET(X, T, class0_6, 70000000000000, 25000, 20) \
    PLI_BINANCE_BRACKET(X, T, class0_7, 100000000000000, 50000, 10) \
    PLI_BINANCE_BRACKET(X, T, class0_8, 230000000000000, 100000, 5) \
    PLI_BINANCE_BRACKET(X, T, class0_9, 480000000000000, 125000, 4) \
    PLI_BINANCE_BRACKET(X, T, class0_10, 600000000000000, 150000, 3) \
    PLI_BINANCE_BRACKET(X, T, class0_11, 800000000000000, 250000, 2) \
    PLI_BINANCE_BRACKET(X, T, class0_12, 1200000000000000, 500000, 1) \
    PLI_BINANCE_BRACKET(X, T, class1_1, 0, 5000, 100) \
    PLI_BINANCE_BRACKET(X, T, class1_2, 20000000000, 6500, 75) \
    PLI_BINANCE_BRACKET(X, T, class1_3, 100000000000, 10000, 50) \
    PLI_BINANCE_BRACKET(X, T, class1_4, 800000000000, 20000, 25) \
    PLI_BINANCE_BRACKET(X, T, class1_5, 4000000000000, 25000, 20) \
    PLI_BINANCE_BRACKET(X, T, class1_6, 8000000000000, 50000, 10) \
    PLI_BINANCE_BRACKET(X, T, class1_7, 40000000000000, 100000, 5) \
    PLI_BINANCE_BRACKET(X, T, class1_8, 80000000000000, 125000, 4) \
    PLI_BINANCE_BRACKET(X, T, class1_9, 100000000000000, 250000, 2) \
    PLI_BINANCE_BRACKET(X, T, class1_10, 200000000000000, 500000, 1) \
    PLI_BINANCE_BRACKET(X, T, class1_11, 1000000000000000000, 500000, 1) \
    PLI_BINANCE_BRACKET(X, T, class1_12, 1000000000000000000, 500000, 1)
// clang-format on

typedef struct pli_binance_record {
    PLI_BINANCE_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_binance_record)
} pli_binance_record;

/* Hyperliquid: two tiers per class; the maintenance rate of a tier is half of one over its leverage. */
#define PLI_HYPERLIQUID_TIERS(X, T, name, first, from, second)                                     \
    X(T, name##_1_leverage, PLM_UNIT_COUNT, first, 1, 1000, 100, 24, "risk", "",                   \
      "largest leverage of the first tier")                                                        \
    X(T, name##_2_floor_micros, PLM_UNIT_MICROS, from, 0, 1000000000000000000,                     \
      1000000000000000000, 24, "risk", "", "notional from which the second tier holds")            \
    X(T, name##_2_leverage, PLM_UNIT_COUNT, second, 1, 1000, 100, 24, "risk", "",                  \
      "largest leverage of the second tier")

#define PLI_HYPERLIQUID_CLASSES 4u
// clang-format off
#define PLI_HYPERLIQUID_RECORD(X, T) \
    X(T, leverage, PLM_UNIT_COUNT, 1000, 1, 1000, 1000, 0, "risk", "", \
      "leverage that the account has chosen; a tier's own is the cap") \
    PLI_HYPERLIQUID_TIERS(X, T, class0, 40, 150000000000000, 20) \
    PLI_HYPERLIQUID_TIERS(X, T, class1, 20, 70000000000000, 10) \
    PLI_HYPERLIQUID_TIERS(X, T, class2, 10, 20000000000000, 5) \
    PLI_HYPERLIQUID_TIERS(X, T, class3, 10, 3000000000000, 5)
// clang-format on

typedef struct pli_hyperliquid_record {
    PLI_HYPERLIQUID_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_hyperliquid_record)
} pli_hyperliquid_record;

/* Paradex, cross margin. */
#define PLI_PARADEX_RECORD(X, T)                                                                   \
    X(T, initial_ppm, PLM_UNIT_PPM, 20000, 1000, 1000000, 50000, 24, "risk", "",                   \
      "initial margin fraction, one over the leverage")                                            \
    X(T, maintenance_factor_ppm, PLM_UNIT_PPM, 500000, 0, 1000000, 100000, 24, "risk", "",         \
      "maintenance as a share of initial")                                                         \
    X(T, taker_ppm, PLM_UNIT_PPM, 0, 0, 50000, 500, 24, "operations", "",                          \
      "taker fee of the fee provision; depends on the account")

typedef struct pli_paradex_record {
    PLI_PARADEX_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_paradex_record)
} pli_paradex_record;

/* Deribit, standard margin: linear perpetuals by class, and short options settled in coin, whose rates are constants. */
#define PLI_DERIBIT_SM_SLOPE(X, T, name, initial, maintenance, slope)                              \
    X(T, name##_initial_ppm, PLM_UNIT_PPM, initial, 0, 1000000, 50000, 24, "risk", "",             \
      "initial rate of a position of size zero")                                                   \
    X(T, name##_maintenance_ppm, PLM_UNIT_PPM, maintenance, 0, 1000000, 50000, 24, "risk", "",     \
      "the same, maintenance")                                                                     \
    X(T, name##_slope_ppm, PLM_UNIT_PPM, slope, 0, 1000000, 50000, 24, "risk", "",                 \
      "rise of both rates per coin of the position")

#define PLI_DERIBIT_SM_CLASSES 2u
// clang-format off
#define PLI_DERIBIT_SM_RECORD(X, T) \
    PLI_DERIBIT_SM_SLOPE(X, T, class0, 20000, 10000, 50) \
    PLI_DERIBIT_SM_SLOPE(X, T, class1, 40000, 20000, 5)
// clang-format on

typedef struct pli_deribit_sm_record {
    PLI_DERIBIT_SM_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_deribit_sm_record)
} pli_deribit_sm_record;

/* Deribit, portfolio margin of the futures of one currency. */
#define PLI_DERIBIT_PM_RECORD(X, T)                                                                \
    X(T, price_range_ppm, PLM_UNIT_PPM, 160000, 1000, 330000, 50000, 24, "risk", "",               \
      "largest price move of the standard table")                                                  \
    X(T, gain_offset_ppm, PLM_UNIT_PPM, 0, 0, 1000000, 200000, 24, "risk", "",                     \
      "share of a positive aggregate that counts")                                                 \
    X(T, annualised_move_ppm, PLM_UNIT_PPM, 75000, 0, 1000000, 50000, 24, "risk", "",              \
      "roll shock: move of the basis per year to expiry")                                          \
    X(T, annualised_move_minimum_ppm, PLM_UNIT_PPM, 10000, 0, 1000000, 10000, 24, "risk", "",      \
      "roll shock: least move of an expiry")                                                       \
    X(T, delta_threshold_micros, PLM_UNIT_MICROS, 20000000000000, 0, 1000000000000000000,          \
      1000000000000000000, 24, "risk", "",                                                         \
      "total delta above which the undocumented delta shock starts: refused")                      \
    X(T, maintenance_factor_ppm, PLM_UNIT_PPM, 800000, 0, 1000000, 100000, 24, "risk", "",         \
      "maintenance as a share of the risk matrix margin")

typedef struct pli_deribit_pm_record {
    PLI_DERIBIT_PM_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_deribit_pm_record)
} pli_deribit_pm_record;

extern const plm_descriptor pli_binance_descriptor;
extern const plm_descriptor pli_hyperliquid_descriptor;
extern const plm_descriptor pli_paradex_descriptor;
extern const plm_descriptor pli_deribit_sm_descriptor;
extern const plm_descriptor pli_deribit_pm_descriptor;

/*
 * What each accepts; anything else is refused by PLM_MODEL_UNSUPPORTED, which names the instrument.
 *
 *   binance      linear perpetuals and futures, one-way mode, cross margin; open orders
 *   hyperliquid  linear perpetuals under cross margin; open orders
 *   paradex      linear perpetuals under cross margin; open orders, fee provision and open loss
 *   deribit-sm   linear perpetuals, and options settled in coin with a premium paid (long ones require 0); open orders
 *   deribit-pm   inverse perpetuals and futures of one underlying; no open orders
 */
extern const plm_model pli_model_binance;
extern const plm_model pli_model_hyperliquid;
extern const plm_model pli_model_paradex;
extern const plm_model pli_model_deribit_sm;
extern const plm_model pli_model_deribit_pm;

#endif
