/* svi_search.c: raw SVI to quotes: fixed starts, linear least squares, then a simplex.    SPDX-License-Identifier: Apache-2.0 */
#include "market/svi_search.h"

#include "base/libc.h"
#include "market/simplex.h"
#include "market/slice.h"
#include "market/surface_check.h"
#include "num/elementary.h"

#define FINITE_MAX 0x1.fffffffffffffp+1023
#define SIZE PLI_SIMPLEX_SIZE
#define GRID_FIXED 81 // k = 0.02 sinh(j asinh(200) / 40): 0.003 apart at the money, to +-4
#define GRID_OWN 41   // k = m + sigma sinh(j / 4)
#define KEPT 6        // starts that are worth a descent

// The penalty grid is coarser than the tested one, so the penalties begin a little before zero.
#define DURRLEMAN_ROOM 0.005
#define CALENDAR_ROOM 1e-4
#define SLOPE_MAX 1.99
#define PENALTY 1e4

// In the last descents a quote far outside counts 1/4, whatever its distance.
#define SATURATION 4.0
// Draws the slopes of the wings, in widths of the smile, towards zero where no quote holds them.
#define WING_WEIGHT 0.1
// With a smaller sigma a smile is a kink between two strikes.
#define SIGMA_IN_WIDTHS 0.1

// A problem and what every evaluation of it needs again.
typedef struct search {
    const pli_fit_problem *problem;
    double k[GRID_FIXED];
    double earlier[GRID_FIXED]; // total variance of the earlier slice there, or 0
    double own[GRID_OWN];       // sinh(j / 4)
    double width;               // of the smile: root of the variance at the money
    double saturation; // 0: every distance outside counts by its square; 1: far ones count one
} search;

static double
hyperbolic_sine(double x) {
    double growth = pli_exp(x);
    return (growth - 1 / growth) / 2;
}

// The root of the target nearest to the money.
static double
typical_width(const pli_fit_problem *problem) {
    double nearest = FINITE_MAX;
    double variance = 1;
    for (uint32_t i = 0; i < problem->point_count; i += 1) {
        const pli_fit_point *p = &problem->points[i];
        if (p->target > 0 && fabs(p->moneyness) < nearest) {
            nearest = fabs(p->moneyness);
            variance = p->target;
        }
    }
    return sqrt(variance);
}

static void
prepare(search *s, const pli_fit_problem *problem) {
    s->problem = problem;
    s->width = typical_width(problem);
    s->saturation = 0;
    const double unit = 5.9914708 / ((GRID_FIXED - 1) / 2);
    for (int i = 0; i < GRID_FIXED; i += 1) {
        s->k[i] = 0.02 * hyperbolic_sine((i - (GRID_FIXED - 1) / 2) * unit);
        s->earlier[i] = problem->earlier == NULL ? 0 : pli_svi_variance(problem->earlier, s->k[i]);
    }
    for (int i = 0; i < GRID_OWN; i += 1) {
        s->own[i] = hyperbolic_sine((i - (GRID_OWN - 1) / 2) / 4.0);
    }
}

// Five free numbers to a valid slice: least variance, slopes of both wings and sigma as logarithms, and m.
static bool
decode(const double *x, plm_svi *svi) {
    double least = pli_exp(x[0]);
    double left = pli_exp(x[1]);
    double right = pli_exp(x[2]);
    svi->b = (left + right) / 2;
    svi->rho = (right - left) / (left + right);
    svi->m = x[3];
    svi->sigma = pli_exp(x[4]);
    svi->a = least - svi->b * svi->sigma * sqrt(1 - svi->rho * svi->rho);
    return pli_svi_is_valid(svi) && svi->b > 0;
}

static void
encode(const plm_svi *svi, double *x) {
    x[0] = pli_log(pli_svi_least(svi));
    x[1] = pli_log(svi->b * (1 - svi->rho));
    x[2] = pli_log(svi->b * (1 + svi->rho));
    x[3] = svi->m;
    x[4] = pli_log(svi->sigma);
}

