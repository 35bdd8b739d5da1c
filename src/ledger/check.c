/* check.c: recompute every invariant of the books from their entries.                 SPDX-License-Identifier: Apache-2.0 */
#include "base/muldiv.h"
#include "ledger/book.h"

// Sums are taken modulo 2^128: two equal numbers that fit are equal, whatever passed on the way.
typedef struct asset_sums {
    pli_u128 balances, lent, borrowed, unsettled;
} asset_sums;

typedef struct market_sums {
    pli_u128 lots, longs, cost;
    pli_u128 claimed[PLI_COHORT_RING], drawn[PLI_COHORT_RING];
} market_sums;

static pli_u128
bits_of(pli_i128 value) {
    return (pli_u128)value;
}

static pli_u128
unsettled_of(const pli_position *position) {
    pli_u128 sum = 0;
    const pli_claim *claims[2] = {&position->senior, &position->junior};
    for (int i = 0; i < 2; i += 1) {
        if (claims[i]->cohort != PLI_COHORT_NONE) {
            sum += (pli_u128)(claims[i]->amount - claims[i]->drawn);
        }
    }
    return sum;
}

static asset_sums
sum_asset(const pli_ledger *ledger, uint32_t asset) {
    asset_sums sums = {0};
    for (uint32_t account = 0; account < ledger->account_count; account += 1) {
        pli_i128 atoms = pli_atoms_held(ledger, account, asset);
        sums.balances += (pli_u128)atoms;
        sums.lent += (pli_u128)(atoms > 0 ? atoms : 0);
        sums.borrowed += (pli_u128)(atoms < 0 ? -atoms : 0);
        const pli_position *run = pli_ledger_positions(ledger, account);
        for (uint32_t i = 0; i < ledger->accounts[account].position_count; i += 1) {
            const pli_market_book *market = &ledger->markets[run[i].instrument_index];
            if (market->terms.settlement_asset_index == asset) {
                sums.unsettled += unsettled_of(&run[i]);
            }
        }
    }
    return sums;
}

// A curve that ASSET would have taken: the interest divides by the kink.
static bool
is_curve_sound(const pli_asset_book *asset) {
    const int64_t rate_max_ppm = 10 * PLM_PPM;
    return asset->borrow_cap >= 0 && asset->kink_ppm >= 1 && asset->kink_ppm < PLM_PPM &&
           asset->rate_zero_ppm >= 0 && asset->rate_kink_ppm >= asset->rate_zero_ppm &&
           asset->rate_full_ppm >= asset->rate_kink_ppm && asset->rate_full_ppm <= rate_max_ppm &&
           asset->reserve_ppm >= 0 && asset->reserve_ppm <= PLM_PPM;
}

static const char *
check_asset(const pli_ledger *ledger, uint32_t index) {
    const pli_asset_book *asset = &ledger->assets[index];
    asset_sums sums = sum_asset(ledger, index);
    pli_u128 all = sums.balances + sums.unsettled;
    for (int i = 0; i < PLI_NAMED_COUNT; i += 1) {
        all += (pli_u128)asset->named[i];
    }
    for (uint32_t i = 0; i < ledger->instrument_count; i += 1) {
        if (ledger->markets[i].terms.settlement_asset_index == index) {
            all += (pli_u128)ledger->markets[i].clearing + (pli_u128)ledger->markets[i].tranche;
        }
    }
    if (all != 0) {
        return "L1: balances, claims, named accounts and clearing of an asset do not sum to 0";
    }
    if (sums.lent != (pli_u128)asset->lent || sums.borrowed != (pli_u128)asset->borrowed) {
        return "L3: lent or borrowed is not the sum of the balances";
    }
    if (asset->named[PLI_NAMED_FEES] < 0 || asset->named[PLI_NAMED_INSURANCE] < 0 ||
        asset->named[PLI_NAMED_RESIDUE] < 0 || asset->named[PLI_NAMED_CUSTODY] > 0) {
        return "L4: a named account has the wrong sign";
    }
    if (asset->lend_index < 0 || asset->lend_index > asset->borrow_index ||
        asset->borrow_index > PLI_INTEREST_INDEX_MAX) {
        return "L9: an interest index is out of bounds";
    }
    return is_curve_sound(asset) ? NULL : "L9: a rate curve is out of bounds";
}

