/* surface.c: sections of the layer market: smiles, arbitrage margins, SVI fits, volatility. SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/surface.h"
#include "base/assert.h"
#include "base/libc.h"
#include "base/prng.h"
#include "digest/digest.h"
#include "market/slice.h"
#include "market/volatility.h"
#include "num/elementary.h"

#define SMILE_COUNT 400u
#define FIT_COUNT 4u
#define EXPIRY_COUNT 3u
#define QUOTE_COUNT 15u
#define CLOSE_COUNT 300u

static double
draw_between(pli_prng *prng, double low, double high) {
    return low + (high - low) * pli_prng_unit(prng);
}

// A smile of usual shape, for total variance of `years`.
static plm_svi
draw_svi(pli_prng *prng, double years) {
    plm_svi svi;
    svi.a = draw_between(prng, 0.05, 0.4) * years;
    svi.b = draw_between(prng, 0.05, 0.5) * years;
    svi.rho = draw_between(prng, -0.6, 0.4);
    svi.m = draw_between(prng, -0.05, 0.05);
    svi.sigma = draw_between(prng, 0.05, 0.5);
    return svi;
}

static void
put_svi(digest *to, const plm_svi *svi) {
    digest_double(to, svi->a);
    digest_double(to, svi->b);
    digest_double(to, svi->rho);
    digest_double(to, svi->m);
    digest_double(to, svi->sigma);
}

static void
put_margin(digest *to, const plm_surface_margin *margin) {
    digest_double(to, margin->butterfly);
    digest_double(to, margin->slope);
    digest_double(to, margin->calendar);
}

static void
put_smile(digest *to, const plm_slice *slice, double years, pli_prng *prng) {
    for (uint32_t i = 0; i < 20; i += 1) {
        double strike = 100 * pli_exp(draw_between(prng, -1.5, 1.5));
        double volatility = 0;
        if (digest_status(to, plm_slice_volatility(slice, 100, strike, years, &volatility))) {
            digest_double(to, volatility);
        }
    }
}

static void
smiles(digest *to) {
    pli_prng prng = pli_prng_init(9);
    digest_begin(to);
    for (uint32_t i = 0; i < SMILE_COUNT; i += 1) {
        double years = draw_between(&prng, 0.002, 2);
        plm_slice slice = {.kind = PLM_SLICE_SVI, .svi = draw_svi(&prng, years)};
        put_smile(to, &slice, years, &prng);
        plm_slice_node nodes[6];
        double strike = 30;
        for (uint32_t j = 0; j < 6; j += 1) {
            strike += draw_between(&prng, 1, 40);
            nodes[j].strike = strike;
            nodes[j].volatility = draw_between(&prng, 0.3, 1.2);
        }
        plm_slice grid = {.kind = PLM_SLICE_GRID, .node_count = 6, .nodes = nodes};
        put_smile(to, &grid, years, &prng);
    }
    digest_end(to, "smiles", 90);
}

static void
margins(digest *to) {
    pli_prng prng = pli_prng_init(10);
    digest_begin(to);
    for (uint32_t i = 0; i < SMILE_COUNT / 8; i += 1) {
        plm_surface_expiry expiries[EXPIRY_COUNT];
        double years = 0;
        for (uint32_t j = 0; j < EXPIRY_COUNT; j += 1) {
            years += draw_between(&prng, 0.01, 0.3);
            plm_slice slice = {.kind = PLM_SLICE_SVI, .svi = draw_svi(&prng, years)};
            expiries[j] = (plm_surface_expiry){.years = years, .forward = 100, .slice = slice};
        }
        plm_surface_margin found[EXPIRY_COUNT];
        plm_status status =
            plm_surface_margins(expiries, EXPIRY_COUNT, PLM_PRICE_DOMAIN_POSITIVE, found, NULL);
        if (digest_status(to, status)) {
            for (uint32_t j = 0; j < EXPIRY_COUNT; j += 1) {
                put_margin(to, &found[j]);
            }
        }
    }
    digest_end(to, "surface-margins", 90);
}

// Quotes around a smile with noise of `noise` in volatility; some lack a side.
static void
draw_quotes(pli_prng *prng, double years, double noise, plm_fit_quote *quotes) {
    plm_svi svi = draw_svi(prng, 1);
    double forward = 100;
    for (uint32_t i = 0; i < QUOTE_COUNT; i += 1) {
        double k = ((double)i - QUOTE_COUNT / 2) * 0.08;
        double middle = sqrt(pli_svi_variance(&svi, k)) + draw_between(prng, -noise, noise);
        double half = draw_between(prng, 0.005, 0.03);
        plm_fit_quote *quote = &quotes[i];
        *quote = (plm_fit_quote){.forward = forward, .weight = 1};
        quote->strike = forward * pli_exp(k * sqrt(years) * 2);
        quote->bid_volatility = pli_prng_below(prng, 8) == 0 ? 0 : middle - half;
        quote->ask_volatility = pli_prng_below(prng, 8) == 0 ? 0 : middle + half;
        quote->mark_volatility = pli_prng_below(prng, 4) == 0 ? 0 : middle;
    }
}

static void
put_report(digest *to, const plm_fit_report *report) {
    digest_u32(to, report->quote_count);
    digest_u32(to, report->quoted_count);
    digest_u32(to, report->inside_count);
    digest_double(to, report->violation_max);
    put_margin(to, &report->margin);
    digest_u32(to, report->was_repaired ? 1 : 0);
}

static void
put_fit(digest *to, pli_prng *prng, double noise) {
    static unsigned char memory[1 << 16];
    plm_fit_quote quotes[EXPIRY_COUNT][QUOTE_COUNT];
    plm_fit_expiry expiries[EXPIRY_COUNT];
    double years = 0;
    for (uint32_t i = 0; i < EXPIRY_COUNT; i += 1) {
        years += draw_between(prng, 0.02, 0.3);
        draw_quotes(prng, years, noise, quotes[i]);
        expiries[i] = (plm_fit_expiry){years, QUOTE_COUNT, quotes[i]};
    }
    // One expiry alone, then all: later smiles may contradict earlier ones.
    PLI_ASSERT(plm_surface_fit_size(EXPIRY_COUNT, QUOTE_COUNT) <= sizeof memory);
    plm_fit_workspace workspace = {memory, sizeof memory};
    for (uint32_t count = 1; count <= EXPIRY_COUNT; count += 2) {
        plm_slice slices[EXPIRY_COUNT];
        plm_fit_report reports[EXPIRY_COUNT];
        plm_status status = plm_surface_fit(expiries, count, workspace, slices, reports, NULL);
        if (digest_status(to, status)) {
            for (uint32_t i = 0; i < count; i += 1) {
                put_svi(to, &slices[i].svi);
                put_report(to, &reports[i]);
            }
        }
    }
}

static void
fits(digest *to) {
    pli_prng prng = pli_prng_init(11);
    digest_begin(to);
    for (uint32_t i = 0; i < FIT_COUNT; i += 1) {
        put_fit(to, &prng, i % 2 == 0 ? 0 : 0.01);
    }
    digest_end(to, "svi-fits", 50);
}

static void
volatilities(digest *to) {
    pli_prng prng = pli_prng_init(12);
    digest_begin(to);
    for (uint32_t i = 0; i < 20; i += 1) {
        double closes[CLOSE_COUNT];
        double forecast[CLOSE_COUNT];
        double price = 100;
        for (uint32_t j = 0; j < CLOSE_COUNT; j += 1) {
            closes[j] = price;
            price *= pli_exp(pli_normal_quantile(draw_between(&prng, 0.001, 0.999)) * 0.04);
        }
        double lambda = draw_between(&prng, 0.8, 0.999);
        if (digest_status(to, pli_volatility_ewma(closes, CLOSE_COUNT, lambda, 30, forecast))) {
            for (uint32_t j = 0; j < CLOSE_COUNT; j += 1) {
                digest_double(to, forecast[j]);
            }
        }
        double volatility = 0;
        if (digest_status(to, pli_volatility_closes(closes, CLOSE_COUNT, &volatility))) {
            digest_double(to, volatility);
        }
    }
    digest_end(to, "volatilities", 100);
}

void
digest_surface(digest *to) {
    smiles(to);
    margins(to);
    fits(to);
    volatilities(to);
}
