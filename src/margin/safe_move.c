/* safe_move.c: how far prices may move before an account can be called, or restricted.  SPDX-License-Identifier: Apache-2.0 */
#include "margin/safe_move.h"

#include "margin/stakes.h"

/* --- Models `tiered` and `dynamic` --------------------------------------------------------------------------- */

static int64_t
worst_lots(const pli_stake_leg *of) {
    pli_i128 bought = pli_wide_magnitude(of->lots + of->buys);
    pli_i128 sold = pli_wide_magnitude(of->lots - of->sells);
    pli_i128 worst = bought > sold ? bought : sold;
    return worst > INT64_MAX ? INT64_MAX : (int64_t)worst;
}

static plm_safe
safe_move_fraction(const plm_safety *safety, bool is_dynamic) {
    const plm_tiered_parameters *p = safety->input->parameters;
    pli_stakes all = {.safety = safety,
                      .answer = {.until_ns = INT64_MAX},
                      .entry_buffer_ppm = p->entry_buffer_ppm,
                      .call_buffer_ppm = p->call_buffer_ppm,
                      .close_fee_ppm = p->close_fee_ppm};
    // Tiers rise, and predicted volatility or a crowd lifts no fraction above one.
    int64_t steepest = is_dynamic ? PLM_PPM : p->tier4_initial_ppm;
    pli_rates rates[PLI_STAKES_MAX];
    if (!pli_stakes_gather(&all)) {
        return PLI_SAFE_NOTHING;
    }
    for (uint32_t i = 0; i < all.leg_count; i += 1) {
        const pli_stake_leg *of = &all.legs[i];
        pli_stake *to = &all.stakes[of->stake];
        pli_i128 worst = 0;
        if (!pli_stakes_notional(&all, of, worst_lots(of), of->dearest_e8, &worst)) {
            return PLI_SAFE_NOTHING;
        }
        to->need += pli_of_ppm(worst * (steepest + p->close_fee_ppm + p->liquidation_fee_ppm));
        to->fixed += PLI_ROUNDING_MICROS;
        to->gross += worst;
    }
    for (uint32_t i = 0; is_dynamic && i < all.stake_count; i += 1) {
        const plm_underlying_market *market =
            &safety->input->market->underlyings[all.stakes[i].underlying_index];
        plm_portfolio_parameters as = {.impact_ppm = p->impact_ppm,
                                       .volume_standard_micros = p->volume_standard_micros};
        rates[i].is_made = false;
        if (!pli_rates_know(&rates[i], market, &as)) {
            return PLI_SAFE_NOTHING;
        }
        // Line by line the law asks less than for all lines at once.
        all.stakes[i].rates = &rates[i];
        all.stakes[i].exposure = all.stakes[i].gross;
    }
    return pli_stakes_answer(&all);
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
    pli_i128 lots, rows, gross, curves,
        vols; /* the larger of the two tables, leg by pli_stake_leg */
} row_sums;

