/* journal.h: what a running venue tells whoever looks after it: lines of JSON.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_JOURNAL_H
#define PLI_SERVER_JOURNAL_H

#include "io/json_writer.h"
#include "net/http.h"
#include "plimsoll/core.h"

/* Lines a second, beyond which they are only counted: a crash must not drown in its own report. */
#define PLI_JOURNAL_LINES_MAX 200u

/*
 * pli_journal - a line each on standard error: {"time", "event", ...}. docs/operations.md lists them.
 *
 * No line carries a signature, a body, a header or a query: what a request proves itself by is never written.
 */
typedef struct pli_journal {
    bool is_on;
    int64_t second; /* that the counts are of */
    uint32_t count, dropped;
    pli_json_writer writer;
} pli_journal;

/* pli_journal_open, _close - the venue answers; it has ended, and why. */
void pli_journal_open(pli_journal *journal, const char *directory, const char *address,
                      uint16_t port, uint64_t sequence);
void pli_journal_close(pli_journal *journal, uint64_t sequence, const char *reason);

/* pli_journal_effects - stages that accounts entered, and prices whose state has changed. */
void pli_journal_effects(pli_journal *journal, const plm_core *core, const plm_outcome *outcome,
                         const plm_effect *effects);

/* pli_journal_refusal - a request that was answered with 400 or more; its path without the query. */
void pli_journal_refusal(pli_journal *journal, const pli_http_request *request, unsigned status);

/* pli_journal_finish - give the memory back. */
void pli_journal_finish(pli_journal *journal);

#endif
