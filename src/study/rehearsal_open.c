/* rehearsal_open.c: the venue as it stands when an incident begins.                   SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "study/rehearsal_state.h"

#define SECOND_NS INT64_C(1000000000)
#define USD_MICROS INT64_C(1000000)

enum { TIERED = 0 };

static pli_i128
magnitude(pli_i128 value) {
    return value < 0 ? -value : value;
}

// --- Listing ---------------------------------------------------------------------------------------------------------

/*
 * The terms on which a venue of this book lists an asset: haircuts beside those that the model draws from volatility, and
 * how much of what is lent may be borrowed. The same for every incident; shown in docs/incidents.md.
 */
static int64_t
haircut_ppm(const pli_incident_asset *asset) {
    return pli_name_is(asset->kind, "cash")      ? 0
           : pli_name_is(asset->kind, "stable")  ? 50000
           : pli_name_is(asset->kind, "wrapped") ? 100000
                                                 : 150000;
}

static void
write_terms(const pli_rehearsal *of, const pli_incident_asset *asset, plm_event_asset *body) {
    static const int64_t ends[3] = {10000000 * USD_MICROS, 100000000 * USD_MICROS, INT64_MAX};
    static const int64_t more[3] = {0, 100000, 300000};
    bool has_haircut = asset != NULL && !pli_rehearsal_lacks(of, PLI_CONTROL_RSK_COLLAT);
    int64_t base = has_haircut ? haircut_ppm(asset) : 0;
    bool is_tiered = base > 0 && !pli_rehearsal_lacks(of, PLI_CONTROL_RSK_CONC);
    body->tier_count = is_tiered ? 3 : 1;
    for (uint32_t i = 0; i < body->tier_count; i += 1) {
        body->tier_upto_micros[i] = i + 1 == body->tier_count ? INT64_MAX : ends[i];
        body->tier_haircut_ppm[i] = base + (is_tiered ? more[i] : 0);
    }
    body->liability_haircut_ppm = base;
}

// `is_opening`: nothing is limited yet, since what stands in the file is there.
static void
list_asset(pli_rehearsal *of, uint32_t index, const pli_incident_asset *asset, bool is_opening) {
    plm_event_asset *body = &pli_rehearsal_event(of, PLM_EVENT_TYPE_ASSET, PLM_NONE)->asset_body;
    pli_rehearsal_name(body->name, asset != NULL ? asset->name : of->currency_name);
    body->asset_index = index;
    body->underlying_index =
        index == 0 || asset == NULL ? PLM_NONE : pli_symbol_named(of, asset->name);
    body->decimals = asset != NULL ? asset->scale : 6;
    body->treatment = PLM_TREATMENT_HAIRCUT;
    body->kink_ppm = 800000;
    body->tier_count = 1;
    body->tier_upto_micros[0] = INT64_MAX;
    pli_i128 cap = ((pli_i128)1) << 100;
    if (!is_opening) {
        write_terms(of, index == 0 ? NULL : asset, body);
        plm_asset_totals totals;
        bool is_capped = index != 0 && !pli_rehearsal_lacks(of, PLI_CONTROL_RSK_OICAP) &&
                         plm_core_asset(of->core, index, &totals) == PLM_OK;
        cap = is_capped ? pli_i128_from_wide(totals.lent) / 4 : cap;
    }
    body->borrow_cap_atoms = pli_wide_from_i128(cap);
    pli_rehearsal_must(of, "listing an asset");
}

static void
list_currency(pli_rehearsal *of, bool is_opening) {
    list_asset(of, 0, of->currency == PLM_NONE ? NULL : &of->incident->assets[of->currency],
               is_opening);
}

static void
list_assets(pli_rehearsal *of, bool is_opening) {
    uint32_t index = 1;
    const pli_incident *from = of->incident;
    for (uint32_t i = 0; i < from->asset_count; i += 1) {
        if (i != of->currency) {
            list_asset(of, index++, &from->assets[i], is_opening);
        }
    }
}

