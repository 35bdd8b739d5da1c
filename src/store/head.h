/* head.h: the file `head`: up to where the log is known to be durable.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STORE_HEAD_H
#define PLI_STORE_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "os/disk.h"
#include "store/frame.h"

/*
 * Two slots of one sealed block each (store/block.h), written in turn; the one of the higher generation counts.
 *
 *  16 generation    u64  of this slot; its lowest bit is the slot's index
 *  24 batch         u64  \
 *  32 event next    u64   | the point up to which every frame was synced
 *  40 segment       u64   | before this slot was written
 *  48 offset        u64   |
 *  56 chain        32 B  /
 *  88 identity     32 B  of the log
 *
 * Invariants [HEAD-1] a slot is written only after every frame it tells of was synced.
 *            [HEAD-2] a slot is written only after the other one was synced: a torn write leaves one whole.
 */
#define PLI_HEAD_NAME "head"

typedef struct pli_head {
    uint64_t generation;
    pli_log_point point;
    uint8_t identity[PLI_BLAKE2B_256_SIZE];
    bool is_single; /* only one slot was whole */
} pli_head;

/*
 * pli_head_read - the slot that counts.
 *
 * A slot that is being written by another process fails its checksum, the other one does not; if both do, they are read
 * again, twice.
 *
 * Returns    PLM_OK; PLM_LOG_DAMAGED no whole slot or no file; PLM_LOG_TRUNCATED the file is too short;
 *            PLM_LOG_VERSION; PLM_IO_OPEN, PLM_IO_READ.
 */
PLM_MUST_USE plm_status pli_head_read(const pli_disk *disk, pli_head *head, plm_fault *fault);

/* pli_head_create - the durable file `head` of an empty log. Returns PLM_OK or what the disk says. */
PLM_MUST_USE plm_status pli_head_create(const pli_disk *disk,
                                        const uint8_t identity[PLI_BLAKE2B_256_SIZE],
                                        plm_fault *fault);

/* pli_head_write - raise the generation, write `point` into the older slot of the open `file`, and sync it. */
PLM_MUST_USE plm_status pli_head_write(const pli_disk *disk, pli_disk_file file, pli_head *head,
                                       const pli_log_point *point, plm_fault *fault);

/*
 * pli_head_write_again - write the slot that counts once more where it stands, and sync it.
 *
 * After a head sync that failed, that slot may stand in the system's memory alone; writing the other one now could lose
 * both [HEAD-2].
 */
PLM_MUST_USE plm_status pli_head_write_again(const pli_disk *disk, pli_disk_file file,
                                             const pli_head *head, plm_fault *fault);

#endif
