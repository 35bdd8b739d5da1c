/* direct.c: model `portfolio` for accounts of linear delta-one instruments, in 64-bit sums.
 * SPDX-License-Identifier: Apache-2.0 */
#include "margin/direct.h"

#include "base/arena.h"
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "base/sort.h"
#include "margin/core.h"
#include "model/value.h"

#define SUM_MAX                                                                                    \
    ((pli_u128)1 << 59) /* [DIRECT-3] with room for gamma, which is up to 8 times such a sum */
#define MULTIPLE_PPM_MAX 7000000

static bool
is_table_plain(const plm_listing *listing, const plm_risk_table *table) {
    return table->header->underlying_count == listing->underlying_count &&
           table->instrument_count == listing->instrument_count &&
           table->asset_count == listing->asset_count && table->header->probe_multiple_ppm > 0 &&
           table->header->probe_multiple_ppm <= MULTIPLE_PPM_MAX &&
           table->header->row_stride % PLM_ROW_ALIGN == 0;
}

static bool
outlives(const plm_instrument *instrument, const plm_margin_input *input) {
    int64_t left_ns = instrument->expiry_ns - input->market->time.ns;
    return instrument->expiry_ns == 0 ||
           (left_ns > 0 && left_ns > input->maintenance_arrays->header->horizon.ns &&
            left_ns > input->initial_arrays->header->horizon.ns);
}

/* What there is to know of the leg's rows: kept by somebody, or found out here. */
static void
know_rows(pli_direct *direct, pli_leg *leg) {
    const plm_margin_input *input = direct->input;
    const pli_facts *facts = direct->facts;
    uint32_t row = leg->instrument_index;
    if (facts != NULL && facts->is_known[row] != 0) {
        leg->digests[0] = &facts->digests[row];
        leg->digests[1] = &facts->digests[facts->instrument_max + row];
        direct->is_shared = direct->is_shared && facts->is_shared[row] != 0;
        return;
    }
    const plm_risk_table *tables[2] = {input->maintenance_arrays, input->initial_arrays};
    for (uint32_t h = 0; h < 2; h += 1) {
        pli_digest *made = &direct->made[2 * direct->leg_count + h];
        *made =
            pli_digest_make(tables[h], row, tables[h]->header->grid_active[leg->underlying_index]);
        leg->digests[h] = made;
    }
    direct->is_shared =
        direct->is_shared &&
        pli_are_rows_alike(tables[0], tables[1], &input->listing->instruments[row], row);
}

/* The leg of an instrument that has none yet; false where the general path must look at it. */
static bool
open_leg(pli_direct *direct, uint32_t index) {
    const plm_margin_input *input = direct->input;
    const plm_instrument *instrument = &input->listing->instruments[index];
    const plm_underlying *underlying = &input->listing->underlyings[instrument->underlying_index];
    const plm_mark *mark = &input->market->marks[index];
    const plm_asset *asset = &input->listing->assets[instrument->settlement_asset_index];
    bool is_taken =
        instrument->kind != PLM_KIND_OPTION && instrument->settlement == PLM_SETTLEMENT_LINEAR &&
        asset->underlying_index == PLM_NONE && mark->is_present && outlives(instrument, input) &&
        input->market->underlyings[instrument->underlying_index].price.state ==
            PLM_PRICE_STATE_VALID &&
        input->maintenance_arrays->is_built[index] && input->initial_arrays->is_built[index];
    if (!is_taken) {
        return false;
    }
    int64_t price = mark->mark_e8 < 0 ? -mark->mark_e8 : mark->mark_e8;
    direct->legs[direct->leg_count] = (pli_leg){
        .instrument_index = index,
        .underlying_index = instrument->underlying_index,
        .expiry_ns = instrument->expiry_ns,
        .room_buy = -1,
        .room_sell = -1,
        .mark_e8 = mark->mark_e8,
        .lot_e8 = instrument->lot_e8,
        .price_unit = underlying->price_unit,
        .notional_e8 = price < underlying->reference_e8 ? underlying->reference_e8 : price,
    };
    know_rows(direct, &direct->legs[direct->leg_count]);
    direct->leg_count += 1;
    return true;
}

