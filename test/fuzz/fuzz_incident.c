/* fuzz_incident.c: any bytes give an incident whose tables hold together, or one refusal. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "io/incident_json.h"
#include "io/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    // The parser reads and never writes; the cast only drops `const`.
    const pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)data, .size = size};
    pli_document document = {0};
    if (pli_json_parse("f", bytes, &document, NULL) != PLM_OK) {
        return 0;
    }
    pli_incident_book book = {0};
    plm_fault fault = {0};
    plm_status status = pli_incident_decode(&document, &book, &fault);
    PLI_ASSERT(status == fault.status);
    PLI_ASSERT(status == PLM_OK || strncmp(fault.text, "f:", 2) == 0);
    int64_t last_ms = 0;
    for (uint32_t i = 0; i < book.incident.event_count; i += 1) {
        const pli_incident_event *event = &book.incident.events[i];
        PLI_ASSERT(event->kind > PLI_INCIDENT_NONE);
        PLI_ASSERT(event->sequence == i + 1);
        PLI_ASSERT(event->time_ms >= last_ms);
        PLI_ASSERT(event->account != NULL);
        last_ms = event->time_ms;
    }
    pli_incident_finish(&book);
    pli_document_finish(&document);
    return 0;
}
