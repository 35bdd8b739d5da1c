/* surface.h: implied volatility of one expiry as a function of strike.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_SURFACE_H
#define PLIMSOLL_SURFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/instrument.h"
#include "plimsoll/quantity.h"
#include "plimsoll/status.h"

typedef enum plm_slice_kind {
    PLM_SLICE_NONE = 0,
    PLM_SLICE_SVI = 1, /* raw SVI of Gatheral and Jacquier (2014): Black volatilities */
    /* volatility at given strikes, linear between, flat outside; Black volatilities, or normal ones
       (price units per square root of a year) where the underlying's domain is `any` */
    PLM_SLICE_GRID = 2
} plm_slice_kind;

/*
 * plm_svi - total variance w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)), k = ln(strike / forward).
 *
 * Ranges     b >= 0, |rho| < 1, sigma > 0, a + b sigma sqrt(1 - rho^2) >= 0.
 */
typedef struct plm_svi {
    double a, b, rho, m, sigma;
} plm_svi;

typedef struct plm_slice_node {
    double strike;
    double volatility;
} plm_slice_node;

typedef struct plm_slice {
    plm_slice_kind kind;
    plm_svi svi;                 /* kind SVI */
    uint32_t node_count;         /* kind GRID: >= 1 */
    const plm_slice_node *nodes; /* kind GRID: strikes rising */
} plm_slice;

/*
 * plm_slice_volatility - the annual volatility of `strike` when the forward is `forward` and `years` remain.
 *
 * Units      Strike and forward in the same price unit; `years` > 0 of 365 days; the answer is a ratio per square root
 *            of a year (0.65 = 65 %), or price units where the grid holds normal volatilities.
 * Rounding   Double arithmetic, + - * / sqrt and the project's own logarithm only: the same bits everywhere.
 *
 * Returns
 *   PLM_OK               *volatility is finite and > 0.
 *   PLM_SURFACE_MISSING  the slice is of kind NONE.
 *   PLM_DOMAIN           years, forward or strike is out of range, or the slice gives no positive variance there.
 */
PLM_MUST_USE plm_status plm_slice_volatility(const plm_slice *slice, double forward, double strike,
                                             double years, double *volatility);

/*
 * plm_surface_expiry - one expiry of a surface to be tested: its forward and smile.
 */
typedef struct plm_surface_expiry {
    double years;   /* to expiry, > 0 */
    double forward; /* in the unit of the strikes */
    plm_slice slice;
} plm_surface_expiry;

/*
 * plm_surface_margin - how far one expiry stands from arbitrage; below zero is arbitrage.
 */
typedef struct plm_surface_margin {
    double butterfly; /* SVI: least value of Durrleman's g on the tested grid; GRID: least
                         probability that the undiscounted call prices at the nodes give to a node
                         or to either end */
    double slope;     /* SVI: 2 - b (1 + |rho|), Lee's bound on the wings; GRID: 2, flat wings */
    double calendar;  /* least total variance above that of the expiry before it, at equal
                         moneyness; of the first expiry: its own least total variance */
} plm_surface_margin;

/*
 * plm_surface_margins - measure the distance from arbitrage of every expiry of one underlying.
 * plm_surface_check   - is the surface free of butterfly and calendar arbitrage?
 *
 * Grid       SVI: k from -4 to 4 in steps of 0.005 and, about each slice's own m, k = m + sigma
 *            sinh(j / 32) for whole j from -320 to 320 inside -4..4; moneyness is k = ln(strike /
 *            forward). The calendar test of two SVI slices uses the points of both. A grid slice is
 *            tested at its nodes, which is exact for the options that are listed there (Carr and
 *            Madan 2005) and promises nothing between them; the calendar test then uses the nodes
 *            of whichever slice has them. Domain `any`: moneyness is strike - forward.
 * Tolerance  Butterfly of a GRID and calendar: -1e-10, for rounding. Otherwise none.
 * Source     J. Gatheral, A. Jacquier, Arbitrage-free SVI volatility surfaces, Quantitative Finance
 *            14:1 (2014), lemmas 2.1 and 2.2; R. Lee, The moment formula for implied volatility at
 *            extreme strikes, Mathematical Finance 14:3 (2004); P. Carr, D. Madan, A note on
 *            sufficient conditions for no arbitrage, Finance Research Letters 2:3 (2005).
 *            docs/method/svi-surface.md.
 * Purity     No allocation, no state. Cost O(expiries x grid), about 0.1 ms for an expiry.
 *
 * Returns
 *   PLM_OK                 margins: written for every expiry. check: all margins hold.
 *   PLM_DOMAIN             years not rising or not > 0, a forward outside its domain, a slice that
 *                          is outside the ranges above; *fault names the expiry.
 *   PLM_SURFACE_MISSING    an expiry has a slice of kind NONE.
 *   PLM_SURFACE_ARBITRAGE  (check only) *fault names the first expiry and the test that fails.
 */
