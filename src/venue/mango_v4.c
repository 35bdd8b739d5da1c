/* mango_v4.c: Mango v4's health over tokens, spot orders and perpetuals.                  SPDX-License-Identifier: Apache-2.0 */
#include "venue/mango_v4.h"

#include "num/rounding.h"

/* Weight and price on both sides of zero, at one level. */
typedef struct side_terms {
    double asset_weight, liability_weight;
    double asset_price, liability_price;
} side_terms;

static double
lesser(double left, double right) {
    return left < right ? left : right;
}

static double
greater(double left, double right) {
    return left > right ? left : right;
}

static side_terms
terms_of(const pli_mango_weights *weights, const pli_mango_price *price, pli_mango_level level) {
    bool is_maint = level == PLI_MANGO_MAINT;
    bool is_init = level == PLI_MANGO_INIT;
    return (side_terms){
        .asset_weight = is_maint ? weights->maint_asset : weights->init_asset,
        .liability_weight = is_maint ? weights->maint_liability : weights->init_liability,
        .asset_price = is_init ? lesser(price->oracle, price->stable) : price->oracle,
        .liability_price = is_init ? greater(price->oracle, price->stable) : price->oracle,
    };
}

/* Initial weights get harder as the whole venue holds or owes more of a token. */
static side_terms
token_terms(const pli_mango_token *token, pli_mango_level level) {
    side_terms terms = terms_of(&token->weights, &token->price, level);
    if (level != PLI_MANGO_INIT) {
        return terms;
    }
    const pli_mango_bank *bank = &token->bank;
    double deposits = bank->deposits * token->price.oracle;
    if (bank->deposit_scale_start_quote > 0.0 && deposits > bank->deposit_scale_start_quote) {
        terms.asset_weight *= bank->deposit_scale_start_quote / deposits;
    }
    double borrows = bank->borrows * token->price.oracle;
    if (bank->borrow_scale_start_quote > 0.0 && borrows > bank->borrow_scale_start_quote) {
        terms.liability_weight *= borrows / bank->borrow_scale_start_quote;
    }
    return terms;
}

static double
contribution(const side_terms *terms, double balance) {
    return balance >= 0.0 ? balance * terms->asset_price * terms->asset_weight
                          : balance * terms->liability_price * terms->liability_weight;
}

/* The position after `lots` of orders filled, less what they cost; prices are always the worse ones. */
static double
after_orders(const pli_mango_perpetual *perpetual, const side_terms *terms, double lots) {
    double base = (perpetual->base_lots + lots) * perpetual->base_lot_size;
    double price = lots >= 0.0 ? terms->liability_price : terms->asset_price;
    return contribution(terms, base) - lots * perpetual->base_lot_size * price;
}

double
pli_mango_perpetual_value(const pli_mango_perpetual *perpetual, pli_mango_level level) {
    side_terms terms = terms_of(&perpetual->base_weights, &perpetual->base_price, level);
    double value = perpetual->quote + lesser(after_orders(perpetual, &terms, perpetual->bid_lots),
                                             after_orders(perpetual, &terms, -perpetual->ask_lots));
    double weight = level == PLI_MANGO_MAINT ? perpetual->maint_overall_asset_weight
                                             : perpetual->init_overall_asset_weight;
    return value > 0.0 ? value * weight : value;
}

/* What a market's reserved tokens are if all of them become base, and if all become quote. */
typedef struct reserved_amounts {
    double as_base, as_quote;
} reserved_amounts;

static reserved_amounts
reserved_of(const pli_mango_spot_market *market, const side_terms *terms) {
    const side_terms *base = &terms[market->base_index];
    const side_terms *quote = &terms[market->quote_index];
    double base_price = base->asset_price / quote->liability_price;
    double quote_price = quote->asset_price / base->liability_price;
    // Orders that cross the oracle price must not be converted at a better price than they were placed at.
    if (market->ask_lowest > 0.0) {
        base_price = lesser(base_price, market->ask_lowest);
    }
    if (market->bid_highest_inverse > 0.0) {
        quote_price = lesser(quote_price, market->bid_highest_inverse);
    }
    return (reserved_amounts){
        .as_base = market->base_reserved + market->quote_reserved * quote_price,
        .as_quote = market->quote_reserved + market->base_reserved * base_price};
}

