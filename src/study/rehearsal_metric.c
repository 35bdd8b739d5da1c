/* rehearsal_metric.c: the numbers and texts that assertions speak of.                 SPDX-License-Identifier: Apache-2.0 */
#include "study/rehearsal_metric.h"

#include "base/text.h"

#define MICROS_E18 ((pli_i128)1000000000000)

pli_metric
pli_metric_number(pli_i128 e18) {
    return (pli_metric){.is_known = true, .e18 = e18};
}

pli_metric
pli_metric_micros(pli_i128 value) {
    return pli_metric_number(value * MICROS_E18);
}

static pli_metric
count(int64_t value) {
    return pli_metric_number(value * PLI_E18);
}

pli_metric
pli_metric_text(const char *text) {
    pli_metric value = {.is_known = true, .is_text = true};
    pli_text to = pli_text_init(value.text, sizeof value.text);
    pli_text_append(&to, text);
    return value;
}

pli_metric
pli_metric_flag(bool is_true) {
    return pli_metric_text(is_true ? "true" : "false");
}

static pli_metric
price(int64_t e8) {
    return pli_metric_number((pli_i128)e8 * 10000000000);
}

static const pli_metric unknown;

static pli_i128
atoms_e18(const pli_rehearsal *of, uint32_t asset, pli_i128 atoms) {
    pli_i128 unit = PLI_E18;
    for (uint32_t i = 0; i < plm_core_listing(of->core).assets[asset].decimals; i += 1) {
        unit /= 10;
    }
    return atoms * unit;
}

// --- Sums over accounts ----------------------------------------------------------------------------------------------

pli_i128
pli_metric_deficit(const pli_rehearsal *of, bool is_at_truth) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        pli_i128 worth = pli_rehearsal_worth(of, i, is_at_truth);
        sum += worth < 0 ? -worth : 0;
    }
    return sum;
}

static pli_i128
gain_of(const pli_rehearsal *of, uint32_t account) {
    return pli_rehearsal_worth(of, account, false) - of->actors[account].opening_micros -
           of->actors[account].paid_in;
}

// What accounts that are worth less than nothing owe of one asset, as far as they are.
static pli_i128
deficit_units(const pli_rehearsal *of, uint32_t asset) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        pli_i128 worth = pli_rehearsal_worth(of, i, false);
        plm_portfolio held;
        if (worth >= 0 || !pli_rehearsal_portfolio(of, i, &held)) {
            continue;
        }
        for (uint32_t at = 0; at < held.balance_count; at += 1) {
            pli_i128 atoms = pli_i128_from_wide(held.balances[at].atoms);
            pli_i128 owed = -pli_rehearsal_value(of, asset, atoms, false);
            if (held.balances[at].asset_index == asset && owed > 0) {
                pli_i128 part = -worth < owed ? -worth : owed;
                sum += -atoms_e18(of, asset, atoms) / 1000000000 * (part * 1000000000 / owed);
            }
        }
    }
    return sum;
}

static pli_i128
fund_of(const pli_rehearsal *of, const char *name) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->incident->fund_count; i += 1) {
        const pli_incident_fund *fund = &of->incident->funds[i];
        sum += pli_name_is(fund->name, name) ? pli_number_e18(fund->amount) : 0;
    }
    return sum;
}

pli_i128
pli_metric_insurance(const pli_rehearsal *of, uint32_t asset) {
    if (of->has_books) {
        return asset != PLM_NONE ? atoms_e18(of, asset, of->books.insurance[asset]) : 0;
    }
    plm_asset_totals totals;
    return asset != PLM_NONE && plm_core_asset(of->core, asset, &totals) == PLM_OK
               ? atoms_e18(of, asset, pli_i128_from_wide(totals.insurance))
               : 0;
}

