/* progress.h: one line on standard error that says how far a long verb is.               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_PROGRESS_H
#define PLI_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* pli_progress - shown on a terminal only, at most four times a second. */
typedef struct pli_progress {
    const char *what; /* "accounts" */
    uint64_t total;
    int64_t start_ns;
    int64_t shown_ns;
    bool is_terminal;
    bool is_shown; /* a line stands that must be wiped */
} pli_progress;

/* pli_progress_begin - start counting `what` up to `total`. */
pli_progress pli_progress_begin(const char *what, uint64_t total);

/* pli_progress_show - "done of total what, rate/s, time left"; cheap when nothing is due. */
void pli_progress_show(pli_progress *progress, uint64_t done);

/* pli_progress_end - wipe the line; answers the seconds since the start. */
double pli_progress_end(pli_progress *progress);

#endif
