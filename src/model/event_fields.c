/* event_fields.c: the table of every kind of event and its fields, from the lists of event.h. SPDX-License-Identifier: Apache-2.0 */
#include "model/event_fields.h"

#include "base/libc.h"
#include "base/tree.h"
#include "plimsoll/instrument.h"
#include "plimsoll/market.h"
#include "plimsoll/portfolio.h"
#include "plimsoll/surface.h"

#define SIZE_U32 4
#define SIZE_U64 8
#define SIZE_I64 8
#define SIZE_WIDE 16
#define SIZE_BITS 8
#define SIZE_NAME PLM_NAME_SIZE
#define SIZE_BYTES 1

/*
 * The structs have no holes: each field stands where the wire has it and the body ends with the last one. So the offsets
 * in the lists, which are permanent, follow one another without a gap.
 */
#define PLACE_CHECK(type, offset, wire, name, count, form, text)                                   \
    _Static_assert(offsetof(type, name) == (offset), #type "." #name);
#define SIZE_SUM(type, offset, wire, name, count, form, text) +SIZE_##wire *(count)
#define BODY_SIZE(NAME) (0 PLM_EVENT_##NAME(SIZE_SUM, unused))
#define BODY_CHECK(NAME, number, name, version)                                                    \
    PLM_EVENT_##NAME(PLACE_CHECK, plm_event_##name) _Static_assert(                                \
        sizeof(plm_event_##name) == BODY_SIZE(NAME), #name);                                       \
    _Static_assert(BODY_SIZE(NAME) % 8 == 0 && BODY_SIZE(NAME) <= PLM_EVENT_BODY_MAX, #name);      \
    _Static_assert((number) < PLI_EVENT_TYPES && (version) >= 1, #name);
PLM_EVENT_BODY_LIST(BODY_CHECK)
#undef BODY_CHECK
#undef PLACE_CHECK

// The words of the lists' column `form`: form, low, high, offset of the count, choices.
#define FORM_ANY PLM_EVENT_FORM_ANY, 0, UINT32_MAX, 0, ""
#define FORM_ZERO PLM_EVENT_FORM_ZERO, 0, 0, 0, ""
#define FORM_OPTIONAL PLM_EVENT_FORM_OPTIONAL, 0, UINT32_MAX, 0, ""
#define FORM_FLAG PLM_EVENT_FORM_FLAG, 0, 1, 0, ""
#define CHOICE(first, last, names) PLM_EVENT_FORM_CHOICE, (first), (last), 0, (names)
#define FORM_TREATMENT CHOICE(PLM_TREATMENT_HAIRCUT, PLM_TREATMENT_SCENARIO, "haircut|scenario")
#define FORM_DOMAIN CHOICE(PLM_PRICE_DOMAIN_POSITIVE, PLM_PRICE_DOMAIN_ANY, "positive|any")
#define FORM_KIND CHOICE(PLM_KIND_SPOT, PLM_KIND_OPTION, "spot|perpetual|future|option")
#define FORM_SETTLEMENT CHOICE(PLM_SETTLEMENT_LINEAR, PLM_SETTLEMENT_INVERSE, "linear|inverse")
#define FORM_RIGHT CHOICE(PLM_RIGHT_NONE, PLM_RIGHT_PUT, "none|call|put")
#define FORM_PREMIUM CHOICE(PLM_PREMIUM_NONE, PLM_PREMIUM_FUTURES_STYLE, "none|paid|futures_style")
#define FORM_ACCOUNT_KIND CHOICE(PLM_ACCOUNT_CROSS, PLM_ACCOUNT_POOL, "cross|sub|isolated|pool")
#define FORM_ACTION                                                                                \
    CHOICE(PLM_FUND_ACTION_PAY_IN, PLM_FUND_ACTION_RESIDUE,                                        \
           "pay_in|commit|fees|pay_out|keep|free|residue")
#define FORM_SIDE CHOICE(PLM_SIDE_BUY, PLM_SIDE_SELL, "buy|sell")
#define FORM_PRICE_STATE                                                                           \
    CHOICE(PLM_PRICE_STATE_VALID, PLM_PRICE_STATE_INVALID, "valid|held|stale|invalid")
#define FORM_SLICE_KIND CHOICE(PLM_SLICE_SVI, PLM_SLICE_GRID, "svi|grid")
#define FORM_HORIZON CHOICE(PLM_HORIZON_MAINTENANCE, PLM_HORIZON_INITIAL, "maintenance|initial")
#define SCOPES_ALL (PLM_SCOPE_TRADE | PLM_SCOPE_WITHDRAW | PLM_SCOPE_ORACLE | PLM_SCOPE_ADMIN)
#define FORM_SCOPES PLM_EVENT_FORM_SET, 0, SCOPES_ALL, 0, "trade|withdraw|oracle|admin"
#define FORM_TIERS PLM_EVENT_FORM_COUNT, 1, PLM_HAIRCUT_TIERS_MAX, 0, ""
#define FORM_NODES PLM_EVENT_FORM_COUNT, 0, PLM_SLICE_NODES_MAX, 0, ""
#define FORM_FIELDS PLM_EVENT_FORM_COUNT, 0, PLM_RECORD_FIELDS_MAX, 0, ""
#define COUNTED(type, by) PLM_EVENT_FORM_COUNTED, 0, UINT32_MAX, offsetof(type, by), ""
#define FORM_OF_TIERS COUNTED(plm_event_asset, tier_count)
#define FORM_OF_NODES COUNTED(plm_event_surface_slice, node_count)
#define FORM_OF_FIELDS COUNTED(plm_event_parameters, field_count)

#define BODY_PLACE offsetof(plm_event, time_body)

// Gives the bounds and the choices, which stand together in a form, to the fields of the struct that they belong to.
#define FIELD_OF(at, bytes, wires, names, values, where, words, form, low, high, by, choices)      \
    { names, wires, form, at, bytes, values, low, high, by, where, choices, words }
#define FIELD_FROM(...) FIELD_OF(__VA_ARGS__)
#define FIELD(type, offset, wire, name, count, form, text)                                         \
    FIELD_FROM(offset, SIZE_##wire *(count), PLM_WIRE_##wire, #name, count,                        \
               BODY_PLACE + offsetof(type, name), text, FORM_##form),

// One table per kind; the last entry only keeps the table of a kind without fields from being empty.
#define LAST_FIELD                                                                                 \
    { .name = NULL }
#define FIELDS(NAME, number, name, version)                                                        \
    static const plm_event_field name##_fields[] = {PLM_EVENT_##NAME(FIELD, plm_event_##name)      \
                                                        LAST_FIELD};
PLM_EVENT_LIST(FIELDS)
#undef FIELDS

#define KIND(NAME, number, name, version)                                                          \
    {(plm_event_type)(number),                                                                     \
     (version),                                                                                    \
     #name,                                                                                        \
     BODY_SIZE(NAME),                                                                              \
     sizeof name##_fields / sizeof name##_fields[0] - 1,                                           \
     name##_fields},
static const plm_event_kind kinds[] = {PLM_EVENT_LIST(KIND)};
#undef KIND

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

// Places in `kinds`, from 1, by type.
enum {
#define KIND_PLACE(NAME, number, name, version) PLACE_##NAME,
    PLM_EVENT_LIST(KIND_PLACE)
#undef KIND_PLACE
};
static const uint8_t places[PLI_EVENT_TYPES] = {
#define KIND_OF_TYPE(NAME, number, name, version) [number] = PLACE_##NAME + 1,
    PLM_EVENT_LIST(KIND_OF_TYPE)
#undef KIND_OF_TYPE
};

const plm_event_kind *
plm_event_kind_find(uint16_t type) {
    if (type >= PLI_EVENT_TYPES || places[type] == 0) {
        return NULL;
    }
    return &kinds[places[type] - 1];
}

const plm_event_kind *
plm_event_kind_named(const char *name) {
    for (uint32_t i = 0; i < KIND_COUNT; i += 1) {
        if (pli_text_is_equal(kinds[i].name, name)) {
            return &kinds[i];
        }
    }
    return NULL;
}

const plm_event_kind *
plm_event_kind_at(uint32_t index) {
    return index < KIND_COUNT ? &kinds[index] : NULL;
}

uint32_t
pli_event_value_count(const plm_event *event, const plm_event_field *field) {
    if (field->form != PLM_EVENT_FORM_COUNTED) {
        return field->count;
    }
    uint32_t count;
    memcpy(&count, (const uint8_t *)event + BODY_PLACE + field->counted_by, sizeof count);
    return count;
}
