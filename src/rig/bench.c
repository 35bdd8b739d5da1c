/* bench.c: a state machine under test with what has to hold of it.                     SPDX-License-Identifier: Apache-2.0 */
#include "rig/bench.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/text.h"
#include "base/wide.h"
#include "core/check.h"
#include "core/forced.h"
#include "engine/engine.h"
#include "rig/forcing.h"

enum {
    FRONT = 8 + 4 + 4 * 14, /* of the encoded state: magic, version, limits */
    MASKED = 5 * 8,         /* sequence, time, counters: what a refused event may change */
    CLOSE_LOOK = 64,        /* every how many events before and after are compared */
    TWIN_EVERY = 1024,
    FULL_EVERY = 64, /* every how many events the records are checked though none changed */
    TWIN_EVENTS = 32,
    HOLDING_MAX = 32, /* entries of one account's tables in any world */
    SEGMENT_SIZE_MIN = 128 << 10
};

void
pli_machine_open(pli_machine *machine, const plm_core_limits *limits) {
    size_t size = (plm_core_size(limits) + 63) / 64 * 64;
    machine->limits = *limits;
    machine->memory = aligned_alloc(64, size);
    PLI_ASSERT(machine->memory != NULL);
    plm_status status = plm_core_init(limits, machine->memory, size, &machine->core, NULL);
    PLI_ASSERT(status == PLM_OK);
}

void
pli_machine_close(pli_machine *machine) {
    free(machine->memory);
    machine->memory = NULL;
}

static void
collect(void *context, const uint8_t *bytes, size_t size) {
    pli_bytes *to = context;
    if (to->size + size > to->capacity) {
        to->capacity = 2 * (to->size + size);
        to->data = realloc(to->data, to->capacity);
        PLI_ASSERT(to->data != NULL);
    }
    memcpy(to->data + to->size, bytes, size);
    to->size += size;
}

static void
encode(const plm_core *core, pli_bytes *bytes) {
    bytes->size = 0;
    plm_core_encode(core, collect, bytes);
}

bool
pli_machine_copy(pli_machine *to, const pli_machine *from, pli_bytes *bytes) {
    encode(from->core, bytes);
    size_t size = plm_core_size(&to->limits);
    plm_status status = plm_core_init(&to->limits, to->memory, size, &to->core, NULL);
    PLI_ASSERT(status == PLM_OK);
    return plm_core_decode(to->core, bytes->data, bytes->size, NULL) == PLM_OK;
}

bool
pli_machines_are_equal(const pli_machine *one, const pli_machine *other) {
    uint8_t digests[2][32];
    plm_core_digest(one->core, digests[0]);
    plm_core_digest(other->core, digests[1]);
    return memcmp(digests[0], digests[1], sizeof digests[0]) == 0;
}

pli_bench *
pli_bench_open(const pli_torture_options *options, pli_torture_result *result) {
    pli_bench *bench = calloc(1, sizeof *bench);
    PLI_ASSERT(bench != NULL);
    bool has_crypto = pli_crypto_init();
    PLI_ASSERT(has_crypto);
    bench->options = options;
    bench->result = result;
    pli_world_init(&bench->world, options->seed, options->features);
    result->features = bench->world.features;
    pli_machine_open(&bench->machine, &bench->world.limits);
    // It looks at everybody and counts what a screen would have missed; its twin looks at whom the screen leaves.
    plm_core_use_screen(bench->machine.core, PLM_SCREEN_CHECKED);
    pli_machine_open(&bench->twin, &bench->world.limits);
    pli_machine_open(&bench->idle, &bench->world.limits);
    return bench;
}

void
pli_bench_close(pli_bench *bench) {
    pli_machine_close(&bench->machine);
    pli_machine_close(&bench->twin);
    pli_machine_close(&bench->idle);
    free(bench->before.data);
    free(bench->after.data);
    free(bench);
}

