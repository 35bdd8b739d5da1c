/* log.c: the durable log: append batches, sync, and know what is acknowledged.        SPDX-License-Identifier: Apache-2.0 */
#include "store/log.h"

#include <string.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/text.h"
#include "store/head.h"
#include "store/recover.h"
#include "store/scan.h"
#include "store/segment.h"

/*
 * Invariants [STAGE-1] the staged bytes belong at `written` of the open segment, and `end` is behind them.
 *            [STAGE-2] acknowledged <= synced <= written <= end; head.point <= synced.
 *            [STAGE-3] while a flight is under way, it alone uses the disk, `head` and the stage that is not `stage`; its
 *                      frames count as written and synced, and as acknowledged when it has landed.
 */

/* What is becoming durable beside the caller. */
typedef struct flight {
    bool is_under_way, with_head;
    const uint8_t *bytes;
    pli_disk_range range;
    pli_log_point point; /* behind its last frame */
    plm_status status;
    plm_fault detail;
} flight;

struct pli_log {
    pli_disk disk;
    pli_log_options options;
    pli_disk_file head_file;
    pli_head head;
    pli_segment segment;
    pli_disk_file spare; /* a prepared file, or PLI_DISK_NONE */
    pli_log_point end;
    pli_log_point acknowledged;
    uint64_t written_offset;
    uint64_t unsynced_count; /* frames since the last sync of the segment */
    uint32_t head_lag;       /* syncs that `head` does not tell of */
    uint8_t *stage, *other_stage;
    size_t stage_size;
    flight flight;
    plm_status failure;
    plm_fault failure_detail;
};

#define STAGE_SIZE_MAX PLI_SCAN_BUFFER_SIZE
#define SEGMENT_SIZE_STANDARD ((uint64_t)64 << 20)
#define HEAD_INTERVAL_MAX 65536

pli_log_options
pli_log_options_default(void) {
    return (pli_log_options){
        .frame_align = PLI_DISK_SECTOR_SIZE,
        .head_interval = 1,
        .verify_from = 1,
    };
}

static pli_log *
carve(pli_arena *arena) {
    pli_log *log = PLI_ARENA_TAKE(arena, 1, pli_log);
    uint8_t *stage = pli_arena_take(arena, 1, STAGE_SIZE_MAX, PLI_ARENA_ALIGN);
    uint8_t *other_stage = pli_arena_take(arena, 1, STAGE_SIZE_MAX, PLI_ARENA_ALIGN);
    if (log != NULL) {
        memset(log, 0, sizeof *log);
        log->stage = stage;
        log->other_stage = other_stage;
    }
    return log;
}

size_t
pli_log_size(void) {
    pli_arena arena = pli_arena_init_sizing();
    carve(&arena);
    return pli_arena_used(&arena);
}

static plm_status
check_options(const pli_log_options *options, plm_fault *fault) {
    if (options->segment_size != 0 && (options->segment_size % PLI_BLOCK_SIZE != 0 ||
                                       options->segment_size < PLI_SEGMENT_SIZE_MIN ||
                                       options->segment_size > PLI_SEGMENT_SIZE_MAX)) {
        return pli_fault_set(fault, PLM_VALUE_INVALID, "segment_size is not a multiple of 4096",
                             " from 8192 to 1 TiB", NULL);
    }
    if (options->frame_align != PLI_DISK_SECTOR_SIZE && options->frame_align != PLI_BLOCK_SIZE) {
        return pli_fault_set(fault, PLM_VALUE_INVALID, "frame_align is neither 512 nor 4096", NULL,
                             NULL);
    }
    if (options->head_interval == 0 || options->head_interval > HEAD_INTERVAL_MAX) {
        return pli_fault_set_range(fault, PLM_VALUE_INVALID, "head_interval",
                                   options->head_interval, 1, HEAD_INTERVAL_MAX);
    }
    return PLM_OK;
}

