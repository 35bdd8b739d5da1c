/* demo_listing.c: the events that open the demonstration venue, found from what its state lacks.  SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "base/text.h"
#include "base/wide.h"
#include "core/records.h"
#include "num/elementary.h"
#include "scenario/closes.h"
#include "sim/demo_parts.h"

enum { ASSETS = 3, CLOSES = 90 };

const pli_demo_terms pli_demo_terms_of[PLI_DEMO_UNDERLYINGS] = {
    {.name = "BTC",
     .perpetual = "BTC-PERPETUAL",
     .price = 96000,
     .volatility = 0.55,
     .beta = 1.0,
     .strike_step = 0.05,
     .tick_e8 = 10000000,
     .lot_e8 = 100000,
     .option_lot_e8 = 10000000,
     .depth_usd = 40000000,
     .volume_usd = INT64_C(25000000000),
     .interest_usd = INT64_C(30000000000),
     .supply = 19900000},
    {.name = "ETH",
     .perpetual = "ETH-PERPETUAL",
     .price = 3400,
     .volatility = 0.75,
     .beta = 1.15,
     .strike_step = 0.06,
     .tick_e8 = 1000000,
     .lot_e8 = 1000000,
     .option_lot_e8 = 100000000,
     .depth_usd = 20000000,
     .volume_usd = INT64_C(14000000000),
     .interest_usd = INT64_C(15000000000),
     .supply = 120000000},
    {.name = "SOL",
     .perpetual = "SOL-PERPETUAL",
     .price = 190,
     .volatility = 0.95,
     .beta = 1.3,
     .strike_step = 0.08,
     .tick_e8 = 100000,
     .lot_e8 = 10000000,
     .option_lot_e8 = 1000000000,
     .depth_usd = 8000000,
     .volume_usd = INT64_C(4000000000),
     .interest_usd = INT64_C(5000000000),
     .supply = 480000000},
};

plm_core_limits
pli_demo_limits(uint32_t account_count) {
    return (plm_core_limits){
        .asset_count = 4,
        .underlying_count = 4,
        .instrument_count = 512,
        .account_count = account_count + 256,
        .balance_count = 4,
        .position_count = 64,
        .order_count = 32,
        .signer_count = 64,
        .client_id_count = 4096,
        .expiry_count = 40,
        .class_count = 1,
        .history_count = 256,
        .entry_count = 512,
        .network_id = PLI_DEMO_NETWORK,
    };
}

static void
name_of(char name[PLM_NAME_SIZE], const char *string) {
    pli_text text = pli_text_init(name, PLM_NAME_SIZE);
    pli_text_append(&text, string);
}

static void
list_asset(plm_event_asset *body, uint32_t index) {
    name_of(body->name, index == 0 ? "USD" : pli_demo_terms_of[index - 1].name);
    body->asset_index = index;
    body->underlying_index = index == 0 ? PLM_NONE : index - 1;
    body->decimals = index == 0 ? 6 : 8;
    body->treatment = index == 0 ? PLM_TREATMENT_HAIRCUT : PLM_TREATMENT_SCENARIO;
    body->tier_count = 1;
    body->liability_haircut_ppm = index == 0 ? 0 : 20000;
    body->tier_upto_micros[0] = INT64_MAX;
    body->tier_haircut_ppm[0] = index == 0 ? 0 : 20000;
    body->borrow_cap_atoms = pli_wide_from_i128(INT64_C(100000000000000));
    body->kink_ppm = 800000;
    body->rate_zero_ppm = 10000;
    body->rate_kink_ppm = 80000;
    body->rate_full_ppm = 1000000;
    body->reserve_ppm = 100000;
}

static void
list_underlying(plm_event_underlying *body, uint32_t index) {
    name_of(body->name, pli_demo_terms_of[index].name);
    body->underlying_index = index;
    body->domain = PLM_PRICE_DOMAIN_POSITIVE;
    body->price_unit = 1;
    body->tick_e8 = pli_demo_terms_of[index].tick_e8;
}

static void
list_perpetual(plm_event_instrument *body, uint32_t index) {
    name_of(body->name, pli_demo_terms_of[index].perpetual);
    body->instrument_index = index;
    body->kind = PLM_KIND_PERPETUAL;
    body->settlement = PLM_SETTLEMENT_LINEAR;
    body->underlying_index = index;
    body->lot_e8 = pli_demo_terms_of[index].lot_e8;
}

static void
list_source(plm_event_source *body, uint32_t underlying, uint32_t source) {
    body->underlying_index = underlying;
    body->source_index = source;
    body->weight = 1;
}

/* A governed record of the demo that differs from what ships. */
typedef struct change {
    const char *path;
    int64_t value;
} change;

