/* archetype.c: the named portfolios that every back-test shows.                        SPDX-License-Identifier: Apache-2.0 */
#include "study/archetype.h"

#include <stddef.h>

#include "base/assert.h"

// The day of the template itself; every instant carries it elsewhere.
#define TIME_NS (INT64_C(20000) * PLM_DAY_NS)
#define VOLATILITY_PPM INT64_C(500000)

enum { PERPETUAL, FUTURE, CALL_AT, CALL_OUT, PUT_AT, PUT_OUT };

typedef struct leg {
    uint32_t instrument;
    int64_t lots;
} leg;

typedef struct archetype {
    const char *name;
    uint32_t leg_count;
    leg legs[PLI_ARCHETYPE_LEGS];
} archetype;

static const archetype archetypes[PLI_ARCHETYPE_COUNT] = {
    {"long", 1, {{PERPETUAL, 1}}},
    {"short", 1, {{PERPETUAL, -1}}},
    {"calendar", 2, {{FUTURE, 1}, {PERPETUAL, -1}}},
    {"short-strangle", 2, {{PUT_OUT, -1}, {CALL_OUT, -1}}},
    {"long-straddle", 2, {{CALL_AT, 1}, {PUT_AT, 1}}},
    {"short-put", 1, {{PUT_OUT, -1}}},
};

const char *
pli_archetype_name(uint32_t index) {
    return index < PLI_ARCHETYPE_COUNT ? archetypes[index].name : NULL;
}

// Largest power of ten of the underlying, at most 1,000 units, worth no more than 1,000.
static int64_t
lot_for(int64_t price_e8) {
    int64_t lot_e8 = PLM_LOT_E8_MAX;
    while (lot_e8 > 1 && (double)lot_e8 / 1e8 * ((double)price_e8 / 1e8) > 1000.0) {
        lot_e8 /= 10;
    }
    return lot_e8;
}

static plm_instrument
dated(plm_kind kind, plm_right right, int64_t strike_e8, int64_t days) {
    return (plm_instrument){.kind = kind,
                            .settlement = PLM_SETTLEMENT_LINEAR,
                            .right = right,
                            .premium =
                                right == PLM_RIGHT_NONE ? PLM_PREMIUM_NONE : PLM_PREMIUM_PAID,
                            .strike_e8 = strike_e8,
                            .expiry_ns = days > 0 ? TIME_NS + days * PLM_DAY_NS : 0};
}

static void
make_market(int64_t price_e8, pli_archetypes *out) {
    out->price = (plm_underlying_market){.price = {.price_e8 = price_e8,
                                                   .slow_e8 = price_e8,
                                                   .publish_ns = TIME_NS,
                                                   .state = PLM_PRICE_STATE_VALID},
                                         .volatility_ppm = VOLATILITY_PPM};
    out->node = (plm_slice_node){.strike = (double)price_e8 / 1e8,
                                 .volatility = (double)VOLATILITY_PPM / 1e6};
    out->expiries[0] = (plm_expiry_market){
        .expiry_ns = TIME_NS + 30 * PLM_DAY_NS,
        .forward_e8 = price_e8,
        .slice = {.kind = PLM_SLICE_GRID, .node_count = 1, .nodes = &out->node}};
    out->expiries[1] = (plm_expiry_market){.expiry_ns = TIME_NS + 90 * PLM_DAY_NS,
                                           .forward_e8 = price_e8 + price_e8 / 100};
    for (uint32_t i = 0; i < PLI_ARCHETYPE_INSTRUMENTS; i += 1) {
        out->marks[i] = (plm_mark){.is_present = i == PERPETUAL || i == FUTURE};
    }
    out->marks[PERPETUAL].mark_e8 = price_e8;
    out->marks[FUTURE].mark_e8 = out->expiries[1].forward_e8;
    out->market = (plm_market){.time = {.ns = TIME_NS},
                               .underlyings = &out->price,
                               .marks = out->marks,
                               .expiry_count = 2,
                               .expiries = out->expiries};
}

void
pli_archetypes_make(int64_t price_e8, pli_archetypes *out) {
    PLI_ASSERT(price_e8 >= 1 && price_e8 <= PLM_PRICE_E8_MAX / 2);
    *out = (pli_archetypes){
        .asset = {.underlying_index = PLM_NONE,
                  .decimals = 6,
                  .treatment = PLM_TREATMENT_HAIRCUT,
                  .tier_count = 1,
                  .tiers = {{.upto_micros = INT64_MAX}}},
        .underlying = {.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1, .tick_e8 = 1}};
    int64_t above = price_e8 + price_e8 / 10;
    int64_t below = price_e8 - price_e8 / 10;
    out->instruments[PERPETUAL] = dated(PLM_KIND_PERPETUAL, PLM_RIGHT_NONE, 0, 0);
    out->instruments[FUTURE] = dated(PLM_KIND_FUTURE, PLM_RIGHT_NONE, 0, 90);
    out->instruments[CALL_AT] = dated(PLM_KIND_OPTION, PLM_RIGHT_CALL, price_e8, 30);
    out->instruments[CALL_OUT] = dated(PLM_KIND_OPTION, PLM_RIGHT_CALL, above, 30);
    out->instruments[PUT_AT] = dated(PLM_KIND_OPTION, PLM_RIGHT_PUT, price_e8, 30);
    out->instruments[PUT_OUT] = dated(PLM_KIND_OPTION, PLM_RIGHT_PUT, below, 30);
    for (uint32_t i = 0; i < PLI_ARCHETYPE_INSTRUMENTS; i += 1) {
        out->instruments[i].lot_e8 = lot_for(price_e8);
    }
    make_market(price_e8, out);
    out->listing = (plm_listing){.asset_count = 1,
                                 .underlying_count = 1,
                                 .instrument_count = PLI_ARCHETYPE_INSTRUMENTS,
                                 .assets = &out->asset,
                                 .underlyings = &out->underlying,
                                 .instruments = out->instruments};
    for (uint32_t i = 0; i < PLI_ARCHETYPE_COUNT; i += 1) {
        for (uint32_t j = 0; j < archetypes[i].leg_count; j += 1) {
            out->positions[i][j] =
                (plm_position){.instrument_index = archetypes[i].legs[j].instrument,
                               .lots = archetypes[i].legs[j].lots};
        }
        out->portfolios[i] = (plm_portfolio){.position_count = archetypes[i].leg_count,
                                             .positions = out->positions[i]};
    }
}
