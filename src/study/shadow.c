/* shadow.c: a venue's whole book under one model, beside what the venue itself requires. SPDX-License-Identifier: Apache-2.0 */
#include "study/shadow.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "base/text.h"

int64_t
pli_shadow_bin_ppm(uint32_t bin) {
    static const int64_t ends[PLI_SHADOW_BINS] = {250000,  500000,  750000,   900000,
                                                  1000000, 1100000, 1250000,  1500000,
                                                  2000000, 4000000, INT64_MAX};
    PLI_ASSERT(bin < PLI_SHADOW_BINS);
    return ends[bin];
}

uint32_t
pli_shadow_entry(const plm_scenario_header *header, uint32_t replay_index) {
    uint32_t days = header->plane_count > 0 ? header->history_count : 0;
    return replay_index < days ? plm_scenario_history_begin(header, 0) + replay_index
                               : plm_scenario_stress_begin(header) + replay_index - days;
}

static uint32_t
replay_count(const plm_scenario_header *header) {
    uint32_t days = header->plane_count > 0 ? header->history_count : 0;
    return days + header->stress_count;
}

static void
carve(pli_arena *arena, const pli_shadow_setup *setup, pli_shadow *shadow) {
    const plm_scenario_header *header = setup->replay_arrays->header;
    uint32_t replays = replay_count(header);
    shadow->troubled.rows = PLI_ARENA_TAKE(arena, setup->list_capacity, pli_shadow_kept);
    shadow->disagreements.rows = PLI_ARENA_TAKE(arena, setup->list_capacity, pli_shadow_kept);
    shadow->losses = PLI_ARENA_TAKE(arena, replays, pli_shadow_losses);
    shadow->points = PLI_ARENA_TAKE(arena, PLI_SHADOW_POINTS, pli_shadow_point);
    shadow->profits = PLI_ARENA_TAKE(arena, replays, pli_i128);
    shadow->grid = PLI_ARENA_TAKE(arena, header->grid_count, pli_i128);
    shadow->is_seen = PLI_ARENA_TAKE(arena, header->underlying_count, uint8_t);
}

size_t
pli_shadow_size(const pli_shadow_setup *setup) {
    pli_shadow unused;
    pli_arena arena = pli_arena_init_sizing();
    carve(&arena, setup, &unused);
    return pli_arena_used(&arena);
}

plm_status
pli_shadow_init(const pli_shadow_setup *setup, void *memory, size_t size, pli_shadow *shadow,
                plm_fault *fault) {
    pli_arena arena = pli_arena_init(memory, size);
    pli_shadow made = {.setup = *setup};
    carve(&arena, setup, &made);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set(fault, PLM_WORKSPACE_SMALL, "the memory of the shadow is too small",
                             NULL, NULL);
    }
    made.troubled.capacity = setup->list_capacity;
    made.disagreements.capacity = setup->list_capacity;
    made.replay_count = replay_count(setup->replay_arrays->header);
    memset(made.losses, 0, made.replay_count * sizeof *made.losses);
    *shadow = made;
    return PLM_OK;
}

// --- Replay --------------------------------------------------------------------------------------

/* held - one thing that moves: `amount` of it times its row, over `unit`. */
typedef struct held {
    const int64_t *row;
    uint32_t underlying_index;
    pli_i128 amount;
    pli_i128 unit;
} held;

static held
position_at(const pli_shadow *shadow, const plm_portfolio *portfolio, uint32_t i) {
    uint32_t index = portfolio->positions[i].instrument_index;
    const plm_instrument *instrument = &shadow->setup.margin.listing->instruments[index];
    return (held){.row = plm_risk_row(shadow->setup.replay_arrays, index),
                  .underlying_index = instrument->underlying_index,
                  .amount = portfolio->positions[i].lots,
                  .unit = 1};
}

// A haircut-treated balance is no part of the scenarios; neither is the valuation currency.
static bool
balance_at(const pli_shadow *shadow, const plm_portfolio *portfolio, uint32_t i, held *out) {
    const plm_risk_table *table = shadow->setup.replay_arrays;
    uint32_t index = portfolio->balances[i].asset_index;
    const plm_asset *asset = &shadow->setup.margin.listing->assets[index];
    if (asset->treatment != PLM_TREATMENT_SCENARIO || asset->underlying_index == PLM_NONE) {
        return false;
    }
    *out = (held){.row = plm_risk_row(table, table->instrument_count + index),
                  .underlying_index = asset->underlying_index,
                  .amount = pli_i128_from_wide(portfolio->balances[i].atoms),
                  .unit = 1};
    for (uint32_t d = 0; d < asset->decimals; d += 1) {
        out->unit *= 10;
    }
    return true;
}

