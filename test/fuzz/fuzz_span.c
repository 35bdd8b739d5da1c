/* fuzz_span.c: any bytes give tables that can be margined, or one refusal.            SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "io/span_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HELD_MAX 64u

static unsigned char memory[1 << 22];

static void
margin(const pli_span_file *file) {
    static pli_span_position held[HELD_MAX];
    uint32_t count = file->contract_count < HELD_MAX ? file->contract_count : HELD_MAX;
    for (uint32_t i = 0; i < count; i += 1) {
        held[i] = (pli_span_position){.contract_index = i, .quantity = (int64_t)(i % 7) - 3};
    }
    const pli_span_request request = {.position_count = count,
                                      .positions = held,
                                      .account = PLI_SPAN_ACCOUNT_SPECULATOR,
                                      .is_inter_credit_waived = file->contract_count % 2 == 0};
    pli_arena arena = pli_arena_init(memory, sizeof memory);
    pli_span_result result;
    plm_fault fault = {0};
    plm_status status = pli_span_margin(file, &request, &arena, &result, &fault);
    PLI_ASSERT(status == fault.status);
    for (uint32_t i = 0; status == PLM_OK && i < result.requirement_count; i += 1) {
        const pli_span_requirement *made = &result.requirements[i];
        PLI_ASSERT(made->scan >= 0 && made->intra >= 0 && made->delivery >= 0);
        PLI_ASSERT(made->risk >= made->minimum);
        PLI_ASSERT(made->active_scenario >= 1 && made->active_scenario <= 16);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    // The parser reads and never writes; the cast only drops `const`.
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)data, .size = size};
    pli_span_book book = {0};
    plm_fault fault = {0};
    plm_status status = pli_span_parse("f", bytes, &book, &fault);
    PLI_ASSERT(status == fault.status);
    if (status == PLM_OK) {
        for (uint32_t i = 0; i < book.file.contract_count; i += 1) {
            PLI_ASSERT(book.file.contracts[i].product_index < book.file.product_count);
        }
        margin(&book.file);
    } else {
        PLI_ASSERT(strncmp(fault.text, "f:", 2) == 0);
        PLI_ASSERT(book.pool.chunks == NULL);
    }
    pli_span_book_finish(&book);
    return 0;
}
