/* segment.c: the files of a fixed size that hold the frames.                          SPDX-License-Identifier: Apache-2.0 */
#include "store/segment.h"

#include <string.h>

#include "base/assert.h"
#include "base/endian.h"
#include "base/text.h"

#define MAGIC UINT64_C(0x00474f4c534d4c50) // "PLMSLOG"
#define PREFIX "log-"
#define DIGIT_COUNT 20

void
pli_number_name(const char *prefix, uint64_t number, char name[PLI_DISK_NAME_SIZE]) {
    size_t prefix_size = strlen(prefix);
    PLI_ASSERT(prefix_size + DIGIT_COUNT < PLI_DISK_NAME_SIZE);
    memcpy(name, prefix, prefix_size);
    for (size_t i = DIGIT_COUNT; i > 0; i -= 1) {
        name[prefix_size + i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    name[prefix_size + DIGIT_COUNT] = '\0';
}

void
pli_segment_name(uint64_t index, char name[PLI_DISK_NAME_SIZE]) {
    pli_number_name(PREFIX, index, name);
}

bool
pli_number_from_name(const char *name, const char *prefix, uint64_t *number) {
    size_t prefix_size = strlen(prefix);
    if (strlen(name) != prefix_size + DIGIT_COUNT || memcmp(name, prefix, prefix_size) != 0) {
        return false;
    }
    uint64_t value = 0;
    for (const char *digit = name + prefix_size; *digit != '\0'; digit += 1) {
        if (*digit < '0' || *digit > '9' || value > (UINT64_MAX - 9) / 10) {
            return false;
        }
        value = value * 10 + (uint64_t)(*digit - '0');
    }
    *number = value;
    return true;
}

static void
encode(const pli_segment *segment, uint8_t block[PLI_BLOCK_SIZE]) {
    const pli_log_point *start = &segment->start;
    memset(block, 0, PLI_BLOCK_SIZE);
    pli_store_u64(block + 16, start->segment_index);
    pli_store_u64(block + 24, segment->size);
    pli_store_u32(block + 32, segment->align);
    pli_store_u64(block + 40, start->batch_sequence);
    pli_store_u64(block + 48, start->event_sequence_next);
    memcpy(block + 56, start->chain, sizeof start->chain);
    memcpy(block + 88, segment->identity, sizeof segment->identity);
    pli_block_seal(block, MAGIC);
}

static bool
is_sound(const pli_segment *segment, uint64_t index) {
    return segment->start.segment_index == index && segment->size >= PLI_SEGMENT_SIZE_MIN &&
           segment->size <= PLI_SEGMENT_SIZE_MAX && segment->size % PLI_BLOCK_SIZE == 0 &&
           (segment->align == PLI_DISK_SECTOR_SIZE || segment->align == PLI_BLOCK_SIZE);
}

static plm_status
check_header(const uint8_t block[PLI_BLOCK_SIZE], uint64_t index, uint64_t file_size,
             pli_segment *segment, plm_fault *fault) {
    char name[PLI_DISK_NAME_SIZE];
    pli_segment_name(index, name);
    plm_status status = pli_block_check(block, MAGIC, name, fault);
    if (status != PLM_OK) {
        return status;
    }
    segment->size = pli_load_u64(block + 24);
    segment->align = pli_load_u32(block + 32);
    segment->start = (pli_log_point){
        .batch_sequence = pli_load_u64(block + 40),
        .event_sequence_next = pli_load_u64(block + 48),
        .segment_index = pli_load_u64(block + 16),
        .segment_offset = PLI_BLOCK_SIZE,
    };
    memcpy(segment->start.chain, block + 56, sizeof segment->start.chain);
    memcpy(segment->identity, block + 88, sizeof segment->identity);
    if (!is_sound(segment, index)) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, name, ": its header is of another segment",
                             NULL);
    }
    if (file_size < segment->size) {
        return pli_fault_set(fault, PLM_LOG_TRUNCATED, name,
                             ": is shorter than it was made; restore it from a copy", NULL);
    }
    if (file_size > segment->size) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, name, ": is longer than it was made", NULL);
    }
    return PLM_OK;
}

