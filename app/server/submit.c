/* submit.c: events that come in over the wire: who may send them, and what became of each. SPDX-License-Identifier: Apache-2.0 */
#include "server/submit.h"

#include <stdio.h>
#include <string.h>

#include "io/outcome_json.h"
#include "server/health.h"

pli_event_source
pli_event_source_of(const pli_http_request *request) {
    pli_event_source from = {.is_binary = strcmp(request->type, "application/octet-stream") == 0,
                             .bytes = {.data = request->body, .size = request->body_size}};
    from.lines = (pli_event_lines){.name = "body", .bytes = from.bytes};
    return from;
}

plm_status
pli_event_source_next(pli_event_source *from, plm_event *event, bool *is_end, plm_fault *fault) {
    if (!from->is_binary) {
        return pli_event_lines_next(&from->lines, event, is_end, fault);
    }
    *is_end = from->at == from->bytes.size;
    if (*is_end) {
        return PLM_OK;
    }
    size_t size = 0;
    plm_status status = plm_event_decode(from->bytes.data + from->at, from->bytes.size - from->at,
                                         event, &size, fault);
    from->at += size;
    return status;
}

static bool
has_client_id(const plm_event *event) {
    static const uint8_t none[sizeof event->header.client_id] = {0};
    return memcmp(event->header.client_id, none, sizeof none) != 0;
}

// NULL, or the field that stands in the way.
static const char *
check_event(const pli_caller *caller, const plm_event *event) {
    if (event->header.signer != caller->signer) {
        return "signer";
    }
    if (event->header.sequence != 0) {
        return "sequence";
    }
    return has_client_id(event) ? NULL : "client_id";
}

static unsigned
refuse_event(pli_server *server, const char *field) {
    const char *message = "the id that makes a repeated request harmless is missing";
    if (strcmp(field, "signer") == 0) {
        message = "an event is signed by whoever signs the request";
    } else if (strcmp(field, "sequence") == 0) {
        message = "the venue numbers the events";
    }
    return pli_server_refuse(server, strcmp(field, "signer") == 0 ? 403 : 422, field, message);
}

// Everything is looked at before anything is taken in.
static unsigned
read_events(pli_server *server, const pli_http_request *request, pli_submission *submission) {
    plm_fault fault = {.text = ""};
    pli_event_source from = pli_event_source_of(request);
    for (;;) {
        bool is_end = false;
        plm_event event;
        plm_status status = pli_event_source_next(&from, &event, &is_end, &fault);
        if (status != PLM_OK) {
            return pli_server_refuse(server, 400, plm_status_name(status), fault.text);
        }
        if (is_end) {
            return submission->count > 0
                       ? 0
                       : pli_server_refuse(server, 400, "empty", "there is no event in the body");
        }
        const char *field = check_event(&server->caller, &event);
        if (field != NULL) {
            return refuse_event(server, field);
        }
        size_t size = 0;
        if (submission->count == PLI_SUBMISSION_MAX ||
            plm_event_encode(&event, submission->bytes + submission->size,
                             sizeof submission->bytes - submission->size, &size) != PLM_OK) {
            return pli_server_refuse(server, 413, "limit", "a request holds at most 256 events");
        }
        memcpy(submission->ids[submission->count], event.header.client_id, 16);
        submission->sizes[submission->count] = (uint32_t)size;
        submission->size += size;
        submission->count += 1;
    }
}

void
pli_submission_observe(pli_server *server, const plm_event *event, const plm_outcome *outcome,
                       const plm_effect *effects) {
    pli_submission *submission = server->submission;
    if (submission == NULL || event->header.signer != server->caller.signer ||
        memcmp(event->header.client_id, submission->ids[submission->at], 16) != 0) {
        return;
    }
    pli_outcome_json_write(&server->writer, outcome, effects);
    submission->is_told = true;
}

// One after the other, so that each outcome finds its place; durable together.
static plm_status
submit_events(pli_server *server, pli_submission *submission, plm_fault *fault) {
    const uint8_t *at = submission->bytes;
    plm_status status = PLM_OK;
    server->submission = submission;
    for (uint32_t i = 0; status == PLM_OK && i < submission->count; i += 1) {
        uint32_t count = 0;
        plm_outcome outcome;
        plm_batch batch = {
            .events = at, .size = submission->sizes[i], .capacity = 1, .outcomes = &outcome};
        submission->at = i;
        submission->is_told = false;
        status = plm_engine_submit(server->engine, &batch, &count, fault);
        if (status == PLM_OK && !submission->is_told) {
            outcome.effect_count = 0; // a price report whose signature is not its source's
            pli_outcome_json_write(&server->writer, &outcome, NULL);
        }
        at += submission->sizes[i];
        submission->done += status == PLM_OK;
    }
    server->submission = NULL;
    plm_fault unseen;
    plm_status committed = plm_engine_commit(server->engine, status == PLM_OK ? fault : &unseen);
    pli_metrics_committed(&server->metrics);
    return status == PLM_OK || committed != PLM_OK ? committed : status;
}

unsigned
pli_answer_events(pli_server *server, const pli_http_request *request) {
    static pli_submission submission; // one loop, one request at a time
    plm_fault fault = {.text = ""};
    memset(&submission, 0, sizeof submission);
    unsigned refused = read_events(server, request, &submission);
    if (refused != 0) {
        return refused;
    }
    pli_json_begin_object(&server->writer, NULL);
    pli_json_begin_array(&server->writer, "results");
    plm_status status = submit_events(server, &submission, &fault);
    pli_json_end(&server->writer);
    if (status == PLM_LOG_FAILED) {
        server->failure = status;
        server->fault = fault;
        pli_server_forget_answer(server); // nothing of it may be acknowledged
        return pli_server_refuse(server, 503, plm_status_name(status), "the log has failed");
    }
    pli_json_integer(&server->writer, "taken", submission.done);
    if (status == PLM_OK) {
        pli_json_null(&server->writer, "error");
    } else {
        pli_json_text(&server->writer, "error", plm_status_name(status));
    }
    pli_json_end(&server->writer);
    return status == PLM_OK ? 200 : 503;
}
