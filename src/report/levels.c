/* levels.c: pairs of bars against a mark of their own and one line through all.          SPDX-License-Identifier: Apache-2.0 */
#include "report/levels.h"

#include "num/decimal.h"
#include "report/svg.h"

#define WIDTH 9300
#define LABELS 1700
#define AMOUNTS 1500
#define EDGE 200
#define HEAD 420
#define GROUP_STEP 520
#define BAR_STEP 190
#define BAR_HEIGHT 150
#define LEGEND 620
#define LABEL_SIZE 64

static const char *const bar_classes[2] = {"p-accent", "p-quiet"};

// The lower median of the first bars.
static int64_t
median(const pli_levels *levels) {
    for (uint32_t i = 0; i < levels->count; i += 1) {
        uint32_t below = 0;
        uint32_t equal = 0;
        for (uint32_t j = 0; j < levels->count; j += 1) {
            below += levels->levels[j].bars[0] < levels->levels[i].bars[0];
            equal += levels->levels[j].bars[0] == levels->levels[i].bars[0];
        }
        uint32_t middle = (levels->count - 1) / 2;
        if (below <= middle && middle < below + equal) {
            return levels->levels[i].bars[0];
        }
    }
    return 0;
}

static int64_t
larger(int64_t left, int64_t right) {
    return left > right ? left : right;
}

static pli_axis
lay_out(const pli_levels *levels) {
    pli_axis axis = {.from = LABELS, .to = WIDTH - AMOUNTS - EDGE};
    for (uint32_t i = 0; i < levels->count; i += 1) {
        const pli_level *level = &levels->levels[i];
        for (uint32_t j = 0; j < 2; j += 1) {
            axis.high = larger(axis.high, larger(level->bars[j], level->marks[j]));
            axis.low = level->bars[j] < axis.low ? level->bars[j] : axis.low;
        }
    }
    int64_t middle = median(levels);
    int64_t end = larger(middle, 0) > INT64_MAX / 3 ? INT64_MAX : larger(middle, 0) * 3;
    end = levels->line_title != NULL ? larger(end, levels->line) : end;
    axis.high = end > 0 && end < axis.high ? end : axis.high;
    axis.high = levels->line_title != NULL ? larger(axis.high, levels->line) : axis.high;
    axis.high = axis.high <= axis.low ? axis.low + 1 : axis.high;
    return axis;
}

