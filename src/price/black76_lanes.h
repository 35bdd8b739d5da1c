/* black76_lanes.h: the Black-76 points of black76.c, LANES points at a time, with the same bits.   SPDX-License-Identifier: Apache-2.0 */
/*
 * Included once each by the kernels for one instruction set, which define LANES first. Every function here repeats the
 * operations of its scalar twin (named beside it) in the same order on every lane; where the twin branches, both branches
 * are computed and one is selected. Only IEEE + - * / and integer operations are used and contraction is off, so equal
 * operations give equal bits. Points that need a branch which is not worth a lane (ratios below 2^-1000) go to the twin,
 * with their block.
 *
 * test/properties/test_kernels.c compares bits with the twin over edge-biased inputs.
 */
#ifndef PLI_PRICE_BLACK76_LANES_H
#define PLI_PRICE_BLACK76_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/libc.h"
#include "num/elementary_tables.h"
#include "price/black76.h"

typedef double lanes __attribute__((vector_size(8 * LANES)));
typedef int64_t whole __attribute__((vector_size(8 * LANES)));
typedef uint64_t words __attribute__((vector_size(8 * LANES)));

enum { PLI_BLOCK = 64, PLI_GROUPS = PLI_BLOCK / LANES };

#define INLINE static inline __attribute__((always_inline))

INLINE lanes
pli_every(double x) {
    return x - (lanes){0.0};
}

INLINE lanes
pli_select(whole is_first, lanes first, lanes second) {
    return (lanes)(((words)first & (words)is_first) | ((words)second & ~(words)is_first));
}

INLINE lanes
pli_size_of(lanes x) {
    return (lanes)((words)x & UINT64_C(0x7fffffffffffffff));
}

// Whole numbers far below 2^51 as doubles, exactly.
INLINE lanes
pli_from_whole(whole k) {
    return (lanes)((words)k + PLI_ROUNDER_BITS) - PLI_ROUNDER;
}

// exp_pair(x, 0), scale: x <= 0.
INLINE lanes
pli_exp_lanes(lanes x) {
    const double *c = pli_exp_table;
    whole is_low = x < PLI_EXP_X_MIN;
    lanes head = pli_select(is_low, pli_every(PLI_EXP_X_MIN), x);
    lanes shifted = head * PLI_LOG2_E + PLI_ROUNDER;
    lanes n = shifted - PLI_ROUNDER;
    lanes r_head = head - n * PLI_LN2_HEAD;
    lanes r_tail = 0.0 - n * PLI_LN2_TAIL;
    lanes r = r_head + r_tail;
    lanes lost = (r_head - r) + r_tail;
    lanes r2 = r * r;
    lanes r4 = r2 * r2;
    lanes low = (c[0] + r * c[1]) + r2 * (c[2] + r * c[3]);
    lanes middle = (c[4] + r * c[5]) + r2 * (c[6] + r * c[7]);
    lanes high = (c[8] + r * c[9]) + r2 * c[10];
    lanes q = low + r4 * (middle + r4 * high);
    lanes small = r2 * q + lost * (1.0 + r);
    lanes sum = 1.0 + r;
    lanes value = sum + ((r - (sum - 1.0)) + small);
    words exponent = (words)shifted - PLI_ROUNDER_BITS;
    whole is_tiny = (whole)exponent < -1022;
    words lift = (words)is_tiny & 128;
    lanes power = (lanes)((exponent + lift + 1023) << 52);
    lanes scaled = value * power * pli_select(is_tiny, pli_every(0x1p-128), pli_every(1.0));
    return pli_select(is_low, pli_every(0.0), scaled);
}

