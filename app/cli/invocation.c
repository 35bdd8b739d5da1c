/* invocation.c: what the command line asks for, and showing the answer in that format. SPDX-License-Identifier: Apache-2.0 */
#include "cli/invocation.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const pli_option pli_common_options[] = {
    {"format", "FORMAT", "table (default), json, jsonl or csv"},
    {"table", "NAME", "only this table of the answer (its name as in --format json)"},
    {"output", "FILE", "write the answer there instead of to standard output"},
    {"help", NULL, "this text"},
    {NULL, NULL, NULL},
};

static void
collect_options(pli_invocation *invocation, const pli_option *options) {
    for (; options->name != NULL; options += 1) {
        if (invocation->option_count < PLI_OPTIONS_MAX) {
            invocation->options[invocation->option_count] = *options;
            invocation->option_count += 1;
        }
    }
}

const char *
pli_argument_value(const pli_invocation *invocation, const char *name) {
    for (uint32_t i = 0; i < invocation->option_count; i += 1) {
        if (strcmp(invocation->options[i].name, name) == 0) {
            return invocation->values[i];
        }
    }
    return NULL;
}

bool
pli_argument_is_given(const pli_invocation *invocation, const char *name) {
    return pli_argument_value(invocation, name) != NULL;
}

static bool
locale_is_utf8(void) {
    static const char *const variables[3] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < 3; i += 1) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0') {
            return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL ||
                   strstr(value, "UTF8") != NULL || strstr(value, "utf-8") != NULL;
        }
    }
    return false;
}

static bool
terminal_has_colour(const char *output_path) {
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    bool is_dumb = terminal == NULL || strcmp(terminal, "dumb") == 0;
    return output_path == NULL && (no_color == NULL || no_color[0] == '\0') && !is_dumb &&
           isatty(STDOUT_FILENO) == 1;
}

static pli_exit
fail_option(const pli_invocation *invocation, const char *given) {
    const char *names[PLI_OPTIONS_MAX];
    for (uint32_t i = 0; i < invocation->option_count; i += 1) {
        names[i] = invocation->options[i].name;
    }
    const char *bare = given;
    while (*bare == '-') {
        bare += 1;
    }
    char word[64];
    pli_text text = pli_text_init(word, sizeof word);
    pli_text_append_bytes(&text, bare, strcspn(bare, "="));
    const char *nearest = pli_nearest(word, names, invocation->option_count);
    char message[256];
    text = pli_text_init(message, sizeof message);
    pli_text_append(&text, invocation->verb->name);
    pli_text_append(&text, ": unknown option ");
    pli_text_append(&text, given);
    return pli_fail_usage(message, nearest != NULL ? "; did you mean --" : "; see --help", nearest);
}

static pli_exit
read_format(pli_invocation *invocation) {
    static const char *const names[] = {"table", "json", "jsonl", "csv"};
    invocation->format = PLI_FORMAT_TABLE;
    const char *asked = pli_argument_value(invocation, "format");
    for (int i = 0; asked != NULL && i < 4; i += 1) {
        if (strcmp(asked, names[i]) == 0) {
            invocation->format = (pli_format)(i + 1);
            return PLI_EXIT_OK;
        }
    }
    return asked == NULL ? PLI_EXIT_OK
                         : pli_fail_usage("--format is \"", asked,
                                          "\"; allowed is table, json, jsonl or csv");
}

static pli_exit
take_options(int count, char **words, pli_invocation *invocation) {
    struct option described[PLI_OPTIONS_MAX + 1];
    memset(described, 0, sizeof described);
    for (uint32_t i = 0; i < invocation->option_count; i += 1) {
        described[i] = (struct option){
            .name = invocation->options[i].name,
            .has_arg = invocation->options[i].argument == NULL ? no_argument : required_argument};
    }
    opterr = 0;
    optind = 1;
    for (;;) {
        int position = -1;
        int before = optind;
        int taken = getopt_long(count, words, ":ho:", described, &position);
        if (taken == -1) {
            return PLI_EXIT_OK;
        }
        if (taken == ':') {
            return pli_fail_usage(invocation->verb->name, ": a value is missing after ",
                                  words[optind - 1]);
        }
        if (taken == '?') {
            return fail_option(invocation, words[optind > before ? optind - 1 : before]);
        }
        const char *name = taken == 'h' ? "help" : taken == 'o' ? "output" : NULL;
        for (uint32_t i = 0; name != NULL && i < invocation->option_count; i += 1) {
            position = strcmp(invocation->options[i].name, name) == 0 ? (int)i : position;
        }
        invocation->values[position] = optarg == NULL ? "" : optarg;
    }
}

