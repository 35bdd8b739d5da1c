/* log_world.h: a small log on a simulated disk whose every batch can be foretold.     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_TEST_LOG_WORLD_H
#define PLI_TEST_LOG_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "rig/disk.h"
#include "store/log.h"
#include "store/reader.h"

#define LOG_WORLD_SEGMENT_SIZE ((uint64_t)16384)
#define LOG_WORLD_BATCH_MAX 1024

/* log_world - one disk, and the memory of a log and of a reader, which are expensive to make for each of many cases. */
typedef struct log_world {
    pli_rig_disk *rig;
    pli_disk disk;
    pli_log_options options;
    void *log_memory;
    void *reader_memory;
    pli_log *log;
    uint64_t salt;                       /* changes the content of batches appended from now on */
    uint64_t salts[LOG_WORLD_BATCH_MAX]; /* with which each batch was last appended, by sequence */
} log_world;

/* log_world_init - an empty disk. log_world_finish - frees all. log_world_take - another disk instead. */
void log_world_init(log_world *world, uint64_t seed);
void log_world_finish(log_world *world);
void log_world_take(log_world *world, pli_rig_disk *rig);

/* log_world_open, _append, _sync, _close - as the log's own calls; append writes the batch that comes next. */
plm_status log_world_open(log_world *world, plm_fault *fault);
plm_status log_world_append(log_world *world, plm_fault *fault);
plm_status log_world_close(log_world *world);

/* log_world_run - open, append and sync `batch_count` batches in groups of `group`, close; all must succeed. */
void log_world_run(log_world *world, uint64_t batch_count, uint64_t group);

/* log_world_frame - the batch `sequence` as log_world_append writes it; valid until the next call. */
pli_log_frame log_world_frame(uint64_t sequence, uint64_t salt);

/*
 * log_world_read - read the log from the beginning and compare every frame with what was written.
 *
 * Returns    what the reader says; *batch_count is how many frames it handed out, all of them right (asserted).
 */
plm_status log_world_read(log_world *world, bool is_acknowledged, uint64_t *batch_count,
                          plm_fault *fault);

#endif
