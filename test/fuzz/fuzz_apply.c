/* fuzz_apply.c: any events in any order leave a state sound.                             SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>

#include "base/assert.h"
#include "plimsoll/core.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const plm_core_limits limits = {.asset_count = 3,
                                       .underlying_count = 3,
                                       .instrument_count = 8,
                                       .account_count = 8,
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

// The seeds list a venue first; what the bytes spoil of it is part of the game.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void *memory;
    static plm_event event;
    size_t needed = plm_core_size(&limits);
    if (memory == NULL) {
        memory = aligned_alloc(64, needed);
        PLI_ASSERT(memory != NULL);
    }
    plm_core *core = NULL;
    PLI_ASSERT(plm_core_init(&limits, memory, needed, &core, NULL) == PLM_OK);
    size_t at = 0;
    size_t one = 0;
    plm_effect entries[64];
    plm_effects effects = {.capacity = 64, .entries = entries};
    while (plm_event_decode(data + at, size - at, &event, &one, NULL) == PLM_OK) {
        plm_outcome outcome;
        at += one;
        event.header.sequence = 0;
        PLI_ASSERT(plm_core_apply(core, &event, &effects, &outcome, NULL) == PLM_OK);
        PLI_ASSERT(outcome.effect_count <= effects.capacity);
        PLI_ASSERT(outcome.sequence % 8 != 0 || plm_core_check(core) == NULL);
    }
    PLI_ASSERT(plm_core_check(core) == NULL);
    return 0;
}
