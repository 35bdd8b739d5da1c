/* records.c: the parameter records by their names in the file.                        SPDX-License-Identifier: Apache-2.0 */
#include "cli/records.h"

#include "base/assert.h"
#include "plimsoll/margin.h"
#include "plimsoll/scenario.h"

const pli_record *
pli_record_at(uint32_t index) {
    static const pli_record records[PLI_RECORD_COUNT] = {
        {"portfolio", &plm_portfolio_descriptor},      {"tiered", &plm_tiered_descriptor},
        {"dynamic", &plm_dynamic_descriptor},          {"scenario.initial", &plm_set_descriptor},
        {"scenario.maintenance", &plm_set_descriptor}, {"shocks", &plm_shock_descriptor},
    };
    PLI_ASSERT(index < PLI_RECORD_COUNT);
    return &records[index];
}
