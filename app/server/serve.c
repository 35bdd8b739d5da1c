/* serve.c: from a directory to a running venue, and back.                             SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hmac.h"
#include "os/clock.h"
#include "server/deribit_socket.h"
#include "server/door.h"
#include "server/replay_point.h"
#include "server/stream.h"

enum { IDLE_US = 20000, SNAPSHOT_EVERY = 20000 };

#define CHANGES_NS INT64_C(2000000) /* of a turn, for reading old changes */
#define REPLAY_KEPT_NS INT64_C(5000000000)
#define LOOK_NS INT64_C(2000000000)

static volatile int is_over; /* set by the signals that end the program */

static void
on_signal(int number) {
    (void)number;
    is_over = 1;
}

// Sources of a demonstration are nobody's: their keys follow from its seed.
static void
make_sources(pli_server *server, uint64_t seed) {
    for (uint32_t u = 0; u < PLI_DEMO_UNDERLYINGS; u += 1) {
        for (uint32_t source = 0; source < PLI_DEMO_SOURCES; source += 1) {
            uint8_t secret[PLI_KEY_SEED_SIZE] = {'d', 'e', 'm', 'o', (uint8_t)u, (uint8_t)source};
            memcpy(secret + 8, &seed, sizeof seed);
            pli_key_pair_from_seed(secret, &server->sources[u][source]);
        }
    }
}

static bool
take_tables(pli_server *server) {
    const plm_core_limits *limits = plm_core_limits_of(server->core);
    server->summaries = calloc(limits->account_count, sizeof server->summaries[0]);
    server->positions = calloc(limits->position_count, sizeof server->positions[0]);
    server->orders = calloc(limits->order_count, sizeof server->orders[0]);
    server->balances = calloc(limits->balance_count, sizeof server->balances[0]);
    size_t lines =
        (size_t)limits->position_count + limits->order_count + limits->balance_count + 64;
    server->contributions = calloc(lines, sizeof server->contributions[0]);
    server->allowances =
        calloc(limits->signer_count + (size_t)1 + PLI_DESK_MAX, sizeof server->allowances[0]);
    pli_trail_init(&server->trail, limits);
    server->orders_sent = calloc(1, sizeof *server->orders_sent);
    return server->orders_sent != NULL && server->allowances != NULL && server->summaries != NULL &&
           server->positions != NULL && server->orders != NULL && server->balances != NULL &&
           server->contributions != NULL;
}

static void
give_back(pli_server *server) {
    pli_assets_finish(&server->assets);
    pli_json_writer_finish(&server->writer);
    pli_stress_finish(server);
    pli_triggers_finish(server);
    pli_stream_finish(server);
    pli_journal_finish(&server->journal);
    pli_trail_finish(&server->trail);
    pli_amendments_finish(&server->amendments);
    free(server->orders_sent);
    free(server->allowances);
    free(server->summaries);
    free(server->positions);
    free(server->orders);
    free(server->balances);
    free(server->contributions);
    free(server->demo);
    free(server);
}

// The next start begins from here. Where there is no room for one it begins further back: no reason to stop.
static void
snapshot(pli_server *server) {
    plm_status status = plm_engine_snapshot(server->engine, NULL);
    server->snapshot_sequence = plm_engine_committed(server->engine);
    (void)status;
}

static void
idle(void *context) {
    pli_server *server = context;
    pli_server_play(server);
    pli_rpc_visitor(server);
    pli_rpc_turn(server);
    pli_stream_turn(server);
    pli_socket_turn(server);
    pli_trail_turn(server);
    pli_amendments_turn(&server->amendments, pli_clock_monotonic_ns() + CHANGES_NS);
    uint64_t committed = plm_engine_committed(server->engine);
    int64_t now_ns = pli_clock_monotonic_ns();
    if (server->demo != NULL && now_ns - server->replay_kept_ns > REPLAY_KEPT_NS) {
        pli_replay_point_write(server->directory, server->demo);
        server->replay_kept_ns = now_ns;
    }
    // A state of millions of accounts takes long to write, and nobody is answered meanwhile.
    bool is_due = server->demo != NULL && committed - server->snapshot_sequence >= SNAPSHOT_EVERY;
    if (server->failure == PLM_OK && is_due) {
        snapshot(server);
    }
    const pli_server *seen = server;
    bool is_late = seen->end_ns != 0 && pli_clock_monotonic_ns() > seen->end_ns;
    is_over |= is_late || seen->failure != PLM_OK;
}

