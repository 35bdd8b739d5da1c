/* log.h: the durable log: append batches, sync, and know what is acknowledged.        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STORE_LOG_H
#define PLI_STORE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/disk.h"
#include "plimsoll/status.h"
#include "store/frame.h"

/*
 * The log of docs/log-format.md. One writer, which holds the lock on the directory; any number of readers (reader.h).
 *
 * Guarantees [LOG-1] A batch that pli_log_sync acknowledged is found by every later open, or that open refuses: as long as
 *                    the disk keeps [DISK-1] to [DISK-5], it is found.
 *            [LOG-2] What an open finds is the frames of one run of appends, whole, in order and without a gap.
 *            [LOG-3] A changed byte in any file of the log is refused, or was in bytes that no acknowledged frame holds,
 *                    or in the one of two head slots that is not needed.
 *            [LOG-4] After a failed write or sync nothing is acknowledged any more and nothing is tried again.
 */
typedef struct pli_log_options {
    /* of new segments: a multiple of 4096 that holds the largest frame plus 4096; 0: as the newest one, first 64 MiB */
    uint64_t segment_size;
    /* of new segments: 512, or 4096 where a sector may be lost with its neighbours */
    uint32_t frame_align;
    /* syncs per sync of `head`: 1, or more with the weaker [LOG-3] of docs/log-format.md */
    uint32_t head_interval;
    /* open checks every frame from this batch on; 0 and 1: all; UINT64_MAX: what `head` tells of, the caller will read */
    uint64_t verify_from;
    bool may_create; /* an empty directory becomes an empty log */
    /* of a log to create: what its chain begins with; looked at only then */
    uint8_t identity[PLI_BLAKE2B_256_SIZE];
} pli_log_options;

typedef struct pli_log pli_log;

/* pli_log_options_default - segments of the usual size, alignment 512, head at every sync, all verified, nothing created. */
pli_log_options pli_log_options_default(void);

/* pli_log_size - bytes of memory that a log needs: a few KiB and two largest frames. */
size_t pli_log_size(void);

/*
 * pli_log_open - lock the directory, find the end of the log, and cut off what was never acknowledged.
 *
 * Frames behind the last acknowledged one that are whole and in order are kept, made durable and acknowledged: their
 * sender may not have been told. The first bytes that are no such frame, and all after them, are overwritten with zeros.
 *
 * Lifetime   `disk` and `memory` (pli_log_size bytes, aligned for any type) belong to the log until pli_log_close.
 * Cost       Reads and hashes from the segment of `verify_from` to the end.
 * Returns    PLM_OK
 *            PLM_LOG_NONE       no log here, and options->may_create is false.
 *            PLM_LOG_LOCKED     another writer is open.
 *            PLM_LOG_TRUNCATED  an acknowledged frame, a segment or the end of a file is missing.
 *            PLM_LOG_DAMAGED    a checksum, the chain, or the order of segments is broken before the last acknowledged
 *                               frame, or `head` has no whole slot.
 *            PLM_LOG_VERSION    written in another format, by a newer or older program.
 *            PLM_LOG_FULL, PLM_IO_OPEN, PLM_IO_READ, PLM_IO_WRITE  from the disk.
 *            PLM_WORKSPACE_SMALL  memory_size < pli_log_size().
 *            PLM_VALUE_INVALID  options->segment_size, frame_align or head_interval.
 * A refused open changes nothing but the zeros after the last whole frame.
 */
PLM_MUST_USE plm_status pli_log_open(const pli_disk *disk, const pli_log_options *options,
                                     void *memory, size_t memory_size, pli_log **log,
                                     plm_fault *fault);

/*
 * pli_log_begin - let everything appended so far become durable while more is appended: [LOG-1] holds for it once
 *                 pli_log_await has answered PLM_OK. What was begun before is awaited first.
 * pli_log_await - acknowledge what was begun. Nothing is under way afterwards.
 *
 * Frames and `head` are written and synced in the same order as by pli_log_sync, beside the caller where the disk can.
 * Every other call that touches the disk awaits first.
 *
 * Returns    PLM_OK, PLM_LOG_FAILED as for pli_log_append.
 */
PLM_MUST_USE plm_status pli_log_begin(pli_log *log, plm_fault *fault);
PLM_MUST_USE plm_status pli_log_await(pli_log *log, plm_fault *fault);

/* pli_log_end - after the last appended frame. pli_log_acknowledged - after the last acknowledged one. */
const pli_log_point *pli_log_end(const pli_log *log);
const pli_log_point *pli_log_acknowledged(const pli_log *log);

/* pli_log_identity - the 32 bytes the log was created with. */
const uint8_t *pli_log_identity(const pli_log *log);

/*
 * pli_log_append - take one batch in as the next frame; it is neither durable nor acknowledged before pli_log_sync.
 *
 * The first event gets pli_log_end(log)->event_sequence_next. event_count >= 1, payload_size <=
 * PLI_FRAME_PAYLOAD_SIZE_MAX and the frame fits into a segment: asserted. The payload is copied.
 *
 * Returns    PLM_OK
 *            PLM_LOG_FULL    no space for a new segment: this frame was not taken. Frames before it can be synced, readers
 *                            go on, and appending may be tried again when there is space.
 *            PLM_LOG_FAILED  a write or sync failed, now or before: the log is dead, every later call answers the same;
 *                            close it, and open again to find out what is durable.
 */
PLM_MUST_USE plm_status pli_log_append(pli_log *log, const pli_log_frame *frame, plm_fault *fault);

/* pli_log_has_room - would a frame of that payload_size and event_count go into the open segment? */
bool pli_log_has_room(const pli_log *log, const pli_log_frame *frame);

/*
 * pli_log_sync - acknowledge everything appended so far.
 *
 * Frames are written and synced; then, at every head_interval-th call that has anything to do, `head` is. Only after that
 * pli_log_acknowledged moves.
 *
 * Returns    PLM_OK, PLM_LOG_FAILED as for pli_log_append.
 */
PLM_MUST_USE plm_status pli_log_sync(pli_log *log, plm_fault *fault);

/*
 * pli_log_settle - make `head` tell of everything acknowledged; of use with head_interval > 1, when there is a pause.
 * pli_log_prepare - make the next segment ready, so that no append waits for 64 MiB of zeros; does nothing if it is ready.
 *
 * Returns    PLM_OK, PLM_LOG_FAILED; prepare also PLM_LOG_FULL, which changes nothing.
 */
PLM_MUST_USE plm_status pli_log_settle(pli_log *log, plm_fault *fault);
PLM_MUST_USE plm_status pli_log_prepare(pli_log *log, plm_fault *fault);

/*
 * pli_log_close - give up files and lock. Frames that were not synced are lost; a log that is well is settled first.
 *
 * Returns    PLM_OK, PLM_LOG_FAILED; it is closed in either case.
 */
PLM_MUST_USE plm_status pli_log_close(pli_log *log, plm_fault *fault);

#endif
