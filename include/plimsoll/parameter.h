/* parameter.h: governed parameters: records with a descriptor that states unit and bounds of every field.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_PARAMETER_H
#define PLIMSOLL_PARAMETER_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/quantity.h"
#include "plimsoll/status.h"

/*
 * A record is a struct of int64_t fields and nothing else, listed once in an X-macro that yields the struct, this
 * descriptor, the YAML reader, the JSON writer and the documentation table. A change replaces the whole record under a
 * new version; a single field is never edited in place.
 */
typedef enum plm_unit {
    PLM_UNIT_COUNT = 1,  /* a plain integer */
    PLM_UNIT_PPM = 2,    /* ratio; text "0.25", "25%" or "30bps" */
    PLM_UNIT_MICROS = 3, /* valuation currency; text "1000.50" */
    PLM_UNIT_NS = 4,     /* duration; text "90s", "15m", "8h", "2d", "250ms" */
    PLM_UNIT_E8 = 5,     /* price or quantity; text "0.0001" */
    PLM_UNIT_CHOICE = 6  /* one of the names in `choices`, numbered from 1 */
} plm_unit;

typedef struct plm_parameter_field {
    const char *path; /* name inside the record, such as "gamma_weight" */
    plm_unit unit;
    size_t offset;       /* of the int64_t inside the record */
    int64_t standard;    /* shipped default */
    int64_t low, high;   /* allowed range, both ends included */
    int64_t step_max;    /* largest change in one proposal */
    int64_t delay_hours; /* between acceptance of a change and its effect */
    const char *owner;   /* who may propose a change: "risk", "listing", "operations" */
    const char *choices; /* unit CHOICE: names separated by '|'; else "" */
    const char *text;    /* one line for the documentation table */
} plm_parameter_field;

typedef struct plm_descriptor {
    const char *id;   /* record name, such as "portfolio" */
    uint32_t version; /* of the record's layout */
    uint32_t field_count;
    const plm_parameter_field *fields;
    size_t record_size;
    /* Rules between fields (weights that must be ordered, and so on); NULL where there are none. */
    plm_status (*check_coupled)(const void *record, plm_fault *fault);
} plm_descriptor;

/*
 * PLM_PARAMETER_STRUCT_FIELD, PLM_PARAMETER_DESCRIPTOR_FIELD - the two expansions of a record's X-macro list
 * X(type, name, unit, standard, low, high, step_max, delay_hours, owner, choices, text).
 */
#define PLM_PARAMETER_STRUCT_FIELD(type, name, unit, standard, low, high, step_max, delay_hours,   \
                                   owner, choices, text)                                           \
    int64_t name;
#define PLM_PARAMETER_DESCRIPTOR_FIELD(type, name, unit, standard, low, high, step_max,            \
                                       delay_hours, owner, choices, text)                          \
    {#name,   unit, offsetof(type, name), standard, low, high, step_max, delay_hours, owner,       \
     choices, text},

/*
 * plm_record_init - set every field of `record` to its shipped default.
 */
void plm_record_init(const plm_descriptor *descriptor, void *record);

/*
 * plm_record_set - read one field from text.
 *
 * Units      As the field's unit says: a ratio is "0.25", "25%" or "2500bps"; a duration carries ns, us, ms, s, m, h or
 *            d; money and prices are decimals; a choice is one of its names.
 * Rounding   None: a text that the unit cannot hold exactly is refused.
 *
 * Returns
 *   PLM_OK                 the field is set.
 *   PLM_PARAMETER_UNKNOWN  no field has that path; *fault lists the nearest.
 *   PLM_PARAMETER_INVALID  out of bounds or not one of the choices; *fault states what was seen and what is allowed.
 *   PLM_TEXT_MALFORMED, PLM_TEXT_PRECISION, PLM_OVERFLOW  not a number of that unit.
 * On any other status than PLM_OK the record is as it was.
 */
PLM_MUST_USE plm_status plm_record_set(const plm_descriptor *descriptor, void *record,
                                       const char *path, const char *text, plm_fault *fault);

/*
 * plm_record_check - are all fields inside their bounds and the coupled rules kept?
 *
 * Returns
 *   PLM_OK                 yes.
 *   PLM_PARAMETER_INVALID  the first field or rule that fails; *fault names it with value and bounds.
 */
PLM_MUST_USE plm_status plm_record_check(const plm_descriptor *descriptor, const void *record,
                                         plm_fault *fault);

/*
 * plm_record_get - the value of a field by its position, in the unit of its descriptor.
 *
 * `field_index` is below `descriptor->field_count`.
 */
int64_t plm_record_get(const plm_descriptor *descriptor, const void *record, uint32_t field_index);

#endif
