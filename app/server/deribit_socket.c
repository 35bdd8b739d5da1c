/* deribit_socket.c: the connections of /ws/api/v2: calls in, answers and channels out. SPDX-License-Identifier: Apache-2.0 */
#include "server/deribit_socket.h"

#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "server/stream.h"

#define SECOND_NS INT64_C(1000000000)
#define BEAT_MOST 3600

typedef struct pli_socket {
    const pli_desk *desk; /* whoever has said who it is */
    pli_heartbeat heartbeat;
    int64_t second;
    uint32_t calls; /* in it */
    uint32_t answer_at, answer_count;
    size_t waiting; /* bytes of answers */
    pli_stream_text answers[PLI_SOCKET_ANSWERS_MAX];
    char *sending; /* the answer that was taken last */
    uint32_t channel_at, channel_count;
    pli_channel *channels[PLI_SOCKET_CHANNELS_MAX];
} pli_socket;

// --- Signs of life ---------------------------------------------------------------------------------------------------

void
pli_heartbeat_hear(pli_heartbeat *heartbeat, int64_t now_ns) {
    heartbeat->heard_ns = now_ns;
    heartbeat->is_tested = false;
}

pli_beat
pli_heartbeat_turn(pli_heartbeat *heartbeat, int64_t now_ns) {
    if (heartbeat->interval_ns == 0 || now_ns - heartbeat->told_ns < heartbeat->interval_ns) {
        return PLI_BEAT_NONE;
    }
    heartbeat->told_ns = now_ns;
    if (now_ns - heartbeat->heard_ns < heartbeat->interval_ns) {
        return PLI_BEAT_TELL;
    }
    bool is_lost = heartbeat->is_tested;
    heartbeat->is_tested = true;
    return is_lost ? PLI_BEAT_END : PLI_BEAT_TEST;
}

static int
check_socket(pli_rpc *rpc) {
    return rpc->socket != NULL
               ? 0
               : pli_rpc_fail(rpc, PLI_RPC_BAD, "this is asked for on the WebSocket, /ws/api/v2",
                              NULL);
}

int
pli_rpc_set_heartbeat(pli_rpc *rpc) {
    int64_t seconds = 0;
    int code = check_socket(rpc);
    if (code != 0) {
        return code;
    }
    if (!pli_rpc_decimal(rpc, "interval", 0, &seconds) || seconds < PLI_SOCKET_BEAT_LEAST ||
        seconds > BEAT_MOST) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "10 to 3600 seconds", "interval");
    }
    rpc->socket->heartbeat.interval_ns = seconds * SECOND_NS;
    rpc->socket->heartbeat.told_ns = pli_clock_monotonic_ns();
    pli_json_text(&rpc->server->writer, "result", "ok");
    return 0;
}

int
pli_rpc_disable_heartbeat(pli_rpc *rpc) {
    int code = check_socket(rpc);
    if (code == 0) {
        rpc->socket->heartbeat.interval_ns = 0;
        pli_json_text(&rpc->server->writer, "result", "ok");
    }
    return code;
}

// --- Channels --------------------------------------------------------------------------------------------------------

static uint32_t
find_channel(const pli_socket *socket, const char *name) {
    for (uint32_t i = 0; i < socket->channel_count; i += 1) {
        if (strcmp(socket->channels[i]->name, name) == 0) {
            return i;
        }
    }
    return socket->channel_count;
}

static void
drop_channel(pli_socket *socket, uint32_t index) {
    pli_channel_close(socket->channels[index]);
    free(socket->channels[index]);
    socket->channel_count -= 1;
    socket->channels[index] = socket->channels[socket->channel_count];
}

// The list of names that a call brings; NULL: there is none.
static const pli_node *
names_of(const pli_rpc *rpc) {
    const pli_node *list = pli_rpc_node(rpc, "channels");
    bool is_list = list != NULL && list->kind == PLI_NODE_ARRAY && list->child_count > 0;
    for (const pli_node *name = is_list ? list->child : NULL; name != NULL; name = name->next) {
        is_list = is_list && name->kind == PLI_NODE_TEXT;
    }
    return is_list ? list : NULL;
}

