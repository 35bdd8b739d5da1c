/* drift_v2_model.h: model drift-v2 and its governed record.                               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DRIFT_V2_MODEL_H
#define PLI_VENUE_DRIFT_V2_MODEL_H

#include "plimsoll/margin.h"

/* One set for every market; the venue keeps one per market on its chain. Source: params/drift-v2.yaml. */
#define PLI_DRIFT_RECORD(X, T)                                                                     \
    X(T, perpetual_initial_ppm, PLM_UNIT_PPM, 100000, 100, 1000000, 50000, 24, "risk", "",         \
      "initial margin ratio of perpetuals, in whole hundreds of ppm")                              \
    X(T, perpetual_maintenance_ppm, PLM_UNIT_PPM, 50000, 100, 1000000, 50000, 24, "risk", "",      \
      "maintenance margin ratio of perpetuals")                                                    \
    X(T, perpetual_imf_ppm, PLM_UNIT_PPM, 1000, 0, 1000000, 1000, 24, "risk", "",                  \
      "rise of the ratio with the square root of the size")                                        \
    X(T, profit_initial_ppm, PLM_UNIT_PPM, 1000000, 0, 1000000, 100000, 24, "risk", "",            \
      "weight of unrealised profit, initial")                                                      \
    X(T, profit_maintenance_ppm, PLM_UNIT_PPM, 1000000, 0, 1000000, 100000, 24, "risk", "",        \
      "the same, maintenance")                                                                     \
    X(T, profit_imf_ppm, PLM_UNIT_PPM, 1000, 0, 1000000, 1000, 24, "risk", "",                     \
      "fall of the initial weight with the square root of the profit")                             \
    X(T, profit_maximum_micros, PLM_UNIT_MICROS, 100000000, 0, 1000000000000000000,                \
      1000000000000000000, 24, "risk", "",                                                         \
      "most profit of one position that counts for initial; 0: no limit")                          \
    X(T, asset_initial_ppm, PLM_UNIT_PPM, 800000, 0, 1000000, 100000, 24, "risk", "",              \
      "weight of collateral other than the valuation currency, initial")                           \
    X(T, asset_maintenance_ppm, PLM_UNIT_PPM, 900000, 0, 1000000, 100000, 24, "risk", "",          \
      "the same, maintenance")                                                                     \
    X(T, liability_initial_ppm, PLM_UNIT_PPM, 1200000, 1000000, 10000000, 100000, 24, "risk", "",  \
      "weight of loans in it, initial")                                                            \
    X(T, liability_maintenance_ppm, PLM_UNIT_PPM, 1100000, 1000000, 10000000, 100000, 24, "risk",  \
      "", "the same, maintenance")                                                                 \
    X(T, spot_imf_ppm, PLM_UNIT_PPM, 0, 0, 1000000, 1000, 24, "risk", "",                          \
      "how fast these weights get harder with the square root of the balance")

typedef struct pli_drift_record {
    PLI_DRIFT_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_drift_record)
} pli_drift_record;

extern const plm_descriptor pli_drift_descriptor;
extern const plm_model pli_model_drift_v2;

#endif
