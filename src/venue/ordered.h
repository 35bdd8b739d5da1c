/* ordered.h: values of one governed record that must not pass each other.                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_ORDERED_H
#define PLI_VENUE_ORDERED_H

#include <stdint.h>

#include "plimsoll/status.h"

/* pli_ordered - `low` must not lie above `high`; `what` names the field of `low` and says what it is measured against. */
typedef struct pli_ordered {
    int64_t low, high;
    const char *what;
} pli_ordered;

/*
 * pli_ordered_check - the first pair out of order is refused.
 *
 * Returns    PLM_OK or PLM_PARAMETER_INVALID: "<what> is <low>; allowed is 0 to <high>".
 */
PLM_MUST_USE plm_status pli_ordered_check(const pli_ordered *pairs, uint32_t count,
                                          plm_fault *fault);

#endif
