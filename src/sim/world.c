/* world.c: seeded small venues and streams of events biased to the edges.              SPDX-License-Identifier: Apache-2.0 */
#include "sim/world.h"

#include "base/assert.h"
#include "base/endian.h"
#include "base/libc.h"
#include "sim/world_draw.h"

enum { TRIES = 8, LARGE_EVERY = 1000, CLIENT_IDS = 24 };

const char *
pli_world_feature_name(uint32_t bit) {
    static const char *const names[] = {
#define FEATURE_NAME(NAME, bit, name, text) name,
        PLI_WORLD_FEATURES(FEATURE_NAME)
#undef FEATURE_NAME
    };
    return bit < PLI_WORLD_FEATURE_COUNT ? names[bit] : NULL;
}

const char *
pli_world_feature_text(uint32_t bit) {
    static const char *const texts[] = {
#define FEATURE_TEXT(NAME, bit, name, text) text,
        PLI_WORLD_FEATURES(FEATURE_TEXT)
#undef FEATURE_TEXT
    };
    return bit < PLI_WORLD_FEATURE_COUNT ? texts[bit] : NULL;
}

void
pli_world_init(pli_world *world, uint64_t seed, uint32_t allowed) {
    memset(world, 0, sizeof *world);
    world->prng = pli_prng_init(seed);
    // Three features in four; one world in eight has them all.
    uint64_t bits = pli_prng_next_u64(&world->prng) | pli_prng_next_u64(&world->prng);
    world->is_large = seed % LARGE_EVERY == 0;
    bool has_all = pli_prng_below(&world->prng, 8) == 0 || world->is_large;
    world->features = (has_all ? PLI_WORLD_ALL : (uint32_t)bits) & PLI_WORLD_ALL & allowed;
    world->expiry_ns =
        PLI_WORLD_START + (int64_t)(1 + pli_prng_below(&world->prng, 30)) * PLM_DAY_NS;
    world->pace_ns = (int64_t[]){20, 300, 2000}[pli_prng_below(&world->prng, 3)] * 1000000;
    world->source_count = pli_prng_below(&world->prng, 3) == 0 ? 20 : 5;
    world->has_scarce_coins = pli_prng_below(&world->prng, 4) == 0;
    world->is_focused = pli_prng_below(&world->prng, 3) == 0;
    world->usual_state = 1 + (uint32_t)pli_prng_below(&world->prng, 4);
    world->patience = pli_prng_below(&world->prng, 3) == 0 ? 100000 : 30;
    // Every draw is a statement: the order in which C evaluates initialisers is the compiler's own.
    uint32_t balances = 2 + (uint32_t)pli_prng_below(&world->prng, 2);
    uint32_t positions = (world->is_large ? 12 : 4) + (uint32_t)pli_prng_below(&world->prng, 3);
    uint32_t orders = 3 + (uint32_t)pli_prng_below(&world->prng, 4);
    uint32_t clients = 4 + (uint32_t)pli_prng_below(&world->prng, 12);
    world->limits = (plm_core_limits){
        .asset_count = 4,
        .underlying_count = 3,
        .instrument_count = world->is_large ? 96 : 7,
        .account_count = world->is_large ? 300 : 8,
        .balance_count = balances,
        .position_count = positions,
        .order_count = orders,
        .signer_count = 5,
        .client_id_count = clients,
        .expiry_count = 3,
        .class_count = 2,
        .history_count = 8,
        .entry_count = world->is_large ? 512 : 128,
        .network_id = 7,
    };
}

void
pli_world_calm(pli_world *world) {
    world->features &= ~(uint32_t)(PLI_WORLD_EDGES | PLI_WORLD_BACKWARDS | PLI_WORLD_CUSTOMERS |
                                   PLI_WORLD_SOURCES | PLI_WORLD_RECORDS | PLI_WORLD_LISTINGS |
                                   PLI_WORLD_EXPIRY | PLI_WORLD_PRICES | PLI_WORLD_SURFACES);
}

void
pli_world_now(pli_world *world, plm_event *event) {
    memset(event, 0, sizeof *event);
    event->header.type = PLM_EVENT_TYPE_TIME;
    event->header.version = 1;
    event->header.size = PLM_EVENT_HEADER_SIZE;
    event->header.time_ns = world->event.header.time_ns;
    event->header.account = PLM_NONE;
}

