/* tier_models.c: models `binance` and `hyperliquid`: maintenance by tier of notional.    SPDX-License-Identifier: Apache-2.0 */
#include "venue/tier_models.h"

#include "base/assert.h"
#include "base/libc.h"
#include "base/text.h"
#include "venue/hyperliquid.h"
#include "venue/line_model.h"

/* Fields of one bracket, and of one class of Hyperliquid: floor, rate, leverage; leverage, floor, leverage. */
#define GROUP 3u

static const plm_parameter_field binance_fields[] = {
    PLI_BINANCE_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_binance_record)};
static const plm_parameter_field hyperliquid_fields[] = {
    PLI_HYPERLIQUID_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_hyperliquid_record)};

#define BINANCE_FIELDS (1u + PLI_BINANCE_CLASSES * PLI_BINANCE_BRACKETS * GROUP)
#define HYPERLIQUID_FIELDS (1u + PLI_HYPERLIQUID_CLASSES * GROUP)
_Static_assert(sizeof(pli_binance_record) == BINANCE_FIELDS * sizeof(int64_t), "brackets");
_Static_assert(sizeof(pli_hyperliquid_record) == HYPERLIQUID_FIELDS * sizeof(int64_t), "tiers");

static pli_exact
micros(int64_t value) {
    return pli_exact_ratio(value, PLM_PPM);
}

void
pli_binance_tiers(const pli_binance_record *record, uint32_t class_id, pli_tier_table *out) {
    PLI_ASSERT(class_id < PLI_BINANCE_CLASSES);
    int64_t values[BINANCE_FIELDS];
    memcpy(values, record, sizeof *record);
    const int64_t *group = &values[1u + class_id * PLI_BINANCE_BRACKETS * GROUP];
    out->count = PLI_BINANCE_BRACKETS;
    for (uint32_t i = 0; i < out->count; i += 1) {
        out->brackets[i] =
            (pli_bracket){.floor = micros(group[GROUP * i]), .rate = micros(group[GROUP * i + 1])};
        out->leverages[i] = group[GROUP * i + 2];
    }
    pli_brackets_deduce(out->count, out->brackets);
}

void
pli_hyperliquid_tiers(const pli_hyperliquid_record *record, uint32_t class_id,
                      pli_tier_table *out) {
    PLI_ASSERT(class_id < PLI_HYPERLIQUID_CLASSES);
    int64_t values[HYPERLIQUID_FIELDS];
    memcpy(values, record, sizeof *record);
    const int64_t *group = &values[1u + class_id * GROUP];
    const int64_t floors[] = {0, group[1]};
    const int64_t leverages[] = {group[0], group[2]};
    out->count = 2;
    for (uint32_t i = 0; i < out->count; i += 1) {
        out->brackets[i] = (pli_bracket){.floor = micros(floors[i]),
                                         .rate = pli_hyperliquid_rate(pli_exact_of(leverages[i]))};
        out->leverages[i] = leverages[i];
    }
    pli_brackets_deduce(out->count, out->brackets);
}

/* Floors and rates of a class rise, the first floor is 0. */
static plm_status
check_table(const pli_tier_table *table, plm_fault *fault) {
    bool is_rising = pli_exact_sign(table->brackets[0].floor) == 0;
    for (uint32_t i = 1; i < table->count; i += 1) {
        const pli_bracket *own = &table->brackets[i];
        is_rising = is_rising && !pli_exact_is_below(own->floor, own[-1].floor) &&
                    !pli_exact_is_below(own->rate, own[-1].rate);
    }
    if (!is_rising) {
        return pli_fault_set(fault, PLM_PARAMETER_INVALID,
                             "floors and rates of a class must rise, from a first floor of 0", NULL,
                             NULL);
    }
    return PLM_OK;
}

static plm_status
check_binance(const void *record, plm_fault *fault) {
    plm_status status = PLM_OK;
    for (uint32_t i = 0; status == PLM_OK && i < PLI_BINANCE_CLASSES; i += 1) {
        pli_tier_table table;
        pli_binance_tiers(record, i, &table);
        status = check_table(&table, fault);
    }
    return status;
}

static plm_status
check_hyperliquid(const void *record, plm_fault *fault) {
    plm_status status = PLM_OK;
    for (uint32_t i = 0; status == PLM_OK && i < PLI_HYPERLIQUID_CLASSES; i += 1) {
        pli_tier_table table;
        pli_hyperliquid_tiers(record, i, &table);
        status = check_table(&table, fault);
    }
    return status;
}

