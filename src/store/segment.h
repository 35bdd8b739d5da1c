/* segment.h: the files of a fixed size that hold the frames.                          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STORE_SEGMENT_H
#define PLI_STORE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/disk.h"
#include "store/block.h"
#include "store/frame.h"

/*
 * A segment `log-NNNNNNNNNNNNNNNNNNNN` (its index, 20 digits) begins with one sealed block (store/block.h); frames follow,
 * each at a multiple of the alignment, and zeros to the end.
 *
 *  16 index         u64
 *  24 size          u64  of the file, a multiple of 4096
 *  32 alignment     u32  of its frames, 512 or 4096
 *  36 reserved      u32  zero
 *  40 batch         u64  \
 *  48 event next    u64   | the point before its first frame
 *  56 chain        32 B  /
 *  88 identity     32 B  of the log
 *
 * Invariants [SEGMENT-1] a segment gets its name only when all its bytes are written and synced: a shorter one is damage.
 *            [SEGMENT-2] segment N + 1 exists only where every frame of segment N was synced and `head` tells so.
 */
#define PLI_SEGMENT_SIZE_MIN ((uint64_t)2 * PLI_BLOCK_SIZE)
#define PLI_SEGMENT_SIZE_MAX ((uint64_t)1 << 40)
#define PLI_SEGMENT_TEMPORARY "log.tmp"

typedef struct pli_segment {
    pli_disk_file file;
    uint32_t align;
    uint64_t size;
    pli_log_point start; /* segment_index is its own, segment_offset where its first frame begins */
    uint8_t identity[PLI_BLAKE2B_256_SIZE];
} pli_segment;

/* pli_segment_name - the file name of a segment. */
void pli_segment_name(uint64_t index, char name[PLI_DISK_NAME_SIZE]);

/*
 * pli_number_name - `prefix` and 20 digits.
 * pli_number_from_name - the number where the name is the prefix and 20 digits, else false.
 */
void pli_number_name(const char *prefix, uint64_t number, char name[PLI_DISK_NAME_SIZE]);
bool pli_number_from_name(const char *name, const char *prefix, uint64_t *number);

/*
 * pli_segment_open - a segment with a sound header; segment->file is PLI_DISK_NONE, and nothing else told, where it does
 * not exist.
 *
 * Returns    PLM_OK; PLM_LOG_DAMAGED; PLM_LOG_TRUNCATED the file is shorter than its header says; PLM_LOG_VERSION;
 *            PLM_IO_OPEN, PLM_IO_READ.
 */
PLM_MUST_USE plm_status pli_segment_open(const pli_disk *disk, uint64_t index, pli_disk_mode mode,
                                         pli_segment *segment, plm_fault *fault);

/*
 * pli_segment_prepare - an open, synced file PLI_SEGMENT_TEMPORARY of `size` zeros.
 *
 * The zeros are written, not only reserved: a later sync of bytes in it then has no metadata to carry, and space cannot
 * run out. `zeros` are `zeros_size` bytes of 0. On failure the file is taken away again.
 *
 * Returns    PLM_OK; PLM_LOG_FULL; PLM_IO_OPEN, PLM_IO_WRITE.
 */
PLM_MUST_USE plm_status pli_segment_prepare(const pli_disk *disk, uint64_t size,
                                            const uint8_t *zeros, size_t zeros_size,
                                            pli_disk_file *file, plm_fault *fault);

/* pli_segment_publish - header, sync, name, sync of the directory: the prepared segment->file is part of the log. */
PLM_MUST_USE plm_status pli_segment_publish(const pli_disk *disk, const pli_segment *segment,
                                            plm_fault *fault);

#endif
