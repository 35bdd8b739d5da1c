/* http.c: a small HTTP server: connections, lanes and answers, one loop for all.      SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include <libwebsockets.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "net/http_session.h"
#include "net/http_text.h"
#include "os/clock.h"

// The library has TLS and the loop; who comes in is http_listen.c, what a request and a frame are http_head.c and frame.c.
enum {
    IN_ROOM = PLI_HTTP_HEAD_MAX + PLI_HTTP_BODY_MAX,
    CHUNK = 16384,
    LAST_LANE = PLI_HTTP_LANES - 1,
    TURN_MAX = PLI_HTTP_CONNECTIONS_MAX
};

#define TURN_NS INT64_C(2000000) /* of the last lanes, before the sockets are looked at again */

// At the next turn of the loop, outside of whatever callback this is.
void
pli_http_end(pli_http_session *at) {
    at->stage = PLI_HTTP_ENDING;
    lws_set_timeout(at->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

static void
link_session(pli_http *server, pli_http_session *at, struct lws *wsi) {
    at->wsi = wsi;
    at->next = server->first;
    if (server->first != NULL) {
        server->first->before = at;
    }
    server->first = at;
    server->count += 1;
}

static void
leave_lane(pli_http *server, pli_http_session *at) {
    pli_http_queue *from = &server->lanes[at->lane];
    pli_http_session *before = NULL;
    for (pli_http_session *i = from->first; i != NULL && i != at; i = i->behind) {
        before = i;
    }
    if (before == NULL) {
        from->first = at->behind;
    } else {
        before->behind = at->behind;
    }
    from->last = from->last == at ? before : from->last;
    from->counts.waiting -= 1;
    at->behind = NULL;
}

static void
drop_session(pli_http *server, pli_http_session *at) {
    if (at->wsi == NULL) {
        return;
    }
    if (at->stage == PLI_HTTP_WAITING) {
        leave_lane(server, at);
    }
    if (at->reader.is_begun && server->options.left != NULL) {
        server->options.left(server->options.context, &at->reader);
    }
    if (at->next != NULL) {
        at->next->before = at->before;
    }
    if (at->before != NULL) {
        at->before->next = at->next;
    } else {
        server->first = at->next;
    }
    server->count -= 1;
    free(at->in);
    free(at->out);
    memset(at, 0, sizeof *at);
}

// Who has been silent longest, unless it waits for us, has proved who it is, or has had no turn to be read yet.
static pli_http_session *
find_quiet(const pli_http *server, uint32_t *staying) {
    pli_http_session *found = NULL;
    *staying = 0;
    for (pli_http_session *at = server->first; at != NULL; at = at->next) {
        bool is_free =
            !at->is_known && at->stage == PLI_HTTP_READING && at->turn + 1 < server->turn;
        *staying += at->stage != PLI_HTTP_ENDING;
        if (is_free && (found == NULL || at->quiet_ns <= found->quiet_ns)) {
            found = at;
        }
    }
    return found;
}

static void
make_room(pli_http *server) {
    uint32_t staying = 0;
    server->turn += 1;
    while (server->count > PLI_HTTP_CONNECTIONS_MAX) {
        pli_http_session *quiet = find_quiet(server, &staying);
        if (quiet == NULL || staying <= PLI_HTTP_CONNECTIONS_MAX) {
            return;
        }
        server->evicted += 1;
        pli_http_end(quiet);
    }
}

static void
adopt(pli_http *server, pli_http_session *at, struct lws *wsi) {
    link_session(server, at, wsi);
    at->turn = server->turn;
    pli_http_peer(lws_get_socket_fd(wsi), at->peer);
    at->quiet_ns = pli_clock_monotonic_ns();
    at->due_ns = at->quiet_ns + PLI_HTTP_REQUEST_NS;
}

static int
finish_request(pli_http *server, pli_http_session *at) {
    free(at->out);
    at->out = NULL;
    if (at->head.is_last) {
        pli_http_end(at);
        return 0;
    }
    size_t used = at->head_size + at->head.body_size;
    at->in_size -= used;
    memmove(at->in, at->in + used, at->in_size);
    at->looked = 0;
    at->head_size = 0;
    if (at->in_size == 0) {
        free(at->in);
        at->in = NULL;
    }
    at->stage = PLI_HTTP_READING;
    at->quiet_ns = pli_clock_monotonic_ns();
    at->due_ns = at->quiet_ns + PLI_HTTP_REQUEST_NS;
    (void)lws_rx_flow_control(at->wsi, 1);
    return at->in_size > 0 ? pli_http_advance(server, at) : 0;
}

static int
write_more(pli_http *server, pli_http_session *at) {
    size_t left = at->out_size - at->out_at;
    size_t now = left < CHUNK ? left : CHUNK;
    if (now > 0) {
        if (lws_write(at->wsi, at->out + LWS_PRE + at->out_at, now, LWS_WRITE_RAW) < 0) {
            return -1;
        }
        at->out_at += now;
    }
    // What the socket did not take the library keeps, and calls again.
    if (at->out_at < at->out_size || lws_partial_buffered(at->wsi) != 0) {
        lws_callback_on_writable(at->wsi);
        return 0;
    }
    return finish_request(server, at);
}

static int
send_answer(pli_http *server, pli_http_session *at, const pli_http_answer *answer) {
    char text[PLI_HTTP_TEXT_MAX];
    size_t size = pli_http_text(answer, at->head.is_last, pli_clock_real_ns(), text);
    free(at->out);
    at->out = answer->size > PLI_HTTP_ANSWER_MAX || size == 0
                  ? NULL
                  : malloc(LWS_PRE + size + answer->size);
    if (at->out == NULL) {
        return -1;
    }
    memcpy(at->out + LWS_PRE, text, size);
    if (answer->size > 0) {
        memcpy(at->out + LWS_PRE + size, answer->body, answer->size);
    }
    at->out_size = size + answer->size;
    at->out_at = 0;
    at->stage = PLI_HTTP_ANSWERING;
    at->due_ns = pli_clock_monotonic_ns() + PLI_HTTP_READER_NS;
    (void)lws_rx_flow_control(at->wsi, 0);
    return write_more(server, at);
}

// What cannot be read in one way only is answered once, and nothing behind it is looked at.
int
pli_http_refuse(pli_http *server, pli_http_session *at, unsigned status) {
    pli_http_answer answer = {.status = status, .type = "text/plain", .body = "", .size = 0};
    at->head.is_last = true;
    return send_answer(server, at, &answer);
}

static int
enqueue(pli_http *server, pli_http_session *at) {
    const pli_http_options *options = &server->options;
    at->lane = options->lane == NULL ? LAST_LANE
                                     : options->lane(options->context, &at->request, &at->is_known);
    pli_http_queue *to = &server->lanes[at->lane];
    server->requests += 1;
    at->request.number = server->requests;
    if (at->lane == LAST_LANE && to->counts.waiting == PLI_HTTP_LANE_MAX) {
        to->counts.refused += 1;
        return pli_http_refuse(server, at, 503);
    }
    if (to->last == NULL || to->first == NULL) {
        to->first = at;
    } else {
        to->last->behind = at;
    }
    to->last = at;
    to->counts.waiting += 1;
    if (to->counts.waiting > to->counts.most_waiting) {
        to->counts.most_waiting = to->counts.waiting;
    }
    at->stage = PLI_HTTP_WAITING;
    at->queued_ns = pli_clock_monotonic_ns();
    at->due_ns = 0;
    (void)lws_rx_flow_control(at->wsi, 0);
    return 0;
}

// An answer that is not whole yet leaves its request where it is, at the front of its lane.
static void
serve_one(pli_http *server, pli_http_queue *from) {
    pli_http_session *at = from->first;
    int64_t now_ns = pli_clock_monotonic_ns();
    pli_http_answer answer = {.status = 404, .type = "text/plain"};
    server->options.answer(server->options.context, &at->request, &answer);
    if (answer.status == 0) {
        return;
    }
    leave_lane(server, at);
    from->counts.served += 1;
    from->counts.waited_us += (uint64_t)(now_ns - at->queued_ns) / 1000;
    at->stage = PLI_HTTP_ANSWERING;
    if (send_answer(server, at, &answer) != 0) {
        pli_http_end(at);
    }
}

// The first lanes whole; of the last two as much as fits into a turn, one request at least.
static void
serve_lanes(pli_http *server) {
    int64_t begun_ns = pli_clock_monotonic_ns();
    for (unsigned i = 0; i < TURN_MAX; i += 1) {
        unsigned first = 0;
        while (first < PLI_HTTP_LANES && server->lanes[first].first == NULL) {
            first += 1;
        }
        if (first == PLI_HTTP_LANES) {
            return;
        }
        if (first >= 2 && i > 0 && pli_clock_monotonic_ns() - begun_ns > TURN_NS) {
            break;
        }
        serve_one(server, &server->lanes[first]);
    }
    lws_cancel_service(server->context); // requests are left: look at the sockets and come back
}

static void
fill_request(pli_http_session *at) {
    const pli_http_head *head = &at->head;
    at->request = (pli_http_request){.is_post = head->is_post,
                                     .target = head->target,
                                     .path = head->path,
                                     .query = head->query,
                                     .host = head->host,
                                     .origin = head->origin,
                                     .type = head->type,
                                     .known = head->known,
                                     .authorization = head->authorization,
                                     .takes_gzip = head->takes_gzip,
                                     .body = at->in + at->head_size,
                                     .body_size = head->body_size};
}

static int
read_head(pli_http *server, pli_http_session *at) {
    size_t size = pli_http_head_find((const char *)at->in, at->in_size, &at->looked);
    if (size == (size_t)-1) {
        return pli_http_refuse(server, at, 400);
    }
    if (size > PLI_HTTP_HEAD_MAX || (size == 0 && at->in_size >= PLI_HTTP_HEAD_MAX)) {
        return pli_http_refuse(server, at, 431);
    }
    if (size == 0) {
        return 0;
    }
    unsigned refused =
        pli_http_head_read((char *)at->in, size, at->scratch, PLI_HTTP_BODY_MAX, &at->head);
    if (refused != 0) {
        return pli_http_refuse(server, at, refused);
    }
    at->head_size = size;
    fill_request(at);
    if (at->head.is_upgrade) {
        return pli_http_begin_staying(server, at);
    }
    if (at->head.expects_continue && at->in_size < size + at->head.body_size) {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        return pli_http_write_now(at, go_on, sizeof go_on - 1);
    }
    return 0;
}

// As far as what has come in goes: 0, or -1 where the connection cannot go on.
int
pli_http_advance(pli_http *server, pli_http_session *at) {
    if (at->stage == PLI_HTTP_STAYING) {
        pli_http_read_frames(server, at);
        return 0;
    }
    if (at->stage == PLI_HTTP_READING && at->head_size == 0 && read_head(server, at) != 0) {
        return -1;
    }
    bool is_whole = at->stage == PLI_HTTP_READING && at->head_size > 0 &&
                    at->in_size >= at->head_size + at->head.body_size;
    return is_whole ? enqueue(server, at) : 0;
}

static int
take_bytes(pli_http *server, pli_http_session *at, const void *bytes, size_t size) {
    if (at->stage == PLI_HTTP_ENDING || (at->stage == PLI_HTTP_ANSWERING && at->head.is_last)) {
        return 0;
    }
    if (at->in == NULL) {
        at->in = malloc(IN_ROOM);
    }
    if (at->in == NULL || size > IN_ROOM - at->in_size) {
        return -1;
    }
    memcpy(at->in + at->in_size, bytes, size);
    at->in_size += size;
    return pli_http_advance(server, at);
}

static int
on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size) {
    pli_http_session *at = user;
    pli_http *server = lws_context_user(lws_get_context(wsi));
    switch (reason) {
    case LWS_CALLBACK_RAW_ADOPT:
        adopt(server, at, wsi);
        return 0;
    case LWS_CALLBACK_RAW_RX:
        return take_bytes(server, at, in, size);
    case LWS_CALLBACK_RAW_WRITEABLE:
        return at->stage == PLI_HTTP_ANSWERING ? write_more(server, at)
               : at->stage == PLI_HTTP_STAYING ? pli_http_tell_more(server, at)
                                               : 0;
    case LWS_CALLBACK_RAW_CLOSE:
    case LWS_CALLBACK_RAW_SKT_DROP_PROTOCOL:
        if (at != NULL) {
            drop_session(server, at);
        }
        return 0;
    default:
        return 0;
    }
}

// The socket that listens.
static int
on_door(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size) {
    (void)user;
    (void)in;
    (void)size;
    pli_http *server = lws_context_user(lws_get_context(wsi));
    if (reason == LWS_CALLBACK_RAW_RX_FILE && !pli_http_take_in(server)) {
        server->is_full = true;
        (void)lws_rx_flow_control(wsi, 0);
    }
    return 0;
}

static void
on_timer(lws_sorted_usec_list_t *timer) {
    // By way of void, as the library makes no promise of alignment that a compiler could see.
    void *start = (char *)timer - offsetof(pli_http, timer);
    pli_http *server = start;
    int64_t now_ns = pli_clock_monotonic_ns();
    for (pli_http_session *at = server->first; at != NULL; at = at->next) {
        if (at->due_ns != 0 && at->due_ns < now_ns && at->stage != PLI_HTTP_ENDING) {
            pli_http_end(at);
        }
    }
    if (server->is_full && server->count < PLI_HTTP_CONNECTIONS_MAX + PLI_HTTP_SPARE) {
        server->is_full = false;
        (void)lws_rx_flow_control(server->listener, 1);
    }
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
    info->alpn = "http/1.1";
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
                             ? ": is the port taken? --port names another"
                             : ": is the port taken, or do certificate and key not fit?");
}

