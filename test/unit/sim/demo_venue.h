/* demo_venue.h: a demonstration venue on a bare core, for the tests of the demo.       SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_UNIT_SIM_DEMO_VENUE_H
#define TEST_UNIT_SIM_DEMO_VENUE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/demo.h"

enum { EFFECTS = 16384, KINDS = 64 };

#define DEMO_START INT64_C(1767225600000000000)

typedef struct demo_venue {
    pli_demo demo;
    plm_core *core;
    void *memory;
    int64_t now_ns;
    uint64_t accepted[KINDS], refused[KINDS];
    uint64_t unexpected; /* refusals for another reason than health, restriction or open interest */
    uint64_t slices, calls, forced_fills, sales, covers;
    plm_effect entries[EFFECTS];
} demo_venue;

static inline demo_venue *
open_venue(uint32_t accounts, uint64_t seed) {
    demo_venue *made = calloc(1, sizeof *made);
    assert_non_null(made);
    pli_demo_options options = {.seed = seed, .account_count = accounts, .speed = 60};
    pli_demo_init(&made->demo, &options);
    plm_core_limits limits = pli_demo_limits(accounts);
    size_t size = (plm_core_size(&limits) + 63) / 64 * 64;
    assert_true(size > 0);
    made->memory = aligned_alloc(64, size);
    assert_non_null(made->memory);
    assert_int_equal(plm_core_init(&limits, made->memory, size, &made->core, NULL), PLM_OK);
    made->now_ns = DEMO_START;
    return made;
}

static inline void
close_venue(demo_venue *venue) {
    free(venue->memory);
    free(venue);
}

static inline void
apply(demo_venue *venue, plm_event *event) {
    if (event->header.type == PLM_EVENT_TYPE_SOURCE) {
        event->source_body.public_key[0] = (uint8_t)(1 + event->source_body.underlying_index);
        event->source_body.public_key[1] = (uint8_t)(1 + event->source_body.source_index);
    }
    plm_effects effects = {EFFECTS, venue->entries};
    plm_outcome outcome;
    plm_fault fault = {0};
    assert_int_equal(plm_core_apply(venue->core, event, &effects, &outcome, &fault), PLM_OK);
    bool is_accepted = outcome.reject == PLM_REJECT_NONE;
    *(is_accepted ? &venue->accepted[event->header.type] : &venue->refused[event->header.type]) +=
        1;
    bool is_expected = is_accepted || outcome.reject == PLM_REJECT_HEALTH ||
                       outcome.reject == PLM_REJECT_RESTRICTED ||
                       outcome.reject == PLM_REJECT_OPEN_INTEREST;
    venue->unexpected += is_expected ? 0 : 1;
    for (uint32_t i = 0; is_accepted && i < outcome.effect_count; i += 1) {
        venue->slices += venue->entries[i].kind == PLM_EFFECT_SLICE ? 1 : 0;
        venue->calls += venue->entries[i].kind == PLM_EFFECT_CALL ? 1 : 0;
        venue->sales += venue->entries[i].kind == PLM_EFFECT_BID ? 1 : 0;
        venue->covers += venue->entries[i].kind == PLM_EFFECT_COVER ? 1 : 0;
    }
    bool is_forced = event->header.type == PLM_EVENT_TYPE_TRADE &&
                     event->trade_body.taker_order_id >= UINT64_C(1) << 63;
    venue->forced_fills += is_forced && is_accepted ? 1 : 0;
    pli_demo_told(&venue->demo, venue->core, event, &outcome, venue->entries);
}

static inline void
tick(demo_venue *venue, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 1) {
        plm_event event;
        while (pli_demo_next(&venue->demo, venue->core, venue->now_ns, &event)) {
            apply(venue, &event);
        }
        venue->now_ns += PLI_DEMO_TICK_NS;
    }
}

// How many accounts hold a position.
static inline uint32_t
holders(const demo_venue *venue) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < plm_core_account_count(venue->core); i += 1) {
        plm_account_info info;
        assert_int_equal(plm_core_account(venue->core, i, &info), PLM_OK);
        count += info.position_count > 0 ? 1 : 0;
    }
    return count;
}

#endif
