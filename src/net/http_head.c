/* http_head.c: the head of an HTTP/1.1 request, read in one way or not at all.             SPDX-License-Identifier: Apache-2.0 */
#include "net/http_head.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { LENGTH_DIGITS_MAX = 9, KEY_SIZE = 24, VERSION_SIZE = 8 };

/* The fields that mean something here; the rest is looked at for its form alone. */
typedef enum field {
    FIELD_HOST,
    FIELD_LENGTH,
    FIELD_CODING,
    FIELD_ORIGIN,
    FIELD_TYPE,
    FIELD_KNOWN,
    FIELD_AUTHORIZATION,
    FIELD_ENCODING,
    FIELD_CONNECTION,
    FIELD_UPGRADE,
    FIELD_EXPECT,
    FIELD_KEY,
    FIELD_VERSION,
    FIELD_COUNT
} field;

static const char *const field_names[FIELD_COUNT] = {
    "host",          "content-length",    "transfer-encoding",    "origin",     "content-type",
    "if-none-match", "authorization",     "accept-encoding",      "connection", "upgrade",
    "expect",        "sec-websocket-key", "sec-websocket-version"};

typedef struct fields {
    const char *values[FIELD_COUNT]; /* NULL: not said */
} fields;

static bool
is_token(char character) {
    return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') ||
           (character != '\0' && strchr("!#$%&'*+-.^_`|~", character) != NULL);
}

// RFC 3986 without the percent sign: what a path and a query are made of.
static bool
is_target(char character) {
    return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') ||
           (character != '\0' && strchr("-._~!$&'()*+,;=:@/?", character) != NULL);
}

size_t
pli_http_head_find(const char *bytes, size_t size, size_t *looked) {
    // The byte looked at last may be a CR whose LF has only now come.
    for (size_t i = *looked; i < size; i += 1) {
        bool is_after_cr = i > 0 && bytes[i - 1] == '\r';
        bool is_start = i > 0 || bytes[i] == '\r' || is_token(bytes[i]);
        if ((bytes[i] == '\n') != is_after_cr || bytes[i] == '\0' || !is_start) {
            return (size_t)-1;
        }
        // An empty line in front of a request is passed over (RFC 9112 section 2.2), once.
        if (bytes[i] == '\n' && i > 2 && bytes[i - 2] == '\n') {
            *looked = i + 1;
            return i + 1;
        }
    }
    *looked = size;
    return 0;
}

// The line at *at, without its CR LF and terminated; *at is behind it.
static char *
take_line(char **at) {
    char *line = *at;
    char *end = strchr(line, '\r');
    *end = '\0';
    *at = end + 2;
    return line;
}

// A list of words with commas between them: is one of them there, and not with quality 0?
static bool
has_word(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; at != NULL && *at != '\0';) {
        at += strspn(at, " \t,");
        size_t size = strcspn(at, ",");
        size_t own = strcspn(at, ",; \t");
        bool is_zero = size > own && strncmp(at + own, ";q=0", 4) == 0 &&
                       strcspn(at + own + 4, "123456789") >= size - own - 4;
        if (own == length && strncasecmp(at, word, length) == 0) {
            return !is_zero;
        }
        at += size;
    }
    return false;
}

