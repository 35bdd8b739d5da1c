/* venue_find.c: the accounts, assets and instruments that a row of a venue's file names.   SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/assert.h"
#include "io/symbol.h"
#include "io/venue_tables.h"

// --- Keys ----------------------------------------------------------------------------------------

static uint64_t
mixed(uint64_t key) {
    key ^= key >> 33;
    key *= UINT64_C(0xff51afd7ed558ccd);
    key ^= key >> 33;
    key *= UINT64_C(0xc4ceb9fe1a85ec53);
    return key ^ key >> 33;
}

// FNV-1a; equal hashes are told apart by comparing the names.
static uint64_t
hash_text(const char *text, size_t size) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i += 1) {
        hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001b3);
    }
    return mixed(hash);
}

// The slot of an account's name, or the free one where it belongs.
static uint32_t *
account_slot(const pli_venue_tables *t, const char *id, size_t size) {
    uint64_t at = hash_text(id, size) & t->accounts.mask;
    for (;; at = (at + 1) & t->accounts.mask) {
        uint32_t *slot = &t->accounts.slots[at];
        if (*slot == 0) {
            return slot;
        }
        const char *other = t->ids + t->id_begin[*slot - 1];
        if (strncmp(other, id, size) == 0 && other[size] == '\0') {
            return slot;
        }
    }
}

uint32_t *
pli_venue_entry_slot(const pli_venue_list *list, uint32_t account, uint32_t thing) {
    uint64_t at = mixed((uint64_t)account << 32 | thing) & list->hash.mask;
    for (;; at = (at + 1) & list->hash.mask) {
        uint32_t *slot = &list->hash.slots[at];
        if (*slot == 0 || (list->entries[*slot - 1].account_index == account &&
                           list->entries[*slot - 1].thing_index == thing)) {
            return slot;
        }
    }
}

// --- Names ---------------------------------------------------------------------------------------

static bool
is_id(const char *id, size_t size) {
    for (size_t i = 0; i < size; i += 1) {
        if (id[i] < '!' || id[i] > '~' || strchr("\",\\'", id[i]) != NULL) {
            return false;
        }
    }
    return size > 0 && size < PLI_ACCOUNT_ID_MAX;
}

static plm_status
read_id(const pli_records *records, char id[PLI_ACCOUNT_ID_MAX], size_t *size, plm_fault *fault) {
    pli_record_field account = records->fields[PLI_ROLE_ACCOUNT];
    pli_record_field group = records->fields[PLI_ROLE_GROUP];
    size_t total = account.size + (group.size > 0 ? group.size + 1 : 0);
    if (account.size > 0 && total < PLI_ACCOUNT_ID_MAX) {
        memcpy(id, account.text, account.size);
        if (group.size > 0) {
            id[account.size] = '/';
            memcpy(id + account.size + 1, group.text, group.size);
        }
        id[total] = '\0';
        *size = total;
        if (is_id(id, total)) {
            return PLM_OK;
        }
    }
    return pli_record_fail(records, PLM_VALUE_INVALID, PLI_ROLE_ACCOUNT,
                           "with its group 1 to 95 printable characters without space, quote, "
                           "comma, backslash",
                           fault);
}

plm_status
pli_venue_find_account(const pli_venue_reader *reader, uint32_t *account, plm_fault *fault) {
    char id[PLI_ACCOUNT_ID_MAX];
    size_t size = 0;
    plm_status status = read_id(&reader->records, id, &size, fault);
    if (status != PLM_OK) {
        return status;
    }
    const uint32_t *slot = account_slot(reader->tables, id, size);
    if (*slot == 0) {
        return pli_record_fail(&reader->records, PLM_INDEX_UNKNOWN, PLI_ROLE_ACCOUNT,
                               "an account of the accounts file, of the same group", fault);
    }
    *account = *slot - 1;
    return PLM_OK;
}

plm_status
pli_venue_open_account(const pli_venue_reader *reader, uint32_t *account, plm_fault *fault) {
    pli_venue_tables *t = reader->tables;
    char id[PLI_ACCOUNT_ID_MAX];
    size_t size = 0;
    plm_status status = read_id(&reader->records, id, &size, fault);
    if (status != PLM_OK) {
        return status;
    }
    uint32_t *slot = account_slot(t, id, size);
    if (*slot == 0) {
        PLI_ASSERT(t->account_count < t->account_capacity);
        if (t->ids_capacity - t->ids_size < size + 1) {
            return pli_record_fail(&reader->records, PLM_LIMIT, PLI_ROLE_ACCOUNT,
                                   "names no longer in all than the file itself", fault);
        }
        memcpy(t->ids + t->ids_size, id, size + 1);
        t->id_begin[t->account_count] = t->ids_size;
        t->ids_size += size + 1;
        t->account_count += 1;
        *slot = t->account_count;
    }
    *account = *slot - 1;
    return PLM_OK;
}

plm_status
pli_venue_find_asset(const pli_venue_reader *reader, pli_role role, uint32_t *asset,
                     plm_fault *fault) {
    pli_record_field field = reader->records.fields[role];
    char theirs[PLM_NAME_SIZE];
    *asset = PLM_NONE;
    if (field.size > 0 && field.size < sizeof theirs) {
        memcpy(theirs, field.text, field.size);
        theirs[field.size] = '\0';
        *asset =
            pli_book_asset_index(reader->market, pli_mapping_ours(reader->source->mapping, theirs));
    }
    return *asset != PLM_NONE ? PLM_OK
                              : pli_record_fail(&reader->records, PLM_INDEX_UNKNOWN, role,
                                                "an asset that is listed and priced", fault);
}

plm_status
pli_venue_find_instrument(const pli_venue_reader *reader, pli_venue_named *found,
                          plm_fault *fault) {
    pli_record_field field = reader->records.fields[PLI_ROLE_INSTRUMENT];
    const pli_mapping *mapping = reader->source->mapping;
    pli_symbol symbol = {.rule = NULL};
    char theirs[PLM_NAME_SIZE];
    *found = (pli_venue_named){.index = PLM_NONE, .contract_e8 = 100000000};
    if (pli_symbol_match(mapping, field.text, field.size, &symbol)) {
        found->contract_e8 = symbol.rule->contract_e8;
        found->is_ignored = symbol.rule->kind == PLI_SYMBOL_IGNORE;
    }
    if (field.size > 0 && field.size < sizeof theirs) {
        memcpy(theirs, field.text, field.size);
        theirs[field.size] = '\0';
        found->index = pli_book_instrument_index(reader->market, pli_mapping_ours(mapping, theirs));
    }
    return found->is_ignored || found->index != PLM_NONE
               ? PLM_OK
               : pli_record_fail(&reader->records, PLM_INDEX_UNKNOWN, PLI_ROLE_INSTRUMENT,
                                 "an instrument that has a mark", fault);
}
