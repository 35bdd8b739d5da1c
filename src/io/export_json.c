/* export_json.c: the first and the last line of a whole venue as lines of JSON.       SPDX-License-Identifier: Apache-2.0 */
#include "io/export_json.h"

#include <string.h>

#include "io/field.h"
#include "io/json.h"

static const char schema[] = "plimsoll-export/1";

typedef struct limit_field {
    const char *name;
    size_t offset;
} limit_field;

#define LIMIT(name)                                                                                \
    { #name, offsetof(plm_core_limits, name) }
static const limit_field fields[] = {
    LIMIT(asset_count),     LIMIT(underlying_count), LIMIT(instrument_count), LIMIT(account_count),
    LIMIT(balance_count),   LIMIT(position_count),   LIMIT(order_count),      LIMIT(signer_count),
    LIMIT(client_id_count), LIMIT(expiry_count),     LIMIT(class_count),      LIMIT(history_count),
    LIMIT(entry_count),     LIMIT(network_id),
};
#undef LIMIT
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };
static const char limit_keys[] =
    "asset_count underlying_count instrument_count account_count balance_count position_count "
    "order_count signer_count client_id_count expiry_count class_count history_count entry_count "
    "network_id";

_Static_assert(sizeof(plm_core_limits) == FIELD_COUNT * sizeof(uint32_t),
               "every field of plm_core_limits is written");

void
pli_export_begin_write(pli_json_writer *writer, const plm_core_limits *limits) {
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "schema", schema);
    pli_json_begin_object(writer, "limits");
    for (size_t i = 0; i < FIELD_COUNT; i += 1) {
        uint32_t value;
        memcpy(&value, (const char *)limits + fields[i].offset, sizeof value);
        pli_json_integer(writer, fields[i].name, value);
    }
    pli_json_end(writer);
    pli_json_end(writer);
}

void
pli_export_end_write(pli_json_writer *writer, uint64_t sequence, const uint8_t digest[32]) {
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "schema", schema);
    pli_json_decimal(writer, "sequence", sequence, 0);
    pli_json_hex(writer, "digest", digest, 32);
    pli_json_end(writer);
}

static void
read_begin(pli_reader *reader, const pli_node *root, pli_export *out) {
    if (!pli_read_keys(reader, root, "schema limits")) {
        return;
    }
    pli_read_schema(reader, root, schema);
    const pli_node *limits = pli_read_member(reader, root, "limits", true);
    if (limits == NULL || !pli_read_keys(reader, limits, limit_keys)) {
        return;
    }
    for (size_t i = 0; i < FIELD_COUNT; i += 1) {
        pli_number number = {.high = UINT32_MAX};
        uint32_t value = (uint32_t)pli_read_decimal(reader, limits, fields[i].name, number);
        memcpy((char *)&out->limits + fields[i].offset, &value, sizeof value);
    }
}

static void
read_end(pli_reader *reader, const pli_node *root, pli_export *out) {
    if (!pli_read_keys(reader, root, "schema sequence digest")) {
        return;
    }
    pli_read_schema(reader, root, schema);
    pli_number number = {.high = INT64_MAX};
    out->sequence = (uint64_t)pli_read_decimal(reader, root, "sequence", number);
    const pli_node *digest = pli_read_member(reader, root, "digest", true);
    if (digest != NULL) {
        pli_node_hex(reader, digest, "digest", out->digest, sizeof out->digest);
    }
}

typedef void (*read_line)(pli_reader *reader, const pli_node *root, pli_export *out);

static plm_status
read_at(const pli_event_lines *at, pli_bytes text, read_line read, pli_export *out,
        plm_fault *fault) {
    pli_document document = {0};
    plm_status status = pli_json_parse_at(at->name, at->line, text, &document, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_reader reader = {.name = at->name, .fault = fault, .kind = "export"};
    read(&reader, document.root, out);
    pli_document_finish(&document);
    return reader.status;
}

plm_status
pli_export_read(const char *name, pli_bytes bytes, pli_export *out, plm_fault *fault) {
    const uint8_t *first_end = bytes.size == 0 ? NULL : memchr(bytes.data, '\n', bytes.size);
    if (first_end == NULL || bytes.data[bytes.size - 1] != '\n') {
        return pli_fault_at(fault, PLM_SYNTAX, name, 1,
                            "no whole export: it does not end with a whole line; ",
                            "`plimsoll export DIR --whole` writes one");
    }
    size_t first_size = (size_t)(first_end - bytes.data);
    size_t last = bytes.size - 1;
    uint32_t line = 1;
    while (last > first_size + 1 && bytes.data[last - 1] != '\n') {
        last -= 1;
    }
    for (size_t i = 0; i < last; i += 1) {
        line += bytes.data[i] == '\n';
    }
    pli_export result = {.lines = {.name = name, .line = 1}};
    pli_bytes text = {.data = bytes.data, .size = first_size};
    plm_status status = read_at(&result.lines, text, read_begin, &result, fault);
    if (status == PLM_OK) {
        pli_event_lines end = {.name = name, .line = line};
        text = (pli_bytes){.data = bytes.data + last, .size = bytes.size - 1 - last};
        status = read_at(&end, text, read_end, &result, fault);
    }
    if (status == PLM_OK) {
        result.lines.bytes = (pli_bytes){.data = bytes.data, .size = last};
        result.lines.at = first_size + 1;
        *out = result;
    }
    return status;
}
