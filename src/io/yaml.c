/* yaml.c: YAML text to a tree.                                                        SPDX-License-Identifier: Apache-2.0 */
#include "io/yaml.h"

#include <string.h>
#include <yaml.h>

#include "base/text.h"
#include "io/compressed.h"

typedef struct yaml_parse {
    pli_builder builder;
    bool is_key_next[PLI_DOCUMENT_DEPTH_MAX + 1]; /* by depth: inside a mapping, before a key */
    bool is_mapping[PLI_DOCUMENT_DEPTH_MAX + 1];
    uint32_t document_count;
    bool is_done;
} yaml_parse;

static uint32_t
line_of(yaml_mark_t mark) {
    return mark.line < UINT32_MAX ? (uint32_t)mark.line + 1 : UINT32_MAX;
}

static size_t
digits(const char *text, size_t size, size_t at) {
    size_t count = 0;
    while (at + count < size && text[at + count] >= '0' && text[at + count] <= '9') {
        count += 1;
    }
    return count;
}

// The grammar of RFC 8259, section 6.
static bool
is_number(const char *text, size_t size) {
    size_t at = size > 0 && text[0] == '-';
    size_t whole = digits(text, size, at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) {
        return false;
    }
    at += whole;
    if (at < size && text[at] == '.') {
        size_t fraction = digits(text, size, at + 1);
        if (fraction == 0) {
            return false;
        }
        at += 1 + fraction;
    }
    if (at < size && (text[at] == 'e' || text[at] == 'E')) {
        at += 1;
        at += at < size && (text[at] == '+' || text[at] == '-');
        size_t exponent = digits(text, size, at);
        if (exponent == 0) {
            return false;
        }
        at += exponent;
    }
    return at == size;
}

static bool
is_word(const char *text, size_t size, const char *word) {
    return strlen(word) == size && memcmp(text, word, size) == 0;
}

static pli_node_kind
plain_kind(const char *text, size_t size) {
    if (size == 0 || is_word(text, size, "~") || is_word(text, size, "null")) {
        return PLI_NODE_NULL;
    }
    if (is_word(text, size, "true")) {
        return PLI_NODE_TRUE;
    }
    if (is_word(text, size, "false")) {
        return PLI_NODE_FALSE;
    }
    return is_number(text, size) ? PLI_NODE_NUMBER : PLI_NODE_TEXT;
}

// After a value: inside a mapping a key is next.
static void
value_done(yaml_parse *parse) {
    uint32_t depth = parse->builder.depth;
    parse->is_key_next[depth] = parse->is_mapping[depth];
}

static bool
on_scalar(yaml_parse *parse, const yaml_event_t *event, uint32_t line) {
    pli_builder *builder = &parse->builder;
    const char *text = (const char *)event->data.scalar.value;
    size_t size = event->data.scalar.length;
    if (parse->is_key_next[builder->depth]) {
        parse->is_key_next[builder->depth] = false;
        return pli_builder_key(builder, line, text, size);
    }
    pli_node_kind kind = PLI_NODE_TEXT;
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        kind = plain_kind(text, size);
    }
    bool has_text = kind == PLI_NODE_NUMBER || kind == PLI_NODE_TEXT;
    value_done(parse);
    return pli_builder_value(builder, line, kind, text, has_text ? size : 0);
}

static bool
on_begin(yaml_parse *parse, uint32_t line, pli_node_kind kind) {
    pli_builder *builder = &parse->builder;
    if (parse->is_key_next[builder->depth]) {
        return pli_builder_fail(builder, PLM_SYNTAX, line,
                                "a key that is a list or a mapping; allowed is a scalar");
    }
    // A block begins on the line after its key; messages about it are better on the key's own line.
    uint32_t first = builder->key == NULL ? line : builder->key_line;
    if (!pli_builder_begin(builder, first, kind)) {
        return false;
    }
    parse->is_mapping[builder->depth] = kind == PLI_NODE_OBJECT;
    parse->is_key_next[builder->depth] = kind == PLI_NODE_OBJECT;
    return true;
}

