/* feed_parameters.c: the governed record of a feed, names, and the matrix.            SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "plimsoll/feed.h"

static plm_status
check_feed(const void *record, plm_fault *fault) {
    const plm_feed_parameters *p = record;
    if (p->quorum < 2 * p->liars_max + 1) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                   "quorum (at least 2 * liars_max + 1)", p->quorum,
                                   2 * p->liars_max + 1, PLM_FEED_SOURCES_MAX);
    }
    if (p->age_strict_ns > p->age_loose_ns) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                   "age_strict_ns (not above age_loose_ns)", p->age_strict_ns, 0,
                                   p->age_loose_ns);
    }
    if (p->hold_confirm_ns > p->hold_max_ns) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                   "hold_confirm_ns (not above hold_max_ns)", p->hold_confirm_ns, 0,
                                   p->hold_max_ns);
    }
    if (p->price_low_e8 >= p->price_high_e8) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                   "price_low_e8 (below price_high_e8)", p->price_low_e8,
                                   -PLM_PRICE_E8_MAX, p->price_high_e8 - 1);
    }
    return PLM_OK;
}

static const plm_parameter_field feed_fields[] = {
    PLM_FEED_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_feed_parameters)};

const plm_descriptor plm_feed_descriptor = {
    .id = "feed",
    .version = 1,
    .field_count = sizeof feed_fields / sizeof feed_fields[0],
    .fields = feed_fields,
    .record_size = sizeof(plm_feed_parameters),
    .check_coupled = check_feed,
};

const char *
plm_report_outcome_name(plm_report_outcome outcome) {
    switch (outcome) {
#define OUTCOME_NAME(name, number, text)                                                           \
    case name:                                                                                     \
        return #name;
        PLM_REPORT_OUTCOME_LIST(OUTCOME_NAME)
#undef OUTCOME_NAME
    }
    return "unknown";
}

const char *
plm_report_outcome_text(plm_report_outcome outcome) {
    switch (outcome) {
#define OUTCOME_TEXT(name, number, text)                                                           \
    case name:                                                                                     \
        return text;
        PLM_REPORT_OUTCOME_LIST(OUTCOME_TEXT)
#undef OUTCOME_TEXT
    }
    return "unknown";
}

const char *
plm_price_state_name(plm_price_state state) {
    switch (state) {
    case PLM_PRICE_STATE_VALID:
        return "valid";
    case PLM_PRICE_STATE_HELD:
        return "held";
    case PLM_PRICE_STATE_STALE:
        return "stale";
    case PLM_PRICE_STATE_INVALID:
        return "invalid";
    }
    return "unknown";
}

// One line of the matrix in feed.h, in the order of plm_price_action.
typedef struct matrix_row {
    plm_permission trade, reduce, withdraw, liquidate, settle;
} matrix_row;

static const matrix_row strict_row = {PLM_PERMISSION_YES, PLM_PERMISSION_YES, PLM_PERMISSION_YES,
                                      PLM_PERMISSION_YES, PLM_PERMISSION_YES};
static const matrix_row loose_row = {PLM_PERMISSION_NO, PLM_PERMISSION_YES,
                                     PLM_PERMISSION_AT_BOUNDS, PLM_PERMISSION_YES,
                                     PLM_PERMISSION_YES};
static const matrix_row held_row = {PLM_PERMISSION_NO, PLM_PERMISSION_YES, PLM_PERMISSION_AT_WORSE,
                                    PLM_PERMISSION_AT_WORSE, PLM_PERMISSION_NO};
static const matrix_row other_row = {PLM_PERMISSION_NO, PLM_PERMISSION_NO, PLM_PERMISSION_AT_BOUNDS,
                                     PLM_PERMISSION_NO, PLM_PERMISSION_NO};

plm_permission
plm_price_allows(plm_price_state state, bool is_settled, bool is_strict, plm_price_action action) {
    const matrix_row *row = &other_row;
    if (state == PLM_PRICE_STATE_VALID && is_settled) {
        row = is_strict ? &strict_row : &loose_row;
    } else if (state == PLM_PRICE_STATE_HELD && is_settled) {
        row = &held_row;
    }
    switch (action) {
    case PLM_PRICE_ACTION_TRADE:
        return row->trade;
    case PLM_PRICE_ACTION_REDUCE:
        return row->reduce;
    case PLM_PRICE_ACTION_WITHDRAW:
        return row->withdraw;
    case PLM_PRICE_ACTION_LIQUIDATE:
        return row->liquidate;
    case PLM_PRICE_ACTION_SETTLE:
        return row->settle;
    }
    return PLM_PERMISSION_NO;
}
