/* http.c: a small HTTP server on libwebsockets, one loop for all connections.         SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include <libwebsockets.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum {
    CHUNK = 16384,
    HEADER_ROOM = 2048,
    TIMEOUT_SECONDS = 15,
    READER_SECONDS = 60,
    FRAGMENTS_MAX = 16,
    LENGTH_DIGITS_MAX = 6
};

/* A message for those who stay connected: LWS_PRE bytes, then the text. */
typedef struct message {
    unsigned char *bytes;
    size_t size;
} message;

struct pli_http {
    pli_http_options options;
    message kept[PLI_HTTP_MESSAGES_KEPT]; /* message n at n % PLI_HTTP_MESSAGES_KEPT */
    uint64_t published;                   /* messages ever */
    uint64_t lost;                        /* whoever has not read past this begins anew */
    struct lws_context *context;
    lws_sorted_usec_list_t timer;
    const struct lws_protocols *protocol; /* the only one */
};

/* What one request has brought so far, and what goes back; the library keeps one beside each connection, zeroed. */
typedef struct session {
    bool is_post;
    char path[PLI_HTTP_PATH_MAX];
    char query[PLI_HTTP_PATH_MAX];
    char host[256], origin[256], type[128], known[128], authorization[256];
    bool takes_gzip;
    uint8_t *body;
    size_t body_size;
    unsigned char *answer; /* LWS_PRE bytes, then the text */
    size_t answer_size, answer_at;
    bool is_snapshot_due; /* of one who stays connected */
    uint64_t next;        /* the message to be sent next */
} session;

static void
forget(session *at) {
    free(at->body);
    free(at->answer);
    memset(at, 0, sizeof *at);
}

static void
take_header(struct lws *wsi, enum lws_token_indexes token, char *text, int size) {
    // What does not fit is not there: -1 leaves the text empty.
    if (lws_hdr_copy(wsi, text, size, token) < 0) {
        text[0] = '\0';
    }
}

static void
take_query(struct lws *wsi, session *at) {
    pli_text text = pli_text_init(at->query, sizeof at->query);
    char fragment[256];
    for (int i = 0; i < FRAGMENTS_MAX; i += 1) {
        int size =
            lws_hdr_copy_fragment(wsi, fragment, sizeof fragment, WSI_TOKEN_HTTP_URI_ARGS, i);
        if (size < 0) {
            return;
        }
        pli_text_append(&text, i > 0 ? "&" : "");
        pli_text_append(&text, fragment);
    }
}

static bool
add_header(struct lws *wsi, const char *name, const char *value, unsigned char **at,
           unsigned char *end) {
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name,
                                       (const unsigned char *)value, (int)strlen(value), at,
                                       end) == 0;
}

/* What every answer says besides its type: nothing may be loaded from elsewhere, framed, or guessed at. */
static bool
add_headers(struct lws *wsi, const pli_http_answer *answer, unsigned char **at,
            unsigned char *end) {
    bool fits =
        add_header(wsi, "content-security-policy:",
                   "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
                   "form-action 'none'; frame-ancestors 'none'",
                   at, end) &&
        add_header(wsi, "x-content-type-options:", "nosniff", at, end) &&
        add_header(wsi, "referrer-policy:", "no-referrer", at, end) &&
        add_header(wsi, "cache-control:", answer->is_lasting ? "no-cache" : "no-store", at, end);
    if (answer->tag != NULL) {
        fits = fits && add_header(wsi, "etag:", answer->tag, at, end);
    }
    if (answer->is_gzip) {
        fits = fits && add_header(wsi, "content-encoding:", "gzip", at, end);
    }
    return fits;
}

