/* server.h: a running venue: the engine, the demonstration that plays to it, and what the pages ask.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_SERVER_H
#define PLI_SERVER_SERVER_H

#include "base/wide.h"
#include "crypto/signature.h"
#include "io/json_writer.h"
#include "net/http.h"
#include "plimsoll/engine.h"
#include "server/amendments.h"
#include "server/assets.h"
#include "server/caller.h"
#include "server/desk.h"
#include "server/journal.h"
#include "server/trail.h"
#include "sim/demo.h"

#define PLI_TAPE_COUNT 512u

/* pli_summary - one account as it was last looked at. */
typedef struct pli_summary {
    plm_stage stage;
    bool is_known;   /* the model has answered once */
    int64_t seen_ns; /* time of the state when it last did; the requirement is of then */
    uint32_t position_count;
    plm_requirement requirement;
} pli_summary;

/* pli_tape_entry - something that happened in liquidation. */
typedef struct pli_tape_entry {
    uint64_t sequence;
    int64_t time_ns;
    plm_effect_kind kind; /* POSITION: a forced order was filled; 0: FUND, a = atoms, b = action */
    uint32_t account, index;
    plm_wide a, b;
} pli_tape_entry;

/* pli_losses - what the waterfall has moved since the start, by asset; all in atoms of it. */
#define PLI_LOSS_ASSETS 64u
typedef struct pli_losses {
    uint64_t covers, backstops, deleverages, profit_cuts, balance_cuts, write_offs;
    pli_i128 paid[PLI_LOSS_ASSETS];            /* by the insurance fund and its tranches */
    pli_i128 begun[PLI_LOSS_ASSETS];           /* what the fund held at the start */
    pli_i128 paid_in[PLI_LOSS_ASSETS];         /* into it by the operator */
    pli_i128 given_up[PLI_LOSS_ASSETS];        /* by holders of that asset */
    pli_i128 profit_given_up[PLI_LOSS_ASSETS]; /* by those whose profit was unpaid */
    pli_i128 written_off[PLI_LOSS_ASSETS];
} pli_losses;

/* pli_metrics - what has happened since the start, for /metrics. */
#define PLI_LATENCY_BOUNDS 15u
typedef struct pli_metrics {
    uint64_t accepted, refused, repeats;
    uint64_t requests, requests_refused;
    int64_t report_ns; /* monotonic, of the newest accepted price report; 0: none yet */
    uint32_t pending;  /* calls and slices that are not durable yet */
    uint64_t latency_counts[PLI_LATENCY_BOUNDS + 1], latency_sum_us;
} pli_metrics;

typedef struct pli_submission pli_submission;
typedef struct pli_stress pli_stress;
typedef struct pli_trigger_search pli_trigger_search;

/* pli_stream_text - one delta as it went out; NULL: there was no memory for it. */
typedef struct pli_stream_text {
    char *data;
    size_t size;
} pli_stream_text;

#define PLI_STREAM_KEPT 64u

/* pli_stream - what has been published to those who stay connected, row by row. */
typedef struct pli_stream {
    uint64_t number; /* of the last delta */
    uint64_t sequence;
    int64_t time_ns, looked_ns, published_ns;
    uint32_t price_count, account_count;
    plm_price_record *prices;
    pli_summary *accounts;
    uint64_t *price_numbers, *account_numbers; /* of the delta in which the row last changed */
    pli_stream_text kept[PLI_STREAM_KEPT];     /* delta n at n % PLI_STREAM_KEPT */
    pli_json_writer writer;                    /* of the message in hand */
} pli_stream;

/* pli_allowance - what has been asked for within this second. */
typedef struct pli_allowance {
    int64_t second;
    uint32_t used;
} pli_allowance;

/*
 * pli_server - everything that one loop looks after; nothing of it is touched by another thread.
 *
 * Invariants [SERVER-1] the engine is submitted to by the loop alone.
 *            [SERVER-2] no request changes the state without a valid signature; the button of the demonstration
 *                       moves its market, which is nobody's.
 */