static void
add_claim(const pli_market_book *market, const pli_claim *claim, market_sums *sums) {
    if (claim->cohort != PLI_COHORT_NONE && claim->cohort >= market->cohort_oldest) {
        sums->claimed[claim->cohort % PLI_COHORT_RING] += (pli_u128)claim->amount;
        sums->drawn[claim->cohort % PLI_COHORT_RING] += (pli_u128)claim->drawn;
    }
}

static market_sums
sum_market(const pli_ledger *ledger, uint32_t instrument) {
    const pli_market_book *market = &ledger->markets[instrument];
    bool is_coin = pli_is_coin_cost(&market->terms);
    market_sums sums = {0};
    for (uint32_t account = 0; account < ledger->account_count; account += 1) {
        const pli_position *position = pli_position_find(ledger, account, instrument);
        if (position == NULL) {
            continue;
        }
        pli_u128 due = bits_of(position->lots) *
                       ((pli_u128)market->funding_index - (pli_u128)position->funding);
        sums.lots += bits_of(position->lots);
        sums.longs += position->lots > 0 ? bits_of(position->lots) : 0;
        sums.cost += (pli_u128)position->cost + (is_coin ? (pli_u128)0 - due : due);
        add_claim(market, &position->senior, &sums);
        add_claim(market, &position->junior, &sums);
    }
    return sums;
}

static const char *
check_cohorts(const pli_market_book *market, const market_sums *sums) {
    uint64_t kept = market->cohort_next - market->cohort_oldest;
    if (market->cohort_next < market->cohort_oldest || kept > PLI_COHORT_RING ||
        (market->cohort_open != PLI_COHORT_NONE &&
         (kept == 0 || market->cohort_open != market->cohort_next - 1))) {
        return "LEDGER-7: the numbers of the cohorts are out of order";
    }
    for (uint64_t i = 0; i < PLI_COHORT_RING; i += 1) {
        uint64_t number = market->cohort_oldest + i;
        const pli_cohort *cohort = &market->cohorts[number % PLI_COHORT_RING];
        if (cohort->amount != (pli_i128)sums->claimed[number % PLI_COHORT_RING]) {
            return "LEDGER-7: a cohort is not the sum of its claims";
        }
        if (i >= kept ? cohort->amount != 0 || cohort->received != 0
                      : cohort->received < 0 || cohort->received > cohort->amount ||
                            (cohort->received != 0 && (i > 0 || number == market->cohort_open))) {
            return "LEDGER-7: a cohort has received what it should not";
        }
        if (sums->drawn[number % PLI_COHORT_RING] > (pli_u128)cohort->received) {
            return "M10: claims drew more than their cohort received";
        }
    }
    return NULL;
}

static const char *
check_market(const pli_ledger *ledger, uint32_t instrument) {
    const pli_market_book *market = &ledger->markets[instrument];
    market_sums sums = sum_market(ledger, instrument);
    pli_i128 factor = 0;
    pli_i128 divisor = 0;
    pli_units_scale(ledger, instrument, &factor, &divisor);
    if (sums.lots + bits_of(market->settled_lots) != 0) {
        return "L2: lots do not sum to 0";
    }
    pli_u128 profit = (pli_u128)market->profit_total;
    pli_u128 expected = pli_is_coin_cost(&market->terms) ? (pli_u128)0 - profit : profit;
    if ((pli_u128)market->cost_total != expected + (pli_u128)market->settled_cost) {
        return "L2: costs and realised profits do not match";
    }
    if (sums.cost != (pli_u128)market->cost_total || sums.longs != bits_of(market->open_interest)) {
        return "L3: open interest or cost_total is not the sum of the positions";
    }
    if (market->assigned > market->collected + market->committed || market->assigned < 0 ||
        market->collected < 0 || market->committed < 0) {
        return "M10: more was assigned than collected and committed";
    }
    if (market->tranche < 0) {
        return "L4: a tranche of the insurance fund is below 0";
    }
    if (market->dust < 0 || market->dust >= divisor) {
        return "LEDGER-3: dust is a whole atom";
    }
    if (market->phase == PLI_PHASE_SETTLED &&
        (sums.longs != 0 || market->dust != 0 || market->clearing != 0)) {
        return "LEDGER-3: a settled instrument is not empty";
    }
    bool is_any =
        market->terms.settlement == PLM_SETTLEMENT_LINEAR &&
        ledger->underlyings[market->terms.underlying_index].domain == PLM_PRICE_DOMAIN_ANY;
    if (market->phase != PLI_PHASE_ACTIVE &&
        (market->settlement_e8 > PLM_PRICE_E8_MAX || market->settlement_e8 < -PLM_PRICE_E8_MAX ||
         (!is_any && market->settlement_e8 <= 0))) {
        return "LEDGER-3: a settlement price is no price";
    }
    return check_cohorts(market, &sums);
}