// Profits that nobody has paid, in units of what the first instrument settles in.
static pli_i128
unpaid(const pli_rehearsal *of) {
    pli_i128 sum = 0;
    if (of->has_books) { // what neither the losers nor the fund can pay
        pli_i128 owed = of->instrument_count > 0 ? deficit_units(of, of->listed[0].asset) : 0;
        pli_i128 fund =
            of->instrument_count > 0 ? pli_metric_insurance(of, of->listed[0].asset) : 0;
        return owed > fund ? owed - fund : 0;
    }
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        plm_market_totals totals;
        if (plm_core_instrument(of->core, i, &totals) == PLM_OK) {
            sum += atoms_e18(of, of->listed[i].asset, pli_i128_from_wide(totals.unpaid));
        }
    }
    return sum;
}

static pli_i128
recorded_debt(const pli_rehearsal *of) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->asset_count; i += 1) {
        plm_asset_totals totals;
        if (plm_core_asset(of->core, i, &totals) == PLM_OK) {
            sum += atoms_e18(of, i, pli_i128_from_wide(totals.bad_debt));
        }
    }
    return sum;
}

// How far a winner's unpaid part lies from its share by profit, in units of the settlement asset, at most.
static pli_metric
haircut_spread(const pli_rehearsal *of) {
    pli_i128 profits = 0, missing = 0, spread = 0;
    uint32_t asset = of->instrument_count > 0 ? of->listed[0].asset : 0;
    for (uint32_t round = 0; round < 2; round += 1) {
        for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
            const pli_actor *actor = &of->actors[i];
            if (actor->has_moved) {
                return unknown;
            }
            if (actor->profit == 0) {
                continue;
            }
            pli_i128 lacks =
                actor->realised - (pli_rehearsal_held(of, i, asset) - actor->opening_atoms);
            if (round == 0) {
                profits += actor->profit;
                missing += lacks;
                continue;
            }
            pli_i128 apart = lacks * profits - missing * actor->profit;
            apart = (apart < 0 ? -apart : apart) / profits;
            spread = apart > spread ? apart : spread;
        }
    }
    return profits > 0 ? pli_metric_number(atoms_e18(of, asset, spread)) : unknown;
}

// Loans that the books do not know: recomputed from every account.
static pli_metric
unrecorded_debts(const pli_rehearsal *of) {
    int64_t found = 0;
    for (uint32_t asset = 0; asset < of->asset_count; asset += 1) {
        pli_i128 owed = 0;
        for (uint32_t i = 0; i < of->account_count; i += 1) {
            plm_portfolio held;
            if (!pli_rehearsal_portfolio(of, i, &held)) {
                return unknown;
            }
            for (uint32_t at = 0; at < held.balance_count; at += 1) {
                pli_i128 atoms = pli_i128_from_wide(held.balances[at].atoms);
                owed -= held.balances[at].asset_index == asset && atoms < 0 ? atoms : 0;
            }
        }
        plm_asset_totals totals;
        bool is_known = plm_core_asset(of->core, asset, &totals) == PLM_OK;
        found += !is_known || pli_i128_from_wide(totals.borrowed) != owed ? 1 : 0;
    }
    return count(found);
}

// Did the account come into the engine's hands and not out of them, sound, with something left of what it was there for?
static bool
is_lost(const pli_rehearsal *of, uint32_t account) {
    const pli_actor *actor = &of->actors[account];
    plm_account_info info;
    plm_portfolio held;
    if (of->has_books || !actor->is_liquidated || actor->was_covered) {
        return actor->is_liquidated;
    }
    if (plm_core_account(of->core, account, &info) != PLM_OK ||
        info.standing.stage >= PLM_STAGE_PARTIAL || !pli_rehearsal_portfolio(of, account, &held)) {
        return true;
    }
    bool is_exposed = false;
    for (uint32_t i = 0; i < held.position_count; i += 1) {
        is_exposed = is_exposed || held.positions[i].lots != 0;
    }
    for (uint32_t i = 0; i < held.balance_count; i += 1) {
        is_exposed = is_exposed || pli_i128_from_wide(held.balances[i].atoms) < 0;
    }
    return !is_exposed;
}

// --- Metrics with an account, an asset or a name ---------------------------------------------------------------------

