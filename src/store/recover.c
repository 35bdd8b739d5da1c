/* recover.c: from whatever a crash left behind to a log that can be continued, or a refusal.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/recover.h"

#include <string.h>

#include "base/text.h"
#include "store/scan.h"

typedef struct listing {
    uint64_t segment_count;
    uint64_t index_max;
    bool has_head;
} listing;

static void
visit(void *argument, const char *name) {
    listing *seen = argument;
    uint64_t index;
    if (strcmp(name, PLI_HEAD_NAME) == 0) {
        seen->has_head = true;
    } else if (pli_number_from_name(name, "log-", &index)) {
        seen->segment_count += 1;
        seen->index_max = index > seen->index_max ? index : seen->index_max;
    }
}

static plm_status
create_first_segment(const pli_recovery *recovery, const pli_log_options *options,
                     plm_fault *fault) {
    pli_segment segment = {
        .align = options->frame_align,
        .size = options->segment_size,
        .start = recovery->head.point,
    };
    memcpy(segment.identity, recovery->head.identity, sizeof segment.identity);
    size_t zeros_size =
        segment.size < PLI_SCAN_BUFFER_SIZE ? (size_t)segment.size : PLI_SCAN_BUFFER_SIZE;
    memset(recovery->buffer, 0, zeros_size);
    plm_status status = pli_segment_prepare(recovery->disk, segment.size, recovery->buffer,
                                            zeros_size, &segment.file, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = pli_segment_publish(recovery->disk, &segment, fault);
    pli_disk_close(recovery->disk, segment.file);
    return status;
}

// `head` is made first and taken away never: without it a directory with segments is damaged, not new.
static plm_status
find_files(pli_recovery *recovery, const pli_log_options *options, plm_fault *fault) {
    listing seen = {0};
    plm_status status = pli_disk_list(recovery->disk, visit, &seen, fault);
    // After a sync that failed the names may stand in the system's memory alone; what follows builds on them.
    if (status == PLM_OK) {
        status = pli_disk_sync_directory(recovery->disk, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (!seen.has_head && seen.segment_count == 0) {
        if (!options->may_create) {
            return pli_fault_set(fault, PLM_LOG_NONE, "the directory holds no log", NULL, NULL);
        }
        status = pli_head_create(recovery->disk, options->identity, fault);
    }
    if (status == PLM_OK) {
        status = pli_head_read(recovery->disk, &recovery->head, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (seen.segment_count == 0 && recovery->head.point.batch_sequence == 0) {
        return create_first_segment(recovery, options, fault);
    }
    if (seen.segment_count == 0 || seen.segment_count != seen.index_max + 1) {
        return pli_fault_set(fault, PLM_LOG_TRUNCATED, "a segment of the log is missing",
                             "; restore it from a copy of the directory", NULL);
    }
    return PLM_OK;
}

static plm_status
disagree(plm_fault *fault) {
    return pli_fault_set(fault, PLM_LOG_DAMAGED, "head and the frames of the log disagree", NULL,
                         NULL);
}

static bool
is_at_head(const pli_log_point *at, const pli_log_point *head) {
    return at->event_sequence_next == head->event_sequence_next &&
           memcmp(at->chain, head->chain, sizeof at->chain) == 0;
}

// A frame that `head` does not tell of may stand in the system's memory alone, after a sync that failed: only a new write
// makes the next sync carry it [DISK-4].
static plm_status
write_again(const pli_scan *scan, const pli_log_frame *frame, plm_fault *fault) {
    pli_disk_range range = {
        .offset = scan->before.segment_offset,
        .size = (size_t)(frame->end.segment_offset - scan->before.segment_offset),
    };
    return pli_disk_write(scan->disk, scan->segment.file, range,
                          frame->payload - PLI_FRAME_HEADER_SIZE, fault);
}

static plm_status
read_frames(pli_scan *scan, const pli_head *head, plm_fault *fault) {
    if (memcmp(scan->segment.identity, head->identity, sizeof head->identity) != 0 ||
        scan->at.batch_sequence > head->point.batch_sequence) {
        return disagree(fault);
    }
    pli_scan_found found = PLI_SCAN_FRAME;
    while (found == PLI_SCAN_FRAME) {
        if (scan->at.batch_sequence == head->point.batch_sequence &&
            !is_at_head(&scan->at, &head->point)) {
            return disagree(fault);
        }
        pli_log_frame frame;
        plm_status status = pli_scan_next(scan, &frame, &found, fault);
        if (status == PLM_OK && found == PLI_SCAN_FRAME &&
            frame.batch_sequence > head->point.batch_sequence) {
            status = write_again(scan, &frame, fault);
        }
        if (status != PLM_OK) {
            return status;
        }
    }
    if (scan->at.batch_sequence >= head->point.batch_sequence) {
        return PLM_OK;
    }
    char name[PLI_DISK_NAME_SIZE];
    pli_segment_name(scan->segment.start.segment_index, name);
    if (found == PLI_SCAN_EMPTY) {
        return pli_fault_set(fault, PLM_LOG_TRUNCATED, name,
                             ": an acknowledged frame is missing; restore it from a copy", NULL);
    }
    return pli_fault_set(
        fault, PLM_LOG_DAMAGED, name,
        ": an acknowledged frame does not fit its checksum; restore it from a copy", NULL);
}

// The caller reads what `head` tells of by itself; here only what may stand behind it is looked at.
static plm_status
skip_to_head(pli_scan *scan, const pli_head *head, plm_fault *fault) {
    if (head->point.segment_index != scan->segment.start.segment_index ||
        head->point.segment_offset < scan->segment.start.segment_offset ||
        head->point.segment_offset > scan->segment.size) {
        return disagree(fault);
    }
    scan->at = head->point;
    scan->before = head->point;
    return PLM_OK;
}

// What stands behind the last frame was never acknowledged. As zeros it cannot be taken for a frame later on.
static plm_status
cut(pli_scan *scan, bool has_new_frames, plm_fault *fault) {
    uint64_t first;
    uint64_t last;
    plm_status status = pli_scan_nonzero(scan, &first, &last, fault);
    if (status != PLM_OK || (first == scan->segment.size && !has_new_frames)) {
        return status;
    }
    scan->window_size = 0;
    memset(scan->buffer, 0,
           last - first < PLI_SCAN_BUFFER_SIZE ? (size_t)(last - first) : PLI_SCAN_BUFFER_SIZE);
    while (first < last && status == PLM_OK) {
        uint64_t rest = last - first;
        pli_disk_range range = {
            .offset = first,
            .size = rest < PLI_SCAN_BUFFER_SIZE ? (size_t)rest : PLI_SCAN_BUFFER_SIZE,
        };
        status = pli_disk_write(scan->disk, scan->segment.file, range, scan->buffer, fault);
        first += range.size;
    }
    return status == PLM_OK ? pli_disk_sync(scan->disk, scan->segment.file, fault) : status;
}

plm_status
pli_recover(pli_recovery *recovery, const pli_log_options *options, plm_fault *fault) {
    plm_status status = find_files(recovery, options, fault);
    if (status != PLM_OK) {
        return status;
    }
    const pli_head *head = &recovery->head;
    pli_scan scan = {
        .disk = recovery->disk,
        .buffer = recovery->buffer,
        .mode = PLI_DISK_MODE_WRITE,
    };
    status =
        pli_scan_find(&scan, head->point.segment_index, options->verify_from, UINT64_MAX, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = options->verify_from == UINT64_MAX ? skip_to_head(&scan, head, fault) : PLM_OK;
    if (status == PLM_OK) {
        status = read_frames(&scan, head, fault);
    }
    bool has_new_frames = scan.at.batch_sequence > head->point.batch_sequence;
    if (status == PLM_OK) {
        status = cut(&scan, has_new_frames, fault);
    }
    if (status != PLM_OK) {
        pli_scan_finish(&scan);
        return status;
    }
    recovery->segment = scan.segment;
    recovery->end = scan.at;
    recovery->must_write_head = has_new_frames || head->is_single;
    return PLM_OK;
}
