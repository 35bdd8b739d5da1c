/* venue_book.c: a venue's whole book, every account of it, in one block of memory.      SPDX-License-Identifier: Apache-2.0 */
#include "io/venue_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/text.h"
#include "io/venue_tables.h"
#include "model/change.h"

#define ROWS_MAX (UINT64_C(1) << 31)
#define PROGRESS_ROWS 65536u

/* sizes - upper bounds, from one pass that only counts. */
typedef struct sizes {
    uint64_t rows[PLI_FEED_COUNT];
    uint64_t bytes[PLI_FEED_COUNT];
    bool is_opening; /* a position may open an account and a balance */
} sizes;

static uint64_t
hash_room(uint64_t count) {
    uint64_t room = 16;
    while (room < 2 * count) {
        room *= 2;
    }
    return room;
}

static void
carve_hash(pli_arena *arena, uint64_t count, pli_venue_hash *hash) {
    uint64_t room = hash_room(count);
    hash->mask = room - 1;
    hash->slots = PLI_ARENA_TAKE(arena, room, uint32_t);
}

static void
carve_list(pli_arena *arena, uint64_t count, uint64_t accounts, pli_venue_list *list) {
    list->capacity = (uint32_t)count;
    list->entries = PLI_ARENA_TAKE(arena, count, pli_venue_entry);
    list->first = PLI_ARENA_TAKE(arena, accounts, uint32_t);
    list->last = PLI_ARENA_TAKE(arena, accounts, uint32_t);
    carve_hash(arena, count, &list->hash);
}

// Sizing and carving are the same code, so that they cannot disagree.
static void
carve(pli_arena *arena, const sizes *counted, pli_venue_tables *t) {
    uint64_t opening = counted->is_opening ? counted->rows[PLI_FEED_POSITIONS] : 0;
    uint64_t accounts = counted->rows[PLI_FEED_ACCOUNTS] + opening;
    uint64_t fills = counted->rows[PLI_FEED_FILLS];
    t->account_capacity = (uint32_t)accounts;
    t->ids_capacity = counted->bytes[PLI_FEED_ACCOUNTS] + 2 * accounts +
                      (opening > 0 ? counted->bytes[PLI_FEED_POSITIONS] : 0);
    t->ids = PLI_ARENA_TAKE(arena, t->ids_capacity, char);
    t->id_begin = PLI_ARENA_TAKE(arena, accounts + 1, uint64_t);
    carve_hash(arena, accounts, &t->accounts);
    // A position may open two balances: one for its collateral, one for the cost it gives back.
    carve_list(arena, accounts + opening, accounts, &t->balances);
    carve_list(arena, counted->rows[PLI_FEED_POSITIONS], accounts, &t->positions);
    t->fill_capacity = (uint32_t)fills;
    t->fills = PLI_ARENA_TAKE(arena, fills, pli_venue_fill);
    t->fill_first = PLI_ARENA_TAKE(arena, accounts, uint32_t);
    t->fill_last = PLI_ARENA_TAKE(arena, accounts, uint32_t);
    t->fill_counts = PLI_ARENA_TAKE(arena, accounts, uint32_t);
    t->incumbents = PLI_ARENA_TAKE(arena, accounts, pli_incumbent);
    t->position_begin = PLI_ARENA_TAKE(arena, accounts + 1, uint64_t);
    t->balance_begin = PLI_ARENA_TAKE(arena, accounts + 1, uint64_t);
    t->sealed_positions =
        PLI_ARENA_TAKE(arena, counted->rows[PLI_FEED_POSITIONS] + fills, plm_position);
    // A fill may open a balance for its premium and one for its fee.
    t->sealed_balances = PLI_ARENA_TAKE(arena, accounts + opening + 2 * fills, plm_balance);
}

static void
clear(pli_venue_tables *t) {
    size_t accounts = t->account_capacity;
    memset(t->accounts.slots, 0, (size_t)(t->accounts.mask + 1) * sizeof *t->accounts.slots);
    pli_venue_list *const lists[2] = {&t->balances, &t->positions};
    for (size_t i = 0; i < 2; i += 1) {
        memset(lists[i]->hash.slots, 0, (size_t)(lists[i]->hash.mask + 1) * sizeof(uint32_t));
        memset(lists[i]->first, 0xFF, accounts * sizeof(uint32_t));
    }
    memset(t->fill_first, 0xFF, accounts * sizeof(uint32_t));
    memset(t->fill_counts, 0, accounts * sizeof(uint32_t));
    memset(t->incumbents, 0, accounts * sizeof *t->incumbents);
}

