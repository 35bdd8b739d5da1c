/* routes.h: the table of everything that may be asked: who may, who answers, and in what shape. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_ROUTES_H
#define PLI_SERVER_ROUTES_H

#include "server/server.h"

/* pli_access - who may ask. Open reading lets anybody ask what is not WRITE. */
typedef enum pli_access {
    PLI_ACCESS_OPEN = 1,    /* anybody */
    PLI_ACCESS_MARKET = 2,  /* whoever has a key */
    PLI_ACCESS_ACCOUNT = 3, /* the owner of the account in the path, or scope admin */
    PLI_ACCESS_VENUE = 4,   /* scope admin: it tells of everybody's accounts */
    PLI_ACCESS_WRITE = 5,   /* whoever has a key, always; what it may change the books decide */
    PLI_ACCESS_DEMO = 6     /* anybody, and it does something in a demonstration only */
} pli_access;

/*
 * pli_route - a path is `before`; or before, the number of an account (of whatever else, where access is not ACCOUNT), and
 * `after`; or before and any rest, `after` "*".
 *
 * `shape` is the answer in a shorthand from which /openapi.json makes a schema: {name:shape ...}, [shape] for any number of
 * them, and the letters s text, d digits in quotes with or without a point, t an instant, i integer, n number, b true or
 * false, z text or null, * anything. A name that ends in ? may be absent. NULL: it is not JSON.
 */
typedef struct pli_route {
    bool is_post;
    const char *before, *after;
    pli_access access;
    uint32_t weight; /* of a second's allowance (PLI_ALLOWANCE) */
    const char *summary;
    const char *shape;
    const char *body; /* of a POST: its media types, in words; NULL: none is read */
    unsigned (*answer)(pli_server *server, const pli_http_request *request);
} pli_route;

#define PLI_ALLOWANCE                                                                              \
    2000u /* weight that a key, or everybody without one together, has in a second */

/* pli_routes - the table. pli_access_name - a word for /openapi.json. */
const pli_route *pli_routes(size_t *count);
const char *pli_access_name(pli_access access);

/* pli_answer_openapi - GET /openapi.json: OpenAPI 3.1, made from the table. */
unsigned pli_answer_openapi(pli_server *server, const pli_http_request *request);

#endif