/* Reduce-only orders of one side together close at most the position. */
static int64_t
clip(pli_leg *leg, const plm_order *order) {
    bool is_buy = order->side == PLM_SIDE_BUY;
    int64_t *room = is_buy ? &leg->room_buy : &leg->room_sell;
    int64_t closable = is_buy ? -leg->lots : leg->lots;
    if (*room < 0) {
        *room = closable > 0 ? closable : 0;
    }
    int64_t lots = order->lots < *room ? order->lots : *room;
    *room -= lots;
    return lots;
}

static bool
add_order(pli_direct *direct, const plm_order *order) {
    uint32_t at = 0;
    while (at < direct->leg_count && direct->legs[at].instrument_index != order->instrument_index) {
        at += 1;
    }
    if (at == direct->leg_count && !open_leg(direct, order->instrument_index)) {
        return false;
    }
    pli_leg *leg = &direct->legs[at];
    int64_t lots = order->is_reduce_only ? clip(leg, order) : order->lots;
    *(order->side == PLM_SIDE_BUY ? &leg->buys : &leg->sells) += lots;
    return leg->lots + leg->buys <= PLM_LOTS_MAX && leg->lots - leg->sells >= -PLM_LOTS_MAX;
}

static bool
comes_before(const pli_leg *left, const pli_leg *right) {
    if (left->underlying_index != right->underlying_index) {
        return left->underlying_index < right->underlying_index;
    }
    return left->expiry_ns != right->expiry_ns ? left->expiry_ns < right->expiry_ns
                                               : left->instrument_index < right->instrument_index;
}

// By insertion: positions come in rising order of instrument, which is nearly this one.
static void
sort_legs(pli_direct *direct) {
    for (uint32_t i = 0; i < direct->leg_count; i += 1) {
        uint32_t at = i;
        while (at > 0 && comes_before(&direct->legs[i], &direct->legs[direct->sorted[at - 1]])) {
            direct->sorted[at] = direct->sorted[at - 1];
            at -= 1;
        }
        direct->sorted[at] = i;
    }
}