static void
list_underlyings(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->symbol_count; i += 1) {
        const pli_symbol *symbol = &of->symbols[i];
        plm_event_underlying *body =
            &pli_rehearsal_event(of, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE)->underlying_body;
        pli_rehearsal_name(body->name, symbol->name);
        body->underlying_index = i;
        body->domain = symbol->is_any ? PLM_PRICE_DOMAIN_ANY : PLM_PRICE_DOMAIN_POSITIVE;
        body->price_unit = 1;
        body->tick_e8 = 1;
        int64_t first = symbol->first_e8 < 0 ? -symbol->first_e8 : symbol->first_e8;
        body->reference_e8 = symbol->is_any ? (first > 0 ? first : PLI_E8) : 0;
        pli_rehearsal_must(of, "listing a price");
    }
}

static void
list_instruments(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        const pli_incident_instrument *from = &of->incident->instruments[i];
        const pli_listed *listed = &of->listed[i];
        plm_event_instrument *body =
            &pli_rehearsal_event(of, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE)->instrument_body;
        bool is_option = from->kind[0] == 'o';
        pli_rehearsal_name(body->name, from->name);
        body->instrument_index = i;
        body->kind = is_option                ? PLM_KIND_OPTION
                     : listed->expiry_ns == 0 ? PLM_KIND_PERPETUAL
                                              : PLM_KIND_FUTURE;
        body->settlement = listed->is_inverse ? PLM_SETTLEMENT_INVERSE : PLM_SETTLEMENT_LINEAR;
        body->right = !is_option              ? PLM_RIGHT_NONE
                      : from->right[0] == 'C' ? PLM_RIGHT_CALL
                                              : PLM_RIGHT_PUT;
        body->premium = is_option ? PLM_PREMIUM_FUTURES_STYLE : PLM_PREMIUM_NONE;
        body->underlying_index = listed->symbol;
        body->settlement_asset_index = listed->asset;
        pli_i128 multiplier =
            from->multiplier[0] != '\0' ? pli_number_e18(from->multiplier) : PLI_E18;
        body->lot_e8 =
            (int64_t)(multiplier / 10000000000 * (listed->lot_e18 / 10000000000) / PLI_E8);
        (void)pli_price_e8(from->strike, &body->strike_e8);
        body->expiry_ns = listed->expiry_ns;
        pli_rehearsal_must(of, "listing an instrument");
    }
}

// Accounts that the file says are linked have one owner.
static uint32_t
owner_of(const pli_rehearsal *of, uint32_t account) {
    const pli_incident *from = of->incident;
    const char *group = from->accounts[account].group;
    bool is_blind = pli_rehearsal_lacks(of, PLI_CONTROL_LIQ_SELF);
    for (uint32_t i = 0; i < account && group[0] != '\0' && !is_blind; i += 1) {
        if (pli_name_is(from->accounts[i].group, group)) {
            return i + 1;
        }
    }
    return account + 1;
}

static void
list_accounts(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->account_count; i += 1) {
        plm_event *event = pli_rehearsal_event(of, PLM_EVENT_TYPE_SIGNER, PLM_NONE);
        event->signer_body.signer_index = i + 1;
        event->signer_body.scopes = PLM_SCOPE_TRADE | PLM_SCOPE_WITHDRAW;
        event->signer_body.public_key[0] = (uint8_t)(i + 1);
        event->signer_body.public_key[1] = (uint8_t)((i + 1) >> 8);
        pli_rehearsal_must(of, "adding a signer");
    }
    for (uint32_t i = 0; i < of->account_count; i += 1) {
        plm_event *event = pli_rehearsal_event(of, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE);
        event->account_body.account_index = i;
        event->account_body.kind =
            i == of->pool && !of->has_books ? PLM_ACCOUNT_POOL : PLM_ACCOUNT_CROSS;
        event->account_body.parent_index = PLM_NONE;
        event->account_body.instrument_index = PLM_NONE;
        event->account_body.owner = i < of->incident->account_count ? owner_of(of, i) : i + 1;
        pli_rehearsal_must(of, "opening an account");
    }
}