struct pli_server {
    plm_engine *engine;
    plm_core *core;
    pli_demo *demo; /* NULL: no demonstration */
    pli_key_pair sources[PLI_DEMO_UNDERLYINGS][PLI_DEMO_SOURCES];
    plm_outcome outcome; /* of the event in hand, as the observer was told */
    plm_status failure;  /* of the engine; not PLM_OK: it takes nothing any more */
    plm_fault fault;
    const char *scheme, *address, *directory;
    uint16_t port;
    int64_t end_ns; /* of the machine's steady clock, when it ends by itself; 0: it does not */
    bool is_reading_open;             /* anybody may read everything */
    bool is_leaving_jobs;             /* what waits in the queue is somebody else's to go on with */
    pli_caller_keys keys;             /* what signatures are held against */
    pli_caller caller;                /* of the request in hand */
    pli_desks desks;                  /* clients that share a secret with the venue */
    struct pli_rpc_book *orders_sent; /* by them */
    pli_submission *submission;       /* of the request in hand; NULL: it changes nothing */
    /* one for each signer, everybody without a key together, and one for each desk */
    pli_allowance *allowances;
    pli_metrics metrics;
    pli_journal journal;
    pli_stream stream;
    pli_http *http;        /* NULL before it listens */
    uint32_t socket_count; /* connections of /ws/api/v2 */
    pli_assets assets;
    pli_json_writer writer;       /* of the answer in hand */
    pli_summary *summaries;       /* one for each account of the limits */
    uint64_t snapshot_sequence;   /* of the state that the newest snapshot holds */
    pli_stress *stress;           /* the answer to it in the making; NULL: none is */
    pli_trigger_search *triggers; /* the same of trigger prices */
    uint32_t refresh_at;
    pli_losses losses;
    pli_trail trail;
    pli_amendments amendments;
    int64_t replay_kept_ns; /* when the place in a given history was last kept */
    uint64_t tape_count;    /* entries ever */
    pli_tape_entry tape[PLI_TAPE_COUNT];
    plm_position *positions; /* tables that a portfolio is read into */
    plm_order *orders;
    plm_balance *balances;
    int64_t *contributions;
};

/* pli_serve_options - what the command line says. */
typedef struct pli_serve_options {
    const char *directory;
    const char *address;
    uint16_t port;
    uint32_t peer_max;             /* connections of one address; 0: as many as there is room for */
    const char *certificate, *key; /* PEM files, both or neither: TLS */
    int64_t seconds;               /* it ends by itself after so many; 0: it does not */
    bool is_demo;
    bool is_reading_open; /* a demonstration is so in any case */
    bool is_leaving_jobs; /* the venue sends its own CONTINUE, as a demonstration does */
    bool is_logging;      /* lines of JSON on standard error */
    const char *desks;    /* file of keys for /api/v2; NULL: none */
    bool has_operator;
    uint8_t operator_key[32]; /* ed25519, public; without it nobody is the operator over the wire */
    pli_demo_options demo;
    void (*ready)(const char *scheme, const char *address,
                  uint16_t port); /* called once, when requests are answered */
} pli_serve_options;

/*
 * pli_serve - run a venue until SIGINT or SIGTERM: open the directory, answer, close it again with everything committed.
 *
 * Returns    PLM_OK after a signal; the statuses of plm_engine_open, plm_engine_submit and pli_http_open.
 */
PLM_MUST_USE plm_status pli_serve(const pli_serve_options *options, plm_fault *fault);

/* pli_server_observe - for plm_engine_options.observe: the tape, and what the demonstration must be told. */
void pli_server_observe(void *server, const plm_core *core, const plm_event *event,
                        const plm_outcome *outcome, const plm_effect *effects);

/*
 * pli_server_play - submit what the demonstration has to say by now, or CONTINUE while jobs wait, at the time of the last event
 *                   and on record like any other; look at some more accounts.
 */
void pli_server_play(pli_server *server);

/* pli_server_look - look at every account once, for at most that long; for before the first request. */
void pli_server_look(pli_server *server, int64_t most_ns);

/* pli_server_answer - the callback of the HTTP server. */
void pli_server_answer(void *server, const pli_http_request *request, pli_http_answer *answer);

