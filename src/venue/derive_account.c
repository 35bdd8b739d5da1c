/* derive_account.c: our portfolio as an account of Derive, and its net margin as our requirement.   SPDX-License-Identifier: Apache-2.0 */
#include "venue/derive_account.h"

#include "base/checked.h"
#include "base/sort.h"
#include "base/text.h"
#include "num/rounding.h"
#include "price/mark.h"

/* Settlement averages over the last half hour. */
#define AVERAGE_SECONDS 1800.0

static plm_status
unsupported(plm_fault *fault, const char *what, uint32_t index, const char *rest) {
    return pli_fault_set_index(fault, PLM_MODEL_UNSUPPORTED, what, index, rest);
}

static void
take_account(pli_arena *arena, const plm_limits *limits, pli_derive_account *account) {
    uint32_t positions = limits->position_count;
    uint32_t balances = limits->balance_count;
    account->holdings = PLI_ARENA_TAKE(arena, positions + balances, pli_derive_holding);
    account->expiries = PLI_ARENA_TAKE(arena, positions, pli_derive_expiry);
    account->options = PLI_ARENA_TAKE(arena, positions, pli_derive_option);
    account->option_positions = PLI_ARENA_TAKE(arena, positions, uint32_t);
    account->collaterals = PLI_ARENA_TAKE(arena, balances, uint32_t);
    account->option_parts = PLI_ARENA_TAKE(arena, positions, double);
    account->naked_parts = PLI_ARENA_TAKE(arena, positions, double);
    account->position_parts = PLI_ARENA_TAKE(arena, positions, double);
    account->balance_parts = PLI_ARENA_TAKE(arena, balances, double);
}

double
pli_derive_spot(const pli_view *view, uint32_t underlying_index, int64_t *confidence_e18) {
    *confidence_e18 = PLI_DERIVE_ONE_E18;
    if (underlying_index == PLM_NONE) {
        return 1.0;
    }
    const plm_price_record *price = &view->market->underlyings[underlying_index].price;
    int64_t unit = view->listing->underlyings[underlying_index].price_unit;
    int64_t sure = price->price_e8 - price->confidence_e8;
    *confidence_e18 =
        sure <= 0 ? 0 : (int64_t)((pli_i128)sure * PLI_DERIVE_ONE_E18 / price->price_e8);
    return pli_double_from_i64(price->price_e8) / 1e8 / pli_double_from_i64(unit);
}

/* Units of the underlying in one quoted price. */
static double
unit_of(const pli_view *view, const plm_instrument *instrument) {
    return pli_double_from_i64(view->listing->underlyings[instrument->underlying_index].price_unit);
}

static plm_status
check_line(const pli_derive_account *account, const pli_line *line, plm_fault *fault) {
    const plm_listing *listing = account->view.listing;
    uint32_t index = line->instrument_index;
    const plm_instrument *instrument = &listing->instruments[index];
    if (instrument->kind != PLM_KIND_PERPETUAL && instrument->kind != PLM_KIND_OPTION) {
        return unsupported(fault, "instrument", index,
                           " is neither a perpetual nor an option: this model has no such thing");
    }
    if (instrument->settlement != PLM_SETTLEMENT_LINEAR ||
        instrument->settlement_asset_index != account->cash_asset_index) {
        return unsupported(fault, "instrument", index,
                           " does not settle linearly in the account's one cash asset");
    }
    if (instrument->kind == PLM_KIND_OPTION && instrument->premium != PLM_PREMIUM_PAID) {
        return unsupported(fault, "instrument", index,
                           " is an option with a premium that was not paid");
    }
    if (listing->underlyings[instrument->underlying_index].domain != PLM_PRICE_DOMAIN_POSITIVE) {
        return unsupported(fault, "instrument", index, " may have prices that are not above zero");
    }
    return PLM_OK;
}