// --- What everybody holds --------------------------------------------------------------------------------------------

static void
price_opening(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->symbol_count; i += 1) {
        if (of->symbols[i].first_e8 == 0) {
            continue;
        }
        plm_event_price *body =
            &pli_rehearsal_event(of, PLM_EVENT_TYPE_PRICE, PLM_NONE)->price_body;
        body->underlying_index = i;
        body->state = PLM_PRICE_STATE_VALID;
        body->price_e8 = of->symbols[i].first_e8;
        body->slow_e8 = body->price_e8;
        body->publish_ns = of->time_ns;
        pli_rehearsal_must(of, "the first price");
    }
}

static void
pay_in(pli_rehearsal *of, uint32_t account, uint32_t asset, pli_i128 atoms) {
    if (atoms > 0 && asset != PLM_NONE &&
        !pli_rehearsal_amount(of, PLM_EVENT_TYPE_DEPOSIT, account, asset, atoms)) {
        pli_rehearsal_fail(of, "the opening deposit: ", plm_reject_text(of->outcome.reject), NULL);
    }
}

static void
take_balances(pli_rehearsal *of, bool is_loan) {
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        const pli_incident_account *account = &of->incident->accounts[i];
        for (uint32_t at = 0; at < account->balance_count; at += 1) {
            uint32_t asset = pli_asset_named(of, account->balances[at].name);
            if (asset == PLM_NONE) {
                pli_rehearsal_fail(of, account->name, ": a balance in what is no asset of the file",
                                   NULL);
                return;
            }
            pli_i128 atoms =
                pli_asset_atoms(of, asset, pli_number_e18(account->balances[at].value));
            if (!is_loan) {
                pay_in(of, i, asset, atoms);
            } else if (atoms < 0 &&
                       !pli_rehearsal_amount(of, PLM_EVENT_TYPE_BORROW, i, asset, -atoms)) {
                pli_rehearsal_fail(of, account->name,
                                   ": its loan: ", plm_reject_text(of->outcome.reject));
            }
        }
    }
}

// Each side takes its position from the house at its own entry price; what the file says sums to nothing for the house.
static void
take_position(pli_rehearsal *of, uint32_t account, const pli_incident_position *position) {
    uint32_t index = pli_instrument_named(of, position->instrument);
    int64_t price_e8 = 0;
    if (index == PLM_NONE || !pli_price_e8(position->entry, &price_e8)) {
        pli_rehearsal_fail(of, position->instrument,
                           ": a position in what is no instrument of the file", NULL);
        return;
    }
    int64_t lots = pli_lots_of(of, index, pli_number_e18(position->quantity));
    bool is_long = lots > 0;
    if (lots != 0 &&
        !pli_rehearsal_trade(of, is_long ? account : of->house, is_long ? of->house : account,
                             index, is_long ? lots : -lots, price_e8)) {
        pli_rehearsal_fail(of, position->instrument,
                           ": an opening position: ", plm_reject_text(of->outcome.reject));
    }
}

static void
take_positions(pli_rehearsal *of) {
    for (uint32_t asset = 0; asset < of->asset_count; asset += 1) {
        pli_i128 units = asset == 0 ? 1000000000000 : 10000000;
        pay_in(of, of->house, asset, pli_asset_atoms(of, asset, units * PLI_E18));
    }
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        for (uint32_t at = 0; at < of->incident->accounts[i].position_count; at += 1) {
            take_position(of, i, &of->incident->accounts[i].positions[at]);
        }
    }
    plm_portfolio held;
    if (of->status != PLM_OK || !pli_rehearsal_portfolio(of, of->house, &held)) {
        return;
    }
    for (uint32_t i = 0; i < held.balance_count; i += 1) {
        pli_i128 atoms = pli_i128_from_wide(held.balances[i].atoms);
        (void)(atoms > 0 && pli_rehearsal_amount(of, PLM_EVENT_TYPE_WITHDRAW, of->house,
                                                 held.balances[i].asset_index, atoms));
    }
}

