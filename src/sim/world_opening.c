/* world_opening.c: the events that open a small venue for business.                    SPDX-License-Identifier: Apache-2.0 */
#include "base/wide.h"
#include "sim/world_draw.h"

enum {
    SIGNERS = 3,
    ASSETS = 2,
    UNDERLYINGS = 2,
    INSTRUMENTS = 5,
    ACCOUNTS = 6,
    SIGNER_AT = 0,
    ASSET_USD_AT = SIGNER_AT + SIGNERS,
    UNDERLYING_AT = ASSET_USD_AT + 1,
    ASSET_BTC_AT = UNDERLYING_AT + UNDERLYINGS,
    INSTRUMENT_AT = ASSET_BTC_AT + 1,
    ACCOUNT_AT = INSTRUMENT_AT + INSTRUMENTS,
    PRICE_AT = ACCOUNT_AT + ACCOUNTS,
    MARK_AT = PRICE_AT + UNDERLYINGS,
    DEPOSIT_AT = MARK_AT + INSTRUMENTS,
    SHOCK_AT = DEPOSIT_AT + ACCOUNTS,
    SET_AT = SHOCK_AT + 2,
    COMMIT_AT = SET_AT + 2,
    CONTINUE_AT = COMMIT_AT + 2,
    MODEL_AT = CONTINUE_AT + 1,
    OPENING_END = MODEL_AT + 1
};

static void
write_signer(pli_draw *draw, uint32_t index) {
    static const uint32_t scopes[] = {PLM_SCOPE_TRADE | PLM_SCOPE_WITHDRAW, PLM_SCOPE_TRADE,
                                      PLM_SCOPE_ORACLE, PLM_SCOPE_ADMIN};
    plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_SIGNER, PLM_NONE);
    event->signer_body.signer_index = index + 1;
    event->signer_body.scopes = scopes[index % 4];
    for (uint32_t i = 0; i < sizeof event->signer_body.public_key; i += 1) {
        event->signer_body.public_key[i] = (uint8_t)(index + 1);
    }
}

static void
write_asset(pli_draw *draw, uint32_t index) {
    plm_event_asset *body = &pli_draw_begin(draw, PLM_EVENT_TYPE_ASSET, PLM_NONE)->asset_body;
    bool is_usd = index == 0;
    pli_draw_name(body->name, is_usd       ? "USD"
                              : index == 1 ? "BTC"
                              : index == 2 ? "THIRD"
                                           : "FOURTH");
    body->asset_index = index;
    body->underlying_index = is_usd ? PLM_NONE : 0;
    body->decimals = is_usd ? 6 : 8;
    body->treatment = is_usd ? PLM_TREATMENT_HAIRCUT : PLM_TREATMENT_SCENARIO;
    body->tier_count = 1;
    body->liability_haircut_ppm = is_usd ? 0 : 50000;
    body->tier_upto_micros[0] = INT64_MAX;
    body->tier_haircut_ppm[0] = is_usd ? 0 : 50000;
    body->borrow_cap_atoms = pli_wide_from_i128(INT64_C(1000000000000));
    body->kink_ppm = 800000;
    body->rate_zero_ppm = 10000;
    body->rate_kink_ppm = 80000;
    body->rate_full_ppm = 1000000;
    body->reserve_ppm = 100000;
}

static void
write_underlying(pli_draw *draw, uint32_t index) {
    static const char *const names[] = {"BTC", "ETH", "SPREAD"};
    plm_event_underlying *body =
        &pli_draw_begin(draw, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE)->underlying_body;
    bool is_any = index >= 2; // a price that may be zero or negative
    pli_draw_name(body->name, names[index < 2 ? index : 2]);
    body->underlying_index = index;
    body->domain = is_any ? PLM_PRICE_DOMAIN_ANY : PLM_PRICE_DOMAIN_POSITIVE;
    body->class_id = index < 2 ? index : pli_draw_below(draw, 2);
    body->price_unit = 1;
    body->tick_e8 = 1000000;
    body->reference_e8 = is_any ? 50 * PLI_E8 : 0;
}

