/* decimal.h: exact decimal text to integers in a unit, and back.                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NUM_DECIMAL_H
#define PLI_NUM_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/wide.h"
#include "plimsoll/status.h"

/* A unit with `scale` decimals: 6 for micros, 8 for e8. Parsed magnitudes go up to 10^38 - 1. */
#define PLI_DECIMAL_SCALE_MAX 18
#define PLI_DECIMAL_DIGITS_MAX 38

/* What to do with decimals that the unit, or the column, cannot hold. */
typedef enum pli_decimal_rounding {
    PLI_DECIMAL_EXACT = 1, /* refuse them */
    PLI_DECIMAL_FLOOR = 2,
    PLI_DECIMAL_CEIL = 3,
    PLI_DECIMAL_HALF_EVEN = 4,
} pli_decimal_rounding;

/*
 * pli_decimal_parse - the strict form, for everything that people and clients send us.
 *
 * Accepts `[-]digits[.digits]` and nothing else: no exponent, no plus, no space, no group separator, no needless leading
 * zero (`007`), no bare point (`.5`, `5.`). `-0` is 0. `text` need not be terminated.
 *
 * Units      *out is the number times 10^scale; `scale` in 0..18 (asserted).
 * Rounding   None. Trailing zeros beyond the scale are fine: `1.500` at scale 1 is 15.
 * Returns    PLM_TEXT_MALFORMED  not of that form.
 *            PLM_TEXT_PRECISION  a digit other than 0 beyond the scale.
 *            PLM_OVERFLOW        the magnitude of *out would pass 10^38 - 1.
 *            On these *out is left alone.
 * Example    pli_decimal_parse("-12.5", 5, 6, &micros) gives -12500000.
 */
PLM_MUST_USE plm_status pli_decimal_parse(const char *text, size_t size, unsigned scale,
                                          pli_i128 *out);

/*
 * pli_decimal_parse_relaxed - the form of data files: exchange CSVs, JSON numbers of other people.
 *
 * Also accepts a plus, leading zeros, a bare point and an exponent (`+1.`, `.5`, `007`, `1.2E-7`).
 *
 * Rounding   As told; PLI_DECIMAL_EXACT answers PLM_TEXT_PRECISION like the strict form.
 */
PLM_MUST_USE plm_status pli_decimal_parse_relaxed(const char *text, size_t size, unsigned scale,
                                                  pli_decimal_rounding rounding, pli_i128 *out);

/*
 * pli_decimal_format - append value / 10^scale exactly, in the form that pli_decimal_parse accepts.
 *
 * Trailing zeros go away down to `decimals_min` decimals. Every value prints; scale and decimals_min <= 38 (asserted).
 *
 * Example    (1500000, 6, 2) appends "1.50"; (1234567, 6, 2) appends "1.234567"; (-3, 0, 0) appends "-3".
 */
void pli_decimal_format(pli_text *text, pli_i128 value, unsigned scale, unsigned decimals_min);

/*
 * pli_decimal_format_grouped - append with exactly `decimals` decimals and commas between groups of three, for tables.
 *
 * Rounding   As told; PLI_DECIMAL_EXACT asserts that nothing is lost. A value that rounds to 0 has no sign.
 * Example    (1234567890000, 6, 2, PLI_DECIMAL_CEIL) appends "1,234,567.89".
 */
void pli_decimal_format_grouped(pli_text *text, pli_i128 value, unsigned scale, unsigned decimals,
                                pli_decimal_rounding rounding);

/*
 * pli_decimal_parts - a decimal text cut up but not yet converted: digits of the whole, of the fraction, exponent.
 *
 * Lifetime   Points into the text that was scanned.
 */
typedef struct pli_decimal_parts {
    const char *whole;
    size_t whole_size;
    const char *fraction;
    size_t fraction_size;
    int64_t exponent; /* clamped to +-10^15, far beyond what any caller tells apart */
    bool is_negative;
} pli_decimal_parts;

/* pli_decimal_scan - cut up the strict or the relaxed form; false where the text is not of that form. */
bool pli_decimal_scan(const char *text, size_t size, bool is_relaxed, pli_decimal_parts *parts);

/* pli_decimal_digit - the value 0..9 of digit `index`, counted through whole and fraction. */
unsigned pli_decimal_digit(const pli_decimal_parts *parts, size_t index);

#endif
