/* amendments.c: reading the log for changes of governed records, a little at a time.      SPDX-License-Identifier: Apache-2.0 */
#include "server/amendments.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "engine/engine.h"
#include "os/clock.h"

static void
stop_reading(pli_amendments *amendments) {
    if (amendments->reader != NULL) {
        pli_log_reader_close(amendments->reader);
    }
    if (amendments->posix != NULL) {
        pli_disk_posix_close(amendments->posix);
    }
    free(amendments->posix);
    free(amendments->memory);
    amendments->reader = NULL;
    amendments->posix = NULL;
    amendments->memory = NULL;
}

void
pli_amendments_open(pli_amendments *amendments, const char *directory, uint64_t until) {
    *amendments = (pli_amendments){.until = until, .is_whole = until == 0};
    amendments->posix = until == 0 ? NULL : calloc(1, sizeof *amendments->posix);
    if (amendments->posix == NULL) {
        return;
    }
    if (pli_disk_posix_open(amendments->posix, directory, false, &amendments->disk, NULL) !=
        PLM_OK) {
        free(amendments->posix);
        amendments->posix = NULL;
        return;
    }
    pli_log_reader_options options = {.is_acknowledged = true};
    amendments->memory = malloc(pli_log_reader_size());
    if (amendments->memory == NULL ||
        pli_log_reader_open(&amendments->disk, &options, amendments->memory, pli_log_reader_size(),
                            &amendments->reader, NULL) != PLM_OK) {
        amendments->reader = NULL;
        stop_reading(amendments);
    }
}

// Behind those of earlier events; the oldest makes room.
static void
keep(pli_amendments *amendments, const plm_event *event, uint64_t sequence) {
    if (amendments->count == PLI_AMENDMENTS_MAX) {
        amendments->has_dropped = true;
        amendments->is_whole = false;
        if (sequence < amendments->entries[0].sequence) {
            return;
        }
        amendments->count -= 1;
        memmove(amendments->entries, amendments->entries + 1,
                amendments->count * sizeof amendments->entries[0]);
    }
    if (amendments->count == amendments->capacity) {
        uint32_t capacity = 2 * amendments->capacity + 16;
        pli_amendment *grown = realloc(amendments->entries, capacity * sizeof grown[0]);
        if (grown == NULL) {
            amendments->has_dropped = true;
            amendments->is_whole = false;
            return;
        }
        amendments->entries = grown;
        amendments->capacity = capacity;
    }
    uint32_t at = amendments->count;
    while (at > 0 && amendments->entries[at - 1].sequence > sequence) {
        at -= 1;
    }
    memmove(amendments->entries + at + 1, amendments->entries + at,
            (amendments->count - at) * sizeof amendments->entries[0]);
    amendments->count += 1;
    amendments->entries[at] = (pli_amendment){.sequence = sequence,
                                              .time_ns = event->header.time_ns,
                                              .signer = event->header.signer,
                                              .body = event->parameters_body};
}

static void
read_frame(pli_amendments *amendments, const pli_log_frame *frame) {
    size_t at = 0;
    for (uint32_t i = 0; i < frame->event_count; i += 1) {
        uint64_t sequence = frame->event_sequence_first + i;
        size_t left = frame->payload_size - at;
        uint32_t size = left < PLM_EVENT_HEADER_SIZE ? 0 : pli_load_u32(frame->payload + at);
        if (size < PLM_EVENT_HEADER_SIZE || size > left || sequence > amendments->until) {
            return;
        }
        bool is_change = pli_load_u16(frame->payload + at + 4) == PLM_EVENT_TYPE_PARAMETERS;
        plm_outcome outcome = pli_outcome_from_word(pli_load_u16(frame->outcomes + 2 * (size_t)i));
        plm_event event;
        size_t read = 0;
        if (is_change && outcome.reject == PLM_REJECT_NONE && !outcome.is_repeat &&
            plm_event_decode(frame->payload + at, left, &event, &read, NULL) == PLM_OK) {
            keep(amendments, &event, sequence);
        }
        at += size;
    }
}

void
pli_amendments_turn(pli_amendments *amendments, int64_t until_ns) {
    while (amendments->reader != NULL && pli_clock_monotonic_ns() < until_ns) {
        pli_log_frame frame;
        bool is_found = false;
        plm_status status = pli_log_reader_next(amendments->reader, &frame, &is_found, NULL);
        if (status == PLM_OK && is_found) {
            read_frame(amendments, &frame);
        }
        bool is_over = status != PLM_OK || !is_found ||
                       frame.event_sequence_first + frame.event_count > amendments->until;
        if (is_over) {
            amendments->is_whole = status == PLM_OK && !amendments->has_dropped;
            stop_reading(amendments);
        }
    }
}

void
pli_amendments_observe(pli_amendments *amendments, const plm_event *event,
                       const plm_outcome *outcome) {
    bool is_change = event->header.type == PLM_EVENT_TYPE_PARAMETERS;
    if (is_change && outcome->reject == PLM_REJECT_NONE && !outcome->is_repeat) {
        keep(amendments, event, outcome->sequence);
    }
}

const int64_t *
pli_amendments_before(const pli_amendments *amendments, uint32_t index) {
    const plm_event_parameters *of = &amendments->entries[index].body;
    for (uint32_t i = index; i > 0; i -= 1) {
        const plm_event_parameters *body = &amendments->entries[i - 1].body;
        if (body->record_index == of->record_index &&
            memcmp(body->record, of->record, sizeof of->record) == 0) {
            return body->values;
        }
    }
    return NULL;
}

void
pli_amendments_finish(pli_amendments *amendments) {
    stop_reading(amendments);
    free(amendments->entries);
}
