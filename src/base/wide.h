/* wide.h: the compiler's 128-bit integer and its public two-halves form.              SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_WIDE_H
#define PLI_BASE_WIDE_H

#include "plimsoll/quantity.h"

__extension__ typedef __int128 pli_i128;
__extension__ typedef unsigned __int128 pli_u128;

#define PLI_I128_MAX ((pli_i128)(~(pli_u128)0 >> 1))
#define PLI_I128_MIN (-PLI_I128_MAX - 1)

/* pli_i128_from_wide, pli_wide_from_i128 - the same value in the other form; no value is lost. */
static inline pli_i128
pli_i128_from_wide(plm_wide value) {
    return (pli_i128)(((pli_u128)(uint64_t)value.high << 64) | value.low);
}

static inline plm_wide
pli_wide_from_i128(pli_i128 value) {
    return (plm_wide){.low = (uint64_t)(pli_u128)value,
                      .high = (int64_t)(uint64_t)((pli_u128)value >> 64)};
}

#endif
