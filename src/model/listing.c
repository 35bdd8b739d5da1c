/* listing.c: is what a venue lists well formed?                                       SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include "base/text.h"
#include "plimsoll/instrument.h"

/* One entry of a table that broke a rule: "<table> <index>: <rest>". */
static plm_status
fault_entry(plm_fault *fault, plm_status status, const char *table, uint32_t index,
            const char *rest) {
    return pli_fault_set_index(fault, status, table, index, rest);
}

static plm_status
fault_bound(plm_fault *fault, const char *table, uint32_t index, const char *field, int64_t seen,
            const char *allowed) {
    if (fault != NULL) {
        fault->status = PLM_INSTRUMENT_INVALID;
        pli_text text = pli_text_init(fault->text, sizeof fault->text);
        pli_text_append(&text, table);
        pli_text_append_char(&text, ' ');
        pli_text_append_u64(&text, index);
        pli_text_append(&text, ": ");
        pli_text_append(&text, field);
        pli_text_append(&text, " is ");
        pli_text_append_i64(&text, seen);
        pli_text_append(&text, "; allowed is ");
        pli_text_append(&text, allowed);
    }
    return PLM_INSTRUMENT_INVALID;
}

static plm_status
check_tiers(const plm_asset *asset, uint32_t index, plm_fault *fault) {
    if (asset->tier_count < 1 || asset->tier_count > PLM_HAIRCUT_TIERS_MAX) {
        return fault_bound(fault, "asset", index, "tier_count", asset->tier_count, "1 to 8");
    }
    int64_t upto = 0;
    int64_t haircut = 0;
    for (uint32_t i = 0; i < asset->tier_count; i += 1) {
        const plm_haircut_tier *tier = &asset->tiers[i];
        if (tier->haircut_ppm < haircut || tier->haircut_ppm >= PLM_PPM) {
            return fault_bound(fault, "asset", index, "haircut_ppm", tier->haircut_ppm,
                               "0 to 999999, not falling from tier to tier");
        }
        if (tier->upto_micros <= upto) {
            return fault_bound(fault, "asset", index, "upto_micros", tier->upto_micros,
                               "above 0 and rising from tier to tier");
        }
        upto = tier->upto_micros;
        haircut = tier->haircut_ppm;
    }
    if (upto != INT64_MAX) {
        return fault_bound(fault, "asset", index, "upto_micros of the last tier", upto,
                           "9223372036854775807 (no end)");
    }
    return PLM_OK;
}

static plm_status
check_asset(const plm_listing *listing, uint32_t index, plm_fault *fault) {
    const plm_asset *asset = &listing->assets[index];
    if (asset->underlying_index != PLM_NONE &&
        asset->underlying_index >= listing->underlying_count) {
        return fault_entry(fault, PLM_INDEX_UNKNOWN, "asset", index,
                           ": no underlying has its index");
    }
    if (asset->decimals > PLM_DECIMALS_MAX) {
        return fault_bound(fault, "asset", index, "decimals", asset->decimals, "0 to 18");
    }
    if (asset->treatment != PLM_TREATMENT_HAIRCUT && asset->treatment != PLM_TREATMENT_SCENARIO) {
        return fault_bound(fault, "asset", index, "treatment", (int64_t)asset->treatment, "1 or 2");
    }
    if (asset->treatment == PLM_TREATMENT_SCENARIO && asset->underlying_index == PLM_NONE) {
        return fault_entry(fault, PLM_INSTRUMENT_INVALID, "asset", index,
                           ": the valuation currency cannot have treatment scenario");
    }
    if (asset->liability_haircut_ppm < 0 || asset->liability_haircut_ppm > PLM_PPM) {
        return fault_bound(fault, "asset", index, "liability_haircut_ppm",
                           asset->liability_haircut_ppm, "0 to 1000000");
    }
    return check_tiers(asset, index, fault);
}

static plm_status
check_underlying(const plm_underlying *underlying, uint32_t index, plm_fault *fault) {
    if (underlying->domain != PLM_PRICE_DOMAIN_POSITIVE &&
        underlying->domain != PLM_PRICE_DOMAIN_ANY) {
        return fault_bound(fault, "underlying", index, "domain", (int64_t)underlying->domain,
                           "1 or 2");
    }
    if (underlying->price_unit < 1 || underlying->price_unit > PLM_PRICE_UNIT_MAX) {
        return fault_bound(fault, "underlying", index, "price_unit", underlying->price_unit,
                           "1 to 1000000000");
    }
    if (underlying->tick_e8 < 1 || underlying->tick_e8 > PLM_PRICE_E8_MAX) {
        return fault_bound(fault, "underlying", index, "tick_e8", underlying->tick_e8,
                           "1 to 10000000000000000");
    }
    bool is_any = underlying->domain == PLM_PRICE_DOMAIN_ANY;
    if (is_any ? underlying->reference_e8 < 1 || underlying->reference_e8 > PLM_PRICE_E8_MAX
               : underlying->reference_e8 != 0) {
        return fault_bound(fault, "underlying", index, "reference_e8", underlying->reference_e8,
                           is_any ? "1 to 10000000000000000" : "0 where the domain is positive");
    }
    return PLM_OK;
}

