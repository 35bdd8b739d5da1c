/* demo_market.c: how the demonstration market moves, and what its sources say of it.   SPDX-License-Identifier: Apache-2.0 */
#include "base/blake2b.h"
#include "base/libc.h"
#include "market/staged.h"
#include "num/elementary.h"
#include "sim/demo_parts.h"

enum { FACTS_EVERY = 6, RECALIBRATE_EVERY = 130, FUNDING_EVERY = 120, ITEM_SKIPPED = 32 };

static const double carry = 0.04; /* yearly, of the forwards over the index */

double
pli_demo_normal(pli_demo *demo) {
    double unit = pli_prng_unit(&demo->prng);
    return pli_normal_quantile(unit > 1e-9 ? unit : 1e-9);
}

int64_t
pli_demo_round(uint32_t underlying, double price) {
    double tick = (double)pli_demo_terms_of[underlying].tick_e8;
    double ticks = pli_floor(price * PLI_DEMO_E8 / tick + 0.5);
    double most = (double)PLM_PRICE_E8_MAX / 1000 / tick;
    ticks = ticks < 1 ? 1 : ticks > most ? pli_floor(most) : ticks;
    return (int64_t)ticks * pli_demo_terms_of[underlying].tick_e8;
}

// Most of a crash comes early: this share of the fall has happened at this share of its time.
static double
fallen(double share) {
    double rest = 1 - (share > 1 ? 1 : share);
    return 1 - rest * rest;
}

// A crash takes the less, the further the price is down already: after many of them it is at a fifth of where it began.
static double
left_to_fall(const pli_demo_path *path, const pli_demo_terms *terms) {
    double share = 1 + pli_log(path->price / terms->price) / pli_log(5);
    return share > 1 ? 1 : share < 0 ? 0 : share;
}

// After a crash a market that follows no history finds back to where it began, half of the way in ten minutes.
static double
recovery(const pli_demo *demo, const pli_demo_path *path, const pli_demo_terms *terms,
         double seconds) {
    bool is_falling = demo->crash_ns != 0 || demo->options.close_count > 1;
    return is_falling ? 0 : pli_log(terms->price / path->price) * seconds / 900;
}

// The fall of this tick, in logarithm of the price of BTC, and how the stress of the market goes on.
static double
crash_step(pli_demo *demo, double seconds) {
    if (demo->is_crash_wanted) {
        demo->is_crash_wanted = false;
        demo->crash_ns = demo->tick_ns;
    }
    double calming = pli_exp(-seconds / 240);
    if (demo->crash_ns == 0) {
        demo->stress *= calming;
        return 0;
    }
    double length = (double)PLI_DEMO_CRASH_NS;
    double from = (double)(demo->before_ns - demo->crash_ns) / length;
    double to = (double)(demo->tick_ns - demo->crash_ns) / length;
    from = from < 0 ? 0 : from;
    if (from >= 1) {
        demo->crash_ns = 0;
        demo->stress *= calming;
        return 0;
    }
    double rising = pli_exp(-seconds / 8);
    demo->stress = 1 - (1 - demo->stress) * rising;
    return pli_log(0.65) * (fallen(to) - fallen(from));
}

// --- A given history ---------------------------------------------------------------------------------------------------

pli_demo_replay
pli_demo_replay_of(const pli_demo *demo) {
    const pli_demo_options *options = &demo->options;
    if (options->close_count < 2 || options->close_ns <= 0) {
        return (pli_demo_replay){.is_on = false};
    }
    int64_t length_ns = (int64_t)(options->close_count - 1) * options->close_ns;
    int64_t done_ns = demo->replayed_ns < length_ns ? demo->replayed_ns : length_ns;
    uint32_t bar = (uint32_t)(done_ns / options->close_ns);
    int64_t time_ns = options->close_times_ns == NULL
                          ? 0
                          : options->close_times_ns[bar] + done_ns % options->close_ns;
    return (pli_demo_replay){.is_on = true,
                             .is_over = done_ns == length_ns,
                             .bar = bar,
                             .bar_count = options->close_count,
                             .done_ns = done_ns,
                             .length_ns = length_ns,
                             .time_ns = time_ns};
}

