/* unwind_search.c: the search for the cheapest reduction.                             SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/unwind_search.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "base/sort.h"

/*
 * Equity less target level is close to concave in the lots closed, because requirements and costs are convex: from any point,
 * closing everything in proportion is a way up whenever closing everything is enough. Single legs are cheaper ways while
 * they are ways up at all; at a kink, where each leg alone only moves the loss to another, pairs are.
 */

// A direction is so many lots of each leg; a step is a number of 1024ths of it.
#define STEP_WHOLE 1024
#define STEP_PROBE 32
#define PAIRS_MAX 24u
#define DIRECTIONS_MAX (PLI_UNWIND_LEGS_MAX + 2 * PAIRS_MAX + 1)
// The need is met in about as many steps as this times the legs and one: enough to spread over all of them.
#define STEPS_PER_LEG 4
#define STEPS_MAX 128u
// All ways are tried at each step while there are evaluations for so many rounds.
#define ROUNDS 8
// Evaluations kept back for closing in proportion and for trimming.
#define RESERVE 96u

typedef struct direction {
    int64_t lots[PLI_UNWIND_LEGS_MAX];
} direction;

static int64_t
size_of(const pli_unwind_quote *quote) {
    return quote->lots < 0 ? -quote->lots : quote->lots;
}

static plm_change
closing_trade(const pli_unwind_search *search, uint32_t leg, const int64_t *lots) {
    const pli_unwind_quote *quote = &search->quotes[leg];
    return (plm_change){.kind = PLM_CHANGE_TRADE,
                        .trade = {.instrument_index = quote->instrument_index,
                                  .lots = quote->lots < 0 ? lots[leg] : -lots[leg],
                                  .price_e8 = quote->price_e8}};
}

bool
pli_unwind_evaluate(pli_unwind_search *search, pli_unwind_point *point) {
    plm_change changes[PLI_UNWIND_LEGS_MAX];
    uint32_t count = 0;
    pli_i128 cost = 0;
    if (search->evaluation_count >= search->evaluations_max) {
        return false;
    }
    for (uint32_t i = 0; i < search->count; i += 1) {
        if (point->lots[i] == 0) {
            continue;
        }
        changes[count] = closing_trade(search, i, point->lots);
        int64_t *fee_micros = &changes[count].trade.fee_micros;
        if (!pli_unwind_leg_cost(search->quotes, point->lots, i, fee_micros)) {
            return false;
        }
        cost += *fee_micros;
        count += 1;
    }
    search->evaluation_count += 1;
    search->input.change_count = count;
    search->input.changes = changes;
    plm_status status = plm_margin_require(search->model, &search->input, search->workspace,
                                           &point->after, NULL, NULL);
    search->input.change_count = 0;
    search->input.changes = NULL;
    pli_i128 level = 0;
    if (status != PLM_OK || !pli_narrow_i64(cost, &point->cost_micros) ||
        !pli_muldiv_ceil(point->after.maintenance_micros, PLM_PPM + search->target_ppm, PLM_PPM,
                         &level)) {
        return false;
    }
    point->gap_micros = point->after.equity_maintenance_micros - level;
    return true;
}

// What a step gained and cost; a gain at or below zero is none.
typedef struct yield {
    pli_i128 gain, cost;
} yield;

static yield
yield_of(const pli_unwind_point *from, const pli_unwind_point *to) {
    pli_i128 cost = (pli_i128)to->cost_micros - from->cost_micros;
    return (yield){to->gap_micros - from->gap_micros, cost > 0 ? cost : 1};
}

// Both are below 2^65 in size: what is above zero is multiplied after a halving, a cost of one counts as a half.
static bool
is_better(yield left, yield right) {
    if (left.gain <= 0 || right.gain <= 0) {
        return left.gain > 0 && right.gain <= 0;
    }
    return (left.gain >> 1) * (right.cost >> 1) > (right.gain >> 1) * (left.cost >> 1);
}

// The point a step further; false where nothing is left of the direction, or it cannot be evaluated.
static bool
step(pli_unwind_search *search, const pli_unwind_point *from, const direction *way, int64_t parts,
     pli_unwind_point *to) {
    bool has_moved = false;
    *to = *from;
    for (uint32_t i = 0; i < search->count; i += 1) {
        pli_i128 more = pli_div_ceil_i128((pli_i128)way->lots[i] * parts, STEP_WHOLE);
        int64_t left = search->most[i] - from->lots[i];
        to->lots[i] += more < left ? (int64_t)more : left;
        has_moved = has_moved || to->lots[i] != from->lots[i];
    }
    return has_moved && pli_unwind_evaluate(search, to);
}

