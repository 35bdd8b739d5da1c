/* html.h: a page that opens offline, in a light and in a dark room.                   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_REPORT_HTML_H
#define PLI_REPORT_HTML_H

#include "report/sink.h"
#include "report/table.h"

/*
 * One file, nothing fetched: style inline, pictures inline SVG, no script. Every text is escaped.
 *
 * Order of calls: begin; any number of sections, paragraphs, tables and pictures (written to the same sink between
 * pli_html_picture_begin and _end); end.
 */
void pli_html_begin(const pli_sink *sink, const char *title, const char *subtitle);
void pli_html_end(const pli_sink *sink, const char *footer);

/* pli_html_section - a heading; `note` is a sentence below it, or "". */
void pli_html_section(const pli_sink *sink, const char *heading, const char *note);

/* pli_html_verdict - the answer in one line, coloured by its tone. */
void pli_html_verdict(const pli_sink *sink, const char *text, pli_tone tone);

void pli_html_paragraph(const pli_sink *sink, const char *text);
void pli_html_table(const pli_sink *sink, const pli_table *table);
void pli_html_picture_begin(const pli_sink *sink);
void pli_html_picture_end(const pli_sink *sink);

#endif
