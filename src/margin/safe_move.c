/* safe_move.c: how far prices may move before an account can be anything but healthy.  SPDX-License-Identifier: Apache-2.0 */
#include "margin/safe_move.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "margin/facts.h"
#include "margin/impact.h"
#include "margin/scaled.h"
#include "model/value.h"

enum {
    LEGS_MAX = 24,
    LOW_MIN_PPM = -500000,  /* a swing that reaches further says nothing */
    MOVE_MAX_PPM = 4000000, /* nor does one that is wider; with LOW_MIN a move has 23 bits */
    ROUNDING_MICROS =
        64 /* what the divisions of one position, order or balance can hide, and more */
};

/* One instrument that is held or has open orders: raw sizes, no order clipped. */
typedef struct leg {
    uint32_t instrument_index, stake;
    int64_t lots;
    pli_i128 buys, sells;
    int64_t dearest_e8; /* the largest of mark and prices, confidence included */
    bool is_option;
    bool is_pinned; /* its row does not follow the price from one build to the next, or nobody has shown how */
} leg;

/* What a relative move of one underlying can cost, per unit of the move; all in micros, none below zero. */
typedef struct stake {
    uint32_t underlying_index;
    pli_i128 held;     /* positions but options at their dearest price */
    pli_i128 options;  /* notional of options at it */
    pli_i128 ordered;  /* open orders at it */
    pli_i128 balances; /* balances at it, with the haircut of a liability */
    pli_i128 coins;   /* of these, scenario-treated ones, which the slow price counts as exposure */
    pli_i128 need;    /* growth of maintenance but for impact */
    pli_i128 fixed;   /* what maintenance may grow by whatever the move */
    pli_rates *rates; /* NULL: no charge of impact */
    pli_i128 exposure, gross;
    pli_i128 lots; /* whose entries are rounded anew when rows are built */
} stake;

typedef struct stakes {
    const plm_safety *safety;
    uint32_t stake_count, leg_count;
    stake stakes[PLI_STAKES_MAX];
    leg legs[LEGS_MAX];
    pli_i128 debts, rounding;
    plm_safe answer;
    int64_t entry_buffer_ppm, call_buffer_ppm, close_fee_ppm;
} stakes;

static pli_i128
magnitude(pli_i128 value) {
    return value < 0 ? -value : value;
}

/* The stake of an underlying, made where there is none; NULL where the account is not taken. */
static stake *
stake_of(stakes *all, uint32_t underlying) {
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
    stake *made = &all->stakes[all->stake_count];
    all->stake_count += 1;
    *made = (stake){.underlying_index = underlying};
    return made;
}

/* The largest price of an underlying that anything is valued at. */
static int64_t
dearest_price(const plm_market *market, uint32_t underlying) {
    const plm_price_record *price = &market->underlyings[underlying].price;
    int64_t most = price->slow_e8 > price->price_e8 ? price->slow_e8 : price->price_e8;
    return most + price->confidence_e8;
}

/* What expires changes the model's mind when it does, and where a horizon reaches that far. */
static void
end_before_expiry(stakes *all, int64_t expiry_ns) {
    const plm_margin_input *input = all->safety->input;
    const plm_risk_table *const tables[2] = {input->maintenance_arrays, input->initial_arrays};
    for (uint32_t i = 0; i < 3; i += 1) {
        int64_t horizon = i < 2 && tables[i] != NULL ? tables[i]->header->horizon.ns : 0;
        int64_t end = expiry_ns - horizon - 1;
        if (end >= input->market->time.ns && end < all->answer.until_ns) {
            all->answer.until_ns = end;
        }
    }
}

