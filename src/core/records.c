/* records.c: the governed records of a state, where each stands, and when they change.  SPDX-License-Identifier: Apache-2.0 */
#include "core/records.h"

#include "base/assert.h"
#include "base/libc.h"
#include "base/text.h"
#include "base/tree.h"
#include "core/arrays.h"
#include "core/prices.h"

static const plm_parameter_field core_fields[] = {
    PLM_CORE_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_core_parameters)};

static plm_status
check_core(const void *record, plm_fault *fault) {
    const plm_core_parameters *core = record;
    if (core->forecast_standard_ppm < core->forecast_low_ppm ||
        core->forecast_standard_ppm > core->forecast_high_ppm) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID, "forecast_standard_ppm",
                                   core->forecast_standard_ppm, core->forecast_low_ppm,
                                   core->forecast_high_ppm);
    }
    if (core->unsettled_initial_ppm > core->unsettled_maintenance_ppm) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID, "unsettled_initial_ppm",
                                   core->unsettled_initial_ppm, 0, core->unsettled_maintenance_ppm);
    }
    return PLM_OK;
}

static const plm_parameter_field liquidation_fields[] = {
    PLM_LIQUIDATION_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_liquidation_parameters)};

static plm_status
check_liquidation(const void *record, plm_fault *fault) {
    const plm_liquidation_parameters *rules = record;
    if (rules->auction_cutoff_ppm > rules->auction_start_ppm ||
        rules->auction_cutoff_ppm < rules->auction_reserve_ppm) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID, "auction_cutoff_ppm",
                                   rules->auction_cutoff_ppm, rules->auction_reserve_ppm,
                                   rules->auction_start_ppm);
    }
    return PLM_OK;
}

const plm_descriptor plm_liquidation_descriptor = {
    .id = "liquidation",
    .version = 1,
    .field_count = sizeof liquidation_fields / sizeof liquidation_fields[0],
    .fields = liquidation_fields,
    .record_size = sizeof(plm_liquidation_parameters),
    .check_coupled = check_liquidation,
};

const plm_descriptor plm_core_descriptor = {
    .id = "core",
    .version = 1,
    .field_count = sizeof core_fields / sizeof core_fields[0],
    .fields = core_fields,
    .record_size = sizeof(plm_core_parameters),
    .check_coupled = check_core,
};

uint32_t
pli_place_living(const plm_core_limits *limits, uint32_t class_id) {
    return PLI_PLACE_SHOCKS + limits->class_count + class_id;
}

uint32_t
pli_place_feed(const plm_core_limits *limits, uint32_t underlying) {
    return pli_place_living(limits, limits->class_count) + underlying;
}

uint32_t
pli_place_model(const plm_core_limits *limits, uint32_t model_index) {
    return pli_place_feed(limits, limits->underlying_count) + model_index;
}

uint32_t
pli_record_places(const plm_core_limits *limits) {
    uint32_t models = 0;
    while (plm_model_at(models) != NULL) {
        models += 1;
    }
    return pli_place_model(limits, models);
}

const plm_descriptor *
pli_place_descriptor(const plm_core_limits *limits, uint32_t place) {
    if (place == PLI_PLACE_CORE) {
        return &plm_core_descriptor;
    }
    if (place == PLI_PLACE_LIQUIDATION) {
        return &plm_liquidation_descriptor;
    }
    if (place < PLI_PLACE_SHOCKS) {
        return &plm_set_descriptor;
    }
    if (place < pli_place_living(limits, 0)) {
        return &plm_shock_descriptor;
    }
    if (place < pli_place_feed(limits, 0)) {
        return &plm_living_descriptor;
    }
    if (place < pli_place_model(limits, 0)) {
        return &plm_feed_descriptor;
    }
    return plm_model_at(place - pli_place_model(limits, 0))->descriptor;
}

const void *
pli_record_of(const plm_core *core, uint32_t place) {
    PLI_ASSERT(place < core->record_count);
    return core->records[place].values;
}

