/* takeover.c: part of what one account holds goes to another at given prices (docs/books.md, section 15).
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "ledger/book.h"

// Room for each of the other account's instruments with lots, in one pass and one save of the run.
static bool
open_positions(pli_ledger *ledger, uint32_t account, uint32_t like) {
    const pli_position *from = pli_ledger_positions(ledger, like);
    pli_position *run = pli_ledger_positions(ledger, account);
    uint32_t *count = &ledger->accounts[account].position_count;
    uint32_t from_count = ledger->accounts[like].position_count;
    uint32_t missing = 0;
    for (uint32_t i = 0; i < from_count; i += 1) {
        missing += from[i].lots != 0 &&
                   pli_position_find(ledger, account, from[i].instrument_index) == NULL;
    }
    if (missing > ledger->limits.position_count - *count) {
        return false;
    }
    if (missing == 0) {
        return true;
    }
    pli_undo_save(ledger->undo, run, (*count + missing) * sizeof *run);
    PLI_SAVE(ledger, *count);
    uint32_t left = *count;
    uint32_t at = *count + missing;
    *count = at;
    for (uint32_t i = from_count; i > 0 && at > left; i -= 1) {
        uint32_t instrument = from[i - 1].instrument_index;
        while (left > 0 && run[left - 1].instrument_index > instrument) {
            left -= 1;
            at -= 1;
            run[at] = run[left];
        }
        bool is_there = left > 0 && run[left - 1].instrument_index == instrument;
        if (from[i - 1].lots != 0 && !is_there) {
            at -= 1;
            run[at] = (pli_position){.instrument_index = instrument,
                                     .funding = ledger->markets[instrument].funding_index,
                                     .senior.cohort = PLI_COHORT_NONE,
                                     .junior.cohort = PLI_COHORT_NONE};
        }
    }
    PLI_ASSERT(at == left);
    return true;
}

// The run of balances has been saved whole.
static bool
open_balance(pli_ledger *ledger, uint32_t account, uint32_t asset) {
    pli_balance *run = pli_ledger_balances(ledger, account);
    uint32_t *count = &ledger->accounts[account].balance_count;
    if (pli_balance_find(ledger, account, asset) != NULL) {
        return true;
    }
    if (*count == ledger->limits.balance_count) {
        return false;
    }
    uint32_t at = *count;
    while (at > 0 && run[at - 1].asset_index > asset) {
        run[at] = run[at - 1];
        at -= 1;
    }
    run[at] = (pli_balance){.asset_index = asset};
    *count += 1;
    return true;
}

static void
save_balances(pli_ledger *ledger, uint32_t account) {
    pli_undo_save(ledger->undo, pli_ledger_balances(ledger, account),
                  ledger->limits.balance_count * sizeof(pli_balance));
    PLI_SAVE(ledger, ledger->accounts[account].balance_count);
}

plm_reject
pli_ledger_takeover_begin(pli_ledger *ledger, uint32_t from, uint32_t to) {
    save_balances(ledger, from);
    save_balances(ledger, to);
    bool has_room = open_positions(ledger, to, from) && open_balance(ledger, to, 0) &&
                    open_balance(ledger, from, 0);
    const pli_position *positions = pli_ledger_positions(ledger, from);
    for (uint32_t i = 0; has_room && i < ledger->accounts[from].position_count; i += 1) {
        const pli_market_book *market = &ledger->markets[positions[i].instrument_index];
        has_room = positions[i].lots == 0 ||
                   open_balance(ledger, to, market->terms.settlement_asset_index);
    }
    const pli_balance *balances = pli_ledger_balances(ledger, from);
    for (uint32_t i = 0; has_room && i < ledger->accounts[from].balance_count; i += 1) {
        has_room = balances[i].atoms == 0 || open_balance(ledger, to, balances[i].asset_index);
    }
    return has_room ? PLM_REJECT_NONE : PLM_REJECT_TABLE_FULL;
}

// One asset from one account to another; both have a slot.
static bool
hand_over(pli_ledger *ledger, uint32_t from, uint32_t to, uint32_t asset, pli_i128 atoms) {
    pli_balance *source = pli_balance_find(ledger, from, asset);
    pli_balance *target = pli_balance_find(ledger, to, asset);
    PLI_ASSERT(source != NULL);
    PLI_ASSERT(target != NULL);
    return pli_balance_move(ledger, from, source, -atoms) &&
           pli_balance_credit(ledger, to, target, atoms);
}

plm_reject
pli_ledger_takeover_swap(pli_ledger *ledger, uint32_t from, uint32_t to,
                         const pli_takeover_swap *swap) {
    PLI_ASSERT(swap->atoms > 0);
    PLI_ASSERT(swap->cash > 0);
    if (pli_atoms_held(ledger, from, swap->asset) < swap->atoms ||
        pli_atoms_held(ledger, to, 0) < swap->cash) {
        return PLM_REJECT_BALANCE;
    }
    return hand_over(ledger, from, to, swap->asset, swap->atoms) &&
                   hand_over(ledger, to, from, 0, swap->cash)
               ? PLM_REJECT_NONE
               : PLM_REJECT_OVERFLOW;
}

plm_reject
pli_ledger_takeover_pay(pli_ledger *ledger, uint32_t from, uint32_t to, pli_i128 cash) {
    PLI_ASSERT(cash > 0);
    if (from != PLM_NONE) {
        PLI_ASSERT(pli_atoms_held(ledger, from, 0) >= cash);
        return hand_over(ledger, from, to, 0, cash) ? PLM_REJECT_NONE : PLM_REJECT_OVERFLOW;
    }
    PLI_ASSERT(ledger->assets[0].named[PLI_NAMED_INSURANCE] >= cash);
    pli_balance *target = pli_balance_find(ledger, to, 0);
    PLI_ASSERT(target != NULL);
    return pli_named_move(ledger, 0, PLI_NAMED_INSURANCE, -cash) &&
                   pli_balance_credit(ledger, to, target, cash)
               ? PLM_REJECT_NONE
               : PLM_REJECT_OVERFLOW;
}

pli_i128
pli_ledger_takeover_held(const pli_ledger *ledger, uint32_t account, uint32_t asset) {
    return pli_atoms_held(ledger, account, asset);
}

void
pli_ledger_takeover_end(pli_ledger *ledger, uint32_t from, uint32_t to) {
    pli_slots_tidy(ledger, from);
    pli_slots_tidy(ledger, to);
}
