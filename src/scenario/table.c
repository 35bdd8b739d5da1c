/* table.c: the table of risk arrays: size, empty state, and the rows of one underlying.   SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/libc.h"
#include "base/text.h"
#include "num/rounding.h"
#include "price/mark.h"
#include "scenario/row.h"

typedef struct layout {
    int64_t *entries;
    uint8_t *is_built;
} layout;

static void
carve(const plm_scenario_set *set, const plm_listing *listing, pli_arena *arena, layout *out) {
    size_t row_count = (size_t)listing->instrument_count + listing->asset_count;
    out->entries =
        pli_arena_take(arena, row_count * set->header.row_stride, sizeof(int64_t), PLI_ARENA_ALIGN);
    out->is_built = PLI_ARENA_TAKE(arena, row_count, uint8_t);
}

size_t
plm_risk_table_size(const plm_scenario_set *set, const plm_listing *listing) {
    pli_arena arena = pli_arena_init_sizing();
    layout unused;
    carve(set, listing, &arena, &unused);
    return (pli_arena_used(&arena) + PLI_ARENA_ALIGN - 1) / PLI_ARENA_ALIGN * PLI_ARENA_ALIGN;
}

plm_status
plm_risk_table_init(const plm_scenario_set *set, const plm_listing *listing, void *memory,
                    size_t size, plm_risk_table *table) {
    pli_arena arena = pli_arena_init(memory, size);
    layout parts;
    carve(set, listing, &arena, &parts);
    if (!pli_arena_is_ok(&arena)) {
        return PLM_WORKSPACE_SMALL;
    }
    size_t row_count = (size_t)listing->instrument_count + listing->asset_count;
    memset(parts.entries, 0, row_count * set->header.row_stride * sizeof *parts.entries);
    memset(parts.is_built, 0, row_count * sizeof *parts.is_built);
    for (uint32_t asset = 0; asset < listing->asset_count; asset += 1) {
        // The valuation currency is its own measure: its row of zeros is complete.
        if (listing->assets[asset].underlying_index == PLM_NONE) {
            parts.is_built[listing->instrument_count + asset] = 1;
        }
    }
    *table = (plm_risk_table){
        .header = &set->header,
        .instrument_count = listing->instrument_count,
        .asset_count = listing->asset_count,
        .entries = parts.entries,
        .is_built = parts.is_built,
    };
    return PLM_OK;
}

// The table is read-only for everyone but its builder, whose memory it is.
static int64_t *
writable_row(const plm_risk_table *table, uint32_t row) {
    return (int64_t *)(uintptr_t)plm_risk_row(table, row);
}

static void
set_built(const plm_risk_table *table, uint32_t row, bool is_built) {
    ((uint8_t *)(uintptr_t)table->is_built)[row] = is_built ? 1 : 0;
}

// Price of one whole unit of the settlement asset, and how its relative moves change it.
static void
set_settlement(pli_row *row, const plm_asset *asset) {
    row->settlement_price = 1.0;
    row->settlement_scale = 1.0;
    if (asset->underlying_index == PLM_NONE) {
        return;
    }
    const plm_underlying *underlying = &row->listing->underlyings[asset->underlying_index];
    double price =
        pli_double_from_i64(row->market->underlyings[asset->underlying_index].price.price_e8);
    row->settlement_price = price / 1e8 / pli_double_from_i64(underlying->price_unit);
    if (underlying->domain == PLM_PRICE_DOMAIN_ANY) {
        row->settlement_scale = pli_double_from_i64(underlying->reference_e8) / price;
    }
    row->exposure.settlement_underlying = asset->underlying_index;
}

static plm_status
fill_instrument(const plm_scenario_set *set, const plm_listing *listing, const plm_market *market,
                pli_row *row, plm_fault *fault) {
    const plm_instrument *instrument = &listing->instruments[row->instrument_index];
    bool has_expiry = instrument->kind == PLM_KIND_FUTURE || instrument->kind == PLM_KIND_OPTION;
    int64_t tenor_ns = has_expiry ? instrument->expiry_ns - market->time.ns : 0;
    if (has_expiry && tenor_ns <= 0) {
        return pli_fault_set_index(fault, PLM_EXPIRED, "instrument", row->instrument_index,
                                   " has expired");
    }
    row->exposure = pli_exposure_init(set, instrument->underlying_index,
                                      instrument->kind != PLM_KIND_SPOT, tenor_ns);
    if (instrument->settlement == PLM_SETTLEMENT_LINEAR) {
        set_settlement(row, &listing->assets[instrument->settlement_asset_index]);
    }
    plm_status status = PLM_OK;
    if (instrument->kind == PLM_KIND_OPTION) {
        status = pli_row_fill_option(row, fault);
    } else {
        plm_price mark = {.e8 = 0};
        status = plm_instrument_mark(listing, market, row->instrument_index, &mark, fault);
        if (status == PLM_OK) {
            status = pli_row_fill_delta_one(row, mark.e8, fault);
        }
    }
    return status;
}

static plm_status
fill_asset(const plm_scenario_set *set, const plm_listing *listing, uint32_t asset, pli_row *row,
           plm_fault *fault) {
    row->exposure = pli_exposure_init(set, listing->assets[asset].underlying_index, false, 0);
    return pli_row_fill_asset(row, fault);
}

// Empty the row, fill it, and say it is built only when it is complete.
static plm_status
build_row(const plm_scenario_set *set, const plm_listing *listing, const plm_market *market,
          uint32_t row_index, plm_risk_table *table, plm_fault *fault) {
    pli_row row = {
        .listing = listing,
        .market = market,
        .instrument_index = row_index < listing->instrument_count ? row_index : PLM_NONE,
        .entries = writable_row(table, row_index),
        .settlement_price = 1.0,
        .settlement_scale = 1.0,
    };
    size_t row_size = table->header->row_stride * sizeof *row.entries;
    set_built(table, row_index, false);
    memset(row.entries, 0, row_size);
    plm_status status =
        row_index < listing->instrument_count
            ? fill_instrument(set, listing, market, &row, fault)
            : fill_asset(set, listing, row_index - listing->instrument_count, &row, fault);
    if (status != PLM_OK) {
        memset(row.entries, 0, row_size);
        return status;
    }
    set_built(table, row_index, true);
    return PLM_OK;
}

plm_status
plm_risk_table_build(const plm_scenario_set *set, const plm_listing *listing,
                     const plm_market *market, uint32_t underlying_index, const uint8_t *only,
                     plm_risk_table *table, plm_fault *fault) {
    plm_status status = PLM_OK;
    for (uint32_t i = 0; i < listing->instrument_count && status == PLM_OK; i += 1) {
        bool is_wanted = listing->instruments[i].underlying_index == underlying_index &&
                         (only == NULL || only[i] != 0);
        if (is_wanted) {
            status = build_row(set, listing, market, i, table, fault);
        }
    }
    for (uint32_t j = 0; j < listing->asset_count && status == PLM_OK; j += 1) {
        if (listing->assets[j].underlying_index == underlying_index) {
            status = build_row(set, listing, market, listing->instrument_count + j, table, fault);
        }
    }
    return status;
}