static plm_status
read_header(const pli_disk *disk, uint64_t index, pli_segment *segment, plm_fault *fault) {
    uint8_t block[PLI_BLOCK_SIZE];
    size_t count = 0;
    uint64_t file_size = 0;
    plm_status status = pli_disk_size(disk, segment->file, &file_size, fault);
    if (status == PLM_OK) {
        status = pli_disk_read(disk, segment->file, (pli_disk_range){.size = sizeof block}, block,
                               &count, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (count < sizeof block) {
        char name[PLI_DISK_NAME_SIZE];
        pli_segment_name(index, name);
        return pli_fault_set(fault, PLM_LOG_TRUNCATED, name, ": is shorter than its header", NULL);
    }
    return check_header(block, index, file_size, segment, fault);
}

plm_status
pli_segment_open(const pli_disk *disk, uint64_t index, pli_disk_mode mode, pli_segment *segment,
                 plm_fault *fault) {
    char name[PLI_DISK_NAME_SIZE];
    pli_segment_name(index, name);
    pli_segment found = {.file = PLI_DISK_NONE};
    plm_status status = pli_disk_open(disk, name, mode, &found.file, fault);
    if (status == PLM_OK && found.file != PLI_DISK_NONE) {
        status = read_header(disk, index, &found, fault);
    }
    if (status != PLM_OK) {
        pli_disk_close(disk, found.file);
        return status;
    }
    *segment = found;
    return PLM_OK;
}

static plm_status
fill(const pli_disk *disk, pli_disk_file file, uint64_t size, const uint8_t *zeros,
     size_t zeros_size, plm_fault *fault) {
    plm_status status = pli_disk_reserve(disk, file, size, fault);
    for (uint64_t offset = 0; offset < size && status == PLM_OK; offset += zeros_size) {
        uint64_t rest = size - offset;
        pli_disk_range range = {.offset = offset,
                                .size = rest < zeros_size ? (size_t)rest : zeros_size};
        status = pli_disk_write(disk, file, range, zeros, fault);
    }
    return status == PLM_OK ? pli_disk_sync(disk, file, fault) : status;
}

plm_status
pli_segment_prepare(const pli_disk *disk, uint64_t size, const uint8_t *zeros, size_t zeros_size,
                    pli_disk_file *file, plm_fault *fault) {
    pli_disk_file made;
    plm_status status = pli_disk_remove(disk, PLI_SEGMENT_TEMPORARY, fault);
    if (status == PLM_OK) {
        status = pli_disk_open(disk, PLI_SEGMENT_TEMPORARY, PLI_DISK_MODE_CREATE, &made, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    status = fill(disk, made, size, zeros, zeros_size, fault);
    if (status != PLM_OK) {
        pli_disk_close(disk, made);
        // The first failure is the one to tell; what stays behind here is removed before the next try.
        plm_status ignored = pli_disk_remove(disk, PLI_SEGMENT_TEMPORARY, NULL);
        (void)ignored;
        return status;
    }
    *file = made;
    return PLM_OK;
}

plm_status
pli_segment_publish(const pli_disk *disk, const pli_segment *segment, plm_fault *fault) {
    uint8_t block[PLI_BLOCK_SIZE];
    char name[PLI_DISK_NAME_SIZE];
    encode(segment, block);
    pli_segment_name(segment->start.segment_index, name);
    plm_status status =
        pli_disk_write(disk, segment->file, (pli_disk_range){.size = sizeof block}, block, fault);
    if (status == PLM_OK) {
        status = pli_disk_sync(disk, segment->file, fault);
    }
    if (status == PLM_OK) {
        status = pli_disk_rename(disk, PLI_SEGMENT_TEMPORARY, name, fault);
    }
    return status == PLM_OK ? pli_disk_sync_directory(disk, fault) : status;
}