// pli_mills, x >= 0 or infinite.
INLINE lanes
pli_mills_lanes(lanes x) {
    const double *c = pli_mills_table;
    lanes t = (x - PLI_MILLS_MID) / (x + PLI_MILLS_MID);
    lanes t2 = t * t;
    lanes t4 = t2 * t2;
    lanes t8 = t4 * t4;
    lanes a = ((c[0] + t * c[1]) + t2 * (c[2] + t * c[3])) +
              t4 * ((c[4] + t * c[5]) + t2 * (c[6] + t * c[7]));
    lanes b = ((c[8] + t * c[9]) + t2 * (c[10] + t * c[11])) +
              t4 * ((c[12] + t * c[13]) + t2 * (c[14] + t * c[15]));
    lanes d = ((c[16] + t * c[17]) + t2 * (c[18] + t * c[19])) +
              t4 * ((c[20] + t * c[21]) + t2 * (c[22] + t * c[23]));
    lanes value = (a + t8 * (b + t8 * d)) / (1.0 + x * PLI_SQRT_HALF_PI);
    return pli_select(x > 0x1p1000, pli_every(0.0), value);
}

// pli_black76_log_moneyness for low / high >= 2^-1022: log1p((low - high) / high) above 1/2, log(low / high) below.
INLINE lanes
pli_log_moneyness(lanes low, lanes high) {
    const double *c = pli_log_table;
    lanes ratio = low / high;
    lanes near = (low - high) / high;
    whole is_near = ratio > 0.5;
    whole is_short = is_near & (near > -0.29); // no power of two is split off
    lanes sum = 1.0 + near;
    lanes near_seen = sum - 1.0;
    lanes one_seen = sum - near_seen;
    lanes sum_tail = (1.0 - one_seen) + (near - near_seen);
    words bits = (words)pli_select(is_near, sum, ratio);
    words shift = ((bits + (UINT64_C(1024) << 52) - PLI_SQRT_HALF_BITS) >> 52) - 1024;
    lanes mantissa = (lanes)(bits - (shift << 52));
    lanes k = pli_select(is_short, pli_every(0.0), pli_from_whole((whole)shift));
    lanes f = pli_select(is_short, near, mantissa - 1.0);
    lanes rest = pli_select(is_near & ~is_short, sum_tail / sum, pli_every(0.0));
    lanes s = f / (2.0 + f);
    lanes z = s * s;
    lanes z2 = z * z;
    lanes series = ((c[0] + z * c[1]) + z2 * (c[2] + z * c[3])) +
                   z2 * z2 * ((c[4] + z * c[5]) + z2 * (c[6] + z * c[7]));
    lanes half = 0.5 * f * f;
    lanes f_less = f - half;
    lanes lost = (f - f_less) - half;
    lanes small = lost + s * (half + z * series) + (rest + k * PLI_LN2_TAIL);
    lanes k_log = k * PLI_LN2_HEAD;
    lanes head = k_log + f_less;
    lanes tail = f_less - (head - k_log);
    return pli_select(k == 0.0, f_less + small, head + (tail + small));
}

// A block of points on its way through the stages below. One stage over a whole block and then the next keeps the chain of
// dependent operations in a loop short, so that the processor works on several groups of lanes at once.
typedef struct pli_points {
    size_t group_count;
    lanes forward[PLI_GROUPS];
    lanes volatility[PLI_GROUPS]; // times the root of the time
    lanes low[PLI_GROUPS];
    lanes x[PLI_GROUPS]; // log(low / high)
    lanes d1[PLI_GROUPS];
    lanes d2[PLI_GROUPS];
    lanes density[PLI_GROUPS];
} pli_points;

INLINE void
pli_take_moneyness(const plm_option_fixed *option, pli_points *points) {
    lanes strike = pli_every(option->strike);
    for (size_t g = 0; g < points->group_count; g += 1) {
        lanes forward = points->forward[g];
        whole is_below = forward < strike;
        points->low[g] = pli_select(is_below, forward, strike);
        points->x[g] = pli_log_moneyness(points->low[g], pli_select(is_below, strike, forward));
    }
}

