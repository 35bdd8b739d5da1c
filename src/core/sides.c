/* sides.c: the accounts that an event concerns, as they were before it, and what it did to them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/sides.h"

#include "base/libc.h"
#include "base/prefetch.h"

pli_holding
pli_sides_holding(const plm_core *core, uint32_t account) {
    const pli_account *of = &core->ledger.accounts[account];
    return (pli_holding){.account = account,
                         .balance_count = of->balance_count,
                         .position_count = of->position_count,
                         .order_count = of->order_count,
                         .balances = pli_ledger_balances(&core->ledger, account),
                         .positions = pli_ledger_positions(&core->ledger, account),
                         .orders = pli_ledger_orders(&core->ledger, account)};
}

// As many slots as an account often has: fetching more delays what is in hand.
enum { EXPECTED_POSITIONS = 8 };

void
plm_core_expect(const plm_core *core, uint32_t account) {
    if (account >= core->ledger.account_count) {
        return;
    }
    uint32_t most = core->ledger.limits.position_count;
    uint32_t count = most < EXPECTED_POSITIONS ? most : EXPECTED_POSITIONS;
    pli_prefetch(&core->ledger.accounts[account], sizeof(pli_account));
    pli_prefetch(pli_ledger_balances(&core->ledger, account), sizeof(pli_balance));
    pli_prefetch(pli_ledger_positions(&core->ledger, account), count * sizeof(pli_position));
}

plm_reject
pli_sides_take(plm_core *core, uint32_t which, uint32_t account) {
    plm_reject reject = pli_ledger_touch(&core->ledger, account);
    if (reject != PLM_REJECT_NONE || core->recorded != NULL) {
        return reject; // on record is also that nobody will ask what it was before
    }
    pli_holding now = pli_sides_holding(core, account);
    pli_holding *copy = &core->sides[which];
    copy->account = account;
    copy->balance_count = now.balance_count;
    copy->position_count = now.position_count;
    copy->order_count = now.order_count;
    memcpy(copy->balances, now.balances, now.balance_count * sizeof now.balances[0]);
    memcpy(copy->positions, now.positions, now.position_count * sizeof now.positions[0]);
    memcpy(copy->orders, now.orders, now.order_count * sizeof now.orders[0]);
    return PLM_REJECT_NONE;
}

void
pli_sides_finish(plm_core *core) {
    pli_ledger_assign(&core->ledger);
    pli_undo_commit(&core->undo);
    uint32_t kept = core->ledger.note_count < core->ledger.note_capacity
                        ? core->ledger.note_count
                        : core->ledger.note_capacity;
    for (uint32_t i = 0; core->ledger.notes != NULL && i < kept; i += 1) {
        const pli_note *note = &core->ledger.notes[i];
        // Kinds of notes and of effects have the same numbers; init.c asserts it.
        pli_state_effect(core, (plm_effect_kind)note->kind, note->account, note->index, note->a,
                         note->b);
    }
    if (core->ledger.note_count > kept && core->outcome != NULL) {
        core->outcome->is_incomplete = true;
    }
    core->ledger.note_count = 0;
}

int64_t
pli_sides_lots(const pli_holding *holding, uint32_t instrument) {
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        if (holding->positions[i].instrument_index == instrument) {
            return holding->positions[i].lots;
        }
    }
    return 0;
}