void
pli_records_init(plm_core *core) {
    for (uint32_t place = 0; place < core->record_count; place += 1) {
        const plm_descriptor *descriptor = pli_place_descriptor(&core->limits, place);
        pli_record *record = &core->records[place];
        PLI_ASSERT(descriptor->field_count <= PLI_RECORD_VALUES);
        memset(record, 0, sizeof *record);
        plm_record_init(descriptor, record->permanent);
        memcpy(record->values, record->permanent, sizeof record->values);
        record->version = 1;
        record->accepted = 1;
    }
    core->expires_first_ns = INT64_MAX;
}

bool
pli_records_check(const plm_descriptor *descriptor, const int64_t *values) {
    if (plm_record_check(descriptor, values, NULL) != PLM_OK) {
        return false;
    }
    for (uint32_t i = descriptor->field_count; i < PLI_RECORD_VALUES; i += 1) {
        if (values[i] != 0) {
            return false;
        }
    }
    return true;
}

// What else changes when a record does: prices and arrays that the old values had decided.
static void
follow(plm_core *core, uint32_t place) {
    pli_state_effect(core, PLM_EFFECT_PARAMETERS, PLM_NONE, place, core->records[place].version, 0);
    uint32_t feed = pli_place_feed(&core->limits, 0);
    if (place >= feed && place < pli_place_model(&core->limits, 0)) {
        if (place - feed < core->ledger.underlying_count) {
            pli_prices_advance(core, place - feed);
        }
        return;
    }
    if (place == PLI_PLACE_CORE) {
        for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
            pli_arrays_follow(core, u);
        }
    }
}

// A feed decides what lies behind it by the rules that held then.
static void
before_change(plm_core *core, uint32_t place) {
    uint32_t feed = pli_place_feed(&core->limits, 0);
    if (place >= feed && place - feed < core->ledger.underlying_count) {
        pli_prices_advance(core, place - feed);
    }
}

void
pli_records_remember(plm_core *core) {
    core->expires_first_ns = INT64_MAX;
    for (uint32_t place = 0; place < core->record_count; place += 1) {
        int64_t expires_ns = core->records[place].expires_ns;
        if (expires_ns != 0 && expires_ns < core->expires_first_ns) {
            core->expires_first_ns = expires_ns;
        }
    }
}

static void
enforce(plm_core *core, const pli_pending *change) {
    pli_record *record = &core->records[change->place];
    if (change->expires_ns != 0 && change->expires_ns <= core->time_ns) {
        record->version = change->version;
        return;
    }
    before_change(core, change->place);
    record->version = change->version;
    record->expires_ns = change->expires_ns;
    memcpy(record->values, change->values, sizeof record->values);
    core->screen.is_void = true;
    if (change->expires_ns == 0) {
        memcpy(record->permanent, change->values, sizeof record->permanent);
    }
    pli_records_remember(core);
    follow(core, change->place);
}

// Temporary records whose time is over, in the order of their places.
static void
expire(plm_core *core) {
    for (uint32_t place = 0; place < core->record_count; place += 1) {
        pli_record *record = &core->records[place];
        if (record->expires_ns == 0 || record->expires_ns > core->time_ns) {
            continue;
        }
        before_change(core, place);
        record->expires_ns = 0;
        memcpy(record->values, record->permanent, sizeof record->values);
        core->screen.is_void = true;
        follow(core, place);
    }
    pli_records_remember(core);
}

void
pli_records_due(plm_core *core) {
    if (core->expires_first_ns <= core->time_ns) {
        expire(core);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < core->pending_count; i += 1) {
        if (core->pending[i].earliest_sequence <= core->sequence) {
            enforce(core, &core->pending[i]);
        } else {
            if (kept != i) {
                core->pending[kept] = core->pending[i];
            }
            kept += 1;
        }
    }
    core->pending_count = kept;
}

