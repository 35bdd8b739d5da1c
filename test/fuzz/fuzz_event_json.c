/* fuzz_event_json.c: any text is events that survive being written again, or one refusal. SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "io/event_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_again(const plm_event *event) {
    pli_json_writer first = {0};
    PLI_ASSERT(plm_event_check(event, NULL) == PLM_OK);
    PLI_ASSERT(pli_event_json_write(&first, event, NULL) == PLM_OK);
    PLI_ASSERT(first.status == PLM_OK);
    plm_event back;
    pli_bytes line = {.data = (uint8_t *)first.data, .size = first.size};
    PLI_ASSERT(pli_event_json_decode("f", 1, line, &back, NULL) == PLM_OK);
    uint8_t left[PLM_EVENT_SIZE_MAX];
    uint8_t right[PLM_EVENT_SIZE_MAX];
    size_t left_size = 0;
    size_t right_size = 0;
    PLI_ASSERT(plm_event_encode(event, left, sizeof left, &left_size) == PLM_OK);
    PLI_ASSERT(plm_event_encode(&back, right, sizeof right, &right_size) == PLM_OK);
    PLI_ASSERT(left_size == right_size && memcmp(left, right, left_size) == 0);
    pli_json_writer second = {0};
    PLI_ASSERT(pli_event_json_write(&second, &back, NULL) == PLM_OK);
    PLI_ASSERT(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    pli_json_writer_finish(&first);
    pli_json_writer_finish(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    // A decoder reads and never writes; the cast only drops `const`.
    pli_event_lines lines = {.name = "f", .bytes = {(uint8_t *)(uintptr_t)data, size}};
    plm_status status = PLM_OK;
    bool is_end = false;
    while (status == PLM_OK && !is_end) {
        plm_event event;
        plm_fault fault = {0};
        status = pli_event_lines_next(&lines, &event, &is_end, &fault);
        if (status == PLM_OK && !is_end) {
            check_again(&event);
        }
        PLI_ASSERT(status == PLM_OK || strncmp(fault.text, "f:", 2) == 0);
    }
    return 0;
}
