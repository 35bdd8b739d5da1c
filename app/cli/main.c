/* main.c: find the verb, run it, publish its page.                                     SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <string.h>

#include "cli/invocation.h"
#include "cli/verb.h"

#define VERB_WORDS_MAX 2

// A verb may be two words: "surface fit". Answers how many words of the line it took.
static int
find_verb(int count, char **words, const pli_verb **found) {
    for (uint32_t i = 0; pli_verb_at(i) != NULL; i += 1) {
        const char *name = pli_verb_at(i)->name;
        int taken = 0;
        while (taken < count && taken < VERB_WORDS_MAX) {
            size_t size = strlen(words[taken]);
            if (size == 0 || strncmp(name, words[taken], size) != 0 ||
                (name[size] != '\0' && name[size] != ' ')) {
                break;
            }
            taken += 1;
            if (name[size] == '\0') {
                *found = pli_verb_at(i);
                return taken;
            }
            name += size + 1;
        }
    }
    *found = NULL;
    return 0;
}

static pli_exit
fail_verb(int count, char **words) {
    char asked[64];
    pli_text text = pli_text_init(asked, sizeof asked);
    pli_text_append(&text, words[0]);
    const char *names[64];
    uint32_t name_count = 0;
    for (; name_count < 64 && pli_verb_at(name_count) != NULL; name_count += 1) {
        names[name_count] = pli_verb_at(name_count)->name;
    }
    const char *nearest = pli_nearest(asked, names, name_count);
    if (count > 1 && words[1][0] != '-') {
        pli_text_append(&text, " ");
        pli_text_append(&text, words[1]);
        const char *of_two = pli_nearest(asked, names, name_count);
        nearest = nearest == NULL ? of_two : nearest;
    }
    char message[160];
    text = pli_text_init(message, sizeof message);
    pli_text_append(&text, "unknown verb ");
    pli_text_append(&text, words[0]);
    return pli_fail_usage(message, nearest == NULL ? "; see plimsoll --help" : "; did you mean ",
                          nearest);
}

static pli_exit
run_verb(int count, char **words, pli_page *page, const char **output_path) {
    const pli_verb *verb = NULL;
    int taken = find_verb(count, words, &verb);
    if (verb == NULL) {
        return fail_verb(count, words);
    }
    pli_invocation invocation;
    pli_exit end = pli_invocation_make(verb, count - taken + 1, words + taken - 1, &invocation);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    if (pli_argument_is_given(&invocation, "help")) {
        pli_help_verb(verb, page);
        return PLI_EXIT_OK;
    }
    *output_path = invocation.output_path;
    return verb->run(&invocation, page);
}

static pli_exit
run_line(int count, char **words, pli_page *page, const char **output_path) {
    if (count == 0) {
        return pli_fail_usage("a verb is missing; see plimsoll --help", NULL, NULL);
    }
    if (strcmp(words[0], "--version") == 0) {
        pli_sink sink = pli_page_sink(page);
        pli_sink_string(&sink, "plimsoll " PLIMSOLL_VERSION "\n");
        return PLI_EXIT_OK;
    }
    if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0 ||
        (count == 1 && strcmp(words[0], "help") == 0)) {
        pli_help_program(page);
        return PLI_EXIT_OK;
    }
    if (strcmp(words[0], "help") == 0) {
        const pli_verb *verb = NULL;
        if (find_verb(count - 1, words + 1, &verb) == 0) {
            return fail_verb(count - 1, words + 1);
        }
        pli_help_verb(verb, page);
        return PLI_EXIT_OK;
    }
    return run_verb(count, words, page, output_path);
}

int
main(int count, char **words) {
    // A reader that goes away (head, less) is told by write's error, not by a silent death.
    signal(SIGPIPE, SIG_IGN);
    pli_page page = {.data = NULL};
    const char *output_path = NULL;
    pli_exit end = run_line(count - 1, words + 1, &page, &output_path);
    if (end == PLI_EXIT_OK || end == PLI_EXIT_FINDING) {
        plm_fault fault = {.status = PLM_OK};
        if (pli_page_publish(&page, output_path, &fault) != PLM_OK) {
            end = pli_fail_status(NULL, &fault);
        }
    }
    pli_page_finish(&page);
    return (int)end;
}