const plm_descriptor pli_binance_descriptor = {
    .id = "binance",
    .version = 1,
    .field_count = BINANCE_FIELDS,
    .fields = binance_fields,
    .record_size = sizeof(pli_binance_record),
    .check_coupled = check_binance,
};

const plm_descriptor pli_hyperliquid_descriptor = {
    .id = "hyperliquid",
    .version = 1,
    .field_count = HYPERLIQUID_FIELDS,
    .fields = hyperliquid_fields,
    .record_size = sizeof(pli_hyperliquid_record),
    .check_coupled = check_hyperliquid,
};

/* The tables of a record, read once per evaluation. */
typedef struct tier_rules {
    bool has_futures;
    int64_t leverage; /* chosen by the account */
    uint32_t class_count;
    pli_tier_table tables[PLI_HYPERLIQUID_CLASSES];
} tier_rules;

static plm_status
check_line(const pli_view *view, const pli_line *line, const void *parameters, plm_fault *fault) {
    const tier_rules *rules = parameters;
    return pli_line_check_linear(view, line, rules->has_futures, rules->class_count, fault);
}

/* Maintenance by bracket; initial is notional over the lesser of the chosen leverage and the bracket's. */
static pli_line_charge
charge_line(const pli_view *view, const pli_line *line, const void *parameters, int64_t lots) {
    const tier_rules *rules = parameters;
    const pli_tier_table *table =
        &rules->tables[view->listing->underlyings[line->underlying_index].class_id];
    pli_exact notional =
        pli_exact_multiply(pli_line_coins(view, line, lots), pli_line_mark(view, line));
    const pli_bracket *bracket = pli_bracket_at(table->count, table->brackets, notional);
    int64_t leverage = table->leverages[bracket - table->brackets];
    leverage = rules->leverage < leverage ? rules->leverage : leverage;
    pli_exact initial = pli_exact_divide(notional, pli_exact_of(leverage));
    pli_exact maintenance = pli_bracket_maintenance(bracket, notional);
    return (pli_line_charge){.initial = pli_line_to_valuation(view, line, initial),
                             .maintenance = pli_line_to_valuation(view, line, maintenance)};
}

static plm_status
require_tiers(const tier_rules *tables, const plm_margin_input *input, plm_workspace *workspace,
              plm_requirement *requirement, plm_reason *reason, plm_fault *fault) {
    const pli_line_rules rules = {.parameters = tables, .check = check_line, .charge = charge_line};
    return pli_line_require(&rules, input, workspace, requirement, reason, fault);
}

static plm_status
require_binance(const plm_margin_input *input, plm_workspace *workspace,
                plm_requirement *requirement, plm_reason *reason, plm_fault *fault) {
    const pli_binance_record *record = input->parameters;
    tier_rules rules = {
        .has_futures = true, .leverage = record->leverage, .class_count = PLI_BINANCE_CLASSES};
    for (uint32_t i = 0; i < PLI_BINANCE_CLASSES; i += 1) {
        pli_binance_tiers(record, i, &rules.tables[i]);
    }
    return require_tiers(&rules, input, workspace, requirement, reason, fault);
}

static plm_status
require_hyperliquid(const plm_margin_input *input, plm_workspace *workspace,
                    plm_requirement *requirement, plm_reason *reason, plm_fault *fault) {
    const pli_hyperliquid_record *record = input->parameters;
    tier_rules rules = {.leverage = record->leverage, .class_count = PLI_HYPERLIQUID_CLASSES};
    for (uint32_t i = 0; i < PLI_HYPERLIQUID_CLASSES; i += 1) {
        pli_hyperliquid_tiers(record, i, &rules.tables[i]);
    }
    return require_tiers(&rules, input, workspace, requirement, reason, fault);
}

const plm_model pli_model_binance = {
    .name = "binance",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = 0,
    .summary = "Binance linear futures, cross margin: maintenance by bracket of notional",
    .descriptor = &pli_binance_descriptor,
    .workspace_size = pli_line_workspace_size,
    .require = require_binance,
    .safe_move = NULL,
};

const plm_model pli_model_hyperliquid = {
    .name = "hyperliquid",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = 0,
    .summary = "Hyperliquid perpetuals, cross margin: half of initial by tier of notional",
    .descriptor = &pli_hyperliquid_descriptor,
    .workspace_size = pli_line_workspace_size,
    .require = require_hyperliquid,
    .safe_move = NULL,
};