static leg *
leg_of(stakes *all, uint32_t instrument) {
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
        all->leg_count < LEGS_MAX && terms->settlement == PLM_SETTLEMENT_LINEAR &&
        (is_option || (mark->is_present && mark->mark_e8 > 0)) &&
        input->listing->assets[terms->settlement_asset_index].underlying_index == PLM_NONE;
    stake *of = is_taken ? stake_of(all, terms->underlying_index) : NULL;
    if (of == NULL) {
        return NULL;
    }
    int64_t dearest = dearest_price(input->market, terms->underlying_index);
    leg *made = &all->legs[all->leg_count];
    all->leg_count += 1;
    *made = (leg){.instrument_index = instrument,
                  .stake = (uint32_t)(of - all->stakes),
                  .dearest_e8 = !is_option && mark->mark_e8 > dearest ? mark->mark_e8 : dearest,
                  .is_option = is_option,
                  .is_pinned = terms->expiry_ns != 0};
    if (made->is_pinned) {
        all->answer.is_pinned = true;
        end_before_expiry(all, terms->expiry_ns);
    }
    return made;
}

static bool
notional(const stakes *all, const leg *of, pli_i128 lots, int64_t price_e8, pli_i128 *out) {
    const plm_listing *listing = all->safety->input->listing;
    const plm_instrument *terms = &listing->instruments[of->instrument_index];
    int64_t narrow = 0;
    return pli_narrow_i64(lots, &narrow) &&
           pli_notional_micros(terms, &listing->underlyings[terms->underlying_index], narrow,
                               price_e8, out);
}

/* A claim that is paid becomes cash: no less only where cash counts in full. */
static bool
counts_in_full(const stakes *all, uint32_t instrument) {
    const plm_listing *listing = all->safety->input->listing;
    const plm_asset *cash =
        &listing->assets[listing->instruments[instrument].settlement_asset_index];
    return cash->tiers[cash->tier_count - 1].haircut_ppm == 0;
}

static bool
gather_legs(stakes *all) {
    const plm_portfolio *portfolio = all->safety->input->portfolio;
    all->rounding = ((pli_i128)1 + portfolio->position_count + portfolio->order_count +
                     portfolio->balance_count) *
                    ROUNDING_MICROS;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        const plm_position *position = &portfolio->positions[i];
        leg *of = leg_of(all, position->instrument_index);
        pli_i128 value = 0;
        if (of == NULL ||
            (position->accrued_micros != 0 && !counts_in_full(all, position->instrument_index)) ||
            !notional(all, of, position->lots, of->dearest_e8, &value)) {
            return false;
        }
        of->lots = position->lots;
        *(of->is_option ? &all->stakes[of->stake].options : &all->stakes[of->stake].held) += value;
    }
    for (uint32_t i = 0; i < portfolio->order_count; i += 1) {
        const plm_order *order = &portfolio->orders[i];
        leg *of = leg_of(all, order->instrument_index);
        pli_i128 value = 0;
        if (of == NULL || of->is_option ||
            !notional(all, of, order->lots, of->dearest_e8, &value)) {
            return false;
        }
        *(order->side == PLM_SIDE_BUY ? &of->buys : &of->sells) += order->lots;
        all->stakes[of->stake].ordered += value;
    }
    return true;
}

static bool
gather_balances(stakes *all) {
    const plm_margin_input *input = all->safety->input;
    for (uint32_t i = 0; i < input->portfolio->balance_count; i += 1) {
        const plm_balance *balance = &input->portfolio->balances[i];
        const plm_asset *asset = &input->listing->assets[balance->asset_index];
        pli_i128 atoms = pli_i128_from_wide(balance->atoms);
        pli_i128 value = 0;
        pli_i128 interest = 0;
        int64_t price_e8 = 100000000;
        int64_t unit = 1;
        stake *of = NULL;
        if (asset->underlying_index != PLM_NONE) {
            of = stake_of(all, asset->underlying_index);
            price_e8 = dearest_price(input->market, asset->underlying_index);
            unit = input->listing->underlyings[asset->underlying_index].price_unit;
            if (of == NULL) {
                return false;
            }
        }
        if (atoms == PLI_I128_MIN ||
            !pli_atoms_value_micros(asset, unit, magnitude(atoms), price_e8, PLI_ROUND_UP,
                                    &value) ||
            !pli_ppm_of_ceil(value, PLM_PPM + asset->liability_haircut_ppm, &value) ||
            !pli_ppm_of_ceil(atoms < 0 ? value : 0, all->safety->debt_ppm, &interest)) {
            return false;
        }
        // Interest is owed at the price of its day.
        all->debts += 2 * interest;
        if (of != NULL) {
            of->balances += value;
            of->coins += asset->treatment == PLM_TREATMENT_SCENARIO ? value : 0;
        }
    }
    return true;
}

