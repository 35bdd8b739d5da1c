/* scan.h: frame after frame through the segments, for recovery and for readers.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STORE_SCAN_H
#define PLI_STORE_SCAN_H

#include "store/segment.h"

typedef enum pli_scan_found {
    PLI_SCAN_FRAME = 1, /* the frame that follows */
    PLI_SCAN_EMPTY = 2, /* zeros where its header would be, or no room, and no later segment */
    PLI_SCAN_BROKEN = 3 /* other bytes, and no later segment */
} pli_scan_found;

/*
 * pli_scan - a place in the log and the bytes read ahead of it.
 *
 * Invariants [SCAN-1] every frame handed out continues sequence and chain of the one before it, across segments too.
 *            [SCAN-2] a segment is left only where the next one continues it and zeros fill its rest.
 */
typedef struct pli_scan {
    const pli_disk *disk;
    uint8_t *buffer; /* PLI_SCAN_BUFFER_SIZE bytes */
    pli_disk_mode mode;
    pli_segment segment;
    pli_log_point at;
    pli_log_point
        before; /* of the last frame, in its segment: set `at` to it to read the frame again */
    uint64_t window_offset;
    size_t window_size;
} pli_scan;

#define PLI_SCAN_BUFFER_SIZE PLI_FRAME_SIZE_MAX

/*
 * pli_scan_find - begin at the start of the last segment, not after `last_index`, that holds batch `batch` and event
 * `event`, or could; 0 and 1 are the first.
 *
 * Lifetime   pli_scan_finish closes the segment that is open then.
 * Returns    PLM_OK; PLM_LOG_TRUNCATED a segment is missing; what pli_segment_open says.
 */
PLM_MUST_USE plm_status pli_scan_find(pli_scan *scan, uint64_t last_index, uint64_t batch,
                                      uint64_t event, plm_fault *fault);
void pli_scan_finish(pli_scan *scan);

/*
 * pli_scan_next - the frame at scan->at, which then moves behind it.
 *
 * Another process may be writing: bytes are read anew before anything else than a frame is answered.
 *
 * Returns    PLM_OK with *found; *frame is written only with PLI_SCAN_FRAME.
 *            PLM_LOG_DAMAGED a later segment exists, but does not continue what stands here.
 *            PLM_LOG_TRUNCATED, PLM_LOG_VERSION, PLM_IO_OPEN, PLM_IO_READ.
 */
PLM_MUST_USE plm_status pli_scan_next(pli_scan *scan, pli_log_frame *frame, pli_scan_found *found,
                                      plm_fault *fault);

/*
 * pli_scan_nonzero - the first and the end of the last byte that is not 0 in the rest of the segment, in steps of
 * `step` bytes; both are the segment's size where there is none. `step` divides PLI_BLOCK_SIZE and scan->at.segment_offset.
 */
PLM_MUST_USE plm_status pli_scan_nonzero(pli_scan *scan, uint64_t *first, uint64_t *last,
                                         plm_fault *fault);

#endif
