/* waterfall.h: who bears a bankrupt account's deficit, in which order, to the last unit.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LIQUIDATION_WATERFALL_H
#define PLI_LIQUIDATION_WATERFALL_H

#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/status.h"

/*
 * The order [Q7]: the account's own equity; the insurance tranche of the market where the loss arose; the common insurance
 * fund; the backstop tranche of that market; winners of that market, by deleveraging; what is left is recorded bad debt and
 * is socialised (socialise.h).
 *
 * Units      Any one unit: micros, or atoms of one asset. Every amount is >= 0 and <= 2^100.
 */

/* pli_waterfall_market - one market in which the account lost. */
typedef struct pli_waterfall_market {
    uint32_t
        market_index; /* PLM_NONE: what was not lost in a market, such as a loan; its tranches are 0 */
    pli_i128 lost;    /* by this account in this market: how its deficit is divided */
    pli_i128 tranche;  /* of the insurance fund, kept for this market */
    pli_i128 backstop; /* of the backstop pool, committed to this market */
    pli_i128 winners;  /* what deleveraging takes, or can take, in this market */
} pli_waterfall_market;

typedef struct pli_waterfall_loss {
    pli_i128 loss;   /* to be borne */
    pli_i128 equity; /* what the account still has towards it */
    pli_i128 common; /* in the common insurance fund */
} pli_waterfall_loss;

/* pli_waterfall_share - who bore what of one market's part. */
typedef struct pli_waterfall_share {
    pli_i128 deficit; /* this market's part of loss - account */
    pli_i128 tranche;
    pli_i128 common;
    pli_i128 backstop;
    pli_i128 winners;
    pli_i128 bad_debt; /* nobody yet: recorded, then socialised */
} pli_waterfall_share;

/*
 * pli_waterfall - divide a loss: shares[i] belongs to markets[i]; *total sums them, total->deficit without the account's part.
 *
 * The deficit goes to the markets in proportion to `lost`; where more is wanted from the common fund than it holds, it is
 * given in proportion to what is wanted. Both are divided at the running sums: market i gets
 * floor(amount * (w_0 + .. + w_i) / W) less what the markets before it got. No bearer gives before the one above it, for that
 * market, is exhausted.
 *
 * Guarantees [WATERFALL-1] loss = min(loss, equity) + total->deficit, and for every market and for the total
 *            deficit = tranche + common + backstop + winners + bad_debt, exactly.
 *            [WATERFALL-2] nobody gives more than it holds; a later bearer gives only when the earlier ones are empty.
 *            [WATERFALL-3] every division differs from pro rata by less than one unit.
 * Cost       O(count).
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: an amount is negative or above 2^100, the markets do not ascend, or there is a
 *            deficit and nothing was lost in any market.
 */
PLM_MUST_USE plm_status pli_waterfall(const pli_waterfall_loss *loss,
                                      const pli_waterfall_market *markets, uint32_t count,
                                      pli_waterfall_share *shares, pli_waterfall_share *total);

#endif
