/* span_intra.c: SPAN's charges by contract month: spreads inside a combined commodity, delivery.
 * SPDX-License-Identifier: Apache-2.0 */
#include "venue/span_intra.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "base/sort.h"
#include "base/text.h"

typedef struct months_run {
    const pli_span_file *file;
    pli_span_requirement *out;
    plm_fault *fault;
    pli_span_range *ranges; /* of the legs of the spread at hand */
} months_run;

bool
pli_span_is_before(pli_span_period left, pli_span_period right) {
    return left.month != right.month ? left.month < right.month : left.day < right.day;
}

bool
pli_span_rate(const pli_span_commodity *commodity, pli_span_number rate, pli_i128 *out) {
    rate.decimals -= commodity->risk_exponent;
    return pli_span_to_scale(rate, (int32_t)PLI_SPAN_MONEY_SCALE, true, out);
}

bool
pli_span_rescale(pli_i128 value, int32_t decimals, bool is_up, pli_i128 *out) {
    int32_t shift = (int32_t)PLI_SPAN_MONEY_SCALE - decimals;
    pli_i128 power = 1;
    for (int32_t i = 0; i < (shift < 0 ? -shift : shift); i += 1) {
        if (!pli_mul_i128(power, 10, &power)) {
            return false;
        }
    }
    if (shift >= 0) {
        return pli_mul_i128(value, power, out);
    }
    *out = is_up ? pli_div_ceil_i128(value, power) : pli_div_floor_i128(value, power);
    return true;
}

bool
pli_span_scale_up(pli_i128 amount, pli_span_number ratio, pli_i128 *out) {
    pli_i128 factor = 0;
    return pli_span_to_scale(ratio, 9, true, &factor) &&
           pli_muldiv_ceil(amount, factor, 1000000000, out);
}

static bool
is_inside(pli_span_period period, const pli_span_range *range) {
    bool is_after_first = range->first.day == 0 ? period.month >= range->first.month
                                                : !pli_span_is_before(period, range->first);
    bool is_before_last = range->last.day == 0 ? period.month <= range->last.month
                                               : !pli_span_is_before(range->last, period);
    return is_after_first && is_before_last;
}

static bool
is_same_range(const pli_span_range *left, const pli_span_range *right) {
    return left->first.month == right->first.month && left->first.day == right->first.day &&
           left->last.month == right->last.month && left->last.day == right->last.day;
}

static plm_status
find_range(const months_run *run, const pli_span_spread *spread, const pli_span_leg *leg,
           pli_span_range *range) {
    if (spread->kind == PLI_SPAN_SPREAD_SERIES) {
        *range = (pli_span_range){.first = leg->period, .last = leg->period};
        return PLM_OK;
    }
    for (uint32_t i = 0; i < run->file->tier_count; i += 1) {
        const pli_span_tier *tier = &run->file->tiers[i];
        if (tier->commodity_index == spread->commodity_index && tier->number == leg->tier) {
            *range = tier->range;
            return PLM_OK;
        }
    }
    return pli_fault_set_index(run->fault, PLM_INDEX_UNKNOWN, "line", spread->line,
                               ": the spread names a tier that is not defined");
}

/* Deltas left in the range on one side of the market, as a magnitude. */
static pli_i128
available(const months_run *run, const pli_span_range *range, bool is_long) {
    pli_i128 sum = 0; // cannot overflow: pli_span_margin bounds every delta at 1e28
    for (uint32_t i = 0; i < run->out->month_count; i += 1) {
        const pli_span_month *month = &run->out->months[i];
        if ((month->remaining > 0) == is_long && is_inside(month->period, range)) {
            sum += is_long ? month->remaining : -month->remaining;
        }
    }
    return sum;
}

static void
take(const months_run *run, const pli_span_range *range, bool is_long, pli_i128 amount) {
    for (uint32_t i = 0; i < run->out->month_count && amount > 0; i += 1) {
        pli_span_month *month = &run->out->months[i];
        if (month->remaining == 0 || (month->remaining > 0) != is_long ||
            !is_inside(month->period, range)) {
            continue;
        }
        pli_i128 left = is_long ? month->remaining : -month->remaining;
        pli_i128 part = left < amount ? left : amount;
        month->remaining += is_long ? -part : part;
        month->consumed += part;
        amount -= part;
    }
}