static plm_status
add_perpetual(const pli_view *view, const pli_line *line, pli_derive_holding *holding,
              plm_fault *fault) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    if (holding->perpetual_position_index != PLM_NONE) {
        return unsupported(fault, "instrument", line->instrument_index,
                           " is a second perpetual on its underlying");
    }
    pli_i128 value = 0;
    if (!pli_mul_i128(line->lots, line->mark_e8, &value) ||
        !pli_sub_i128(value, line->cost, &value)) {
        return pli_fault_set(fault, PLM_OVERFLOW, "a profit leaves 128 bits", NULL, NULL);
    }
    double lot = pli_double_from_i64(instrument->lot_e8) / 1e8;
    double unit = unit_of(view, instrument);
    holding->perpetual_position_index = line->position_index;
    holding->perpetual_amount = pli_double_from_i64(line->lots) * lot;
    holding->perpetual_price = pli_double_from_i64(line->mark_e8) / 1e8 / unit;
    holding->perpetual_value += (double)value / 1e8 * lot / unit;
    return PLM_OK;
}

static plm_status
add_option(pli_derive_account *account, const pli_line *line, double rate,
           pli_derive_holding *holding, plm_fault *fault) {
    const pli_view *view = &account->view;
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    double unit = unit_of(view, instrument);
    double lot = pli_double_from_i64(instrument->lot_e8) / 1e8;
    plm_option_terms terms = {.forward = 0.0};
    plm_status status = pli_option_terms_from_market(view->listing, view->market,
                                                     line->instrument_index, &terms, fault);
    if (status != PLM_OK) {
        return status;
    }
    double seconds = pli_double_from_i64(instrument->expiry_ns - view->market->time.ns) / 1e9;
    pli_derive_expiry *last =
        holding->expiry_count == 0 ? NULL : &holding->expiries[holding->expiry_count - 1];
    if (last == NULL || last->seconds != seconds) {
        last = &account->expiries[account->expiry_count];
        double forward = terms.forward / unit;
        double moving = seconds < AVERAGE_SECONDS ? seconds / AVERAGE_SECONDS : 1.0;
        *last = (pli_derive_expiry){.seconds = seconds,
                                    .forward_variable = forward * moving,
                                    .forward_fixed = forward * (1.0 - moving),
                                    .rate = rate,
                                    .confidence_e18 = PLI_DERIVE_ONE_E18,
                                    .options = &account->options[account->option_count]};
        account->expiry_count += 1;
        holding->expiry_count += 1;
    }
    account->options[account->option_count] =
        (pli_derive_option){.strike = terms.strike / unit,
                            .amount = pli_double_from_i64(line->lots) * lot,
                            .volatility = terms.volatility,
                            .right = instrument->right};
    account->option_positions[account->option_count] = line->position_index;
    account->option_count += 1;
    last->option_count += 1;
    return PLM_OK;
}

static pli_derive_holding *
open_holding(pli_derive_account *account, uint32_t underlying_index) {
    pli_derive_holding *holding = &account->holdings[account->holding_count];
    *holding = (pli_derive_holding){.underlying_index = underlying_index,
                                    .perpetual_position_index = PLM_NONE,
                                    .expiries = &account->expiries[account->expiry_count]};
    holding->spot = pli_derive_spot(&account->view, underlying_index, &holding->confidence_e18);
    account->holding_count += 1;
    return holding;
}

static plm_status
add_lines(pli_derive_account *account, double rate, plm_fault *fault) {
    const pli_view *view = &account->view;
    pli_derive_holding *holding = NULL;
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        const pli_line *line = &view->lines[i];
        plm_status status = check_line(account, line, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (holding == NULL || holding->underlying_index != line->underlying_index) {
            holding = open_holding(account, line->underlying_index);
        }
        bool is_option = view->listing->instruments[line->instrument_index].kind == PLM_KIND_OPTION;
        status = is_option ? add_option(account, line, rate, holding, fault)
                           : add_perpetual(view, line, holding, fault);
        if (status != PLM_OK) {
            return status;
        }
        holding->perpetual_value += pli_double_from_i64(line->accrued_micros) / 1e6;
    }
    return PLM_OK;
}

double
pli_derive_balance_amount(const pli_derive_account *account, uint32_t balance_index) {
    const pli_view *view = &account->view;
    const plm_balance *balance = &view->portfolio.balances[balance_index];
    const plm_asset *asset = &view->listing->assets[balance->asset_index];
    double amount = (double)pli_i128_from_wide(balance->atoms);
    for (uint32_t i = 0; i < asset->decimals; i += 1) {
        amount /= 10.0;
    }
    return amount;
}

