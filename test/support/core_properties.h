/* core_properties.h: what must hold of the state machine after any events.              SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_CORE_PROPERTIES_H
#define TS_SUPPORT_CORE_PROPERTIES_H

#include <stdint.h>

/*
 * Each runs `event_count` events drawn from `seed`; odd seeds under model `tiered`, even ones with risk arrays and model
 * `portfolio` to begin with. A property that fails fails the test.
 */

/* ts_core_refusals - a refused event changes sequence, time and counters only [L6]. Returns how many were refused. */
uint32_t ts_core_refusals(uint64_t seed, uint32_t event_count);

/* ts_core_invariants - plm_core_check after every event. Returns how many were accepted. */
uint32_t ts_core_invariants(uint64_t seed, uint32_t event_count);

/* ts_core_snapshots - at every event: decode(encode) encodes to the same bytes and goes on as the state does [D3]. */
void ts_core_snapshots(uint64_t seed, uint32_t event_count);

/*
 * ts_core_replays - a copy that is told every outcome stays equal byte for byte, restarts from its own bytes included, and
 *                   one that is told of a repeat which was none, or of none where there was one, does not believe it.
 */
void ts_core_replays(uint64_t seed, uint32_t event_count);

/* ts_core_questions - no question changes a byte of the state. */
void ts_core_questions(uint64_t seed, uint32_t event_count);

/*
 * ts_core_trials - an event tried and then applied at the same time comes to the same, and the trial changes no byte. Returns how
 *                  many of those that were tried were accepted.
 */
uint32_t ts_core_trials(uint64_t seed, uint32_t event_count);

#endif