typedef struct record {
    const plm_descriptor *descriptor;
    uint32_t index;
    uint32_t change_count;
    change changes[5];
} record;

static const record records_of[] = {
    {&plm_set_descriptor,
     0,
     3,
     {{"history_count", CLOSES}, {"history_minimum", 60}, {"sticky_moneyness", 0}}},
    {&plm_set_descriptor,
     1,
     4,
     {{"horizon_ns", 2 * PLM_DAY_NS},
      {"history_count", CLOSES},
      {"history_minimum", 60},
      {"sticky_moneyness", 0}}},
    {&plm_shock_descriptor, 0, 2, {{"step_ppm", 40000}, {"level_max", 4}}},
    {&plm_living_descriptor, 0, 1, {{"interval_ns", 60 * PLI_DEMO_SECOND}}},
    {&plm_liquidation_descriptor,
     0,
     2,
     {{"call_ns", 600 * PLI_DEMO_SECOND}, {"slice_ns", 5 * PLI_DEMO_SECOND}}},
    {&plm_feed_descriptor, 0, 1, {{"settle_ns", 2 * PLI_DEMO_SECOND}}},
    {&plm_feed_descriptor, 1, 1, {{"settle_ns", 2 * PLI_DEMO_SECOND}}},
    {&plm_feed_descriptor, 2, 1, {{"settle_ns", 2 * PLI_DEMO_SECOND}}},
};

static uint32_t
place_of(const plm_core *core, const record *wanted) {
    if (wanted->descriptor == &plm_set_descriptor) {
        return PLI_PLACE_SCENARIOS + wanted->index;
    }
    if (wanted->descriptor == &plm_shock_descriptor) {
        return PLI_PLACE_SHOCKS + wanted->index;
    }
    if (wanted->descriptor == &plm_living_descriptor) {
        return pli_place_living(&core->limits, wanted->index);
    }
    return wanted->descriptor == &plm_liquidation_descriptor
               ? PLI_PLACE_LIQUIDATION
               : pli_place_feed(&core->limits, wanted->index);
}

static bool
is_same(const char *one, const char *other) {
    while (*one != '\0' && *one == *other) {
        one += 1;
        other += 1;
    }
    return *one == *other;
}

static void
write_record(plm_event_parameters *body, const record *wanted) {
    name_of(body->record, wanted->descriptor->id);
    body->record_index = wanted->index;
    body->record_version = 2;
    body->layout_version = wanted->descriptor->version;
    body->field_count = wanted->descriptor->field_count;
    for (uint32_t i = 0; i < wanted->descriptor->field_count; i += 1) {
        body->values[i] = wanted->descriptor->fields[i].standard;
        for (uint32_t k = 0; k < wanted->change_count; k += 1) {
            if (is_same(wanted->descriptor->fields[i].path, wanted->changes[k].path)) {
                body->values[i] = wanted->changes[k].value;
            }
        }
    }
}

static bool
change_record(const pli_demo *demo, const plm_core *core, plm_event *event) {
    for (uint32_t i = 0; i < sizeof records_of / sizeof records_of[0]; i += 1) {
        if (core->records[place_of(core, &records_of[i])].accepted == 1) {
            pli_demo_begin(demo, event, PLM_EVENT_TYPE_PARAMETERS, PLM_NONE);
            write_record(&event->parameters_body, &records_of[i]);
            return true;
        }
    }
    return false;
}

// A day's return of the past: one factor that all share, and one of its own.
static double
past_return(const pli_demo *demo, uint32_t underlying, uint32_t day) {
    const pli_demo_terms *terms = &pli_demo_terms_of[underlying];
    double shared = pli_normal_quantile(0.5 / 4096 + 4095.0 / 4096 * pli_demo_trait(demo, day, 90));
    double own = pli_normal_quantile(0.5 / 4096 +
                                     4095.0 / 4096 * pli_demo_trait(demo, day, 91 + underlying));
    return terms->volatility / sqrt(365.0) * (0.8 * shared + 0.6 * own);
}