// Logarithm of the history's price at a moment of it, straight between two bars.
static double
history_log(const pli_demo_options *options, int64_t at_ns) {
    double at = (double)at_ns / (double)options->close_ns;
    uint32_t left = (uint32_t)at;
    left = left < options->close_count - 1 ? left : options->close_count - 2;
    double share = at - (double)left;
    share = share > 1 ? 1 : share;
    return (1 - share) * pli_log(options->closes[left]) +
           share * pli_log(options->closes[left + 1]);
}

// The relative move that a given history makes in this tick, 0 without one. It waits for the venue to open.
static double
history_step(pli_demo *demo, const plm_core *core) {
    pli_demo_replay before = pli_demo_replay_of(demo);
    if (!before.is_on || before.is_over || !pli_demo_is_open(core)) {
        return 0;
    }
    demo->replayed_ns += (demo->tick_ns - demo->before_ns) * demo->options.speed;
    pli_demo_replay now = pli_demo_replay_of(demo);
    return history_log(&demo->options, now.done_ns) - history_log(&demo->options, before.done_ns);
}

// The history's own volatility, annual: its bars up to now, the weight of one falling to 1/e within a day of it.
static double
history_volatility(const pli_demo *demo) {
    enum { BARS_MAX = 4000 };
    const pli_demo_options *options = &demo->options;
    pli_demo_replay now = pli_demo_replay_of(demo);
    if (!now.is_on || now.is_over) {
        return 0;
    }
    double fading = pli_exp(-(double)options->close_ns / (double)PLM_DAY_NS);
    double years = (double)options->close_ns / (double)PLM_YEAR_NS;
    double weight = 1;
    double weights = 0;
    double sum = 0;
    for (uint32_t i = now.bar; i > 0 && now.bar - i < BARS_MAX && weight > 1e-3; i -= 1) {
        double move = pli_log(options->closes[i] / options->closes[i - 1]);
        sum += weight * move * move / years;
        weights += weight;
        weight *= fading;
    }
    return weights > 0 ? sqrt(sum / weights) : 0;
}

void
pli_demo_move(pli_demo *demo, const plm_core *core) {
    double seconds = (double)(demo->tick_ns - demo->before_ns) / 1e9;
    seconds = seconds > 2 ? 2 : seconds;
    double fall = crash_step(demo, seconds);
    double shared = pli_demo_normal(demo);
    double given = history_step(demo, core);
    pli_demo_replay replay = pli_demo_replay_of(demo);
    bool has_history = replay.is_on && !replay.is_over;
    double wild = history_volatility(demo) / pli_demo_terms_of[0].volatility;
    wild = wild > 5 ? 5 : wild;
    double fear = wild > 1 ? (wild - 1) / 4 : 0;
    fear = fear > demo->stress ? fear : demo->stress;
    double years = seconds * demo->options.speed / (365.0 * 86400);
    for (uint32_t u = 0; u < PLI_DEMO_UNDERLYINGS; u += 1) {
        pli_demo_path *path = &demo->paths[u];
        const pli_demo_terms *terms = &pli_demo_terms_of[u];
        int64_t known = core->prices[u].price.price_e8;
        if (path->price <= 0) {
            path->price = known > 0 ? (double)known / PLI_DEMO_E8 : terms->price;
        }
        path->mood +=
            -path->mood * seconds / 600 + 0.2 * sqrt(seconds / 300) * pli_demo_normal(demo);
        path->volatility = terms->volatility * pli_exp(path->mood) * (1 + 3 * demo->stress);
        path->volatility = path->volatility > wild * terms->volatility ? path->volatility
                                                                       : wild * terms->volatility;
        path->depth = 1 - 0.96 * fear;
        double own = pli_demo_normal(demo);
        double noise = terms->volatility * pli_exp(path->mood) * (1 + demo->stress) * sqrt(years) *
                       (0.8 * shared + 0.6 * own);
        double step = (has_history ? given * terms->beta + 0.3 * noise : noise) +
                      fall * terms->beta * left_to_fall(path, terms) +
                      recovery(demo, path, terms, seconds);
        step = step > 0.03 ? 0.03 : step < -0.03 ? -0.03 : step;
        path->price *= pli_exp(step);
        double least = terms->price / 1000;
        path->price = path->price < least ? least : path->price;
    }
}

