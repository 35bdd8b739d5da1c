/* fuzz_state.c: any bytes are refused as a state or give a sound one that goes on.       SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "plimsoll/core.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Those of the seeds in the corpus.
static const plm_core_limits limits = {.asset_count = 2,
                                       .underlying_count = 2,
                                       .instrument_count = 5,
                                       .account_count = 6,
                                       .balance_count = 2,
                                       .position_count = 4,
                                       .order_count = 4,
                                       .signer_count = 4,
                                       .client_id_count = 2,
                                       .expiry_count = 2,
                                       .class_count = 2,
                                       .history_count = 4,
                                       .entry_count = 64,
                                       .network_id = 7};

// Compares what is written with the bytes that were read.
typedef struct reread {
    const uint8_t *bytes;
    size_t size, at;
} reread;

static void
compare(void *context, const uint8_t *bytes, size_t size) {
    reread *from = context;
    PLI_ASSERT(size <= from->size - from->at);
    PLI_ASSERT(memcmp(bytes, from->bytes + from->at, size) == 0);
    from->at += size;
}

static void
apply_some(plm_core *core) {
    static plm_event event;
    for (uint32_t i = 0; plm_event_kind_at(i) != NULL; i += 1) {
        plm_outcome outcome;
        memset(&event, 0, sizeof event);
        event.header.type = (uint16_t)plm_event_kind_at(i)->type;
        event.header.version = plm_event_kind_at(i)->version;
        event.header.time_ns = plm_core_time(core).ns;
        if (event.header.type == PLM_EVENT_TYPE_TRADE) {
            event.trade_body.maker_account = 4;
            event.trade_body.lots = 1;
            event.trade_body.price_e8 = INT64_C(10000000000000);
        }
        if (event.header.type == PLM_EVENT_TYPE_CONTINUE) {
            event.continue_body.step_count = 3;
        }
        PLI_ASSERT(plm_core_apply(core, &event, NULL, &outcome, NULL) == PLM_OK);
        PLI_ASSERT(plm_core_check(core) == NULL);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void *memory;
    size_t needed = plm_core_size(&limits);
    if (memory == NULL) {
        memory = aligned_alloc(64, needed);
        PLI_ASSERT(memory != NULL);
    }
    plm_core *core = NULL;
    PLI_ASSERT(plm_core_init(&limits, memory, needed, &core, NULL) == PLM_OK);
    plm_fault fault = {0};
    plm_status status = plm_core_decode(core, data, size, &fault);
    PLI_ASSERT(status == fault.status);
    if (status != PLM_OK) {
        return 0;
    }
    reread from = {data, size, 0};
    plm_core_encode(core, compare, &from);
    PLI_ASSERT(from.at == size);
    apply_some(core);
    return 0;
}