static bool
add_profit(const held *of, uint32_t entry, pli_i128 *sum) {
    pli_i128 value = of->amount * of->row[entry];
    if (of->unit != 1 && !pli_muldiv_floor(of->amount, of->row[entry], of->unit, &value)) {
        return false;
    }
    return pli_add_i128(*sum, value, sum);
}

// Adds a holding to the replays, or notes that its underlying has no joint history.
static bool
add_held(pli_shadow *shadow, const held *of) {
    const plm_scenario_header *header = shadow->setup.replay_arrays->header;
    if (header->has_history[of->underlying_index] == 0) {
        shadow->is_seen[of->underlying_index] = 1;
        return true;
    }
    for (uint32_t r = 0; r < shadow->replay_count; r += 1) {
        if (!add_profit(of, pli_shadow_entry(header, r), &shadow->profits[r])) {
            return false;
        }
    }
    return true;
}

static bool
add_grid(pli_shadow *shadow, const held *of, uint32_t underlying_index) {
    const plm_scenario_header *header = shadow->setup.replay_arrays->header;
    for (uint32_t e = 0; e < header->grid_active[underlying_index]; e += 1) {
        if (!add_profit(of, e, &shadow->grid[e])) {
            return false;
        }
    }
    return true;
}

// The worst grid loss of one underlying alone, >= 0: entry 0 moves nothing.
static bool
grid_loss(pli_shadow *shadow, const plm_portfolio *portfolio, uint32_t underlying_index,
          pli_i128 *loss) {
    const plm_scenario_header *header = shadow->setup.replay_arrays->header;
    memset(shadow->grid, 0, header->grid_count * sizeof *shadow->grid);
    held of;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        of = position_at(shadow, portfolio, i);
        if (of.underlying_index == underlying_index && !add_grid(shadow, &of, underlying_index)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        if (balance_at(shadow, portfolio, i, &of) && of.underlying_index == underlying_index &&
            !add_grid(shadow, &of, underlying_index)) {
            return false;
        }
    }
    pli_i128 worst = 0;
    for (uint32_t e = 0; e < header->grid_active[underlying_index]; e += 1) {
        worst = shadow->grid[e] < worst ? shadow->grid[e] : worst;
    }
    return pli_add_i128(*loss, -worst, loss);
}

static bool
replay(pli_shadow *shadow, const plm_portfolio *portfolio, pli_shadow_row *row) {
    const plm_scenario_header *header = shadow->setup.replay_arrays->header;
    memset(shadow->profits, 0, shadow->replay_count * sizeof *shadow->profits);
    memset(shadow->is_seen, 0, header->underlying_count);
    held of;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        of = position_at(shadow, portfolio, i);
        if (!add_held(shadow, &of)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        if (balance_at(shadow, portfolio, i, &of) && !add_held(shadow, &of)) {
            return false;
        }
    }
    pli_i128 apart = 0;
    for (uint32_t u = 0; u < header->underlying_count; u += 1) {
        if (shadow->is_seen[u] != 0 && !grid_loss(shadow, portfolio, u, &apart)) {
            return false;
        }
    }
    pli_i128 worst = 0;
    row->replay_index = PLM_NONE;
    for (uint32_t r = 0; r < shadow->replay_count; r += 1) {
        if (!pli_sub_i128(shadow->profits[r], apart, &shadow->profits[r])) {
            return false;
        }
        if (-shadow->profits[r] > worst) {
            worst = -shadow->profits[r];
            row->replay_index = r;
        }
    }
    return pli_narrow_i64(worst, &row->loss_micros);
}

// --- One account ---------------------------------------------------------------------------------

static plm_health
health_of(const pli_incumbent *incumbent, const plm_requirement *requirement) {
    int64_t equity =
        incumbent->has_equity ? incumbent->equity_micros : requirement->equity_maintenance_micros;
    if (!incumbent->has_maintenance) {
        return (plm_health)0;
    }
    if (equity < incumbent->maintenance_micros) {
        return PLM_HEALTH_LIQUIDATABLE;
    }
    return incumbent->has_initial && equity < incumbent->initial_micros ? PLM_HEALTH_RESTRICTED
                                                                        : PLM_HEALTH_HEALTHY;
}