pli_exit
pli_invocation_make(const pli_verb *verb, int count, char **words, pli_invocation *invocation) {
    *invocation = (pli_invocation){.verb = verb};
    collect_options(invocation, verb->options);
    collect_options(invocation, pli_common_options);
    pli_exit end = take_options(count, words, invocation);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    invocation->operand_count = (uint32_t)(count - optind);
    invocation->operands = (const char *const *)words + optind;
    invocation->output_path = pli_argument_value(invocation, "output");
    invocation->table_key = pli_argument_value(invocation, "table");
    invocation->style = (pli_table_style){
        .is_utf8 = locale_is_utf8(), .is_coloured = terminal_has_colour(invocation->output_path)};
    if (pli_argument_is_given(invocation, "help")) {
        return PLI_EXIT_OK;
    }
    if (invocation->operand_count < verb->operand_min) {
        char data[256];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, verb->name);
        pli_text_append(&text, verb->operands[0] == '\0' ? "" : " ");
        pli_text_append(&text, verb->operands);
        return pli_fail_usage(verb->name, ": files are missing; usage: plimsoll ", data);
    }
    if (invocation->operand_count > verb->operand_max) {
        return pli_fail_usage(verb->name,
                              ": one word too many: ", invocation->operands[verb->operand_max]);
    }
    return read_format(invocation);
}

static void
show_tables(const pli_invocation *invocation, const pli_tables *document, const pli_sink *sink) {
    for (uint32_t i = 0; i < document->table_count; i += 1) {
        pli_sink_string(sink, i > 0 ? "\n" : "");
        pli_table_write(sink, &document->tables[i], invocation->style);
    }
}

pli_exit
pli_show(const pli_invocation *invocation, const pli_tables *document, pli_page *page) {
    pli_tables shown = *document;
    pli_sink sink = pli_page_sink(page);
    if (invocation->table_key != NULL) {
        const char *names[PLI_TABLE_COLUMNS_MAX];
        uint32_t count = 0;
        shown.table_count = 0;
        for (uint32_t i = 0; i < document->table_count; i += 1) {
            if (strcmp(document->tables[i].key, invocation->table_key) == 0) {
                shown.tables = &document->tables[i];
                shown.table_count = 1;
            }
            if (count < PLI_TABLE_COLUMNS_MAX) {
                names[count] = document->tables[i].key;
                count += 1;
            }
        }
        if (shown.table_count == 0) {
            const char *nearest = pli_nearest(invocation->table_key, names, count);
            return pli_fail_usage("no table of this answer is named ", invocation->table_key,
                                  nearest == NULL ? "; see --format json" : "");
        }
    }
    switch (invocation->format) {
    case PLI_FORMAT_TABLE:
        show_tables(invocation, &shown, &sink);
        break;
    case PLI_FORMAT_JSON:
        pli_tables_write_json(&sink, &shown);
        break;
    case PLI_FORMAT_JSONL:
        pli_tables_write_jsonl(&sink, &shown);
        break;
    case PLI_FORMAT_CSV:
        pli_tables_write_csv(&sink, &shown);
        break;
    }
    return PLI_EXIT_OK;
}

pli_exit
pli_report_write(pli_page *report, const char *path) {
    plm_fault fault = {.status = PLM_OK};
    plm_status status = pli_page_publish(report, path, &fault);
    pli_page_finish(report);
    return status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(NULL, &fault);
}
