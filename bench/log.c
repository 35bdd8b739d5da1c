/* log.c: acknowledgement times of the log beside the same bytes written and synced by hand, in turns in one run.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/clock.h"
#include "store/log.h"
#include "store/reader.h"

#define EVENT_SIZE 128
#define BATCH_MAX 1024
#define ROUNDS 400
#define RAW_SIZE ((off_t)256 << 20)

/* One way to make a batch durable, and how long each round took. */
typedef struct way {
    const char *name;
    int64_t took_ns[ROUNDS];
} way;

static uint8_t events[BATCH_MAX * EVENT_SIZE];

static void
fail(const char *text) {
    fprintf(stderr, "%s\n", text);
    exit(1);
}

static int
compare(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static double
total_ns(const way *measured) {
    double total = 0;
    for (unsigned i = 0; i < ROUNDS; i += 1) {
        total += (double)measured->took_ns[i];
    }
    return total;
}

static void
print(way *measured, unsigned batch, double raw_total) {
    double total = total_ns(measured);
    qsort(measured->took_ns, ROUNDS, sizeof measured->took_ns[0], compare);
    printf("%5u  %-24s %9.0f %9.0f %12.0f %8.2f\n", batch, measured->name,
           (double)measured->took_ns[ROUNDS / 2] / 1e3,
           (double)measured->took_ns[ROUNDS * 99 / 100] / 1e3, ROUNDS * batch / (total / 1e9),
           total / raw_total);
}

static int
open_raw(const char *path) {
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    uint8_t *zeros = calloc(1, 1 << 20);
    if (file < 0 || zeros == NULL) {
        fail("cannot make the raw file");
    }
    for (off_t offset = 0; offset < RAW_SIZE; offset += 1 << 20) {
        if (pwrite(file, zeros, 1 << 20, offset) != 1 << 20) {
            fail("cannot fill the raw file");
        }
    }
    free(zeros);
    if (fsync(file) != 0) {
        fail("cannot sync the raw file");
    }
    return file;
}

static pli_log *
open_log(const pli_disk *disk, uint32_t head_interval) {
    pli_log_options options = pli_log_options_default();
    options.may_create = true;
    options.head_interval = head_interval;
    options.segment_size = (uint64_t)256 << 20;
    void *memory = malloc(pli_log_size());
    pli_log *log = NULL;
    plm_fault fault;
    if (memory == NULL ||
        pli_log_open(disk, &options, memory, pli_log_size(), &log, &fault) != PLM_OK) {
        fail("cannot open the log");
    }
    return log;
}

static int64_t
append_and_sync(pli_log *log, unsigned batch) {
    pli_log_frame frame = {
        .payload = events, .payload_size = batch * EVENT_SIZE, .event_count = batch};
    plm_fault fault;
    int64_t start = pli_clock_monotonic_ns();
    if (pli_log_append(log, &frame, &fault) != PLM_OK || pli_log_sync(log, &fault) != PLM_OK) {
        fail(fault.text);
    }
    return pli_clock_monotonic_ns() - start;
}

static int64_t
write_and_sync(int file, unsigned batch, off_t *offset) {
    size_t size = (size_t)batch * EVENT_SIZE;
    int64_t start = pli_clock_monotonic_ns();
    if (pwrite(file, events, size, *offset) != (ssize_t)size || fdatasync(file) != 0) {
        fail("cannot write the raw file");
    }
    *offset += (off_t)size;
    return pli_clock_monotonic_ns() - start;
}

static void
measure_reading(const pli_disk *disk) {
    pli_log_reader_options options = {.batch_first = 1};
    void *memory = malloc(pli_log_reader_size());
    pli_log_reader *reader = NULL;
    plm_fault fault;
    if (memory == NULL || pli_log_reader_open(disk, &options, memory, pli_log_reader_size(),
                                              &reader, &fault) != PLM_OK) {
        fail("cannot open the reader");
    }
    int64_t start = pli_clock_monotonic_ns();
    pli_log_frame frame;
    bool is_found = true;
    uint64_t event_count = 0;
    while (is_found) {
        if (pli_log_reader_next(reader, &frame, &is_found, &fault) != PLM_OK) {
            fail(fault.text);
        }
        event_count = is_found ? frame.end.event_sequence_next - 1 : event_count;
    }
    double took_s = (double)(pli_clock_monotonic_ns() - start) / 1e9;
    printf("reading and checking the chain: %llu events in %.3f s, %.2f million a second\n",
           (unsigned long long)event_count, took_s, (double)event_count / took_s / 1e6);
    pli_log_reader_close(reader);
    free(memory);
}

int
main(int argument_count, char **arguments) {
    if (argument_count != 2) {
        fail("usage: log FOLDER   (new files are made in it, on the disk to be measured)");
    }
    static const unsigned batches[] = {1, 32, 256, 1024};
    static way ways[3] = {
        {.name = "pwrite + fdatasync"}, {.name = "log"}, {.name = "log, head_interval 64"}};
    pli_disk_posix posix[2];
    pli_disk disks[2];
    pli_log *logs[2];
    char path[1024];
    for (unsigned i = 0; i < 2; i += 1) {
        plm_fault fault;
        snprintf(path, sizeof path, "%.900s/bench-log-%u", arguments[1], i);
        if (pli_disk_posix_open(&posix[i], path, true, &disks[i], &fault) != PLM_OK) {
            fail(fault.text);
        }
        logs[i] = open_log(&disks[i], i == 0 ? 1 : 64);
    }
    snprintf(path, sizeof path, "%.900s/bench-log-raw", arguments[1]);
    int raw = open_raw(path);
    off_t offset = 0;
    printf("events of %d bytes, %d rounds in turns\n", EVENT_SIZE, ROUNDS);
    printf("batch  way                       p50 (us)  p99 (us)     events/s  against raw\n");
    for (unsigned i = 0; i < sizeof batches / sizeof batches[0]; i += 1) {
        for (unsigned round = 0; round < ROUNDS; round += 1) {
            ways[0].took_ns[round] = write_and_sync(raw, batches[i], &offset);
            ways[1].took_ns[round] = append_and_sync(logs[0], batches[i]);
            ways[2].took_ns[round] = append_and_sync(logs[1], batches[i]);
        }
        double raw_total = total_ns(&ways[0]);
        for (unsigned j = 0; j < 3; j += 1) {
            print(&ways[j], batches[i], raw_total);
        }
    }
    measure_reading(&disks[0]);
    return 0;
}