// 0, also where there is no such channel: it is then left out of the result.
static int
add_channel(pli_rpc *rpc, const char *name) {
    pli_socket *socket = rpc->socket;
    if (find_channel(socket, name) < socket->channel_count) {
        return 0;
    }
    if (socket->channel_count == PLI_SOCKET_CHANNELS_MAX) {
        return pli_rpc_fail(rpc, PLI_RPC_BAD, "a connection has 64 channels at most", "channels");
    }
    pli_channel *channel = malloc(sizeof *channel);
    if (channel == NULL) {
        return pli_rpc_fail(rpc, PLI_RPC_BUSY, "no memory", NULL);
    }
    bool is_private = strncmp(rpc->method, "private/", 8) == 0;
    int code = pli_channel_open(rpc->server, rpc->desk, name, channel);
    if (code == 0 && (is_private || strncmp(name, "user.", 5) != 0)) {
        socket->channels[socket->channel_count] = channel;
        socket->channel_count += 1;
        return 0;
    }
    free(channel);
    return code == PLI_RPC_UNAUTHORIZED
               ? pli_rpc_fail(rpc, code, "this channel is a key's", "channels")
               : 0;
}

int
pli_rpc_subscribe(pli_rpc *rpc) {
    int code = check_socket(rpc);
    const pli_node *names = names_of(rpc);
    if (code == 0 && names == NULL) {
        code = pli_rpc_fail(rpc, PLI_RPC_PARAMS, "a list of names", "channels");
    }
    if (code != 0 || names == NULL) {
        return code;
    }
    for (const pli_node *name = names->child; name != NULL && code == 0; name = name->next) {
        code = add_channel(rpc, name->text);
    }
    if (code != 0) {
        return code;
    }
    pli_json_begin_array(&rpc->server->writer, "result");
    for (const pli_node *name = names->child; name != NULL; name = name->next) {
        if (find_channel(rpc->socket, name->text) < rpc->socket->channel_count) {
            pli_json_text(&rpc->server->writer, NULL, name->text);
        }
    }
    pli_json_end(&rpc->server->writer);
    return 0;
}

int
pli_rpc_unsubscribe(pli_rpc *rpc) {
    int code = check_socket(rpc);
    const pli_node *names = names_of(rpc);
    if (code == 0 && names == NULL) {
        code = pli_rpc_fail(rpc, PLI_RPC_PARAMS, "a list of names", "channels");
    }
    if (code != 0 || names == NULL) {
        return code;
    }
    pli_json_begin_array(&rpc->server->writer, "result");
    for (const pli_node *name = names->child; name != NULL; name = name->next) {
        uint32_t index = find_channel(rpc->socket, name->text);
        if (index < rpc->socket->channel_count) {
            drop_channel(rpc->socket, index);
            pli_json_text(&rpc->server->writer, NULL, name->text);
        }
    }
    pli_json_end(&rpc->server->writer);
    return 0;
}

int
pli_rpc_unsubscribe_all(pli_rpc *rpc) {
    int code = check_socket(rpc);
    while (code == 0 && rpc->socket->channel_count > 0) {
        drop_channel(rpc->socket, rpc->socket->channel_count - 1);
    }
    if (code == 0) {
        pli_json_text(&rpc->server->writer, "result", "ok");
    }
    return code;
}

// --- Connections -----------------------------------------------------------------------------------------------------

bool
pli_socket_may(void *context, const pli_http_request *request, pli_http_reader *reader) {
    pli_server *server = context;
    if (strcmp(request->path, "/ws/api/v2") != 0 && strcmp(request->path, "/ws/api/v2/") != 0) {
        return pli_stream_may(server, request, reader);
    }
    if (!pli_server_is_ours(server, request) || server->socket_count == PLI_SOCKET_CLIENTS_MAX) {
        return false;
    }
    pli_socket *socket = calloc(1, sizeof *socket);
    if (socket == NULL) {
        return false;
    }
    pli_heartbeat_hear(&socket->heartbeat, pli_clock_monotonic_ns());
    reader->state = socket;
    server->socket_count += 1;
    return true;
}

void
pli_socket_left(void *context, pli_http_reader *reader) {
    pli_server *server = context;
    pli_socket *socket = reader->state;
    if (socket == NULL) {
        return;
    }
    while (socket->channel_count > 0) {
        drop_channel(socket, socket->channel_count - 1);
    }
    for (; socket->answer_count > 0; socket->answer_count -= 1) {
        free(socket->answers[socket->answer_at].data);
        socket->answer_at = (socket->answer_at + 1) % PLI_SOCKET_ANSWERS_MAX;
    }
    free(socket->sending);
    free(socket);
    reader->state = NULL;
    server->socket_count -= 1;
}

// Whoever has signed in goes when the books take the scopes of the key's signer.
static bool
is_revoked(const pli_server *server, const pli_socket *socket) {
    return socket->desk != NULL && !pli_rpc_is_standing(server, socket->desk);
}

