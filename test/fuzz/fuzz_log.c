/* fuzz_log.c: a log changed anywhere is refused, or read and recovered as a log of its own, twice the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/blake2b.h"
#include "base/endian.h"
#include "rig/disk.h"
#include "store/log.h"
#include "store/reader.h"

/*
 * The input is a list of edits of 5 bytes: file, three bytes of offset, the new byte. The first byte of the input says which
 * checksums are made good again after the edits, so that what lies behind them is reached too:
 * bit 0 head, bit 1 segment headers, bit 2 chain hashes of the frames as far as sizes lead. Bit 3: read, else open to write.
 */
#define SEGMENT_SIZE 8192
#define BATCH_COUNT 9
#define FILE_COUNT 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[FILE_COUNT] = {"head", "log-00000000000000000000",
                                              "log-00000000000000000001"};
static pli_rig_disk *base;
static void *log_memory;
static void *reader_memory;

static plm_status
open_log(const pli_disk *disk, pli_log **log) {
    pli_log_options options = pli_log_options_default();
    options.segment_size = SEGMENT_SIZE;
    options.may_create = true;
    plm_fault fault;
    return pli_log_open(disk, &options, log_memory, pli_log_size(), log, &fault);
}

static void
make_base(void) {
    log_memory = malloc(pli_log_size());
    reader_memory = malloc(pli_log_reader_size());
    PLI_ASSERT(log_memory != NULL);
    PLI_ASSERT(reader_memory != NULL);
    base = pli_rig_disk_open(1);
    pli_disk disk = pli_rig_disk_view(base);
    pli_log *log;
    plm_fault fault;
    plm_status status = open_log(&disk, &log);
    for (unsigned i = 0; i < BATCH_COUNT && status == PLM_OK; i += 1) {
        uint8_t payload[400];
        memset(payload, (int)i, sizeof payload);
        pli_log_frame frame = {
            .payload = payload, .payload_size = 40 * i, .event_count = 1 + i % 2};
        status = pli_log_append(log, &frame, &fault);
        if (status == PLM_OK) {
            status = pli_log_sync(log, &fault);
        }
    }
    PLI_ASSERT(status == PLM_OK);
    status = pli_log_close(log, &fault);
    PLI_ASSERT(status == PLM_OK);
}

static void
seal(pli_rig_disk *rig, const char *name, size_t offset) {
    size_t size = 0;
    uint8_t block[4096];
    const uint8_t *bytes = pli_rig_disk_bytes(rig, name, &size);
    memcpy(block, bytes + offset, sizeof block);
    pli_blake2b_256(block, 4064, block + 4064);
    pli_rig_disk_set(rig, name, offset, block, sizeof block);
}

static void
chain(pli_rig_disk *rig, const char *name) {
    size_t size = 0;
    uint8_t bytes[SEGMENT_SIZE];
    memcpy(bytes, pli_rig_disk_bytes(rig, name, &size), sizeof bytes);
    for (size_t offset = 4096; offset + 176 <= sizeof bytes;) {
        uint8_t *frame = bytes + offset;
        uint32_t payload_size = pli_load_u32(frame + 44);
        if (payload_size > sizeof bytes - offset - 176) {
            break;
        }
        uint8_t whole[SEGMENT_SIZE];
        memcpy(whole, frame, 144);
        memcpy(whole + 144, frame + 176, payload_size);
        pli_blake2b_256(whole, 144 + (size_t)payload_size, frame + 144);
        size_t next = offset + (176 + (size_t)payload_size + 511) / 512 * 512;
        if (next + 176 <= sizeof bytes && pli_load_u32(bytes + next) != 0) {
            memcpy(bytes + next + 48, frame + 144, 32);
        }
        offset = next;
    }
    pli_rig_disk_set(rig, name, 4096, bytes + 4096, sizeof bytes - 4096);
}

static void
edit(pli_rig_disk *rig, const uint8_t *data, size_t size) {
    for (size_t i = 1; i + 5 <= size; i += 5) {
        const char *name = names[data[i] % FILE_COUNT];
        size_t offset = (size_t)data[i + 1] << 16 | (size_t)data[i + 2] << 8 | data[i + 3];
        pli_rig_disk_set(rig, name, offset % SEGMENT_SIZE, data + i + 4, 1);
    }
    unsigned mended = size > 0 ? data[0] : 0;
    for (unsigned i = 1; i < FILE_COUNT && (mended & 4) != 0; i += 1) {
        chain(rig, names[i]);
    }
    for (unsigned i = 1; i < FILE_COUNT && (mended & 2) != 0; i += 1) {
        seal(rig, names[i], 0);
    }
    if ((mended & 1) != 0) {
        seal(rig, names[0], 0);
        seal(rig, names[0], 4096);
    }
}

// Every frame follows the one before, whatever the bytes say.
static void
read_all(const pli_disk *disk) {
    pli_log_reader *reader;
    pli_log_reader_options options = {.batch_first = 0};
    plm_fault fault;
    if (pli_log_reader_open(disk, &options, reader_memory, pli_log_reader_size(), &reader,
                            &fault) != PLM_OK) {
        return;
    }
    uint64_t count = 0;
    uint64_t event = 0;
    bool is_found = true;
    plm_status status = PLM_OK;
    while (status == PLM_OK && is_found) {
        pli_log_frame frame;
        status = pli_log_reader_next(reader, &frame, &is_found, &fault);
        if (status == PLM_OK && is_found) {
            PLI_ASSERT(count == 0 || frame.event_sequence_first == event);
            PLI_ASSERT(frame.payload_size < SEGMENT_SIZE);
            event = frame.end.event_sequence_next;
            count += 1;
        }
    }
    pli_log_reader_close(reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (base == NULL) {
        make_base();
    }
    pli_rig_disk *rig = pli_rig_disk_copy(base, 0);
    edit(rig, data, size);
    pli_disk disk = pli_rig_disk_view(rig);
    pli_log *log;
    plm_fault fault;
    if (size > 0 && (data[0] & 8) != 0) {
        read_all(&disk);
    } else if (open_log(&disk, &log) == PLM_OK) {
        pli_log_point end = *pli_log_end(log);
        // With every checksum left alone, what opens is what was written; the last batch may be gone where both it and the
        // newest slot of head are damaged, as docs/log-format.md says.
        bool is_mended = size > 0 && (data[0] & 7) != 0;
        PLI_ASSERT(is_mended || end.batch_sequence == BATCH_COUNT ||
                   end.batch_sequence == BATCH_COUNT - 1);
        plm_status status = pli_log_close(log, &fault);
        PLI_ASSERT(status == PLM_OK);
        status = open_log(&disk, &log);
        PLI_ASSERT(status == PLM_OK);
        PLI_ASSERT(pli_log_end(log)->batch_sequence == end.batch_sequence);
        PLI_ASSERT(memcmp(pli_log_end(log)->chain, end.chain, sizeof end.chain) == 0);
        status = pli_log_close(log, &fault);
        PLI_ASSERT(status == PLM_OK);
    }
    pli_rig_disk_finish(rig);
    return 0;
}
