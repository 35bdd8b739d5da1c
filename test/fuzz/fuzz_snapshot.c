/* fuzz_snapshot.c: a snapshot file of any bytes is refused or is the one that was written.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "base/blake2b.h"
#include "base/endian.h"
#include "rig/disk.h"
#include "store/snapshot.h"

/*
 * The first byte of the input: bit 0, the rest is a list of edits of 4 bytes (three of offset, the new byte) of a sound file,
 * otherwise the rest is the file. Bit 1: the header's checksum is made good again. Bit 2: the one of the bytes too.
 */
#define NAME "snapshot-00000000000000000012"
#define SIZE 900

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_sound(const pli_disk *disk, const uint8_t bytes[SIZE]) {
    pli_snapshot snapshot = {.batch_sequence = 12, .event_sequence_next = 40, .size = SIZE};
    plm_fault fault;
    plm_status status = pli_snapshot_write(disk, &snapshot, bytes, 1, &fault);
    PLI_ASSERT(status == PLM_OK);
}

static void
mend(pli_rig_disk *rig, unsigned mended) {
    size_t size = 0;
    uint8_t block[4096];
    const uint8_t *bytes = pli_rig_disk_bytes(rig, NAME, &size);
    if (size < sizeof block) {
        return;
    }
    memcpy(block, bytes, sizeof block);
    if ((mended & 4) != 0) {
        pli_blake2b_256(bytes + sizeof block, size - sizeof block, block + 136);
    }
    pli_blake2b_256(block, 4064, block + 4064);
    pli_rig_disk_set(rig, NAME, 0, block, sizeof block);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t memory[1 << 17];
    uint8_t bytes[SIZE];
    memset(bytes, 0x3c, sizeof bytes);
    pli_rig_disk *rig = pli_rig_disk_open(0);
    pli_disk disk = pli_rig_disk_view(rig);
    unsigned mode = size > 0 ? data[0] : 1;
    if ((mode & 1) != 0) {
        write_sound(&disk, bytes);
        for (size_t i = 1; i + 4 <= size; i += 4) {
            size_t offset = (size_t)data[i] << 16 | (size_t)data[i + 1] << 8 | data[i + 2];
            pli_rig_disk_set(rig, NAME, offset % (4096 + SIZE), data + i + 3, 1);
        }
    } else {
        pli_rig_disk_set(rig, NAME, 0, data + 1, size - 1);
    }
    if ((mode & 6) != 0) {
        mend(rig, mode);
    }
    pli_snapshot_choice choice;
    plm_fault fault;
    plm_status status =
        pli_snapshot_find(&disk, UINT64_MAX, memory, sizeof memory, &choice, &fault);
    if (status == PLM_OK) {
        PLI_ASSERT(choice.snapshot.batch_sequence == 12);
        PLI_ASSERT(choice.snapshot.size <= sizeof memory);
        PLI_ASSERT((mode & 6) != 0 || memcmp(memory, bytes, sizeof bytes) == 0);
    }
    pli_rig_disk_finish(rig);
    return 0;
}