bool
pli_demo_report(pli_demo *demo, plm_core *core, plm_event *event) {
    while (demo->item < PLI_DEMO_UNDERLYINGS * PLI_DEMO_SOURCES) {
        uint32_t u = demo->item / PLI_DEMO_SOURCES;
        uint32_t source = demo->item % PLI_DEMO_SOURCES;
        demo->item += 1;
        // In a crash one of the four falls silent, as sources do.
        bool is_silent = source == PLI_DEMO_SOURCES - 1 && demo->stress > 0.5;
        if (is_silent || source >= core->underlyings[u].feed.source_count) {
            continue;
        }
        double width = 0.0001 * (1 + 4 * demo->stress);
        double price = demo->paths[u].price * (1 + width * pli_demo_normal(demo));
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_PRICE_REPORT, PLM_NONE);
        plm_event_price_report *body = &event->price_report_body;
        body->underlying_index = u;
        body->source_index = source;
        body->publish_ns = demo->tick_ns - (int64_t)source * 20000000;
        body->report_sequence = (uint64_t)body->publish_ns;
        body->valid_from_ns = body->publish_ns;
        body->expires_ns = body->publish_ns + 60 * PLI_DEMO_SECOND;
        body->price_e8 = pli_demo_round(u, price);
        body->confidence_e8 = (int64_t)(price * 2 * width * PLI_DEMO_E8);
        body->status = PLM_REPORT_STATUS_OPEN;
        body->network = PLI_DEMO_NETWORK;
        return true;
    }
    return false;
}

double
pli_demo_perpetual_price(const pli_demo *demo, uint32_t underlying) {
    return demo->paths[underlying].price * (1 + demo->paths[underlying].premium);
}

bool
pli_demo_mark(pli_demo *demo, plm_core *core, plm_event *event) {
    while (demo->item < PLI_DEMO_UNDERLYINGS) {
        uint32_t u = demo->item;
        demo->item += 1;
        int64_t bid = 0;
        int64_t ask = 0;
        bool has_both = pli_book_best(&demo->books[u], PLM_SIDE_BUY, &bid) &&
                        pli_book_best(&demo->books[u], PLM_SIDE_SELL, &ask);
        int64_t mark = pli_demo_round(u, pli_demo_perpetual_price(demo, u));
        if (u >= core->ledger.instrument_count ||
            (core->is_marked[u] && core->marks[u].mark_e8 == mark)) {
            continue;
        }
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_MARK, PLM_NONE);
        event->mark_body.instrument_index = u;
        event->mark_body.is_present = 1;
        event->mark_body.mark_e8 = mark;
        event->mark_body.half_spread_e8 = has_both && ask > bid ? (ask - bid) / 2 : 0;
        return true;
    }
    return false;
}

// A smile of Gatheral and Jacquier's SSVI (2014): theta is the total variance at the money, phi a power law.
static void
write_smile(const pli_demo *demo, uint32_t underlying, double years, double svi[5]) {
    const double rho = -0.25 - 0.2 * demo->stress;
    double now = demo->paths[underlying].volatility;
    double usual = pli_demo_terms_of[underlying].volatility;
    double reverting = (1 - pli_exp(-8 * years)) / 8;
    double theta = usual * usual * years + (now * now - usual * usual) * reverting;
    double phi = 0.9 / (sqrt(theta) * sqrt(1 + theta));
    svi[0] = theta / 2 * (1 - rho * rho);
    svi[1] = theta * phi / 2;
    svi[2] = rho;
    svi[3] = -rho / phi;
    svi[4] = sqrt(1 - rho * rho) / phi;
}