// The pool takes over what is due: of the naive venue in the account of the house.
static void
fill_backstop(pli_rehearsal *of, const pli_incident_fund *fund, uint32_t asset) {
    pli_i128 atoms = pli_asset_atoms(of, asset, pli_number_e18(fund->amount));
    if (asset != 0 && !of->has_books) {
        pli_rehearsal_fail(of, fund->name, ": the pool holds the first asset of the file", NULL);
        return;
    }
    pay_in(of, of->has_books ? of->house : of->pool, asset, atoms);
    of->backstop_micros += pli_rehearsal_value(of, asset, atoms, false);
}

static void
fill_funds(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->incident->fund_count; i += 1) {
        const pli_incident_fund *fund = &of->incident->funds[i];
        uint32_t asset = pli_asset_named(of, fund->asset);
        if (asset != PLM_NONE && pli_name_is(fund->name, "backstop")) {
            fill_backstop(of, fund, asset);
            continue;
        }
        bool is_left_out = !of->has_books && pli_rehearsal_lacks(of, PLI_CONTROL_LIQ_WATERFALL);
        if (asset == PLM_NONE || is_left_out || !pli_name_is(fund->name, "insurance")) {
            continue;
        }
        plm_event_fund *body = &pli_rehearsal_event(of, PLM_EVENT_TYPE_FUND, PLM_NONE)->fund_body;
        body->asset_index = asset;
        body->action = PLM_FUND_ACTION_PAY_IN;
        body->instrument_index = PLM_NONE;
        pli_i128 atoms = pli_asset_atoms(of, asset, pli_number_e18(fund->amount));
        body->atoms = pli_wide_from_i128(atoms);
        if (atoms > 0) {
            pli_rehearsal_must(of, "filling the insurance fund");
        }
    }
}

// A market ASSET/CURRENCY: the coins on offer, and money for those that are asked for.
static void
stand_behind_coins(pli_rehearsal *of, const pli_incident_ladder *ladder, pli_i128 value_e8) {
    for (uint32_t i = 0; i < of->incident->asset_count; i += 1) {
        char market[96];
        pli_text text = pli_text_init(market, sizeof market);
        pli_text_append(&text, of->incident->assets[i].name);
        pli_text_append(&text, "/");
        pli_text_append(&text, of->currency_name);
        if (!pli_name_is(market, ladder->market)) {
            continue;
        }
        uint32_t asset = pli_asset_named(of, of->incident->assets[i].name);
        pli_i128 coins = PLI_E18;
        for (uint32_t at = 0; at < ladder->ask_count; at += 1) {
            coins += pli_number_e18(ladder->asks[at].value);
        }
        pay_in(of, of->outside, 0, pli_asset_atoms(of, 0, value_e8 * 10000000000 * 2));
        pay_in(of, of->outside, asset,
               ladder->ask_count > 0 ? pli_asset_atoms(of, asset, coins) : 0);
    }
}

// Who stands behind the ladders can pay for all of them twice over.
static void
fill_ladders(pli_rehearsal *of) {
    uint32_t level = 0;
    for (uint32_t i = 0; i < of->incident->ladder_count; i += 1) {
        const pli_incident_ladder *ladder = &of->incident->ladders[i];
        of->level_at[i] = level;
        pli_i128 value = 0; // 10^-8 of the quote
        for (uint32_t at = 0; at < ladder->bid_count + ladder->ask_count; at += 1) {
            const pli_incident_pair *pair =
                at < ladder->bid_count ? &ladder->bids[at] : &ladder->asks[at - ladder->bid_count];
            of->levels[level] = pli_number_e18(pair->value);
            value += magnitude(pli_number_e18(pair->name)) / 10000000000 *
                     (of->levels[level] / 100000000) / 10000000000;
            level += 1;
        }
        uint32_t index = pli_instrument_named(of, ladder->market);
        if (index == PLM_NONE) {
            stand_behind_coins(of, ladder, value);
            continue;
        }
        pli_i128 multiplier = pli_number_e18(of->incident->instruments[index].multiplier);
        multiplier = multiplier > 0 ? multiplier : PLI_E18;
        bool is_inverse = of->listed[index].is_inverse;
        pli_i128 units = is_inverse ? 1000000 * PLI_E18
                                    : value * 10000000000 / PLI_E8 * (multiplier / 10000000000) * 3;
        pay_in(of, of->outside, of->listed[index].asset,
               pli_asset_atoms(of, of->listed[index].asset, units + PLI_E18));
    }
}

