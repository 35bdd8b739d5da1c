/* mango_v4_cases.c: the published cases of Mango v4 onto its native functions.            SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/text.h"
#include "venue/formulas.h"
#include "venue/mango_v4.h"

#define TOKENS_MAX 16u
#define MARKETS_MAX 16u

/* An account read from a case; token i of context.env has the name "t<index>" in inputs. */
typedef struct mango_case {
    uint32_t token_count, market_count;
    char names[TOKENS_MAX][16];
    pli_mango_token tokens[TOKENS_MAX];
    pli_mango_spot_market markets[MARKETS_MAX];
    pli_mango_perpetual perpetual;
    bool has_perpetual;
} mango_case;

/* Maintenance weights default to the initial ones: the published cases are about initial health. */
static void
read_weights(pli_case *test, const pli_node *object, const char *const keys[4],
             pli_mango_weights *out) {
    pli_case_double(test, object, keys[0], &out->init_asset);
    pli_case_double(test, object, keys[1], &out->init_liability);
    out->maint_asset = out->init_asset;
    out->maint_liability = out->init_liability;
    pli_case_optional_double(test, object, keys[2], &out->maint_asset);
    pli_case_optional_double(test, object, keys[3], &out->maint_liability);
}

static void
read_price(pli_case *test, const pli_node *object, const char *key, pli_mango_price *out) {
    pli_case_double(test, object, key, &out->oracle);
    out->stable = out->oracle;
    pli_case_optional_double(test, object, "stable_price", &out->stable);
}

static void
read_tokens(pli_case *test, const pli_node *env, mango_case *out) {
    static const char *const keys[4] = {"init_asset_weight", "init_liab_weight",
                                        "maint_asset_weight", "maint_liab_weight"};
    const pli_node *balances = pli_case_object(test, test->inputs, "token_balances");
    const pli_node *list = pli_case_list(test, env, "tokens");
    for (const pli_node *entry = list == NULL ? NULL : list->child; entry != NULL;
         entry = entry->next) {
        if (out->token_count == TOKENS_MAX) {
            (void)pli_case_fail(test, PLM_LIMIT, entry, "more than 16 tokens", NULL);
            return;
        }
        int64_t index = 0;
        pli_case_i64(test, entry, "index", &index);
        pli_text name = pli_text_init(out->names[out->token_count], sizeof out->names[0]);
        pli_text_append_char(&name, 't');
        pli_text_append_i64(&name, index);
        pli_mango_token *token = &out->tokens[out->token_count];
        read_price(test, entry, "price", &token->price);
        read_weights(test, entry, keys, &token->weights);
        pli_case_optional_double(test, balances, name.data, &token->balance);
        out->token_count += 1;
    }
}

/* `bank_settings`: one entry a token, in the order of the tokens. */
static void
read_banks(pli_case *test, mango_case *out) {
    if (!pli_case_has(test->inputs, "bank_settings")) {
        return;
    }
    const pli_node *list = pli_case_list(test, test->inputs, "bank_settings");
    uint32_t i = 0;
    for (const pli_node *entry = list == NULL ? NULL : list->child;
         entry != NULL && i < out->token_count; entry = entry->next) {
        pli_mango_bank *bank = &out->tokens[i].bank;
        double potential = 0.0;
        pli_case_optional_double(test, entry, "deposits", &bank->deposits);
        pli_case_optional_double(test, entry, "potential_serum_tokens", &potential);
        pli_case_optional_double(test, entry, "deposit_weight_scale_start_quote",
                                 &bank->deposit_scale_start_quote);
        pli_case_optional_double(test, entry, "borrows", &bank->borrows);
        pli_case_optional_double(test, entry, "borrow_weight_scale_start_quote",
                                 &bank->borrow_scale_start_quote);
        bank->deposits += potential;
        i += 1;
    }
}

static uint32_t
find_token(const mango_case *read, const char *name, size_t size) {
    for (uint32_t i = 0; i < read->token_count; i += 1) {
        size_t at = 0;
        while (at < size && read->names[i][at] == name[at] && name[at] != '\0') {
            at += 1;
        }
        if (at == size && read->names[i][at] == '\0') {
            return i;
        }
    }
    return UINT32_MAX;
}

