/* snapshot.c: the whole state at one batch as a file, put in place in one step.       SPDX-License-Identifier: Apache-2.0 */
#include "store/snapshot.h"

#include <stdbool.h>
#include <string.h>

#include "base/assert.h"
#include "base/endian.h"
#include "base/text.h"
#include "store/block.h"
#include "store/segment.h"

#define MAGIC UINT64_C(0x0050414e534d4c50) // "PLMSNAP"
#define PREFIX "snapshot-"
#define TEMPORARY_NAME "snapshot.tmp"
#define CHECKSUM 136

static void
name_of(uint64_t batch, char name[PLI_DISK_NAME_SIZE]) {
    pli_number_name(PREFIX, batch, name);
}

static void
encode(const pli_snapshot *snapshot, const void *bytes, uint8_t block[PLI_BLOCK_SIZE]) {
    memset(block, 0, PLI_BLOCK_SIZE);
    pli_store_u64(block + 16, snapshot->batch_sequence);
    pli_store_u64(block + 24, snapshot->event_sequence_next);
    pli_store_u64(block + 32, snapshot->size);
    memcpy(block + 40, snapshot->chain, sizeof snapshot->chain);
    memcpy(block + 72, snapshot->state_digest, sizeof snapshot->state_digest);
    memcpy(block + 104, snapshot->identity, sizeof snapshot->identity);
    pli_blake2b_256(bytes, (size_t)snapshot->size, block + CHECKSUM);
    pli_block_seal(block, MAGIC);
}

static plm_status
write_new(const pli_disk *disk, pli_disk_file file, const pli_snapshot *snapshot, const void *bytes,
          plm_fault *fault) {
    uint8_t block[PLI_BLOCK_SIZE];
    encode(snapshot, bytes, block);
    plm_status status =
        pli_disk_write(disk, file, (pli_disk_range){.size = sizeof block}, block, fault);
    if (status == PLM_OK && snapshot->size > 0) {
        pli_disk_range range = {.offset = PLI_BLOCK_SIZE, .size = (size_t)snapshot->size};
        status = pli_disk_write(disk, file, range, bytes, fault);
    }
    return status == PLM_OK ? pli_disk_sync(disk, file, fault) : status;
}

static plm_status
put_in_place(const pli_disk *disk, const pli_snapshot *snapshot, const void *bytes,
             plm_fault *fault) {
    pli_disk_file file;
    plm_status status = pli_disk_remove(disk, TEMPORARY_NAME, fault);
    if (status == PLM_OK) {
        status = pli_disk_open(disk, TEMPORARY_NAME, PLI_DISK_MODE_CREATE, &file, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    status = write_new(disk, file, snapshot, bytes, fault);
    pli_disk_close(disk, file);
    if (status == PLM_OK) {
        char name[PLI_DISK_NAME_SIZE];
        name_of(snapshot->batch_sequence, name);
        status = pli_disk_rename(disk, TEMPORARY_NAME, name, fault);
    }
    if (status == PLM_OK) {
        return pli_disk_sync_directory(disk, fault);
    }
    // The first failure is the one to tell; on a full disk the space is given back at once.
    plm_status ignored = pli_disk_remove(disk, TEMPORARY_NAME, NULL);
    (void)ignored;
    return status;
}

plm_status
pli_snapshot_write(const pli_disk *disk, const pli_snapshot *snapshot, const void *bytes,
                   unsigned retained_count, plm_fault *fault) {
    PLI_ASSERT(retained_count > 0);
    plm_status status = put_in_place(disk, snapshot, bytes, fault);
    uint64_t batch = snapshot->batch_sequence;
    for (unsigned i = 1; i < retained_count && status == PLM_OK; i += 1) {
        status = pli_snapshot_next_below(disk, batch, &batch, fault);
    }
    while (status == PLM_OK) {
        status = pli_snapshot_next_below(disk, batch, &batch, fault);
        if (status == PLM_OK) {
            char name[PLI_DISK_NAME_SIZE];
            name_of(batch, name);
            status = pli_disk_remove(disk, name, fault);
        }
    }
    return status == PLM_SNAPSHOT_NONE ? PLM_OK : status;
}

typedef struct search {
    uint64_t below;
    uint64_t best;
    bool has_best;
} search;

static void
visit(void *argument, const char *name) {
    search *wanted = argument;
    uint64_t batch;
    if (pli_number_from_name(name, PREFIX, &batch) && batch < wanted->below &&
        (!wanted->has_best || batch > wanted->best)) {
        wanted->best = batch;
        wanted->has_best = true;
    }
}

plm_status
pli_snapshot_next_below(const pli_disk *disk, uint64_t batch, uint64_t *found, plm_fault *fault) {
    search wanted = {.below = batch};
    plm_status status = pli_disk_list(disk, visit, &wanted, fault);
    if (status != PLM_OK) {
        return status;
    }
    if (!wanted.has_best) {
        return pli_fault_set(fault, PLM_SNAPSHOT_NONE, "there is no snapshot", NULL, NULL);
    }
    *found = wanted.best;
    return PLM_OK;
}

static plm_status
decode(const uint8_t block[PLI_BLOCK_SIZE], uint64_t batch, uint64_t file_size,
       pli_snapshot *snapshot, plm_fault *fault) {
    char name[PLI_DISK_NAME_SIZE];
    name_of(batch, name);
    plm_status status = pli_block_check(block, MAGIC, name, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_snapshot found = {
        .batch_sequence = pli_load_u64(block + 16),
        .event_sequence_next = pli_load_u64(block + 24),
        .size = pli_load_u64(block + 32),
    };
    memcpy(found.chain, block + 40, sizeof found.chain);
    memcpy(found.state_digest, block + 72, sizeof found.state_digest);
    memcpy(found.identity, block + 104, sizeof found.identity);
    if (found.batch_sequence != batch || found.size > UINT64_MAX - PLI_BLOCK_SIZE) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, name, ": is of another batch", NULL);
    }
    if (file_size < found.size + PLI_BLOCK_SIZE) {
        return pli_fault_set(fault, PLM_LOG_TRUNCATED, name, ": is shorter than it was made", NULL);
    }
    if (file_size > found.size + PLI_BLOCK_SIZE) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, name, ": is longer than it was made", NULL);
    }
    *snapshot = found;
    return PLM_OK;
}