static direction
single(const pli_unwind_search *search, uint32_t leg) {
    direction way;
    memset(&way, 0, sizeof way);
    way.lots[leg] = size_of(&search->quotes[leg]);
    return way;
}

// Both whole, or as much of the larger as the smaller is worth.
static direction
pair(const pli_unwind_search *search, uint32_t left, uint32_t right, bool is_matched) {
    direction way;
    memset(&way, 0, sizeof way);
    const pli_unwind_quote *a = &search->quotes[left];
    const pli_unwind_quote *b = &search->quotes[right];
    way.lots[left] = size_of(a);
    way.lots[right] = size_of(b);
    if (is_matched && a->size_micros > b->size_micros) {
        way.lots[left] =
            (int64_t)pli_div_ceil_i128((pli_i128)way.lots[left] * b->size_micros, a->size_micros);
    } else if (is_matched && b->size_micros > a->size_micros) {
        way.lots[right] =
            (int64_t)pli_div_ceil_i128((pli_i128)way.lots[right] * a->size_micros, b->size_micros);
    }
    return way;
}

static bool
has_budget(const pli_unwind_search *search, uint32_t evaluations) {
    return search->evaluation_count + evaluations + RESERVE <= search->evaluations_max;
}

// The ways from one point to the target, and what each yielded when it was last tried.
typedef struct ways {
    uint32_t count;
    direction all[DIRECTIONS_MAX];
    yield yields[DIRECTIONS_MAX];
    uint32_t order[DIRECTIONS_MAX];
} ways;

// All single legs, all together, and pairs by instrument until there is no more room.
static void
make_ways(const pli_unwind_search *search, ways *of) {
    uint32_t pairs = 0;
    of->count = search->count + 1;
    memset(&of->all[search->count], 0, sizeof of->all[0]);
    for (uint32_t i = 0; i < search->count; i += 1) {
        of->all[i] = single(search, i);
        of->all[search->count].lots[i] = size_of(&search->quotes[i]);
    }
    // Neighbours first: instruments of one underlying usually hedge each other.
    for (uint32_t apart = 1; apart < search->count; apart += 1) {
        for (uint32_t i = 0; i + apart < search->count && pairs < PAIRS_MAX; i += 1) {
            of->all[of->count] = pair(search, i, i + apart, true);
            of->all[of->count + 1] = pair(search, i, i + apart, false);
            of->count += 2;
            pairs += 1;
        }
    }
    for (uint32_t i = 0; i < of->count; i += 1) {
        // Whatever has not been tried yet is tried first.
        of->yields[i] = (yield){(pli_i128)1 << 62, 2};
        of->order[i] = i;
    }
}

// The way that gained most per cost by a small step, and that step.
typedef struct probe {
    uint32_t way;
    int64_t parts;
    pli_unwind_point point;
} probe;

static bool
yields_more(const void *context, uint32_t left, uint32_t right) {
    const ways *of = context;
    if (is_better(of->yields[left], of->yields[right]) ||
        is_better(of->yields[right], of->yields[left])) {
        return is_better(of->yields[left], of->yields[right]);
    }
    return left < right;
}

/*
 * False where no way gains. With evaluations to spare all are tried; else in the order of what they yielded last, until the
 * best is better than the next one was: as long as yields only fall, that is the best of all (the lazy greedy rule).
 */
static bool
choose(pli_unwind_search *search, const pli_unwind_point *from, ways *of, int64_t parts,
       probe *best) {
    bool is_lazy = !has_budget(search, ROUNDS * of->count);
    bool has_found = false;
    pli_sort_u32_by(of->order, of->count, yields_more, of);
    for (uint32_t n = 0; n < of->count && has_budget(search, 1); n += 1) {
        uint32_t way = of->order[n];
        pli_unwind_point to;
        if (is_lazy && has_found && !is_better(of->yields[way], of->yields[best->way])) {
            break;
        }
        of->yields[way] = (yield){0, 1};
        if (!step(search, from, &of->all[way], parts, &to)) {
            continue;
        }
        of->yields[way] = yield_of(from, &to);
        if (of->yields[way].gain > 0 &&
            (!has_found || is_better(of->yields[way], of->yields[best->way]))) {
            has_found = true;
            *best = (probe){.way = way, .parts = parts, .point = to};
        }
    }
    return has_found;
}