/* No amount is above 2^60 micros, so that no product below leaves 128 bits: 60 bits, 24 of a move and 21 of a buffer. */
static bool
is_bounded(const stakes *all) {
    const pli_i128 most = (pli_i128)1 << 60;
    for (uint32_t i = 0; i < all->stake_count; i += 1) {
        const stake *of = &all->stakes[i];
        if (of->held > most || of->options > most || of->ordered > most || of->balances > most ||
            of->need > most || of->fixed > most || of->exposure > most || of->gross > most ||
            of->lots > most) {
            return false;
        }
    }
    return all->debts <= most;
}

/* ceil of a sum in micros times ppm. */
static pli_i128
of_ppm(pli_i128 scaled) {
    return pli_div_ceil_i128(scaled, PLM_PPM);
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
impact_growth(const stake *of, int64_t epsilon_ppm, pli_i128 *out) {
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
        !impact_cost(of->rates, of->exposure + growth + of->lots + ROUNDING_MICROS, &after)) {
        return false;
    }
    *out = after - before;
    return true;
}

/* Is the account HEALTHY wherever no swing widens by more than `move_ppm`? Sums are in micros times ppm. */
static bool
is_safe(const stakes *all, int64_t move_ppm) {
    const plm_requirement *now = all->safety->requirement;
    pli_i128 fall_maintenance = all->debts * PLM_PPM;
    pli_i128 fall_initial = fall_maintenance;
    pli_i128 growth = all->rounding * PLM_PPM;
    pli_i128 orders = 0;
    for (uint32_t i = 0; i < all->stake_count; i += 1) {
        const stake *of = &all->stakes[i];
        const plm_swing *swing = &all->safety->swings[of->underlying_index];
        int64_t width = swing->high_ppm - swing->low_ppm + move_ppm;
        int64_t whole = PLM_PPM + swing->low_ppm;
        int64_t epsilon = (width * PLM_PPM + whole - 1) / whole;
        int64_t slow = (swing->slow_ppm * PLM_PPM + whole - 1) / whole;
        pli_i128 impact = 0;
        if (width > MOVE_MAX_PPM || swing->slow_ppm > MOVE_MAX_PPM ||
            !impact_growth(of, epsilon, &impact)) {
            return false;
        }
        // The slow price lowers gains over every fill, against the price of the least reference.
        fall_maintenance += (of->held + of->balances) * epsilon;
        fall_initial +=
            (of->held + of->balances) * epsilon + (of->held + of->ordered + of->coins) * slow;
        growth += of->need * epsilon + (of->fixed + impact) * PLM_PPM;
        orders += of->ordered * epsilon;
    }
    pli_i128 slack_call = (pli_i128)now->equity_maintenance_micros - now->call_micros;
    pli_i128 slack_initial = (pli_i128)now->equity_initial_micros - now->initial_micros;
    pli_i128 loss_call = fall_maintenance * PLM_PPM + growth * (PLM_PPM + all->call_buffer_ppm);
    pli_i128 loss_initial = fall_initial * PLM_PPM + growth * (PLM_PPM + all->entry_buffer_ppm) +
                            orders * (PLM_PPM + all->close_fee_ppm);
    return loss_call <= slack_call * PLM_PPM * PLM_PPM &&
           loss_initial <= slack_initial * PLM_PPM * PLM_PPM;
}