static bool
write_slice(const pli_demo *demo, const plm_core *core, uint32_t underlying, uint32_t which,
            plm_event *event) {
    uint32_t seen = 0;
    for (uint32_t chain = 0; chain < ITEM_SKIPPED; chain += 1) {
        uint32_t first = PLI_DEMO_UNDERLYINGS + chain * PLI_DEMO_UNDERLYINGS * PLI_DEMO_CHAIN;
        if (first + PLI_DEMO_UNDERLYINGS * PLI_DEMO_CHAIN > core->ledger.instrument_count) {
            return false;
        }
        int64_t expiry = core->ledger.listing_instruments[first].expiry_ns;
        if (expiry <= demo->tick_ns + PLI_DEMO_SECOND) {
            continue;
        }
        if (seen < which) {
            seen += 1;
            continue;
        }
        double years = (double)(expiry - demo->tick_ns) / (double)PLM_YEAR_NS;
        double price = demo->paths[underlying].price;
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_SURFACE_SLICE, PLM_NONE);
        event->surface_slice_body.underlying_index = underlying;
        event->surface_slice_body.kind = PLM_SLICE_SVI;
        event->surface_slice_body.expiry_ns = expiry;
        event->surface_slice_body.forward_e8 =
            (int64_t)(price * pli_exp(carry * years) * PLI_DEMO_E8);
        write_smile(demo, underlying, years, event->surface_slice_body.svi);
        return true;
    }
    return false;
}

// The hash that a commit must state: of the staged bodies in order.
static uint32_t
hash_staged(const plm_core *core, uint32_t underlying, uint8_t hash[PLI_BLAKE2B_256_SIZE]) {
    pli_blake2b state;
    pli_blake2b_init(&state, PLI_BLAKE2B_256_SIZE);
    plm_event event;
    memset(&event, 0, sizeof event);
    event.header.type = PLM_EVENT_TYPE_SURFACE_SLICE;
    event.header.version = 1;
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->staged_count; i += 1) {
        uint8_t bytes[PLM_EVENT_SIZE_MAX];
        size_t size = 0;
        if (core->staged[i].underlying_index != underlying) {
            continue;
        }
        pli_staged_to_event(&core->staged[i], &event.surface_slice_body);
        if (plm_event_encode(&event, bytes, sizeof bytes, &size) == PLM_OK) {
            pli_blake2b_update(&state, bytes + PLM_EVENT_HEADER_SIZE, size - PLM_EVENT_HEADER_SIZE);
            count += 1;
        }
    }
    pli_blake2b_final(&state, hash);
    return count;
}

// One underlying in a tick, all of them while the venue opens.
bool
pli_demo_surface(pli_demo *demo, plm_core *core, plm_event *event) {
    bool is_open = pli_demo_is_open(core);
    while (demo->item < PLI_DEMO_UNDERLYINGS * ITEM_SKIPPED) {
        uint32_t u = demo->item / ITEM_SKIPPED;
        uint32_t step = demo->item % ITEM_SKIPPED;
        bool is_turn = !is_open || demo->tick_count % PLI_DEMO_UNDERLYINGS == u;
        if (!is_turn || core->prices[u].price.price_e8 <= 0 || u >= core->ledger.underlying_count) {
            demo->item = (u + 1) * ITEM_SKIPPED;
            continue;
        }
        demo->item += 1;
        if (step < ITEM_SKIPPED - 1 && write_slice(demo, core, u, step, event)) {
            return true;
        }
        demo->item = (u + 1) * ITEM_SKIPPED;
        uint8_t hash[PLI_BLAKE2B_256_SIZE];
        uint32_t count = hash_staged(core, u, hash);
        if (count > 0) {
            pli_demo_begin(demo, event, PLM_EVENT_TYPE_SURFACE_COMMIT, PLM_NONE);
            event->surface_commit_body.underlying_index = u;
            event->surface_commit_body.slice_count = count;
            memcpy(event->surface_commit_body.hash, hash, sizeof hash);
            return true;
        }
    }
    return false;
}

