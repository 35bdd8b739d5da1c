/* event.c: nanoseconds for one event of every kind: to bytes and back, to a line of JSON and back. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/event_json.h"
#include "plimsoll/event.h"

enum { ROUNDS = 7, EVENT_COUNT = 100000, LINE_COUNT = 2000, DISTINCT = 64 };

static double
now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

// A body whose every field has a value that passes: the lowest that its form allows, or a small number.
static plm_event
make_event(const plm_event_kind *kind, uint32_t salt) {
    plm_event event = {.header = {.type = (uint16_t)kind->type, .version = kind->version}};
    event.header.time_ns = INT64_C(1772366400000000000) + salt;
    event.header.account = salt;
    for (uint32_t i = 0; i < kind->field_count; i += 1) {
        const plm_event_field *field = &kind->fields[i];
        uint32_t low = field->form == PLM_EVENT_FORM_ANY ? salt : field->low;
        if (field->wire == PLM_WIRE_U32) {
            memcpy((char *)&event + field->place, &low, sizeof low);
        } else if (field->wire == PLM_WIRE_U64 || field->wire == PLM_WIRE_I64) {
            int64_t value = 1 + (int64_t)salt;
            memcpy((char *)&event + field->place, &value,
                   field->form == PLM_EVENT_FORM_ANY ? sizeof value : 0);
        }
    }
    return event;
}

static void
must(plm_status status, const char *what) {
    if (status != PLM_OK) {
        fprintf(stderr, "%s: %s\n", what, plm_status_name(status));
        exit(1);
    }
}

static void
measure_lines(const plm_event_kind *kind) {
    double write_ns = 1e18;
    double read_ns = 1e18;
    for (int round = 0; round < ROUNDS; round += 1) {
        pli_json_writer writer = {0};
        double start = now_ns();
        for (uint32_t i = 0; i < LINE_COUNT; i += 1) {
            plm_event event = make_event(kind, i % DISTINCT);
            must(pli_event_json_write(&writer, &event, NULL), kind->name);
        }
        double middle = now_ns();
        pli_event_lines lines = {.name = "line", .bytes = {(uint8_t *)writer.data, writer.size}};
        bool is_end = false;
        while (!is_end) {
            plm_event event;
            must(pli_event_lines_next(&lines, &event, &is_end, NULL), kind->name);
        }
        double end = now_ns();
        pli_json_writer_finish(&writer);
        double written = (middle - start) / LINE_COUNT;
        double read = (end - middle) / LINE_COUNT;
        write_ns = written < write_ns ? written : write_ns;
        read_ns = read < read_ns ? read : read_ns;
    }
    printf("  line: write %8.0f ns  read %8.0f ns\n", write_ns, read_ns);
}

static void
measure(const plm_event_kind *kind) {
    static uint8_t bytes[DISTINCT][PLM_EVENT_SIZE_MAX];
    static plm_event events[DISTINCT];
    double encode_ns = 1e18;
    double decode_ns = 1e18;
    size_t size = 0;
    for (uint32_t i = 0; i < DISTINCT; i += 1) {
        events[i] = make_event(kind, i);
    }
    for (int round = 0; round < ROUNDS; round += 1) {
        double start = now_ns();
        for (uint32_t i = 0; i < EVENT_COUNT; i += 1) {
            must(plm_event_encode(&events[i % DISTINCT], bytes[i % DISTINCT], PLM_EVENT_SIZE_MAX,
                                  &size),
                 kind->name);
        }
        double middle = now_ns();
        for (uint32_t i = 0; i < EVENT_COUNT; i += 1) {
            must(plm_event_decode(bytes[i % DISTINCT], PLM_EVENT_SIZE_MAX, &events[i % DISTINCT],
                                  &size, NULL),
                 kind->name);
        }
        double end = now_ns();
        double encode = (middle - start) / EVENT_COUNT;
        double decode = (end - middle) / EVENT_COUNT;
        encode_ns = encode < encode_ns ? encode : encode_ns;
        decode_ns = decode < decode_ns ? decode : decode_ns;
    }
    printf("%-18s %5zu bytes: encode %7.1f ns  decode %7.1f ns", kind->name, size, encode_ns,
           decode_ns);
    measure_lines(kind);
}

int
main(void) {
    printf("best of %d rounds of %d events and %d lines, time of the process\n", ROUNDS,
           EVENT_COUNT, LINE_COUNT);
    for (uint32_t i = 0; plm_event_kind_at(i) != NULL; i += 1) {
        measure(plm_event_kind_at(i));
    }
    return 0;
}
