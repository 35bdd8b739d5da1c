/* implied.c: the volatility at which an option is worth a given price.                 SPDX-License-Identifier: Apache-2.0 */
/*
 * Black-76. The price is reduced to the option out of the money and divided by low = min(F, K),
 * leaving a share beta in (0, 1) and x = log(low / high) <= 0. With h = x / v, t = v / 2:
 *
 *   beta(v) = Phi(h + t) - exp(-x) Phi(h - t),   beta' = phi(h + t),   beta'' / beta' = (h^2 - t^2) / v
 *
 * beta is convex below its inflection v_c = sqrt(2 |x|), where h = -t, and concave above. Three
 * regimes, each solved where the objective is nearly a straight line in the variable:
 *
 *   low     beta < beta(v_c)   log beta         in v^-2   (log beta ~ -x^2 / 2 v^2)
 *   middle  beta < 1/2         beta             in v
 *   high    otherwise          log(1 - beta)    in v^2    (log(1 - beta) ~ -v^2 / 8)
 *
 * The steps are Halley's, kept inside a bracket that every evaluation narrows; a step that leaves
 * it is replaced by halving. Halley's error is the cube of the step before, so a step below
 * STEP_LAST is the last.
 *
 * beta itself would lose digits as the difference of two near numbers when v is small. With
 * Y(z) = Phi(z) / phi(z) it is phi(h + t) (Y(h + t) - Y(h - t)), and the difference is
 * 2 (t Y'(h) + t^3/6 Y'''(h) + ...), with Y' = 1 + z Y and Y^(n+1) = z Y^(n) + n Y^(n-1). Where that
 * recurrence loses digits (h far below 0) the volatility depends on beta only weakly, by 1/h^2.
 *
 * Bachelier. With a = |F - K| the share is g(h) = (phi(h) - h Phi(-h)) / h, h = a / s, and
 * g' = -phi / h^2; log g is solved in h^2 by the same steps.
 */
#include <stdbool.h>

#include "base/libc.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "plimsoll/price.h"
#include "price/black76.h"
#include "price/terms.h"

#define INV_SQRT_2PI 0x1.9884533d43651p-2
#define SQRT_2PI 0x1.40d931ff62706p+1
#define LOG_SQRT_2PI 0x1.d67f1c864beb5p-1
#define STEPS_MAX 100
#define STEP_LAST 1e-6
#define SERIES_T_MAX 0.25 // nine terms then leave out less than 1e-17 of the sum
#define SERIES_ORDER 17
#define SHARE_AT_ONE 0.0833 // beta / |x| at h = -1 for small x, and g(1): the guesses change here

/* An objective f at one point, zero where the answer is; bend is f'' / f'. */
typedef struct objective {
    double f;
    double slope;
    double bend;
} objective;

typedef struct bracket {
    double lower;
    double upper; /* 0 while there is none */
} bracket;

/* Black-76 reduced: find v with beta(v) = share. */
typedef struct reduced {
    double x;
    double share;
    double rest; /* 1 - share, from the price itself */
} reduced;

/* beta at one v: its value, 1 - beta without cancellation, and its first derivative. */
typedef struct beta {
    double value;
    double rest;
    double slope;
} beta;

// One Halley step for an objective that is nearly linear in v^power, power in {-2, 1, 2}.
static double
step(double v, objective o, int power) {
    double p = (double)power;
    double newton = -o.f * p / (v * o.slope);
    double bend = (v * o.bend - (p - 1.0)) / p;
    double damping = 1.0 + 0.5 * newton * bend;
    double change = newton / (damping > 0.2 ? damping : 0.2);
    double factor = 1.0 + change;
    if (!(factor > 0.0))
        return 0.0; // outside every bracket
    if (power == 1)
        return v * factor;
    return power == 2 ? v * sqrt(factor) : v / sqrt(factor);
}

// Where to go if a step left the bracket.
static double
halve(bracket b) {
    if (b.upper == 0.0)
        return 2.0 * b.lower;
    return b.lower > 0.0 ? sqrt(b.lower) * sqrt(b.upper) : 0.5 * b.upper;
}

static bool
is_inside(bracket b, double v) {
    return v > b.lower && (b.upper == 0.0 || v < b.upper); // false for NaN
}