static pli_metric
of_account(const pli_rehearsal *of, const char *name, uint32_t account) {
    const pli_actor *actor = &of->actors[account];
    if (pli_name_is(name, "account_liquidated")) {
        return pli_metric_flag(is_lost(of, account));
    }
    if (pli_name_is(name, "withdrawn")) {
        return pli_metric_micros(actor->withdrawn);
    }
    if (pli_name_is(name, "equity")) {
        return pli_metric_micros(pli_rehearsal_worth(of, account, false));
    }
    if (pli_name_is(name, "pnl") || pli_name_is(name, "profit")) {
        return pli_metric_micros(gain_of(of, account));
    }
    if (pli_name_is(name, "initial_margin")) {
        return actor->initial_micros < 0 ? unknown : pli_metric_micros(actor->initial_micros);
    }
    if (pli_name_is(name, "repay_accepted")) {
        return pli_metric_flag(actor->repaid_count > 0);
    }
    if (pli_name_is(name, "liquidation_possible")) {
        return pli_metric_flag(actor->attempt_count > 0 && of->has_books ? actor->seized_count > 0
                                                                         : actor->is_liquidated);
    }
    return unknown;
}

// "w*": is it so of any account of such a name; of amounts the sum.
static pli_metric
of_accounts(const pli_rehearsal *of, const char *name, const char *pattern) {
    pli_metric all = unknown;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        if (!pli_incident_matches(pattern, of->incident->accounts[i].name)) {
            continue;
        }
        pli_metric one = of_account(of, name, i);
        if (!all.is_known || !one.is_known || (one.is_text && pli_name_is(one.text, "true"))) {
            all = one;
        } else if (!one.is_text) {
            all.e18 += one.e18;
        }
    }
    return all;
}

static pli_metric
state_at(const pli_rehearsal *of, uint32_t symbol, const char *suffix) {
    static const char *const names[] = {"", "VALID", "HELD", "STALE", "INVALID"};
    plm_price_state state = PLM_PRICE_STATE_INVALID;
    pli_i128 time_ms = suffix[0] == '@' ? pli_number_e18(suffix + 1) / PLI_E18 : INT64_MAX;
    for (uint32_t i = 0; i < of->turn_count; i += 1) {
        if (of->turns[i].symbol == symbol && of->turns[i].time_ms <= time_ms) {
            state = of->turns[i].state;
        }
    }
    return pli_metric_text(names[state <= 4 ? state : 0]);
}

static pli_incident_kind
kind_named(const char *name) {
    for (int kind = 1; kind < PLI_INCIDENT_KIND_END; kind += 1) {
        if (pli_name_is(pli_incident_kind_name((pli_incident_kind)kind), name)) {
            return (pli_incident_kind)kind;
        }
    }
    return PLI_INCIDENT_NONE;
}

static pli_metric
param_rejected(const pli_rehearsal *of, const char *path) {
    for (uint32_t i = 0; i < of->param_count; i += 1) {
        if (pli_name_is(of->params[i].path, path)) {
            return pli_metric_flag(of->params[i].is_rejected);
        }
    }
    return unknown;
}

// Who is worth less than nothing walks away, and what the venue does not have it cannot pay.
static pli_metric
group_gain(const pli_rehearsal *of, const char *group) {
    pli_i128 gain = 0, worth = 0, there = 0;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        if (pli_name_is(of->incident->accounts[i].group, group)) {
            pli_i128 left = pli_rehearsal_worth(of, i, false);
            worth += left > 0 ? left : 0;
            gain -= of->actors[i].opening_micros + of->actors[i].paid_in;
        }
    }
    for (uint32_t i = 0; of->has_books && i < of->books.listing.asset_count; i += 1) {
        there += pli_naive_value(&of->books, i, of->books.vault[i] > 0 ? of->books.vault[i] : 0);
    }
    return pli_metric_micros(gain + (of->has_books && worth > there ? there : worth));
}

