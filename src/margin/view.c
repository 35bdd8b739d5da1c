/* view.c: a portfolio after its changes, sorted and joined with marks, as every model reads it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "margin/view.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "base/sort.h"
#include "base/text.h"
#include "model/change.h"
#include "model/value.h"

static bool
instrument_comes_before(const void *context, uint32_t left, uint32_t right) {
    const plm_listing *listing = context;
    const plm_instrument *a = &listing->instruments[left];
    const plm_instrument *b = &listing->instruments[right];
    if (a->underlying_index != b->underlying_index) {
        return a->underlying_index < b->underlying_index;
    }
    if (a->expiry_ns != b->expiry_ns) {
        return a->expiry_ns < b->expiry_ns;
    }
    return left < right;
}

static bool
index_comes_before(const void *context, uint32_t left, uint32_t right) {
    (void)context;
    return left < right;
}

typedef struct order_context {
    const plm_order *orders;
    const plm_listing *listing;
} order_context;

static bool
order_comes_before(const void *context, uint32_t left, uint32_t right) {
    const order_context *orders = context;
    uint32_t a = orders->orders[left].instrument_index;
    uint32_t b = orders->orders[right].instrument_index;
    return a == b ? left < right : instrument_comes_before(orders->listing, a, b);
}

plm_status
pli_view_room(const pli_arena *arena, plm_fault *fault) {
    return pli_arena_is_ok(arena)
               ? PLM_OK
               : pli_fault_set(fault, PLM_WORKSPACE_SMALL,
                               "the workspace is too small for the portfolio", NULL, NULL);
}

plm_limits
pli_view_limits(const plm_margin_input *input) {
    uint32_t trades = 0;
    uint32_t orders = 0;
    for (uint32_t i = 0; i < input->change_count; i += 1) {
        trades += input->changes[i].kind == PLM_CHANGE_TRADE;
        orders += input->changes[i].kind == PLM_CHANGE_ORDER;
    }
    const plm_risk_table *a = input->maintenance_arrays;
    const plm_risk_table *b = input->initial_arrays;
    uint32_t entries_a = a == NULL ? 0 : a->header->row_stride;
    uint32_t entries_b = b == NULL ? 0 : b->header->row_stride;
    return (plm_limits){
        .asset_count = input->listing->asset_count,
        .underlying_count = input->listing->underlying_count,
        .instrument_count = input->listing->instrument_count,
        .position_count = input->portfolio->position_count + trades,
        .order_count = input->portfolio->order_count + orders,
        // A trade can open a settlement and a fee balance, a transfer one.
        .balance_count = input->portfolio->balance_count + 2 * input->change_count,
        .entry_count = entries_a > entries_b ? entries_a : entries_b,
    };
}

/* The tables of a view, in the order in which both the sizing and the carving take them. */
typedef struct view_memory {
    plm_position *positions;
    plm_order *orders;
    plm_balance *balances;
    uint32_t *keys;
    pli_line *lines;
    pli_open_order *open_orders;
    pli_group *groups;
} view_memory;

static view_memory
take_memory(pli_arena *arena, const plm_limits *limits) {
    uint32_t line_max = limits->position_count + limits->order_count;
    uint32_t key_max = line_max + limits->balance_count;
    view_memory memory;
    memory.positions = PLI_ARENA_TAKE(arena, limits->position_count, plm_position);
    memory.orders = PLI_ARENA_TAKE(arena, limits->order_count, plm_order);
    memory.balances = PLI_ARENA_TAKE(arena, limits->balance_count, plm_balance);
    memory.keys = PLI_ARENA_TAKE(arena, key_max, uint32_t);
    memory.lines = PLI_ARENA_TAKE(arena, line_max, pli_line);
    memory.open_orders = PLI_ARENA_TAKE(arena, limits->order_count, pli_open_order);
    memory.groups = PLI_ARENA_TAKE(arena, key_max, pli_group);
    return memory;
}

void
pli_view_size(pli_arena *arena, const plm_limits *limits) {
    (void)take_memory(arena, limits);
}

