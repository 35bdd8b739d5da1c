/* svg.h: the few SVG elements our pictures are made of, in whole tenths of a pixel.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_REPORT_SVG_H
#define PLI_REPORT_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "report/sink.h"

/*
 * Every coordinate is an integer in tenths of a pixel, and values reach the picture through integer arithmetic: equal
 * inputs give equal bytes on every machine. Looks come from the classes of pli_svg_style, never from attributes, so one
 * picture serves a light and a dark page.
 */
typedef struct pli_point {
    int32_t x, y;
} pli_point;

typedef struct pli_box {
    int32_t x, y, width, height;
} pli_box;

/* pli_svg_style - the style sheet of the classes below; also part of an HTML page that embeds pictures. */
const char *pli_svg_style(void);

/*
 * pli_svg_begin, pli_svg_end - one picture.
 *
 * `title` is read out by screen readers. A standalone picture (a file of its own) carries namespace, style sheet and
 * background; one inside an HTML page takes those from the page.
 */
void pli_svg_begin(const pli_sink *sink, int32_t width, int32_t height, const char *title,
                   bool is_standalone);
void pli_svg_end(const pli_sink *sink);

/* Elements. `tip` is shown when the pointer rests on it; NULL for none. Texts are escaped. */
void pli_svg_rect(const pli_sink *sink, pli_box box, const char *class_name, const char *tip);
void pli_svg_line(const pli_sink *sink, pli_point from, pli_point to, const char *class_name);
void pli_svg_dot(const pli_sink *sink, pli_point at, int32_t radius, const char *class_name);
void pli_svg_text(const pli_sink *sink, pli_point at, const char *class_name, const char *text);
void pli_svg_polyline(const pli_sink *sink, const pli_point *points, size_t count,
                      const char *class_name);

/*
 * pli_axis - values low..high laid on pixels from..to (`to` may be the smaller: y grows upwards in a chart).
 */
typedef struct pli_axis {
    int64_t low, high; /* low < high */
    int32_t from, to;
} pli_axis;

/* pli_axis_map - where a value lies; outside values stay at the nearer end. Rounded to the nearest tenth. */
int32_t pli_axis_map(const pli_axis *axis, int64_t value);

/* pli_axis_step - the smallest 1, 2 or 5 times a power of ten that cuts low..high into at most `count` >= 1 steps. */
int64_t pli_axis_step(const pli_axis *axis, int64_t count);

/*
 * pli_text_append_compact - a number for a small place: three digits and k, M, B or T.
 *
 * Example    (-1234567000000, 6) appends "-1.23M"; (950000, 6) appends "0.95". Half to even; reading only.
 */
void pli_text_append_compact(pli_text *text, int64_t value, unsigned scale);

#endif
