/* listing.c: assets, underlyings, instruments and accounts that events list.          SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/libc.h"
#include "ledger/book.h"
#include "ledger/interest.h"

static bool
is_same_name(const char *left, const char *right) {
    return memcmp(left, right, PLM_NAME_SIZE) == 0;
}

static plm_asset
terms_of(const plm_event_asset *body) {
    plm_asset terms = {.underlying_index = body->underlying_index,
                       .custody_domain = body->custody_domain,
                       .decimals = body->decimals,
                       .treatment = (plm_treatment)body->treatment,
                       .liability_haircut_ppm = body->liability_haircut_ppm,
                       .tier_count = body->tier_count};
    for (uint32_t i = 0; i < body->tier_count && i < PLM_HAIRCUT_TIERS_MAX; i += 1) {
        terms.tiers[i] = (plm_haircut_tier){body->tier_upto_micros[i], body->tier_haircut_ppm[i]};
    }
    return terms;
}

static bool
is_curve_sound(const plm_event_asset *body) {
    const int64_t rate_max_ppm = 10 * PLM_PPM;
    return pli_i128_from_wide(body->borrow_cap_atoms) >= 0 && body->kink_ppm >= 1 &&
           body->kink_ppm < PLM_PPM && body->rate_zero_ppm >= 0 &&
           body->rate_kink_ppm >= body->rate_zero_ppm &&
           body->rate_full_ppm >= body->rate_kink_ppm && body->rate_full_ppm <= rate_max_ppm &&
           body->reserve_ppm >= 0 && body->reserve_ppm <= PLM_PPM;
}

// With the asset in its place; what already settles in it is checked again, for its treatment may have changed.
static bool
is_asset_sound(const pli_ledger *ledger, const plm_event_asset *body) {
    uint32_t at = body->asset_index;
    if ((at == 0) != (body->underlying_index == PLM_NONE) || !is_curve_sound(body)) {
        return false;
    }
    plm_listing listing = pli_ledger_listing(ledger);
    listing.asset_count = at < ledger->asset_count ? ledger->asset_count : at + 1;
    listing.instrument_count = at < ledger->asset_count ? ledger->instrument_count : 0;
    return plm_listing_check(&listing, NULL) == PLM_OK;
}

static plm_reject
check_asset(const pli_ledger *ledger, const plm_event_asset *body) {
    uint32_t at = body->asset_index;
    bool is_listed = at < ledger->asset_count;
    if (at > ledger->asset_count) {
        return PLM_REJECT_INDEX;
    }
    if (at == ledger->limits.asset_count) {
        return PLM_REJECT_TABLE_FULL;
    }
    const pli_asset_book *asset = &ledger->assets[at];
    if (is_listed &&
        (!is_same_name(asset->name, body->name) || asset->terms.decimals != body->decimals ||
         asset->terms.underlying_index != body->underlying_index)) {
        return PLM_REJECT_DECIMALS;
    }
    for (uint32_t i = 0; i < ledger->asset_count; i += 1) {
        if (i != at && is_same_name(ledger->assets[i].name, body->name)) {
            return PLM_REJECT_NAME;
        }
    }
    if (body->name[0] == '\0') {
        return PLM_REJECT_NAME;
    }
    return body->underlying_index != PLM_NONE && body->underlying_index >= ledger->underlying_count
               ? PLM_REJECT_UNDERLYING_UNKNOWN
               : PLM_REJECT_NONE;
}

plm_reject
pli_ledger_asset(pli_ledger *ledger, const plm_event_asset *body) {
    plm_reject reject = check_asset(ledger, body);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    uint32_t at = body->asset_index;
    pli_asset_book *asset = &ledger->assets[at];
    if (at < ledger->asset_count) {
        pli_interest_accrue(ledger, at);
    }
    PLI_SAVE(ledger, *asset);
    PLI_SAVE(ledger, ledger->listing_assets[at]);
    PLI_SAVE(ledger, ledger->asset_count);
    memcpy(asset->name, body->name, PLM_NAME_SIZE);
    asset->terms = terms_of(body);
    asset->borrow_cap = pli_i128_from_wide(body->borrow_cap_atoms);
    asset->kink_ppm = body->kink_ppm;
    asset->rate_zero_ppm = body->rate_zero_ppm;
    asset->rate_kink_ppm = body->rate_kink_ppm;
    asset->rate_full_ppm = body->rate_full_ppm;
    asset->reserve_ppm = body->reserve_ppm;
    ledger->listing_assets[at] = asset->terms;
    if (!is_asset_sound(ledger, body)) {
        return PLM_REJECT_VALUE;
    }
    ledger->asset_count += at == ledger->asset_count;
    return PLM_REJECT_NONE;
}

plm_reject
pli_ledger_underlying(pli_ledger *ledger, const plm_event_underlying *body) {
    uint32_t at = ledger->underlying_count;
    if (body->underlying_index != at) {
        return PLM_REJECT_INDEX;
    }
    if (at == ledger->limits.underlying_count) {
        return PLM_REJECT_TABLE_FULL;
    }
    for (uint32_t i = 0; i < at; i += 1) {
        if (is_same_name(ledger->underlying_names[i], body->name)) {
            return PLM_REJECT_NAME;
        }
    }
    if (body->name[0] == '\0') {
        return PLM_REJECT_NAME;
    }
    // plm_listing_check wants a valuation currency; any will do here.
    const plm_asset money = {.underlying_index = PLM_NONE,
                             .treatment = PLM_TREATMENT_HAIRCUT,
                             .tier_count = 1,
                             .tiers = {{INT64_MAX, 0}}};
    plm_underlying terms = {(plm_price_domain)body->domain, body->class_id, body->price_unit,
                            body->tick_e8, body->reference_e8};
    plm_listing alone = {1, 1, 0, &money, &terms, NULL};
    if (plm_listing_check(&alone, NULL) != PLM_OK) {
        return PLM_REJECT_VALUE;
    }
    PLI_SAVE(ledger, ledger->underlyings[at]);
    PLI_SAVE(ledger, ledger->underlying_names[at]);
    PLI_SAVE(ledger, ledger->underlying_count);
    ledger->underlyings[at] = terms;
    memcpy(ledger->underlying_names[at], body->name, PLM_NAME_SIZE);
    ledger->underlying_count += 1;
    return PLM_REJECT_NONE;
}

// A text of at least one letter, and nothing behind its end: as the decoder of events has it.
static bool
is_name(const char name[PLM_NAME_SIZE]) {
    uint32_t end = 0;
    while (end < PLM_NAME_SIZE && name[end] != '\0') {
        end += 1;
    }
    for (uint32_t i = end; i < PLM_NAME_SIZE; i += 1) {
        if (name[i] != '\0') {
            return false;
        }
    }
    return end > 0 && end < PLM_NAME_SIZE;
}

// Names stand `stride` bytes apart.
static bool
are_names_distinct(const char *names, size_t stride, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 1) {
        if (!is_name(names + i * stride)) {
            return false;
        }
        for (uint32_t j = 0; j < i; j += 1) {
            if (is_same_name(names + i * stride, names + j * stride)) {
                return false;
            }
        }
    }
    return true;
}

// PLM_LOTS_MAX lots at PLM_PRICE_E8_MAX must be an amount of 128 bits, with room to spare.
static bool
is_size_sound(const pli_ledger *ledger, const plm_instrument *terms) {
    pli_i128 atoms = terms->lot_e8;
    for (uint32_t i = 0; i < ledger->listing_assets[terms->settlement_asset_index].decimals;
         i += 1) {
        atoms *= 10;
    }
    const pli_i128 most = (pli_i128)INT64_C(10000000000000) * INT64_C(10000000000000);
    return atoms <= most * ledger->underlyings[terms->underlying_index].price_unit;
}

const char *
pli_ledger_check_listing(const pli_ledger *ledger) {
    plm_listing listing = pli_ledger_listing(ledger);
    if (!are_names_distinct(ledger->assets[0].name, sizeof ledger->assets[0],
                            ledger->asset_count) ||
        !are_names_distinct(ledger->markets[0].name, sizeof ledger->markets[0],
                            ledger->instrument_count) ||
        !are_names_distinct(ledger->underlying_names[0], PLM_NAME_SIZE, ledger->underlying_count)) {
        return "listing: a name is no text, or stands twice";
    }
    if (listing.asset_count > 0 ? plm_listing_check(&listing, NULL) != PLM_OK
                                : listing.instrument_count > 0) {
        return "listing: an entry is not well formed";
    }
    for (uint32_t i = 0; i < ledger->asset_count; i += 1) {
        if ((i == 0) != (ledger->assets[i].terms.underlying_index == PLM_NONE)) {
            return "listing: only the first asset is the valuation currency";
        }
    }
    for (uint32_t i = 0; i < ledger->instrument_count; i += 1) {
        if (!is_size_sound(ledger, &ledger->markets[i].terms)) {
            return "listing: amounts of an instrument do not fit in 128 bits";
        }
    }
    return NULL;
}

plm_reject
pli_ledger_instrument(pli_ledger *ledger, const plm_event_instrument *body) {
    uint32_t at = ledger->instrument_count;
    if (body->instrument_index != at) {
        return PLM_REJECT_INDEX;
    }
    if (at == ledger->limits.instrument_count) {
        return PLM_REJECT_TABLE_FULL;
    }
    for (uint32_t i = 0; i < at; i += 1) {
        if (is_same_name(ledger->markets[i].name, body->name)) {
            return PLM_REJECT_NAME;
        }
    }
    if (body->name[0] == '\0') {
        return PLM_REJECT_NAME;
    }
    if (body->underlying_index >= ledger->underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    if (body->settlement_asset_index >= ledger->asset_count) {
        return PLM_REJECT_ASSET_UNKNOWN;
    }
    plm_instrument terms = {(plm_kind)body->kind,   (plm_settlement)body->settlement,
                            (plm_right)body->right, (plm_premium)body->premium,
                            body->underlying_index, body->settlement_asset_index,
                            body->lot_e8,           body->strike_e8,
                            body->expiry_ns};
    plm_listing listing = pli_ledger_listing(ledger);
    listing.instrument_count = 1;
    listing.instruments = &terms;
    if (plm_listing_check(&listing, NULL) != PLM_OK || !is_size_sound(ledger, &terms)) {
        return PLM_REJECT_VALUE;
    }
    pli_market_book *market = &ledger->markets[at];
    PLI_SAVE(ledger, *market);
    PLI_SAVE(ledger, ledger->listing_instruments[at]);
    PLI_SAVE(ledger, ledger->instrument_count);
    *market = (pli_market_book){
        .terms = terms, .phase = PLI_PHASE_ACTIVE, .cohort_open = PLI_COHORT_NONE};
    memcpy(market->name, body->name, PLM_NAME_SIZE);
    ledger->listing_instruments[at] = terms;
    ledger->instrument_count += 1;
    return PLM_REJECT_NONE;
}

static plm_reject
check_account(const pli_ledger *ledger, uint32_t signer_count, const plm_event_account *body) {
    bool is_pool = body->kind == PLM_ACCOUNT_POOL;
    bool is_cross = body->kind == PLM_ACCOUNT_CROSS || is_pool;
    bool is_isolated = body->kind == PLM_ACCOUNT_ISOLATED;
    if (body->account_index != ledger->account_count) {
        return PLM_REJECT_INDEX;
    }
    if (ledger->account_count == ledger->limits.account_count) {
        return PLM_REJECT_TABLE_FULL;
    }
    if (body->owner >= signer_count) {
        return PLM_REJECT_SIGNER_UNKNOWN;
    }
    if ((is_cross && body->parent_index != PLM_NONE) ||
        (!is_isolated && body->instrument_index != PLM_NONE)) {
        return PLM_REJECT_VALUE;
    }
    if (is_pool && ledger->pool_account != PLM_NONE) {
        return PLM_REJECT_KIND;
    }
    if (!is_cross) {
        if (body->parent_index >= ledger->account_count) {
            return PLM_REJECT_ACCOUNT_UNKNOWN;
        }
        const pli_account *parent = &ledger->accounts[body->parent_index];
        if (is_isolated ? parent->kind == PLM_ACCOUNT_ISOLATED || parent->kind == PLM_ACCOUNT_POOL
                        : parent->kind != PLM_ACCOUNT_CROSS) {
            return PLM_REJECT_KIND;
        }
        if (parent->owner != body->owner) {
            return PLM_REJECT_ACCOUNT_FOREIGN;
        }
    }
    return is_isolated && body->instrument_index >= ledger->instrument_count
               ? PLM_REJECT_INSTRUMENT_UNKNOWN
               : PLM_REJECT_NONE;
}

plm_reject
pli_ledger_account(pli_ledger *ledger, uint32_t signer_count, const plm_event_account *body) {
    plm_reject reject = check_account(ledger, signer_count, body);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_account *account = &ledger->accounts[ledger->account_count];
    PLI_SAVE(ledger, *account);
    PLI_SAVE(ledger, ledger->account_count);
    *account = (pli_account){.kind = (plm_account_kind)body->kind,
                             .parent_index = body->parent_index,
                             .instrument_index = body->instrument_index,
                             .owner = body->owner};
    if (account->kind == PLM_ACCOUNT_POOL) {
        PLI_SAVE(ledger, ledger->pool_account);
        ledger->pool_account = ledger->account_count;
    }
    ledger->account_count += 1;
    return PLM_REJECT_NONE;
}
