/* span_margin.c: SPAN's requirement of each combined commodity: scan, spreads, delivery, minimum, option value.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/tree.h"
#include "venue/span.h"
#include "venue/span_intra.h"

#define DELTA_MAX ((pli_i128)1000000000000000000 * 10000000000) /* 1e28, in 1e-9 */

/* What one call works on. `held` is netted by contract and sorted by contract. */
typedef struct work {
    const pli_span_file *file;
    const pli_span_request *request;
    pli_arena *arena;
    plm_fault *fault;
    uint32_t held_count;
    pli_span_position *held;
} work;

static plm_status
full(const work *run) {
    return pli_fault_set(run->fault, PLM_LIMIT, "no room for the positions", NULL, NULL);
}

static plm_status
too_large(const work *run, const pli_span_commodity *commodity) {
    return pli_fault_set(run->fault, PLM_OVERFLOW, commodity->code,
                         ": an amount leaves 127 bits of 1e-12", NULL);
}

static const pli_span_product *
product_of(const work *run, uint32_t contract_index) {
    return &run->file->products[run->file->contracts[contract_index].product_index];
}

static bool
is_lower_contract(const void *context, uint32_t left, uint32_t right) {
    const pli_span_position *positions = context;
    uint32_t a = positions[left].contract_index;
    uint32_t b = positions[right].contract_index;
    return a != b ? a < b : left < right;
}

static plm_status
net_positions(work *run) {
    uint32_t count = run->request->position_count;
    const pli_span_position *positions = run->request->positions;
    uint32_t *order = PLI_ARENA_TAKE(run->arena, count, uint32_t);
    run->held = PLI_ARENA_TAKE(run->arena, count, pli_span_position);
    if (order == NULL || run->held == NULL) {
        return full(run);
    }
    for (uint32_t i = 0; i < count; i += 1) {
        if (positions[i].contract_index >= run->file->contract_count) {
            return pli_fault_set_index(run->fault, PLM_INDEX_UNKNOWN, "position", i,
                                       " points at no contract");
        }
        order[i] = i;
    }
    pli_sort_u32_by(order, count, is_lower_contract, positions);
    run->held_count = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        const pli_span_position *next = &positions[order[i]];
        pli_span_position *last = run->held_count == 0 ? NULL : &run->held[run->held_count - 1];
        if (last == NULL || last->contract_index != next->contract_index) {
            run->held[run->held_count] = *next;
            run->held_count += 1;
        } else if (!pli_add_i64(last->quantity, next->quantity, &last->quantity)) {
            return pli_fault_set_index(run->fault, PLM_OVERFLOW, "position", order[i],
                                       " makes the contract's sum too large");
        }
    }
    return PLM_OK;
}

static plm_status
refuse(const work *run, const pli_span_commodity *commodity, const char *what) {
    return pli_fault_set(run->fault, PLM_MODEL_UNSUPPORTED, commodity->code, ": ", what);
}

static bool
is_method(const char *method, const char *first, const char *second) {
    return pli_text_is_equal(method, first) || pli_text_is_equal(method, second);
}

static plm_status
check_commodity(const work *run, const pli_span_commodity *commodity) {
    // Methods 20 and 23 tier the spreads between commodities only; the scan is over all months.
    const char *scan = commodity->scan_method;
    if (!is_method(scan, "", "01") && !is_method(scan, "20", "23")) {
        return refuse(run, commodity, "scanning by tiers (type S) is not computed");
    }
    if (!is_method(commodity->intra_method, "", "01") &&
        !is_method(commodity->intra_method, "10", "10")) {
        return refuse(run, commodity, "spread charge methods other than 01 and 10 (type 3)");
    }
    if (!is_method(commodity->delivery_method, "", "01") &&
        !is_method(commodity->delivery_method, "10", "10")) {
        return refuse(run, commodity, "delivery charge methods other than 01 and 10 (type 4)");
    }
    if (commodity->has_minimum_tiers) {
        return refuse(run, commodity, "tiers of the short option minimum (type S, method 30)");
    }
    pli_span_number adjustment = commodity->adjustment[run->request->account - 1];
    const pli_span_number one = {.mantissa = 1, .decimals = 0};
    if (adjustment.mantissa != 0 && pli_span_compare(adjustment, one) != 0) {
        return refuse(run, commodity, "an adjustment factor other than 1 (type 4)");
    }
    return PLM_OK;
}

