/* triggers.c: the nearest prices at which an account is called or liquidated.         SPDX-License-Identifier: Apache-2.0 */
#include "explain/triggers.h"

#include "base/assert.h"
#include "base/text.h"
#include "explain/probe.h"
#include "num/rounding.h"

enum {
    CALL = PLI_TRIGGER_CALL,
    LIQUIDATION = PLI_TRIGGER_LIQUIDATION,
    CONDITIONS = PLI_TRIGGER_CONDITIONS
};

// Far ends of the search: a hundredth and ten times a positive price, or this many reference prices each way.
static const double range_positive = 9.0;
static const double range_divisor = 99.0;
static const double range_any = 3.0;

// No other underlying moves below a hundredth or above ten times its price.
static const double beta_move_min = -0.99;
static const double beta_move_max = 9.0;

typedef pli_trigger_climb climb;
typedef pli_trigger_sample sample;
typedef pli_trigger_bracket bracket;

static int64_t
floor_div(int64_t a, int64_t b) {
    int64_t quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

static int64_t
price_at(const climb *of, int64_t distance) {
    if (distance == 0) {
        return of->price_e8;
    }
    int64_t below = floor_div(of->price_e8, of->tick_e8);
    int64_t above = floor_div(of->price_e8 + of->tick_e8 - 1, of->tick_e8);
    return (of->direction < 0 ? above - distance : below + distance) * of->tick_e8;
}

// The largest distance whose price is still on this side of `bound_e8`, at least 0.
static int64_t
distance_to(const climb *of, double bound_e8) {
    int64_t bound = 0;
    if (pli_i64_from_double_half_even(bound_e8, &bound) != PLM_OK) {
        bound = of->direction < 0 ? -PLM_PRICE_E8_MAX : PLM_PRICE_E8_MAX;
    }
    bound = bound > PLM_PRICE_E8_MAX ? PLM_PRICE_E8_MAX : bound;
    bound = bound < -PLM_PRICE_E8_MAX ? -PLM_PRICE_E8_MAX : bound;
    int64_t below = floor_div(of->price_e8, of->tick_e8);
    int64_t above = floor_div(of->price_e8 + of->tick_e8 - 1, of->tick_e8);
    int64_t distance = of->direction < 0 ? above - floor_div(bound + of->tick_e8 - 1, of->tick_e8)
                                         : floor_div(bound, of->tick_e8) - below;
    return distance < 0 ? 0 : distance;
}

static bool
is_any(const climb *of) {
    return of->probe->listing.underlyings[of->target].domain == PLM_PRICE_DOMAIN_ANY;
}

// The price that stands `reach` from the present one: times 1 + reach, over 1 + reach, or by reach reference prices.
static double
reached_e8(const climb *of, double reach) {
    double price = pli_double_from_i64(of->price_e8);
    if (is_any(of)) {
        double reference =
            pli_double_from_i64(of->probe->listing.underlyings[of->target].reference_e8);
        return of->direction < 0 ? price - reach * reference : price + reach * reference;
    }
    return of->direction < 0 ? price / (1.0 + reach) : price * (1.0 + reach);
}

static double
reach_max(const climb *of) {
    if (is_any(of)) {
        return range_any;
    }
    return of->direction < 0 ? range_divisor : range_positive;
}

// What the others do when the target has moved.
static void
set_prices(const climb *of, int64_t price_e8) {
    pli_probe *probe = of->probe;
    probe->price_e8[of->target] = price_e8;
    if (of->betas == NULL) {
        return;
    }
    double base = pli_double_from_i64(
        is_any(of) ? probe->listing.underlyings[of->target].reference_e8 : of->price_e8);
    double move = pli_double_from_i64(price_e8 - of->price_e8) / base;
    for (uint32_t u = 0; u < probe->listing.underlying_count; u += 1) {
        if (u == of->target || probe->is_moving[u] == 0) {
            continue;
        }
        int64_t now_e8 = probe->input->margin.market->underlyings[u].price.price_e8;
        bool is_other_any = probe->listing.underlyings[u].domain == PLM_PRICE_DOMAIN_ANY;
        double other_base =
            pli_double_from_i64(is_other_any ? probe->listing.underlyings[u].reference_e8 : now_e8);
        double other = move * of->betas[u];
        other = other < beta_move_min && !is_other_any ? beta_move_min : other;
        other = other > beta_move_max && !is_other_any ? beta_move_max : other;
        int64_t change_e8 = 0;
        if (pli_i64_from_double_half_even(other * other_base, &change_e8) == PLM_OK &&
            change_e8 > -PLM_PRICE_E8_MAX && change_e8 < PLM_PRICE_E8_MAX) {
            probe->price_e8[u] = now_e8 + change_e8;
        }
    }
}

static void
set_excess(const plm_requirement *requirement, sample *at) {
    at->excess[CALL] = requirement->equity_maintenance_micros - requirement->call_micros;
    at->excess[LIQUIDATION] =
        requirement->equity_maintenance_micros - requirement->maintenance_micros;
}

static plm_status
take_sample(const climb *of, int64_t distance, sample *out, plm_fault *fault) {
    plm_requirement requirement;
    set_prices(of, price_at(of, distance));
    plm_status status = pli_probe_evaluate(of->probe, &requirement, fault);
    if (status == PLM_OK) {
        out->distance = distance;
        set_excess(&requirement, out);
    }
    return status;
}

static bool
is_too_far(plm_status status) {
    return status == PLM_DOMAIN || status == PLM_ARRAY_RANGE || status == PLM_OVERFLOW;
}

/*
 * Outwards from the present price by steps of reach 1/256 that grow by a quarter, until liquidation or the end. A probe
 * that is too far for its domain ends the range before it.
 */
static plm_status
step_outwards(climb *of, plm_fault *fault) {
    of->reach += of->step;
    of->step *= 1.25;
    int64_t distance = distance_to(of, reached_e8(of, of->reach));
    distance = distance > of->near.distance ? distance : of->near.distance + 1;
    distance = distance < of->end ? distance : of->end;
    sample far;
    plm_status status = take_sample(of, distance, &far, fault);
    if (is_too_far(status)) {
        of->end = of->near.distance;
        return PLM_OK;
    }
    if (status != PLM_OK) {
        return status;
    }
    for (int c = 0; c < CONDITIONS; c += 1) {
        if (!of->brackets[c].is_found && far.excess[c] < 0) {
            of->brackets[c] = (bracket){.is_found = true, .near = of->near, .far = far};
        }
    }
    of->near = far;
    return PLM_OK;
}

// Where to look next: at the secant, leaning `lean` sixty-fourths of the bracket to one side; else in the middle.
static int64_t
next_distance(const bracket *of, int condition, int lean, bool is_slow) {
    int64_t low = of->near.distance;
    int64_t width = of->far.distance - low;
    double near = pli_double_from_i64(of->near.excess[condition]);
    double far = pli_double_from_i64(of->far.excess[condition]);
    int64_t at = 0;
    double guess = pli_double_from_i64(width) * (near / (near - far));
    if (is_slow || pli_i64_from_double_half_even(guess, &at) != PLM_OK) {
        return low + width / 2;
    }
    at += lean * (width / 64 + 1);
    at = at < 1 ? 1 : at;
    return low + (at < width ? at : width - 1);
}

static int64_t
width_of(const bracket *of) {
    return of->is_found ? of->far.distance - of->near.distance : 0;
}

/*
 * Narrow a bracket to one tick: the condition holds at far and not at near, its neighbour. The secant is tried a little
 * beyond and a little before; whenever such a pair has not halved the bracket, the middle is taken.
 */
static plm_status
step_inwards(climb *of, plm_fault *fault) {
    bracket *found = &of->brackets[of->condition];
    sample middle;
    plm_status status =
        take_sample(of, next_distance(found, of->condition, of->lean, of->is_slow), &middle, fault);
    if (status != PLM_OK) {
        return status;
    }
    if (middle.excess[of->condition] < 0) {
        found->far = middle;
    } else {
        found->near = middle;
    }
    int64_t width = width_of(found);
    bool is_pair_over = of->is_slow || of->lean < 0;
    if (is_pair_over) {
        of->is_slow = !of->is_slow && width > of->width_before / 2;
        of->width_before = width;
    }
    of->lean = is_pair_over ? 1 : -1;
    return PLM_OK;
}

// From `condition` on, the first that has something left to narrow.
static void
choose_condition(climb *of, int condition) {
    while (condition < CONDITIONS && width_of(&of->brackets[condition]) <= 1) {
        condition += 1;
    }
    of->condition = condition;
    of->lean = 1;
    of->is_slow = false;
    of->width_before = condition < CONDITIONS ? width_of(&of->brackets[condition]) : 0;
}

// Where nothing is left to climb, narrow; where nothing is left to narrow there, it is the next one's turn.
static void
settle(climb *of) {
    if (of->is_climbing && (of->near.distance >= of->end || of->brackets[LIQUIDATION].is_found)) {
        of->is_climbing = false;
        choose_condition(of, 0);
    }
    if (!of->is_climbing && of->condition < CONDITIONS &&
        width_of(&of->brackets[of->condition]) <= 1) {
        choose_condition(of, of->condition + 1);
    }
}

static bool
is_over(const climb *of) {
    return !of->is_climbing && of->condition == CONDITIONS;
}

static climb
climb_init(pli_probe *probe, uint32_t target, int direction, const double *betas,
           const sample *present) {
    climb of = {.probe = probe,
                .target = target,
                .betas = betas,
                .direction = direction,
                .price_e8 = probe->input->margin.market->underlyings[target].price.price_e8,
                .tick_e8 = probe->listing.underlyings[target].tick_e8,
                .near = *present,
                .step = 1.0 / 256.0,
                .is_climbing = true};
    for (int c = 0; c < CONDITIONS; c += 1) {
        if (present->excess[c] < 0) {
            of.brackets[c] = (bracket){.is_found = true, .near = *present, .far = *present};
        }
    }
    of.end = distance_to(&of, reached_e8(&of, reach_max(&of)));
    settle(&of);
    return of;
}

static plm_status
climb_step(climb *of, plm_fault *fault) {
    plm_status status = of->is_climbing ? step_outwards(of, fault) : step_inwards(of, fault);
    settle(of);
    return status;
}

// Both conditions on one side; `end_e8` is the end of the searched range.
static void
climb_tell(const climb *of, plm_trigger triggers[CONDITIONS], int64_t *end_e8) {
    *end_e8 = price_at(of, of->end);
    for (int c = 0; c < CONDITIONS; c += 1) {
        bool is_found = of->brackets[c].is_found;
        triggers[c] = (plm_trigger){is_found, is_found ? price_at(of, of->brackets[c].far.distance)
                                                       : *end_e8};
    }
}

/*
 * Slope of every underlying's past moves on the target's, by least squares with a mean; 0 without history.
 *
 * Returns    whether the joint history covers the target, which must have moved, and at least one other.
 */
static bool
make_betas(const plm_scenario_set *set, uint32_t target, double *betas) {
    if (set == NULL || set->header.history_count < 2 || set->header.has_history[target] == 0) {
        return false;
    }
    uint32_t count = set->header.history_count;
    uint32_t width = set->header.underlying_count;
    double days = pli_double_from_i64(count);
    double mean = 0.0;
    double square = 0.0;
    bool has_other = false;
    for (uint32_t t = 0; t < count; t += 1) {
        mean += set->history_returns[(size_t)t * width + target] / days;
    }
    for (uint32_t t = 0; t < count; t += 1) {
        double x = set->history_returns[(size_t)t * width + target] - mean;
        square += x * x;
    }
    for (uint32_t u = 0; u < width; u += 1) {
        betas[u] = 0.0;
        if (u == target || set->header.has_history[u] == 0 || !(square > 0.0)) {
            continue;
        }
        has_other = true;
        double product = 0.0;
        // The deviations of one factor sum to 0, so the other's mean drops out.
        for (uint32_t t = 0; t < count; t += 1) {
            const double *day = &set->history_returns[(size_t)t * width];
            product += (day[target] - mean) * day[u];
        }
        betas[u] = product / square;
    }
    return has_other;
}

// Choose what moves with the target; true when another underlying that the account depends on does.
static bool
choose_moving(pli_probe *probe, uint32_t target, const double *betas) {
    bool has_other = false;
    for (uint32_t u = 0; u < probe->listing.underlying_count; u += 1) {
        bool moves = betas != NULL && probe->is_held[u] != 0 && betas[u] != 0.0;
        probe->is_moving[u] = moves || u == target ? 1 : 0;
        has_other = has_other || (moves && u != target);
    }
    return has_other;
}

// What a search found: [0] below, [1] above.
typedef struct outcome {
    plm_trigger triggers[2][CONDITIONS];
    int64_t end_e8[2];
} outcome;

static plm_status
search_both(pli_probe *probe, uint32_t target, const double *betas, const sample *present,
            outcome *out, plm_fault *fault) {
    plm_status status = pli_probe_begin(probe, fault);
    for (int side = 0; status == PLM_OK && side < 2; side += 1) {
        climb of = climb_init(probe, target, side == 0 ? -1 : 1, betas, present);
        while (status == PLM_OK && !is_over(&of)) {
            status = climb_step(&of, fault);
        }
        climb_tell(&of, out->triggers[side], &out->end_e8[side]);
    }
    return status;
}

static plm_status
take_present(const plm_explain_input *input, pli_probe *probe, sample *present, plm_fault *fault) {
    plm_requirement requirement;
    plm_status status = plm_margin_require(input->model, &input->margin, &probe->account.workspace,
                                           &requirement, NULL, fault);
    if (status == PLM_OK) {
        *present = (sample){.distance = 0};
        set_excess(&requirement, present);
    }
    return status;
}

void
pli_triggers_take(const plm_explain_input *input, pli_arena *arena, pli_trigger_work *work) {
    pli_probe_take(input, arena, &work->probe);
    work->betas = PLI_ARENA_TAKE(arena, input->margin.listing->underlying_count, double);
}

static plm_status
search_all(const plm_explain_input *input, pli_trigger_work *work, plm_triggers *found,
           plm_fault *fault) {
    uint32_t target = found->underlying_index;
    sample present;
    outcome alone;
    plm_status status = take_present(input, &work->probe, &present, fault);
    if (status != PLM_OK) {
        return status;
    }
    (void)choose_moving(&work->probe, target, NULL);
    status = search_both(&work->probe, target, NULL, &present, &alone, fault);
    if (status != PLM_OK) {
        return status;
    }
    outcome beta = alone;
    found->has_beta = make_betas(input->maintenance_set, target, work->betas);
    if (found->has_beta && choose_moving(&work->probe, target, work->betas)) {
        status = search_both(&work->probe, target, work->betas, &present, &beta, fault);
    }
    found->low_e8 = alone.end_e8[0];
    found->high_e8 = alone.end_e8[1];
    found->call_below = alone.triggers[0][CALL];
    found->call_above = alone.triggers[1][CALL];
    found->liquidation_below = alone.triggers[0][LIQUIDATION];
    found->liquidation_above = alone.triggers[1][LIQUIDATION];
    if (found->has_beta) {
        found->liquidation_below_beta = beta.triggers[0][LIQUIDATION];
        found->liquidation_above_beta = beta.triggers[1][LIQUIDATION];
    }
    return status;
}

// The memory of a search, laid out and filled with the account as it is.
static plm_status
prepare(const plm_explain_input *input, uint32_t underlying_index, const plm_workspace *workspace,
        pli_trigger_work *work, plm_fault *fault) {
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    if (underlying_index >= input->margin.listing->underlying_count) {
        return pli_fault_set_index(fault, PLM_INDEX_UNKNOWN, "underlying", underlying_index,
                                   " is not listed");
    }
    pli_triggers_take(input, &arena, work);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set_range(fault, PLM_WORKSPACE_SMALL, "bytes of the workspace",
                                   (int64_t)workspace->size, (int64_t)plm_explain_size(input),
                                   INT64_MAX);
    }
    return pli_probe_init(input, &work->probe, fault);
}

