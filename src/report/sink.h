/* sink.h: where written text goes, and how it is escaped on the way.                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_REPORT_SINK_H
#define PLI_REPORT_SINK_H

#include <stddef.h>
#include <stdint.h>

/*
 * pli_sink - a function of the caller that takes bytes, in order.
 *
 * A writer cannot fail: a sink that can (a full disk) remembers it in its own context and drops what follows.
 */
typedef struct pli_sink {
    void (*write)(void *context, const char *bytes, size_t size);
    void *context;
} pli_sink;

void pli_sink_bytes(const pli_sink *sink, const char *bytes, size_t size);
void pli_sink_string(const pli_sink *sink, const char *string);
void pli_sink_i64(const pli_sink *sink, int64_t value);

/* pli_sink_repeat - `string`, `count` times. */
void pli_sink_repeat(const pli_sink *sink, const char *string, size_t count);

/* pli_sink_strings - the strings up to the first NULL; PLI_SINK adds that NULL. */
void pli_sink_strings(const pli_sink *sink, const char *const *strings);
#define PLI_SINK(sink, ...) pli_sink_strings((sink), (const char *const[]){__VA_ARGS__, NULL})

/*
 * pli_sink_json, pli_sink_xml, pli_sink_csv, pli_sink_plain - a text made safe for where it goes.
 *
 * json   in double quotes, with the escapes of RFC 8259.
 * xml    for text and for attributes in double quotes: & < > " ' become entities, control characters U+FFFD.
 * csv    quoted as RFC 4180 says where it holds a comma, a quote or a line end.
 * plain  for a terminal: control characters become '?', so that a name from a file cannot steer the terminal.
 * In all but csv a byte that is not UTF-8 becomes U+FFFD.
 */
void pli_sink_json(const pli_sink *sink, const char *text);
void pli_sink_xml(const pli_sink *sink, const char *text);
void pli_sink_csv(const pli_sink *sink, const char *text);
void pli_sink_plain(const pli_sink *sink, const char *text);

/* pli_text_width - code points of a text as pli_sink_plain writes it. Double-width and combining marks count one. */
size_t pli_text_width(const char *text);

#endif