static plm_status
check_product(const work *run, const pli_span_product *product) {
    if (product->commodity_index == PLI_SPAN_NONE) {
        return pli_fault_set(run->fault, PLM_INDEX_UNKNOWN, product->code,
                             " is in no combined commodity", NULL);
    }
    if (product->is_shared) {
        return pli_fault_set(run->fault, PLM_VALUE_INVALID, product->code,
                             " is in two combined commodities; allowed is one", NULL);
    }
    if (pli_text_is_equal(product->type, "CMB") || pli_text_is_equal(product->type, "OOC")) {
        return pli_fault_set(run->fault, PLM_MODEL_UNSUPPORTED, product->code,
                             ": combinations are not split into their legs", NULL);
    }
    return PLM_OK;
}

static bool
add_losses(const pli_span_contract *contract, int32_t exponent, int64_t quantity,
           pli_i128 losses[PLI_SPAN_SCENARIO_COUNT]) {
    for (uint32_t i = 0; i < PLI_SPAN_SCENARIO_COUNT; i += 1) {
        const pli_span_number value = {.mantissa = contract->array[i],
                                       .decimals = contract->array_decimals - exponent};
        pli_i128 loss = 0;
        bool fits = pli_span_to_scale(value, (int32_t)PLI_SPAN_MONEY_SCALE, true, &loss) &&
                    pli_mul_i128(loss, quantity, &loss) &&
                    pli_add_i128(losses[i], loss, &losses[i]);
        if (!fits) {
            return false;
        }
    }
    return true;
}

static const pli_span_series *
series_of(const work *run, const pli_span_contract *contract) {
    const pli_span_product *product = &run->file->products[contract->product_index];
    for (uint32_t i = 0; i < product->series_count; i += 1) {
        const pli_span_series *series =
            &run->file->series[run->file->series_order[product->series_first + i]];
        if (series->future.month == contract->future.month &&
            series->future.day == contract->future.day &&
            series->option.month == contract->option.month &&
            series->option.day == contract->option.day) {
            return series;
        }
    }
    return NULL;
}

/* The month's entry, put in at its place: first by month, then by day code. */
static pli_span_month *
month_at(pli_span_requirement *out, pli_span_period period) {
    uint32_t at = 0;
    while (at < out->month_count && pli_span_is_before(out->months[at].period, period)) {
        at += 1;
    }
    bool is_there = at < out->month_count && out->months[at].period.month == period.month &&
                    out->months[at].period.day == period.day;
    if (!is_there) {
        memmove(&out->months[at + 1], &out->months[at],
                (out->month_count - at) * sizeof out->months[0]);
        out->months[at] = (pli_span_month){.period = period};
        out->month_count += 1;
    }
    return &out->months[at];
}

static bool
add_delta(const work *run, const pli_span_contract *contract, int64_t quantity,
          pli_span_requirement *out) {
    const pli_span_series *series = series_of(run, contract);
    pli_span_number scaling = {.mantissa = 1, .decimals = 0};
    if (series != NULL) {
        scaling = series->delta_scaling;
    }
    pli_i128 delta = 0;
    pli_i128 factor = 0;
    bool fits = pli_span_to_scale(contract->composite_delta, (int32_t)PLI_SPAN_DELTA_SCALE, false,
                                  &delta) &&
                pli_span_to_scale(scaling, (int32_t)PLI_SPAN_DELTA_SCALE, false, &factor) &&
                pli_mul_i128(delta, quantity, &delta) &&
                pli_muldiv_nearest_even(delta, factor, PLI_SPAN_DELTA_ONE, &delta);
    // Bounded so that no sum over 2^32 positions can overflow: whoever adds magnitudes of months need not check.
    if (!fits || delta > DELTA_MAX || delta < -DELTA_MAX) {
        return false;
    }
    pli_span_month *month = month_at(out, contract->future);
    return pli_add_i128(month->delta, delta, &month->delta) &&
           pli_add_i128(out->net_delta, delta, &out->net_delta);
}

