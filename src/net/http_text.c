/* http_text.c: the text in front of an answer.                                        SPDX-License-Identifier: Apache-2.0 */
#include "net/http_text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_NAMES "Sun\0Mon\0Tue\0Wed\0Thu\0Fri\0Sat"
#define MONTH_NAMES "Jan\0Feb\0Mar\0Apr\0May\0Jun\0Jul\0Aug\0Sep\0Oct\0Nov\0Dec"

/* What every answer says besides its type: nothing may be loaded from elsewhere, framed, or guessed at. */
#define SAFETY                                                                                     \
    "content-security-policy: default-src 'self'; img-src 'self' data:; object-src 'none'; "       \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"                              \
    "x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n"

static const char *
reason_of(unsigned status) {
    static const struct {
        unsigned status;
        const char *text;
    } reasons[] = {{200, "OK"},
                   {304, "Not Modified"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {411, "Length Required"},
                   {413, "Content Too Large"},
                   {414, "URI Too Long"},
                   {417, "Expectation Failed"},
                   {422, "Unprocessable Content"},
                   {426, "Upgrade Required"},
                   {429, "Too Many Requests"},
                   {431, "Request Header Fields Too Large"},
                   {500, "Internal Server Error"},
                   {501, "Not Implemented"},
                   {503, "Service Unavailable"},
                   {505, "HTTP Version Not Supported"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i += 1) {
        if (reasons[i].status == status) {
            return reasons[i].text;
        }
    }
    return "";
}

// What must stand beside some statuses (RFC 9110 sections 11.6.1, 15.5.6, 15.5.22).
static const char *
extra_of(unsigned status) {
    switch (status) {
    case 401:
        return "www-authenticate: Plimsoll\r\n";
    case 405:
        return "allow: GET, POST\r\n";
    case 426:
        return "upgrade: websocket\r\nsec-websocket-version: 13\r\n";
    default:
        return "";
    }
}

static void
write_date(int64_t now_ns, char text[40]) {
    time_t seconds = (time_t)(now_ns / INT64_C(1000000000));
    struct tm date = {.tm_mday = 1};
    (void)gmtime_r(&seconds, &date);
    (void)snprintf(text, 40, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                   &DAY_NAMES[4 * (date.tm_wday % 7)], date.tm_mday % 100,
                   &MONTH_NAMES[4 * (date.tm_mon % 12)], (date.tm_year + 1900) % 10000,
                   date.tm_hour % 100, date.tm_min % 100, date.tm_sec % 100);
}

size_t
pli_http_text(const pli_http_answer *answer, bool is_last, int64_t now_ns,
              char text[PLI_HTTP_TEXT_MAX]) {
    char date[40];
    bool has_tag = answer->tag != NULL;
    write_date(now_ns, date);
    int size = snprintf(text, PLI_HTTP_TEXT_MAX,
                        "HTTP/1.1 %u %s\r\ndate: %s\r\ncontent-type: %s\r\ncontent-length: %zu\r\n"
                        "cache-control: %s\r\n" SAFETY "%s%s%s%s%s%s\r\n",
                        answer->status, reason_of(answer->status), date, answer->type, answer->size,
                        answer->is_lasting ? "no-cache" : "no-store", has_tag ? "etag: " : "",
                        has_tag ? answer->tag : "", has_tag ? "\r\n" : "",
                        answer->is_gzip ? "content-encoding: gzip\r\n" : "",
                        extra_of(answer->status), is_last ? "connection: close\r\n" : "");
    return size > 0 && size < (int)PLI_HTTP_TEXT_MAX ? (size_t)size : 0;
}

size_t
pli_http_upgrade_text(const char *accepted, char text[PLI_HTTP_TEXT_MAX]) {
    int size = snprintf(text, PLI_HTTP_TEXT_MAX,
                        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n"
                        "connection: Upgrade\r\nsec-websocket-accept: %s\r\n\r\n",
                        accepted);
    return (size_t)size;
}
