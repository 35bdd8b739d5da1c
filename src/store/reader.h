/* reader.h: the frames of a log in order, also while another process writes it.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STORE_READER_H
#define PLI_STORE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/disk.h"
#include "plimsoll/status.h"
#include "store/frame.h"

/*
 * A reader takes no lock and writes nothing. It checks every frame it passes; where it does not begin at the first segment,
 * the chain begins with what the header of its first segment says, so compare the chain of a point known from elsewhere (a
 * snapshot, a published root).
 */
typedef struct pli_log_reader pli_log_reader;

typedef struct pli_log_reader_options {
    uint64_t batch_first; /* the first frame handed out; 0 and 1: all */
    uint64_t
        event_first; /* the first frame handed out holds this event or a later one; 0 and 1: all */
    bool is_acknowledged; /* hand out only what `head` tells of; else every whole frame, acknowledged or not */
} pli_log_reader_options;

/* pli_log_reader_size - bytes of memory that a reader needs: a few KiB and one largest frame. */
size_t pli_log_reader_size(void);

/*
 * pli_log_reader_open - ready to hand out the first frame that `options` ask for.
 *
 * Lifetime   `disk` and `memory` belong to the reader until pli_log_reader_close.
 * Returns    PLM_OK
 *            PLM_LOG_NONE       no log here.
 *            PLM_LOG_TRUNCATED, PLM_LOG_DAMAGED, PLM_LOG_VERSION  as pli_log_open.
 *            PLM_IO_OPEN, PLM_IO_READ, PLM_WORKSPACE_SMALL.
 */
PLM_MUST_USE plm_status pli_log_reader_open(const pli_disk *disk,
                                            const pli_log_reader_options *options, void *memory,
                                            size_t memory_size, pli_log_reader **reader,
                                            plm_fault *fault);

/*
 * pli_log_reader_next - the next frame.
 *
 * Returns    PLM_OK; *is_found is false at the end, where a later call may find more.
 *            PLM_LOG_TRUNCATED, PLM_LOG_DAMAGED  a frame that `head` tells of is not there, or the chain is broken.
 *            PLM_LOG_VERSION, PLM_IO_OPEN, PLM_IO_READ.
 */
PLM_MUST_USE plm_status pli_log_reader_next(pli_log_reader *reader, pli_log_frame *frame,
                                            bool *is_found, plm_fault *fault);

/*
 * pli_log_reader_point - behind the last frame handed out, or before the first.
 * pli_log_reader_head - the last acknowledged point as of the last look at `head`.
 * pli_log_reader_identity - the 32 bytes the log was created with.
 */
const pli_log_point *pli_log_reader_point(const pli_log_reader *reader);
const pli_log_point *pli_log_reader_head(const pli_log_reader *reader);
const uint8_t *pli_log_reader_identity(const pli_log_reader *reader);

void pli_log_reader_close(pli_log_reader *reader);

#endif
