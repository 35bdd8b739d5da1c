/* stakes.c: what an account has at stake in the prices that it rests on.               SPDX-License-Identifier: Apache-2.0 */
#include "margin/stakes.h"

#include "base/checked.h"
#include "margin/impact.h"
#include "margin/scaled.h"
#include "model/value.h"

enum {
    LOW_MIN_PPM = -500000, /* a swing that reaches further says nothing */
    MOVE_MAX_PPM = 4000000 /* nor does one that is wider; with LOW_MIN a move has 23 bits */
};

/* The stake of an underlying, made where there is none; NULL where the account is not taken. */
static pli_stake *
stake_of(pli_stakes *all, uint32_t underlying) {
    for (uint32_t i = 0; i < all->stake_count; i += 1) {
        if (all->stakes[i].underlying_index == underlying) {
            return &all->stakes[i];
        }
    }
    const plm_margin_input *input = all->safety->input;
    bool is_taken = all->stake_count < PLI_STAKES_MAX &&
                    input->listing->underlyings[underlying].domain == PLM_PRICE_DOMAIN_POSITIVE &&
                    input->market->underlyings[underlying].price.state == PLM_PRICE_STATE_VALID &&
                    all->safety->swings[underlying].low_ppm >= LOW_MIN_PPM;
    if (!is_taken) {
        return NULL;
    }
    pli_stake *made = &all->stakes[all->stake_count];
    all->stake_count += 1;
    *made = (pli_stake){.underlying_index = underlying};
    return made;
}

/* The largest price of an underlying that anything is valued at. */
static int64_t
dearest_price(const plm_market *market, uint32_t underlying) {
    const plm_price_record *price = &market->underlyings[underlying].price;
    int64_t most = price->slow_e8 > price->price_e8 ? price->slow_e8 : price->price_e8;
    return most + price->confidence_e8;
}

static void
end_at(pli_stakes *all, int64_t time_ns) {
    all->answer.until_ns = time_ns < all->answer.until_ns ? time_ns : all->answer.until_ns;
}

/* What expires changes the model's mind when it does, and where a horizon reaches that far. */
static void
end_before_expiry(pli_stakes *all, int64_t expiry_ns) {
    const plm_margin_input *input = all->safety->input;
    const plm_risk_table *const tables[2] = {input->maintenance_arrays, input->initial_arrays};
    for (uint32_t i = 0; i < 3; i += 1) {
        int64_t horizon = i < 2 && tables[i] != NULL ? tables[i]->header->horizon.ns : 0;
        int64_t end = expiry_ns - horizon - 1;
        end_at(all, end >= input->market->time.ns ? end : INT64_MAX);
    }
}

static pli_stake_leg *
leg_of(pli_stakes *all, uint32_t instrument) {
    for (uint32_t i = 0; i < all->leg_count; i += 1) {
        if (all->legs[i].instrument_index == instrument) {
            return &all->legs[i];
        }
    }
    const plm_margin_input *input = all->safety->input;
    const plm_instrument *terms = &input->listing->instruments[instrument];
    const plm_mark *mark = &input->market->marks[instrument];
    bool is_option = terms->kind == PLM_KIND_OPTION;
    bool is_taken =
        all->leg_count < PLI_LEGS_MAX && terms->settlement == PLM_SETTLEMENT_LINEAR &&
        (is_option || (mark->is_present && mark->mark_e8 > 0)) &&
        input->listing->assets[terms->settlement_asset_index].underlying_index == PLM_NONE;
    pli_stake *of = is_taken ? stake_of(all, terms->underlying_index) : NULL;
    if (of == NULL) {
        return NULL;
    }
    int64_t dearest = dearest_price(input->market, terms->underlying_index);
    pli_stake_leg *made = &all->legs[all->leg_count];
    all->leg_count += 1;
    *made = (pli_stake_leg){.instrument_index = instrument,
                            .stake = (uint32_t)(of - all->stakes),
                            .dearest_e8 =
                                !is_option && mark->mark_e8 > dearest ? mark->mark_e8 : dearest,
                            .is_option = is_option,
                            .is_pinned = terms->expiry_ns != 0};
    if (made->is_pinned) {
        all->answer.is_pinned = true;
        end_before_expiry(all, terms->expiry_ns);
    }
    return made;
}

