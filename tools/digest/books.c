/* books.c: a venue's state after every hundred random events.                           SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/libc.h"
#include "base/text.h"
#include "digest/world.h"
#include "plimsoll/core.h"

enum { ACCOUNTS = 6, EVENTS = 1500, DIGEST_EVERY = 100, CLOSES = 80, EFFECTS = 256 };

#define RECALIBRATION_NS INT64_C(60000000000)

static _Alignas(64) unsigned char state_memory[24 << 20];
static world venue;
static plm_event event;
static plm_effect entries[EFFECTS];

typedef struct books {
    digest *to;
    plm_core *core;
    pli_prng prng;
    int64_t time_ns;
    uint64_t order_id;
} books;

static void
begin(books *b, plm_event_type type, uint32_t owner) {
    memset(&event, 0, sizeof event);
    event.header.type = (uint16_t)type;
    event.header.version = 1;
    event.header.time_ns = b->time_ns;
    event.header.account = owner;
}

static void
apply(books *b) {
    plm_effects effects = {.capacity = EFFECTS, .entries = entries};
    plm_outcome outcome;
    plm_status status = plm_core_apply(b->core, &event, &effects, &outcome, NULL);
    PLI_ASSERT(status == PLM_OK);
    (void)digest_status(b->to, outcome.reject == PLM_REJECT_NONE ? PLM_OK : PLM_DOMAIN);
    digest_u32(b->to, (uint32_t)outcome.reject);
    for (uint32_t i = 0; i < outcome.effect_count; i += 1) {
        digest_u32(b->to, (uint32_t)entries[i].kind);
        digest_u32(b->to, entries[i].account);
        digest_u32(b->to, entries[i].index);
        digest_i128(b->to, pli_i128_from_wide(entries[i].a));
        digest_i128(b->to, pli_i128_from_wide(entries[i].b));
    }
}

static void
set_name(char name[PLM_NAME_SIZE], const char *first, uint32_t index) {
    pli_text text = pli_text_init(name, PLM_NAME_SIZE);
    pli_text_append(&text, first);
    pli_text_append_u64(&text, index);
}

static void
list_asset(books *b, uint32_t index) {
    const plm_asset *terms = &venue.assets[index];
    begin(b, PLM_EVENT_TYPE_ASSET, PLM_NONE);
    plm_event_asset *body = &event.asset_body;
    set_name(body->name, "asset", index);
    body->asset_index = index;
    body->underlying_index = terms->underlying_index;
    body->decimals = terms->decimals;
    body->treatment = (uint32_t)terms->treatment;
    body->tier_count = terms->tier_count;
    body->liability_haircut_ppm = terms->liability_haircut_ppm;
    for (uint32_t i = 0; i < terms->tier_count; i += 1) {
        body->tier_upto_micros[i] = terms->tiers[i].upto_micros;
        body->tier_haircut_ppm[i] = terms->tiers[i].haircut_ppm;
    }
    body->borrow_cap_atoms = pli_wide_from_i128((pli_i128)INT64_MAX);
    body->kink_ppm = 800000;
    body->rate_kink_ppm = 50000;
    body->rate_full_ppm = 1000000;
    body->reserve_ppm = 100000;
    apply(b);
}

static void
list_underlying(books *b, uint32_t index) {
    const plm_underlying *terms = &venue.underlyings[index];
    begin(b, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE);
    plm_event_underlying *body = &event.underlying_body;
    set_name(body->name, "underlying", index);
    body->underlying_index = index;
    body->domain = (uint32_t)terms->domain;
    body->class_id = terms->class_id;
    body->price_unit = terms->price_unit;
    body->tick_e8 = terms->tick_e8;
    body->reference_e8 = terms->reference_e8;
    apply(b);
}

static void
list_instrument(books *b, uint32_t index) {
    const plm_instrument *terms = &venue.instruments[index];
    begin(b, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE);
    plm_event_instrument *body = &event.instrument_body;
    set_name(body->name, "instrument", index);
    body->instrument_index = index;
    body->kind = (uint32_t)terms->kind;
    body->settlement = (uint32_t)terms->settlement;
    body->right = (uint32_t)terms->right;
    body->premium = (uint32_t)terms->premium;
    body->underlying_index = terms->underlying_index;
    body->settlement_asset_index = terms->settlement_asset_index;
    body->lot_e8 = terms->lot_e8;
    body->strike_e8 = terms->strike_e8;
    body->expiry_ns = terms->expiry_ns;
    apply(b);
}

static void
list_accounts(books *b) {
    for (uint32_t i = 0; i < ACCOUNTS; i += 1) {
        begin(b, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE);
        event.account_body.account_index = i;
        event.account_body.kind = i == 1 ? PLM_ACCOUNT_SUB : PLM_ACCOUNT_CROSS;
        event.account_body.parent_index = i == 1 ? 0 : PLM_NONE;
        event.account_body.instrument_index = PLM_NONE;
        apply(b);
        begin(b, PLM_EVENT_TYPE_DEPOSIT, i);
        event.deposit_body.atoms = pli_wide_from_i128((pli_i128)10000000 * 1000000);
        apply(b);
    }
}

static void
say_price(books *b, uint32_t index, int64_t permille) {
    const plm_price_record *price = &venue.prices[index].price;
    begin(b, PLM_EVENT_TYPE_PRICE, PLM_NONE);
    plm_event_price *body = &event.price_body;
    body->underlying_index = index;
    body->state = PLM_PRICE_STATE_VALID;
    body->price_e8 = price->price_e8 + price->price_e8 / 1000 * permille;
    body->slow_e8 = price->slow_e8;
    body->confidence_e8 = price->confidence_e8;
    body->publish_ns = b->time_ns;
    apply(b);
}

static void
say_mark(books *b, uint32_t index, int64_t permille) {
    int64_t mark_e8 = venue.marks[index].mark_e8;
    begin(b, PLM_EVENT_TYPE_MARK, PLM_NONE);
    event.mark_body.instrument_index = index;
    event.mark_body.is_present = venue.marks[index].is_present ? 1 : 0;
    event.mark_body.mark_e8 = mark_e8 + mark_e8 / 1000 * permille;
    event.mark_body.half_spread_e8 = venue.marks[index].half_spread_e8;
    apply(b);
}

static void
say_slice(books *b, const plm_expiry_market *expiry, pli_blake2b *hash) {
    begin(b, PLM_EVENT_TYPE_SURFACE_SLICE, PLM_NONE);
    plm_event_surface_slice *body = &event.surface_slice_body;
    body->underlying_index = expiry->underlying_index;
    body->kind = (uint32_t)expiry->slice.kind;
    body->expiry_ns = expiry->expiry_ns;
    body->forward_e8 = expiry->forward_e8;
    memcpy(body->svi, &expiry->slice.svi, sizeof body->svi);
    body->node_count = expiry->slice.node_count;
    for (uint32_t k = 0; k < expiry->slice.node_count; k += 1) {
        body->strikes[k] = expiry->slice.nodes[k].strike;
        body->volatilities[k] = expiry->slice.nodes[k].volatility;
    }
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    size_t size = 0;
    plm_status status = plm_event_encode(&event, bytes, sizeof bytes, &size);
    PLI_ASSERT(status == PLM_OK);
    pli_blake2b_update(hash, bytes + PLM_EVENT_HEADER_SIZE, size - PLM_EVENT_HEADER_SIZE);
    apply(b);
}

static void
say_surface(books *b, uint32_t underlying) {
    pli_blake2b hash;
    uint32_t count = 0;
    pli_blake2b_init(&hash, PLI_BLAKE2B_256_SIZE);
    for (uint32_t i = 0; i < venue.market.expiry_count; i += 1) {
        if (venue.expiries[i].underlying_index == underlying) {
            say_slice(b, &venue.expiries[i], &hash);
            count += 1;
        }
    }
    begin(b, PLM_EVENT_TYPE_SURFACE_COMMIT, PLM_NONE);
    event.surface_commit_body.underlying_index = underlying;
    event.surface_commit_body.slice_count = count;
    pli_blake2b_final(&hash, event.surface_commit_body.hash);
    apply(b);
    // What was refused for arbitrage goes.
    begin(b, PLM_EVENT_TYPE_SURFACE_COMMIT, PLM_NONE);
    event.surface_commit_body.underlying_index = underlying;
    apply(b);
}

static void
say_closes(books *b) {
    for (uint32_t u = 0; u < HISTORY_COUNT; u += 1) {
        const plm_history *history = &venue.histories[u];
        for (uint32_t i = history->day_count - CLOSES; i < history->day_count; i += 1) {
            begin(b, PLM_EVENT_TYPE_CLOSE, PLM_NONE);
            event.close_body.underlying_index = u;
            event.close_body.day = history->days[i];
            event.close_body.price = history->closes[i];
            apply(b);
        }
    }
}

static void
change_record(books *b, const plm_descriptor *descriptor, uint32_t index, const void *record) {
    begin(b, PLM_EVENT_TYPE_PARAMETERS, PLM_NONE);
    plm_event_parameters *body = &event.parameters_body;
    pli_text name = pli_text_init(body->record, PLM_NAME_SIZE);
    pli_text_append(&name, descriptor->id);
    body->record_index = index;
    body->record_version = 2;
    body->layout_version = descriptor->version;
    body->field_count = descriptor->field_count;
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        body->values[i] = plm_record_get(descriptor, record, i);
    }
    apply(b);
}

static void
use_portfolio(books *b) {
    for (uint32_t i = 0; i < CLASS_COUNT; i += 1) {
        plm_shock_parameters shocks = venue.classes[i];
        shocks.level_min = 2;
        shocks.level_max = 3;
        change_record(b, &plm_shock_descriptor, i, &shocks);
        plm_living_parameters living;
        plm_record_init(&plm_living_descriptor, &living);
        living.interval_ns = RECALIBRATION_NS;
        living.notice_steps = i;
        change_record(b, &plm_living_descriptor, i, &living);
    }
    for (uint32_t h = 0; h < 2; h += 1) {
        plm_set_parameters set;
        plm_record_init(&plm_set_descriptor, &set);
        set.horizon_ns = (h + 1) * PLM_DAY_NS;
        set.history_count = 40;
        set.history_minimum = 20;
        change_record(b, &plm_set_descriptor, h, &set);
        begin(b, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
        set_name(event.scenario_commit_body.name, "set", h);
        event.scenario_commit_body.horizon = h + 1;
        apply(b);
    }
    begin(b, PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
    event.continue_body.step_count = 2 * U_COUNT;
    apply(b);
    begin(b, PLM_EVENT_TYPE_MODEL, PLM_NONE);
    pli_text name = pli_text_init(event.model_body.name, PLM_NAME_SIZE);
    pli_text_append(&name, "portfolio");
    event.model_body.model_version = 1;
    apply(b);
}

static uint32_t
below(books *b, uint32_t count) {
    return (uint32_t)pli_prng_below(&b->prng, count);
}

static void
draw_trade(books *b) {
    uint32_t i = below(b, venue.listing.instrument_count);
    int64_t mark_e8 = venue.marks[i].mark_e8;
    begin(b, PLM_EVENT_TYPE_TRADE, below(b, ACCOUNTS));
    event.trade_body.instrument_index = i;
    event.trade_body.maker_account = below(b, ACCOUNTS);
    event.trade_body.lots = pli_prng_range_i64(&b->prng, -20, 20);
    event.trade_body.price_e8 = mark_e8 + mark_e8 / 1000 * pli_prng_range_i64(&b->prng, -9, 9);
    event.trade_body.taker_fee_atoms = (int64_t)below(b, 1000);
    apply(b);
}

static void
draw_order(books *b) {
    uint32_t i = below(b, venue.listing.instrument_count);
    begin(b, PLM_EVENT_TYPE_RESERVE, below(b, ACCOUNTS));
    b->order_id += 1;
    event.reserve_body.instrument_index = i;
    event.reserve_body.side = 1 + below(b, 2);
    event.reserve_body.lots = 1 + (int64_t)below(b, 10);
    event.reserve_body.limit_e8 = venue.marks[i].mark_e8;
    event.reserve_body.order_id = 1 + b->order_id % 40;
    apply(b);
}

static void
draw_cash(books *b) {
    static const plm_event_type types[] = {PLM_EVENT_TYPE_DEPOSIT, PLM_EVENT_TYPE_WITHDRAW,
                                           PLM_EVENT_TYPE_BORROW};
    plm_event_type type = types[below(b, 3)];
    begin(b, type, below(b, ACCOUNTS));
    event.deposit_body.asset_index = below(b, A_COUNT);
    event.deposit_body.atoms = pli_wide_from_i128(pli_prng_range_i64(&b->prng, 1, 100000000));
    apply(b);
}

static void
draw_rate(books *b) {
    if (below(b, 2) == 0) {
        begin(b, PLM_EVENT_TYPE_FUNDING, PLM_NONE);
        event.funding_body.instrument_index = below(b, venue.listing.instrument_count);
        event.funding_body.per_lot = pli_prng_range_i64(&b->prng, -1000, 1000);
    } else {
        begin(b, PLM_EVENT_TYPE_INTEREST, PLM_NONE);
        event.interest_body.asset_index = below(b, A_COUNT);
    }
    apply(b);
}

static void
draw_shocks(books *b) {
    uint32_t u = below(b, U_COUNT);
    begin(b, PLM_EVENT_TYPE_FORECAST, PLM_NONE);
    event.forecast_body.underlying_index = u;
    event.forecast_body.volatility_ppm = pli_prng_range_i64(&b->prng, 200000, 2000000);
    apply(b);
    begin(b, PLM_EVENT_TYPE_LIQUIDITY, PLM_NONE);
    event.liquidity_body.underlying_index = u;
    event.liquidity_body.depth_micros = pli_prng_range_i64(&b->prng, 0, INT64_C(50000000000));
    event.liquidity_body.open_interest_micros = (int64_t)below(b, 1000000000);
    apply(b);
    b->time_ns += RECALIBRATION_NS;
    begin(b, PLM_EVENT_TYPE_RECALIBRATE, PLM_NONE);
    event.recalibrate_body.underlying_index = u;
    apply(b);
}

// Every draw is a statement: the order in which C evaluates arguments is the compiler's own.
static void
draw_event(books *b) {
    b->time_ns += (int64_t)below(b, 1000000000);
    int64_t permille = pli_prng_range_i64(&b->prng, -9, 9);
    switch (below(b, 11)) {
    case 0:
        draw_cash(b);
        break;
    case 1:
        say_price(b, below(b, U_COUNT), permille);
        break;
    case 2:
        say_mark(b, below(b, venue.listing.instrument_count), permille);
        break;
    case 3:
        draw_order(b);
        break;
    case 4:
        begin(b, PLM_EVENT_TYPE_RELEASE, below(b, ACCOUNTS));
        event.release_body.order_id = 1 + below(b, 40);
        apply(b);
        break;
    case 5:
        draw_rate(b);
        break;
    case 6:
        draw_shocks(b);
        break;
    default:
        draw_trade(b);
        break;
    }
}

// An option is marked by the venue at a tenth of its index until its surface comes.
static void
mark_option(uint32_t index) {
    const plm_instrument *terms = &venue.instruments[index];
    bool is_coin = terms->settlement == PLM_SETTLEMENT_INVERSE;
    int64_t index_e8 = venue.prices[terms->underlying_index].price.price_e8;
    if (terms->kind == PLM_KIND_OPTION && !venue.marks[index].is_present) {
        venue.marks[index].is_present = index % 2 == 0;
        venue.marks[index].mark_e8 = is_coin ? 10000000 : index_e8 / 10;
    }
}

static void
start(books *b) {
    list_asset(b, A_USD);
    for (uint32_t u = 0; u < U_COUNT; u += 1) {
        list_underlying(b, u);
    }
    for (uint32_t a = A_USD + 1; a < A_COUNT; a += 1) {
        list_asset(b, a);
    }
    for (uint32_t i = 0; i < venue.listing.instrument_count; i += 1) {
        list_instrument(b, i);
        mark_option(i);
        say_mark(b, i, 0);
    }
    for (uint32_t u = 0; u < U_COUNT; u += 1) {
        say_price(b, u, 0);
        say_surface(b, u);
    }
    say_closes(b);
    list_accounts(b);
}

static void
put_state(const books *b) {
    uint8_t hash[32];
    plm_core_digest(b->core, hash);
    digest_bytes(b->to, hash, sizeof hash);
    PLI_ASSERT(plm_core_check(b->core) == NULL);
}

void
digest_books(digest *to) {
    books b = {.to = to, .prng = pli_prng_init(500)};
    world_init(&venue, &b.prng);
    for (uint32_t a = 0; a < A_COUNT; a += 1) {
        // The books want an amount at the largest price and position to fit 128 bits.
        venue.assets[a].decimals = venue.assets[a].decimals > 8 ? 8 : venue.assets[a].decimals;
    }
    b.time_ns = venue.market.time.ns;
    plm_core_limits limits;
    plm_core_limits_init(&limits);
    limits.instrument_count = INSTRUMENT_MAX;
    limits.account_count = ACCOUNTS;
    limits.signer_count = 1;
    limits.client_id_count = 1;
    limits.history_count = CLOSES;
    limits.entry_count = 512;
    plm_status status = plm_core_init(&limits, state_memory, sizeof state_memory, &b.core, NULL);
    PLI_ASSERT(status == PLM_OK);
    digest_begin(to);
    start(&b);
    use_portfolio(&b);
    put_state(&b);
    digest_end(to, "books-listed", 60);
    digest_begin(to);
    for (uint32_t i = 0; i < EVENTS; i += 1) {
        draw_event(&b);
        if (i % DIGEST_EVERY == DIGEST_EVERY - 1) {
            put_state(&b);
        }
    }
    digest_end(to, "books", 20);
}
