/* mango_v4_stable.c: Mango v4's stable price, which an attacker cannot hurry.             SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "venue/mango_v4.h"

/* Limits below grow by 1 + limit and shrink by 1 - limit: nearly the same for small limits, and no division. */
static double
clamp_growth(double target, double from, double limit) {
    double high = from * (1.0 + limit);
    double low = from * (1.0 - limit);
    return target > high ? high : target < low ? low : target;
}

void
pli_mango_stable_reset(pli_mango_stable *stable, double price, int64_t now) {
    *stable = (pli_mango_stable){.price = price, .updated_at = now};
    for (uint32_t i = 0; i < PLI_MANGO_DELAY_SLOTS; i += 1) {
        stable->delay_prices[i] = price;
    }
}

/* The interval that just ended gets its average, clamped around the one before; so do intervals without an update. */
static void
close_interval(pli_mango_stable *stable, const pli_mango_stable_rules *rules, uint32_t next) {
    uint32_t before = (stable->interval_index + PLI_MANGO_DELAY_SLOTS - 1) % PLI_MANGO_DELAY_SLOTS;
    double average = stable->accumulated_price / (double)stable->accumulated_time;
    double clamped =
        clamp_growth(average, stable->delay_prices[before], (double)rules->delay_growth_limit);
    for (uint32_t i = stable->interval_index; i != next; i = (i + 1) % PLI_MANGO_DELAY_SLOTS) {
        stable->delay_prices[i] = clamped;
    }
    stable->accumulated_price = 0.0;
    stable->accumulated_time = 0;
    stable->interval_index = next;
}

void
pli_mango_stable_update(pli_mango_stable *stable, const pli_mango_stable_rules *rules,
                        double oracle, int64_t now) {
    PLI_ASSERT(rules->delay_interval_seconds > 0);
    PLI_ASSERT(rules->dt_min > 0);
    if (now < 0 || now - stable->updated_at < rules->dt_min) {
        return;
    }
    int64_t dt = now - stable->updated_at;
    dt = dt < rules->dt_max ? dt : rules->dt_max;
    stable->updated_at = now;
    stable->accumulated_time += dt;
    stable->accumulated_price += oracle * (double)dt;
    uint32_t index =
        (uint32_t)(now / rules->delay_interval_seconds % (int64_t)PLI_MANGO_DELAY_SLOTS);
    if (index != stable->interval_index) {
        close_interval(stable, rules, index);
    }
    double delay = stable->delay_prices[index];
    double fraction = delay < stable->price ? delay / stable->price : stable->price / delay;
    double limit = (double)rules->stable_growth_limit * fraction * fraction * (double)dt;
    stable->price = clamp_growth(oracle, stable->price, limit);
}
