/* answer_parameters.c: the governed records, and every change of them.                 SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "server/server.h"

enum { CHANGES_TOLD = 200 };

static const char *
unit_name(plm_unit unit) {
    static const char *const names[] = {"",        "count", "ratio", "money",
                                        "seconds", "price", "choice"};
    return names[unit];
}

static void
write_choice(pli_json_writer *writer, const char *key, int64_t value, const char *choices) {
    char name[PLM_NAME_SIZE] = "";
    for (int64_t i = 1; i < value && *choices != '\0'; i += 1) {
        choices += strcspn(choices, "|");
        choices += *choices == '|' ? 1 : 0;
    }
    size_t size = strcspn(choices, "|");
    memcpy(name, choices, size < sizeof name ? size : sizeof name - 1);
    pli_json_text(writer, key, name);
}

// Exact decimals: a ratio as 0.25, durations in seconds, money and prices in their unit.
static void
write_value(pli_json_writer *writer, const char *key, const plm_parameter_field *field,
            int64_t value) {
    switch (field->unit) {
    case PLM_UNIT_COUNT:
        pli_json_decimal(writer, key, value, 0);
        break;
    case PLM_UNIT_PPM:
    case PLM_UNIT_MICROS:
        pli_json_decimal(writer, key, value, 6);
        break;
    case PLM_UNIT_NS:
        pli_json_decimal(writer, key, value, 9);
        break;
    case PLM_UNIT_E8:
        pli_json_decimal(writer, key, value, 8);
        break;
    case PLM_UNIT_CHOICE:
        write_choice(writer, key, value, field->choices);
        break;
    }
}

// What a record is about: a horizon, a class or an underlying; nothing where there is one of its kind.
static const char *
subject(const plm_core *core, const plm_descriptor *descriptor, uint32_t index) {
    if (descriptor == &plm_set_descriptor) {
        return index + 1 == PLM_HORIZON_MAINTENANCE ? "maintenance" : "initial";
    }
    const char *name =
        descriptor == &plm_feed_descriptor ? plm_core_underlying_name(core, index) : "";
    return name == NULL ? "" : name;
}

static void
write_fields(pli_json_writer *writer, const plm_record_info *record) {
    const plm_descriptor *descriptor = record->descriptor;
    pli_json_begin_array(writer, "fields");
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        const plm_parameter_field *field = &descriptor->fields[i];
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "path", field->path);
        pli_json_text(writer, "unit", unit_name(field->unit));
        write_value(writer, "value", field, record->values[i]);
        write_value(writer, "standard", field, field->standard);
        write_value(writer, "low", field, field->low);
        write_value(writer, "high", field, field->high);
        pli_json_integer(writer, "delay_hours", field->delay_hours);
        pli_json_text(writer, "owner", field->owner);
        pli_json_text(writer, "text", field->text);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
write_record(pli_server *server, const plm_record_info *record) {
    pli_json_writer *writer = &server->writer;
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "record", record->descriptor->id);
    pli_json_integer(writer, "index", record->index);
    pli_json_text(writer, "subject", subject(server->core, record->descriptor, record->index));
    pli_json_integer(writer, "version", record->version);
    pli_json_integer(writer, "accepted", record->accepted);
    if (record->expires_ns != 0) {
        pli_json_time(writer, "expires", record->expires_ns);
    }
    write_fields(writer, record);
    pli_json_end(writer);
}

// Of the models the one in force, and those that somebody has set; of the feeds those of listed underlyings.
static bool
is_told(const pli_server *server, const plm_record_info *record) {
    if (record->descriptor == &plm_feed_descriptor) {
        return record->index < plm_core_listing(server->core).underlying_count;
    }
    bool is_model = false;
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        is_model = is_model || plm_model_at(i)->descriptor == record->descriptor;
    }
    return !is_model || record->accepted > 1 ||
           plm_core_model(server->core)->descriptor == record->descriptor;
}

static const plm_descriptor *
descriptor_of(const plm_core *core, const plm_event_parameters *body) {
    plm_record_info record;
    for (uint32_t place = 0; plm_core_record(core, place, &record) == PLM_OK; place += 1) {
        if (strncmp(record.descriptor->id, body->record, sizeof body->record) == 0) {
            return record.descriptor;
        }
    }
    return NULL;
}

static void
write_change(pli_server *server, uint32_t index) {
    pli_json_writer *writer = &server->writer;
    const pli_amendment *change = &server->amendments.entries[index];
    const plm_event_parameters *body = &change->body;
    const plm_descriptor *descriptor = descriptor_of(server->core, body);
    if (descriptor == NULL || descriptor->version != body->layout_version) {
        return;
    }
    const int64_t *before = pli_amendments_before(&server->amendments, index);
    pli_json_begin_object(writer, NULL);
    pli_json_decimal(writer, "sequence", (pli_i128)change->sequence, 0);
    pli_json_time(writer, "time", change->time_ns);
    pli_json_integer(writer, "signer", change->signer);
    pli_json_text(writer, "record", descriptor->id);
    pli_json_integer(writer, "index", body->record_index);
    pli_json_text(writer, "subject", subject(server->core, descriptor, body->record_index));
    pli_json_integer(writer, "version", body->record_version);
    if (body->expires_ns != 0) {
        pli_json_time(writer, "expires", body->expires_ns);
    }
    pli_json_begin_array(writer, "fields");
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        const plm_parameter_field *field = &descriptor->fields[i];
        int64_t was = before == NULL ? field->standard : before[i];
        if (was == body->values[i]) {
            continue;
        }
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "path", field->path);
        pli_json_text(writer, "unit", unit_name(field->unit));
        write_value(writer, "before", field, was);
        write_value(writer, "after", field, body->values[i]);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
}

unsigned
pli_answer_parameters(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    plm_record_info record;
    pli_json_begin_object(writer, NULL);
    pli_json_time(writer, "time", plm_core_time(server->core).ns);
    pli_json_text(writer, "model", plm_core_model(server->core)->name);
    pli_json_begin_array(writer, "records");
    for (uint32_t place = 0; plm_core_record(server->core, place, &record) == PLM_OK; place += 1) {
        if (is_told(server, &record)) {
            write_record(server, &record);
        }
    }
    pli_json_end(writer);
    pli_json_bool(writer, "is_whole", server->amendments.is_whole);
    pli_json_begin_array(writer, "changes");
    uint32_t count = server->amendments.count;
    for (uint32_t i = 0; i < count && i < CHANGES_TOLD; i += 1) {
        write_change(server, count - 1 - i);
    }
    pli_json_end(writer);
    pli_json_end(writer);
    return 200;
}