static bool
asset_comes_before(const void *context, uint32_t left, uint32_t right) {
    const plm_balance *balances = context;
    return balances[left].asset_index < balances[right].asset_index;
}

static plm_status
add_balances(pli_derive_account *account, plm_fault *fault) {
    const plm_portfolio *portfolio = &account->view.portfolio;
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        const plm_balance *balance = &portfolio->balances[i];
        pli_i128 atoms = pli_i128_from_wide(balance->atoms);
        if (balance->asset_index == account->cash_asset_index) {
            account->cash = pli_derive_balance_amount(account, i);
        } else if (atoms < 0) {
            return unsupported(fault, "asset", balance->asset_index,
                               " is owed: only cash can be borrowed");
        } else if (atoms > 0) {
            account->collaterals[account->collateral_count] = i;
            account->collateral_count += 1;
        }
    }
    pli_sort_u32_by(account->collaterals, account->collateral_count, asset_comes_before,
                    portfolio->balances);
    return PLM_OK;
}

/* The asset that the first instrument settles in, else the valuation currency. */
static uint32_t
cash_asset(const pli_view *view) {
    if (view->line_count > 0) {
        return view->listing->instruments[view->lines[0].instrument_index].settlement_asset_index;
    }
    uint32_t index = 0;
    while (index + 1 < view->listing->asset_count &&
           view->listing->assets[index].underlying_index != PLM_NONE) {
        index += 1;
    }
    return index;
}

static plm_status
make_account(const plm_margin_input *input, double rate, pli_arena *arena,
             pli_derive_account *account, plm_fault *fault) {
    plm_limits limits = pli_view_limits(input);
    *account = (pli_derive_account){.stable = 1.0};
    plm_status status = pli_view_make(input, &limits, arena, &account->view, fault);
    if (status != PLM_OK) {
        return status;
    }
    take_account(arena, &limits, account);
    status = pli_view_room(arena, fault);
    if (status != PLM_OK) {
        return status;
    }
    const pli_view *view = &account->view;
    if (view->order_count > 0) {
        return unsupported(fault, "order", view->orders[0].order_index,
                           " is open: the venue's formula is of positions alone");
    }
    account->cash_asset_index = cash_asset(view);
    uint32_t peg = view->listing->assets[account->cash_asset_index].underlying_index;
    if (peg != PLM_NONE && view->market->underlyings[peg].price.state != PLM_PRICE_STATE_VALID) {
        return pli_fault_set_index(fault, PLM_PRICE_MISSING, "underlying", peg,
                                   ": its price is not VALID");
    }
    int64_t confidence = 0;
    account->stable = pli_derive_spot(view, peg, &confidence);
    for (uint32_t i = 0; i < limits.position_count; i += 1) {
        account->position_parts[i] = 0.0;
    }
    for (uint32_t i = 0; i < limits.balance_count; i += 1) {
        account->balance_parts[i] = 0.0;
    }
    status = add_lines(account, rate, fault);
    return status == PLM_OK ? add_balances(account, fault) : status;
}

static plm_status
check_single(const pli_derive_account *account, plm_fault *fault) {
    return account->holding_count <= 1
               ? PLM_OK
               : pli_fault_set_index(fault, PLM_MODEL_UNSUPPORTED, "underlying",
                                     account->holdings[1].underlying_index,
                                     ": an account of this model holds one underlying");
}

static plm_status
count_base(pli_derive_account *account, plm_fault *fault) {
    const pli_view *view = &account->view;
    for (uint32_t i = 0; i < account->collateral_count; i += 1) {
        uint32_t asset = view->portfolio.balances[account->collaterals[i]].asset_index;
        uint32_t underlying = view->listing->assets[asset].underlying_index;
        if (underlying == PLM_NONE) {
            return unsupported(fault, "asset", asset, " is neither cash nor an underlying");
        }
        uint32_t j = 0;
        while (j < account->holding_count && account->holdings[j].underlying_index != underlying) {
            j += 1;
        }
        pli_derive_holding *holding =
            j < account->holding_count ? &account->holdings[j] : open_holding(account, underlying);
        holding->base_amount += pli_derive_balance_amount(account, account->collaterals[i]);
    }
    return PLM_OK;
}

