/* head.c: the file `head`: up to where the log is known to be durable.                SPDX-License-Identifier: Apache-2.0 */
#include "store/head.h"

#include <string.h>

#include "base/endian.h"
#include "base/text.h"
#include "store/block.h"

#define MAGIC UINT64_C(0x00444145484d4c50) // "PLMHEAD"
#define SLOT_COUNT 2
#define TEMPORARY_NAME "head.tmp"
#define READ_COUNT_MAX 3

static void
encode(const pli_head *head, uint8_t slot[PLI_BLOCK_SIZE]) {
    const pli_log_point *point = &head->point;
    memset(slot, 0, PLI_BLOCK_SIZE);
    pli_store_u64(slot + 16, head->generation);
    pli_store_u64(slot + 24, point->batch_sequence);
    pli_store_u64(slot + 32, point->event_sequence_next);
    pli_store_u64(slot + 40, point->segment_index);
    pli_store_u64(slot + 48, point->segment_offset);
    memcpy(slot + 56, point->chain, sizeof point->chain);
    memcpy(slot + 88, head->identity, sizeof head->identity);
    pli_block_seal(slot, MAGIC);
}

static plm_status
decode(const uint8_t slot[PLI_BLOCK_SIZE], unsigned index, pli_head *head, plm_fault *fault) {
    plm_status status = pli_block_check(slot, MAGIC, PLI_HEAD_NAME, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_head found = {
        .generation = pli_load_u64(slot + 16),
        .point = {.batch_sequence = pli_load_u64(slot + 24),
                  .event_sequence_next = pli_load_u64(slot + 32),
                  .segment_index = pli_load_u64(slot + 40),
                  .segment_offset = pli_load_u64(slot + 48)},
    };
    if (found.generation % SLOT_COUNT != index) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, PLI_HEAD_NAME,
                             ": a slot stands in the place of the other", NULL);
    }
    memcpy(found.point.chain, slot + 56, sizeof found.point.chain);
    memcpy(found.identity, slot + 88, sizeof found.identity);
    *head = found;
    return PLM_OK;
}

// A slot of a newer program outranks a damaged one: that program must open this log, not we.
static plm_status
choose(const uint8_t *slots, pli_head *head, plm_fault *fault) {
    pli_head found[SLOT_COUNT] = {{0}};
    plm_status status[SLOT_COUNT];
    for (unsigned i = 0; i < SLOT_COUNT; i += 1) {
        status[i] = decode(slots + (size_t)i * PLI_BLOCK_SIZE, i, &found[i], fault);
        if (status[i] == PLM_LOG_VERSION) {
            return status[i];
        }
    }
    if (status[0] != PLM_OK && status[1] != PLM_OK) {
        return status[1];
    }
    bool is_single = status[0] != PLM_OK || status[1] != PLM_OK;
    unsigned best = status[0] != PLM_OK ? 1 : 0;
    if (!is_single && found[1].generation > found[0].generation) {
        best = 1;
    }
    *head = found[best];
    head->is_single = is_single;
    return PLM_OK;
}

static plm_status
read_slots(const pli_disk *disk, pli_disk_file file, pli_head *head, plm_fault *fault) {
    uint8_t slots[SLOT_COUNT * PLI_BLOCK_SIZE];
    plm_status status = PLM_LOG_DAMAGED;
    for (unsigned i = 0; i < READ_COUNT_MAX && status == PLM_LOG_DAMAGED; i += 1) {
        size_t count;
        status =
            pli_disk_read(disk, file, (pli_disk_range){.size = sizeof slots}, slots, &count, fault);
        if (status == PLM_OK && count < sizeof slots) {
            return pli_fault_set(fault, PLM_LOG_TRUNCATED, PLI_HEAD_NAME, ": is too short", NULL);
        }
        if (status == PLM_OK) {
            status = choose(slots, head, fault);
        }
    }
    return status;
}

plm_status
pli_head_read(const pli_disk *disk, pli_head *head, plm_fault *fault) {
    pli_disk_file file;
    plm_status status = pli_disk_open(disk, PLI_HEAD_NAME, PLI_DISK_MODE_READ, &file, fault);
    if (status != PLM_OK) {
        return status;
    }
    if (file == PLI_DISK_NONE) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, PLI_HEAD_NAME,
                             ": is missing; restore it from a copy of the directory", NULL);
    }
    status = read_slots(disk, file, head, fault);
    pli_disk_close(disk, file);
    return status;
}

static plm_status
fill_new(const pli_disk *disk, pli_disk_file file, const uint8_t identity[PLI_BLAKE2B_256_SIZE],
         plm_fault *fault) {
    uint8_t slots[SLOT_COUNT * PLI_BLOCK_SIZE];
    pli_head head = {.point = {.event_sequence_next = 1, .segment_offset = PLI_BLOCK_SIZE}};
    memcpy(head.point.chain, identity, sizeof head.point.chain);
    memcpy(head.identity, identity, sizeof head.identity);
    for (unsigned i = 0; i < SLOT_COUNT; i += 1) {
        head.generation = i;
        encode(&head, slots + (size_t)i * PLI_BLOCK_SIZE);
    }
    plm_status status =
        pli_disk_write(disk, file, (pli_disk_range){.size = sizeof slots}, slots, fault);
    return status == PLM_OK ? pli_disk_sync(disk, file, fault) : status;
}

plm_status
pli_head_create(const pli_disk *disk, const uint8_t identity[PLI_BLAKE2B_256_SIZE],
                plm_fault *fault) {
    pli_disk_file file;
    plm_status status = pli_disk_remove(disk, TEMPORARY_NAME, fault);
    if (status == PLM_OK) {
        status = pli_disk_open(disk, TEMPORARY_NAME, PLI_DISK_MODE_CREATE, &file, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    status = fill_new(disk, file, identity, fault);
    pli_disk_close(disk, file);
    if (status == PLM_OK) {
        status = pli_disk_rename(disk, TEMPORARY_NAME, PLI_HEAD_NAME, fault);
    }
    return status == PLM_OK ? pli_disk_sync_directory(disk, fault) : status;
}

plm_status
pli_head_write_again(const pli_disk *disk, pli_disk_file file, const pli_head *head,
                     plm_fault *fault) {
    uint8_t slot[PLI_BLOCK_SIZE];
    encode(head, slot);
    pli_disk_range range = {.offset = head->generation % SLOT_COUNT * PLI_BLOCK_SIZE,
                            .size = sizeof slot};
    plm_status status = pli_disk_write(disk, file, range, slot, fault);
    return status == PLM_OK ? pli_disk_sync(disk, file, fault) : status;
}

plm_status
pli_head_write(const pli_disk *disk, pli_disk_file file, pli_head *head, const pli_log_point *point,
               plm_fault *fault) {
    head->generation += 1;
    head->point = *point;
    return pli_head_write_again(disk, file, head, fault);
}
