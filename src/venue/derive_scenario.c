/* derive_scenario.c: options of one expiry under the scenarios of Derive's portfolio margin.   SPDX-License-Identifier: Apache-2.0 */
#include "venue/derive_scenario.h"

#include <stdbool.h>

#include "base/libc.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "price/black76.h"

#define MONTH_SECONDS (30.0 * PLI_DERIVE_DAY_SECONDS)

static double
lesser(double a, double b) {
    return a < b ? a : b;
}

static double
greater(double a, double b) {
    return a > b ? a : b;
}

double
pli_derive_option_price(const pli_derive_option *option, double forward, double volatility,
                        double years) {
    bool has_time = years > 0.0 && volatility > 0.0;
    if (!has_time || !(forward > 0.0) || !(option->strike > 0.0)) {
        double gain =
            option->right == PLM_RIGHT_CALL ? forward - option->strike : option->strike - forward;
        return greater(gain, 0.0);
    }
    double total = lesser(volatility * sqrt(years), PLI_DERIVE_TOTAL_VOLATILITY_MAX);
    plm_option_fixed unit = {option->strike, 1.0, option->right};
    return pli_black76_undiscounted(&unit, forward, total);
}

void
pli_derive_volatility_factors(const pli_derive_volatility *range, double seconds, double *up,
                              double *down) {
    // Which power applies follows the true time; only the base of the power is floored.
    double power = seconds <= MONTH_SECONDS ? range->short_power : range->long_power;
    double multiple = pli_pow(MONTH_SECONDS / greater(seconds, range->floor_seconds), power);
    *up = 1.0 + range->up * multiple;
    *down = greater(1.0 - range->down * multiple, 0.0);
}

/* Sum of amounts, and of shorts, on the strike of option `first`; false where an earlier option has that strike. */
static bool
sum_strike(const pli_derive_expiry *expiry, uint32_t first, double *net, double *shorts) {
    double strike = expiry->options[first].strike;
    for (uint32_t i = 0; i < first; i += 1) {
        if (expiry->options[i].strike == strike) {
            return false;
        }
    }
    *net = 0.0;
    *shorts = 0.0;
    for (uint32_t i = first; i < expiry->option_count; i += 1) {
        if (expiry->options[i].strike == strike) {
            *net += expiry->options[i].amount;
            *shorts -= lesser(expiry->options[i].amount, 0.0);
        }
    }
    return true;
}

double
pli_derive_naked(const pli_derive_expiry *expiry, double *parts) {
    double naked = 0.0;
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        double net = 0.0;
        double shorts = 0.0;
        if (!sum_strike(expiry, i, &net, &shorts)) {
            continue;
        }
        double uncovered = greater(-net, 0.0);
        naked += uncovered;
        for (uint32_t j = i; parts != NULL && j < expiry->option_count; j += 1) {
            const pli_derive_option *option = &expiry->options[j];
            if (option->strike == expiry->options[i].strike) {
                double share = uncovered > 0.0 ? -lesser(option->amount, 0.0) / shorts : 0.0;
                parts[j] = uncovered * share;
            }
        }
    }
    return naked;
}

/* Volatility of an option under a skew shock; k from the forward as it is. */
static double
skewed(const pli_derive_terms *terms, const pli_derive_option *option, double forward,
       bool is_absolute) {
    const pli_derive_skew *skew = terms->skew;
    if (!(forward > 0.0) || !(option->strike > 0.0)) {
        return option->volatility;
    }
    double root = sqrt(terms->years);
    double cap = is_absolute ? skew->absolute_base * root + skew->absolute_cap
                             : skew->linear_base * root + skew->linear_cap;
    double width =
        root * skew->width_scale * (skew->volatility_static + root * skew->volatility_scale);
    double k = pli_log(option->strike / forward);
    k = is_absolute ? fabs(k) : k;
    double tilt = k * cap / greater(skew->k_star_minimum, width);
    tilt = k >= 0.0 ? lesser(cap, tilt) : greater(-cap, tilt);
    return option->volatility * greater(1.0 + tilt, 0.0);
}

