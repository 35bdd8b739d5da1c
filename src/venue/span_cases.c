/* span_cases.c: the published and derived cases of SPAN onto its native functions.        SPDX-License-Identifier: Apache-2.0 */
#include "venue/span.h"

#include "base/checked.h"
#include "num/decimal.h"
#include "venue/exact_cases.h"
#include "venue/formulas.h"
#include "venue/span_pa2.h"

#define MONEY_ONE ((pli_i128)1000000000000) /* 1 in units of 1e-12 */
#define DELTA_ONE ((pli_i128)1000000000)
#define POSITIONS_MAX 1000u

static plm_status
end(pli_case *test, plm_status status) {
    return test->status != PLM_OK ? test->status : status;
}

static void
write_money(pli_result *result, const char *key, pli_i128 value) {
    pli_result_fraction(result, key, value, MONEY_ONE);
}

static void
read_money(pli_case *test, const char *key, pli_i128 *out) {
    pli_case_decimal(test, test->inputs, key, PLI_SPAN_MONEY_SCALE, out);
}

static plm_status
future_array_case(pli_case *test, pli_result *result) {
    pli_span_future_terms terms = {.time_decay_loss = pli_exact_of(0), .slope = pli_exact_of(1)};
    pli_case_exact(test, test->inputs, "price_scan_range", &terms.price_scan_range);
    pli_case_exact(test, test->inputs, "extreme_multiplier", &terms.extreme_multiplier);
    pli_case_exact(test, test->inputs, "cover_fraction", &terms.cover_fraction);
    if (pli_case_has(test->inputs, "time_decay_loss")) {
        pli_case_exact(test, test->inputs, "time_decay_loss", &terms.time_decay_loss);
    }
    if (pli_case_has(test->inputs, "slope")) {
        pli_case_exact(test, test->inputs, "slope", &terms.slope);
    }
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact array[PLI_SPAN_SCENARIO_COUNT];
    pli_span_future_array(&terms, array);
    pli_result_begin_list(result, "array");
    for (uint32_t i = 0; i < PLI_SPAN_SCENARIO_COUNT; i += 1) {
        pli_result_exact(result, NULL, array[i]);
    }
    pli_result_end(result);
    return PLM_OK;
}

static plm_status
scan_case(pli_case *test, pli_result *result) {
    pli_i128 quantity = 0;
    pli_i128 losses[PLI_SPAN_SCENARIO_COUNT] = {0};
    pli_case_i128(test, test->inputs, "quantity", &quantity);
    const pli_node *list = pli_case_list(test, test->inputs, "array");
    if (list == NULL || list->child_count != PLI_SPAN_SCENARIO_COUNT) {
        return pli_case_fail(test, PLM_VALUE_INVALID, list, "an array has 16 values", NULL);
    }
    uint32_t index = 0;
    for (const pli_node *entry = list->child; entry != NULL; entry = entry->next) {
        pli_case_entry_i128(test, entry, &losses[index]);
        if (!pli_mul_i128(losses[index], quantity, &losses[index])) {
            return PLM_OVERFLOW;
        }
        index += 1;
    }
    uint32_t active = 0;
    pli_result_i128(result, "scan", pli_span_scan(losses, &active));
    pli_result_i128(result, "active_scenario", active);
    return end(test, PLM_OK);
}

static plm_status
option_scenario_case(pli_case *test, pli_result *result) {
    pli_span_call_terms terms = {0};
    pli_case_double(test, test->inputs, "F", &terms.forward);
    pli_case_double(test, test->inputs, "K", &terms.strike);
    pli_case_double(test, test->inputs, "T", &terms.years);
    pli_case_double(test, test->inputs, "sigma", &terms.volatility);
    pli_case_double(test, test->inputs, "psr", &terms.price_scan_range);
    pli_case_double(test, test->inputs, "extreme_mult", &terms.extreme_multiplier);
    pli_case_double(test, test->inputs, "cover", &terms.cover);
    if (test->status != PLM_OK) {
        return test->status;
    }
    double loss = 0.0;
    plm_status status = pli_span_short_call_extreme(&terms, &loss);
    if (status == PLM_OK) {
        pli_result_double(result, "weighted_loss", loss);
    }
    return status;
}

