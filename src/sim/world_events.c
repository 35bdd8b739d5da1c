/* world_events.c: the bodies of random events, most of them nearly right.              SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "base/wide.h"
#include "core/state.h"
#include "ledger/book.h"
#include "sim/world_draw.h"

uint32_t
pli_draw_below(pli_draw *draw, uint32_t count) {
    return (uint32_t)pli_prng_below(&draw->world->prng, count);
}

bool
pli_draw_once_in(pli_draw *draw, uint32_t count) {
    return pli_draw_below(draw, count) == 0;
}

uint32_t
pli_draw_index(pli_draw *draw, uint32_t count) {
    return count == 0 || pli_draw_once_in(draw, 30) ? count + pli_draw_below(draw, 2)
                                                    : pli_draw_below(draw, count);
}

plm_event *
pli_draw_begin(pli_draw *draw, plm_event_type type, uint32_t account) {
    plm_event *event = &draw->world->event;
    memset(event, 0, sizeof *event);
    event->header.type = (uint16_t)type;
    event->header.version = 1;
    event->header.time_ns = draw->time_ns;
    event->header.account = account;
    return event;
}

void
pli_draw_name(char name[PLM_NAME_SIZE], const char *text) {
    memset(name, 0, PLM_NAME_SIZE);
    for (uint32_t i = 0; i + 1 < PLM_NAME_SIZE && text[i] != '\0'; i += 1) {
        name[i] = text[i];
    }
}

int64_t
pli_draw_range(pli_draw *draw, int64_t low, int64_t high) {
    return pli_prng_range_i64(&draw->world->prng, low, high);
}

static plm_wide
atoms_of(pli_draw *draw, uint32_t asset) {
    bool is_edgy = (draw->world->features & PLI_WORLD_EDGES) != 0;
    if (is_edgy && pli_draw_once_in(draw, 400)) {
        // Sums of these leave 128 bits.
        pli_i128 large = (pli_i128)1 << (62 + pli_draw_below(draw, 64));
        return pli_wide_from_i128(large + (large - 1) * pli_draw_below(draw, 2));
    }
    if (pli_draw_once_in(draw, 6)) {
        return pli_wide_from_i128(pli_draw_range(draw, 0, 3000));
    }
    return pli_wide_from_i128(pli_draw_range(draw, 1, asset == 1 ? PLI_E8 / 10 : 5000 * PLI_USD));
}

uint32_t
pli_draw_asset(pli_draw *draw) {
    return pli_draw_index(draw, draw->listing.asset_count);
}

uint32_t
pli_draw_underlying(pli_draw *draw) {
    return pli_draw_index(draw, draw->listing.underlying_count);
}

uint32_t
pli_draw_instrument(pli_draw *draw) {
    if (draw->world->is_focused && draw->listing.instrument_count > 1 &&
        !pli_draw_once_in(draw, 8)) {
        return pli_draw_below(draw, 2);
    }
    return pli_draw_index(draw, draw->listing.instrument_count);
}

// Within two percent of `near_e8`, on a tick more often than not.
static int64_t
close_to(pli_draw *draw, int64_t near_e8) {
    int64_t price = near_e8 / 1000 * (1000 + pli_draw_range(draw, -20, 20));
    return pli_draw_once_in(draw, 3) ? price + pli_draw_range(draw, -1, 1) : price;
}

int64_t
pli_draw_price(pli_draw *draw, uint32_t underlying) {
    if (underlying >= draw->listing.underlying_count) {
        return PLI_E8;
    }
    int64_t anchor = underlying == 0 ? 100000 * PLI_E8 : underlying == 1 ? 4000 * PLI_E8 : 0;
    if (anchor == 0) {
        return pli_draw_range(draw, -100, 100) * PLI_E8;
    }
    const plm_price_record *price = &draw->market.underlyings[underlying].price;
    // Prices wander, but come home before they leave every bound.
    bool is_near = price->price_e8 > anchor / 2 && price->price_e8 < 2 * anchor;
    return close_to(draw, is_near ? price->price_e8 : anchor);
}

int64_t
pli_draw_quote(pli_draw *draw, uint32_t instrument) {
    if (instrument >= draw->listing.instrument_count) {
        return PLI_E8;
    }
    const plm_instrument *terms = &draw->listing.instruments[instrument];
    const plm_mark *mark = &draw->market.marks[instrument];
    if (mark->is_present && !pli_draw_once_in(draw, 4)) {
        return close_to(draw, mark->mark_e8);
    }
    return terms->kind == PLM_KIND_OPTION ? close_to(draw, 6000 * PLI_E8)
                                          : pli_draw_price(draw, terms->underlying_index);
}

static void
write_cash(pli_draw *draw, plm_event *event) {
    // The four bodies are laid out alike.
    event->deposit_body.asset_index = pli_draw_asset(draw);
    if (draw->world->has_scarce_coins && event->header.type == PLM_EVENT_TYPE_DEPOSIT &&
        event->deposit_body.asset_index == 1) {
        event->deposit_body.asset_index = 0;
    }
    event->deposit_body.atoms = atoms_of(draw, event->deposit_body.asset_index);
}

static void
write_transfer(pli_draw *draw, plm_event *event) {
    event->transfer_body.asset_index = pli_draw_asset(draw);
    event->transfer_body.to_account = pli_draw_index(draw, draw->accounts);
    event->transfer_body.atoms = atoms_of(draw, event->transfer_body.asset_index);
}

static void
write_exchange(pli_draw *draw, plm_event *event) {
    event->exchange_body.other_account = pli_draw_index(draw, draw->accounts);
    event->exchange_body.give_asset_index = pli_draw_asset(draw);
    event->exchange_body.take_asset_index = pli_draw_asset(draw);
    event->exchange_body.give_atoms = pli_wide_from_i128(pli_draw_range(draw, 1, 100 * PLI_USD));
    event->exchange_body.take_atoms = pli_wide_from_i128(pli_draw_range(draw, 1, PLI_E8 / 1000));
}

static void
write_interest(pli_draw *draw, plm_event *event) {
    event->interest_body.asset_index = pli_draw_asset(draw);
}

static void
write_fund(pli_draw *draw, plm_event *event) {
    event->fund_body.asset_index = pli_draw_asset(draw);
    event->fund_body.action = 1 + pli_draw_below(draw, 7);
    bool is_of_market = event->fund_body.action == PLM_FUND_ACTION_COMMIT ||
                        event->fund_body.action == PLM_FUND_ACTION_KEEP ||
                        event->fund_body.action == PLM_FUND_ACTION_FREE;
    event->fund_body.instrument_index = is_of_market ? pli_draw_instrument(draw) : PLM_NONE;
    if (pli_draw_once_in(draw, 20)) {
        event->fund_body.instrument_index = pli_draw_instrument(draw);
    }
    event->fund_body.atoms = pli_draw_once_in(draw, 2)
                                 ? atoms_of(draw, event->fund_body.asset_index)
                                 : pli_wide_from_i128(pli_draw_range(draw, 1, 2000));
}

static void
write_socialise(pli_draw *draw, plm_event *event) {
    plm_event_socialise *body = &event->socialise_body;
    body->instrument_index = pli_draw_once_in(draw, 3) ? PLM_NONE : pli_draw_instrument(draw);
    body->asset_index = pli_draw_asset(draw);
    if (body->instrument_index < draw->core->ledger.instrument_count &&
        !pli_draw_once_in(draw, 10)) {
        const pli_market_book *market = &draw->core->ledger.markets[body->instrument_index];
        body->asset_index = market->terms.settlement_asset_index;
    }
    body->atoms = pli_draw_once_in(draw, 2) ? atoms_of(draw, body->asset_index)
                                            : pli_wide_from_i128(pli_draw_range(draw, 1, 2000));
}

// A long and a short account of an instrument, and the lots that both could give up; false where there are none.
static bool
find_opposites(pli_draw *draw, uint32_t instrument, uint32_t accounts[2], int64_t *most) {
    const pli_ledger *ledger = &draw->core->ledger;
    int64_t lots[2] = {0, 0};
    if (draw->accounts == 0) {
        return false;
    }
    uint32_t start = pli_draw_below(draw, draw->accounts);
    for (uint32_t i = 0; i < draw->accounts; i += 1) {
        uint32_t account = (start + i) % draw->accounts;
        const pli_position *held = pli_position_find(ledger, account, instrument);
        if (held != NULL && held->lots != 0) {
            lots[held->lots < 0] = held->lots;
            accounts[held->lots < 0] = account;
        }
    }
    *most = lots[0] < -lots[1] ? lots[0] : -lots[1];
    return lots[0] != 0 && lots[1] != 0;
}

static void
write_trade(pli_draw *draw, plm_event *event) {
    plm_event_trade *body = &event->trade_body;
    body->instrument_index = pli_draw_instrument(draw);
    uint32_t accounts[2];
    int64_t most = 0;
    if (pli_draw_once_in(draw, 4) &&
        find_opposites(draw, body->instrument_index, accounts, &most)) {
        event->header.account = accounts[0];
        body->maker_account = accounts[1];
        body->lots = -most;
    } else {
        body->maker_account = pli_draw_index(draw, draw->accounts);
        body->lots = draw->world->is_focused ? 20 * pli_draw_range(draw, -2, 2)
                                             : pli_draw_range(draw, -60, 60);
    }
    body->price_e8 = pli_draw_quote(draw, body->instrument_index);
    body->taker_fee_atoms = pli_draw_range(draw, 0, 2000);
    body->maker_fee_atoms =
        pli_draw_once_in(draw, 20) ? -2000 : -pli_draw_range(draw, 0, body->taker_fee_atoms);
    if ((draw->world->features & PLI_WORLD_ORDERS) != 0) {
        body->taker_order_id = pli_draw_once_in(draw, 5) ? 1 + pli_draw_below(draw, 12) : 0;
        body->maker_order_id = pli_draw_once_in(draw, 5) ? 1 + pli_draw_below(draw, 12) : 0;
    }
}

static void
write_position_transfer(pli_draw *draw, plm_event *event) {
    plm_event_position_transfer *body = &event->position_transfer_body;
    uint32_t accounts[2];
    int64_t most = 0;
    body->instrument_index = pli_draw_instrument(draw);
    body->to_account = pli_draw_index(draw, draw->accounts);
    body->lots = pli_draw_range(draw, -20, 20);
    if (pli_draw_once_in(draw, 3) &&
        find_opposites(draw, body->instrument_index, accounts, &most)) {
        event->header.account = accounts[0];
        body->to_account = accounts[1];
        body->lots = most;
    }
}

static void
write_reserve(pli_draw *draw, plm_event *event) {
    plm_event_reserve *body = &event->reserve_body;
    body->instrument_index = pli_draw_instrument(draw);
    body->side = 1 + pli_draw_below(draw, 2);
    body->lots = pli_draw_range(draw, 0, 40);
    body->limit_e8 = pli_draw_quote(draw, body->instrument_index);
    body->order_id = pli_draw_below(draw, 13);
    body->is_reduce_only = pli_draw_once_in(draw, 5) ? 1 : 0;
}

static void
write_release(pli_draw *draw, plm_event *event) {
    event->release_body.order_id = pli_draw_below(draw, 13);
    event->release_body.lots = pli_draw_range(draw, 0, 20);
}

static void
write_settle_profit(pli_draw *draw, plm_event *event) {
    event->settle_profit_body.instrument_index = pli_draw_instrument(draw);
}

static void
write_funding(pli_draw *draw, plm_event *event) {
    event->funding_body.instrument_index = pli_draw_instrument(draw);
    event->funding_body.per_lot = pli_draw_range(draw, -PLI_E8, PLI_E8);
}

static void
write_settle_expiry(pli_draw *draw, plm_event *event) {
    event->settle_expiry_body.instrument_index = pli_draw_instrument(draw);
    event->settle_expiry_body.price_e8 = pli_draw_price(draw, 0);
}

static void
write_continue(pli_draw *draw, plm_event *event) {
    event->continue_body.step_count = 1 + pli_draw_below(draw, 5);
}

static void
write_nothing(pli_draw *draw, plm_event *event) {
    (void)draw;
    (void)event;
}

// For an account that is being auctioned, where there is one; now and then for another, another round or dust.
static void
write_bid(pli_draw *draw, plm_event *event) {
    plm_event_bid *body = &event->bid_body;
    body->sold_account = pli_draw_index(draw, draw->accounts);
    for (uint32_t i = 0; i < draw->accounts && !pli_draw_once_in(draw, 20); i += 1) {
        uint32_t account = (body->sold_account + i) % draw->accounts;
        if (draw->core->standings[account].stage == PLM_STAGE_AUCTION) {
            body->sold_account = account;
            body->round = draw->core->standings[account].round_count;
            break;
        }
    }
    body->round += pli_draw_once_in(draw, 20) ? 1 : 0;
    body->share_ppm = pli_draw_once_in(draw, 4) ? pli_draw_range(draw, 0, PLM_PPM) : PLM_PPM;
    body->premium_min_ppm = pli_draw_once_in(draw, 4) ? pli_draw_range(draw, 0, 100000) : 0;
}

static void
write_pool_join(pli_draw *draw, plm_event *event) {
    event->pool_join_body.atoms = pli_draw_once_in(draw, 20)
                                      ? pli_wide_from_i128(pli_draw_range(draw, -1, 1))
                                      : atoms_of(draw, 0);
}

// Of an account that has shares, where there is one; now and then of another, or too many.
static void
write_pool_leave(pli_draw *draw, plm_event *event) {
    uint32_t first = pli_draw_index(draw, draw->accounts);
    int64_t shares = 0;
    for (uint32_t i = 0; i < draw->accounts && shares == 0 && !pli_draw_once_in(draw, 20); i += 1) {
        uint32_t account = (first + i) % draw->accounts;
        shares = draw->core->ledger.accounts[account].pool_shares;
        event->header.account = shares > 0 ? account : event->header.account;
    }
    event->pool_leave_body.shares = pli_draw_once_in(draw, 3)    ? shares
                                    : pli_draw_once_in(draw, 10) ? shares + 1
                                                                 : shares / 10;
}

typedef struct choice {
    plm_event_type type;
    uint32_t features; /* any of these; 0: always */
    uint32_t weight;
    void (*write)(pli_draw *draw, plm_event *event);
} choice;

