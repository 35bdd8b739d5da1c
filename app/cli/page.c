/* page.c: what a verb will print, held in memory until it is complete.                SPDX-License-Identifier: Apache-2.0 */
#include "cli/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/file.h"

#define FIRST_CAPACITY ((size_t)1 << 16)

static void
append(void *context, const char *bytes, size_t size) {
    pli_page *page = context;
    if (page->is_exhausted) {
        return;
    }
    if (size > page->capacity - page->size) {
        size_t capacity = page->capacity == 0 ? FIRST_CAPACITY : page->capacity * 2;
        while (capacity - page->size < size) {
            capacity *= 2;
        }
        char *data = realloc(page->data, capacity);
        if (data == NULL) {
            page->is_exhausted = true;
            return;
        }
        page->data = data;
        page->capacity = capacity;
    }
    memcpy(page->data + page->size, bytes, size);
    page->size += size;
}

pli_sink
pli_page_sink(pli_page *page) {
    return (pli_sink){.write = append, .context = page};
}

plm_status
pli_page_publish(const pli_page *page, const char *path, plm_fault *fault) {
    if (page->is_exhausted) {
        return pli_fault_set(fault, PLM_MEMORY, plm_status_text(PLM_MEMORY), " for the output",
                             NULL);
    }
    return pli_file_write(path == NULL ? "-" : path, page->data == NULL ? "" : page->data,
                          page->size, fault);
}

void
pli_page_finish(pli_page *page) {
    free(page->data);
    *page = (pli_page){.data = NULL};
}