plm_status
plm_explain_triggers(const plm_explain_input *input, uint32_t underlying_index,
                     plm_workspace *workspace, plm_triggers *triggers, plm_fault *fault) {
    pli_trigger_work work;
    plm_triggers found = {.underlying_index = underlying_index};
    plm_status status = prepare(input, underlying_index, workspace, &work, fault);
    if (status == PLM_OK) {
        status = search_all(input, &work, &found, fault);
    }
    if (status == PLM_OK) {
        *triggers = found;
    }
    return status;
}

// --- Probe by probe --------------------------------------------------------------------------------------------------

// Sides that need no probe any more are told.
static void
turn_sides(pli_trigger_walk *walk) {
    while (walk->side < 2 && is_over(&walk->at)) {
        climb_tell(&walk->at, walk->found[walk->side], &walk->end_e8[walk->side]);
        walk->side += 1;
        walk->at = climb_init(&walk->work.probe, walk->at.target, 1, NULL, &walk->present);
    }
}

plm_status
pli_trigger_walk_begin(const plm_explain_input *input, uint32_t underlying_index,
                       const plm_workspace *workspace, pli_trigger_walk *walk, plm_fault *fault) {
    plm_status status = prepare(input, underlying_index, workspace, &walk->work, fault);
    status =
        status == PLM_OK ? take_present(input, &walk->work.probe, &walk->present, fault) : status;
    if (status == PLM_OK) {
        (void)choose_moving(&walk->work.probe, underlying_index, NULL);
        status = pli_probe_begin(&walk->work.probe, fault);
    }
    if (status == PLM_OK) {
        walk->side = 0;
        walk->at = climb_init(&walk->work.probe, underlying_index, -1, NULL, &walk->present);
        turn_sides(walk);
    }
    return status;
}

plm_status
pli_trigger_walk_step(pli_trigger_walk *walk, plm_fault *fault) {
    PLI_ASSERT(walk->side < 2);
    plm_status status = climb_step(&walk->at, fault);
    if (status == PLM_OK) {
        turn_sides(walk);
    }
    return status;
}
