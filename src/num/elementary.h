/* elementary.h: exp, log, power and the normal distribution, the same bits on every machine.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NUM_ELEMENTARY_H
#define PLI_NUM_ELEMENTARY_H

/*
 * The C library's own functions differ between hosts, so the pure layers use these. They need only
 * IEEE 754 doubles with + - * / and sqrt, rounded to nearest, subnormals on, no contraction: the
 * result is then the same bit pattern with every compiler and processor.
 *
 * Purity     No state, no flags read, no errno.
 * NaN        A NaN argument gives a NaN result.
 * Accuracy   The bounds below are in units in the last place (ulp) of a normal result; where the
 *            result is subnormal add one unit of 2^-1074. How they were measured:
 *            docs/method/elementary-functions.md.
 */

/*
 * pli_floor - the largest integer not above x. Exact. Infinities and -0 come back unchanged.
 */
double pli_floor(double x);

/*
 * pli_exp - e^x.
 *
 * Guarantees [EXP-1] error below 1 ulp. [EXP-2] exp(0) = 1 exactly. [EXP-3] never negative; +inf
 * above 709.79, 0 below -745.14; exp(-inf) = 0, exp(+inf) = +inf.
 */
double pli_exp(double x);

/*
 * pli_expm1 - e^x - 1 without cancellation near 0. Error below 1 ulp; expm1(x) = x for |x| < 2^-54,
 * -0 included.
 */
double pli_expm1(double x);

/*
 * pli_log - the natural logarithm.
 *
 * Guarantees [LOG-1] error below 1 ulp. [LOG-2] log(1) = 0 exactly. log(0) = -inf, log(+inf) =
 * +inf, log(x < 0) = NaN.
 */
double pli_log(double x);

/*
 * pli_log1p - log(1 + x) without cancellation near 0. Error below 1 ulp; log1p(-1) = -inf, NaN
 * below -1, log1p(x) = x for |x| < 2^-54, -0 included.
 */
double pli_log1p(double x);

/*
 * pli_pow - x^y for x >= 0.
 *
 * Computed as exp(y log x) with the logarithm and the product each kept to about 2^-64, so the
 * error stays below 1 ulp over the whole range, not only for small |y log x|.
 *
 * pow(x, 0) = 1 and pow(1, y) = 1 for every x, y that is a number; pow(0, y) = 0 for y > 0 and +inf
 * for y < 0; NaN for x < 0 (also for whole y: a negative base is a mistake here).
 */
double pli_pow(double x, double y);

/*
 * pli_normal_pdf - exp(-x^2/2) / sqrt(2 pi). Error below 2 ulp: the square is carried without
 * rounding.
 */
double pli_normal_pdf(double x);

/*
 * pli_normal_cdf - Phi(x), the probability of a standard normal value below x.
 * pli_normal_sf  - Phi(-x), the probability above x.
 *
 * Guarantees [NORMAL-1] relative error below 1e-15 in both tails, down to the smallest subnormal.
 * [NORMAL-2] within
 *            [0, 1]. [NORMAL-3] sf(x) and cdf(-x) are the same bits; cdf(0) = 1/2.
 */
double pli_normal_cdf(double x);
double pli_normal_sf(double x);

/*
 * pli_mills - exp(x^2/2) Phi(-x) for x >= 0: Mills' ratio over sqrt(2 pi), 0.5 at 0 and falling to
 * 0 like 1/x.
 *
 * It is what remains of a normal tail once the exponential is taken out, so that one exponential
 * can serve several tails. Relative error below 1e-15. mills(+inf) = 0. The result for x < 0 has no
 * meaning.
 */
double pli_mills(double x);

/*
 * pli_normal_quantile - the x with Phi(x) = p.
 *
 * Source     M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477-484, routine PPND16;
 *            in the tails one Newton step on log Phi follows.
 * Guarantees [QUANTILE-1] relative error below 1e-15 for p in [2^-1074, 1/2]; above 1/2 it is
 * -quantile(1 - p).
 * Returns    -inf for p = 0, +inf for p = 1, NaN outside [0, 1].
 */
double pli_normal_quantile(double p);

#endif
