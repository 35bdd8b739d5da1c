/* fuzz_chain.c: any chain gives a market that passes its own check, or one refusal.   SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "io/chain_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// What follows a line "--" is the order-book file.
static size_t
split(const uint8_t *data, size_t size) {
    for (size_t i = 0; i + 4 <= size; i += 1) {
        if (memcmp(data + i, "\n--\n", 4) == 0) {
            return i;
        }
    }
    return size;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    // The parser reads and never writes; the casts only drop `const`.
    size_t cut = split(data, size);
    uint8_t *bytes = (uint8_t *)(uintptr_t)data;
    pli_named_bytes text = {.name = "f", .bytes = {.data = bytes, .size = cut}};
    pli_named_bytes books = {.name = "g"};
    if (cut < size) {
        books.bytes = (pli_bytes){.data = bytes + cut + 4, .size = size - cut - 4};
    }
    pli_chain_options options = {.is_crossed_dropped = size % 2 == 0};
    pli_chain_book chain = {0};
    plm_fault fault = {0};
    plm_status status =
        pli_chain_decode(text, cut < size ? &books : NULL, &options, &chain, &fault);
    PLI_ASSERT(status == fault.status);
    if (status == PLM_OK) {
        PLI_ASSERT(pli_book_check(&chain.book, "f", NULL) == PLM_OK);
        PLI_ASSERT(chain.book.listing.instrument_count == chain.row_count + 2);
    } else {
        PLI_ASSERT(strncmp(fault.text, "f:", 2) == 0 || strncmp(fault.text, "g:", 2) == 0);
        PLI_ASSERT(chain.book.pool.chunks == NULL);
    }
    pli_chain_finish(&chain);
    return 0;
}
