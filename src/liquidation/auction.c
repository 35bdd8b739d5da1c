/* auction.c: Dutch auctions: price over time, reserve, restart, what a bidder takes and owes.   SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/auction.h"

#include "base/assert.h"
#include "base/muldiv.h"

#define VALUE_MAX ((pli_i128)1 << 120)

// --- By quantity: the price ---

plm_status
pli_auction_check(const pli_auction_terms *terms) {
    bool is_linear = terms->curve == PLI_AUCTION_LINEAR;
    bool is_stairs = terms->curve == PLI_AUCTION_STAIRSTEP;
    if (!is_linear && !is_stairs && terms->curve != PLI_AUCTION_EXPONENTIAL) {
        return PLM_PARAMETER_INVALID;
    }
    if (terms->one < 1 || terms->one > (pli_i128)1 << 126 || terms->top < 1) {
        return PLM_PARAMETER_INVALID;
    }
    if ((is_linear || is_stairs) && terms->seconds == 0) {
        return PLM_PARAMETER_INVALID;
    }
    bool is_cut_good = is_linear || (terms->cut >= 0 && terms->cut <= terms->one);
    bool is_reserve_good = terms->reserve >= 0 && terms->reserve <= terms->top;
    bool is_cusp_good = terms->cusp >= 0 && terms->cusp <= terms->one;
    return is_cut_good && is_reserve_good && is_cusp_good ? PLM_OK : PLM_PARAMETER_INVALID;
}

/* a * b / one for factors in 0..one, to the nearest, halves up. */
static pli_i128
multiply_half_up(pli_i128 a, pli_i128 b, pli_i128 one) {
    pli_i128 product = 0;
    bool fits = pli_muldiv_floor(a, b, one, &product);
    PLI_ASSERT(fits);
    pli_u128 rest = (pli_u128)a * (pli_u128)b - (pli_u128)product * (pli_u128)one;
    return product + (rest * 2 >= (pli_u128)one ? 1 : 0);
}

static pli_i128
power(pli_i128 base, uint64_t exponent, pli_i128 one) {
    pli_i128 result = exponent % 2 == 1 ? base : one;
    for (uint64_t rest = exponent / 2; rest > 0; rest /= 2) {
        base = multiply_half_up(base, base, one);
        result = rest % 2 == 1 ? multiply_half_up(result, base, one) : result;
    }
    return result;
}

static pli_i128
curve_fraction(const pli_auction_terms *terms, uint64_t elapsed) {
    if (terms->curve != PLI_AUCTION_LINEAR) {
        uint64_t step = terms->curve == PLI_AUCTION_STAIRSTEP ? terms->seconds : 1;
        return power(terms->cut, elapsed / step, terms->one);
    }
    pli_i128 fraction = 0;
    if (elapsed < terms->seconds) {
        bool fits =
            pli_muldiv_floor(terms->one, terms->seconds - elapsed, terms->seconds, &fraction);
        PLI_ASSERT(fits);
    }
    return fraction;
}

plm_status
pli_auction_price(const pli_auction_terms *terms, uint64_t elapsed, pli_auction_quote *quote) {
    plm_status status = pli_auction_check(terms);
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 price = 0;
    pli_i128 ratio = 0;
    bool fits = pli_muldiv_floor(terms->top, curve_fraction(terms, elapsed), terms->one, &price);
    PLI_ASSERT(fits);
    fits = pli_muldiv_floor(price, terms->one, terms->top, &ratio);
    PLI_ASSERT(fits);
    quote->is_reset_due = elapsed > terms->tail_seconds || ratio < terms->cusp || price == 0 ||
                          price < terms->reserve;
    quote->price = price < terms->reserve ? terms->reserve : price;
    return PLM_OK;
}

pli_auction_follow
pli_auction_next(uint32_t restarts, uint32_t restarts_max) {
    return restarts < restarts_max ? PLI_AUCTION_RESTART : PLI_AUCTION_HAND_OVER;
}

// --- By quantity: the take ---

static pli_u256
product(pli_u128 left, pli_u128 right) {
    pli_u256 out = {.high = 0};
    bool fits = pli_u256_multiply(pli_u256_of(left), right, 0, &out);
    PLI_ASSERT(fits);
    return out;
}