static int
send_answer(struct lws *wsi, session *at, const pli_http_answer *answer) {
    unsigned char buffer[LWS_PRE + HEADER_ROOM];
    unsigned char *start = buffer + LWS_PRE;
    unsigned char *to = start;
    unsigned char *end = buffer + sizeof buffer;
    free(at->answer);
    at->answer = NULL;
    at->answer_size = answer->size;
    at->answer_at = 0;
    if (answer->size > PLI_HTTP_ANSWER_MAX) {
        return -1;
    }
    if (answer->size > 0) {
        at->answer = malloc(LWS_PRE + answer->size);
        if (at->answer == NULL) {
            return -1;
        }
        memcpy(at->answer + LWS_PRE, answer->body, answer->size);
    }
    if (lws_add_http_common_headers(wsi, answer->status, answer->type, (lws_filepos_t)answer->size,
                                    &to, end) != 0 ||
        !add_headers(wsi, answer, &to, end) ||
        lws_finalize_write_http_header(wsi, start, &to, end) != 0) {
        return -1;
    }
    if (answer->size == 0) {
        return lws_http_transaction_completed(wsi);
    }
    lws_callback_on_writable(wsi);
    return 0;
}

static void
fill_request(struct lws *wsi, session *at) {
    take_query(wsi, at);
    take_header(wsi, WSI_TOKEN_HOST, at->host, sizeof at->host);
    take_header(wsi, WSI_TOKEN_ORIGIN, at->origin, sizeof at->origin);
    take_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, at->type, sizeof at->type);
    take_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, at->known, sizeof at->known);
    take_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, at->authorization, sizeof at->authorization);
}

static pli_http_request
request_of(const session *at) {
    return (pli_http_request){.is_post = at->is_post,
                              .path = at->path,
                              .query = at->query,
                              .host = at->host,
                              .origin = at->origin,
                              .type = at->type,
                              .known = at->known,
                              .authorization = at->authorization,
                              .takes_gzip = at->takes_gzip,
                              .body = at->body,
                              .body_size = at->body_size};
}

static int
answer_now(struct lws *wsi, session *at, const pli_http *server) {
    pli_http_request request = request_of(at);
    pli_http_answer answer = {.status = 404, .type = "text/plain"};
    server->options.answer(server->options.context, &request, &answer);
    return send_answer(wsi, at, &answer);
}

static int
refuse(struct lws *wsi, session *at, unsigned status) {
    pli_http_answer answer = {.status = status, .type = "text/plain", .body = "", .size = 0};
    (void)send_answer(wsi, at, &answer);
    return -1;
}

// A length has one reading: digits, once. A body that says its length otherwise, or none, could hide a second request.
static unsigned
check_framing(struct lws *wsi, bool is_post) {
    char text[32];
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
        return 400;
    }
    int size = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);
    if (size <= 0) {
        return is_post ? 411 : 0;
    }
    if (!is_post || size > LENGTH_DIGITS_MAX) {
        return 400;
    }
    take_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, text, sizeof text);
    size_t digits = strspn(text, "0123456789");
    return digits == (size_t)size && text[digits] == '\0' ? 0 : 400;
}

static int
begin(struct lws *wsi, session *at, const pli_http *server, const char *path, size_t size) {
    forget(at);
    char text[128];
    bool is_get = lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0;
    at->is_post = lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0;
    if (size >= sizeof at->path || (!is_get && !at->is_post)) {
        return refuse(wsi, at, is_get || at->is_post ? 400 : 405);
    }
    unsigned refused = check_framing(wsi, at->is_post);
    if (refused != 0) {
        return refuse(wsi, at, refused);
    }
    memcpy(at->path, path, size);
    at->path[size] = '\0';
    fill_request(wsi, at);
    take_header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, text, sizeof text);
    at->takes_gzip = strstr(text, "gzip") != NULL;
    // The library says when the body is complete, at once where there is none.
    return at->is_post ? 0 : answer_now(wsi, at, server);
}

static int
take_body(struct lws *wsi, session *at, const void *bytes, size_t size) {
    if (at->body_size + size > PLI_HTTP_BODY_MAX) {
        return refuse(wsi, at, 413);
    }
    if (size == 0) {
        return 0;
    }
    if (at->body == NULL) {
        at->body = malloc(PLI_HTTP_BODY_MAX);
        if (at->body == NULL) {
            return -1;
        }
    }
    memcpy(at->body + at->body_size, bytes, size);
    at->body_size += size;
    return 0;
}

