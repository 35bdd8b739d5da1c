/* progress.c: one line on standard error that says how far a long verb is.               SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "num/decimal.h"

#define INTERVAL_NS INT64_C(250000000)
#define SECOND_NS 1000000000

static int64_t
now_ns(void) {
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

pli_progress
pli_progress_begin(const char *what, uint64_t total) {
    int64_t now = now_ns();
    return (pli_progress){.what = what,
                          .total = total,
                          .start_ns = now,
                          .shown_ns = now,
                          .is_terminal = isatty(STDERR_FILENO) == 1};
}

void
pli_progress_show(pli_progress *progress, uint64_t done) {
    if (!progress->is_terminal || done == 0) {
        return;
    }
    int64_t now = now_ns();
    if (now - progress->shown_ns < INTERVAL_NS) {
        return;
    }
    progress->shown_ns = now;
    progress->is_shown = true;
    double seconds = (double)(now - progress->start_ns) / SECOND_NS;
    double rate = (double)done / seconds;
    uint64_t left = done < progress->total ? progress->total - done : 0;
    char data[160];
    pli_text text = pli_text_init(data, sizeof data);
    pli_decimal_format_grouped(&text, (pli_i128)done, 0, 0, PLI_DECIMAL_FLOOR);
    pli_text_append(&text, " of ");
    pli_decimal_format_grouped(&text, (pli_i128)progress->total, 0, 0, PLI_DECIMAL_FLOOR);
    pli_text_append(&text, " ");
    pli_text_append(&text, progress->what);
    pli_text_append(&text, ", ");
    pli_decimal_format_grouped(&text, (pli_i128)rate, 0, 0, PLI_DECIMAL_FLOOR);
    pli_text_append(&text, "/s, ");
    pli_decimal_format_grouped(&text, (pli_i128)((double)left / rate), 0, 0, PLI_DECIMAL_FLOOR);
    pli_text_append(&text, " s left");
    fprintf(stderr, "\r\x1b[K%s", data);
    fflush(stderr);
}

double
pli_progress_end(pli_progress *progress) {
    if (progress->is_shown) {
        fputs("\r\x1b[K", stderr);
        fflush(stderr);
        progress->is_shown = false;
    }
    return (double)(now_ns() - progress->start_ns) / SECOND_NS;
}