// The open file of a snapshot, and its header as bytes and as read.
typedef struct opened {
    pli_disk_file file;
    pli_snapshot snapshot;
    uint8_t block[PLI_BLOCK_SIZE];
} opened;

static plm_status
read_header(const pli_disk *disk, uint64_t batch, opened *made, plm_fault *fault) {
    uint64_t size = 0;
    size_t count = 0;
    plm_status status = pli_disk_size(disk, made->file, &size, fault);
    if (status == PLM_OK) {
        pli_disk_range range = {.size = sizeof made->block};
        status = pli_disk_read(disk, made->file, range, made->block, &count, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (count < sizeof made->block) {
        char name[PLI_DISK_NAME_SIZE];
        name_of(batch, name);
        return pli_fault_set(fault, PLM_LOG_TRUNCATED, name, ": is shorter than its header", NULL);
    }
    return decode(made->block, batch, size, &made->snapshot, fault);
}

static plm_status
open_snapshot(const pli_disk *disk, uint64_t batch, opened *made, plm_fault *fault) {
    char name[PLI_DISK_NAME_SIZE];
    name_of(batch, name);
    plm_status status = pli_disk_open(disk, name, PLI_DISK_MODE_READ, &made->file, fault);
    if (status != PLM_OK) {
        return status;
    }
    if (made->file == PLI_DISK_NONE) {
        return pli_fault_set(fault, PLM_SNAPSHOT_NONE, name, ": does not exist", NULL);
    }
    status = read_header(disk, batch, made, fault);
    if (status != PLM_OK) {
        pli_disk_close(disk, made->file);
    }
    return status;
}

static plm_status
read_bytes(const pli_disk *disk, const opened *made, void *memory, size_t memory_size,
           plm_fault *fault) {
    const pli_snapshot *snapshot = &made->snapshot;
    if (snapshot->size > memory_size) {
        return pli_fault_set_range(fault, PLM_WORKSPACE_SMALL, "memory for the snapshot in bytes",
                                   memory_size > INT64_MAX ? INT64_MAX : (int64_t)memory_size,
                                   (int64_t)snapshot->size, INT64_MAX);
    }
    size_t count = 0;
    pli_disk_range range = {.offset = PLI_BLOCK_SIZE, .size = (size_t)snapshot->size};
    plm_status status = pli_disk_read(disk, made->file, range, memory, &count, fault);
    if (status != PLM_OK) {
        return status;
    }
    char name[PLI_DISK_NAME_SIZE];
    name_of(snapshot->batch_sequence, name);
    if (count < range.size) {
        return pli_fault_set(fault, PLM_LOG_TRUNCATED, name, ": is shorter than it was made", NULL);
    }
    uint8_t seen[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_256(memory, range.size, seen);
    if (memcmp(seen, made->block + CHECKSUM, sizeof seen) != 0) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, name, ": does not fit its checksum", NULL);
    }
    return PLM_OK;
}

plm_status
pli_snapshot_describe(const pli_disk *disk, uint64_t batch_sequence, pli_snapshot *snapshot,
                      plm_fault *fault) {
    opened made;
    plm_status status = open_snapshot(disk, batch_sequence, &made, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_disk_close(disk, made.file);
    *snapshot = made.snapshot;
    return PLM_OK;
}

plm_status
pli_snapshot_read(const pli_disk *disk, uint64_t batch_sequence, void *memory, size_t memory_size,
                  pli_snapshot *snapshot, plm_fault *fault) {
    opened made;
    plm_status status = open_snapshot(disk, batch_sequence, &made, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = read_bytes(disk, &made, memory, memory_size, fault);
    pli_disk_close(disk, made.file);
    if (status == PLM_OK) {
        *snapshot = made.snapshot;
    }
    return status;
}

static bool
is_passed_over(plm_status status) {
    return status == PLM_LOG_DAMAGED || status == PLM_LOG_TRUNCATED;
}

plm_status
pli_snapshot_find(const pli_disk *disk, uint64_t batch_max, void *memory, size_t memory_size,
                  pli_snapshot_choice *choice, plm_fault *fault) {
    pli_snapshot_choice made = {.refused = {.status = PLM_OK}};
    uint64_t batch = batch_max == UINT64_MAX ? batch_max : batch_max + 1;
    for (;;) {
        plm_status status = pli_snapshot_next_below(disk, batch, &batch, fault);
        if (status == PLM_SNAPSHOT_NONE && made.refused_count > 0) {
            return pli_fault_set(fault, status, made.refused.text, NULL, NULL);
        }
        if (status != PLM_OK) {
            return status;
        }
        plm_fault detail;
        status = pli_snapshot_read(disk, batch, memory, memory_size, &made.snapshot, &detail);
        if (status == PLM_OK) {
            *choice = made;
            return PLM_OK;
        }
        if (!is_passed_over(status)) {
            return pli_fault_set(fault, status, detail.text, NULL, NULL);
        }
        made.refused = made.refused_count == 0 ? detail : made.refused;
        made.refused_count += 1;
    }
}