static const choice choices[] = {
    {PLM_EVENT_TYPE_TIME, 0, 1, write_nothing},
    {PLM_EVENT_TYPE_CONTINUE, 0, 2, write_continue},
    {PLM_EVENT_TYPE_DEPOSIT, 0, 2, write_cash},
    {PLM_EVENT_TYPE_PRICE, 0, 3, pli_draw_price_event},
    {PLM_EVENT_TYPE_MARK, 0, 3, pli_draw_mark},
    {PLM_EVENT_TYPE_TRADE, PLI_WORLD_TRADES, 12, write_trade},
    {PLM_EVENT_TYPE_ASSESS, PLI_WORLD_TRADES | PLI_WORLD_LOANS, 2, write_nothing},
    {PLM_EVENT_TYPE_BID, PLI_WORLD_TRADES | PLI_WORLD_LOANS, 2, write_bid},
    {PLM_EVENT_TYPE_POSITION_TRANSFER, PLI_WORLD_TRADES, 3, write_position_transfer},
    {PLM_EVENT_TYPE_RESERVE, PLI_WORLD_ORDERS, 6, write_reserve},
    {PLM_EVENT_TYPE_RELEASE, PLI_WORLD_ORDERS, 3, write_release},
    {PLM_EVENT_TYPE_BORROW, PLI_WORLD_LOANS, 3, write_cash},
    {PLM_EVENT_TYPE_REPAY, PLI_WORLD_LOANS, 2, write_cash},
    {PLM_EVENT_TYPE_INTEREST, PLI_WORLD_LOANS, 2, write_interest},
    {PLM_EVENT_TYPE_EXCHANGE, PLI_WORLD_LOANS, 3, write_exchange},
    {PLM_EVENT_TYPE_WITHDRAW, PLI_WORLD_PAYOUTS, 3, write_cash},
    {PLM_EVENT_TYPE_TRANSFER, PLI_WORLD_PAYOUTS, 3, write_transfer},
    {PLM_EVENT_TYPE_SETTLE_PROFIT, PLI_WORLD_PAYOUTS, 3, write_settle_profit},
    {PLM_EVENT_TYPE_FUND, PLI_WORLD_PAYOUTS, 3, write_fund},
    {PLM_EVENT_TYPE_FUNDING, PLI_WORLD_FUNDING, 3, write_funding},
    {PLM_EVENT_TYPE_POOL_JOIN, PLI_WORLD_POOL, 3, write_pool_join},
    {PLM_EVENT_TYPE_POOL_LEAVE, PLI_WORLD_POOL, 3, write_pool_leave},
    {PLM_EVENT_TYPE_SOCIALISE, PLI_WORLD_PAYOUTS, 2, write_socialise},
    {PLM_EVENT_TYPE_LIQUIDITY, PLI_WORLD_PRICES, 1, pli_draw_liquidity},
    {PLM_EVENT_TYPE_FORECAST, PLI_WORLD_PRICES, 1, pli_draw_forecast},
    {PLM_EVENT_TYPE_SUPPLY, PLI_WORLD_PRICES, 1, pli_draw_supply},
    {PLM_EVENT_TYPE_RECALIBRATE, PLI_WORLD_PRICES, 2, pli_draw_recalibrate},
    {PLM_EVENT_TYPE_CLOSE, PLI_WORLD_PRICES | PLI_WORLD_SCENARIOS, 1, pli_draw_close},
    {PLM_EVENT_TYPE_SOURCE, PLI_WORLD_SOURCES, 1, pli_draw_source},
    {PLM_EVENT_TYPE_ANCHOR, PLI_WORLD_SOURCES, 2, pli_draw_anchor},
    {PLM_EVENT_TYPE_PRICE_REPORT, PLI_WORLD_SOURCES, 8, pli_draw_report},
    {PLM_EVENT_TYPE_SURFACE_SLICE, PLI_WORLD_SURFACES, 3, pli_draw_slice},
    {PLM_EVENT_TYPE_SURFACE_COMMIT, PLI_WORLD_SURFACES, 2, pli_draw_surface_commit},
    {PLM_EVENT_TYPE_SCENARIO_COMMIT, PLI_WORLD_SCENARIOS, 1, pli_draw_scenario_commit},
    {PLM_EVENT_TYPE_MODEL, PLI_WORLD_RECORDS, 1, pli_draw_model},
    {PLM_EVENT_TYPE_PARAMETERS, PLI_WORLD_RECORDS, 2, pli_draw_parameters},
    {PLM_EVENT_TYPE_SETTLE_EXPIRY, PLI_WORLD_EXPIRY, 2, write_settle_expiry},
    {PLM_EVENT_TYPE_ASSET, PLI_WORLD_LISTINGS, 1, pli_draw_asset_listing},
    {PLM_EVENT_TYPE_UNDERLYING, PLI_WORLD_LISTINGS, 1, pli_draw_underlying_listing},
    {PLM_EVENT_TYPE_INSTRUMENT, PLI_WORLD_LISTINGS, 1, pli_draw_instrument_listing},
    {PLM_EVENT_TYPE_ACCOUNT, PLI_WORLD_LISTINGS, 1, pli_draw_account_listing},
    {PLM_EVENT_TYPE_SIGNER, PLI_WORLD_LISTINGS, 1, pli_draw_signer_listing},
};

