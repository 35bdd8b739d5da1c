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
    stream->account_numbers = calloc(limits->account_count, sizeof stream->account_numbers[0]);
    stream->price_numbers = calloc(limits->underlying_count, sizeof stream->price_numbers[0]);
    return stream->accounts == NULL || stream->prices == NULL || stream->account_numbers == NULL ||
                   stream->price_numbers == NULL
               ? PLM_MEMORY
               : PLM_OK;
}

void
pli_stream_finish(pli_server *server) {
    pli_json_writer_finish(&server->stream.writer);
    free(server->stream.accounts);
    free(server->stream.prices);
    free(server->stream.account_numbers);
    free(server->stream.price_numbers);
    for (size_t i = 0; i < PLI_STREAM_KEPT; i += 1) {
        free(server->stream.kept[i].data);
    }
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
begin_message(pli_server *server, const char *type, uint64_t number) {
    pli_stream *stream = &server->stream;
    pli_json_writer *writer = &stream->writer;
    pli_json_writer_finish(writer);
    *writer = (pli_json_writer){.indent = 0};
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "type", type);
    pli_json_decimal(writer, "number", (pli_i128)number, 0);
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
            stream->price_numbers[u] = stream->number;
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
            stream->account_numbers[i] = stream->number;
            write_row(&stream->writer, i, &stream->accounts[i]);
            has_changed = true;
        }
    }
    stream->account_count = count;
    pli_json_end(&stream->writer);
    pli_json_end(&stream->writer);
    return has_changed;
}

// The text of the delta in hand, for those who read the venue; without memory for it they begin anew.
static void
keep_delta(pli_stream *stream) {
    pli_stream_text *kept = &stream->kept[stream->number % PLI_STREAM_KEPT];
    free(kept->data);
    *kept = (pli_stream_text){.data = NULL};
    if (stream->writer.status == PLM_OK) {
        *kept = (pli_stream_text){.data = stream->writer.data, .size = stream->writer.size};
        stream->writer = (pli_json_writer){.indent = 0}; // its memory is the ring's by now
    }
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
    begin_message(server, "delta", stream->number);
    bool has_changed = write_changes(server);
    if (!has_changed && now_ns - stream->published_ns < PLI_STREAM_SILENCE_NS) {
        stream->number -= 1;
        return;
    }
    stream->published_ns = now_ns;
    keep_delta(stream);
    pli_http_wake(server->http);
}

// Whoever may read is remembered: another key, or none any more, ends what the key has opened.
static bool
begin_reading(pli_server *server, const pli_http_request *request, uint32_t account,
              pli_http_reader *reader) {
    bool may = pli_server_may_read(server, request, account);
    reader->signer = server->caller.is_known ? server->caller.signer : PLM_NONE;
    reader->key = pli_server_key_of(server, reader->signer);
    return may;
}

bool
pli_stream_may(void *context, const pli_http_request *request, pli_http_reader *reader) {
    pli_server *server = context;
    uint32_t account = 0;
    if (strcmp(request->path, "/v1/stream") == 0) {
        reader->topic = 0;
        return begin_reading(server, request, PLM_NONE, reader);
    }
    if (!pli_server_account_of(request->path, "/v1/accounts/", "/stream", &account) ||
        account >= plm_core_limits_of(server->core)->account_count) {
        return false;
    }
    reader->topic = 1 + account;
    return begin_reading(server, request, account, reader);
}

// Rows that have changed since the reader's last message: all prices, and of the accounts its own or, for topic 0, all.
static const char *
write_since(pli_server *server, const pli_http_reader *reader, const char *type, size_t *size) {
    pli_stream *stream = &server->stream;
    bool is_whole = !reader->is_synced;
    uint64_t number = reader->topic == 0 ? stream->number : reader->number;
    begin_message(server, type, number);
    for (uint32_t u = 0; u < stream->price_count; u += 1) {
        if (is_whole || stream->price_numbers[u] > reader->seen) {
            write_price(&stream->writer, u, &stream->prices[u]);
        }
    }
    pli_json_end(&stream->writer);
    pli_json_begin_array(&stream->writer, "accounts");
    for (uint32_t i = 0; i < stream->account_count; i += 1) {
        bool is_asked = reader->topic == 0 || reader->topic == i + 1;
        bool is_new = is_whole || stream->account_numbers[i] > reader->seen;
        if (is_asked && is_new && stream->accounts[i].is_known) {
            write_row(&stream->writer, i, &stream->accounts[i]);
        }
    }
    pli_json_end(&stream->writer);
    pli_json_end(&stream->writer);
    *size = stream->writer.size;
    return stream->writer.status == PLM_OK ? stream->writer.data : NULL;
}

static bool
is_concerned(const pli_stream *stream, const pli_http_reader *reader) {
    bool is_new = stream->account_numbers[reader->topic - 1] > reader->seen;
    for (uint32_t u = 0; u < stream->price_count; u += 1) {
        is_new = is_new || stream->price_numbers[u] > reader->seen;
    }
    return is_new || pli_clock_monotonic_ns() - reader->told_ns > PLI_STREAM_SILENCE_NS;
}

const char *
pli_stream_next(void *context, pli_http_reader *reader, size_t *size) {
    static const char gap[] = "{\"type\":\"gap\"}\n";
    pli_server *server = context;
    pli_stream *stream = &server->stream;
    const char *text = NULL;
    if (reader->key != pli_server_key_of(server, reader->signer)) {
        reader->is_over = true;
        return NULL;
    }
    if (!reader->is_synced) {
        text = write_since(server, reader, "snapshot", size);
        reader->is_over = text == NULL;
        reader->seen = stream->number;
        reader->number = reader->topic == 0 ? stream->number : 0;
        reader->is_synced = true;
    } else if (reader->seen == stream->number) {
        return NULL;
    } else if (reader->topic > 0) {
        // What has changed twice in between is sent once: there is nothing for a slow reader to miss.
        if (!is_concerned(stream, reader)) {
            return NULL;
        }
        reader->number += 1;
        text = write_since(server, reader, "delta", size);
        reader->is_over = text == NULL;
        reader->seen = stream->number;
    } else {
        const pli_stream_text *kept = &stream->kept[(reader->seen + 1) % PLI_STREAM_KEPT];
        bool is_gone = stream->number - reader->seen > PLI_STREAM_KEPT || kept->data == NULL;
        reader->is_over = is_gone;
        reader->seen += 1;
        text = is_gone ? gap : kept->data;
        *size = is_gone ? sizeof gap - 1 : kept->size;
    }
    reader->told_ns = pli_clock_monotonic_ns();
    return text;
}
