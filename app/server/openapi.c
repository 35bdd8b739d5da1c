/* openapi.c: the table of routes as an OpenAPI 3.1 document.                          SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/assert.h"
#include "base/text.h"
#include "server/deribit.h"
#include "server/routes.h"

enum { NAME_MAX_SIZE = 40, PATH_MAX_SIZE = 128 };

static void write_shape(pli_json_writer *writer, const char *key, const char **shape);

static void
write_typed(pli_json_writer *writer, const char *type, const char *name, const char *value) {
    pli_json_text(writer, "type", type);
    if (name != NULL) {
        pli_json_text(writer, name, value);
    }
}

static void
write_letter(pli_json_writer *writer, char letter) {
    switch (letter) {
    case 's':
        write_typed(writer, "string", NULL, NULL);
        break;
    case 'd':
        write_typed(writer, "string", "pattern", "^-?[0-9]+(\\.[0-9]+)?$");
        break;
    case 't':
        write_typed(writer, "string", "format", "date-time");
        break;
    case 'i':
        write_typed(writer, "integer", NULL, NULL);
        break;
    case 'n':
        write_typed(writer, "number", NULL, NULL);
        break;
    case 'b':
        write_typed(writer, "boolean", NULL, NULL);
        break;
    case 'z':
        pli_json_begin_array(writer, "type");
        pli_json_text(writer, NULL, "string");
        pli_json_text(writer, NULL, "null");
        pli_json_end(writer);
        break;
    default:
        PLI_ASSERT(letter == '*');
        break;
    }
}

static size_t
name_size(const char *shape) {
    return strcspn(shape, ":?");
}

// The names of an object without a question mark behind them, from its opening brace on.
static void
write_required(pli_json_writer *writer, const char *shape) {
    unsigned depth = 0;
    pli_json_begin_array(writer, "required");
    for (const char *at = shape + 1; *at != '\0' && (depth > 0 || *at != '}'); at += 1) {
        if (*at == '{' || *at == '[') {
            depth += 1;
        } else if (*at == '}' || *at == ']') {
            depth -= 1;
        } else if (depth == 0 && (at[-1] == '{' || at[-1] == ' ') && at[name_size(at)] == ':') {
            char name[NAME_MAX_SIZE] = "";
            PLI_ASSERT(name_size(at) < sizeof name);
            memcpy(name, at, name_size(at));
            pli_json_text(writer, NULL, name);
        }
    }
    pli_json_end(writer);
}

static void
write_members(pli_json_writer *writer, const char **shape) {
    write_required(writer, *shape);
    pli_json_begin_object(writer, "properties");
    *shape += 1;
    while (**shape != '}') {
        char name[NAME_MAX_SIZE] = "";
        size_t size = name_size(*shape);
        PLI_ASSERT(size > 0 && size < sizeof name);
        memcpy(name, *shape, size);
        *shape += size + ((*shape)[size] == '?' ? 2 : 1);
        write_shape(writer, name, shape);
        *shape += **shape == ' ' ? 1 : 0;
    }
    *shape += 1;
    pli_json_end(writer);
}

static void
write_shape(pli_json_writer *writer, const char *key, const char **shape) {
    pli_json_begin_object(writer, key);
    if (**shape == '{') {
        pli_json_text(writer, "type", "object");
        write_members(writer, shape);
    } else if (**shape == '[') {
        pli_json_text(writer, "type", "array");
        *shape += 1;
        write_shape(writer, "items", shape);
        PLI_ASSERT(**shape == ']');
        *shape += 1;
    } else {
        write_letter(writer, **shape);
        *shape += 1;
    }
    pli_json_end(writer);
}

static void
write_response(pli_json_writer *writer, const char *status, const char *text, const char *shape) {
    pli_json_begin_object(writer, status);
    pli_json_text(writer, "description", text);
    if (shape != NULL) {
        pli_json_begin_object(writer, "content");
        pli_json_begin_object(writer, "application/json");
        write_shape(writer, "schema", &shape);
        pli_json_end(writer);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static bool
is_any(const pli_route *route) {
    return route->after != NULL && route->after[0] == '*';
}

static void
write_methods(pli_json_writer *writer) {
    size_t count = 0;
    const pli_rpc_method *methods = pli_rpc_methods(&count);
    pli_json_begin_array(writer, "enum");
    for (size_t i = 0; i < count; i += 1) {
        pli_json_text(writer, NULL, methods[i].name);
    }
    pli_json_end(writer);
}

// What stands in braces in a path.
static const char *
place_name(const pli_route *route) {
    return is_any(route) ? "method" : route->access == PLI_ACCESS_ACCOUNT ? "account" : "index";
}

// The same of every method of the other protocol: who may, and what it takes.
static void
write_method_rules(pli_json_writer *writer) {
    static const char *const names[] = {"open", "read", "trade"};
    size_t count = 0;
    const pli_rpc_method *methods = pli_rpc_methods(&count);
    pli_json_begin_object(writer, "x-methods");
    for (size_t i = 0; i < count; i += 1) {
        pli_json_begin_object_inline(writer, methods[i].name);
        pli_json_text(writer, "summary", methods[i].summary);
        pli_json_text(writer, "access", names[methods[i].access]);
        pli_json_integer(writer, "weight", methods[i].weight);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
write_place(pli_json_writer *writer, const pli_route *route) {
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "name", place_name(route));
    pli_json_text(writer, "in", "path");
    pli_json_bool(writer, "required", true);
    pli_json_begin_object(writer, "schema");
    pli_json_text(writer, "type", is_any(route) ? "string" : "integer");
    if (is_any(route)) {
        write_methods(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
}

// What the summary says of a query: every name with ? or & in front and = behind.
static void
write_queries(pli_json_writer *writer, const char *summary) {
    for (const char *at = strpbrk(summary, "?&"); at != NULL; at = strpbrk(at + 1, "?&")) {
        char name[NAME_MAX_SIZE] = "";
        size_t size = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
        if (size == 0 || size >= sizeof name || at[1 + size] != '=') {
            continue;
        }
        memcpy(name, at + 1, size);
        pli_json_begin_object(writer, NULL);
        pli_json_text(writer, "name", name);
        pli_json_text(writer, "in", "query");
        pli_json_begin_object(writer, "schema");
        pli_json_text(writer, "type", "string");
        pli_json_end(writer);
        pli_json_end(writer);
    }
}

// Who speaks the other protocol is refused in its own way.
static const char *
refusal_shape(const pli_route *route) {
    return is_any(route) ? "{jsonrpc:s id?:* error:{code:i message:s data?:*}}"
                         : "{code:s message:s}";
}

static void
write_operation(pli_json_writer *writer, const pli_route *route) {
    pli_json_begin_object(writer, route->is_post ? "post" : "get");
    pli_json_text(writer, "summary", route->summary);
    pli_json_text(writer, "x-access", pli_access_name(route->access));
    pli_json_integer(writer, "x-weight", route->weight);
    if (is_any(route)) {
        write_method_rules(writer);
    }
    pli_json_begin_array(writer, "parameters");
    if (route->after != NULL) {
        write_place(writer, route);
    }
    write_queries(writer, route->summary);
    pli_json_end(writer);
    if (route->body != NULL) {
        pli_json_begin_object(writer, "requestBody");
        pli_json_text(writer, "description", route->body);
        pli_json_bool(writer, "required", true);
        pli_json_begin_object(writer, "content");
        pli_json_begin_object(writer, "application/x-ndjson");
        pli_json_end(writer);
        pli_json_end(writer);
        pli_json_end(writer);
    }
    pli_json_begin_object(writer, "responses");
    write_response(writer, "200", route->summary, route->shape);
    write_response(writer, "default", "refused", refusal_shape(route));
    pli_json_end(writer);
    if (route->access != PLI_ACCESS_OPEN && route->access != PLI_ACCESS_DEMO) {
        pli_json_begin_array(writer, "security");
        pli_json_begin_object(writer, NULL);
        pli_json_begin_array(writer, "key");
        pli_json_end(writer);
        pli_json_end(writer);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
begin_path(pli_json_writer *writer, const pli_route *route) {
    char path[PATH_MAX_SIZE];
    pli_text text = pli_text_init(path, sizeof path);
    pli_text_append(&text, route->before);
    if (route->after != NULL) {
        pli_text_append(&text, "{");
        pli_text_append(&text, place_name(route));
        pli_text_append(&text, "}");
        pli_text_append(&text, is_any(route) ? "" : route->after);
    }
    pli_json_begin_object(writer, path);
}

unsigned
pli_answer_openapi(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    size_t count = 0;
    const pli_route *routes = pli_routes(&count);
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "openapi", "3.1.0");
    pli_json_begin_object(writer, "info");
    pli_json_text(writer, "title", "Plimsoll");
    pli_json_text(writer, "version", "1");
    pli_json_end(writer);
    pli_json_begin_object(writer, "paths");
    for (size_t i = 0; i < count; i += 1) {
        // Both methods of a path stand side by side in the table.
        if (i == 0 || strcmp(routes[i].before, routes[i - 1].before) != 0 || !is_any(&routes[i])) {
            begin_path(writer, &routes[i]);
        }
        write_operation(writer, &routes[i]);
        if (i + 1 == count || strcmp(routes[i].before, routes[i + 1].before) != 0 ||
            !is_any(&routes[i])) {
            pli_json_end(writer);
        }
    }
    pli_json_end(writer);
    pli_json_begin_object(writer, "components");
    pli_json_begin_object(writer, "securitySchemes");
    pli_json_begin_object(writer, "key");
    pli_json_text(writer, "type", "apiKey");
    pli_json_text(writer, "in", "header");
    pli_json_text(writer, "name", "Authorization");
    pli_json_text(writer, "description",
                  "Plimsoll signer=N,deadline=NS,signature=HEX: ed25519 over the request");
    pli_json_end(writer);
    pli_json_end(writer);
    pli_json_end(writer);
    pli_json_end(writer);
    return 200;
}