static int
write_more(struct lws *wsi, session *at) {
    if (at->answer == NULL) {
        return 0;
    }
    size_t left = at->answer_size - at->answer_at;
    size_t now = left < CHUNK ? left : CHUNK;
    bool is_last = now == left;
    // The library writes its framing into the bytes in front, which have been sent already.
    int sent = lws_write(wsi, at->answer + LWS_PRE + at->answer_at, now,
                         is_last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
    if (sent < 0) {
        return -1;
    }
    at->answer_at += now;
    if (!is_last) {
        lws_callback_on_writable(wsi);
        return 0;
    }
    forget(at);
    return lws_http_transaction_completed(wsi);
}

// 0: this connection may be upgraded.
static int
check_upgrade(struct lws *wsi, const pli_http *server) {
    session *at = server->options.subscribe == NULL ? NULL : calloc(1, sizeof *at);
    if (at == NULL) {
        return -1;
    }
    take_header(wsi, WSI_TOKEN_GET_URI, at->path, sizeof at->path);
    fill_request(wsi, at);
    pli_http_request request = request_of(at);
    bool may = server->options.subscribe(server->options.context, &request);
    free(at);
    return may ? 0 : -1;
}

static int
send_text(struct lws *wsi, unsigned char *bytes, size_t size) {
    // Whoever takes nothing for this long is gone.
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, READER_SECONDS);
    return lws_write(wsi, bytes + LWS_PRE, size, LWS_WRITE_TEXT) < 0 ? -1 : 0;
}

static int
send_snapshot(struct lws *wsi, session *at, const pli_http *server) {
    size_t size = 0;
    const char *text = server->options.snapshot(server->options.context, &size);
    unsigned char *bytes = text == NULL ? NULL : malloc(LWS_PRE + size);
    if (bytes == NULL) {
        return -1;
    }
    memcpy(bytes + LWS_PRE, text, size);
    int sent = send_text(wsi, bytes, size);
    free(bytes);
    at->is_snapshot_due = false;
    at->next = server->published;
    return sent;
}

// One message a turn, so that nobody's backlog holds the others up.
static int
stream_more(struct lws *wsi, session *at, const pli_http *server) {
    if (at->is_snapshot_due) {
        return send_snapshot(wsi, at, server);
    }
    if (at->next == server->published) {
        return 0;
    }
    int sent = 0;
    if (server->published - at->next > PLI_HTTP_MESSAGES_KEPT || at->next < server->lost) {
        static const char gap[] = "{\"type\":\"gap\"}\n";
        unsigned char bytes[LWS_PRE + sizeof gap];
        memcpy(bytes + LWS_PRE, gap, sizeof gap - 1);
        at->is_snapshot_due = true;
        sent = send_text(wsi, bytes, sizeof gap - 1);
    } else {
        const message *kept = &server->kept[at->next % PLI_HTTP_MESSAGES_KEPT];
        at->next += 1;
        sent = send_text(wsi, kept->bytes, kept->size);
    }
    lws_callback_on_writable(wsi);
    return sent;
}

static int
on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size) {
    session *at = user;
    const pli_http *server = lws_context_user(lws_get_context(wsi));
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return begin(wsi, at, server, in, size);
    case LWS_CALLBACK_HTTP_BODY:
        return take_body(wsi, at, in, size);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return answer_now(wsi, at, server);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return write_more(wsi, at);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
    case LWS_CALLBACK_CLOSED_HTTP:
        if (at != NULL) {
            forget(at);
        }
        return 0;
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return check_upgrade(wsi, server);
    case LWS_CALLBACK_ESTABLISHED:
        forget(at);
        at->is_snapshot_due = true;
        lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return stream_more(wsi, at, server);
    case LWS_CALLBACK_RECEIVE:
        return -1; // there is nothing to be said on a stream
    default:
        return 0;
    }
}

static void
on_timer(lws_sorted_usec_list_t *timer) {
    // By way of void, as the library makes no promise of alignment that a compiler could see.
    void *start = (char *)timer - offsetof(pli_http, timer);
    pli_http *server = start;
    server->options.idle(server->options.context);
    lws_sul_schedule(server->context, 0, &server->timer, on_timer, server->options.idle_us);
}

