/* probe.c: one account in a market whose prices can be moved, and its exact requirement there.   SPDX-License-Identifier: Apache-2.0 */
#include "explain/probe.h"

#include "base/assert.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "margin/view.h"
#include "num/elementary.h"
#include "num/rounding.h"

// Limits of an evaluation with as many legs as a cure may have on top of the input's own changes.
static plm_limits
account_limits(const plm_explain_input *input) {
    plm_limits limits = pli_view_limits(&input->margin);
    limits.position_count += PLM_CURE_LEGS_MAX;
    limits.balance_count += 2 * (PLM_CURE_LEGS_MAX + 1);
    return limits;
}

void
pli_account_take(const plm_explain_input *input, pli_arena *arena, pli_account *account) {
    plm_limits limits = account_limits(input);
    *account = (pli_account){
        .draft = {.position_capacity = limits.position_count,
                  .order_capacity = limits.order_count,
                  .balance_capacity = limits.balance_count,
                  .positions = PLI_ARENA_TAKE(arena, limits.position_count, plm_position),
                  .orders = PLI_ARENA_TAKE(arena, limits.order_count, plm_order),
                  .balances = PLI_ARENA_TAKE(arena, limits.balance_count, plm_balance)},
        .workspace = {.size = plm_margin_workspace_size(input->model, &limits)}};
    account->workspace.memory = pli_arena_take(arena, account->workspace.size, 1, PLI_ARENA_ALIGN);
}

plm_status
pli_account_init(const plm_explain_input *input, pli_account *account, plm_fault *fault) {
    const plm_margin_input *margin = &input->margin;
    plm_status status = plm_portfolio_check(margin->portfolio, margin->listing, fault);
    if (status == PLM_OK) {
        status = pli_draft_init(&account->draft, margin->portfolio, fault);
    }
    for (uint32_t i = 0; status == PLM_OK && i < margin->change_count; i += 1) {
        status = pli_draft_apply(&account->draft, &margin->changes[i], i, margin->listing, fault);
    }
    account->portfolio = (plm_portfolio){.position_count = account->draft.position_count,
                                         .order_count = account->draft.order_count,
                                         .balance_count = account->draft.balance_count,
                                         .positions = account->draft.positions,
                                         .orders = account->draft.orders,
                                         .balances = account->draft.balances};
    return status;
}

static bool
needs_table(const plm_explain_input *input) {
    return (input->model->needs & PLM_NEEDS_ARRAYS) != 0 && input->maintenance_set != NULL;
}

void
pli_probe_take(const plm_explain_input *input, pli_arena *arena, pli_probe *probe) {
    const plm_listing *listing = input->margin.listing;
    *probe = (pli_probe){.input = input};
    pli_account_take(input, arena, &probe->account);
    size_t held_max =
        (size_t)probe->account.draft.position_capacity + probe->account.draft.order_capacity;
    probe->instrument_of = PLI_ARENA_TAKE(arena, held_max, uint32_t);
    probe->instruments = PLI_ARENA_TAKE(arena, held_max, plm_instrument);
    probe->positions = PLI_ARENA_TAKE(arena, probe->account.draft.position_capacity, plm_position);
    probe->orders = PLI_ARENA_TAKE(arena, probe->account.draft.order_capacity, plm_order);
    probe->marks = PLI_ARENA_TAKE(arena, held_max, plm_mark);
    probe->premium_e8 = PLI_ARENA_TAKE(arena, held_max, int64_t);
    probe->underlyings = PLI_ARENA_TAKE(arena, listing->underlying_count, plm_underlying_market);
    probe->expiries = PLI_ARENA_TAKE(arena, input->margin.market->expiry_count, plm_expiry_market);
    probe->price_e8 = PLI_ARENA_TAKE(arena, listing->underlying_count, int64_t);
    probe->is_held = PLI_ARENA_TAKE(arena, listing->underlying_count, uint8_t);
    probe->is_moving = PLI_ARENA_TAKE(arena, listing->underlying_count, uint8_t);
    probe->is_stale = PLI_ARENA_TAKE(arena, held_max, uint8_t);
    probe->has_stale = PLI_ARENA_TAKE(arena, listing->underlying_count, uint8_t);
    if (needs_table(input)) {
        plm_listing most = *listing;
        most.instrument_count = (uint32_t)held_max;
        probe->table_size = plm_risk_table_size(input->maintenance_set, &most);
        probe->table_memory = pli_arena_take(arena, probe->table_size, 1, PLI_ARENA_ALIGN);
    }
}