/* The largest of a few moves that is safe, by halving: whoever cannot bear one cannot bear a larger one. */
static plm_safe
largest_safe(const stakes *all) {
    plm_safe answer = all->answer;
    static const int64_t moves_ppm[] = {0,     600,   1250,  2500,  5000,
                                        10000, 20000, 40000, 80000, PLM_SAFE_MOVE_MAX_PPM};
    uint32_t safe = 0;
    uint32_t unsafe = sizeof moves_ppm / sizeof moves_ppm[0];
    // Those who cannot bear the least are many, and are asked no more.
    if (!is_bounded(all) || !is_safe(all, moves_ppm[1])) {
        return (plm_safe){.move_ppm = 0};
    }
    for (safe = 1; safe + 1 < unsafe;) {
        uint32_t middle = (safe + unsafe) / 2;
        *(is_safe(all, moves_ppm[middle]) ? &safe : &unsafe) = middle;
    }
    answer.move_ppm = moves_ppm[safe];
    return answer;
}

/* --- Models `tiered` and `dynamic` --------------------------------------------------------------------------- */

static int64_t
worst_lots(const leg *of) {
    pli_i128 bought = magnitude(of->lots + of->buys);
    pli_i128 sold = magnitude(of->lots - of->sells);
    pli_i128 worst = bought > sold ? bought : sold;
    return worst > INT64_MAX ? INT64_MAX : (int64_t)worst;
}

static plm_safe
safe_move_fraction(const plm_safety *safety, bool is_dynamic) {
    const plm_tiered_parameters *p = safety->input->parameters;
    stakes all = {.safety = safety,
                  .answer = {.until_ns = INT64_MAX},
                  .entry_buffer_ppm = p->entry_buffer_ppm,
                  .call_buffer_ppm = p->call_buffer_ppm,
                  .close_fee_ppm = p->close_fee_ppm};
    // Tiers rise, and predicted volatility or a crowd lifts no fraction above one.
    int64_t steepest = is_dynamic ? PLM_PPM : p->tier4_initial_ppm;
    pli_rates rates[LEGS_MAX];
    if (safety->input->change_count > 0 || !gather_legs(&all) || !gather_balances(&all)) {
        return (plm_safe){.move_ppm = 0};
    }
    for (uint32_t i = 0; i < all.leg_count; i += 1) {
        const leg *of = &all.legs[i];
        stake *to = &all.stakes[of->stake];
        pli_i128 worst = 0;
        if (!notional(&all, of, worst_lots(of), of->dearest_e8, &worst)) {
            return (plm_safe){.move_ppm = 0};
        }
        to->need += of_ppm(worst * (steepest + p->close_fee_ppm + p->liquidation_fee_ppm));
        to->fixed += ROUNDING_MICROS;
        to->gross += worst;
    }
    for (uint32_t i = 0; is_dynamic && i < all.stake_count; i += 1) {
        const plm_underlying_market *market =
            &safety->input->market->underlyings[all.stakes[i].underlying_index];
        plm_portfolio_parameters as = {.impact_ppm = p->impact_ppm,
                                       .volume_standard_micros = p->volume_standard_micros};
        rates[i].is_made = false;
        if (!pli_rates_know(&rates[i], market, &as)) {
            return (plm_safe){.move_ppm = 0};
        }
        // Line by line the law asks less than for all lines at once.
        all.stakes[i].rates = &rates[i];
        all.stakes[i].exposure = all.stakes[i].gross;
    }
    return largest_safe(&all);
}

plm_safe
pli_safe_move_tiered(const plm_safety *safety) {
    return safe_move_fraction(safety, false);
}

plm_safe
pli_safe_move_dynamic(const plm_safety *safety) {
    return safe_move_fraction(safety, true);
}

/* --- Model `portfolio` --------------------------------------------------------------------------------------- */

/* Sums over the legs of one underlying and one of the two tables. */
typedef struct exposure_sums {
    pli_i128 held, low, high;
} exposure_sums;