// What the library is told about TLS; its own default of the oldest version depends on the machine's settings.
static void
use_tls(const pli_http_options *options, struct lws_context_creation_info *info) {
    static const long no_tls_10 = 0x04000000; // SSL_OP_NO_TLSv1, _1 of OpenSSL
    static const long no_tls_11 = 0x10000000;
    info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info->ssl_cert_filepath = options->certificate;
    info->ssl_private_key_filepath = options->key;
    info->ssl_options_set = no_tls_10 | no_tls_11;
}

// The library says nothing of why it could not begin.
static plm_status
fail_open(const pli_http_options *options, plm_fault *fault) {
    const char *paths[2] = {options->certificate, options->key};
    for (size_t i = 0; i < 2 && options->certificate != NULL; i += 1) {
        if (access(paths[i], R_OK) != 0) {
            return pli_fault_set(fault, PLM_IO_OPEN, paths[i], ": cannot be read", NULL);
        }
    }
    return pli_fault_set(fault, PLM_IO_OPEN, "cannot listen on ", options->address,
                         options->certificate == NULL
                             ? ": is the port taken?"
                             : ": is the port taken, or do certificate and key not fit?");
}

plm_status
pli_http_open(const pli_http_options *options, pli_http **server, plm_fault *fault) {
    static const struct lws_protocols protocols[] = {
        {.name = "http", .callback = on_event, .per_session_data_size = sizeof(session)},
        {.name = NULL}};
    pli_http *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, "no memory for the server", NULL, NULL);
    }
    made->options = *options;
    made->protocol = &protocols[0];
    lws_set_log_level(0, NULL);
    struct lws_context_creation_info info = {
        .port = options->port,
        .iface = options->address,
        .protocols = protocols,
        .options = LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND,
        .keepalive_timeout = TIMEOUT_SECONDS,
        .timeout_secs = TIMEOUT_SECONDS,
        .max_http_header_pool = 64,
        .max_http_header_data = 8192,
        .fd_limit_per_thread = PLI_HTTP_CONNECTIONS_MAX,
        .server_string = "plimsoll",
        .user = made,
    };
    if (options->certificate != NULL) {
        use_tls(options, &info);
    }
    made->context = lws_create_context(&info);
    if (made->context == NULL) {
        free(made);
        return fail_open(options, fault);
    }
    *server = made;
    return PLM_OK;
}

void
pli_http_run(pli_http *server, const volatile int *is_over) {
    lws_sul_schedule(server->context, 0, &server->timer, on_timer, 1);
    while (*is_over == 0 && lws_service(server->context, 0) >= 0) {
    }
}

uint16_t
pli_http_port(const pli_http *server) {
    return (uint16_t)lws_get_vhost_listen_port(lws_get_vhost_by_name(server->context, "default"));
}

plm_status
pli_http_publish(pli_http *server, const char *text, size_t size) {
    unsigned char *bytes = malloc(LWS_PRE + size);
    if (bytes == NULL) {
        return PLM_MEMORY;
    }
    memcpy(bytes + LWS_PRE, text, size);
    message *kept = &server->kept[server->published % PLI_HTTP_MESSAGES_KEPT];
    free(kept->bytes);
    *kept = (message){.bytes = bytes, .size = size};
    server->published += 1;
    lws_callback_on_writable_all_protocol(server->context, server->protocol);
    return PLM_OK;
}

void
pli_http_lose(pli_http *server) {
    server->published += 1;
    server->lost = server->published;
    lws_callback_on_writable_all_protocol(server->context, server->protocol);
}

void
pli_http_close(pli_http *server) {
    if (server != NULL) {
        lws_sul_cancel(&server->timer);
        lws_context_destroy(server->context);
        for (size_t i = 0; i < PLI_HTTP_MESSAGES_KEPT; i += 1) {
            free(server->kept[i].bytes);
        }
        free(server);
    }
}