/* 'P' or 'F': how an option of this product is paid for; 0 where the two records contradict each other. */
static char
style_of(const pli_span_product *product, const pli_span_commodity *commodity) {
    bool is_futures = pli_text_is_equal(product->valuation, "FUT");
    bool is_equity = pli_text_is_equal(product->valuation, "EQTY");
    if (!is_futures && !is_equity) {
        if (product->valuation[0] != '\0') {
            return '\0';
        }
        return commodity->option_style == 'F' ? 'F' : 'P';
    }
    char style = is_futures ? 'F' : 'P';
    bool is_contrary = commodity->option_style != ' ' && commodity->option_style != style;
    return is_contrary ? '\0' : style;
}

static plm_status
option_price(const work *run, const pli_span_contract *contract, pli_span_number *price) {
    const pli_span_product *product = &run->file->products[contract->product_index];
    if (!contract->has_price) {
        return pli_fault_set(run->fault, PLM_MARK_MISSING, product->code,
                             ": an option held has no settlement price (all nines)", NULL);
    }
    plm_status status = product->has_conversion
                            ? pli_span_price(contract->price_raw, product->price_decimals,
                                             product->price_code, price)
                            : PLM_VALUE_INVALID;
    if (status != PLM_OK) {
        return pli_fault_set(run->fault, status, product->code,
                             ": the settlement price cannot be read with its conversion", NULL);
    }
    return PLM_OK;
}

static plm_status
add_value(const work *run, const pli_span_contract *contract, int64_t quantity,
          pli_span_requirement *out) {
    const pli_span_product *product = &run->file->products[contract->product_index];
    const pli_span_commodity *commodity = &run->file->commodities[product->commodity_index];
    char style = style_of(product, commodity);
    if (style == '\0') {
        return pli_fault_set(run->fault, PLM_VALUE_INVALID, product->code,
                             ": its valuation contradicts the commodity's option style", NULL);
    }
    if (style == 'F' || quantity == 0) {
        return PLM_OK;
    }
    pli_span_number price = {0};
    plm_status status = option_price(run, contract, &price);
    if (status != PLM_OK) {
        return status;
    }
    const pli_span_series *series = series_of(run, contract);
    pli_span_number factor = series != NULL && series->value_factor.mantissa != 0
                                 ? series->value_factor
                                 : product->value_factor;
    // price x factor has up to 36 decimals: keep all of both mantissas and divide once.
    pli_i128 product_value = 0;
    pli_i128 count = quantity < 0 ? -(pli_i128)quantity : quantity;
    if (!pli_mul_i128((pli_i128)price.mantissa * factor.mantissa, count, &product_value)) {
        return too_large(run, commodity);
    }
    pli_i128 value = 0;
    bool is_up = (quantity < 0) == (product_value >= 0);
    if (!pli_span_rescale(product_value, price.decimals + factor.decimals, is_up, &value)) {
        return too_large(run, commodity);
    }
    pli_i128 *sum = quantity < 0 ? &out->short_value : &out->long_value;
    return pli_add_i128(*sum, value, sum) ? PLM_OK : too_large(run, commodity);
}

