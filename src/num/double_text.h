/* double_text.h: doubles as decimal text, correctly rounded both ways.                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NUM_DOUBLE_TEXT_H
#define PLI_NUM_DOUBLE_TEXT_H

#include <stddef.h>

#include "base/text.h"
#include "plimsoll/status.h"

/*
 * pli_double_parse - the double nearest to a decimal text, ties to even: what a correct strtod answers.
 *
 * Accepts the relaxed form of num/decimal.h. No locale, no hexadecimal, no `nan`, no `inf`. Too small a number is 0 (or
 * -0) or a denormal, correctly rounded. `text` need not be terminated.
 *
 * Cost       One 128-bit division up to 19 digits with |exponent| <= 27; otherwise exact integers of up to 3,072 bits.
 * Returns    PLM_TEXT_MALFORMED  not of that form.
 *            PLM_NOT_FINITE      the nearest double would be an infinity.
 *            On these *out is left alone.
 */
PLM_MUST_USE plm_status pli_double_parse(const char *text, size_t size, double *out);

/*
 * pli_double_format - append the shortest text that pli_double_parse reads back to the same bits.
 *
 * Of the shortest texts the one nearest to x. Plain from 1e-6 up to below 1e21, otherwise with an exponent
 * (`1e-7`, `1.5e+300`); whole numbers have no point; -0 is `-0`. The form is also a JSON number.
 *
 * Returns    PLM_NOT_FINITE, and nothing is appended, for NaN and infinities.
 */
PLM_MUST_USE plm_status pli_double_format(pli_text *text, double x);

/*
 * pli_double_format_fixed - append x with exactly `decimals` decimals, 0 to 18 (asserted).
 *
 * Rounding   Half even of the exact value of x: 0.125 with 2 decimals is 0.12, 2.675 (which is below) is 2.67. A value
 *            that rounds to 0 has no sign.
 * Returns    PLM_NOT_FINITE, or PLM_OVERFLOW where x * 10^decimals passes 10^38 - 1; then nothing is appended.
 */
PLM_MUST_USE plm_status pli_double_format_fixed(pli_text *text, double x, unsigned decimals);

#endif
