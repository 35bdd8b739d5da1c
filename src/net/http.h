/* http.h: a small HTTP server on one thread: requests in, answers out, and time in between.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NET_HTTP_H
#define PLI_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/http_head.h"
#include "plimsoll/status.h"

/*
 * Everything that comes from a client is bounded: connections, header, path, body, and how long it may take. One loop serves
 * all connections and calls back, so what answers needs no lock; an answer that takes long is made in parts, or it holds the
 * others up.
 *
 * A request that is complete waits in a lane, and lanes are served in their order, one request after the other: what is
 * urgent waits for the one request in hand at most, or for the part of it that is answered in one turn. A connection has one request in a lane at a time, whatever it sends.
 * Where all connections are taken, the one that has been silent longest makes room for a new one, if nobody whose
 * signature holds is on it. One address has `peer_max` of them at most; the hosts of an IPv6 network of 64 bits count as one.
 */
#define PLI_HTTP_BODY_MAX 65536u
#define PLI_HTTP_PATH_MAX PLI_HTTP_HEAD_TARGET_MAX
#define PLI_HTTP_ANSWER_MAX (8u << 20)
#define PLI_HTTP_CONNECTIONS_MAX 256u
#define PLI_HTTP_LANES 4u
#define PLI_HTTP_LANE_MAX 128u /* requests that wait in the last lane; more are refused at once */
#define PLI_HTTP_PINGS_MAX 8u  /* of one reader in a second */

/* pli_http_request - texts are terminated and live until the callback returns. */
typedef struct pli_http_request {
    bool is_post;       /* else GET; nothing else gets here */
    const char *target; /* path and query as they were sent */
    const char *path;   /* decoded, "/" at the front */
    const char *query;  /* decoded, parameters with '&' between them; "" without */
    const char *host;   /* of the header; "" without */
    const char *origin;
    const char *type;          /* Content-Type */
    const char *known;         /* If-None-Match */
    const char *authorization; /* "" without */
    bool takes_gzip;
    uint8_t *body; /* the callback's to change */
    size_t body_size;
    uint64_t number;  /* of the request; no two are alike */
    uint64_t note[3]; /* what the callback `lane` has found out, for `answer`; zeros at first */
} pli_http_request;

/* pli_http_answer - what goes back. `body` is copied before the callback's memory may change. */
typedef struct pli_http_answer {
    unsigned status; /* of HTTP; 0: not whole yet, `answer` is called with the same request again */
    const char *type;
    const char *tag;          /* ETag, or NULL */
    bool is_gzip, is_lasting; /* lasting: may be kept and asked for again by its tag */
    const void *body;
    size_t size;
} pli_http_answer;

/* pli_http_reader - somebody who stays connected; the callbacks' to use but for is_begun, zeros at first. */
typedef struct pli_http_reader {
    uint32_t topic;
    bool is_begun;
    bool is_synced; /* has had what it begins with */
    bool is_over;   /* set it, and the connection ends behind the message in hand */
    uint64_t number, seen, key;
    int64_t told_ns;
    uint32_t signer;
    void *state;
} pli_http_reader;

/* pli_http_lane - of one lane since the start. */
typedef struct pli_http_lane {
    uint64_t served, refused, waited_us;
    uint32_t waiting, most_waiting;
} pli_http_lane;

typedef struct pli_http_options {
    const char *address; /* a name or number of this machine; "127.0.0.1" keeps it to itself */
    uint16_t port;
    uint32_t peer_max; /* connections of one address; 0: as many as there is room for */
    const char *certificate,
        *key; /* PEM files: everything is TLS, 1.2 or later; NULL: nothing is */
    void (*answer)(void *context, const pli_http_request *request, pli_http_answer *answer);
    /* The lane of a request, 0 .. PLI_HTTP_LANES - 1, and whether its sender has proved who it is. NULL: all in the last. */
    unsigned (*lane)(void *context, pli_http_request *request, bool *is_known);
    /*
     * Who may stay connected (WebSocket), what each is sent next (a text that lives until the next call; NULL: nothing new),
     * what is done with a text of theirs (false: the connection ends), and that they are gone. NULL subscribe: nobody may;
     * NULL receive: there is nothing to be said; NULL left: nobody needs to know.
     */
    bool (*subscribe)(void *context, const pli_http_request *request, pli_http_reader *reader);
    const char *(*next)(void *context, pli_http_reader *reader, size_t *size);
    bool (*receive)(void *context, pli_http_reader *reader, const char *text, size_t size);
    void (*left)(void *context, pli_http_reader *reader);
    void (*idle)(void *context); /* again and again, `idle_us` apart */
    int64_t idle_us;
    void *context;
} pli_http_options;

typedef struct pli_http pli_http;

/*
 * pli_http_open - listen. pli_http_run - serve until *is_over is set, by a signal handler or a callback. pli_http_close - stop.
 *
 * Returns    PLM_OK; PLM_IO_OPEN: the address, port, certificate or key cannot be had, *fault names it;
 *            PLM_MEMORY.
 */
PLM_MUST_USE plm_status pli_http_open(const pli_http_options *options, pli_http **server,
                                      plm_fault *fault);
void pli_http_run(pli_http *server, const volatile int *is_over);
void pli_http_close(pli_http *server);

/*
 * pli_http_wake - ask `next` for every reader that can take something. Whoever takes nothing for a minute is disconnected.
 */
void pli_http_wake(pli_http *server);

/* pli_http_port - where it listens: what was asked for, or the free port that was found for 0. */
uint16_t pli_http_port(const pli_http *server);

/* pli_http_crowded - connections closed at once, as their address had as many as it may, since the start. */
uint64_t pli_http_crowded(const pli_http *server);

/* pli_http_lane_of - what a lane has done. pli_http_connections - open now; *evicted: closed to make room, since the start. */
pli_http_lane pli_http_lane_of(const pli_http *server, unsigned lane);
uint32_t pli_http_connections(const pli_http *server, uint64_t *evicted);

#endif