static void
write_instrument(pli_draw *draw, uint32_t index) {
    static const char *const names[] = {"BTC-PERP",   "ETH-PERP", "BTC-INVERSE",
                                        "BTC-FUTURE", "BTC-CALL", "LATE"};
    uint32_t shape = index < INSTRUMENTS ? index : pli_draw_below(draw, INSTRUMENTS);
    // Enough of a large world ends on one day to fill the queue of jobs.
    shape = index >= INSTRUMENTS && draw->world->is_large && shape < 3 ? 3 : shape;
    plm_event_instrument *body =
        &pli_draw_begin(draw, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE)->instrument_body;
    bool is_inverse = shape == 2;
    pli_draw_name(body->name, names[index < INSTRUMENTS ? index : INSTRUMENTS]);
    if (index > INSTRUMENTS) {
        body->name[4] = (char)('A' + index / 26);
        body->name[5] = (char)('A' + index % 26);
    }
    body->instrument_index = index;
    body->kind = shape < 3 ? PLM_KIND_PERPETUAL : shape == 3 ? PLM_KIND_FUTURE : PLM_KIND_OPTION;
    body->settlement = is_inverse ? PLM_SETTLEMENT_INVERSE : PLM_SETTLEMENT_LINEAR;
    body->underlying_index = shape == 1 ? 1 : 0;
    body->settlement_asset_index = is_inverse ? 1 : 0;
    body->lot_e8 = is_inverse ? 10 * PLI_E8 : shape == 1 ? PLI_E8 / 100 : PLI_E8 / 1000;
    body->expiry_ns = shape >= 3 ? draw->world->expiry_ns : 0;
    if (shape == 4) {
        body->right = PLM_RIGHT_CALL;
        body->premium = PLM_PREMIUM_PAID;
        body->strike_e8 = 100000 * PLI_E8;
    }
    if (index >= INSTRUMENTS && shape < 2 && draw->listing.underlying_count > 2) {
        body->underlying_index = 2;
        body->lot_e8 = PLI_E8;
    }
}

static void
write_account(pli_draw *draw, uint32_t index) {
    plm_event_account *body = &pli_draw_begin(draw, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE)->account_body;
    body->account_index = index;
    body->kind = index == 1   ? PLM_ACCOUNT_SUB
                 : index == 2 ? PLM_ACCOUNT_ISOLATED
                 : index == 5 && (draw->world->features & PLI_WORLD_POOL) != 0 ? PLM_ACCOUNT_POOL
                                                                               : PLM_ACCOUNT_CROSS;
    body->parent_index = index == 1 || index == 2 ? 0 : PLM_NONE;
    body->instrument_index = index == 2 ? 0 : PLM_NONE;
    body->owner = index < 4 ? 1 : 2;
}

static void
write_price(pli_draw *draw, uint32_t underlying) {
    int64_t price_e8 = underlying == 0 ? 100000 * PLI_E8 : 4000 * PLI_E8;
    plm_event_price *body = &pli_draw_begin(draw, PLM_EVENT_TYPE_PRICE, PLM_NONE)->price_body;
    body->underlying_index = underlying;
    body->state = PLM_PRICE_STATE_VALID;
    body->price_e8 = price_e8;
    body->slow_e8 = price_e8;
    body->publish_ns = draw->time_ns;
}

static void
write_deposit(pli_draw *draw, uint32_t account) {
    plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_DEPOSIT, account);
    event->deposit_body.atoms = pli_wide_from_i128(20000 * PLI_USD);
}

static void
write_mark(pli_draw *draw, uint32_t instrument) {
    static const int64_t marks[INSTRUMENTS] = {100000, 4000, 100000, 100500, 6000};
    plm_event_mark *body = &pli_draw_begin(draw, PLM_EVENT_TYPE_MARK, PLM_NONE)->mark_body;
    body->instrument_index = instrument;
    body->is_present = 1;
    body->mark_e8 = marks[instrument] * PLI_E8;
}

