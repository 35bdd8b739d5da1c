/* liqprice_question.c: the public question for a liquidation price, onto the venues' formulas.
 * SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/liqprice.h"

#include "base/checked.h"
#include "base/text.h"
#include "base/tree.h"
#include "plimsoll/quantity.h"
#include "venue/liqprice.h"
#include "venue/tier_models.h"

#define PRICE_SCALE 8u
#define MONEY_SCALE 6u

static const int64_t quantity_max = INT64_C(10000000000000000);
static const int64_t money_max = INT64_C(1000000000000000000);

typedef struct rule {
    plm_liqprice_venue venue;
    pli_exact (*price)(const pli_liqprice_terms *terms);
    void (*take_tiers)(pli_tier_table *out); /* NULL: no tiers */
} rule;

/* Class 0 of the shipped records: BTC. */
static void
take_binance_tiers(pli_tier_table *out) {
    pli_binance_record record;
    plm_record_init(&pli_binance_descriptor, &record);
    pli_binance_tiers(&record, 0, out);
}

static void
take_hyperliquid_tiers(pli_tier_table *out) {
    pli_hyperliquid_record record;
    plm_record_init(&pli_hyperliquid_descriptor, &record);
    pli_hyperliquid_tiers(&record, 0, out);
}

static const rule rules[] = {
    {{"binance", "maintenance by bracket, on the liquidation price", true, false, true},
     pli_liqprice_linear,
     take_binance_tiers},
    {{"bybit", "isolated, maintenance on the entry price", false, false, false},
     pli_liqprice_bybit,
     NULL},
    {{"gate", "maintenance and taker fee, on the liquidation price", false, true, true},
     pli_liqprice_linear,
     NULL},
    {{"hyperliquid", "maintenance by tier, on the liquidation price", true, false, true},
     pli_liqprice_linear,
     take_hyperliquid_tiers},
    {{"okx", "maintenance and taker fee, on the liquidation price", false, true, true},
     pli_liqprice_linear,
     NULL},
};

#define RULE_COUNT (sizeof rules / sizeof rules[0])

const plm_liqprice_venue *
plm_liqprice_venue_at(uint32_t index) {
    return index < RULE_COUNT ? &rules[index].venue : NULL;
}

const plm_liqprice_venue *
plm_liqprice_venue_find(const char *name) {
    for (uint32_t i = 0; i < RULE_COUNT; i += 1) {
        if (pli_text_is_equal(rules[i].venue.name, name)) {
            return &rules[i].venue;
        }
    }
    return NULL;
}

static const rule *
rule_of(const plm_liqprice_venue *venue) {
    for (uint32_t i = 0; i < RULE_COUNT; i += 1) {
        if (&rules[i].venue == venue) {
            return &rules[i];
        }
    }
    return NULL;
}

static plm_status
check_range(const char *what, int64_t value, int64_t low, int64_t high, plm_fault *fault) {
    return value < low || value > high
               ? pli_fault_set_range(fault, PLM_DOMAIN, what, value, low, high)
               : PLM_OK;
}

static plm_status
check_bounds(const plm_liqprice_question *q, plm_fault *fault) {
    const struct {
        const char *what;
        int64_t value, low, high;
    } fields[] = {
        {"size_e8", q->size_e8, 1, quantity_max},
        {"entry_e8", q->entry_e8, 1, quantity_max},
        {"leverage_e8", q->has_balance ? 1 : q->leverage_e8, 1, quantity_max},
        {"balance_micros", q->balance_micros, -money_max, money_max},
        {"rate_ppm", q->rate_ppm, 0, PLM_PPM},
        {"amount_micros", q->amount_micros, 0, money_max},
        {"taker_ppm", q->taker_ppm, 0, PLM_PPM},
        {"others_profit_micros", q->others_profit_micros, -money_max, money_max},
        {"others_maintenance_micros", q->others_maintenance_micros, 0, money_max},
    };
    plm_status status = PLM_OK;
    for (uint32_t i = 0; status == PLM_OK && i < sizeof fields / sizeof fields[0]; i += 1) {
        status = check_range(fields[i].what, fields[i].value, fields[i].low, fields[i].high, fault);
    }
    return status;
}