bool
pli_stakes_notional(const pli_stakes *all, const pli_stake_leg *of, pli_i128 lots, int64_t price_e8,
                    pli_i128 *out) {
    const plm_listing *listing = all->safety->input->listing;
    const plm_instrument *terms = &listing->instruments[of->instrument_index];
    int64_t narrow = 0;
    return pli_narrow_i64(lots, &narrow) &&
           pli_notional_micros(terms, &listing->underlyings[terms->underlying_index], narrow,
                               price_e8, out);
}

/* A claim that is paid becomes cash: no less only where cash counts in full. */
static bool
counts_in_full(const pli_stakes *all, uint32_t instrument) {
    const plm_listing *listing = all->safety->input->listing;
    const plm_asset *cash =
        &listing->assets[listing->instruments[instrument].settlement_asset_index];
    return cash->tiers[cash->tier_count - 1].haircut_ppm == 0;
}

static bool
gather_legs(pli_stakes *all) {
    const plm_portfolio *portfolio = all->safety->input->portfolio;
    all->rounding = ((pli_i128)1 + portfolio->position_count + portfolio->order_count +
                     portfolio->balance_count) *
                    PLI_ROUNDING_MICROS;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        const plm_position *position = &portfolio->positions[i];
        pli_stake_leg *of = leg_of(all, position->instrument_index);
        pli_i128 value = 0;
        if (of == NULL ||
            (position->accrued_micros != 0 && !counts_in_full(all, position->instrument_index)) ||
            !pli_stakes_notional(all, of, position->lots, of->dearest_e8, &value)) {
            return false;
        }
        of->lots = position->lots;
        pli_stake *to = &all->stakes[of->stake];
        *(of->is_option ? &to->options : position->lots < 0 ? &to->shorts : &to->longs) += value;
    }
    for (uint32_t i = 0; i < portfolio->order_count; i += 1) {
        const plm_order *order = &portfolio->orders[i];
        pli_stake_leg *of = leg_of(all, order->instrument_index);
        pli_i128 value = 0;
        if (of == NULL || of->is_option ||
            !pli_stakes_notional(all, of, order->lots, of->dearest_e8, &value)) {
            return false;
        }
        *(order->side == PLM_SIDE_BUY ? &of->buys : &of->sells) += order->lots;
        all->stakes[of->stake].ordered += value;
    }
    return true;
}

static bool
gather_balances(pli_stakes *all) {
    const plm_margin_input *input = all->safety->input;
    for (uint32_t i = 0; i < input->portfolio->balance_count; i += 1) {
        const plm_balance *balance = &input->portfolio->balances[i];
        const plm_asset *asset = &input->listing->assets[balance->asset_index];
        pli_i128 atoms = pli_i128_from_wide(balance->atoms);
        pli_i128 value = 0;
        pli_i128 interest = 0;
        int64_t price_e8 = 100000000;
        int64_t unit = 1;
        pli_stake *of = NULL;
        if (asset->underlying_index != PLM_NONE) {
            of = stake_of(all, asset->underlying_index);
            price_e8 = dearest_price(input->market, asset->underlying_index);
            unit = input->listing->underlyings[asset->underlying_index].price_unit;
            if (of == NULL) {
                return false;
            }
        }
        if (atoms == PLI_I128_MIN ||
            !pli_atoms_value_micros(asset, unit, pli_wide_magnitude(atoms), price_e8, PLI_ROUND_UP,
                                    &value) ||
            !pli_ppm_of_ceil(value, PLM_PPM + asset->liability_haircut_ppm, &value) ||
            !pli_ppm_of_ceil(atoms < 0 ? value : 0, all->safety->debt_ppm, &interest)) {
            return false;
        }
        // Interest is owed at the price of its day.
        all->debts += 2 * interest;
        end_at(all, atoms < 0 ? input->market->time.ns + all->safety->span_ns : INT64_MAX);
        if (of != NULL) {
            *(atoms < 0 ? &of->liabilities : &of->assets) += value;
            of->coins += asset->treatment == PLM_TREATMENT_SCENARIO ? value : 0;
        }
    }
    return true;
}

