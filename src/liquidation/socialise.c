/* socialise.c: a loss or a gain divided among accounts in whole units, exactly.   SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/socialise.h"

#include "base/apportion.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "base/sort.h"

static bool
lower_id_first(const void *context, uint32_t left, uint32_t right) {
    const pli_socialise_claim *claims = context;
    return claims[left].id != claims[right].id ? claims[left].id < claims[right].id : left < right;
}

plm_status
pli_socialise(const pli_socialise_claim *claims, uint32_t count, pli_i128 total,
              const pli_socialise_scratch *scratch, pli_i128 *shares) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        scratch->rank[i] = i;
        if (claims[i].weight < 0) {
            return PLM_PARAMETER_INVALID;
        }
        if (!pli_add_i128(sum, claims[i].weight, &sum)) {
            return PLM_OVERFLOW;
        }
    }
    if (total < 0 || (sum == 0 && total != 0)) {
        return PLM_PARAMETER_INVALID;
    }
    pli_sort_u32_by(scratch->rank, count, lower_id_first, claims);
    for (uint32_t i = 0; i < count; i += 1) {
        if (!pli_mul_i128(claims[scratch->rank[i]].weight, total, &scratch->numerators[i])) {
            return PLM_OVERFLOW;
        }
    }
    pli_apportion(scratch->numerators, count, sum == 0 ? 1 : sum, total, scratch->order,
                  scratch->sorted);
    for (uint32_t i = 0; i < count; i += 1) {
        shares[scratch->rank[i]] = scratch->sorted[i];
    }
    return PLM_OK;
}

#define RATIO_ONE ((pli_i128)10000000000000000)

plm_status
pli_socialise_vega(const pli_i128 *wins, uint32_t count, pli_i128 collected, pli_i128 *shares) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        if (wins[i] < 0) {
            return PLM_PARAMETER_INVALID;
        }
        if (!pli_add_i128(sum, wins[i], &sum)) {
            return PLM_OVERFLOW;
        }
    }
    if (collected < 0 || collected > sum) {
        return PLM_PARAMETER_INVALID;
    }
    pli_i128 ratio = 0;
    if (sum > 0 && !pli_muldiv_floor(collected, 2 * RATIO_ONE, sum, &ratio)) {
        return PLM_OVERFLOW;
    }
    ratio = (ratio + 1) / 2;
    pli_i128 rest = collected;
    for (uint32_t i = 0; i < count; i += 1) {
        pli_i128 share = rest;
        if (i + 1 < count && !pli_muldiv_floor(wins[i], ratio, RATIO_ONE, &share)) {
            return PLM_OVERFLOW;
        }
        shares[i] = share < rest ? share : rest;
        rest -= shares[i];
    }
    return PLM_OK;
}
