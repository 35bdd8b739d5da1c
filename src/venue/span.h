/* span.h: CME SPAN: what a risk parameter file says, and the requirement it gives.        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_SPAN_H
#define PLI_VENUE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/wide.h"
#include "plimsoll/status.h"
#include "venue/exact.h"

/*
 * Sources: CME Group, "Risk Parameter File Layouts for the Positional Formats" (expanded format), and the published
 * description of the algorithm; docs/method/venue-span.md says which part stands where and what is not covered.
 *
 * Sign     Array values are losses of one long contract: positive is a loss.
 * Money    In units of 1e-12 of the commodity's performance-bond currency; deltas in units of 1e-9.
 */
#define PLI_SPAN_SCENARIO_COUNT 16u
#define PLI_SPAN_CODE_SIZE 16u /* codes are up to 15 bytes, padded with NUL */
#define PLI_SPAN_MONEY_SCALE 12u
#define PLI_SPAN_DELTA_SCALE 9u
#define PLI_SPAN_NONE UINT32_MAX

/* pli_span_number - mantissa x 10^-decimals, exactly. */
typedef struct pli_span_number {
    int64_t mantissa;
    int32_t decimals; /* -18..18; below 0 multiplies */
} pli_span_number;

/* pli_span_period - a contract month CCYYMM and its day or week code (two bytes, the first high; 0: none). */
typedef struct pli_span_period {
    uint32_t month;
    uint32_t day;
} pli_span_period;

/* pli_span_range - from first to last, both inside; an end without a day code takes in its whole month. */
typedef struct pli_span_range {
    pli_span_period first;
    pli_span_period last;
} pli_span_range;

/* pli_span_contract - one risk array. Prices and strikes stay as the digits of the file until they are asked for. */
typedef struct pli_span_contract {
    uint32_t line;
    uint32_t product_index;
    pli_span_period future; /* of the future, or of the future under an option */
    pli_span_period option; /* zero for what is no option */
    char right;             /* 'C', 'P', 0 */
    bool has_price;         /* false where the settlement is all nines */
    pli_span_number composite_delta;
    int64_t strike_raw;
    int64_t price_raw;
    int32_t array_decimals;
    int64_t array[PLI_SPAN_SCENARIO_COUNT];
} pli_span_contract;

/* pli_span_series - what holds for all strikes: the delta scaling, and a contract value factor of its own (or 0). */
typedef struct pli_span_series {
    uint32_t product_index;
    pli_span_period future;
    pli_span_period option;
    pli_span_number delta_scaling;
    pli_span_number value_factor;
} pli_span_series;

typedef struct pli_span_product {
    uint32_t line;
    char exchange[PLI_SPAN_CODE_SIZE];
    char code[PLI_SPAN_CODE_SIZE];
    char type[PLI_SPAN_CODE_SIZE]; /* FUT PHY CMB OOF OOP OOC */
    uint32_t commodity_index;      /* PLI_SPAN_NONE: in no combined commodity */
    bool is_shared;                /* named by more than one combined commodity */
    bool has_conversion;           /* its price conversion was in the file */
    int32_t price_decimals;
    int32_t strike_decimals;
    char price_code; /* ' ', 'C', 'K', '0' */
    char strike_code;
    int32_t array_decimals;
    pli_span_number value_factor;
    char valuation[PLI_SPAN_CODE_SIZE]; /* "FUT", "EQTY" or "" */
    uint32_t contract_first;            /* into contract_order */
    uint32_t contract_count;
    uint32_t series_first; /* into series_order */
    uint32_t series_count;
} pli_span_product;