static bool
gather(pli_direct *direct) {
    const plm_margin_input *input = direct->input;
    const plm_portfolio *portfolio = input->portfolio;
    if (!is_table_plain(input->listing, input->maintenance_arrays) ||
        !is_table_plain(input->listing, input->initial_arrays) ||
        plm_portfolio_check(portfolio, input->listing, NULL) != PLM_OK) {
        return false;
    }
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        const plm_position *position = &portfolio->positions[i];
        if (!open_leg(direct, position->instrument_index)) {
            return false;
        }
        direct->legs[i].lots = position->lots;
        direct->legs[i].cost = pli_i128_from_wide(position->cost);
        direct->legs[i].accrued_micros = position->accrued_micros;
    }
    for (uint32_t i = 0; i < portfolio->order_count; i += 1) {
        if (!add_order(direct, &portfolio->orders[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        const plm_asset *asset = &input->listing->assets[portfolio->balances[i].asset_index];
        uint32_t priced_by = asset->underlying_index;
        if (asset->treatment == PLM_TREATMENT_SCENARIO ||
            (priced_by != PLM_NONE &&
             input->market->underlyings[priced_by].price.state != PLM_PRICE_STATE_VALID)) {
            return false;
        }
    }
    sort_legs(direct);
    return true;
}

/* [DIRECT-3] no sum of |lots| * |entry| over the whole account, orders filled, passes the bound. */
static bool
is_bounded(const pli_direct *direct, uint32_t which) {
    pli_u128 sum = 0;
    for (uint32_t i = 0; i < direct->leg_count; i += 1) {
        const pli_leg *leg = &direct->legs[i];
        uint64_t lots = pli_magnitude(leg->lots) + (uint64_t)leg->buys + (uint64_t)leg->sells;
        sum += (pli_u128)lots * leg->digests[which]->bound;
    }
    return sum < SUM_MAX;
}

/* Add entries [from, upto) of a leg's row to sums[from..], open orders where they lose. */
static void
sweep(const pli_direct_part *part, const pli_leg *leg, const int64_t *row, const uint32_t range[2],
      int64_t *sums) {
    int64_t falling = leg->lots + leg->buys; // where the entry is a loss, buys lose
    int64_t rising = leg->lots - leg->sells;
    if (!part->has_orders || falling == rising) {
        for (uint32_t s = range[0]; s < range[1]; s += 1) {
            sums[s] += leg->lots * row[s];
        }
        return;
    }
    for (uint32_t s = range[0]; s < range[1]; s += 1) {
        sums[s] += (row[s] > 0 ? rising : falling) * row[s];
    }
}

static int64_t
worst_loss(const int64_t *sums, uint32_t from, uint32_t upto) {
    int64_t least = 0;
    for (uint32_t s = from; s < upto; s += 1) {
        least = sums[s] < least ? sums[s] : least;
    }
    return -least;
}

static bool
tail_loss(pli_direct *direct, const plm_scenario_header *header, pli_core *core) {
    const plm_portfolio_parameters *parameters = direct->parameters;
    uint32_t k = header->history_count == 0 ? 0 : pli_tail_size(header, parameters);
    for (uint32_t plane = 0; k > 0 && plane < header->plane_count; plane += 1) {
        const int64_t *from = direct->joint + plm_scenario_history_begin(header, plane);
        pli_i128 sum = 0;
        pli_i128 measured = 0;
        int64_t loss = 0;
        memcpy(direct->values, from, header->history_count * sizeof from[0]);
        // Sorting moves no value: the k-th smallest is what the k smallest have more than the k - 1 smallest.
        pli_sum_of_smallest(direct->values, header->history_count, k, &sum);
        measured = pli_div_ceil_i128(-sum, k);
        if (parameters->measure == 2) {
            pli_i128 before = 0;
            pli_sum_of_smallest(direct->values, header->history_count, k - 1, &before);
            measured = before - sum;
        }
        if (!pli_narrow_i64(measured, &loss)) {
            return false;
        }
        core->tail_micros = loss > core->tail_micros ? loss : core->tail_micros;
    }
    return true;
}

/* The worst of one leg alone: at its largest or its least entry. */
static int64_t
lone_loss(const pli_direct_part *part, const pli_leg *leg) {
    const pli_digest *digest = leg->digests[part->which];
    int64_t falling = leg->lots + (part->has_orders ? leg->buys : 0);
    int64_t rising = leg->lots - (part->has_orders ? leg->sells : 0);
    int64_t down = falling > 0 ? -digest->least * falling : 0;
    int64_t up = rising < 0 ? -rising * digest->most : 0;
    return down > up ? down : up;
}

/* Over the columns that are kept of the underlying, else over the whole active grid. */
static int64_t
grid_loss(pli_direct *direct, const pli_direct_part *part, uint32_t from, uint32_t upto) {
    const pli_leg *first = &direct->legs[direct->sorted[from]];
    const pli_facts *facts = direct->facts;
    uint32_t u = first->underlying_index;
    uint32_t kept = facts == NULL ? 0 : facts->column_count[2 * u + part->which];
    uint32_t grid[2] = {0, kept > 0 ? kept : part->table->header->grid_active[u]};
    if (upto - from == 1) {
        return lone_loss(part, first);
    }
    memset(direct->grid, 0, grid[1] * sizeof direct->grid[0]);
    for (uint32_t i = from; i < upto; i += 1) {
        const pli_leg *leg = &direct->legs[direct->sorted[i]];
        const int64_t *row = kept > 0 ? pli_facts_columns(facts, part->which, leg->instrument_index)
                                      : plm_risk_row(part->table, leg->instrument_index);
        sweep(part, leg, row, grid, direct->grid);
    }
    return worst_loss(direct->grid, 0, grid[1]);
}

/* Grid loss and charges of the group at sorted[from]; *upto becomes its end. */
static bool
add_group(pli_direct *direct, pli_direct_part *part, uint32_t from, uint32_t *upto,
          pli_core *core) {
    const plm_scenario_header *header = part->table->header;
    uint32_t u = direct->legs[direct->sorted[from]].underlying_index;
    uint32_t joint[2] = {header->grid_count, plm_scenario_probe_begin(header)};
    bool has_history = header->has_history[u] != 0;
    uint32_t end = from;
    while (end < direct->leg_count && direct->legs[direct->sorted[end]].underlying_index == u) {
        if (has_history) {
            const pli_leg *leg = &direct->legs[direct->sorted[end]];
            sweep(part, leg, plm_risk_row(part->table, leg->instrument_index), joint,
                  direct->joint);
        }
        end += 1;
    }
    int64_t loss = grid_loss(direct, part, from, end);
    *upto = end;
    if (has_history) {
        core->grid_sum_micros += loss;
        core->grid_micros = loss > core->grid_micros ? loss : core->grid_micros;
    } else {
        pli_direct_grow(part, PLM_CHARGE_NO_HISTORY, loss);
    }
    return pli_direct_charges(direct, from, end, part);
}

/* Core and charges of one requirement. */
static bool
evaluate(pli_direct *direct, uint32_t which, bool has_orders, int64_t *core_micros,
         int64_t charges[PLM_CHARGE_COUNT]) {
    const plm_risk_table *table =
        which == 0 ? direct->input->maintenance_arrays : direct->input->initial_arrays;
    const plm_scenario_header *header = table->header;
    pli_direct_part part = {.table = table, .which = which, .has_orders = has_orders};
    pli_core core = {0};
    uint32_t joint_begin = header->grid_count;
    uint32_t joint_end = plm_scenario_probe_begin(header);
    memset(direct->joint + joint_begin, 0, (joint_end - joint_begin) * sizeof direct->joint[0]);
    for (uint32_t i = 0; i < direct->leg_count;) {
        if (!add_group(direct, &part, i, &i, &core)) {
            return false;
        }
    }
    if (has_orders && !pli_direct_order_costs(direct, &part)) {
        return false;
    }
    core.stress_micros = worst_loss(direct->joint, plm_scenario_stress_begin(header), joint_end);
    if (!tail_loss(direct, header, &core) || !pli_core_choose(direct->parameters, &core)) {
        return false;
    }
    // Halves of a micro a lot, rounded once.
    int64_t *rounding = &part.charges[PLM_CHARGE_ROUNDING];
    *rounding = *rounding / 2 + *rounding % 2;
    memcpy(charges, part.charges, sizeof part.charges);
    *core_micros = core.core_micros;
    return part.signs >= 0;
}

/* Both requirements; where the rows are shared the horizons differ in the open orders alone. */
static bool
make_requirements(pli_direct *direct, pli_conclusion *conclusion) {
    const plm_margin_input *input = direct->input;
    bool has_orders = input->portfolio->order_count > 0;
    bool is_shared = direct->is_shared;
    if (!evaluate(direct, 0, false, &conclusion->core_maintenance_micros,
                  conclusion->charges_maintenance)) {
        return false;
    }
    conclusion->filled_maintenance_micros = 0;
    if (is_shared && !has_orders) {
        conclusion->core_initial_micros = conclusion->core_maintenance_micros;
        memcpy(conclusion->charges_initial, conclusion->charges_maintenance,
               sizeof conclusion->charges_initial);
        return true;
    }
    if (!evaluate(direct, 1, has_orders, &conclusion->core_initial_micros,
                  conclusion->charges_initial)) {
        return false;
    }
    if (!has_orders) {
        return true;
    }
    int64_t filled[PLM_CHARGE_COUNT];
    int64_t core = conclusion->core_initial_micros;
    memcpy(filled, conclusion->charges_initial, sizeof filled);
    if (!is_shared && !evaluate(direct, 0, true, &core, filled)) {
        return false;
    }
    filled[PLM_CHARGE_ORDERS] = 0;
    pli_i128 sum = core;
    for (uint32_t i = 0; i < PLM_CHARGE_COUNT; i += 1) {
        sum += filled[i];
    }
    return pli_narrow_i64(sum, &conclusion->filled_maintenance_micros);
}

/* Profit of one leg in micros, rounded down. */
static bool
leg_profit(const pli_leg *leg, pli_i128 *out) {
    pli_i128 profit = (pli_i128)leg->lots * leg->mark_e8;
    if (!pli_sub_i128(profit, leg->cost, &profit)) {
        return false;
    }
    int64_t narrow = 0;
    if (leg->price_unit != 1 || !pli_narrow_i64(profit, &narrow)) {
        return pli_muldiv_floor(profit, leg->lot_e8,
                                (pli_i128)INT64_C(10000000000) * leg->price_unit, out);
    }
    int64_t rounded = 0;
    pli_u128 product = (pli_u128)pli_magnitude(narrow) * (uint64_t)leg->lot_e8;
    if (product >> 63 != 0) {
        return pli_muldiv_floor(profit, leg->lot_e8, INT64_C(10000000000), out);
    }
    uint64_t low = (uint64_t)product;
    rounded = narrow >= 0 ? (int64_t)(low / UINT64_C(10000000000))
                          : -(int64_t)((low + UINT64_C(9999999999)) / UINT64_C(10000000000));
    *out = rounded;
    return true;
}

/* Net delta-one exposure of a leg at the base price, rounded away from zero. */
static bool
exposure(const pli_leg *leg, int64_t lots, int64_t base_e8, pli_i128 *sum) {
    int64_t notional = 0;
    if (!pli_direct_notional(leg, lots, base_e8, &notional)) {
        return false;
    }
    *sum += lots > 0 ? notional : -notional;
    return true;
}

/* What the slow price takes off the gains of a group: as held, and at the worst fills. */
static bool
slow_adjustments(const pli_direct *direct, uint32_t from, uint32_t upto, pli_i128 taken[2]) {
    uint32_t u = direct->legs[direct->sorted[from]].underlying_index;
    const plm_underlying *terms = &direct->input->listing->underlyings[u];
    const plm_price_record *price = &direct->input->market->underlyings[u].price;
    int64_t base = terms->domain == PLM_PRICE_DOMAIN_ANY ? terms->reference_e8 : price->price_e8;
    int64_t distance = price->slow_e8 - price->price_e8;
    taken[0] = 0;
    taken[1] = 0;
    if (distance == 0) {
        return true;
    }
    if (base <= 0) {
        return false;
    }
    pli_i128 held = 0;
    pli_i128 buys = 0;
    pli_i128 sells = 0;
    for (uint32_t i = from; i < upto; i += 1) {
        const pli_leg *leg = &direct->legs[direct->sorted[i]];
        if (!exposure(leg, leg->lots, base, &held) || !exposure(leg, leg->buys, base, &buys) ||
            !exposure(leg, -leg->sells, base, &sells)) {
            return false;
        }
    }
    pli_i128 present = distance < 0 ? held : -held;
    pli_i128 worst = distance < 0 ? held + buys : -held - sells;
    pli_i128 size = distance < 0 ? -distance : distance;
    return (present <= 0 || pli_muldiv_ceil(present, size, base, &taken[0])) &&
           (worst <= 0 || pli_muldiv_ceil(worst, size, base, &taken[1]));
}

/* Unrealised profit of the group at sorted[from]; *upto becomes its end. */
static bool
add_unrealised(const pli_direct *direct, uint32_t from, uint32_t *upto, pli_equity_sums *sums) {
    const plm_portfolio_parameters *parameters = direct->parameters;
    const pli_leg *first = &direct->legs[direct->sorted[from]];
    const plm_instrument *instruments = direct->input->listing->instruments;
    uint32_t asset = instruments[first->instrument_index].settlement_asset_index;
    pli_i128 net = 0;
    pli_i128 taken[2];
    uint32_t end = from;
    while (end < direct->leg_count &&
           direct->legs[direct->sorted[end]].underlying_index == first->underlying_index) {
        const pli_leg *leg = &direct->legs[direct->sorted[end]];
        pli_i128 profit = 0;
        if (instruments[leg->instrument_index].settlement_asset_index != asset ||
            !leg_profit(leg, &profit) || !pli_add_i128(net, profit, &net)) {
            return false;
        }
        net += leg->accrued_micros;
        end += 1;
    }
    *upto = end;
    if (!slow_adjustments(direct, from, end, taken)) {
        return false;
    }
    pli_i128 gains = net > 0 ? net : 0;
    for (uint32_t i = 0; i < 3; i += 1) {
        if (!pli_add_i128(sums->unrealised[i], net - gains, &sums->unrealised[i])) {
            return false;
        }
    }
    return pli_add_i128(sums->slow, taken[0], &sums->slow) &&
           pli_equity_weigh(gains - taken[0], parameters->gain_initial_ppm, &sums->unrealised[0]) &&
           pli_equity_weigh(gains, parameters->gain_maintenance_ppm, &sums->unrealised[1]) &&
           pli_equity_weigh(gains - taken[1], parameters->gain_initial_ppm, &sums->unrealised[2]);
}

static bool
make_equity(const pli_direct *direct, pli_equity *equity) {
    const plm_portfolio_parameters *parameters = direct->parameters;
    const plm_margin_input *input = direct->input;
    pli_view view = {
        .listing = input->listing, .market = input->market, .portfolio = *input->portfolio};
    pli_equity_rules rules = {.gain_initial_ppm = parameters->gain_initial_ppm,
                              .gain_maintenance_ppm = parameters->gain_maintenance_ppm,
                              .haircut_sigma_ppm = parameters->haircut_sigma_ppm,
                              .haircut_horizon_ns = parameters->haircut_horizon_ns,
                              .haircut_cap_ppm = parameters->haircut_cap_ppm,
                              .is_scenario_covered = true};
    pli_equity_sums sums = {0};
    if (!pli_equity_balances(&view, &rules, &sums)) {
        return false;
    }
    for (uint32_t i = 0; i < direct->leg_count;) {
        if (!add_unrealised(direct, i, &i, &sums)) {
            return false;
        }
    }
    return pli_equity_finish(&sums, equity, NULL) == PLM_OK;
}

bool
pli_direct_require(const plm_margin_input *input, const plm_workspace *workspace,
                   pli_conclusion *conclusion) {
    if (input->change_count > 0) {
        return false;
    }
    const plm_portfolio *portfolio = input->portfolio;
    uint32_t leg_max = portfolio->position_count + portfolio->order_count;
    uint32_t stride = input->maintenance_arrays->header->row_stride;
    uint32_t other = input->initial_arrays->header->row_stride;
    stride = stride > other ? stride : other;
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    pli_direct direct = {.input = input, .parameters = input->parameters};
    if (input->facts != NULL && pli_facts_are_of(input->facts, input)) {
        direct.facts = input->facts;
    }
    direct.is_shared = input->maintenance_arrays == input->initial_arrays ||
                       pli_are_shapes_alike(input->maintenance_arrays, input->initial_arrays);
    direct.legs = PLI_ARENA_TAKE(&arena, leg_max, pli_leg);
    direct.sorted = PLI_ARENA_TAKE(&arena, leg_max, uint32_t);
    direct.made = PLI_ARENA_TAKE(&arena, 2 * (size_t)leg_max, pli_digest);
    direct.grid = PLI_ARENA_TAKE(&arena, stride, int64_t);
    direct.joint = PLI_ARENA_TAKE(&arena, stride, int64_t);
    direct.values = PLI_ARENA_TAKE(&arena, stride, int64_t);
    if (!pli_arena_is_ok(&arena) || !gather(&direct)) {
        return false;
    }
    return is_bounded(&direct, 0) && (direct.is_shared || is_bounded(&direct, 1)) &&
           make_requirements(&direct, conclusion) && make_equity(&direct, &conclusion->equity);
}
