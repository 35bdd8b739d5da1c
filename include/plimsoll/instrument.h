/* instrument.h: what can be held: assets, underlyings and instruments.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_INSTRUMENT_H
#define PLIMSOLL_INSTRUMENT_H

#include <stdint.h>

#include "plimsoll/limits.h"
#include "plimsoll/quantity.h"
#include "plimsoll/status.h"

/*
 * Everything is named by a dense index into a table of the listing; outside names live in the decoders. The valuation
 * currency is the asset whose `underlying_index` is PLM_NONE; its price is one by definition.
 */
typedef enum plm_kind {
    PLM_KIND_SPOT = 1,      /* the underlying itself; profit is a change of its price */
    PLM_KIND_PERPETUAL = 2, /* future without expiry, tied to the index by funding */
    PLM_KIND_FUTURE = 3,    /* dated future */
    PLM_KIND_OPTION = 4     /* European option on the forward of its expiry */
} plm_kind;

typedef enum plm_settlement {
    /* quoted and settled in the settlement asset; profit is linear in the price */
    PLM_SETTLEMENT_LINEAR = 1,
    /* settled in the underlying coin: futures pay q * N * (1/F0 - 1/F1) coin; options are
       quoted in coin and worth that coin amount at the index */
    PLM_SETTLEMENT_INVERSE = 2
} plm_settlement;

typedef enum plm_right {
    PLM_RIGHT_NONE = 0, /* not an option */
    PLM_RIGHT_CALL = 1,
    PLM_RIGHT_PUT = 2
} plm_right;

typedef enum plm_premium {
    PLM_PREMIUM_NONE = 0, /* not an option */
    PLM_PREMIUM_PAID = 1, /* the premium moved when the option was traded: its value is equity */
    PLM_PREMIUM_FUTURES_STYLE = 2 /* variation margin on the premium: profit is q * mark - cost */
} plm_premium;

typedef enum plm_price_domain {
    /* a price at or below zero is refused; options are priced by Black-76 */
    PLM_PRICE_DOMAIN_POSITIVE = 1,
    PLM_PRICE_DOMAIN_ANY = 2 /* prices may be zero or negative; options are priced by Bachelier */
} plm_price_domain;

typedef enum plm_treatment {
    PLM_TREATMENT_HAIRCUT = 1, /* valued at price * (1 - haircut); not part of the scenarios */
    /* the whole balance is a delta-one position in the scenarios; the haircut then covers
       conversion impact and wrong-way risk only */
    PLM_TREATMENT_SCENARIO = 2
} plm_treatment;

/*
 * plm_haircut_tier - the share of value lost on the part of a balance that lies in one size tier.
 *
 * Tiers are marginal: value = sum over tiers of (part in the tier) * (1 - haircut), so adding collateral never lowers
 * equity [M5].
 */
typedef struct plm_haircut_tier {
    int64_t upto_micros; /* upper end of the tier in valuation currency; INT64_MAX for the last */
    int64_t haircut_ppm; /* 0 <= haircut < 1e6, not falling from tier to tier */
} plm_haircut_tier;

typedef struct plm_asset {
    uint32_t underlying_index; /* whose index is its price; PLM_NONE for the valuation currency */
    uint32_t custody_domain;   /* which chain or custodian holds it */
    uint32_t decimals;         /* atoms per unit = 10^decimals, 0..18 */
    plm_treatment treatment;
    int64_t liability_haircut_ppm; /* added to the price of a negative balance, 0..1e6 */
    uint32_t tier_count;           /* 1..PLM_HAIRCUT_TIERS_MAX */
    plm_haircut_tier tiers[PLM_HAIRCUT_TIERS_MAX];
} plm_asset;

typedef struct plm_underlying {
    plm_price_domain domain;
    uint32_t class_id; /* liquidity and shock class; classes are small integers chosen by the venue */
    int64_t price_unit;   /* units of the underlying that one quoted price buys (1,000 for SHIB) */
    int64_t tick_e8;      /* smallest price step, > 0 */
    int64_t reference_e8; /* domain `any`: relative shocks are fractions of this price, > 0; else 0 */
} plm_underlying;

typedef struct plm_instrument {
    plm_kind kind;
    plm_settlement settlement;
    plm_right right;
    plm_premium premium;
    uint32_t underlying_index;
    uint32_t settlement_asset_index;
    /* linear, and options: underlying units per lot; inverse futures: quote currency N per lot */
    int64_t lot_e8;
    int64_t strike_e8; /* options only, else 0 */
    int64_t expiry_ns; /* futures and options, else 0 */
} plm_instrument;

/*
 * plm_listing - the tables of what a venue lists. Read-only; the caller owns them.
 */
typedef struct plm_listing {
    uint32_t asset_count;
    uint32_t underlying_count;
    uint32_t instrument_count;
    const plm_asset *assets;
    const plm_underlying *underlyings;
    const plm_instrument *instruments;
} plm_listing;

/*
 * plm_listing_check - is every asset, underlying and instrument well formed, and do the indices point somewhere?
 *
 * Purity     No allocation, no I/O. Cost O(assets + underlyings + instruments).
 *
 * Returns
 *   PLM_OK                  every bound of quantity.h and every rule stated beside a field holds.
 *   PLM_INSTRUMENT_INVALID  the first entry that breaks a rule; *fault names table, index, field, value and bounds.
 *   PLM_INDEX_UNKNOWN       an index points outside its table.
 *
 * Guarantees [LISTING-1] exactly one asset is the valuation currency.
 *            [LISTING-2] inverse instruments settle in an asset priced by their own underlying.
 *            [LISTING-3] no premium is paid in a scenario-treated asset of another underlying.
 */
PLM_MUST_USE plm_status plm_listing_check(const plm_listing *listing, plm_fault *fault);

#endif