static bool
on_end(yaml_parse *parse) {
    if (!pli_builder_end(&parse->builder)) {
        return false;
    }
    value_done(parse);
    return true;
}

static bool
on_document(yaml_parse *parse, const yaml_event_t *event, uint32_t line) {
    parse->document_count += 1;
    if (parse->document_count > 1) {
        return pli_builder_fail(&parse->builder, PLM_SYNTAX, line,
                                "a second document; allowed is one");
    }
    if (event->data.document_start.version_directive != NULL ||
        event->data.document_start.tag_directives.start !=
            event->data.document_start.tag_directives.end) {
        return pli_builder_fail(&parse->builder, PLM_SYNTAX, line,
                                "a directive (%YAML, %TAG); allowed is a document without any");
    }
    return true;
}

static bool
is_decorated(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor != NULL || event->data.sequence_start.tag != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor != NULL || event->data.mapping_start.tag != NULL;
    default:
        return event->type == YAML_ALIAS_EVENT;
    }
}

static bool
on_event(yaml_parse *parse, const yaml_event_t *event) {
    uint32_t line = line_of(event->start_mark);
    if (is_decorated(event)) {
        return pli_builder_fail(&parse->builder, PLM_SYNTAX, line,
                                "an anchor, alias or tag; allowed are plain values");
    }
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return on_document(parse, event, line);
    case YAML_SCALAR_EVENT:
        return on_scalar(parse, event, line);
    case YAML_SEQUENCE_START_EVENT:
        return on_begin(parse, line, PLI_NODE_ARRAY);
    case YAML_MAPPING_START_EVENT:
        return on_begin(parse, line, PLI_NODE_OBJECT);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_end(parse);
    default:
        parse->is_done = event->type == YAML_STREAM_END_EVENT;
        return true;
    }
}

static void
fail_syntax(yaml_parse *parse, const yaml_parser_t *parser) {
    if (parser->error == YAML_MEMORY_ERROR) {
        pli_builder_fail(&parse->builder, PLM_MEMORY, 1, "no memory to decode it");
        return;
    }
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, parser->problem == NULL ? "no YAML" : parser->problem);
    pli_text_append(&text, "; allowed is one YAML document");
    uint32_t line =
        parser->error == YAML_READER_ERROR ? line_of(parser->mark) : line_of(parser->problem_mark);
    pli_builder_fail(&parse->builder, PLM_SYNTAX, line, data);
}

static void
run(yaml_parse *parse, yaml_parser_t *parser) {
    bool is_going = true;
    while (is_going && !parse->is_done) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) == 0) {
            fail_syntax(parse, parser);
            return;
        }
        is_going = on_event(parse, &event);
        yaml_event_delete(&event);
    }
    if (is_going && parse->document_count == 0) {
        pli_builder_fail(&parse->builder, PLM_SYNTAX, 1, "no document; allowed is one");
    }
}

plm_status
pli_yaml_parse(const char *name, pli_bytes bytes, pli_document *document, plm_fault *fault) {
    plm_status status = pli_text_check_utf8(name, 1, bytes.data, bytes.size, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_document result = {.name = name};
    yaml_parse parse = {.builder = {.document = &result, .fault = fault}};
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        return pli_fault_at(fault, PLM_MEMORY, name, 1, "no memory to decode it", NULL);
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, bytes.data, bytes.size);
    run(&parse, &parser);
    yaml_parser_delete(&parser);
    if (parse.builder.status != PLM_OK) {
        pli_document_finish(&result);
        return parse.builder.status;
    }
    *document = result;
    return PLM_OK;
}

plm_status
pli_yaml_read(const char *path, pli_document *document, plm_fault *fault) {
    pli_bytes bytes = {0};
    plm_status status = pli_input_read(path, PLI_YAML_SIZE_MAX, &bytes, fault);
    if (status == PLM_OK) {
        status = pli_yaml_parse(path, bytes, document, fault);
        pli_bytes_finish(&bytes);
    }
    return status;
}
