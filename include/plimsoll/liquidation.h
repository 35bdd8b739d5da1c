/* liquidation.h: in which stage an account is, and by which rules it gets there.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_LIQUIDATION_H
#define PLIMSOLL_LIQUIDATION_H

#include <stdint.h>

#include "plimsoll/parameter.h"
#include "plimsoll/quantity.h"

/*
 * plm_stage - where an account stood when it was last assessed: METHOD section 9, docs/books.md section 12.
 *
 * Nothing moves it but an assessment at prices that allow liquidation.
 */
typedef enum plm_stage {
    PLM_STAGE_HEALTHY = 1,    /* equity meets the initial requirement, or nothing is owed */
    PLM_STAGE_RESTRICTED = 2, /* it does not: orders that may add risk were removed */
    PLM_STAGE_CALLED = 3,     /* below the call level: notice with an amount and a deadline */
    PLM_STAGE_PARTIAL = 4,    /* below maintenance: reduced by forced orders, slice by slice */
    PLM_STAGE_DEFICIT =
        5 /* closed out: only debts are left, which the insurance fund could not pay */
} plm_stage;

/* plm_stage_name - in lower case, such as "called". Returns a static string; "unknown" for a number that is none. */
const char *plm_stage_name(plm_stage stage);

/*
 * The governed record of liquidation.
 */
#define PLM_LIQUIDATION_PARAMETERS(X, T)                                                           \
    X(T, call_ns, PLM_UNIT_NS, 3600000000000, 0, 604800000000000, 86400000000000, 24, "risk", "",  \
      "time from a margin call to its deadline")                                                   \
    X(T, slice_ns, PLM_UNIT_NS, 1000000000, 0, 3600000000000, 60000000000, 24, "risk", "",         \
      "time that the orders of one slice have before the next is planned")                         \
    X(T, target_ppm, PLM_UNIT_PPM, 100000, 0, 1000000, 100000, 24, "risk", "",                     \
      "equity is brought to this above maintenance")                                               \
    X(T, collar_ppm, PLM_UNIT_PPM, 20000, 0, 500000, 20000, 24, "risk", "",                        \
      "forced orders trade no further than this from the index, or the mark")                      \
    X(T, fee_ppm, PLM_UNIT_PPM, 3000, 0, 100000, 3000, 24, "operations", "",                       \
      "what the planner counts as fees of a forced trade")                                         \
    X(T, spread_minimum_ppm, PLM_UNIT_PPM, 100, 0, 1000000, 1000, 24, "risk", "",                  \
      "least half-spread that the planner counts")                                                 \
    X(T, impact_ppm, PLM_UNIT_PPM, 1000000, 0, 100000000, 500000, 24, "risk", "",                  \
      "constant of the square-root law of impact")                                                 \
    X(T, volume_standard_micros, PLM_UNIT_MICROS, 1000000000000, 1, 1000000000000000000,           \
      1000000000000000000, 24, "risk", "", "daily volume where none is known")                     \
    X(T, depth_ppm, PLM_UNIT_PPM, 100000, 0, 1000000, 100000, 24, "risk", "",                      \
      "share of the depth that one slice may take")                                                \
    X(T, depth_standard_micros, PLM_UNIT_MICROS, 1000000000000, 0, 1000000000000000000,            \
      1000000000000000000, 24, "risk", "", "depth where none is known")                            \
    X(T, option_size_ppm, PLM_UNIT_PPM, 50000, 0, 1000000, 50000, 24, "risk", "",                  \
      "an option moves the market by its delta, at least by this of its notional")                 \
    X(T, evaluations_max, PLM_UNIT_COUNT, 512, 256, 8192, 1024, 24, "operations", "",              \
      "evaluations of the model in one plan, at most")

typedef struct plm_liquidation_parameters {
    PLM_LIQUIDATION_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_liquidation_parameters)
} plm_liquidation_parameters;

extern const plm_descriptor plm_liquidation_descriptor;

/*
 * plm_standing - the stage of one account; where that is CALLED, the notice, and where it is PARTIAL, the slices; else these
 * are 0.
 */
typedef struct plm_standing {
    plm_stage stage;
    int64_t call_micros;      /* what ends the call at the prices of the last assessment */
    int64_t call_deadline_ns; /* from then on the account may only reduce */
    uint32_t slice_count;     /* planned since the account fell below maintenance */
    int64_t slice_due_ns;     /* the next one is planned at the first assessment from then on */
} plm_standing;

#endif