// Position of an instrument in the small listing, or the place where it belongs.
static uint32_t
place_of(const pli_probe *probe, uint32_t instrument_index) {
    uint32_t at = 0;
    while (at < probe->listing.instrument_count && probe->instrument_of[at] < instrument_index) {
        at += 1;
    }
    return at;
}

static void
add_instrument(pli_probe *probe, uint32_t instrument_index) {
    uint32_t at = place_of(probe, instrument_index);
    uint32_t count = probe->listing.instrument_count;
    if (at < count && probe->instrument_of[at] == instrument_index) {
        return;
    }
    memmove(&probe->instrument_of[at + 1], &probe->instrument_of[at],
            (count - at) * sizeof *probe->instrument_of);
    probe->instrument_of[at] = instrument_index;
    probe->listing.instrument_count = count + 1;
}

static void
make_portfolio(pli_probe *probe) {
    const plm_portfolio *whole = &probe->account.portfolio;
    for (uint32_t i = 0; i < whole->position_count; i += 1) {
        add_instrument(probe, whole->positions[i].instrument_index);
    }
    for (uint32_t i = 0; i < whole->order_count; i += 1) {
        add_instrument(probe, whole->orders[i].instrument_index);
    }
    for (uint32_t i = 0; i < whole->position_count; i += 1) {
        probe->positions[i] = whole->positions[i];
        probe->positions[i].instrument_index =
            place_of(probe, whole->positions[i].instrument_index);
    }
    for (uint32_t i = 0; i < whole->order_count; i += 1) {
        probe->orders[i] = whole->orders[i];
        probe->orders[i].instrument_index = place_of(probe, whole->orders[i].instrument_index);
    }
    probe->portfolio = *whole;
    probe->portfolio.positions = probe->positions;
    probe->portfolio.orders = probe->orders;
}

// The underlying whose price turns a linear profit into the valuation currency, or PLM_NONE. Inverse ones use their own.
static uint32_t
settlement_underlying(const plm_listing *listing, const plm_instrument *instrument) {
    bool is_linear = instrument->settlement == PLM_SETTLEMENT_LINEAR;
    return is_linear ? listing->assets[instrument->settlement_asset_index].underlying_index
                     : PLM_NONE;
}

static void
mark_held(pli_probe *probe) {
    memset(probe->is_held, 0, probe->listing.underlying_count);
    for (uint32_t i = 0; i < probe->listing.instrument_count; i += 1) {
        const plm_instrument *instrument = &probe->instruments[i];
        uint32_t settlement = settlement_underlying(&probe->listing, instrument);
        probe->is_held[instrument->underlying_index] = 1;
        if (settlement != PLM_NONE) {
            probe->is_held[settlement] = 1;
        }
    }
    for (uint32_t i = 0; i < probe->portfolio.balance_count; i += 1) {
        uint32_t asset = probe->portfolio.balances[i].asset_index;
        if (probe->listing.assets[asset].underlying_index != PLM_NONE) {
            probe->is_held[probe->listing.assets[asset].underlying_index] = 1;
        }
    }
}

static plm_status
init_table(pli_probe *probe, plm_fault *fault) {
    const plm_explain_input *input = probe->input;
    if ((input->model->needs & PLM_NEEDS_ARRAYS) == 0) {
        return PLM_OK;
    }
    const plm_risk_table *whole = input->margin.maintenance_arrays;
    bool is_same_set = input->maintenance_set != NULL && whole != NULL &&
                       whole->header->row_stride == input->maintenance_set->header.row_stride;
    if (!is_same_set) {
        return pli_fault_set(fault, PLM_ARRAYS_MISSING,
                             "prices cannot be moved without the maintenance arrays and the "
                             "scenario set they were built with",
                             NULL, NULL);
    }
    probe->has_table = true;
    return plm_risk_table_init(input->maintenance_set, &probe->listing, probe->table_memory,
                               probe->table_size, &probe->table);
}

// Mark less surface of every option, 0 for everything else.
static plm_status
init_premiums(pli_probe *probe, plm_fault *fault) {
    for (uint32_t i = 0; i < probe->listing.instrument_count; i += 1) {
        probe->premium_e8[i] = 0;
        if (probe->instruments[i].kind != PLM_KIND_OPTION || !probe->marks[i].is_present) {
            continue;
        }
        plm_price surface = {.e8 = 0};
        probe->marks[i].is_present = false;
        plm_status status =
            plm_instrument_mark(&probe->listing, &probe->market, i, &surface, fault);
        probe->marks[i].is_present = true;
        if (status != PLM_OK) {
            return pli_fault_set_index(fault, status, "instrument", probe->instrument_of[i],
                                       " cannot be marked at other prices: it has no surface");
        }
        probe->premium_e8[i] = probe->marks[i].mark_e8 - surface.e8;
    }
    return PLM_OK;
}

