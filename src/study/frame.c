/* frame.c: a market and its listing carried to another day of history.                 SPDX-License-Identifier: Apache-2.0 */
#include "study/frame.h"

#include <stdbool.h>

#include "base/libc.h"
#include "base/text.h"
#include "base/wide.h"
#include "num/rounding.h"
#include "plimsoll/scenario.h"

#define E8 1e8

static uint32_t
node_sum(const plm_market *market) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < market->expiry_count; i += 1) {
        sum += market->expiries[i].slice.node_count;
    }
    return sum;
}

void
pli_frame_take(const pli_frame_template *template, pli_arena *arena, pli_frame *frame) {
    const plm_listing *listing = template->listing;
    const plm_market *market = template->market;
    *frame = (pli_frame){
        .instruments = PLI_ARENA_TAKE(arena, listing->instrument_count, plm_instrument),
        .underlyings = PLI_ARENA_TAKE(arena, listing->underlying_count, plm_underlying_market),
        .marks = PLI_ARENA_TAKE(arena, listing->instrument_count, plm_mark),
        .expiries = PLI_ARENA_TAKE(arena, market->expiry_count, plm_expiry_market),
        .nodes = PLI_ARENA_TAKE(arena, node_sum(market), plm_slice_node)};
}

// One template being carried: what stands to what, and whether something left its bounds on the way.
typedef struct carry {
    const plm_listing *listing;
    const plm_market *market;
    const pli_frame_state *states;
    int64_t time_ns;
    bool is_outside;
} carry;

static int64_t
scaled(carry *job, int64_t value, double ratio, int64_t low, int64_t high) {
    int64_t out = 0;
    plm_status status = pli_i64_from_double_half_even(pli_double_from_i64(value) * ratio, &out);
    if (status != PLM_OK || out < low || out > high) {
        job->is_outside = true;
        return value;
    }
    return out;
}

static int64_t
scaled_price(carry *job, int64_t price_e8, double ratio) {
    return scaled(job, price_e8, ratio, 1, PLM_PRICE_E8_MAX);
}

// Ratios of prices that may be zero or negative mean nothing: such an underlying stays where the template has it.
static bool
is_still(const carry *job, uint32_t underlying) {
    return job->listing->underlyings[underlying].domain != PLM_PRICE_DOMAIN_POSITIVE;
}

static double
template_price(const carry *job, uint32_t underlying) {
    return pli_double_from_i64(job->market->underlyings[underlying].price.price_e8) / E8;
}

static double
price_ratio(const carry *job, uint32_t underlying) {
    if (is_still(job, underlying)) {
        return 1.0;
    }
    return job->states[underlying].price / template_price(job, underlying);
}

static double
volatility_ratio(const carry *job, uint32_t underlying) {
    if (is_still(job, underlying)) {
        return 1.0;
    }
    return job->states[underlying].volatility /
           (pli_double_from_i64(job->market->underlyings[underlying].volatility_ppm) / 1e6);
}

static plm_status
check_states(const carry *job, plm_fault *fault) {
    for (uint32_t u = 0; u < job->listing->underlying_count; u += 1) {
        if (is_still(job, u)) {
            continue;
        }
        if (!(job->states[u].price > 0.0) || !(job->states[u].volatility > 0.0)) {
            return pli_fault_set_index(fault, PLM_DOMAIN, "underlying", u,
                                       " has no price or no volatility above zero on that day");
        }
    }
    return PLM_OK;
}

static void
carry_underlyings(carry *job, pli_frame *frame) {
    for (uint32_t u = 0; u < job->listing->underlying_count; u += 1) {
        plm_underlying_market out = job->market->underlyings[u];
        double ratio = price_ratio(job, u);
        if (is_still(job, u)) {
            out.price.publish_ns += job->time_ns - job->market->time.ns;
            frame->underlyings[u] = out;
            continue;
        }
        out.price.price_e8 = scaled_price(job, out.price.price_e8, ratio);
        out.price.slow_e8 = scaled_price(job, out.price.slow_e8, ratio);
        out.price.confidence_e8 = scaled(job, out.price.confidence_e8, ratio, 0, PLM_PRICE_E8_MAX);
        out.price.publish_ns = job->time_ns - (job->market->time.ns - out.price.publish_ns);
        out.volatility_ppm =
            scaled(job, out.volatility_ppm, volatility_ratio(job, u), 1, INT64_MAX / 2);
        out.depth_micros = scaled(job, out.depth_micros, ratio, 0, INT64_MAX / 2);
        out.volume_micros = scaled(job, out.volume_micros, ratio, 0, INT64_MAX / 2);
        out.open_interest_micros = scaled(job, out.open_interest_micros, ratio, 0, INT64_MAX / 2);
        frame->underlyings[u] = out;
    }
}

