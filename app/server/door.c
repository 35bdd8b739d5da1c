/* door.c: a request that has just come in: who sent it, and how soon it is served.    SPDX-License-Identifier: Apache-2.0 */
#include "server/door.h"

#include <string.h>

#include "os/clock.h"
#include "server/submit.h"

// note[0]: what the signature has shown; note[1]: signer and scopes; note[2]: the deadline.
enum { NOT_SEEN = 0, NOBODY = 1, KNOWN = 2, WRONG = 3 };

// What only these scopes may send is no hurry from somebody else: it will be refused.
static bool
may_hurry(const pli_caller *caller) {
    return (caller->scopes & (PLM_SCOPE_ORACLE | PLM_SCOPE_ADMIN)) != 0;
}

static pli_lane
lane_of_event(const plm_event *event, const pli_caller *caller) {
    switch (event->header.type) {
    case PLM_EVENT_TYPE_TIME:
    case PLM_EVENT_TYPE_CONTINUE:
    case PLM_EVENT_TYPE_MARK:
    case PLM_EVENT_TYPE_PRICE_REPORT:
    case PLM_EVENT_TYPE_PRICE:
    case PLM_EVENT_TYPE_LIQUIDITY:
    case PLM_EVENT_TYPE_PARAMETERS:
    case PLM_EVENT_TYPE_RECALIBRATE:
        return may_hurry(caller) ? PLI_LANE_URGENT : PLI_LANE_EVENTS;
    case PLM_EVENT_TYPE_DEPOSIT:
    case PLM_EVENT_TYPE_REPAY:
    case PLM_EVENT_TYPE_RELEASE:
    case PLM_EVENT_TYPE_FUND:
    case PLM_EVENT_TYPE_BID:
    case PLM_EVENT_TYPE_ASSESS:
        return PLI_LANE_REDUCING;
    default:
        return PLI_LANE_EVENTS;
    }
}

// The least urgent of the events counts; a body that holds none is no hurry.
static pli_lane
lane_of_body(const pli_http_request *request, const pli_caller *caller) {
    pli_event_source from = pli_event_source_of(request);
    pli_lane lane = PLI_LANE_URGENT;
    bool is_end = false;
    for (uint32_t count = 0; lane != PLI_LANE_EVENTS; count += 1) {
        plm_event event;
        if (pli_event_source_next(&from, &event, &is_end, NULL) != PLM_OK ||
            (is_end && count == 0)) {
            return PLI_LANE_QUERIES;
        }
        if (is_end) {
            break;
        }
        pli_lane of_event = lane_of_event(&event, caller);
        lane = of_event > lane ? of_event : lane;
    }
    return lane;
}

const char *
pli_lane_name(pli_lane lane) {
    static const char *const names[] = {"urgent", "reducing", "events", "queries"};
    return names[lane];
}

unsigned
pli_door_lane(void *context, pli_http_request *request, bool *is_known) {
    const pli_server *server = context;
    pli_caller caller;
    const char *wrong = pli_caller_find(&server->keys, request, pli_clock_real_ns(), &caller);
    request->note[0] = wrong != NULL ? WRONG : caller.is_known ? KNOWN : NOBODY;
    request->note[1] = (uint64_t)caller.signer << 32 | caller.scopes;
    request->note[2] = (uint64_t)caller.deadline_ns;
    *is_known = *is_known || caller.is_known;
    if (!request->is_post &&
        (strcmp(request->path, "/healthz") == 0 || strcmp(request->path, "/readyz") == 0)) {
        return PLI_LANE_URGENT;
    }
    if (!caller.is_known || !request->is_post || strcmp(request->path, "/v1/events") != 0) {
        return PLI_LANE_QUERIES;
    }
    return lane_of_body(request, &caller);
}

const char *
pli_door_caller(const pli_server *server, const pli_http_request *request, pli_caller *caller) {
    int64_t now_ns = pli_clock_real_ns();
    if (request->note[0] == NOT_SEEN || request->note[0] == WRONG) {
        return pli_caller_find(&server->keys, request, now_ns, caller);
    }
    *caller = (pli_caller){.is_known = request->note[0] == KNOWN,
                           .signer = (uint32_t)(request->note[1] >> 32),
                           .scopes = (uint32_t)request->note[1],
                           .deadline_ns = (int64_t)request->note[2]};
    if (caller->is_known && caller->deadline_ns <= now_ns) {
        *caller = (pli_caller){.is_known = false};
        return "deadline";
    }
    return NULL;
}
