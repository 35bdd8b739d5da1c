/* query.c: questions to a state that change nothing.                                   SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "base/text.h"
#include "core/bids.h"
#include "core/expiries.h"
#include "core/health.h"
#include "core/records.h"
#include "core/sides.h"

uint64_t
plm_core_sequence(const plm_core *core) {
    return core->sequence;
}

plm_time
plm_core_time(const plm_core *core) {
    return (plm_time){core->time_ns};
}

const plm_core_limits *
plm_core_limits_of(const plm_core *core) {
    return &core->limits;
}

plm_listing
plm_core_listing(const plm_core *core) {
    return pli_ledger_listing(&core->ledger);
}

plm_market
pli_state_market(const plm_core *core) {
    return (plm_market){.time = {core->time_ns},
                        .underlyings = core->prices,
                        .marks = core->marks,
                        .expiry_count = core->expiry_count,
                        .expiries = core->expiries};
}

plm_market
plm_core_market(const plm_core *core) {
    return pli_state_market(core);
}

uint32_t
plm_core_account_count(const plm_core *core) {
    return core->ledger.account_count;
}

const pli_arrays *
pli_state_active(const plm_core *core, plm_horizon horizon) {
    uint32_t h = (uint32_t)horizon - 1;
    const pli_arrays *arrays = &core->arrays[h][core->active[h]];
    return arrays->is_used ? arrays : NULL;
}

const plm_core_parameters *
pli_state_parameters(const plm_core *core) {
    return pli_record_of(core, PLI_PLACE_CORE);
}

static plm_status
status_of(plm_reject reject) {
    switch (reject) {
    case PLM_REJECT_NONE:
        return PLM_OK;
    case PLM_REJECT_PRICE_STATE:
        return PLM_PRICE_MISSING;
    default:
        return PLM_OVERFLOW;
    }
}

// The account as it stands once touched, copied to side 0; the touch itself is taken back.
static plm_reject
peek(plm_core *core, uint32_t account) {
    core->ledger.notes = NULL;
    plm_reject reject = pli_sides_take(core, 0, account);
    pli_ledger_rollback(&core->ledger);
    core->ledger.note_count = 0;
    return reject;
}

plm_status
plm_core_portfolio(const plm_core *core, uint32_t account, plm_position *positions,
                   plm_order *orders, plm_balance *balances, plm_portfolio *portfolio) {
    // A touch that is taken back leaves every byte as it was.
    plm_core *state = (plm_core *)(uintptr_t)core;
    plm_portfolio seen;
    if (account >= core->ledger.account_count) {
        return PLM_INDEX_UNKNOWN;
    }
    plm_reject reject = peek(state, account);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_health_portfolio(state, &state->sides[0], &seen);
    }
    if (reject != PLM_REJECT_NONE) {
        return status_of(reject);
    }
    memcpy(positions, seen.positions, seen.position_count * sizeof positions[0]);
    memcpy(orders, seen.orders, seen.order_count * sizeof orders[0]);
    memcpy(balances, seen.balances, seen.balance_count * sizeof balances[0]);
    *portfolio = seen;
    portfolio->positions = positions;
    portfolio->orders = orders;
    portfolio->balances = balances;
    return PLM_OK;
}

plm_status
plm_core_require(plm_core *core, const plm_core_question *question, plm_requirement *requirement,
                 plm_reason *reason, plm_fault *fault) {
    if (question->account >= core->ledger.account_count) {
        return pli_fault_set_index(fault, PLM_INDEX_UNKNOWN, "account", question->account,
                                   " is unknown");
    }
    plm_portfolio portfolio;
    plm_reject reject = peek(core, question->account);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_health_portfolio(core, &core->sides[0], &portfolio);
    }
    if (reject != PLM_REJECT_NONE) {
        return pli_fault_set_index(fault, status_of(reject), "account", question->account,
                                   " cannot be valued");
    }
    plm_listing listing = pli_ledger_listing(&core->ledger);
    plm_market market = pli_state_market(core);
    plm_margin_input input;
    if (!pli_health_input(core, &listing, &market, &portfolio, &input)) {
        return pli_fault_set(fault, PLM_ARRAYS_MISSING, "no scenario sets are in force", NULL,
                             NULL);
    }
    input.change_count = question->change_count;
    input.changes = question->changes;
    // The reason knows the portfolio after the changes, which the drift charge is about.
    plm_reason own = {0};
    plm_reason *used = reason == NULL ? &own : reason;
    plm_requirement made;
    plm_status status =
        plm_margin_require(core->model, &input, &core->workspace, &made, used, fault);
    if (status != PLM_OK) {
        return status;
    }
    reject = pli_health_adjust(core, &core->sides[0], &used->evaluated, &made);
    if (reject != PLM_REJECT_NONE) {
        return pli_fault_set_index(fault, status_of(reject), "account", question->account,
                                   " cannot be valued");
    }
    *requirement = made;
    return PLM_OK;
}

plm_status
plm_core_auction(plm_core *core, uint32_t account, plm_auction_offer *offer, plm_fault *fault) {
    plm_core_question question = {.account = account};
    plm_requirement seen;
    plm_status status = plm_core_require(core, &question, &seen, NULL, fault);
    if (status == PLM_OK) {
        pli_bids_offer(core, &core->sides[0], &seen, offer); // touched by the question
    }
    return status;
}

plm_status
plm_core_settlement_price(const plm_core *core, uint32_t instrument, int64_t *price_e8) {
    if (instrument >= core->ledger.instrument_count) {
        return PLM_INDEX_UNKNOWN;
    }
    int64_t expiry_ns = core->ledger.listing_instruments[instrument].expiry_ns;
    return expiry_ns == 0 || expiry_ns > core->time_ns
               ? PLM_EXPIRED
               : pli_expiries_price(core, instrument, price_e8);
}

plm_close_run
plm_core_closes(const plm_core *core, uint32_t underlying_index) {
    if (underlying_index >= core->ledger.underlying_count) {
        return (plm_close_run){.count = 0};
    }
    const pli_closes *closes = &core->underlyings[underlying_index].closes;
    return (plm_close_run){closes->days, closes->prices, closes->count};
}

plm_status
plm_core_source(const plm_core *core, uint32_t underlying_index, uint32_t source_index,
                plm_feed_source *source) {
    if (underlying_index >= core->ledger.underlying_count) {
        return PLM_INDEX_UNKNOWN;
    }
    const plm_feed_source *found =
        pli_feed_source(&core->underlyings[underlying_index].feed, source_index);
    if (found == NULL) {
        return PLM_INDEX_UNKNOWN;
    }
    *source = *found;
    return PLM_OK;
}

plm_status
plm_core_signer(const plm_core *core, uint32_t signer, uint32_t *scopes, uint8_t public_key[32]) {
    if (signer >= core->signer_count) {
        return PLM_INDEX_UNKNOWN;
    }
    *scopes = core->signers[signer].scopes;
    memcpy(public_key, core->signers[signer].public_key, 32);
    return PLM_OK;
}

plm_status
plm_core_look(const plm_core *core, plm_core_view *view) {
    static const plm_portfolio nothing = {0};
    plm_core_view seen = {.listing = pli_ledger_listing(&core->ledger),
                          .market = pli_state_market(core)};
    *view = seen;
    if (!pli_health_input(core, &view->listing, &view->market, &nothing, &view->input)) {
        return PLM_ARRAYS_MISSING;
    }
    const pli_arrays *maintenance = pli_state_active(core, PLM_HORIZON_MAINTENANCE);
    const pli_arrays *initial = pli_state_active(core, PLM_HORIZON_INITIAL);
    view->maintenance_set = maintenance == NULL ? NULL : &maintenance->set;
    view->initial_set = initial == NULL ? NULL : &initial->set;
    return PLM_OK;
}

plm_status
plm_core_word_of(const plm_core *core, uint32_t underlying_index, uint32_t place,
                 plm_core_word *word) {
    if (underlying_index >= core->ledger.underlying_count ||
        place >= core->underlyings[underlying_index].feed.source_count) {
        return PLM_INDEX_UNKNOWN;
    }
    const pli_feed_slot *slot = &core->underlyings[underlying_index].feed.slots[place];
    bool has_price = slot->word == PLI_FEED_WORD_PRICE;
    *word = (plm_core_word){.has_price = has_price,
                            .price_e8 = has_price ? slot->price_e8 : 0,
                            .confidence_e8 = has_price ? slot->confidence_e8 : 0,
                            .publish_ns = slot->publish_ns,
                            .accepted_count = slot->accepted_count,
                            .ignored_count = slot->ignored_count};
    return PLM_OK;
}

uint64_t
plm_core_order_id(const plm_core *core, uint32_t account, uint32_t place) {
    bool is_there =
        account < core->ledger.account_count && place < core->ledger.accounts[account].order_count;
    return is_there ? pli_ledger_orders(&core->ledger, account)[place].order_id : 0;
}
