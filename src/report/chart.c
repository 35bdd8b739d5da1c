/* chart.c: bars, waterfall and heat map.                                               SPDX-License-Identifier: Apache-2.0 */
#include "report/chart.h"

#include "base/assert.h"
#include "plimsoll/quantity.h"
#include "report/svg.h"

#define WIDTH 9300
#define LABELS 2600
#define AMOUNTS 1100
#define BAR_STEP 240
#define BAR_HEIGHT 150
#define HEAD 380
#define LABEL_SIZE 64

static void
widen(pli_axis *axis, int64_t value) {
    axis->low = value < axis->low ? value : axis->low;
    axis->high = value > axis->high ? value : axis->high;
}

// An axis needs a span: where all values are zero it gets one.
static void
finish_axis(pli_axis *axis) {
    if (axis->low == axis->high) {
        axis->high += 1;
    }
}

static void
write_amount(const pli_sink *sink, pli_point at, const char *class_name, int64_t value,
             const pli_bars *bars) {
    char data[LABEL_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_decimal_format_grouped(&text, value, bars->scale, bars->scale < 2 ? bars->scale : 2,
                               PLI_DECIMAL_CEIL);
    pli_svg_text(sink, at, class_name, data);
}

static void
write_bar(const pli_sink *sink, const pli_axis *axis, int64_t from, int64_t to, pli_point at,
          const char *class_name) {
    int32_t begin = pli_axis_map(axis, from < to ? from : to);
    int32_t end = pli_axis_map(axis, from < to ? to : from);
    int32_t width = end - begin < 10 ? 10 : end - begin;
    pli_svg_rect(sink, (pli_box){begin, at.y, width, BAR_HEIGHT}, class_name, NULL);
}

static void
begin_bars(const pli_sink *sink, const pli_bars *bars, const pli_axis *axis, bool is_standalone) {
    int32_t height = HEAD + (int32_t)bars->count * BAR_STEP + 100;
    pli_svg_begin(sink, WIDTH, height, bars->title, is_standalone);
    pli_svg_text(sink, (pli_point){100, 220}, "p-h", bars->title);
    pli_svg_text(sink, (pli_point){WIDTH - 100, 220}, "p-s p-e", bars->unit);
    int32_t zero = pli_axis_map(axis, 0);
    pli_svg_line(sink, (pli_point){zero, HEAD - 60}, (pli_point){zero, height - 100}, "p-axis");
}

void
pli_chart_bars(const pli_sink *sink, const pli_bars *bars, bool is_standalone) {
    pli_axis axis = {.from = LABELS, .to = WIDTH - AMOUNTS - 200};
    for (uint32_t i = 0; i < bars->count; i += 1) {
        widen(&axis, bars->bars[i].value);
    }
    finish_axis(&axis);
    begin_bars(sink, bars, &axis, is_standalone);
    for (uint32_t i = 0; i < bars->count; i += 1) {
        const pli_bar *bar = &bars->bars[i];
        int32_t top = HEAD + (int32_t)i * BAR_STEP;
        pli_svg_text(sink, (pli_point){LABELS - 100, top + 115}, "p-e", bar->label);
        write_bar(sink, &axis, 0, bar->value, (pli_point){0, top},
                  bar->value > 0 ? "p-bad" : "p-good");
        write_amount(sink, (pli_point){WIDTH - 100, top + 115}, "p-e", bar->value, bars);
    }
    pli_svg_end(sink);
}

void
pli_chart_waterfall(const pli_sink *sink, const pli_bars *bars, bool is_standalone) {
    pli_axis axis = {.from = LABELS, .to = WIDTH - AMOUNTS - 200};
    int64_t sum = 0;
    for (uint32_t i = 0; i < bars->count; i += 1) {
        sum = bars->bars[i].is_total ? bars->bars[i].value : sum + bars->bars[i].value;
        widen(&axis, sum);
    }
    finish_axis(&axis);
    begin_bars(sink, bars, &axis, is_standalone);
    sum = 0;
    for (uint32_t i = 0; i < bars->count; i += 1) {
        const pli_bar *bar = &bars->bars[i];
        int64_t from = bar->is_total ? 0 : sum;
        sum = bar->is_total ? bar->value : sum + bar->value;
        int32_t top = HEAD + (int32_t)i * BAR_STEP;
        pli_svg_text(sink, (pli_point){LABELS - 100, top + 115}, bar->is_total ? "p-e p-b" : "p-e",
                     bar->label);
        write_bar(sink, &axis, from, sum, (pli_point){0, top},
                  bar->is_total    ? "p-accent"
                  : bar->value < 0 ? "p-good"
                                   : "p-warn");
        write_amount(sink, (pli_point){WIDTH - 100, top + 115}, bar->is_total ? "p-e p-b" : "p-e",
                     bar->value, bars);
        if (i + 1 < bars->count && !bars->bars[i + 1].is_total) {
            int32_t x = pli_axis_map(&axis, sum);
            pli_svg_line(sink, (pli_point){x, top + BAR_HEIGHT}, (pli_point){x, top + BAR_STEP},
                         "p-axis");
        }
    }
    pli_svg_end(sink);
}

#define HEAT_ROW 260
#define HEAT_LEFT 1500
#define HEAT_TOP 740

// Four equal steps up to the largest amount on either side; anything that is not zero gets at least the first.
static const char *
heat_class(int64_t value, uint64_t largest) {
    static const char *const losses[4] = {"p-l1", "p-l2", "p-l3", "p-l4"};
    static const char *const gains[4] = {"p-g1", "p-g2", "p-g3", "p-g4"};
    if (value == 0) {
        return "p-z";
    }
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    unsigned step = size > largest / 4 * 3 ? 3
                    : size > largest / 2   ? 2
                    : size > largest / 4   ? 1
                                           : 0;
    return value < 0 ? losses[step] : gains[step];
}

static uint64_t
heat_largest(const pli_heat *heat) {
    uint64_t largest = 0;
    for (uint32_t i = 0; i < heat->row_count * heat->column_count; i += 1) {
        int64_t value = heat->values[i];
        uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        bool is_counted = heat->is_present == NULL || heat->is_present[i];
        largest = is_counted && size > largest ? size : largest;
    }
    return largest;
}

static void
write_heat_cell(const pli_sink *sink, const pli_heat *heat, uint32_t index, pli_box box,
                uint64_t largest) {
    if (heat->is_present != NULL && !heat->is_present[index]) {
        return;
    }
    char data[LABEL_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_decimal_format_grouped(&text, heat->values[index], heat->scale,
                               heat->scale < 2 ? heat->scale : 2, PLI_DECIMAL_HALF_EVEN);
    const char *colour = heat_class(heat->values[index], largest);
    pli_svg_rect(sink, box, colour, data);
    text = pli_text_init(data, sizeof data);
    pli_text_append_compact(&text, heat->values[index], heat->scale);
    bool is_dark = colour[3] == '4' || colour[3] == '3';
    pli_svg_text(sink, (pli_point){box.x + box.width / 2, box.y + 165},
                 is_dark ? "p-s p-m p-on4" : "p-s p-m p-on", data);
}

void
pli_chart_heat(const pli_sink *sink, const pli_heat *heat, bool is_standalone) {
    int32_t columns = (int32_t)heat->column_count;
    int32_t cell = columns > 0 ? (WIDTH - HEAT_LEFT - 100) / columns : 600;
    cell = cell > 620 ? 620 : cell < 400 ? 400 : cell;
    int32_t width = HEAT_LEFT + columns * cell + 100;
    width = width < WIDTH ? WIDTH : width;
    int32_t height = HEAT_TOP + (int32_t)heat->row_count * HEAT_ROW + 100;
    pli_svg_begin(sink, width, height, heat->title, is_standalone);
    pli_svg_text(sink, (pli_point){100, 220}, "p-h", heat->title);
    pli_svg_text(sink, (pli_point){HEAT_LEFT, 450}, "p-s", heat->column_title);
    pli_svg_text(sink, (pli_point){HEAT_LEFT - 100, HEAT_TOP - 80}, "p-s p-e", heat->row_title);
    for (int32_t column = 0; column < columns; column += 1) {
        pli_svg_text(sink, (pli_point){HEAT_LEFT + column * cell + cell / 2, HEAT_TOP - 80},
                     "p-s p-m", heat->column_labels[column]);
    }
    uint64_t largest = heat_largest(heat);
    for (uint32_t row = 0; row < heat->row_count; row += 1) {
        int32_t top = HEAT_TOP + (int32_t)row * HEAT_ROW;
        pli_svg_text(sink, (pli_point){HEAT_LEFT - 100, top + 165}, "p-s p-e",
                     heat->row_labels[row]);
        for (uint32_t column = 0; column < heat->column_count; column += 1) {
            write_heat_cell(
                sink, heat, row * heat->column_count + column,
                (pli_box){HEAT_LEFT + (int32_t)column * cell, top, cell - 15, HEAT_ROW - 15},
                largest);
        }
    }
    if (heat->outlined_index != PLM_NONE) {
        PLI_ASSERT(heat->column_count > 0);
        int32_t row = (int32_t)(heat->outlined_index / heat->column_count);
        int32_t column = (int32_t)(heat->outlined_index % heat->column_count);
        pli_svg_rect(sink,
                     (pli_box){HEAT_LEFT + column * cell - 5, HEAT_TOP + row * HEAT_ROW - 5,
                               cell - 5, HEAT_ROW - 5},
                     "p-outline", NULL);
    }
    pli_svg_end(sink);
}
