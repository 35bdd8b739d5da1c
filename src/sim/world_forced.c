/* world_forced.c: accounts pushed below maintenance, and what follows: fills of forced orders, bids, steps of jobs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "core/forced.h"
#include "sim/world_draw.h"

enum { HELD_MAX = 32 };

// A mark, or the price behind it, moves against a position by up to a half.
static bool
push(pli_draw *draw, uint32_t account) {
    plm_position positions[HELD_MAX];
    plm_order orders[HELD_MAX];
    plm_balance balances[HELD_MAX];
    plm_portfolio held;
    if (plm_core_portfolio(draw->core, account, positions, orders, balances, &held) != PLM_OK ||
        held.position_count == 0) {
        return false;
    }
    const plm_position *position = &positions[pli_draw_below(draw, held.position_count)];
    uint32_t u = draw->listing.instruments[position->instrument_index].underlying_index;
    int64_t price_e8 = draw->market.underlyings[u].price.price_e8;
    int64_t size =
        pli_draw_once_in(draw, 2) ? pli_draw_range(draw, 1, 10) : pli_draw_range(draw, 10, 50);
    int64_t percent = position->lots > 0 ? -size : size;
    if (position->lots == 0 || price_e8 > INT64_MAX / 200 || price_e8 < INT64_MIN / 200) {
        return false;
    }
    int64_t moved_e8 = price_e8 + price_e8 / 100 * percent;
    if (pli_draw_once_in(draw, 2)) {
        plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_PRICE, PLM_NONE);
        event->price_body.underlying_index = u;
        event->price_body.state = PLM_PRICE_STATE_VALID;
        event->price_body.price_e8 = moved_e8;
        event->price_body.slow_e8 = moved_e8;
        event->price_body.publish_ns = draw->time_ns;
        return true;
    }
    plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_MARK, PLM_NONE);
    event->mark_body.instrument_index = position->instrument_index;
    event->mark_body.is_present = 1;
    event->mark_body.mark_e8 = moved_e8;
    return true;
}

// A forced order of the account meets somebody, at its limit or at the mark.
static bool
fill(pli_draw *draw, uint32_t account) {
    plm_position positions[HELD_MAX];
    plm_order orders[HELD_MAX];
    plm_balance balances[HELD_MAX];
    plm_portfolio held;
    if (!pli_forced_is_waiting(draw->core, account) ||
        plm_core_portfolio(draw->core, account, positions, orders, balances, &held) != PLM_OK ||
        held.order_count == 0) {
        return false;
    }
    uint32_t place = pli_draw_below(draw, held.order_count);
    const plm_order *order = &orders[place];
    const plm_mark *mark = &draw->market.marks[order->instrument_index];
    uint32_t taker = (account + 1 + pli_draw_below(draw, draw->accounts)) % draw->accounts;
    plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_TRADE, taker);
    plm_event_trade *body = &event->trade_body;
    int64_t lots =
        1 + (int64_t)pli_draw_below(draw, (uint32_t)(order->lots < 1000 ? order->lots : 1000));
    body->instrument_index = order->instrument_index;
    body->maker_account = account;
    body->maker_order_id = plm_core_order_id(draw->core, account, place);
    body->lots = order->side == PLM_SIDE_SELL ? lots : -lots;
    body->price_e8 = pli_draw_once_in(draw, 3) ? order->limit_e8 : mark->mark_e8;
    return true;
}

static bool
bid(pli_draw *draw, uint32_t account) {
    const plm_standing *standing = &draw->core->standings[account];
    if (standing->stage != PLM_STAGE_AUCTION) {
        return false;
    }
    uint32_t bidder = (account + 1 + pli_draw_below(draw, draw->accounts)) % draw->accounts;
    plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_BID, bidder);
    event->bid_body.sold_account = account;
    event->bid_body.round = standing->round_count;
    event->bid_body.share_ppm =
        pli_draw_once_in(draw, 3) ? pli_draw_range(draw, 1, PLM_PPM) : PLM_PPM;
    return true;
}

static bool
go_on(pli_draw *draw) {
    if (plm_core_job_count(draw->core) == 0) {
        return false;
    }
    pli_draw_begin(draw, PLM_EVENT_TYPE_CONTINUE, PLM_NONE)->continue_body.step_count =
        1 + pli_draw_below(draw, 40);
    return true;
}

bool
pli_draw_forced(pli_draw *draw) {
    if (draw->accounts == 0) {
        return false;
    }
    uint32_t first = pli_draw_below(draw, draw->accounts);
    uint32_t turn = pli_draw_below(draw, 8);
    if (turn == 0) {
        return push(draw, first);
    }
    if (turn <= 3) {
        return go_on(draw);
    }
    for (uint32_t i = 0; i < draw->accounts; i += 1) {
        uint32_t account = (first + i) % draw->accounts;
        if (draw->core->standings[account].stage < PLM_STAGE_PARTIAL) {
            continue;
        }
        if (turn == 4) {
            pli_draw_begin(draw, PLM_EVENT_TYPE_ASSESS, account);
            return true;
        }
        if (fill(draw, account) || bid(draw, account)) {
            return true;
        }
    }
    return false;
}
