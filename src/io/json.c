/* json.c: JSON text to a tree.                                                        SPDX-License-Identifier: Apache-2.0 */
#include "io/json.h"

#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/text.h"
#include "io/compressed.h"

/*
 * yajl tells how far it has read, not on which line: newlines are counted up to there, once for the whole text.
 */
typedef struct json_parse {
    pli_builder builder;
    yajl_handle yajl;
    pli_bytes bytes;
    size_t counted;
    uint32_t line;
    bool is_completing; /* all text was handed over; yajl's own count starts again */
} json_parse;

static uint32_t
line_now(json_parse *parse) {
    size_t consumed = parse->bytes.size;
    if (!parse->is_completing) {
        consumed = yajl_get_bytes_consumed(parse->yajl);
    }
    while (parse->counted < consumed && parse->counted < parse->bytes.size) {
        parse->line += parse->bytes.data[parse->counted] == '\n';
        parse->counted += 1;
    }
    return parse->line;
}

static int
on_null(void *context) {
    json_parse *parse = context;
    return pli_builder_value(&parse->builder, line_now(parse), PLI_NODE_NULL, "", 0);
}

static int
on_boolean(void *context, int value) {
    json_parse *parse = context;
    pli_node_kind kind = value ? PLI_NODE_TRUE : PLI_NODE_FALSE;
    return pli_builder_value(&parse->builder, line_now(parse), kind, "", 0);
}

static int
on_number(void *context, const char *text, size_t size) {
    json_parse *parse = context;
    return pli_builder_value(&parse->builder, line_now(parse), PLI_NODE_NUMBER, text, size);
}

static int
on_text(void *context, const unsigned char *text, size_t size) {
    json_parse *parse = context;
    return pli_builder_value(&parse->builder, line_now(parse), PLI_NODE_TEXT, text, size);
}

static int
on_key(void *context, const unsigned char *text, size_t size) {
    json_parse *parse = context;
    return pli_builder_key(&parse->builder, line_now(parse), text, size);
}

static int
on_object(void *context) {
    json_parse *parse = context;
    return pli_builder_begin(&parse->builder, line_now(parse), PLI_NODE_OBJECT);
}

static int
on_array(void *context) {
    json_parse *parse = context;
    return pli_builder_begin(&parse->builder, line_now(parse), PLI_NODE_ARRAY);
}

static int
on_end(void *context) {
    json_parse *parse = context;
    return pli_builder_end(&parse->builder);
}

static const yajl_callbacks callbacks = {.yajl_null = on_null,
                                         .yajl_boolean = on_boolean,
                                         .yajl_number = on_number,
                                         .yajl_string = on_text,
                                         .yajl_start_map = on_object,
                                         .yajl_map_key = on_key,
                                         .yajl_end_map = on_end,
                                         .yajl_start_array = on_array,
                                         .yajl_end_array = on_end};

// What yajl says, without its line end: "lexical error: invalid char in json text."
static void
fail_syntax(json_parse *parse) {
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    unsigned char *said = yajl_get_error(parse->yajl, 0, NULL, 0);
    const char *words = said == NULL ? "parse error" : (const char *)said;
    pli_text_append_bytes(&text, words, strcspn(words, "\n"));
    pli_text_append(&text, "; allowed is one JSON document (RFC 8259)");
    yajl_free_error(parse->yajl, said);
    pli_builder_fail(&parse->builder, PLM_SYNTAX, line_now(parse), data);
}

static bool
is_surrogate(const uint8_t *at, const uint8_t *end, const char *second) {
    return end - at >= 6 && at[0] == '\\' && at[1] == 'u' && (at[2] == 'd' || at[2] == 'D') &&
           strchr(second, at[3]) != NULL;
}

// yajl turns a lone surrogate into '?', so that two different keys could become one; it never sees them.
static plm_status
check_surrogates(const char *name, uint32_t line, pli_bytes bytes, plm_fault *fault) {
    const uint8_t *at = bytes.data;
    const uint8_t *end = bytes.data + bytes.size;
    while (at < end) {
        line += *at == '\n';
        size_t step = *at == '\\' && end - at > 1 ? 2 : 1;
        if (is_surrogate(at, end, "cdefCDEF")) {
            step = 0;
        } else if (is_surrogate(at, end, "89abAB")) {
            step = is_surrogate(at + 6, end, "cdefCDEF") ? 12 : 0;
        }
        if (step == 0) {
            return pli_fault_at(fault, PLM_SYNTAX, name, line,
                                "half of a surrogate pair; allowed are whole characters", NULL);
        }
        at += step;
    }
    return PLM_OK;
}

static void
run(json_parse *parse) {
    yajl_status result = yajl_parse(parse->yajl, parse->bytes.data, parse->bytes.size);
    if (result == yajl_status_ok) {
        line_now(parse);
        parse->is_completing = true;
        result = yajl_complete_parse(parse->yajl);
    }
    if (result != yajl_status_ok) {
        fail_syntax(parse);
    }
}

plm_status
pli_json_parse_at(const char *name, uint32_t line, pli_bytes bytes, pli_document *document,
                  plm_fault *fault) {
    plm_status status = pli_text_check_utf8(name, line, bytes.data, bytes.size, fault);
    if (status == PLM_OK) {
        status = check_surrogates(name, line, bytes, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_document result = {.name = name};
    json_parse parse = {.bytes = bytes, .line = line};
    parse.builder = (pli_builder){.document = &result, .fault = fault};
    parse.yajl = yajl_alloc(&callbacks, NULL, &parse);
    if (parse.yajl == NULL) {
        return pli_fault_at(fault, PLM_MEMORY, name, line, "no memory to decode it", NULL);
    }
    run(&parse);
    yajl_free(parse.yajl);
    if (parse.builder.status != PLM_OK) {
        pli_document_finish(&result);
        return parse.builder.status;
    }
    *document = result;
    return PLM_OK;
}

plm_status
pli_json_parse(const char *name, pli_bytes bytes, pli_document *document, plm_fault *fault) {
    return pli_json_parse_at(name, 1, bytes, document, fault);
}

plm_status
pli_json_read(const char *path, pli_document *document, plm_fault *fault) {
    pli_bytes bytes = {0};
    plm_status status = pli_input_read(path, PLI_FILE_SIZE_MAX, &bytes, fault);
    if (status == PLM_OK) {
        status = pli_json_parse(path, bytes, document, fault);
        pli_bytes_finish(&bytes);
    }
    return status;
}
