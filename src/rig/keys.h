/* keys.h: the price sources of a simulated venue hold real keys, and not all of them are honest.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_RIG_KEYS_H
#define PLI_RIG_KEYS_H

#include "crypto/signature.h"
#include "sim/world.h"

#define PLI_KEYS_MAX 64

/* pli_keys - the pairs made so far. */
typedef struct pli_keys {
    uint32_t count;
    pli_key_pair pairs[PLI_KEYS_MAX];
} pli_keys;

/*
 * pli_keys_sign - make the event last drawn one that could have come from outside.
 *
 * SOURCE: what the world drew as its key is the seed of a pair; its public half takes the place. PRICE_REPORT: signed by
 * the key that the state holds for the source, or one time in eight wrongly: a changed bit, another source's key, or the
 * right key over a report for another network.
 */
void pli_keys_sign(pli_keys *keys, pli_world *world, const plm_core *core);

#endif
