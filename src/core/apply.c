/* apply.c: the order of the checks, and which part of the state each kind of event goes to.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/libc.h"
#include "base/text.h"
#include "core/clients.h"
#include "core/expiries.h"
#include "core/kinds.h"
#include "core/pool.h"
#include "core/prices.h"
#include "core/records.h"
#include "core/sides.h"

void
pli_state_effect(plm_core *core, plm_effect_kind kind, uint32_t account, uint32_t index, pli_i128 a,
                 pli_i128 b) {
    if (core->outcome == NULL) {
        return;
    }
    if (core->effects == NULL || core->outcome->effect_count == core->effects->capacity) {
        core->outcome->is_incomplete = true;
        return;
    }
    core->effects->entries[core->outcome->effect_count] = (plm_effect){.kind = kind,
                                                                       .account = account,
                                                                       .index = index,
                                                                       .a = pli_wide_from_i128(a),
                                                                       .b = pli_wide_from_i128(b)};
    core->outcome->effect_count += 1;
}

// Time passes, whatever becomes of the event; rules that were waiting for it take their place.
static plm_reject
pass_time(plm_core *core, int64_t time_ns) {
    int64_t before_ns = core->time_ns;
    if (time_ns < before_ns) {
        return PLM_REJECT_TIME_BACKWARDS;
    }
    if (time_ns > PLI_FEED_TIME_MAX) {
        return PLM_REJECT_VALUE;
    }
    core->time_ns = time_ns;
    pli_expiries_tick(core, before_ns);
    core->ledger.time_ns = time_ns;
    pli_records_due(core);
    pli_prices_tick(core, before_ns);
    return PLM_REJECT_NONE;
}

static bool
has_client_id(const plm_event_header *header) {
    uint8_t any = 0;
    for (size_t i = 0; i < sizeof header->client_id; i += 1) {
        any |= header->client_id[i];
    }
    return any != 0;
}

static plm_reject
check_deadline(const plm_core *core, const plm_event_header *header) {
    if (header->deadline_ns < core->time_ns) {
        return PLM_REJECT_DEADLINE_PAST;
    }
    return header->deadline_ns - core->time_ns > PLM_EVENT_DEADLINE_MAX_NS ? PLM_REJECT_DEADLINE_FAR
                                                                           : PLM_REJECT_NONE;
}

// Step 4: who has sent this before? `client` is what to remember; its id stays zero where there is nothing.
static plm_reject
check_client(plm_core *core, const plm_event *event, pli_client *client, plm_outcome *outcome) {
    const plm_event_header *header = &event->header;
    if (!has_client_id(header)) {
        if (header->signer != 0) {
            return PLM_REJECT_CLIENT_ID;
        }
        return header->deadline_ns == 0 ? PLM_REJECT_NONE : check_deadline(core, header);
    }
    *client = (pli_client){.deadline_ns = header->deadline_ns, .sequence = core->sequence};
    memcpy(client->id, header->client_id, sizeof client->id);
    pli_client_hash(event, client->hash);
    const pli_client *known = pli_clients_find(core, header->signer, client->id);
    if (known != NULL) {
        if (memcmp(known->hash, client->hash, sizeof known->hash) != 0) {
            return PLM_REJECT_CLIENT_ID_REUSED;
        }
        outcome->is_repeat = true;
        outcome->sequence = known->sequence;
        return PLM_REJECT_NONE;
    }
    plm_reject reject = check_deadline(core, header);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    return pli_clients_has_room(core, header->signer) ? PLM_REJECT_NONE
                                                      : PLM_REJECT_CLIENT_TABLE_FULL;
}

static plm_reject
check_account(const plm_core *core, const plm_event_header *header) {
    if (header->account >= core->ledger.account_count) {
        return PLM_REJECT_ACCOUNT_UNKNOWN;
    }
    bool is_admin = (core->signers[header->signer].scopes & PLM_SCOPE_ADMIN) != 0;
    return is_admin || core->ledger.accounts[header->account].owner == header->signer
               ? PLM_REJECT_NONE
               : PLM_REJECT_ACCOUNT_FOREIGN;
}

// The handler books; here it is decided whether that stands.
static plm_reject
carry_out(plm_core *core, const pli_kind_rule *rule, const plm_event *event, plm_outcome *outcome) {
    uint32_t effect_count = outcome->effect_count;
    bool is_incomplete = outcome->is_incomplete;
    PLI_ASSERT(core->undo.used == 0);
    plm_reject reject = rule->handle(core, event);
    PLI_ASSERT(!core->undo.is_exhausted);
    if (reject == PLM_REJECT_NONE) {
        pli_sides_finish(core);
        return reject;
    }
    pli_ledger_rollback(&core->ledger);
    core->ledger.note_count = 0;
    outcome->effect_count = effect_count;
    outcome->is_incomplete = is_incomplete;
    return reject;
}

static plm_reject
process(plm_core *core, const plm_event *event, plm_outcome *outcome) {
    const plm_event_header *header = &event->header;
    const pli_kind_rule *rule = pli_kind_rule_find(header->type);
    plm_reject reject = pass_time(core, header->time_ns);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (header->signer >= core->signer_count) {
        return PLM_REJECT_SIGNER_UNKNOWN;
    }
    if ((core->signers[header->signer].scopes & rule->scope) == 0) {
        return PLM_REJECT_SCOPE;
    }
    pli_client client = {.sequence = 0};
    reject = check_client(core, event, &client, outcome);
    if (reject != PLM_REJECT_NONE || outcome->is_repeat) {
        return reject;
    }
    if (rule->has_account) {
        reject = check_account(core, header);
        if (reject == PLM_REJECT_NONE) {
            reject = pli_pool_permit(core, event);
        }
        if (reject != PLM_REJECT_NONE) {
            return reject;
        }
    }
    if (core->recorded != NULL && core->recorded->reject != PLM_REJECT_NONE) {
        return core->recorded->reject; // what stands in the way above has been asked, and did not
    }
    reject = carry_out(core, rule, event, outcome);
    if (reject == PLM_REJECT_NONE) {
        pli_screen_notice(core, event);
    }
    if (reject == PLM_REJECT_NONE && client.sequence != 0) {
        pli_clients_add(core, header->signer, &client);
    }
    return reject;
}

// Is this the next event, of a kind that this build knows?
static plm_status
check_next(const plm_core *core, const plm_event *event, plm_fault *fault) {
    const plm_event_kind *kind = plm_event_kind_find(event->header.type);
    if (kind == NULL || kind->version != event->header.version) {
        return pli_fault_set_index(fault, PLM_EVENT_UNKNOWN, "event type", event->header.type,
                                   " is not known in this version");
    }
    if (event->header.sequence != 0 && event->header.sequence != core->sequence + 1) {
        return pli_fault_set_range(fault, PLM_SEQUENCE_GAP, "the sequence number of the event",
                                   (int64_t)event->header.sequence, (int64_t)core->sequence + 1,
                                   (int64_t)core->sequence + 1);
    }
    return PLM_OK;
}

static void
take(plm_core *core, const plm_event *event, const plm_effects *effects, plm_outcome *outcome) {
    core->sequence += 1;
    core->screen.is_fresh = false;
    *outcome = (plm_outcome){.sequence = core->sequence};
    core->outcome = outcome;
    core->effects = effects;
    core->ledger.notes = effects != NULL && effects->capacity > 0 ? core->notes : NULL;
    core->ledger.note_count = 0;
    outcome->reject = process(core, event, outcome);
    if (outcome->is_repeat) {
        core->repeated_count += 1;
    } else if (outcome->reject == PLM_REJECT_NONE) {
        core->accepted_count += 1;
    } else {
        core->refused_count += 1;
    }
    core->outcome = NULL;
    core->effects = NULL;
}

plm_status
plm_core_apply(plm_core *core, const plm_event *event, const plm_effects *effects,
               plm_outcome *outcome, plm_fault *fault) {
    plm_status status = check_next(core, event, fault);
    if (status == PLM_OK) {
        take(core, event, effects, outcome);
    }
    return status;
}

plm_status
plm_core_replay(plm_core *core, const plm_event *event, const plm_outcome *recorded,
                plm_fault *fault) {
    plm_status status = check_next(core, event, fault);
    if (status != PLM_OK) {
        return status;
    }
    plm_outcome outcome;
    core->recorded = recorded;
    take(core, event, NULL, &outcome);
    core->recorded = NULL;
    if (outcome.reject == recorded->reject && outcome.is_repeat == recorded->is_repeat) {
        return PLM_OK;
    }
    char text[160];
    pli_text line = pli_text_init(text, sizeof text);
    pli_text_append(&line, "event ");
    pli_text_append_u64(&line, core->sequence);
    pli_text_append(&line, " is recorded as `");
    pli_text_append(&line, plm_reject_name(recorded->reject));
    pli_text_append(&line, recorded->is_repeat ? "` of a repeat, and is `" : "`, and is `");
    pli_text_append(&line, plm_reject_name(outcome.reject));
    pli_text_append(&line, outcome.is_repeat ? "` of a repeat" : "`");
    return pli_fault_set(fault, PLM_STATE_DIVERGED, text, NULL, NULL);
}
