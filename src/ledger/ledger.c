/* ledger.c: the tables of the books in the caller's memory.                           SPDX-License-Identifier: Apache-2.0 */
#include "ledger/ledger.h"

#include "base/checked.h"
#include "base/libc.h"
#include "ledger/book.h"

#define TAKE(table, count, type)                                                                   \
    ((table) = PLI_ARENA_TAKE(arena, (count), type),                                               \
     (table) != NULL ? (void)memset((table), 0, (size_t)(count) * sizeof(type)) : (void)0)

bool
pli_ledger_carve(pli_ledger *ledger, const pli_ledger_limits *limits, pli_arena *arena) {
    *ledger = (pli_ledger){.limits = *limits, .paused = PLM_NONE, .pool_account = PLM_NONE};
    size_t accounts = limits->account_count;
    TAKE(ledger->assets, limits->asset_count, pli_asset_book);
    TAKE(ledger->markets, limits->instrument_count, pli_market_book);
    TAKE(ledger->listing_assets, limits->asset_count, plm_asset);
    TAKE(ledger->underlyings, limits->underlying_count, plm_underlying);
    ledger->underlying_names =
        pli_arena_take(arena, limits->underlying_count, PLM_NAME_SIZE, _Alignof(char));
    if (ledger->underlying_names != NULL) {
        memset(ledger->underlying_names, 0, (size_t)limits->underlying_count * PLM_NAME_SIZE);
    }
    TAKE(ledger->listing_instruments, limits->instrument_count, plm_instrument);
    TAKE(ledger->accounts, accounts, pli_account);
    TAKE(ledger->balances, accounts * limits->balance_count, pli_balance);
    TAKE(ledger->positions, accounts * limits->position_count, pli_position);
    TAKE(ledger->orders, accounts * limits->order_count, pli_order);
    TAKE(ledger->open, limits->underlying_count, pli_open);
    TAKE(ledger->due, limits->instrument_count, uint32_t);
    TAKE(ledger->is_due, limits->instrument_count, bool);
    return pli_arena_is_ok(arena);
}

size_t
pli_ledger_undo_size(const pli_ledger_limits *limits) {
    // Per slot of an account: the slot itself a few times, its run when slots come or go, and the books it moves.
    size_t balance = 8 * sizeof(pli_balance) + 2 * sizeof(pli_asset_book);
    size_t position =
        6 * sizeof(pli_position) + 2 * sizeof(pli_market_book) + 8 * sizeof(pli_open) + balance;
    size_t order = 4 * sizeof(pli_order);
    // Two accounts, of which one may take over the other; every save has a trailer, and no part is shorter than that.
    return 8 * (balance * limits->balance_count + position * limits->position_count +
                order * limits->order_count) +
           65536;
}

bool
pli_is_open_size(const pli_ledger *ledger, uint32_t instrument) {
    const plm_instrument *terms = &ledger->markets[instrument].terms;
    return terms->settlement == PLM_SETTLEMENT_LINEAR &&
           ledger->assets[terms->settlement_asset_index].terms.underlying_index == PLM_NONE;
}

static void
add_open(const pli_ledger *ledger, uint32_t instrument, int64_t lots, pli_open *open) {
    // Lots of 63 bits and a lot of 37: 128 hold the sum over any listing.
    if (pli_is_open_size(ledger, instrument)) {
        open->size += (pli_i128)lots * ledger->markets[instrument].terms.lot_e8;
    } else {
        open->other_lots += lots;
    }
}

bool
pli_open_interest_move(pli_ledger *ledger, uint32_t instrument, int64_t rise) {
    pli_market_book *market = &ledger->markets[instrument];
    PLI_SAVE(ledger, market->open_interest);
    PLI_SAVE(ledger, ledger->open[market->terms.underlying_index]);
    if (!pli_add_i64(market->open_interest, rise, &market->open_interest)) {
        return false;
    }
    add_open(ledger, instrument, rise, &ledger->open[market->terms.underlying_index]);
    return true;
}

pli_open
pli_ledger_open(const pli_ledger *ledger, uint32_t underlying) {
    pli_open open = {0, 0};
    for (uint32_t i = 0; i < ledger->instrument_count; i += 1) {
        if (ledger->markets[i].terms.underlying_index == underlying) {
            add_open(ledger, i, ledger->markets[i].open_interest, &open);
        }
    }
    return open;
}

void
pli_ledger_restore(pli_ledger *ledger) {
    ledger->settling_count = 0;
    for (uint32_t i = 0; i < ledger->asset_count; i += 1) {
        ledger->listing_assets[i] = ledger->assets[i].terms;
    }
    for (uint32_t i = 0; i < ledger->instrument_count; i += 1) {
        ledger->listing_instruments[i] = ledger->markets[i].terms;
        ledger->settling_count += ledger->markets[i].phase == PLI_PHASE_SETTLING;
    }
    for (uint32_t u = 0; u < ledger->underlying_count; u += 1) {
        ledger->open[u] = pli_ledger_open(ledger, u);
    }
}

static void
forget_due(pli_ledger *ledger) {
    for (uint32_t i = 0; i < ledger->due_count; i += 1) {
        ledger->is_due[ledger->due[i]] = false;
    }
    ledger->due_count = 0;
}

void
pli_ledger_rollback(pli_ledger *ledger) {
    forget_due(ledger);
    pli_undo_rollback(ledger->undo);
}

plm_listing
pli_ledger_listing(const pli_ledger *ledger) {
    return (plm_listing){ledger->asset_count,      ledger->underlying_count,
                         ledger->instrument_count, ledger->listing_assets,
                         ledger->underlyings,      ledger->listing_instruments};
}

void
pli_ledger_note(pli_ledger *ledger, pli_note note) {
    if (ledger->notes != NULL && ledger->note_count < ledger->note_capacity) {
        ledger->notes[ledger->note_count] = note;
    }
    ledger->note_count += 1;
}