static bool
is_named(const plm_parameter_field *field, const char *path) {
    const char *at = field->path;
    while (*at != '\0' && *at == *path) {
        at += 1;
        path += 1;
    }
    return *at == *path;
}

void
pli_draw_set_value(plm_event *event, const plm_descriptor *descriptor, const char *path,
                   int64_t value) {
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        if (is_named(&descriptor->fields[i], path)) {
            event->parameters_body.values[i] = value;
        }
    }
}

plm_event *
pli_draw_record(pli_draw *draw, const plm_descriptor *descriptor, uint32_t index,
                uint32_t version) {
    plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_PARAMETERS, PLM_NONE);
    plm_event_parameters *body = &event->parameters_body;
    pli_draw_name(body->record, descriptor->id);
    body->record_index = index;
    body->record_version = version;
    body->layout_version = descriptor->version;
    body->field_count = descriptor->field_count;
    for (uint32_t i = 0; i < descriptor->field_count && i < PLM_RECORD_FIELDS_MAX; i += 1) {
        body->values[i] = descriptor->fields[i].standard;
    }
    // Sets of a world are small: few levels, no joint history.
    pli_draw_set_value(event, descriptor, "history_count", 0);
    pli_draw_set_value(event, descriptor, "sticky_moneyness", 0);
    if (descriptor == &plm_shock_descriptor) {
        pli_draw_set_value(event, descriptor, "step_ppm", 150000);
        pli_draw_set_value(event, descriptor, "level_min", 1);
        pli_draw_set_value(event, descriptor, "level_max", 1);
    }
    if (descriptor == &plm_living_descriptor) {
        pli_draw_set_value(event, descriptor, "interval_ns", 60 * PLI_SECOND);
        pli_draw_set_value(event, descriptor, "notice_steps", pli_draw_below(draw, 3));
        pli_draw_set_value(event, descriptor, "cap_unknown_micros",
                           pli_draw_below(draw, 4) * 1000 * PLI_USD);
    }
    return event;
}

// What a large world has beyond a small one: instruments with their marks, then accounts with their deposits.
static bool
write_large_step(pli_draw *draw, uint32_t step) {
    uint32_t more_instruments = draw->world->limits.instrument_count - INSTRUMENTS - 2;
    uint32_t more_accounts = draw->world->limits.account_count - ACCOUNTS - 2;
    if (step / 2 < more_instruments) {
        uint32_t index = INSTRUMENTS + step / 2;
        if (step % 2 == 0) {
            write_instrument(draw, index);
        } else {
            plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_MARK, PLM_NONE);
            event->mark_body.instrument_index = index;
            event->mark_body.is_present = 1;
            event->mark_body.mark_e8 = pli_draw_quote(draw, index);
        }
        return true;
    }
    step -= 2 * more_instruments;
    if (step / 2 < more_accounts) {
        uint32_t account = ACCOUNTS + step / 2;
        if (step % 2 == 0) {
            write_account(draw, account);
        } else {
            write_deposit(draw, account);
        }
        return true;
    }
    return false;
}

static void
write_scenario_step(pli_draw *draw, uint32_t step) {
    if (step < SET_AT) {
        pli_draw_record(draw, &plm_shock_descriptor, step - SHOCK_AT, 2);
    } else if (step < COMMIT_AT) {
        pli_draw_record(draw, &plm_set_descriptor, step - SET_AT, 2);
    } else if (step < CONTINUE_AT) {
        plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
        pli_draw_name(event->scenario_commit_body.name, "small");
        event->scenario_commit_body.set_version = 1;
        event->scenario_commit_body.horizon = step == COMMIT_AT ? 1 : 2;
    } else if (step < MODEL_AT) {
        pli_draw_begin(draw, PLM_EVENT_TYPE_CONTINUE, PLM_NONE)->continue_body.step_count = 1024;
    } else {
        plm_event *event = pli_draw_begin(draw, PLM_EVENT_TYPE_MODEL, PLM_NONE);
        pli_draw_name(event->model_body.name, "portfolio");
        event->model_body.model_version = 1;
    }
}