static void
copy_market(pli_probe *probe) {
    const plm_market *market = probe->input->margin.market;
    for (uint32_t u = 0; u < probe->listing.underlying_count; u += 1) {
        probe->underlyings[u] = market->underlyings[u];
        probe->price_e8[u] = market->underlyings[u].price.price_e8;
    }
    for (uint32_t i = 0; i < probe->listing.instrument_count; i += 1) {
        probe->marks[i] = market->marks[probe->instrument_of[i]];
    }
    for (uint32_t i = 0; i < market->expiry_count; i += 1) {
        probe->expiries[i] = market->expiries[i];
    }
}

plm_status
pli_probe_init(const plm_explain_input *input, pli_probe *probe, plm_fault *fault) {
    plm_status status = pli_account_init(input, &probe->account, fault);
    if (status != PLM_OK) {
        return status;
    }
    probe->listing = *input->margin.listing;
    probe->listing.instrument_count = 0;
    probe->listing.instruments = probe->instruments;
    make_portfolio(probe);
    for (uint32_t i = 0; i < probe->listing.instrument_count; i += 1) {
        probe->instruments[i] = input->margin.listing->instruments[probe->instrument_of[i]];
    }
    probe->market = *input->margin.market;
    probe->market.underlyings = probe->underlyings;
    probe->market.marks = probe->marks;
    probe->market.expiries = probe->expiries;
    copy_market(probe);
    mark_held(probe);
    status = init_table(probe, fault);
    return status == PLM_OK ? init_premiums(probe, fault) : status;
}

// The table's memory is the probe's own; its type is read-only for everyone else.
static void
copy_row(pli_probe *probe, uint32_t to, uint32_t from) {
    const plm_risk_table *whole = probe->input->margin.maintenance_arrays;
    int64_t *row = (int64_t *)(uintptr_t)plm_risk_row(&probe->table, to);
    uint8_t *is_built = (uint8_t *)(uintptr_t)probe->table.is_built;
    memcpy(row, plm_risk_row(whole, from), whole->header->row_stride * sizeof *row);
    is_built[to] = whole->is_built[from];
}

static void
copy_rows(pli_probe *probe) {
    uint32_t count = probe->listing.instrument_count;
    for (uint32_t i = 0; i < count; i += 1) {
        copy_row(probe, i, probe->instrument_of[i]);
    }
    for (uint32_t j = 0; j < probe->listing.asset_count; j += 1) {
        copy_row(probe, count + j, probe->input->margin.maintenance_arrays->instrument_count + j);
    }
}

plm_status
pli_probe_begin(pli_probe *probe, plm_fault *fault) {
    copy_market(probe);
    memset(probe->has_stale, 0, probe->listing.underlying_count);
    for (uint32_t i = 0; i < probe->listing.instrument_count; i += 1) {
        const plm_instrument *instrument = &probe->instruments[i];
        uint32_t settlement = settlement_underlying(&probe->listing, instrument);
        bool is_stale = probe->is_moving[instrument->underlying_index] != 0 ||
                        (settlement != PLM_NONE && probe->is_moving[settlement] != 0);
        probe->is_stale[i] = is_stale ? 1 : 0;
        probe->has_stale[instrument->underlying_index] |= probe->is_stale[i];
    }
    if (probe->has_table) {
        copy_rows(probe);
    }
    // A row that is missing now would be built by a probe: the answer must not depend on that.
    for (uint32_t i = 0; probe->has_table && i < probe->listing.instrument_count; i += 1) {
        if (probe->table.is_built[i] == 0) {
            return pli_fault_set_index(fault, PLM_ARRAYS_MISSING, "instrument",
                                       probe->instrument_of[i], " has no risk array");
        }
    }
    return PLM_OK;
}

// One underlying's move, as applied to everything priced by it.
typedef struct shift {
    bool is_any;
    int64_t from_e8, to_e8;
} shift;

static plm_status
move_price(const shift *by, int64_t price_e8, int64_t *out) {
    pli_i128 moved = (pli_i128)price_e8 + by->to_e8 - by->from_e8;
    if (!by->is_any && !pli_muldiv_nearest_even(price_e8, by->to_e8, by->from_e8, &moved)) {
        return PLM_OVERFLOW;
    }
    if (moved > PLM_PRICE_E8_MAX || moved < -PLM_PRICE_E8_MAX) {
        return PLM_OVERFLOW;
    }
    // A positive price stays at least one unit above zero, however far it is scaled down.
    *out = !by->is_any && price_e8 > 0 && moved < 1 ? 1 : (int64_t)moved;
    return PLM_OK;
}

