/* implied_lanes.h: Black-76 volatilities implied by prices, LANES points at a time.                 SPDX-License-Identifier: Apache-2.0 */
/*
 * Included once each by the kernels for one instruction set, which define LANES and SQRT, and with one lane by the reference:
 * the operations of a lane do not depend on its neighbours, so every number of lanes gives the same bits. The method is that
 * of implied.c (regimes low and middle, their guesses, Halley's steps) without its bracket: a lane stands still where its step
 * was below STEP_LAST, and a point that has not come to that after STEPS steps inside its regime, or that has another regime
 * (more than half of the possible value), no time value, or numbers that are no prices, is left to plm_black76_implied.
 */
#ifndef PLI_PRICE_IMPLIED_LANES_H
#define PLI_PRICE_IMPLIED_LANES_H

#include "plimsoll/price.h"
#include "price/black76_lanes.h"

#define PLI_INV_SQRT_2PI 0x1.9884533d43651p-2
#define PLI_SQRT_2PI 0x1.40d931ff62706p+1
#define PLI_LOG_SQRT_2PI 0x1.d67f1c864beb5p-1
#define PLI_STEP_LAST 1e-5 // what is left is its cube
#define PLI_SERIES_T_MAX 0.25
#define PLI_SHARE_AT_ONE 0.0833
enum { PLI_STEPS = 6, PLI_SERIES_ORDER = 17, PLI_GUESSES = 4 };

INLINE bool
pli_is_any(whole mask) {
    int64_t any = 0;
    for (size_t j = 0; j < LANES; j += 1) {
        any |= mask[j];
    }
    return any != 0;
}

INLINE lanes
pli_sqrt_lanes(lanes x) {
#ifdef SQRT
    return SQRT(x);
#else
    for (size_t j = 0; j < LANES; j += 1) {
        x[j] = sqrt(x[j]);
    }
    return x;
#endif
}

// log(x) of normal x > 0.
INLINE lanes
pli_log_lanes(lanes x) {
    const double *c = pli_log_table;
    words bits = (words)x;
    words shift = ((bits + (UINT64_C(1024) << 52) - PLI_SQRT_HALF_BITS) >> 52) - 1024;
    lanes k = pli_from_whole((whole)shift);
    lanes f = (lanes)(bits - (shift << 52)) - 1.0;
    lanes s = f / (2.0 + f);
    lanes z = s * s;
    lanes z2 = z * z;
    lanes series = ((c[0] + z * c[1]) + z2 * (c[2] + z * c[3])) +
                   z2 * z2 * ((c[4] + z * c[5]) + z2 * (c[6] + z * c[7]));
    lanes half = 0.5 * f * f;
    return k * PLI_LN2_HEAD + (f - (half - (s * (half + z * series) + k * PLI_LN2_TAIL)));
}

// pli_mills_lanes with one division for both of its quotients, which costs an ulp. 0 <= x < 2^500.
INLINE lanes
pli_mills_once(lanes x) {
    const double *c = pli_mills_table;
    lanes sum = x + PLI_MILLS_MID;
    lanes weight = 1.0 + x * PLI_SQRT_HALF_PI;
    lanes inverse = 1.0 / (sum * weight);
    lanes t = (x - PLI_MILLS_MID) * weight * inverse;
    lanes t2 = t * t;
    lanes t4 = t2 * t2;
    lanes t8 = t4 * t4;
    lanes a = ((c[0] + t * c[1]) + t2 * (c[2] + t * c[3])) +
              t4 * ((c[4] + t * c[5]) + t2 * (c[6] + t * c[7]));
    lanes b = ((c[8] + t * c[9]) + t2 * (c[10] + t * c[11])) +
              t4 * ((c[12] + t * c[13]) + t2 * (c[14] + t * c[15]));
    lanes d = ((c[16] + t * c[17]) + t2 * (c[18] + t * c[19])) +
              t4 * ((c[20] + t * c[21]) + t2 * (c[22] + t * c[23]));
    return (a + t8 * (b + t8 * d)) * sum * inverse;
}

// What is left of a price beyond intrinsic, as time_value of implied.c has it; below 0 where it is none.
INLINE lanes
pli_time_value(lanes received, lanes paid, lanes price) {
    whole is_inside = received > paid;
    lanes gain = received - paid;
    lanes paid_seen = received - gain;
    lanes lost = (received - (gain + paid_seen)) - (paid - paid_seen);
    lanes excess = price - gain;
    lanes kept = pli_select(excess > lost, excess - lost, pli_every(0.0));
    return pli_select(is_inside, pli_select(excess > 0.0, kept, excess), price);
}

