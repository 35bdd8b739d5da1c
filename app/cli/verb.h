/* verb.h: what a verb of the command line is, and what it may call.                   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_VERB_H
#define PLI_CLI_VERB_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/page.h"
#include "plimsoll/status.h"
#include "report/table.h"

/* How the program ends. The numbers are a promise to scripts. */
typedef enum pli_exit {
    PLI_EXIT_OK = 0,
    PLI_EXIT_FINDING =
        1, /* the answer is bad news that was asked for, such as --check on an account in trouble */
    PLI_EXIT_USAGE = 2, /* the command line, or a value in a file, is not allowed */
    PLI_EXIT_IO = 3     /* a file or the memory failed us */
} pli_exit;

typedef enum pli_format {
    PLI_FORMAT_TABLE = 1,
    PLI_FORMAT_JSON = 2,
    PLI_FORMAT_JSONL = 3,
    PLI_FORMAT_CSV = 4
} pli_format;

/* pli_option - one long option; `argument` is NULL for a flag. A list ends with a NULL name. */
typedef struct pli_option {
    const char *name;
    const char *argument;
    const char *text;
} pli_option;

#define PLI_OPTIONS_MAX 24u /* options of one verb, the common ones included */

/*
 * pli_invocation - a command line taken apart.
 *
 * `values` run parallel to `options`: NULL where an option was not given, "" for a flag that was.
 */
typedef struct pli_invocation {
    const struct pli_verb *verb;
    uint32_t operand_count;
    const char *const *operands;
    uint32_t option_count;
    pli_option options[PLI_OPTIONS_MAX];
    const char *values[PLI_OPTIONS_MAX];
    pli_format format;
    const char *output_path; /* NULL: standard output */
    const char *table_key;   /* NULL: all tables, or the first one in CSV */
    pli_table_style style;
} pli_invocation;

/*
 * pli_verb - one row of the verb table, from which dispatch, help and completions are made.
 *
 * `run` writes its answer to `page` and answers how to end. On PLI_EXIT_USAGE and PLI_EXIT_IO it has called a
 * pli_fail_* function and the page is thrown away.
 */
typedef struct pli_verb {
    const char *name;
    const char *summary;  /* one line, no full stop */
    const char *operands; /* such as "MARKET PORTFOLIO" */
    uint32_t operand_min;
    uint32_t operand_max;
    const pli_option *options; /* besides the common ones */
    const char *detail;        /* a paragraph or two for the verb's own help */
    const char *example;       /* one command that works in the source tree */
    pli_exit (*run)(const pli_invocation *invocation, pli_page *page);
} pli_verb;

/* pli_verb_at - the verbs in the order of the help, NULL past the last. */
const pli_verb *pli_verb_at(uint32_t index);

/* pli_common_options - what every verb understands. */
extern const pli_option pli_common_options[];

/* pli_argument_value - the value of an option of this verb, or NULL when it was not given. */
const char *pli_argument_value(const pli_invocation *invocation, const char *name);

/* pli_argument_is_given - was this option given? */
bool pli_argument_is_given(const pli_invocation *invocation, const char *name);

/*
 * pli_fail_usage, pli_fail_status - "plimsoll: ..." on standard error, always one line.
 *
 * usage   first, second and third are joined; NULL ends them early.
 * status  the fault's own text; `where` (a file) goes before it unless the text begins with it or is NULL.
 * Returns    the exit that fits: PLI_EXIT_USAGE, or PLI_EXIT_IO for files and memory.
 */
pli_exit pli_fail_usage(const char *first, const char *second, const char *third);
pli_exit pli_fail_status(const char *where, const plm_fault *fault);

/* pli_show - write the document in the format that was asked for. PLI_EXIT_USAGE where --table names none of it. */
pli_exit pli_show(const pli_invocation *invocation, const pli_tables *document, pli_page *page);

/* The last line of every page that is written by --report. */
#define PLI_REPORT_END "Made by plimsoll " PLIMSOLL_VERSION ". Nothing on this page was fetched."

/* pli_report_write - publish a complete report and finish its page; a failure is told as by pli_fail_status. */
pli_exit pli_report_write(pli_page *report, const char *path);

/* pli_nearest - of `count` words the one most like `word`, or NULL where none is close. */
const char *pli_nearest(const char *word, const char *const *words, uint32_t count);

/* pli_help_program, pli_help_verb - the texts of --help. */
void pli_help_program(pli_page *page);
void pli_help_verb(const pli_verb *verb, pli_page *page);

#endif
