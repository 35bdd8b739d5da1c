/* routes.c: which question is answered by whom, and which requests are let in.         SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/decimal.h"
#include "server/server.h"

/* A path may end in what stands behind {account}. */
typedef struct route {
    bool is_post;
    const char *before; /* the whole path, or what stands before the number of an account */
    const char *after;  /* what stands behind it; NULL: there is no account */
    unsigned (*answer)(pli_server *server, const pli_http_request *request);
} route;

static const route routes[] = {
    {false, "/v1/status", NULL, pli_answer_status},
    {false, "/v1/accounts", NULL, pli_answer_accounts},
    {false, "/v1/tape", NULL, pli_answer_tape},
    {false, "/v1/funds", NULL, pli_answer_funds},
    {false, "/v1/markets", NULL, pli_answer_markets},
    {false, "/v1/stress", NULL, pli_answer_stress},
    {false, "/v1/accounts/", "", pli_answer_account},
    {false, "/v1/accounts/", "/what-if", pli_answer_what_if},
    {false, "/v1/accounts/", "/grid", pli_answer_grid},
    {false, "/v1/accounts/", "/triggers", pli_answer_triggers},
    {true, "/v1/demo/crash", NULL, pli_answer_crash},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

static bool
is_route(const route *candidate, const char *path) {
    size_t before = strlen(candidate->before);
    if (candidate->after == NULL) {
        return strcmp(path, candidate->before) == 0;
    }
    if (strncmp(path, candidate->before, before) != 0) {
        return false;
    }
    size_t digits = strspn(path + before, "0123456789");
    return digits > 0 && digits < 10 && strcmp(path + before + digits, candidate->after) == 0;
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
static bool
is_ours(const pli_server *server, const pli_http_request *request) {
    const char *names[] = {server->address, "127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i += 1) {
        char host[128];
        char origin[160];
        (void)snprintf(host, sizeof host, "%s:%u", names[i], (unsigned)server->port);
        (void)snprintf(origin, sizeof origin, "http://%s", host);
        if (strcmp(request->host, host) == 0) {
            return request->origin[0] == '\0' || strcmp(request->origin, origin) == 0;
        }
    }
    return false;
}

static void
write_error(pli_json_writer *writer, const char *code, const char *message) {
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "code", code);
    pli_json_text(writer, "message", message);
    pli_json_end(writer);
}

static unsigned
answer_api(pli_server *server, const pli_http_request *request) {
    bool is_known = false;
    for (size_t i = 0; i < ROUTES; i += 1) {
        if (is_route(&routes[i], request->path)) {
            is_known = true;
            if (routes[i].is_post == request->is_post) {
                return routes[i].answer(server, request);
            }
        }
    }
    write_error(&server->writer, is_known ? "method" : "path",
                is_known ? "this path is asked for by the other method" : "there is no such path");
    return is_known ? 405 : 404;
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

void
pli_server_answer(void *context, const pli_http_request *request, pli_http_answer *answer) {
    pli_server *server = context;
    if (!is_ours(server, request)) {
        *answer = (pli_http_answer){.status = 403,
                                    .type = "text/plain",
                                    .body = "This host name or origin is not served.\n",
                                    .size = 40};
        return;
    }
    if (strncmp(request->path, "/v1/", 4) != 0) {
        answer_file(server, request, answer);
        return;
    }
    pli_json_writer_finish(&server->writer);
    server->writer = (pli_json_writer){.indent = 0};
    unsigned status = answer_api(server, request);
    bool is_whole = server->writer.status == PLM_OK && server->writer.data != NULL;
    *answer = (pli_http_answer){.status = is_whole ? status : 500,
                                .type = "application/json",
                                .body = is_whole ? server->writer.data : "{}",
                                .size = is_whole ? server->writer.size : 2};
}