/* Either the reserved amounts, or totals and what of them is free; rebates are not counted. */
static void
read_reserved(pli_case *test, const pli_node *entry, mango_case *out,
              pli_mango_spot_market *market) {
    if (pli_case_has(entry, "quote_reserved")) {
        pli_case_double(test, entry, "quote_reserved", &market->quote_reserved);
        pli_case_double(test, entry, "base_reserved", &market->base_reserved);
        return;
    }
    double quote = 0.0;
    double quote_free = 0.0;
    double base = 0.0;
    double base_free = 0.0;
    pli_case_double(test, entry, "pc_total", &quote);
    pli_case_double(test, entry, "pc_free", &quote_free);
    pli_case_double(test, entry, "coin_total", &base);
    pli_case_double(test, entry, "coin_free", &base_free);
    out->tokens[market->quote_index].balance += quote_free;
    out->tokens[market->base_index].balance += base_free;
    market->quote_reserved = quote - quote_free;
    market->base_reserved = base - base_free;
}

/* "open_orders_t4_t0": base t4, quote t0. */
static void
read_market(pli_case *test, const pli_node *entry, mango_case *out) {
    static const char prefix[] = "open_orders_";
    const char *names = entry->key + sizeof prefix - 1;
    size_t bar = 0;
    while (names[bar] != '_' && names[bar] != '\0') {
        bar += 1;
    }
    size_t end = bar;
    while (names[end] != '\0') {
        end += 1;
    }
    uint32_t base = find_token(out, names, bar);
    uint32_t quote = end == bar ? UINT32_MAX : find_token(out, names + bar + 1, end - bar - 1);
    if (base == UINT32_MAX || quote == UINT32_MAX || out->market_count == MARKETS_MAX) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, entry, entry->key, " names no token");
        return;
    }
    pli_mango_spot_market *market = &out->markets[out->market_count];
    market->base_index = base;
    market->quote_index = quote;
    read_reserved(test, entry, out, market);
    out->market_count += 1;
}

/* Markets in the order of the inputs; `open_order_price_bounds` runs parallel to them. */
static void
read_markets(pli_case *test, mango_case *out) {
    static const char prefix[] = "open_orders_";
    for (const pli_node *entry = test->inputs->child; entry != NULL && test->status == PLM_OK;
         entry = entry->next) {
        size_t at = 0;
        while (prefix[at] != '\0' && entry->key[at] == prefix[at]) {
            at += 1;
        }
        if (prefix[at] == '\0' && entry->kind == PLI_NODE_OBJECT) {
            read_market(test, entry, out);
        }
    }
    if (!pli_case_has(test->inputs, "open_order_price_bounds")) {
        return;
    }
    const pli_node *list = pli_case_list(test, test->inputs, "open_order_price_bounds");
    for (uint32_t i = 0; i < out->market_count; i += 1) {
        const pli_node *entry = pli_node_at(list, i);
        pli_case_optional_double(test, entry, "lowest_placed_ask", &out->markets[i].ask_lowest);
        pli_case_optional_double(test, entry, "highest_placed_bid_inv",
                                 &out->markets[i].bid_highest_inverse);
    }
}