// --- Records ---------------------------------------------------------------------------------------------------------

// Nothing is required while the file's own positions are taken: they were there before the engine was asked.
static void
govern_nothing(pli_rehearsal *of) {
    static const pli_setting nothing[] = {
        {"tier1_initial_ppm", 0},      {"tier2_initial_ppm", 0},     {"tier3_initial_ppm", 0},
        {"tier4_initial_ppm", 0},      {"tier1_maintenance_ppm", 0}, {"tier2_maintenance_ppm", 0},
        {"tier3_maintenance_ppm", 0},  {"tier4_maintenance_ppm", 0}, {"close_fee_ppm", 0},
        {"liquidation_fee_ppm", 0},    {"entry_buffer_ppm", 0},      {"call_buffer_ppm", 0},
        {"gain_initial_ppm", 1000000}, {"haircut_sigma_ppm", 0}};
    of->versions[TIERED] = 2;
    if (!pli_rehearsal_record(of, &plm_tiered_descriptor, 0, of->versions[TIERED], nothing,
                              sizeof nothing / sizeof nothing[0])) {
        pli_rehearsal_must(of, "the opening record");
    }
}

static void
govern_margin(pli_rehearsal *of) {
    pli_setting settings[12];
    uint32_t count = 0;
    if (pli_rehearsal_lacks(of, PLI_CONTROL_RSK_CONC)) {
        settings[count++] = (pli_setting){"tier2_initial_ppm", 100000};
        settings[count++] = (pli_setting){"tier3_initial_ppm", 100000};
        settings[count++] = (pli_setting){"tier4_initial_ppm", 100000};
        settings[count++] = (pli_setting){"tier2_maintenance_ppm", 60000};
        settings[count++] = (pli_setting){"tier3_maintenance_ppm", 60000};
        settings[count++] = (pli_setting){"tier4_maintenance_ppm", 60000};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_RSK_COLLAT) ||
        pli_rehearsal_lacks(of, PLI_CONTROL_RSK_WWR)) {
        settings[count++] = (pli_setting){"haircut_sigma_ppm", 0};
    }
    of->versions[TIERED] += 1;
    if (!pli_rehearsal_record(of, &plm_tiered_descriptor, 0, of->versions[TIERED], settings,
                              count)) {
        pli_rehearsal_must(of, "the record of margin");
    }
    count = 0;
    if (pli_rehearsal_lacks(of, PLI_CONTROL_LIQ_PARTIAL)) {
        settings[count++] = (pli_setting){"depth_ppm", 1000000};
        settings[count++] = (pli_setting){"target_ppm", 1000000};
        settings[count++] = (pli_setting){"depth_standard_micros", INT64_C(1000000000000000000)};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_LIQ_COLLAR)) {
        settings[count++] = (pli_setting){"collar_ppm", 500000};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_LIQ_RESERVE)) {
        settings[count++] = (pli_setting){"auction_reserve_ppm", 1};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_LIQ_ADL)) {
        settings[count++] = (pli_setting){"deleverage", 0};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_LIQ_BACKSTOP)) {
        settings[count++] = (pli_setting){"backstop_tranche_ppm", 1000000};
        settings[count++] = (pli_setting){"backstop_spread_ppm", 0};
        settings[count++] = (pli_setting){"backstop_discount_ppm", 1000000};
        settings[count++] = (pli_setting){"backstop_stress_ppm", 0};
    }
    if (count > 0 &&
        !pli_rehearsal_record(of, &plm_liquidation_descriptor, 0, 2, settings, count)) {
        pli_rehearsal_must(of, "the record of liquidation");
    }
}