static plm_status
move_expiries(pli_probe *probe, uint32_t underlying_index, const shift *by) {
    const plm_market *market = probe->input->margin.market;
    for (uint32_t i = 0; i < market->expiry_count; i += 1) {
        const plm_expiry_market *from = &market->expiries[i];
        plm_expiry_market *to = &probe->expiries[i];
        if (from->underlying_index != underlying_index) {
            continue;
        }
        plm_status status = move_price(by, from->forward_e8, &to->forward_e8);
        if (status != PLM_OK) {
            return status;
        }
        if (from->slice.kind == PLM_SLICE_SVI && to->forward_e8 > 0) {
            // w is a function of k - m, k = ln(K / F): m follows the forward, so that each K keeps its w.
            double ratio =
                pli_double_from_i64(to->forward_e8) / pli_double_from_i64(from->forward_e8);
            to->slice.svi.m = from->slice.svi.m - pli_log(ratio);
        }
    }
    return PLM_OK;
}

static plm_status
move_mark(pli_probe *probe, uint32_t instrument, const shift *by, plm_fault *fault) {
    const plm_mark *from = &probe->input->margin.market->marks[probe->instrument_of[instrument]];
    plm_mark *to = &probe->marks[instrument];
    if (!from->is_present) {
        return PLM_OK;
    }
    if (probe->instruments[instrument].kind != PLM_KIND_OPTION) {
        return move_price(by, from->mark_e8, &to->mark_e8);
    }
    plm_price surface = {.e8 = 0};
    to->is_present = false;
    plm_status status =
        plm_instrument_mark(&probe->listing, &probe->market, instrument, &surface, fault);
    to->is_present = true;
    if (status != PLM_OK) {
        return status;
    }
    int64_t mark_e8 = surface.e8 + probe->premium_e8[instrument];
    to->mark_e8 = mark_e8 < 0 ? 0 : mark_e8;
    return mark_e8 > PLM_PRICE_E8_MAX ? PLM_OVERFLOW : PLM_OK;
}

static plm_status
move_underlying(pli_probe *probe, uint32_t u, plm_fault *fault) {
    const plm_price_record *from = &probe->input->margin.market->underlyings[u].price;
    plm_price_record *to = &probe->underlyings[u].price;
    shift by = {.is_any = probe->listing.underlyings[u].domain == PLM_PRICE_DOMAIN_ANY,
                .from_e8 = from->price_e8,
                .to_e8 = probe->price_e8[u]};
    if (!by.is_any && (by.from_e8 <= 0 || by.to_e8 <= 0)) {
        return PLM_DOMAIN;
    }
    to->price_e8 = by.to_e8;
    plm_status status = move_price(&by, from->slow_e8, &to->slow_e8);
    if (status == PLM_OK && !by.is_any) {
        status = move_price(&by, from->confidence_e8, &to->confidence_e8);
    }
    if (status == PLM_OK) {
        status = move_expiries(probe, u, &by);
    }
    for (uint32_t i = 0; status == PLM_OK && i < probe->listing.instrument_count; i += 1) {
        if (probe->instruments[i].underlying_index == u) {
            status = move_mark(probe, i, &by, fault);
        }
    }
    return status;
}

plm_status
pli_probe_evaluate(pli_probe *probe, plm_requirement *requirement, plm_fault *fault) {
    plm_status status = PLM_OK;
    for (uint32_t u = 0; status == PLM_OK && u < probe->listing.underlying_count; u += 1) {
        if (probe->is_moving[u] != 0) {
            status = move_underlying(probe, u, fault);
        }
    }
    for (uint32_t u = 0;
         probe->has_table && status == PLM_OK && u < probe->listing.underlying_count; u += 1) {
        if (probe->is_moving[u] != 0 || probe->has_stale[u] != 0) {
            status = plm_risk_table_build(probe->input->maintenance_set, &probe->listing,
                                          &probe->market, u, probe->is_stale, &probe->table, fault);
        }
    }
    if (status != PLM_OK) {
        return status;
    }
    plm_margin_input moved = {.listing = &probe->listing,
                              .market = &probe->market,
                              .maintenance_arrays = probe->has_table ? &probe->table : NULL,
                              .initial_arrays = probe->has_table ? &probe->table : NULL,
                              .parameters = probe->input->margin.parameters,
                              .portfolio = &probe->portfolio};
    return plm_margin_require(probe->input->model, &moved, &probe->account.workspace, requirement,
                              NULL, fault);
}
