/* span_pa2.c: SPAN risk parameter files from disk, and the positional form of them.   SPDX-License-Identifier: Apache-2.0 */
#include "venue/span_pa2.h"

#include "base/text.h"
#include "io/compressed.h"
#include "io/span_file.h"

void
pli_span_book_finish(pli_span_book *book) {
    pli_pool_finish(&book->pool);
    *book = (pli_span_book){.pool = {.chunks = NULL}};
}

plm_status
pli_span_pa2_parse(const char *name, pli_bytes bytes, pli_span_book *book, plm_fault *fault) {
    const char *text = (const char *)bytes.data;
    size_t size = pli_span_pa2_size(text, bytes.size);
    pli_span_book made = {.pool = {.chunks = NULL}};
    void *memory = pli_pool_take(&made.pool, 1, size);
    if (memory == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, name, ": no memory for its tables", NULL);
    }
    pli_arena arena = pli_arena_init(memory, size);
    plm_status status = pli_span_pa2_decode(name, text, bytes.size, &arena, &made.file, fault);
    if (status != PLM_OK) {
        pli_pool_finish(&made.pool);
        return status;
    }
    *book = made;
    return PLM_OK;
}

plm_status
pli_span_parse(const char *name, pli_bytes bytes, pli_span_book *book, plm_fault *fault) {
    size_t at = 0;
    // A byte order mark may stand before the XML.
    while (at < bytes.size && (bytes.data[at] == ' ' || bytes.data[at] == '\n' ||
                               bytes.data[at] == '\r' || bytes.data[at] >= 0x80)) {
        at += 1;
    }
    bool is_xml = at < bytes.size && bytes.data[at] == '<';
    return is_xml ? pli_span_spn_parse(name, bytes, book, fault)
                  : pli_span_pa2_parse(name, bytes, book, fault);
}

plm_status
pli_span_read(const char *path, pli_span_book *book, plm_fault *fault) {
    pli_bytes bytes = {.data = NULL};
    plm_status status = pli_input_read(path, PLI_SPAN_FILE_SIZE_MAX, &bytes, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = pli_span_parse(path, bytes, book, fault);
    pli_bytes_finish(&bytes);
    return status;
}