// How far to go for `wanted`, by what the probe gained.
static int64_t
parts_for(const probe *tried, pli_i128 wanted, pli_i128 gained) {
    pli_i128 parts = 0;
    if (!pli_muldiv_ceil(wanted, tried->parts, gained, &parts) || parts > STEP_WHOLE) {
        return STEP_WHOLE;
    }
    return parts < 1 ? 1 : (int64_t)parts;
}

// Go that way; where far less is gained than the probe promised, not as far.
static void
advance(pli_unwind_search *search, const direction *way, const probe *tried, pli_i128 wanted,
        pli_unwind_point *point) {
    pli_i128 promised = tried->point.gap_micros - point->gap_micros;
    int64_t parts = parts_for(tried, wanted, promised);
    pli_unwind_point to;
    while (parts > tried->parts && has_budget(search, 1)) {
        pli_i128 expected = promised / tried->parts * parts;
        if (step(search, point, way, parts, &to) &&
            2 * (to.gap_micros - point->gap_micros) >= expected) {
            *point = to;
            return;
        }
        parts /= 2;
    }
    bool is_shorter = parts < tried->parts && step(search, point, way, parts, &to) &&
                      to.gap_micros > point->gap_micros;
    *point = is_shorter ? to : tried->point;
}

/*
 * Where no small step gains (charges with a floor are not quite convex), a large one still may: the half or the whole of a way.
 */
static bool
leap(pli_unwind_search *search, const ways *of, pli_unwind_point *point) {
    pli_unwind_point best = *point;
    for (uint32_t i = 0; i < of->count; i += 1) {
        for (int64_t parts = STEP_WHOLE / 2; parts <= STEP_WHOLE && has_budget(search, 1);
             parts *= 2) {
            pli_unwind_point to;
            if (step(search, point, &of->all[i], parts, &to) && to.gap_micros > best.gap_micros) {
                best = to;
            }
        }
    }
    bool has_gained = best.gap_micros > point->gap_micros;
    *point = best;
    return has_gained;
}

// Out of evaluations: the least share of everything that is left, if all of it reaches the target.
static void
close_in_proportion(pli_unwind_search *search, const direction *everything,
                    pli_unwind_point *point) {
    pli_unwind_point best = *point;
    pli_unwind_point to;
    int64_t low = 0;
    int64_t high = 2 * STEP_WHOLE;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        bool has_reached = step(search, point, everything, middle, &to) && to.gap_micros >= 0;
        if (has_reached) {
            best = to;
        }
        high = has_reached ? middle : high;
        low = has_reached ? low : middle;
        if (low >= STEP_WHOLE) {
            return;
        }
    }
    *point = best;
}

void
pli_unwind_reach(pli_unwind_search *search, pli_unwind_point *point) {
    ways of;
    make_ways(search, &of);
    pli_i128 need = -point->gap_micros;
    for (uint32_t n = 0; n < STEPS_MAX && point->gap_micros < 0; n += 1) {
        probe tried;
        // Near the peak of what can be gained even a small step may lead down; the smallest may not.
        bool has_found =
            choose(search, point, &of, STEP_PROBE, &tried) || choose(search, point, &of, 1, &tried);
        if (!has_found && !leap(search, &of, point)) {
            break;
        }
        if (has_found) {
            pli_i128 wanted = need / (STEPS_PER_LEG * ((pli_i128)search->count + 1)) + 1;
            wanted = wanted < -point->gap_micros ? wanted : -point->gap_micros;
            advance(search, &of.all[tried.way], &tried, wanted, point);
        }
    }
    if (point->gap_micros < 0) {
        close_in_proportion(search, &of.all[search->count], point);
    }
}

// The point with `less` lots fewer of a leg, if it still reaches the target.
static bool
give_back(pli_unwind_search *search, uint32_t leg, int64_t less, pli_unwind_point *point) {
    pli_unwind_point to = *point;
    to.lots[leg] -= less;
    if (!pli_unwind_evaluate(search, &to) || to.gap_micros < 0) {
        return false;
    }
    *point = to;
    return true;
}