static plm_status
option_total_case(pli_case *test, pli_result *result) {
    pli_i128 scan = 0;
    pli_i128 rate = 0;
    pli_i128 settlement = 0;
    int64_t factor = 0;
    int64_t quantity = 0;
    const char *method = "";
    read_money(test, "scan", &scan);
    read_money(test, "som_rate", &rate);
    read_money(test, "settlement", &settlement);
    pli_case_text(test, test->inputs, "som_method", &method);
    pli_case_i64(test, test->inputs, "cvf", &factor);
    pli_case_i64(test, test->inputs, "quantity", &quantity);
    if (test->status != PLM_OK) {
        return test->status;
    }
    int64_t shorts = quantity < 0 ? -quantity : 0;
    pli_i128 minimum = 0;
    plm_status status = pli_span_short_minimum(method[0], shorts, 0, rate, &minimum);
    pli_i128 value = 0;
    bool fits = pli_mul_i128(settlement, factor, &value) && pli_mul_i128(value, quantity, &value);
    if (status != PLM_OK || !fits) {
        return status != PLM_OK ? status : PLM_OVERFLOW;
    }
    pli_i128 risk = scan > minimum ? scan : minimum;
    write_money(result, "som", minimum);
    write_money(result, "span_requirement", risk);
    write_money(result, quantity < 0 ? "short_option_value" : "long_option_value",
                value < 0 ? -value : value);
    write_money(result, "total", risk - value);
    return PLM_OK;
}

static plm_status
price_code_case(pli_case *test, pli_result *result) {
    int64_t value = 0;
    int64_t decimals = 0;
    const char *code = "";
    pli_case_i64(test, test->inputs, "value", &value);
    pli_case_i64(test, test->inputs, "decimals", &decimals);
    pli_case_text(test, test->inputs, "code", &code);
    if (test->status != PLM_OK) {
        return test->status;
    }
    if (decimals < -18 || decimals > 18) {
        return PLM_OVERFLOW;
    }
    pli_span_number price = {0};
    plm_status status = pli_span_price(value, (int32_t)decimals, code[0], &price);
    pli_i128 scaled = 0;
    if (status == PLM_OK && !pli_span_to_scale(price, 18, false, &scaled)) {
        status = PLM_OVERFLOW;
    }
    if (status == PLM_OK) {
        pli_result_fraction(result, "price", scaled, MONEY_ONE * 1000000);
    }
    return status;
}

static const char *
text_of(pli_case *test, const pli_node *node) {
    if (node == NULL || node->kind != PLI_NODE_TEXT) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, node, "this part of a position is a text",
                            NULL);
        return "";
    }
    return node->text;
}

static uint32_t
month_of(pli_case *test, const pli_node *node) {
    const char *text = text_of(test, node);
    pli_i128 month = 0;
    if (text[0] == '\0') {
        return 0;
    }
    plm_status status = pli_decimal_parse(text, node->text_size, 0, &month);
    if (status != PLM_OK || month < 0 || month > 999999) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, node, "a month is CCYYMM: ", text);
        return 0;
    }
    return (uint32_t)month;
}

/* [code, type, right, futures month, option series, day or week code, strike] */
static void
read_position(pli_case *test, const pli_span_file *file, const pli_node *entry,
              pli_span_position *out) {
    const pli_node *name = pli_node_at(entry, 0);
    const pli_node *parts[7];
    for (uint32_t i = 0; i < 7; i += 1) {
        parts[i] = name == NULL ? NULL : pli_node_at(name, i);
    }
    pli_i128 quantity = 0;
    pli_i128 strike = 0;
    if (parts[6] == NULL || pli_node_at(entry, 1) == NULL) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, entry, "a position has seven names", NULL);
        return;
    }
    pli_case_entry_i128(test, pli_node_at(entry, 1), &quantity);
    const char *day = text_of(test, parts[5]);
    pli_span_key key = {.exchange = "",
                        .code = text_of(test, parts[0]),
                        .type = text_of(test, parts[1]),
                        .right = text_of(test, parts[2])[0],
                        .future_month = month_of(test, parts[3]),
                        .option_month = month_of(test, parts[4]),
                        .day = pli_span_day(day, day[0] == '\0' ? 0 : parts[5]->text_size)};
    plm_status status = pli_decimal_parse(parts[6]->text, parts[6]->text_size, 9, &strike);
    bool fits = status == PLM_OK && pli_narrow_i64(strike, &key.strike.mantissa) &&
                pli_narrow_i64(quantity, &out->quantity);
    key.strike.decimals = 9;
    if (!fits) {
        (void)pli_case_fail(test, PLM_OVERFLOW, entry, "strike or quantity is too large", NULL);
    }
    if (test->status == PLM_OK) {
        test->status = pli_span_find(file, &key, &out->contract_index, test->fault);
    }
}

static void
write_months(pli_result *result, pli_arena *arena, const pli_span_requirement *requirement) {
    pli_result_begin_object(result, "delta_by_month");
    for (uint32_t i = 0; i < requirement->month_count; i += 1) {
        char *key = PLI_ARENA_TAKE(arena, PLI_SPAN_PERIOD_SIZE, char);
        if (key == NULL) {
            result->status = PLM_LIMIT;
            return;
        }
        pli_span_period_text(requirement->months[i].period, key);
        pli_result_fraction(result, key, requirement->months[i].delta, DELTA_ONE);
    }
    pli_result_end(result);
}