// beta at v, and its slope; h = x / v.
typedef struct pli_beta {
    lanes value, slope, h;
} pli_beta;

// series_difference.
INLINE lanes
pli_series_lanes(lanes h, lanes t) {
    lanes before = PLI_SQRT_2PI * pli_mills_once(-h);
    lanes now = 1.0 + h * before;
    lanes weight = t;
    lanes square = t * t;
    lanes sum = pli_every(0.0);
    for (int n = 1; n <= PLI_SERIES_ORDER; n += 2) {
        sum = sum + weight * now;
        before = h * now + (double)n * before;
        now = h * before + (double)(n + 1) * now;
        weight = weight * square * (1.0 / ((double)(n + 1) * (double)(n + 2)));
    }
    return 2.0 * sum;
}

INLINE pli_beta
pli_beta_lanes(lanes x, lanes v) {
    pli_beta beta;
    lanes h = x / v;
    lanes t = 0.5 * v;
    lanes d1 = h + t;
    lanes e = pli_exp_lanes(-0.5 * (d1 * d1));
    whole is_near = (t < PLI_SERIES_T_MAX) & (-h * t < 1.0);
    beta.h = h;
    beta.slope = PLI_INV_SQRT_2PI * e;
    beta.value = pli_every(0.0);
    if (pli_is_any(is_near)) {
        beta.value = beta.slope * pli_series_lanes(h, t);
    }
    if (pli_is_any(~is_near)) {
        lanes tail1 = e * pli_mills_once(pli_size_of(d1));
        lanes tail2 = e * pli_mills_once(t - h);
        lanes direct = pli_select(d1 < 0.0, tail1, 1.0 - tail1) - tail2;
        beta.value = pli_select(is_near, beta.value, direct);
    }
    return beta;
}

// guess_low.
INLINE lanes
pli_guess_low(lanes x, lanes share) {
    lanes size = -x;
    lanes linear = share + 0.5 * size;
    lanes root = linear * linear - 2.0 * PLI_INV_SQRT_2PI * PLI_INV_SQRT_2PI * size * size;
    lanes near = (linear + pli_sqrt_lanes(pli_select(root > 0.0, root, pli_every(0.0)))) /
                 (2.0 * PLI_INV_SQRT_2PI);
    whole is_deep = ~(share > PLI_SHARE_AT_ONE * size);
    if (!pli_is_any(is_deep)) {
        return near;
    }
    lanes deep = 0.5 * size - pli_log_lanes(share) - PLI_LOG_SQRT_2PI;
    lanes square = 2.0 * deep;
    lanes v = size;
    for (int i = 0; i < PLI_GUESSES; i += 1) {
        square = pli_select(square > 1.0, square, pli_every(1.0));
        v = size / pli_sqrt_lanes(square);
        square = 2.0 * (deep - 0.125 * v * v + pli_log_lanes(v / (1.0 + square)));
    }
    return pli_select(is_deep, v, near);
}

/* pli_solve - points that are looked for: the state of one group of lanes between steps. */
typedef struct pli_solve {
    lanes x, share, centre;
    lanes inverse_share;
    lanes v;
    whole is_low;
    whole is_done; // also of a point that is left to the scalar function
    whole is_found;
} pli_solve;

INLINE void
pli_solve_begin(pli_solve *solve, whole is_taken) {
    lanes zero = pli_every(0.0);
    lanes centre = pli_sqrt_lanes(-2.0 * solve->x);
    lanes centre_share = pli_select(centre > 0.0, 0.5 - pli_mills_once(centre), zero);
    lanes above = centre + (solve->share - centre_share) * PLI_SQRT_2PI;
    solve->centre = centre;
    solve->inverse_share = 1.0 / solve->share;
    solve->is_low = solve->share < centre_share;
    solve->is_found = is_taken & ~is_taken;
    solve->is_done = ~is_taken;
    solve->v = pli_select(solve->is_low, pli_guess_low(solve->x, solve->share), above);
    whole is_out = solve->is_low & ~((solve->v > 0.0) & (solve->v < centre));
    solve->v = pli_select(is_out, 0.5 * centre, solve->v);
}

