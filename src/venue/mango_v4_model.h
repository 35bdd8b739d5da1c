/* mango_v4_model.h: model mango-v4 and its governed record.                               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_MANGO_V4_MODEL_H
#define PLI_VENUE_MANGO_V4_MODEL_H

#include "plimsoll/margin.h"

/* One set for every market; the venue keeps one per token and market on its chain. Source: params/mango-v4.yaml. */
#define PLI_MANGO_RECORD(X, T)                                                                     \
    X(T, base_asset_initial_ppm, PLM_UNIT_PPM, 800000, 0, 1000000, 100000, 24, "risk", "",         \
      "weight of the base of a long perpetual, initial")                                           \
    X(T, base_asset_maintenance_ppm, PLM_UNIT_PPM, 900000, 0, 1000000, 100000, 24, "risk", "",     \
      "the same, maintenance")                                                                     \
    X(T, base_liability_initial_ppm, PLM_UNIT_PPM, 1200000, 1000000, 10000000, 100000, 24, "risk", \
      "", "weight of the base of a short perpetual, initial")                                      \
    X(T, base_liability_maintenance_ppm, PLM_UNIT_PPM, 1100000, 1000000, 10000000, 100000, 24,     \
      "risk", "", "the same, maintenance")                                                         \
    X(T, overall_initial_ppm, PLM_UNIT_PPM, 950000, 0, 1000000, 50000, 24, "risk", "",             \
      "weight of a weighted position above zero, initial")                                         \
    X(T, overall_maintenance_ppm, PLM_UNIT_PPM, 1000000, 0, 1000000, 50000, 24, "risk", "",        \
      "the same, maintenance")                                                                     \
    X(T, asset_initial_ppm, PLM_UNIT_PPM, 500000, 0, 1000000, 100000, 24, "risk", "",              \
      "weight of tokens other than the valuation currency, initial")                               \
    X(T, asset_maintenance_ppm, PLM_UNIT_PPM, 700000, 0, 1000000, 100000, 24, "risk", "",          \
      "the same, maintenance")                                                                     \
    X(T, liability_initial_ppm, PLM_UNIT_PPM, 1500000, 1000000, 10000000, 100000, 24, "risk", "",  \
      "weight of loans in them, initial")                                                          \
    X(T, liability_maintenance_ppm, PLM_UNIT_PPM, 1300000, 1000000, 10000000, 100000, 24, "risk",  \
      "", "the same, maintenance")

typedef struct pli_mango_record {
    PLI_MANGO_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_mango_record)
} pli_mango_record;

extern const plm_descriptor pli_mango_descriptor;
extern const plm_model pli_model_mango_v4;

#endif
