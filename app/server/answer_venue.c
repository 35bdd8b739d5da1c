/* answer_venue.c: what is asked about the venue as a whole.                           SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "server/server.h"

void
pli_write_micros(pli_json_writer *writer, const char *key, int64_t micros) {
    pli_json_decimal(writer, key, micros, 6);
}

void
pli_write_e8(pli_json_writer *writer, const char *key, int64_t e8) {
    pli_json_decimal(writer, key, e8, 8);
}

void
pli_write_requirement(pli_json_writer *writer, const plm_requirement *requirement) {
    pli_write_micros(writer, "equity_initial", requirement->equity_initial_micros);
    pli_write_micros(writer, "initial", requirement->initial_micros);
    pli_write_micros(writer, "equity_maintenance", requirement->equity_maintenance_micros);
    pli_write_micros(writer, "call_level", requirement->call_micros);
    pli_write_micros(writer, "maintenance", requirement->maintenance_micros);
    pli_json_text(writer, "health", plm_health_name(requirement->health));
}

unsigned
pli_answer_status(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    const plm_core *core = server->core;
    plm_listing listing = plm_core_listing(core);
    pli_json_begin_object(writer, NULL);
    pli_json_decimal(writer, "sequence", (pli_i128)plm_core_sequence(core), 0);
    pli_json_time(writer, "time", plm_core_time(core).ns);
    pli_json_text(writer, "model", plm_core_model(core)->name);
    pli_json_integer(writer, "instruments", listing.instrument_count);
    pli_json_integer(writer, "accounts", plm_core_account_count(core));
    pli_json_integer(writer, "jobs", plm_core_job_count(core));
    pli_json_bool(writer, "is_demo", server->demo != NULL);
    pli_json_bool(writer, "is_open",
                  listing.asset_count > 0 &&
                      (server->demo == NULL || pli_demo_is_open(server->core)));
    pli_json_bool(writer, "is_crashing",
                  server->demo != NULL &&
                      (server->demo->crash_ns != 0 || server->demo->is_crash_wanted));
    pli_demo_replay replay = {.is_on = false};
    if (server->demo != NULL) {
        replay = pli_demo_replay_of(server->demo);
    }
    if (replay.is_on) {
        pli_json_begin_object_inline(writer, "replay");
        pli_json_time(writer, "time", replay.time_ns);
        pli_json_integer(writer, "bar", replay.bar);
        pli_json_integer(writer, "bars", replay.bar_count);
        pli_json_double(writer, "share", (double)replay.done_ns / (double)replay.length_ns);
        pli_json_decimal(writer, "seconds_left",
                         (replay.length_ns - replay.done_ns) /
                             (INT64_C(1000000000) * server->demo->options.speed),
                         0);
        pli_json_bool(writer, "is_over", replay.is_over);
        pli_json_end(writer);
    }
    pli_json_double(writer, "stress", server->demo == NULL ? 0 : server->demo->stress);
    pli_json_end(writer);
    return 200;
}

unsigned
pli_answer_accounts(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    uint32_t count = plm_core_account_count(server->core);
    int64_t now_ns = plm_core_time(server->core).ns;
    pli_json_begin_object(writer, NULL);
    pli_json_time(writer, "time", now_ns);
    pli_json_begin_array_inline(writer, "columns");
    static const char *const columns[] = {"account",        "stage",       "positions",
                                          "equity",         "maintenance", "call_level",
                                          "equity_initial", "initial",     "age_seconds"};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i += 1) {
        pli_json_text(writer, NULL, columns[i]);
    }
    pli_json_end(writer);
    pli_json_begin_array(writer, "rows");
    for (uint32_t i = 0; i < count; i += 1) {
        const pli_summary *summary = &server->summaries[i];
        if (!summary->is_known) {
            continue;
        }
        pli_json_begin_array_inline(writer, NULL);
        pli_json_integer(writer, NULL, i);
        pli_json_text(writer, NULL, plm_stage_name(summary->stage));
        pli_json_integer(writer, NULL, summary->position_count);
        pli_write_micros(writer, NULL, summary->requirement.equity_maintenance_micros);
        pli_write_micros(writer, NULL, summary->requirement.maintenance_micros);
        pli_write_micros(writer, NULL, summary->requirement.call_micros);
        pli_write_micros(writer, NULL, summary->requirement.equity_initial_micros);
        pli_write_micros(writer, NULL, summary->requirement.initial_micros);
        pli_json_integer(writer, NULL, (now_ns - summary->seen_ns) / INT64_C(1000000000));
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
    return 200;
}

unsigned
pli_answer_crash(pli_server *server, const pli_http_request *request) {
    // A form of another page can send no JSON without being asked first.
    bool is_asked = strncmp(request->type, "application/json", 16) == 0;
    if (server->demo == NULL || !is_asked) {
        return pli_server_refuse(server, 403, "demo",
                                 "a demonstration takes this, as application/json");
    }
    pli_demo_crash(server->demo);
    pli_json_begin_object(&server->writer, NULL);
    pli_json_bool(&server->writer, "is_crashing", true);
    pli_json_end(&server->writer);
    return 200;
}