static void
write_uses(pli_result *result, pli_arena *arena, const pli_span_file *file,
           const pli_span_requirement *requirement) {
    pli_result_begin_list(result, "spreads");
    for (uint32_t i = 0; i < requirement->use_count; i += 1) {
        const pli_span_use *use = &requirement->uses[i];
        const pli_span_spread *spread = &file->spreads[use->spread_index];
        bool is_series = spread->kind == PLI_SPAN_SPREAD_SERIES;
        pli_result_begin_list(result, NULL);
        pli_result_text(result, NULL, is_series ? "series" : "tier");
        for (uint32_t j = 0; j < spread->leg_count; j += 1) {
            const pli_span_leg *leg = &file->legs[spread->leg_first + j];
            char *month = PLI_ARENA_TAKE(arena, PLI_SPAN_PERIOD_SIZE, char);
            if (month == NULL) {
                result->status = PLM_LIMIT;
                return;
            }
            pli_span_period_text(leg->period, month);
            if (is_series) {
                pli_result_text(result, NULL, month);
            } else {
                pli_result_i128(result, NULL, leg->tier);
            }
        }
        pli_result_fraction(result, NULL, use->count, DELTA_ONE);
        write_money(result, NULL, use->charge);
        pli_result_end(result);
    }
    pli_result_end(result);
}

static void
write_requirement(pli_result *result, pli_arena *arena, const pli_span_file *file,
                  const pli_span_requirement *requirement) {
    write_money(result, "scan", requirement->scan);
    pli_result_i128(result, "active_scenario", requirement->active_scenario);
    pli_result_begin_list(result, "losses");
    for (uint32_t i = 0; i < PLI_SPAN_SCENARIO_COUNT; i += 1) {
        write_money(result, NULL, requirement->losses[i]);
    }
    pli_result_end(result);
    write_months(result, arena, requirement);
    pli_result_fraction(result, "net_delta", requirement->net_delta, DELTA_ONE);
    write_money(result, "intra_charge", requirement->intra);
    write_uses(result, arena, file, requirement);
    write_money(result, "som", requirement->minimum);
    write_money(result, "span_requirement", requirement->risk);
    write_money(result, "long_option_value", requirement->long_value);
    write_money(result, "short_option_value", requirement->short_value);
    write_money(result, "nov", requirement->net_value);
    write_money(result, "total", requirement->total);
    write_money(result, "initial_total", requirement->initial_total);
}

static plm_status
requirement_case(pli_case *test, pli_result *result) {
    const char *name = "";
    pli_case_text(test, test->inputs, "file", &name);
    const pli_node *text = pli_node_find(test->inputs, "file_text");
    const pli_node *list = pli_case_list(test, test->inputs, "positions");
    if (text == NULL || list == NULL || list->child_count > POSITIONS_MAX) {
        return pli_case_fail(test, PLM_KEY_MISSING, test->inputs,
                             "the file beside the cases, or its positions, are missing: ", name);
    }
    pli_span_file file;
    plm_status status =
        pli_span_pa2_decode(name, text->text, text->text_size, test->arena, &file, test->fault);
    pli_span_position *positions =
        PLI_ARENA_TAKE(test->arena, list->child_count, pli_span_position);
    if (status != PLM_OK || positions == NULL) {
        return status != PLM_OK ? status : PLM_LIMIT;
    }
    uint32_t count = 0;
    for (const pli_node *entry = list->child; entry != NULL; entry = entry->next) {
        read_position(test, &file, entry, &positions[count]);
        count += 1;
    }
    if (test->status != PLM_OK) {
        return test->status;
    }
    const pli_span_request request = {
        .position_count = count, .positions = positions, .account = PLI_SPAN_ACCOUNT_HEDGER};
    pli_span_result made;
    status = pli_span_margin(&file, &request, test->arena, &made, test->fault);
    if (status != PLM_OK) {
        return status;
    }
    if (made.requirement_count != 1) {
        return pli_case_fail(test, PLM_VALUE_INVALID, list,
                             "the positions are not in one combined commodity", NULL);
    }
    write_requirement(result, test->arena, &file, &made.requirements[0]);
    return PLM_OK;
}

static const pli_formula formulas[] = {
    {"span.future_array", future_array_case}, {"span.option_scenario", option_scenario_case},
    {"span.option_total", option_total_case}, {"span.price_code", price_code_case},
    {"span.requirement", requirement_case},   {"span.scan", scan_case},
};

const pli_formula_table pli_formulas_span = {PLI_FORMULAS(formulas)};
