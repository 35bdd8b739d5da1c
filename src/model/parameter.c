/* parameter.c: defaults, bounds and text of parameter records.                        SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/parameter.h"

#include <stdbool.h>

#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "base/text.h"
#include "base/tree.h"
#include "num/decimal.h"

/* A suffix of a value text and the power of ten or factor it stands for. */
typedef struct unit_suffix {
    const char *suffix;
    unsigned scale; /* decimals that the number before the suffix may carry */
    int64_t factor; /* then multiplied by this */
} unit_suffix;

static const unit_suffix ratio_suffixes[] = {{"%", 4, 1}, {"bps", 2, 1}, {"ppm", 0, 1}, {"", 6, 1}};

static const unit_suffix duration_suffixes[] = {
    {"ns", 0, 1}, {"us", 3, 1},   {"ms", 6, 1},    {"s", 9, 1},
    {"m", 9, 60}, {"h", 9, 3600}, {"d", 9, 86400},
};

static int64_t *
field_at(void *record, const plm_parameter_field *field) {
    return (int64_t *)(void *)((char *)record + field->offset);
}

static int64_t
field_value(const void *record, const plm_parameter_field *field) {
    return *(const int64_t *)(const void *)((const char *)record + field->offset);
}

void
plm_record_init(const plm_descriptor *descriptor, void *record) {
    PLI_ASSERT(descriptor->record_size == descriptor->field_count * sizeof(int64_t));
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        *field_at(record, &descriptor->fields[i]) = descriptor->fields[i].standard;
    }
}

int64_t
plm_record_get(const plm_descriptor *descriptor, const void *record, uint32_t field_index) {
    PLI_ASSERT(field_index < descriptor->field_count);
    return field_value(record, &descriptor->fields[field_index]);
}

static size_t
text_size(const char *text) {
    size_t size = 0;
    while (text[size] != '\0') {
        size += 1;
    }
    return size;
}

/* The size of the number at the start of `text`, up to the first byte that cannot belong to one. */
static size_t
number_size(const char *text) {
    size_t size = 0;
    while (text[size] == '-' || text[size] == '.' || (text[size] >= '0' && text[size] <= '9')) {
        size += 1;
    }
    return size;
}

static const char *
skip_spaces(const char *text) {
    while (*text == ' ') {
        text += 1;
    }
    return text;
}

static plm_status
parse_suffixed(const char *text, const unit_suffix *suffixes, size_t suffix_count, int64_t *value) {
    size_t size = number_size(text);
    const char *suffix = skip_spaces(text + size);
    for (size_t i = 0; i < suffix_count; i += 1) {
        if (!pli_text_is_equal(suffix, suffixes[i].suffix)) {
            continue;
        }
        pli_i128 number = 0;
        plm_status status = pli_decimal_parse(text, size, suffixes[i].scale, &number);
        if (status != PLM_OK) {
            return status;
        }
        pli_i128 product = 0;
        if (!pli_mul_i128(number, suffixes[i].factor, &product) ||
            !pli_narrow_i64(product, value)) {
            return PLM_OVERFLOW;
        }
        return PLM_OK;
    }
    return PLM_TEXT_MALFORMED;
}

static plm_status
parse_choice(const char *choices, const char *text, int64_t *value) {
    size_t size = text_size(text);
    int64_t number = 1;
    const char *start = choices;
    for (const char *end = choices;; end += 1) {
        if (*end != '|' && *end != '\0') {
            continue;
        }
        if (size > 0 && (size_t)(end - start) == size && memcmp(start, text, size) == 0) {
            *value = number;
            return PLM_OK;
        }
        if (*end == '\0') {
            return PLM_PARAMETER_INVALID;
        }
        number += 1;
        start = end + 1;
    }
}

static plm_status
parse_scaled(const char *text, unsigned scale, int64_t *value) {
    pli_i128 number = 0;
    plm_status status = pli_decimal_parse(text, text_size(text), scale, &number);
    if (status != PLM_OK) {
        return status;
    }
    return pli_narrow_i64(number, value) ? PLM_OK : PLM_OVERFLOW;
}

static plm_status
parse_value(const plm_parameter_field *field, const char *text, int64_t *value) {
    switch (field->unit) {
    case PLM_UNIT_COUNT:
        return parse_scaled(text, 0, value);
    case PLM_UNIT_PPM:
        return parse_suffixed(text, ratio_suffixes,
                              sizeof ratio_suffixes / sizeof ratio_suffixes[0], value);
    case PLM_UNIT_MICROS:
        return parse_scaled(text, 6, value);
    case PLM_UNIT_NS:
        return parse_suffixed(text, duration_suffixes,
                              sizeof duration_suffixes / sizeof duration_suffixes[0], value);
    case PLM_UNIT_E8:
        return parse_scaled(text, 8, value);
    case PLM_UNIT_CHOICE:
        return parse_choice(field->choices, text, value);
    }
    PLI_ASSERT(false);
    return PLM_PARAMETER_INVALID;
}