static void
read_perpetual(pli_case *test, const pli_node *env, mango_case *out) {
    static const char *const keys[4] = {"init_base_asset_weight", "init_base_liab_weight",
                                        "maint_base_asset_weight", "maint_base_liab_weight"};
    if (!pli_case_has(test->inputs, "perp")) {
        return;
    }
    const pli_node *market = pli_case_object(test, env, "perp");
    const pli_node *own = pli_case_object(test, test->inputs, "perp");
    pli_mango_perpetual *perpetual = &out->perpetual;
    char settle[16];
    int64_t index = 0;
    pli_case_i64(test, market, "settle_token", &index);
    pli_text name = pli_text_init(settle, sizeof settle);
    pli_text_append_char(&name, 't');
    pli_text_append_i64(&name, index);
    perpetual->settle_index = find_token(out, settle, name.length);
    read_price(test, market, "base_price", &perpetual->base_price);
    pli_case_double(test, market, "base_lot_size", &perpetual->base_lot_size);
    read_weights(test, market, keys, &perpetual->base_weights);
    pli_case_double(test, market, "init_overall_asset_weight",
                    &perpetual->init_overall_asset_weight);
    perpetual->maint_overall_asset_weight = perpetual->init_overall_asset_weight;
    pli_case_optional_double(test, market, "maint_overall_asset_weight",
                             &perpetual->maint_overall_asset_weight);
    pli_case_double(test, own, "base_lots", &perpetual->base_lots);
    pli_case_double(test, own, "quote_native", &perpetual->quote);
    pli_case_double(test, own, "bids_base_lots", &perpetual->bid_lots);
    pli_case_double(test, own, "asks_base_lots", &perpetual->ask_lots);
    // Fills that are not settled yet: base has come, quote has gone, or the other way round.
    double taker_base = 0.0;
    double taker_quote = 0.0;
    double quote_lot_size = 1.0;
    pli_case_optional_double(test, own, "taker_base_lots", &taker_base);
    pli_case_optional_double(test, own, "taker_quote_lots", &taker_quote);
    pli_case_optional_double(test, market, "quote_lot_size", &quote_lot_size);
    pli_case_optional_double(test, own, "quote_lot_size", &quote_lot_size);
    perpetual->base_lots += taker_base;
    perpetual->quote += taker_quote * quote_lot_size;
    out->has_perpetual = true;
}

static plm_status
health_case(pli_case *test, pli_result *result) {
    mango_case read = {0};
    const pli_node *env = pli_case_object(test, test->context, "env");
    read_tokens(test, env, &read);
    read_banks(test, &read);
    read_markets(test, &read);
    read_perpetual(test, env, &read);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_mango_account account = {.token_count = read.token_count,
                                 .market_count = read.market_count,
                                 .perpetual_count = read.has_perpetual ? 1 : 0,
                                 .tokens = read.tokens,
                                 .markets = read.markets,
                                 .perpetuals = &read.perpetual};
    static const struct {
        const char *key;
        pli_mango_level level;
    } levels[] = {{"init_health", PLI_MANGO_INIT},
                  {"liquidation_end_health", PLI_MANGO_LIQUIDATION_END},
                  {"maint_health", PLI_MANGO_MAINT}};
    for (uint32_t i = 0; i < 3; i += 1) {
        double health = 0.0;
        plm_status status = pli_mango_health(&account, levels[i].level, &health);
        if (status != PLM_OK) {
            return status;
        }
        pli_result_double(result, levels[i].key, health);
    }
    return PLM_OK;
}

/* "stem<number>tail" in the arena. */
static const char *
make_key(pli_case *test, const char *stem, int64_t slot, const char *middle, int64_t hour,
         const char *tail) {
    char *memory = PLI_ARENA_TAKE(test->arena, 48, char);
    if (memory == NULL) {
        (void)pli_case_fail(test, PLM_LIMIT, NULL, "too many results", NULL);
        return "";
    }
    pli_text text = pli_text_init(memory, 48);
    pli_text_append(&text, stem);
    if (slot >= 0) {
        pli_text_append_i64(&text, slot);
    }
    pli_text_append(&text, middle);
    if (hour >= 0) {
        pli_text_append_i64(&text, hour);
    }
    pli_text_append(&text, tail);
    return memory;
}

#define HOURS_MAX 240

/* State as of the end of each hour that has passed before `now`, hour by hour. */
static void
write_hours(pli_case *test, pli_result *result, const pli_mango_stable *stable, int64_t now,
            int64_t *hour) {
    for (; *hour <= HOURS_MAX && *hour * 3600 <= now; *hour += 1) {
        pli_result_double(result, make_key(test, "stable_after_", -1, "", *hour, "h"),
                          stable->price);
        for (int64_t slot = 0; slot < PLI_MANGO_DELAY_SLOTS; slot += 1) {
            pli_result_double(result, make_key(test, "delay", slot, "_after_", *hour, "h"),
                              stable->delay_prices[slot]);
        }
    }
}