void
pli_bench_fail(pli_bench *bench, const char *what, const char *detail) {
    pli_torture_result *result = bench->result;
    bench->has_failed = true;
    result->violations += 1;
    if (result->violations > 1) {
        return;
    }
    result->violation_event = bench->event;
    pli_text text = pli_text_init(result->violation, sizeof result->violation);
    const plm_event_kind *kind = plm_event_kind_find(bench->world.event.header.type);
    pli_text_append(&text, what);
    pli_text_append(&text, detail == NULL ? "" : ": ");
    pli_text_append(&text, detail == NULL ? "" : detail);
    pli_text_append(&text, kind == NULL ? "" : ", at an event of kind ");
    pli_text_append(&text, kind == NULL ? "" : kind->name);
    pli_text_append(&text, ", ");
    pli_text_append(&text, plm_reject_name(bench->outcome.reject));
}

static void
cover(pli_bench *bench, uint16_t type, plm_reject reject, uint32_t price_state) {
    pli_coverage_add(&bench->result->coverage, type, reject, price_state);
    if (!pli_coverage_can_occur(type, reject, price_state)) {
        pli_bench_fail(bench, "an outcome that cannot occur in price state",
                       price_state == 0 ? "none"
                                        : plm_price_state_name((plm_price_state)price_state));
    }
}

static bool
has_changed_records(const pli_bench *bench) {
    for (uint32_t i = 0; i < bench->outcome.effect_count; i += 1) {
        if (bench->effects[i].kind == PLM_EFFECT_PARAMETERS) {
            return true;
        }
    }
    return bench->world.event.header.type == PLM_EVENT_TYPE_PARAMETERS;
}

// [Q1] to [Q10], as far as the state before the event is kept.
static void
check_forcing(pli_bench *bench, const plm_event *event, plm_core *before) {
    if (bench->outcome.reject != PLM_REJECT_NONE || bench->outcome.is_repeat) {
        return;
    }
    pli_forcing forcing = {.before = before,
                           .after = bench->machine.core,
                           .event = event,
                           .outcome = &bench->outcome,
                           .effects = bench->effects};
    const char *broken = pli_forcing_check(&forcing);
    if (broken != NULL) {
        pli_bench_fail(bench, broken, NULL);
    }
}

void
pli_bench_apply(pli_bench *bench, const plm_event *event) {
    plm_effects effects = {PLI_BENCH_EFFECTS, bench->effects};
    uint32_t price_state = pli_coverage_state_of(bench->machine.core, event);
    plm_status status = plm_core_apply(bench->machine.core, event, &effects, &bench->outcome, NULL);
    bench->event += 1;
    bench->result->events += 1;
    if (status != PLM_OK) {
        pli_bench_fail(bench, "an event was not decided", plm_status_name(status));
        return;
    }
    bench->result->accepted += bench->outcome.reject == PLM_REJECT_NONE ? 1 : 0;
    if (!pli_coverage_is_before(event->header.type)) {
        price_state = pli_coverage_state_of(bench->machine.core, event);
    }
    if (!bench->outcome.is_repeat) { // a repeat answers what was decided in another state
        cover(bench, event->header.type, bench->outcome.reject, price_state);
    }
    check_forcing(bench, event, NULL);
    bool has_records = bench->event % FULL_EVERY == 0 || has_changed_records(bench);
    const char *broken = has_records ? plm_core_check(bench->machine.core)
                                     : pli_check_but_records(bench->machine.core);
    if (broken != NULL) {
        pli_bench_fail(bench, "an invariant is broken", broken);
    }
    if (plm_core_screen_counts(bench->machine.core).missed != 0) {
        pli_bench_fail(bench, "[SCREEN-1] an account passed as certain was not healthy", NULL);
    }
    if (!bench->has_twin) {
        return;
    }
    plm_outcome outcome;
    effects.entries = bench->twin_effects;
    status = plm_core_apply(bench->twin.core, event, &effects, &outcome, NULL);
    if (status != PLM_OK || outcome.reject != bench->outcome.reject ||
        outcome.effect_count != bench->outcome.effect_count) {
        pli_bench_fail(bench, "[D3] a state from its bytes decides otherwise", NULL);
    }
}