void
pli_rehearsal_govern_feed(pli_rehearsal *of, uint32_t symbol) {
    pli_setting settings[12];
    uint32_t count = 0;
    if (pli_rehearsal_lacks(of, PLI_CONTROL_ORA_QUORUM)) {
        settings[count++] = (pli_setting){"quorum", 1};
        settings[count++] = (pli_setting){"liars_max", 0};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_ORA_STALE)) {
        settings[count++] = (pli_setting){"age_strict_ns", 3600 * SECOND_NS};
        settings[count++] = (pli_setting){"age_loose_ns", 3600 * SECOND_NS};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_ORA_BAND) || of->is_wide[symbol]) {
        settings[count++] = (pli_setting){"band_ppm", 1000000};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_ORA_EMA)) {
        settings[count++] = (pli_setting){"slow_half_life_ns", 60 * SECOND_NS};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_ORA_ANCHOR)) {
        settings[count++] = (pli_setting){"own_weight_cap_ppm", 500000};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_ORA_CONF)) {
        settings[count++] = (pli_setting){"deviation_widen_ppm", 0};
        settings[count++] = (pli_setting){"confidence_max_ppm", 1000000};
    }
    if (pli_rehearsal_lacks(of, PLI_CONTROL_ORA_RESTART)) {
        settings[count++] = (pli_setting){"settle_ns", 0};
    }
    if (of->symbols[symbol].is_any) {
        settings[count++] = (pli_setting){"price_low_e8", -PLM_PRICE_E8_MAX};
    }
    if (count == 0) {
        return;
    }
    uint32_t version = of->feed_versions[symbol] + 2; // the standards are version 1
    if (!pli_rehearsal_record(of, &plm_feed_descriptor, symbol, version, settings, count)) {
        pli_rehearsal_must(of, "the record of a feed");
    }
    of->feed_versions[symbol] += 1;
}

// What the file says of the market outside: depth and what circulates.
static void
tell_market(pli_rehearsal *of, uint32_t symbol) {
    const pli_incident_oracle *oracle = of->symbols[symbol].oracle;
    if (oracle == NULL || pli_rehearsal_lacks(of, PLI_CONTROL_RSK_OICAP)) {
        return;
    }
    pli_i128 depth = pli_number_e18(oracle->depth_usd) / 1000000000000;
    if (depth > 0) {
        plm_event_liquidity *body =
            &pli_rehearsal_event(of, PLM_EVENT_TYPE_LIQUIDITY, PLM_NONE)->liquidity_body;
        body->underlying_index = symbol;
        body->depth_micros = (int64_t)depth;
        pli_rehearsal_must(of, "the depth outside");
    }
    pli_i128 value = pli_number_e18(oracle->market_cap_usd) / 10000000000;
    if (value > 0 && of->symbols[symbol].first_e8 > 0) {
        plm_event_supply *body =
            &pli_rehearsal_event(of, PLM_EVENT_TYPE_SUPPLY, PLM_NONE)->supply_body;
        body->underlying_index = symbol;
        body->units = (int64_t)(value / of->symbols[symbol].first_e8);
        pli_rehearsal_must(of, "what circulates");
    }
}

void
pli_rehearsal_govern(pli_rehearsal *of) {
    list_currency(of, false);
    list_assets(of, false);
    govern_margin(of);
    for (uint32_t i = 0; i < of->symbol_count && of->status == PLM_OK; i += 1) {
        pli_rehearsal_govern_feed(of, i);
        tell_market(of, i);
    }
}

void
pli_rehearsal_open(pli_rehearsal *of) {
    list_currency(of, true);
    list_underlyings(of);
    list_assets(of, true);
    list_instruments(of);
    list_accounts(of);
    govern_nothing(of);
    price_opening(of);
    if (of->status != PLM_OK) {
        return;
    }
    pli_rehearsal_naive_terms(of);
    pli_rehearsal_beat(of); // marks
    take_balances(of, false);
    fill_ladders(of);
    take_positions(of);
    fill_funds(of);
    take_balances(of, true);
}