// One Halley step of what is not done: in v^-2 of log beta, or in v of beta. Divisions cost most, so quotients share them.
INLINE void
pli_solve_step(pli_solve *solve) {
    lanes zero = pli_every(0.0);
    lanes v = solve->v;
    whole is_low = solve->is_low;
    pli_beta beta = pli_beta_lanes(solve->x, v);
    lanes product = v * beta.slope;
    lanes inverse = 1.0 / (product * pli_select(is_low, beta.value, pli_every(1.0)));
    lanes low_slope = beta.slope * product * inverse; // slope / value
    lanes f = solve->share - beta.value;              // -f / (v slope), of beta
    lanes newton = f * inverse;
    lanes bend = beta.h * beta.h - 0.25 * v * v; // times v
    if (pli_is_any(is_low)) {
        lanes ratio = pli_log_lanes(beta.value * solve->inverse_share);
        newton = pli_select(is_low, 2.0 * ratio * beta.value * beta.value * inverse, newton);
        bend = pli_select(is_low, -0.5 * (bend - v * low_slope + 3.0), bend);
    }
    lanes damping = 1.0 + 0.5 * newton * bend;
    damping = pli_select(damping > 0.2, damping, pli_every(0.2));
    lanes moved = damping + newton;
    lanes quotient = pli_select(is_low, damping, moved) / pli_select(is_low, moved, damping);
    if (pli_is_any(is_low)) {
        lanes inside = pli_select(quotient > 0.0, quotient, zero);
        quotient = pli_select(is_low, pli_sqrt_lanes(inside), quotient);
    }
    lanes next = v * quotient;
    whole is_last = pli_size_of(next - v) <= PLI_STEP_LAST * v;
    whole is_inside = (is_low & (next <= solve->centre * (1.0 + PLI_STEP_LAST))) |
                      (~is_low & (next >= solve->centre * (1.0 - PLI_STEP_LAST)));
    solve->v = pli_select(solve->is_done, v, next);
    solve->is_found |= is_last & is_inside & ~solve->is_done;
    solve->is_done |= is_last | ~((next > 0.0) & (next < 0x1p+10));
}

/* --- A block of points ------------------------------------------------------------------------------------------- */

// Prices of no option that lanes know take the place of a plain one until the scalar function answers for them.
INLINE whole
pli_take_prices(const plm_option_prices *prices, lanes forward, lanes strike, lanes price,
                pli_solve *solve) {
    bool is_call = prices->right == PLM_RIGHT_CALL;
    whole is_below = forward < strike;
    lanes low = pli_select(is_below, forward, strike);
    lanes high = pli_select(is_below, strike, forward);
    lanes value =
        is_call ? pli_time_value(forward, strike, price) : pli_time_value(strike, forward, price);
    lanes share = value / low;
    whole is_taken = (low > 0x1p-1000) & (high < 0x1p+1000) & (low >= high * 0x1p-1000) &
                     (share > 0x1p-1000) & (share < 0.5);
    solve->x = pli_select(is_taken, pli_log_moneyness(low, high), pli_every(-0.125));
    solve->share = pli_select(is_taken, share, pli_every(0.0625));
    return is_taken;
}

INLINE void
pli_implied_block(const plm_option_prices *prices, size_t from, size_t count, double *volatility) {
    lanes forward[PLI_GROUPS];
    lanes strike[PLI_GROUPS];
    lanes price[PLI_GROUPS];
    pli_solve solve[PLI_GROUPS];
    size_t groups = (count + LANES - 1) / LANES;
    double root = sqrt(prices->years);
    whole every_time = (whole)(pli_every(prices->years) > 0.0);
    pli_load(count, prices->forward + from, 1.0, forward);
    pli_load(count, prices->strike + from, 1.0, strike);
    pli_load(count, prices->price + from, 1.0, price);
    for (size_t g = 0; g < groups; g += 1) {
        whole is_taken = pli_take_prices(prices, forward[g], strike[g], price[g], &solve[g]);
        pli_solve_begin(&solve[g], is_taken & every_time);
    }
    for (int step = 0; step < PLI_STEPS; step += 1) {
        for (size_t g = 0; g < groups; g += 1) {
            if (pli_is_any(~solve[g].is_done)) {
                pli_solve_step(&solve[g]);
            }
        }
    }
    for (size_t i = 0; i < count; i += 1) {
        const pli_solve *of = &solve[i / LANES];
        volatility[i] = of->is_found[i % LANES] != 0 ? of->v[i % LANES] / root
                                                     : pli_implied_alone(prices, from + i);
    }
}

INLINE void
pli_implied_lanes(const plm_option_prices *prices, double *volatility) {
    for (size_t i = 0; i < prices->count; i += PLI_BLOCK) {
        size_t some = prices->count - i < PLI_BLOCK ? prices->count - i : PLI_BLOCK;
        pli_implied_block(prices, i, some, &volatility[i]);
    }
}

#endif