static unsigned
read_method(char *method, pli_http_head *head) {
    static const char *const others[] = {"HEAD",    "PUT",   "DELETE", "CONNECT",
                                         "OPTIONS", "TRACE", "PATCH"};
    for (const char *at = method; *at != '\0'; at += 1) {
        if (!is_token(*at)) {
            return 400;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i += 1) {
        if (strcmp(method, others[i]) == 0) {
            return 405;
        }
    }
    head->is_post = strcmp(method, "POST") == 0;
    return head->is_post || strcmp(method, "GET") == 0 ? 0 : method[0] == '\0' ? 400 : 501;
}

static unsigned
read_version(const char *text, pli_http_head *head) {
    if (strlen(text) != VERSION_SIZE || strncmp(text, "HTTP/", 5) != 0 || text[5] < '0' ||
        text[5] > '9' || text[6] != '.' || text[7] < '0' || text[7] > '9') {
        return 400;
    }
    head->is_last = text[7] == '0';
    return text[5] == '1' ? 0 : 505;
}

static int
digit_of(char character) {
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    char small = (char)(character | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// One decoded byte at *from; '\0': the text is none. What would mean something else decoded is refused.
static char
take_byte(const char **from, const char *refused) {
    char byte = **from;
    if (byte != '%') {
        *from += 1;
        return is_target(byte) ? byte : '\0';
    }
    int high = digit_of((*from)[1]);
    int low = high < 0 ? -1 : digit_of((*from)[2]);
    int value = high * 16 + low;
    *from += 3;
    if (low < 0 || value < 0x20 || value == 0x7f || strchr(refused, value) != NULL) {
        return '\0';
    }
    return (char)(unsigned char)value;
}

// Decoded into `to` up to `end` or the end of the text; NULL: it cannot be. What is written is never longer than what is read.
static char *
decode(const char **from, char end, const char *refused, char *to) {
    while (**from != '\0' && **from != end) {
        *to = take_byte(from, refused);
        if (*to == '\0') {
            return NULL;
        }
        to += 1;
    }
    *to = '\0';
    return to + 1;
}

static bool
has_dot_segment(const char *path) {
    for (const char *at = path; *at != '\0'; at += 1) {
        if (at[0] == '/' && at[1] == '.') {
            const char *behind = at + (at[2] == '.' ? 3 : 2);
            if (*behind == '/' || *behind == '\0') {
                return true;
            }
        }
    }
    return false;
}

static unsigned
read_target(const char *target, char *scratch, pli_http_head *head) {
    const char *from = target;
    if (strlen(target) + 2 > PLI_HTTP_HEAD_TARGET_MAX) {
        return 414;
    }
    head->target = target;
    head->path = scratch;
    char *query = target[0] == '/' ? decode(&from, '?', "/\\?", scratch) : NULL;
    if (query == NULL || has_dot_segment(head->path)) {
        return 400;
    }
    from += *from == '?' ? 1 : 0;
    head->query = query;
    *query = '\0';
    return decode(&from, '\0', "&", query) != NULL ? 0 : 400;
}

static unsigned
read_request_line(char *line, char *scratch, pli_http_head *head, const char **authority) {
    char *target = strchr(line, ' ');
    char *version = target == NULL ? NULL : strchr(target + 1, ' ');
    if (version == NULL || strchr(version + 1, ' ') != NULL) {
        return 400;
    }
    *target = '\0';
    *version = '\0';
    target += 1;
    unsigned refused = read_method(line, head);
    refused = refused == 0 ? read_version(version + 1, head) : refused;
    if (refused != 0) {
        return refused;
    }
    // The absolute form must be understood (RFC 9112 section 3.2.2); its authority is held against the host.
    *authority = NULL;
    size_t scheme = strncmp(target, "http://", 7) == 0    ? 7
                    : strncmp(target, "https://", 8) == 0 ? 8
                                                          : 0;
    if (scheme > 0) {
        char *path = strchr(target + scheme, '/');
        if (path == NULL) {
            return 400;
        }
        memmove(target, target + scheme, (size_t)(path - target) - scheme);
        target[(size_t)(path - target) - scheme] = '\0';
        *authority = target;
        target = path;
    }
    return read_target(target, scratch, head);
}

// The value of a line `name: value`, without the white space around it; NULL: it is no such line.
static char *
split_field(char *line) {
    char *colon = line;
    while (is_token(*colon)) {
        colon += 1;
    }
    if (colon == line || *colon != ':') {
        return NULL;
    }
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    size_t size = strlen(value);
    while (size > 0 && (value[size - 1] == ' ' || value[size - 1] == '\t')) {
        size -= 1;
    }
    value[size] = '\0';
    for (const char *at = value; *at != '\0'; at += 1) {
        if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7f) {
            return NULL;
        }
    }
    return value;
}

static unsigned
read_field(char *line, fields *said) {
    char *value = split_field(line);
    if (value == NULL) {
        return 400;
    }
    for (unsigned i = 0; i < FIELD_COUNT; i += 1) {
        if (strcasecmp(line, field_names[i]) == 0) {
            if (said->values[i] == NULL) {
                said->values[i] = value;
                return 0;
            }
            // Two lists would be one; here the first is all that is asked of these.
            bool is_list = i == FIELD_ENCODING || i == FIELD_KNOWN;
            return is_list ? 0 : 400;
        }
    }
    return 0;
}

static unsigned
read_length(const fields *said, size_t body_max, pli_http_head *head) {
    const char *coding = said->values[FIELD_CODING];
    const char *length = said->values[FIELD_LENGTH];
    if (coding != NULL) {
        bool is_plain = length == NULL && !head->is_last;
        return !is_plain ? 400 : strcasecmp(coding, "chunked") == 0 ? 411 : 501;
    }
    if (length == NULL) {
        return head->is_post ? 411 : 0;
    }
    size_t digits = strspn(length, "0123456789");
    if (digits == 0 || length[digits] != '\0') {
        return 400;
    }
    size_t zeros = strspn(length, "0");
    size_t size = 0;
    if (digits - zeros > LENGTH_DIGITS_MAX) {
        return 413;
    }
    for (size_t i = zeros; i < digits; i += 1) {
        size = size * 10 + (size_t)(length[i] - '0');
    }
    head->body_size = size;
    return size > body_max ? 413 : size > 0 && !head->is_post ? 400 : 0;
}

// RFC 6455 section 4.2.1; a wish for another protocol is passed over, as it may be.
static unsigned
read_upgrade(const fields *said, pli_http_head *head) {
    const char *key = said->values[FIELD_KEY];
    const char *version = said->values[FIELD_VERSION];
    if (!has_word(said->values[FIELD_UPGRADE], "websocket") ||
        !has_word(said->values[FIELD_CONNECTION], "upgrade")) {
        return 0;
    }
    if (head->is_post || head->is_last || key == NULL || strlen(key) != KEY_SIZE ||
        strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") !=
            KEY_SIZE - 2 ||
        strcmp(key + KEY_SIZE - 2, "==") != 0) {
        return 400;
    }
    head->is_old_version = version == NULL || strcmp(version, "13") != 0;
    head->is_upgrade = true;
    return 0;
}

static const char *
said_or_nothing(const fields *said, field which) {
    return said->values[which] == NULL ? "" : said->values[which];
}

static unsigned
use_fields(const fields *said, const char *authority, size_t body_max, pli_http_head *head) {
    const char *host = said->values[FIELD_HOST];
    bool is_old = head->is_last;
    if ((host == NULL && !is_old) ||
        (authority != NULL && (host == NULL || strcasecmp(authority, host) != 0))) {
        return 400;
    }
    head->host = host == NULL ? "" : host;
    head->origin = said_or_nothing(said, FIELD_ORIGIN);
    head->type = said_or_nothing(said, FIELD_TYPE);
    head->known = said_or_nothing(said, FIELD_KNOWN);
    head->authorization = said_or_nothing(said, FIELD_AUTHORIZATION);
    head->key = said_or_nothing(said, FIELD_KEY);
    head->takes_gzip = has_word(said->values[FIELD_ENCODING], "gzip");
    unsigned refused = read_length(said, body_max, head);
    refused = refused == 0 ? read_upgrade(said, head) : refused;
    const char *expect = said->values[FIELD_EXPECT];
    if (refused == 0 && expect != NULL && !is_old) {
        head->expects_continue = strcasecmp(expect, "100-continue") == 0;
        refused = head->expects_continue ? 0 : 417;
    }
    head->is_last = head->is_last || has_word(said->values[FIELD_CONNECTION], "close");
    return refused;
}

unsigned
pli_http_head_read(char *bytes, size_t size, char scratch[PLI_HTTP_HEAD_TARGET_MAX],
                   size_t body_max, pli_http_head *head) {
    char *at = bytes;
    char *end = bytes + size - 2; // the empty line
    fields said = {.values = {NULL}};
    const char *authority = NULL;
    *head = (pli_http_head){.is_post = false};
    if (size >= 2 && at[0] == '\r') {
        at += 2;
    }
    unsigned refused = read_request_line(take_line(&at), scratch, head, &authority);
    for (unsigned count = 0; refused == 0 && at < end; count += 1) {
        refused = count == PLI_HTTP_HEAD_FIELDS_MAX ? 431 : read_field(take_line(&at), &said);
    }
    return refused == 0 ? use_fields(&said, authority, body_max, head) : refused;
}
