/* play.c: submitting what the demonstration says, and keeping what the pages ask for.  SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "engine/engine.h"
#include "os/clock.h"
#include "server/deribit.h"
#include "server/health.h"
#include "server/submit.h"

enum { EVENTS_OF_TURN = 4000, REFRESH_OF_TURN = 64, STEPS_OF_EVENT = 256 };

#define TURN_NS INT64_C(60000000)      /* requests wait no longer than this for a turn to end */
#define BUSY_TURN_NS INT64_C(10000000) /* nor than this where others wait already */
#define FORCED_FIRST (UINT64_C(1) << 63)

static void
remember(pli_server *server, const plm_event *event, const plm_outcome *outcome,
         const plm_effect *effect) {
    server->tape[server->tape_count % PLI_TAPE_COUNT] =
        (pli_tape_entry){.sequence = outcome->sequence,
                         .time_ns = event->header.time_ns,
                         .kind = effect->kind,
                         .account = effect->account,
                         .index = effect->index,
                         .a = effect->a,
                         .b = effect->b};
    server->tape_count += 1;
}

// A forced order that was filled: lots as the account traded them, and at what price.
static void
remember_fill(pli_server *server, const plm_event *event, const plm_outcome *outcome) {
    plm_effect fill = {
        .kind = PLM_EFFECT_POSITION,
        .account = event->header.account,
        .index = event->trade_body.instrument_index,
        .a = {.low = (uint64_t)event->trade_body.lots, .high = event->trade_body.lots < 0 ? -1 : 0},
        .b = {.low = (uint64_t)event->trade_body.price_e8}};
    remember(server, event, outcome, &fill);
}

// Money that the operator moves into or out of the funds behind the accounts.
static void
remember_fund(pli_server *server, const plm_event *event, const plm_outcome *outcome) {
    const plm_event_fund *body = &event->fund_body;
    plm_effect moved = {.account = PLM_NONE,
                        .index = body->asset_index,
                        .a = body->atoms,
                        .b = {.low = (uint64_t)body->action}};
    remember(server, event, outcome, &moved);
    if (body->asset_index < PLI_LOSS_ASSETS && body->action == PLM_FUND_ACTION_PAY_IN) {
        server->losses.paid_in[body->asset_index] += pli_i128_from_wide(body->atoms);
    }
}

static bool
is_remembered(plm_effect_kind kind) {
    return kind == PLM_EFFECT_STAGE || kind == PLM_EFFECT_CALL || kind == PLM_EFFECT_SLICE ||
           kind == PLM_EFFECT_COVER || kind == PLM_EFFECT_AUCTION || kind == PLM_EFFECT_BID ||
           kind == PLM_EFFECT_DELEVERAGE || kind == PLM_EFFECT_PROFIT_CUT ||
           kind == PLM_EFFECT_BALANCE_CUT || kind == PLM_EFFECT_WRITE_OFF ||
           kind == PLM_EFFECT_COLLATERAL || kind == PLM_EFFECT_BACKSTOP;
}

// What a closed-out account owes is looked at again and again: only payments are news.
static bool
is_news(const pli_server *server, const plm_effect *effect) {
    return effect->kind != PLM_EFFECT_COVER || pli_i128_from_wide(effect->a) > 0 ||
           server->summaries[effect->account].stage != PLM_STAGE_DEFICIT;
}