static bool
tell_close(const pli_demo *demo, const plm_core *core, plm_event *event) {
    for (uint32_t u = 0; u < PLI_DEMO_UNDERLYINGS; u += 1) {
        const pli_closes *closes = &core->underlyings[u].closes;
        if (closes->count >= CLOSES) {
            continue;
        }
        double rest = 0;
        for (uint32_t day = closes->count + 1; day < CLOSES; day += 1) {
            rest += past_return(demo, u, day);
        }
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_CLOSE, PLM_NONE);
        event->close_body.underlying_index = u;
        event->close_body.day = closes->count > 0 ? closes->days[closes->count - 1] + 1
                                                  : demo->tick_ns / PLM_DAY_NS - CLOSES;
        event->close_body.price = pli_demo_terms_of[u].price * pli_exp(-rest);
        return true;
    }
    return false;
}

// --- Chains of options -------------------------------------------------------------------------------------------------

static uint32_t
chain_count(const plm_core *core) {
    uint32_t options = core->ledger.instrument_count - PLI_DEMO_UNDERLYINGS;
    return options / (PLI_DEMO_UNDERLYINGS * PLI_DEMO_CHAIN);
}

int64_t
pli_demo_expiry(const plm_core *core, uint32_t chain) {
    uint32_t first = PLI_DEMO_UNDERLYINGS + chain * PLI_DEMO_UNDERLYINGS * PLI_DEMO_CHAIN;
    if (first < core->ledger.instrument_count) {
        return core->ledger.listing_instruments[first].expiry_ns;
    }
    if (chain > 0) {
        return pli_demo_expiry(core, chain - 1) + 7 * PLM_DAY_NS;
    }
    // The first Friday, 08:00 UTC, that is two days away at least; 1970-01-02 was one.
    int64_t day = core->time_ns / PLM_DAY_NS + 3;
    day += (8 - day % 7) % 7;
    return day * PLM_DAY_NS + 8 * 3600 * PLI_DEMO_SECOND;
}

// Day, month and year of a day since 1970: years begin in March, so that the day of the leap year is the last one.
static void
append_date(pli_text *text, int64_t days) {
    static const char *const months[] = {"MAR", "APR", "MAY", "JUN", "JUL", "AUG",
                                         "SEP", "OCT", "NOV", "DEC", "JAN", "FEB"};
    int64_t era_day = (days + 719468) % 146097;
    int64_t year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    int64_t of_year = era_day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    pli_text_append_i64(text, of_year - (153 * month + 2) / 5 + 1);
    pli_text_append(text, months[month]);
    int64_t written = (year + (month >= 10 ? 1 : 0)) % 100;
    pli_text_append_i64(text, written / 10);
    pli_text_append_i64(text, written % 10);
}

static int64_t
strike_of(const plm_core *core, uint32_t underlying, uint32_t which) {
    static const int64_t units[PLI_DEMO_UNDERLYINGS] = {1000, 50, 5};
    const pli_demo_terms *terms = &pli_demo_terms_of[underlying];
    int64_t price_e8 = core->prices[underlying].price.price_e8;
    double price = price_e8 > 0 ? (double)price_e8 / PLI_DEMO_E8 : terms->price;
    int64_t half = (int64_t)PLI_DEMO_STRIKES / 2;
    double away = 1 + terms->strike_step * (double)((int64_t)which - half);
    // Neighbours differ by a unit at least, whatever the price.
    int64_t middle = (int64_t)(price / (double)units[underlying] + 0.5);
    middle = middle > half ? middle : half + 1;
    int64_t strike = (int64_t)(price * away / (double)units[underlying] + 0.5);
    int64_t ladder = middle + (int64_t)which - half;
    bool is_below = (int64_t)which < half;
    strike = is_below ? (strike < ladder ? strike : ladder) : (strike > ladder ? strike : ladder);
    return (strike > 0 ? strike : 1) * units[underlying];
}

