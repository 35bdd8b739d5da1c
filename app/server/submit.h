/* submit.h: a request that changes the state.                                         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_SUBMIT_H
#define PLI_SERVER_SUBMIT_H

#include "io/event_json.h"
#include "server/server.h"

#define PLI_SUBMISSION_MAX 256u

/*
 * pli_submission - the events of one request.
 *
 * Invariants [SUBMIT-1] an event is taken in only under the signer whose key signed the request, and with a client id: the same
 *                       request sent again is answered with what was recorded, and changes nothing.
 *            [SUBMIT-2] nothing is answered before it is durable.
 *            [SUBMIT-3] a body with one event that is not well formed changes nothing.
 */
struct pli_submission {
    uint32_t count, at, done;
    bool is_told; /* the observer has written the outcome of event `at` */
    size_t size;
    uint32_t sizes[PLI_SUBMISSION_MAX];
    uint8_t ids[PLI_SUBMISSION_MAX][16];
    uint8_t bytes[PLI_SUBMISSION_MAX * 1024];
};

/* pli_event_source - the events of a body one by one, whichever form it has: lines of JSON, or events side by side. */
typedef struct pli_event_source {
    bool is_binary;
    pli_bytes bytes;
    size_t at;
    pli_event_lines lines;
} pli_event_source;

pli_event_source pli_event_source_of(const pli_http_request *request);
PLM_MUST_USE plm_status pli_event_source_next(pli_event_source *from, plm_event *event,
                                              bool *is_end, plm_fault *fault);

/* pli_submission_observe - write the outcome of the event in hand where it came with the request in hand. */
void pli_submission_observe(pli_server *server, const plm_event *event, const plm_outcome *outcome,
                            const plm_effect *effects);

/* pli_answer_events - POST /v1/events. pli_answer_check - POST /v1/check: one event, tried and not booked. */
unsigned pli_answer_events(pli_server *server, const pli_http_request *request);
unsigned pli_answer_check(pli_server *server, const pli_http_request *request);

#endif
