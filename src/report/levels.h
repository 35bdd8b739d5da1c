/* levels.h: pairs of bars against a mark of their own and one line through all.          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_REPORT_LEVELS_H
#define PLI_REPORT_LEVELS_H

#include <stdbool.h>
#include <stdint.h>

#include "report/sink.h"

/* pli_level - two amounts (what is needed), and for each the amount it is held against (what is there). */
typedef struct pli_level {
    const char *label;
    int64_t bars[2];
    int64_t marks[2];
} pli_level;

/*
 * pli_levels - the picture; values are integers in 10^-scale of `unit`.
 */
typedef struct pli_levels {
    const char *title;
    const char *unit;
    unsigned scale;
    const char *bar_titles[2];
    const char *mark_title;
    const char *line_title; /* NULL: no line */
    int64_t line;
    uint32_t count;
    const pli_level *levels;
} pli_levels;

/*
 * pli_chart_levels - horizontal pairs of bars in the order given, amounts beside them, a legend below.
 *
 * The axis ends at three times the median of the first bars (or at the line, if that is more): a bar beyond it is cut
 * with two strokes, a mark beyond it stands at the edge as an arrow head. The legend says so where it happens.
 * Rounding   Amounts beside bars round up, as requirements do.
 */
void pli_chart_levels(const pli_sink *sink, const pli_levels *levels, bool is_standalone);

#endif
