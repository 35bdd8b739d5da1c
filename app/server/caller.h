/* caller.h: who asks: signed requests, and what their key may do.                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_CALLER_H
#define PLI_SERVER_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "net/http.h"
#include "plimsoll/core.h"

/*
 * A request is signed by a header
 *
 *   Authorization: Plimsoll signer=3,deadline=1772366400000000000,signature=<128 hexadecimal digits>
 *
 * over exactly these lines, a line feed behind each, the last one too:
 *
 *   plimsoll-request-1
 *   network id of the venue, decimal
 *   GET or POST
 *   path, and where there is a query, ? and the query
 *   BLAKE2b-256 of the body, 64 hexadecimal digits
 *   signer, decimal
 *   deadline, nanoseconds since 1970, decimal
 *
 * The key is the one that the books hold for the signer (event SIGNER); the operator's, signer 0, is given at the start.
 *
 * Guarantees [CALLER-1] nothing of a request can be exchanged, its deadline and the venue included, without another signature.
 *            [CALLER-2] no secret is kept here: public keys check everything.
 */
#define PLI_CALLER_DEADLINE_MAX_NS INT64_C(60000000000) /* a signature lives a minute at most */

typedef struct pli_caller {
    bool is_known; /* false: nobody; the rest is 0 */
    uint32_t signer;
    uint32_t scopes; /* PLM_SCOPE_*, or'ed */
    int64_t deadline_ns;
} pli_caller;

/* pli_caller_keys - what signatures are held against. */
typedef struct pli_caller_keys {
    const plm_core *core;
    bool has_operator;
    uint8_t operator_key[32];
} pli_caller_keys;

/*
 * pli_caller_find - who signed this?
 *
 * Returns    NULL: *caller says who, or that nobody did. Else the reason why it is refused, as a code: "authorization" (the
 *            header is not of that form), "deadline" (past, or too far ahead), "signature" (not that signer's, or there is none).
 */
const char *pli_caller_find(const pli_caller_keys *keys, const pli_http_request *request,
                            int64_t now_ns, pli_caller *caller);

#endif
