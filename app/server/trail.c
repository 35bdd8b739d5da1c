/* trail.c: a ring of the last minutes, and the answers made of it.                     SPDX-License-Identifier: Apache-2.0 */
#include "server/trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "server/server.h"

void
pli_trail_init(pli_trail *trail, const plm_core_limits *limits) {
    bool is_small = limits->account_count <= PLI_TRAIL_ACCOUNTS_MAX;
    trail->accounts = is_small ? calloc((size_t)limits->account_count * PLI_TRAIL_POINTS,
                                        sizeof trail->accounts[0])
                               : NULL;
    trail->account_count = trail->accounts == NULL ? 0 : limits->account_count;
}

void
pli_trail_finish(pli_trail *trail) {
    free(trail->accounts);
}

static double
amount(plm_wide atoms, unsigned decimals) {
    double value = (double)pli_i128_from_wide(atoms);
    for (unsigned i = 0; i < decimals; i += 1) {
        value /= 10;
    }
    return value;
}

static void
take_point(pli_server *server, pli_trail_point *point) {
    plm_market market = plm_core_market(server->core);
    plm_listing listing = plm_core_listing(server->core);
    plm_asset_totals totals;
    for (uint32_t u = 0; u < listing.underlying_count && u < PLI_TRAIL_UNDERLYINGS; u += 1) {
        point->prices[u] = (double)market.underlyings[u].price.price_e8 / 1e8;
    }
    for (uint32_t i = listing.instrument_count; i > 0; i -= 1) {
        uint32_t u = listing.instruments[i - 1].underlying_index;
        if (u < PLI_TRAIL_UNDERLYINGS && market.marks[i - 1].is_present) {
            point->marks[u] = (double)market.marks[i - 1].mark_e8 / 1e8;
        }
    }
    if (plm_core_asset(server->core, 0, &totals) == PLM_OK) {
        point->insurance = amount(totals.insurance, listing.assets[0].decimals);
        point->bad_debt = amount(totals.bad_debt, listing.assets[0].decimals);
    }
}

void
pli_trail_turn(pli_server *server) {
    pli_trail *trail = &server->trail;
    int64_t now_ns = plm_core_time(server->core).ns;
    const pli_trail_point *last =
        &trail->points[(trail->count + PLI_TRAIL_POINTS - 1) % PLI_TRAIL_POINTS];
    if (trail->count > 0 && now_ns < last->time_ns + PLI_TRAIL_STEP_NS) {
        return;
    }
    uint32_t at = (uint32_t)(trail->count % PLI_TRAIL_POINTS);
    trail->points[at] = (pli_trail_point){.time_ns = now_ns};
    take_point(server, &trail->points[at]);
    for (uint32_t i = 0; i < trail->account_count; i += 1) {
        const plm_requirement *seen = &server->summaries[i].requirement;
        trail->accounts[(size_t)i * PLI_TRAIL_POINTS + at] =
            (pli_trail_account){.equity = (float)seen->equity_maintenance_micros / 1e6F,
                                .initial = (float)seen->initial_micros / 1e6F,
                                .call_level = (float)seen->call_micros / 1e6F,
                                .maintenance = (float)seen->maintenance_micros / 1e6F};
    }
    trail->count += 1;
}

// The places of the points, the oldest first.
static uint32_t
kept(const pli_trail *trail) {
    return trail->count < PLI_TRAIL_POINTS ? (uint32_t)trail->count : PLI_TRAIL_POINTS;
}

static uint32_t
place(const pli_trail *trail, uint32_t index) {
    return (uint32_t)((trail->count - kept(trail) + index) % PLI_TRAIL_POINTS);
}

static void
write_times(pli_server *server) {
    const pli_trail *trail = &server->trail;
    pli_json_begin_array_inline(&server->writer, "seconds");
    for (uint32_t i = 0; i < kept(trail); i += 1) {
        pli_json_decimal(&server->writer, NULL, trail->points[place(trail, i)].time_ns / 1000000,
                         3);
    }
    pli_json_end(&server->writer);
}

// One number of every point, at that many bytes from its beginning.
static void
write_line(pli_server *server, const char *key, size_t offset) {
    const pli_trail *trail = &server->trail;
    pli_json_begin_array_inline(&server->writer, key);
    for (uint32_t i = 0; i < kept(trail); i += 1) {
        double value;
        memcpy(&value, (const char *)&trail->points[place(trail, i)] + offset, sizeof value);
        pli_json_double(&server->writer, NULL, value);
    }
    pli_json_end(&server->writer);
}

unsigned
pli_answer_trail(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    uint32_t count = plm_core_listing(server->core).underlying_count;
    pli_json_begin_object(writer, NULL);
    write_times(server);
    pli_json_begin_array(writer, "underlyings");
    for (uint32_t u = 0; u < count && u < PLI_TRAIL_UNDERLYINGS; u += 1) {
        pli_json_begin_object(writer, NULL);
        pli_json_text(writer, "name", plm_core_underlying_name(server->core, u));
        write_line(server, "price", offsetof(pli_trail_point, prices) + u * sizeof(double));
        write_line(server, "mark", offsetof(pli_trail_point, marks) + u * sizeof(double));
        pli_json_end(writer);
    }
    pli_json_end(writer);
    write_line(server, "insurance", offsetof(pli_trail_point, insurance));
    write_line(server, "bad_debt", offsetof(pli_trail_point, bad_debt));
    pli_json_end(writer);
    return 200;
}

static void
write_account_line(pli_server *server, const char *key, uint32_t account, size_t offset) {
    const pli_trail *trail = &server->trail;
    uint32_t count = account < trail->account_count ? kept(trail) : 0;
    pli_json_begin_array_inline(&server->writer, key);
    for (uint32_t i = 0; i < count; i += 1) {
        const pli_trail_account *at =
            &trail->accounts[(size_t)account * PLI_TRAIL_POINTS + place(trail, i)];
        float value;
        memcpy(&value, (const char *)at + offset, sizeof value);
        pli_json_double(&server->writer, NULL, (double)value);
    }
    pli_json_end(&server->writer);
}

unsigned
pli_answer_account_trail(pli_server *server, const pli_http_request *request) {
    uint32_t account = (uint32_t)strtoul(request->path + strlen("/v1/accounts/"), NULL, 10);
    plm_account_info info;
    if (plm_core_account(server->core, account, &info) != PLM_OK) {
        return pli_server_refuse(server, 404, "account", "there is no such account");
    }
    pli_json_begin_object(&server->writer, NULL);
    write_times(server);
    write_account_line(server, "equity", account, offsetof(pli_trail_account, equity));
    write_account_line(server, "initial", account, offsetof(pli_trail_account, initial));
    write_account_line(server, "call_level", account, offsetof(pli_trail_account, call_level));
    write_account_line(server, "maintenance", account, offsetof(pli_trail_account, maintenance));
    pli_json_end(&server->writer);
    return 200;
}