/* The ratio in 1e-9 of all legs that draw on the same deltas as leg `index`; 0 where an earlier leg speaks for it. */
static bool
group_ratio(const months_run *run, const pli_span_spread *spread, uint32_t index, pli_i128 *ratio) {
    const pli_span_leg *legs = &run->file->legs[spread->leg_first];
    *ratio = 0;
    for (uint32_t i = 0; i < spread->leg_count; i += 1) {
        if (legs[i].is_side_a != legs[index].is_side_a ||
            !is_same_range(&run->ranges[i], &run->ranges[index])) {
            continue;
        }
        if (i < index) {
            *ratio = 0;
            return true;
        }
        pli_i128 own = 0;
        if (!pli_span_to_scale(legs[i].ratio, (int32_t)PLI_SPAN_DELTA_SCALE, true, &own)) {
            return false;
        }
        *ratio += own;
    }
    return true;
}

/* How many spreads form, in 1e-9, rounded up: the least over the legs. 0 where a leg has no deltas. */
static bool
count_spreads(const months_run *run, const pli_span_spread *spread, bool is_a_long,
              pli_i128 *count) {
    const pli_span_leg *legs = &run->file->legs[spread->leg_first];
    bool is_first = true;
    *count = 0;
    for (uint32_t i = 0; i < spread->leg_count; i += 1) {
        pli_i128 ratio = 0;
        if (!group_ratio(run, spread, i, &ratio)) {
            return false;
        }
        if (ratio == 0) {
            continue;
        }
        pli_i128 deltas = available(run, &run->ranges[i], legs[i].is_side_a == is_a_long);
        pli_i128 own = 0;
        if (!pli_muldiv_ceil(deltas, PLI_SPAN_DELTA_ONE, ratio, &own)) {
            return false;
        }
        *count = is_first || own < *count ? own : *count;
        is_first = false;
    }
    return true;
}

static bool
use_spread(const months_run *run, uint32_t spread_index, bool is_a_long) {
    const pli_span_spread *spread = &run->file->spreads[spread_index];
    const pli_span_commodity *commodity = &run->file->commodities[spread->commodity_index];
    pli_i128 count = 0;
    if (!count_spreads(run, spread, is_a_long, &count)) {
        return false;
    }
    if (count == 0) {
        return true;
    }
    const pli_span_leg *legs = &run->file->legs[spread->leg_first];
    for (uint32_t i = 0; i < spread->leg_count; i += 1) {
        pli_i128 ratio = 0;
        pli_i128 amount = 0;
        if (!group_ratio(run, spread, i, &ratio) ||
            !pli_muldiv_ceil(count, ratio, PLI_SPAN_DELTA_ONE, &amount)) {
            return false;
        }
        take(run, &run->ranges[i], legs[i].is_side_a == is_a_long, amount);
    }
    pli_i128 rate = 0;
    pli_span_use *use = &run->out->uses[run->out->use_count];
    *use = (pli_span_use){.spread_index = spread_index, .count = count};
    if (!pli_span_rate(commodity, spread->rate, &rate) ||
        !pli_muldiv_ceil(count, rate, PLI_SPAN_DELTA_ONE, &use->charge) ||
        !pli_add_i128(run->out->intra, use->charge, &run->out->intra)) {
        return false;
    }
    run->out->use_count += 1;
    return true;
}

static plm_status
charge_spread(const months_run *run, uint32_t spread_index) {
    const pli_span_spread *spread = &run->file->spreads[spread_index];
    for (uint32_t i = 0; i < spread->leg_count; i += 1) {
        const pli_span_leg *leg = &run->file->legs[spread->leg_first + i];
        plm_status status = find_range(run, spread, leg, &run->ranges[i]);
        if (status != PLM_OK) {
            return status;
        }
    }
    if (!use_spread(run, spread_index, true) || !use_spread(run, spread_index, false)) {
        return pli_fault_set_index(run->fault, PLM_OVERFLOW, "line", spread->line,
                                   ": the spread's charge leaves 127 bits of 1e-12");
    }
    return PLM_OK;
}

static bool
comes_before(const void *context, uint32_t left, uint32_t right) {
    const pli_span_spread *spreads = context;
    if (spreads[left].kind != spreads[right].kind) {
        return spreads[left].kind < spreads[right].kind;
    }
    if (spreads[left].priority != spreads[right].priority) {
        return spreads[left].priority < spreads[right].priority;
    }
    return left < right;
}