// price_outside, first half.
INLINE void
pli_take_density(pli_points *points) {
    for (size_t g = 0; g < points->group_count; g += 1) {
        lanes v = points->volatility[g];
        lanes ratio = points->x[g] / v;
        lanes d1 = ratio + 0.5 * v;
        points->d1[g] = d1;
        points->d2[g] = ratio - 0.5 * v;
        points->density[g] = points->low[g] * pli_exp_lanes(-0.5 * (d1 * d1));
    }
}

// price_outside, second half, and point: a volatility of exactly 0 leaves no time value.
INLINE void
pli_take_value(const plm_option_fixed *option, const pli_points *points, lanes *value) {
    double strike = option->strike;
    bool is_call = option->right == PLM_RIGHT_CALL;
    for (size_t g = 0; g < points->group_count; g += 1) {
        lanes forward = points->forward[g];
        lanes low = points->low[g];
        lanes d1 = points->d1[g];
        lanes tail1 = points->density[g] * pli_mills_lanes(pli_size_of(d1));
        lanes tail2 = points->density[g] * pli_mills_lanes(-points->d2[g]);
        lanes inside = pli_select(d1 < 0.0, tail1, low - tail1) - tail2;
        lanes above = pli_select(inside > 0.0, inside, pli_every(0.0));
        lanes within = pli_select(above < low, above, low);
        lanes time_value = pli_select(points->volatility[g] > 0.0, within, pli_every(0.0));
        lanes gain = is_call ? forward - strike : strike - forward;
        lanes sum = pli_select(gain > 0.0, gain, pli_every(0.0)) + time_value;
        lanes upper = is_call ? forward : pli_every(strike);
        value[g] = pli_select(sum < upper, sum, upper);
    }
}

// Are the ratios of all forwards and the strike, either way, normal numbers?
INLINE bool
pli_is_normal(double strike, size_t count, const double *forward) {
    double least = strike;
    double most = strike;
    for (size_t i = 0; i < count; i += 1) {
        least = forward[i] < least ? forward[i] : least;
        most = forward[i] > most ? forward[i] : most;
    }
    return least >= most * 0x1p-1000;
}

// Lanes beyond the count repeat the last point.
INLINE void
pli_load(size_t count, const double *from, double scale, lanes *to) {
    size_t groups = (count + LANES - 1) / LANES;
    double last[LANES];
    for (size_t j = 0; j < LANES; j += 1) {
        size_t i = (groups - 1) * LANES + j;
        last[j] = from[i < count ? i : count - 1];
    }
    memcpy(to, from, (groups - 1) * sizeof *to);
    memcpy(&to[groups - 1], last, sizeof *to);
    for (size_t g = 0; g < groups; g += 1) {
        to[g] = to[g] * scale;
    }
}

INLINE void
pli_black76_block(const plm_option_fixed *option, size_t count, const double *forward,
                  const double *volatility, double *value) {
    pli_points points; // every group in use is written by the stage before it is read
    points.group_count = (count + LANES - 1) / LANES;
    lanes out[PLI_GROUPS];
    pli_load(count, forward, 1.0, points.forward);
    pli_load(count, volatility, sqrt(option->years), points.volatility);
    pli_take_moneyness(option, &points);
    pli_take_density(&points);
    pli_take_value(option, &points, out);
    memcpy(value, out, count * sizeof *value);
}

INLINE void
pli_black76_lanes(const plm_option_fixed *option, size_t count, const double *forward,
                  const double *volatility, double *value) {
    for (size_t i = 0; i < count; i += PLI_BLOCK) {
        size_t some = count - i < PLI_BLOCK ? count - i : PLI_BLOCK;
        if (pli_is_normal(option->strike, some, &forward[i])) {
            pli_black76_block(option, some, &forward[i], &volatility[i], &value[i]);
        } else {
            pli_black76_points(option, some, &forward[i], &volatility[i], &value[i]);
        }
    }
}

#endif