static plm_status
apply_changes(const plm_margin_input *input, const plm_limits *limits, const view_memory *memory,
              pli_view *view, plm_fault *fault) {
    plm_status status = plm_portfolio_check(input->portfolio, input->listing, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_portfolio_draft draft = {.position_capacity = limits->position_count,
                                 .order_capacity = limits->order_count,
                                 .balance_capacity = limits->balance_count,
                                 .positions = memory->positions,
                                 .orders = memory->orders,
                                 .balances = memory->balances};
    status = pli_draft_init(&draft, input->portfolio, fault);
    for (uint32_t i = 0; status == PLM_OK && i < input->change_count; i += 1) {
        status = pli_draft_apply(&draft, &input->changes[i], i, input->listing, fault);
    }
    view->portfolio = (plm_portfolio){.position_count = draft.position_count,
                                      .order_count = draft.order_count,
                                      .balance_count = draft.balance_count,
                                      .positions = draft.positions,
                                      .orders = draft.orders,
                                      .balances = draft.balances};
    return status;
}

static plm_status
check_price(const pli_view *view, uint32_t underlying_index, plm_fault *fault) {
    const plm_price_record *price = &view->market->underlyings[underlying_index].price;
    if (price->state != PLM_PRICE_STATE_VALID) {
        return pli_fault_set_index(fault, PLM_PRICE_MISSING, "underlying", underlying_index,
                                   ": its price is not VALID");
    }
    return PLM_OK;
}

/* One line per instrument, sorted; keys hold the instrument indices of positions and orders. */
static plm_status
make_lines(pli_view *view, uint32_t *keys, plm_fault *fault) {
    uint32_t key_count = 0;
    for (uint32_t i = 0; i < view->portfolio.position_count; i += 1) {
        keys[key_count] = view->portfolio.positions[i].instrument_index;
        key_count += 1;
    }
    for (uint32_t i = 0; i < view->portfolio.order_count; i += 1) {
        keys[key_count] = view->portfolio.orders[i].instrument_index;
        key_count += 1;
    }
    pli_sort_u32_by(keys, key_count, instrument_comes_before, view->listing);
    view->line_count = 0;
    for (uint32_t i = 0; i < key_count; i += 1) {
        if (i > 0 && keys[i] == keys[i - 1]) {
            continue;
        }
        const plm_instrument *instrument = &view->listing->instruments[keys[i]];
        const plm_mark *mark = &view->market->marks[keys[i]];
        if (!mark->is_present) {
            return pli_fault_set_index(fault, PLM_MARK_MISSING, "instrument", keys[i],
                                       " has no mark");
        }
        if (instrument->expiry_ns != 0 && instrument->expiry_ns <= view->market->time.ns) {
            return pli_fault_set_index(fault, PLM_EXPIRED, "instrument", keys[i], " has expired");
        }
        uint32_t asset = instrument->settlement_asset_index;
        uint32_t priced = view->listing->assets[asset].underlying_index;
        plm_status status = check_price(view, instrument->underlying_index, fault);
        if (status == PLM_OK && priced != PLM_NONE) {
            status = check_price(view, priced, fault);
        }
        if (status != PLM_OK) {
            return status;
        }
        view->lines[view->line_count] = (pli_line){.instrument_index = keys[i],
                                                   .underlying_index = instrument->underlying_index,
                                                   .position_index = PLM_NONE,
                                                   .mark_e8 = mark->mark_e8};
        view->line_count += 1;
    }
    for (uint32_t i = 0; i < view->portfolio.position_count; i += 1) {
        const plm_position *position = &view->portfolio.positions[i];
        pli_line *line = &view->lines[pli_view_line_of(view, position->instrument_index)];
        line->position_index = i;
        line->lots = position->lots;
        line->cost = pli_i128_from_wide(position->cost);
        line->accrued_micros = position->accrued_micros;
    }
    return PLM_OK;
}

uint32_t
pli_view_line_of(const pli_view *view, uint32_t instrument_index) {
    uint32_t low = 0;
    uint32_t high = view->line_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (instrument_comes_before(view->listing, view->lines[middle].instrument_index,
                                    instrument_index)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    PLI_ASSERT(low < view->line_count);
    PLI_ASSERT(view->lines[low].instrument_index == instrument_index);
    return low;
}

/* Reduce-only orders of one side together close at most the position. */
static int64_t
clip_reduce_only(const pli_line *line, const plm_order *order, int64_t *room_buy,
                 int64_t *room_sell) {
    bool is_buy = order->side == PLM_SIDE_BUY;
    int64_t *room = is_buy ? room_buy : room_sell;
    int64_t closable = is_buy ? -line->lots : line->lots;
    if (*room < 0) {
        *room = closable > 0 ? closable : 0;
    }
    int64_t lots = order->lots < *room ? order->lots : *room;
    *room -= lots;
    return lots;
}

static plm_status
add_open_order(pli_view *view, pli_line *line, pli_open_order open, plm_fault *fault) {
    int64_t *side = open.lots >= 0 ? &line->buys : &line->sells;
    *side += open.lots >= 0 ? open.lots : -open.lots;
    if (line->lots + line->buys > PLM_LOTS_MAX || line->lots - line->sells < -PLM_LOTS_MAX) {
        return pli_fault_set_range(
            fault, PLM_PORTFOLIO_INVALID, "lots of a position if orders fill",
            open.lots >= 0 ? line->lots + line->buys : line->lots - line->sells, -PLM_LOTS_MAX,
            PLM_LOTS_MAX);
    }
    view->orders[view->order_count] = open;
    view->order_count += 1;
    return PLM_OK;
}

static plm_status
make_orders(pli_view *view, uint32_t *keys, plm_fault *fault) {
    uint32_t count = view->portfolio.order_count;
    for (uint32_t i = 0; i < count; i += 1) {
        keys[i] = i;
    }
    order_context context = {view->portfolio.orders, view->listing};
    pli_sort_u32_by(keys, count, order_comes_before, &context);
    view->order_count = 0;
    uint32_t line_index = PLM_NONE;
    int64_t room_buy = -1;
    int64_t room_sell = -1;
    for (uint32_t i = 0; i < count; i += 1) {
        const plm_order *order = &view->portfolio.orders[keys[i]];
        uint32_t of = pli_view_line_of(view, order->instrument_index);
        if (of != line_index) {
            line_index = of;
            room_buy = -1;
            room_sell = -1;
        }
        pli_line *line = &view->lines[of];
        int64_t lots = order->lots;
        if (order->is_reduce_only) {
            lots = clip_reduce_only(line, order, &room_buy, &room_sell);
        }
        pli_open_order open = {.line_index = of,
                               .order_index = keys[i],
                               .lots = order->side == PLM_SIDE_BUY ? lots : -lots,
                               .limit_e8 = order->limit_e8};
        plm_status status = add_open_order(view, line, open, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    return PLM_OK;
}

/* The underlying behind a scenario-treated balance, or PLM_NONE. */
static uint32_t
scenario_underlying(const pli_view *view, const plm_balance *balance) {
    const plm_asset *asset = &view->listing->assets[balance->asset_index];
    bool is_empty = balance->atoms.low == 0 && balance->atoms.high == 0;
    return asset->treatment == PLM_TREATMENT_SCENARIO && !is_empty ? asset->underlying_index
                                                                   : PLM_NONE;
}

static plm_status
make_groups(pli_view *view, uint32_t *keys, plm_fault *fault) {
    uint32_t key_count = 0;
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        keys[key_count] = view->lines[i].underlying_index;
        key_count += 1;
    }
    for (uint32_t i = 0; i < view->portfolio.balance_count; i += 1) {
        uint32_t priced =
            view->listing->assets[view->portfolio.balances[i].asset_index].underlying_index;
        plm_status status = priced == PLM_NONE ? PLM_OK : check_price(view, priced, fault);
        if (status != PLM_OK) {
            return status;
        }
        uint32_t underlying = scenario_underlying(view, &view->portfolio.balances[i]);
        if (underlying != PLM_NONE) {
            keys[key_count] = underlying;
            key_count += 1;
        }
    }
    pli_sort_u32_by(keys, key_count, index_comes_before, NULL);
    uint32_t line = 0;
    uint32_t order = 0;
    view->group_count = 0;
    for (uint32_t i = 0; i < key_count; i += 1) {
        if (i > 0 && keys[i] == keys[i - 1]) {
            continue;
        }
        pli_group group = {.underlying_index = keys[i], .first_line = line, .first_order = order};
        while (line < view->line_count && view->lines[line].underlying_index == keys[i]) {
            line += 1;
        }
        while (order < view->order_count && view->orders[order].line_index < line) {
            order += 1;
        }
        group.line_count = line - group.first_line;
        group.order_count = order - group.first_order;
        view->groups[view->group_count] = group;
        view->group_count += 1;
    }
    return PLM_OK;
}

plm_status
pli_view_make(const plm_margin_input *input, const plm_limits *limits, pli_arena *arena,
              pli_view *view, plm_fault *fault) {
    view_memory memory = take_memory(arena, limits);
    plm_status status = pli_view_room(arena, fault);
    if (status != PLM_OK) {
        return status;
    }
    *view = (pli_view){.input = input,
                       .listing = input->listing,
                       .market = input->market,
                       .lines = memory.lines,
                       .orders = memory.open_orders,
                       .groups = memory.groups};
    status = apply_changes(input, limits, &memory, view, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = make_lines(view, memory.keys, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = make_orders(view, memory.keys, fault);
    if (status != PLM_OK) {
        return status;
    }
    return make_groups(view, memory.keys, fault);
}

bool
pli_to_valuation(const pli_view *view, uint32_t asset_index, pli_i128 amount, bool is_up,
                 pli_i128 *out) {
    const plm_asset *asset = &view->listing->assets[asset_index];
    if (asset->underlying_index == PLM_NONE) {
        *out = amount;
        return true;
    }
    pli_i128 divisor =
        (pli_i128)100000000 * view->listing->underlyings[asset->underlying_index].price_unit;
    int64_t price = view->market->underlyings[asset->underlying_index].price.price_e8;
    return is_up ? pli_muldiv_ceil(amount, price, divisor, out)
                 : pli_muldiv_floor(amount, price, divisor, out);
}

bool
pli_is_below_zero(const pli_view *view, uint32_t asset_index) {
    uint32_t priced_by = view->listing->assets[asset_index].underlying_index;
    return priced_by != PLM_NONE && view->market->underlyings[priced_by].price.price_e8 < 0;
}

bool
pli_line_notional(const pli_view *view, const pli_line *line, int64_t lots, pli_i128 *out) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    const plm_underlying *underlying = &view->listing->underlyings[line->underlying_index];
    bool is_option = instrument->kind == PLM_KIND_OPTION;
    int64_t price = is_option ? view->market->underlyings[line->underlying_index].price.price_e8
                              : line->mark_e8;
    // Near a price of zero a fraction of the notional would be a fraction of nothing.
    price = price < 0 ? -price : price;
    price = price < underlying->reference_e8 ? underlying->reference_e8 : price;
    pli_i128 quote = 0;
    if (!pli_notional_micros(instrument, underlying, lots, price, &quote)) {
        return false;
    }
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        *out = quote;
        return true;
    }
    // A size is a magnitude, also where it is counted in an asset that is worth less than nothing.
    bool is_below = pli_is_below_zero(view, instrument->settlement_asset_index);
    return pli_to_valuation(view, instrument->settlement_asset_index, is_below ? -quote : quote,
                            true, out);
}

bool
pli_line_value(const pli_view *view, const pli_line *line, int64_t lots, int64_t price_e8,
               bool is_up, pli_i128 *out) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    const plm_underlying *underlying = &view->listing->underlyings[line->underlying_index];
    pli_i128 amount = 0;
    if (!pli_mul_i128(lots, price_e8, &amount)) {
        return false;
    }
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        // lots * lot_e8 * coin_e8 = coin_e16; times the index e8, down to micros: divide by 1e18, and by
        // the price unit twice, for both are quoted per price unit.
        pli_i128 coin_e16 = 0;
        pli_i128 divisor = (pli_i128)INT64_C(1000000000000000000) * underlying->price_unit *
                           underlying->price_unit;
        int64_t index_e8 = view->market->underlyings[line->underlying_index].price.price_e8;
        return pli_mul_i128(amount, instrument->lot_e8, &coin_e16) &&
               (is_up ? pli_muldiv_ceil(coin_e16, index_e8, divisor, out)
                      : pli_muldiv_floor(coin_e16, index_e8, divisor, out));
    }
    pli_i128 quote = 0;
    return pli_linear_value_micros(instrument, underlying, amount,
                                   is_up ? PLI_ROUND_UP : PLI_ROUND_DOWN, &quote) &&
           pli_to_valuation(view, instrument->settlement_asset_index, quote, is_up, out);
}

int64_t
pli_base_price_e8(const pli_view *view, uint32_t underlying_index) {
    const plm_underlying *underlying = &view->listing->underlyings[underlying_index];
    return underlying->domain == PLM_PRICE_DOMAIN_ANY
               ? underlying->reference_e8
               : view->market->underlyings[underlying_index].price.price_e8;
}

int64_t
pli_line_lots_worst(const pli_line *line) {
    int64_t high = line->lots + line->buys;
    int64_t low = line->lots - line->sells;
    high = high < 0 ? -high : high;
    low = low < 0 ? -low : low;
    return high > low ? high : low;
}
