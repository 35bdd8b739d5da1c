/* walk_ledger.c: the books as bytes.                                                   SPDX-License-Identifier: Apache-2.0 */
#include "core/walk.h"

static void
walk_name(pli_codec *codec, char name[PLM_NAME_SIZE]) {
    pli_codec_bytes(codec, name, PLM_NAME_SIZE);
    if (name[PLM_NAME_SIZE - 1] != '\0') {
        pli_codec_fail(codec);
    }
}

static void
walk_asset(pli_codec *codec, pli_asset_book *book) {
    plm_asset *terms = &book->terms;
    walk_name(codec, book->name);
    pli_codec_u32(codec, &terms->underlying_index);
    pli_codec_u32(codec, &terms->custody_domain);
    pli_codec_count(codec, &terms->decimals, PLM_DECIMALS_MAX);
    terms->treatment = (plm_treatment)pli_codec_choice(
        codec, (uint32_t)terms->treatment, PLM_TREATMENT_HAIRCUT, PLM_TREATMENT_SCENARIO);
    pli_codec_i64(codec, &terms->liability_haircut_ppm);
    pli_codec_count(codec, &terms->tier_count, PLM_HAIRCUT_TIERS_MAX);
    for (uint32_t i = 0; i < PLM_HAIRCUT_TIERS_MAX; i += 1) {
        pli_codec_i64(codec, &terms->tiers[i].upto_micros);
        pli_codec_i64(codec, &terms->tiers[i].haircut_ppm);
    }
    pli_codec_i128(codec, &book->borrow_cap);
    pli_codec_i64(codec, &book->kink_ppm);
    pli_codec_i64(codec, &book->rate_zero_ppm);
    pli_codec_i64(codec, &book->rate_kink_ppm);
    pli_codec_i64(codec, &book->rate_full_ppm);
    pli_codec_i64(codec, &book->reserve_ppm);
    for (uint32_t i = 0; i < PLI_NAMED_COUNT; i += 1) {
        pli_codec_i128(codec, &book->named[i]);
    }
    pli_codec_i128(codec, &book->lent);
    pli_codec_i128(codec, &book->borrowed);
    pli_codec_i128(codec, &book->borrow_index);
    pli_codec_i128(codec, &book->lend_index);
    pli_codec_i64(codec, &book->interest_ns);
}

static void
walk_underlying(pli_codec *codec, pli_ledger *ledger, uint32_t index) {
    plm_underlying *terms = &ledger->underlyings[index];
    walk_name(codec, ledger->underlying_names[index]);
    terms->domain = (plm_price_domain)pli_codec_choice(
        codec, (uint32_t)terms->domain, PLM_PRICE_DOMAIN_POSITIVE, PLM_PRICE_DOMAIN_ANY);
    pli_codec_u32(codec, &terms->class_id);
    pli_codec_i64(codec, &terms->price_unit);
    pli_codec_i64(codec, &terms->tick_e8);
    pli_codec_i64(codec, &terms->reference_e8);
}

static void
walk_terms(pli_codec *codec, plm_instrument *terms) {
    terms->kind =
        (plm_kind)pli_codec_choice(codec, (uint32_t)terms->kind, PLM_KIND_SPOT, PLM_KIND_OPTION);
    terms->settlement = (plm_settlement)pli_codec_choice(
        codec, (uint32_t)terms->settlement, PLM_SETTLEMENT_LINEAR, PLM_SETTLEMENT_INVERSE);
    terms->right =
        (plm_right)pli_codec_choice(codec, (uint32_t)terms->right, PLM_RIGHT_NONE, PLM_RIGHT_PUT);
    terms->premium = (plm_premium)pli_codec_choice(codec, (uint32_t)terms->premium,
                                                   PLM_PREMIUM_NONE, PLM_PREMIUM_FUTURES_STYLE);
    pli_codec_u32(codec, &terms->underlying_index);
    pli_codec_u32(codec, &terms->settlement_asset_index);
    pli_codec_i64(codec, &terms->lot_e8);
    pli_codec_i64(codec, &terms->strike_e8);
    pli_codec_i64(codec, &terms->expiry_ns);
}

static void
walk_market_book(pli_codec *codec, pli_market_book *book) {
    walk_name(codec, book->name);
    walk_terms(codec, &book->terms);
    book->phase = (pli_phase)pli_codec_choice(codec, (uint32_t)book->phase, PLI_PHASE_ACTIVE,
                                              PLI_PHASE_SETTLED);
    pli_codec_i64(codec, &book->settlement_e8);
    pli_codec_i64(codec, &book->open_interest);
    pli_codec_i64(codec, &book->settled_lots);
    pli_codec_i128(codec, &book->funding_index);
    pli_codec_i128(codec, &book->clearing);
    pli_codec_i128(codec, &book->dust);
    pli_codec_i128(codec, &book->cost_total);
    pli_codec_i128(codec, &book->profit_total);
    pli_codec_i128(codec, &book->settled_cost);
    pli_codec_i128(codec, &book->collected);
    pli_codec_i128(codec, &book->committed);
    pli_codec_i128(codec, &book->assigned);
    pli_codec_i128(codec, &book->tranche);
    pli_codec_u64(codec, &book->cohort_oldest);
    pli_codec_u64(codec, &book->cohort_next);
    pli_codec_u64(codec, &book->cohort_open);
    for (uint32_t i = 0; i < PLI_COHORT_RING; i += 1) {
        pli_codec_i128(codec, &book->cohorts[i].amount);
        pli_codec_i128(codec, &book->cohorts[i].received);
    }
}