// Y(h + t) - Y(h - t) for small t, h <= 0.
static double
series_difference(double h, double t) {
    double before = SQRT_2PI * pli_mills(-h);
    double now = 1.0 + h * before;
    double weight = t;
    double sum = 0.0;
    for (int n = 1; n <= SERIES_ORDER; n += 1) {
        if (n % 2 == 1)
            sum += weight * now;
        double after = h * now + (double)n * before;
        before = now;
        now = after;
        weight *= n % 2 == 1 ? 1.0 / (double)(n + 1) : t * t / (double)(n + 1);
    }
    return 2.0 * sum;
}

static beta
beta_at(double x, double v) {
    double h = x / v;
    double t = 0.5 * v;
    double d1 = h + t;
    double e = pli_exp(-0.5 * (d1 * d1));
    double slope = INV_SQRT_2PI * e;
    if (t < SERIES_T_MAX && -h * t < 1.0) {
        double value = slope * series_difference(h, t);
        return (beta){value, 1.0 - value, slope};
    }
    double tail1 = e * pli_mills(fabs(d1));
    double tail2 = e * pli_mills(t - h);
    if (d1 < 0.0)
        return (beta){tail1 - tail2, 1.0 - (tail1 - tail2), slope};
    return (beta){1.0 - tail1 - tail2, tail1 + tail2, slope};
}

static objective
low_objective(const reduced *r, double v) {
    beta b = beta_at(r->x, v);
    double slope = b.slope / b.value;
    double h = r->x / v;
    return (objective){pli_log(b.value / r->share), slope, h * (h / v) - 0.25 * v - slope};
}

static objective
middle_objective(const reduced *r, double v) {
    beta b = beta_at(r->x, v);
    double h = r->x / v;
    return (objective){b.value - r->share, b.slope, h * (h / v) - 0.25 * v};
}

static objective
high_objective(const reduced *r, double v) {
    beta b = beta_at(r->x, v);
    double slope = b.slope / b.rest;
    double h = r->x / v;
    return (objective){pli_log(r->rest / b.rest), slope, h * (h / v) - 0.25 * v + slope};
}

// log(share / g(h)) for the normal model; r->x is not used.
static objective
normal_objective(const reduced *r, double h) {
    double density = INV_SQRT_2PI * pli_exp(-0.5 * (h * h));
    double g = density * (1.0 - SQRT_2PI * h * pli_mills(h)) / h;
    double slope = density / (h * h) / g;
    return (objective){pli_log(r->share / g), slope, slope - h - 2.0 / h};
}

typedef objective objective_at(const reduced *r, double v);

// `v` is a guess inside `b`; the objective rises with v.
static double
solve(const reduced *r, objective_at *at, int power, bracket b, double v) {
    for (int i = 0; i < STEPS_MAX; i += 1) {
        objective o = at(r, v);
        if (o.f < 0.0)
            b.lower = v;
        else
            b.upper = v;
        double next = step(v, o, power);
        if (fabs(next - v) <= STEP_LAST * v)
            return next;
        v = is_inside(b, next) ? next : halve(b);
    }
    return v;
}

// h from log beta ~ log phi(h) - x/2 - t^2/2 + log(2 t / (1 + h^2)), a few rounds of substitution.
static double
guess_low(const reduced *r) {
    double size = -r->x;
    double linear = r->share + 0.5 * size;
    if (r->share > SHARE_AT_ONE * size) {
        double square = linear * linear - 2.0 * INV_SQRT_2PI * INV_SQRT_2PI * size * size;
        return (linear + sqrt(square > 0.0 ? square : 0.0)) / (2.0 * INV_SQRT_2PI);
    }
    double deep = -pli_log(r->share) - LOG_SQRT_2PI + 0.5 * size;
    double square = 2.0 * deep;
    double v = size;
    for (int i = 0; i < 4; i += 1) {
        square = square > 1.0 ? square : 1.0;
        v = size / sqrt(square);
        square = 2.0 * (deep - 0.125 * v * v + pli_log(v / (1.0 + square)));
    }
    return v;
}

// Taking both tails of 1 - beta as equal: Phi(-d1) = rest / 2, and d1 = x / v + v / 2 solved for v.
static double
guess_high(const reduced *r) {
    double d1 = -pli_normal_quantile(0.5 * r->rest);
    return d1 + sqrt(d1 * d1 - 2.0 * r->x);
}

