/* records.c: the parameter records by their names in the file.                        SPDX-License-Identifier: Apache-2.0 */
#include "cli/records.h"

#include "plimsoll/living.h"
#include "plimsoll/margin.h"
#include "plimsoll/procyclicality.h"
#include "plimsoll/scenario.h"

static const pli_record behind_models[] = {
    {"scenario.initial", &plm_set_descriptor},
    {"scenario.maintenance", &plm_set_descriptor},
    {"procyclicality", &plm_procyclicality_descriptor},
    {"living", &plm_living_descriptor},
    {"shocks", &plm_shock_descriptor},
};

static uint32_t
model_count(void) {
    uint32_t count = 0;
    while (plm_model_at(count) != NULL) {
        count += 1;
    }
    return count;
}

pli_record
pli_record_at(uint32_t index) {
    uint32_t models = model_count();
    if (index < models) {
        const plm_model *model = plm_model_at(index);
        return (pli_record){model->name, model->descriptor};
    }
    uint32_t behind = index - models;
    if (behind < sizeof behind_models / sizeof behind_models[0]) {
        return behind_models[behind];
    }
    return (pli_record){NULL, NULL};
}

uint32_t
pli_record_count(void) {
    uint32_t count = model_count() + sizeof behind_models / sizeof behind_models[0];
    return count < PLI_RECORDS_MAX ? count : PLI_RECORDS_MAX;
}

const void *
pli_record_values(uint32_t index, const pli_parameter_book *parameters) {
    uint32_t models = model_count();
    if (index < models) {
        return pli_parameters_record(parameters, plm_model_at(index)->descriptor);
    }
    switch (index - models) {
    case 0:
        return &parameters->scenario_initial;
    case 1:
        return &parameters->scenario_maintenance;
    case 2:
        return &parameters->procyclicality;
    case 3:
        return &parameters->living;
    default:
        return &parameters->classes[0];
    }
}
