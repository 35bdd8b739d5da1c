/* triggers.c: the nearest prices at which an account is called or liquidated.         SPDX-License-Identifier: Apache-2.0 */
#include "explain/triggers.h"

#include "base/text.h"
#include "explain/probe.h"
#include "num/rounding.h"

// The two conditions, by index.
enum { CALL = 0, LIQUIDATION = 1, CONDITION_COUNT = 2 };

// Far ends of the search: a hundredth and ten times a positive price, or this many reference prices each way.
static const double range_positive = 9.0;
static const double range_divisor = 99.0;
static const double range_any = 3.0;

// No other underlying moves below a hundredth or above ten times its price.
static const double beta_move_min = -0.99;
static const double beta_move_max = 9.0;

/*
 * One side of one search. Prices are counted in ticks from the present one: distance 0 is the present price itself,
 * distance d > 0 the d-th multiple of the tick beyond it.
 */
typedef struct search {
    pli_probe *probe;
    uint32_t target;
    const double *betas; /* NULL: the others stay */
    int direction;       /* -1 below, +1 above */
    int64_t price_e8, tick_e8;
    int64_t end; /* largest distance */
} search;

typedef struct sample {
    int64_t distance;
    int64_t excess[CONDITION_COUNT]; /* below 0: the condition holds */
} sample;

// A condition first seen between two probes: it does not hold at `near` and holds at `far`.
typedef struct bracket {
    bool is_found;
    sample near, far;
} bracket;

