/* cash.c: atoms that come in, go out and change hands (docs/books.md, section 6).     SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "ledger/book.h"

static plm_reject
check_amount(const pli_ledger *ledger, uint32_t asset, plm_wide atoms) {
    if (asset >= ledger->asset_count) {
        return PLM_REJECT_ASSET_UNKNOWN;
    }
    return pli_i128_from_wide(atoms) > 0 ? PLM_REJECT_NONE : PLM_REJECT_AMOUNT;
}

// Would CUSTODY rise above zero, that is: is less held outside than is to leave?
static bool
is_beyond_custody(const pli_ledger *ledger, uint32_t asset, pli_i128 atoms) {
    return atoms > -ledger->assets[asset].named[PLI_NAMED_CUSTODY];
}

// Atoms from outside to a balance.
static plm_reject
take_in(pli_ledger *ledger, uint32_t account, pli_balance *balance, pli_i128 atoms) {
    uint32_t asset = balance->asset_index;
    if (!pli_balance_credit(ledger, account, balance, atoms) ||
        !pli_named_move(ledger, asset, PLI_NAMED_CUSTODY, -atoms)) {
        return PLM_REJECT_OVERFLOW;
    }
    pli_slots_tidy(ledger, account);
    return PLM_REJECT_NONE;
}

static plm_reject
give_out(pli_ledger *ledger, uint32_t account, pli_balance *balance, pli_i128 atoms) {
    uint32_t asset = balance->asset_index;
    if (is_beyond_custody(ledger, asset, atoms)) {
        return PLM_REJECT_CUSTODY;
    }
    if (!pli_balance_move(ledger, account, balance, -atoms) ||
        !pli_named_move(ledger, asset, PLI_NAMED_CUSTODY, atoms)) {
        return PLM_REJECT_OVERFLOW;
    }
    pli_slots_tidy(ledger, account);
    return PLM_REJECT_NONE;
}

plm_reject
pli_ledger_deposit(pli_ledger *ledger, uint32_t account, const plm_event_deposit *body) {
    plm_reject reject = check_amount(ledger, body->asset_index, body->atoms);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_balance *balance = pli_balance_take(ledger, account, body->asset_index);
    return balance != NULL ? take_in(ledger, account, balance, pli_i128_from_wide(body->atoms))
                           : PLM_REJECT_TABLE_FULL;
}

plm_reject
pli_ledger_withdraw(pli_ledger *ledger, uint32_t account, const plm_event_withdraw *body) {
    plm_reject reject = check_amount(ledger, body->asset_index, body->atoms);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_i128 atoms = pli_i128_from_wide(body->atoms);
    pli_balance *balance = pli_balance_find(ledger, account, body->asset_index);
    return balance != NULL && balance->atoms >= atoms ? give_out(ledger, account, balance, atoms)
                                                      : PLM_REJECT_BALANCE;
}

plm_reject
pli_ledger_borrow(pli_ledger *ledger, uint32_t account, const plm_event_borrow *body) {
    plm_reject reject = check_amount(ledger, body->asset_index, body->atoms);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_i128 atoms = pli_i128_from_wide(body->atoms);
    pli_balance *balance = pli_balance_take(ledger, account, body->asset_index);
    if (balance == NULL) {
        return PLM_REJECT_TABLE_FULL;
    }
    const pli_asset_book *asset = &ledger->assets[body->asset_index];
    pli_i128 held = balance->atoms > 0 ? balance->atoms : 0;
    pli_i128 borrowed = 0;
    if (atoms > held &&
        (!pli_add_i128(asset->borrowed, atoms - held, &borrowed) || borrowed > asset->borrow_cap)) {
        return PLM_REJECT_BORROW_LIMIT;
    }
    return give_out(ledger, account, balance, atoms);
}

plm_reject
pli_ledger_repay(pli_ledger *ledger, uint32_t account, const plm_event_repay *body) {
    plm_reject reject = check_amount(ledger, body->asset_index, body->atoms);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_i128 atoms = pli_i128_from_wide(body->atoms);
    pli_balance *balance = pli_balance_find(ledger, account, body->asset_index);
    return balance != NULL && atoms <= -balance->atoms ? take_in(ledger, account, balance, atoms)
                                                       : PLM_REJECT_REPAY_EXCESS;
}

// One asset from one account to another, which has a slot for it. The giver holds that much.
static plm_reject
hand_over(pli_ledger *ledger, uint32_t from, uint32_t to, uint32_t asset, pli_i128 atoms) {
    pli_balance *source = pli_balance_find(ledger, from, asset);
    pli_balance *target = pli_balance_find(ledger, to, asset);
    PLI_ASSERT(source != NULL);
    PLI_ASSERT(target != NULL);
    return pli_balance_move(ledger, from, source, -atoms) &&
                   pli_balance_credit(ledger, to, target, atoms)
               ? PLM_REJECT_NONE
               : PLM_REJECT_OVERFLOW;
}

plm_reject
pli_ledger_transfer(pli_ledger *ledger, uint32_t account, const plm_event_transfer *body) {
    plm_reject reject = check_amount(ledger, body->asset_index, body->atoms);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (body->to_account >= ledger->account_count) {
        return PLM_REJECT_ACCOUNT_UNKNOWN;
    }
    if (body->to_account == account) {
        return PLM_REJECT_SAME_ACCOUNT;
    }
    if (ledger->accounts[body->to_account].owner != ledger->accounts[account].owner) {
        return PLM_REJECT_ACCOUNT_FOREIGN;
    }
    pli_i128 atoms = pli_i128_from_wide(body->atoms);
    if (pli_atoms_held(ledger, account, body->asset_index) < atoms) {
        return PLM_REJECT_BALANCE;
    }
    if (pli_balance_take(ledger, body->to_account, body->asset_index) == NULL) {
        return PLM_REJECT_TABLE_FULL;
    }
    reject = hand_over(ledger, account, body->to_account, body->asset_index, atoms);
    pli_slots_tidy(ledger, account);
    pli_slots_tidy(ledger, body->to_account);
    return reject;
}

static plm_reject
check_exchange(const pli_ledger *ledger, uint32_t account, const plm_event_exchange *body) {
    if (body->give_asset_index >= ledger->asset_count ||
        body->take_asset_index >= ledger->asset_count) {
        return PLM_REJECT_ASSET_UNKNOWN;
    }
    pli_i128 give = pli_i128_from_wide(body->give_atoms);
    pli_i128 take = pli_i128_from_wide(body->take_atoms);
    if (give <= 0 || take <= 0) {
        return PLM_REJECT_AMOUNT;
    }
    if (body->give_asset_index == body->take_asset_index) {
        return PLM_REJECT_SAME_ASSET;
    }
    if (body->other_account >= ledger->account_count) {
        return PLM_REJECT_ACCOUNT_UNKNOWN;
    }
    if (body->other_account == account) {
        return PLM_REJECT_SAME_ACCOUNT;
    }
    bool is_held = pli_atoms_held(ledger, account, body->give_asset_index) >= give &&
                   pli_atoms_held(ledger, body->other_account, body->take_asset_index) >= take;
    return is_held ? PLM_REJECT_NONE : PLM_REJECT_BALANCE;
}

plm_reject
pli_ledger_exchange(pli_ledger *ledger, uint32_t account, const plm_event_exchange *body) {
    uint32_t give = body->give_asset_index;
    uint32_t take = body->take_asset_index;
    uint32_t other = body->other_account;
    plm_reject reject = check_exchange(ledger, account, body);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (pli_balance_take(ledger, account, take) == NULL ||
        pli_balance_take(ledger, other, give) == NULL) {
        return PLM_REJECT_TABLE_FULL;
    }
    reject = hand_over(ledger, account, other, give, pli_i128_from_wide(body->give_atoms));
    if (reject == PLM_REJECT_NONE) {
        reject = hand_over(ledger, other, account, take, pli_i128_from_wide(body->take_atoms));
    }
    pli_slots_tidy(ledger, account);
    pli_slots_tidy(ledger, other);
    return reject;
}

typedef struct fund_path {
    pli_named from, to; /* PLI_NAMED_COUNT: an account of the market */
    bool is_of_market;
} fund_path;