static plm_status
count_files(const pli_venue_source *source, sizes *counted, plm_fault *fault) {
    const pli_feed_mapping *positions = &source->mapping->feeds[PLI_FEED_POSITIONS];
    *counted = (sizes){.is_opening = positions->is_cost_paid ||
                                     positions->columns[PLI_ROLE_COLLATERAL].path != NULL};
    for (int feed = PLI_FEED_ACCOUNTS; feed < PLI_FEED_COUNT; feed += 1) {
        if (source->paths[feed] == NULL) {
            continue;
        }
        plm_status status = pli_records_count(source->paths[feed], source->mapping, (pli_feed)feed,
                                              &counted->rows[feed], &counted->bytes[feed], fault);
        if (status != PLM_OK) {
            return status;
        }
        if (counted->rows[feed] > ROWS_MAX) {
            return pli_fault_set(fault, PLM_LIMIT, source->paths[feed],
                                 ": more than 2147483648 rows; allowed is up to that", NULL);
        }
    }
    return PLM_OK;
}

static plm_status
reserve(const sizes *counted, pli_venue_tables *tables, pli_venue_book *book, plm_fault *fault) {
    pli_arena sizing = pli_arena_init_sizing();
    carve(&sizing, counted, tables);
    size_t size = pli_arena_used(&sizing);
    void *block = pli_arena_is_ok(&sizing) ? malloc(size) : NULL;
    if (block == NULL) {
        char data[64];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append_u64(&text, size);
        return pli_fault_set(fault, PLM_MEMORY, "no memory for the book; it needs ", data,
                             " bytes");
    }
    pli_arena arena = pli_arena_init(block, size);
    carve(&arena, counted, tables);
    PLI_ASSERT(pli_arena_is_ok(&arena));
    clear(tables);
    book->block = block;
    book->block_size = size;
    return PLM_OK;
}

static plm_status
read_feed(pli_venue_reader *reader, pli_feed feed, const sizes *counted, pli_bad_rows *bad,
          plm_fault *fault) {
    const pli_venue_source *source = reader->source;
    uint64_t done = 0;
    uint64_t total = 0;
    for (int i = PLI_FEED_ACCOUNTS; i < PLI_FEED_COUNT; i += 1) {
        done += i < (int)feed ? counted->bytes[i] : 0;
        total += counted->bytes[i];
    }
    plm_status status = pli_records_open(source->paths[feed], source->mapping, feed,
                                         source->is_growing, &reader->records, fault);
    if (status != PLM_OK) {
        return status;
    }
    plm_fault why = {.status = PLM_OK};
    pli_record_result result = PLI_RECORD_ROW;
    while ((result = pli_records_next(&reader->records, &why)) != PLI_RECORD_END) {
        if (result == PLI_RECORD_FAILED) {
            status = pli_fault_set(fault, why.status, why.text, NULL, NULL);
            break;
        }
        uint64_t row = reader->book->rows[feed];
        if (row == counted->rows[feed]) {
            break; // The file has grown since it was counted; the rest is for the next reading.
        }
        reader->book->rows[feed] += 1;
        if (result == PLI_RECORD_BAD || pli_venue_read_row(reader, feed, &why) != PLM_OK) {
            pli_bad_rows_add(bad, &why);
        }
        if (source->progress != NULL && row % PROGRESS_ROWS == 0) {
            source->progress(source->context, done + reader->records.bytes, total);
        }
    }
    pli_records_close(&reader->records);
    return status;
}

// --- Sealing: chains become runs, fills are applied ----------------------------------------------

static plm_status
apply_fill(pli_portfolio_draft *draft, const pli_venue_fill *fill, const plm_listing *listing,
           plm_fault *fault) {
    const plm_change trade = {.kind = PLM_CHANGE_TRADE,
                              .trade = {.instrument_index = fill->instrument_index,
                                        .lots = fill->lots,
                                        .price_e8 = fill->price_e8}};
    plm_status status = pli_draft_apply(draft, &trade, 0, listing, fault);
    pli_i128 fee = pli_i128_from_wide(fill->fee_atoms);
    if (status != PLM_OK || fee == 0) {
        return status;
    }
    const plm_change transfer = {
        .kind = PLM_CHANGE_TRANSFER,
        .transfer = {.asset_index = fill->fee_asset_index, .atoms = pli_wide_from_i128(-fee)}};
    return pli_draft_apply(draft, &transfer, 0, listing, fault);
}

