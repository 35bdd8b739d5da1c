/* price.h: value and Greeks of one option, implied volatility, perpetual fair value.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_PRICE_H
#define PLIMSOLL_PRICE_H

#include "plimsoll/instrument.h"
#include "plimsoll/status.h"

/*
 * Conventions of this header
 *
 * Units      Plain doubles: prices, strikes and values in one currency, years in years of the
 *            caller's own day count, volatility per square root of that year.
 * Purity     No allocation, no state; only IEEE basic operations and num/elementary.h, so the same
 *            arguments give the same bits on every machine.
 * Results    Written only on PLM_OK. A number that does not exist is a status, never a stand-in.
 */

/*
 * plm_option_terms - one European option on the forward of its own expiry.
 *
 * `discount` is the value today of one unit paid at expiry; 1 gives undiscounted values and is what
 * futures-style options use.
 */
typedef struct plm_option_terms {
    double forward;
    double strike;
    double years;      /* to expiry, >= 0 */
    double volatility; /* Black-76: per year, of the logarithm; Bachelier: price units per year */
    double discount;   /* > 0 */
    plm_right right;   /* call or put */
} plm_option_terms;

/*
 * plm_option_value - discounted value and its derivatives.
 *
 * Sign       As seen by the holder of one option.
 */
typedef struct plm_option_value {
    double value;
    double delta; /* per unit of forward */
    double gamma; /* of delta, per unit of forward */
    double vega;  /* per 1.00 of volatility (Bachelier: per price unit of volatility) */
    double theta; /* per year of passing time, forward and volatility held; the discount accrues at
                     -log(discount) / years. Usually negative. */
    double vanna; /* of delta, per 1.00 of volatility */
    double volga; /* of vega, per 1.00 of volatility */
} plm_option_value;

/*
 * plm_black76_price - the discounted value under Black-76 alone.
 * plm_black76_value - the value and its Greeks.
 *
 * Source     F. Black, The pricing of commodity contracts, Journal of Financial Economics 3 (1976)
 *            167-179, equation (16). docs/method/black-76.md.
 *
 * Guarantees [BLACK-1] intrinsic <= value / discount <= forward (call) or strike (put).
 *            [BLACK-2] Parity by construction: an option in the money is the option out of the
 *            money at the same strike plus intrinsic, added once.
 *            [BLACK-3] years = 0 or volatility = 0 gives intrinsic; delta is then 0, 1 or -1 times
 *            the discount and the other Greeks are 0, except theta, which keeps the accrual.
 *            [BLACK-4] Absolute error of the undiscounted value below 1e-15 (forward + strike).
 *
 * Returns
 *   PLM_OK          *out is complete.
 *   PLM_NOT_FINITE  a term is NaN or infinite.
 *   PLM_DOMAIN      forward, strike or discount <= 0, years or volatility < 0, no right; or, for
 *                   plm_black76_value, the option stands exactly at the money with no volatility
 *                   left, where gamma does not exist (plm_black76_price is then still defined: 0).
 *   PLM_OVERFLOW    the value or a Greek is beyond the range of double.
 *
 * Example    forward 19, strike 19, 0.75 years, volatility 0.28, discount exp(-0.1 * 0.75): a call
 *            and a put are each worth 1.7011 (Haug, Option Pricing Formulas, 1998).
 */
PLM_MUST_USE plm_status plm_black76_price(const plm_option_terms *terms, double *price);
PLM_MUST_USE plm_status plm_black76_value(const plm_option_terms *terms, plm_option_value *out);

/*
 * plm_bachelier_price, plm_bachelier_value - the same under the normal model, where forward and
 * strike may be negative or zero (underlyings of domain `any`).
 *
 * Source     L. Bachelier, Theorie de la speculation (1900); docs/method/bachelier.md.
 *
 * Guarantees [BACHELIER-1] value / discount >= intrinsic. [BACHELIER-2] parity by construction as
 *            [BLACK-2]. [BACHELIER-3] as [BLACK-3].
 * Returns    As for Black-76, without a sign condition on forward and strike.
 */
