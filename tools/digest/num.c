/* num.c: sections of the layer num: elementary functions, rounding, statistics, text. SPDX-License-Identifier: Apache-2.0 */
#include "base/endian.h"
#include "base/prng.h"
#include "base/sort.h"
#include "base/text.h"
#include "digest/digest.h"
#include "num/decimal.h"
#include "num/double_text.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "num/statistics.h"

#define ARGUMENT_COUNT 6000u
#define TEXT_COUNT 3000u
#define SAMPLE_COUNT 60u
#define SAMPLE_SIZE 300u

// Any bits at all, NaN, infinities and subnormals among them; a number of ordinary size; one in -40..40; one in 0..1.
static double
draw_double(pli_prng *prng) {
    uint64_t bits = pli_prng_next_u64(prng);
    switch (pli_prng_below(prng, 4)) {
    case 0:
        return pli_double_from_bits(bits);
    case 1: // exponents 2^-32 to 2^31
        return pli_double_from_bits((bits & UINT64_C(0x800fffffffffffff)) |
                                    (UINT64_C(991) + (bits >> 52 & 63)) << 52);
    case 2:
        return (pli_prng_unit(prng) - 0.5) * 80.0;
    default:
        return pli_prng_unit(prng);
    }
}

static void
elementary(digest *to) {
    static double (*const functions[])(double) = {
        pli_floor,      pli_exp,        pli_expm1,     pli_log,   pli_log1p,
        pli_normal_pdf, pli_normal_cdf, pli_normal_sf, pli_mills, pli_normal_quantile,
    };
    pli_prng prng = pli_prng_init(3);
    digest_begin(to);
    for (uint32_t i = 0; i < ARGUMENT_COUNT; i += 1) {
        double x = draw_double(&prng);
        double y = draw_double(&prng);
        for (uint32_t j = 0; j < sizeof functions / sizeof functions[0]; j += 1) {
            digest_double(to, functions[j](x));
        }
        digest_double(to, pli_pow(x, y));
        digest_double(to, pli_pow(fabs(x), y));
        digest_double(to, sqrt(x));
        digest_double(to, x + y);
        digest_double(to, x * y + y);
        digest_double(to, x / y);
    }
    digest_end(to, "elementary", 0);
}

static void
rounding(digest *to) {
    pli_prng prng = pli_prng_init(4);
    digest_begin(to);
    for (uint32_t i = 0; i < ARGUMENT_COUNT; i += 1) {
        double x = draw_double(&prng) * (i % 2 == 0 ? 1.0 : 1e6);
        int64_t value = 0;
        if (digest_status(to, pli_i64_from_double_half_even(x, &value))) {
            digest_i64(to, value);
        }
        if (digest_status(to, pli_i64_from_double_floor(x, &value))) {
            digest_i64(to, value);
        }
        if (digest_status(to, pli_i64_from_double_ceil(x, &value))) {
            digest_i64(to, value);
        }
        digest_double(to, pli_double_from_i64(pli_prng_edge_i64(&prng, INT64_MIN, INT64_MAX)));
    }
    digest_end(to, "rounding", 50);
}

static void
put_result(digest *to, plm_status status, const double *value) {
    if (digest_status(to, status)) {
        digest_double(to, *value);
    }
}

static void
put_sample(digest *to, const double *sorted, const double *drawn, double level) {
    double value = 0.0;
    for (int method = PLI_QUANTILE_ABOVE; method <= PLI_QUANTILE_INTERPOLATE_N_MINUS_1;
         method += 1) {
        plm_status status =
            pli_quantile(sorted, SAMPLE_SIZE, level, (pli_quantile_method)method, &value);
        put_result(to, status, &value);
    }
    put_result(to, pli_expected_shortfall_upper(sorted, SAMPLE_SIZE, level, &value), &value);
    put_result(to, pli_mean(drawn, SAMPLE_SIZE, &value), &value);
    put_result(to, pli_variance(drawn, SAMPLE_SIZE, &value), &value);
    put_result(to, pli_correlation(drawn, sorted, SAMPLE_SIZE, &value), &value);
    double variances[SAMPLE_SIZE + 1];
    if (digest_status(to, pli_ewma_variance(drawn, SAMPLE_SIZE, level, 0.01, variances))) {
        for (uint32_t i = 0; i <= SAMPLE_SIZE; i += 1) {
            digest_double(to, variances[i]);
        }
    }
}

static void
statistics(digest *to) {
    pli_prng prng = pli_prng_init(5);
    digest_begin(to);
    for (uint32_t i = 0; i < SAMPLE_COUNT; i += 1) {
        int64_t ranked[SAMPLE_SIZE];
        double drawn[SAMPLE_SIZE];
        double sorted[SAMPLE_SIZE];
        for (uint32_t j = 0; j < SAMPLE_SIZE; j += 1) {
            double normal = pli_normal_quantile(pli_prng_unit(&prng) * 0.999 + 0.0005);
            drawn[j] = normal * 0.03;
            ranked[j] = (int64_t)(drawn[j] * 1e12);
        }
        pli_sort_i64(ranked, SAMPLE_SIZE);
        for (uint32_t j = 0; j < SAMPLE_SIZE; j += 1) {
            sorted[j] = pli_double_from_i64(ranked[j]) / 1e12;
        }
        put_sample(to, sorted, drawn, 0.5 + 0.5 * pli_prng_unit(&prng));
    }
    digest_end(to, "statistics", 90);
}

static void
put_double_text(digest *to, double x, unsigned decimals) {
    char data[400];
    pli_text text = pli_text_init(data, sizeof data);
    if (digest_status(to, pli_double_format(&text, x))) {
        digest_bytes(to, text.data, text.length);
        double back = 0.0;
        put_result(to, pli_double_parse(text.data, text.length, &back), &back);
        pli_i128 units = 0;
        plm_status status =
            pli_decimal_parse_relaxed(text.data, text.length, 8, PLI_DECIMAL_HALF_EVEN, &units);
        if (digest_status(to, status)) {
            digest_i128(to, units);
        }
    }
    text = pli_text_init(data, sizeof data);
    if (digest_status(to, pli_double_format_fixed(&text, x, decimals))) {
        digest_bytes(to, text.data, text.length);
    }
}

static void
texts(digest *to) {
    pli_prng prng = pli_prng_init(6);
    digest_begin(to);
    for (uint32_t i = 0; i < TEXT_COUNT; i += 1) {
        double x = draw_double(&prng);
        put_double_text(to, x, (unsigned)pli_prng_below(&prng, 19));
        char data[128];
        pli_text text = pli_text_init(data, sizeof data);
        unsigned scale = (unsigned)pli_prng_below(&prng, 19);
        pli_i128 value = pli_prng_edge_i64(&prng, INT64_MIN, INT64_MAX);
        pli_decimal_format(&text, value, scale, 2);
        digest_bytes(to, text.data, text.length);
        pli_i128 back = 0;
        if (digest_status(to, pli_decimal_parse(text.data, text.length, scale, &back))) {
            digest_i128(to, back);
        }
        text = pli_text_init(data, sizeof data);
        pli_decimal_format_grouped(&text, value, scale, 2, PLI_DECIMAL_CEIL);
        digest_bytes(to, text.data, text.length);
    }
    digest_end(to, "texts", 60);
}

void
digest_num(digest *to) {
    elementary(to);
    rounding(to);
    statistics(to);
    texts(to);
}
