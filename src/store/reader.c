/* reader.c: the frames of a log in order, also while another process writes it.       SPDX-License-Identifier: Apache-2.0 */
#include "store/reader.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "store/head.h"
#include "store/scan.h"

struct pli_log_reader {
    pli_disk disk;
    pli_log_reader_options options;
    pli_head head;
    pli_scan scan;
};

static pli_log_reader *
carve(pli_arena *arena) {
    pli_log_reader *reader = PLI_ARENA_TAKE(arena, 1, pli_log_reader);
    uint8_t *buffer = pli_arena_take(arena, 1, PLI_SCAN_BUFFER_SIZE, PLI_ARENA_ALIGN);
    if (reader != NULL) {
        memset(reader, 0, sizeof *reader);
        reader->scan.buffer = buffer;
    }
    return reader;
}

size_t
pli_log_reader_size(void) {
    pli_arena arena = pli_arena_init_sizing();
    carve(&arena);
    return pli_arena_used(&arena);
}

typedef struct presence {
    bool is_log;
} presence;

static void
visit(void *argument, const char *name) {
    presence *seen = argument;
    uint64_t index;
    if (strcmp(name, PLI_HEAD_NAME) == 0 || pli_number_from_name(name, "log-", &index)) {
        seen->is_log = true;
    }
}

static plm_status
begin(pli_log_reader *reader, plm_fault *fault) {
    presence seen = {0};
    plm_status status = pli_disk_list(&reader->disk, visit, &seen, fault);
    if (status != PLM_OK) {
        return status;
    }
    if (!seen.is_log) {
        return pli_fault_set(fault, PLM_LOG_NONE, "the directory holds no log", NULL, NULL);
    }
    status = pli_head_read(&reader->disk, &reader->head, fault);
    if (status != PLM_OK) {
        return status;
    }
    const pli_log_reader_options *options = &reader->options;
    uint64_t batch = options->batch_first;
    uint64_t event = options->event_first;
    status = pli_scan_find(&reader->scan, reader->head.point.segment_index,
                           batch <= 1 && event > 1 ? UINT64_MAX : batch,
                           event <= 1 && batch > 1 ? UINT64_MAX : event, fault);
    if (status == PLM_OK && memcmp(reader->scan.segment.identity, reader->head.identity,
                                   sizeof reader->head.identity) != 0) {
        pli_scan_finish(&reader->scan);
        return pli_fault_set(fault, PLM_LOG_DAMAGED, "head and segments are of different logs",
                             NULL, NULL);
    }
    return status;
}

plm_status
pli_log_reader_open(const pli_disk *disk, const pli_log_reader_options *options, void *memory,
                    size_t memory_size, pli_log_reader **reader, plm_fault *fault) {
    pli_arena arena = pli_arena_init(memory, memory_size);
    pli_log_reader *made = carve(&arena);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set(fault, PLM_WORKSPACE_SMALL, "the memory of the reader is too small",
                             NULL, NULL);
    }
    made->disk = *disk;
    made->options = *options;
    made->scan.disk = &made->disk;
    made->scan.mode = PLI_DISK_MODE_READ;
    plm_status status = begin(made, fault);
    if (status == PLM_OK) {
        *reader = made;
    }
    return status;
}

static plm_status
missing(const pli_log_reader *reader, pli_scan_found found, plm_fault *fault) {
    char name[PLI_DISK_NAME_SIZE];
    pli_segment_name(reader->scan.segment.start.segment_index, name);
    return found == PLI_SCAN_EMPTY
               ? pli_fault_set(fault, PLM_LOG_TRUNCATED, name, ": an acknowledged frame is missing",
                               NULL)
               : pli_fault_set(fault, PLM_LOG_DAMAGED, name,
                               ": an acknowledged frame does not fit its checksum", NULL);
}

// A frame is looked for again after `head` has told of it: it was written before `head` was.
static plm_status
find_next(pli_log_reader *reader, pli_log_frame *frame, pli_scan_found *found, plm_fault *fault) {
    plm_status status = pli_scan_next(&reader->scan, frame, found, fault);
    if (status != PLM_OK || *found == PLI_SCAN_FRAME) {
        return status;
    }
    status = pli_head_read(&reader->disk, &reader->head, fault);
    if (status != PLM_OK || reader->head.point.batch_sequence <= reader->scan.at.batch_sequence) {
        return status;
    }
    status = pli_scan_next(&reader->scan, frame, found, fault);
    if (status == PLM_OK && *found != PLI_SCAN_FRAME) {
        return missing(reader, *found, fault);
    }
    return status;
}

static plm_status
is_handed_out(pli_log_reader *reader, const pli_log_frame *frame, bool *result, plm_fault *fault) {
    const pli_log_point *head = &reader->head.point;
    if (reader->options.is_acknowledged && frame->batch_sequence > head->batch_sequence) {
        plm_status status = pli_head_read(&reader->disk, &reader->head, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    if (frame->batch_sequence == head->batch_sequence &&
        memcmp(frame->end.chain, head->chain, sizeof head->chain) != 0) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, "head and the frames of the log disagree",
                             NULL, NULL);
    }
    *result = !reader->options.is_acknowledged || frame->batch_sequence <= head->batch_sequence;
    return PLM_OK;
}

static bool
is_asked_for(const pli_log_reader *reader, const pli_log_frame *frame) {
    return frame->batch_sequence >= reader->options.batch_first &&
           frame->end.event_sequence_next > reader->options.event_first;
}

plm_status
pli_log_reader_next(pli_log_reader *reader, pli_log_frame *frame, bool *is_found,
                    plm_fault *fault) {
    for (;;) {
        pli_log_frame seen;
        pli_scan_found found;
        plm_status status = find_next(reader, &seen, &found, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (found != PLI_SCAN_FRAME) {
            *is_found = false;
            return PLM_OK;
        }
        bool is_given = false;
        status = is_handed_out(reader, &seen, &is_given, fault);
        if (status != PLM_OK || !is_given) {
            reader->scan.at = reader->scan.before;
        }
        if (status != PLM_OK) {
            return status;
        }
        if (!is_given) {
            *is_found = false;
            return PLM_OK;
        }
        if (is_asked_for(reader, &seen)) {
            *frame = seen;
            *is_found = true;
            return PLM_OK;
        }
    }
}

const pli_log_point *
pli_log_reader_point(const pli_log_reader *reader) {
    return &reader->scan.at;
}

const pli_log_point *
pli_log_reader_head(const pli_log_reader *reader) {
    return &reader->head.point;
}

const uint8_t *
pli_log_reader_identity(const pli_log_reader *reader) {
    return reader->head.identity;
}

void
pli_log_reader_close(pli_log_reader *reader) {
    pli_scan_finish(&reader->scan);
}
