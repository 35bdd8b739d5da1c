/* shadow.h: what the parts of `plimsoll shadow` share.                                   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_SHADOW_H
#define PLI_CLI_SHADOW_H

#include "cli/case.h"
#include "io/bad_rows.h"
#include "io/mapping.h"
#include "io/venue_book.h"
#include "report/table.h"
#include "study/shadow.h"

#define PLI_SHADOW_LIST_MAX 1000u
#define PLI_SHADOW_KEY_MIN 16u
#define PLI_SHADOW_KEY_MAX 64u

/* pli_shadow_options - the command line, checked. */
typedef struct pli_shadow_options {
    const char *paths[PLI_FEED_COUNT];
    const char *market_path;
    const char *mapping_path;
    const char *export_path;
    const char *report_path;
    int64_t now_ns;
    int64_t since_ns;
    uint64_t bad_max;
    uint32_t list_capacity;
    bool is_following;
    uint64_t rounds; /* 0: no end */
    size_t key_size; /* 0: names as they are */
    uint8_t key[PLI_SHADOW_KEY_MAX];
} pli_shadow_options;

enum { PLI_SHADOW_TABLE_COUNT = 7 };

/*
 * pli_shadow_run - one reading of the book and what came of it.
 *
 * `tables`: totals, healths, troubled, disagreements, losses, ratios, files.
 */
typedef struct pli_shadow_run {
    const pli_shadow_options *options;
    pli_case opened;
    pli_mapping mapping;
    pli_venue_book book;
    pli_bad_rows bad;
    uint64_t mark_rows;
    pli_shadow shadow;
    uint32_t unsupported_index; /* the first account that the model refuses, or PLM_NONE */
    plm_fault unsupported;      /* and why */
    pli_table tables[PLI_SHADOW_TABLE_COUNT];
} pli_shadow_run;

/*
 * pli_shadow_run_make - read, evaluate, export; the tables are not yet made.
 *
 * Returns    PLI_EXIT_OK; PLI_EXIT_IO after a line for each of the first bad rows where there are more than allowed;
 *            other exits after one line. Finish the run either way.
 */
pli_exit pli_shadow_run_make(const pli_invocation *invocation, const pli_shadow_options *options,
                             pli_shadow_run *run);
void pli_shadow_run_finish(pli_shadow_run *run);

/* pli_shadow_name - an account's name, or what stands for it; lives in the case's pool. */
const char *pli_shadow_name(pli_shadow_run *run, uint32_t account_index);

/* pli_shadow_id - the same into a text. */
void pli_shadow_id(const pli_shadow_run *run, uint32_t account_index, pli_text *text);

/* pli_shadow_words - why a requirement is what it is: branch, scenario and largest charge, as a sentence. */
void pli_shadow_words(pli_shadow_run *run, const pli_shadow_row *row, const plm_reason_part *part,
                      bool is_initial, pli_text *text);

/* pli_shadow_replay_words - "2020-03-12" or "stress all-down". */
void pli_shadow_replay_words(const pli_shadow_run *run, uint32_t replay_index, pli_text *text);

/* pli_shadow_charge - the largest charge of a part, or PLM_CHARGE_COUNT where all are 0. */
plm_charge pli_shadow_charge(const plm_reason_part *part);

/* pli_shadow_export - one CSV line for each account; written as accounts are evaluated. */
typedef struct pli_shadow_export {
    void *file;
    const char *path;
    bool has_failed;
} pli_shadow_export;

pli_exit pli_shadow_export_open(const char *path, pli_shadow_export *out);
void pli_shadow_export_row(const pli_shadow_run *run, const pli_shadow_row *row,
                           const plm_reason *reason, pli_shadow_export *out);
pli_exit pli_shadow_export_close(pli_shadow_export *out);

/* pli_shadow_tables - fill run->tables; they live in the case's pool. */
void pli_shadow_tables(pli_shadow_run *run);

/* pli_shadow_page - the same as one HTML page with charts. */
void pli_shadow_page(pli_shadow_run *run, pli_page *page);

#endif