static pli_metric
of_symbol(const pli_rehearsal *of, const char *name, uint32_t symbol, const char *suffix) {
    const pli_symbol *from = &of->symbols[symbol];
    bool is_price = pli_name_is(name, "index") || pli_name_is(name, "mark") ||
                    pli_name_is(name, "collateral_price");
    if (!is_price) {
        return unknown;
    }
    bool has_any = from->seen_e8 != INT64_MIN;
    if (pli_name_is(suffix, ".min")) {
        return has_any ? price(from->low_e8) : pli_metric_number(PLI_METRIC_HIGH);
    }
    if (pli_name_is(suffix, ".max")) {
        return has_any ? price(from->high_e8) : pli_metric_number(PLI_METRIC_LOW);
    }
    return unknown;
}

static pli_metric
with_argument(const pli_rehearsal *of, const char *name, const char *argument, const char *suffix) {
    uint32_t account = pli_account_named(of, argument);
    uint32_t symbol = pli_symbol_named(of, argument);
    uint32_t instrument = pli_instrument_named(of, argument);
    uint32_t asset = pli_asset_named(of, argument);
    if (pli_name_is(name, "price_status") && symbol != PLM_NONE) {
        return state_at(of, symbol, suffix);
    }
    if (pli_name_is(name, "rejected") && kind_named(argument) != PLI_INCIDENT_NONE) {
        return pli_metric_flag(of->is_rejected[kind_named(argument)]);
    }
    if (pli_name_is(name, "param_rejected")) {
        return param_rejected(of, argument);
    }
    if (pli_name_is(name, "group_profit")) {
        return group_gain(of, argument);
    }
    if (pli_name_is(name, "late_order_executed")) {
        return pli_metric_flag(of->late_orders > 0 && of->late_order != NULL &&
                               pli_name_is(of->late_order, argument));
    }
    if (pli_name_is(name, "option_intrinsic") && instrument != PLM_NONE) {
        return of->listed[instrument].settled_e8 == INT64_MIN
                   ? unknown
                   : price(of->listed[instrument].settled_e8);
    }
    if (pli_name_is(name, "bad_debt_qty") && asset != PLM_NONE) {
        return pli_metric_number(deficit_units(of, asset));
    }
    if (pli_name_is(name, "insurance") && asset != PLM_NONE) {
        return pli_metric_number(pli_metric_insurance(of, asset));
    }
    if (pli_name_is(name, "sum")) {
        bool is_unpaid = pli_name_is(argument, "socialised_haircuts") ||
                         pli_name_is(argument, "winner_haircut") ||
                         pli_name_is(argument, "haircuts");
        if (pli_name_is(argument, "mutual_shares")) {
            return pli_metric_number(pli_metric_mutual_shares(of));
        }
        return is_unpaid
                   ? pli_metric_number(unpaid(of) + of->cut_e18 + of->haircut_micros * MICROS_E18)
                   : unknown;
    }
    pli_metric value =
        account != PLM_NONE ? of_account(of, name, account) : of_accounts(of, name, argument);
    if (symbol == PLM_NONE && instrument != PLM_NONE && pli_name_is(name, "mark")) {
        symbol = of->listed[instrument].symbol;
    }
    return !value.is_known && symbol != PLM_NONE ? of_symbol(of, name, symbol, suffix) : value;
}

// --- Metrics of the whole --------------------------------------------------------------------------------------------

static pli_metric
liquidated_count(const pli_rehearsal *of) {
    int64_t found = 0;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        found += is_lost(of, i) ? 1 : 0;
    }
    return count(found);
}

static pli_metric
rejected_params(const pli_rehearsal *of) {
    int64_t found = 0;
    for (uint32_t i = 0; i < of->param_count; i += 1) {
        found += of->params[i].is_rejected ? 1 : 0;
    }
    return count(found);
}

static pli_metric
bystanders(const pli_rehearsal *of) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        const pli_incident_account *account = &of->incident->accounts[i];
        sum += account->position_count == 0 ? of->actors[i].asked_in_vain : 0;
    }
    return pli_metric_micros(sum);
}

