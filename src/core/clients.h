/* clients.h: client ids that have been used, remembered until their deadline.          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_CLIENTS_H
#define PLI_CORE_CLIENTS_H

#include "core/state.h"

/*
 * One table per signer: entries in the order of acceptance, and an open-addressed index over their ids. Entries past their
 * deadline count as absent; they leave when the table is full, so the index never decides an answer.
 * The index is keyed (plm_core_key): no choice of ids makes its chains long without the key. Neither is part of the state.
 *
 * Invariants [CLIENTS-1] of one id at most one entry is not past its deadline [L8].
 *            [CLIENTS-2] entries stand in rising sequence.
 */

/* pli_clients_slots - index slots for a table of `count` entries: a power of two, at least twice the count. */
uint32_t pli_clients_slots(uint32_t count);

/* pli_clients_find - the entry of `id` that is not past its deadline at the state's time, or NULL. */
const pli_client *pli_clients_find(const plm_core *core, uint32_t signer, const uint8_t id[16]);

/* pli_clients_has_room - is there room for one more, once those past their deadline are gone? */
bool pli_clients_has_room(plm_core *core, uint32_t signer);

/* pli_clients_add - remember an id; it has no entry, and there is room (asserted). */
void pli_clients_add(plm_core *core, uint32_t signer, const pli_client *client);

/* pli_clients_are_sound - do [CLIENTS-1] and [CLIENTS-2] hold, and has every entry an id and a sequence of the past? */
bool pli_clients_are_sound(const plm_core *core, uint32_t signer);

/* pli_clients_rebuild - the index of a signer's entries anew. */
void pli_clients_rebuild(plm_core *core, uint32_t signer);

/* pli_client_hash - 16 bytes of BLAKE2b-256 of the event's bytes with sequence and time zero. */
void pli_client_hash(const plm_event *event, uint8_t hash[16]);

#endif