static plm_status
seal_account(const pli_venue_tables *t, uint32_t account, const plm_listing *listing,
             plm_fault *fault) {
    pli_portfolio_draft draft = {.positions = t->sealed_positions + t->position_begin[account],
                                 .balances = t->sealed_balances + t->balance_begin[account]};
    for (uint32_t i = t->positions.first[account]; i != PLM_NONE;
         i = t->positions.entries[i].next) {
        const pli_venue_entry *entry = &t->positions.entries[i];
        draft.positions[draft.position_count] =
            (plm_position){.instrument_index = entry->thing_index,
                           .lots = entry->lots,
                           .cost = entry->amount,
                           .accrued_micros = entry->accrued_micros};
        draft.position_count += 1;
    }
    for (uint32_t i = t->balances.first[account]; i != PLM_NONE; i = t->balances.entries[i].next) {
        const pli_venue_entry *entry = &t->balances.entries[i];
        draft.balances[draft.balance_count] =
            (plm_balance){.asset_index = entry->thing_index, .atoms = entry->amount};
        draft.balance_count += 1;
    }
    draft.position_capacity = draft.position_count + t->fill_counts[account];
    draft.balance_capacity = draft.balance_count + 2 * t->fill_counts[account];
    plm_status status = PLM_OK;
    for (uint32_t i = t->fill_first[account]; i != PLM_NONE && status == PLM_OK;
         i = t->fills[i].next) {
        status = apply_fill(&draft, &t->fills[i], listing, fault);
    }
    t->position_begin[account + 1] = t->position_begin[account] + draft.position_count;
    t->balance_begin[account + 1] = t->balance_begin[account] + draft.balance_count;
    return status;
}

static plm_status
seal(pli_venue_tables *t, const plm_listing *listing, pli_venue_book *book, plm_fault *fault) {
    t->position_begin[0] = 0;
    t->balance_begin[0] = 0;
    uint32_t most = 0;
    for (uint32_t i = 0; i < t->account_count; i += 1) {
        plm_fault why = {.status = PLM_OK};
        plm_status status = seal_account(t, i, listing, &why);
        if (status != PLM_OK) {
            char data[PLI_ACCOUNT_ID_MAX + 64];
            pli_text text = pli_text_init(data, sizeof data);
            pli_text_append(&text, "fills of account ");
            pli_text_append(&text, t->ids + t->id_begin[i]);
            return pli_fault_set(fault, status, data, ": ", why.text);
        }
        uint64_t count = t->position_begin[i + 1] - t->position_begin[i];
        most = count > most ? (uint32_t)count : most;
    }
    book->account_count = t->account_count;
    book->ids = t->ids;
    book->id_begin = t->id_begin;
    book->position_begin = t->position_begin;
    book->balance_begin = t->balance_begin;
    book->positions = t->sealed_positions;
    book->balances = t->sealed_balances;
    book->incumbents = t->incumbents;
    book->position_max = most;
    return PLM_OK;
}

plm_status
pli_venue_read(const pli_venue_source *source, const pli_market_book *market, pli_venue_book *book,
               pli_bad_rows *bad, plm_fault *fault) {
    sizes counted;
    pli_venue_tables tables = {.account_count = 0};
    pli_venue_book made = {.account_count = 0};
    pli_venue_reader reader = {
        .source = source, .market = market, .tables = &tables, .book = &made};
    plm_status status = count_files(source, &counted, fault);
    if (status == PLM_OK) {
        status = reserve(&counted, &tables, &made, fault);
    }
    for (int feed = PLI_FEED_ACCOUNTS; feed < PLI_FEED_COUNT && status == PLM_OK; feed += 1) {
        if (source->paths[feed] != NULL) {
            status = read_feed(&reader, (pli_feed)feed, &counted, bad, fault);
        }
    }
    if (status == PLM_OK) {
        status = seal(&tables, &market->listing, &made, fault);
    }
    if (status != PLM_OK) {
        pli_venue_finish(&made);
        return status;
    }
    *book = made;
    return PLM_OK;
}

void
pli_venue_finish(pli_venue_book *book) {
    free(book->block);
    *book = (pli_venue_book){.account_count = 0};
}

const char *
pli_venue_id(const pli_venue_book *book, uint32_t account_index) {
    return book->ids + book->id_begin[account_index];
}

plm_portfolio
pli_venue_portfolio(const pli_venue_book *book, uint32_t account_index) {
    uint64_t position = book->position_begin[account_index];
    uint64_t balance = book->balance_begin[account_index];
    return (plm_portfolio){
        .position_count = (uint32_t)(book->position_begin[account_index + 1] - position),
        .balance_count = (uint32_t)(book->balance_begin[account_index + 1] - balance),
        .positions = book->positions + position,
        .balances = book->balances + balance};
}
