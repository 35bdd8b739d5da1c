/* svg.c: the few SVG elements our pictures are made of, in whole tenths of a pixel.   SPDX-License-Identifier: Apache-2.0 */
#include "report/svg.h"

#include "base/assert.h"
#include "base/wide.h"
#include "num/decimal.h"

// Plain colours instead of variables: pictures are also shown by readers that know no custom properties.
static const char style[] =
    ".p-bg{fill:#fbfaf7}"
    ".p-t{font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:#1d2a35}"
    ".p-s{font-size:11px;fill:#5d6b77}.p-b{font-weight:600}.p-h{font-size:15px;font-weight:600}"
    ".p-e{text-anchor:end}.p-m{text-anchor:middle}"
    ".p-axis{stroke:#5d6b77;stroke-width:1}.p-grid{stroke:#dcd9d0;stroke-width:1}"
    ".p-mark{stroke:#1d2a35;stroke-width:1.5}"
    ".p-line{fill:none;stroke:#1f6f8b;stroke-width:2;stroke-linejoin:round}"
    ".p-k1{stroke:#dd8432}.p-k2{stroke:#2f8f83}.p-k3{stroke:#7a5aa6}.p-k4{stroke:#8a97a3}"
    ".p-k5{stroke:#b59a2c}.p-thin{stroke-width:1}.p-hit{fill:#c3423f}"
    ".p-range{stroke:#8a97a3;stroke-width:2}"
    ".p-dot{fill:#1f6f8b}.p-ring{fill:#fbfaf7;stroke:#1d2a35;stroke-width:2}"
    ".p-good{fill:#2f8f83}.p-warn{fill:#e0b23c}.p-call{fill:#dd8432}.p-bad{fill:#c3423f}"
    ".p-accent{fill:#1f6f8b}.p-quiet{fill:#aab3ba}.p-outline{fill:none;stroke:#1d2a35;stroke-width:"
    "2}"
    ".p-l1{fill:#f7dfd6}.p-l2{fill:#efb8a6}.p-l3{fill:#dd7d6b}.p-l4{fill:#c3423f}"
    ".p-z{fill:#f2f0ea}.p-g1{fill:#d8ebe8}.p-g2{fill:#a9d5ce}.p-g3{fill:#6cb3a8}.p-g4{fill:#2f8f83}"
    ".p-on{fill:#1d2a35}.p-on4{fill:#fff}"
    "@media(prefers-color-scheme:dark){"
    ".p-bg{fill:#141b21}.p-t{fill:#e6e9eb}.p-s{fill:#9aa7b1}"
    ".p-axis{stroke:#9aa7b1}.p-grid{stroke:#2a353e}.p-mark{stroke:#e6e9eb}"
    ".p-line{stroke:#62b6cf}.p-k1{stroke:#d97f33}.p-k2{stroke:#4bb3a5}.p-k3{stroke:#a98bd0}"
    ".p-k4{stroke:#9aa7b1}.p-k5{stroke:#d6ab3f}.p-hit{fill:#d9605c}"
    ".p-range{stroke:#6f7d88}.p-dot{fill:#62b6cf}"
    ".p-ring{fill:#141b21;stroke:#e6e9eb}"
    ".p-good{fill:#4bb3a5}.p-warn{fill:#d6ab3f}.p-call{fill:#d97f33}.p-bad{fill:#d9605c}"
    ".p-accent{fill:#62b6cf}.p-quiet{fill:#56626c}.p-outline{stroke:#e6e9eb}"
    ".p-l1{fill:#38262a}.p-l2{fill:#5c302f}.p-l3{fill:#8c3f3a}.p-l4{fill:#c3504b}"
    ".p-on{fill:#e6e9eb}.p-z{fill:#1e272e}.p-g1{fill:#1d3136}.p-g2{fill:#1f4a4a}.p-g3{fill:#277067}"
    ".p-g4{fill:#34998b}"
    "}";

const char *
pli_svg_style(void) {
    return style;
}

static void
write_tenths(const pli_sink *sink, const char *before, int32_t tenths, const char *after) {
    char data[24];
    pli_text text = pli_text_init(data, sizeof data);
    pli_decimal_format(&text, tenths, 1, 0);
    PLI_SINK(sink, before, data, after);
}

void
pli_svg_begin(const pli_sink *sink, int32_t width, int32_t height, const char *title,
              bool is_standalone) {
    pli_sink_string(sink, "<svg");
    if (is_standalone) {
        pli_sink_string(sink, " xmlns=\"http://www.w3.org/2000/svg\"");
    }
    write_tenths(sink, " width=\"", width, "\"");
    write_tenths(sink, " height=\"", height, "\"");
    write_tenths(sink, " viewBox=\"0 0 ", width, "");
    write_tenths(sink, " ", height, "\" role=\"img\">\n<title>");
    pli_sink_xml(sink, title);
    pli_sink_string(sink, "</title>\n");
    if (is_standalone) {
        PLI_SINK(sink, "<style>", style, "</style>\n");
        pli_svg_rect(sink, (pli_box){0, 0, width, height}, "p-bg", NULL);
    }
}

