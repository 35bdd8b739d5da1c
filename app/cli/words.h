/* words.h: scenarios, branches and health in words a person can act on.               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_WORDS_H
#define PLI_CLI_WORDS_H

#include "base/text.h"
#include "cli/case.h"
#include "report/load_line.h"

/* pli_words_amount - "1,234.50 USD"; two decimals, rounded as told. */
void pli_words_amount(pli_text *text, int64_t micros, const char *currency,
                      pli_decimal_rounding rounding);

/* pli_words_percent - a ratio as "-12.5%", signed where it is a move. */
void pli_words_percent(pli_text *text, double ratio, unsigned decimals);

/* pli_words_move - the price move of a grid point of one underlying, "-18%". */
void pli_words_move(pli_text *text, const plm_scenario_set *set, uint32_t underlying_index,
                    const plm_grid_point *point);

/* pli_words_vol_move - "volatility up", "skew down"; "volatility unchanged" for none. */
const char *pli_words_vol_move(plm_vol_move move);

/*
 * pli_words_entry - what happens in one entry of a row.
 *
 * grid     "BTC -18%, volatility up, at the horizon"
 * history  "2025-07-25: BTC -20.1%, ETH -22.4%; volatility follows the fall; at the horizon"
 * stress   "stress all-down"
 * `underlying_index` is whose grid it is; `used` says which underlyings matter to the account (NULL: all).
 */
void pli_words_entry(pli_text *text, const pli_case *opened, const plm_scenario_set *set,
                     uint32_t entry, uint32_t underlying_index, const uint8_t *used);

/* pli_words_used - which underlyings an account's positions, orders and scenario-treated balances touch. */
const uint8_t *pli_words_used(pli_case *opened, const plm_portfolio *portfolio);

/* pli_words_branch - why the core is what it is, as one sentence. */
void pli_words_branch(pli_text *text, const pli_case *opened, const plm_scenario_set *set,
                      const plm_reason_part *part, const uint8_t *used);

/* pli_words_health - "healthy, 1,234.50 USD above initial". */
void pli_words_health(pli_text *text, const plm_requirement *requirement, const char *currency);

pli_tone pli_health_tone(plm_health health);

/* pli_load_line_of - the load line of a requirement; the verdict lives in the case's pool. */
pli_load_line pli_load_line_of(pli_case *opened, const plm_requirement *requirement);

#endif