static void
write_liquidity(const pli_demo *demo, uint32_t u, plm_event_liquidity *body) {
    const pli_demo_terms *terms = &pli_demo_terms_of[u];
    body->underlying_index = u;
    body->depth_micros = (int64_t)((double)terms->depth_usd * demo->paths[u].depth) * PLI_DEMO_USD;
    body->volume_micros =
        (int64_t)((double)terms->volume_usd * (1 + 2 * demo->stress)) * PLI_DEMO_USD;
    body->open_interest_micros = terms->interest_usd * PLI_DEMO_USD;
}

static void
write_forecast(const pli_demo *demo, uint32_t u, plm_event_forecast *body) {
    body->underlying_index = u;
    body->volatility_ppm = (int64_t)(demo->paths[u].volatility * 1e6);
    body->regime_ppm = 80000 + (int64_t)(demo->stress * 900000);
}

static void
write_funding(const pli_demo *demo, uint32_t u, plm_event_funding *body) {
    // An eighth of the premium for eight hours, in the market's own time.
    double seconds = FUNDING_EVERY * (double)PLI_DEMO_TICK_NS / 1e9 * demo->options.speed;
    double rate = demo->paths[u].premium * seconds / (8.0 * 3600);
    body->instrument_index = u;
    body->per_lot = (int64_t)(demo->paths[u].price * rate * PLI_DEMO_E8);
}

bool
pli_demo_facts(pli_demo *demo, plm_core *core, plm_event *event) {
    uint64_t turn = demo->tick_count % FACTS_EVERY;
    uint32_t u = (uint32_t)(turn / 2);
    uint32_t step = demo->item;
    demo->item += 1;
    if (core->ledger.instrument_count < PLI_DEMO_UNDERLYINGS) {
        return false;
    }
    if (step == 0 && turn % 2 == 0) {
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_LIQUIDITY, PLM_NONE);
        write_liquidity(demo, u, &event->liquidity_body);
        return true;
    }
    if (step == 0) {
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_FORECAST, PLM_NONE);
        write_forecast(demo, u, &event->forecast_body);
        return true;
    }
    uint64_t phase = demo->tick_count % RECALIBRATE_EVERY;
    if (step == 1 && pli_demo_is_open(core) && phase < PLI_DEMO_UNDERLYINGS) {
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_RECALIBRATE, PLM_NONE);
        event->recalibrate_body.underlying_index = (uint32_t)phase;
        return true;
    }
    uint64_t due = demo->tick_count % FUNDING_EVERY;
    if (step <= 2 && pli_demo_is_open(core) && due >= 60 && due < 60 + PLI_DEMO_UNDERLYINGS &&
        core->prices[due - 60].price.state == PLM_PRICE_STATE_VALID) {
        demo->item = 3;
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_FUNDING, PLM_NONE);
        write_funding(demo, (uint32_t)(due - 60), &event->funding_body);
        return true;
    }
    return false;
}

bool
pli_demo_settle(pli_demo *demo, plm_core *core, plm_event *event) {
    if (core->expiry_next_ns == INT64_MAX && demo->tick_count % FACTS_EVERY != 0) {
        return false;
    }
    for (uint32_t i = demo->item; i < core->ledger.instrument_count; i += 1) {
        const plm_instrument *terms = &core->ledger.listing_instruments[i];
        plm_market_totals totals;
        int64_t price_e8 = 0;
        if (terms->expiry_ns == 0 || terms->expiry_ns > core->time_ns ||
            plm_core_instrument(core, i, &totals) != PLM_OK || totals.phase != 1 ||
            plm_core_settlement_price(core, i, &price_e8) != PLM_OK) {
            continue;
        }
        demo->item = i + 1;
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_NONE);
        event->settle_expiry_body.instrument_index = i;
        event->settle_expiry_body.price_e8 = price_e8;
        return true;
    }
    demo->item = core->ledger.instrument_count;
    return false;
}
