/* fuzz_state.c: any bytes are refused as a state or give a sound one that goes on.       SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "worlds.h"

/*
 * The first byte of the input: bits 0 to 2, a venue; bit 7, the rest is the state, otherwise it is a list of edits of 5
 * bytes of that venue's state: three of offset, how many bytes from 1 to 16 are changed (low bits) and by which rule (high
 * bits), and a value.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS = 6 };

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
apply_one(plm_core *core, const plm_event *event) {
    plm_outcome outcome;
    plm_status status = plm_core_apply(core, event, NULL, &outcome, NULL);
    PLI_ASSERT(status == PLM_OK);
    PLI_ASSERT(plm_core_check(core) == NULL);
}

static void
apply_every_kind(plm_core *core) {
    static plm_event event;
    for (uint32_t i = 0; plm_event_kind_at(i) != NULL; i += 1) {
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
        apply_one(core, &event);
    }
}

static void
edit(uint8_t *state, size_t size, const uint8_t *how) {
    size_t offset = ((size_t)how[0] << 16 | (size_t)how[1] << 8 | how[2]) % size;
    size_t count = 1u + (how[3] & 15u);
    for (size_t i = offset; i < size && i < offset + count; i += 1) {
        switch (how[3] >> 6) {
        case 0:
            state[i] = how[4];
            break;
        case 1:
            state[i] = (uint8_t)(state[i] + how[4]);
            break;
        case 2:
            state[i] ^= how[4];
            break;
        default: // another place's bytes
            state[i] = state[(i + 256 * (size_t)how[4]) % size];
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t edited[STATE_SIZE_MAX];
    if (size == 0) {
        return 0;
    }
    const venue *of = venue_at(data[0]);
    const uint8_t *state = data + 1;
    size_t state_size = size - 1;
    if ((data[0] & 0x80) == 0) {
        memcpy(edited, of->state, of->size);
        for (size_t i = 1; i + 5 <= size; i += 5) {
            edit(edited, of->size, data + i);
        }
        state = edited;
        state_size = of->size;
    }
    plm_core *core = venue_core(&of->world.limits);
    plm_fault fault = {0};
    plm_status status = plm_core_decode(core, state, state_size, &fault);
    PLI_ASSERT(status == fault.status);
    if (status != PLM_OK) {
        return 0;
    }
    reread from = {state, state_size, 0};
    plm_core_encode(core, compare, &from);
    PLI_ASSERT(from.at == state_size);
    static pli_world world;
    world = of->world;
    for (uint32_t i = 0; i < EVENTS; i += 1) {
        pli_world_next(&world, core);
        apply_one(core, &world.event);
    }
    apply_every_kind(core);
    return 0;
}
