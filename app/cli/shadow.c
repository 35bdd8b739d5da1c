/* shadow.c: plimsoll shadow: a venue's own book under any model, beside what it requires today.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/shadow.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/verbs.h"
#include "io/time_text.h"
#include "num/decimal.h"
#include "os/file.h"

#define LIST_STANDARD 10u
#define POLL_MS 250

static const pli_option options[] = {
    {"accounts", "A.csv", "balances, one row for each account and asset"},
    {"positions", "P.csv", "positions, one row for each account and instrument"},
    {"marks", "M.csv", "what is listed, and what it costs"},
    {"fills", "F.csv", "trades since the positions were taken: they roll positions on"},
    {"incumbent", "R.csv", "what the venue itself requires of each account, and its equity"},
    {"mapping", "MAP.yaml", "the venue's column names, units, signs and symbols (default: ours)"},
    {"market", "MARKET.json", "what is listed, instead of the mapping's symbols"},
    PLI_CASE_OPTION_MODEL,
    PLI_CASE_OPTION_CONFIG,
    {"now", "TIME", "the market's time (default: the latest of the marks)"},
    {"since", "TIME", "only fills after this (default: all)"},
    {"skip-bad", "N", "go on with up to N bad rows (default: 0)"},
    {"top", "N", "rows of the lists, up to 1000 (default: 10)"},
    {"export", "FILE.csv", "also one line for each account"},
    {"anonymous", "KEY", "account names become keyed hashes; the file holds 16 to 64 secret bytes"},
    {"report", "FILE.html", "also write a page with charts, one file that opens offline"},
    {"follow", NULL, "answer again whenever a file has changed"},
    {"rounds", "N", "with --follow: stop after N answers"},
    {"check", NULL, "exit 1 when an account would newly be called or liquidatable"},
    {NULL, NULL, NULL},
};

static pli_exit
read_count(const pli_invocation *invocation, const char *name, uint64_t most, uint64_t *count) {
    const char *value = pli_argument_value(invocation, name);
    pli_i128 number = 0;
    if (value == NULL) {
        return PLI_EXIT_OK;
    }
    if (pli_decimal_parse(value, strlen(value), 0, &number) != PLM_OK || number < 0 ||
        number > (pli_i128)most) {
        char message[160];
        char allowed[64];
        pli_text text = pli_text_init(message, sizeof message);
        pli_text_append(&text, "--");
        pli_text_append(&text, name);
        pli_text_append(&text, " is \"");
        pli_text_append(&text, value);
        text = pli_text_init(allowed, sizeof allowed);
        pli_text_append(&text, "\"; allowed is 0 to ");
        pli_text_append_u64(&text, most);
        return pli_fail_usage(message, allowed, NULL);
    }
    *count = (uint64_t)number;
    return PLI_EXIT_OK;
}

static pli_exit
read_time(const pli_invocation *invocation, const char *name, int64_t *ns) {
    const char *value = pli_argument_value(invocation, name);
    if (value != NULL && pli_time_parse(value, strlen(value), ns) != PLM_OK) {
        return pli_fail_usage(name, " is no time; allowed is one from 1980 to 2200 such as ",
                              "2026-03-01T12:00:00Z");
    }
    return PLI_EXIT_OK;
}

static pli_exit
read_key(const pli_invocation *invocation, pli_shadow_options *o) {
    const char *path = pli_argument_value(invocation, "anonymous");
    pli_bytes bytes = {.size = 0};
    plm_fault fault = {.status = PLM_OK};
    if (path == NULL) {
        return PLI_EXIT_OK;
    }
    if (pli_file_read(path, PLI_SHADOW_KEY_MAX, &bytes, &fault) != PLM_OK) {
        return pli_fail_status(path, &fault);
    }
    if (bytes.size < PLI_SHADOW_KEY_MIN) {
        pli_bytes_finish(&bytes);
        return pli_fail_usage("--anonymous: ", path,
                              " holds fewer than 16 bytes; allowed is 16 to 64");
    }
    memcpy(o->key, bytes.data, bytes.size);
    o->key_size = bytes.size;
    pli_bytes_finish(&bytes);
    return PLI_EXIT_OK;
}

static pli_exit
read_options(const pli_invocation *invocation, pli_shadow_options *o) {
    uint64_t top = LIST_STANDARD;
    *o = (pli_shadow_options){.market_path = pli_argument_value(invocation, "market"),
                              .mapping_path = pli_argument_value(invocation, "mapping"),
                              .export_path = pli_argument_value(invocation, "export"),
                              .report_path = pli_argument_value(invocation, "report"),
                              .is_following = pli_argument_is_given(invocation, "follow")};
    for (int feed = 0; feed < PLI_FEED_COUNT; feed += 1) {
        const char *name = pli_feed_name((pli_feed)feed);
        o->paths[feed] = pli_argument_value(invocation, name);
        if (o->paths[feed] == NULL && feed <= PLI_FEED_POSITIONS) {
            return pli_fail_usage("shadow: --", name,
                                  " is missing; usage: plimsoll shadow --accounts A.csv "
                                  "--positions P.csv --marks M.csv");
        }
    }
    if (o->market_path == NULL && o->mapping_path == NULL) {
        return pli_fail_usage("shadow: nothing says what is listed; give --mapping or --market",
                              NULL, NULL);
    }
    pli_exit end = read_count(invocation, "skip-bad", UINT64_MAX / 2, &o->bad_max);
    end = end == PLI_EXIT_OK ? read_count(invocation, "top", PLI_SHADOW_LIST_MAX, &top) : end;
    end = end == PLI_EXIT_OK ? read_count(invocation, "rounds", UINT32_MAX, &o->rounds) : end;
    end = end == PLI_EXIT_OK ? read_time(invocation, "now", &o->now_ns) : end;
    end = end == PLI_EXIT_OK ? read_time(invocation, "since", &o->since_ns) : end;
    o->list_capacity = (uint32_t)top;
    return end == PLI_EXIT_OK ? read_key(invocation, o) : end;
}

static pli_exit
answer(const pli_invocation *invocation, const pli_shadow_options *o, pli_shadow_run *run,
       pli_page *page) {
    pli_exit end = pli_shadow_run_make(invocation, o, run);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    pli_shadow_tables(run);
    if (o->report_path != NULL) {
        pli_page report = {.data = NULL};
        pli_shadow_page(run, &report);
        end = pli_report_write(&report, o->report_path);
    }
    const pli_tables document = {.schema = "plimsoll-shadow/1",
                                 .table_count = PLI_SHADOW_TABLE_COUNT,
                                 .tables = run->tables};
    end = end == PLI_EXIT_OK ? pli_show(invocation, &document, page) : end;
    bool is_finding =
        run->shadow.newly_called_count > 0 || run->shadow.newly_liquidatable_count > 0;
    return end == PLI_EXIT_OK && is_finding && pli_argument_is_given(invocation, "check")
               ? PLI_EXIT_FINDING
               : end;
}

static pli_exit
answer_once(const pli_invocation *invocation, const pli_shadow_options *o, pli_page *page) {
    pli_shadow_run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return pli_fail_status(NULL, &(plm_fault){.status = PLM_MEMORY});
    }
    pli_exit end = answer(invocation, o, run, page);
    pli_shadow_run_finish(run);
    free(run);
    return end;
}

/* stamp - what tells that a file has changed. */
typedef struct stamp {
    int64_t size;
    int64_t seconds;
    int64_t nanoseconds;
} stamp;

