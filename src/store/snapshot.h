/* snapshot.h: the whole state at one batch as a file, put in place in one step.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STORE_SNAPSHOT_H
#define PLI_STORE_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "os/disk.h"
#include "plimsoll/status.h"
#include "store/frame.h"

/*
 * A file `snapshot-NNNNNNNNNNNNNNNNNNNN` (the batch, 20 digits): one sealed block (store/block.h), then the caller's bytes.
 *
 *  16 batch         u64  last batch that the state holds
 *  24 event next    u64  first event that it does not hold
 *  32 size          u64  of the bytes that follow; the file ends with them
 *  40 chain        32 B  chain hash of the log after that batch
 *  72 state digest 32 B  the caller's digest of the state
 * 104 identity     32 B  of the log
 * 136 checksum     32 B  BLAKE2b-256 of the bytes that follow
 */
typedef struct pli_snapshot {
    uint64_t batch_sequence;
    uint64_t event_sequence_next;
    uint64_t size;
    uint8_t chain[PLI_BLAKE2B_256_SIZE];
    uint8_t state_digest[PLI_BLAKE2B_256_SIZE];
    uint8_t identity[PLI_BLAKE2B_256_SIZE];
} pli_snapshot;

/*
 * pli_snapshot_write - make `snapshot->size` bytes the durable snapshot of its batch, and take away all but the newest
 * `retained_count` (1 or more, asserted), this one among them.
 *
 * Take it of what the log has acknowledged, or a start after a crash finds a snapshot that is ahead of its log. Written
 * under another name, synced, renamed, directory synced: a crash leaves the old files or the new one too, never none.
 * The log is not touched, and a failure here does not end it.
 *
 * Returns    PLM_OK; PLM_LOG_FULL, PLM_IO_OPEN, PLM_IO_WRITE, PLM_IO_READ: the older snapshots are still there.
 */
PLM_MUST_USE plm_status pli_snapshot_write(const pli_disk *disk, const pli_snapshot *snapshot,
                                           const void *bytes, unsigned retained_count,
                                           plm_fault *fault);

/*
 * pli_snapshot_choice - the snapshot that was found, and why newer ones were passed over.
 */
typedef struct pli_snapshot_choice {
    pli_snapshot snapshot;
    unsigned refused_count; /* newer ones, up to `batch_max`, that could not be used */
    plm_fault refused;      /* of the newest of them; status PLM_OK where there is none */
} pli_snapshot_choice;

/*
 * pli_snapshot_find - read the newest snapshot of a batch up to `batch_max` (the log's last) that is whole.
 *
 * Compare its identity with the log's, and its chain with the frame of its batch where one is read.
 *
 * Returns    PLM_OK               the bytes stand in `memory`.
 *            PLM_SNAPSHOT_NONE    there is none that can be used; *fault tells why the newest was refused, if there is one.
 *            PLM_WORKSPACE_SMALL  the newest whole one does not fit; *fault tells its size.
 *            PLM_LOG_VERSION      the newest was written by a program of another format, as was the log then.
 *            PLM_IO_OPEN, PLM_IO_READ.
 */
PLM_MUST_USE plm_status pli_snapshot_find(const pli_disk *disk, uint64_t batch_max, void *memory,
                                          size_t memory_size, pli_snapshot_choice *choice,
                                          plm_fault *fault);

/*
 * pli_snapshot_read - read the snapshot of exactly this batch.
 *
 * Returns    as pli_snapshot_find; PLM_LOG_DAMAGED a checksum, PLM_LOG_TRUNCATED the file is too short.
 */
PLM_MUST_USE plm_status pli_snapshot_read(const pli_disk *disk, uint64_t batch_sequence,
                                          void *memory, size_t memory_size, pli_snapshot *snapshot,
                                          plm_fault *fault);

/*
 * pli_snapshot_describe - the header alone: how much memory reading takes. The bytes are not checked.
 * pli_snapshot_next_below - the batch of the newest snapshot file of a batch below `batch`, whole or not.
 *
 * Returns    PLM_OK; PLM_SNAPSHOT_NONE no such file; otherwise as pli_snapshot_read.
 */
PLM_MUST_USE plm_status pli_snapshot_describe(const pli_disk *disk, uint64_t batch_sequence,
                                              pli_snapshot *snapshot, plm_fault *fault);
PLM_MUST_USE plm_status pli_snapshot_next_below(const pli_disk *disk, uint64_t batch,
                                                uint64_t *found, plm_fault *fault);

#endif