static void
add_loss(pli_server *server, const plm_effect *effect) {
    pli_losses *losses = &server->losses;
    plm_listing listing = plm_core_listing(server->core);
    uint32_t asset = effect->index;
    if (effect->kind == PLM_EFFECT_DELEVERAGE) {
        losses->deleverages += 1;
        return;
    }
    if (effect->kind == PLM_EFFECT_BACKSTOP) {
        losses->backstops += 1;
        return;
    }
    if (effect->kind == PLM_EFFECT_PROFIT_CUT) {
        asset = asset < listing.instrument_count ? listing.instruments[asset].settlement_asset_index
                                                 : PLM_NONE;
    }
    if (asset >= PLI_LOSS_ASSETS) {
        return;
    }
    pli_i128 atoms = pli_i128_from_wide(effect->a);
    if (effect->kind == PLM_EFFECT_COVER) {
        losses->covers += atoms > 0 ? 1 : 0;
        losses->paid[asset] += atoms;
    } else if (effect->kind == PLM_EFFECT_PROFIT_CUT) {
        losses->profit_cuts += 1;
        losses->profit_given_up[asset] += atoms;
    } else if (effect->kind == PLM_EFFECT_BALANCE_CUT) {
        losses->balance_cuts += 1;
        losses->given_up[asset] += atoms;
    } else if (effect->kind == PLM_EFFECT_WRITE_OFF) {
        losses->write_offs += 1;
        losses->written_off[asset] += atoms;
    }
}

static void
remember_all(pli_server *server, const plm_event *event, const plm_outcome *outcome,
             const plm_effect *effects) {
    bool is_forced = event->header.type == PLM_EVENT_TYPE_TRADE &&
                     event->trade_body.taker_order_id >= FORCED_FIRST;
    if (is_forced) {
        remember_fill(server, event, outcome);
    }
    if (event->header.type == PLM_EVENT_TYPE_FUND) {
        remember_fund(server, event, outcome);
    }
    for (uint32_t i = 0; i < outcome->effect_count; i += 1) {
        if (is_remembered(effects[i].kind) && is_news(server, &effects[i])) {
            remember(server, event, outcome, &effects[i]);
            add_loss(server, &effects[i]);
        }
        if (effects[i].kind == PLM_EFFECT_STAGE) {
            server->summaries[effects[i].account].stage = (plm_stage)effects[i].a.low;
        }
    }
}

void
pli_server_observe(void *observer, const plm_core *core, const plm_event *event,
                   const plm_outcome *outcome, const plm_effect *effects) {
    pli_server *server = observer;
    pli_metrics_observe(&server->metrics, event, outcome, effects);
    pli_submission_observe(server, event, outcome, effects);
    pli_amendments_observe(&server->amendments, event, outcome);
    pli_rpc_observe(server, event, outcome, effects);
    server->outcome = *outcome;
    if (outcome->reject == PLM_REJECT_NONE && !outcome->is_repeat) {
        remember_all(server, event, outcome, effects);
        pli_journal_effects(&server->journal, core, outcome, effects);
    }
    if (server->demo != NULL) {
        pli_demo_told(server->demo, core, event, outcome, effects);
    }
}

// What the demonstration leaves to its driver: the keys of the price sources.
static void
sign(const pli_server *server, plm_event *event) {
    if (event->header.type == PLM_EVENT_TYPE_SOURCE) {
        const plm_event_source *body = &event->source_body;
        memcpy(event->source_body.public_key,
               server->sources[body->underlying_index][body->source_index].public_key,
               sizeof event->source_body.public_key);
    } else if (event->header.type == PLM_EVENT_TYPE_PRICE_REPORT) {
        plm_event_price_report *body = &event->price_report_body;
        pli_engine_sign(body, &server->sources[body->underlying_index][body->source_index],
                        body->signature);
    }
}

static bool
submit(pli_server *server, plm_event *event) {
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    size_t size = 0;
    uint32_t count = 0;
    plm_outcome outcome;
    sign(server, event);
    server->failure = plm_event_encode(event, bytes, sizeof bytes, &size);
    if (server->failure == PLM_OK) {
        plm_batch batch = {.events = bytes, .size = size, .capacity = 1, .outcomes = &outcome};
        server->failure = plm_engine_submit(server->engine, &batch, &count, &server->fault);
    }
    return server->failure == PLM_OK;
}

