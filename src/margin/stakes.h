/* stakes.h: what an account has at stake in the prices that it rests on.               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_STAKES_H
#define PLI_MARGIN_STAKES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/muldiv.h"
#include "base/wide.h"
#include "margin/facts.h"
#include "margin/safe_move.h"

/* docs/method/safe-moves.md: the part of a safe move that is the same for every model. */
enum {
    PLI_LEGS_MAX = 24,
    PLI_ROUNDING_MICROS =
        64 /* what the divisions of one position, order or balance can hide, and more */
};

/* One instrument that is held or has open orders: raw sizes, no order clipped. */
typedef struct pli_stake_leg {
    uint32_t instrument_index, stake;
    int64_t lots;
    pli_i128 buys, sells;
    int64_t dearest_e8; /* the largest of mark and prices, confidence included */
    bool is_option;
    bool is_pinned; /* its row does not follow the price from one build to the next, or nobody has shown how */
} pli_stake_leg;

/* What a relative move of one underlying can cost, per unit of the move; all in micros, none below zero. */
typedef struct pli_stake {
    uint32_t underlying_index;
    pli_i128 longs, shorts;       /* positions but options at their dearest price */
    pli_i128 options;             /* notional of options at it */
    pli_i128 ordered;             /* open orders at it */
    pli_i128 assets, liabilities; /* balances at it, with the haircut of a liability */
    pli_i128 coins;   /* of these, scenario-treated ones, which the slow price counts as exposure */
    pli_i128 need;    /* growth of maintenance but for impact */
    pli_i128 fixed;   /* what maintenance may grow by whatever the move */
    pli_rates *rates; /* NULL: no charge of impact */
    pli_i128 exposure, gross;
    pli_i128 lots; /* whose entries are rounded anew when rows are built */
} pli_stake;

typedef struct pli_stakes {
    const plm_safety *safety;
    uint32_t stake_count, leg_count;
    pli_stake stakes[PLI_STAKES_MAX];
    pli_stake_leg legs[PLI_LEGS_MAX];
    pli_i128 debts, rounding;
    plm_safe answer;
    int64_t entry_buffer_ppm, call_buffer_ppm, close_fee_ppm;
} pli_stakes;

static inline pli_i128
pli_wide_magnitude(pli_i128 value) {
    return value < 0 ? -value : value;
}

/* pli_of_ppm - ceil of a sum in micros times ppm. */
static inline pli_i128
pli_of_ppm(pli_i128 scaled) {
    return pli_div_ceil_i128(scaled, PLM_PPM);
}

/* pli_stakes_gather - legs and stakes of the question's portfolio; false where the account is not taken. */
bool pli_stakes_gather(pli_stakes *all);

/* pli_stakes_notional - |lots| of a leg's instrument at a price, in micros; false where it does not fit. */
bool pli_stakes_notional(const pli_stakes *all, const pli_stake_leg *of, pli_i128 lots,
                         int64_t price_e8, pli_i128 *out);

/* pli_stakes_answer - moves that are safe: the largest of a few by halving, and from there to the next as far as a chord reaches. */
plm_safe pli_stakes_answer(const pli_stakes *all);

#endif