static pli_metric
unpriced_assets(const pli_rehearsal *of) {
    int64_t found = 0;
    for (uint32_t i = 0; i < of->symbol_count; i += 1) {
        bool is_valid = pli_rehearsal_price_state(of, i) == PLM_PRICE_STATE_VALID;
        found += of->symbols[i].is_asset && !is_valid ? 1 : 0;
    }
    return count(found);
}

static pli_i128
residue(const pli_rehearsal *of) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->asset_count; i += 1) {
        plm_asset_totals totals;
        sum += plm_core_asset(of->core, i, &totals) == PLM_OK
                   ? atoms_e18(of, i, pli_i128_from_wide(totals.residue))
                   : 0;
    }
    return sum;
}

// What a fund would have had to pay for what accounts owe beyond all they have.
static pli_i128
borne_by(const pli_rehearsal *of, const char *fund) {
    pli_i128 owed = pli_metric_deficit(of, false) * MICROS_E18, junior = fund_of(of, "ccp_junior");
    pli_i128 by_junior = owed < junior ? owed : junior;
    return pli_name_is(fund, "ccp_junior") ? by_junior : owed - by_junior;
}

pli_i128
pli_metric_mutual_used(const pli_rehearsal *of) {
    return borne_by(of, "mutual");
}

// What bankrupt accounts lacked when winners were asked, less what the fund has paid.
static pli_i128
beyond_funds(const pli_rehearsal *of) {
    pli_i128 left = of->bankrupt_micros - of->deficit_covered;
    return of->has_books || left <= 0 ? 0 : left * MICROS_E18;
}

static pli_metric
of_money(const pli_rehearsal *of, const char *name) {
    if (pli_name_is(name, "bad_debt_total") || pli_name_is(name, "lenders_loss")) {
        return pli_metric_micros(pli_metric_deficit(of, false));
    }
    if (pli_name_is(name, "bad_debt_total_at_truth")) {
        return pli_metric_micros(pli_metric_deficit(of, true));
    }
    if (pli_name_is(name, "insurance_drawdown")) {
        return pli_metric_number(of->insurance_start -
                                 pli_metric_insurance(of, pli_metric_insured(of)));
    }
    if (pli_name_is(name, "insurance_balance") || pli_name_is(name, "insurance")) {
        return pli_metric_number(pli_metric_insurance(of, pli_metric_insured(of)));
    }
    if (pli_name_is(name, "deficit_after_insurance")) {
        return pli_metric_number(recorded_debt(of) + of->written_off_e18 + beyond_funds(of));
    }
    if (pli_name_is(name, "socialised_loss")) {
        return pli_metric_number(unpaid(of) + of->cut_e18);
    }
    if (pli_name_is(name, "ccp_junior_used")) {
        return pli_metric_number(borne_by(of, "ccp_junior"));
    }
    if (pli_name_is(name, "mutual_used")) {
        return pli_metric_number(borne_by(of, "mutual"));
    }
    if (pli_name_is(name, "bystander_shortfall")) {
        return bystanders(of);
    }
    if (pli_name_is(name, "rounding_residue_total")) {
        return pli_metric_number(residue(of) + of->residue_e18);
    }
    if (pli_name_is(name, "insurance_credit_from_residue")) {
        return pli_metric_number(of->credited_e18);
    }
    if (pli_name_is(name, "haircut_rate_spread")) {
        return haircut_spread(of);
    }
    return unknown;
}