bool
pli_stakes_gather(pli_stakes *all) {
    return all->safety->input->change_count == 0 && gather_legs(all) && gather_balances(all);
}

/* No amount is above 2^60 micros, so that no product below leaves 128 bits: 60 bits, 24 of a move and 21 of a buffer. */
static bool
is_bounded(const pli_stakes *all) {
    const pli_i128 most = (pli_i128)1 << 60;
    for (uint32_t i = 0; i < all->stake_count; i += 1) {
        const pli_stake *of = &all->stakes[i];
        if (of->longs > most || of->shorts > most || of->options > most || of->ordered > most ||
            of->assets > most || of->liabilities > most || of->need > most || of->fixed > most ||
            of->exposure > most || of->gross > most || of->lots > most) {
            return false;
        }
    }
    return all->debts <= most;
}

/* By the knots at hand, as the charge itself. */
static bool
impact_cost(pli_rates *rates, pli_i128 size, pli_i128 *cost) {
    int64_t narrow = 0;
    int64_t at_hand = 0;
    if (pli_narrow_i64(size, &narrow) && pli_knots_cost(&rates->knots, narrow, &at_hand)) {
        *cost = at_hand;
        return true;
    }
    return pli_impact_cost(size, rates->knots.volume_micros, rates->knots.rate_ppm, cost);
}

/* What closing costs more at an exposure that has grown by `epsilon_ppm` of the gross; convex, so the larger counts. */
static bool
impact_growth(const pli_stake *of, int64_t epsilon_ppm, pli_i128 *out) {
    int64_t growth = 0;
    pli_i128 before = 0;
    pli_i128 after = 0;
    *out = 0;
    if (of->rates == NULL) {
        return true;
    }
    if (!pli_scaled_up((uint64_t)of->gross, (uint64_t)epsilon_ppm, PLM_PPM, &growth)) {
        return false;
    }
    if (!impact_cost(of->rates, of->exposure, &before) ||
        !impact_cost(of->rates, of->exposure + growth + of->lots + PLI_ROUNDING_MICROS, &after)) {
        return false;
    }
    *out = after - before;
    return true;
}

/* What is left above the two lines wherever no swing widens by more than a move; micros times ppm squared. */
typedef struct slack {
    pli_i128 call, initial;
} slack;

static plm_easy_side
easy_side(const pli_stake *of) {
    bool gains_rising = of->shorts == 0 && of->liabilities == 0;
    bool gains_falling = of->longs == 0 && of->assets == 0;
    return gains_rising == gains_falling ? PLM_EASY_NONE
           : gains_rising                ? PLM_EASY_RISING
                                         : PLM_EASY_FALLING;
}

/* Shares of a value, in ppm, by which it may fall, rise, and do either. */
typedef struct reach {
    int64_t down, up, most;
} reach;

static reach
reach_of(const pli_stake *of, const plm_swing *swing, int64_t move_ppm) {
    plm_easy_side easy = easy_side(of);
    int64_t whole = PLM_PPM + swing->low_ppm;
    int64_t width = swing->high_ppm - swing->low_ppm;
    int64_t down = width + pli_safe_reach(move_ppm, easy == PLM_EASY_FALLING);
    int64_t up = width + pli_safe_reach(move_ppm, easy == PLM_EASY_RISING);
    reach made = {(down * PLM_PPM + whole - 1) / whole, (up * PLM_PPM + whole - 1) / whole, 0};
    made.most = made.down > made.up ? made.down : made.up;
    return made;
}

