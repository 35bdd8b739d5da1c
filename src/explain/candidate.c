/* candidate.c: which trades the search for cures looks at.                            SPDX-License-Identifier: Apache-2.0 */
#include "explain/candidate.h"

#include "base/checked.h"
#include "explain/cost.h"

// A hedge is at most this many times as large as everything held.
#define HEDGE_MULTIPLE 4

typedef struct context {
    const plm_explain_input *input;
    const plm_portfolio *portfolio;
    pli_candidates *out;
    pli_i128 gross_micros;
} context;

static const plm_instrument *
instrument_at(const context *of, uint32_t index) {
    return &of->input->margin.listing->instruments[index];
}

static bool
is_tradable(const context *of, uint32_t index) {
    const plm_margin_input *margin = &of->input->margin;
    const plm_instrument *instrument = instrument_at(of, index);
    bool needs_arrays = (of->input->model->needs & PLM_NEEDS_ARRAYS) != 0;
    bool has_rows = !needs_arrays || (margin->maintenance_arrays->is_built[index] != 0 &&
                                      margin->initial_arrays->is_built[index] != 0);
    bool has_expired =
        instrument->expiry_ns != 0 && instrument->expiry_ns <= margin->market->time.ns;
    bool is_valid = margin->market->underlyings[instrument->underlying_index].price.state ==
                    PLM_PRICE_STATE_VALID;
    return margin->market->marks[index].is_present && has_rows && !has_expired && is_valid;
}

static int64_t
held_lots(const context *of, uint32_t index) {
    for (uint32_t i = 0; i < of->portfolio->position_count; i += 1) {
        if (of->portfolio->positions[i].instrument_index == index) {
            return of->portfolio->positions[i].lots;
        }
    }
    return 0;
}

static void
add(const context *of, uint32_t index, int32_t direction) {
    int64_t held = held_lots(of, index);
    int64_t size = held < 0 ? -held : held;
    bool is_reduction = held != 0 && (held > 0) == (direction < 0);
    int64_t notional = 0;
    for (uint32_t i = 0; i < of->out->count; i += 1) {
        const pli_candidate *other = &of->out->entries[i];
        if (other->instrument_index == index && other->direction == direction) {
            return;
        }
    }
    if (of->out->count == PLI_CANDIDATES_MAX || !is_tradable(of, index) ||
        !pli_lot_notional(of->input, index, 1, &notional) || notional <= 0) {
        return;
    }
    pli_i128 most = of->gross_micros * HEDGE_MULTIPLE / notional + 1;
    most = most > PLM_LOTS_MAX - size ? PLM_LOTS_MAX - size : most;
    of->out->entries[of->out->count] =
        (pli_candidate){.instrument_index = index,
                        .direction = direction,
                        .is_reduction = is_reduction,
                        .lots_max = is_reduction ? size : (int64_t)most,
                        .lot_notional_micros = notional};
    of->out->count += 1;
}

static void
add_both(const context *of, uint32_t index) {
    add(of, index, 1);
    add(of, index, -1);
}

static void
add_delta_ones(const context *of, uint32_t underlying_index) {
    uint32_t left = PLI_CANDIDATE_DELTA_ONE_MAX;
    for (uint32_t i = 0; i < of->input->margin.listing->instrument_count && left > 0; i += 1) {
        const plm_instrument *instrument = instrument_at(of, i);
        if (instrument->underlying_index == underlying_index &&
            instrument->kind != PLM_KIND_OPTION && is_tradable(of, i)) {
            add_both(of, i);
            left -= 1;
        }
    }
}

// Which options a choice is made from, and how: the nearest to `strike_e8` by distance, then by index.
typedef struct choice {
    uint32_t underlying_index;
    int64_t expiry_ns;
    plm_right right;
    plm_settlement settlement; /* 0: any */
    int64_t strike_e8;
    int side; /* -1 only strikes below, +1 only above, 0 both */
} choice;

static bool
is_eligible(const context *of, const choice *from, uint32_t index) {
    const plm_instrument *option = instrument_at(of, index);
    int64_t distance = option->strike_e8 - from->strike_e8;
    bool is_kind = option->kind == PLM_KIND_OPTION && option->right == from->right &&
                   option->underlying_index == from->underlying_index &&
                   option->expiry_ns == from->expiry_ns;
    bool is_side = from->side == 0 || (from->side < 0 ? distance < 0 : distance > 0);
    bool is_settled = from->settlement == 0 || option->settlement == from->settlement;
    return is_kind && is_side && is_settled && is_tradable(of, index);
}

// The nearest that comes after `last` in the order of distance and index; PLM_NONE where there is none.
static uint32_t
choose_nearest(const context *of, const choice *from, uint32_t last) {
    uint32_t best = PLM_NONE;
    int64_t best_distance = 0;
    int64_t last_distance = last == PLM_NONE ? -1 : instrument_at(of, last)->strike_e8;
    if (last != PLM_NONE) {
        last_distance -= from->strike_e8;
        last_distance = last_distance < 0 ? -last_distance : last_distance;
    }
    for (uint32_t i = 0; i < of->input->margin.listing->instrument_count; i += 1) {
        int64_t distance = instrument_at(of, i)->strike_e8 - from->strike_e8;
        distance = distance < 0 ? -distance : distance;
        bool is_after = distance > last_distance || (distance == last_distance && i > last);
        if ((best == PLM_NONE || distance < best_distance) && is_after &&
            is_eligible(of, from, i)) {
            best = i;
            best_distance = distance;
        }
    }
    return best;
}