static bool
compare(const pli_incumbent *incumbent, pli_shadow_row *row) {
    const plm_requirement *is = &row->requirement;
    row->incumbent = *incumbent;
    row->basis = incumbent->has_maintenance ? PLI_SHADOW_BASIS_MAINTENANCE
                 : incumbent->has_initial   ? PLI_SHADOW_BASIS_INITIAL
                                            : PLI_SHADOW_BASIS_NONE;
    bool is_initial = row->basis == PLI_SHADOW_BASIS_INITIAL;
    row->ours_micros = is_initial ? is->initial_micros : is->maintenance_micros;
    row->theirs_micros = is_initial ? incumbent->initial_micros : incumbent->maintenance_micros;
    row->difference_micros = 0;
    row->was = health_of(incumbent, is);
    bool is_liquidatable = is->health == PLM_HEALTH_LIQUIDATABLE;
    bool was_fine = row->was == PLM_HEALTH_HEALTHY || row->was == PLM_HEALTH_RESTRICTED;
    row->is_newly_called = was_fine && is->health == PLM_HEALTH_CALLED;
    row->is_newly_liquidatable = was_fine && is_liquidatable;
    row->is_saved = row->was == PLM_HEALTH_LIQUIDATABLE && !is_liquidatable;
    row->shortfall_micros = 0;
    int64_t level = is_liquidatable ? is->maintenance_micros : is->call_micros;
    bool is_short = is_liquidatable || is->health == PLM_HEALTH_CALLED;
    return (row->basis == PLI_SHADOW_BASIS_NONE ||
            pli_sub_i64(row->ours_micros, row->theirs_micros, &row->difference_micros)) &&
           (!is_short || pli_sub_i64(level, is->equity_maintenance_micros, &row->shortfall_micros));
}

plm_status
pli_shadow_evaluate(pli_shadow *shadow, const pli_shadow_account *account, plm_workspace *workspace,
                    pli_shadow_row *row, plm_reason *reason, plm_fault *fault) {
    plm_margin_input input = shadow->setup.margin;
    pli_shadow_row made = {.account_index = account->index, .replay_index = PLM_NONE};
    plm_fault why = {.status = PLM_OK};
    input.portfolio = &account->portfolio;
    *reason = (plm_reason){.collateral_micros = 0};
    made.status =
        plm_margin_require(shadow->setup.model, &input, workspace, &made.requirement, reason, &why);
    if (made.status == PLM_MODEL_UNSUPPORTED) {
        *row = made;
        return PLM_OK;
    }
    if (made.status != PLM_OK) {
        return pli_fault_set(fault, made.status, why.text, NULL, NULL);
    }
    if (!compare(&account->incumbent, &made) || !replay(shadow, &account->portfolio, &made)) {
        return pli_fault_set(fault, PLM_OVERFLOW, "a difference or loss leaves 64-bit micros", NULL,
                             NULL);
    }
    *row = made;
    return PLM_OK;
}

// --- Totals --------------------------------------------------------------------------------------

static void
keep(pli_shadow_list *list, int64_t key, const pli_shadow_row *row, const plm_reason_part *reason) {
    if (list->capacity == 0 ||
        (list->count == list->capacity && key <= list->rows[list->count - 1].key)) {
        return;
    }
    uint32_t at = list->count < list->capacity ? list->count : list->capacity - 1;
    list->count = at + 1;
    for (; at > 0 && list->rows[at - 1].key < key; at -= 1) {
        list->rows[at] = list->rows[at - 1];
    }
    list->rows[at] = (pli_shadow_kept){.key = key, .row = *row, .reason = *reason};
}

static void
add_sums(pli_shadow_sums *sums, int64_t ours, int64_t theirs) {
    pli_i128 difference = (pli_i128)ours - theirs;
    sums->count += 1;
    sums->ours_micros += ours;
    sums->theirs_micros += theirs;
    sums->released_count += difference < 0;
    sums->tied_count += difference > 0;
    sums->released_micros += difference < 0 ? -difference : 0;
    sums->tied_micros += difference > 0 ? difference : 0;
}

