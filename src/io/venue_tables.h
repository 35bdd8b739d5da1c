/* venue_tables.h: the growing tables behind a venue's book, for venue_book.c and venue_rows.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_VENUE_TABLES_H
#define PLI_IO_VENUE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "io/records.h"
#include "io/venue_book.h"

/* pli_venue_hash - positions of entries by a 64-bit key; open addressing, a power of two of at least twice the room. */
typedef struct pli_venue_hash {
    uint64_t mask;
    uint32_t *slots; /* index + 1; 0: free */
} pli_venue_hash;

/* pli_venue_entry - a position or balance on its way into the book, chained by account. */
typedef struct pli_venue_entry {
    uint32_t account_index;
    uint32_t thing_index; /* instrument or asset */
    uint32_t next;        /* of the same account, or PLM_NONE */
    int64_t lots;
    plm_wide amount; /* cost or atoms */
    int64_t accrued_micros;
} pli_venue_entry;

/* pli_venue_fill - chained by account in the order of the file. */
typedef struct pli_venue_fill {
    uint32_t account_index;
    uint32_t next;
    uint32_t instrument_index;
    uint32_t fee_asset_index;
    int64_t lots;
    int64_t price_e8;
    plm_wide fee_atoms; /* paid; below zero is a rebate */
} pli_venue_fill;

/* pli_venue_list - entries with their chains and the hash that finds them. */
typedef struct pli_venue_list {
    uint32_t count, capacity;
    pli_venue_entry *entries;
    uint32_t *first; /* by account */
    uint32_t *last;
    pli_venue_hash hash;
} pli_venue_list;

/* pli_venue_tables - everything that rows are read into. */
typedef struct pli_venue_tables {
    uint32_t account_count, account_capacity;
    char *ids;
    uint64_t ids_size, ids_capacity;
    uint64_t *id_begin;
    pli_venue_hash accounts;
    pli_venue_list balances;
    pli_venue_list positions;
    uint32_t fill_count, fill_capacity;
    pli_venue_fill *fills;
    uint32_t *fill_first, *fill_last, *fill_counts;
    pli_incumbent *incumbents;
    uint64_t *position_begin, *balance_begin;
    plm_position *sealed_positions;
    plm_balance *sealed_balances;
} pli_venue_tables;

/* pli_venue_reader - what reading one feed needs. */
typedef struct pli_venue_reader {
    const pli_venue_source *source;
    const pli_market_book *market;
    pli_venue_tables *tables;
    pli_venue_book *book;
    pli_records records;
} pli_venue_reader;

/* pli_venue_named - the instrument of a row, and how the venue counts it. */
typedef struct pli_venue_named {
    uint32_t index;
    int64_t contract_e8; /* as pli_symbol_rule */
    bool is_ignored;     /* the mapping leaves it out; index may be PLM_NONE */
} pli_venue_named;

/* pli_venue_entry_slot - where the hash keeps the entry of (account, thing), or the free slot where it belongs. */
uint32_t *pli_venue_entry_slot(const pli_venue_list *list, uint32_t account, uint32_t thing);

/*
 * pli_venue_find_account, _asset, _instrument - what the row at hand names; PLM_INDEX_UNKNOWN where it is not known.
 * pli_venue_open_account - the account, made where it is new.
 */
PLM_MUST_USE plm_status pli_venue_find_account(const pli_venue_reader *reader, uint32_t *account,
                                               plm_fault *fault);
PLM_MUST_USE plm_status pli_venue_open_account(const pli_venue_reader *reader, uint32_t *account,
                                               plm_fault *fault);
PLM_MUST_USE plm_status pli_venue_find_asset(const pli_venue_reader *reader, pli_role role,
                                             uint32_t *asset, plm_fault *fault);
PLM_MUST_USE plm_status pli_venue_find_instrument(const pli_venue_reader *reader,
                                                  pli_venue_named *found, plm_fault *fault);

/* pli_venue_read_row - take the row at hand of `feed` into the tables; its fault is that of a bad row. */
plm_status pli_venue_read_row(pli_venue_reader *reader, pli_feed feed, plm_fault *fault);

#endif
