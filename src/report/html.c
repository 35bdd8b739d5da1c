/* html.c: a page that opens offline, in a light and in a dark room.                   SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

#include "report/svg.h"

#define CELL_SIZE 64

static const char page_style[] =
    ":root{color-scheme:light dark;--ink:#1d2a35;--soft:#5d6b77;--paper:#fbfaf7;--card:#fff;"
    "--line:#e3e0d8;--good:#217267;--warn:#8a6412;--bad:#a8302d}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9eb;--soft:#9aa7b1;--paper:#0f1519;"
    "--card:#141b21;--line:#2a353e;--good:#5cc4b5;--warn:#e0b655;--bad:#ee7b76}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--paper);color:var(--ink);"
    "font:15px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}"
    "main{max-width:980px;margin:0 auto;padding:40px 24px 80px}"
    "h1{font-size:28px;line-height:1.2;margin:0}h2{font-size:18px;margin:0 0 4px}"
    ".sub,.note,footer{color:var(--soft)}.note{margin:0 0 12px}.sub{margin:6px 0 24px}"
    "section{background:var(--card);border:1px solid var(--line);border-radius:10px;"
    "padding:20px 22px;margin:0 0 18px}"
    ".verdict{font-size:19px;font-weight:600;margin:0 0 18px}"
    ".good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.quiet{color:var(--soft)"
    "}"
    ".strong{font-weight:600}"
    ".wide{overflow-x:auto}svg{max-width:100%;height:auto;display:block}"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
    "th,td{padding:5px 10px;text-align:left;border-bottom:1px solid var(--line);"
    "vertical-align:baseline}"
    "th{color:var(--soft);font-weight:500;font-size:13px}tr:last-child td{border-bottom:0}"
    ".r,td:first-child{white-space:nowrap}.r{text-align:right}.u{color:var(--soft);font-weight:400;"
    "margin-left:4px}"
    "footer{font-size:13px;margin-top:28px}"
    "@media print{section{break-inside:avoid}body{background:#fff}}";

void
pli_html_begin(const pli_sink *sink, const char *title, const char *subtitle) {
    PLI_SINK(sink, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n",
             "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>");
    pli_sink_xml(sink, title);
    PLI_SINK(sink, "</title>\n<style>", page_style, pli_svg_style(),
             "</style></head>\n<body><main>\n<h1>");
    pli_sink_xml(sink, title);
    pli_sink_string(sink, "</h1>\n<p class=\"sub\">");
    pli_sink_xml(sink, subtitle);
    pli_sink_string(sink, "</p>\n<section>\n");
}

void
pli_html_end(const pli_sink *sink, const char *footer) {
    pli_sink_string(sink, "</section>\n<footer>");
    pli_sink_xml(sink, footer);
    pli_sink_string(sink, "</footer>\n</main></body></html>\n");
}

static void
write_paragraph(const pli_sink *sink, const char *class_name, const char *text) {
    PLI_SINK(sink, "<p", class_name, ">");
    pli_sink_xml(sink, text);
    pli_sink_string(sink, "</p>\n");
}

void
pli_html_section(const pli_sink *sink, const char *heading, const char *note) {
    pli_sink_string(sink, "</section>\n<section>\n<h2>");
    pli_sink_xml(sink, heading);
    pli_sink_string(sink, "</h2>\n");
    if (note[0] != '\0') {
        write_paragraph(sink, " class=\"note\"", note);
    }
}

static const char *
tone_class(pli_tone tone) {
    switch (tone) {
    case PLI_TONE_GOOD:
        return "good";
    case PLI_TONE_WARNING:
        return "warn";
    case PLI_TONE_BAD:
        return "bad";
    case PLI_TONE_QUIET:
        return "quiet";
    case PLI_TONE_STRONG:
        return "strong";
    case PLI_TONE_PLAIN:
        break;
    }
    return "";
}

void
pli_html_verdict(const pli_sink *sink, const char *text, pli_tone tone) {
    PLI_SINK(sink, "<p class=\"verdict ", tone_class(tone), "\">");
    pli_sink_xml(sink, text);
    pli_sink_string(sink, "</p>\n");
}

void
pli_html_paragraph(const pli_sink *sink, const char *text) {
    write_paragraph(sink, "", text);
}

static void
write_cell(const pli_sink *sink, const pli_column *column, const pli_cell *cell) {
    PLI_SINK(sink, "<td class=\"", column->align == PLI_ALIGN_RIGHT ? "r " : "",
             tone_class(cell->tone), "\">");
    if (cell->kind == PLI_CELL_TEXT) {
        pli_sink_xml(sink, cell->text);
    } else {
        char data[CELL_SIZE];
        pli_text text = pli_text_init(data, sizeof data);
        pli_cell_format(&text, column, cell);
        pli_sink_xml(sink, data);
    }
    pli_sink_string(sink, "</td>");
}

static void
write_header(const pli_sink *sink, const pli_column *column) {
    PLI_SINK(sink, column->align == PLI_ALIGN_RIGHT ? "<th class=\"r\">" : "<th>");
    pli_sink_xml(sink, column->title);
    if (column->unit[0] != '\0') {
        pli_sink_string(sink, "<span class=\"u\">");
        pli_sink_xml(sink, column->unit);
        pli_sink_string(sink, "</span>");
    }
    pli_sink_string(sink, "</th>");
}

void
pli_html_table(const pli_sink *sink, const pli_table *table) {
    pli_sink_string(sink, "<div class=\"wide\"><table>\n");
    if (table->is_record && table->row_count == 1) {
        for (uint32_t column = 0; column < table->column_count; column += 1) {
            pli_sink_string(sink, "<tr>");
            write_header(sink, &table->columns[column]);
            write_cell(sink, &table->columns[column], &table->cells[column]);
            pli_sink_string(sink, "</tr>\n");
        }
    } else {
        pli_sink_string(sink, "<tr>");
        for (uint32_t column = 0; column < table->column_count; column += 1) {
            write_header(sink, &table->columns[column]);
        }
        pli_sink_string(sink, "</tr>\n");
        for (uint32_t row = 0; row < table->row_count; row += 1) {
            pli_sink_string(sink, "<tr>");
            for (uint32_t column = 0; column < table->column_count; column += 1) {
                write_cell(sink, &table->columns[column],
                           &table->cells[(size_t)row * table->column_count + column]);
            }
            pli_sink_string(sink, "</tr>\n");
        }
    }
    pli_sink_string(sink, "</table></div>\n");
    if (table->note[0] != '\0') {
        write_paragraph(sink, " class=\"note\"", table->note);
    }
}

void
pli_html_picture_begin(const pli_sink *sink) {
    pli_sink_string(sink, "<div class=\"wide\">\n");
}

void
pli_html_picture_end(const pli_sink *sink) {
    pli_sink_string(sink, "</div>\n");
}