static bool
open_door(pli_http *made) {
    made->listening = pli_http_listen(made->options.address, made->options.port);
    if (made->listening < 0) {
        return false;
    }
    lws_sock_file_fd_type file = {.filefd = made->listening};
    made->listener = lws_adopt_descriptor_vhost(lws_get_vhost_by_name(made->context, "default"),
                                                LWS_ADOPT_RAW_FILE_DESC, file, "door", NULL);
    return made->listener != NULL;
}

plm_status
pli_http_open(const pli_http_options *options, pli_http **server, plm_fault *fault) {
    static const struct lws_protocols protocols[] = {
        {.name = "plimsoll",
         .callback = on_event,
         .per_session_data_size = sizeof(pli_http_session)},
        {.name = "door", .callback = on_door},
        {.name = NULL}};
    pli_http *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, "no memory for the server", NULL, NULL);
    }
    made->options = *options;
    lws_set_log_level(0, NULL);
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = protocols,
        .timeout_secs = 15,
        .fd_limit_per_thread = PLI_HTTP_CONNECTIONS_MAX + PLI_HTTP_SPARE + 8,
        .user = made,
    };
    if (options->certificate != NULL) {
        use_tls(options, &info);
    }
    made->context = lws_create_context(&info);
    if (made->context == NULL || !open_door(made)) {
        lws_context_destroy(made->context);
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
        serve_lanes(server);
        make_room(server);
    }
}

uint16_t
pli_http_port(const pli_http *server) {
    return pli_http_listen_port(server->listening);
}

void
pli_http_wake(pli_http *server) {
    for (pli_http_session *at = server->first; at != NULL; at = at->next) {
        if (at->stage == PLI_HTTP_STAYING) {
            lws_callback_on_writable(at->wsi);
        }
    }
}

pli_http_lane
pli_http_lane_of(const pli_http *server, unsigned at) {
    return server->lanes[at].counts;
}

uint64_t
pli_http_crowded(const pli_http *server) {
    return server->crowded;
}

uint32_t
pli_http_connections(const pli_http *server, uint64_t *evicted) {
    *evicted = server->evicted;
    return server->count;
}

void
pli_http_close(pli_http *server) {
    if (server != NULL) {
        lws_sul_cancel(&server->timer);
        lws_context_destroy(server->context);
        free(server);
    }
}