pli_arena
pli_derive_account_sizing(const plm_limits *limits) {
    pli_derive_account sized;
    pli_arena arena = pli_arena_init_sizing();
    pli_view_size(&arena, limits);
    take_account(&arena, limits, &sized);
    return arena;
}

plm_status
pli_derive_account_open(const plm_margin_input *input, const pli_derive_head *head,
                        pli_arena *arena, pli_derive_account *account, plm_fault *fault) {
    plm_status status = make_account(input, head->rate, arena, account, fault);
    if (status == PLM_OK && head->has_base) {
        status = count_base(account, fault);
    }
    return status == PLM_OK && head->is_single ? check_single(account, fault) : status;
}

static plm_health
health_of(const plm_requirement *requirement) {
    if (requirement->equity_maintenance_micros < requirement->maintenance_micros) {
        return PLM_HEALTH_LIQUIDATABLE;
    }
    return requirement->equity_initial_micros < requirement->initial_micros ? PLM_HEALTH_RESTRICTED
                                                                            : PLM_HEALTH_HEALTHY;
}

static plm_status
make_requirement(const pli_derive_account *account, const pli_derive_outcome *outcome,
                 plm_requirement *requirement, plm_fault *fault) {
    double scale = account->stable * 1e6;
    int64_t equity = 0;
    int64_t maintenance = 0;
    int64_t initial = 0;
    plm_status status = pli_i64_from_double_floor(outcome->value * scale, &equity);
    if (status == PLM_OK) {
        status = pli_i64_from_double_floor(outcome->maintenance * scale, &maintenance);
    }
    if (status == PLM_OK) {
        status = pli_i64_from_double_floor(outcome->initial * scale, &initial);
    }
    // maintenance >= initial holds exactly; the last bits of a double must not break it.
    initial = initial < maintenance ? initial : maintenance;
    equity = equity > maintenance ? equity : maintenance;
    plm_requirement result = {.equity_initial_micros = equity, .equity_maintenance_micros = equity};
    if (status == PLM_OK && (!pli_sub_i64(equity, initial, &result.initial_micros) ||
                             !pli_sub_i64(equity, maintenance, &result.maintenance_micros))) {
        status = PLM_OVERFLOW;
    }
    if (status != PLM_OK) {
        return pli_fault_set(fault, status, "the net margin leaves 64-bit micros", NULL, NULL);
    }
    result.call_micros = result.maintenance_micros; // the venue has no call before liquidation
    result.health = health_of(&result);
    *requirement = result;
    return PLM_OK;
}

/* What is left of the core after rounding every part, and which part takes it. */
typedef struct leftover {
    int64_t micros;
    double largest;
    uint32_t index; /* positions first, then balances */
} leftover;

static plm_status
take_part(double part, double scale, uint32_t index, leftover *rest) {
    int64_t micros = 0;
    plm_status status = pli_i64_from_double_half_even(part * scale, &micros);
    double size = part < 0.0 ? -part : part;
    if (status == PLM_OK && !pli_sub_i64(rest->micros, micros, &rest->micros)) {
        status = PLM_OVERFLOW;
    }
    if (size > rest->largest) {
        rest->largest = size;
        rest->index = index;
    }
    return status;
}

static void
write_part(double part, double scale, int64_t add, int64_t *out) {
    int64_t micros = 0;
    if (pli_i64_from_double_half_even(part * scale, &micros) == PLM_OK) {
        *out = micros + add;
    }
}