static void
summarise(pli_server *server, uint32_t account) {
    pli_summary *summary = &server->summaries[account];
    plm_core_question question = {.account = account};
    plm_account_info info;
    if (plm_core_account(server->core, account, &info) != PLM_OK) {
        return;
    }
    summary->stage = info.standing.stage;
    summary->position_count = info.position_count;
    // While a price is not VALID there is no answer, and the last one stands with its time.
    if (plm_core_require(server->core, &question, &summary->requirement, NULL, NULL) == PLM_OK) {
        summary->is_known = true;
        summary->seen_ns = plm_core_time(server->core).ns;
    }
}

void
pli_server_look(pli_server *server, int64_t most_ns) {
    plm_asset_totals totals;
    for (uint32_t i = 0; i < PLI_LOSS_ASSETS && plm_core_asset(server->core, i, &totals) == PLM_OK;
         i += 1) {
        server->losses.begun[i] = pli_i128_from_wide(totals.insurance);
    }
    int64_t until_ns = pli_clock_monotonic_ns() + most_ns;
    uint32_t count = plm_core_account_count(server->core);
    for (uint32_t i = 0; i < count && pli_clock_monotonic_ns() < until_ns; i += 1) {
        summarise(server, i);
    }
}

// Every account comes round within a second or two.
static void
refresh(pli_server *server, int64_t until_ns) {
    uint32_t count = plm_core_account_count(server->core);
    for (uint32_t i = 0; i < REFRESH_OF_TURN && i < count; i += 1) {
        server->refresh_at = server->refresh_at + 1 < count ? server->refresh_at + 1 : 0;
        summarise(server, server->refresh_at);
        if (pli_clock_monotonic_ns() > until_ns) {
            return;
        }
    }
}

// A demonstration that is asked more than there is time for falls behind before those who ask do.
static bool
is_busy(const pli_server *server) {
    uint32_t waiting = 0;
    for (unsigned i = 0; server->http != NULL && i < PLI_HTTP_LANES; i += 1) {
        waiting += pli_http_lane_of(server->http, i).waiting;
    }
    return waiting > 0;
}

// What the demonstration says by now. Was there anything?
static bool
play_demo(pli_server *server, int64_t until_ns) {
    bool has_played = false;
    for (uint32_t i = 0; server->demo != NULL && i < EVENTS_OF_TURN; i += 1) {
        plm_event event;
        if (server->failure != PLM_OK || pli_clock_monotonic_ns() > until_ns ||
            !pli_demo_next(server->demo, server->core, pli_clock_real_ns(), &event)) {
            break;
        }
        has_played = true;
        if (!submit(server, &event)) {
            break;
        }
    }
    return has_played;
}

// What events have begun and could not end: scans, settlements, deleveraging. Was anything waiting?
static bool
go_on(pli_server *server, int64_t until_ns) {
    bool has_gone_on = false;
    while (!server->is_leaving_jobs && server->failure == PLM_OK &&
           plm_core_job_count(server->core) > 0 && pli_clock_monotonic_ns() < until_ns) {
        plm_event event = {.header = {.type = PLM_EVENT_TYPE_CONTINUE,
                                      .version = 1,
                                      .time_ns = plm_core_time(server->core).ns,
                                      .account = PLM_NONE}};
        event.continue_body.step_count = STEPS_OF_EVENT;
        has_gone_on = true;
        if (!submit(server, &event) || server->outcome.reject != PLM_REJECT_NONE) {
            break;
        }
    }
    return has_gone_on;
}

void
pli_server_play(pli_server *server) {
    int64_t until_ns = pli_clock_monotonic_ns() + (is_busy(server) ? BUSY_TURN_NS : TURN_NS);
    bool has_played = play_demo(server, until_ns);
    bool has_gone_on = go_on(server, until_ns);
    if ((has_played || has_gone_on) && server->failure == PLM_OK) {
        server->failure = plm_engine_commit(server->engine, &server->fault);
        pli_metrics_committed(&server->metrics);
    }
    refresh(server, until_ns);
}
