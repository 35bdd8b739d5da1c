/* waterfall.c: who bears a bankrupt account's deficit, in which order, to the last unit.   SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/waterfall.h"

#include <stdbool.h>

#include "base/assert.h"
#include "base/muldiv.h"

#define AMOUNT_MAX ((pli_i128)1 << 100)

static bool
is_amount(pli_i128 amount) {
    return amount >= 0 && amount <= AMOUNT_MAX;
}

static bool
is_well_formed(const pli_waterfall_loss *loss, const pli_waterfall_market *markets,
               uint32_t count) {
    bool is_ok = is_amount(loss->loss) && is_amount(loss->equity) && is_amount(loss->common);
    for (uint32_t i = 0; i < count && is_ok; i += 1) {
        is_ok = is_amount(markets[i].lost) && is_amount(markets[i].tranche) &&
                is_amount(markets[i].backstop) && is_amount(markets[i].winners) &&
                (i == 0 || markets[i].market_index > markets[i - 1].market_index);
    }
    return is_ok;
}

// An amount divided at running sums of weights.
typedef struct division {
    pli_i128 amount, weights, running, given;
} division;

static pli_i128
next_part(division *of, pli_i128 weight) {
    pli_i128 given = 0;
    of->running += weight;
    if (of->weights > 0) {
        bool is_in_range = pli_muldiv_floor(of->amount, of->running, of->weights, &given);
        PLI_ASSERT(is_in_range);
    }
    pli_i128 part = given - of->given;
    of->given = given;
    return part;
}

// Take from one bearer what it holds towards what is still open.
static pli_i128
give(pli_i128 *open, pli_i128 held) {
    pli_i128 given = *open < held ? *open : held;
    *open -= given;
    return given;
}

// bad_debt holds what is still open until the last bearer has been asked.
static void
ask_later_bearers(const pli_waterfall_market *market, pli_waterfall_share *share) {
    share->backstop = give(&share->bad_debt, market->backstop);
    share->winners = give(&share->bad_debt, market->winners);
}

static void
add_share(pli_waterfall_share *total, const pli_waterfall_share *share) {
    total->deficit += share->deficit;
    total->tranche += share->tranche;
    total->common += share->common;
    total->backstop += share->backstop;
    total->winners += share->winners;
    total->bad_debt += share->bad_debt;
}

plm_status
pli_waterfall(const pli_waterfall_loss *loss, const pli_waterfall_market *markets, uint32_t count,
              pli_waterfall_share *shares, pli_waterfall_share *total) {
    if (!is_well_formed(loss, markets, count)) {
        return PLM_PARAMETER_INVALID;
    }
    division deficits = {.amount = loss->loss > loss->equity ? loss->loss - loss->equity : 0};
    for (uint32_t i = 0; i < count; i += 1) {
        deficits.weights += markets[i].lost;
    }
    if (deficits.amount > 0 && deficits.weights == 0) {
        return PLM_PARAMETER_INVALID;
    }
    division common = {.amount = 0};
    for (uint32_t i = 0; i < count; i += 1) {
        pli_i128 deficit = next_part(&deficits, markets[i].lost);
        shares[i] = (pli_waterfall_share){.deficit = deficit, .bad_debt = deficit};
        shares[i].tranche = give(&shares[i].bad_debt, markets[i].tranche);
        common.weights += shares[i].bad_debt;
    }
    common.amount = common.weights < loss->common ? common.weights : loss->common;
    *total = (pli_waterfall_share){.deficit = 0};
    for (uint32_t i = 0; i < count; i += 1) {
        pli_i128 part = next_part(&common, shares[i].bad_debt);
        shares[i].common = give(&shares[i].bad_debt, part);
        PLI_ASSERT(shares[i].common == part);
        ask_later_bearers(&markets[i], &shares[i]);
        add_share(total, &shares[i]);
    }
    return PLM_OK;
}
