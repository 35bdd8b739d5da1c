/* price.c: sections of the layer price: values, Greeks, implied volatility, perpetuals. SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/price.h"
#include "base/prng.h"
#include "digest/digest.h"
#include "num/elementary.h"

#define OPTION_COUNT 3000u
#define PERPETUAL_COUNT 3000u

typedef plm_status value_function(const plm_option_terms *terms, plm_option_value *out);
typedef plm_status price_function(const plm_option_terms *terms, double *price);
typedef plm_status implied_function(const plm_option_terms *terms, double price,
                                    double *volatility);

typedef struct option_model {
    const char *name;
    value_function *value;
    price_function *price;
    implied_function *implied;
    bool is_any; /* forward and strike may be negative; volatility in price units */
} option_model;

static double
draw_between(pli_prng *prng, double low, double high) {
    return low + (high - low) * pli_prng_unit(prng);
}

static plm_option_terms
draw_option(pli_prng *prng, bool is_any) {
    bool is_wide = pli_prng_below(prng, 4) == 0;
    double forward = pli_exp(draw_between(prng, -8, 12));
    plm_option_terms terms = {.forward = forward};
    terms.strike = forward * pli_exp(draw_between(prng, -1, 1) * (is_wide ? 4 : 0.5));
    terms.years = pli_exp(draw_between(prng, -8, 1.5));
    terms.volatility = pli_exp(draw_between(prng, -3, is_wide ? 2 : 0.3));
    terms.discount = draw_between(prng, 0.9, 1);
    terms.right = pli_prng_below(prng, 2) == 0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
    if (is_any) {
        terms.volatility *= forward;
        terms.forward -= draw_between(prng, 0, 2) * forward;
        terms.strike = terms.forward + draw_between(prng, -3, 3) * terms.volatility;
    }
    switch (pli_prng_below(prng, 40)) {
    case 0:
        terms.years = 0;
        break;
    case 1:
        terms.volatility = 0;
        break;
    case 2:
        terms.strike = terms.forward;
        break;
    case 3:
        terms.volatility *= 1e-4;
        break;
    default:
        break;
    }
    return terms;
}

static void
put_value(digest *to, const plm_option_value *value) {
    digest_double(to, value->value);
    digest_double(to, value->delta);
    digest_double(to, value->gamma);
    digest_double(to, value->vega);
    digest_double(to, value->theta);
    digest_double(to, value->vanna);
    digest_double(to, value->volga);
}

static void
options(digest *to, const option_model *model) {
    pli_prng prng = pli_prng_init(7);
    digest_begin(to);
    for (uint32_t i = 0; i < OPTION_COUNT; i += 1) {
        plm_option_terms terms = draw_option(&prng, model->is_any);
        plm_option_value value = {.value = 0};
        if (digest_status(to, model->value(&terms, &value))) {
            put_value(to, &value);
        }
        double price = 0;
        if (digest_status(to, model->price(&terms, &price))) {
            digest_double(to, price);
        }
        // The price itself, then a little off it: below intrinsic, or above the upper bound, now and then.
        double volatility = 0;
        if (digest_status(to, model->implied(&terms, price, &volatility))) {
            digest_double(to, volatility);
        }
        price *= draw_between(&prng, 0.9, 1.1);
        if (digest_status(to, model->implied(&terms, price, &volatility))) {
            digest_double(to, volatility);
        }
    }
    digest_end(to, model->name, 70);
}

static void
perpetuals(digest *to) {
    pli_prng prng = pli_prng_init(8);
    digest_begin(to);
    for (uint32_t i = 0; i < PERPETUAL_COUNT; i += 1) {
        plm_perpetual_terms terms;
        terms.spot = pli_exp(draw_between(&prng, -8, 12));
        terms.rate = draw_between(&prng, -0.05, 0.2);
        terms.yield = draw_between(&prng, -0.05, 0.2);
        terms.anchor = draw_between(&prng, 0.2, 3);
        terms.interest = draw_between(&prng, -0.01, 0.1);
        bool is_continuous = pli_prng_below(&prng, 2) == 0;
        terms.interval_years = is_continuous ? 0 : draw_between(&prng, 1e-4, 0.01);
        terms.settlement = (plm_settlement)(1 + pli_prng_below(&prng, 2));
        terms.basis = (plm_funding_basis)(1 + pli_prng_below(&prng, 2));
        double price = 0;
        if (digest_status(to, plm_perpetual_fair_value(&terms, &price))) {
            digest_double(to, price);
        }
    }
    digest_end(to, "perpetuals", 50);
}

void
digest_price(digest *to) {
    static const option_model models[] = {
        {"black76", plm_black76_value, plm_black76_price, plm_black76_implied, false},
        {"bachelier", plm_bachelier_value, plm_bachelier_price, plm_bachelier_implied, true},
    };
    options(to, &models[0]);
    options(to, &models[1]);
    perpetuals(to);
}