/* Growth limits keep the precision in which the venue stores them. */
static void
read_limit(pli_case *test, const pli_node *object, const char *key, float *out) {
    double value = (double)*out;
    pli_case_optional_double(test, object, key, &value);
    *out = (float)value;
}

static pli_mango_stable_rules
read_rules(pli_case *test) {
    pli_mango_stable_rules rules = {.delay_interval_seconds = 3600,
                                    .delay_growth_limit = 0.06F,
                                    .stable_growth_limit = 0.0003F,
                                    .dt_min = 10,
                                    .dt_max = 600};
    if (!pli_case_has(test->inputs, "params")) {
        return rules;
    }
    const pli_node *params = pli_case_object(test, test->inputs, "params");
    read_limit(test, params, "delay_growth_limit", &rules.delay_growth_limit);
    read_limit(test, params, "stable_growth_limit", &rules.stable_growth_limit);
    if (pli_case_has(params, "delay_interval_seconds")) {
        pli_case_i64(test, params, "delay_interval_seconds", &rules.delay_interval_seconds);
    }
    if (pli_case_has(params, "min_dt")) {
        pli_case_i64(test, params, "min_dt", &rules.dt_min);
    }
    if (pli_case_has(params, "max_dt")) {
        pli_case_i64(test, params, "max_dt", &rules.dt_max);
    }
    int64_t slots = PLI_MANGO_DELAY_SLOTS;
    if (pli_case_has(params, "slots")) {
        pli_case_i64(test, params, "slots", &slots);
    }
    if (slots != PLI_MANGO_DELAY_SLOTS || rules.delay_interval_seconds <= 0 || rules.dt_min <= 0) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, params,
                            "the stable price has 24 slots, an interval and a least step", NULL);
    }
    return rules;
}

#define UPDATES_MAX 1000000

static plm_status
stable_case(pli_case *test, pli_result *result) {
    pli_mango_stable_rules rules = read_rules(test);
    const pli_node *reset = pli_case_object(test, test->inputs, "reset");
    const pli_node *steps = pli_case_list(test, test->inputs, "steps");
    double price = 0.0;
    int64_t now = 0;
    pli_case_double(test, reset, "price", &price);
    pli_case_i64(test, reset, "ts", &now);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_mango_stable stable;
    pli_mango_stable_reset(&stable, price, now);
    int64_t hour = 1;
    for (const pli_node *step = steps->child; step != NULL; step = step->next) {
        int64_t from = 0;
        int64_t dt = 0;
        int64_t count = 0;
        double oracle = 0.0;
        pli_case_i64(test, step, "from_ts", &from);
        pli_case_i64(test, step, "dt", &dt);
        pli_case_i64(test, step, "n", &count);
        pli_case_double(test, step, "oracle", &oracle);
        int64_t span = 0;
        int64_t last = 0;
        if (test->status != PLM_OK) {
            return test->status;
        }
        if (count > UPDATES_MAX || dt < 0 || !pli_mul_i64(count, dt, &span) ||
            !pli_add_i64(from, span, &last)) {
            return pli_case_fail(test, PLM_LIMIT, step, "a step of too many updates", NULL);
        }
        for (int64_t i = 1; i <= count; i += 1) {
            now = from + i * dt;
            write_hours(test, result, &stable, now - 1, &hour);
            pli_mango_stable_update(&stable, &rules, oracle, now);
        }
    }
    write_hours(test, result, &stable, now, &hour);
    pli_result_double(result, "stable_price", stable.price);
    for (int64_t slot = 0; slot < PLI_MANGO_DELAY_SLOTS; slot += 1) {
        pli_result_double(result, make_key(test, "delay_price_", slot, "", -1, ""),
                          stable.delay_prices[slot]);
    }
    return test->status;
}

static const pli_formula formulas[] = {
    {"mango.health", health_case},
    {"mango.stable_price", stable_case},
};

const pli_formula_table pli_formulas_mango_v4 = {PLI_FORMULAS(formulas)};