/* False where nothing can be said. */
static bool
slack_after(const pli_stakes *all, int64_t move_ppm, slack *left) {
    const plm_requirement *now = all->safety->requirement;
    pli_i128 fall_maintenance = all->debts * PLM_PPM;
    pli_i128 fall_initial = fall_maintenance;
    pli_i128 growth = all->rounding * PLM_PPM;
    pli_i128 orders = 0;
    for (uint32_t i = 0; i < all->stake_count; i += 1) {
        const pli_stake *of = &all->stakes[i];
        const plm_swing *swing = &all->safety->swings[of->underlying_index];
        int64_t whole = PLM_PPM + swing->low_ppm;
        int64_t slow = (swing->slow_ppm * PLM_PPM + whole - 1) / whole;
        reach at = reach_of(of, swing, move_ppm);
        pli_i128 impact = 0;
        if (swing->high_ppm - swing->low_ppm + PLM_SAFE_MOVE_MAX_PPM > MOVE_MAX_PPM ||
            swing->slow_ppm > MOVE_MAX_PPM || !impact_growth(of, at.most, &impact)) {
            return false;
        }
        pli_i128 fall = (of->longs + of->assets) * at.down + (of->shorts + of->liabilities) * at.up;
        fall_maintenance += fall;
        // The slow price lowers gains over every fill, against the price of the least reference.
        fall_initial += fall + (of->longs + of->shorts + of->ordered + of->coins) * slow;
        growth += of->need * at.most + (of->fixed + impact) * PLM_PPM;
        orders += of->ordered * at.most;
    }
    pli_i128 above_call = (pli_i128)now->equity_maintenance_micros - now->call_micros;
    pli_i128 above_initial = (pli_i128)now->equity_initial_micros - now->initial_micros;
    left->call = above_call * PLM_PPM * PLM_PPM -
                 (fall_maintenance * PLM_PPM + growth * (PLM_PPM + all->call_buffer_ppm));
    left->initial = above_initial * PLM_PPM * PLM_PPM -
                    (fall_initial * PLM_PPM + growth * (PLM_PPM + all->entry_buffer_ppm) +
                     orders * (PLM_PPM + all->close_fee_ppm));
    return true;
}

static pli_i128
left_after(const pli_stakes *all, int64_t move_ppm, bool is_initial) {
    slack left = {-1, -1};
    return slack_after(all, move_ppm, &left) ? (is_initial ? left.initial : left.call) : -1;
}

// The slack falls with the move ever faster, so a chord between a safe move and one that is not lies below it.
static int64_t
along_chord(int64_t safe_ppm, pli_i128 above, int64_t unsafe_ppm, pli_i128 below) {
    const pli_i128 most = (pli_i128)1 << 100;
    while (above > most || below < -most) {
        above /= 2;
        below = below / 2 - 1;
    }
    return safe_ppm + (int64_t)((unsafe_ppm - safe_ppm) * above / (above - below));
}

static int64_t
largest_safe(const pli_stakes *all, bool is_initial) {
    static const int64_t moves_ppm[] = {0, 600, 2500, 10000, 40000, PLM_SAFE_MOVE_MAX_PPM};
    uint32_t safe = 0;
    uint32_t unsafe = sizeof moves_ppm / sizeof moves_ppm[0];
    pli_i128 above = left_after(all, moves_ppm[0], is_initial);
    pli_i128 below = -1;
    // Those who cannot bear the least are many, and are asked no more.
    if (above < 0) {
        return -1;
    }
    while (safe + 1 < unsafe) {
        uint32_t middle = (safe + unsafe) / 2;
        pli_i128 left = left_after(all, moves_ppm[middle], is_initial);
        *(left >= 0 ? &safe : &unsafe) = middle;
        *(left >= 0 ? &above : &below) = left;
    }
    if (unsafe == sizeof moves_ppm / sizeof moves_ppm[0]) {
        return moves_ppm[safe];
    }
    int64_t between = along_chord(moves_ppm[safe], above, moves_ppm[unsafe], below);
    return left_after(all, between, is_initial) >= 0 ? between : moves_ppm[safe];
}

plm_safe
pli_stakes_answer(const pli_stakes *all) {
    plm_safe answer = all->answer;
    if (!is_bounded(all)) {
        return PLI_SAFE_NOTHING;
    }
    answer.underlying_count = all->stake_count;
    for (uint32_t i = 0; i < all->stake_count; i += 1) {
        answer.underlyings[i] = all->stakes[i].underlying_index;
        answer.easy[i] = easy_side(&all->stakes[i]);
    }
    answer.call_move_ppm = largest_safe(all, false);
    answer.initial_move_ppm = answer.call_move_ppm < 0 ? -1 : largest_safe(all, true);
    return answer;
}