/* Fields that only options, only dated instruments, or only coin-settled instruments may set. */
static plm_status
check_kind(const plm_instrument *instrument, uint32_t index, plm_fault *fault) {
    bool is_option = instrument->kind == PLM_KIND_OPTION;
    bool is_dated = is_option || instrument->kind == PLM_KIND_FUTURE;
    if (instrument->kind < PLM_KIND_SPOT || instrument->kind > PLM_KIND_OPTION) {
        return fault_bound(fault, "instrument", index, "kind", (int64_t)instrument->kind, "1 to 4");
    }
    if (instrument->settlement != PLM_SETTLEMENT_LINEAR &&
        instrument->settlement != PLM_SETTLEMENT_INVERSE) {
        return fault_bound(fault, "instrument", index, "settlement",
                           (int64_t)instrument->settlement, "1 or 2");
    }
    bool has_right = instrument->right == PLM_RIGHT_CALL || instrument->right == PLM_RIGHT_PUT;
    if (is_option ? !has_right : instrument->right != PLM_RIGHT_NONE) {
        return fault_bound(fault, "instrument", index, "right", (int64_t)instrument->right,
                           is_option ? "1 or 2" : "0 unless it is an option");
    }
    bool has_premium =
        instrument->premium == PLM_PREMIUM_PAID || instrument->premium == PLM_PREMIUM_FUTURES_STYLE;
    if (is_option ? !has_premium : instrument->premium != PLM_PREMIUM_NONE) {
        return fault_bound(fault, "instrument", index, "premium", (int64_t)instrument->premium,
                           is_option ? "1 or 2" : "0 unless it is an option");
    }
    if (is_dated ? instrument->expiry_ns <= 0 : instrument->expiry_ns != 0) {
        return fault_bound(fault, "instrument", index, "expiry_ns", instrument->expiry_ns,
                           is_dated ? "above 0" : "0 for spot and perpetuals");
    }
    if (!is_option && instrument->strike_e8 != 0) {
        return fault_bound(fault, "instrument", index, "strike_e8", instrument->strike_e8,
                           "0 unless it is an option");
    }
    return PLM_OK;
}

static plm_status
check_coin(const plm_listing *listing, uint32_t index, plm_fault *fault) {
    const plm_instrument *instrument = &listing->instruments[index];
    const plm_underlying *underlying = &listing->underlyings[instrument->underlying_index];
    const plm_asset *asset = &listing->assets[instrument->settlement_asset_index];
    if (instrument->premium == PLM_PREMIUM_PAID && asset->treatment == PLM_TREATMENT_SCENARIO &&
        asset->underlying_index != instrument->underlying_index) {
        return fault_entry(fault, PLM_INSTRUMENT_INVALID, "instrument", index,
                           ": a premium is not paid in a scenario-treated asset of another "
                           "underlying");
    }
    if (instrument->settlement != PLM_SETTLEMENT_INVERSE) {
        return PLM_OK;
    }
    if (instrument->kind == PLM_KIND_SPOT) {
        return fault_entry(fault, PLM_INSTRUMENT_INVALID, "instrument", index,
                           ": spot cannot settle in its own coin");
    }
    if (underlying->domain != PLM_PRICE_DOMAIN_POSITIVE) {
        return fault_entry(fault, PLM_INSTRUMENT_INVALID, "instrument", index,
                           ": an inverse instrument needs an underlying of domain positive");
    }
    if (asset->underlying_index != instrument->underlying_index) {
        return fault_entry(fault, PLM_INSTRUMENT_INVALID, "instrument", index,
                           ": an inverse instrument settles in the asset of its own underlying");
    }
    if (instrument->premium == PLM_PREMIUM_FUTURES_STYLE) {
        return fault_entry(fault, PLM_INSTRUMENT_INVALID, "instrument", index,
                           ": a coin-settled option is premium-paid");
    }
    return PLM_OK;
}

static plm_status
check_instrument(const plm_listing *listing, uint32_t index, plm_fault *fault) {
    const plm_instrument *instrument = &listing->instruments[index];
    if (instrument->underlying_index >= listing->underlying_count) {
        return fault_entry(fault, PLM_INDEX_UNKNOWN, "instrument", index,
                           ": no underlying has its index");
    }
    if (instrument->settlement_asset_index >= listing->asset_count) {
        return fault_entry(fault, PLM_INDEX_UNKNOWN, "instrument", index,
                           ": no asset has its settlement index");
    }
    if (instrument->lot_e8 < 1 || instrument->lot_e8 > PLM_LOT_E8_MAX) {
        return fault_bound(fault, "instrument", index, "lot_e8", instrument->lot_e8,
                           "1 to 100000000000");
    }
    plm_status status = check_kind(instrument, index, fault);
    if (status != PLM_OK) {
        return status;
    }
    bool is_positive =
        listing->underlyings[instrument->underlying_index].domain == PLM_PRICE_DOMAIN_POSITIVE;
    int64_t strike = instrument->strike_e8;
    if (instrument->kind == PLM_KIND_OPTION &&
        (strike > PLM_PRICE_E8_MAX || strike < (is_positive ? 1 : -PLM_PRICE_E8_MAX))) {
        return fault_bound(fault, "instrument", index, "strike_e8", strike,
                           is_positive ? "1 to 10000000000000000" : "-1e16 to 1e16");
    }
    return check_coin(listing, index, fault);
}

plm_status
plm_listing_check(const plm_listing *listing, plm_fault *fault) {
    uint32_t valuation_count = 0;
    for (uint32_t i = 0; i < listing->underlying_count; i += 1) {
        plm_status status = check_underlying(&listing->underlyings[i], i, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    for (uint32_t i = 0; i < listing->asset_count; i += 1) {
        plm_status status = check_asset(listing, i, fault);
        if (status != PLM_OK) {
            return status;
        }
        valuation_count += listing->assets[i].underlying_index == PLM_NONE;
    }
    if (valuation_count != 1) {
        return pli_fault_set_range(fault, PLM_INSTRUMENT_INVALID,
                                   "the number of assets without underlying (valuation currency)",
                                   valuation_count, 1, 1);
    }
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        plm_status status = check_instrument(listing, i, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    return PLM_OK;
}