static bool
list_option(const pli_demo *demo, const plm_core *core, plm_event *event) {
    uint32_t index = core->ledger.instrument_count;
    uint32_t at = index - PLI_DEMO_UNDERLYINGS;
    uint32_t chain = at / (PLI_DEMO_UNDERLYINGS * PLI_DEMO_CHAIN);
    uint32_t underlying = at / PLI_DEMO_CHAIN % PLI_DEMO_UNDERLYINGS;
    uint32_t which = at % PLI_DEMO_CHAIN;
    bool is_begun = at % (PLI_DEMO_UNDERLYINGS * PLI_DEMO_CHAIN) != 0;
    bool has_room = core->limits.instrument_count - PLI_DEMO_UNDERLYINGS >=
                    (chain + 1) * PLI_DEMO_UNDERLYINGS * PLI_DEMO_CHAIN;
    uint32_t live = 0;
    for (uint32_t i = 0; i < chain_count(core); i += 1) {
        live += pli_demo_expiry(core, i) > core->time_ns ? 1 : 0;
    }
    if (!is_begun && (!has_room || live >= PLI_DEMO_CHAINS_LIVE)) {
        return false;
    }
    int64_t strike = strike_of(core, underlying, which / 2);
    plm_event_instrument *body =
        &pli_demo_begin(demo, event, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE)->instrument_body;
    body->instrument_index = index;
    body->kind = PLM_KIND_OPTION;
    body->settlement = PLM_SETTLEMENT_LINEAR;
    body->right = which % 2 == 0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
    body->premium = PLM_PREMIUM_PAID;
    body->underlying_index = underlying;
    body->lot_e8 = pli_demo_terms_of[underlying].option_lot_e8;
    body->strike_e8 = strike * INT64_C(100000000);
    body->expiry_ns = is_begun ? core->ledger.listing_instruments[index - 1].expiry_ns
                               : pli_demo_expiry(core, chain);
    pli_text text = pli_text_init(body->name, sizeof body->name);
    pli_text_append(&text, pli_demo_terms_of[underlying].name);
    pli_text_append_char(&text, '-');
    append_date(&text, body->expiry_ns / PLM_DAY_NS);
    pli_text_append_char(&text, '-');
    pli_text_append_i64(&text, strike);
    pli_text_append(&text, which % 2 == 0 ? "-C" : "-P");
    return true;
}

// --- The order of things -------------------------------------------------------------------------------------------------

static bool
list_tables(const pli_demo *demo, const plm_core *core, plm_event *event) {
    const pli_ledger *ledger = &core->ledger;
    if (ledger->asset_count == 0 ||
        (ledger->underlying_count == PLI_DEMO_UNDERLYINGS && ledger->asset_count < ASSETS)) {
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_ASSET, PLM_NONE);
        list_asset(&event->asset_body, ledger->asset_count);
        return true;
    }
    if (ledger->underlying_count < PLI_DEMO_UNDERLYINGS) {
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE);
        list_underlying(&event->underlying_body, ledger->underlying_count);
        return true;
    }
    if (change_record(demo, core, event)) {
        return true;
    }
    for (uint32_t u = 0; u < PLI_DEMO_UNDERLYINGS; u += 1) {
        uint32_t count = core->underlyings[u].feed.source_count;
        if (count < PLI_DEMO_SOURCES) {
            pli_demo_begin(demo, event, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
            list_source(&event->source_body, u, count);
            return true;
        }
        if (core->underlyings[u].supply_units == 0) {
            pli_demo_begin(demo, event, PLM_EVENT_TYPE_SUPPLY, PLM_NONE);
            event->supply_body.underlying_index = u;
            event->supply_body.units = pli_demo_terms_of[u].supply;
            return true;
        }
    }
    if (ledger->instrument_count < PLI_DEMO_UNDERLYINGS) {
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE);
        list_perpetual(&event->instrument_body, ledger->instrument_count);
        return true;
    }
    return tell_close(demo, core, event) || list_option(demo, core, event);
}

// Are there prices, marks and surfaces for everything, so that risk arrays can be built?
static bool
is_priced(const plm_core *core) {
    uint32_t wanted = 0;
    for (uint32_t i = 0; i < chain_count(core); i += 1) {
        wanted += pli_demo_expiry(core, i) > core->time_ns ? PLI_DEMO_UNDERLYINGS : 0;
    }
    for (uint32_t u = 0; u < PLI_DEMO_UNDERLYINGS; u += 1) {
        if (core->prices[u].price.state != PLM_PRICE_STATE_VALID || !core->is_marked[u]) {
            return false;
        }
    }
    return core->expiry_count >= wanted;
}

bool
pli_demo_is_open(const plm_core *core) {
    return is_same(core->model->name, "portfolio");
}

