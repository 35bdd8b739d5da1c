/* routes.c: which question is answered by whom, and which requests are let in.         SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/decimal.h"
#include "os/clock.h"
#include "server/deribit.h"
#include "server/door.h"
#include "server/health.h"
#include "server/past.h"
#include "server/routes.h"
#include "server/submit.h"

#define REQUIREMENT                                                                                \
    "equity_initial:d initial:d equity_maintenance:d call_level:d maintenance:d health:s"
#define PART "{decided_by:s core:d charges:*}"
#define TOLL                                                                                       \
    "{before:* after:* unknown:i equity_before:d equity_after:d maintenance_before:d "             \
    "maintenance_after:d calls:d shortfall:d insurance:d covered:d uncovered:d to_close:[*] "      \
    "worst:[{account:i equity_before:d equity:d maintenance:d health:s}]}"

#define SCENARIO_SET                                                                               \
    "set:i purpose:s name:s version:i hash:s horizon_seconds:d entry_count:i grid_count:i "        \
    "plane_count:i history_count:i stress_count:i"

#define PAST                                                                                       \
    "{entries:[{sequence:d time:t outcome:s reason?:s is_repeat:b type:s event:*}] next:d "        \
    "is_end:b}"

static const pli_route routes[] = {
    {false, "/v1/status", NULL, PLI_ACCESS_MARKET, 1, "the venue at a glance",
     "{sequence:d time:t model:s instruments:i accounts:i jobs:i is_demo:b is_open:b "
     "is_crashing:b replay?:* stress:n}",
     NULL, pli_answer_status},
    {false, "/v1/accounts", NULL, PLI_ACCESS_VENUE, 5,
     "every account as it was last looked at, a row each", "{time:t columns:[s] rows:[[*]]}", NULL,
     pli_answer_accounts},
    {false, "/v1/tape", NULL, PLI_ACCESS_VENUE, 2, "the last events of liquidation, newest first",
     "{count:d entries:[{sequence:d time:t account?:i kind:s}]}", NULL, pli_answer_tape},
    {false, "/v1/funds", NULL, PLI_ACCESS_MARKET, 1, "what the venue holds and owes, by asset",
     "{assets:[{name:s held:d balances:d loans:d fees:d insurance:d tranches:d residue:d "
     "interest:d "
     "bad_debt:d since_start?:*}] markets:[{instrument:s tranche:d unpaid:d}] counts:*}",
     NULL, pli_answer_funds},
    {false, "/v1/parameters", NULL, PLI_ACCESS_MARKET, 20,
     "the governed records as they stand, and what changed in them, the newest first",
     "{time:t model:s records:[{record:s index:i subject:s version:i accepted:i expires?:t "
     "fields:[{path:s unit:s value:s standard:s low:s high:s delay_hours:i owner:s text:s}]}] "
     "is_whole:b changes:[{sequence:d time:t signer:i record:s index:i subject:s version:i "
     "expires?:t fields:[{path:s unit:s before:s after:s}]}]}",
     NULL, pli_answer_parameters},
    {false, "/v1/trail", NULL, PLI_ACCESS_MARKET, 10,
     "the last ten minutes of prices and funds, for drawing",
     "{seconds:[d] underlyings:[{name:s price:[n] mark:[n]}] insurance:[n] bad_debt:[n]}", NULL,
     pli_answer_trail},
    {false, "/v1/auctions", NULL, PLI_ACCESS_MARKET, 20,
     "accounts on sale, what they hold, and what a bid for the share offered gets now",
     "{time:t auctions:[{account:i equity:d maintenance:d is_open:b round?:i rounds_left?:i "
     "clock_seconds?:d share?:d kept?:d premium?:d positions?:[{instrument:s lots:d lot:d mark:d}] "
     "balances?:[{asset:s amount:d}]}] count:i}",
     NULL, pli_answer_auctions},
    {false, "/v1/markets", NULL, PLI_ACCESS_MARKET, 5, "prices and their sources, sizes, surfaces",
     "{time:t underlyings:[{name:s price:d slow:d confidence:d state:s quorum:i band:d "
     "volatility:d sources:[*] "
     "surface:[*] book?:*}]}",
     NULL, pli_answer_markets},
    {false, "/v1/stress", NULL, PLI_ACCESS_VENUE, 200,
     "the toll of a move: ?price= &volatility= &depth=, each 0.1 for a tenth; &underlying= of one "
     "alone",
     TOLL, NULL, pli_answer_stress},
    {false, "/v1/scenarios", NULL, PLI_ACCESS_MARKET, 2,
     "the sets of scenarios that requirements are made of", "{time:t sets:[{" SCENARIO_SET "}]}",
     NULL, pli_answer_scenario_sets},
    {false, "/v1/scenarios/", "", PLI_ACCESS_MARKET, 50,
     "one of them whole: 0 of maintenance, 1 of initial; moves are relative",
     "{" SCENARIO_SET " underlyings:[{name:s grid_active:i has_history:b step:d extreme:d "
     "extreme_weight:d volatility_up:d volatility_down:d probe:d probe_multiple:d}] "
     "grid:[{entry:i level:i extreme:i volatility:s is_sticky_moneyness:b is_elapsed:b}] "
     "planes:[{entry:i is_elapsed:b rises_in_falls:b}] days:[{day:t returns:[n]}] "
     "stress:[{entry:i name:s moves:[{price:n volatility:n basis:n}]}] probes:[{entry:i name:s}]}",
     NULL, pli_answer_scenario_set},
    {false, "/v1/instruments/", "/array", PLI_ACCESS_MARKET, 20,
     "what one long lot gains in every scenario, in `unit`, and its Greeks: ?set= as of "
     "/v1/scenarios",
     "{time:t index:i instrument:s underlying:s lot:d unit:s set:i hash:s greeks:[{underlying:s "
     "delta:n gamma:n vega:n theta:n vanna:n volga:n}] rows:[{entry:i segment:s plane?:i day?:t "
     "name?:s profit:d is_active:b}]}",
     NULL, pli_answer_risk_array},
    {false, "/v1/accounts/", "", PLI_ACCESS_ACCOUNT, 2,
     "what an account holds, what it must hold, and why",
     "{account:i time:t stage:s call_amount:d call_deadline:t slices:i is_known:b "
     "unknown_because?:s "
     "equity_initial?:d initial?:d equity_maintenance?:d call_level?:d maintenance?:d health?:s "
     "maintenance_reason?:" PART " initial_reason?:" PART " positions?:[{index:i instrument:s "
     "lots:d lot:d mark:d contribution:d}] balances?:[{asset:s amount:d contribution:d}] "
     "orders?:[{instrument:s side:s lots:d limit:d is_reduce_only:b}] greeks:[{underlying:s "
     "delta:n gamma:n vega:n theta:n}]}",
     NULL, pli_answer_account},
    {false, "/v1/accounts/", "/what-if", PLI_ACCESS_ACCOUNT, 50,
     "the requirement after a trade at the mark, a move, or both: ?instrument= &lots= &price= "
     "&volatility= &depth=",
     "{" REQUIREMENT "}", NULL, pli_answer_what_if},
    {false, "/v1/accounts/", "/grid", PLI_ACCESS_ACCOUNT, 30,
     "profit under moves of price and volatility", "{cells:[[n]]}", NULL, pli_answer_grid},
    {false, "/v1/accounts/", "/trail", PLI_ACCESS_ACCOUNT, 10,
     "the last ten minutes of what an account held and had to hold, for drawing",
     "{seconds:[d] equity:[n] initial:[n] call_level:[n] maintenance:[n]}", NULL,
     pli_answer_account_trail},
    {false, "/v1/accounts/", "/triggers", PLI_ACCESS_ACCOUNT, 100,
     "prices at which a call or a liquidation begins",
     "{underlyings:[{underlying:s price:d call_below:z call_above:z liquidation_below:z "
     "liquidation_above:z}]}",
     NULL, pli_answer_triggers},
    {true, "/v1/events", NULL, PLI_ACCESS_WRITE, 2,
     "submit events; answered when they are durable, with what became of each",
     "{results:[{sequence:d outcome:s reason?:s is_transient?:b text?:s is_repeat?:b "
     "is_incomplete?:b effects?:[*]}] taken:i error:z}",
     "lines of JSON as docs/events.md lists them, or application/octet-stream: events side by side",
     pli_answer_events},
    {true, "/v1/check", NULL, PLI_ACCESS_WRITE, 2,
     "what would become of one event, and what its account would have to hold; nothing is booked",
     "{is_accepted:b reason?:s text?:s requirement?:{" REQUIREMENT "}}",
     "one event as for /v1/events; client_id and deadline_ns may be left out", pli_answer_check},
    {false, "/v1/history", NULL, PLI_ACCESS_VENUE, 20,
     "events behind a number with their outcomes, page by page: ?after= &count=", PAST, NULL,
     pli_answer_history},
    {false, "/v1/accounts/", "/history", PLI_ACCESS_ACCOUNT, 20,
     "the same, of the events that name the account", PAST, NULL, pli_answer_account_history},
    {true, "/v1/demo/crash", NULL, PLI_ACCESS_DEMO, 1,
     "crash the market of a demonstration; Content-Type application/json", "{is_crashing:b}", NULL,
     pli_answer_crash},
    {false, "/api/v2/", "*", PLI_ACCESS_OPEN, 2,
     "the protocol of Deribit: docs/deribit.md lists its methods", "*", NULL, pli_answer_deribit},
    {true, "/api/v2/", "*", PLI_ACCESS_OPEN, 2, "the same as JSON-RPC", "*",
     "a JSON-RPC 2.0 request", pli_answer_deribit},
    {false, "/openapi.json", NULL, PLI_ACCESS_OPEN, 5, "this table", "*", NULL, pli_answer_openapi},
    {false, "/healthz", NULL, PLI_ACCESS_OPEN, 0, "is the server alive?", NULL, NULL,
     pli_answer_alive},
    {false, "/readyz", NULL, PLI_ACCESS_OPEN, 0, "does the engine take events?", NULL, NULL,
     pli_answer_ready},
    {false, "/metrics", NULL, PLI_ACCESS_OPEN, 5, "counters in the text form of Prometheus", NULL,
     NULL, pli_answer_metrics},
};
enum { ROUTES = sizeof routes / sizeof routes[0], PATH_SPACE = 9 };

const pli_route *
pli_routes(size_t *count) {
    *count = ROUTES;
    return routes;
}

const char *
pli_access_name(pli_access access) {
    static const char *const names[] = {"", "open", "market", "account", "venue", "write", "demo"};
    return names[access];
}

bool
pli_server_account_of(const char *path, const char *before, const char *after, uint32_t *account) {
    size_t length = strlen(before);
    if (strncmp(path, before, length) != 0) {
        return false;
    }
    size_t digits = strspn(path + length, "0123456789");
    if (digits == 0 || digits > PATH_SPACE || strcmp(path + length + digits, after) != 0) {
        return false;
    }
    *account = (uint32_t)strtoul(path + length, NULL, 10);
    return true;
}

static bool
is_route(const pli_route *candidate, const char *path) {
    uint32_t account = 0;
    size_t before = strlen(candidate->before);
    if (candidate->after != NULL && strcmp(candidate->after, "*") == 0) {
        return strncmp(path, candidate->before, before) == 0 && path[before] != '\0';
    }
    return candidate->after == NULL
               ? strcmp(path, candidate->before) == 0
               : pli_server_account_of(path, candidate->before, candidate->after, &account);
}

bool
pli_parameter(const pli_http_request *request, const char *name, unsigned scale, int64_t *value) {
    size_t length = strlen(name);
    for (const char *at = request->query; *at != '\0';) {
        size_t size = strcspn(at, "&");
        if (size > length && strncmp(at, name, length) == 0 && at[length] == '=') {
            pli_i128 seen = 0;
            if (pli_decimal_parse(at + length + 1, size - length - 1, scale, &seen) != PLM_OK ||
                seen > INT64_MAX || seen < INT64_MIN) {
                return false;
            }
            *value = (int64_t)seen;
            return true;
        }
        at += size + (at[size] == '&' ? 1 : 0);
    }
    return false;
}

// A page of another origin may not ask through somebody's browser, nor by a name that points here by now.
bool
pli_server_is_ours(const pli_server *server, const pli_http_request *request) {
    const char *names[] = {server->address, "127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i += 1) {
        char host[128];
        char origin[160];
        (void)snprintf(host, sizeof host, "%s:%u", names[i], (unsigned)server->port);
        (void)snprintf(origin, sizeof origin, "%s://%s", server->scheme, host);
        if (strcmp(request->host, host) == 0) {
            return request->origin[0] == '\0' || strcmp(request->origin, origin) == 0;
        }
    }
    return false;
}

void
pli_server_forget_answer(pli_server *server) {
    pli_json_writer_finish(&server->writer);
    server->writer = (pli_json_writer){.indent = 0};
}

void
pli_server_append(pli_server *server, const char *text, size_t size) {
    pli_json_writer *writer = &server->writer;
    if (writer->capacity - writer->size <= size) {
        size_t capacity = 2 * (writer->capacity + size) + 4096;
        char *grown = realloc(writer->data, capacity);
        if (grown == NULL) {
            writer->status = PLM_MEMORY;
            return;
        }
        writer->data = grown;
        writer->capacity = capacity;
    }
    memcpy(writer->data + writer->size, text, size);
    writer->size += size;
    writer->data[writer->size] = '\0';
}

unsigned
pli_server_refuse(pli_server *server, unsigned status, const char *code, const char *message) {
    pli_json_begin_object(&server->writer, NULL);
    pli_json_text(&server->writer, "code", code);
    pli_json_text(&server->writer, "message", message);
    pli_json_end(&server->writer);
    return status;
}

// Of an account that is not there, no more is told than of somebody else's.
static bool
is_owner(const pli_server *server, uint32_t account) {
    plm_account_info info;
    return server->caller.is_known && plm_core_account(server->core, account, &info) == PLM_OK &&
           info.owner == server->caller.signer;
}

// May whoever signed this, or nobody, ask it? 0, or the status of the refusal.
static unsigned
check_access(pli_server *server, const pli_route *route, const pli_http_request *request) {
    const pli_caller *caller = &server->caller;
    bool is_reading = route->access != PLI_ACCESS_WRITE;
    if (route->access == PLI_ACCESS_OPEN || route->access == PLI_ACCESS_DEMO ||
        (is_reading && server->is_reading_open)) {
        return 0;
    }
    if (!caller->is_known) {
        return pli_server_refuse(server, 401, "key", "this is asked for with a signed request");
    }
    bool may = (caller->scopes & PLM_SCOPE_ADMIN) != 0 || route->access == PLI_ACCESS_MARKET ||
               route->access == PLI_ACCESS_WRITE;
    if (!may && route->access == PLI_ACCESS_ACCOUNT) {
        may = is_owner(server, (uint32_t)strtoul(request->path + strlen(route->before), NULL, 10));
    }
    return may ? 0 : pli_server_refuse(server, 403, "scope", "this key may not ask that");
}

// Whoever asks too much waits for the next second; keys do not take from each other.
static bool
take(pli_allowance *allowance, uint32_t weight) {
    int64_t second = pli_clock_monotonic_ns() / INT64_C(1000000000);
    if (allowance->second != second) {
        *allowance = (pli_allowance){.second = second};
    }
    bool may = allowance->used + weight <= PLI_ALLOWANCE;
    allowance->used += may ? weight : 0;
    return may;
}

static unsigned
check_allowance(pli_server *server, const pli_route *route) {
    uint32_t signers = plm_core_limits_of(server->core)->signer_count;
    uint32_t at = server->caller.is_known ? server->caller.signer : signers;
    return take(&server->allowances[at], route->weight)
               ? 0
               : pli_server_refuse(server, 429, "rate", "too much was asked for within a second");
}

bool
pli_server_take_allowance(pli_server *server, const pli_desk *desk, uint32_t weight) {
    uint32_t at = plm_core_limits_of(server->core)->signer_count;
    at += desk == NULL ? 0 : 1 + (uint32_t)(desk - server->desks.entries);
    return take(&server->allowances[at], weight);
}

static unsigned
answer_route(pli_server *server, const pli_route *route, const pli_http_request *request) {
    server->caller = (pli_caller){.is_known = false};
    if (route->answer == pli_answer_deribit) {
        return route->answer(server, request); // its clients sign in a way of their own
    }
    if (pli_stress_is_begun(server, request) || pli_triggers_is_begun(server, request)) {
        return route->answer(server, request); // a further part of what was let in
    }
    const char *wrong = pli_door_caller(server, request, &server->caller);
    if (wrong != NULL) {
        return pli_server_refuse(server, 401, wrong, "the signature of the request does not hold");
    }
    unsigned refused = check_access(server, route, request);
    refused = refused == 0 ? check_allowance(server, route) : refused;
    return refused == 0 ? route->answer(server, request) : refused;
}

// The status and *route; NULL where no route has that path.
static unsigned
answer_api(pli_server *server, const pli_http_request *request, const pli_route **route) {
    *route = NULL;
    for (size_t i = 0; i < ROUTES; i += 1) {
        if (is_route(&routes[i], request->path)) {
            *route = &routes[i];
            if (routes[i].is_post == request->is_post) {
                return answer_route(server, &routes[i], request);
            }
        }
    }
    return *route != NULL ? pli_server_refuse(server, 405, "method",
                                              "this path is asked for by the other method")
                          : pli_server_refuse(server, 404, "path", "there is no such path");
}

static void
answer_file(const pli_server *server, const pli_http_request *request, pli_http_answer *answer) {
    const pli_asset *asset = pli_assets_find(&server->assets, request->path);
    if (asset == NULL || request->is_post) {
        *answer = (pli_http_answer){
            .status = 404, .type = "text/plain", .body = "There is no such page.\n", .size = 23};
        return;
    }
    bool is_same = strcmp(request->known, asset->tag) == 0;
    bool is_packed = request->takes_gzip;
    *answer = (pli_http_answer){.status = is_same ? 304 : 200,
                                .type = pli_asset_type(asset),
                                .tag = asset->tag,
                                .is_gzip = is_packed && !is_same,
                                .is_lasting = true,
                                .body = is_packed ? asset->packed : asset->bytes,
                                .size = is_same     ? 0
                                        : is_packed ? asset->packed_size
                                                    : asset->size};
}

uint64_t
pli_server_key_of(const pli_server *server, uint32_t signer) {
    uint32_t scopes = 0;
    uint8_t key[32];
    uint64_t start = 0;
    if (plm_core_signer(server->core, signer, &scopes, key) != PLM_OK) {
        return 0;
    }
    memcpy(&start, key, sizeof start);
    return start ^ ((uint64_t)scopes << 32);
}

bool
pli_server_may_read(pli_server *server, const pli_http_request *request, uint32_t account) {
    if (!pli_server_is_ours(server, request) ||
        pli_caller_find(&server->keys, request, pli_clock_real_ns(), &server->caller) != NULL) {
        return false;
    }
    return server->is_reading_open || (server->caller.scopes & PLM_SCOPE_ADMIN) != 0 ||
           (account != PLM_NONE && is_owner(server, account));
}

void
pli_server_answer(void *context, const pli_http_request *request, pli_http_answer *answer) {
    pli_server *server = context;
    if (!pli_server_is_ours(server, request)) {
        *answer = (pli_http_answer){.status = 403,
                                    .type = "text/plain",
                                    .body = "This host name or origin is not served.\n",
                                    .size = 40};
        return;
    }
    pli_server_forget_answer(server);
    const pli_route *route = NULL;
    unsigned status = answer_api(server, request, &route);
    if (route == NULL && strncmp(request->path, "/v1/", 4) != 0) {
        answer_file(server, request, answer);
        return;
    }
    if (status == 0) {
        *answer = (pli_http_answer){.status = 0};
        return;
    }
    bool is_whole = server->writer.status == PLM_OK && server->writer.data != NULL;
    bool is_text = status < 400 && route != NULL && route->shape == NULL;
    server->metrics.requests += 1;
    server->metrics.requests_refused += status >= 400;
    if (status >= 400) {
        pli_journal_refusal(&server->journal, request, status);
    }
    *answer = (pli_http_answer){.status = is_whole ? status : 500,
                                .type = !is_text ? "application/json"
                                        : route->answer == pli_answer_metrics
                                            ? "text/plain; version=0.0.4; "
                                              "charset=utf-8"
                                            : "text/plain",
                                .body = is_whole ? server->writer.data : "{}",
                                .size = is_whole ? server->writer.size : 2};
}