static bool
charge_delivery(const months_run *run) {
    const pli_span_commodity *commodity = &run->file->commodities[run->out->commodity_index];
    for (uint32_t i = 0; i < run->file->delivery_count; i += 1) {
        const pli_span_delivery *delivery = &run->file->deliveries[i];
        pli_i128 rates[2] = {0, 0};
        if (delivery->commodity_index != run->out->commodity_index) {
            continue;
        }
        if (!pli_span_rate(commodity, delivery->rate_in_spread, &rates[0]) ||
            !pli_span_rate(commodity, delivery->rate_outright, &rates[1])) {
            return false;
        }
        const pli_span_range range = {.first = delivery->period, .last = delivery->period};
        for (uint32_t j = 0; j < run->out->month_count; j += 1) {
            const pli_span_month *month = &run->out->months[j];
            pli_i128 left = month->remaining < 0 ? -month->remaining : month->remaining;
            pli_i128 parts[2] = {0, 0};
            bool fits =
                !is_inside(month->period, &range) ||
                (pli_muldiv_ceil(month->consumed, rates[0], PLI_SPAN_DELTA_ONE, &parts[0]) &&
                 pli_muldiv_ceil(left, rates[1], PLI_SPAN_DELTA_ONE, &parts[1]) &&
                 pli_add_i128(parts[0], parts[1], &parts[0]) &&
                 pli_add_i128(run->out->delivery, parts[0], &run->out->delivery));
            if (!fits) {
                return false;
            }
        }
    }
    return true;
}

/* The commodity's spreads in the order of use, and room for what they give. */
static plm_status
list_spreads(months_run *run, pli_arena *arena, uint32_t **order, uint32_t *order_count) {
    uint32_t count = 0;
    uint32_t legs = 0;
    for (uint32_t i = 0; i < run->file->spread_count; i += 1) {
        const pli_span_spread *spread = &run->file->spreads[i];
        if (spread->commodity_index == run->out->commodity_index) {
            count += 1;
            legs = spread->leg_count > legs ? spread->leg_count : legs;
        }
    }
    *order = PLI_ARENA_TAKE(arena, count, uint32_t);
    run->out->uses = PLI_ARENA_TAKE(arena, (size_t)count * 2, pli_span_use);
    run->ranges = PLI_ARENA_TAKE(arena, legs, pli_span_range);
    if (*order == NULL || run->out->uses == NULL || run->ranges == NULL) {
        return pli_fault_set(run->fault, PLM_LIMIT, "no room for the spreads", NULL, NULL);
    }
    *order_count = 0;
    for (uint32_t i = 0; i < run->file->spread_count; i += 1) {
        if (run->file->spreads[i].commodity_index == run->out->commodity_index) {
            (*order)[*order_count] = i;
            *order_count += 1;
        }
    }
    pli_sort_u32_by(*order, *order_count, comes_before, run->file->spreads);
    return PLM_OK;
}

plm_status
pli_span_charge_months(const pli_span_file *file, pli_arena *arena, pli_span_requirement *out,
                       plm_fault *fault) {
    months_run run = {.file = file, .out = out, .fault = fault};
    uint32_t *order = NULL;
    uint32_t count = 0;
    plm_status status = list_spreads(&run, arena, &order, &count);
    if (status != PLM_OK) {
        return status;
    }
    for (uint32_t i = 0; i < out->month_count; i += 1) {
        out->months[i].remaining = out->months[i].delta;
        if (out->months[i].period.month == 0 && count > 0) {
            return pli_fault_set(fault, PLM_MODEL_UNSUPPORTED,
                                 file->commodities[out->commodity_index].code,
                                 ": a contract without a month, where spreads go by month", NULL);
        }
    }
    for (uint32_t i = 0; status == PLM_OK && i < count; i += 1) {
        status = charge_spread(&run, order[i]);
    }
    if (status == PLM_OK && !charge_delivery(&run)) {
        return pli_fault_set(fault, PLM_OVERFLOW, file->commodities[out->commodity_index].code,
                             ": the delivery charge leaves 127 bits of 1e-12", NULL);
    }
    return status;
}
