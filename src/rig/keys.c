/* keys.c: the price sources of a simulated venue hold real keys, and not all of them are honest.
 * SPDX-License-Identifier: Apache-2.0 */
#include "rig/keys.h"

#include <string.h>

#include "base/assert.h"
#include "engine/engine.h"

static const pli_key_pair *
find(const pli_keys *keys, const uint8_t public_key[PLI_KEY_PUBLIC_SIZE]) {
    for (uint32_t i = 0; i < keys->count; i += 1) {
        if (memcmp(keys->pairs[i].public_key, public_key, PLI_KEY_PUBLIC_SIZE) == 0) {
            return &keys->pairs[i];
        }
    }
    return NULL;
}

static void
take_key(pli_keys *keys, plm_event_source *body) {
    pli_key_pair pair;
    pli_key_pair_from_seed(body->public_key, &pair);
    memcpy(body->public_key, pair.public_key, sizeof body->public_key);
    if (find(keys, pair.public_key) == NULL && keys->count < PLI_KEYS_MAX) {
        keys->pairs[keys->count] = pair;
        keys->count += 1;
    }
}

static void
sign(const pli_keys *keys, pli_world *world, const plm_core *core) {
    plm_event_price_report *body = &world->event.price_report_body;
    plm_feed_source source;
    if (plm_core_source(core, body->underlying_index, body->source_index, &source) != PLM_OK) {
        return;
    }
    const pli_key_pair *pair = find(keys, source.public_key);
    uint64_t way = pli_prng_below(&world->prng, 24);
    if (pair == NULL) {
        return;
    }
    plm_event_price_report signed_body = *body;
    if (way == 0) {
        pair = &keys->pairs[pli_prng_below(&world->prng, keys->count)];
    } else if (way == 1) {
        signed_body.network += 1;
    }
    pli_engine_sign(&signed_body, pair, body->signature);
    if (way == 2) {
        uint64_t bit = pli_prng_below(&world->prng, 8 * sizeof body->signature);
        body->signature[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

void
pli_keys_sign(pli_keys *keys, pli_world *world, const plm_core *core) {
    if (world->event.header.type == PLM_EVENT_TYPE_SOURCE) {
        take_key(keys, &world->event.source_body);
    } else if (world->event.header.type == PLM_EVENT_TYPE_PRICE_REPORT) {
        sign(keys, world, core);
    } else {
        return;
    }
    plm_status status =
        plm_event_encode(&world->event, world->bytes, sizeof world->bytes, &world->size);
    PLI_ASSERT(status == PLM_OK);
}