/* What the venue needs is there, and nothing is stated that it would not read. */
static plm_status
check_reads(const plm_liqprice_venue *venue, const plm_liqprice_question *q, plm_fault *fault) {
    const char *wrong = NULL;
    if (!q->has_rate && !venue->has_tiers) {
        wrong = " has no tiers here: a maintenance rate is needed";
    } else if (!q->has_rate && q->amount_micros != 0) {
        wrong = ": a maintenance amount goes with a rate";
    } else if (!venue->has_tiers && q->amount_micros != 0) {
        wrong = " reads no maintenance amount";
    } else if (!venue->has_taker_rate && q->taker_ppm != 0) {
        wrong = " reads no taker fee";
    } else if (!venue->is_cross && q->has_balance) {
        wrong = " reads a leverage, not a balance";
    } else if (!venue->is_cross &&
               (q->others_profit_micros != 0 || q->others_maintenance_micros != 0)) {
        wrong = " is for isolated positions: it knows no others";
    } else if (q->has_balance && q->leverage_e8 != 0) {
        wrong = ": balance and leverage both state the margin";
    }
    return wrong == NULL ? PLM_OK : pli_fault_set(fault, PLM_DOMAIN, venue->name, wrong, NULL);
}

static pli_liqprice_terms
terms_of(const plm_liqprice_question *q) {
    pli_liqprice_terms terms = {
        .is_short = q->is_short,
        .size = pli_exact_decimal(q->size_e8, PRICE_SCALE),
        .entry = pli_exact_decimal(q->entry_e8, PRICE_SCALE),
        .margin = pli_exact_decimal(q->balance_micros, MONEY_SCALE),
        .leverage = pli_exact_decimal(q->leverage_e8, PRICE_SCALE),
        .maintenance_rate = pli_exact_ratio(q->rate_ppm, PLM_PPM),
        .maintenance_deduction = pli_exact_decimal(q->amount_micros, MONEY_SCALE),
        .taker_rate = pli_exact_ratio(q->taker_ppm, PLM_PPM),
        .others_profit = pli_exact_decimal(q->others_profit_micros, MONEY_SCALE),
        .others_maintenance = pli_exact_decimal(q->others_maintenance_micros, MONEY_SCALE),
    };
    if (!q->has_balance) {
        terms.margin = pli_liqprice_isolated_margin(&terms);
    }
    return terms;
}

static plm_status
round_answer(const plm_liqprice_venue *venue, const pli_liqprice_terms *terms, pli_exact exact,
             plm_liqprice *out) {
    pli_i128 price = 0;
    pli_i128 margin = 0;
    plm_status status = terms->is_short ? pli_exact_floor(exact, PRICE_SCALE, &price)
                                        : pli_exact_ceil(exact, PRICE_SCALE, &price);
    if (status == PLM_OK && venue->is_cross) {
        status = pli_exact_floor(terms->margin, MONEY_SCALE, &margin);
    }
    if (status != PLM_OK) {
        return status;
    }
    *out = (plm_liqprice){.is_found = pli_exact_sign(exact) > 0 && price > 0};
    bool fits = pli_narrow_i64(margin, &out->margin_micros) &&
                (!out->is_found || pli_narrow_i64(price, &out->price_e8));
    return fits ? PLM_OK : PLM_OVERFLOW;
}

plm_status
plm_liqprice_solve(const plm_liqprice_venue *venue, const plm_liqprice_question *question,
                   plm_liqprice *price, plm_fault *fault) {
    const rule *own = rule_of(venue);
    if (own == NULL) {
        return pli_fault_set(fault, PLM_DOMAIN, "the venue is none of plm_liqprice_venue_at", NULL,
                             NULL);
    }
    plm_status status = check_bounds(question, fault);
    if (status == PLM_OK) {
        status = check_reads(venue, question, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    const pli_liqprice_terms terms = terms_of(question);
    pli_exact exact;
    if (question->has_rate) {
        exact = own->price(&terms);
    } else {
        pli_tier_table tiers;
        own->take_tiers(&tiers);
        exact = pli_liqprice_bracketed(&terms, tiers.count, tiers.brackets);
    }
    plm_liqprice answer;
    status = round_answer(venue, &terms, exact, &answer);
    if (status != PLM_OK) {
        return pli_fault_set(fault, status,
                             status == PLM_DOMAIN
                                 ? "the rates leave no price at which equity equals maintenance"
                                 : "the price leaves its exact range",
                             NULL, NULL);
    }
    *price = answer;
    return PLM_OK;
}
