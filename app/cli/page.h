/* page.h: what a verb will print, held in memory until it is complete.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_PAGE_H
#define PLI_CLI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "plimsoll/status.h"
#include "report/sink.h"

/*
 * pli_page - bytes that grow. Nothing reaches the world before the verb has succeeded, so an error leaves no half output.
 *
 * `is_exhausted`: memory ran out; what followed was dropped and the page must not be shown.
 */
typedef struct pli_page {
    char *data;
    size_t size;
    size_t capacity;
    bool is_exhausted;
} pli_page;

/* pli_page_sink - a sink that appends to the page. A zeroed page is empty and ready. */
pli_sink pli_page_sink(pli_page *page);

/* pli_page_publish - write the page to a file, or to standard output where `path` is NULL or "-". */
PLM_MUST_USE plm_status pli_page_publish(const pli_page *page, const char *path, plm_fault *fault);

/* pli_page_finish - give the memory back; the page is empty and ready again. */
void pli_page_finish(pli_page *page);

#endif
