/* check.c: POST /v1/check: what would become of an event, and nothing is booked.       SPDX-License-Identifier: Apache-2.0 */
#include "server/submit.h"

static void
write_trial(pli_server *server, const plm_trial *trial) {
    pli_json_writer *writer = &server->writer;
    pli_json_begin_object(writer, NULL);
    pli_json_bool(writer, "is_accepted", trial->reject == PLM_REJECT_NONE);
    if (trial->reject != PLM_REJECT_NONE) {
        pli_json_text(writer, "reason", plm_reject_name(trial->reject));
        pli_json_text(writer, "text", plm_reject_text(trial->reject));
    }
    if (trial->has_requirement) {
        pli_json_begin_object(writer, "requirement");
        pli_write_requirement(writer, &trial->requirement);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

unsigned
pli_answer_check(pli_server *server, const pli_http_request *request) {
    plm_fault fault = {.text = ""};
    pli_event_source from = pli_event_source_of(request);
    bool is_end = false;
    plm_event event;
    plm_event behind;
    plm_status status = pli_event_source_next(&from, &event, &is_end, &fault);
    if (status != PLM_OK || is_end) {
        return pli_server_refuse(server, 400, is_end ? "empty" : plm_status_name(status),
                                 is_end ? "there is no event in the body" : fault.text);
    }
    status = pli_event_source_next(&from, &behind, &is_end, &fault);
    if (status != PLM_OK || !is_end) {
        return pli_server_refuse(server, 400, "limit", "one event is checked at a time");
    }
    if (event.header.signer != server->caller.signer) {
        return pli_server_refuse(server, 403, "signer",
                                 "an event is signed by whoever signs the request");
    }
    plm_trial trial;
    status = plm_core_try(server->core, &event, &trial, &fault);
    if (status != PLM_OK) {
        return pli_server_refuse(server, 422, plm_status_name(status), fault.text);
    }
    write_trial(server, &trial);
    return 200;
}