/* What `amount` more of a token adds when `most` is all that the token can come to. */
static double
effect(const side_terms *terms, double most, double amount) {
    double as_asset = lesser(amount, greater(most, 0.0));
    double as_liability = amount - as_asset;
    return as_asset * terms->asset_price * terms->asset_weight +
           as_liability * terms->liability_price * terms->liability_weight;
}

static bool
is_price(const pli_mango_price *price) {
    return price->oracle > 0.0 && price->stable > 0.0;
}

static bool
are_weights(const pli_mango_weights *weights) {
    return weights->init_asset >= 0.0 && weights->init_liability >= 0.0 &&
           weights->maint_asset >= 0.0 && weights->maint_liability >= 0.0;
}

static plm_status
check(const pli_mango_account *account) {
    bool is_good = account->token_count <= PLI_MANGO_TOKENS_MAX;
    for (uint32_t i = 0; i < account->token_count && is_good; i += 1) {
        is_good = is_price(&account->tokens[i].price) && are_weights(&account->tokens[i].weights);
    }
    for (uint32_t i = 0; i < account->market_count && is_good; i += 1) {
        const pli_mango_spot_market *market = &account->markets[i];
        is_good = market->base_index < account->token_count &&
                  market->quote_index < account->token_count && market->base_reserved >= 0.0 &&
                  market->quote_reserved >= 0.0;
    }
    for (uint32_t i = 0; i < account->perpetual_count && is_good; i += 1) {
        const pli_mango_perpetual *perpetual = &account->perpetuals[i];
        is_good = perpetual->settle_index < account->token_count &&
                  is_price(&perpetual->base_price) && are_weights(&perpetual->base_weights) &&
                  perpetual->bid_lots >= 0.0 && perpetual->ask_lots >= 0.0;
    }
    return is_good ? PLM_OK : PLM_DOMAIN;
}

plm_status
pli_mango_health(const pli_mango_account *account, pli_mango_level level, double *out) {
    plm_status status = check(account);
    if (status != PLM_OK) {
        return status;
    }
    side_terms terms[PLI_MANGO_TOKENS_MAX];
    double balances[PLI_MANGO_TOKENS_MAX];
    double most[PLI_MANGO_TOKENS_MAX];
    for (uint32_t i = 0; i < account->token_count; i += 1) {
        terms[i] = token_terms(&account->tokens[i], level);
        balances[i] = account->tokens[i].balance;
    }
    for (uint32_t i = 0; i < account->perpetual_count; i += 1) {
        const pli_mango_perpetual *perpetual = &account->perpetuals[i];
        balances[perpetual->settle_index] += pli_mango_perpetual_value(perpetual, level);
    }
    double health = 0.0;
    for (uint32_t i = 0; i < account->token_count; i += 1) {
        health += contribution(&terms[i], balances[i]);
        most[i] = balances[i];
    }
    for (uint32_t i = 0; i < account->market_count; i += 1) {
        reserved_amounts reserved = reserved_of(&account->markets[i], terms);
        most[account->markets[i].base_index] += reserved.as_base;
        most[account->markets[i].quote_index] += reserved.as_quote;
    }
    for (uint32_t i = 0; i < account->market_count; i += 1) {
        const pli_mango_spot_market *market = &account->markets[i];
        reserved_amounts reserved = reserved_of(market, terms);
        health += lesser(
            effect(&terms[market->base_index], most[market->base_index], reserved.as_base),
            effect(&terms[market->quote_index], most[market->quote_index], reserved.as_quote));
    }
    if (!pli_double_is_finite(health)) {
        return PLM_NOT_FINITE;
    }
    *out = health;
    return PLM_OK;
}
