/* venue_rows.c: one row of a venue's accounts, positions, fills or requirements into the book's tables.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "io/symbol.h"
#include "io/venue_tables.h"
#include "model/value.h"

#define E18 ((pli_i128)1000000000000000000)

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

static uint32_t *
entry_slot(const pli_venue_list *list, uint32_t account, uint32_t thing) {
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

static plm_status
find_account(const pli_venue_reader *reader, uint32_t *account, plm_fault *fault) {
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

static plm_status
find_or_open_account(const pli_venue_reader *reader, uint32_t *account, plm_fault *fault) {
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

static plm_status
find_asset(const pli_venue_reader *reader, pli_role role, uint32_t *asset, plm_fault *fault) {
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

/* named - the instrument of a row, and how the venue counts it. */
typedef struct named {
    uint32_t index;
    int64_t contract_e8;
    bool is_ignored;
} named;

static plm_status
find_instrument(const pli_venue_reader *reader, named *found, plm_fault *fault) {
    pli_record_field field = reader->records.fields[PLI_ROLE_INSTRUMENT];
    const pli_mapping *mapping = reader->source->mapping;
    pli_symbol symbol = {.rule = NULL};
    char theirs[PLM_NAME_SIZE];
    *found = (named){.index = PLM_NONE, .contract_e8 = 100000000};
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

// --- Numbers -------------------------------------------------------------------------------------

// A quantity in the venue's unit to whole lots, side applied.
static plm_status
read_lots(const pli_venue_reader *reader, const named *of, int64_t *lots, plm_fault *fault) {
    const pli_records *records = &reader->records;
    const plm_instrument *instrument = &reader->market->listing.instruments[of->index];
    const pli_i128 most = (pli_i128)PLM_LOTS_MAX * PLM_LOT_E8_MAX * 100;
    const pli_record_number number = {.scale = 18,
                                      .rounding = PLI_DECIMAL_EXACT,
                                      .low = -most * 100000000,
                                      .high = most * 100000000};
    pli_i128 quantity = 0;
    pli_i128 down = 0;
    pli_i128 up = 0;
    int sign = 1;
    plm_status status = pli_record_decimal(records, PLI_ROLE_QUANTITY, number, &quantity, fault);
    if (status == PLM_OK && quantity != 0) {
        status = pli_record_sign(records, &sign, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 per_lot = (pli_i128)instrument->lot_e8 * E18;
    bool is_whole = pli_muldiv_floor(quantity, of->contract_e8, per_lot, &down) &&
                    pli_muldiv_ceil(quantity, of->contract_e8, per_lot, &up) && down == up;
    if (!is_whole || down > PLM_LOTS_MAX || down < -PLM_LOTS_MAX) {
        char data[96];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "up to 1e11 whole lots, of ");
        pli_decimal_format(&text, instrument->lot_e8, 8, 0);
        pli_text_append(&text, " each");
        return pli_record_fail(records, PLM_VALUE_INVALID, PLI_ROLE_QUANTITY, data, fault);
    }
    *lots = sign * (int64_t)down;
    return PLM_OK;
}

// A price in the instrument's own quotation, in 1e-`scale`.
static plm_status
read_price(const pli_venue_reader *reader, uint32_t instrument_index, unsigned scale,
           pli_i128 *price, plm_fault *fault) {
    const plm_listing *listing = &reader->market->listing;
    uint32_t underlying = listing->instruments[instrument_index].underlying_index;
    bool is_positive = listing->underlyings[underlying].domain == PLM_PRICE_DOMAIN_POSITIVE;
    pli_i128 most = PLM_PRICE_E8_MAX;
    for (unsigned i = 8; i < scale; i += 1) {
        most *= 10;
    }
    return pli_record_decimal(&reader->records, PLI_ROLE_PRICE,
                              (pli_record_number){.scale = scale,
                                                  .rounding = PLI_DECIMAL_HALF_EVEN,
                                                  .low = is_positive ? 1 : -most,
                                                  .high = most},
                              price, fault);
}

// What the position cost, from its average entry price: linear with one rounding up, inverse down.
static plm_status
read_cost(const pli_venue_reader *reader, uint32_t index, int64_t lots, plm_wide *cost,
          plm_fault *fault) {
    const plm_listing *listing = &reader->market->listing;
    const plm_instrument *instrument = &listing->instruments[index];
    bool is_inverse = instrument->settlement == PLM_SETTLEMENT_INVERSE;
    *cost = (plm_wide){0};
    if (!pli_is_futures_style(instrument)) {
        return PLM_OK;
    }
    if (!pli_record_has(&reader->records, PLI_ROLE_PRICE)) {
        return pli_record_fail(&reader->records, PLM_KEY_MISSING, PLI_ROLE_PRICE,
                               "a price: profit is counted from it", fault);
    }
    pli_i128 price = 0;
    pli_i128 value = 0;
    plm_status status = read_price(reader, index, is_inverse ? 8 : 18, &price, fault);
    if (status != PLM_OK) {
        return status;
    }
    bool is_ok =
        is_inverse
            ? pli_inverse_coin_e12(instrument, &listing->underlyings[instrument->underlying_index],
                                   lots, (int64_t)price, PLI_ROUND_DOWN, &value)
            : pli_muldiv_ceil(lots, price, 10000000000, &value);
    if (!is_ok) {
        return pli_record_fail(&reader->records, PLM_OVERFLOW, PLI_ROLE_PRICE,
                               "a price whose cost fits 128 bits", fault);
    }
    *cost = pli_wide_from_i128(value);
    return PLM_OK;
}

static plm_status
read_atoms(const pli_venue_reader *reader, pli_role role, uint32_t asset,
           pli_decimal_rounding rounding, plm_wide *atoms, plm_fault *fault) {
    const pli_i128 most = E18 * E18 * 100;
    pli_i128 value = 0;
    plm_status status =
        pli_record_decimal(&reader->records, role,
                           (pli_record_number){
                               .scale = reader->market->listing.assets[asset].decimals,
                               .rounding = rounding,
                               .low = -most,
                               .high = most,
                           },
                           &value, fault);
    *atoms = pli_wide_from_i128(value);
    return status;
}

static plm_status
read_micros(const pli_venue_reader *reader, pli_role role, pli_decimal_rounding rounding,
            int64_t *micros, plm_fault *fault) {
    pli_i128 value = 0;
    *micros = 0;
    if (!pli_record_has(&reader->records, role)) {
        return PLM_OK;
    }
    plm_status status = pli_record_decimal(
        &reader->records, role,
        (pli_record_number){
            .scale = 6, .rounding = rounding, .low = INT64_MIN + 1, .high = INT64_MAX},
        &value, fault);
    *micros = (int64_t)value;
    return status;
}

// --- Entries -------------------------------------------------------------------------------------

static plm_status
add_entry(const pli_venue_reader *reader, pli_venue_list *list, const pli_venue_entry *entry,
          pli_role role, plm_fault *fault) {
    uint32_t *slot = entry_slot(list, entry->account_index, entry->thing_index);
    if (*slot == 0) {
        PLI_ASSERT(list->count < list->capacity);
        uint32_t index = list->count;
        list->entries[index] = *entry;
        list->entries[index].next = PLM_NONE;
        if (list->first[entry->account_index] == PLM_NONE) {
            list->first[entry->account_index] = index;
        } else {
            list->entries[list->last[entry->account_index]].next = index;
        }
        list->last[entry->account_index] = index;
        list->count += 1;
        *slot = list->count;
        return PLM_OK;
    }
    if (!reader->records.mapping->is_netted) {
        return pli_record_fail(&reader->records, PLM_KEY_DUPLICATE, role,
                               "one row for each of an account (or repeated: netted)", fault);
    }
    pli_venue_entry sum = list->entries[*slot - 1];
    pli_i128 amount = 0;
    bool is_ok =
        pli_add_i64(sum.lots, entry->lots, &sum.lots) && sum.lots <= PLM_LOTS_MAX &&
        sum.lots >= -PLM_LOTS_MAX &&
        pli_add_i128(pli_i128_from_wide(sum.amount), pli_i128_from_wide(entry->amount), &amount) &&
        pli_add_i64(sum.accrued_micros, entry->accrued_micros, &sum.accrued_micros);
    if (!is_ok) {
        return pli_record_fail(&reader->records, PLM_OVERFLOW, role, "a sum within its bounds",
                               fault);
    }
    sum.amount = pli_wide_from_i128(amount);
    list->entries[*slot - 1] = sum;
    return PLM_OK;
}

static plm_status
read_balance(pli_venue_reader *reader, plm_fault *fault) {
    pli_venue_entry entry = {.lots = 0};
    plm_status status = find_asset(reader, PLI_ROLE_ASSET, &entry.thing_index, fault);
    if (status == PLM_OK) {
        status = read_atoms(reader, PLI_ROLE_AMOUNT, entry.thing_index, PLI_DECIMAL_FLOOR,
                            &entry.amount, fault);
    }
    if (status == PLM_OK) {
        status = find_or_open_account(reader, &entry.account_index, fault);
    }
    return status != PLM_OK
               ? status
               : add_entry(reader, &reader->tables->balances, &entry, PLI_ROLE_ASSET, fault);
}

static plm_status
read_position(pli_venue_reader *reader, plm_fault *fault) {
    pli_venue_entry entry = {.lots = 0};
    named of;
    plm_status status = find_instrument(reader, &of, fault);
    if (status != PLM_OK || of.is_ignored) {
        reader->book->ignored_rows += of.is_ignored;
        return status;
    }
    entry.thing_index = of.index;
    status = read_lots(reader, &of, &entry.lots, fault);
    if (status == PLM_OK && entry.lots == 0) {
        reader->book->flat_rows += 1;
        return PLM_OK;
    }
    if (status == PLM_OK) {
        status = find_account(reader, &entry.account_index, fault);
    }
    if (status == PLM_OK) {
        status = read_cost(reader, of.index, entry.lots, &entry.amount, fault);
    }
    if (status == PLM_OK) {
        status =
            read_micros(reader, PLI_ROLE_ACCRUED, PLI_DECIMAL_FLOOR, &entry.accrued_micros, fault);
    }
    return status != PLM_OK
               ? status
               : add_entry(reader, &reader->tables->positions, &entry, PLI_ROLE_INSTRUMENT, fault);
}

static plm_status
read_fee(const pli_venue_reader *reader, pli_venue_fill *fill, plm_fault *fault) {
    fill->fee_asset_index = reader->market->valuation_asset_index;
    if (!pli_record_has(&reader->records, PLI_ROLE_FEE)) {
        return PLM_OK;
    }
    plm_status status = PLM_OK;
    if (pli_record_has(&reader->records, PLI_ROLE_FEE_ASSET)) {
        status = find_asset(reader, PLI_ROLE_FEE_ASSET, &fill->fee_asset_index, fault);
    }
    return status != PLM_OK ? status
                            : read_atoms(reader, PLI_ROLE_FEE, fill->fee_asset_index,
                                         PLI_DECIMAL_CEIL, &fill->fee_atoms, fault);
}

static plm_status
read_fill(pli_venue_reader *reader, plm_fault *fault) {
    pli_venue_tables *t = reader->tables;
    pli_venue_fill fill = {.next = PLM_NONE};
    int64_t time_ns = 0;
    pli_i128 price = 0;
    named of;
    plm_status status = find_instrument(reader, &of, fault);
    if (status == PLM_OK && reader->source->since_ns != 0) {
        status = pli_record_time(&reader->records, PLI_ROLE_TIME, &time_ns, fault);
    }
    bool is_before = reader->source->since_ns != 0 && time_ns <= reader->source->since_ns;
    if (status != PLM_OK || of.is_ignored || is_before) {
        reader->book->ignored_rows += status == PLM_OK;
        return status;
    }
    fill.instrument_index = of.index;
    status = read_lots(reader, &of, &fill.lots, fault);
    if (status == PLM_OK && fill.lots == 0) {
        status = pli_record_fail(&reader->records, PLM_VALUE_INVALID, PLI_ROLE_QUANTITY,
                                 "a quantity that is not 0", fault);
    }
    if (status == PLM_OK) {
        status = read_price(reader, of.index, 8, &price, fault);
    }
    if (status == PLM_OK) {
        status = read_fee(reader, &fill, fault);
    }
    if (status == PLM_OK) {
        status = find_account(reader, &fill.account_index, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    PLI_ASSERT(t->fill_count < t->fill_capacity);
    fill.price_e8 = (int64_t)price;
    t->fills[t->fill_count] = fill;
    if (t->fill_first[fill.account_index] == PLM_NONE) {
        t->fill_first[fill.account_index] = t->fill_count;
    } else {
        t->fills[t->fill_last[fill.account_index]].next = t->fill_count;
    }
    t->fill_last[fill.account_index] = t->fill_count;
    t->fill_counts[fill.account_index] += 1;
    t->fill_count += 1;
    return PLM_OK;
}

// A figure of the venue in valuation micros, from units of an asset where the row names one.
static plm_status
read_figure(const pli_venue_reader *reader, pli_role role, uint32_t asset, bool *is_there,
            int64_t *micros, plm_fault *fault) {
    const plm_listing *listing = &reader->market->listing;
    uint32_t underlying = asset == PLM_NONE ? PLM_NONE : listing->assets[asset].underlying_index;
    *is_there = pli_record_has(&reader->records, role);
    if (!*is_there || underlying == PLM_NONE) {
        return read_micros(reader, role, PLI_DECIMAL_HALF_EVEN, micros, fault);
    }
    pli_i128 units = 0;
    pli_i128 value = 0;
    plm_status status = pli_record_decimal(
        &reader->records, role,
        (pli_record_number){
            .scale = 12, .rounding = PLI_DECIMAL_HALF_EVEN, .low = -E18 * E18, .high = E18 * E18},
        &units, fault);
    if (status != PLM_OK) {
        return status;
    }
    // 1e-12 units * 1e-8 price / price_unit to 1e-6: divide by 1e14.
    pli_i128 divisor = (pli_i128)100000000000000 * listing->underlyings[underlying].price_unit;
    int64_t price_e8 = reader->market->market.underlyings[underlying].price.price_e8;
    if (!pli_muldiv_nearest_even(units, price_e8, divisor, &value) ||
        !pli_narrow_i64(value, micros)) {
        return pli_record_fail(&reader->records, PLM_OVERFLOW, role, "an amount within 64 bits",
                               fault);
    }
    return PLM_OK;
}

static plm_status
add_figures(const pli_venue_reader *reader, const pli_incumbent *of, pli_incumbent *sum,
            plm_fault *fault) {
    bool is_new = !sum->has_initial && !sum->has_maintenance && !sum->has_equity;
    if (!is_new && !reader->records.mapping->is_netted) {
        return pli_record_fail(&reader->records, PLM_KEY_DUPLICATE, PLI_ROLE_ACCOUNT,
                               "one row for each account (or repeated: netted)", fault);
    }
    pli_incumbent made = *of;
    if (!is_new &&
        (!pli_add_i64(sum->initial_micros, of->initial_micros, &made.initial_micros) ||
         !pli_add_i64(sum->maintenance_micros, of->maintenance_micros, &made.maintenance_micros) ||
         !pli_add_i64(sum->equity_micros, of->equity_micros, &made.equity_micros))) {
        return pli_record_fail(&reader->records, PLM_OVERFLOW, PLI_ROLE_ACCOUNT,
                               "figures whose sum fits 64 bits", fault);
    }
    reader->book->incumbent_count += is_new;
    *sum = made;
    return PLM_OK;
}

static plm_status
read_incumbent(pli_venue_reader *reader, plm_fault *fault) {
    pli_incumbent of = {.has_initial = false};
    uint32_t account = 0;
    uint32_t asset = PLM_NONE;
    plm_status status = find_account(reader, &account, fault);
    if (status == PLM_OK && pli_record_has(&reader->records, PLI_ROLE_ASSET)) {
        status = find_asset(reader, PLI_ROLE_ASSET, &asset, fault);
    }
    if (status == PLM_OK) {
        status = read_figure(reader, PLI_ROLE_INITIAL, asset, &of.has_initial, &of.initial_micros,
                             fault);
    }
    if (status == PLM_OK) {
        status = read_figure(reader, PLI_ROLE_MAINTENANCE, asset, &of.has_maintenance,
                             &of.maintenance_micros, fault);
    }
    if (status == PLM_OK) {
        status =
            read_figure(reader, PLI_ROLE_EQUITY, asset, &of.has_equity, &of.equity_micros, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (!of.has_initial && !of.has_maintenance) {
        return pli_record_fail(&reader->records, PLM_VALUE_INVALID, PLI_ROLE_INITIAL,
                               "an amount here or under maintenance", fault);
    }
    if (of.initial_micros < 0 || of.maintenance_micros < 0) {
        return pli_record_fail(&reader->records, PLM_VALUE_INVALID,
                               of.initial_micros < 0 ? PLI_ROLE_INITIAL : PLI_ROLE_MAINTENANCE,
                               "an amount that is not below 0", fault);
    }
    return add_figures(reader, &of, &reader->tables->incumbents[account], fault);
}

plm_status
pli_venue_read_row(pli_venue_reader *reader, pli_feed feed, plm_fault *fault) {
    switch (feed) {
    case PLI_FEED_ACCOUNTS:
        return read_balance(reader, fault);
    case PLI_FEED_POSITIONS:
        return read_position(reader, fault);
    case PLI_FEED_FILLS:
        return read_fill(reader, fault);
    case PLI_FEED_INCUMBENT:
        return read_incumbent(reader, fault);
    case PLI_FEED_MARKS:
    case PLI_FEED_COUNT:
        break;
    }
    PLI_ASSERT(feed == PLI_FEED_ACCOUNTS);
    return PLM_OK;
}