pli_auction_sale
pli_auction_take(const pli_auction_lot *lot, const pli_auction_quote *quote,
                 const pli_auction_bid *bid) {
    if (quote->is_reset_due || quote->price <= 0) {
        return (pli_auction_sale){.refusal = PLI_AUCTION_RESET_DUE};
    }
    pli_u128 price = (pli_u128)quote->price;
    if (bid->price_max < price) {
        return (pli_auction_sale){.refusal = PLI_AUCTION_TOO_EXPENSIVE};
    }
    pli_u128 taken = bid->quantity < lot->quantity ? bid->quantity : lot->quantity;
    pli_u256 owed = product(taken, price);
    bool is_all = pli_u256_compare(owed, lot->debt) >= 0;
    if (is_all) {
        owed = lot->debt;
        taken = pli_u256_divide(owed, price, NULL).low;
    } else if (taken < lot->quantity &&
               pli_u256_compare(pli_u256_subtract(lot->debt, owed), lot->dust) < 0) {
        if (pli_u256_compare(lot->debt, lot->dust) <= 0) {
            return (pli_auction_sale){.refusal = PLI_AUCTION_NO_PARTIAL};
        }
        owed = pli_u256_subtract(lot->debt, lot->dust);
        taken = pli_u256_divide(owed, price, NULL).low;
    }
    pli_auction_sale sale = {.owed = owed, .taken = taken, .left = *lot};
    sale.left.debt = pli_u256_subtract(lot->debt, owed);
    sale.left.quantity -= taken;
    sale.is_closed = is_all || sale.left.quantity == 0;
    return sale;
}

static bool
is_factor(pli_u128 value) {
    return value > 0 && value >> 127 == 0;
}

/* The debt that the room allows: room / rate / penalty, never more than there is. */
static plm_status
debt_within_room(const pli_auction_loan *loan, pli_u128 *debt) {
    pli_u256 allowed = {.high = 0};
    if (!pli_u256_multiply(loan->room, loan->penalty_one, 0, &allowed)) {
        return PLM_OVERFLOW;
    }
    allowed = pli_u256_divide(allowed, loan->rate, NULL);
    allowed = pli_u256_divide(allowed, loan->penalty, NULL);
    bool is_part = pli_u256_compare(allowed, pli_u256_of(loan->debt)) < 0;
    *debt = is_part ? allowed.low : loan->debt;
    return PLM_OK;
}

plm_status
pli_auction_part_of(const pli_auction_loan *loan, pli_auction_part *part) {
    if (!is_factor(loan->debt) || !is_factor(loan->rate) || !is_factor(loan->penalty) ||
        !is_factor(loan->penalty_one)) {
        return PLM_PARAMETER_INVALID;
    }
    if (pli_u256_compare(loan->room, loan->dust) < 0) {
        return PLM_LIMIT;
    }
    pli_u128 debt = 0;
    plm_status status = debt_within_room(loan, &debt);
    if (status != PLM_OK) {
        return status;
    }
    if (debt < loan->debt) {
        bool is_rest_dust =
            pli_u256_compare(product(loan->debt - debt, loan->rate), loan->dust) < 0;
        bool is_part_dust = pli_u256_compare(product(debt, loan->rate), loan->dust) < 0;
        if (!is_rest_dust && is_part_dust) {
            return PLM_LIMIT;
        }
        debt = is_rest_dust ? loan->debt : debt;
    }
    pli_u256 target = {.high = 0};
    if (!pli_u256_multiply(product(debt, loan->rate), loan->penalty, 0, &target)) {
        return PLM_OVERFLOW;
    }
    pli_u256 collateral = pli_u256_divide(product(loan->collateral, debt), loan->debt, NULL);
    if (collateral.low == 0) {
        return PLM_LIMIT;
    }
    *part = (pli_auction_part){.collateral = collateral.low,
                               .debt = debt,
                               .target = pli_u256_divide(target, loan->penalty_one, NULL)};
    return PLM_OK;
}

// --- By share: a whole portfolio ---

static bool
is_fraction(int64_t value_e18) {
    return value_e18 >= 0 && value_e18 <= PLI_SHARE_ONE;
}

plm_status
pli_share_check(const pli_share_terms *terms) {
    bool is_good = is_fraction(terms->start_e18) && is_fraction(terms->cutoff_e18) &&
                   is_fraction(terms->fee_e18) && is_fraction(terms->buffer_e18) &&
                   terms->cutoff_e18 <= terms->start_e18 && terms->fast_seconds > 0 &&
                   terms->slow_seconds > 0 && terms->insolvent_seconds > 0 &&
                   terms->whole_below >= 0 && terms->whole_below <= VALUE_MAX;
    return is_good ? PLM_OK : PLM_PARAMETER_INVALID;
}