// What has failed once stays failed: the first reason is kept and told by every later call.
static plm_status
die(pli_log *log, plm_fault *detail, plm_fault *fault) {
    log->failure = PLM_LOG_FAILED;
    log->failure_detail.status = PLM_LOG_FAILED;
    memcpy(log->failure_detail.text, detail->text, sizeof detail->text);
    return pli_fault_set(fault, PLM_LOG_FAILED, log->failure_detail.text, NULL, NULL);
}

static plm_status
answer_failure(const pli_log *log, plm_fault *fault) {
    return pli_fault_set(fault, log->failure, log->failure_detail.text, NULL, NULL);
}

static plm_status
write_head(pli_log *log, const pli_log_point *point, plm_fault *detail) {
    log->head_lag = 0;
    return pli_head_write(&log->disk, log->head_file, &log->head, point, detail);
}

static plm_status
land(pli_log *log, plm_fault *detail) {
    flight *of = &log->flight;
    if (!of->is_under_way) {
        return PLM_OK;
    }
    pli_disk_wait(&log->disk);
    of->is_under_way = false;
    if (of->status == PLM_OK) {
        log->acknowledged = of->point;
    } else {
        *detail = of->detail;
    }
    return of->status;
}

static plm_status
flush(pli_log *log, plm_fault *detail) {
    plm_status landed = land(log, detail);
    if (landed != PLM_OK || log->stage_size == 0) {
        return landed;
    }
    pli_disk_range range = {.offset = log->written_offset, .size = log->stage_size};
    plm_status status = pli_disk_write(&log->disk, log->segment.file, range, log->stage, detail);
    if (status == PLM_OK) {
        log->written_offset += log->stage_size;
        log->stage_size = 0;
    }
    return status;
}

// Frames durable, then head: the order that [HEAD-1] asks for.
static plm_status
make_durable(pli_log *log, bool with_head, plm_fault *detail) {
    plm_status status = flush(log, detail);
    if (status != PLM_OK) {
        return status;
    }
    if (log->unsynced_count > 0) {
        status = pli_disk_sync(&log->disk, log->segment.file, detail);
        if (status != PLM_OK) {
            return status;
        }
        log->unsynced_count = 0;
        log->head_lag += 1;
    }
    if (log->head_lag > 0 && (with_head || log->head_lag >= log->options.head_interval)) {
        status = write_head(log, &log->end, detail);
        if (status != PLM_OK) {
            return status;
        }
    }
    log->acknowledged = log->end;
    return PLM_OK;
}

static plm_status
prepare(pli_log *log, plm_fault *detail) {
    PLI_ASSERT(log->stage_size == 0);
    uint64_t size = log->options.segment_size;
    size_t zeros_size = size < STAGE_SIZE_MAX ? (size_t)size : STAGE_SIZE_MAX;
    memset(log->stage, 0, zeros_size);
    return pli_segment_prepare(&log->disk, size, log->stage, zeros_size, &log->spare, detail);
}

static plm_status
publish(pli_log *log, plm_fault *detail) {
    pli_segment next = {
        .file = log->spare,
        .align = log->options.frame_align,
        .size = log->options.segment_size,
        .start = log->end,
    };
    next.start.segment_index = log->segment.start.segment_index + 1;
    next.start.segment_offset = PLI_BLOCK_SIZE;
    memcpy(next.identity, log->head.identity, sizeof next.identity);
    plm_status status = pli_segment_publish(&log->disk, &next, detail);
    if (status != PLM_OK) {
        return status;
    }
    pli_disk_close(&log->disk, log->segment.file);
    log->segment = next;
    log->spare = PLI_DISK_NONE;
    log->end = next.start;
    log->written_offset = PLI_BLOCK_SIZE;
    return PLM_OK;
}