PLM_MUST_USE plm_status plm_surface_margins(const plm_surface_expiry *expiries,
                                            uint32_t expiry_count, plm_price_domain domain,
                                            plm_surface_margin *margins, plm_fault *fault);
PLM_MUST_USE plm_status plm_surface_check(const plm_surface_expiry *expiries, uint32_t expiry_count,
                                          plm_price_domain domain, plm_fault *fault);

/*
 * plm_fit_quote - what is known of one option when a smile is fitted.
 */
typedef struct plm_fit_quote {
    double strike;
    double forward;         /* of the same instant as the quote */
    double bid_volatility;  /* 1e-4..100; 0 = no bid, or one below intrinsic: no lower bound */
    double ask_volatility;  /* 0 = no ask: no upper bound */
    double mark_volatility; /* what the fit leans to; 0 = the middle, where both sides stand */
    double weight;          /* 0..1000; 1 for an ordinary quote, 0 = reported but not fitted */
} plm_fit_quote;

typedef struct plm_fit_expiry {
    double years; /* 1e-6..100, rising from expiry to expiry */
    uint32_t quote_count;
    const plm_fit_quote *quotes; /* in any order; a call and a put of one strike are two quotes */
} plm_fit_expiry;

/*
 * plm_fit_report - how well one fitted smile meets its quotes.
 */
typedef struct plm_fit_report {
    uint32_t quote_count;
    uint32_t quoted_count; /* quotes with a bid or an ask volatility */
    uint32_t inside_count; /* of those, how many the smile meets between bid and ask */
    double violation_max;  /* largest distance outside bid and ask, in volatility; 0 = none */
    plm_surface_margin margin;
    bool was_repaired; /* the best smile had arbitrage and was moved until it had none */
} plm_fit_report;

/* plm_fit_workspace - memory that plm_surface_fit writes to and does not keep. */
typedef struct plm_fit_workspace {
    void *memory;
    size_t size;
} plm_fit_workspace;

/*
 * plm_surface_fit_size - the bytes of workspace that plm_surface_fit needs.
 * plm_surface_fit      - raw SVI smiles for all expiries of one underlying, free of arbitrage.
 *
 * Expiries are fitted from the nearest to the farthest. Each minimises the distance outside bid and
 * ask, then the distance to the marks, with butterfly and calendar arbitrage against the expiry
 * before it as penalties; what arbitrage remains is removed by moving the smile towards one that
 * has none. The result always passes plm_surface_check. docs/method/svi-surface.md.
 *
 * Workspace  plm_surface_fit_size(expiry_count, largest quote_count) bytes, any alignment.
 * Determinism The same quotes give the same bits: fixed starts, no randomness.
 * Cost       O(quotes) per step of the search, whose number of steps is bounded.
 *
 * Guarantees [FIT-1] every slice is of kind SVI and valid, and the set passes plm_surface_check.
 *
 * Returns
 *   PLM_OK                 slices[i] and reports[i] are complete for every expiry.
 *   PLM_DOMAIN             years, a strike, a forward, a volatility or a weight is out of range.
 *   PLM_QUOTE_CROSSED      a bid volatility is above its ask volatility.
 *   PLM_HISTORY_SHORT      fewer than 5 strikes with a weight and a mark or both sides.
 *   PLM_FIT_FAILED         no SVI smile was found that meets half of the quotes, even with
 *                          arbitrage.
 *   PLM_SURFACE_ARBITRAGE  a smile that meets half of the quotes was found, but only with
 *                          arbitrage: the quotes themselves disagree.
 *   PLM_WORKSPACE_SMALL    the workspace is smaller than plm_surface_fit_size says.
 * *fault names the expiry. On any other status than PLM_OK nothing else is written.
 */
size_t plm_surface_fit_size(uint32_t expiry_count, uint32_t quote_count_max);

PLM_MUST_USE plm_status plm_surface_fit(const plm_fit_expiry *expiries, uint32_t expiry_count,
                                        plm_fit_workspace workspace, plm_slice *slices,
                                        plm_fit_report *reports, plm_fault *fault);

#endif