static void
add_exposure(exposure_sums *sums, const pli_stake_leg *of, pli_i128 delta) {
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
add_pinned(const plm_margin_input *input, const pli_stake_leg *of, row_sums *sums) {
    const plm_risk_table *const tables[2] = {input->maintenance_arrays, input->initial_arrays};
    for (uint32_t h = 0; h < 2; h += 1) {
        const int64_t *row = plm_risk_row(tables[h], of->instrument_index);
        add_exposure(&sums->exposures[h], of,
                     row[plm_scenario_probe_begin(tables[h]->header) + PLM_PROBE_DELTA]);
    }
}

/* What the core can change by: entries of grid and history count at most once, those of a stress by its weight. */
static void
add_rows(const pli_facts *facts, const pli_stake_leg *of, int64_t stress_ppm, row_sums *sums) {
    pli_i128 lots = pli_wide_magnitude(of->lots) + of->buys + of->sells;
    pli_i128 most[4] = {0, 0, 0, 0}; // of the core, delta, curve, vol
    for (uint32_t h = 0; h < 2; h += 1) {
        const pli_digest *digest =
            &facts->digests[h * facts->instrument_max + of->instrument_index];
        const int64_t *probes = digest->probes;
        add_exposure(&sums->exposures[h], of, probes[PLM_PROBE_DELTA]);
        most[0] = larger(most[0], larger((pli_i128)digest->days,
                                         pli_of_ppm((pli_i128)digest->stress * stress_ppm)));
        most[1] = larger(most[1], pli_wide_magnitude(probes[PLM_PROBE_DELTA]));
        most[2] = larger(most[2], larger(pli_wide_magnitude(digest->curves[0]),
                                         pli_wide_magnitude(digest->curves[1])));
        most[3] = larger(most[3], larger(pli_wide_magnitude(probes[PLM_PROBE_VOL_UP]),
                                         pli_wide_magnitude(probes[PLM_PROBE_VOL_DOWN])));
    }
    sums->lots += lots;
    sums->rows += lots * most[0];
    sums->gross += lots * most[1];
    sums->curves += lots * pli_of_ppm(most[2]);
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
read_row(const plm_risk_table *table, uint32_t asset, int64_t stress_ppm, coin *of) {
    const plm_scenario_header *header = table->header;
    const int64_t *row = plm_risk_row(table, table->instrument_count + asset);
    const int64_t *probes = row + plm_scenario_probe_begin(header);
    pli_i128 multiple = header->probe_multiple_ppm;
    pli_i128 up = multiple * probes[PLM_PROBE_UP] - PLM_PPM * (pli_i128)probes[PLM_PROBE_UP_FAR];
    pli_i128 down =
        multiple * probes[PLM_PROBE_DOWN] - PLM_PPM * (pli_i128)probes[PLM_PROBE_DOWN_FAR];
    uint32_t stress = plm_scenario_stress_begin(header);
    for (uint32_t s = 0; s < stress + header->stress_count; s += 1) {
        pli_i128 size = pli_wide_magnitude(row[s]);
        of->row = larger(of->row, s < stress ? size : pli_of_ppm(size * stress_ppm));
    }
    of->delta = larger(of->delta, pli_wide_magnitude(probes[PLM_PROBE_DELTA]));
    of->curve =
        larger(of->curve, pli_of_ppm(larger(pli_wide_magnitude(up), pli_wide_magnitude(down))));
    of->vol = larger(of->vol, larger(pli_wide_magnitude(probes[PLM_PROBE_VOL_UP]),
                                     pli_wide_magnitude(probes[PLM_PROBE_VOL_DOWN])));
}

static pli_i128
share(const coin *of, pli_i128 entry) {
    return pli_div_ceil_i128(of->size * entry, of->unit) + 1;
}

static bool
add_coin(const plm_margin_input *input, const plm_balance *balance, row_sums *sums) {
    pli_i128 atoms = pli_i128_from_wide(balance->atoms);
    coin of = {.size = pli_wide_magnitude(atoms),
               .unit = unit_atoms(&input->listing->assets[balance->asset_index])};
    const plm_risk_table *const tables[2] = {input->maintenance_arrays, input->initial_arrays};
    for (uint32_t h = 0; h < 2; h += 1) {
        read_row(tables[h], balance->asset_index,
                 ((const plm_portfolio_parameters *)input->parameters)->stress_weight_ppm, &of);
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
add_coins(const pli_stakes *all, row_sums sums[PLI_STAKES_MAX]) {
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
oracle_rates(const pli_stakes *all, uint32_t underlying, int64_t *now_ppm, int64_t *most_ppm) {
    const plm_portfolio_parameters *p = all->safety->input->parameters;
    const plm_market *market = all->safety->input->market;
    const plm_price_record *price = &market->underlyings[underlying].price;
    const plm_swing *swing = &all->safety->swings[underlying];
    pli_i128 minute = INT64_C(60000000000);
    int64_t age = market->time.ns - price->publish_ns;
    age = age < 0 ? 0 : age;
    int64_t later = swing->age_ns;
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
set_need(pli_stakes *all, pli_stake *of, const row_sums *sums) {
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
        widest =
            larger(widest, larger(pli_wide_magnitude(sum->low), pli_wide_magnitude(sum->high)));
    }
    pli_i128 least = pli_wide_magnitude(sums->exposures[0].held);
    least = pli_wide_magnitude(sums->exposures[1].held) < least
                ? pli_wide_magnitude(sums->exposures[1].held)
                : least;
    of->need += sums->rows +
                pli_of_ppm((of->longs + of->shorts + of->ordered + of->options) *
                           (p->close_fee_ppm + p->liquidation_fee_ppm)) +
                pli_of_ppm(of->options * (p->spread_minimum_ppm + p->short_option_minimum_ppm)) +
                pli_of_ppm(sums->gross * (most_ppm + p->basis_ppm + all->safety->drift_ppm)) +
                pli_of_ppm(sums->curves * p->gamma_weight_ppm) +
                pli_of_ppm(sums->vols * p->vega_weight_ppm);
    pli_i128 rounding =
        4 * PLM_PPM + 16 * (pli_i128)p->gamma_weight_ppm + 2 * (pli_i128)p->vega_weight_ppm;
    of->fixed += pli_of_ppm(sums->lots * rounding) + pli_of_ppm((widest + sums->lots) * most_ppm) -
                 least * now_ppm / PLM_PPM + PLI_ROUNDING_MICROS;
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
    pli_stakes all = {.safety = safety,
                      .answer = {.until_ns = INT64_MAX},
                      .entry_buffer_ppm = p->entry_buffer_ppm,
                      .call_buffer_ppm = p->call_buffer_ppm,
                      .close_fee_ppm = p->close_fee_ppm};
    row_sums sums[PLI_STAKES_MAX] = {{.lots = 0}};
    if (facts == NULL || !pli_facts_are_of(facts, input) || !pli_stakes_gather(&all)) {
        return PLI_SAFE_NOTHING;
    }
    for (uint32_t i = 0; i < all.leg_count; i += 1) {
        const pli_stake_leg *of = &all.legs[i];
        if (of->is_pinned) {
            add_pinned(input, of, &sums[of->stake]);
        } else if (facts->is_known[of->instrument_index] != 0) {
            add_rows(facts, of, p->stress_weight_ppm, &sums[of->stake]);
        } else {
            return PLI_SAFE_NOTHING;
        }
    }
    if (!add_coins(&all, sums)) {
        return PLI_SAFE_NOTHING;
    }
    for (uint32_t i = 0; i < all.stake_count; i += 1) {
        if (!set_need(&all, &all.stakes[i], &sums[i])) {
            return PLI_SAFE_NOTHING;
        }
    }
    return pli_stakes_answer(&all);
}
