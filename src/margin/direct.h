/* direct.h: model `portfolio` for accounts of linear delta-one instruments, in 64-bit sums.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_DIRECT_H
#define PLI_MARGIN_DIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "margin/conclude.h"
#include "margin/facts.h"
#include "margin/scaled.h"
#include "plimsoll/margin.h"

/*
 * pli_direct_require - what the general path of the model computes, to the micro, for the account that most accounts are.
 *
 * Taken are portfolios of perpetuals, spot and dated futures that outlive both horizons, settled linearly in the valuation
 * currency, with any open orders in them and any haircut-treated balances, where every sum of |lots| * |entry| is below
 * 2^59. docs/method/direct-path.md says why nothing is lost there.
 *
 * Guarantees [DIRECT-1] true: *conclusion is what the general path would pass to pli_conclude.
 *            [DIRECT-2] false: nothing is said about the portfolio; the general path answers, its errors included.
 * Cost       O((positions + orders) x entries) 64-bit multiplications, over one set of arrays where the rows of both
 *            horizons are the same.
 */
bool pli_direct_require(const plm_margin_input *input, const plm_workspace *workspace,
                        pli_conclusion *conclusion);

/* pli_leg - one instrument that is held or has open orders; what pli_line is to the general path. */
typedef struct pli_leg {
    uint32_t instrument_index, underlying_index;
    int64_t expiry_ns;
    int64_t lots, buys, sells; /* as in pli_line */
    int64_t room_buy,
        room_sell; /* what reduce-only orders may still close; below 0: not looked at yet */
    int64_t mark_e8, accrued_micros;
    int64_t lot_e8, price_unit;
    int64_t notional_e8; /* the price of its notional: |mark|, no less than the reference price */
    pli_i128 cost;
    const pli_digest *digests[2]; /* of its rows: maintenance, initial */
} pli_leg;

/* pli_direct - what one evaluation works on. Sums of |lots| * |entry| stay below 2^59 [DIRECT-3]. */
typedef struct pli_direct {
    const plm_margin_input *input;
    const plm_portfolio_parameters *parameters;
    const pli_facts *facts; /* NULL: none of these tables */
    bool is_shared;         /* the rows of both horizons are the same for every leg */
    uint32_t leg_count;
    pli_leg *legs;
    uint32_t *sorted;               /* legs by underlying, expiry, instrument */
    pli_digest *made;               /* [2 * legs]: digests of rows that nobody keeps any of */
    int64_t *grid, *joint, *values; /* [row_stride] */
} pli_direct;

/* pli_direct_part - one requirement: a table, with the worst fills of the open orders or without. */
typedef struct pli_direct_part {
    const plm_risk_table *table;
    uint32_t which; /* index of the table: 0 maintenance, 1 initial */
    bool has_orders;
    int64_t charges[PLM_CHARGE_COUNT];
    int64_t signs; /* of every sum that a charge has been: below 0 once one has left 63 bits */
} pli_direct_part;

/* pli_direct_grow - add an amount of 0 or more to a charge. */
static inline void
pli_direct_grow(pli_direct_part *part, plm_charge charge, int64_t amount) {
    part->charges[charge] = (int64_t)((uint64_t)part->charges[charge] + (uint64_t)amount);
    part->signs |= part->charges[charge];
}

/*
 * pli_direct_charges - add the charges of one group: sorted[from] .. sorted[upto - 1], which share an underlying.
 *
 * pli_direct_order_costs - the charge ORDERS.
 *
 * Returns    false where a product leaves 64 bits.
 */
bool pli_direct_charges(const pli_direct *direct, uint32_t from, uint32_t upto,
                        pli_direct_part *part);
bool pli_direct_order_costs(const pli_direct *direct, pli_direct_part *part);

/* pli_direct_notional - |lots| of a leg at `price_e8` >= 0 in micros, rounded up; false where it leaves 63 bits. */
bool pli_direct_notional(const pli_leg *leg, int64_t lots, int64_t price_e8, int64_t *out);

#endif
