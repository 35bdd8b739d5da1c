/* cost.h: what trading away from the book's middle costs.                             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_EXPLAIN_COST_H
#define PLI_EXPLAIN_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/explain.h"

/* pli_cost_rules - the fields of a model's record that trading costs depend on; what a record does not have is 0. */
typedef struct pli_cost_rules {
    int64_t close_fee_ppm;
    int64_t option_fee_cap_ppm;
    bool has_option_fee_cap;
    int64_t impact_ppm;
    int64_t volume_standard_micros;
} pli_cost_rules;

pli_cost_rules pli_cost_rules_init(const plm_explain_input *input);

/*
 * pli_trade_cost - set trade->fee_micros: taker fee, half-spread (where the mark carries one) and square-root impact.
 *
 * The impact is c * daily sigma * size * sqrt(size / daily volume) of the underlying, size = |cash delta| where the
 * instrument has a built row, else its notional. It is what this trade adds to the `earlier` ones: splitting a trade
 * over instruments of one underlying does not make it cheaper.
 *
 * Rounding   Up, each of the three.
 * Returns    false where it does not fit.
 */
bool pli_trade_cost(const plm_explain_input *input, const pli_cost_rules *rules,
                    uint32_t earlier_count, const plm_trade *earlier, plm_trade *trade);

/* pli_lot_notional - notional of `lots` >= 0 in valuation micros: futures at their mark, options at the index. */
bool pli_lot_notional(const plm_explain_input *input, uint32_t instrument_index, int64_t lots,
                      int64_t *notional_micros);

/* pli_balance_worth - a balance on a priced asset at the index, in valuation micros, signed; 0 for the currency itself. */
bool pli_balance_worth(const plm_explain_input *input, const plm_balance *balance,
                       int64_t *worth_micros);

#endif