// Are the settled parts of the two states in `before` and `after` the same?
static bool
is_unchanged(pli_bench *bench) {
    pli_bytes *before = &bench->before;
    pli_bytes *after = &bench->after;
    memset(before->data + FRONT, 0, MASKED);
    memset(after->data + FRONT, 0, MASKED);
    return before->size == after->size && memcmp(before->data, after->data, before->size) == 0;
}

/* What the rules of health say after an event: who is asked, and which excess counts. */
typedef struct standing {
    bool is_known;
    bool is_free;                  // no lots, orders or loans: section 10 asks nothing of it
    pli_i128 initial, maintenance; /* excesses */
} standing;

// Without lots, open orders and negative balances?
static bool
is_free(const plm_core *core, uint32_t account) {
    plm_position positions[HOLDING_MAX];
    plm_order orders[HOLDING_MAX];
    plm_balance balances[HOLDING_MAX];
    plm_portfolio held;
    if (plm_core_portfolio(core, account, positions, orders, balances, &held) != PLM_OK ||
        held.order_count > 0) {
        return false;
    }
    for (uint32_t i = 0; i < held.position_count; i += 1) {
        if (held.positions[i].lots != 0) {
            return false;
        }
    }
    for (uint32_t i = 0; i < held.balance_count; i += 1) {
        if (pli_i128_from_wide(held.balances[i].atoms) < 0) {
            return false;
        }
    }
    return true;
}

static standing
stand(const pli_machine *machine, uint32_t account) {
    plm_requirement required;
    plm_core_question question = {.account = account};
    if (account >= plm_core_account_count(machine->core) ||
        plm_core_require(machine->core, &question, &required, NULL, NULL) != PLM_OK) {
        return (standing){0};
    }
    return (standing){true, is_free(machine->core, account),
                      (pli_i128)required.equity_initial_micros - required.initial_micros,
                      (pli_i128)required.equity_maintenance_micros - required.maintenance_micros};
}

// The accounts whose health the event is allowed to lower only down to its limit; PLM_NONE for none.
static void
sides_of(const plm_event *event, uint32_t sides[2]) {
    sides[0] = event->header.account;
    sides[1] = PLM_NONE;
    switch (event->header.type) {
    case PLM_EVENT_TYPE_TRADE:
        sides[1] = event->trade_body.maker_account;
        return;
    case PLM_EVENT_TYPE_EXCHANGE:
        sides[1] = event->exchange_body.other_account;
        return;
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
        sides[1] = event->position_transfer_body.to_account;
        return;
    case PLM_EVENT_TYPE_BID:
        sides[1] = event->bid_body.sold_account;
        return;
    case PLM_EVENT_TYPE_RESERVE:
        sides[0] = event->reserve_body.is_reduce_only ? PLM_NONE : sides[0];
        return;
    case PLM_EVENT_TYPE_WITHDRAW:
    case PLM_EVENT_TYPE_TRANSFER:
    case PLM_EVENT_TYPE_BORROW:
        return;
    default:
        sides[0] = PLM_NONE;
        return;
    }
}

// Is that the side that is closed against its will? [Q2] is what holds for it.
static bool
is_closed(const plm_event *event, int side) {
    bool is_sold = event->header.type == PLM_EVENT_TYPE_BID && side == 1;
    return is_sold || (event->header.type == PLM_EVENT_TYPE_TRADE &&
                       pli_forced_is(side == 0 ? event->trade_body.taker_order_id
                                               : event->trade_body.maker_order_id));
}

