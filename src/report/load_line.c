/* load_line.c: equity against maintenance, call level and initial, at a glance.       SPDX-License-Identifier: Apache-2.0 */
#include "report/load_line.h"

#include "base/assert.h"
#include "report/svg.h"

#define AMOUNT_SIZE 64
#define BAR_MAX 200u

// From zero (or a negative equity) to a little beyond the largest of all.
static pli_axis
lay_out(const pli_load_line *line, int32_t from, int32_t to) {
    const int64_t values[5] = {line->maintenance_micros, line->call_micros, line->initial_micros,
                               line->equity_initial_micros, line->equity_maintenance_micros};
    pli_axis axis = {.from = from, .to = to};
    for (size_t i = 0; i < 5; i += 1) {
        axis.low = values[i] < axis.low ? values[i] : axis.low;
        axis.high = values[i] > axis.high ? values[i] : axis.high;
    }
    int64_t air = axis.high / 20 + 1;
    axis.high = axis.high > INT64_MAX - air ? INT64_MAX : axis.high + air;
    return axis;
}

static void
format_amount(char *data, int64_t micros, pli_decimal_rounding rounding) {
    pli_text text = pli_text_init(data, AMOUNT_SIZE);
    pli_decimal_format_grouped(&text, micros, 6, 2, rounding);
}

static const char *
tone_code(pli_tone tone) {
    switch (tone) {
    case PLI_TONE_GOOD:
        return "\033[32m";
    case PLI_TONE_WARNING:
        return "\033[33m";
    case PLI_TONE_BAD:
        return "\033[31m";
    case PLI_TONE_PLAIN:
    case PLI_TONE_QUIET:
    case PLI_TONE_STRONG:
        break;
    }
    return "\033[1m";
}

static void
write_bar(const pli_sink *sink, const pli_load_line *line, const pli_axis *axis,
          pli_table_style style) {
    uint32_t width = (uint32_t)axis->to;
    uint32_t full = (uint32_t)pli_axis_map(axis, line->equity_initial_micros);
    uint32_t half = (uint32_t)pli_axis_map(axis, line->equity_maintenance_micros);
    full = line->equity_initial_micros <= 0 ? 0 : full;
    half = line->equity_maintenance_micros <= 0 ? 0 : half;
    half = half < full ? full : half;
    pli_sink_string(sink, style.is_coloured ? tone_code(line->tone) : "");
    pli_sink_repeat(sink, style.is_utf8 ? "\u2588" : "#", full);
    pli_sink_repeat(sink, style.is_utf8 ? "\u2593" : "+", half - full);
    pli_sink_string(sink, style.is_coloured ? "\033[0m" : "");
    pli_sink_repeat(sink, style.is_utf8 ? "\u2591" : ".", width - half);
    pli_sink_string(sink, "\n");
}

static void
write_marks(const pli_sink *sink, const pli_load_line *line, const pli_axis *axis) {
    const int64_t values[3] = {line->maintenance_micros, line->call_micros, line->initial_micros};
    static const char letters[3] = {'M', 'C', 'I'};
    char marks[BAR_MAX + 4];
    uint32_t end = 0;
    for (size_t i = 0; i < 3; i += 1) {
        uint32_t at = (uint32_t)pli_axis_map(axis, values[i]);
        // The mark stands under the last column it fills; never on top of the one before.
        at = at > 0 ? at - 1 : 0;
        at = at < end ? end : at;
        while (end < at) {
            marks[end] = ' ';
            end += 1;
        }
        marks[end] = letters[i];
        end += 1;
    }
    pli_sink_bytes(sink, marks, end);
    pli_sink_string(sink, "\n");
}

void
pli_load_line_write(const pli_sink *sink, const pli_load_line *line, uint32_t width,
                    pli_table_style style) {
    PLI_ASSERT(width >= 20);
    PLI_ASSERT(width <= BAR_MAX);
    const pli_axis axis = lay_out(line, 0, (int32_t)width);
    write_bar(sink, line, &axis, style);
    write_marks(sink, line, &axis);
    char data[AMOUNT_SIZE];
    format_amount(data, line->equity_maintenance_micros, PLI_DECIMAL_FLOOR);
    PLI_SINK(sink, "equity ", data);
    format_amount(data, line->maintenance_micros, PLI_DECIMAL_CEIL);
    PLI_SINK(sink, "  M maintenance ", data);
    format_amount(data, line->call_micros, PLI_DECIMAL_CEIL);
    PLI_SINK(sink, "  C call ", data);
    format_amount(data, line->initial_micros, PLI_DECIMAL_CEIL);
    PLI_SINK(sink, "  I initial ", data, " ", line->unit, ": ");
    pli_sink_string(sink, style.is_coloured ? tone_code(line->tone) : "");
    pli_sink_plain(sink, line->verdict);
    pli_sink_string(sink, style.is_coloured ? "\033[0m\n" : "\n");
}

