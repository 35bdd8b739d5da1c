/* venue_rows.c: one row of a venue's accounts, positions, fills or requirements into the book's tables.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "io/venue_tables.h"
#include "model/value.h"

#define E18 ((pli_i128)1000000000000000000)

// --- Numbers -------------------------------------------------------------------------------------

// A quantity in the venue's unit to whole lots, side applied.
static plm_status
read_lots(const pli_venue_reader *reader, const pli_venue_named *of, int64_t *lots,
          plm_fault *fault) {
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
    plm_status status = pli_record_decimal(records, PLI_ROLE_QUANTITY, number, &quantity, fault);
    if (status == PLM_OK) {
        status = pli_record_signed(records, PLI_ROLE_QUANTITY, quantity, &quantity, fault);
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
    *lots = (int64_t)down;
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
    uint32_t *slot = pli_venue_entry_slot(list, entry->account_index, entry->thing_index);
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
    plm_status status = pli_venue_find_asset(reader, PLI_ROLE_ASSET, &entry.thing_index, fault);
    if (status == PLM_OK) {
        status = read_atoms(reader, PLI_ROLE_AMOUNT, entry.thing_index, PLI_DECIMAL_FLOOR,
                            &entry.amount, fault);
    }
    if (status == PLM_OK) {
        pli_i128 atoms = pli_i128_from_wide(entry.amount);
        status = pli_record_signed(&reader->records, PLI_ROLE_AMOUNT, atoms, &atoms, fault);
        entry.amount = pli_wide_from_i128(atoms);
    }
    if (status == PLM_OK) {
        status = pli_venue_open_account(reader, &entry.account_index, fault);
    }
    return status == PLM_OK
               ? add_entry(reader, &reader->tables->balances, &entry, PLI_ROLE_ASSET, fault)
               : status;
}

// Adds atoms to a balance whatever the mapping says about repeated rows: they come from a position.
static plm_status
add_atoms(const pli_venue_reader *reader, uint32_t account, uint32_t asset, plm_wide atoms,
          plm_fault *fault) {
    pli_venue_list *list = &reader->tables->balances;
    const pli_venue_entry entry = {.account_index = account, .thing_index = asset, .amount = atoms};
    const uint32_t *slot = pli_venue_entry_slot(list, account, asset);
    if (atoms.low == 0 && atoms.high == 0) {
        return PLM_OK;
    }
    if (*slot == 0) {
        return add_entry(reader, list, &entry, PLI_ROLE_COLLATERAL, fault);
    }
    pli_venue_entry *found = &list->entries[*slot - 1];
    pli_i128 sum = 0;
    if (!pli_add_i128(pli_i128_from_wide(found->amount), pli_i128_from_wide(atoms), &sum)) {
        return pli_record_fail(&reader->records, PLM_OVERFLOW, PLI_ROLE_COLLATERAL,
                               "a balance within 128 bits", fault);
    }
    found->amount = pli_wide_from_i128(sum);
    return PLM_OK;
}

// What a position's row brings besides the position: collateral of its own margin group, and cost to be given back.
typedef struct beside {
    bool has_collateral;
    uint32_t collateral_index;
    plm_wide collateral;
    uint32_t settlement_index;
    plm_wide cost;
} beside;

// A linear position's cost in its settlement asset, rounded down, where the balance has paid it.
static plm_status
cost_to_return(const pli_venue_reader *reader, const pli_venue_entry *entry, beside *of,
               plm_fault *fault) {
    const plm_listing *listing = &reader->market->listing;
    const plm_instrument *instrument = &listing->instruments[entry->thing_index];
    const plm_asset *asset = &listing->assets[instrument->settlement_asset_index];
    of->settlement_index = instrument->settlement_asset_index;
    if (!reader->records.mapping->is_cost_paid || !pli_is_futures_style(instrument) ||
        instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        return PLM_OK;
    }
    // lots * price_e8 * lot_e8 is in 1e-16 of the asset per price unit.
    pli_i128 per_lot = instrument->lot_e8;
    for (uint32_t d = 0; d < asset->decimals; d += 1) {
        per_lot *= 10;
    }
    pli_i128 divisor = E18 / 100 * listing->underlyings[instrument->underlying_index].price_unit;
    pli_i128 atoms = 0;
    if (!pli_muldiv_floor(pli_i128_from_wide(entry->amount), per_lot, divisor, &atoms)) {
        return pli_record_fail(&reader->records, PLM_OVERFLOW, PLI_ROLE_PRICE,
                               "a cost within 128 bits", fault);
    }
    of->cost = pli_wide_from_i128(atoms);
    return PLM_OK;
}

static plm_status
read_beside(const pli_venue_reader *reader, const pli_venue_entry *entry, beside *of,
            plm_fault *fault) {
    *of = (beside){.collateral_index = reader->market->valuation_asset_index};
    of->has_collateral = pli_record_has(&reader->records, PLI_ROLE_COLLATERAL);
    plm_status status = PLM_OK;
    if (of->has_collateral && pli_record_has(&reader->records, PLI_ROLE_COLLATERAL_ASSET)) {
        status =
            pli_venue_find_asset(reader, PLI_ROLE_COLLATERAL_ASSET, &of->collateral_index, fault);
    }
    if (status == PLM_OK && of->has_collateral) {
        status = read_atoms(reader, PLI_ROLE_COLLATERAL, of->collateral_index, PLI_DECIMAL_FLOOR,
                            &of->collateral, fault);
    }
    return status == PLM_OK ? cost_to_return(reader, entry, of, fault) : status;
}

// Everything that can be wrong with the row is looked at before the first table changes.
static plm_status
read_numbers(const pli_venue_reader *reader, pli_venue_entry *entry, beside *of, plm_fault *fault) {
    plm_status status = read_cost(reader, entry->thing_index, entry->lots, &entry->amount, fault);
    if (status == PLM_OK) {
        status =
            read_micros(reader, PLI_ROLE_ACCRUED, PLI_DECIMAL_FLOOR, &entry->accrued_micros, fault);
    }
    if (status == PLM_OK) {
        status = read_beside(reader, entry, of, fault);
    }
    if (status == PLM_OK && of->has_collateral) {
        return pli_venue_open_account(reader, &entry->account_index, fault);
    }
    return status == PLM_OK ? pli_venue_find_account(reader, &entry->account_index, fault) : status;
}

static plm_status
read_position(pli_venue_reader *reader, plm_fault *fault) {
    pli_venue_entry entry = {.lots = 0};
    pli_venue_named instrument;
    beside of;
    plm_status status = pli_venue_find_instrument(reader, &instrument, fault);
    if (status != PLM_OK || instrument.is_ignored) {
        reader->book->ignored_rows += instrument.is_ignored;
        return status;
    }
    entry.thing_index = instrument.index;
    status = read_lots(reader, &instrument, &entry.lots, fault);
    if (status == PLM_OK && entry.lots == 0) {
        reader->book->flat_rows += 1;
        return PLM_OK;
    }
    if (status == PLM_OK) {
        status = read_numbers(reader, &entry, &of, fault);
    }
    if (status == PLM_OK) {
        status = add_entry(reader, &reader->tables->positions, &entry, PLI_ROLE_INSTRUMENT, fault);
    }
    if (status == PLM_OK) {
        status = add_atoms(reader, entry.account_index, of.collateral_index, of.collateral, fault);
    }
    return status == PLM_OK
               ? add_atoms(reader, entry.account_index, of.settlement_index, of.cost, fault)
               : status;
}

static plm_status
read_fee(const pli_venue_reader *reader, pli_venue_fill *fill, plm_fault *fault) {
    fill->fee_asset_index = reader->market->valuation_asset_index;
    if (!pli_record_has(&reader->records, PLI_ROLE_FEE)) {
        return PLM_OK;
    }
    plm_status status = PLM_OK;
    if (pli_record_has(&reader->records, PLI_ROLE_FEE_ASSET)) {
        status = pli_venue_find_asset(reader, PLI_ROLE_FEE_ASSET, &fill->fee_asset_index, fault);
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
    pli_venue_named of;
    plm_status status = pli_venue_find_instrument(reader, &of, fault);
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
        status = pli_venue_find_account(reader, &fill.account_index, fault);
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
    plm_status status = pli_venue_find_account(reader, &account, fault);
    if (status == PLM_OK && pli_record_has(&reader->records, PLI_ROLE_ASSET)) {
        status = pli_venue_find_asset(reader, PLI_ROLE_ASSET, &asset, fault);
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
