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
    PLM_STAGE_PARTIAL = 4     /* below maintenance: may only reduce */
} plm_stage;

/* plm_stage_name - in lower case, such as "called". Returns a static string; "unknown" for a number that is none. */
const char *plm_stage_name(plm_stage stage);

/*
 * The governed record of liquidation.
 */
#define PLM_LIQUIDATION_PARAMETERS(X, T)                                                           \
    X(T, call_ns, PLM_UNIT_NS, 3600000000000, 0, 604800000000000, 86400000000000, 24, "risk", "",  \
      "time from a margin call to its deadline")

typedef struct plm_liquidation_parameters {
    PLM_LIQUIDATION_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_liquidation_parameters)
} plm_liquidation_parameters;

extern const plm_descriptor plm_liquidation_descriptor;

/* plm_standing - the stage of one account and, where that is CALLED, the notice; else both are 0. */
typedef struct plm_standing {
    plm_stage stage;
    int64_t call_micros;      /* what ends the call at the prices of the last assessment */
    int64_t call_deadline_ns; /* from then on the account may only reduce */
} plm_standing;

#endif
