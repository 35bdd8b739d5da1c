/* paradex.h: Paradex's margin, liquidation share and socialised loss, exactly.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_PARADEX_H
#define PLI_VENUE_PARADEX_H

#include <stdbool.h>
#include <stdint.h>

#include "venue/exact.h"

/* Source: Paradex documentation, risk system (MIT licence); its engine is closed. */

/* pli_paradex_delta - one leg: signed quantity times the delta of one unit. */
typedef struct pli_paradex_delta {
    pli_exact net, gross, hedged;
} pli_paradex_delta;

pli_paradex_delta pli_paradex_delta_empty(void);
void pli_paradex_delta_add(pli_paradex_delta *sum, pli_exact quantity, pli_exact delta);

/*
 * pli_paradex_min_delta - (unhedged * |net| + hedged * (gross - |net|)/2) * spot; fills sum->hedged.
 */
pli_exact pli_paradex_min_delta(pli_paradex_delta *sum, pli_exact unhedged, pli_exact hedged,
                                pli_exact spot);

/*
 * pli_paradex_open_size - the largest position that one side's orders can leave: max(0, orders + position) for buys, with
 * the position's sign turned for sells.
 */
pli_exact pli_paradex_open_size(pli_exact position, pli_exact orders, bool is_buy);

/* pli_paradex_net_initial - max(buy open size, sell open size) * imf * mark. */
pli_exact pli_paradex_net_initial(pli_exact buy_open, pli_exact sell_open, pli_exact imf,
                                  pli_exact mark);

/*
 * pli_paradex_share - an account after `percent` of every position was handed over.
 *
 * The penalty is percent * fee * maintenance. `is_enough`: maintenance is below 90 % of the account value that is left.
 */
typedef struct pli_paradex_share {
    uint32_t percent;
    pli_exact maintenance, penalty, account_value;
    bool has_ratio; /* the account value is above zero */
    pli_exact ratio;
    bool is_enough;
} pli_paradex_share;

pli_paradex_share pli_paradex_share_at(uint32_t percent, pli_exact maintenance,
                                       pli_exact account_value, pli_exact fee);

/* pli_paradex_share_chosen - the smallest multiple of 20 % that is enough, 100 where none below is. */
uint32_t pli_paradex_share_chosen(pli_exact maintenance, pli_exact account_value, pli_exact fee);

/*
 * pli_paradex_bankruptcy - max(0, -account value). pli_paradex_shortfall - max(0, bankruptcies - insurance fund).
 * pli_paradex_loss_factor - shortfall / total balance, the fund's included, as the documentation's example divides; its
 * formula divides by total + shortfall, and its own numbers do not follow it.
 */
pli_exact pli_paradex_bankruptcy(pli_exact account_value);
pli_exact pli_paradex_shortfall(pli_exact bankruptcies, pli_exact insurance_fund);
pli_exact pli_paradex_loss_factor(pli_exact shortfall, pli_exact total_balance);

#endif