bool
pli_demo_list(pli_demo *demo, plm_core *core, plm_event *event) {
    if (pli_demo_is_open(core)) {
        return false;
    }
    if (list_tables(demo, core, event)) {
        return true;
    }
    if (!is_priced(core)) {
        return false;
    }
    if (core->job_count > 0) {
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
        event->continue_body.step_count = 1024;
        return true;
    }
    for (uint32_t horizon = PLM_HORIZON_MAINTENANCE; horizon <= PLM_HORIZON_INITIAL; horizon += 1) {
        if (pli_state_active(core, (plm_horizon)horizon) == NULL) {
            pli_demo_begin(demo, event, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
            name_of(event->scenario_commit_body.name,
                    horizon == PLM_HORIZON_INITIAL ? "demo two days" : "demo one day");
            event->scenario_commit_body.set_version = 1;
            event->scenario_commit_body.horizon = horizon;
            return true;
        }
    }
    plm_asset_totals totals;
    if (plm_core_asset(core, 0, &totals) == PLM_OK && pli_i128_from_wide(totals.insurance) == 0) {
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_FUND, PLM_NONE);
        event->fund_body.action = PLM_FUND_ACTION_PAY_IN;
        event->fund_body.instrument_index = PLM_NONE;
        event->fund_body.atoms = pli_wide_from_i128(PLI_DEMO_INSURANCE_USD * PLI_DEMO_USD);
        return true;
    }
    pli_demo_begin(demo, event, PLM_EVENT_TYPE_MODEL, PLM_NONE);
    name_of(event->model_body.name, "portfolio");
    event->model_body.model_version = 1;
    return true;
}

// Makers 400 M$, arbitrageurs 20 M$, traders from 500 $ to a quarter of a million.
double
pli_demo_brings(const pli_demo *demo, uint32_t account) {
    return account < PLI_DEMO_MAKERS    ? 4e8
           : account < PLI_DEMO_TRADERS ? 2e7
                                        : 500 * pli_pow(2, 9 * pli_demo_trait(demo, account, 1));
}

static void
write_deposit(const pli_demo *demo, const plm_core *core, plm_event *event, uint32_t account) {
    double usd = pli_demo_brings(demo, account);
    // One trader in five holds coins.
    uint32_t coin = pli_demo_trait(demo, account, 3) < 0.6 ? 1 : 2;
    bool has_coins = account >= PLI_DEMO_TRADERS && pli_demo_trait(demo, account, 2) < 0.2;
    pli_demo_begin(demo, event, PLM_EVENT_TYPE_DEPOSIT, account);
    event->deposit_body.asset_index = has_coins ? coin : 0;
    double price = has_coins ? (double)core->prices[coin - 1].price.price_e8 / PLI_DEMO_E8 : 1;
    price = price > 0 ? price : 1;
    double atoms = usd / price * (has_coins ? 1e8 : 1e6);
    event->deposit_body.atoms = pli_wide_from_i128((int64_t)atoms + 1);
}

enum { MAKERS_OWNER = 1 };

bool
pli_demo_enter(pli_demo *demo, plm_core *core, plm_event *event) {
    if (!pli_demo_is_open(core)) {
        return false;
    }
    uint32_t count = core->ledger.account_count;
    if (count > 0 && count <= demo->options.account_count) {
        const pli_account *last = &core->ledger.accounts[count - 1];
        if (last->balance_count == 0 && last->position_count == 0) {
            write_deposit(demo, core, event, count - 1);
            return true;
        }
    }
    if (count == 0 && core->signer_count <= MAKERS_OWNER) {
        // A key that nobody holds: the demonstration acts as the operator, and bidders own nothing that they bid for.
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_SIGNER, PLM_NONE);
        event->signer_body.signer_index = MAKERS_OWNER;
        event->signer_body.scopes = PLM_SCOPE_TRADE;
        memcpy(event->signer_body.public_key, "makers of the demonstration", 27);
        return true;
    }
    if (count < demo->options.account_count) {
        pli_demo_begin(demo, event, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE);
        event->account_body.owner = count < PLI_DEMO_MAKERS ? MAKERS_OWNER : 0;
        event->account_body.account_index = count;
        event->account_body.kind = PLM_ACCOUNT_CROSS;
        event->account_body.parent_index = PLM_NONE;
        event->account_body.instrument_index = PLM_NONE;
        return true;
    }
    return list_option(demo, core, event);
}