/* pli_span_commodity - a combined commodity: the methods, the ratios and the rate of the short option minimum. */
typedef struct pli_span_commodity {
    uint32_t line;
    char exchange[PLI_SPAN_CODE_SIZE];
    char code[PLI_SPAN_CODE_SIZE];
    char currency[PLI_SPAN_CODE_SIZE];
    int32_t risk_exponent;
    char option_style; /* 'P', 'F', ' ' */
    bool is_option_value_capped;
    bool has_minimum_tiers;
    char scan_method[3];
    char intra_method[3];
    char delivery_method[3];
    char minimum_method; /* '1', '2', ' ' */
    pli_span_number minimum_rate;
    pli_span_number adjustment[3]; /* by pli_span_account - 1; mantissa 0: not given */
    pli_span_number initial_ratio[3];
} pli_span_commodity;

typedef struct pli_span_tier {
    uint32_t commodity_index;
    uint32_t number;
    pli_span_range range;
} pli_span_tier;

typedef struct pli_span_delivery {
    uint32_t commodity_index;
    pli_span_period period; /* day 0: any */
    pli_span_number rate_in_spread;
    pli_span_number rate_outright;
} pli_span_delivery;

typedef enum pli_span_spread_kind {
    PLI_SPAN_SPREAD_SERIES = 1, /* month to month, type E */
    PLI_SPAN_SPREAD_TIER = 2    /* tier to tier, type C */
} pli_span_spread_kind;

/* pli_span_leg - of a series spread the month (day 0: all of it), of a tier spread the tier's number. */
typedef struct pli_span_leg {
    pli_span_period period;
    uint32_t tier;
    bool is_side_a;
    pli_span_number ratio; /* deltas a spread, > 0 */
} pli_span_leg;

typedef struct pli_span_spread {
    uint32_t line;
    uint32_t commodity_index;
    pli_span_spread_kind kind;
    uint32_t priority;
    pli_span_number rate;
    uint32_t leg_first;
    uint32_t leg_count;
} pli_span_spread;

/* pli_span_inter - a spread between combined commodities; it is recognised, not computed. */
#define PLI_SPAN_INTER_LEGS_MAX 16u
typedef struct pli_span_inter {
    uint32_t line;
    char method[3];
    bool is_tiered;
    uint32_t leg_count;
    struct {
        char exchange[PLI_SPAN_CODE_SIZE]; /* "" any */
        char commodity[PLI_SPAN_CODE_SIZE];
        bool is_side_a;
    } legs[PLI_SPAN_INTER_LEGS_MAX];
} pli_span_inter;

/*
 * pli_span_file - a decoded file. Everything is only read; the memory is the decoder's.
 *
 * Invariants [SPAN-1] every index points into its table. [SPAN-2] contract_order and series_order hold each product's
 *            entries side by side, in the order of the file. [SPAN-3] legs' ratios are above 0.
 */
typedef struct pli_span_file {
    uint32_t date; /* CCYYMMDD */
    uint32_t product_count, commodity_count, tier_count, delivery_count;
    uint32_t spread_count, leg_count, inter_count, series_count, contract_count;
    uint32_t
        unlinked_count; /* arrays of products that no combined commodity names; they were dropped */
    pli_span_product *products;
    pli_span_commodity *commodities;
    pli_span_tier *tiers;
    pli_span_delivery *deliveries;
    pli_span_spread *spreads;
    pli_span_leg *legs;
    pli_span_inter *inters;
    pli_span_series *series;
    pli_span_contract *contracts;
    uint32_t *series_order;
    uint32_t *contract_order;
} pli_span_file;

/* pli_span_index - fill contract_order, series_order and the products' runs from the tables. */
void pli_span_index(pli_span_file *file);

/*
 * pli_span_key - a contract as people name it. `exchange` may be "" (any); `right`, `option_month` and `strike` are
 * zero for what is no option. `day` is the day or week code of the option, or of the future where it is one. An option
 * may leave future_month 0, which is any.
 */
typedef struct pli_span_key {
    const char *exchange;
    const char *code;
    const char *type;
    char right;
    uint32_t future_month;
    uint32_t option_month;
    uint32_t day;
    pli_span_number strike;
} pli_span_key;

