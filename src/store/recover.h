/* recover.h: from whatever a crash left behind to a log that can be continued, or a refusal.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STORE_RECOVER_H
#define PLI_STORE_RECOVER_H

#include "store/head.h"
#include "store/log.h"
#include "store/segment.h"

#define PLI_LOCK_NAME "lock"

/* pli_recovery - `disk` and `buffer` (PLI_SCAN_BUFFER_SIZE bytes) go in, the rest comes out. */
typedef struct pli_recovery {
    const pli_disk *disk;
    uint8_t *buffer;
    pli_head head;
    pli_segment
        segment; /* the last one, open to write; its file is PLI_DISK_NONE where recovery failed */
    pli_log_point end;
    bool must_write_head; /* `head` tells of less than was found, or has one slot only */
} pli_recovery;

/*
 * pli_recover - the end of the log, with zeros and nothing else behind it and every frame before it synced.
 *
 * Returns    as pli_log_open.
 */
PLM_MUST_USE plm_status pli_recover(pli_recovery *recovery, const pli_log_options *options,
                                    plm_fault *fault);

#endif
