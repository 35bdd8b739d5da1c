/* help.c: the texts of --help, made from the verb table.                               SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/verb.h"

static void
write_padded(const pli_sink *sink, const char *text, size_t width) {
    pli_sink_string(sink, text);
    size_t size = strlen(text);
    pli_sink_repeat(sink, " ", size < width ? width - size : 1);
}

void
pli_help_program(pli_page *page) {
    pli_sink sink = pli_page_sink(page);
    PLI_SINK(&sink, "plimsoll - what an account must hold, and why\n\n",
             "usage: plimsoll VERB [OPTION]... [FILE]...\n\nverbs:\n");
    for (uint32_t i = 0; pli_verb_at(i) != NULL; i += 1) {
        const pli_verb *verb = pli_verb_at(i);
        pli_sink_string(&sink, "  ");
        write_padded(&sink, verb->name, 20);
        PLI_SINK(&sink, verb->summary, "\n");
    }
    PLI_SINK(
        &sink, "\n  plimsoll help VERB   options and a working example of one verb\n",
        "  plimsoll --version\n\n",
        "Files are JSON, YAML and CSV (docs/formats.md); \"-\" is standard input.\n",
        "Exit: 0 ok, 1 a finding, 2 usage or a value not allowed, 3 input or output failed.\n\n",
        "example:\n  ", pli_verb_at(0)->example, "\n");
}

static void
write_options(const pli_sink *sink, const pli_option *options) {
    for (; options->name != NULL; options += 1) {
        char head[64];
        pli_text text = pli_text_init(head, sizeof head);
        pli_text_append(&text, "  --");
        pli_text_append(&text, options->name);
        if (options->argument != NULL) {
            pli_text_append(&text, " ");
            pli_text_append(&text, options->argument);
        }
        write_padded(sink, head, 34);
        PLI_SINK(sink, options->text, "\n");
    }
}

void
pli_help_verb(const pli_verb *verb, pli_page *page) {
    pli_sink sink = pli_page_sink(page);
    PLI_SINK(&sink, "plimsoll ", verb->name, " - ", verb->summary, "\n\nusage: plimsoll ",
             verb->name, verb->operands[0] != '\0' ? " " : "", verb->operands, " [OPTION]...\n\n",
             verb->detail, "\n\noptions:\n");
    write_options(&sink, verb->options);
    write_options(&sink, pli_common_options);
    PLI_SINK(&sink, "\nexample:\n  ", verb->example, "\n");
}
