/* lines.c: curves and dots on two linear axes.                                         SPDX-License-Identifier: Apache-2.0 */
#include "report/chart.h"
#include "report/svg.h"

#define WIDTH 9300
#define HEIGHT 4000
#define LEFT 800
#define RIGHT 300
#define TOP 500
#define BOTTOM 600
#define RUN_MAX 256
#define LABEL_SIZE 64
#define LEGEND_STEP 210
#define LEGEND_COLUMNS 3
#define LEGEND_COLUMN 3000
#define SWATCH 220

/* Colours of curves in their order; a seventh curve begins again. The first is that of a picture with one curve. */
static const char *const curve_classes[] = {"p-line",
                                            "p-line p-thin p-k1",
                                            "p-line p-thin p-k2",
                                            "p-line p-thin p-k3",
                                            "p-line p-thin p-k4",
                                            "p-line p-thin p-k5"};
enum { CURVE_CLASSES = sizeof curve_classes / sizeof curve_classes[0] };

/* A plot laid out: both axes and what their numbers mean. */
typedef struct plot {
    pli_axis x, y;
    bool is_empty;
} plot;

static void
widen(pli_axis *axis, int64_t value, bool is_first) {
    axis->low = is_first || value < axis->low ? value : axis->low;
    axis->high = is_first || value > axis->high ? value : axis->high;
}

// A twentieth of air on both sides, and a span even where all values are equal.
static void
pad(pli_axis *axis) {
    int64_t air = axis->high / 20 - axis->low / 20;
    air = air < 1 ? 1 : air;
    axis->low = axis->low < INT64_MIN + air ? INT64_MIN : axis->low - air;
    axis->high = axis->high > INT64_MAX - air ? INT64_MAX : axis->high + air;
}

static uint32_t
count_curves(const pli_lines *lines) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < lines->count; i += 1) {
        count += lines->series[i].is_line ? 1 : 0;
    }
    return count;
}

