/* chart.h: the pictures of a report: bars, waterfall, heat map and lines.             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_REPORT_CHART_H
#define PLI_REPORT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/sink.h"
#include "report/table.h"

/*
 * Values are integers in 10^-scale of their unit. A picture is complete SVG; `is_standalone` as in pli_svg_begin.
 * Nothing is clipped silently: an axis always spans every value given. Amounts beside bars round up, as requirements do.
 */

/* pli_bar - one labelled amount. */
typedef struct pli_bar {
    const char *label;
    int64_t value;
    bool is_total; /* waterfall only: drawn from zero instead of from where the last one ended */
} pli_bar;

typedef struct pli_bars {
    const char *title;
    const char *unit;
    unsigned scale;
    uint32_t count;
    const pli_bar *bars;
} pli_bars;

/* pli_chart_bars - horizontal bars to both sides of zero, in the order given. */
void pli_chart_bars(const pli_sink *sink, const pli_bars *bars, bool is_standalone);

/*
 * pli_chart_waterfall - how amounts add up: each bar starts where the last ended, totals start at zero.
 *
 * The caller sees to it that the sums stay inside 64 bits.
 */
void pli_chart_waterfall(const pli_sink *sink, const pli_bars *bars, bool is_standalone);

/* pli_heat - a table of amounts under two sets of labels. */
typedef struct pli_heat {
    const char *title;
    const char *row_title;
    const char *column_title;
    unsigned scale;
    uint32_t row_count, column_count;
    const char *const *row_labels;
    const char *const *column_labels;
    const int64_t *values;   /* row_count * column_count, row by row */
    const bool *is_present;  /* the same; NULL: all are */
    uint32_t outlined_index; /* cell with a frame (the binding scenario), or PLM_NONE */
} pli_heat;

/* pli_chart_heat - loss and gain in four steps of colour each, the amount written in each cell. */
void pli_chart_heat(const pli_sink *sink, const pli_heat *heat, bool is_standalone);

/* pli_series - a curve, or ranges (bid to ask) with a dot at `y`. */
typedef struct pli_series {
    const char *label;
    bool is_line;
    uint32_t count;
    const int64_t *x;
    const int64_t *y;
    const int64_t *low; /* ranges, or NULL */
    const int64_t *high;
} pli_series;

typedef struct pli_lines {
    const char *title;
    const char *x_title;
    const char *y_title;
    unsigned x_scale, y_scale;
    uint32_t count;
    const pli_series *series;
} pli_lines;

/*
 * pli_chart_lines - curves and dots on two linear axes. Draws no plot, only a note, where there is no point at all.
 *
 * From two curves on each has its own colour and a legend names every series; dots are then marked as events.
 */
void pli_chart_lines(const pli_sink *sink, const pli_lines *lines, bool is_standalone);

#endif
