/* trade.c: a fill between two accounts (docs/books.md, section 4).                    SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "ledger/book.h"
#include "model/value.h"

bool
pli_price_is_allowed(const pli_ledger *ledger, uint32_t instrument, int64_t price_e8) {
    const plm_instrument *terms = &ledger->markets[instrument].terms;
    if (price_e8 > PLM_PRICE_E8_MAX || price_e8 < -PLM_PRICE_E8_MAX) {
        return false;
    }
    if (terms->kind == PLM_KIND_OPTION) {
        return price_e8 >= 0;
    }
    return price_e8 > 0 ||
           (terms->settlement == PLM_SETTLEMENT_LINEAR &&
            ledger->underlyings[terms->underlying_index].domain == PLM_PRICE_DOMAIN_ANY);
}

plm_reject
pli_instrument_open(const pli_ledger *ledger, uint32_t instrument, int64_t time_ns) {
    if (instrument >= ledger->instrument_count) {
        return PLM_REJECT_INSTRUMENT_UNKNOWN;
    }
    const pli_market_book *market = &ledger->markets[instrument];
    bool is_expired = market->terms.expiry_ns != 0 && time_ns >= market->terms.expiry_ns;
    return market->phase != PLI_PHASE_ACTIVE || is_expired ? PLM_REJECT_INSTRUMENT_CLOSED
                                                           : PLM_REJECT_NONE;
}

bool
pli_is_isolated_elsewhere(const pli_ledger *ledger, uint32_t account, uint32_t instrument) {
    const pli_account *entry = &ledger->accounts[account];
    return entry->kind == PLM_ACCOUNT_ISOLATED && entry->instrument_index != instrument;
}

static int64_t
magnitude(int64_t value) {
    return value < 0 ? -value : value;
}

static plm_reject
check_terms(const pli_ledger *ledger, uint32_t account, int64_t time_ns,
            const plm_event_trade *body) {
    uint32_t instrument = body->instrument_index;
    plm_reject reject = pli_instrument_open(ledger, instrument, time_ns);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (body->lots == 0 || body->lots > PLM_LOTS_MAX || body->lots < -PLM_LOTS_MAX) {
        return PLM_REJECT_QUANTITY;
    }
    if (!pli_price_is_allowed(ledger, instrument, body->price_e8)) {
        return PLM_REJECT_PRICE;
    }
    if (body->taker_fee_atoms < 0 || (pli_i128)body->taker_fee_atoms + body->maker_fee_atoms < 0) {
        return PLM_REJECT_FEE;
    }
    if (body->maker_account == account) {
        return PLM_REJECT_SAME_ACCOUNT;
    }
    if (body->maker_account >= ledger->account_count) {
        return PLM_REJECT_ACCOUNT_UNKNOWN;
    }
    if (pli_is_isolated_elsewhere(ledger, account, instrument) ||
        pli_is_isolated_elsewhere(ledger, body->maker_account, instrument)) {
        return PLM_REJECT_ISOLATED_INSTRUMENT;
    }
    return PLM_REJECT_NONE;
}

// Does a fill of signed `lots` fit the open order and, where that only reduces, the position?
static bool
fits_order(const pli_ledger *ledger, uint32_t account, const pli_order *order,
           const plm_event_trade *body, int64_t lots) {
    bool is_buy = lots > 0;
    if (order->instrument_index != body->instrument_index ||
        (order->side == PLM_SIDE_BUY) != is_buy || magnitude(lots) > order->lots ||
        (is_buy ? body->price_e8 > order->limit_e8 : body->price_e8 < order->limit_e8)) {
        return false;
    }
    if (!order->is_reduce_only) {
        return true;
    }
    const pli_position *position = pli_position_find(ledger, account, body->instrument_index);
    return position != NULL && pli_fill_closed(position->lots, lots) == magnitude(lots);
}

typedef struct order_pair {
    pli_order *taker, *maker; /* NULL: no order */
} order_pair;

static plm_reject
find_orders(const pli_ledger *ledger, uint32_t account, const plm_event_trade *body,
            order_pair *orders) {
    *orders = (order_pair){NULL, NULL};
    if (body->taker_order_id != 0) {
        orders->taker = pli_order_find(ledger, account, body->taker_order_id);
        if (orders->taker == NULL) {
            return PLM_REJECT_ORDER_UNKNOWN;
        }
    }
    if (body->maker_order_id != 0) {
        orders->maker = pli_order_find(ledger, body->maker_account, body->maker_order_id);
        if (orders->maker == NULL) {
            return PLM_REJECT_ORDER_UNKNOWN;
        }
    }
    bool fits =
        (orders->taker == NULL || fits_order(ledger, account, orders->taker, body, body->lots)) &&
        (orders->maker == NULL ||
         fits_order(ledger, body->maker_account, orders->maker, body, -body->lots));
    return fits ? PLM_REJECT_NONE : PLM_REJECT_ORDER_MISMATCH;
}

