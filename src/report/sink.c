/* sink.c: where written text goes, and how it is escaped on the way.                  SPDX-License-Identifier: Apache-2.0 */
#include "report/sink.h"

#include <stdbool.h>

#include "base/text.h"

#define REPLACEMENT "\xEF\xBF\xBD"

static size_t
string_size(const char *string) {
    size_t size = 0;
    while (string[size] != '\0') {
        size += 1;
    }
    return size;
}

void
pli_sink_bytes(const pli_sink *sink, const char *bytes, size_t size) {
    if (size > 0) {
        sink->write(sink->context, bytes, size);
    }
}

void
pli_sink_string(const pli_sink *sink, const char *string) {
    pli_sink_bytes(sink, string, string_size(string));
}

void
pli_sink_i64(const pli_sink *sink, int64_t value) {
    char data[24];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append_i64(&text, value);
    pli_sink_bytes(sink, data, text.length);
}

void
pli_sink_repeat(const pli_sink *sink, const char *string, size_t count) {
    for (size_t i = 0; i < count; i += 1) {
        pli_sink_string(sink, string);
    }
}

void
pli_sink_strings(const pli_sink *sink, const char *const *strings) {
    for (size_t i = 0; strings[i] != NULL; i += 1) {
        pli_sink_string(sink, strings[i]);
    }
}

static bool
is_continuation(unsigned char byte) {
    return (byte & 0xC0U) == 0x80U;
}

/* The length of the UTF-8 sequence at `bytes` (table 3-7 of the Unicode standard), 0 where there is none. */
static size_t
utf8_size(const char *bytes) {
    unsigned char first = (unsigned char)bytes[0];
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xC2 || first > 0xF4 || !is_continuation((unsigned char)bytes[1])) {
        return 0;
    }
    if (first < 0xE0) {
        return 2;
    }
    unsigned char second = (unsigned char)bytes[1];
    bool is_short = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    bool is_beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    if (is_short || is_beyond || !is_continuation((unsigned char)bytes[2])) {
        return 0;
    }
    if (first < 0xF0) {
        return 3;
    }
    return is_continuation((unsigned char)bytes[3]) ? 4 : 0;
}

typedef const char *escape_function(unsigned char byte);

// Writes runs that need no escape in one piece; `escape` answers NULL for a byte that may stand as it is.
static void
write_escaped(const pli_sink *sink, const char *text, escape_function *escape) {
    size_t begin = 0;
    size_t at = 0;
    while (text[at] != '\0') {
        size_t size = utf8_size(text + at);
        const char *instead = size == 0 ? REPLACEMENT : NULL;
        if (size == 1) {
            instead = escape((unsigned char)text[at]);
        }
        if (instead == NULL) {
            at += size;
            continue;
        }
        pli_sink_bytes(sink, text + begin, at - begin);
        pli_sink_string(sink, instead);
        at += 1;
        begin = at;
    }
    pli_sink_bytes(sink, text + begin, at - begin);
}

static const char *
escape_json(unsigned char byte) {
    static const char *const control[32] = {
        "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007",
        "\\b",     "\\t",     "\\n",     "\\u000b", "\\f",     "\\r",     "\\u000e", "\\u000f",
        "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
        "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f"};
    if (byte < 32) {
        return control[byte];
    }
    return byte == '"' ? "\\\"" : byte == '\\' ? "\\\\" : NULL;
}

static const char *
escape_xml(unsigned char byte) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
        return NULL;
    default:
        return byte < 32 || byte == 127 ? REPLACEMENT : NULL;
    }
}

static const char *
escape_plain(unsigned char byte) {
    return byte < 32 || byte == 127 ? "?" : NULL;
}

void
pli_sink_json(const pli_sink *sink, const char *text) {
    pli_sink_string(sink, "\"");
    write_escaped(sink, text, escape_json);
    pli_sink_string(sink, "\"");
}

void
pli_sink_xml(const pli_sink *sink, const char *text) {
    write_escaped(sink, text, escape_xml);
}

void
pli_sink_plain(const pli_sink *sink, const char *text) {
    write_escaped(sink, text, escape_plain);
}

void
pli_sink_csv(const pli_sink *sink, const char *text) {
    bool is_quoted = false;
    for (size_t i = 0; text[i] != '\0'; i += 1) {
        is_quoted =
            is_quoted || text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
    }
    if (!is_quoted) {
        pli_sink_string(sink, text);
        return;
    }
    pli_sink_string(sink, "\"");
    for (size_t i = 0; text[i] != '\0'; i += 1) {
        pli_sink_bytes(sink, text + i, 1);
        if (text[i] == '"') {
            pli_sink_string(sink, "\"");
        }
    }
    pli_sink_string(sink, "\"");
}

size_t
pli_text_width(const char *text) {
    size_t width = 0;
    size_t at = 0;
    while (text[at] != '\0') {
        size_t size = utf8_size(text + at);
        at += size == 0 ? 1 : size;
        width += 1;
    }
    return width;
}