// Share of the template's time to expiry that is left; 0 for what has no expiry or has reached it.
static double
time_left(const carry *job, int64_t template_expiry_ns, int64_t expiry_ns) {
    double whole = pli_double_from_i64(template_expiry_ns - job->market->time.ns);
    double rest = pli_double_from_i64(expiry_ns - job->time_ns);
    return whole > 0.0 && rest > 0.0 ? rest / whole : 0.0;
}

// A price that stood at `value` against the index, when only `left` of its distance to the index remains.
static int64_t
carried_price(carry *job, uint32_t underlying, int64_t value_e8, double left) {
    if (is_still(job, underlying)) {
        return value_e8;
    }
    double basis = pli_double_from_i64(value_e8) / E8 / template_price(job, underlying) - 1.0;
    double price = job->states[underlying].price * (1.0 + basis * left);
    return scaled_price(job, 1, price * E8);
}

static void
carry_slice(const plm_slice *from, double relative, double left, double strike_ratio,
            plm_slice_node *nodes, plm_slice *to) {
    *to = *from;
    to->svi.a = from->svi.a * relative * relative * left;
    to->svi.b = from->svi.b * relative * relative * left;
    for (uint32_t i = 0; i < from->node_count; i += 1) {
        nodes[i].strike = from->nodes[i].strike * strike_ratio;
        nodes[i].volatility = from->nodes[i].volatility * relative;
    }
    to->nodes = nodes;
}

// `strikes` holds, per underlying, what template strikes are multiplied by: the ratio of the day of opening.
static void
carry_expiries(carry *job, const pli_frame *opened, pli_frame *frame) {
    plm_slice_node *nodes = frame->nodes;
    uint32_t count = 0;
    int64_t shift = opened->market.time.ns - job->market->time.ns;
    for (uint32_t i = 0; i < job->market->expiry_count; i += 1) {
        const plm_expiry_market *from = &job->market->expiries[i];
        int64_t expiry_ns = from->expiry_ns + shift;
        double left = time_left(job, from->expiry_ns, expiry_ns);
        if (!(left > 0.0)) {
            continue;
        }
        uint32_t u = from->underlying_index;
        double strikes = pli_double_from_i64(opened->underlyings[u].price.price_e8) / E8 /
                         template_price(job, u);
        plm_expiry_market *to = &frame->expiries[count];
        *to = (plm_expiry_market){.underlying_index = u,
                                  .expiry_ns = expiry_ns,
                                  .forward_e8 = carried_price(job, u, from->forward_e8, left)};
        carry_slice(&from->slice, volatility_ratio(job, u), left, strikes, nodes, &to->slice);
        nodes += from->slice.node_count;
        count += 1;
    }
    frame->market.expiry_count = count;
}

static bool
is_dated(const plm_instrument *instrument) {
    return instrument->kind == PLM_KIND_FUTURE || instrument->kind == PLM_KIND_OPTION;
}

// Options are marked from their surface on both days, so that a day's profit never mixes two ways of marking.
static void
carry_marks(carry *job, pli_frame *frame) {
    for (uint32_t i = 0; i < job->listing->instrument_count; i += 1) {
        const plm_instrument *from = &job->listing->instruments[i];
        const plm_instrument *now = &frame->listing.instruments[i];
        plm_mark mark = job->market->marks[i];
        double left = is_dated(from) ? time_left(job, from->expiry_ns, now->expiry_ns) : 1.0;
        bool is_gone = is_dated(from) && !(left > 0.0);
        double ratio = price_ratio(job, from->underlying_index);
        if (from->kind == PLM_KIND_OPTION || is_gone) {
            mark.is_present = false;
            mark.mark_e8 = 0;
        } else if (mark.is_present) {
            mark.mark_e8 = carried_price(job, from->underlying_index, mark.mark_e8, left);
        }
        bool is_coin = from->kind == PLM_KIND_OPTION && from->settlement == PLM_SETTLEMENT_INVERSE;
        mark.half_spread_e8 = is_coin
                                  ? mark.half_spread_e8
                                  : scaled(job, mark.half_spread_e8, ratio, 0, PLM_PRICE_E8_MAX);
        frame->marks[i] = mark;
    }
}

