/* deribit_socket.h: clients of Deribit's protocol that stay connected: /ws/api/v2.     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_DERIBIT_SOCKET_H
#define PLI_SERVER_DERIBIT_SOCKET_H

#include "server/deribit_channel.h"

/*
 * What came in is answered in its order; what is told unasked comes in between. Everything is bounded: clients, channels,
 * answers that wait, calls in a second. Whoever goes beyond is answered 10028 or disconnected.
 */
#define PLI_SOCKET_CLIENTS_MAX 64u
#define PLI_SOCKET_CHANNELS_MAX 64u
#define PLI_SOCKET_ANSWERS_MAX 64u
#define PLI_SOCKET_WAITING_MAX (1u << 20) /* bytes of answers, above which nothing more is taken */
#define PLI_SOCKET_CALLS_MAX 200u         /* in a second */
#define PLI_SOCKET_BEAT_LEAST 10          /* seconds between signs of life */

/* pli_heartbeat - whether both sides still hear each other; times of a steady clock. */
typedef struct pli_heartbeat {
    int64_t interval_ns; /* 0: nobody asked for it */
    int64_t heard_ns, told_ns;
    bool is_tested; /* asked for an answer, and nothing has come since */
} pli_heartbeat;

typedef enum pli_beat {
    PLI_BEAT_NONE = 0,
    PLI_BEAT_TELL = 1, /* a sign of life */
    PLI_BEAT_TEST = 2, /* nothing was heard for an interval: ask for one */
    PLI_BEAT_END = 3   /* nor has the question been answered */
} pli_beat;

/* pli_heartbeat_hear - something came in. pli_heartbeat_turn - what is due now. */
void pli_heartbeat_hear(pli_heartbeat *heartbeat, int64_t now_ns);
pli_beat pli_heartbeat_turn(pli_heartbeat *heartbeat, int64_t now_ns);

/*
 * The callbacks of pli_http_options, for /ws/api/v2 and, where the path is another one, for the streams of stream.h.
 * pli_socket_turn - have everybody told what is new.
 */
bool pli_socket_may(void *server, const pli_http_request *request, pli_http_reader *reader);
const char *pli_socket_next(void *server, pli_http_reader *reader, size_t *size);
bool pli_socket_receive(void *server, pli_http_reader *reader, const char *text, size_t size);
void pli_socket_left(void *server, pli_http_reader *reader);
void pli_socket_turn(pli_server *server);

#endif
