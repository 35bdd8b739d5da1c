/* simulate_market.c: prices, volatility and depth that the seed decides, and what forced trades do to them.   SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "study/simulate_state.h"

#define START_NS INT64_C(1767225600000000000)
#define SIGMA_QUIET 0.03   /* a day, of the common factor */
#define MEMORY_TICKS 90.0  /* forced displacement falls by a factor e in 15 minutes of quiet */
#define HALF_SPREAD 0.0002 /* in quiet times; grows with volatility */
#define REACH_MAX 0.35     /* beyond it the book is empty */
#define DEPTH_LEAST 0.05
#define INDEX_SHARE                                                                                \
    0.5 /* of a displacement of this book is followed by the other venues, and so by the index */

static double
draw_between(pli_prng *prng, double low, double high) {
    return low + (high - low) * pli_prng_unit(prng);
}

static double
draw_normal(pli_prng *prng) {
    double unit = pli_prng_unit(prng);
    return pli_normal_quantile(unit > 0.0 ? unit : 0x1p-54);
}

// A shock: the common log price moves by `size` from tick `from` on, over `length` ticks, and part of it comes back.
typedef struct shock {
    uint32_t from, length, back;
    double size;
    double returned; /* share of the move that comes back over `back` ticks */
} shock;

static shock
draw_shock(pli_sim *sim) {
    pli_prng *prng = &sim->prng;
    shock s = {.from = (uint32_t)pli_prng_range_i64(prng, 30, sim->ticks / 2),
               .length = (uint32_t)pli_prng_range_i64(prng, 30, 360),
               .back = (uint32_t)pli_prng_range_i64(prng, 360, 2880)};
    double fall = draw_between(prng, 0.15, 0.50);
    s.size = pli_prng_below(prng, 4) == 0 ? -pli_log1p(-fall) * 0.7 : pli_log1p(-fall);
    s.returned = draw_between(prng, -0.1, 0.7);
    return s;
}

// The move of one tick, and how much stress there is: 1 while it runs, then less by the half hour.
static double
shock_at(const shock *s, uint32_t tick, double *stress) {
    *stress = 0.0;
    if (tick < s->from) {
        return 0.0;
    }
    uint32_t past = tick - s->from;
    if (past < s->length) {
        *stress = 1.0;
        return s->size / (double)s->length;
    }
    past -= s->length;
    *stress = pli_exp(-(double)past / 180.0);
    return past < s->back ? -s->size * s->returned / (double)s->back : 0.0;
}

// Volatility of each tick follows its own logarithm back to the mean; depth leaves with it and under stress.
static void
draw_conditions(pli_sim *sim, const shock *s) {
    bool is_wild = sim->result->kind != PLI_SIMULATE_CALM;
    double level = is_wild ? 0.5 : 0.0;
    double wave = 0.0;
    for (uint32_t t = 0; t < sim->ticks_all; t += 1) {
        double stress = 0.0;
        (void)shock_at(s, t, &stress);
        wave = 0.998 * wave + 0.02 * draw_normal(&sim->prng);
        sim->sigmas[t] = SIGMA_QUIET * pli_exp(level + wave) * (1.0 + 3.0 * stress);
        double depth = SIGMA_QUIET / sim->sigmas[t] * (1.0 - 0.7 * stress);
        depth = depth > 1.0 ? 1.0 : depth;
        sim->depths[t] = depth < DEPTH_LEAST ? DEPTH_LEAST : depth;
    }
}

static void
draw_prices(pli_sim *sim, uint32_t market, const shock *s, const double *common) {
    double beta = draw_between(&sim->prng, 0.7, 1.5);
    double own = draw_between(&sim->prng, 0.4, 1.2);
    double at = pli_log(100.0);
    for (uint32_t t = 0; t < sim->ticks_all; t += 1) {
        double stress = 0.0;
        double tick_sigma = sim->sigmas[t] / sqrt((double)PLI_SIM_TICKS_PER_DAY);
        double move = beta * (tick_sigma * common[t] + shock_at(s, t, &stress));
        sim->markets[market].prices[t] = pli_exp(at);
        at += move + own * tick_sigma * draw_normal(&sim->prng);
    }
}

// Somebody pushes the thinnest market by 10 to 30 %, holds it there for some minutes, and lets go.
static void
manipulate(pli_sim *sim) {
    uint32_t thinnest = 0;
    for (uint32_t i = 1; i < sim->settings->market_count; i += 1) {
        thinnest = sim->markets[i].depth < sim->markets[thinnest].depth ? i : thinnest;
    }
    pli_prng *prng = &sim->prng;
    uint32_t from = (uint32_t)pli_prng_range_i64(prng, 30, sim->ticks / 2);
    uint32_t push = (uint32_t)pli_prng_range_i64(prng, 6, 90);
    uint32_t hold = (uint32_t)pli_prng_range_i64(prng, 6, 180);
    double size = draw_between(prng, 0.10, 0.30) * (pli_prng_below(prng, 2) == 0 ? 1.0 : -1.0);
    for (uint32_t t = from; t < sim->ticks_all; t += 1) {
        uint32_t past = t - from;
        double share = past < push ? (double)past / (double)push : 1.0;
        share = past > push + hold ? pli_exp(-(double)(past - push - hold) / MEMORY_TICKS) : share;
        sim->markets[thinnest].prices[t] *= pli_exp(size * share);
    }
}