// Some events come from a customer, with a client id that now and then was used before.
static void
sign(pli_draw *draw) {
    pli_world *world = draw->world;
    plm_event_header *header = &world->event.header;
    if ((world->features & PLI_WORLD_CUSTOMERS) == 0 || !pli_draw_once_in(draw, 4)) {
        return;
    }
    header->signer = pli_draw_once_in(draw, 3) ? pli_draw_below(draw, 6)
                     : header->account < 4     ? 1
                                               : 2;
    if (pli_draw_once_in(draw, 12)) {
        return;
    }
    // Half of them are new, the others were used for something else, or will be.
    world->client += 1;
    uint32_t id = pli_draw_once_in(draw, 2) ? pli_draw_below(draw, CLIENT_IDS) : world->client;
    pli_store_u32(header->client_id, id + 1);
    int64_t ahead = pli_draw_once_in(draw, 20)  ? 2 * PLM_DAY_NS
                    : pli_draw_once_in(draw, 3) ? PLM_DAY_NS / 2
                                                : 0;
    header->deadline_ns =
        header->time_ns + ahead + (int64_t)pli_draw_below(draw, 20) * PLI_SECOND - PLI_SECOND / 2;
}

// Put one field at an edge of its type; taken back where the bytes are no event any more.
static void
sharpen(pli_world *world) {
    const plm_event_kind *kind = plm_event_kind_find(world->event.header.type);
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    if (kind == NULL || kind->field_count == 0) {
        return;
    }
    const plm_event_field *field = &kind->fields[pli_prng_below(&world->prng, kind->field_count)];
    uint32_t at = PLM_EVENT_HEADER_SIZE + field->offset;
    if (field->wire == PLM_WIRE_NAME || field->wire == PLM_WIRE_BYTES) {
        return;
    }
    memcpy(bytes, world->bytes, world->size);
    int64_t value = pli_prng_edge_i64(&world->prng, INT64_MIN, INT64_MAX);
    if (field->wire == PLM_WIRE_U32) {
        pli_store_u32(bytes + at, (uint32_t)pli_prng_edge_i64(&world->prng, 0, UINT32_MAX));
    } else {
        pli_store_i64(bytes + at, value);
    }
    if (field->wire == PLM_WIRE_WIDE && pli_prng_below(&world->prng, 4) == 0) {
        pli_store_i64(bytes + at + 8, pli_prng_edge_i64(&world->prng, INT64_MIN, INT64_MAX));
    }
    plm_event event = world->event;
    size_t size = 0;
    if (plm_event_decode(bytes, world->size, &event, &size, NULL) == PLM_OK) {
        memcpy(world->bytes, bytes, size);
        world->event = event;
    }
}

// Encode and decode what was drawn; false where it is no event.
static bool
settle(pli_world *world) {
    size_t size = 0;
    plm_event drawn = world->event;
    return plm_event_encode(&drawn, world->bytes, sizeof world->bytes, &world->size) == PLM_OK &&
           plm_event_decode(world->bytes, world->size, &world->event, &size, NULL) == PLM_OK;
}

static int64_t
next_time(pli_draw *draw, const plm_core *core) {
    int64_t now = plm_core_time(core).ns;
    now = now < PLI_WORLD_START ? PLI_WORLD_START : now;
    if (pli_draw_once_in(draw, 3)) {
        now += (int64_t)pli_draw_below(draw, (uint32_t)draw->world->pace_ns);
    }
    if ((draw->world->features & PLI_WORLD_EXPIRY) != 0 && pli_draw_once_in(draw, 250)) {
        now += (int64_t)(1 + pli_draw_below(draw, 3)) * PLM_DAY_NS;
    }
    return now;
}

void
pli_world_next(pli_world *world, const plm_core *core) {
    pli_draw draw = {.world = world,
                     .listing = plm_core_listing(core),
                     .market = plm_core_market(core),
                     .core = core,
                     .accounts = plm_core_account_count(core),
                     .sequence = plm_core_sequence(core)};
    draw.time_ns = next_time(&draw, core);
    if (world->step != UINT32_MAX) {
        if (pli_draw_opening(&draw, world->step)) {
            world->step += 1;
            bool is_event = settle(world);
            PLI_ASSERT(is_event);
            return;
        }
        world->step = UINT32_MAX;
    }
    bool is_event = false;
    for (int i = 0; i < TRIES && !is_event; i += 1) {
        pli_draw_business(&draw);
        sign(&draw);
        if ((world->features & PLI_WORLD_BACKWARDS) != 0 && pli_draw_once_in(&draw, 100)) {
            // Behind the state, or so far ahead that no clock can mean it.
            int64_t now_ns = world->event.header.time_ns;
            world->event.header.time_ns =
                pli_draw_once_in(&draw, 3) ? INT64_MAX - now_ns : now_ns - PLM_DAY_NS;
        }
        is_event = settle(world);
    }
    if (!is_event) {
        pli_draw_begin(&draw, PLM_EVENT_TYPE_TIME, PLM_NONE);
        is_event = settle(world);
    }
    PLI_ASSERT(is_event);
    if ((world->features & PLI_WORLD_EDGES) != 0 && pli_draw_once_in(&draw, 5)) {
        sharpen(world);
    }
}