static bool
may_stand(const plm_event *event, const standing *before, const standing *after, int side) {
    if (!after->is_known || after->is_free || after->initial >= 0 || is_closed(event, side)) {
        return true;
    }
    uint16_t type = event->header.type;
    bool is_payout = type == PLM_EVENT_TYPE_WITHDRAW || type == PLM_EVENT_TYPE_TRANSFER ||
                     type == PLM_EVENT_TYPE_BORROW;
    bool is_order =
        type == PLM_EVENT_TYPE_TRADE &&
        (side == 0 ? event->trade_body.taker_order_id : event->trade_body.maker_order_id) != 0;
    if (is_order && after->maintenance >= 0) {
        return true;
    }
    return !is_payout && (!before->is_known || after->initial >= before->initial);
}

/*
 * One event beside a state in which at that moment nothing happens but time: what a refusal may leave is what that leaves,
 * and the health before the event is the health there.
 */
static void
step_closely(pli_bench *bench, const plm_event *event) {
    plm_event now;
    plm_outcome outcome;
    plm_effects effects = {PLI_BENCH_EFFECTS, bench->twin_effects};
    uint32_t sides[2];
    pli_world_now(&bench->world, &now);
    if (!pli_machine_copy(&bench->idle, &bench->machine, &bench->before)) {
        pli_bench_fail(bench, "[D3] a state does not decode from its bytes", NULL);
        return;
    }
    plm_status status = plm_core_apply(bench->idle.core, &now, &effects, &outcome, NULL);
    PLI_ASSERT(status == PLM_OK);
    encode(bench->idle.core, &bench->before);
    pli_bench_apply(bench, event);
    if (bench->outcome.reject != PLM_REJECT_NONE || bench->outcome.is_repeat) {
        encode(bench->machine.core, &bench->after);
        if (!is_unchanged(bench)) {
            pli_bench_fail(bench, "[L6] a refused event changed the state", NULL);
        }
        return;
    }
    sides_of(event, sides);
    for (int i = 0; i < 2; i += 1) {
        standing before = stand(&bench->idle, sides[i]);
        standing after = stand(&bench->machine, sides[i]);
        if (!may_stand(event, &before, &after, i)) {
            pli_bench_fail(bench, "[M9] an account was left below its requirement", NULL);
        }
    }
    check_forcing(bench, event, bench->idle.core);
}

// Has a signer taken from itself the scope that such an event needs?
static bool
has_ended_itself(const plm_event *event) {
    return event->header.type == PLM_EVENT_TYPE_SIGNER &&
           event->header.signer == event->signer_body.signer_index &&
           (event->signer_body.scopes & PLM_SCOPE_ADMIN) == 0;
}

// Sent again, an accepted event with a client id answers what it answered then and changes no more than time does; scopes are
// asked before client ids.
static void
repeat(pli_bench *bench, const plm_event *event) {
    plm_outcome first = bench->outcome;
    step_closely(bench, event);
    bool is_answered = bench->outcome.is_repeat && bench->outcome.reject == first.reject;
    if (has_ended_itself(event) ? bench->outcome.reject != PLM_REJECT_SCOPE : !is_answered) {
        pli_bench_fail(bench, "[L8] an event was taken twice", NULL);
    }
}

static void
keep_twin(pli_bench *bench) {
    if (bench->has_twin && bench->event >= bench->twin_end) {
        bench->has_twin = false;
        if (!pli_machines_are_equal(&bench->machine, &bench->twin)) {
            pli_bench_fail(bench, "[D3] a state from its bytes went another way", NULL);
        }
    }
    if (!bench->has_twin && bench->event / TWIN_EVERY != bench->twin_end / TWIN_EVERY) {
        bench->has_twin = true;
        bench->twin_end = bench->event + TWIN_EVENTS;
        if (!pli_machine_copy(&bench->twin, &bench->machine, &bench->before)) {
            pli_bench_fail(bench, "[D3] a state does not decode from its bytes", NULL);
        } else if (!pli_machines_are_equal(&bench->machine, &bench->twin)) {
            pli_bench_fail(bench, "[D3] a state decodes to another one", NULL);
        }
        plm_event now;
        pli_world_now(&bench->world, &now);
        if (pli_machine_copy(&bench->idle, &bench->machine, &bench->before) &&
            !pli_forcing_settle(bench->idle.core, &now)) {
            pli_bench_fail(bench, "[Q3] jobs do not come to an end", NULL);
        }
    }
}