void
pli_svg_end(const pli_sink *sink) {
    pli_sink_string(sink, "</svg>\n");
}

void
pli_svg_rect(const pli_sink *sink, pli_box box, const char *class_name, const char *tip) {
    write_tenths(sink, "<rect x=\"", box.x, "\"");
    write_tenths(sink, " y=\"", box.y, "\"");
    write_tenths(sink, " width=\"", box.width, "\"");
    write_tenths(sink, " height=\"", box.height, "\"");
    PLI_SINK(sink, " class=\"", class_name, "\"");
    if (tip == NULL) {
        pli_sink_string(sink, "/>\n");
        return;
    }
    pli_sink_string(sink, "><title>");
    pli_sink_xml(sink, tip);
    pli_sink_string(sink, "</title></rect>\n");
}

void
pli_svg_line(const pli_sink *sink, pli_point from, pli_point to, const char *class_name) {
    write_tenths(sink, "<line x1=\"", from.x, "\"");
    write_tenths(sink, " y1=\"", from.y, "\"");
    write_tenths(sink, " x2=\"", to.x, "\"");
    write_tenths(sink, " y2=\"", to.y, "\"");
    PLI_SINK(sink, " class=\"", class_name, "\"/>\n");
}

void
pli_svg_dot(const pli_sink *sink, pli_point at, int32_t radius, const char *class_name) {
    write_tenths(sink, "<circle cx=\"", at.x, "\"");
    write_tenths(sink, " cy=\"", at.y, "\"");
    write_tenths(sink, " r=\"", radius, "\"");
    PLI_SINK(sink, " class=\"", class_name, "\"/>\n");
}

void
pli_svg_text(const pli_sink *sink, pli_point at, const char *class_name, const char *text) {
    write_tenths(sink, "<text x=\"", at.x, "\"");
    write_tenths(sink, " y=\"", at.y, "\"");
    PLI_SINK(sink, " class=\"p-t ", class_name, "\">");
    pli_sink_xml(sink, text);
    pli_sink_string(sink, "</text>\n");
}

void
pli_svg_polyline(const pli_sink *sink, const pli_point *points, size_t count,
                 const char *class_name) {
    PLI_SINK(sink, "<polyline class=\"", class_name, "\" points=\"");
    for (size_t i = 0; i < count; i += 1) {
        write_tenths(sink, i > 0 ? " " : "", points[i].x, ",");
        write_tenths(sink, "", points[i].y, "");
    }
    pli_sink_string(sink, "\"/>\n");
}

int32_t
pli_axis_map(const pli_axis *axis, int64_t value) {
    PLI_ASSERT(axis->low < axis->high);
    if (value <= axis->low) {
        return axis->from;
    }
    if (value >= axis->high) {
        return axis->to;
    }
    pli_i128 span = (pli_i128)axis->high - axis->low;
    pli_i128 length = (pli_i128)axis->to - axis->from;
    pli_i128 part = ((pli_i128)value - axis->low) * length;
    part += part < 0 ? -(span / 2) : span / 2;
    return (int32_t)(axis->from + part / span);
}

int64_t
pli_axis_step(const pli_axis *axis, int64_t count) {
    PLI_ASSERT(axis->low < axis->high);
    PLI_ASSERT(count >= 1);
    static const int64_t leading[3] = {1, 2, 5};
    pli_i128 span = (pli_i128)axis->high - axis->low;
    for (int64_t power = 1;; power *= 10) {
        for (size_t i = 0; i < 3; i += 1) {
            // The last power below 2^63 times 5 leaves 64 bits, and by then one step is enough.
            pli_i128 step = (pli_i128)power * leading[i];
            if (step * count >= span || step > INT64_MAX / 2) {
                return step > INT64_MAX ? INT64_MAX : (int64_t)step;
            }
        }
    }
}

void
pli_text_append_compact(pli_text *text, int64_t value, unsigned scale) {
    static const char suffix[] = {'\0', 'k', 'M', 'B', 'T'};
    pli_u128 size = value < 0 ? 0 - (pli_u128)value : (pli_u128)value;
    pli_u128 one = 1;
    for (unsigned i = 0; i < scale; i += 1) {
        one *= 10;
    }
    unsigned group = 0;
    // 999.5 already reads as 1.00k.
    while (group + 1 < sizeof suffix && size * 10 >= one * 9995) {
        one *= 1000;
        group += 1;
    }
    unsigned decimals = size * 1000 < one * 9995 ? 2 : size * 100 < one * 9995 ? 1 : 0;
    pli_decimal_format_grouped(text, value, scale + 3 * group, decimals, PLI_DECIMAL_HALF_EVEN);
    if (suffix[group] != '\0') {
        pli_text_append_char(text, suffix[group]);
    }
}
