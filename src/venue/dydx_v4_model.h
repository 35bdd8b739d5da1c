/* dydx_v4_model.h: model dydx-v4 and its governed record.                                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DYDX_V4_MODEL_H
#define PLI_VENUE_DYDX_V4_MODEL_H

#include "plimsoll/margin.h"

/* Four of the venue's liquidity tiers; an underlying's class (0 to 3) names its tier. Source: params/dydx-v4.yaml. */
#define PLI_DYDX_TIERS 4
#define PLI_DYDX_RECORD(X, T)                                                                      \
    X(T, large_initial_ppm, PLM_UNIT_PPM, 20000, 1, 1000000, 50000, 24, "risk", "",                \
      "class 0: initial fraction of notional")                                                     \
    X(T, large_maintenance_ppm, PLM_UNIT_PPM, 600000, 0, 1000000, 100000, 24, "risk", "",          \
      "class 0: maintenance, as a fraction of the base initial requirement")                       \
    X(T, large_lower_micros, PLM_UNIT_MICROS, 0, 0, 1000000000000000000, 1000000000000000000, 24,  \
      "risk", "", "class 0: open interest at which the initial fraction starts to rise")           \
    X(T, large_upper_micros, PLM_UNIT_MICROS, 0, 0, 1000000000000000000, 1000000000000000000, 24,  \
      "risk", "", "class 0: open interest at which it reaches 100 %; 0: never")                    \
    X(T, mid_initial_ppm, PLM_UNIT_PPM, 50000, 1, 1000000, 50000, 24, "risk", "",                  \
      "class 1: initial fraction")                                                                 \
    X(T, mid_maintenance_ppm, PLM_UNIT_PPM, 600000, 0, 1000000, 100000, 24, "risk", "",            \
      "class 1: maintenance")                                                                      \
    X(T, mid_lower_micros, PLM_UNIT_MICROS, 40000000000000, 0, 1000000000000000000,                \
      1000000000000000000, 24, "risk", "", "class 1: lower open interest")                         \
    X(T, mid_upper_micros, PLM_UNIT_MICROS, 100000000000000, 0, 1000000000000000000,               \
      1000000000000000000, 24, "risk", "", "class 1: upper open interest")                         \
    X(T, small_initial_ppm, PLM_UNIT_PPM, 100000, 1, 1000000, 50000, 24, "risk", "",               \
      "class 2: initial fraction")                                                                 \
    X(T, small_maintenance_ppm, PLM_UNIT_PPM, 500000, 0, 1000000, 100000, 24, "risk", "",          \
      "class 2: maintenance")                                                                      \
    X(T, small_lower_micros, PLM_UNIT_MICROS, 20000000000000, 0, 1000000000000000000,              \
      1000000000000000000, 24, "risk", "", "class 2: lower open interest")                         \
    X(T, small_upper_micros, PLM_UNIT_MICROS, 50000000000000, 0, 1000000000000000000,              \
      1000000000000000000, 24, "risk", "", "class 2: upper open interest")                         \
    X(T, tail_initial_ppm, PLM_UNIT_PPM, 200000, 1, 1000000, 50000, 24, "risk", "",                \
      "class 3: initial fraction")                                                                 \
    X(T, tail_maintenance_ppm, PLM_UNIT_PPM, 500000, 0, 1000000, 100000, 24, "risk", "",           \
      "class 3: maintenance")                                                                      \
    X(T, tail_lower_micros, PLM_UNIT_MICROS, 5000000000000, 0, 1000000000000000000,                \
      1000000000000000000, 24, "risk", "", "class 3: lower open interest")                         \
    X(T, tail_upper_micros, PLM_UNIT_MICROS, 10000000000000, 0, 1000000000000000000,               \
      1000000000000000000, 24, "risk", "", "class 3: upper open interest")

typedef struct pli_dydx_record {
    PLI_DYDX_RECORD(PLM_PARAMETER_STRUCT_FIELD, pli_dydx_record)
} pli_dydx_record;

extern const plm_descriptor pli_dydx_descriptor;
extern const plm_model pli_model_dydx_v4;

#endif