void
pli_bench_step(pli_bench *bench) {
    static const uint8_t none[16] = {0};
    plm_event event = bench->world.event;
    bool is_forcing = pli_forcing_is_forced(&event) ||
                      (event.header.type == PLM_EVENT_TYPE_CONTINUE && bench->event % 4 == 0);
    if (pli_prng_below(&bench->world.prng, CLOSE_LOOK) == 0 || is_forcing) {
        step_closely(bench, &event);
    } else {
        pli_bench_apply(bench, &event);
    }
    bool is_named = memcmp(event.header.client_id, none, sizeof none) != 0;
    if (!bench->has_failed && is_named && bench->outcome.reject == PLM_REJECT_NONE &&
        !bench->outcome.is_repeat) {
        repeat(bench, &event);
    }
    keep_twin(bench);
}

uint64_t
pli_bench_segment_size(const pli_bench *bench) {
    return SEGMENT_SIZE_MIN + bench->options->event_count / 512 * 4096;
}

void
pli_bench_draft(pli_bench *bench, pli_draft *draft, pli_bench_applied *applied, void *context) {
    uint32_t count = 1 + (uint32_t)pli_prng_below(&bench->world.prng, PLI_DRAFT_EVENTS);
    size_t size = 0;
    draft->count = 0;
    for (uint32_t i = 0; i < count && !bench->has_failed; i += 1) {
        pli_world_next(&bench->world, bench->machine.core);
        pli_keys_sign(&bench->keys, &bench->world, bench->machine.core);
        const plm_event *event = &bench->world.event;
        memcpy(draft->bytes + size, bench->world.bytes, bench->world.size);
        size += bench->world.size;
        draft->ends[i] = size;
        draft->is_let_in[i] = event->header.type != PLM_EVENT_TYPE_PRICE_REPORT ||
                              pli_engine_is_signed(bench->machine.core, &event->price_report_body);
        if (draft->is_let_in[i]) {
            pli_bench_apply(bench, event);
            draft->expected[i] = bench->outcome;
            applied(context, bench->world.bytes, bench->world.size);
        } else {
            draft->expected[i] = (plm_outcome){.reject = PLM_REJECT_SIGNATURE};
            cover(bench, event->header.type, PLM_REJECT_SIGNATURE,
                  pli_coverage_state_of(bench->machine.core, event));
        }
        draft->count += 1;
    }
}

static bool
is_as_expected(const pli_draft *draft, const plm_outcome *outcomes, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 1) {
        const plm_outcome *expected = &draft->expected[i];
        if (outcomes[i].reject != expected->reject || outcomes[i].sequence != expected->sequence ||
            outcomes[i].is_repeat != expected->is_repeat ||
            outcomes[i].effect_count != expected->effect_count) {
            return false;
        }
    }
    return count == draft->count;
}

plm_status
pli_bench_submit(pli_bench *bench, const pli_draft *draft, plm_engine *engine, plm_fault *fault) {
    plm_outcome outcomes[PLI_DRAFT_EVENTS];
    size_t size = draft->count == 0 ? 0 : draft->ends[draft->count - 1];
    plm_batch batch = {draft->bytes, size, PLI_DRAFT_EVENTS, outcomes};
    uint32_t count = 0;
    plm_status status = plm_engine_submit(engine, &batch, &count, fault);
    if (status == PLM_OK && !is_as_expected(draft, outcomes, count)) {
        pli_bench_fail(bench, "[D4] a batch decides otherwise than its events do", NULL);
    }
    return status;
}