// Did a claim draw more than its own share of a cohort that is sound otherwise (check_cohorts)?
static bool
is_overdrawn(const pli_market_book *market, const pli_claim *claim) {
    const pli_cohort *cohort = &market->cohorts[claim->cohort % PLI_COHORT_RING];
    pli_i128 share = 0;
    return claim->cohort != PLI_COHORT_NONE && claim->cohort >= market->cohort_oldest &&
           cohort->amount >= claim->amount && cohort->received >= 0 &&
           cohort->received <= cohort->amount &&
           pli_muldiv_floor(cohort->received, claim->amount, cohort->amount, &share) &&
           claim->drawn > share;
}

static bool
is_claim_sound(const pli_market_book *market, const pli_claim *claim) {
    if (claim->cohort == PLI_COHORT_NONE) {
        return claim->amount == 0 && claim->drawn == 0;
    }
    return claim->cohort < market->cohort_next && claim->amount > 0 && claim->drawn >= 0 &&
           claim->drawn < claim->amount;
}

static const char *
check_position(const pli_ledger *ledger, uint32_t account, const pli_position *position) {
    if (position->instrument_index >= ledger->instrument_count || position->lots > PLM_LOTS_MAX ||
        position->lots < -PLM_LOTS_MAX) {
        return "LEDGER-5: a position is out of bounds";
    }
    if (pli_is_isolated_elsewhere(ledger, account, position->instrument_index)) {
        return "LEDGER-5: an isolated account holds another instrument";
    }
    const pli_market_book *market = &ledger->markets[position->instrument_index];
    if (position->lots == 0 && position->cost == 0 && position->uncollected == 0 &&
        position->senior.cohort == PLI_COHORT_NONE) {
        return "LEDGER-5: a position slot of nothing";
    }
    if (pli_balance_find(ledger, account, market->terms.settlement_asset_index) == NULL) {
        return "LEDGER-5: a position without a balance slot to settle in";
    }
    if (!is_claim_sound(market, &position->senior) || !is_claim_sound(market, &position->junior) ||
        position->uncollected < 0 ||
        (position->senior.cohort == PLI_COHORT_NONE &&
         position->junior.cohort != PLI_COHORT_NONE) ||
        (position->junior.cohort != PLI_COHORT_NONE &&
         (position->junior.cohort <= position->senior.cohort || position->junior.drawn != 0))) {
        return "LEDGER-7: a claim is unsound";
    }
    if (is_overdrawn(market, &position->senior) || is_overdrawn(market, &position->junior)) {
        return "M10: claims drew more than their cohort received";
    }
    return NULL;
}

static const char *
check_balance(const pli_ledger *ledger, uint32_t account, const pli_balance *balance) {
    if (balance->asset_index >= ledger->asset_count) {
        return "LEDGER-5: a balance of no asset";
    }
    const pli_position *run = pli_ledger_positions(ledger, account);
    pli_u128 uncollected = 0;
    bool is_needed = balance->atoms != 0;
    for (uint32_t i = 0; i < ledger->accounts[account].position_count; i += 1) {
        const pli_market_book *market = &ledger->markets[run[i].instrument_index];
        if (market->terms.settlement_asset_index == balance->asset_index) {
            is_needed = true;
            uncollected += (pli_u128)run[i].uncollected;
        }
    }
    const pli_asset_book *asset = &ledger->assets[balance->asset_index];
    if (!is_needed) {
        return "LEDGER-5: a balance slot of nothing";
    }
    if (uncollected > (balance->atoms < 0 ? (pli_u128)0 - (pli_u128)balance->atoms : 0)) {
        return "LEDGER-6: more is uncollected than is owed";
    }
    if (balance->atoms == 0
            ? balance->index != 0
            : balance->index < 0 ||
                  balance->index > (balance->atoms < 0 ? asset->borrow_index : asset->lend_index)) {
        return "LEDGER-5: an interest snapshot is ahead of its index";
    }
    return NULL;
}