#define WIDTH 9300
#define BAR_TOP 900
#define BAR_HEIGHT 300
#define RADIUS 110
#define LABEL_ROOM 1900

static void
draw_zone(const pli_sink *sink, int32_t from, int32_t to, const char *class_name, const char *tip) {
    if (to > from) {
        pli_svg_rect(sink, (pli_box){from, BAR_TOP, to - from, BAR_HEIGHT}, class_name, tip);
    }
}

static void
draw_mark(const pli_sink *sink, pli_point at, const char *align, const char *label,
          int64_t micros) {
    char amount[AMOUNT_SIZE];
    char data[AMOUNT_SIZE * 2];
    format_amount(amount, micros, PLI_DECIMAL_CEIL);
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, label);
    pli_text_append(&text, " ");
    pli_text_append(&text, amount);
    pli_svg_line(sink, (pli_point){at.x, BAR_TOP - 60}, (pli_point){at.x, at.y - 120}, "p-mark");
    int32_t shift = align[0] == '\0' ? 50 : align[2] == 'e' ? -50 : 0;
    pli_svg_text(sink, (pli_point){at.x + shift, at.y}, align, data);
}

static void
draw_disc(const pli_sink *sink, const pli_load_line *line, int32_t x) {
    int32_t y = BAR_TOP + BAR_HEIGHT / 2;
    pli_svg_dot(sink, (pli_point){x, y}, RADIUS, "p-ring");
    pli_svg_line(sink, (pli_point){x - RADIUS * 2, y}, (pli_point){x + RADIUS * 2, y}, "p-mark");
    char amount[AMOUNT_SIZE];
    char data[AMOUNT_SIZE * 2];
    format_amount(amount, line->equity_maintenance_micros, PLI_DECIMAL_FLOOR);
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "equity ");
    pli_text_append(&text, amount);
    // The label leaves the disc towards the side that has room.
    const char *align = x > WIDTH * 3 / 4 ? "p-b p-e" : x < WIDTH / 4 ? "p-b" : "p-b p-m";
    pli_svg_text(sink, (pli_point){x, BAR_TOP - 160}, align, data);
}

void
pli_load_line_draw(const pli_sink *sink, const pli_load_line *line, bool is_standalone) {
    const pli_axis axis = lay_out(line, 200, WIDTH - 200);
    const int32_t zero = pli_axis_map(&axis, 0);
    const int32_t maintenance = pli_axis_map(&axis, line->maintenance_micros);
    const int32_t call = pli_axis_map(&axis, line->call_micros);
    const int32_t initial = pli_axis_map(&axis, line->initial_micros);
    pli_svg_begin(sink, WIDTH, 1950, "Load line", is_standalone);
    pli_svg_text(sink, (pli_point){100, 220}, "p-h", "Load line");
    if (is_standalone) {
        pli_svg_text(sink, (pli_point){1000, 220}, "p-s", line->verdict);
    }
    pli_svg_text(sink, (pli_point){WIDTH - 100, 220}, "p-s p-e", line->unit);
    draw_zone(sink, axis.from, zero, "p-quiet", "below zero: owed");
    draw_zone(sink, zero, maintenance, "p-bad", "below maintenance: positions are closed");
    draw_zone(sink, maintenance, call, "p-call", "called: cure in time");
    draw_zone(sink, call, initial, "p-warn", "below initial: only trades that reduce risk");
    draw_zone(sink, initial, axis.to, "p-g2", "free to trade");
    // Maintenance and call lie close together; their labels go to the left, or below one another where there is no room.
    bool has_room = maintenance > LABEL_ROOM;
    bool is_far = initial > WIDTH - LABEL_ROOM;
    draw_mark(sink, (pli_point){initial, is_far ? 1800 : 1480}, is_far ? "p-e" : "", "initial",
              line->initial_micros);
    draw_mark(sink, (pli_point){call, 1640}, has_room ? "p-e" : "", "call", line->call_micros);
    draw_mark(sink, (pli_point){maintenance, has_room ? 1480 : 1800}, has_room ? "p-e" : "",
              "maintenance", line->maintenance_micros);
    draw_disc(sink, line, pli_axis_map(&axis, line->equity_maintenance_micros));
    pli_svg_end(sink);
}