static fund_path
path_of(uint32_t action) {
    switch ((plm_fund_action)action) {
    case PLM_FUND_ACTION_PAY_IN:
        return (fund_path){PLI_NAMED_CUSTODY, PLI_NAMED_INSURANCE, false};
    case PLM_FUND_ACTION_COMMIT:
    case PLM_FUND_ACTION_KEEP:
        return (fund_path){PLI_NAMED_INSURANCE, PLI_NAMED_COUNT, true};
    case PLM_FUND_ACTION_FEES:
        return (fund_path){PLI_NAMED_FEES, PLI_NAMED_INSURANCE, false};
    case PLM_FUND_ACTION_PAY_OUT:
        return (fund_path){PLI_NAMED_FEES, PLI_NAMED_CUSTODY, false};
    case PLM_FUND_ACTION_FREE:
        return (fund_path){PLI_NAMED_COUNT, PLI_NAMED_INSURANCE, true};
    case PLM_FUND_ACTION_RESIDUE:
        return (fund_path){PLI_NAMED_RESIDUE, PLI_NAMED_INSURANCE, false};
    }
    return (fund_path){PLI_NAMED_COUNT, PLI_NAMED_COUNT, false};
}

// A market that has ended clears nothing more: what comes in now goes where the rest of its clearing went.
static bool
commit(pli_ledger *ledger, uint32_t instrument, pli_i128 atoms) {
    const pli_market_book *market = &ledger->markets[instrument];
    return pli_market_commit(ledger, instrument, atoms) &&
           (market->phase == PLI_PHASE_SETTLED
                ? pli_named_move(ledger, market->terms.settlement_asset_index, PLI_NAMED_RESIDUE,
                                 atoms)
                : pli_clearing_move(ledger, instrument, atoms));
}