static void
add_loss(pli_shadow_losses *losses, pli_i128 loss, const pli_shadow_row *row) {
    pli_i128 ours = loss - row->ours_micros;
    pli_i128 theirs = loss - row->theirs_micros;
    pli_i128 equity = loss - row->requirement.equity_maintenance_micros;
    losses->loss_micros += loss > 0 ? loss : 0;
    losses->ours_count += ours > 0;
    losses->beyond_ours_micros += ours > 0 ? ours : 0;
    losses->equity_count += equity > 0;
    losses->under_water_micros += equity > 0 ? equity : 0;
    if (row->basis != PLI_SHADOW_BASIS_NONE) {
        losses->theirs_count += theirs > 0;
        losses->beyond_theirs_micros += theirs > 0 ? theirs : 0;
    }
}

static void
add_bin(pli_shadow *shadow, const pli_shadow_row *row) {
    pli_i128 ratio = 0;
    if (row->theirs_micros == 0) {
        shadow->unrequired_count += row->ours_micros > 0;
        return;
    }
    ratio = pli_div_ceil_i128((pli_i128)row->ours_micros * PLM_PPM, row->theirs_micros);
    uint32_t bin = 0;
    while (bin + 1 < PLI_SHADOW_BINS && ratio > pli_shadow_bin_ppm(bin)) {
        bin += 1;
    }
    shadow->bins[bin] += 1;
}

static void
add_point(pli_shadow *shadow, const pli_shadow_row *row) {
    uint32_t stride = shadow->setup.account_count / PLI_SHADOW_POINTS + 1;
    if (row->account_index % stride == 0 && shadow->point_count < PLI_SHADOW_POINTS) {
        shadow->points[shadow->point_count] = (pli_shadow_point){
            .theirs_micros = row->theirs_micros, .ours_micros = row->ours_micros};
        shadow->point_count += 1;
    }
}

static void
add_comparison(pli_shadow *shadow, const pli_shadow_row *row, const plm_reason *reason) {
    const plm_reason_part *part =
        row->basis == PLI_SHADOW_BASIS_INITIAL ? &reason->initial : &reason->maintenance;
    shadow->compared_count += 1;
    if (row->incumbent.has_initial) {
        add_sums(&shadow->initial, row->requirement.initial_micros, row->incumbent.initial_micros);
    }
    if (row->incumbent.has_maintenance) {
        add_sums(&shadow->maintenance, row->requirement.maintenance_micros,
                 row->incumbent.maintenance_micros);
    }
    add_bin(shadow, row);
    add_point(shadow, row);
    int64_t size = row->difference_micros < 0 ? -row->difference_micros : row->difference_micros;
    if (size > 0) {
        keep(&shadow->disagreements, size, row, part);
    }
}

void
pli_shadow_add(pli_shadow *shadow, const pli_shadow_row *row, const plm_reason *reason) {
    shadow->account_count += 1;
    if (row->status != PLM_OK) {
        shadow->unsupported_count += 1;
        return;
    }
    shadow->healths[row->was][row->requirement.health] += 1;
    shadow->equity_micros += row->requirement.equity_maintenance_micros;
    shadow->initial_micros += row->requirement.initial_micros;
    shadow->call_micros += row->requirement.call_micros;
    shadow->maintenance_micros += row->requirement.maintenance_micros;
    shadow->newly_called_count += row->is_newly_called;
    shadow->newly_liquidatable_count += row->is_newly_liquidatable;
    shadow->saved_count += row->is_saved;
    shadow->newly_called_micros += row->is_newly_called ? row->shortfall_micros : 0;
    shadow->newly_liquidatable_micros += row->is_newly_liquidatable ? row->shortfall_micros : 0;
    bool is_listed = shadow->setup.has_incumbent
                         ? row->is_newly_called || row->is_newly_liquidatable
                         : row->shortfall_micros > 0;
    if (is_listed) {
        keep(&shadow->troubled, row->shortfall_micros, row, &reason->maintenance);
    }
    if (row->basis != PLI_SHADOW_BASIS_NONE) {
        add_comparison(shadow, row, reason);
    }
    if (shadow->setup.has_incumbent && row->basis == PLI_SHADOW_BASIS_NONE) {
        return;
    }
    shadow->measured_count += 1;
    for (uint32_t r = 0; r < shadow->replay_count; r += 1) {
        add_loss(&shadow->losses[r], -shadow->profits[r], row);
    }
    add_loss(&shadow->worst, row->loss_micros, row);
}