// Total volatility v for a share in (0, 1).
static double
solve_black(const reduced *r) {
    double centre = sqrt(-2.0 * r->x);
    double centre_share = centre > 0.0 ? beta_at(r->x, centre).value : 0.0;
    if (r->share < centre_share) {
        double guess = guess_low(r);
        bracket b = {0.0, centre};
        return solve(r, low_objective, -2, b, is_inside(b, guess) ? guess : 0.5 * centre);
    }
    bracket b = {centre, 0.0};
    if (r->share < 0.5) {
        double guess = centre + (r->share - centre_share) * SQRT_2PI;
        return guess > centre ? solve(r, middle_objective, 1, b, guess) : centre;
    }
    double guess = guess_high(r);
    return solve(r, high_objective, 2, b, is_inside(b, guess) ? guess : 2.0 * centre + 1.0);
}

// The undiscounted value beyond intrinsic. Intrinsic is taken with its rounding error, which in the
// money is as large as what rounding the price itself loses.
static plm_status
time_value(const plm_option_terms *terms, double price, double *value) {
    if (!pli_double_is_finite(price))
        return PLM_NOT_FINITE;
    bool is_call = terms->right == PLM_RIGHT_CALL;
    double received = is_call ? terms->forward : terms->strike;
    double paid = is_call ? terms->strike : terms->forward;
    double excess = price / terms->discount;
    if (received > paid) {
        double gain = received - paid;
        double paid_seen = received - gain;
        double lost = (received - (gain + paid_seen)) - (paid - paid_seen);
        excess -= gain;
        if (excess > 0.0)
            excess = excess > lost ? excess - lost : 0.0;
    }
    if (!(excess >= 0.0) || !(terms->years > 0.0))
        return PLM_VOLATILITY_NONE;
    *value = excess;
    return PLM_OK;
}

plm_status
plm_black76_implied(const plm_option_terms *terms, double price, double *volatility) {
    plm_status status = pli_option_terms_check(terms);
    if (status != PLM_OK)
        return status;
    if (!(terms->forward > 0.0 && terms->strike > 0.0))
        return PLM_DOMAIN;
    double value;
    status = time_value(terms, price, &value);
    if (status != PLM_OK)
        return status;
    bool is_below = terms->forward < terms->strike;
    double low = is_below ? terms->forward : terms->strike;
    double high = is_below ? terms->strike : terms->forward;
    if (!(value < low))
        return PLM_VOLATILITY_NONE;
    double v = 0.0;
    reduced r = {pli_black76_log_moneyness(low, high), value / low, (low - value) / low};
    if (r.share > 0.0 && r.share < 1.0)
        v = solve_black(&r);
    *volatility = v / sqrt(terms->years);
    return PLM_OK;
}

// s = sigma sqrt(T) for a time value > 0 at distance |F - K|.
static double
solve_normal(double distance, double value) {
    double share = value / distance;
    if (!(share < 1e8)) // at the money, or as good as: s = sqrt(2 pi) (value + distance / 2) + ...
        return SQRT_2PI * (value + 0.5 * distance);
    reduced r = {0.0, share, 0.0};
    if (share > SHARE_AT_ONE)
        return distance / solve(&r, normal_objective, 1, (bracket){0.0, 0.0},
                                1.0 / (SQRT_2PI * (share + 0.5)));
    double deep = -pli_log(share) - LOG_SQRT_2PI;
    double square = 2.0 * deep;
    for (int i = 0; i < 4; i += 1) {
        square = square > 1.0 ? square : 1.0;
        square = 2.0 * (deep - pli_log(sqrt(square) * (1.0 + square)));
    }
    double guess = sqrt(square > 1.0 ? square : 1.0);
    return distance / solve(&r, normal_objective, 2, (bracket){0.0, 0.0}, guess);
}

plm_status
plm_bachelier_implied(const plm_option_terms *terms, double price, double *volatility) {
    plm_status status = pli_option_terms_check(terms);
    if (status != PLM_OK)
        return status;
    double distance = fabs(terms->forward - terms->strike);
    if (!pli_double_is_finite(distance))
        return PLM_NOT_FINITE;
    double value;
    status = time_value(terms, price, &value);
    if (status != PLM_OK)
        return status;
    double s = value > 0.0 ? solve_normal(distance, value) : 0.0;
    *volatility = s / sqrt(terms->years);
    return PLM_OK;
}
