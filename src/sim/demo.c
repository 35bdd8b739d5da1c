/* demo.c: the demonstration venue, tick by tick.                                      SPDX-License-Identifier: Apache-2.0 */
#include "sim/demo.h"

#include "base/assert.h"
#include "base/libc.h"
#include "core/forced.h"
#include "sim/demo_parts.h"

enum { STEPS_OF_CONTINUE = 64, STEPS_OF_TICK = 8192 };

plm_event *
pli_demo_begin(const pli_demo *demo, plm_event *event, plm_event_type type, uint32_t account) {
    memset(event, 0, sizeof *event);
    event->header.type = (uint16_t)type;
    event->header.version = 1;
    event->header.time_ns = demo->tick_ns;
    event->header.account = account;
    return event;
}

double
pli_demo_trait(const pli_demo *demo, uint32_t account, uint32_t which) {
    uint64_t state = demo->options.seed ^ ((uint64_t)account << 32 | which);
    (void)pli_splitmix64_next(&state);
    return (double)(pli_splitmix64_next(&state) >> 11) / 9007199254740992.0;
}

void
pli_demo_init(pli_demo *demo, const pli_demo_options *options) {
    PLI_ASSERT(options->account_count > PLI_DEMO_TRADERS);
    PLI_ASSERT(options->account_count <= PLI_DEMO_ACCOUNTS_MAX);
    memset(demo, 0, sizeof *demo);
    demo->options = *options;
    demo->task = UINT32_MAX;
    for (uint32_t u = 0; u < PLI_DEMO_UNDERLYINGS; u += 1) {
        pli_book_init(&demo->books[u], PLI_DEMO_ORDERS, demo->orders[u][0], demo->orders[u][1]);
    }
}

// What an earlier run has left: orders that wait to be filled. The seed moves on, so that days differ.
static void
resume(pli_demo *demo, const plm_core *core, int64_t now_ns) {
    demo->is_resumed = true;
    demo->begin_ns = now_ns;
    demo->replayed_ns = demo->options.replay_from_ns;
    demo->prng = pli_prng_init(demo->options.seed + core->sequence);
    for (uint32_t i = 0; i < core->ledger.account_count; i += 1) {
        if (core->ledger.accounts[i].order_count > 0) {
            pli_demo_wait(demo, i);
        }
    }
}

// Scans and settlements are jobs that the engine does step by step, when told to.
static bool
go_on(pli_demo *demo, plm_core *core, plm_event *event) {
    if (core->job_count == 0 || demo->steps >= STEPS_OF_TICK) {
        return false;
    }
    demo->steps += STEPS_OF_CONTINUE;
    pli_demo_begin(demo, event, PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
    event->continue_body.step_count = STEPS_OF_CONTINUE;
    return true;
}

typedef bool (*task)(pli_demo *demo, plm_core *core, plm_event *event);

static const task tasks[] = {pli_demo_list,        pli_demo_report,
                             pli_demo_mark,        pli_demo_surface,
                             pli_demo_facts,       pli_demo_list,
                             pli_demo_enter,       pli_demo_refill,
                             pli_demo_settle,      go_on,
                             pli_demo_work_orders, pli_demo_bid,
                             pli_demo_act,         go_on};
enum { TASKS = sizeof tasks / sizeof tasks[0] };

bool
pli_demo_next(pli_demo *demo, plm_core *core, int64_t now_ns, plm_event *event) {
    if (!demo->is_resumed) {
        resume(demo, core, now_ns);
    }
    demo->is_told_awaited = false;
    if (demo->task >= TASKS) {
        if (demo->tick_ns != 0 && now_ns < demo->tick_ns + PLI_DEMO_TICK_NS) {
            return false;
        }
        demo->before_ns = demo->tick_ns == 0 ? now_ns : demo->tick_ns;
        demo->tick_ns = now_ns;
        demo->tick_count += 1;
        demo->task = 0;
        demo->item = 0;
        demo->steps = 0;
        pli_demo_move(demo, core);
        pli_demo_quote(demo, core);
    }
    while (demo->task < TASKS) {
        if (tasks[demo->task](demo, core, event)) {
            return true;
        }
        demo->task += 1;
        demo->item = 0;
    }
    return false;
}

// What came of the fill that was asked for.
static void
fill_told(pli_demo *demo, const plm_outcome *outcome) {
    pli_demo_incoming *incoming = &demo->incoming;
    bool has_book = incoming->instrument_index < PLI_DEMO_UNDERLYINGS;
    pli_book *book = has_book ? &demo->books[incoming->instrument_index] : NULL;
    bool is_foreign = demo->match.account >= PLI_DEMO_MAKERS;
    if (outcome->reject != PLM_REJECT_NONE) {
        incoming->is_active = false;
        if (has_book && is_foreign) {
            (void)pli_book_remove(book, demo->match.account, demo->match.order_id);
        }
        return;
    }
    incoming->order.lots -= demo->match.lots;
    // Orders that are reserved at the engine shrink by its word, below.
    if (has_book && !is_foreign) {
        (void)pli_book_fill(book, demo->match.account, demo->match.order_id, demo->match.lots);
    }
}

void
pli_demo_told(pli_demo *demo, const plm_core *core, const plm_event *event,
              const plm_outcome *outcome, const plm_effect *effects) {
    (void)core;
    if (demo->is_told_awaited && event->header.type == PLM_EVENT_TYPE_TRADE) {
        demo->is_told_awaited = false;
        fill_told(demo, outcome);
    }
    if (outcome->reject != PLM_REJECT_NONE || outcome->is_repeat) {
        // What the state lacks is found anew by every call: what was refused must not be asked for again in this tick.
        bool is_listing = demo->task < TASKS && (tasks[demo->task] == pli_demo_list ||
                                                 tasks[demo->task] == pli_demo_enter);
        demo->task += is_listing ? 1 : 0;
        return;
    }
    if (event->header.type == PLM_EVENT_TYPE_RESERVE) {
        pli_demo_wait(demo, event->header.account);
    }
    for (uint32_t i = 0; i < outcome->effect_count; i += 1) {
        const plm_effect *effect = &effects[i];
        if (effect->kind == PLM_EFFECT_SLICE) {
            pli_demo_wait(demo, effect->account);
        } else if (effect->kind == PLM_EFFECT_ORDER && effect->index < PLI_DEMO_UNDERLYINGS) {
            (void)pli_book_keep(&demo->books[effect->index], effect->account, effect->a.low,
                                (int64_t)effect->b.low);
        }
    }
}

void
pli_demo_crash(pli_demo *demo) {
    demo->is_crash_wanted = true;
}
