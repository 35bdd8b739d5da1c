/* fund.c: how large the insurance fund must be: the largest stressed losses beyond margin, of several members at once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/fund.h"

#include <stdbool.h>

#include "base/checked.h"
#include "plimsoll/quantity.h"

void
pli_fund_init(pli_fund_tally *tallies, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 1) {
        for (uint32_t rank = 0; rank < PLI_FUND_COVER_MAX; rank += 1) {
            tallies[i].losses[rank] = 0;
            tallies[i].members[rank] = PLM_NONE;
        }
    }
}

static bool
comes_before(const pli_fund_tally *tally, uint32_t rank, int64_t loss, uint32_t member) {
    return loss != tally->losses[rank] ? loss > tally->losses[rank] : member < tally->members[rank];
}

static void
insert(pli_fund_tally *tally, int64_t loss, uint32_t member) {
    uint32_t rank = PLI_FUND_COVER_MAX;
    while (rank > 0 && comes_before(tally, rank - 1, loss, member)) {
        if (rank < PLI_FUND_COVER_MAX) {
            tally->losses[rank] = tally->losses[rank - 1];
            tally->members[rank] = tally->members[rank - 1];
        }
        rank -= 1;
    }
    if (rank < PLI_FUND_COVER_MAX) {
        tally->losses[rank] = loss;
        tally->members[rank] = member;
    }
}

plm_status
pli_fund_add(pli_fund_tally *tallies, uint32_t count, uint32_t member,
             const int64_t *profits_micros, int64_t held_micros) {
    if (held_micros < 0 || member == PLM_NONE) {
        return PLM_PARAMETER_INVALID;
    }
    int64_t loss = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        if (!pli_narrow_i64(-(pli_i128)profits_micros[i] - held_micros, &loss)) {
            return PLM_OVERFLOW;
        }
    }
    for (uint32_t i = 0; i < count; i += 1) {
        loss = (int64_t)(-(pli_i128)profits_micros[i] - held_micros);
        if (loss > 0) {
            insert(&tallies[i], loss, member);
        }
    }
    return PLM_OK;
}

static pli_i128
sum_of(const pli_fund_tally *tally, uint32_t cover) {
    pli_i128 sum = 0;
    for (uint32_t rank = 0; rank < cover; rank += 1) {
        sum += tally->losses[rank];
    }
    return sum;
}

plm_status
pli_fund_need(const pli_fund_tally *tallies, uint32_t count, uint32_t cover, pli_fund_size *size) {
    if (cover < 1 || cover > PLI_FUND_COVER_MAX) {
        return PLM_PARAMETER_INVALID;
    }
    pli_fund_size need = {.scenario_index = PLM_NONE};
    pli_fund_init(&need.worst, 1);
    for (uint32_t i = 0; i < count; i += 1) {
        pli_i128 sum = sum_of(&tallies[i], cover);
        if (sum > need.micros) {
            need.micros = sum;
            need.scenario_index = i;
        }
    }
    for (uint32_t rank = 0; need.scenario_index != PLM_NONE && rank < cover; rank += 1) {
        need.worst.losses[rank] = tallies[need.scenario_index].losses[rank];
        need.worst.members[rank] = tallies[need.scenario_index].members[rank];
    }
    *size = need;
    return PLM_OK;
}