// Only options that are still alive have a surface to be marked from, and only those that can be valued at all.
static plm_status
fill_options(pli_frame *frame, plm_fault *fault) {
    for (uint32_t i = 0; i < frame->listing.instrument_count; i += 1) {
        const plm_instrument *instrument = &frame->listing.instruments[i];
        if (instrument->kind != PLM_KIND_OPTION || instrument->expiry_ns <= frame->market.time.ns) {
            continue;
        }
        const plm_expiry_market *expiry =
            plm_market_expiry(&frame->market, instrument->underlying_index, instrument->expiry_ns);
        if (expiry == NULL || expiry->slice.kind == PLM_SLICE_NONE) {
            continue;
        }
        plm_price mark = {0};
        plm_status status = plm_instrument_mark(&frame->listing, &frame->market, i, &mark, fault);
        if (status != PLM_OK) {
            return status;
        }
        frame->marks[i].mark_e8 = mark.e8;
        frame->marks[i].is_present = true;
    }
    return PLM_OK;
}

static void
join_tables(const carry *job, pli_frame *frame) {
    frame->market = (plm_market){.time = {.ns = job->time_ns},
                                 .underlyings = frame->underlyings,
                                 .marks = frame->marks,
                                 .expiries = frame->expiries};
}

static plm_status
finish_frame(carry *job, const pli_frame *opened, pli_frame *frame, plm_fault *fault) {
    carry_expiries(job, opened, frame);
    carry_marks(job, frame);
    if (job->is_outside) {
        return pli_fault_set(fault, PLM_DOMAIN,
                             "the market leaves the bounds of prices or amounts on a day of its "
                             "history; choose a template nearer to it",
                             NULL, NULL);
    }
    return fill_options(frame, fault);
}

plm_status
pli_frame_open(const pli_frame_template *template, const pli_frame_state *states, int64_t time_ns,
               pli_frame *frame, plm_fault *fault) {
    const plm_listing *listing = template->listing;
    carry job = {.listing = template->listing,
                 .market = template->market,
                 .states = states,
                 .time_ns = time_ns};
    plm_status status = check_states(&job, fault);
    if (status != PLM_OK) {
        return status;
    }
    join_tables(&job, frame);
    carry_underlyings(&job, frame);
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        plm_instrument instrument = listing->instruments[i];
        if (instrument.kind == PLM_KIND_OPTION) {
            instrument.strike_e8 = scaled_price(&job, instrument.strike_e8,
                                                price_ratio(&job, instrument.underlying_index));
        }
        instrument.expiry_ns += is_dated(&instrument) ? time_ns - template->market->time.ns : 0;
        frame->instruments[i] = instrument;
    }
    frame->listing = *listing;
    frame->listing.instruments = frame->instruments;
    return finish_frame(&job, frame, frame, fault);
}

plm_status
pli_frame_later(const pli_frame_template *template, const pli_frame *opened,
                const pli_frame_state *states, int64_t time_ns, pli_frame *frame,
                plm_fault *fault) {
    carry job = {.listing = template->listing,
                 .market = template->market,
                 .states = states,
                 .time_ns = time_ns};
    plm_status status = check_states(&job, fault);
    if (status != PLM_OK) {
        return status;
    }
    join_tables(&job, frame);
    carry_underlyings(&job, frame);
    frame->listing = opened->listing;
    return finish_frame(&job, opened, frame, fault);
}

static double
index_of(const pli_frame *frame, uint32_t underlying) {
    return pli_double_from_i64(frame->underlyings[underlying].price.price_e8) / E8;
}

