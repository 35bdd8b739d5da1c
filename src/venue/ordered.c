/* ordered.c: values of one governed record that must not pass each other.                 SPDX-License-Identifier: Apache-2.0 */
#include "venue/ordered.h"

#include "base/text.h"

plm_status
pli_ordered_check(const pli_ordered *pairs, uint32_t count, plm_fault *fault) {
    for (uint32_t i = 0; i < count; i += 1) {
        if (pairs[i].low > pairs[i].high) {
            return pli_fault_set_range(fault, PLM_PARAMETER_INVALID, pairs[i].what, pairs[i].low, 0,
                                       pairs[i].high);
        }
    }
    return PLM_OK;
}
