/* http.h: a small HTTP server on one thread: requests in, answers out, and time in between.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NET_HTTP_H
#define PLI_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/status.h"

/*
 * Everything that comes from a client is bounded: connections, header, path, body, and how long it may take. One loop serves
 * all connections and calls back, so what answers needs no lock; an answer that takes long holds the others up.
 */
#define PLI_HTTP_BODY_MAX 65536u
#define PLI_HTTP_PATH_MAX 1024u
#define PLI_HTTP_ANSWER_MAX (8u << 20)
#define PLI_HTTP_CONNECTIONS_MAX 256u

/* pli_http_request - texts are terminated and live until the callback returns. */
typedef struct pli_http_request {
    bool is_post;      /* else GET; nothing else gets here */
    const char *path;  /* decoded by the library, "/" at the front */
    const char *query; /* the first parameters as they came, joined by '&'; "" without */
    const char *host;  /* of the header; "" without */
    const char *origin;
    const char *type;          /* Content-Type */
    const char *known;         /* If-None-Match */
    const char *authorization; /* "" without */
    bool takes_gzip;
    uint8_t *body; /* the callback's to change */
    size_t body_size;
} pli_http_request;

/* pli_http_answer - what goes back. `body` is copied before the callback's memory may change. */
typedef struct pli_http_answer {
    unsigned status; /* 200, 304, 400, 403, 404, 405, 413, 500, 503 */
    const char *type;
    const char *tag;          /* ETag, or NULL */
    bool is_gzip, is_lasting; /* lasting: may be kept and asked for again by its tag */
    const void *body;
    size_t size;
} pli_http_answer;

typedef struct pli_http_options {
    const char *address; /* a name or number of this machine; "127.0.0.1" keeps it to itself */
    uint16_t port;
    const char *certificate,
        *key; /* PEM files: everything is TLS, 1.2 or later; NULL: nothing is */
    void (*answer)(void *context, const pli_http_request *request, pli_http_answer *answer);
    /*
     * Who may stay connected (WebSocket), and what each is sent first: a text that lives until the next call, NULL without
     * memory. A NULL callback: nobody may.
     */
    bool (*subscribe)(void *context, const pli_http_request *request);
    const char *(*snapshot)(void *context, size_t *size);
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
 * pli_http_publish - one more message for everybody who is connected. The last 64 are kept: whoever has not read that far is
 * told {"type":"gap"} and gets a snapshot, and whoever reads nothing for a minute is disconnected.
 * pli_http_lose - what was published last has not become a message: everybody gets a snapshot.
 *
 * Returns    PLM_OK, PLM_MEMORY.
 */
#define PLI_HTTP_MESSAGES_KEPT 64u
PLM_MUST_USE plm_status pli_http_publish(pli_http *server, const char *text, size_t size);
void pli_http_lose(pli_http *server);

/* pli_http_port - where it listens: what was asked for, or the free port that was found for 0. */
uint16_t pli_http_port(const pli_http *server);

#endif
