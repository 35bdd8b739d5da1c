/* trial.c: what would become of an event, asked without booking it.                   SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "base/text.h"
#include "core/kinds.h"

// Kinds whose handlers book through the undo log alone, so that all of it can be taken back.
static bool
can_be_tried(uint16_t type) {
    switch (type) {
    case PLM_EVENT_TYPE_DEPOSIT:
    case PLM_EVENT_TYPE_WITHDRAW:
    case PLM_EVENT_TYPE_TRANSFER:
    case PLM_EVENT_TYPE_BORROW:
    case PLM_EVENT_TYPE_REPAY:
    case PLM_EVENT_TYPE_EXCHANGE:
    case PLM_EVENT_TYPE_TRADE:
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
    case PLM_EVENT_TYPE_RESERVE:
    case PLM_EVENT_TYPE_RELEASE:
        return true;
    default:
        return false;
    }
}

static plm_reject
check_sender(const plm_core *core, const plm_event_header *header, const pli_kind_rule *rule) {
    if (header->signer >= core->signer_count) {
        return PLM_REJECT_SIGNER_UNKNOWN;
    }
    uint32_t scopes = core->signers[header->signer].scopes;
    if ((scopes & rule->scope) == 0) {
        return PLM_REJECT_SCOPE;
    }
    if (header->account >= core->ledger.account_count) {
        return PLM_REJECT_ACCOUNT_UNKNOWN;
    }
    bool is_own = core->ledger.accounts[header->account].owner == header->signer;
    return is_own || (scopes & PLM_SCOPE_ADMIN) != 0 ? PLM_REJECT_NONE : PLM_REJECT_ACCOUNT_FOREIGN;
}

plm_status
plm_core_try(plm_core *core, const plm_event *event, plm_trial *trial, plm_fault *fault) {
    const plm_event_kind *kind = plm_event_kind_find(event->header.type);
    if (kind == NULL || kind->version != event->header.version ||
        !can_be_tried(event->header.type)) {
        return pli_fault_set_index(fault, PLM_EVENT_UNKNOWN, "event type", event->header.type,
                                   " cannot be tried");
    }
    const pli_kind_rule *rule = pli_kind_rule_find(event->header.type);
    plm_trial found = {.reject = check_sender(core, &event->header, rule)};
    if (found.reject == PLM_REJECT_NONE) {
        core->ledger.notes = NULL;
        found.reject = rule->handle(core, event);
        plm_core_question question = {.account = event->header.account};
        // The account is copied as it stands with the bookings, and they are taken back on the way.
        found.has_requirement =
            found.reject == PLM_REJECT_NONE &&
            plm_core_require(core, &question, &found.requirement, NULL, NULL) == PLM_OK;
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
    }
    *trial = found;
    return PLM_OK;
}