bool
pli_draw_opening(pli_draw *draw, uint32_t step) {
    bool has_scenarios = (draw->world->features & PLI_WORLD_SCENARIOS) != 0;
    uint32_t end = has_scenarios ? OPENING_END : SHOCK_AT;
    if (step >= end) {
        return draw->world->is_large && write_large_step(draw, step - end);
    }
    if (step >= SHOCK_AT) {
        write_scenario_step(draw, step);
    } else if (step >= DEPOSIT_AT) {
        write_deposit(draw, step - DEPOSIT_AT);
    } else if (step >= MARK_AT) {
        write_mark(draw, step - MARK_AT);
    } else if (step >= PRICE_AT) {
        write_price(draw, step - PRICE_AT);
    } else if (step >= ACCOUNT_AT) {
        write_account(draw, step - ACCOUNT_AT);
    } else if (step >= INSTRUMENT_AT) {
        write_instrument(draw, step - INSTRUMENT_AT);
    } else if (step >= ASSET_BTC_AT) {
        write_asset(draw, 1);
    } else if (step >= UNDERLYING_AT) {
        write_underlying(draw, step - UNDERLYING_AT);
    } else if (step >= ASSET_USD_AT) {
        write_asset(draw, 0);
    } else {
        write_signer(draw, step - SIGNER_AT);
    }
    return true;
}

// --- While business goes on ------------------------------------------------------------------------------------------

// The next free index, or one that is listed.
static uint32_t
place_in(pli_draw *draw, uint32_t count) {
    return pli_draw_once_in(draw, 4) ? pli_draw_below(draw, count + 2) : count;
}

// Now and then the name of the first entry.
static void
rename_as(pli_draw *draw, char name[PLM_NAME_SIZE], const char *text) {
    if (pli_draw_once_in(draw, 6)) {
        pli_draw_name(name, text);
    }
}

void
pli_draw_asset_listing(pli_draw *draw, plm_event *event) {
    write_asset(draw, place_in(draw, draw->listing.asset_count));
    rename_as(draw, event->asset_body.name, "USD");
    if (pli_draw_once_in(draw, 4)) {
        event->asset_body.underlying_index =
            draw->listing.underlying_count + pli_draw_below(draw, 2) - 1;
    }
}

void
pli_draw_underlying_listing(pli_draw *draw, plm_event *event) {
    write_underlying(draw, place_in(draw, draw->listing.underlying_count));
    rename_as(draw, event->underlying_body.name, "BTC");
}

void
pli_draw_instrument_listing(pli_draw *draw, plm_event *event) {
    write_instrument(draw, place_in(draw, draw->listing.instrument_count));
    rename_as(draw, event->instrument_body.name, "BTC-PERP");
    if (pli_draw_once_in(draw, 4)) {
        event->instrument_body.underlying_index = pli_draw_underlying(draw);
        event->instrument_body.settlement_asset_index =
            pli_draw_below(draw, draw->listing.asset_count + 1);
    }
}

void
pli_draw_account_listing(pli_draw *draw, plm_event *event) {
    write_account(draw, place_in(draw, draw->accounts));
    if (pli_draw_once_in(draw, 2)) {
        event->account_body.kind = 1 + pli_draw_below(draw, 4);
        event->account_body.owner = pli_draw_below(draw, 5);
        event->account_body.parent_index = pli_draw_index(draw, draw->accounts);
        event->account_body.instrument_index =
            pli_draw_once_in(draw, 2) ? PLM_NONE : pli_draw_instrument(draw);
    }
    if (event->account_body.kind == PLM_ACCOUNT_CROSS && !pli_draw_once_in(draw, 4)) {
        event->account_body.parent_index = PLM_NONE;
    }
}

void
pli_draw_signer_listing(pli_draw *draw, plm_event *event) {
    write_signer(draw, pli_draw_below(draw, 7));
    event->signer_body.scopes |= pli_draw_once_in(draw, 8) ? 0x10u : 0;
    if (pli_draw_once_in(draw, 16)) {
        event->signer_body.scopes = 0; // revoked, until it is listed anew
    }
}