static void
walk_claim(pli_codec *codec, pli_claim *claim) {
    pli_codec_u64(codec, &claim->cohort);
    pli_codec_i128(codec, &claim->amount);
    pli_codec_i128(codec, &claim->drawn);
}

// An index into a table of `count` entries.
static void
walk_index(pli_codec *codec, uint32_t *index, uint32_t count) {
    if (count == 0) {
        pli_codec_fail(codec);
        return;
    }
    pli_codec_count(codec, index, count - 1);
}

static void
walk_position(pli_codec *codec, const pli_ledger *ledger, pli_position *position) {
    walk_index(codec, &position->instrument_index, ledger->instrument_count);
    pli_codec_i64(codec, &position->lots);
    pli_codec_i128(codec, &position->cost);
    pli_codec_i128(codec, &position->funding);
    pli_codec_i128(codec, &position->uncollected);
    walk_claim(codec, &position->senior);
    walk_claim(codec, &position->junior);
}

static void
walk_order(pli_codec *codec, const pli_ledger *ledger, pli_order *order) {
    pli_codec_u64(codec, &order->order_id);
    walk_index(codec, &order->instrument_index, ledger->instrument_count);
    order->side =
        (plm_side)pli_codec_choice(codec, (uint32_t)order->side, PLM_SIDE_BUY, PLM_SIDE_SELL);
    pli_codec_i64(codec, &order->lots);
    pli_codec_i64(codec, &order->limit_e8);
    pli_codec_flag(codec, &order->is_reduce_only);
}

static void
walk_account(pli_codec *codec, pli_ledger *ledger, uint32_t index) {
    pli_account *account = &ledger->accounts[index];
    pli_balance *balances = pli_ledger_balances(ledger, index);
    pli_position *positions = pli_ledger_positions(ledger, index);
    pli_order *orders = pli_ledger_orders(ledger, index);
    account->kind = (plm_account_kind)pli_codec_choice(codec, (uint32_t)account->kind,
                                                       PLM_ACCOUNT_CROSS, PLM_ACCOUNT_POOL);
    pli_codec_u32(codec, &account->parent_index);
    pli_codec_u32(codec, &account->instrument_index);
    pli_codec_u32(codec, &account->owner);
    pli_codec_i64(codec, &account->pool_shares);
    pli_codec_i64(codec, &account->pool_until_ns);
    pli_codec_count(codec, &account->balance_count, ledger->limits.balance_count);
    for (uint32_t i = 0; i < account->balance_count && !codec->has_failed; i += 1) {
        walk_index(codec, &balances[i].asset_index, ledger->asset_count);
        pli_codec_i128(codec, &balances[i].atoms);
        pli_codec_i128(codec, &balances[i].index);
    }
    pli_codec_count(codec, &account->position_count, ledger->limits.position_count);
    for (uint32_t i = 0; i < account->position_count && !codec->has_failed; i += 1) {
        walk_position(codec, ledger, &positions[i]);
    }
    pli_codec_count(codec, &account->order_count, ledger->limits.order_count);
    for (uint32_t i = 0; i < account->order_count && !codec->has_failed; i += 1) {
        walk_order(codec, ledger, &orders[i]);
    }
}

void
pli_walk_ledger(pli_codec *codec, pli_ledger *ledger) {
    pli_codec_count(codec, &ledger->asset_count, ledger->limits.asset_count);
    pli_codec_count(codec, &ledger->underlying_count, ledger->limits.underlying_count);
    pli_codec_count(codec, &ledger->instrument_count, ledger->limits.instrument_count);
    pli_codec_count(codec, &ledger->account_count, ledger->limits.account_count);
    for (uint32_t i = 0; i < ledger->asset_count && !codec->has_failed; i += 1) {
        walk_asset(codec, &ledger->assets[i]);
    }
    for (uint32_t i = 0; i < ledger->underlying_count && !codec->has_failed; i += 1) {
        walk_underlying(codec, ledger, i);
    }
    for (uint32_t i = 0; i < ledger->instrument_count && !codec->has_failed; i += 1) {
        walk_market_book(codec, &ledger->markets[i]);
    }
    for (uint32_t i = 0; i < ledger->account_count && !codec->has_failed; i += 1) {
        walk_account(codec, ledger, i);
    }
    if (codec->is_reading && !codec->has_failed) {
        pli_ledger_pool_count(ledger);
    }
}