/* Losses, deltas, option values and the count of short options of one combined commodity. */
static plm_status
gather(const work *run, pli_span_requirement *out, int64_t shorts[2]) {
    const pli_span_commodity *commodity = &run->file->commodities[out->commodity_index];
    for (uint32_t i = 0; i < run->held_count; i += 1) {
        const pli_span_contract *contract = &run->file->contracts[run->held[i].contract_index];
        int64_t quantity = run->held[i].quantity;
        if (product_of(run, run->held[i].contract_index)->commodity_index != out->commodity_index) {
            continue;
        }
        if (!add_losses(contract, commodity->risk_exponent, quantity, out->losses) ||
            !add_delta(run, contract, quantity, out)) {
            return too_large(run, commodity);
        }
        if (contract->right == '\0') {
            continue;
        }
        int64_t *count = &shorts[contract->right == 'P' ? 1 : 0];
        if (quantity < 0 && !pli_sub_i64(*count, quantity, count)) {
            return too_large(run, commodity);
        }
        plm_status status = add_value(run, contract, quantity, out);
        if (status != PLM_OK) {
            return status;
        }
    }
    return PLM_OK;
}

static plm_status
conclude(const work *run, const int64_t shorts[2], pli_span_requirement *out) {
    const pli_span_commodity *commodity = &run->file->commodities[out->commodity_index];
    out->scan = pli_span_scan(out->losses, &out->active_scenario);
    pli_i128 rate = 0;
    if (!pli_span_rate(commodity, commodity->minimum_rate, &rate)) {
        return too_large(run, commodity);
    }
    plm_status status = pli_span_short_minimum(commodity->minimum_method, shorts[0], shorts[1],
                                               rate, &out->minimum);
    if (status == PLM_MODEL_UNSUPPORTED) {
        return refuse(run, commodity, "another method of the short option minimum than 1 and 2");
    }
    pli_i128 risk = 0;
    bool fits = status == PLM_OK && pli_add_i128(out->scan, out->intra, &risk) &&
                pli_add_i128(risk, out->delivery, &risk) &&
                pli_sub_i128(out->long_value, out->short_value, &out->net_value);
    out->risk = risk > out->minimum ? risk : out->minimum;
    if (commodity->is_option_value_capped && out->net_value > out->risk) {
        out->net_value = out->risk;
    }
    pli_span_number ratio = commodity->initial_ratio[run->request->account - 1];
    pli_i128 initial = 0;
    fits = fits && pli_sub_i128(out->risk, out->net_value, &out->total) &&
           pli_span_scale_up(out->risk, ratio, &initial) &&
           pli_sub_i128(initial, out->net_value, &out->initial_total);
    return fits ? PLM_OK : too_large(run, commodity);
}

static plm_status
require_commodity(const work *run, pli_span_requirement *out) {
    const pli_span_commodity *commodity = &run->file->commodities[out->commodity_index];
    plm_status status = check_commodity(run, commodity);
    if (status != PLM_OK) {
        return status;
    }
    out->months = PLI_ARENA_TAKE(run->arena, (size_t)run->held_count + 1, pli_span_month);
    if (out->months == NULL) {
        return full(run);
    }
    int64_t shorts[2] = {0, 0};
    status = gather(run, out, shorts);
    if (status == PLM_OK) {
        status = pli_span_charge_months(run->file, run->arena, out, run->fault);
    }
    return status == PLM_OK ? conclude(run, shorts, out) : status;
}

/* One empty requirement per combined commodity held, in the order of the file. */
static plm_status
list_commodities(const work *run, pli_span_result *result) {
    uint32_t count = run->file->commodity_count;
    uint8_t *is_held = PLI_ARENA_TAKE(run->arena, count, uint8_t);
    result->requirements = PLI_ARENA_TAKE(run->arena, run->held_count, pli_span_requirement);
    if (is_held == NULL || result->requirements == NULL) {
        return full(run);
    }
    memset(is_held, 0, count);
    for (uint32_t i = 0; i < run->held_count; i += 1) {
        const pli_span_product *product = product_of(run, run->held[i].contract_index);
        plm_status status = check_product(run, product);
        if (status != PLM_OK) {
            return status;
        }
        is_held[product->commodity_index] = 1;
    }
    for (uint32_t i = 0; i < count; i += 1) {
        if (is_held[i] != 0) {
            result->requirements[result->requirement_count] =
                (pli_span_requirement){.commodity_index = i};
            result->requirement_count += 1;
        }
    }
    return PLM_OK;
}

