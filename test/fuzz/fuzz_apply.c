/* fuzz_apply.c: any events in any order leave a state sound.                             SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>

#include "base/endian.h"
#include "worlds.h"

/*
 * The first byte of the input chooses a venue some way into its life. Then, one after another: a byte of 0 to 127, the event
 * that the venue's stream draws next, with the low three bits' number of edits of three bytes (a place, counted from the end
 * of the header, and what it is changed by); 128 to 255, an event as it stands on the wire.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EFFECTS = 64, CHECK_EVERY = 8, HEADER = 64 };

typedef struct input {
    const uint8_t *data;
    size_t size, at;
} input;

static bool
next_event(input *from, pli_world *world, const plm_core *core, plm_event *event) {
    if (from->at == from->size) {
        return false;
    }
    uint8_t how = from->data[from->at];
    size_t size = 0;
    from->at += 1;
    if (how >= 128) {
        bool is_event = plm_event_decode(from->data + from->at, from->size - from->at, event, &size,
                                         NULL) == PLM_OK;
        from->at += size;
        return is_event;
    }
    pli_world_next(world, core);
    for (uint32_t i = 0; i < (how & 7u) && from->size - from->at >= 3; i += 1) {
        const uint8_t *edit = from->data + from->at;
        world->bytes[(HEADER + pli_load_u16(edit)) % world->size] ^= edit[2];
        from->at += 3;
    }
    if (plm_event_decode(world->bytes, world->size, event, &size, NULL) != PLM_OK) {
        *event = world->event;
    }
    return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static plm_event event;
    static pli_world world;
    if (size == 0) {
        return 0;
    }
    const venue *of = venue_at(data[0]);
    plm_core *core = venue_core(&of->world.limits);
    plm_status status = plm_core_decode(core, of->state, of->size, NULL);
    PLI_ASSERT(status == PLM_OK);
    world = of->world;
    input from = {data, size, 1};
    plm_effect entries[EFFECTS];
    plm_effects effects = {.capacity = EFFECTS, .entries = entries};
    while (next_event(&from, &world, core, &event)) {
        plm_outcome outcome;
        event.header.sequence = 0;
        status = plm_core_apply(core, &event, &effects, &outcome, NULL);
        PLI_ASSERT(status == PLM_OK);
        PLI_ASSERT(outcome.effect_count <= effects.capacity);
        PLI_ASSERT(outcome.sequence % CHECK_EVERY != 0 || plm_core_check(core) == NULL);
    }
    PLI_ASSERT(plm_core_check(core) == NULL);
    return 0;
}