static plm_status
listen_and_serve(pli_server *server, const pli_serve_options *options, plm_fault *fault) {
    pli_http_options http = {.address = options->address,
                             .port = options->port,
                             .peer_max = options->peer_max,
                             .certificate = options->certificate,
                             .key = options->key,
                             .answer = pli_server_answer,
                             .lane = pli_door_lane,
                             .subscribe = pli_socket_may,
                             .next = pli_socket_next,
                             .receive = pli_socket_receive,
                             .left = pli_socket_left,
                             .idle = idle,
                             .idle_us = IDLE_US,
                             .context = server};
    pli_http *listening = NULL;
    pli_server_look(server, LOOK_NS); // so that the first page has every account
    plm_status status = pli_http_open(&http, &listening, fault);
    if (status != PLM_OK) {
        return status;
    }
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    server->port = pli_http_port(listening);
    server->end_ns = options->seconds == 0
                         ? 0
                         : pli_clock_monotonic_ns() + options->seconds * INT64_C(1000000000);
    options->ready(server->scheme, options->address, server->port);
    pli_journal_open(&server->journal, options->directory, options->address, server->port,
                     plm_engine_committed(server->engine));
    server->http = listening;
    pli_http_run(listening, &is_over);
    pli_http_close(listening);
    pli_journal_close(&server->journal, plm_engine_committed(server->engine),
                      server->failure == PLM_OK ? "asked to end" : server->fault.text);
    if (server->failure != PLM_OK && fault != NULL) {
        *fault = server->fault;
    }
    return server->failure;
}

// The key that anybody may use on a demonstration.
static const pli_desk demo_desk = {.id = "demo", .secret = "demonstration-only", .may_trade = true};

static plm_status
open_desks(pli_server *server, const pli_serve_options *options, plm_fault *fault) {
    pli_random_bytes(server->desks.token_key, sizeof server->desks.token_key);
    plm_status status =
        options->desks == NULL ? PLM_OK : pli_desks_read(options->desks, &server->desks, fault);
    if (status == PLM_OK && options->is_demo) {
        pli_desk desk = demo_desk;
        desk.account = options->demo.account_count;
        (void)pli_desks_add(&server->desks, &desk);
    }
    return status;
}

static plm_status
open_engine(pli_server *server, const pli_serve_options *options, plm_fault *fault) {
    plm_engine_options engine;
    plm_engine_options_init(&engine);
    engine.may_create = options->is_demo;
    engine.observe = pli_server_observe;
    engine.observer = server;
    engine.observe_from = UINT64_MAX; // of what is durable already, nothing
    if (options->is_demo) {
        engine.limits = pli_demo_limits(options->demo.account_count);
        server->demo = calloc(1, sizeof *server->demo);
        if (server->demo == NULL) {
            return PLM_MEMORY;
        }
        pli_demo_options demo = options->demo;
        if (!demo.is_replay_from_given) {
            demo.replay_from_ns = pli_replay_point_read(options->directory, &demo);
        }
        pli_demo_init(server->demo, &demo);
        make_sources(server, options->demo.seed);
    }
    plm_status status = plm_engine_open(options->directory, &engine, &server->engine, fault);
    if (status == PLM_OK) {
        server->core = plm_engine_core(server->engine);
        pli_amendments_open(&server->amendments, options->directory,
                            plm_engine_committed(server->engine));
        server->snapshot_sequence =
            plm_engine_committed(server->engine) - plm_engine_replayed(server->engine);
        server->is_reading_open = options->is_demo || options->is_reading_open;
        server->is_leaving_jobs = options->is_demo || options->is_leaving_jobs;
        server->keys =
            (pli_caller_keys){.core = server->core, .has_operator = options->has_operator};
        memcpy(server->keys.operator_key, options->operator_key, sizeof server->keys.operator_key);
    }
    return status;
}

plm_status
pli_serve(const pli_serve_options *options, plm_fault *fault) {
    pli_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return PLM_MEMORY;
    }
    server->scheme = options->certificate != NULL ? "https" : "http";
    server->address = options->address;
    server->directory = options->directory;
    server->journal.is_on = options->is_logging;
    plm_status status = open_desks(server, options, fault);
    status = status == PLM_OK ? open_engine(server, options, fault) : status;
    bool is_open = status == PLM_OK;
    if (is_open) {
        status = take_tables(server) ? pli_stream_init(server) : PLM_MEMORY;
        status = status == PLM_OK ? pli_assets_init(&server->assets) : status;
        if (status == PLM_OK) {
            status = listen_and_serve(server, options, fault);
        }
        if (server->demo != NULL) {
            pli_replay_point_write(options->directory, server->demo);
        }
        if (status == PLM_OK && plm_engine_committed(server->engine) > server->snapshot_sequence) {
            snapshot(server);
        }
        plm_status closed = plm_engine_close(server->engine, status == PLM_OK ? fault : NULL);
        status = status == PLM_OK ? closed : status;
    }
    give_back(server);
    return status;
}
