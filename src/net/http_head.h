/* http_head.h: the head of an HTTP/1.1 request, read in one way or not at all.             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NET_HTTP_HEAD_H
#define PLI_NET_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * RFC 9112 and RFC 9110, without what two readers could read differently: lines end in CR LF, a name touches its colon, a
 * length is said once and in digits, there is no transfer coding, no dot segment, no encoded slash, and no field twice that
 * may be there once. What the two allow a server to refuse here is refused.
 */
#define PLI_HTTP_HEAD_MAX 8192u
#define PLI_HTTP_HEAD_FIELDS_MAX 64u
#define PLI_HTTP_HEAD_TARGET_MAX 1024u

/* pli_http_head - texts are terminated and lie within the bytes; "" is what was not said. */
typedef struct pli_http_head {
    bool is_post;        /* else GET */
    bool is_last;        /* the connection ends behind the answer */
    bool is_upgrade;     /* to a WebSocket, `key` and version included */
    bool is_old_version; /* asks for a WebSocket of a version that is not 13 */
    bool takes_gzip;
    bool expects_continue;
    size_t body_size;
    const char *target; /* as it was sent */
    const char *path;   /* decoded, "/" at the front */
    const char *query;  /* what stands behind the question mark, decoded */
    const char *host, *origin, *type, *known, *authorization, *key;
} pli_http_head;

/*
 * pli_http_head_find - where does the head at the front of `bytes` end?
 *
 * Returns    its size with the empty line, 0: it goes on, (size_t)-1: it is none, whatever follows.
 *            *looked is how far it has been looked through: 0 at first, and then what the last call left there.
 */
size_t pli_http_head_find(const char *bytes, size_t size, size_t *looked);

/*
 * pli_http_head_read - the head of exactly `size` bytes, which are written over; `scratch` holds the decoded target.
 *
 * Returns    0: *head holds. Else the status of HTTP that it is refused with: 400, 405, 411, 413, 414, 417, 431, 501, 505.
 */
unsigned pli_http_head_read(char *bytes, size_t size, char scratch[PLI_HTTP_HEAD_TARGET_MAX],
                            size_t body_max, pli_http_head *head);

#endif