/*
 * pli_span_find - the contract of that identity: exchange, code, type, right, both months, day code and strike.
 *
 * Returns    PLM_OK; PLM_INDEX_UNKNOWN when there is none; PLM_VALUE_INVALID when more than one fits; what
 *            pli_span_price answers for a strike that cannot be read.
 */
PLM_MUST_USE plm_status pli_span_find(const pli_span_file *file, const pli_span_key *key,
                                      uint32_t *contract_index, plm_fault *fault);

/* pli_span_period_text - "202511" or "20251112" in `out`. */
#define PLI_SPAN_PERIOD_SIZE 16u
void pli_span_period_text(pli_span_period period, char out[PLI_SPAN_PERIOD_SIZE]);

/* pli_span_day - two bytes as a day code; blank or zero ones are 0. */
uint32_t pli_span_day(const char *two, size_t size);

/*
 * pli_span_price - the digits of a price or a strike as a number.
 *
 * code ' ': value / 10^decimals. 'C': the three decimals are thirty-seconds and a truncated eighth of one. 'K': the same
 * with sixty-fourths. '0': the last digit is a truncated eighth of the digit before (1 = .125, 2 = .25, 3 = .375,
 * 5 = .5, 6 = .625, 7 = .75, 8 = .875).
 *
 * Returns    PLM_OK; PLM_VALUE_INVALID for digits the code does not allow (a last digit 4 or 9, 32 thirty-seconds);
 *            PLM_MODEL_UNSUPPORTED for another code, or C and K with other than three decimals; PLM_OVERFLOW.
 * Example    (117130, 3, 'C') is 117.40625.
 */
#define PLI_SPAN_RAW_MAX INT64_C(99999999999999) /* the widest field has 14 digits */
PLM_MUST_USE plm_status pli_span_price(int64_t value, int32_t decimals, char code,
                                       pli_span_number *out);

/* pli_span_compare - below zero, zero, above zero: left against right, exactly. */
int pli_span_compare(pli_span_number left, pli_span_number right);

/* pli_span_future_terms - how a clearing house makes the array of a future. */
typedef struct pli_span_future_terms {
    pli_exact price_scan_range;
    pli_exact extreme_multiplier;
    pli_exact cover_fraction;
    pli_exact time_decay_loss; /* 0 where the scan is on the future itself */
    pli_exact slope;           /* 1 likewise */
} pli_span_future_terms;

/* pli_span_move - the price move of scenario `index` (0..15) in scan ranges; the last two are +- the multiplier. */
pli_exact pli_span_move(uint32_t index, pli_exact extreme_multiplier);

/* pli_span_future_array - w (time decay - slope x range x move); w is the cover for the last two, else 1. */
void pli_span_future_array(const pli_span_future_terms *terms,
                           pli_exact out[PLI_SPAN_SCENARIO_COUNT]);

/*
 * pli_span_short_call_extreme - the covered loss of a short call at forward + multiplier x range, volatility unchanged.
 * Undiscounted Black-76. Every argument is finite, forward, strike and years above 0 (PLM_DOMAIN).
 */
typedef struct pli_span_call_terms {
    double forward, strike, years, volatility, price_scan_range, extreme_multiplier, cover;
} pli_span_call_terms;
PLM_MUST_USE plm_status pli_span_short_call_extreme(const pli_span_call_terms *terms, double *loss);

/* pli_span_position - `quantity` contracts, short below 0. A contract may stand in several positions: they are netted. */
typedef struct pli_span_position {
    uint32_t contract_index;
    int64_t quantity;
} pli_span_position;

typedef enum pli_span_account {
    PLI_SPAN_ACCOUNT_MEMBER = 1,
    PLI_SPAN_ACCOUNT_HEDGER = 2,
    PLI_SPAN_ACCOUNT_SPECULATOR = 3
} pli_span_account;

typedef struct pli_span_request {
    uint32_t position_count;
    const pli_span_position *positions;
    pli_span_account account;
    bool is_inter_credit_waived; /* give no credit between commodities instead of refusing */
} pli_span_request;