typedef struct row_sums {
    exposure_sums exposures[2];
    pli_i128 lots, rows, gross, curves, vols; /* the larger of the two tables, leg by leg */
} row_sums;

static void
add_exposure(exposure_sums *sums, const leg *of, pli_i128 delta) {
    pli_i128 buys = delta * of->buys;
    pli_i128 sells = -delta * of->sells;
    sums->held += delta * of->lots;
    sums->low += delta * of->lots + (buys < 0 ? buys : 0) + (sells < 0 ? sells : 0);
    sums->high += delta * of->lots + (buys > 0 ? buys : 0) + (sells > 0 ? sells : 0);
}

static pli_i128
larger(pli_i128 left, pli_i128 right) {
    return left > right ? left : right;
}

/* What is pinned counts towards the exposure, and does not grow. */
static void
add_pinned(const plm_margin_input *input, const leg *of, row_sums *sums) {
    const plm_risk_table *const tables[2] = {input->maintenance_arrays, input->initial_arrays};
    for (uint32_t h = 0; h < 2; h += 1) {
        const int64_t *row = plm_risk_row(tables[h], of->instrument_index);
        add_exposure(&sums->exposures[h], of,
                     row[plm_scenario_probe_begin(tables[h]->header) + PLM_PROBE_DELTA]);
    }
}

static void
add_rows(const pli_facts *facts, const leg *of, row_sums *sums) {
    pli_i128 lots = magnitude(of->lots) + of->buys + of->sells;
    pli_i128 most[4] = {0, 0, 0, 0}; // bound, delta, curve, vol
    for (uint32_t h = 0; h < 2; h += 1) {
        const pli_digest *digest =
            &facts->digests[h * facts->instrument_max + of->instrument_index];
        const int64_t *probes = digest->probes;
        add_exposure(&sums->exposures[h], of, probes[PLM_PROBE_DELTA]);
        most[0] = larger(most[0], (pli_i128)digest->bound);
        most[1] = larger(most[1], magnitude(probes[PLM_PROBE_DELTA]));
        most[2] =
            larger(most[2], larger(magnitude(digest->curves[0]), magnitude(digest->curves[1])));
        most[3] = larger(most[3], larger(magnitude(probes[PLM_PROBE_VOL_UP]),
                                         magnitude(probes[PLM_PROBE_VOL_DOWN])));
    }
    sums->lots += lots;
    sums->rows += lots * most[0];
    sums->gross += lots * most[1];
    sums->curves += lots * of_ppm(most[2]);
    sums->vols += lots * most[3];
}

static pli_i128
unit_atoms(const plm_asset *asset) {
    pli_i128 atoms = 1;
    for (uint32_t i = 0; i < asset->decimals; i += 1) {
        atoms *= 10;
    }
    return atoms;
}

/* What a scenario-treated balance adds to the sums: it is a position in its asset's row. */
typedef struct coin {
    pli_i128 size, unit; /* |atoms|, and of them in one unit */
    pli_i128 row, delta, curve, vol;
} coin;

/* The largest of what one row says, kept where it is more than another row has said. */
static void
read_row(const plm_risk_table *table, uint32_t asset, coin *of) {
    const plm_scenario_header *header = table->header;
    const int64_t *row = plm_risk_row(table, table->instrument_count + asset);
    const int64_t *probes = row + plm_scenario_probe_begin(header);
    pli_i128 multiple = header->probe_multiple_ppm;
    pli_i128 up = multiple * probes[PLM_PROBE_UP] - PLM_PPM * (pli_i128)probes[PLM_PROBE_UP_FAR];
    pli_i128 down =
        multiple * probes[PLM_PROBE_DOWN] - PLM_PPM * (pli_i128)probes[PLM_PROBE_DOWN_FAR];
    for (uint32_t s = 0; s < header->entry_count; s += 1) {
        of->row = larger(of->row, magnitude(row[s]));
    }
    of->delta = larger(of->delta, magnitude(probes[PLM_PROBE_DELTA]));
    of->curve = larger(of->curve, of_ppm(larger(magnitude(up), magnitude(down))));
    of->vol = larger(of->vol, larger(magnitude(probes[PLM_PROBE_VOL_UP]),
                                     magnitude(probes[PLM_PROBE_VOL_DOWN])));
}