// One side's position and realised profit; `sign` is 1 for the taker, -1 for the maker.
static bool
book_side(pli_ledger *ledger, const pli_side *side, const plm_event_trade *body, int sign,
          pli_i128 cost) {
    pli_fill fill = {.lots = sign * body->lots, .cost = sign * cost};
    fill.closed = pli_fill_closed(side->position->lots, fill.lots);
    if (fill.closed == magnitude(body->lots)) {
        fill.closed_cost = fill.cost;
    } else if (fill.closed > 0) {
        int64_t lots = body->lots > 0 ? fill.closed : -fill.closed;
        if (!pli_fill_cost(ledger, body->instrument_index, lots, body->price_e8,
                           &fill.closed_cost)) {
            return false;
        }
        fill.closed_cost *= sign;
    }
    return pli_fill_book(ledger, side, &fill);
}

// The buyer's payment is rounded up and the seller's receipt down; RESIDUE takes the difference.
static bool
book_premium(pli_ledger *ledger, const pli_side *taker, const pli_side *maker,
             const plm_event_trade *body) {
    pli_i128 received = 0;
    bool is_exact = true;
    if (!pli_value_atoms(ledger, body->instrument_index, body->lots, body->price_e8, &received,
                         &is_exact)) {
        return false;
    }
    pli_i128 paid = received + (is_exact ? 0 : 1);
    const pli_side *sides[2] = {taker, maker};
    for (int i = 0; i < 2; i += 1) {
        bool is_buyer = (i == 0) == (body->lots > 0);
        if (is_buyer ? paid != 0 &&
                           !pli_balance_move(ledger, sides[i]->account, sides[i]->balance, -paid)
                     : received != 0 && !pli_balance_credit(ledger, sides[i]->account,
                                                            sides[i]->balance, received)) {
            return false;
        }
    }
    return is_exact || pli_named_move(ledger, taker->balance->asset_index, PLI_NAMED_RESIDUE, 1);
}

static bool
pay_fee(pli_ledger *ledger, const pli_side *side, int64_t fee) {
    if (fee == 0) {
        return true;
    }
    uint32_t asset = side->balance->asset_index;
    pli_ledger_note(ledger, (pli_note){PLI_NOTE_FEE, side->account, asset, fee, 0});
    return (fee > 0 ? pli_balance_move(ledger, side->account, side->balance, -(pli_i128)fee)
                    : pli_balance_credit(ledger, side->account, side->balance, -(pli_i128)fee)) &&
           pli_named_move(ledger, asset, PLI_NAMED_FEES, fee);
}

static pli_i128
loan_of(const pli_side *side) {
    return side->balance->atoms < 0 ? -side->balance->atoms : 0;
}

// *has_repaid: a premium or rebate may have ended positions that were only uncollected losses.
static plm_reject
book_trade(pli_ledger *ledger, const pli_side *taker, const pli_side *maker,
           const plm_event_trade *body, bool *has_repaid) {
    const pli_asset_book *asset = &ledger->assets[taker->balance->asset_index];
    bool is_premium = !pli_is_futures_style(&ledger->markets[body->instrument_index].terms);
    pli_i128 cost = 0;
    if (!pli_fill_cost(ledger, body->instrument_index, body->lots, body->price_e8, &cost) ||
        !book_side(ledger, taker, body, 1, cost) || !book_side(ledger, maker, body, -1, cost)) {
        return PLM_REJECT_OVERFLOW;
    }
    pli_i128 taker_loan = loan_of(taker);
    pli_i128 maker_loan = loan_of(maker);
    *has_repaid = (is_premium || body->maker_fee_atoms < 0) && (taker_loan > 0 || maker_loan > 0);
    if ((is_premium && !book_premium(ledger, taker, maker, body)) ||
        !pay_fee(ledger, taker, body->taker_fee_atoms) ||
        !pay_fee(ledger, maker, body->maker_fee_atoms)) {
        return PLM_REJECT_OVERFLOW;
    }
    bool has_grown = loan_of(taker) > taker_loan || loan_of(maker) > maker_loan;
    return has_grown && asset->borrowed > asset->borrow_cap ? PLM_REJECT_BORROW_LIMIT
                                                            : PLM_REJECT_NONE;
}

typedef struct side_pair {
    pli_side taker, maker;
    bool has_repaid; /* as book_trade says */
} side_pair;

static plm_reject
book_both(pli_ledger *ledger, uint32_t account, const plm_event_trade *body, side_pair *sides) {
    sides->has_repaid = false;
    if (!pli_side_take(ledger, account, body->instrument_index, &sides->taker) ||
        !pli_side_take(ledger, body->maker_account, body->instrument_index, &sides->maker)) {
        return PLM_REJECT_TABLE_FULL;
    }
    if (magnitude(sides->taker.position->lots + body->lots) > PLM_LOTS_MAX ||
        magnitude(sides->maker.position->lots - body->lots) > PLM_LOTS_MAX) {
        return PLM_REJECT_QUANTITY;
    }
    return book_trade(ledger, &sides->taker, &sides->maker, body, &sides->has_repaid);
}

