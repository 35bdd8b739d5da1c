/* log_world.c: a small log on a simulated disk whose every batch can be foretold.     SPDX-License-Identifier: Apache-2.0 */
#include "support/log_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAYLOAD_SIZE_MAX 1200

void
log_world_init(log_world *world, uint64_t seed) {
    memset(world, 0, sizeof *world);
    world->rig = pli_rig_disk_open(seed);
    world->disk = pli_rig_disk_view(world->rig);
    world->options = pli_log_options_default();
    world->options.segment_size = LOG_WORLD_SEGMENT_SIZE;
    world->options.may_create = true;
    memset(world->options.identity, 0x5a, sizeof world->options.identity);
    world->log_memory = malloc(pli_log_size());
    world->reader_memory = malloc(pli_log_reader_size());
    assert_non_null(world->log_memory);
    assert_non_null(world->reader_memory);
}

void
log_world_finish(log_world *world) {
    pli_rig_disk_finish(world->rig);
    free(world->log_memory);
    free(world->reader_memory);
}

void
log_world_take(log_world *world, pli_rig_disk *rig) {
    pli_rig_disk_finish(world->rig);
    world->rig = rig;
    world->disk = pli_rig_disk_view(rig);
}

plm_status
log_world_open(log_world *world, plm_fault *fault) {
    return pli_log_open(&world->disk, &world->options, world->log_memory, pli_log_size(),
                        &world->log, fault);
}

pli_log_frame
log_world_frame(uint64_t sequence, uint64_t salt) {
    static uint8_t payload[PAYLOAD_SIZE_MAX];
    uint64_t mixer = sequence ^ salt << 32;
    pli_log_frame frame = {
        .payload = payload,
        .payload_size = (uint32_t)(pli_splitmix64_next(&mixer) % PAYLOAD_SIZE_MAX),
        .event_count = (uint32_t)(1 + sequence % 3),
    };
    for (uint32_t i = 0; i < frame.payload_size; i += 1) {
        payload[i] = (uint8_t)pli_splitmix64_next(&mixer);
    }
    static uint8_t outcomes[6];
    memset(outcomes, (int)(sequence & 255), sizeof outcomes);
    frame.outcomes = outcomes;
    if (sequence % 4 == 0) {
        memset(frame.state_digest, (int)(~sequence & 255), sizeof frame.state_digest);
    }
    return frame;
}

plm_status
log_world_append(log_world *world, plm_fault *fault) {
    uint64_t sequence = pli_log_end(world->log)->batch_sequence + 1;
    assert_true(sequence < LOG_WORLD_BATCH_MAX);
    pli_log_frame frame = log_world_frame(sequence, world->salt);
    plm_status status = pli_log_append(world->log, &frame, fault);
    if (status == PLM_OK) {
        world->salts[sequence] = world->salt;
    }
    return status;
}

plm_status
log_world_close(log_world *world) {
    plm_fault fault;
    plm_status status = pli_log_close(world->log, &fault);
    world->log = NULL;
    return status;
}

void
log_world_run(log_world *world, uint64_t batch_count, uint64_t group) {
    plm_fault fault;
    assert_int_equal(log_world_open(world, &fault), PLM_OK);
    for (uint64_t i = 1; i <= batch_count; i += 1) {
        assert_int_equal(log_world_append(world, &fault), PLM_OK);
        if (i % group == 0 || i == batch_count) {
            assert_int_equal(pli_log_sync(world->log, &fault), PLM_OK);
        }
    }
    assert_int_equal(log_world_close(world), PLM_OK);
}

static void
compare(const log_world *world, const pli_log_frame *seen, uint64_t sequence, uint64_t event) {
    assert_true(sequence < LOG_WORLD_BATCH_MAX);
    pli_log_frame expected = log_world_frame(sequence, world->salts[sequence]);
    assert_int_equal(seen->batch_sequence, sequence);
    assert_int_equal(seen->event_sequence_first, event);
    assert_int_equal(seen->event_count, expected.event_count);
    assert_int_equal(seen->payload_size, expected.payload_size);
    assert_memory_equal(seen->payload, expected.payload, expected.payload_size);
    assert_memory_equal(seen->outcomes, expected.outcomes, 2 * (size_t)expected.event_count);
    assert_memory_equal(seen->state_digest, expected.state_digest, sizeof expected.state_digest);
}

plm_status
log_world_read(log_world *world, bool is_acknowledged, uint64_t *batch_count, plm_fault *fault) {
    pli_log_reader_options options = {.is_acknowledged = is_acknowledged};
    pli_log_reader *reader;
    *batch_count = 0;
    plm_status status = pli_log_reader_open(&world->disk, &options, world->reader_memory,
                                            pli_log_reader_size(), &reader, fault);
    if (status != PLM_OK) {
        return status;
    }
    uint64_t event = 1;
    bool is_found = true;
    while (status == PLM_OK && is_found) {
        pli_log_frame frame;
        status = pli_log_reader_next(reader, &frame, &is_found, fault);
        if (status == PLM_OK && is_found) {
            *batch_count += 1;
            compare(world, &frame, *batch_count, event);
            event = frame.end.event_sequence_next;
        }
    }
    pli_log_reader_close(reader);
    return status;
}
