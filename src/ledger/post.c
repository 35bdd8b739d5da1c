/* post.c: slots, balances and named accounts.                                         SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "ledger/book.h"
#include "ledger/interest.h"

// The place of `key` in a run sorted by the first field, or where it would stand.
static uint32_t
place_of_balance(const pli_balance *run, uint32_t count, uint32_t asset) {
    uint32_t low = 0;
    while (count > low) {
        uint32_t middle = low + (count - low) / 2;
        if (run[middle].asset_index < asset) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return low;
}

static uint32_t
place_of_position(const pli_position *run, uint32_t count, uint32_t instrument) {
    uint32_t low = 0;
    while (count > low) {
        uint32_t middle = low + (count - low) / 2;
        if (run[middle].instrument_index < instrument) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return low;
}

pli_balance *
pli_balance_find(const pli_ledger *ledger, uint32_t account, uint32_t asset) {
    pli_balance *run = pli_ledger_balances(ledger, account);
    uint32_t count = ledger->accounts[account].balance_count;
    uint32_t at = place_of_balance(run, count, asset);
    return at < count && run[at].asset_index == asset ? &run[at] : NULL;
}

pli_position *
pli_position_find(const pli_ledger *ledger, uint32_t account, uint32_t instrument) {
    pli_position *run = pli_ledger_positions(ledger, account);
    uint32_t count = ledger->accounts[account].position_count;
    uint32_t at = place_of_position(run, count, instrument);
    return at < count && run[at].instrument_index == instrument ? &run[at] : NULL;
}

pli_balance *
pli_balance_take(pli_ledger *ledger, uint32_t account, uint32_t asset) {
    pli_balance *run = pli_ledger_balances(ledger, account);
    uint32_t *count = &ledger->accounts[account].balance_count;
    uint32_t at = place_of_balance(run, *count, asset);
    if (at < *count && run[at].asset_index == asset) {
        return &run[at];
    }
    if (*count == ledger->limits.balance_count) {
        return NULL;
    }
    pli_undo_save(ledger->undo, &run[at], (*count - at + 1) * sizeof *run);
    PLI_SAVE(ledger, *count);
    memmove(&run[at + 1], &run[at], (*count - at) * sizeof *run);
    run[at] = (pli_balance){.asset_index = asset};
    *count += 1;
    return &run[at];
}

pli_position *
pli_position_take(pli_ledger *ledger, uint32_t account, uint32_t instrument) {
    pli_position *run = pli_ledger_positions(ledger, account);
    uint32_t *count = &ledger->accounts[account].position_count;
    uint32_t at = place_of_position(run, *count, instrument);
    if (at < *count && run[at].instrument_index == instrument) {
        return &run[at];
    }
    if (*count == ledger->limits.position_count) {
        return NULL;
    }
    pli_undo_save(ledger->undo, &run[at], (*count - at + 1) * sizeof *run);
    PLI_SAVE(ledger, *count);
    memmove(&run[at + 1], &run[at], (*count - at) * sizeof *run);
    run[at] = (pli_position){.instrument_index = instrument,
                             .funding = ledger->markets[instrument].funding_index,
                             .senior.cohort = PLI_COHORT_NONE,
                             .junior.cohort = PLI_COHORT_NONE};
    *count += 1;
    return &run[at];
}

bool
pli_side_take(pli_ledger *ledger, uint32_t account, uint32_t instrument, pli_side *side) {
    uint32_t asset = ledger->markets[instrument].terms.settlement_asset_index;
    side->account = account;
    side->position = pli_position_take(ledger, account, instrument);
    side->balance = side->position != NULL ? pli_balance_take(ledger, account, asset) : NULL;
    return side->balance != NULL;
}

static bool
is_empty_position(const pli_position *position) {
    return position->lots == 0 && position->cost == 0 && position->uncollected == 0 &&
           position->senior.cohort == PLI_COHORT_NONE;
}

static bool
is_empty_balance(const pli_ledger *ledger, uint32_t account, const pli_balance *balance) {
    if (balance->atoms != 0) {
        return false;
    }
    const pli_position *positions = pli_ledger_positions(ledger, account);
    for (uint32_t i = 0; i < ledger->accounts[account].position_count; i += 1) {
        const pli_market_book *market = &ledger->markets[positions[i].instrument_index];
        if (market->terms.settlement_asset_index == balance->asset_index) {
            return false;
        }
    }
    return true;
}

static void
drop_position(pli_ledger *ledger, uint32_t account, const pli_position *position) {
    pli_position *run = pli_ledger_positions(ledger, account);
    uint32_t *count = &ledger->accounts[account].position_count;
    size_t at = (size_t)(position - run);
    pli_undo_save(ledger->undo, &run[at], (*count - at) * sizeof *run);
    PLI_SAVE(ledger, *count);
    *count -= 1;
    memmove(&run[at], &run[at + 1], (*count - at) * sizeof *run);
}

static void
drop_balance(pli_ledger *ledger, uint32_t account, const pli_balance *balance) {
    pli_balance *run = pli_ledger_balances(ledger, account);
    uint32_t *count = &ledger->accounts[account].balance_count;
    size_t at = (size_t)(balance - run);
    pli_undo_save(ledger->undo, &run[at], (*count - at) * sizeof *run);
    PLI_SAVE(ledger, *count);
    *count -= 1;
    memmove(&run[at], &run[at + 1], (*count - at) * sizeof *run);
}

void
pli_side_tidy(pli_ledger *ledger, const pli_side *side) {
    if (is_empty_position(side->position)) {
        drop_position(ledger, side->account, side->position);
    }
    if (is_empty_balance(ledger, side->account, side->balance)) {
        drop_balance(ledger, side->account, side->balance);
    }
}

// In one pass each, so that an account that loses all its slots saves every run once.
void
pli_slots_tidy(pli_ledger *ledger, uint32_t account) {
    pli_account *entry = &ledger->accounts[account];
    pli_position *positions = pli_ledger_positions(ledger, account);
    uint32_t kept = 0;
    while (kept < entry->position_count && !is_empty_position(&positions[kept])) {
        kept += 1;
    }
    if (kept < entry->position_count) {
        pli_undo_save(ledger->undo, &positions[kept],
                      (entry->position_count - kept) * sizeof *positions);
        PLI_SAVE(ledger, entry->position_count);
        for (uint32_t i = kept + 1; i < entry->position_count; i += 1) {
            if (!is_empty_position(&positions[i])) {
                positions[kept] = positions[i];
                kept += 1;
            }
        }
        entry->position_count = kept;
    }
    pli_balance *balances = pli_ledger_balances(ledger, account);
    kept = 0;
    while (kept < entry->balance_count && !is_empty_balance(ledger, account, &balances[kept])) {
        kept += 1;
    }
    if (kept < entry->balance_count) {
        pli_undo_save(ledger->undo, &balances[kept],
                      (entry->balance_count - kept) * sizeof *balances);
        PLI_SAVE(ledger, entry->balance_count);
        for (uint32_t i = kept + 1; i < entry->balance_count; i += 1) {
            if (!is_empty_balance(ledger, account, &balances[i])) {
                balances[kept] = balances[i];
                kept += 1;
            }
        }
        entry->balance_count = kept;
    }
}

pli_i128
pli_atoms_held(const pli_ledger *ledger, uint32_t account, uint32_t asset) {
    const pli_balance *balance = pli_balance_find(ledger, account, asset);
    return balance != NULL ? balance->atoms : 0;
}

// The part of `atoms` that counts as lent (above zero) or as borrowed (below, negated).
static pli_i128
above_zero(pli_i128 atoms) {
    return atoms > 0 ? atoms : 0;
}

bool
pli_balance_move(pli_ledger *ledger, uint32_t account, pli_balance *balance, pli_i128 change) {
    pli_asset_book *asset = &ledger->assets[balance->asset_index];
    // Who holds nothing yet was not touched: what others have earned until now is theirs.
    pli_interest_accrue(ledger, balance->asset_index);
    pli_i128 before = balance->atoms;
    pli_i128 now = 0;
    pli_i128 lent = 0;
    pli_i128 borrowed = 0;
    if (!pli_add_i128(before, change, &now) || now == PLI_I128_MIN ||
        !pli_add_i128(asset->lent - above_zero(before), above_zero(now), &lent) ||
        !pli_add_i128(asset->borrowed - above_zero(-before), above_zero(-now), &borrowed)) {
        return false;
    }
    PLI_SAVE(ledger, *balance);
    PLI_SAVE(ledger, asset->lent);
    PLI_SAVE(ledger, asset->borrowed);
    asset->lent = lent;
    asset->borrowed = borrowed;
    balance->atoms = now;
    balance->index = now == 0 ? 0 : now < 0 ? asset->borrow_index : asset->lend_index;
    pli_ledger_note(ledger,
                    (pli_note){PLI_NOTE_BALANCE, account, balance->asset_index, now, change});
    return true;
}

// Credits pay uncollected losses in rising order of instrument (section 5).
static bool
pay_uncollected(pli_ledger *ledger, uint32_t account, uint32_t asset, pli_i128 atoms) {
    pli_position *positions = pli_ledger_positions(ledger, account);
    for (uint32_t i = 0; i < ledger->accounts[account].position_count && atoms > 0; i += 1) {
        pli_position *position = &positions[i];
        uint32_t instrument = position->instrument_index;
        if (position->uncollected == 0 ||
            ledger->markets[instrument].terms.settlement_asset_index != asset) {
            continue;
        }
        pli_i128 paid = position->uncollected < atoms ? position->uncollected : atoms;
        PLI_SAVE(ledger, position->uncollected);
        position->uncollected -= paid;
        atoms -= paid;
        if (!pli_market_collect(ledger, instrument, paid)) {
            return false;
        }
    }
    return true;
}

bool
pli_balance_credit(pli_ledger *ledger, uint32_t account, pli_balance *balance, pli_i128 atoms) {
    PLI_ASSERT(atoms >= 0);
    // Uncollected losses are part of a loan [LEDGER-6]: without one there are none.
    bool has_loan = balance->atoms < 0;
    uint32_t asset = balance->asset_index;
    return pli_balance_move(ledger, account, balance, atoms) &&
           (!has_loan || pay_uncollected(ledger, account, asset, atoms));
}

bool
pli_named_move(pli_ledger *ledger, uint32_t asset, pli_named named, pli_i128 change) {
    pli_i128 *atoms = &ledger->assets[asset].named[named];
    PLI_SAVE(ledger, *atoms);
    return pli_add_i128(*atoms, change, atoms) && *atoms >= -PLI_I128_MAX;
}

bool
pli_clearing_move(pli_ledger *ledger, uint32_t instrument, pli_i128 change) {
    pli_i128 *atoms = &ledger->markets[instrument].clearing;
    PLI_SAVE(ledger, *atoms);
    return pli_add_i128(*atoms, change, atoms) && *atoms >= -PLI_I128_MAX;
}