// What the account pays for the option at that price, less the relief; rounded against it.
static bool
pay_relieved(pli_ledger *ledger, const pli_side sides[2], const pli_deleverage_fill *fill) {
    pli_i128 paid = 0;
    bool is_exact = true;
    if (!pli_value_atoms(ledger, fill->instrument, fill->lots, fill->price_e8, &paid, &is_exact)) {
        return false;
    }
    paid = fill->lots > 0 ? paid + (is_exact ? 0 : 1) : -paid;
    if (!pli_sub_i128(paid, fill->relief, &paid)) {
        return false;
    }
    const pli_side *payer = paid > 0 ? &sides[0] : &sides[1];
    const pli_side *payee = paid > 0 ? &sides[1] : &sides[0];
    pli_i128 atoms = paid > 0 ? paid : -paid;
    return atoms == 0 || (pli_balance_move(ledger, payer->account, payer->balance, -atoms) &&
                          pli_balance_credit(ledger, payee->account, payee->balance, atoms));
}

// What the account's fill costs it, in cost units.
static bool
relieved_cost(const pli_ledger *ledger, const pli_deleverage_fill *fill, pli_i128 *cost) {
    if (!pli_fill_cost(ledger, fill->instrument, fill->lots, fill->price_e8, cost)) {
        return false;
    }
    return pli_is_coin_cost(&ledger->markets[fill->instrument].terms)
               ? pli_add_i128(*cost, fill->relief, cost)
               : pli_sub_i128(*cost, fill->relief, cost);
}

plm_reject
pli_ledger_deleverage(pli_ledger *ledger, uint32_t account, uint32_t other,
                      const pli_deleverage_fill *fill) {
    uint32_t instrument = fill->instrument;
    plm_reject reject = pli_instrument_open(ledger, instrument, ledger->time_ns);
    bool is_paid = !pli_is_futures_style(&ledger->markets[instrument].terms);
    pli_i128 cost = 0;
    pli_side sides[2];
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (!pli_side_take(ledger, account, instrument, &sides[0]) ||
        !pli_side_take(ledger, other, instrument, &sides[1])) {
        return PLM_REJECT_TABLE_FULL;
    }
    if (!is_paid && !relieved_cost(ledger, fill, &cost)) {
        return PLM_REJECT_OVERFLOW;
    }
    for (int i = 0; i < 2; i += 1) {
        int sign = i == 0 ? 1 : -1;
        pli_fill part = {.lots = sign * fill->lots, .cost = sign * cost};
        part.closed = pli_fill_closed(sides[i].position->lots, part.lots);
        PLI_ASSERT(i != 0 || part.closed == magnitude(fill->lots));
        if (magnitude(sides[i].position->lots + part.lots) > PLM_LOTS_MAX ||
            (part.closed > 0 && !pli_split_cost(part.cost, part.closed, magnitude(fill->lots),
                                                false, &part.closed_cost)) ||
            !pli_fill_book(ledger, &sides[i], &part)) {
            return PLM_REJECT_OVERFLOW;
        }
    }
    if (is_paid && !pay_relieved(ledger, sides, fill)) {
        return PLM_REJECT_OVERFLOW;
    }
    pli_slots_tidy(ledger, account);
    pli_slots_tidy(ledger, other);
    return PLM_REJECT_NONE;
}

plm_reject
pli_ledger_takeover_fill(pli_ledger *ledger, uint32_t to, int64_t time_ns,
                         const plm_event_trade *body) {
    side_pair sides;
    plm_reject reject = check_terms(ledger, to, time_ns, body);
    return reject == PLM_REJECT_NONE ? book_both(ledger, to, body, &sides) : reject;
}

plm_reject
pli_ledger_trade(pli_ledger *ledger, uint32_t account, int64_t time_ns,
                 const plm_event_trade *body) {
    order_pair orders;
    side_pair sides;
    plm_reject reject = check_terms(ledger, account, time_ns, body);
    if (reject == PLM_REJECT_NONE) {
        reject = find_orders(ledger, account, body, &orders);
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    reject = book_both(ledger, account, body, &sides);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (orders.taker != NULL) {
        pli_order_reduce(ledger, account, orders.taker, magnitude(body->lots));
    }
    if (orders.maker != NULL) {
        pli_order_reduce(ledger, body->maker_account, orders.maker, magnitude(body->lots));
    }
    if (sides.has_repaid) {
        pli_slots_tidy(ledger, account);
        pli_slots_tidy(ledger, body->maker_account);
    } else {
        pli_side_tidy(ledger, &sides.taker);
        pli_side_tidy(ledger, &sides.maker);
    }
    return PLM_REJECT_NONE;
}
