/* clients.c: client ids that have been used, remembered until their deadline.          SPDX-License-Identifier: Apache-2.0 */
#include "core/clients.h"

#include "base/assert.h"
#include "base/blake2b.h"
#include "base/libc.h"
#include "base/siphash.h"

uint32_t
pli_clients_slots(uint32_t count) {
    uint32_t slots = 2;
    while (slots < 2 * count) {
        slots *= 2;
    }
    return slots;
}

static pli_client *
entries_of(const plm_core *core, uint32_t signer) {
    return core->clients + (size_t)signer * core->limits.client_id_count;
}

static uint32_t *
slots_of(const plm_core *core, uint32_t signer) {
    return core->client_slots + (size_t)signer * core->client_slot_count;
}

// Signers choose the ids, so where an id lands must not be theirs to choose.
static uint32_t
first_slot(const plm_core *core, const uint8_t id[16]) {
    return (uint32_t)pli_siphash(core->client_key, id, 16) & (core->client_slot_count - 1);
}

const pli_client *
pli_clients_find(const plm_core *core, uint32_t signer, const uint8_t id[16]) {
    const pli_client *entries = entries_of(core, signer);
    const uint32_t *slots = slots_of(core, signer);
    uint32_t slot = first_slot(core, id);
    while (slots[slot] != 0) {
        const pli_client *entry = &entries[slots[slot] - 1];
        if (entry->deadline_ns >= core->time_ns && memcmp(entry->id, id, sizeof entry->id) == 0) {
            return entry;
        }
        slot = (slot + 1) & (core->client_slot_count - 1);
    }
    return NULL;
}

static void
index_entry(plm_core *core, uint32_t signer, uint32_t at) {
    uint32_t *slots = slots_of(core, signer);
    uint32_t slot = first_slot(core, entries_of(core, signer)[at].id);
    while (slots[slot] != 0) {
        slot = (slot + 1) & (core->client_slot_count - 1);
    }
    slots[slot] = at + 1;
}

void
pli_clients_rebuild(plm_core *core, uint32_t signer) {
    const pli_client *entries = entries_of(core, signer);
    pli_signer *of = &core->signers[signer];
    memset(slots_of(core, signer), 0, core->client_slot_count * sizeof core->client_slots[0]);
    of->deadline_first_ns = INT64_MAX;
    for (uint32_t i = 0; i < of->client_count; i += 1) {
        index_entry(core, signer, i);
        if (entries[i].deadline_ns < of->deadline_first_ns) {
            of->deadline_first_ns = entries[i].deadline_ns;
        }
    }
}

void
plm_core_key(plm_core *core, const uint8_t key[PLM_CORE_KEY_SIZE]) {
    memcpy(core->client_key, key, sizeof core->client_key);
    for (uint32_t signer = 0; signer < core->signer_count; signer += 1) {
        pli_clients_rebuild(core, signer);
    }
}

bool
pli_clients_are_sound(const plm_core *core, uint32_t signer) {
    const pli_client *entries = entries_of(core, signer);
    for (uint32_t i = 0; i < core->signers[signer].client_count; i += 1) {
        const uint8_t none[16] = {0};
        if (memcmp(entries[i].id, none, sizeof none) == 0 || entries[i].sequence == 0 ||
            entries[i].sequence > core->sequence ||
            entries[i].deadline_ns - core->time_ns > PLM_EVENT_DEADLINE_MAX_NS ||
            (i > 0 && entries[i].sequence <= entries[i - 1].sequence)) {
            return false;
        }
        // Where an id stands twice only the one that was put in first is found.
        if (entries[i].deadline_ns >= core->time_ns &&
            pli_clients_find(core, signer, entries[i].id) != &entries[i]) {
            return false;
        }
    }
    return true;
}

bool
pli_clients_has_room(plm_core *core, uint32_t signer) {
    pli_signer *of = &core->signers[signer];
    if (of->client_count < core->limits.client_id_count) {
        return true;
    }
    if (of->deadline_first_ns >= core->time_ns) {
        return false;
    }
    pli_client *entries = entries_of(core, signer);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < of->client_count; i += 1) {
        if (entries[i].deadline_ns >= core->time_ns) {
            entries[kept] = entries[i];
            kept += 1;
        }
    }
    of->client_count = kept;
    pli_clients_rebuild(core, signer);
    return kept < core->limits.client_id_count;
}

void
pli_clients_add(plm_core *core, uint32_t signer, const pli_client *client) {
    pli_signer *of = &core->signers[signer];
    PLI_ASSERT(of->client_count < core->limits.client_id_count);
    entries_of(core, signer)[of->client_count] = *client;
    index_entry(core, signer, of->client_count);
    of->client_count += 1;
    if (client->deadline_ns < of->deadline_first_ns) {
        of->deadline_first_ns = client->deadline_ns;
    }
}

void
pli_client_hash(const plm_event *event, uint8_t hash[16]) {
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    size_t size = 0;
    plm_status status = plm_event_encode(event, bytes, sizeof bytes, &size);
    PLI_ASSERT(status == PLM_OK);
    // Sequence and time stand side by side in the header, from byte 8.
    memset(bytes + 8, 0, 16);
    uint8_t full[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_256(bytes, size, full);
    memcpy(hash, full, 16);
}