static int64_t
floor_div(int64_t a, int64_t b) {
    int64_t quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

static int64_t
price_at(const search *of, int64_t distance) {
    if (distance == 0) {
        return of->price_e8;
    }
    int64_t below = floor_div(of->price_e8, of->tick_e8);
    int64_t above = floor_div(of->price_e8 + of->tick_e8 - 1, of->tick_e8);
    return (of->direction < 0 ? above - distance : below + distance) * of->tick_e8;
}

// The largest distance whose price is still on this side of `bound_e8`, at least 0.
static int64_t
distance_to(const search *of, double bound_e8) {
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
is_any(const search *of) {
    return of->probe->listing.underlyings[of->target].domain == PLM_PRICE_DOMAIN_ANY;
}

// The price that stands `reach` from the present one: times 1 + reach, over 1 + reach, or by reach reference prices.
static double
reached_e8(const search *of, double reach) {
    double price = pli_double_from_i64(of->price_e8);
    if (is_any(of)) {
        double reference =
            pli_double_from_i64(of->probe->listing.underlyings[of->target].reference_e8);
        return of->direction < 0 ? price - reach * reference : price + reach * reference;
    }
    return of->direction < 0 ? price / (1.0 + reach) : price * (1.0 + reach);
}

static double
reach_max(const search *of) {
    if (is_any(of)) {
        return range_any;
    }
    return of->direction < 0 ? range_divisor : range_positive;
}

// What the others do when the target has moved.
static void
set_prices(const search *of, int64_t price_e8) {
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
take_sample(const search *of, int64_t distance, sample *out, plm_fault *fault) {
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
climb(search *of, const sample *present, bracket brackets[CONDITION_COUNT], plm_fault *fault) {
    sample near = *present;
    double step = 1.0 / 256.0;
    double reach = 0.0;
    of->end = distance_to(of, reached_e8(of, reach_max(of)));
    while (near.distance < of->end && !brackets[LIQUIDATION].is_found) {
        reach += step;
        step *= 1.25;
        int64_t distance = distance_to(of, reached_e8(of, reach));
        distance = distance > near.distance ? distance : near.distance + 1;
        distance = distance < of->end ? distance : of->end;
        sample far;
        plm_status status = take_sample(of, distance, &far, fault);
        if (is_too_far(status)) {
            of->end = near.distance;
            return PLM_OK;
        }
        if (status != PLM_OK) {
            return status;
        }
        for (int c = 0; c < CONDITION_COUNT; c += 1) {
            if (!brackets[c].is_found && far.excess[c] < 0) {
                brackets[c] = (bracket){.is_found = true, .near = near, .far = far};
            }
        }
        near = far;
    }
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

/*
 * Narrow a bracket to one tick: the condition holds at far and not at near, its neighbour. The secant is tried a little
 * beyond and a little before; whenever such a pair has not halved the bracket, the middle is taken.
 */
static plm_status
narrow(const search *of, int condition, bracket *found, plm_fault *fault) {
    int lean = 1;
    bool is_slow = false;
    int64_t width = found->far.distance - found->near.distance;
    int64_t width_before = width;
    while (width > 1) {
        sample middle;
        plm_status status =
            take_sample(of, next_distance(found, condition, lean, is_slow), &middle, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (middle.excess[condition] < 0) {
            found->far = middle;
        } else {
            found->near = middle;
        }
        width = found->far.distance - found->near.distance;
        bool is_pair_over = is_slow || lean < 0;
        if (is_pair_over) {
            is_slow = !is_slow && width > width_before / 2;
            width_before = width;
        }
        lean = is_pair_over ? 1 : -1;
    }
    return PLM_OK;
}

// Both conditions on one side; `end_e8` is the end of the searched range.
static plm_status
search_side(search *of, const sample *present, plm_trigger triggers[CONDITION_COUNT],
            int64_t *end_e8, plm_fault *fault) {
    bracket brackets[CONDITION_COUNT] = {{.is_found = false}, {.is_found = false}};
    for (int c = 0; c < CONDITION_COUNT; c += 1) {
        if (present->excess[c] < 0) {
            brackets[c] = (bracket){.is_found = true, .near = *present, .far = *present};
        }
    }
    plm_status status = climb(of, present, brackets, fault);
    for (int c = 0; status == PLM_OK && c < CONDITION_COUNT; c += 1) {
        if (brackets[c].is_found) {
            status = narrow(of, c, &brackets[c], fault);
        }
    }
    if (status != PLM_OK) {
        return status;
    }
    *end_e8 = price_at(of, of->end);
    for (int c = 0; c < CONDITION_COUNT; c += 1) {
        bool is_found = brackets[c].is_found;
        triggers[c] =
            (plm_trigger){is_found, is_found ? price_at(of, brackets[c].far.distance) : *end_e8};
    }
    return PLM_OK;
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

static search
search_init(pli_probe *probe, uint32_t target, int direction, const double *betas) {
    return (search){.probe = probe,
                    .target = target,
                    .betas = betas,
                    .direction = direction,
                    .price_e8 = probe->input->margin.market->underlyings[target].price.price_e8,
                    .tick_e8 = probe->listing.underlyings[target].tick_e8};
}

// What a search found: [0] below, [1] above.
typedef struct outcome {
    plm_trigger triggers[2][CONDITION_COUNT];
    int64_t end_e8[2];
} outcome;

static plm_status
search_both(pli_probe *probe, uint32_t target, const double *betas, const sample *present,
            outcome *out, plm_fault *fault) {
    plm_status status = pli_probe_begin(probe, fault);
    for (int side = 0; status == PLM_OK && side < 2; side += 1) {
        search of = search_init(probe, target, side == 0 ? -1 : 1, betas);
        status = search_side(&of, present, out->triggers[side], &out->end_e8[side], fault);
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

plm_status
plm_explain_triggers(const plm_explain_input *input, uint32_t underlying_index,
                     plm_workspace *workspace, plm_triggers *triggers, plm_fault *fault) {
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    pli_trigger_work work;
    if (underlying_index >= input->margin.listing->underlying_count) {
        return pli_fault_set_index(fault, PLM_INDEX_UNKNOWN, "underlying", underlying_index,
                                   " is not listed");
    }
    pli_triggers_take(input, &arena, &work);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set_range(fault, PLM_WORKSPACE_SMALL, "bytes of the workspace",
                                   (int64_t)workspace->size, (int64_t)plm_explain_size(input),
                                   INT64_MAX);
    }
    plm_triggers found = {.underlying_index = underlying_index};
    plm_status status = pli_probe_init(input, &work.probe, fault);
    if (status == PLM_OK) {
        status = search_all(input, &work, &found, fault);
    }
    if (status == PLM_OK) {
        *triggers = found;
    }
    return status;
}
