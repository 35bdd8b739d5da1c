/* http_reader.c: who stays connected: frames in, messages out.                        SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "net/http_session.h"
#include "net/http_text.h"
#include "os/clock.h"

int
pli_http_write_now(pli_http_session *at, const char *text, size_t size) {
    unsigned char bytes[LWS_PRE + PLI_HTTP_TEXT_MAX];
    memcpy(bytes + LWS_PRE, text, size);
    return lws_write(at->wsi, bytes + LWS_PRE, size, LWS_WRITE_RAW) < 0 ? -1 : 0;
}

int
pli_http_begin_staying(pli_http *server, pli_http_session *at) {
    char text[PLI_HTTP_TEXT_MAX];
    unsigned char hash[20];
    char joined[64];
    char accepted[32];
    const pli_http_options *options = &server->options;
    if (at->head.is_old_version) {
        return pli_http_refuse(server, at, 426);
    }
    if (options->subscribe == NULL ||
        !options->subscribe(options->context, &at->request, &at->reader)) {
        return pli_http_refuse(server, at, 403);
    }
    pli_text key = pli_text_init(joined, sizeof joined);
    pli_text_append(&key, at->head.key);
    pli_text_append(&key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    (void)lws_SHA1((const unsigned char *)joined, strlen(joined), hash);
    (void)lws_b64_encode_string((const char *)hash, sizeof hash, accepted, sizeof accepted);
    size_t size = pli_http_upgrade_text(accepted, text);
    at->stage = PLI_HTTP_STAYING;
    at->is_known = true;
    at->reader.is_begun = true;
    at->in_size -= at->head_size;
    memmove(at->in, at->in + at->head_size, at->in_size);
    at->due_ns = pli_clock_monotonic_ns() + PLI_HTTP_READER_NS;
    if (pli_http_write_now(at, text, size) != 0) {
        return -1;
    }
    lws_callback_on_writable(at->wsi);
    return at->in_size > 0 ? pli_http_advance(server, at) : 0;
}

static void
end_staying(pli_http_session *at, unsigned code) {
    at->control_code = PLI_FRAME_CLOSE;
    at->control[0] = (uint8_t)(code >> 8);
    at->control[1] = (uint8_t)code;
    at->control_size = 2;
    at->reader.is_over = true;
    lws_callback_on_writable(at->wsi);
}

static void
answer_ping(pli_http_session *at, const pli_frame *frame) {
    int64_t second = pli_clock_monotonic_ns() / PLI_HTTP_SECOND_NS;
    at->pings = at->ping_second == second ? at->pings + 1 : 1;
    at->ping_second = second;
    if (at->pings > PLI_HTTP_PINGS_MAX) {
        end_staying(at, 1008);
        return;
    }
    // The newest is the one that is answered (RFC 6455 section 5.5.3).
    at->control_code = PLI_FRAME_PONG;
    at->control_size = frame->size;
    memcpy(at->control, frame->payload, frame->size);
    lws_callback_on_writable(at->wsi);
}

// A text is complete: its parts lie side by side at the front.
static void
take_message(pli_http *server, pli_http_session *at) {
    const pli_http_options *options = &server->options;
    if (!pli_frame_is_text(at->in, at->message_size)) {
        end_staying(at, 1007);
    } else if (options->receive == NULL ||
               !options->receive(options->context, &at->reader, (const char *)at->in,
                                 at->message_size)) {
        end_staying(at, 1008);
    }
    lws_callback_on_writable(at->wsi);
}

static void
take_frame(pli_http *server, pli_http_session *at, const pli_frame *frame) {
    switch (frame->code) {
    case PLI_FRAME_PING:
        answer_ping(at, frame);
        return;
    case PLI_FRAME_PONG:
        return;
    case PLI_FRAME_CLOSE:
        end_staying(at, 1000);
        return;
    case PLI_FRAME_BINARY:
        end_staying(at, 1003);
        return;
    default:
        memmove(at->in + at->message_size, frame->payload, frame->size);
        at->message_size += frame->size;
        if (frame->is_final) {
            take_message(server, at);
        }
    }
}

// Frames behind the parts of the message in hand, one by one.
void
pli_http_read_frames(pli_http *server, pli_http_session *at) {
    while (!at->reader.is_over) {
        pli_frame frame;
        size_t taken = 0;
        size_t begin = at->message_size;
        unsigned code = pli_frame_read(at->in + begin, at->in_size - begin, PLI_HTTP_BODY_MAX,
                                       &at->assembly, &frame, &taken);
        if (code != 0) {
            end_staying(at, code);
            return;
        }
        if (taken == 0) {
            return;
        }
        take_frame(server, at, &frame);
        size_t kept = frame.is_final && !at->assembly.is_open ? 0 : at->message_size;
        memmove(at->in + kept, at->in + begin + taken, at->in_size - begin - taken);
        at->in_size = kept + at->in_size - begin - taken;
        at->message_size = kept;
    }
}

static int
write_frame(pli_http_session *at, pli_frame_code code, const void *text, size_t size) {
    unsigned char *bytes = malloc(LWS_PRE + PLI_FRAME_HEAD_MAX + size);
    if (bytes == NULL) {
        return -1;
    }
    size_t head = pli_frame_write(code, size, bytes + LWS_PRE);
    memcpy(bytes + LWS_PRE + head, text, size);
    int sent = lws_write(at->wsi, bytes + LWS_PRE, head + size, LWS_WRITE_RAW);
    free(bytes);
    // Whoever takes nothing for this long is gone.
    at->due_ns = pli_clock_monotonic_ns() + PLI_HTTP_READER_NS;
    return sent < 0 ? -1 : 0;
}

// One message a turn, so that nobody's backlog holds the others up.
int
pli_http_tell_more(pli_http *server, pli_http_session *at) {
    if (at->control_code != 0) {
        pli_frame_code code = (pli_frame_code)at->control_code;
        at->control_code = 0;
        if (write_frame(at, code, at->control, at->control_size) != 0) {
            return -1;
        }
        if (code == PLI_FRAME_CLOSE) {
            pli_http_end(at);
            return 0;
        }
        lws_callback_on_writable(at->wsi);
        return 0;
    }
    size_t size = 0;
    const char *text = server->options.next(server->options.context, &at->reader, &size);
    int sent = text == NULL ? 0 : write_frame(at, PLI_FRAME_TEXT, text, size);
    if (at->reader.is_over) {
        end_staying(at, 1008);
    } else if (text != NULL) {
        lws_callback_on_writable(at->wsi);
    }
    return sent;
}
