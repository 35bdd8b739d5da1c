/* fuzz_market.c: any bytes give a sound market or one refusal; what is written reads. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "io/json.h"
#include "io/market_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static plm_status
decode(const uint8_t *data, size_t size, pli_market_book *book) {
    // The parser reads and never writes; the cast only drops `const`.
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)data, .size = size};
    pli_document document = {0};
    plm_fault fault = {0};
    plm_status status = pli_json_parse("f", bytes, &document, &fault);
    if (status == PLM_OK) {
        status = pli_market_decode(&document, book, &fault);
    }
    pli_document_finish(&document);
    PLI_ASSERT(status == fault.status);
    PLI_ASSERT(status == PLM_OK || strncmp(fault.text, "f:", 2) == 0);
    return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pli_market_book book = {0};
    if (decode(data, size, &book) != PLM_OK) {
        PLI_ASSERT(book.pool.chunks == NULL);
        return 0;
    }
    pli_json_writer first = {0};
    pli_json_writer second = {.indent = 0};
    pli_market_write(&book, &first);
    PLI_ASSERT(first.status == PLM_OK);
    pli_market_book again = {0};
    PLI_ASSERT(decode((const uint8_t *)first.data, first.size, &again) == PLM_OK);
    pli_market_write(&again, &second);
    PLI_ASSERT(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    pli_json_writer_finish(&first);
    pli_json_writer_finish(&second);
    pli_book_finish(&book);
    pli_book_finish(&again);
    return 0;
}
