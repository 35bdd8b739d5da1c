/* records.c: the parameter records by their names in the file.                        SPDX-License-Identifier: Apache-2.0 */
#include "cli/records.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/assert.h"
#include "plimsoll/margin.h"
#include "plimsoll/scenario.h"

#define OWN_COUNT 6u

/* A model of the catalogue whose record is not among our own. */
static bool
is_foreign(const plm_model *model) {
    return model->descriptor != &plm_portfolio_descriptor &&
           model->descriptor != &plm_tiered_descriptor &&
           model->descriptor != &plm_dynamic_descriptor;
}

uint32_t
pli_record_count(void) {
    uint32_t count = OWN_COUNT;
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        count += is_foreign(plm_model_at(i));
    }
    PLI_ASSERT(count <= PLI_RECORD_COUNT_MAX);
    return count;
}

pli_record
pli_record_at(uint32_t index) {
    static const pli_record records[OWN_COUNT] = {
        {"portfolio", &plm_portfolio_descriptor},      {"tiered", &plm_tiered_descriptor},
        {"dynamic", &plm_dynamic_descriptor},          {"scenario.initial", &plm_set_descriptor},
        {"scenario.maintenance", &plm_set_descriptor}, {"shocks", &plm_shock_descriptor},
    };
    if (index < OWN_COUNT) {
        return records[index];
    }
    uint32_t place = index - OWN_COUNT;
    uint32_t i = 0;
    while (plm_model_at(i) != NULL && (!is_foreign(plm_model_at(i)) || place > 0)) {
        place -= is_foreign(plm_model_at(i));
        i += 1;
    }
    PLI_ASSERT(plm_model_at(i) != NULL);
    return (pli_record){plm_model_at(i)->name, plm_model_at(i)->descriptor};
}