static void
assert_bounded(const pli_share_account *account) {
    PLI_ASSERT(account->value <= VALUE_MAX && account->value >= -VALUE_MAX);
    PLI_ASSERT(account->maintenance <= VALUE_MAX && account->maintenance >= -VALUE_MAX);
    PLI_ASSERT(account->reserved <= VALUE_MAX && account->reserved >= 0);
}

static pli_i128
part_down(pli_i128 value, pli_i128 numerator, pli_i128 denominator) {
    pli_i128 out = 0;
    bool fits = pli_muldiv_floor(value, numerator, denominator, &out);
    PLI_ASSERT(fits);
    return out;
}

static pli_i128
part_up(pli_i128 value, pli_i128 numerator, pli_i128 denominator) {
    return -part_down(-value, numerator, denominator);
}

pli_i128
pli_share_buffer(const pli_share_terms *terms, const pli_share_account *account) {
    assert_bounded(account);
    pli_i128 gap = account->maintenance - account->value;
    return account->maintenance + part_down(gap, terms->buffer_e18, PLI_SHARE_ONE);
}

int64_t
pli_share_discount(const pli_share_terms *terms, uint64_t elapsed) {
    if (elapsed < terms->fast_seconds) {
        pli_i128 fall = terms->start_e18 - terms->cutoff_e18;
        pli_i128 fallen = part_up(fall, (pli_i128)elapsed, terms->fast_seconds);
        return terms->start_e18 - (int64_t)fallen;
    }
    uint64_t slow = elapsed - terms->fast_seconds;
    if (slow >= terms->slow_seconds) {
        return 0;
    }
    return (int64_t)part_down(terms->cutoff_e18, terms->slow_seconds - (pli_i128)slow,
                              terms->slow_seconds);
}

int64_t
pli_share_limit(const pli_share_terms *terms, const pli_share_account *account,
                int64_t discount_e18) {
    PLI_ASSERT(is_fraction(discount_e18));
    pli_i128 missing = -pli_share_buffer(terms, account);
    if (missing <= 0) {
        return 0;
    }
    if (account->value < terms->whole_below) {
        return PLI_SHARE_ONE;
    }
    pli_i128 gained = part_down(account->value, discount_e18, PLI_SHARE_ONE) +
                      part_down(account->reserved, PLI_SHARE_ONE - discount_e18, PLI_SHARE_ONE);
    if (gained <= 0) {
        return PLI_SHARE_ONE;
    }
    return (int64_t)part_up(PLI_SHARE_ONE, missing, missing + gained);
}

pli_i128
pli_share_price(const pli_share_account *account, int64_t discount_e18, int64_t share_e18) {
    assert_bounded(account);
    PLI_ASSERT(is_fraction(discount_e18) && is_fraction(share_e18));
    pli_i128 whole = account->value - account->reserved;
    whole = whole < 0 ? 0 : whole;
    return part_up(part_up(whole, discount_e18, PLI_SHARE_ONE), share_e18, PLI_SHARE_ONE);
}

pli_i128
pli_share_fee(const pli_share_terms *terms, const pli_share_account *account) {
    pli_share_account start = *account;
    start.reserved = 0;
    if (start.value <= 0) {
        return 0;
    }
    int64_t share = pli_share_limit(terms, &start, PLI_SHARE_ONE);
    return part_up(part_up(start.value, share, PLI_SHARE_ONE), terms->fee_e18, PLI_SHARE_ONE);
}

pli_i128
pli_share_payout(const pli_share_terms *terms, const pli_share_account *account, uint64_t elapsed,
                 int64_t share_e18) {
    assert_bounded(account);
    PLI_ASSERT(account->value <= 0);
    PLI_ASSERT(is_fraction(share_e18));
    pli_i128 length = terms->insolvent_seconds;
    pli_i128 passed = elapsed < terms->insolvent_seconds ? (pli_i128)elapsed : length;
    pli_i128 deeper = account->value - account->maintenance;
    deeper = deeper < 0 ? 0 : deeper;
    pli_i128 whole = -account->value + part_down(deeper, passed, length);
    return part_down(whole, share_e18, PLI_SHARE_ONE);
}