static const char *
unit_hint(plm_unit unit) {
    switch (unit) {
    case PLM_UNIT_COUNT:
        return "a whole number";
    case PLM_UNIT_PPM:
        return "a ratio such as 0.25, 25% or 30bps, at most 6 decimals of one";
    case PLM_UNIT_MICROS:
        return "an amount with at most 6 decimals";
    case PLM_UNIT_NS:
        return "a duration such as 250ms, 90s, 15m, 8h or 2d";
    case PLM_UNIT_E8:
        return "a number with at most 8 decimals";
    case PLM_UNIT_CHOICE:
        return "one of ";
    }
    return "";
}

static plm_status
fault_text(plm_fault *fault, plm_status status, const plm_parameter_field *field,
           const char *text) {
    if (fault == NULL) {
        return status;
    }
    fault->status = status;
    pli_text out = pli_text_init(fault->text, sizeof fault->text);
    pli_text_append(&out, field->path);
    pli_text_append(&out, " is '");
    pli_text_append_bytes(&out, text, text_size(text) < 64 ? text_size(text) : 64);
    pli_text_append(&out, "'; allowed is ");
    pli_text_append(&out, unit_hint(field->unit));
    pli_text_append(&out, field->choices);
    return status;
}

/* The value of one bound in the unit's own writing, for messages. */
static void
append_value(pli_text *out, plm_unit unit, int64_t value) {
    switch (unit) {
    case PLM_UNIT_COUNT:
    case PLM_UNIT_CHOICE:
        pli_text_append_i64(out, value);
        return;
    case PLM_UNIT_PPM:
    case PLM_UNIT_MICROS:
        pli_decimal_format(out, value, 6, 0);
        return;
    case PLM_UNIT_NS:
        pli_decimal_format(out, value, 9, 0);
        pli_text_append_char(out, 's');
        return;
    case PLM_UNIT_E8:
        pli_decimal_format(out, value, 8, 0);
        return;
    }
}

static plm_status
check_field(const plm_parameter_field *field, int64_t value, plm_fault *fault) {
    if (value >= field->low && value <= field->high) {
        return PLM_OK;
    }
    if (fault != NULL) {
        fault->status = PLM_PARAMETER_INVALID;
        pli_text out = pli_text_init(fault->text, sizeof fault->text);
        pli_text_append(&out, field->path);
        pli_text_append(&out, " is ");
        append_value(&out, field->unit, value);
        pli_text_append(&out, "; allowed is ");
        append_value(&out, field->unit, field->low);
        pli_text_append(&out, " to ");
        append_value(&out, field->unit, field->high);
    }
    return PLM_PARAMETER_INVALID;
}

/* How many leading bytes two paths share: enough to point at the field that was meant. */
static size_t
shared_prefix(const char *left, const char *right) {
    size_t size = 0;
    while (left[size] != '\0' && left[size] == right[size]) {
        size += 1;
    }
    return size;
}

static plm_status
fault_unknown(const plm_descriptor *descriptor, const char *path, plm_fault *fault) {
    const plm_parameter_field *nearest = &descriptor->fields[0];
    for (uint32_t i = 1; i < descriptor->field_count; i += 1) {
        if (shared_prefix(descriptor->fields[i].path, path) > shared_prefix(nearest->path, path)) {
            nearest = &descriptor->fields[i];
        }
    }
    if (fault != NULL) {
        fault->status = PLM_PARAMETER_UNKNOWN;
        pli_text out = pli_text_init(fault->text, sizeof fault->text);
        pli_text_append(&out, "record ");
        pli_text_append(&out, descriptor->id);
        pli_text_append(&out, " has no parameter '");
        pli_text_append_bytes(&out, path, text_size(path) < 64 ? text_size(path) : 64);
        pli_text_append(&out, "'; the nearest is ");
        pli_text_append(&out, nearest->path);
    }
    return PLM_PARAMETER_UNKNOWN;
}

plm_status
plm_record_set(const plm_descriptor *descriptor, void *record, const char *path, const char *text,
               plm_fault *fault) {
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        const plm_parameter_field *field = &descriptor->fields[i];
        if (!pli_text_is_equal(field->path, path)) {
            continue;
        }
        int64_t value = 0;
        plm_status status = parse_value(field, text, &value);
        if (status != PLM_OK) {
            return fault_text(fault, status, field, text);
        }
        status = check_field(field, value, fault);
        if (status == PLM_OK) {
            *field_at(record, field) = value;
        }
        return status;
    }
    return fault_unknown(descriptor, path, fault);
}

plm_status
plm_record_check(const plm_descriptor *descriptor, const void *record, plm_fault *fault) {
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        const plm_parameter_field *field = &descriptor->fields[i];
        plm_status status = check_field(field, field_value(record, field), fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    return descriptor->check_coupled == NULL ? PLM_OK : descriptor->check_coupled(record, fault);
}