static bool
tranche_move(pli_ledger *ledger, uint32_t instrument, pli_i128 change) {
    pli_i128 *atoms = &ledger->markets[instrument].tranche;
    PLI_SAVE(ledger, *atoms);
    return pli_add_i128(*atoms, change, atoms);
}

static bool
fund_move(pli_ledger *ledger, const plm_event_fund *body, const fund_path *path, pli_i128 atoms) {
    uint32_t asset = body->asset_index;
    bool gives = path->from != PLI_NAMED_COUNT
                     ? pli_named_move(ledger, asset, path->from, -atoms)
                     : tranche_move(ledger, body->instrument_index, -atoms);
    if (!gives || path->to != PLI_NAMED_COUNT) {
        return gives && pli_named_move(ledger, asset, path->to, atoms);
    }
    return body->action == PLM_FUND_ACTION_COMMIT
               ? commit(ledger, body->instrument_index, atoms)
               : tranche_move(ledger, body->instrument_index, atoms);
}

plm_reject
pli_ledger_fund(pli_ledger *ledger, const plm_event_fund *body) {
    plm_reject reject = check_amount(ledger, body->asset_index, body->atoms);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    uint32_t asset = body->asset_index;
    uint32_t instrument = body->instrument_index;
    pli_i128 atoms = pli_i128_from_wide(body->atoms);
    fund_path path = path_of(body->action);
    PLI_ASSERT(path.from != path.to);
    if (path.is_of_market ? instrument >= ledger->instrument_count ||
                                ledger->markets[instrument].terms.settlement_asset_index != asset
                          : instrument != PLM_NONE) {
        return PLM_REJECT_INSTRUMENT_UNKNOWN;
    }
    pli_i128 held = path.from == PLI_NAMED_COUNT ? ledger->markets[instrument].tranche
                                                 : ledger->assets[asset].named[path.from];
    if (path.from != PLI_NAMED_CUSTODY && held < atoms) {
        return PLM_REJECT_BALANCE;
    }
    if (path.to == PLI_NAMED_CUSTODY && is_beyond_custody(ledger, asset, atoms)) {
        return PLM_REJECT_CUSTODY;
    }
    return fund_move(ledger, body, &path, atoms) ? PLM_REJECT_NONE : PLM_REJECT_OVERFLOW;
}