static void
draw_bar(const pli_sink *sink, const pli_levels *levels, const pli_axis *axis, int64_t value,
         int32_t top, const char *class_name) {
    int32_t zero = pli_axis_map(axis, 0);
    int32_t end = pli_axis_map(axis, value);
    int32_t from = end < zero ? end : zero;
    int32_t width = end < zero ? zero - end : end - zero;
    pli_svg_rect(sink, (pli_box){from, top, width < 10 ? 10 : width, BAR_HEIGHT}, class_name, NULL);
    for (int32_t i = 0; value > axis->high && i < 2; i += 1) {
        int32_t x = axis->to - 130 + i * 50;
        pli_svg_line(sink, (pli_point){x - 30, top + BAR_HEIGHT + 30},
                     (pli_point){x + 30, top - 30}, "p-mark");
    }
    char data[LABEL_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_decimal_format_grouped(&text, value, levels->scale, levels->scale < 2 ? levels->scale : 2,
                               PLI_DECIMAL_CEIL);
    pli_svg_text(sink, (pli_point){WIDTH - 100, top + 115}, "p-e", data);
}

static void
draw_mark(const pli_sink *sink, const pli_axis *axis, int64_t value, int32_t top) {
    int32_t x = pli_axis_map(axis, value);
    int32_t middle = top + BAR_HEIGHT / 2;
    if (value > axis->high || value < axis->low) {
        int32_t back = value > axis->high ? -70 : 70;
        const pli_point head[3] = {{x + back, middle - 60}, {x, middle}, {x + back, middle + 60}};
        pli_svg_line(sink, head[0], head[1], "p-mark");
        pli_svg_line(sink, head[1], head[2], "p-mark");
        return;
    }
    pli_svg_line(sink, (pli_point){x, top - 20}, (pli_point){x, top + BAR_HEIGHT + 20}, "p-mark");
    pli_svg_dot(sink, (pli_point){x, middle}, 45, "p-ring");
}

static bool
is_cut(const pli_levels *levels, const pli_axis *axis) {
    for (uint32_t i = 0; i < levels->count; i += 1) {
        const pli_level *level = &levels->levels[i];
        for (uint32_t j = 0; j < 2; j += 1) {
            if (level->bars[j] > axis->high || level->marks[j] > axis->high ||
                level->marks[j] < axis->low) {
                return true;
            }
        }
    }
    return false;
}

static void
draw_legend(const pli_sink *sink, const pli_levels *levels, const pli_axis *axis, int32_t top) {
    for (int32_t i = 0; i < 2; i += 1) {
        pli_svg_rect(sink, (pli_box){LABELS + i * 1300, top - 90, 180, 100}, bar_classes[i], NULL);
        pli_svg_text(sink, (pli_point){LABELS + i * 1300 + 240, top}, "p-s", levels->bar_titles[i]);
    }
    int32_t x = LABELS + 2700;
    pli_svg_line(sink, (pli_point){x, top - 110}, (pli_point){x, top + 30}, "p-mark");
    pli_svg_dot(sink, (pli_point){x, top - 40}, 45, "p-ring");
    pli_svg_text(sink, (pli_point){x + 110, top}, "p-s", levels->mark_title);
    if (levels->line_title != NULL) {
        char amount[LABEL_SIZE];
        char data[LABEL_SIZE * 3];
        pli_text text = pli_text_init(amount, sizeof amount);
        pli_decimal_format_grouped(&text, levels->line, levels->scale,
                                   levels->scale < 2 ? levels->scale : 2, PLI_DECIMAL_CEIL);
        text = pli_text_init(data, sizeof data);
        pli_text_append(&text, levels->line_title);
        pli_text_append(&text, " ");
        pli_text_append(&text, amount);
        pli_svg_rect(sink, (pli_box){x + 1200, top - 110, 20, 140}, "p-bad", NULL);
        pli_svg_text(sink, (pli_point){x + 1310, top}, "p-s", data);
    }
    if (is_cut(levels, axis)) {
        pli_svg_text(sink, (pli_point){LABELS, top + 200}, "p-s",
                     "Two strokes or an arrow head: it goes on beyond the edge.");
    }
}

void
pli_chart_levels(const pli_sink *sink, const pli_levels *levels, bool is_standalone) {
    const pli_axis axis = lay_out(levels);
    int32_t end = HEAD + (int32_t)levels->count * GROUP_STEP;
    pli_svg_begin(sink, WIDTH, end + LEGEND, levels->title, is_standalone);
    pli_svg_text(sink, (pli_point){100, 220}, "p-h", levels->title);
    pli_svg_text(sink, (pli_point){WIDTH - 100, 220}, "p-s p-e", levels->unit);
    int32_t zero = pli_axis_map(&axis, 0);
    pli_svg_line(sink, (pli_point){zero, HEAD - 60}, (pli_point){zero, end}, "p-axis");
    for (uint32_t i = 0; i < levels->count; i += 1) {
        const pli_level *level = &levels->levels[i];
        int32_t top = HEAD + (int32_t)i * GROUP_STEP;
        pli_svg_text(sink, (pli_point){LABELS - 100, top + 200}, "p-e p-b", level->label);
        for (int32_t j = 0; j < 2; j += 1) {
            draw_bar(sink, levels, &axis, level->bars[j], top + j * BAR_STEP, bar_classes[j]);
        }
    }
    if (levels->line_title != NULL) {
        int32_t x = pli_axis_map(&axis, levels->line);
        pli_svg_rect(sink, (pli_box){x - 10, HEAD - 60, 20, end - HEAD + 60}, "p-bad", NULL);
    }
    for (uint32_t i = 0; i < levels->count; i += 1) {
        int32_t top = HEAD + (int32_t)i * GROUP_STEP;
        draw_mark(sink, &axis, levels->levels[i].marks[0], top);
        draw_mark(sink, &axis, levels->levels[i].marks[1], top + BAR_STEP);
    }
    draw_legend(sink, levels, &axis, end + 200);
    pli_svg_end(sink);
}