// Space for the legend, which only a picture of several curves needs.
static int32_t
legend_height(const pli_lines *lines) {
    if (count_curves(lines) < 2) {
        return 0;
    }
    return (int32_t)((lines->count + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS) * LEGEND_STEP;
}

static plot
lay_out(const pli_lines *lines) {
    int32_t shift = legend_height(lines);
    plot laid_out = {.x = {.from = LEFT, .to = WIDTH - RIGHT},
                     .y = {.from = HEIGHT - BOTTOM + shift, .to = TOP + shift},
                     .is_empty = true};
    for (uint32_t i = 0; i < lines->count; i += 1) {
        const pli_series *series = &lines->series[i];
        for (uint32_t j = 0; j < series->count; j += 1) {
            widen(&laid_out.x, series->x[j], laid_out.is_empty);
            widen(&laid_out.y, series->y[j], laid_out.is_empty);
            laid_out.is_empty = false;
            if (series->low != NULL) {
                widen(&laid_out.y, series->low[j], false);
                widen(&laid_out.y, series->high[j], false);
            }
        }
    }
    pad(&laid_out.x);
    pad(&laid_out.y);
    return laid_out;
}

static int64_t
first_tick(const pli_axis *axis, int64_t step) {
    int64_t tick = axis->low / step * step;
    return tick < axis->low ? tick + step : tick;
}

static void
format_tick(char *data, int64_t value, unsigned scale) {
    pli_text text = pli_text_init(data, LABEL_SIZE);
    pli_decimal_format(&text, value, scale, 0);
}

static void
write_axes(const pli_sink *sink, const pli_lines *lines, const plot *laid_out) {
    char data[LABEL_SIZE];
    const int32_t bottom = laid_out->y.from;
    int64_t step = pli_axis_step(&laid_out->y, 6);
    for (int64_t tick = first_tick(&laid_out->y, step); tick <= laid_out->y.high; tick += step) {
        int32_t y = pli_axis_map(&laid_out->y, tick);
        pli_svg_line(sink, (pli_point){LEFT, y}, (pli_point){WIDTH - RIGHT, y}, "p-grid");
        format_tick(data, tick, lines->y_scale);
        pli_svg_text(sink, (pli_point){LEFT - 80, y + 40}, "p-s p-e", data);
    }
    step = pli_axis_step(&laid_out->x, 8);
    for (int64_t tick = first_tick(&laid_out->x, step); tick <= laid_out->x.high; tick += step) {
        int32_t x = pli_axis_map(&laid_out->x, tick);
        pli_svg_line(sink, (pli_point){x, bottom}, (pli_point){x, bottom + 50}, "p-axis");
        format_tick(data, tick, lines->x_scale);
        pli_svg_text(sink, (pli_point){x, bottom + 200}, "p-s p-m", data);
    }
    pli_svg_line(sink, (pli_point){LEFT, bottom}, (pli_point){WIDTH - RIGHT, bottom}, "p-axis");
    pli_svg_text(sink, (pli_point){(LEFT + WIDTH - RIGHT) / 2, bottom + 420}, "p-s p-m",
                 lines->x_title);
    pli_svg_text(sink, (pli_point){LEFT - 80, laid_out->y.to - 80}, "p-s", lines->y_title);
}

static pli_point
place(const plot *laid_out, int64_t x, int64_t y) {
    return (pli_point){pli_axis_map(&laid_out->x, x), pli_axis_map(&laid_out->y, y)};
}

static void
write_curve(const pli_sink *sink, const pli_series *series, const plot *laid_out,
            const char *class_name) {
    pli_point run[RUN_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < series->count; i += 1) {
        run[count] = place(laid_out, series->x[i], series->y[i]);
        count += 1;
        if (count == RUN_MAX || i + 1 == series->count) {
            pli_svg_polyline(sink, run, count, class_name);
            run[0] = run[count - 1];
            count = 1;
        }
    }
}

static void
write_dots(const pli_sink *sink, const pli_series *series, const plot *laid_out,
           const char *class_name) {
    for (uint32_t i = 0; i < series->count; i += 1) {
        if (series->low != NULL) {
            pli_svg_line(sink, place(laid_out, series->x[i], series->low[i]),
                         place(laid_out, series->x[i], series->high[i]), "p-range");
        }
        pli_svg_dot(sink, place(laid_out, series->x[i], series->y[i]), 22, class_name);
    }
}

// One entry for each series, beside the colour it is drawn in.
static void
write_legend(const pli_sink *sink, const pli_lines *lines, const char *dot_class) {
    uint32_t curve = 0;
    for (uint32_t i = 0; i < lines->count; i += 1) {
        const pli_series *series = &lines->series[i];
        pli_point at = {100 + (int32_t)(i % LEGEND_COLUMNS) * LEGEND_COLUMN,
                        420 + (int32_t)(i / LEGEND_COLUMNS) * LEGEND_STEP};
        if (series->is_line) {
            const pli_point run[2] = {at, {at.x + SWATCH, at.y}};
            pli_svg_polyline(sink, run, 2, curve_classes[curve % CURVE_CLASSES]);
            curve += 1;
        } else {
            pli_svg_dot(sink, (pli_point){at.x + SWATCH / 2, at.y}, 30, dot_class);
        }
        pli_svg_text(sink, (pli_point){at.x + SWATCH + 80, at.y + 40}, "p-s", series->label);
    }
}

void
pli_chart_lines(const pli_sink *sink, const pli_lines *lines, bool is_standalone) {
    const plot laid_out = lay_out(lines);
    bool has_legend = count_curves(lines) > 1;
    const char *dot_class = has_legend ? "p-hit" : "p-dot";
    pli_svg_begin(sink, WIDTH, HEIGHT + legend_height(lines), lines->title, is_standalone);
    pli_svg_text(sink, (pli_point){100, 220}, "p-h", lines->title);
    if (laid_out.is_empty) {
        pli_svg_text(sink, (pli_point){WIDTH / 2, HEIGHT / 2}, "p-s p-m", "nothing to show");
        pli_svg_end(sink);
        return;
    }
    write_axes(sink, lines, &laid_out);
    if (has_legend) {
        write_legend(sink, lines, dot_class);
    }
    uint32_t curve = 0;
    for (uint32_t i = 0; i < lines->count; i += 1) {
        if (lines->series[i].is_line) {
            write_curve(sink, &lines->series[i], &laid_out, curve_classes[curve % CURVE_CLASSES]);
            curve += 1;
        } else {
            write_dots(sink, &lines->series[i], &laid_out, dot_class);
        }
    }
    pli_svg_end(sink);
}
