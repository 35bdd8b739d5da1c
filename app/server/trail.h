/* trail.h: the last minutes of prices, funds and accounts, so that a page has a past when it opens. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_TRAIL_H
#define PLI_SERVER_TRAIL_H

#include "net/http.h"
#include "plimsoll/core.h"

#define PLI_TRAIL_POINTS 240u /* of each line */
#define PLI_TRAIL_STEP_NS                                                                          \
    INT64_C(2500000000) /* of the venue's time between two: ten minutes in all */
#define PLI_TRAIL_UNDERLYINGS 64u
#define PLI_TRAIL_ACCOUNTS_MAX 8192u /* no lines of accounts beyond: 16 bytes a point */

/* pli_trail_account - what an account held and had to hold, in units of the valuation currency. */
typedef struct pli_trail_account {
    float equity, initial, call_level, maintenance;
} pli_trail_account;

typedef struct pli_trail_point {
    int64_t time_ns;
    double prices[PLI_TRAIL_UNDERLYINGS];
    double marks[PLI_TRAIL_UNDERLYINGS]; /* of the first instrument on each; 0: none */
    double insurance, bad_debt;          /* of asset 0 */
} pli_trail_point;

/* pli_trail - a ring of points; drawn for people, nothing is decided by it. */
typedef struct pli_trail {
    uint64_t count; /* ever */
    uint32_t account_count;
    pli_trail_point points[PLI_TRAIL_POINTS];
    pli_trail_account *accounts; /* PLI_TRAIL_POINTS of each account; NULL: too many of them */
} pli_trail;

typedef struct pli_server pli_server;

/* pli_trail_init - room for the accounts of the limits; where there is none, lines of accounts stay empty. */
void pli_trail_init(pli_trail *trail, const plm_core_limits *limits);

/* pli_trail_turn - take a point if one is due. */
void pli_trail_turn(pli_server *server);

void pli_trail_finish(pli_trail *trail);

unsigned pli_answer_trail(pli_server *server, const pli_http_request *request);
unsigned pli_answer_account_trail(pli_server *server, const pli_http_request *request);

#endif
