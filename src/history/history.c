/* history.c: the ring between who applies events and the thread that writes history.db. SPDX-License-Identifier: Apache-2.0 */
#include "history/history.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "history/rows.h"

enum { TRANSACTION_EVENTS = 2048 };
#define RING_STANDARD ((size_t)16 << 20)

/* What stands before an event's bytes and effects in the ring. */
typedef struct record {
    plm_outcome outcome;
    uint32_t event_size;
} record;

/*
 * `head` and `tail` count bytes ever put and taken. The side that applies fills between head and what it publishes next, the
 * writer reads between tail and head: the bytes themselves need no lock. Everything from `head` to `failure` does.
 */
struct pli_history {
    pli_history_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t filled, drained;
    uint8_t *ring;
    size_t capacity;
    uint64_t head, tail;
    uint64_t taken, written, released; /* sequences */
    bool is_replay, is_behind, is_closing, is_failed;
    plm_core_limits limits;
    plm_fault failure;
    /* the writer's own */
    pli_history_writer rows;
    uint8_t *copy; /* one record, out of the ring */
    char *line;
};

static void
copy_in(pli_history *history, uint64_t at, const void *from, size_t size) {
    size_t offset = (size_t)(at % history->capacity);
    size_t first = size < history->capacity - offset ? size : history->capacity - offset;
    memcpy(history->ring + offset, from, first);
    if (size > first) {
        memcpy(history->ring, (const uint8_t *)from + first, size - first);
    }
}

static void
copy_out(const pli_history *history, uint64_t at, void *to, size_t size) {
    size_t offset = (size_t)(at % history->capacity);
    size_t first = size < history->capacity - offset ? size : history->capacity - offset;
    memcpy(to, history->ring + offset, first);
    if (size > first) {
        memcpy((uint8_t *)to + first, history->ring, size - first);
    }
}

/* Is there an event that may be written? Under the lock. */
static bool
is_ready(const pli_history *history) {
    return history->head != history->tail && history->written < history->released;
}

static void
stop(pli_history *history, int code) {
    const char *why = code == SQLITE_MISMATCH ? "another program writes it too"
                      : code == SQLITE_OK     ? "an event cannot be written as text"
                                              : sqlite3_errstr(code);
    pli_history_rows_undo(&history->rows);
    pthread_mutex_lock(&history->lock);
    history->is_failed = true;
    plm_status status =
        pli_fault_set(&history->failure, PLM_IO_WRITE, "history cannot be written: ", why, NULL);
    PLI_ASSERT(status == PLM_IO_WRITE);
    pthread_cond_broadcast(&history->drained);
    pthread_mutex_unlock(&history->lock);
}

/* Take the record at `at` out of the ring and write its rows; adds its size to *at. */
static bool
write_record(pli_history *history, uint64_t *at, plm_event *event, int *code) {
    record head;
    copy_out(history, *at, &head, sizeof head);
    size_t effects_size = head.outcome.effect_count * sizeof(plm_effect);
    uint8_t *effects = history->copy + PLM_EVENT_SIZE_MAX;
    copy_out(history, *at + sizeof head, history->copy, head.event_size);
    copy_out(history, *at + sizeof head + head.event_size, effects, effects_size);
    *at += sizeof head + head.event_size + effects_size;
    size_t size = 0;
    pli_text line = pli_text_init(history->line, PLI_HISTORY_LINE_MAX);
    plm_status status = plm_event_decode(history->copy, head.event_size, event, &size, NULL);
    if (status == PLM_OK) {
        status = history->options.line_of(event, &line);
    }
    if (status != PLM_OK || line.is_truncated) {
        return false;
    }
    const pli_history_event of = {.event = event,
                                  .outcome = &head.outcome,
                                  .effects = (const plm_effect *)(const void *)effects,
                                  .line = line.data,
                                  .line_size = line.length};
    *code = pli_history_rows_add(&history->rows, &of);
    return *code == SQLITE_OK;
}

/* One transaction: what may be written now, at most TRANSACTION_EVENTS events. */
static bool
write_some(pli_history *history, uint64_t written, uint64_t end, uint64_t to) {
    plm_event event = {.header = {.time_ns = 0}};
    uint64_t at = history->tail;
    uint64_t sequence = written;
    int code = pli_history_rows_begin(&history->rows, written);
    bool is_good = code == SQLITE_OK;
    for (unsigned i = 0; is_good && i < TRANSACTION_EVENTS && at != end && sequence < to; i += 1) {
        is_good = write_record(history, &at, &event, &code);
        sequence += 1;
    }
    if (is_good) {
        code = pli_history_rows_commit(&history->rows, sequence, event.header.time_ns);
        is_good = code == SQLITE_OK;
    }
    if (!is_good) {
        stop(history, code);
        return false;
    }
    pthread_mutex_lock(&history->lock);
    history->tail = at;
    history->written = sequence;
    pthread_cond_broadcast(&history->drained);
    pthread_mutex_unlock(&history->lock);
    return true;
}

static void *
write_all(void *argument) {
    pli_history *history = argument;
    bool is_good = true;
    while (is_good) {
        pthread_mutex_lock(&history->lock);
        while (!is_ready(history) && !history->is_closing) {
            pthread_cond_wait(&history->filled, &history->lock);
        }
        bool is_end = !is_ready(history);
        uint64_t end = history->head;
        uint64_t written = history->written;
        uint64_t to = history->released;
        history->rows.limits = history->limits;
        pthread_mutex_unlock(&history->lock);
        if (is_end) {
            break;
        }
        is_good = write_some(history, written, end, to);
    }
    return NULL;
}