// What the account has lost in each market and not paid, out of that market's tranche [Q7].
static bool
cover_from_tranches(pli_ledger *ledger, uint32_t account, pli_balance *balance, pli_i128 *paid) {
    pli_position *positions = pli_ledger_positions(ledger, account);
    uint32_t asset = balance->asset_index;
    *paid = 0;
    for (uint32_t i = 0; i < ledger->accounts[account].position_count; i += 1) {
        pli_position *position = &positions[i];
        uint32_t instrument = position->instrument_index;
        const pli_market_book *market = &ledger->markets[instrument];
        pli_i128 atoms =
            position->uncollected < market->tranche ? position->uncollected : market->tranche;
        if (atoms == 0 || market->terms.settlement_asset_index != asset) {
            continue;
        }
        PLI_SAVE(ledger, position->uncollected);
        position->uncollected -= atoms;
        if (!tranche_move(ledger, instrument, -atoms) ||
            !pli_market_collect(ledger, instrument, atoms)) {
            return false;
        }
        *paid += atoms; // in all no more than the loan [LEDGER-6]
        pli_ledger_note(ledger,
                        (pli_note){PLI_NOTE_TRANCHE, account, instrument, atoms, market->tranche});
    }
    return *paid == 0 || pli_balance_move(ledger, account, balance, *paid);
}

plm_reject
pli_ledger_cover(pli_ledger *ledger, uint32_t account) {
    pli_balance *balances = pli_ledger_balances(ledger, account);
    for (uint32_t i = 0; i < ledger->accounts[account].balance_count; i += 1) {
        uint32_t asset = balances[i].asset_index;
        pli_i128 of_tranches = 0;
        if (balances[i].atoms >= 0) {
            continue;
        }
        if (!cover_from_tranches(ledger, account, &balances[i], &of_tranches)) {
            return PLM_REJECT_OVERFLOW;
        }
        pli_i128 owed = -balances[i].atoms;
        pli_i128 held = ledger->assets[asset].named[PLI_NAMED_INSURANCE];
        pli_i128 paid = owed < held ? owed : held;
        if (paid > 0 && (!pli_balance_credit(ledger, account, &balances[i], paid) ||
                         !pli_named_move(ledger, asset, PLI_NAMED_INSURANCE, -paid))) {
            return PLM_REJECT_OVERFLOW;
        }
        pli_ledger_note(
            ledger, (pli_note){PLI_NOTE_COVER, account, asset, of_tranches + paid, owed - paid});
    }
    pli_slots_tidy(ledger, account);
    return PLM_REJECT_NONE;
}

plm_reject
pli_ledger_collateral(pli_ledger *ledger, uint32_t account, const pli_collateral_swap *swap) {
    pli_balance *have = pli_balance_find(ledger, account, swap->have);
    pli_balance *owed = pli_balance_find(ledger, account, swap->owed);
    PLI_ASSERT(have != NULL && owed != NULL);
    PLI_ASSERT(swap->taken > 0 && swap->taken <= have->atoms);
    PLI_ASSERT(swap->paid > 0 && swap->paid <= -owed->atoms);
    bool fits = pli_balance_move(ledger, account, have, -swap->taken) &&
                pli_named_move(ledger, swap->have, PLI_NAMED_INSURANCE, swap->taken) &&
                pli_balance_credit(ledger, account, owed, swap->paid) &&
                pli_named_move(ledger, swap->owed, PLI_NAMED_INSURANCE, -swap->paid);
    pli_ledger_note(ledger,
                    (pli_note){PLI_NOTE_COLLATERAL, account, swap->have, swap->taken, have->atoms});
    pli_ledger_note(ledger,
                    (pli_note){PLI_NOTE_COVER, account, swap->owed, swap->paid, -owed->atoms});
    return fits ? PLM_REJECT_NONE : PLM_REJECT_OVERFLOW;
}

void
pli_ledger_collateral_end(pli_ledger *ledger, uint32_t account) {
    pli_slots_tidy(ledger, account);
}
