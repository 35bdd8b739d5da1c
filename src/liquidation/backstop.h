/* backstop.h: the backstop pool: what it pays for what nobody else takes, and who may take money out.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LIQUIDATION_BACKSTOP_H
#define PLI_LIQUIDATION_BACKSTOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/quantity.h"
#include "plimsoll/status.h"

/*
 * The pool is an automated market maker that never quotes the mark: it asks for what its own way out costs, given what it
 * holds already. Shares are integers. docs/method/backstop.md.
 */

/* pli_backstop_terms - of one market. All >= 0. */
typedef struct pli_backstop_terms {
    int64_t spread_ppm;       /* of notional, always charged; 0..1e6 */
    int64_t rate_ppm;         /* of the square-root law: c * daily sigma; 0..1e8 */
    int64_t volume_micros;    /* traded per day, > 0 */
    int64_t discount_max_ppm; /* rather takes less than at a worse price: the collar [Q4]; 0..1e6 */
    int64_t stress_ppm;       /* loss per notional that the tranche must bear; 0..1e7 */
} pli_backstop_terms;

/* pli_backstop_market - the pool in one market. */
typedef struct pli_backstop_market {
    int64_t inventory_lots;      /* signed, |lots| <= PLM_LOTS_MAX */
    int64_t lot_notional_micros; /* of one lot, > 0 */
    int64_t tranche_micros;      /* what is left of the pool's commitment to this market, >= 0 */
} pli_backstop_market;

/* pli_backstop_offer - what is offered, and what is missing with all of it. */
typedef struct pli_backstop_offer {
    int64_t lots;           /* signed: above zero the pool buys; |lots| <= PLM_LOTS_MAX */
    int64_t deficit_micros; /* of a bankrupt account, beyond what the insurance fund pays; >= 0 */
} pli_backstop_offer;

typedef struct pli_backstop_take_result {
    int64_t lots;        /* what the pool receives, signed like the offer, at most the offer */
    int64_t cost_micros; /* what the account pays below (selling) or above (buying) the mark, >= 0 */
    int64_t borne_micros; /* what the pool bears of the deficit, >= 0 */
} pli_backstop_take_result;

/*
 * pli_backstop_take - how much of an offer the pool takes now, at what distance from the mark, and what it bears.
 *
 *     cost = spread * N(l) + max(0, I(|v + l|) - I(|v|))        v inventory, I the square-root law's cost, N notional
 *     borne = floor(deficit * l / offered)
 *
 * It takes the most lots for which cost <= discount_max * N(l), and what it bears is within the tranche, with the stress of the
 * inventory afterwards where that increases |v|.
 *
 * Rounding   Cost up, bounds down: against the account.
 * Guarantees [BACKSTOP-1] taking at the mark is impossible unless spread is 0 and inventory does not grow.
 *            [BACKSTOP-2] in parts it costs at least what it costs at once.
 *            [BACKSTOP-3] selling to the pool and buying back at the same mark gains nothing.
 *            [BACKSTOP-4] with a tranche of 0 the pool takes only what reduces what it holds.
 * Cost       At most 80 evaluations of I, each O(1).
 * Returns    PLM_OK (lots 0: nothing); PLM_PARAMETER_INVALID: a bound above is broken; PLM_OVERFLOW.
 */
PLM_MUST_USE plm_status pli_backstop_take(const pli_backstop_terms *terms,
                                          const pli_backstop_market *market,
                                          const pli_backstop_offer *offer,
                                          pli_backstop_take_result *result);

/* pli_backstop_exit - what the pool's own way out of its inventory costs, spread * N(v) + I(|v|), up. Returns as pli_backstop_stress. */
PLM_MUST_USE plm_status pli_backstop_exit(const pli_backstop_terms *terms,
                                          const pli_backstop_market *market, int64_t *exit_micros);

/* pli_backstop_stress - stress_ppm of the inventory's notional, rounded up: what must stay in the pool for this market. */
PLM_MUST_USE plm_status pli_backstop_stress(const pli_backstop_terms *terms,
                                            const pli_backstop_market *market,
                                            int64_t *stress_micros);

/*
 * pli_backstop_value - the pool as its members own it.
 *
 * Units      micros. `low` is its equity at prices against it, `high` in its favour: who comes pays the high one, who goes gets
 *            the low one. `reserved` must stay: the largest of the pool account's initial requirement, the sum of
 *            pli_backstop_stress, and whatever it has promised.
 * Bounds     |low|, |high|, reserved, shares <= 2^100; low <= high.
 */
typedef struct pli_backstop_value {
    pli_i128 shares;
    pli_i128 low;
    pli_i128 high;
    pli_i128 reserved;
} pli_backstop_value;

/* Shares that nobody holds, and one micro that goes with them: nobody can inflate the price of a first share. */
#define PLI_BACKSTOP_SHARES_VIRTUAL 1000

/*
 * pli_backstop_deposit - shares for `amount` micros: floor(amount * (shares + virtual) / (high + 1)).
 *
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: amount <= 0, a bound broken, or it would get no share; PLM_DOMAIN: the pool has
 *            shares and is worth nothing (new money would pay old losses); PLM_OVERFLOW.
 */
PLM_MUST_USE plm_status pli_backstop_deposit(const pli_backstop_value *pool, pli_i128 amount,
                                             pli_i128 *shares);

typedef struct pli_backstop_payment {
    pli_i128 shares; /* redeemed now, at most those asked for */
    pli_i128 micros; /* paid now */
} pli_backstop_payment;

/*
 * pli_backstop_withdraw - what `shares` get now; the rest of them stays asked for.
 *
 * They are worth floor(shares * (low + 1) / (all + virtual)), at most `low`; no more than low - reserved is paid, for which
 * as many shares are redeemed as are worth it, rounded up. Nothing is redeemed for nothing.
 *
 * Guarantees [BACKSTOP-5] afterwards low >= reserved: those who stay can carry what the pool holds, and whoever comes last can leave
 *            when it holds nothing.
 *            [BACKSTOP-6] no payment lowers the worth of a remaining share.
 *            [BACKSTOP-7] paying in and out again at once gains nothing.
 * Returns    PLM_OK (nothing is paid while low <= reserved); PLM_PARAMETER_INVALID: shares outside 1..pool->shares, or a
 *            bound broken.
 */
PLM_MUST_USE plm_status pli_backstop_withdraw(const pli_backstop_value *pool, pli_i128 shares,
                                              pli_backstop_payment *payment);

#endif
