/* answer_venue.c: what is asked about the venue as a whole.                           SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/wide.h"
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
    pli_json_double(writer, "stress", server->demo == NULL ? 0 : server->demo->stress);
    pli_json_end(writer);
    return 200;
}

unsigned
pli_answer_accounts(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    uint32_t count = plm_core_account_count(server->core);
    pli_json_begin_object(writer, NULL);
    pli_json_begin_array_inline(writer, "columns");
    static const char *const columns[] = {"account",     "stage",      "positions",      "equity",
                                          "maintenance", "call_level", "equity_initial", "initial"};
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
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
    return 200;
}

static const char *
auction_step(plm_auction_step step) {
    switch (step) {
    case PLM_AUCTION_STARTED:
        return "started";
    case PLM_AUCTION_RESTARTED:
        return "restarted";
    case PLM_AUCTION_WAITED:
        return "waited";
    case PLM_AUCTION_ENDED:
        return "ended";
    default:
        return "handed over";
    }
}

static void
write_tape_entry(pli_server *server, const pli_tape_entry *entry) {
    pli_json_writer *writer = &server->writer;
    plm_market_totals market;
    pli_i128 a = pli_i128_from_wide(entry->a);
    pli_i128 b = pli_i128_from_wide(entry->b);
    pli_json_begin_object_inline(writer, NULL);
    pli_json_decimal(writer, "sequence", (pli_i128)entry->sequence, 0);
    pli_json_time(writer, "time", entry->time_ns);
    pli_json_integer(writer, "account", entry->account);
    switch (entry->kind) {
    case PLM_EFFECT_STAGE:
        pli_json_text(writer, "kind", "stage");
        pli_json_text(writer, "stage", plm_stage_name((plm_stage)a));
        pli_json_text(writer, "before", plm_stage_name((plm_stage)b));
        break;
    case PLM_EFFECT_CALL:
        pli_json_text(writer, "kind", "call");
        pli_json_decimal(writer, "amount", a, 6);
        pli_json_time(writer, "deadline", (int64_t)b);
        break;
    case PLM_EFFECT_SLICE:
        pli_json_text(writer, "kind", "slice");
        pli_json_decimal(writer, "number", a, 0);
        pli_json_decimal(writer, "cost", b, 6);
        break;
    case PLM_EFFECT_COVER:
        pli_json_text(writer, "kind", "cover");
        pli_json_integer(writer, "asset", entry->index);
        pli_json_decimal(writer, "paid_atoms", a, 0);
        pli_json_decimal(writer, "owed_atoms", b, 0);
        break;
    case PLM_EFFECT_POSITION:
        pli_json_text(writer, "kind", "fill");
        pli_json_text(
            writer, "instrument",
            plm_core_instrument(server->core, entry->index, &market) == PLM_OK ? market.name : "");
        pli_json_decimal(writer, "lots", a, 0);
        pli_json_decimal(writer, "price", b, 8);
        break;
    case PLM_EFFECT_AUCTION:
        pli_json_text(writer, "kind", "auction");
        pli_json_integer(writer, "round", entry->index);
        pli_json_text(writer, "step", auction_step((plm_auction_step)a));
        break;
    default:
        pli_json_text(writer, "kind", "bid");
        pli_json_integer(writer, "bidder", entry->index);
        pli_json_decimal(writer, "share", a, 6);
        break;
    }
    pli_json_end(writer);
}

// The newest first.
unsigned
pli_answer_tape(pli_server *server, const pli_http_request *request) {
    (void)request;
    uint64_t kept = server->tape_count < PLI_TAPE_COUNT ? server->tape_count : PLI_TAPE_COUNT;
    pli_json_begin_object(&server->writer, NULL);
    pli_json_decimal(&server->writer, "count", (pli_i128)server->tape_count, 0);
    pli_json_begin_array(&server->writer, "entries");
    for (uint64_t i = 0; i < kept; i += 1) {
        write_tape_entry(server, &server->tape[(server->tape_count - 1 - i) % PLI_TAPE_COUNT]);
    }
    pli_json_end(&server->writer);
    pli_json_end(&server->writer);
    return 200;
}

unsigned
pli_answer_funds(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    plm_listing listing = plm_core_listing(server->core);
    pli_json_begin_object(writer, NULL);
    pli_json_begin_array(writer, "assets");
    for (uint32_t i = 0; i < listing.asset_count; i += 1) {
        plm_asset_totals totals;
        if (plm_core_asset(server->core, i, &totals) != PLM_OK) {
            continue;
        }
        unsigned scale = listing.assets[i].decimals;
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "name", totals.name);
        pli_json_decimal(writer, "held", pli_i128_from_wide(totals.held), scale);
        pli_json_decimal(writer, "balances", pli_i128_from_wide(totals.lent), scale);
        pli_json_decimal(writer, "loans", pli_i128_from_wide(totals.borrowed), scale);
        pli_json_decimal(writer, "fees", pli_i128_from_wide(totals.fees), scale);
        pli_json_decimal(writer, "insurance", pli_i128_from_wide(totals.insurance), scale);
        pli_json_decimal(writer, "interest", pli_i128_from_wide(totals.interest), scale);
        pli_json_decimal(writer, "bad_debt", pli_i128_from_wide(totals.bad_debt), scale);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
    return 200;
}

unsigned
pli_answer_crash(pli_server *server, const pli_http_request *request) {
    pli_json_begin_object(&server->writer, NULL);
    // A form of another page can send no JSON without being asked first.
    bool is_asked = strncmp(request->type, "application/json", 16) == 0;
    bool may = server->demo != NULL && is_asked;
    if (may) {
        pli_demo_crash(server->demo);
    }
    pli_json_bool(&server->writer, "is_crashing", may);
    pli_json_end(&server->writer);
    return may ? 200 : 403;
}