typedef struct pli_span_month {
    pli_span_period period;
    pli_i128 delta;     /* before spreads, 1e-9 */
    pli_i128 remaining; /* after spreads */
    pli_i128 consumed;  /* magnitude that spreads took */
} pli_span_month;

/* pli_span_use - a spread that was formed: `count` in 1e-9 (rounded up), its charge in 1e-12. */
typedef struct pli_span_use {
    uint32_t spread_index;
    pli_i128 count;
    pli_i128 charge;
} pli_span_use;

/* pli_span_requirement - one combined commodity, every part in 1e-12 of its currency. */
typedef struct pli_span_requirement {
    uint32_t commodity_index;
    uint32_t active_scenario; /* 1..16: the lowest with the largest loss */
    pli_i128 losses[PLI_SPAN_SCENARIO_COUNT];
    pli_i128 scan;
    pli_i128 intra;
    pli_i128 delivery;
    pli_i128 minimum; /* of short options */
    pli_i128 risk;    /* max(scan + intra + delivery, minimum) */
    pli_i128 long_value;
    pli_i128 short_value;
    pli_i128 net_value;     /* long - short, capped at risk where the file says so */
    pli_i128 total;         /* maintenance: risk - net_value */
    pli_i128 initial_total; /* risk x ratio of the account, rounded up, - net_value */
    pli_i128 net_delta;
    uint32_t month_count;
    pli_span_month *months; /* ascending */
    uint32_t use_count;
    pli_span_use *uses; /* in the order they were formed */
} pli_span_requirement;

typedef struct pli_span_result {
    uint32_t requirement_count;
    pli_span_requirement *requirements; /* in the order of the file's combined commodities */
    uint32_t waived_count; /* spreads between commodities that could have given credit */
} pli_span_result;

/*
 * pli_span_margin - the requirement of each combined commodity held.
 *
 * Rounding   Losses are exact. Charges and the initial requirement round up, the value of long options down, of short
 *            options up, each at 1e-12.
 * Purity     No I/O, no clock; memory from `arena`, which keeps *result alive.
 * Returns
 *   PLM_OK
 *   PLM_MODEL_UNSUPPORTED  what this model does not compute, named in *fault: credit between commodities (unless
 *                          waived), scanning tiers, tiers of the minimum, delivery other than none or by table,
 *                          combinations, adjustment factors other than 1.
 *   PLM_MARK_MISSING       a premium-style option without a settlement price.
 *   PLM_INDEX_UNKNOWN      a product outside every combined commodity, or a spread that names a tier that is not there.
 *   PLM_VALUE_INVALID      a product in two combined commodities, contradictory valuation, a price that cannot be read.
 *   PLM_OVERFLOW, PLM_LIMIT (the arena is full).
 */
PLM_MUST_USE plm_status pli_span_margin(const pli_span_file *file, const pli_span_request *request,
                                        pli_arena *arena, pli_span_result *result,
                                        plm_fault *fault);

/*
 * pli_span_short_minimum - rate x short calls and puts (method '2' or ' '), or the larger of both (method '1').
 * Returns    PLM_OK; PLM_MODEL_UNSUPPORTED for another method; PLM_OVERFLOW.
 */
PLM_MUST_USE plm_status pli_span_short_minimum(char method, int64_t calls, int64_t puts,
                                               pli_i128 rate, pli_i128 *out);

/* pli_span_scan - the largest of the losses, at least 0, and the lowest scenario (1..16) that attains the largest. */
pli_i128 pli_span_scan(const pli_i128 losses[PLI_SPAN_SCENARIO_COUNT], uint32_t *active_scenario);

/* pli_span_to_scale - the number x 10^scale, rounded up or down; false where it does not fit. */
bool pli_span_to_scale(pli_span_number number, int32_t scale, bool is_up, pli_i128 *out);

#endif