static plm_status
write_contributions(const pli_derive_account *account, plm_reason_part *part) {
    uint32_t positions = account->view.portfolio.position_count;
    uint32_t balances = account->view.portfolio.balance_count;
    double scale = account->stable * 1e6;
    leftover rest = {.micros = part->core_micros, .largest = -1.0};
    plm_status status = PLM_OK;
    for (uint32_t i = 0; status == PLM_OK && i < positions; i += 1) {
        status = take_part(account->position_parts[i], scale, i, &rest);
    }
    for (uint32_t i = 0; status == PLM_OK && i < balances; i += 1) {
        status = take_part(account->balance_parts[i], scale, positions + i, &rest);
    }
    for (uint32_t i = 0; status == PLM_OK && part->position_micros != NULL && i < positions;
         i += 1) {
        write_part(account->position_parts[i], scale, i == rest.index ? rest.micros : 0,
                   &part->position_micros[i]);
    }
    for (uint32_t i = 0; status == PLM_OK && part->balance_micros != NULL && i < balances; i += 1) {
        write_part(account->balance_parts[i], scale, positions + i == rest.index ? rest.micros : 0,
                   &part->balance_micros[i]);
    }
    return status;
}

static plm_status
make_part(const pli_derive_account *account, const pli_derive_outcome *outcome,
          int64_t requirement_micros, bool is_initial, plm_reason_part *part) {
    plm_reason_part made = {.branch = requirement_micros == 0 ? PLM_BRANCH_NONE : PLM_BRANCH_VENUE,
                            .underlying_index = PLM_NONE,
                            .scenario_index = outcome->worst_index,
                            .position_micros = part->position_micros,
                            .order_micros = part->order_micros,
                            .balance_micros = part->balance_micros};
    double scale = account->stable * 1e6;
    int64_t oracle = 0;
    plm_status status =
        pli_i64_from_double_ceil(is_initial ? outcome->oracle * scale : 0.0, &oracle);
    if (status == PLM_OK) {
        status = pli_i64_from_double_ceil(outcome->worst * scale, &made.grid_micros);
    }
    oracle = oracle < requirement_micros ? oracle : requirement_micros;
    made.grid_sum_micros = made.grid_micros;
    made.charges_micros[PLM_CHARGE_ORACLE] = oracle;
    made.core_micros = requirement_micros - oracle;
    *part = made;
    return status == PLM_OK ? write_contributions(account, part) : status;
}

static plm_status
make_lines(const pli_derive_account *account, const pli_derive_outcome *outcome,
           const plm_requirement *requirement, plm_reason *reason) {
    double scale = account->stable * 1e6;
    double debt = account->cash < 0.0 ? -account->cash : 0.0;
    plm_status status =
        pli_i64_from_double_floor(outcome->option_value * scale, &reason->option_value_micros);
    if (status == PLM_OK) {
        status = pli_i64_from_double_floor(outcome->unrealised * scale, &reason->unrealised_micros);
    }
    if (status == PLM_OK) {
        status = pli_i64_from_double_ceil(debt * scale, &reason->liabilities_micros);
    }
    reason->evaluated = account->view.portfolio;
    reason->slow_price_micros = 0;
    reason->collateral_micros = requirement->equity_maintenance_micros -
                                reason->option_value_micros - reason->unrealised_micros +
                                reason->liabilities_micros;
    return status;
}

/* The certificate that goes with a requirement. */
static plm_status
explain(const pli_derive_account *account, const pli_derive_outcome *outcome,
        pli_derive_attribution attribution, const plm_requirement *requirement,
        plm_reason *reason) {
    attribution.run(attribution.evaluation, false);
    plm_status status =
        make_part(account, outcome, requirement->maintenance_micros, false, &reason->maintenance);
    if (status == PLM_OK) {
        attribution.run(attribution.evaluation, true);
        status = make_part(account, outcome, requirement->initial_micros, true, &reason->initial);
    }
    return status == PLM_OK ? make_lines(account, outcome, requirement, reason) : status;
}

plm_status
pli_derive_conclude(const pli_derive_account *account, const pli_derive_outcome *outcome,
                    pli_derive_attribution attribution, plm_requirement *requirement,
                    plm_reason *reason, plm_fault *fault) {
    plm_requirement made = {.initial_micros = 0};
    plm_status status = make_requirement(account, outcome, &made, fault);
    if (status == PLM_OK && reason != NULL) {
        status = explain(account, outcome, attribution, &made, reason);
    }
    if (status == PLM_OK) {
        *requirement = made;
    }
    return status;
}