static const pli_span_requirement *
requirement_of(const pli_span_file *file, const pli_span_result *result, const char *exchange,
               const char *code) {
    for (uint32_t i = 0; i < result->requirement_count; i += 1) {
        const pli_span_commodity *commodity =
            &file->commodities[result->requirements[i].commodity_index];
        if (pli_text_is_equal(commodity->code, code) &&
            (exchange[0] == '\0' || pli_text_is_equal(commodity->exchange, exchange))) {
            return &result->requirements[i];
        }
    }
    return NULL;
}

static pli_i128
remaining_delta(const pli_span_requirement *requirement) {
    pli_i128 sum = 0; // cannot overflow: DELTA_MAX
    for (uint32_t i = 0; i < requirement->month_count; i += 1) {
        sum += requirement->months[i].remaining;
    }
    return sum;
}

/*
 * Could this spread between commodities give credit? Every leg must be held, and for an untiered delta-based one (method
 * 01) with deltas left on the sides it asks for. A spread by scanning forms with some of its legs: two are enough.
 */
static bool
may_give_credit(const pli_span_file *file, const pli_span_result *result,
                const pli_span_inter *inter) {
    bool has_sides = pli_text_is_equal(inter->method, "01") && !inter->is_tiered;
    uint32_t held = 0;
    uint32_t straight = 0;
    uint32_t reverse = 0;
    for (uint32_t i = 0; i < inter->leg_count; i += 1) {
        const pli_span_requirement *requirement =
            requirement_of(file, result, inter->legs[i].exchange, inter->legs[i].commodity);
        if (requirement == NULL) {
            continue;
        }
        pli_i128 delta = remaining_delta(requirement);
        held += 1;
        straight += (inter->legs[i].is_side_a ? delta > 0 : delta < 0) ? 1 : 0;
        reverse += (inter->legs[i].is_side_a ? delta < 0 : delta > 0) ? 1 : 0;
    }
    if (has_sides) {
        return straight == inter->leg_count || reverse == inter->leg_count;
    }
    return held >= 2;
}

static plm_status
check_inters(const work *run, pli_span_result *result) {
    for (uint32_t i = 0; i < run->file->inter_count; i += 1) {
        const pli_span_inter *inter = &run->file->inters[i];
        if (!may_give_credit(run->file, result, inter)) {
            continue;
        }
        result->waived_count += 1;
        if (!run->request->is_inter_credit_waived) {
            char line[40];
            pli_text text = pli_text_init(line, sizeof line);
            pli_text_append(&text, " (line ");
            pli_text_append_u64(&text, inter->line);
            pli_text_append(&text, ") is not computed");
            return pli_fault_set(run->fault, PLM_MODEL_UNSUPPORTED,
                                 "inter-commodity credit of the spread with ",
                                 inter->legs[0].commodity, line);
        }
    }
    return PLM_OK;
}

plm_status
pli_span_margin(const pli_span_file *file, const pli_span_request *request, pli_arena *arena,
                pli_span_result *result, plm_fault *fault) {
    work run = {.file = file, .request = request, .arena = arena, .fault = fault};
    pli_span_result made = {0};
    if (request->account < PLI_SPAN_ACCOUNT_MEMBER ||
        request->account > PLI_SPAN_ACCOUNT_SPECULATOR) {
        return pli_fault_set_range(fault, PLM_VALUE_INVALID, "account", (int64_t)request->account,
                                   1, 3);
    }
    plm_status status = net_positions(&run);
    if (status == PLM_OK) {
        status = list_commodities(&run, &made);
    }
    for (uint32_t i = 0; status == PLM_OK && i < made.requirement_count; i += 1) {
        status = require_commodity(&run, &made.requirements[i]);
    }
    if (status == PLM_OK) {
        status = check_inters(&run, &made);
    }
    if (status == PLM_OK) {
        *result = made;
    }
    return status;
}
