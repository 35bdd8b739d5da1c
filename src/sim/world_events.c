/* world_events.c: the bodies of random events, most of them nearly right.              SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "base/wide.h"
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

static int64_t
range(pli_draw *draw, int64_t low, int64_t high) {
    return pli_prng_range_i64(&draw->world->prng, low, high);
}

static plm_wide
atoms_of(pli_draw *draw, uint32_t asset) {
    return pli_wide_from_i128(range(draw, 1, asset == 1 ? PLI_E8 / 10 : 5000 * PLI_USD));
}

static uint32_t
asset_of(pli_draw *draw) {
    return pli_draw_index(draw, draw->listing.asset_count);
}

static uint32_t
underlying_of(pli_draw *draw) {
    return pli_draw_index(draw, draw->listing.underlying_count);
}

static uint32_t
instrument_of(pli_draw *draw) {
    return pli_draw_index(draw, draw->listing.instrument_count);
}

// Within two percent of `near_e8`, on a tick more often than not.
static int64_t
close_to(pli_draw *draw, int64_t near_e8) {
    int64_t price = near_e8 / 1000 * (1000 + range(draw, -20, 20));
    return pli_draw_once_in(draw, 3) ? price + range(draw, -1, 1) : price;
}

static int64_t
price_of(pli_draw *draw, uint32_t underlying) {
    if (underlying >= draw->listing.underlying_count) {
        return PLI_E8;
    }
    int64_t anchor = underlying == 0 ? 100000 * PLI_E8 : underlying == 1 ? 4000 * PLI_E8 : 0;
    if (anchor == 0) {
        return range(draw, -100, 100) * PLI_E8;
    }
    const plm_price_record *price = &draw->market.underlyings[underlying].price;
    // Prices wander, but come home before they leave every bound.
    bool is_near = price->price_e8 > anchor / 2 && price->price_e8 < 2 * anchor;
    return close_to(draw, is_near ? price->price_e8 : anchor);
}

static int64_t
quote_of(pli_draw *draw, uint32_t instrument) {
    if (instrument >= draw->listing.instrument_count) {
        return PLI_E8;
    }
    const plm_instrument *terms = &draw->listing.instruments[instrument];
    const plm_mark *mark = &draw->market.marks[instrument];
    if (mark->is_present && !pli_draw_once_in(draw, 4)) {
        return close_to(draw, mark->mark_e8);
    }
    return terms->kind == PLM_KIND_OPTION ? close_to(draw, 6000 * PLI_E8)
                                          : price_of(draw, terms->underlying_index);
}

static void
write_cash(pli_draw *draw, plm_event *event) {
    // The four bodies are laid out alike.
    event->deposit_body.asset_index = asset_of(draw);
    event->deposit_body.atoms = atoms_of(draw, event->deposit_body.asset_index);
}

static void
write_transfer(pli_draw *draw, plm_event *event) {
    event->transfer_body.asset_index = asset_of(draw);
    event->transfer_body.to_account = pli_draw_index(draw, draw->accounts);
    event->transfer_body.atoms = atoms_of(draw, event->transfer_body.asset_index);
}

static void
write_exchange(pli_draw *draw, plm_event *event) {
    event->exchange_body.other_account = pli_draw_index(draw, draw->accounts);
    event->exchange_body.give_asset_index = asset_of(draw);
    event->exchange_body.take_asset_index = asset_of(draw);
    event->exchange_body.give_atoms = pli_wide_from_i128(range(draw, 1, 100 * PLI_USD));
    event->exchange_body.take_atoms = pli_wide_from_i128(range(draw, 1, PLI_E8 / 1000));
}

static void
write_interest(pli_draw *draw, plm_event *event) {
    event->interest_body.asset_index = asset_of(draw);
}

static void
write_fund(pli_draw *draw, plm_event *event) {
    event->fund_body.asset_index = asset_of(draw);
    event->fund_body.action = 1 + pli_draw_below(draw, 4);
    event->fund_body.instrument_index =
        event->fund_body.action == PLM_FUND_ACTION_COMMIT ? instrument_of(draw) : PLM_NONE;
    event->fund_body.atoms = pli_wide_from_i128(range(draw, 1, 100 * PLI_USD));
}

static void
write_trade(pli_draw *draw, plm_event *event) {
    plm_event_trade *body = &event->trade_body;
    body->instrument_index = instrument_of(draw);
    body->maker_account = pli_draw_index(draw, draw->accounts);
    body->lots = range(draw, -60, 60);
    body->price_e8 = quote_of(draw, body->instrument_index);
    body->taker_fee_atoms = range(draw, 0, 2000);
    body->maker_fee_atoms =
        pli_draw_once_in(draw, 20) ? -2000 : -range(draw, 0, body->taker_fee_atoms);
    if ((draw->world->features & PLI_WORLD_ORDERS) != 0) {
        body->taker_order_id = pli_draw_once_in(draw, 5) ? 1 + pli_draw_below(draw, 12) : 0;
        body->maker_order_id = pli_draw_once_in(draw, 5) ? 1 + pli_draw_below(draw, 12) : 0;
    }
}

static void
write_position_transfer(pli_draw *draw, plm_event *event) {
    event->position_transfer_body.instrument_index = instrument_of(draw);
    event->position_transfer_body.to_account = pli_draw_index(draw, draw->accounts);
    event->position_transfer_body.lots = range(draw, -20, 20);
}

static void
write_reserve(pli_draw *draw, plm_event *event) {
    plm_event_reserve *body = &event->reserve_body;
    body->instrument_index = instrument_of(draw);
    body->side = 1 + pli_draw_below(draw, 2);
    body->lots = range(draw, 0, 40);
    body->limit_e8 = quote_of(draw, body->instrument_index);
    body->order_id = pli_draw_below(draw, 13);
    body->is_reduce_only = pli_draw_once_in(draw, 5) ? 1 : 0;
}

static void
write_release(pli_draw *draw, plm_event *event) {
    event->release_body.order_id = pli_draw_below(draw, 13);
    event->release_body.lots = range(draw, 0, 20);
}

static void
write_settle_profit(pli_draw *draw, plm_event *event) {
    event->settle_profit_body.instrument_index = instrument_of(draw);
}

static void
write_funding(pli_draw *draw, plm_event *event) {
    event->funding_body.instrument_index = instrument_of(draw);
    event->funding_body.per_lot = range(draw, -PLI_E8, PLI_E8);
}

static void
write_settle_expiry(pli_draw *draw, plm_event *event) {
    event->settle_expiry_body.instrument_index = instrument_of(draw);
    event->settle_expiry_body.price_e8 = price_of(draw, 0);
}

static void
write_mark(pli_draw *draw, plm_event *event) {
    event->mark_body.instrument_index = instrument_of(draw);
    event->mark_body.is_present = pli_draw_once_in(draw, 40) ? 0 : 1;
    event->mark_body.mark_e8 = quote_of(draw, event->mark_body.instrument_index);
}

static void
write_price(pli_draw *draw, plm_event *event) {
    plm_event_price *body = &event->price_body;
    bool is_rough = (draw->world->features & PLI_WORLD_PRICES) != 0;
    body->underlying_index = underlying_of(draw);
    body->state = is_rough && pli_draw_once_in(draw, 8) ? 1 + pli_draw_below(draw, 4) : 1;
    body->price_e8 = price_of(draw, body->underlying_index);
    body->slow_e8 =
        pli_draw_once_in(draw, 4) ? price_of(draw, body->underlying_index) : body->price_e8;
    body->confidence_e8 = range(draw, 0, 1000);
    body->publish_ns = draw->time_ns - range(draw, 0, 1000);
}

static void
write_liquidity(pli_draw *draw, plm_event *event) {
    event->liquidity_body.underlying_index = underlying_of(draw);
    event->liquidity_body.depth_micros = range(draw, 0, 100000 * PLI_USD);
    event->liquidity_body.volume_micros = range(draw, -1, 1000000 * PLI_USD);
}

static void
write_forecast(pli_draw *draw, plm_event *event) {
    event->forecast_body.underlying_index = underlying_of(draw);
    event->forecast_body.volatility_ppm = range(draw, 0, 2000000);
    event->forecast_body.regime_ppm = range(draw, 0, 1000001);
}

static void
write_supply(pli_draw *draw, plm_event *event) {
    event->supply_body.underlying_index = underlying_of(draw);
    event->supply_body.units = range(draw, -1, 20000000);
}

static void
write_recalibrate(pli_draw *draw, plm_event *event) {
    event->recalibrate_body.underlying_index = underlying_of(draw);
}

static void
write_close(pli_draw *draw, plm_event *event) {
    event->close_body.underlying_index = underlying_of(draw);
    event->close_body.day = draw->time_ns / PLM_DAY_NS + range(draw, 0, 3);
    event->close_body.price = 100.0 + (double)pli_draw_below(draw, 50);
}

static void
write_source(pli_draw *draw, plm_event *event) {
    event->source_body.underlying_index = pli_draw_once_in(draw, 3) ? underlying_of(draw) : 1;
    event->source_body.source_index = pli_draw_below(draw, 5);
    event->source_body.weight = pli_draw_once_in(draw, 4) ? 0 : range(draw, 0, 3);
    event->source_body.public_key[0] = (uint8_t)(1 + event->source_body.source_index);
    event->source_body.public_key[1] = pli_draw_once_in(draw, 10) ? 1 : 0;
}

static void
write_anchor(pli_draw *draw, plm_event *event) {
    plm_event_anchor *body = &event->anchor_body;
    body->underlying_index = pli_draw_once_in(draw, 3) ? underlying_of(draw) : 1;
    body->is_present = pli_draw_once_in(draw, 4) ? 0 : 1;
    body->base_underlying_index = pli_draw_once_in(draw, 2) ? PLM_NONE : underlying_of(draw);
    body->ratio_underlying_index = pli_draw_once_in(draw, 4) ? underlying_of(draw) : PLM_NONE;
    if (body->ratio_underlying_index == PLM_NONE) {
        const plm_price_record *near = &draw->market.underlyings[body->underlying_index].price;
        body->ratio_e8 = pli_draw_once_in(draw, 2) ? near->price_e8 : range(draw, 0, 100000000);
    }
}

static void
write_report(pli_draw *draw, plm_event *event) {
    plm_event_price_report *body = &event->price_report_body;
    draw->world->reports += 1;
    body->underlying_index = pli_draw_once_in(draw, 4) ? underlying_of(draw) : 1;
    body->source_index = pli_draw_below(draw, 5);
    body->report_sequence = draw->world->reports - pli_draw_below(draw, 2);
    body->publish_ns = draw->time_ns - (pli_draw_once_in(draw, 10) ? 60 * PLI_SECOND : 0);
    body->valid_from_ns = body->publish_ns;
    body->expires_ns = draw->time_ns + 20 * PLI_SECOND;
    body->price_e8 = price_of(draw, body->underlying_index);
    body->status = 2;
    body->network = pli_draw_once_in(draw, 10) ? 8 : 7;
}

static void
write_slice(pli_draw *draw, plm_event *event) {
    plm_event_surface_slice *body = &event->surface_slice_body;
    body->underlying_index = pli_draw_once_in(draw, 4) ? underlying_of(draw) : 0;
    body->kind = pli_draw_once_in(draw, 6) ? PLM_SLICE_NONE : PLM_SLICE_GRID;
    body->expiry_ns = pli_draw_once_in(draw, 4) ? draw->time_ns + range(draw, 0, 99) * PLM_DAY_NS
                                                : draw->world->expiry_ns;
    body->forward_e8 = price_of(draw, body->underlying_index);
    body->node_count = body->kind == PLM_SLICE_GRID ? 2 : 0;
    if (body->node_count == 2) {
        body->strikes[0] = 90000.0;
        body->strikes[1] = 110000.0;
        body->volatilities[0] = pli_draw_once_in(draw, 10) ? 5.0 : 0.7;
        body->volatilities[1] = 0.6;
    }
}

// The hash that a commit needs is of bytes the world does not keep: dropping what is staged, or a refusal.
static void
write_surface_commit(pli_draw *draw, plm_event *event) {
    event->surface_commit_body.underlying_index =
        pli_draw_once_in(draw, 4) ? underlying_of(draw) : 0;
    event->surface_commit_body.slice_count = pli_draw_below(draw, 3);
}

static void
write_scenario_commit(pli_draw *draw, plm_event *event) {
    pli_draw_name(event->scenario_commit_body.name, "again");
    event->scenario_commit_body.set_version = 1 + pli_draw_below(draw, 3);
    event->scenario_commit_body.horizon = 1 + pli_draw_below(draw, 2);
}

static void
write_continue(pli_draw *draw, plm_event *event) {
    event->continue_body.step_count = 1 + pli_draw_below(draw, 5);
}

static void
write_model(pli_draw *draw, plm_event *event) {
    static const char *const names[] = {"portfolio", "tiered", "dynamic", "none"};
    pli_draw_name(event->model_body.name, names[pli_draw_below(draw, 4)]);
    event->model_body.model_version = pli_draw_once_in(draw, 10) ? 2 : 1;
}

static void
write_record(pli_draw *draw, plm_event *event) {
    static const plm_descriptor *const descriptors[] = {
        &plm_core_descriptor, &plm_set_descriptor, &plm_shock_descriptor, &plm_tiered_descriptor,
        &plm_living_descriptor};
    uint32_t account = event->header.account;
    // Every draw is a statement: the order in which C evaluates arguments is the compiler's own.
    uint32_t version = 1 + pli_draw_below(draw, 6);
    uint32_t index = pli_draw_below(draw, 2);
    const plm_descriptor *descriptor = descriptors[pli_draw_below(draw, 5)];
    event = pli_draw_record(draw, descriptor, index, version);
    event->header.account = account;
    if (pli_draw_once_in(draw, 3)) {
        event->parameters_body.earliest_sequence = draw->sequence + pli_draw_below(draw, 30);
    }
    if (pli_draw_once_in(draw, 3)) {
        event->parameters_body.expires_ns = draw->time_ns + range(draw, 0, 19) * PLI_SECOND;
    }
}

static void
write_nothing(pli_draw *draw, plm_event *event) {
    (void)draw;
    (void)event;
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
    {PLM_EVENT_TYPE_PRICE, 0, 3, write_price},
    {PLM_EVENT_TYPE_MARK, 0, 3, write_mark},
    {PLM_EVENT_TYPE_TRADE, PLI_WORLD_TRADES, 12, write_trade},
    {PLM_EVENT_TYPE_ASSESS, PLI_WORLD_TRADES | PLI_WORLD_LOANS, 2, write_nothing},
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
    {PLM_EVENT_TYPE_LIQUIDITY, PLI_WORLD_PRICES, 1, write_liquidity},
    {PLM_EVENT_TYPE_FORECAST, PLI_WORLD_PRICES, 1, write_forecast},
    {PLM_EVENT_TYPE_SUPPLY, PLI_WORLD_PRICES, 1, write_supply},
    {PLM_EVENT_TYPE_RECALIBRATE, PLI_WORLD_PRICES, 1, write_recalibrate},
    {PLM_EVENT_TYPE_CLOSE, PLI_WORLD_PRICES | PLI_WORLD_SCENARIOS, 1, write_close},
    {PLM_EVENT_TYPE_SOURCE, PLI_WORLD_SOURCES, 1, write_source},
    {PLM_EVENT_TYPE_ANCHOR, PLI_WORLD_SOURCES, 2, write_anchor},
    {PLM_EVENT_TYPE_PRICE_REPORT, PLI_WORLD_SOURCES, 4, write_report},
    {PLM_EVENT_TYPE_SURFACE_SLICE, PLI_WORLD_SURFACES, 2, write_slice},
    {PLM_EVENT_TYPE_SURFACE_COMMIT, PLI_WORLD_SURFACES, 1, write_surface_commit},
    {PLM_EVENT_TYPE_SCENARIO_COMMIT, PLI_WORLD_SCENARIOS, 1, write_scenario_commit},
    {PLM_EVENT_TYPE_MODEL, PLI_WORLD_RECORDS, 1, write_model},
    {PLM_EVENT_TYPE_PARAMETERS, PLI_WORLD_RECORDS, 2, write_record},
    {PLM_EVENT_TYPE_SETTLE_EXPIRY, PLI_WORLD_EXPIRY, 1, write_settle_expiry},
};

enum { CHOICES = sizeof choices / sizeof choices[0] };

static uint32_t
weight_of(const choice *of, uint32_t features) {
    return of->features == 0 || (of->features & features) != 0 ? of->weight : 0;
}

void
pli_draw_business(pli_draw *draw) {
    uint32_t features = draw->world->features;
    if ((features & PLI_WORLD_LISTINGS) != 0 && pli_draw_once_in(draw, 60)) {
        pli_draw_listing(draw);
        return;
    }
    uint32_t sum = 0;
    for (uint32_t i = 0; i < CHOICES; i += 1) {
        sum += weight_of(&choices[i], features);
    }
    uint32_t place = pli_draw_below(draw, sum);
    const choice *chosen = choices;
    while (place >= weight_of(chosen, features)) {
        place -= weight_of(chosen, features);
        chosen += 1;
    }
    plm_event *event = pli_draw_begin(draw, chosen->type, pli_draw_index(draw, draw->accounts));
    chosen->write(draw, event);
}