static const char *
check_orders(const pli_ledger *ledger, uint32_t account) {
    const pli_order *run = pli_ledger_orders(ledger, account);
    uint32_t count = ledger->accounts[account].order_count;
    for (uint32_t i = 0; i < count; i += 1) {
        if (run[i].order_id == 0 || (i > 0 && run[i].order_id <= run[i - 1].order_id) ||
            run[i].instrument_index >= ledger->instrument_count || run[i].lots < 1 ||
            run[i].lots > PLM_LOTS_MAX ||
            (run[i].side != PLM_SIDE_BUY && run[i].side != PLM_SIDE_SELL) ||
            pli_is_isolated_elsewhere(ledger, account, run[i].instrument_index) ||
            !pli_price_is_allowed(ledger, run[i].instrument_index, run[i].limit_e8)) {
            return "LEDGER-5: an open order is unsound or out of order";
        }
        if (ledger->markets[run[i].instrument_index].phase == PLI_PHASE_SETTLED) {
            return "LEDGER-5: an open order of a settled instrument";
        }
    }
    return NULL;
}

static const char *
check_account(const pli_ledger *ledger, uint32_t account) {
    const pli_account *entry = &ledger->accounts[account];
    const pli_position *positions = pli_ledger_positions(ledger, account);
    const pli_balance *balances = pli_ledger_balances(ledger, account);
    if (entry->balance_count > ledger->limits.balance_count ||
        entry->position_count > ledger->limits.position_count ||
        entry->order_count > ledger->limits.order_count) {
        return "LEDGER-5: a run is longer than its table";
    }
    for (uint32_t i = 0; i < entry->balance_count; i += 1) {
        if (i > 0 && balances[i].asset_index <= balances[i - 1].asset_index) {
            return "LEDGER-5: balances are out of order";
        }
    }
    for (uint32_t i = 0; i < entry->position_count; i += 1) {
        if (i > 0 && positions[i].instrument_index <= positions[i - 1].instrument_index) {
            return "LEDGER-5: positions are out of order";
        }
        const char *broken = check_position(ledger, account, &positions[i]);
        if (broken != NULL) {
            return broken;
        }
    }
    for (uint32_t i = 0; i < entry->balance_count; i += 1) {
        const char *broken = check_balance(ledger, account, &balances[i]);
        if (broken != NULL) {
            return broken;
        }
    }
    return check_orders(ledger, account);
}

// [LEDGER-8]
static const char *
check_pool(const pli_ledger *ledger) {
    uint32_t pool = PLM_NONE;
    pli_i128 shares = 0;
    for (uint32_t i = 0; i < ledger->account_count; i += 1) {
        const pli_account *account = &ledger->accounts[i];
        bool is_pool = account->kind == PLM_ACCOUNT_POOL;
        if (account->pool_shares < 0 || account->pool_shares > PLI_POOL_SHARES_MAX ||
            account->pool_until_ns < 0 ||
            (account->pool_shares == 0 && account->pool_until_ns != 0) ||
            (is_pool && (pool != PLM_NONE || account->pool_shares != 0))) {
            return "LEDGER-8: the shares of an account are no shares of the pool";
        }
        pool = is_pool ? i : pool;
        shares += account->pool_shares;
    }
    return pool == ledger->pool_account && shares == ledger->pool_shares &&
                   (pool != PLM_NONE || shares == 0)
               ? NULL
               : "LEDGER-8: shares of the pool do not add up";
}

const char *
pli_ledger_check(const pli_ledger *ledger) {
    const char *broken = check_pool(ledger);
    uint32_t settling_count = 0;
    for (uint32_t i = 0; i < ledger->account_count && broken == NULL; i += 1) {
        broken = check_account(ledger, i);
    }
    for (uint32_t i = 0; i < ledger->asset_count && broken == NULL; i += 1) {
        broken = check_asset(ledger, i);
    }
    for (uint32_t i = 0; i < ledger->instrument_count && broken == NULL; i += 1) {
        settling_count += ledger->markets[i].phase == PLI_PHASE_SETTLING;
        broken = check_market(ledger, i);
    }
    for (uint32_t u = 0; u < ledger->underlying_count && broken == NULL; u += 1) {
        pli_open open = pli_ledger_open(ledger, u);
        bool is_sum =
            open.size == ledger->open[u].size && open.other_lots == ledger->open[u].other_lots;
        broken =
            is_sum ? NULL : "L3: what is open of an underlying is not the sum over its instruments";
    }
    if (broken == NULL && settling_count != ledger->settling_count) {
        broken = "L3: settling_count is not the number of instruments in settlement";
    }
    return broken;
}
