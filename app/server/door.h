/* door.h: a request that has just come in: who sent it, and how soon it is served.    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_DOOR_H
#define PLI_SERVER_DOOR_H

#include "server/server.h"

/*
 * Lanes are served in this order, one request after the other: a price report waits for the one request in hand at most,
 * however many questions are queued. Only whoever has signed gets out of the last lane, and a body goes by the least urgent
 * event in it.
 */
typedef enum pli_lane {
    PLI_LANE_URGENT = 0,   /* what moves prices or stops the venue, and probes */
    PLI_LANE_REDUCING = 1, /* what takes risk away */
    PLI_LANE_EVENTS = 2,   /* other events */
    PLI_LANE_QUERIES = 3   /* questions, and whatever nobody has signed */
} pli_lane;

const char *pli_lane_name(pli_lane lane);

/*
 * pli_door_lane - for pli_http_options.lane: the lane of a request. Its signature is looked at here, once, and what was
 *                 found is kept in the request.
 * pli_door_caller - pli_caller_find of a request that has been through pli_door_lane: its deadline is looked at again.
 */
unsigned pli_door_lane(void *server, pli_http_request *request, bool *is_known);
const char *pli_door_caller(const pli_server *server, const pli_http_request *request,
                            pli_caller *caller);

#endif
