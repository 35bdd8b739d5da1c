/* completions.c: plimsoll completions bash: what a shell needs to complete our words.  SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/verbs.h"

static const pli_option options[] = {{NULL, NULL, NULL}};

static void
write_option_words(const pli_sink *sink, const pli_option *described) {
    for (; described->name != NULL; described += 1) {
        PLI_SINK(sink, " --", described->name);
    }
}

// A verb of two words completes its second word after the first.
static void
write_words(const pli_sink *sink) {
    pli_sink_string(sink, "        local verbs=\"help");
    for (uint32_t i = 0; pli_verb_at(i) != NULL; i += 1) {
        PLI_SINK(sink, " ", pli_verb_at(i)->name);
    }
    pli_sink_string(sink, "\"\n");
}

static void
write_case(const pli_sink *sink, const pli_verb *verb) {
    PLI_SINK(sink, "        \"", verb->name, "\"*) options=\"");
    write_option_words(sink, verb->options);
    write_option_words(sink, pli_common_options);
    pli_sink_string(sink, "\" ;;\n");
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    if (strcmp(invocation->operands[0], "bash") != 0) {
        return pli_fail_usage("completions: shell is \"", invocation->operands[0],
                              "\"; allowed is bash");
    }
    pli_sink sink = pli_page_sink(page);
    PLI_SINK(&sink, "# bash completion of plimsoll: source <(plimsoll completions bash)\n",
             "_plimsoll() {\n", "    local word=\"${COMP_WORDS[COMP_CWORD]}\" options=\"\"\n",
             "    COMPREPLY=()\n", "    if [[ $COMP_CWORD -eq 1 ]]; then\n");
    write_words(&sink);
    PLI_SINK(&sink, "        COMPREPLY=($(compgen -W \"$verbs\" -- \"$word\"))\n",
             "        return\n    fi\n", "    case \"${COMP_WORDS[*]:1:COMP_CWORD}\" in\n");
    for (uint32_t i = 0; pli_verb_at(i) != NULL; i += 1) {
        write_case(&sink, pli_verb_at(i));
    }
    PLI_SINK(&sink, "    esac\n", "    if [[ $word == -* ]]; then\n",
             "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n", "    else\n",
             "        COMPREPLY=($(compgen -f -- \"$word\"))\n", "    fi\n}\n",
             "complete -o filenames -F _plimsoll plimsoll\n");
    return PLI_EXIT_OK;
}

const pli_verb pli_verb_completions = {
    .name = "completions",
    .summary = "print a shell script that completes verbs, options and files",
    .operands = "bash",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "Made from the verb table, so it never lags behind the program.",
    .example = "plimsoll completions bash",
    .run = run,
};
