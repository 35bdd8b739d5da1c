/* scan.c: frame after frame through the segments, for recovery and for readers.       SPDX-License-Identifier: Apache-2.0 */
#include "store/scan.h"

#include <string.h>

#include "base/text.h"

// Little enough that a reader who waits for more at the end of the log costs little.
#define READ_AHEAD ((size_t)256 << 10)

static plm_status
fail(const pli_scan *scan, uint64_t index, plm_status status, const char *what, plm_fault *fault) {
    (void)scan;
    char name[PLI_DISK_NAME_SIZE];
    pli_segment_name(index, name);
    return pli_fault_set(fault, status, name, what, NULL);
}

plm_status
pli_scan_find(pli_scan *scan, uint64_t last_index, uint64_t batch, uint64_t event,
              plm_fault *fault) {
    for (uint64_t index = last_index;; index -= 1) {
        pli_segment segment;
        plm_status status = pli_segment_open(scan->disk, index, scan->mode, &segment, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (segment.file == PLI_DISK_NONE) {
            return fail(scan, index, PLM_LOG_TRUNCATED,
                        ": is missing; restore it from a copy of the directory", fault);
        }
        if (index == 0 ||
            (segment.start.batch_sequence < batch && segment.start.event_sequence_next <= event)) {
            scan->segment = segment;
            scan->at = segment.start;
            scan->before = segment.start;
            scan->window_size = 0;
            return PLM_OK;
        }
        pli_disk_close(scan->disk, segment.file);
    }
}

void
pli_scan_finish(pli_scan *scan) {
    pli_disk_close(scan->disk, scan->segment.file);
    scan->segment.file = PLI_DISK_NONE;
}

// `size` bytes at `offset` of the segment, which holds them: asked for within its size only.
static plm_status
fetch(pli_scan *scan, uint64_t offset, size_t size, const uint8_t **bytes, plm_fault *fault) {
    if (offset < scan->window_offset || offset + size > scan->window_offset + scan->window_size) {
        uint64_t rest = scan->segment.size - offset;
        size_t wanted = size < READ_AHEAD ? READ_AHEAD : size;
        pli_disk_range range = {.offset = offset, .size = rest < wanted ? (size_t)rest : wanted};
        size_t count;
        scan->window_size = 0;
        plm_status status =
            pli_disk_read(scan->disk, scan->segment.file, range, scan->buffer, &count, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (count < size) {
            return fail(scan, scan->segment.start.segment_index, PLM_LOG_TRUNCATED,
                        ": ends before its size", fault);
        }
        scan->window_offset = offset;
        scan->window_size = count;
    }
    *bytes = scan->buffer + (offset - scan->window_offset);
    return PLM_OK;
}

static plm_status
look(pli_scan *scan, pli_log_frame *frame, pli_scan_found *found, plm_fault *fault) {
    uint64_t offset = scan->at.segment_offset;
    uint64_t rest = scan->segment.size - offset;
    *found = PLI_SCAN_EMPTY;
    if (rest < PLI_FRAME_HEADER_SIZE) {
        return PLM_OK;
    }
    const uint8_t *bytes = NULL;
    plm_status status = fetch(scan, offset, PLI_FRAME_HEADER_SIZE, &bytes, fault);
    if (status != PLM_OK || pli_bytes_are_zero(bytes, PLI_FRAME_HEADER_SIZE)) {
        return status;
    }
    *found = PLI_SCAN_BROKEN;
    size_t told = pli_frame_size_told(bytes, scan->segment.align);
    if (told == 0 || told > rest) {
        return PLM_OK;
    }
    status = fetch(scan, offset, told, &bytes, fault);
    if (status == PLM_OK && pli_frame_decode(bytes, told, &scan->at, scan->segment.align, frame)) {
        *found = PLI_SCAN_FRAME;
    }
    return status;
}

static plm_status
look_anew(pli_scan *scan, pli_log_frame *frame, pli_scan_found *found, plm_fault *fault) {
    scan->window_size = 0;
    return look(scan, frame, found, fault);
}

static bool
continues(const pli_scan *scan, const pli_segment *next) {
    return next->start.batch_sequence == scan->at.batch_sequence &&
           next->start.event_sequence_next == scan->at.event_sequence_next &&
           memcmp(next->start.chain, scan->at.chain, sizeof scan->at.chain) == 0 &&
           memcmp(next->identity, scan->segment.identity, sizeof next->identity) == 0;
}

plm_status
pli_scan_nonzero(pli_scan *scan, uint64_t *first, uint64_t *last, plm_fault *fault) {
    uint64_t size = scan->segment.size;
    *first = size;
    *last = size;
    for (uint64_t offset = scan->at.segment_offset; offset < size; offset += PLI_DISK_SECTOR_SIZE) {
        const uint8_t *bytes = NULL;
        plm_status status = fetch(scan, offset, PLI_DISK_SECTOR_SIZE, &bytes, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (!pli_bytes_are_zero(bytes, PLI_DISK_SECTOR_SIZE)) {
            *first = *first == size ? offset : *first;
            *last = offset + PLI_DISK_SECTOR_SIZE;
        }
    }
    return PLM_OK;
}

// The next segment exists, so everything before it was synced: what stands here is final.
static plm_status
cross(pli_scan *scan, const pli_segment *next, pli_log_frame *frame, pli_scan_found *found,
      plm_fault *fault) {
    uint64_t index = scan->segment.start.segment_index;
    plm_status status = look_anew(scan, frame, found, fault);
    if (status != PLM_OK || *found == PLI_SCAN_FRAME) {
        pli_disk_close(scan->disk, next->file);
        return status;
    }
    uint64_t first = 0;
    uint64_t last;
    status = pli_scan_nonzero(scan, &first, &last, fault);
    if (status == PLM_OK && first != scan->segment.size) {
        status = fail(scan, index, PLM_LOG_DAMAGED, ": a frame does not fit its checksum", fault);
    } else if (status == PLM_OK && !continues(scan, next)) {
        status =
            fail(scan, index, PLM_LOG_DAMAGED, ": the next segment does not continue it", fault);
    }
    if (status != PLM_OK) {
        pli_disk_close(scan->disk, next->file);
        return status;
    }
    pli_disk_close(scan->disk, scan->segment.file);
    scan->segment = *next;
    scan->at = next->start;
    return look_anew(scan, frame, found, fault);
}

plm_status
pli_scan_next(pli_scan *scan, pli_log_frame *frame, pli_scan_found *found, plm_fault *fault) {
    pli_scan_found here;
    plm_status status = look(scan, frame, &here, fault);
    if (status == PLM_OK && here != PLI_SCAN_FRAME) {
        status = look_anew(scan, frame, &here, fault);
    }
    while (status == PLM_OK && here != PLI_SCAN_FRAME) {
        pli_segment next;
        status = pli_segment_open(scan->disk, scan->segment.start.segment_index + 1, scan->mode,
                                  &next, fault);
        if (status != PLM_OK || next.file == PLI_DISK_NONE) {
            break;
        }
        status = cross(scan, &next, frame, &here, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (here == PLI_SCAN_FRAME) {
        scan->before = scan->at;
        scan->at = frame->end;
    }
    *found = here;
    return PLM_OK;
}
