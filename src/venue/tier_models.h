/* tier_models.h: the tables of tiers in the records of Binance and Hyperliquid.          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_TIER_MODELS_H
#define PLI_VENUE_TIER_MODELS_H

#include "venue/brackets.h"
#include "venue/exchange_models.h"

#define PLI_TIERS_MAX PLI_BINANCE_BRACKETS

/* pli_tier_table - one class: brackets with their deductions, and the largest leverage of each. */
typedef struct pli_tier_table {
    uint32_t count;
    pli_bracket brackets[PLI_TIERS_MAX];
    int64_t leverages[PLI_TIERS_MAX];
} pli_tier_table;

/* pli_binance_tiers, pli_hyperliquid_tiers - the table of a class below PLI_BINANCE_CLASSES, PLI_HYPERLIQUID_CLASSES. */
void pli_binance_tiers(const pli_binance_record *record, uint32_t class_id, pli_tier_table *out);
void pli_hyperliquid_tiers(const pli_hyperliquid_record *record, uint32_t class_id,
                           pli_tier_table *out);

#endif
