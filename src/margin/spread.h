/* spread.h: what crossing half of the spread costs.                                   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_SPREAD_H
#define PLI_MARGIN_SPREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "margin/view.h"

/*
 * pli_line_half_spread - the half-spread of the line's mark on `lots` >= 0, in valuation micros; 0 where none is known.
 *
 * Of `view` only listing and market are read, of `line` its instrument, underlying and mark.
 *
 * Rounding   Up, at each conversion.
 * Returns    false where it does not fit.
 */
bool pli_line_half_spread(const pli_view *view, const pli_line *line, int64_t lots, pli_i128 *out);

#endif
