/* load_line.h: equity against maintenance, call level and initial, at a glance.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_REPORT_LOAD_LINE_H
#define PLI_REPORT_LOAD_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "report/sink.h"
#include "report/table.h"

/*
 * pli_load_line - the picture a ship has on its side: how deep it lies and how deep it may.
 *
 * Units      micros of `unit`, the valuation currency.
 */
typedef struct pli_load_line {
    int64_t maintenance_micros;
    int64_t call_micros;
    int64_t initial_micros;
    int64_t equity_initial_micros;     /* what counts against initial */
    int64_t equity_maintenance_micros; /* what counts against the other two */
    const char *unit;
    const char *verdict; /* such as "healthy" */
    pli_tone tone;
} pli_load_line;

/*
 * pli_load_line_write - three lines of text: bar, marks, amounts.
 *
 * The bar is full up to the equity that counts for initial, half-full up to the one that counts for maintenance. Marks
 * that fall on one place stand side by side. `width` is the number of columns of the bar, 20..200 (asserted).
 */
void pli_load_line_write(const pli_sink *sink, const pli_load_line *line, uint32_t width,
                         pli_table_style style);

/* pli_load_line_draw - the same as SVG, equity as the load-line disc. */
void pli_load_line_draw(const pli_sink *sink, const pli_load_line *line, bool is_standalone);

#endif