static pli_i128
share(const coin *of, pli_i128 entry) {
    return pli_div_ceil_i128(of->size * entry, of->unit) + 1;
}

static bool
add_coin(const plm_margin_input *input, const plm_balance *balance, row_sums *sums) {
    pli_i128 atoms = pli_i128_from_wide(balance->atoms);
    coin of = {.size = magnitude(atoms),
               .unit = unit_atoms(&input->listing->assets[balance->asset_index])};
    const plm_risk_table *const tables[2] = {input->maintenance_arrays, input->initial_arrays};
    for (uint32_t h = 0; h < 2; h += 1) {
        read_row(tables[h], balance->asset_index, &of);
    }
    if (of.size >> 80 != 0 || of.row >> 40 != 0 || of.curve >> 40 != 0) {
        return false; // products that 128 bits may not hold
    }
    for (uint32_t h = 0; h < 2; h += 1) {
        const int64_t *row =
            plm_risk_row(tables[h], tables[h]->instrument_count + balance->asset_index);
        pli_i128 delta = row[plm_scenario_probe_begin(tables[h]->header) + PLM_PROBE_DELTA];
        pli_i128 held = atoms * delta / of.unit;
        sums->exposures[h].held += held;
        sums->exposures[h].low += held - 1;
        sums->exposures[h].high += held + 1;
    }
    sums->rows += share(&of, of.row);
    sums->gross += share(&of, of.delta);
    sums->curves += share(&of, of.curve);
    sums->vols += share(&of, of.vol);
    sums->lots += share(&of, 1);
    return true;
}

static bool
add_coins(const stakes *all, row_sums sums[PLI_STAKES_MAX]) {
    const plm_margin_input *input = all->safety->input;
    for (uint32_t i = 0; i < input->portfolio->balance_count; i += 1) {
        const plm_balance *balance = &input->portfolio->balances[i];
        const plm_asset *asset = &input->listing->assets[balance->asset_index];
        uint32_t at = 0;
        if (asset->treatment != PLM_TREATMENT_SCENARIO || asset->underlying_index == PLM_NONE) {
            continue;
        }
        while (all->stakes[at].underlying_index != asset->underlying_index) {
            at += 1; // gather_balances has made it
        }
        if (!add_coin(input, balance, &sums[at])) {
            return false;
        }
    }
    return true;
}

/* Rates of the charge ORACLE in ppm: as it is, down; and the largest within the question, up. */
static void
oracle_rates(const stakes *all, uint32_t underlying, int64_t *now_ppm, int64_t *most_ppm) {
    const plm_portfolio_parameters *p = all->safety->input->parameters;
    const plm_market *market = all->safety->input->market;
    const plm_price_record *price = &market->underlyings[underlying].price;
    const plm_swing *swing = &all->safety->swings[underlying];
    pli_i128 minute = INT64_C(60000000000);
    int64_t age = market->time.ns - price->publish_ns;
    age = age < 0 ? 0 : age;
    int64_t later = age + all->safety->span_ns;
    age = age > p->oracle_age_max_ns ? p->oracle_age_max_ns : age;
    later = later > p->oracle_age_max_ns ? p->oracle_age_max_ns : later;
    pli_i128 whole = PLM_PPM + swing->low_ppm - PLM_SAFE_MOVE_MAX_PPM;
    *now_ppm =
        (int64_t)((pli_i128)price->confidence_e8 * p->oracle_confidence_ppm / price->price_e8) +
        (int64_t)((pli_i128)age * p->oracle_age_ppm / minute);
    *most_ppm = (int64_t)pli_div_ceil_i128(
                    (pli_i128)swing->confidence_ppm * p->oracle_confidence_ppm, whole) +
                (int64_t)pli_div_ceil_i128((pli_i128)later * p->oracle_age_ppm, minute) + 2;
}

