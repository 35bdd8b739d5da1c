/* clients.c: client ids that have been used, remembered until their deadline.          SPDX-License-Identifier: Apache-2.0 */
#include "core/clients.h"

#include "base/assert.h"
#include "base/blake2b.h"
#include "base/endian.h"
#include "base/libc.h"

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

// Finalizer of SplitMix64 over both halves.
static uint32_t
first_slot(const plm_core *core, const uint8_t id[16]) {
    uint64_t mixed = pli_load_u64(id) ^ (pli_load_u64(id + 8) * UINT64_C(0x9e3779b97f4a7c15));
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(mixed ^ (mixed >> 31)) & (core->client_slot_count - 1);
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