static void
finish(pli_history *history) {
    pli_history_rows_close(&history->rows);
    free(history->ring);
    free(history->copy);
    free(history->line);
    free(history);
}

static plm_status
open_rows(pli_history *history, const char *path, plm_fault *fault) {
    int code =
        pli_history_rows_open(&history->rows, path, history->options.is_new, &history->written);
    if (code != SQLITE_OK) {
        return pli_fault_set(fault, PLM_IO_OPEN, path, ": ", sqlite3_errstr(code));
    }
    history->taken = history->written;
    history->released = history->written;
    return PLM_OK;
}

plm_status
pli_history_open(const char *path, const pli_history_options *options, pli_history **history,
                 plm_fault *fault) {
    pli_history *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, "no memory for the history", NULL, NULL);
    }
    made->options = *options;
    made->capacity = options->ring_size == 0 ? RING_STANDARD : options->ring_size;
    PLI_ASSERT(made->capacity >= PLI_HISTORY_RING_MIN);
    made->ring = malloc(made->capacity);
    made->copy = malloc(PLM_EVENT_SIZE_MAX + made->capacity);
    made->line = malloc(PLI_HISTORY_LINE_MAX);
    plm_status status = PLM_OK;
    if (made->ring == NULL || made->copy == NULL || made->line == NULL) {
        status = pli_fault_set(fault, PLM_MEMORY, "no memory for the history", NULL, NULL);
    }
    if (status == PLM_OK) {
        status = open_rows(made, path, fault);
    }
    if (status == PLM_OK) {
        pthread_mutex_init(&made->lock, NULL);
        pthread_cond_init(&made->filled, NULL);
        pthread_cond_init(&made->drained, NULL);
        if (pthread_create(&made->thread, NULL, write_all, made) != 0) {
            status = pli_fault_set(fault, PLM_MEMORY, "no thread for the history", NULL, NULL);
        }
    }
    if (status != PLM_OK) {
        finish(made);
        return status;
    }
    *history = made;
    return PLM_OK;
}

void
pli_history_follow(pli_history *history, bool is_replay) {
    pthread_mutex_lock(&history->lock);
    history->is_replay = is_replay;
    history->is_behind = history->is_behind && !is_replay;
    pthread_mutex_unlock(&history->lock);
}

/* Room for `size` bytes, waited for in a replay. False: the event is known, or missed. Under the lock. */
static bool
make_room(pli_history *history, uint64_t sequence, size_t size) {
    if (sequence <= history->taken) {
        return false;
    }
    bool is_next = sequence == history->taken + 1;
    while (is_next && history->is_replay && !history->is_failed &&
           history->capacity - (size_t)(history->head - history->tail) < size) {
        pthread_cond_wait(&history->drained, &history->lock);
    }
    bool has_room = history->capacity - (size_t)(history->head - history->tail) >= size;
    if (!is_next || !has_room || history->is_failed) {
        history->is_behind = true;
        return false;
    }
    return true;
}

void
pli_history_observe(void *observer, const plm_core *core, const plm_event *event,
                    const plm_outcome *outcome, const plm_effect *effects) {
    pli_history *history = observer;
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    size_t event_size = 0;
    plm_status status = plm_event_encode(event, bytes, sizeof bytes, &event_size);
    PLI_ASSERT(status == PLM_OK);
    record head = {.outcome = *outcome, .event_size = (uint32_t)event_size};
    size_t effects_size = outcome->effect_count * sizeof *effects;
    size_t size = sizeof head + event_size + effects_size;
    pthread_mutex_lock(&history->lock);
    bool is_taken = make_room(history, event->header.sequence, size);
    uint64_t at = history->head;
    pthread_mutex_unlock(&history->lock);
    if (!is_taken) {
        return;
    }
    copy_in(history, at, &head, sizeof head);
    copy_in(history, at + sizeof head, bytes, event_size);
    copy_in(history, at + sizeof head + event_size, effects, effects_size);
    pthread_mutex_lock(&history->lock);
    history->limits = *plm_core_limits_of(core);
    history->head = at + size;
    history->taken = event->header.sequence;
    if (history->is_replay) {
        history->released = history->taken;
        pthread_cond_signal(&history->filled);
    }
    pthread_mutex_unlock(&history->lock);
}

void
pli_history_release(pli_history *history, uint64_t sequence) {
    pthread_mutex_lock(&history->lock);
    history->released = sequence > history->released ? sequence : history->released;
    pthread_cond_signal(&history->filled);
    pthread_mutex_unlock(&history->lock);
}

bool
pli_history_is_behind(pli_history *history) {
    pthread_mutex_lock(&history->lock);
    bool is_behind = history->is_behind && !history->is_failed;
    pthread_mutex_unlock(&history->lock);
    return is_behind;
}

uint64_t
pli_history_taken(pli_history *history) {
    pthread_mutex_lock(&history->lock);
    uint64_t taken = history->taken;
    pthread_mutex_unlock(&history->lock);
    return taken;
}

plm_status
pli_history_close(pli_history *history, plm_fault *fault) {
    pthread_mutex_lock(&history->lock);
    history->is_closing = true;
    pthread_cond_signal(&history->filled);
    pthread_mutex_unlock(&history->lock);
    pthread_join(history->thread, NULL);
    plm_status status = history->is_failed ? PLM_IO_WRITE : PLM_OK;
    if (history->is_failed) {
        status = pli_fault_set(fault, PLM_IO_WRITE, history->failure.text, NULL, NULL);
    }
    pthread_cond_destroy(&history->drained);
    pthread_cond_destroy(&history->filled);
    pthread_mutex_destroy(&history->lock);
    finish(history);
    return status;
}