// The place that a name and an index mean, or PLM_NONE.
static uint32_t
find_place(const plm_core *core, const char *name, uint32_t index) {
    const plm_core_limits *limits = &core->limits;
    if (pli_text_is_equal(name, plm_core_descriptor.id)) {
        return index == 0 ? PLI_PLACE_CORE : PLM_NONE;
    }
    if (pli_text_is_equal(name, plm_liquidation_descriptor.id)) {
        return index == 0 ? PLI_PLACE_LIQUIDATION : PLM_NONE;
    }
    if (pli_text_is_equal(name, plm_set_descriptor.id)) {
        return index < PLI_HORIZONS ? PLI_PLACE_SCENARIOS + index : PLM_NONE;
    }
    if (pli_text_is_equal(name, plm_shock_descriptor.id)) {
        return index < limits->class_count ? PLI_PLACE_SHOCKS + index : PLM_NONE;
    }
    if (pli_text_is_equal(name, plm_living_descriptor.id)) {
        return index < limits->class_count ? pli_place_living(limits, index) : PLM_NONE;
    }
    if (pli_text_is_equal(name, plm_feed_descriptor.id)) {
        return index < limits->underlying_count ? pli_place_feed(limits, index) : PLM_NONE;
    }
    for (uint32_t model = 0; plm_model_at(model) != NULL; model += 1) {
        if (pli_text_is_equal(name, plm_model_at(model)->descriptor->id)) {
            return index == 0 ? pli_place_model(limits, model) : PLM_NONE;
        }
    }
    return PLM_NONE;
}

plm_reject
pli_records_change(plm_core *core, const plm_event_parameters *body) {
    uint32_t place = find_place(core, body->record, body->record_index);
    if (place == PLM_NONE) {
        return PLM_REJECT_RECORD_UNKNOWN;
    }
    const plm_descriptor *descriptor = pli_place_descriptor(&core->limits, place);
    pli_record *record = &core->records[place];
    if (body->record_version != record->accepted + 1) {
        return PLM_REJECT_VERSION;
    }
    if (body->layout_version != descriptor->version ||
        body->field_count != descriptor->field_count) {
        return PLM_REJECT_LAYOUT;
    }
    pli_pending change = {.place = place,
                          .version = body->record_version,
                          .earliest_sequence = body->earliest_sequence,
                          .expires_ns = body->expires_ns};
    memcpy(change.values, body->values, descriptor->field_count * sizeof change.values[0]);
    if (!pli_records_check(descriptor, change.values)) {
        return PLM_REJECT_PARAMETER;
    }
    if (body->expires_ns != 0 && body->expires_ns <= core->time_ns) {
        return PLM_REJECT_VALUE;
    }
    // One that waits for a later sequence must not be overtaken by its successor.
    for (uint32_t i = 0; i < core->pending_count; i += 1) {
        if (core->pending[i].place == place &&
            core->pending[i].earliest_sequence > body->earliest_sequence) {
            return PLM_REJECT_VERSION;
        }
    }
    if (body->earliest_sequence <= core->sequence) {
        record->accepted = change.version;
        enforce(core, &change);
        return PLM_REJECT_NONE;
    }
    if (core->pending_count == PLI_PENDING_MAX) {
        return PLM_REJECT_TABLE_FULL;
    }
    record->accepted = change.version;
    core->pending[core->pending_count] = change;
    core->pending_count += 1;
    return PLM_REJECT_NONE;
}

plm_status
plm_core_record(const plm_core *core, uint32_t place, plm_record_info *record) {
    if (place >= core->record_count) {
        return PLM_INDEX_UNKNOWN;
    }
    const pli_record *stored = &core->records[place];
    const plm_descriptor *descriptor = pli_place_descriptor(&core->limits, place);
    uint32_t first = place;
    while (first > 0 && pli_place_descriptor(&core->limits, first - 1) == descriptor) {
        first -= 1;
    }
    *record = (plm_record_info){.descriptor = descriptor,
                                .index = place - first,
                                .version = stored->version,
                                .accepted = stored->accepted,
                                .expires_ns = stored->expires_ns,
                                .values = stored->values};
    return PLM_OK;
}