static double
distance_loss(const search *s, const plm_svi *svi) {
    double loss = 0;
    for (uint32_t i = 0; i < s->problem->point_count; i += 1) {
        const pli_fit_point *p = &s->problem->points[i];
        double w = pli_svi_variance(svi, p->moneyness);
        double outside = w < p->low ? p->low - w : (w > p->high ? w - p->high : 0);
        double v = outside / p->scale;
        double off = p->target > 0 ? (w - p->target) / p->scale : 0;
        loss += p->weight * (v * v / (1 + s->saturation * v * v) + p->lean * off * off);
    }
    return loss;
}

// What no quote says: wings no steeper than needed, no kink between two strikes.
static double
shape_loss(const search *s, const plm_svi *svi) {
    double slope = svi->b / s->width;
    double sigma_min = SIGMA_IN_WIDTHS * s->width;
    double kink = svi->sigma < sigma_min ? sigma_min / svi->sigma - 1 : 0;
    return WING_WEIGHT * slope * slope * (1 + svi->rho * svi->rho) + kink * kink;
}

static double
square_below(double value, double bound) {
    return value < bound ? (bound - value) * (bound - value) : 0;
}

static double
arbitrage_loss(const search *s, const plm_svi *svi) {
    double loss = square_below(SLOPE_MAX, svi->b * (1 + fabs(svi->rho)));
    for (int i = 0; i < GRID_FIXED; i += 1) {
        double w = pli_svi_variance(svi, s->k[i]);
        double g =
            pli_durrleman(s->k[i], w, pli_svi_slope(svi, s->k[i]), pli_svi_curvature(svi, s->k[i]));
        loss += square_below(g, DURRLEMAN_ROOM);
        if (s->earlier[i] > 0) {
            loss += square_below(w / s->earlier[i], 1 + CALENDAR_ROOM);
        }
    }
    for (int i = 0; i < GRID_OWN; i += 1) {
        double k = svi->m + svi->sigma * s->own[i];
        if (fabs(k) <= PLI_MONEYNESS_MAX) {
            loss += square_below(pli_svi_durrleman(svi, k), DURRLEMAN_ROOM);
        }
    }
    return PENALTY * loss;
}

static double
objective(const void *context, const double *x) {
    const search *s = context;
    plm_svi svi;
    if (!decode(x, &svi)) {
        return FINITE_MAX;
    }
    double loss = distance_loss(s, &svi) + shape_loss(s, &svi);
    if (!s->problem->may_arbitrage) {
        loss += arbitrage_loss(s, &svi);
    }
    return loss <= FINITE_MAX ? loss : FINITE_MAX;
}

// Solves the symmetric 3 x 3 system by elimination; false where it is singular.
static bool
solve(double matrix[3][4], double *out) {
    for (int p = 0; p < 3; p += 1) {
        if (!(matrix[p][p] > 1e-12)) {
            return false;
        }
        for (int r = p + 1; r < 3; r += 1) {
            double factor = matrix[r][p] / matrix[p][p];
            for (int c = p; c < 4; c += 1) {
                matrix[r][c] -= factor * matrix[p][c];
            }
        }
    }
    for (int r = 2; r >= 0; r -= 1) {
        double rest = matrix[r][3];
        for (int c = r + 1; c < 3; c += 1) {
            rest -= matrix[r][c] * out[c];
        }
        out[r] = rest / matrix[r][r];
    }
    return true;
}

