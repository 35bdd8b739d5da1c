/* fuzz_event.c: any bytes are one event, and those bytes again, or one refusal.       SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "plimsoll/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static plm_event event;
    plm_fault fault = {0};
    size_t taken = 0;
    plm_status status = plm_event_decode(data, size, &event, &taken, &fault);
    if (status != PLM_OK) {
        PLI_ASSERT(status == PLM_EVENT_TRUNCATED || status == PLM_EVENT_UNKNOWN ||
                   status == PLM_EVENT_MALFORMED);
        PLI_ASSERT(fault.status == status && fault.text[0] != '\0');
        return 0;
    }
    uint8_t again[PLM_EVENT_SIZE_MAX];
    size_t written = 0;
    PLI_ASSERT(taken <= size && taken == event.header.size);
    PLI_ASSERT(plm_event_encode(&event, again, sizeof again, &written) == PLM_OK);
    PLI_ASSERT(written == taken && memcmp(again, data, taken) == 0);
    PLI_ASSERT(plm_event_check(&event, NULL) == PLM_OK);
    return 0;
}