static void
take_stamps(const pli_shadow_options *o, stamp stamps[PLI_FEED_COUNT]) {
    for (int feed = 0; feed < PLI_FEED_COUNT; feed += 1) {
        struct stat of = {0};
        stamps[feed] = (stamp){0, 0, 0};
        if (o->paths[feed] != NULL && stat(o->paths[feed], &of) == 0) {
            stamps[feed] = (stamp){(int64_t)of.st_size, (int64_t)of.st_mtim.tv_sec,
                                   (int64_t)of.st_mtim.tv_nsec};
        }
    }
}

static void
wait_for_change(const pli_shadow_options *o, const stamp before[PLI_FEED_COUNT]) {
    stamp now[PLI_FEED_COUNT];
    do {
        (void)poll(NULL, 0, POLL_MS);
        take_stamps(o, now);
    } while (memcmp(now, before, sizeof now) == 0);
}

// Stamps are taken before the files are read, so that what is appended meanwhile counts as a change.
static pli_exit
follow(const pli_invocation *invocation, const pli_shadow_options *o, pli_page *page) {
    for (uint64_t round = 1;; round += 1) {
        stamp stamps[PLI_FEED_COUNT];
        take_stamps(o, stamps);
        pli_exit end = answer_once(invocation, o, page);
        bool is_answer = end == PLI_EXIT_OK || end == PLI_EXIT_FINDING;
        if (!is_answer || round == o->rounds) {
            return end;
        }
        plm_fault fault = {.status = PLM_OK};
        if (pli_page_publish(page, invocation->output_path, &fault) != PLM_OK) {
            return pli_fail_status(NULL, &fault);
        }
        pli_page_finish(page);
        wait_for_change(o, stamps);
    }
}

static pli_exit
run_shadow(const pli_invocation *invocation, pli_page *page) {
    pli_shadow_options o;
    pli_exit end = read_options(invocation, &o);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    return o.is_following ? follow(invocation, &o, page) : answer_once(invocation, &o, page);
}

const pli_verb pli_verb_shadow = {
    .name = "shadow",
    .summary = "a venue's own book under any model, beside what it requires today",
    .operands = "",
    .operand_min = 0,
    .operand_max = 0,
    .options = options,
    .detail =
        "Reads a venue's files and never writes to them. A mapping says what their columns, units, "
        "signs and symbols\n"
        "mean; files may be CSV of any size (gzip or not) or the JSON of a venue's interface. The "
        "answer: requirement\n"
        "against the incumbent's in total and by account, who would newly be called or liquidated, "
        "capital released,\n"
        "the largest disagreements with their reasons, and the losses of past days and stresses "
        "beyond either requirement.",
    .example = "plimsoll shadow --accounts examples/shadow/accounts.csv --positions "
               "examples/shadow/positions.csv --marks examples/shadow/marks.csv --incumbent "
               "examples/shadow/incumbent.csv --mapping examples/shadow/mapping.yaml",
    .run = run_shadow,
};