// All that one leg can give back, in steps that double and then halve.
static void
trim_leg(pli_unwind_search *search, uint32_t leg, pli_unwind_point *point) {
    int64_t less = 1;
    while (less <= point->lots[leg] && give_back(search, leg, less, point)) {
        less *= 2;
    }
    for (less /= 2; less > 0; less /= 2) {
        if (less <= point->lots[leg]) {
            (void)give_back(search, leg, less, point);
        }
    }
}

// Is giving up `left` better than giving up `right`: more cost saved per gap lost?
static bool
saves_more(const pli_unwind_point *point, const pli_unwind_point *left,
           const pli_unwind_point *right) {
    pli_i128 left_lost = point->gap_micros - left->gap_micros;
    pli_i128 right_lost = point->gap_micros - right->gap_micros;
    if (left_lost <= 0 || right_lost <= 0) {
        return left_lost < right_lost;
    }
    pli_i128 left_saved = point->cost_micros - left->cost_micros;
    pli_i128 right_saved = point->cost_micros - right->cost_micros;
    return (left_saved >> 1) * (right_lost >> 1) > (right_saved >> 1) * (left_lost >> 1);
}

// The leg whose giving back saves most cost per gap lost; PLM_NONE where none is left to look at.
static uint32_t
dearest_leg(pli_unwind_search *search, const pli_unwind_point *point, const bool *is_done) {
    uint32_t chosen = PLM_NONE;
    pli_unwind_point best = *point;
    for (uint32_t i = 0; i < search->count; i += 1) {
        pli_unwind_point to = *point;
        if (is_done[i] || point->lots[i] == 0) {
            continue;
        }
        to.lots[i] -= 1 + (point->lots[i] - 1) / STEP_PROBE;
        if (pli_unwind_evaluate(search, &to) &&
            (chosen == PLM_NONE || saves_more(point, &to, &best))) {
            chosen = i;
            best = to;
        }
    }
    return chosen;
}

void
pli_unwind_trim(pli_unwind_search *search, pli_unwind_point *point) {
    bool is_done[PLI_UNWIND_LEGS_MAX] = {false};
    uint32_t leg = dearest_leg(search, point, is_done);
    while (leg != PLM_NONE) {
        trim_leg(search, leg, point);
        is_done[leg] = true;
        leg = dearest_leg(search, point, is_done);
    }
    // What one leg gave back may have let an earlier one go.
    for (uint32_t i = 0; i < search->count; i += 1) {
        trim_leg(search, i, point);
    }
}

// The same target with `kept` lots of a leg and no more; true, and *point replaced, if it is cheaper.
static bool
replace(pli_unwind_search *search, uint32_t leg, int64_t kept, pli_unwind_point *point) {
    pli_unwind_point to = *point;
    int64_t most = search->most[leg];
    bool is_cheaper = false;
    to.lots[leg] = kept;
    if (has_budget(search, 1) && pli_unwind_evaluate(search, &to)) {
        search->most[leg] = kept;
        if (to.gap_micros < 0) {
            pli_unwind_reach(search, &to);
        }
        search->most[leg] = most;
        if (to.gap_micros >= 0) {
            pli_unwind_trim(search, &to);
            is_cheaper = to.cost_micros < point->cost_micros;
        }
    }
    if (is_cheaper) {
        *point = to;
    }
    return is_cheaper;
}

void
pli_unwind_exchange(pli_unwind_search *search, pli_unwind_point *point) {
    // Of what a leg closes: all, a half, an eighth, a 32nd, a lot.
    static const int64_t parts[] = {1, 2, 8, 32, INT64_MAX};
    bool is_cheaper = true;
    while (is_cheaper && has_budget(search, 1)) {
        is_cheaper = false;
        for (uint32_t i = 0; i < search->count; i += 1) {
            for (uint32_t n = 0; n < sizeof parts / sizeof parts[0]; n += 1) {
                int64_t less = point->lots[i] / parts[n];
                int64_t kept = point->lots[i] - (less > 0 ? less : 1);
                is_cheaper = (kept >= 0 && replace(search, i, kept, point)) || is_cheaper;
            }
        }
    }
}