static void
add_strikes(const context *of, choice from) {
    for (int right = 0; right < 2; right += 1) {
        from.right = right == 0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
        uint32_t last = PLM_NONE;
        for (uint32_t n = 0; n < PLI_CANDIDATE_STRIKES_MAX; n += 1) {
            last = choose_nearest(of, &from, last);
            if (last == PLM_NONE) {
                break;
            }
            add_both(of, last);
        }
    }
}

static int64_t
next_expiry(const context *of, uint32_t underlying_index, int64_t after_ns) {
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < of->input->margin.listing->instrument_count; i += 1) {
        const plm_instrument *option = instrument_at(of, i);
        if (option->kind == PLM_KIND_OPTION && option->underlying_index == underlying_index &&
            option->expiry_ns > after_ns && option->expiry_ns < next && is_tradable(of, i)) {
            next = option->expiry_ns;
        }
    }
    return next;
}

static void
add_options(const context *of, uint32_t underlying_index) {
    const plm_market *market = of->input->margin.market;
    int64_t expiry_ns = 0;
    for (uint32_t n = 0; n < PLI_CANDIDATE_EXPIRIES_MAX; n += 1) {
        expiry_ns = next_expiry(of, underlying_index, expiry_ns);
        if (expiry_ns == INT64_MAX) {
            return;
        }
        const plm_expiry_market *expiry = plm_market_expiry(market, underlying_index, expiry_ns);
        int64_t centre_e8 = expiry == NULL ? market->underlyings[underlying_index].price.price_e8
                                           : expiry->forward_e8;
        add_strikes(of, (choice){.underlying_index = underlying_index,
                                 .expiry_ns = expiry_ns,
                                 .strike_e8 = centre_e8});
    }
}

// The next strikes around held options make spreads of them.
static void
add_neighbours(const context *of, uint32_t underlying_index) {
    uint32_t left = PLI_CANDIDATE_HELD_MAX;
    for (uint32_t i = 0; i < of->portfolio->position_count && left > 0; i += 1) {
        const plm_position *position = &of->portfolio->positions[i];
        const plm_instrument *option = instrument_at(of, position->instrument_index);
        if (position->lots == 0 || option->kind != PLM_KIND_OPTION ||
            option->underlying_index != underlying_index) {
            continue;
        }
        left -= 1;
        for (int side = -1; side <= 1; side += 2) {
            choice from = {.underlying_index = underlying_index,
                           .expiry_ns = option->expiry_ns,
                           .right = option->right,
                           .settlement = option->settlement,
                           .strike_e8 = option->strike_e8,
                           .side = side};
            uint32_t next = choose_nearest(of, &from, PLM_NONE);
            if (next != PLM_NONE) {
                add_both(of, next);
            }
        }
    }
}

// Does the account hold a position of this underlying, or a balance that is one?
static bool
is_exposed(const context *of, uint32_t underlying_index) {
    for (uint32_t i = 0; i < of->portfolio->position_count; i += 1) {
        const plm_position *position = &of->portfolio->positions[i];
        if (position->lots != 0 &&
            instrument_at(of, position->instrument_index)->underlying_index == underlying_index) {
            return true;
        }
    }
    for (uint32_t i = 0; i < of->portfolio->balance_count; i += 1) {
        const plm_balance *balance = &of->portfolio->balances[i];
        const plm_asset *asset = &of->input->margin.listing->assets[balance->asset_index];
        if (asset->underlying_index == underlying_index &&
            asset->treatment == PLM_TREATMENT_SCENARIO &&
            (balance->atoms.low != 0 || balance->atoms.high != 0)) {
            return true;
        }
    }
    return false;
}

// Notional of all positions and worth of the scenario balances, in micros.
static pli_i128
gross(const context *of) {
    const plm_listing *listing = of->input->margin.listing;
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->portfolio->position_count; i += 1) {
        const plm_position *position = &of->portfolio->positions[i];
        int64_t notional = 0;
        int64_t size = position->lots < 0 ? -position->lots : position->lots;
        if (pli_lot_notional(of->input, position->instrument_index, size, &notional)) {
            sum += notional;
        }
    }
    for (uint32_t i = 0; i < of->portfolio->balance_count; i += 1) {
        const plm_balance *balance = &of->portfolio->balances[i];
        const plm_asset *asset = &listing->assets[balance->asset_index];
        int64_t worth = 0;
        if (asset->treatment == PLM_TREATMENT_SCENARIO &&
            pli_balance_worth(of->input, balance, &worth)) {
            sum += worth < 0 ? -(pli_i128)worth : worth;
        }
    }
    return sum;
}

void
pli_candidates_fill(const plm_explain_input *input, const plm_portfolio *portfolio,
                    pli_candidates *out) {
    context of = {.input = input, .portfolio = portfolio, .out = out};
    out->count = 0;
    of.gross_micros = gross(&of);
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        int64_t lots = portfolio->positions[i].lots;
        if (lots != 0) {
            add(&of, portfolio->positions[i].instrument_index, lots > 0 ? -1 : 1);
        }
    }
    for (uint32_t u = 0; u < input->margin.listing->underlying_count; u += 1) {
        if (is_exposed(&of, u)) {
            add_delta_ones(&of, u);
            add_neighbours(&of, u);
            add_options(&of, u);
        }
    }
}
