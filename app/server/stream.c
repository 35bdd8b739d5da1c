/* stream.c: snapshots and deltas of the venue for those who stay connected.           SPDX-License-Identifier: Apache-2.0 */
#include "server/stream.h"

#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "server/routes.h"

plm_status
pli_stream_init(pli_server *server) {
    const plm_core_limits *limits = plm_core_limits_of(server->core);
    pli_stream *stream = &server->stream;
    stream->accounts = calloc(limits->account_count, sizeof stream->accounts[0]);
    stream->prices = calloc(limits->underlying_count, sizeof stream->prices[0]);
    return stream->accounts == NULL || stream->prices == NULL ? PLM_MEMORY : PLM_OK;
}

void
pli_stream_finish(pli_server *server) {
    pli_json_writer_finish(&server->stream.writer);
    free(server->stream.accounts);
    free(server->stream.prices);
}

static void
write_price(pli_json_writer *writer, uint32_t underlying, const plm_price_record *price) {
    pli_json_begin_array_inline(writer, NULL);
    pli_json_integer(writer, NULL, underlying);
    pli_write_e8(writer, NULL, price->price_e8);
    pli_json_text(writer, NULL, plm_price_state_name(price->state));
    pli_json_end(writer);
}

static void
write_row(pli_json_writer *writer, uint32_t account, const pli_summary *row) {
    pli_json_begin_array_inline(writer, NULL);
    pli_json_integer(writer, NULL, account);
    pli_json_text(writer, NULL, plm_stage_name(row->stage));
    pli_json_integer(writer, NULL, row->position_count);
    pli_write_micros(writer, NULL, row->requirement.equity_maintenance_micros);
    pli_write_micros(writer, NULL, row->requirement.maintenance_micros);
    pli_write_micros(writer, NULL, row->requirement.call_micros);
    pli_write_micros(writer, NULL, row->requirement.equity_initial_micros);
    pli_write_micros(writer, NULL, row->requirement.initial_micros);
    pli_json_end(writer);
}

static bool
is_row_new(const pli_summary *now, const pli_summary *before) {
    const plm_requirement *a = &now->requirement;
    const plm_requirement *b = &before->requirement;
    return now->is_known &&
           (!before->is_known || now->stage != before->stage ||
            now->position_count != before->position_count ||
            a->equity_maintenance_micros != b->equity_maintenance_micros ||
            a->maintenance_micros != b->maintenance_micros || a->call_micros != b->call_micros ||
            a->equity_initial_micros != b->equity_initial_micros ||
            a->initial_micros != b->initial_micros);
}

static void
begin_message(pli_server *server, const char *type) {
    pli_stream *stream = &server->stream;
    pli_json_writer *writer = &stream->writer;
    pli_json_writer_finish(writer);
    *writer = (pli_json_writer){.indent = 0};
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "type", type);
    pli_json_decimal(writer, "number", (pli_i128)stream->number, 0);
    pli_json_decimal(writer, "sequence", (pli_i128)stream->sequence, 0);
    pli_json_time(writer, "time", stream->time_ns);
    pli_json_begin_array(writer, "underlyings");
}

// What differs from what was published is written and becomes what was published.
static bool
write_changes(pli_server *server) {
    pli_stream *stream = &server->stream;
    plm_listing listing = plm_core_listing(server->core);
    plm_market market = plm_core_market(server->core);
    bool has_changed = false;
    for (uint32_t u = 0; u < listing.underlying_count; u += 1) {
        const plm_price_record *now = &market.underlyings[u].price;
        if (u >= stream->price_count || now->price_e8 != stream->prices[u].price_e8 ||
            now->state != stream->prices[u].state) {
            write_price(&stream->writer, u, now);
            stream->prices[u] = *now;
            has_changed = true;
        }
    }
    stream->price_count = listing.underlying_count;
    pli_json_end(&stream->writer);
    pli_json_begin_array(&stream->writer, "accounts");
    uint32_t count = plm_core_account_count(server->core);
    for (uint32_t i = 0; i < count; i += 1) {
        if (is_row_new(&server->summaries[i], &stream->accounts[i])) {
            stream->accounts[i] = server->summaries[i];
            write_row(&stream->writer, i, &stream->accounts[i]);
            has_changed = true;
        }
    }
    stream->account_count = count;
    pli_json_end(&stream->writer);
    pli_json_end(&stream->writer);
    return has_changed;
}

void
pli_stream_turn(pli_server *server) {
    pli_stream *stream = &server->stream;
    int64_t now_ns = pli_clock_monotonic_ns();
    if (now_ns - stream->looked_ns < PLI_STREAM_INTERVAL_NS || server->failure != PLM_OK) {
        return;
    }
    stream->looked_ns = now_ns;
    stream->number += 1;
    stream->sequence = plm_engine_committed(server->engine);
    stream->time_ns = plm_core_time(server->core).ns;
    begin_message(server, "delta");
    bool has_changed = write_changes(server);
    if (!has_changed && now_ns - stream->published_ns < PLI_STREAM_SILENCE_NS) {
        stream->number -= 1;
        return;
    }
    stream->published_ns = now_ns;
    if (stream->writer.status != PLM_OK ||
        pli_http_publish(server->http, stream->writer.data, stream->writer.size) != PLM_OK) {
        pli_http_lose(server->http); // everybody begins anew with a snapshot
    }
}

bool
pli_stream_may(void *context, const pli_http_request *request) {
    pli_server *server = context;
    return strcmp(request->path, "/v1/stream") == 0 && pli_server_may_read_all(server, request);
}

const char *
pli_stream_snapshot(void *context, size_t *size) {
    pli_server *server = context;
    pli_stream *stream = &server->stream;
    begin_message(server, "snapshot");
    for (uint32_t u = 0; u < stream->price_count; u += 1) {
        write_price(&stream->writer, u, &stream->prices[u]);
    }
    pli_json_end(&stream->writer);
    pli_json_begin_array(&stream->writer, "accounts");
    for (uint32_t i = 0; i < stream->account_count; i += 1) {
        if (stream->accounts[i].is_known) {
            write_row(&stream->writer, i, &stream->accounts[i]);
        }
    }
    pli_json_end(&stream->writer);
    pli_json_end(&stream->writer);
    *size = stream->writer.size;
    return stream->writer.status == PLM_OK ? stream->writer.data : NULL;
}