/*
 * pli_server_refuse - the body of a refusal, with its code; returns `status`.
 * pli_server_forget_answer - begin the answer anew.
 * pli_server_append - text that is no JSON, behind what the answer holds.
 */
unsigned pli_server_refuse(pli_server *server, unsigned status, const char *code,
                           const char *message);
void pli_server_forget_answer(pli_server *server);

/* pli_server_is_ours - is the request meant for this address, and asked by no page of another origin? */
bool pli_server_is_ours(const pli_server *server, const pli_http_request *request);

/* pli_server_take_allowance - a call of that desk, NULL: of nobody; false: too much was asked for in this second. */
bool pli_server_take_allowance(pli_server *server, const pli_desk *desk, uint32_t weight);

/* pli_server_may_read - may whoever asks read of that account, PLM_NONE: of everybody's? */
bool pli_server_may_read(pli_server *server, const pli_http_request *request, uint32_t account);

/* pli_server_key_of - what changes with the key and the scopes of whoever has asked; 0: nobody. */
uint64_t pli_server_key_of(const pli_server *server, uint32_t signer);

/* pli_server_account_of - is the path `before`, the number of an account, and `after`? */
bool pli_server_account_of(const char *path, const char *before, const char *after,
                           uint32_t *account);

void pli_server_append(pli_server *server, const char *text, size_t size);

/* pli_parameter - the decimal that a query gives by that name, at this scale; false: it is not there or no such number. */
bool pli_parameter(const pli_http_request *request, const char *name, unsigned scale,
                   int64_t *value);

/* pli_server_hold - what an account holds, in the server's tables; false: no such account. */
bool pli_server_hold(pli_server *server, uint32_t account, plm_portfolio *portfolio);

/*
 * pli_stress_is_begun, pli_triggers_is_begun - is this the request whose answer is in the making?
 * pli_stress_finish, pli_triggers_finish - forget it.
 */
bool pli_stress_is_begun(const pli_server *server, const pli_http_request *request);
void pli_stress_finish(pli_server *server);
bool pli_triggers_is_begun(const pli_server *server, const pli_http_request *request);
void pli_triggers_finish(pli_server *server);

/* PLI_PART_NS - for a part of an answer that is made in parts: whatever else waits meanwhile is served in between. */
#define PLI_PART_NS INT64_C(10000000)

/* The answers: each writes one JSON value and returns the status of HTTP, or writes nothing yet and returns 0. */
unsigned pli_answer_status(pli_server *server, const pli_http_request *request);
unsigned pli_answer_accounts(pli_server *server, const pli_http_request *request);
unsigned pli_answer_tape(pli_server *server, const pli_http_request *request);
unsigned pli_answer_parameters(pli_server *server, const pli_http_request *request);
unsigned pli_answer_auctions(pli_server *server, const pli_http_request *request);
unsigned pli_answer_funds(pli_server *server, const pli_http_request *request);
unsigned pli_answer_markets(pli_server *server, const pli_http_request *request);
unsigned pli_answer_account(pli_server *server, const pli_http_request *request);
unsigned pli_answer_what_if(pli_server *server, const pli_http_request *request);
unsigned pli_answer_grid(pli_server *server, const pli_http_request *request);
unsigned pli_answer_triggers(pli_server *server, const pli_http_request *request);
unsigned pli_answer_stress(pli_server *server, const pli_http_request *request);
unsigned pli_answer_scenario_sets(pli_server *server, const pli_http_request *request);
unsigned pli_answer_scenario_set(pli_server *server, const pli_http_request *request);
unsigned pli_answer_risk_array(pli_server *server, const pli_http_request *request);
unsigned pli_answer_crash(pli_server *server, const pli_http_request *request);

/* pli_write_requirement - the members of a requirement, into the object that is open. */
void pli_write_requirement(pli_json_writer *writer, const plm_requirement *requirement);

/* pli_write_micros, pli_write_e8 - exact decimals. */
void pli_write_micros(pli_json_writer *writer, const char *key, int64_t micros);
void pli_write_e8(pli_json_writer *writer, const char *key, int64_t e8);

#endif
