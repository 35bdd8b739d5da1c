/* rehearsal_govern.c: parameters that somebody changes, and a restart.                SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "study/rehearsal_state.h"

#define MICRO_E18 INT64_C(1000000000000)

// --- Parameters ------------------------------------------------------------------------------------------------------

static void
remember(pli_rehearsal *of, const pli_incident_event *event, bool is_accepted) {
    if (of->param_count < PLI_PARAMS_MAX) {
        of->params[of->param_count++] = (pli_settled_param){event->path, !is_accepted};
    }
}

static void
conclude(pli_rehearsal *of, const pli_incident_event *event, bool is_accepted) {
    char text[96];
    pli_rehearsal_describe(text, sizeof text, event);
    pli_rehearsal_conclude(of, event, text, is_accepted);
}

// Where the venue prices by its own formula, that is its own to change: "oracle.SYMBOL.composition".
static bool
change_formula(pli_rehearsal *of, const pli_incident_event *event) {
    bool may = of->options.is_naive || pli_rehearsal_lacks(of, PLI_CONTROL_GOV_SHADOW);
    bool is_changed = false;
    for (uint32_t i = 0; i < of->symbol_count && may; i += 1) {
        char data[96];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "oracle.");
        pli_text_append(&text, of->symbols[i].name);
        pli_text_append(&text, ".composition");
        if (pli_name_is(event->path, data)) {
            of->symbols[i].composition = event->value;
            is_changed = true;
        }
    }
    return is_changed;
}

// Does the venue that is played take this change without a look at what it says?
static bool
is_taken_unseen(const pli_rehearsal *of, const pli_incident_event *event) {
    bool is_of_prices = pli_incident_matches("oracle*", event->path);
    return of->has_books &&
           (of->options.is_naive || pli_rehearsal_lacks(of, PLI_CONTROL_GOV_BOUNDS) ||
            (is_of_prices && pli_rehearsal_lacks(of, PLI_CONTROL_GOV_SHADOW)) ||
            (pli_incident_matches("account.*", event->path) &&
             pli_rehearsal_lacks(of, PLI_CONTROL_RSK_NOEXEMPT)));
}

static void
take_unseen(pli_rehearsal *of, const pli_incident_event *event) {
    if (change_formula(of, event)) {
        remember(of, event, true);
    } else {
        pli_rehearsal_naive_set(of, event);
    }
    pli_rehearsal_beat(of);
    conclude(of, event, true);
}

// An instrument's initial fraction is that of all tiers.
static bool
is_initial_fraction(const pli_rehearsal *of, const pli_incident_event *event) {
    bool is_any = false;
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        char data[80];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, of->incident->instruments[i].name);
        pli_text_append(&text, ".im");
        is_any = is_any || pli_name_is(event->path, data);
    }
    return is_any && pli_number_is(event->value);
}

// What is already held keeps its maintenance: a higher fraction binds what is opened from now on.
static bool
change_fractions(pli_rehearsal *of, int64_t ppm) {
    int64_t kept_ppm = ppm / 10 * 6;
    const pli_setting settings[] = {
        {"tier1_initial_ppm", ppm},          {"tier2_initial_ppm", ppm},
        {"tier3_initial_ppm", ppm},          {"tier4_initial_ppm", ppm},
        {"tier1_maintenance_ppm", kept_ppm}, {"tier2_maintenance_ppm", kept_ppm},
        {"tier3_maintenance_ppm", kept_ppm}, {"tier4_maintenance_ppm", kept_ppm}};
    bool is_accepted =
        pli_rehearsal_record(of, &plm_tiered_descriptor, 0, of->versions[0] + 1, settings,
                             pli_rehearsal_lacks(of, PLI_CONTROL_RSK_DYN) ? 8 : 4);
    of->versions[0] += is_accepted ? 1 : 0;
    return is_accepted;
}

// A name that is none of the engine's records: it is asked for all the same, and refuses.
static bool
change_record(pli_rehearsal *of, const pli_incident_event *event, int64_t value) {
    plm_event *change = pli_rehearsal_event(of, PLM_EVENT_TYPE_PARAMETERS, PLM_NONE);
    pli_rehearsal_name(change->parameters_body.record, event->path);
    change->parameters_body.record_version = 2;
    change->parameters_body.layout_version = 1;
    change->parameters_body.field_count = 1;
    change->parameters_body.values[0] = value;
    return pli_rehearsal_apply(of);
}

// A guardian takes back what was never taken: what was there before is in force.
static bool
is_nothing_to_undo(const pli_rehearsal *of, const pli_incident_event *event) {
    bool is_refused = false;
    for (uint32_t i = 0; i < of->param_count; i += 1) {
        is_refused =
            pli_name_is(of->params[i].path, event->path) ? of->params[i].is_rejected : is_refused;
    }
    return is_refused && pli_name_is(event->authority, "guardian");
}

void
pli_rehearsal_change(pli_rehearsal *of, const pli_incident_event *event) {
    char text[96];
    pli_rehearsal_describe(text, sizeof text, event);
    const char *expected = event->expect[of->options.is_naive ? 0 : 1];
    if (!of->options.is_naive && pli_name_is(event->authority, "guardian") &&
        pli_rehearsal_lacks(of, PLI_CONTROL_GOV_FASTSAFE)) {
        of->is_rejected[event->kind] = true;
        pli_rehearsal_note(of, event->sequence, text, "waits a day", expected);
        return;
    }
    if (is_taken_unseen(of, event)) {
        take_unseen(of, event);
        return;
    }
    if (is_nothing_to_undo(of, event)) {
        of->accepted_counts[event->kind] += 1;
        pli_rehearsal_note(of, event->sequence, text, "accepted: in force already", expected);
        return;
    }
    int64_t value = (int64_t)(pli_number_e18(event->value) / MICRO_E18);
    bool is_accepted = is_initial_fraction(of, event) ? change_fractions(of, value)
                                                      : change_record(of, event, value);
    remember(of, event, is_accepted);
    conclude(of, event, is_accepted);
}

void
pli_rehearsal_widen(pli_rehearsal *of, uint32_t symbol) {
    if (of->is_opening || of->is_wide[symbol] ||
        !pli_rehearsal_lacks(of, PLI_CONTROL_GOV_PRICEBAND)) {
        return;
    }
    of->is_wide[symbol] = true;
    pli_rehearsal_govern_feed(of, symbol);
    pli_rehearsal_note(of, 0, of->symbols[symbol].name, "held: band widened", "");
}

// --- A restart -------------------------------------------------------------------------------------------------------

static void
collect(void *context, const uint8_t *bytes, size_t size) {
    pli_rehearsal *of = context;
    for (size_t i = 0; i < size && of->byte_count < of->byte_capacity; i += 1) {
        of->bytes[of->byte_count++] = bytes[i];
    }
}

static void
keep_bytes(pli_rehearsal *of) {
    of->byte_count = 0;
    plm_core_encode(of->core, collect, of);
}

void
pli_rehearsal_keep_state(pli_rehearsal *of) {
    if (of->byte_capacity > 0 && pli_rehearsal_lacks(of, PLI_CONTROL_OPS_MIGRATE)) {
        keep_bytes(of);
    }
}

// What stood in the state before it was lost is said and ordered anew.
static void
forget(pli_rehearsal *of) {
    of->forced_count = 0;
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        of->listed[i].mark_e8 = INT64_MIN;
    }
}

void
pli_rehearsal_restart(pli_rehearsal *of, const pli_incident_event *event) {
    bool is_blind = pli_rehearsal_lacks(of, PLI_CONTROL_OPS_MIGRATE);
    uint8_t before[32], after[32];
    plm_core_digest(of->core, before);
    if (!is_blind) {
        keep_bytes(of);
    }
    void *memory = of->memories[1]; // the core stands in the other one
    bool is_read = plm_core_init(plm_core_limits_of(of->core), memory, of->core_size, &of->spare,
                                 of->fault) == PLM_OK &&
                   plm_core_decode(of->spare, of->bytes, of->byte_count, of->fault) == PLM_OK;
    if (!is_read) {
        pli_rehearsal_note(of, event->sequence, "restart", "the state was not read back", "");
        return;
    }
    plm_core_digest(of->spare, after);
    of->is_digest_equal = true;
    for (uint32_t i = 0; i < sizeof before; i += 1) {
        of->is_digest_equal = of->is_digest_equal && before[i] == after[i];
    }
    of->core = of->spare;
    of->memories[1] = of->memories[0];
    of->memories[0] = memory;
    of->has_restarted = true;
    if (is_blind) {
        forget(of);
    }
    pli_rehearsal_note(of, event->sequence,
                       is_blind ? "restart from the opening's bytes"
                                : "restart from the state's bytes",
                       of->is_digest_equal ? "digest equal" : "digest differs", "");
}