// Price of one unit of an asset in the valuation currency.
static double
asset_price(const pli_frame *frame, uint32_t asset) {
    uint32_t underlying = frame->listing.assets[asset].underlying_index;
    if (underlying == PLM_NONE) {
        return 1.0;
    }
    return index_of(frame, underlying) /
           pli_double_from_i64(frame->listing.underlyings[underlying].price_unit);
}

// The price at which an instrument stands, in its own quotation: its mark, or what its expiry pays.
static double
price_of(const pli_frame *frame, uint32_t index) {
    const plm_instrument *instrument = &frame->listing.instruments[index];
    bool is_gone = is_dated(instrument) && instrument->expiry_ns <= frame->market.time.ns;
    double price = index_of(frame, instrument->underlying_index);
    if (!is_gone) {
        return pli_double_from_i64(frame->marks[index].mark_e8) / E8;
    }
    if (instrument->kind != PLM_KIND_OPTION) {
        return price;
    }
    double strike = pli_double_from_i64(instrument->strike_e8) / E8;
    double payoff = instrument->right == PLM_RIGHT_CALL ? price - strike : strike - price;
    payoff = payoff > 0.0 ? payoff : 0.0;
    return instrument->settlement == PLM_SETTLEMENT_INVERSE ? payoff / price : payoff;
}

// Profit of one long lot in the valuation currency.
static double
lot_profit(const pli_frame *opened, const pli_frame *later, uint32_t index) {
    const plm_instrument *instrument = &opened->listing.instruments[index];
    uint32_t u = instrument->underlying_index;
    double unit = pli_double_from_i64(opened->listing.underlyings[u].price_unit);
    double lot = pli_double_from_i64(instrument->lot_e8) / E8;
    double before = price_of(opened, index);
    double after = price_of(later, index);
    if (instrument->settlement != PLM_SETTLEMENT_INVERSE) {
        return (after - before) * lot / unit *
               asset_price(later, instrument->settlement_asset_index);
    }
    if (instrument->kind == PLM_KIND_OPTION) {
        return (after * index_of(later, u) - before * index_of(opened, u)) * lot / unit;
    }
    return lot * (1.0 / before - 1.0 / after) * index_of(later, u);
}

double
pli_frame_profit(const pli_frame *opened, const pli_frame *later, const plm_portfolio *portfolio,
                 uint32_t underlying_index) {
    double profit = 0.0;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        const plm_position *position = &portfolio->positions[i];
        uint32_t of = opened->listing.instruments[position->instrument_index].underlying_index;
        if (underlying_index == PLM_NONE || underlying_index == of) {
            profit += pli_double_from_i64(position->lots) *
                      lot_profit(opened, later, position->instrument_index);
        }
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        const plm_balance *balance = &portfolio->balances[i];
        const plm_asset *asset = &opened->listing.assets[balance->asset_index];
        bool is_other = underlying_index != PLM_NONE && underlying_index != asset->underlying_index;
        if (asset->treatment != PLM_TREATMENT_SCENARIO || is_other) {
            continue;
        }
        double units = (double)pli_i128_from_wide(balance->atoms);
        for (uint32_t d = 0; d < asset->decimals; d += 1) {
            units /= 10.0;
        }
        profit += units * (asset_price(later, balance->asset_index) -
                           asset_price(opened, balance->asset_index));
    }
    return profit * 1e6;
}

double
pli_frame_notional(const pli_frame *frame, const plm_portfolio *portfolio) {
    double notional = 0.0;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        const plm_position *position = &portfolio->positions[i];
        const plm_instrument *instrument = &frame->listing.instruments[position->instrument_index];
        uint32_t u = instrument->underlying_index;
        double lot = pli_double_from_i64(instrument->lot_e8) / E8;
        bool is_coin =
            instrument->settlement == PLM_SETTLEMENT_INVERSE && instrument->kind != PLM_KIND_OPTION;
        double unit = pli_double_from_i64(frame->listing.underlyings[u].price_unit);
        notional += fabs(pli_double_from_i64(position->lots)) * lot *
                    (is_coin ? 1.0 : index_of(frame, u) / unit);
    }
    return notional * 1e6;
}