// [SEGMENT-2]: everything so far is durable and in `head` before the next segment has a name.
static plm_status
roll(pli_log *log, plm_fault *fault) {
    plm_fault detail;
    plm_status status = make_durable(log, true, &detail);
    if (status != PLM_OK) {
        return die(log, &detail, fault);
    }
    if (log->spare == PLI_DISK_NONE) {
        status = prepare(log, &detail);
        if (status == PLM_LOG_FULL) {
            return pli_fault_set(fault, status, detail.text, NULL, NULL);
        }
    }
    if (status == PLM_OK) {
        status = publish(log, &detail);
    }
    return status == PLM_OK ? PLM_OK : die(log, &detail, fault);
}

bool
pli_log_has_room(const pli_log *log, const pli_log_frame *frame) {
    return log->segment.size - log->end.segment_offset >= pli_frame_size(frame, log->segment.align);
}

plm_status
pli_log_append(pli_log *log, const pli_log_frame *frame, plm_fault *fault) {
    if (log->failure != PLM_OK) {
        return answer_failure(log, fault);
    }
    PLI_ASSERT(frame->payload_size <= PLI_FRAME_PAYLOAD_SIZE_MAX);
    if (log->segment.size - log->end.segment_offset < pli_frame_size(frame, log->segment.align)) {
        plm_status status = roll(log, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    size_t size = pli_frame_size(frame, log->segment.align);
    PLI_ASSERT(size <= log->segment.size - log->end.segment_offset);
    if (size > STAGE_SIZE_MAX - log->stage_size) {
        plm_fault detail;
        if (flush(log, &detail) != PLM_OK) {
            return die(log, &detail, fault);
        }
    }
    log->end = pli_frame_encode(frame, &log->end, log->segment.align, log->stage + log->stage_size);
    log->stage_size += size;
    log->unsynced_count += 1;
    return PLM_OK;
}

static plm_status
sync_all(pli_log *log, bool with_head, plm_fault *fault) {
    if (log->failure != PLM_OK) {
        return answer_failure(log, fault);
    }
    plm_fault detail;
    plm_status status = make_durable(log, with_head, &detail);
    return status == PLM_OK ? PLM_OK : die(log, &detail, fault);
}

plm_status
pli_log_await(pli_log *log, plm_fault *fault) {
    if (log->failure != PLM_OK) {
        return answer_failure(log, fault);
    }
    plm_fault detail;
    plm_status status = land(log, &detail);
    return status == PLM_OK ? PLM_OK : die(log, &detail, fault);
}

// The same calls in the same order as make_durable.
static void
fly(void *argument) {
    pli_log *log = argument;
    flight *of = &log->flight;
    plm_status status = PLM_OK;
    if (of->range.size > 0) {
        status = pli_disk_write(&log->disk, log->segment.file, of->range, of->bytes, &of->detail);
    }
    if (status == PLM_OK) {
        status = pli_disk_sync(&log->disk, log->segment.file, &of->detail);
    }
    if (status == PLM_OK && of->with_head) {
        status = pli_head_write(&log->disk, log->head_file, &log->head, &of->point, &of->detail);
    }
    of->status = status;
}

plm_status
pli_log_begin(pli_log *log, plm_fault *fault) {
    plm_status status = pli_log_await(log, fault);
    if (status != PLM_OK || log->unsynced_count == 0) {
        return status;
    }
    log->head_lag += 1;
    log->flight = (flight){
        .is_under_way = true,
        .with_head = log->head_lag >= log->options.head_interval,
        .bytes = log->stage,
        .range = {.offset = log->written_offset, .size = log->stage_size},
        .point = log->end,
    };
    log->head_lag = log->flight.with_head ? 0 : log->head_lag;
    // A medium that goes away leaves this as it stands.
    log->flight.status = pli_fault_set(&log->flight.detail, PLM_IO_WRITE,
                                       "the disk went away before it was written", NULL, NULL);
    log->written_offset += log->stage_size;
    log->stage_size = 0;
    log->unsynced_count = 0;
    uint8_t *free_stage = log->other_stage;
    log->other_stage = log->stage;
    log->stage = free_stage;
    pli_disk_start(&log->disk, fly, log);
    return PLM_OK;
}

plm_status
pli_log_sync(pli_log *log, plm_fault *fault) {
    return sync_all(log, false, fault);
}

plm_status
pli_log_settle(pli_log *log, plm_fault *fault) {
    return sync_all(log, true, fault);
}

plm_status
pli_log_prepare(pli_log *log, plm_fault *fault) {
    if (log->failure != PLM_OK) {
        return answer_failure(log, fault);
    }
    if (log->spare != PLI_DISK_NONE) {
        return PLM_OK;
    }
    plm_fault detail;
    plm_status status = flush(log, &detail);
    if (status != PLM_OK) {
        return die(log, &detail, fault);
    }
    status = prepare(log, &detail);
    if (status == PLM_LOG_FULL) {
        return pli_fault_set(fault, status, detail.text, NULL, NULL);
    }
    return status == PLM_OK ? PLM_OK : die(log, &detail, fault);
}

const pli_log_point *
pli_log_end(const pli_log *log) {
    return &log->end;
}

const pli_log_point *
pli_log_acknowledged(const pli_log *log) {
    return &log->acknowledged;
}

const uint8_t *
pli_log_identity(const pli_log *log) {
    return log->head.identity;
}

static void
release(pli_log *log) {
    pli_disk_close(&log->disk, log->spare);
    pli_disk_close(&log->disk, log->segment.file);
    pli_disk_close(&log->disk, log->head_file);
    pli_disk_unlock(&log->disk);
}

static plm_status
open_locked(pli_log *log, const pli_log_options *options, plm_fault *fault) {
    pli_recovery recovery = {.disk = &log->disk, .buffer = log->stage, .segment = {.file = -1}};
    plm_status status = pli_recover(&recovery, &log->options, fault);
    log->segment = recovery.segment;
    if (status == PLM_OK) {
        log->options.segment_size =
            options->segment_size == 0 ? log->segment.size : options->segment_size;
        log->head = recovery.head;
        log->end = recovery.end;
        log->acknowledged = recovery.end;
        log->written_offset = recovery.end.segment_offset;
        status =
            pli_disk_open(&log->disk, PLI_HEAD_NAME, PLI_DISK_MODE_WRITE, &log->head_file, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (log->head_file == PLI_DISK_NONE) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, PLI_HEAD_NAME, ": has gone", NULL);
    }
    // The slot that was read may not be durable yet, whatever an earlier process was told of it.
    status = pli_head_write_again(&log->disk, log->head_file, &log->head, fault);
    if (status == PLM_OK && recovery.must_write_head) {
        status = write_head(log, &log->end, fault);
    }
    return status;
}

plm_status
pli_log_open(const pli_disk *disk, const pli_log_options *options, void *memory, size_t memory_size,
             pli_log **log, plm_fault *fault) {
    plm_status status = check_options(options, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_arena arena = pli_arena_init(memory, memory_size);
    pli_log *made = carve(&arena);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set(fault, PLM_WORKSPACE_SMALL, "the memory of the log is too small", NULL,
                             NULL);
    }
    made->disk = *disk;
    made->options = *options;
    if (options->segment_size == 0) {
        made->options.segment_size = SEGMENT_SIZE_STANDARD;
    }
    made->spare = PLI_DISK_NONE;
    made->head_file = PLI_DISK_NONE;
    status = pli_disk_lock(disk, PLI_LOCK_NAME, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = open_locked(made, options, fault);
    if (status != PLM_OK) {
        release(made);
        return status;
    }
    *log = made;
    return PLM_OK;
}

plm_status
pli_log_close(pli_log *log, plm_fault *fault) {
    plm_status status = pli_log_await(log, fault);
    if (status == PLM_OK) {
        log->stage_size = 0;
        log->end = log->acknowledged;
        log->unsynced_count = 0;
        status = sync_all(log, true, fault);
    }
    release(log);
    return status;
}
