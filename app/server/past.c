/* past.c: events of the log, page by page.                                             SPDX-License-Identifier: Apache-2.0 */
#include "server/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "engine/engine.h"
#include "io/event_json.h"
#include "os/clock.h"
#include "store/reader.h"

/* A page in the making. */
typedef struct page {
    pli_server *server;
    uint32_t account; /* PLM_NONE: of all */
    uint64_t after, until;
    uint32_t count, most;
    uint64_t next;
} page;

// Some kinds concern no account, and their header has none to be asked about.
static bool
is_of(const plm_event *event, uint32_t account) {
    switch (event->header.type) {
    case PLM_EVENT_TYPE_DEPOSIT:
    case PLM_EVENT_TYPE_WITHDRAW:
    case PLM_EVENT_TYPE_BORROW:
    case PLM_EVENT_TYPE_REPAY:
    case PLM_EVENT_TYPE_EXCHANGE:
    case PLM_EVENT_TYPE_RESERVE:
    case PLM_EVENT_TYPE_RELEASE:
    case PLM_EVENT_TYPE_SETTLE_PROFIT:
    case PLM_EVENT_TYPE_ASSESS:
        return event->header.account == account;
    case PLM_EVENT_TYPE_TRANSFER:
        return event->header.account == account || event->transfer_body.to_account == account;
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
        return event->header.account == account ||
               event->position_transfer_body.to_account == account;
    default:
        return false;
    }
}

/*
 * Two kinds name two accounts that need not have one owner: whoever reads one of them is not told the other, and PLM_NONE
 * stands in its place.
 */
static bool
hide_other(plm_event *event, uint32_t account) {
    if (event->header.type == PLM_EVENT_TYPE_TRADE) {
        bool is_taker = event->header.account == account;
        bool is_maker = event->trade_body.maker_account == account;
        event->header.account = is_taker ? account : PLM_NONE;
        event->trade_body.maker_account = is_maker ? account : PLM_NONE;
        return is_taker || is_maker;
    }
    if (event->header.type == PLM_EVENT_TYPE_BID) {
        bool is_bidder = event->header.account == account;
        bool is_sold = event->bid_body.sold_account == account;
        event->header.account = is_bidder ? account : PLM_NONE;
        return is_bidder || is_sold;
    }
    return false;
}

static void
write_entry(page *to, const plm_event *event, const plm_outcome *outcome, uint64_t sequence) {
    pli_json_writer *writer = &to->server->writer;
    pli_json_begin_object(writer, NULL);
    pli_json_decimal(writer, "sequence", (pli_i128)sequence, 0);
    pli_json_time(writer, "time", event->header.time_ns);
    pli_json_text(writer, "outcome", outcome->reject == PLM_REJECT_NONE ? "accepted" : "refused");
    if (outcome->reject != PLM_REJECT_NONE) {
        pli_json_text(writer, "reason", plm_reject_name(outcome->reject));
    }
    pli_json_bool(writer, "is_repeat", outcome->is_repeat);
    pli_json_text(writer, "type", plm_event_kind_find(event->header.type)->name);
    pli_event_json_write_under(writer, "event", event);
    pli_json_end(writer);
    to->count += 1;
}

// False: the page is full, or nothing behind this may be told.
static bool
read_frame(page *to, const pli_log_frame *frame) {
    size_t at = 0;
    for (uint32_t i = 0; i < frame->event_count; i += 1) {
        uint64_t sequence = frame->event_sequence_first + i;
        plm_event event;
        size_t size = 0;
        if (sequence > to->until || to->count == to->most ||
            plm_event_decode(frame->payload + at, frame->payload_size - at, &event, &size, NULL) !=
                PLM_OK) {
            return false;
        }
        at += size;
        if (sequence <= to->after) {
            continue;
        }
        bool is_asked = to->account == PLM_NONE || is_of(&event, to->account) ||
                        hide_other(&event, to->account);
        if (is_asked) {
            plm_outcome outcome =
                pli_outcome_from_word(pli_load_u16(frame->outcomes + 2 * (size_t)i));
            write_entry(to, &event, &outcome, sequence);
        }
        to->next = sequence;
    }
    return true;
}

static plm_status
read_frames(page *to, pli_log_reader *reader) {
    int64_t until_ns = pli_clock_monotonic_ns() + PLI_PAST_NS;
    for (;;) {
        pli_log_frame frame;
        bool is_found = false;
        plm_status status = pli_log_reader_next(reader, &frame, &is_found, NULL);
        if (status != PLM_OK || !is_found || !read_frame(to, &frame) ||
            pli_clock_monotonic_ns() > until_ns) {
            return status;
        }
    }
}

static plm_status
read_log(page *to) {
    pli_disk_posix posix;
    pli_disk disk;
    pli_log_reader *reader = NULL;
    pli_log_reader_options options = {.event_first = to->after + 1, .is_acknowledged = true};
    plm_status status = pli_disk_posix_open(&posix, to->server->directory, false, &disk, NULL);
    if (status != PLM_OK) {
        return status;
    }
    void *memory = malloc(pli_log_reader_size());
    status = memory == NULL ? PLM_MEMORY
                            : pli_log_reader_open(&disk, &options, memory, pli_log_reader_size(),
                                                  &reader, NULL);
    if (status == PLM_OK) {
        status = read_frames(to, reader);
        pli_log_reader_close(reader);
    }
    free(memory);
    pli_disk_posix_close(&posix);
    return status;
}

// Said, whatever it says.
static bool
is_said(const pli_http_request *request, const char *name) {
    const char *at = strstr(request->query, name);
    return at != NULL && (at == request->query || at[-1] == '&') && at[strlen(name)] == '=';
}

static unsigned
answer_page(pli_server *server, const pli_http_request *request, uint32_t account) {
    int64_t after = 0;
    int64_t count = PLI_PAST_COUNT;
    bool holds = pli_parameter(request, "after", 0, &after) || !is_said(request, "after");
    holds = (pli_parameter(request, "count", 0, &count) || !is_said(request, "count")) && holds;
    if (!holds || after < 0 || count < 1 || count > PLI_PAST_COUNT_MAX) {
        return pli_server_refuse(server, 400, "value", "after: 0 or more; count: 1 to 500");
    }
    page to = {.server = server,
               .account = account,
               .after = (uint64_t)after,
               .until = plm_engine_committed(server->engine),
               .most = (uint32_t)count,
               .next = (uint64_t)after};
    pli_json_writer *writer = &server->writer;
    pli_json_begin_object(writer, NULL);
    pli_json_begin_array(writer, "entries");
    plm_status status = to.after < to.until ? read_log(&to) : PLM_OK;
    if (status != PLM_OK) {
        pli_server_forget_answer(server);
        return pli_server_refuse(server, 503, plm_status_name(status),
                                 "the log cannot be read from there");
    }
    pli_json_end(writer);
    pli_json_decimal(writer, "next", (pli_i128)to.next, 0);
    pli_json_bool(writer, "is_end", to.next >= to.until);
    pli_json_end(writer);
    return 200;
}

unsigned
pli_answer_history(pli_server *server, const pli_http_request *request) {
    return answer_page(server, request, PLM_NONE);
}

unsigned
pli_answer_account_history(pli_server *server, const pli_http_request *request) {
    uint32_t account = 0;
    (void)!pli_server_account_of(request->path, "/v1/accounts/", "/history", &account);
    return answer_page(server, request, account);
}