/* From sums over rows to what a unit of move asks, and to what may be asked whatever the move. */
static bool
set_need(stakes *all, stake *of, const row_sums *sums) {
    const plm_portfolio_parameters *p = all->safety->input->parameters;
    const pli_i128 most = (pli_i128)1 << 96;
    if (sums->rows > most || sums->gross > most || sums->curves > most || sums->vols > most) {
        return false;
    }
    int64_t now_ppm = 0;
    int64_t most_ppm = 0;
    oracle_rates(all, of->underlying_index, &now_ppm, &most_ppm);
    pli_i128 widest = 0;
    for (uint32_t h = 0; h < 2; h += 1) {
        const exposure_sums *sum = &sums->exposures[h];
        widest = larger(widest, larger(magnitude(sum->low), magnitude(sum->high)));
    }
    pli_i128 least = magnitude(sums->exposures[0].held);
    least = magnitude(sums->exposures[1].held) < least ? magnitude(sums->exposures[1].held) : least;
    of->need += sums->rows +
                of_ppm((of->held + of->ordered + of->options) *
                       (p->close_fee_ppm + p->liquidation_fee_ppm)) +
                of_ppm(of->options * (p->spread_minimum_ppm + p->short_option_minimum_ppm)) +
                of_ppm(sums->gross * (most_ppm + p->basis_ppm + all->safety->drift_ppm)) +
                of_ppm(sums->curves * p->gamma_weight_ppm) +
                of_ppm(sums->vols * p->vega_weight_ppm);
    pli_i128 rounding =
        4 * PLM_PPM + 16 * (pli_i128)p->gamma_weight_ppm + 2 * (pli_i128)p->vega_weight_ppm;
    of->fixed += of_ppm(sums->lots * rounding) + of_ppm((widest + sums->lots) * most_ppm) -
                 least * now_ppm / PLM_PPM + ROUNDING_MICROS;
    of->exposure = widest;
    of->gross = sums->gross;
    of->lots = sums->lots;
    of->rates = &all->safety->input->facts->rates[of->underlying_index];
    return pli_rates_know(of->rates, &all->safety->input->market->underlyings[of->underlying_index],
                          p);
}

plm_safe
pli_safe_move_portfolio(const plm_safety *safety) {
    const plm_margin_input *input = safety->input;
    const plm_portfolio_parameters *p = input->parameters;
    const pli_facts *facts = input->facts;
    stakes all = {.safety = safety,
                  .answer = {.until_ns = INT64_MAX},
                  .entry_buffer_ppm = p->entry_buffer_ppm,
                  .call_buffer_ppm = p->call_buffer_ppm,
                  .close_fee_ppm = p->close_fee_ppm};
    row_sums sums[PLI_STAKES_MAX] = {{.lots = 0}};
    if (input->change_count > 0 || facts == NULL || !pli_facts_are_of(facts, input) ||
        !gather_legs(&all) || !gather_balances(&all)) {
        return (plm_safe){.move_ppm = 0};
    }
    for (uint32_t i = 0; i < all.leg_count; i += 1) {
        const leg *of = &all.legs[i];
        if (of->is_pinned) {
            add_pinned(input, of, &sums[of->stake]);
        } else if (facts->is_known[of->instrument_index] != 0) {
            add_rows(facts, of, &sums[of->stake]);
        } else {
            return (plm_safe){.move_ppm = 0};
        }
    }
    if (!add_coins(&all, sums)) {
        return (plm_safe){.move_ppm = 0};
    }
    for (uint32_t i = 0; i < all.stake_count; i += 1) {
        if (!set_need(&all, &all.stakes[i], &sums[i])) {
            return (plm_safe){.move_ppm = 0};
        }
    }
    return largest_safe(&all);
}
