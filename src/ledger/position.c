/* position.c: positions that move or are realised without a trade (docs/books.md, 7). SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "ledger/book.h"
#include "model/value.h"

static plm_reject
check_transfer(const pli_ledger *ledger, uint32_t account, int64_t time_ns,
               const plm_event_position_transfer *body) {
    plm_reject reject = pli_instrument_open(ledger, body->instrument_index, time_ns);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    const pli_position *position = pli_position_find(ledger, account, body->instrument_index);
    int64_t held = position != NULL ? position->lots : 0;
    if (body->lots == 0 ||
        (held >= 0 ? body->lots < 0 || body->lots > held : body->lots > 0 || body->lots < held)) {
        return PLM_REJECT_QUANTITY;
    }
    if (body->to_account >= ledger->account_count) {
        return PLM_REJECT_ACCOUNT_UNKNOWN;
    }
    if (body->to_account == account) {
        return PLM_REJECT_SAME_ACCOUNT;
    }
    if (ledger->accounts[body->to_account].owner != ledger->accounts[account].owner) {
        return PLM_REJECT_ACCOUNT_FOREIGN;
    }
    return pli_is_isolated_elsewhere(ledger, body->to_account, body->instrument_index)
               ? PLM_REJECT_ISOLATED_INSTRUMENT
               : PLM_REJECT_NONE;
}

// The sender's part of the cost, towards zero.
static bool
cost_share(const pli_position *position, int64_t lots, pli_i128 *share) {
    bool is_up = position->cost < 0;
    return position->lots > 0
               ? pli_split_cost(position->cost, lots, position->lots, is_up, share)
               : pli_split_cost(position->cost, -lots, -position->lots, is_up, share);
}

// The sender gives `lots` at exactly their share of the cost, so that nothing is realised.
static bool
book_sender(pli_ledger *ledger, const pli_side *side, int64_t lots, pli_i128 share) {
    pli_position *position = side->position;
    pli_market_book *market = &ledger->markets[position->instrument_index];
    PLI_SAVE(ledger, *position);
    PLI_SAVE(ledger, market->cost_total);
    position->lots -= lots;
    position->cost -= share;
    pli_ledger_note(ledger, (pli_note){PLI_NOTE_POSITION, side->account, position->instrument_index,
                                       position->lots, position->cost});
    return (lots <= 0 || pli_open_interest_move(ledger, position->instrument_index, -lots)) &&
           pli_sub_i128(market->cost_total, share, &market->cost_total);
}

static bool
book_receiver(pli_ledger *ledger, const pli_side *side, int64_t lots, pli_i128 share) {
    bool is_coin = pli_is_coin_cost(&ledger->markets[side->position->instrument_index].terms);
    pli_fill fill = {.lots = lots, .cost = share};
    fill.closed = pli_fill_closed(side->position->lots, lots);
    // Against the receiver: a closing cost is up where it lessens the profit, down where it is the profit.
    return (fill.closed == 0 || pli_split_cost(share, fill.closed, lots < 0 ? -lots : lots,
                                               !is_coin, &fill.closed_cost)) &&
           pli_fill_book(ledger, side, &fill);
}

plm_reject
pli_ledger_position_transfer(pli_ledger *ledger, uint32_t account, int64_t time_ns,
                             const plm_event_position_transfer *body) {
    pli_side from;
    pli_side to;
    pli_i128 share = 0;
    plm_reject reject = check_transfer(ledger, account, time_ns, body);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (!pli_side_take(ledger, account, body->instrument_index, &from) ||
        !pli_side_take(ledger, body->to_account, body->instrument_index, &to)) {
        return PLM_REJECT_TABLE_FULL;
    }
    int64_t after = to.position->lots + body->lots;
    if (after > PLM_LOTS_MAX || after < -PLM_LOTS_MAX) {
        return PLM_REJECT_QUANTITY;
    }
    if (!cost_share(from.position, body->lots, &share) ||
        !book_sender(ledger, &from, body->lots, share) ||
        !book_receiver(ledger, &to, body->lots, share)) {
        return PLM_REJECT_OVERFLOW;
    }
    pli_side_tidy(ledger, &from);
    pli_side_tidy(ledger, &to);
    return PLM_REJECT_NONE;
}

plm_reject
pli_ledger_settle_profit(pli_ledger *ledger, uint32_t account, int64_t time_ns,
                         const int64_t *mark_e8, const plm_event_settle_profit *body) {
    uint32_t instrument = body->instrument_index;
    plm_reject reject = pli_instrument_open(ledger, instrument, time_ns);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    const pli_position *held = pli_position_find(ledger, account, instrument);
    if (held == NULL || held->lots == 0 ||
        !pli_is_futures_style(&ledger->markets[instrument].terms)) {
        return PLM_REJECT_QUANTITY;
    }
    if (mark_e8 == NULL || !pli_price_is_allowed(ledger, instrument, *mark_e8)) {
        return PLM_REJECT_MARK;
    }
    pli_side side;
    bool has_slots = pli_side_take(ledger, account, instrument, &side);
    PLI_ASSERT(has_slots); // [LEDGER-5]
    int64_t lots = side.position->lots;
    // What closing costs, rounded against the account; the same amount, negated, opens the position again.
    pli_fill closing = {.lots = -lots, .closed = lots < 0 ? -lots : lots};
    if (!pli_fill_cost(ledger, instrument, -lots, *mark_e8, &closing.cost)) {
        return PLM_REJECT_OVERFLOW;
    }
    closing.closed_cost = closing.cost;
    pli_fill opening = {.lots = lots, .cost = -closing.cost};
    pli_i128 atoms = side.balance->atoms;
    if (!pli_fill_book(ledger, &side, &closing) || !pli_fill_book(ledger, &side, &opening)) {
        return PLM_REJECT_OVERFLOW;
    }
    // A loss that nobody forced on the account is no way past the cap.
    const pli_asset_book *asset = &ledger->assets[side.balance->asset_index];
    bool has_grown = side.balance->atoms < 0 && side.balance->atoms < atoms;
    return has_grown && asset->borrowed > asset->borrow_cap ? PLM_REJECT_BORROW_LIMIT
                                                            : PLM_REJECT_NONE;
}
