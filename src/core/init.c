/* init.c: the memory of a state, carved once, and the state before the first event.    SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/assert.h"
#include "base/libc.h"
#include "base/text.h"
#include "core/clients.h"
#include "core/records.h"
#include "core/state.h"

// A bound per table that keeps every product of counts far inside size_t and every index inside u32.
enum { COUNT_MAX = 1 << 24, PER_ACCOUNT_MAX = 4096, EXPIRY_MAX = 1 << 16, HISTORY_MAX = 4096 };

_Static_assert((int)PLI_NOTE_BALANCE == (int)PLM_EFFECT_BALANCE, "sides.c");
_Static_assert((int)PLI_NOTE_POSITION == (int)PLM_EFFECT_POSITION, "sides.c");
_Static_assert((int)PLI_NOTE_PROFIT == (int)PLM_EFFECT_PROFIT, "sides.c");
_Static_assert((int)PLI_NOTE_FEE == (int)PLM_EFFECT_FEE, "sides.c");
_Static_assert((int)PLI_NOTE_ORDER == (int)PLM_EFFECT_ORDER, "sides.c");
_Static_assert((int)PLI_NOTE_COVER == (int)PLM_EFFECT_COVER, "sides.c");
_Static_assert((int)PLI_NOTE_TRANCHE == (int)PLM_EFFECT_TRANCHE, "sides.c");
_Static_assert((int)PLI_NOTE_PROFIT_CUT == (int)PLM_EFFECT_PROFIT_CUT, "sides.c");
_Static_assert((int)PLI_NOTE_BALANCE_CUT == (int)PLM_EFFECT_BALANCE_CUT, "sides.c");
_Static_assert((int)PLI_NOTE_WRITE_OFF == (int)PLM_EFFECT_WRITE_OFF, "sides.c");
_Static_assert((int)PLI_NOTE_COLLATERAL == (int)PLM_EFFECT_COLLATERAL, "sides.c");

void
plm_core_limits_init(plm_core_limits *limits) {
    *limits = (plm_core_limits){.asset_count = 8,
                                .underlying_count = 8,
                                .instrument_count = 256,
                                .account_count = 1000,
                                .balance_count = 8,
                                .position_count = 64,
                                .order_count = 64,
                                .signer_count = 64,
                                .client_id_count = 1024,
                                .expiry_count = 64,
                                .class_count = 4,
                                .history_count = 1000,
                                .entry_count = PLM_SCENARIO_ENTRIES_MAX};
}

typedef struct bound {
    const char *field;
    uint32_t value, low, high;
} bound;

static plm_status
check_limits(const plm_core_limits *limits, plm_fault *fault) {
    const bound bounds[] = {
        {"asset_count", limits->asset_count, 1, COUNT_MAX},
        {"underlying_count", limits->underlying_count, 1, COUNT_MAX},
        {"instrument_count", limits->instrument_count, 1, COUNT_MAX},
        {"account_count", limits->account_count, 1, COUNT_MAX},
        {"balance_count", limits->balance_count, 1, PER_ACCOUNT_MAX},
        {"position_count", limits->position_count, 1, PER_ACCOUNT_MAX},
        {"order_count", limits->order_count, 1, PER_ACCOUNT_MAX},
        {"signer_count", limits->signer_count, 1, COUNT_MAX},
        {"client_id_count", limits->client_id_count, 1, COUNT_MAX},
        {"expiry_count", limits->expiry_count, 1, EXPIRY_MAX},
        {"class_count", limits->class_count, 1, PER_ACCOUNT_MAX},
        {"history_count", limits->history_count, 1, HISTORY_MAX},
        {"entry_count", limits->entry_count, PLM_ROW_ALIGN, PLM_SCENARIO_ENTRIES_MAX},
    };
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i += 1) {
        if (bounds[i].value < bounds[i].low || bounds[i].value > bounds[i].high) {
            return pli_fault_set_range(fault, PLM_LIMIT, bounds[i].field, bounds[i].value,
                                       bounds[i].low, bounds[i].high);
        }
    }
    if (limits->entry_count % PLM_ROW_ALIGN != 0) {
        return pli_fault_set(fault, PLM_LIMIT, "entry_count is no multiple of 16", NULL, NULL);
    }
    return PLM_OK;
}

static size_t
workspace_size(const plm_core_limits *limits) {
    plm_limits most = {.asset_count = limits->asset_count,
                       .underlying_count = limits->underlying_count,
                       .instrument_count = limits->instrument_count,
                       .position_count = limits->position_count + PLI_CHANGES_MAX,
                       .order_count = limits->order_count + PLI_CHANGES_MAX,
                       .balance_count = limits->balance_count + 2 * PLI_CHANGES_MAX,
                       .entry_count = limits->entry_count};
    size_t size = 0;
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        size_t needed = plm_margin_workspace_size(plm_model_at(i), &most);
        size = needed > size ? needed : size;
    }
    return size;
}

static void
carve_arrays(plm_core *core, const plm_core_limits *limits, pli_arena *arena) {
    size_t rows = (size_t)limits->instrument_count + limits->asset_count;
    size_t set_size =
        pli_scenario_bound(limits->underlying_count, limits->asset_count, limits->history_count);
    for (uint32_t k = 0; k < 2 * PLI_HORIZONS; k += 1) {
        pli_arrays *arrays = &core->arrays[k / 2][k % 2];
        arrays->grid_active = PLI_ARENA_TAKE(arena, limits->underlying_count, uint32_t);
        arrays->has_history = PLI_ARENA_TAKE(arena, limits->underlying_count, uint8_t);
        arrays->entries =
            pli_arena_take(arena, rows * limits->entry_count, sizeof(int64_t), PLI_ARENA_ALIGN);
        arrays->is_built = PLI_ARENA_TAKE(arena, rows, uint8_t);
        arrays->set_memory = pli_arena_take(arena, set_size, 1, PLI_ARENA_ALIGN);
        arrays->set_size = set_size;
    }
    core->facts = pli_facts_take(arena, limits->underlying_count, limits->instrument_count);
}

static void
carve_market(plm_core *core, const plm_core_limits *limits, pli_arena *arena) {
    core->underlyings = PLI_ARENA_TAKE(arena, limits->underlying_count, pli_underlying);
    core->prices = PLI_ARENA_TAKE(arena, limits->underlying_count, plm_underlying_market);
    core->marks = PLI_ARENA_TAKE(arena, limits->instrument_count, plm_mark);
    core->is_marked = PLI_ARENA_TAKE(arena, limits->instrument_count, uint8_t);
    core->built_marks_e8 = PLI_ARENA_TAKE(arena, limits->instrument_count, int64_t);
    core->has_average = PLI_ARENA_TAKE(arena, limits->instrument_count, bool);
    core->averages_e8 = PLI_ARENA_TAKE(arena, limits->instrument_count, int64_t);
    core->expiries = PLI_ARENA_TAKE(arena, limits->expiry_count, plm_expiry_market);
    core->nodes =
        PLI_ARENA_TAKE(arena, (size_t)limits->expiry_count * PLM_SLICE_NODES_MAX, plm_slice_node);
    core->staged = PLI_ARENA_TAKE(arena, limits->expiry_count, pli_staged_slice);
    size_t close_count = (size_t)limits->underlying_count * limits->history_count;
    int64_t *days = PLI_ARENA_TAKE(arena, close_count, int64_t);
    uint64_t *prices = PLI_ARENA_TAKE(arena, close_count, uint64_t);
    for (uint32_t u = 0; core->underlyings != NULL && u < limits->underlying_count; u += 1) {
        size_t at = (size_t)u * limits->history_count;
        core->underlyings[u].closes = (pli_closes){
            .capacity = limits->history_count, .days = days + at, .prices = (void *)(prices + at)};
    }
}

static void
carve_holding(pli_holding *holding, const plm_core_limits *limits, pli_arena *arena) {
    holding->balances = PLI_ARENA_TAKE(arena, limits->balance_count, pli_balance);
    holding->positions = PLI_ARENA_TAKE(arena, limits->position_count, pli_position);
    holding->orders = PLI_ARENA_TAKE(arena, limits->order_count, pli_order);
}

static void
carve_scratch(plm_core *core, const plm_core_limits *limits, pli_arena *arena) {
    carve_holding(&core->sides[0], limits, arena);
    carve_holding(&core->sides[1], limits, arena);
    core->view_positions = PLI_ARENA_TAKE(arena, limits->position_count, plm_position);
    core->kept_marks = PLI_ARENA_TAKE(arena, limits->instrument_count, plm_mark);
    core->view_orders = PLI_ARENA_TAKE(arena, limits->order_count, plm_order);
    core->view_balances = PLI_ARENA_TAKE(arena, limits->balance_count, plm_balance);
    core->workspace.size = workspace_size(limits);
    core->workspace.memory = pli_arena_take(arena, core->workspace.size, 1, PLI_ARENA_ALIGN);
    core->only = PLI_ARENA_TAKE(arena, limits->instrument_count, uint8_t);
    core->rebuilt = PLI_ARENA_TAKE(arena, limits->underlying_count, uint8_t);
    core->classes = PLI_ARENA_TAKE(arena, limits->class_count, plm_shock_parameters);
    core->histories = PLI_ARENA_TAKE(arena, limits->underlying_count, plm_history);
    core->surface_scratch = PLI_ARENA_TAKE(arena, limits->expiry_count, plm_surface_expiry);
    core->collected = PLI_ARENA_TAKE(arena, limits->expiry_count, const pli_staged_slice *);
}

// Everything that a state of these limits consists of; the pointers of *core are NULL in a sizing arena.
static void
carve(plm_core *core, const plm_core_limits *limits, pli_arena *arena) {
    pli_ledger_limits ledger = {.asset_count = limits->asset_count,
                                .underlying_count = limits->underlying_count,
                                .instrument_count = limits->instrument_count,
                                .account_count = limits->account_count,
                                .balance_count = limits->balance_count,
                                .position_count = limits->position_count,
                                .order_count = limits->order_count};
    (void)pli_ledger_carve(&core->ledger, &ledger, arena);
    size_t undo_size = pli_ledger_undo_size(&ledger);
    void *undo_memory = pli_arena_take(arena, undo_size, 1, 16);
    pli_undo_init(&core->undo, undo_memory, undo_size);
    core->note_capacity =
        64 + 8 * (limits->balance_count + limits->position_count + limits->order_count);
    core->notes = PLI_ARENA_TAKE(arena, core->note_capacity, pli_note);
    core->client_slot_count = pli_clients_slots(limits->client_id_count);
    core->signers = PLI_ARENA_TAKE(arena, limits->signer_count, pli_signer);
    core->clients =
        PLI_ARENA_TAKE(arena, (size_t)limits->signer_count * limits->client_id_count, pli_client);
    core->client_slots =
        PLI_ARENA_TAKE(arena, (size_t)limits->signer_count * core->client_slot_count, uint32_t);
    core->record_count = pli_record_places(limits);
    core->records = PLI_ARENA_TAKE(arena, core->record_count, pli_record);
    core->pending = PLI_ARENA_TAKE(arena, PLI_PENDING_MAX, pli_pending);
    core->standings = PLI_ARENA_TAKE(arena, limits->account_count, plm_standing);
    core->scans = PLI_ARENA_TAKE(arena, limits->underlying_count, uint8_t);
    core->initial_from = PLI_ARENA_TAKE(arena, limits->underlying_count, uint32_t);
    core->screen = pli_screen_take(arena, limits);
    carve_market(core, limits, arena);
    carve_arrays(core, limits, arena);
    carve_scratch(core, limits, arena);
}

size_t
plm_core_size(const plm_core_limits *limits) {
    if (check_limits(limits, NULL) != PLM_OK) {
        return 0;
    }
    pli_arena arena = pli_arena_init_sizing();
    plm_core unused;
    memset(&unused, 0, sizeof unused);
    (void)PLI_ARENA_TAKE(&arena, 1, plm_core);
    carve(&unused, limits, &arena);
    if (!pli_arena_is_ok(&arena)) {
        return 0;
    }
    return (pli_arena_used(&arena) + PLI_ARENA_ALIGN - 1) / PLI_ARENA_ALIGN * PLI_ARENA_ALIGN;
}

static uint32_t
model_index(const char *name) {
    uint32_t index = 0;
    while (plm_model_at(index) != plm_model_find(name)) {
        index += 1;
    }
    return index;
}

plm_status
plm_core_init(const plm_core_limits *limits, void *memory, size_t size, plm_core **core,
              plm_fault *fault) {
    plm_status status = check_limits(limits, fault);
    if (status != PLM_OK) {
        return status;
    }
    size_t needed = plm_core_size(limits);
    if (needed == 0 || size < needed || (uintptr_t)memory % PLI_ARENA_ALIGN != 0) {
        return pli_fault_set_range(fault, PLM_WORKSPACE_SMALL, "bytes of a state, 64-byte aligned,",
                                   (int64_t)size, (int64_t)needed, INT64_MAX);
    }
    // Zero is the state of every table before its first entry.
    memset(memory, 0, needed);
    pli_arena arena = pli_arena_init(memory, size);
    plm_core *made = PLI_ARENA_TAKE(&arena, 1, plm_core);
    made->limits = *limits;
    carve(made, limits, &arena);
    PLI_ASSERT(pli_arena_is_ok(&arena));
    made->ledger.undo = &made->undo;
    made->ledger.note_capacity = made->note_capacity;
    made->ledger.touched = &made->screen.touched;
    pli_screen_reset(&made->screen, limits);
    made->signer_count = 1;
    made->signers[0].scopes =
        PLM_SCOPE_TRADE | PLM_SCOPE_WITHDRAW | PLM_SCOPE_ORACLE | PLM_SCOPE_ADMIN;
    for (uint32_t signer = 0; signer < limits->signer_count; signer += 1) {
        made->signers[signer].deadline_first_ns = INT64_MAX;
    }
    made->expiry_next_ns = INT64_MAX;
    pli_records_init(made);
    made->model_index = model_index("tiered");
    made->model = plm_model_at(made->model_index);
    *core = made;
    return PLM_OK;
}