static bool
is_skew(pli_derive_shock shock) {
    return shock == PLI_DERIVE_SHOCK_LINEAR || shock == PLI_DERIVE_SHOCK_ABSOLUTE;
}

static double
shocked(const pli_derive_terms *terms, const pli_derive_option *option, double forward,
        pli_derive_shock shock) {
    switch (shock) {
    case PLI_DERIVE_SHOCK_UP:
        return greater(option->volatility * terms->up, terms->up_minimum);
    case PLI_DERIVE_SHOCK_DOWN:
        return option->volatility * terms->down;
    case PLI_DERIVE_SHOCK_LINEAR:
        return skewed(terms, option, forward, false);
    case PLI_DERIVE_SHOCK_ABSOLUTE:
        return skewed(terms, option, forward, true);
    case PLI_DERIVE_SHOCK_NONE:
        break;
    }
    return option->volatility;
}

double
pli_derive_value(const pli_derive_terms *terms, double spot, pli_derive_shock shock,
                 double *parts) {
    const pli_derive_expiry *expiry = terms->expiry;
    double moved = is_skew(shock) ? 1.0 : spot;
    double forward = expiry->forward_variable * moved + expiry->forward_fixed;
    double sum = 0.0;
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        const pli_derive_option *option = &expiry->options[i];
        double volatility = shocked(terms, option, forward, shock);
        double value = option->amount *
                       pli_derive_option_price(option, forward, volatility, terms->years) *
                       terms->discount;
        sum += value;
        if (parts != NULL) {
            parts[i] = value;
        }
    }
    return sum;
}

/* The mark of one option, as it stands in terms->value. */
static double
mark_of(const pli_derive_terms *terms, uint32_t index) {
    const pli_derive_expiry *expiry = terms->expiry;
    const pli_derive_option *option = &expiry->options[index];
    double forward = expiry->forward_variable + expiry->forward_fixed;
    return option->amount *
           pli_derive_option_price(option, forward, option->volatility, terms->years) *
           terms->discount;
}

double
pli_derive_pnl(const pli_derive_terms *terms, const pli_derive_scenario *scenario, double *parts) {
    double value = pli_derive_value(terms, scenario->spot, scenario->shock, parts);
    double scale = value >= 0.0 ? terms->long_scale : terms->short_scale;
    double pnl = (value * scale - terms->value) * scenario->dampening;
    double sign = is_skew(scenario->shock) && pnl > 0.0 ? -1.0 : 1.0;
    for (uint32_t i = 0; parts != NULL && i < terms->expiry->option_count; i += 1) {
        parts[i] = sign * (parts[i] * scale - mark_of(terms, i)) * scenario->dampening;
    }
    return sign * pnl;
}

double
pli_derive_basis(const pli_derive_terms *terms, double spot_up, double spot_down, double *parts) {
    double up = pli_derive_value(terms, spot_up, PLI_DERIVE_SHOCK_NONE, NULL) - terms->value;
    double down = pli_derive_value(terms, spot_down, PLI_DERIVE_SHOCK_NONE, NULL) - terms->value;
    double worst = lesser(up, down);
    double weight = worst < 0.0 ? terms->basis_weight : 0.0;
    if (parts != NULL) {
        (void)pli_derive_value(terms, up < down ? spot_up : spot_down, PLI_DERIVE_SHOCK_NONE,
                               parts);
        for (uint32_t i = 0; i < terms->expiry->option_count; i += 1) {
            parts[i] = (parts[i] - mark_of(terms, i)) * weight;
        }
    }
    return worst < 0.0 ? worst * weight : 0.0;
}

double
pli_derive_doubt(int64_t confidence_e18, int64_t threshold_e18) {
    return confidence_e18 < threshold_e18
               ? pli_double_from_i64(PLI_DERIVE_ONE_E18 - confidence_e18) / 1e18
               : 0.0;
}