PLM_MUST_USE plm_status plm_bachelier_price(const plm_option_terms *terms, double *price);
PLM_MUST_USE plm_status plm_bachelier_value(const plm_option_terms *terms, plm_option_value *out);

/*
 * plm_black76_implied   - the Black-76 volatility at which the option is worth `price`.
 * plm_bachelier_implied - the same for the normal model.
 *
 * `price` is discounted like plm_black76_price; terms->volatility is not read.
 *
 * Units      *volatility as in plm_option_terms.
 * Guarantees [IMPLIED-1] Relative error below 1e-13 + 4 * 2^-52 * price / (vega * volatility): what
 *            the last bit of the price leaves open. For a price in the money most of which is
 *            intrinsic the second term is large: the volatility was lost when the price was
 *            rounded. The answer then still reproduces the price. [IMPLIED-2] Cost is bounded.
 *            [IMPLIED-3] A price that equals intrinsic exactly gives 0 (so does, under Black-76, one
 *            whose excess over intrinsic is below 2^-1074 of the smaller of forward and strike).
 * Source     Idea: P. Jaeckel, Let's Be Rational, Wilmott (2015) 40-53: normalise to the option out
 *            of the money, pick the objective by regime, iterate at third order.
 *            docs/method/implied-volatility.md.
 *
 * Returns
 *   PLM_OK               *volatility is complete.
 *   PLM_NOT_FINITE       a term or the price is NaN or infinite.
 *   PLM_DOMAIN           a term is outside the domain of the model.
 *   PLM_VOLATILITY_NONE  the price is below intrinsic or, under Black-76, not below its upper
 *                        bound; or years is 0, where every volatility gives the same price.
 */
PLM_MUST_USE plm_status plm_black76_implied(const plm_option_terms *terms, double price,
                                            double *volatility);
PLM_MUST_USE plm_status plm_bachelier_implied(const plm_option_terms *terms, double price,
                                              double *volatility);

/* Which price difference a funding payment is computed from. */
typedef enum plm_funding_basis {
    PLM_FUNDING_BASIS_PREVIOUS = 1, /* from the prices at the start of the funding interval */
    PLM_FUNDING_BASIS_CURRENT = 2   /* from the prices at its end, when the payment is made */
} plm_funding_basis;

/*
 * plm_perpetual_terms - a perpetual future and its funding rule, all constant.
 *
 * Funding is anchor * (future - spot) + interest * spot, paid by the long at the end of each
 * interval (inverse: the same in coin, on the reciprocal prices).
 */
typedef struct plm_perpetual_terms {
    double spot;
    double rate;     /* interest rate of the quote currency, per year, continuous */
    double yield;    /* interest rate (yield) of the underlying, per year, continuous */
    double anchor;   /* funding per unit of premium: per interval, or per year if continuous */
    double interest; /* interest part of the funding rate, in the same unit as anchor */
    double interval_years; /* between payments; 0 = paid continuously */
    plm_settlement settlement;
    plm_funding_basis basis; /* not read if paid continuously */
} plm_perpetual_terms;

/*
 * plm_perpetual_fair_value - the price of a perpetual future that leaves no arbitrage.
 *
 * Source     D. Ackerer, J. Hugonnier, U. Jermann, Perpetual Futures Pricing (2024), equation 12
 *            and propositions 2 to 4. docs/method/perpetual-fair-value.md.
 *
 * Returns
 *   PLM_OK          *price is complete and > 0.
 *   PLM_NOT_FINITE  a term is NaN or infinite.
 *   PLM_OVERFLOW    the price is beyond the range of double.
 *   PLM_DOMAIN      spot <= 0, interval_years < 0, an unknown settlement or basis, or funding too
 *                   weak to tie the future to spot: the expected payments do not converge or leave
 *                   no positive price.
 *
 * Example    spot 10,000, rate 4 %, yield 2 %, anchor 0.2, interest 0.005 per year, continuous,
 *            linear: 10,000 * (0.2 - 0.005) / (0.2 + 0.02 - 0.04) = 10,833.33.
 */
PLM_MUST_USE plm_status plm_perpetual_fair_value(const plm_perpetual_terms *terms, double *price);

#endif
