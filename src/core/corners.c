/* corners.c: the ends of prices that may not be used, and the state seen there (docs/books.md, section 10).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/corners.h"

#include "base/libc.h"
#include "base/muldiv.h"
#include "core/records.h"

// How many: 0 where the underlying has none.
static uint32_t
find_ends(const plm_core *core, uint32_t underlying, bool is_withdrawal,
          int64_t ends_e8[PLI_CORNER_ENDS]) {
    const pli_underlying *of = &core->underlyings[underlying];
    const plm_price_record *price = &core->prices[underlying].price;
    plm_price_domain domain = core->ledger.underlyings[underlying].domain;
    plm_permission permission = is_withdrawal
                                    ? plm_price_allows(price->state, of->is_settled, of->is_strict,
                                                       PLM_PRICE_ACTION_WITHDRAW)
                                : price->state == PLM_PRICE_STATE_HELD ? PLM_PERMISSION_AT_WORSE
                                                                       : PLM_PERMISSION_AT_BOUNDS;
    if (!of->is_priced) {
        return 0;
    }
    if (permission == PLM_PERMISSION_AT_WORSE) {
        ends_e8[0] = price->price_e8;
        ends_e8[1] = of->candidate_e8;
        return 2;
    }
    pli_price_view view = {.is_priced = true, .price_e8 = price->price_e8};
    pli_feed_bounds(&view, domain, pli_record_of(core, pli_place_feed(&core->limits, underlying)),
                    &ends_e8[0], &ends_e8[1]);
    // A price of nothing is no price that a model takes: the smallest one stands for it.
    if (domain == PLM_PRICE_DOMAIN_POSITIVE && ends_e8[0] < 1) {
        ends_e8[0] = 1;
    }
    if (ends_e8[1] < ends_e8[0]) {
        return 0;
    }
    ends_e8[2] = price->price_e8;
    return price->state == PLM_PRICE_STATE_VALID ? 3 : 2;
}

static bool
is_usable(const plm_core *core, uint32_t underlying, bool is_withdrawal) {
    const pli_underlying *of = &core->underlyings[underlying];
    plm_price_state state = core->prices[underlying].price.state;
    return is_withdrawal ? plm_price_allows(state, of->is_settled, of->is_strict,
                                            PLM_PRICE_ACTION_WITHDRAW) == PLM_PERMISSION_YES
                         : state == PLM_PRICE_STATE_VALID;
}

// In rising order, each once.
static bool
add_underlying(const plm_core *core, uint32_t underlying, bool is_withdrawal,
               pli_corners *corners) {
    uint32_t at = 0;
    if (underlying == PLM_NONE || is_usable(core, underlying, is_withdrawal)) {
        return true;
    }
    while (at < corners->count && corners->underlyings[at] < underlying) {
        at += 1;
    }
    if (at < corners->count && corners->underlyings[at] == underlying) {
        return true;
    }
    int64_t ends_e8[PLI_CORNER_ENDS] = {0, 0, 0};
    uint32_t end_count = find_ends(core, underlying, is_withdrawal, ends_e8);
    if (corners->count == PLI_CORNERS_MAX || end_count == 0) {
        return false;
    }
    for (uint32_t i = corners->count; i > at; i -= 1) {
        corners->underlyings[i] = corners->underlyings[i - 1];
        corners->end_counts[i] = corners->end_counts[i - 1];
        memcpy(corners->ends_e8[i], corners->ends_e8[i - 1], sizeof ends_e8);
        corners->prices[i] = corners->prices[i - 1];
    }
    corners->underlyings[at] = underlying;
    corners->end_counts[at] = end_count;
    memcpy(corners->ends_e8[at], ends_e8, sizeof ends_e8);
    corners->prices[at] = core->prices[underlying].price;
    corners->count += 1;
    corners->combinations *= end_count;
    return true;
}

// Its own price and that of the asset it settles in. What an option is worth at an end nobody says.
static bool
add_instrument(const plm_core *core, uint32_t instrument, bool is_withdrawal,
               pli_corners *corners) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    uint32_t asset_u = core->ledger.listing_assets[terms->settlement_asset_index].underlying_index;
    return (terms->kind != PLM_KIND_OPTION ||
            is_usable(core, terms->underlying_index, is_withdrawal)) &&
           add_underlying(core, terms->underlying_index, is_withdrawal, corners) &&
           add_underlying(core, asset_u, is_withdrawal, corners);
}

plm_reject
pli_corners_add(const plm_core *core, const pli_holding *holding, bool is_withdrawal,
                pli_corners *corners) {
    bool is_sound = true;
    for (uint32_t i = 0; i < holding->position_count && is_sound; i += 1) {
        const pli_position *position = &holding->positions[i];
        const plm_instrument *terms = &core->ledger.listing_instruments[position->instrument_index];
        uint32_t asset_u =
            core->ledger.listing_assets[terms->settlement_asset_index].underlying_index;
        if (position->lots != 0) {
            is_sound = add_instrument(core, position->instrument_index, is_withdrawal, corners);
        } else if (position->senior.cohort != PLI_COHORT_NONE) {
            is_sound = add_underlying(core, asset_u, is_withdrawal, corners);
        }
    }
    for (uint32_t i = 0; i < holding->order_count && is_sound; i += 1) {
        is_sound =
            add_instrument(core, holding->orders[i].instrument_index, is_withdrawal, corners);
    }
    for (uint32_t i = 0; i < holding->balance_count && is_sound; i += 1) {
        const pli_balance *balance = &holding->balances[i];
        is_sound =
            balance->atoms == 0 ||
            add_underlying(core, core->ledger.listing_assets[balance->asset_index].underlying_index,
                           is_withdrawal, corners);
    }
    return is_sound ? PLM_REJECT_NONE : PLM_REJECT_PRICE_STATE;
}

// A mark that moves as its underlying does: in proportion where prices are above zero, else by as much.
static int64_t
moved_mark(int64_t mark_e8, int64_t from_e8, int64_t to_e8, const plm_underlying *underlying) {
    pli_i128 moved = mark_e8;
    if (underlying->domain == PLM_PRICE_DOMAIN_ANY) {
        moved += (pli_i128)to_e8 - from_e8;
    } else if (to_e8 != from_e8) {
        pli_i128 product = (pli_i128)mark_e8 * to_e8;
        moved = to_e8 < from_e8 ? pli_div_floor_i128(product, from_e8)
                                : pli_div_ceil_i128(product, from_e8);
    }
    // An inverse instrument has an underlying of the positive domain.
    pli_i128 least = underlying->domain == PLM_PRICE_DOMAIN_ANY ? -(pli_i128)PLM_PRICE_E8_MAX : 1;
    moved = moved < least ? least : moved;
    return (int64_t)(moved > PLM_PRICE_E8_MAX ? PLM_PRICE_E8_MAX : moved);
}

void
pli_corners_enter(plm_core *core, const pli_corners *corners, uint32_t number) {
    uint32_t instruments = core->ledger.instrument_count;
    if (corners->count == 0) {
        return;
    }
    memcpy(core->kept_marks, core->marks, instruments * sizeof core->marks[0]);
    for (uint32_t k = 0; k < corners->count; k += 1) {
        uint32_t u = corners->underlyings[k];
        int64_t from_e8 = corners->prices[k].price_e8;
        int64_t to_e8 = corners->ends_e8[k][number % corners->end_counts[k]];
        number /= corners->end_counts[k];
        plm_price_record *price = &core->prices[u].price;
        price->state = PLM_PRICE_STATE_VALID;
        price->price_e8 = to_e8;
        price->slow_e8 = to_e8 == from_e8 ? price->slow_e8 : to_e8;
        for (uint32_t i = 0; i < instruments; i += 1) {
            const plm_instrument *terms = &core->ledger.listing_instruments[i];
            if (terms->underlying_index == u && terms->kind != PLM_KIND_OPTION &&
                core->marks[i].is_present) {
                core->marks[i].mark_e8 = moved_mark(core->marks[i].mark_e8, from_e8, to_e8,
                                                    &core->ledger.underlyings[u]);
            }
        }
    }
}

void
pli_corners_leave(plm_core *core, const pli_corners *corners) {
    if (corners->count == 0) {
        return;
    }
    for (uint32_t k = 0; k < corners->count; k += 1) {
        core->prices[corners->underlyings[k]].price = corners->prices[k];
    }
    memcpy(core->marks, core->kept_marks, core->ledger.instrument_count * sizeof core->marks[0]);
}