// The best (a, b, rho) for this m and sigma: w = a + d y + c sqrt(y^2 + 1), y = (k - m) / sigma, is linear in a, d and c.
// What lies outside the domain is moved to its edge: it is a start, not a result.
static bool
linear_start(const pli_fit_problem *problem, double m, double sigma, plm_svi *svi) {
    double matrix[3][4] = {{0}};
    double level = 0;
    for (uint32_t i = 0; i < problem->point_count; i += 1) {
        const pli_fit_point *p = &problem->points[i];
        if (!(p->target > 0) || !(p->weight > 0)) {
            continue;
        }
        double y = (p->moneyness - m) / sigma;
        const double row[4] = {1, y, sqrt(y * y + 1), p->target};
        double weight = p->weight / (p->scale * p->scale);
        for (int r = 0; r < 3; r += 1) {
            for (int c = 0; c < 4; c += 1) {
                matrix[r][c] += weight * row[r] * row[c];
            }
        }
        level = p->target > level ? p->target : level;
    }
    for (int r = 0; r < 3; r += 1) {
        matrix[r][r] *= 1 + 1e-9;
    }
    double solution[3];
    if (!solve(matrix, solution)) {
        return false;
    }
    double c = solution[2] > 1e-3 * level ? solution[2] : 1e-3 * level;
    double rho = solution[1] / c;
    rho = rho > 0.95 ? 0.95 : (rho < -0.95 ? -0.95 : rho);
    *svi = (plm_svi){.b = c / sigma, .rho = rho, .m = m, .sigma = sigma};
    double floor = 0.01 * level - c * sqrt(1 - rho * rho);
    svi->a = solution[0] > floor ? solution[0] : floor;
    return pli_svi_is_valid(svi);
}

typedef struct start {
    double x[SIZE];
    double value;
} start;

static void
keep_best(start *kept, int *count, const start *candidate) {
    int at = *count < KEPT ? *count : KEPT;
    if (at == KEPT) {
        if (!(candidate->value < kept[KEPT - 1].value)) {
            return;
        }
        at = KEPT - 1;
    } else {
        *count += 1;
    }
    while (at > 0 && candidate->value < kept[at - 1].value) {
        kept[at] = kept[at - 1];
        at -= 1;
    }
    kept[at] = *candidate;
}

static int
collect_starts(const search *s, start *kept) {
    static const double shifts[] = {-2, -1, -0.5, -0.2, 0, 0.2, 0.5, 1, 2};
    static const double widths[] = {0.1, 0.25, 0.5, 1, 2, 4};
    int count = 0;
    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i += 1) {
        for (size_t j = 0; j < sizeof widths / sizeof widths[0]; j += 1) {
            plm_svi svi;
            if (linear_start(s->problem, shifts[i] * s->width, widths[j] * s->width, &svi)) {
                start candidate;
                encode(&svi, candidate.x);
                candidate.value = objective(s, candidate.x);
                keep_best(kept, &count, &candidate);
            }
        }
    }
    return count;
}

// Twice, the second time from a fresh, smaller simplex: one that has gone flat makes no progress.
static void
descend(const search *s, start *from, int steps) {
    const double wide[SIZE] = {0.2, 0.2, 0.2, 0.2 * s->width, 0.2};
    const double narrow[SIZE] = {-0.05, 0.05, -0.05, 0.05 * s->width, -0.05};
    pli_simplex_minimise(objective, s, from->x, wide, steps);
    from->value = pli_simplex_minimise(objective, s, from->x, narrow, steps);
}

plm_svi
pli_svi_search(const pli_fit_problem *problem) {
    search s;
    prepare(&s, problem);
    start kept[KEPT];
    int count = collect_starts(&s, kept);
    if (count == 0) {
        // A flat smile: always valid, and the descent may bend it.
        plm_svi flat = {.a = s.width * s.width, .b = 1e-3 * s.width, .sigma = s.width};
        encode(&flat, kept[0].x);
        count = 1;
    }
    int best = 0;
    for (int i = 0; i < count; i += 1) {
        s.saturation = 0;
        descend(&s, &kept[i], 300);
        s.saturation = SATURATION;
        descend(&s, &kept[i], 300);
        best = kept[i].value < kept[best].value ? i : best;
    }
    descend(&s, &kept[best], 600);
    plm_svi svi;
    (void)decode(kept[best].x, &svi); // the caller checks the slice itself
    return svi;
}