enum { CHOICES = sizeof choices / sizeof choices[0] };

bool
pli_world_draws(uint16_t type) {
    for (uint32_t i = 0; i < CHOICES; i += 1) {
        if (choices[i].type == (plm_event_type)type) {
            return true;
        }
    }
    return false;
}

static uint32_t
weight_of(const choice *of, const pli_world *world) {
    if (of->features != 0 && (of->features & world->features) == 0) {
        return 0;
    }
    // A large world lives long enough to see the queue of jobs fill up.
    return of->type == PLM_EVENT_TYPE_SETTLE_EXPIRY && world->is_large ? 20 : of->weight;
}

void
pli_draw_business(pli_draw *draw) {
    bool has_forced = (draw->world->features & PLI_WORLD_FORCED) != 0;
    if (has_forced && pli_draw_once_in(draw, 4) && pli_draw_forced(draw)) {
        return;
    }
    uint32_t sum = 0;
    for (uint32_t i = 0; i < CHOICES; i += 1) {
        sum += weight_of(&choices[i], draw->world);
    }
    uint32_t place = pli_draw_below(draw, sum);
    const choice *chosen = choices;
    while (place >= weight_of(chosen, draw->world)) {
        place -= weight_of(chosen, draw->world);
        chosen += 1;
    }
    plm_event *event = pli_draw_begin(draw, chosen->type, pli_draw_index(draw, draw->accounts));
    chosen->write(draw, event);
}