// May this connection call once more in this second? What the caller may altogether pli_rpc_answer counts.
static bool
take_call(pli_socket *socket, int64_t now_ns) {
    int64_t second = now_ns / SECOND_NS;
    socket->calls = socket->second == second ? socket->calls + 1 : 1;
    socket->second = second;
    return socket->calls <= PLI_SOCKET_CALLS_MAX;
}

// The answer in hand waits for its turn; its memory is the ring's by now.
static void
keep_answer(pli_server *server, pli_socket *socket) {
    uint32_t at = (socket->answer_at + socket->answer_count) % PLI_SOCKET_ANSWERS_MAX;
    socket->answers[at] =
        (pli_stream_text){.data = server->writer.data, .size = server->writer.size};
    socket->answer_count += 1;
    socket->waiting += server->writer.size;
    server->writer = (pli_json_writer){.indent = 0};
}

bool
pli_socket_receive(void *context, pli_http_reader *reader, const char *text, size_t size) {
    pli_server *server = context;
    pli_socket *socket = reader->state;
    int64_t now_ns = pli_clock_monotonic_ns();
    int64_t begin_us = pli_clock_real_ns() / 1000;
    if (socket == NULL || socket->answer_count == PLI_SOCKET_ANSWERS_MAX ||
        socket->waiting > PLI_SOCKET_WAITING_MAX || is_revoked(server, socket)) {
        return false;
    }
    pli_heartbeat_hear(&socket->heartbeat, now_ns);
    pli_document document = {.root = NULL};
    pli_rpc rpc = {.server = server, .method = "", .socket = socket, .desk = socket->desk};
    int code = pli_rpc_read(&rpc, text, size, &document);
    if (!take_call(socket, now_ns)) {
        code = pli_rpc_fail(&rpc, PLI_RPC_RATE, "too much was asked for within a second", NULL);
    }
    pli_server_forget_answer(server);
    unsigned status = pli_rpc_answer(&rpc, code, begin_us);
    pli_document_finish(&document);
    socket->desk = rpc.desk; // public/auth has set it
    server->metrics.requests += 1;
    server->metrics.requests_refused += status >= 400;
    if (server->writer.status != PLM_OK || server->writer.data == NULL) {
        return false;
    }
    keep_answer(server, socket);
    return true;
}

static void
write_beat(pli_server *server, pli_beat beat) {
    pli_json_writer *writer = &server->writer;
    pli_server_forget_answer(server);
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "jsonrpc", "2.0");
    pli_json_text(writer, "method", "heartbeat");
    pli_json_begin_object(writer, "params");
    pli_json_text(writer, "type", beat == PLI_BEAT_TELL ? "heartbeat" : "test_request");
    pli_json_end(writer);
    pli_json_end(writer);
}

// Signs of life first, then the channels in turn.
static bool
write_next(pli_server *server, pli_socket *socket, pli_http_reader *reader) {
    int64_t now_ns = pli_clock_monotonic_ns();
    pli_beat beat = pli_heartbeat_turn(&socket->heartbeat, now_ns);
    if (beat == PLI_BEAT_END) {
        reader->is_over = true;
        return false;
    }
    if (beat != PLI_BEAT_NONE) {
        write_beat(server, beat);
        return server->writer.status == PLM_OK;
    }
    for (uint32_t i = 0; i < socket->channel_count; i += 1) {
        uint32_t index = (socket->channel_at + i) % socket->channel_count;
        if (pli_channel_write(server, socket->channels[index], now_ns)) {
            socket->channel_at = index + 1;
            return true;
        }
    }
    return false;
}

const char *
pli_socket_next(void *context, pli_http_reader *reader, size_t *size) {
    pli_server *server = context;
    pli_socket *socket = reader->state;
    if (socket == NULL) {
        return pli_stream_next(server, reader, size);
    }
    free(socket->sending);
    socket->sending = NULL;
    if (is_revoked(server, socket)) {
        reader->is_over = true;
        return NULL;
    }
    if (socket->answer_count > 0) {
        pli_stream_text answer = socket->answers[socket->answer_at];
        socket->answer_at = (socket->answer_at + 1) % PLI_SOCKET_ANSWERS_MAX;
        socket->answer_count -= 1;
        socket->waiting -= answer.size;
        socket->sending = answer.data;
        *size = answer.size;
        return answer.data;
    }
    if (!write_next(server, socket, reader)) {
        return NULL;
    }
    *size = server->writer.size;
    return server->writer.data;
}

void
pli_socket_turn(pli_server *server) {
    if (server->socket_count > 0) {
        pli_http_wake(server->http);
    }
}
