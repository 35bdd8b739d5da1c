/* http_session.h: what the parts of the server share: connections and their lanes.     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NET_HTTP_SESSION_H
#define PLI_NET_HTTP_SESSION_H

#include <libwebsockets.h>

#include "net/frame.h"
#include "net/http.h"

#define PLI_HTTP_SECOND_NS INT64_C(1000000000)
#define PLI_HTTP_REQUEST_NS                                                                        \
    (15 * PLI_HTTP_SECOND_NS)                        /* for a request to come in, or the next one */
#define PLI_HTTP_READER_NS (60 * PLI_HTTP_SECOND_NS) /* for an answer or a message to be taken */

#define PLI_HTTP_SPARE 64u /* connections beyond the most, for the moment that making room takes */

#define PLI_HTTP_PEER_SIZE 16u

typedef enum pli_http_stage {
    PLI_HTTP_READING,
    PLI_HTTP_WAITING,
    PLI_HTTP_ANSWERING,
    PLI_HTTP_STAYING,
    PLI_HTTP_ENDING
} pli_http_stage;

/* One connection; the library keeps it, zeroed at first. */
typedef struct pli_http_session {
    struct pli_http_session *next, *before; /* all connections */
    struct pli_http_session *behind;        /* in its lane */
    struct lws *wsi;
    uint64_t turn; /* of the loop, in which it came */
    uint8_t peer[PLI_HTTP_PEER_SIZE];
    pli_http_stage stage;
    unsigned lane;
    bool is_known;    /* a signature held on it */
    int64_t due_ns;   /* when it is closed */
    int64_t quiet_ns; /* since when it has brought nothing whole */
    int64_t queued_ns;
    uint8_t *in; /* IN_ROOM bytes; NULL while there are none */
    size_t in_size, looked, head_size;
    pli_http_head head;
    char scratch[PLI_HTTP_HEAD_TARGET_MAX];
    pli_http_request request;
    unsigned char *out; /* LWS_PRE bytes, then what is sent */
    size_t out_size, out_at;
    pli_http_reader reader;
    pli_frame_assembly assembly;
    size_t message_size; /* of parts that lie at the front of `in` */
    uint8_t control[PLI_FRAME_CONTROL_MAX];
    size_t control_size;
    unsigned control_code; /* 0: none is due */
    uint32_t pings;
    int64_t ping_second;
} pli_http_session;

typedef struct pli_http_queue {
    pli_http_session *first, *last;
    pli_http_lane counts;
} pli_http_queue;

struct pli_http {
    pli_http_options options;
    struct lws_context *context;
    lws_sorted_usec_list_t timer;
    int listening; /* the socket; the library's once there is a listener */
    struct lws *listener;
    bool is_full; /* nobody is taken in until there is room */
    pli_http_session *first;
    uint32_t count;
    uint64_t evicted, crowded, turn, requests;
    pli_http_queue lanes[PLI_HTTP_LANES];
};

/*
 * Each returns 0, or -1 where the connection cannot go on.
 *
 * pli_http_advance - as far as what has come in goes. pli_http_refuse - one answer, and nothing behind it is looked at.
 * pli_http_end - at the next turn of the loop, outside of whatever callback this is.
 * pli_http_write_now - a short text, as it is.
 */
int pli_http_advance(pli_http *server, pli_http_session *at);
int pli_http_refuse(pli_http *server, pli_http_session *at, unsigned status);
void pli_http_end(pli_http_session *at);
int pli_http_write_now(pli_http_session *at, const char *text, size_t size);

/*
 * pli_http_listen - a socket that listens at a name or number of this machine; -1: it cannot be had.
 * pli_http_listen_port - its port. pli_http_peer - whose connection it is. pli_http_take_in - those who wait, so many in a turn; false: there is no room for more.
 */
int pli_http_listen(const char *address, uint16_t port);
uint16_t pli_http_listen_port(int listening);
void pli_http_peer(int connection, uint8_t peer[PLI_HTTP_PEER_SIZE]);
bool pli_http_take_in(pli_http *server);

/*
 * pli_http_begin_staying - the request asks for a WebSocket. pli_http_read_frames - what has come in on one.
 * pli_http_tell_more - one message or control frame to it; a turn each, so that nobody's backlog holds the others up.
 */
int pli_http_begin_staying(pli_http *server, pli_http_session *at);
void pli_http_read_frames(pli_http *server, pli_http_session *at);
int pli_http_tell_more(pli_http *server, pli_http_session *at);

#endif