static pli_metric
of_counts(const pli_rehearsal *of, const char *name) {
    if (pli_name_is(name, "lots_settled_below_reserve")) {
        return count(0); // BID refuses what is below the reserve
    }
    if (pli_name_is(name, "all_lots_resolved_by_t_ms")) {
        return pli_rehearsal_is_settled(of) ? count(of->last_forced_ms)
                                            : pli_metric_number(PLI_METRIC_HIGH);
    }
    if (pli_name_is(name, "accounts_liquidated")) {
        return liquidated_count(of);
    }
    if (pli_name_is(name, "params_rejected")) {
        return rejected_params(of);
    }
    if (pli_name_is(name, "orders_accepted")) {
        return count((int64_t)of->accepted_counts[PLI_INCIDENT_ORDER_BURST] +
                     of->accepted_counts[PLI_INCIDENT_ORDER_SUBMIT]);
    }
    if (pli_name_is(name, "liquidation_worsened_health_count")) {
        return count(of->worsened_count);
    }
    if (pli_name_is(name, "liquidations_triggered_by_own_print")) {
        return count(of->print_fills);
    }
    if (pli_name_is(name, "decode_errors")) {
        return count(of->decode_errors);
    }
    if (pli_name_is(name, "unpriceable_assets_after_activation")) {
        return unpriced_assets(of);
    }
    if (pli_name_is(name, "negative_balance_accounts_without_recorded_debt")) {
        return unrecorded_debts(of);
    }
    if (pli_name_is(name, "conservation_error")) {
        return count(of->broken != NULL ? 1 : 0);
    }
    if (pli_name_is(name, "history_rewritten")) {
        return pli_metric_flag(of->is_rewritten || plm_core_sequence(of->core) != of->applied);
    }
    if (pli_name_is(name, "state_digest_equal")) {
        return of->has_restarted ? pli_metric_flag(of->is_digest_equal) : unknown;
    }
    if (pli_name_is(name, "no_nan_or_inf")) {
        return pli_metric_flag(of->broken == NULL);
    }
    return unknown;
}

static pli_metric
of_fills(const pli_rehearsal *of, const char *name, const char *suffix) {
    bool has_any = of->fill_count > 0;
    bool is_least = pli_name_is(suffix, ".min") || pli_name_is(name, "min_fill_over_oracle");
    if (pli_name_is(name, "liq_fill_vs_index") || pli_name_is(name, "min_fill_over_oracle")) {
        pli_i128 seen = is_least ? of->fill_ratio_low_e18 : of->fill_ratio_high_e18;
        return pli_metric_number(has_any ? seen : is_least ? PLI_METRIC_HIGH : PLI_METRIC_LOW);
    }
    if (pli_name_is(name, "liq_fill_discount_vs_index")) {
        return pli_metric_number(has_any ? of->discount_high_e18 : PLI_METRIC_LOW);
    }
    if (pli_name_is(name, "worst_liq_price")) {
        return has_any ? price(of->worst_fill_e8) : pli_metric_number(PLI_METRIC_HIGH);
    }
    if (pli_name_is(name, "worst_liq_price_vs_index")) {
        return pli_metric_number(has_any ? PLI_E18 - of->discount_high_e18 : PLI_METRIC_HIGH);
    }
    if (pli_name_is(name, "oi_usd")) {
        return pli_metric_micros(of->open_interest_high);
    }
    return of->symbol_count > 0 ? of_symbol(of, name, 0, suffix) : unknown;
}

// name, name.min, name(argument), name(argument).min, name(argument)@time
pli_metric
pli_metric_evaluate(const pli_rehearsal *of, const char *metric, size_t size) {
    char name[64], argument[64], suffix[32];
    pli_text to = pli_text_init(name, sizeof name);
    size_t i = 0;
    for (; i < size && metric[i] != '(' && metric[i] != '.' && metric[i] != '@'; i += 1) {
        pli_text_append_char(&to, metric[i]);
    }
    to = pli_text_init(argument, sizeof argument);
    bool has_argument = i < size && metric[i] == '(';
    for (i += has_argument ? 1 : 0; has_argument && i < size && metric[i] != ')'; i += 1) {
        pli_text_append_char(&to, metric[i]);
    }
    to = pli_text_init(suffix, sizeof suffix);
    for (i += has_argument ? 1 : 0; i < size; i += 1) {
        pli_text_append_char(&to, metric[i]);
    }
    if (has_argument && !pli_name_is(name, "state_digest_equal")) {
        return with_argument(of, name, argument, suffix);
    }
    pli_metric value = of_money(of, name);
    value = value.is_known ? value : pli_metric_measured(of, name, suffix);
    value = value.is_known ? value : of_counts(of, name);
    value = value.is_known ? value : pli_metric_resort(of, name, suffix);
    return value.is_known ? value : of_fills(of, name, suffix);
}