void
pli_sim_draw_market(pli_sim *sim) {
    pli_prng *prng = &sim->prng;
    sim->result->kind = (pli_simulate_kind)(1 + pli_prng_below(prng, PLI_SIMULATE_KINDS));
    shock s = draw_shock(sim);
    if (sim->result->kind != PLI_SIMULATE_CRASH) {
        s.from = UINT32_MAX;
    }
    draw_conditions(sim, &s);
    // The last market's prices serve as scratch for the common factor until they are drawn themselves.
    uint32_t last = sim->settings->market_count - 1;
    double *common = sim->markets[last].prices;
    for (uint32_t t = 0; t < sim->ticks_all; t += 1) {
        common[t] = draw_normal(prng);
    }
    for (uint32_t i = 0; i <= last; i += 1) {
        sim->markets[i].depth = 1e6 * pli_exp(draw_between(prng, -1.5, 1.5));
        sim->markets[i].volume = sim->markets[i].depth * draw_between(prng, 50.0, 100.0);
        draw_prices(sim, i, &s, common);
    }
    if (sim->result->kind == PLI_SIMULATE_MANIPULATED) {
        manipulate(sim);
    }
}

static int64_t
to_i64(double value) {
    int64_t out = 0;
    return pli_i64_from_double_half_even(value, &out) == PLM_OK ? out : INT64_MAX;
}

void
pli_sim_set_market(pli_sim *sim, uint32_t tick, bool is_forced) {
    sim->market.time.ns = START_NS + (int64_t)tick * PLI_SIMULATE_TICK_NS;
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        const pli_sim_market *market = &sim->markets[i];
        double price = market->prices[tick];
        price *= is_forced ? pli_exp(INDEX_SHARE * market->forced) : 1.0;
        int64_t price_e8 = to_i64(price * 1e8);
        sim->marks[i] = (plm_mark){.mark_e8 = price_e8 > 0 ? price_e8 : 1, .is_present = true};
        sim->views[i] =
            (plm_underlying_market){.price = {.price_e8 = sim->marks[i].mark_e8,
                                              .slow_e8 = sim->marks[i].mark_e8,
                                              .publish_ns = sim->market.time.ns,
                                              .state = PLM_PRICE_STATE_VALID},
                                    .volatility_ppm = to_i64(sim->sigmas[tick] * sqrt(365.0) * 1e6),
                                    .depth_micros = to_i64(2.0 * market->left * 1e6),
                                    .volume_micros = to_i64(market->volume * 1e6)};
    }
}

void
pli_sim_rest(pli_sim *sim) {
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        pli_sim_market *market = &sim->markets[i];
        market->left = market->depth * sim->depths[sim->tick];
        market->forced *= pli_exp(-sim->depths[sim->tick] / MEMORY_TICKS);
    }
}

int64_t
pli_sim_trade_book(pli_sim *sim, uint32_t holder, uint32_t index, int64_t lots, double reach) {
    pli_sim_market *market = &sim->markets[index];
    double mark = (double)sim->marks[index].mark_e8;
    double book = market->prices[sim->tick] * pli_exp(market->forced) * 1e8;
    double depth = market->depth * sim->depths[sim->tick];
    double sign = lots < 0 ? -1.0 : 1.0;
    double size = (double)lots * sign;
    double lot_usd = mark * 1e-8 * 0.01;
    double moved = 0.01 * size * lot_usd / depth;
    double limit =
        (reach < REACH_MAX ? reach : REACH_MAX) - sign * (1.0 - INDEX_SHARE) * market->forced;
    if (moved > limit) {
        size = limit > 0.0 ? pli_floor(size * limit / moved) : 0.0;
        moved = limit;
    }
    int64_t traded = (int64_t)size * (lots < 0 ? -1 : 1);
    if (traded == 0) {
        return 0;
    }
    double spread = HALF_SPREAD * sim->sigmas[sim->tick] / SIGMA_QUIET;
    double price = book * pli_exp(sign * moved / 2.0) * (1.0 + sign * spread);
    int64_t price_e8 = to_i64(price);
    pli_sim_trade(sim, holder, pli_sim_role_of(sim, PLI_SIM_OUTSIDE), index, traded, price_e8);
    market->forced += sign * moved;
    market->left = market->left > size * lot_usd ? market->left - size * lot_usd : 0.0;
    sim->result->forced_notional += size * lot_usd * 1e6;
    double cost = size * 0.01 * sign * (price - mark) * 1e-2;
    sim->result->impact_cost += cost;
    sim->result->owner_cost += holder < sim->settings->account_count ? cost : 0.0;
    double peak = market->forced < 0.0 ? -pli_expm1(market->forced) : pli_expm1(market->forced);
    sim->result->impact_peak = peak > sim->result->impact_peak ? peak : sim->result->impact_peak;
    pli_sim_set_market(sim, sim->tick, true);
    return traded;
}
