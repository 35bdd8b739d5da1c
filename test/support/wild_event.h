/* wild_event.h: random events of every kind that are well formed and like the edges.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_WILD_EVENT_H
#define TS_WILD_EVENT_H

#include <stdbool.h>

#include "base/prng.h"
#include "plimsoll/event.h"

/*
 * ts_wild_event - an event of that kind, every field anywhere in its form.
 *
 * About form only: indices point anywhere, amounts may be negative. What such events do to books is not their subject.
 * header.size is right.
 */
void ts_wild_event(plm_event *event, const plm_event_kind *kind, pli_prng *prng);

/* ts_wild_event_any - the same of a random kind. */
void ts_wild_event_any(plm_event *event, pli_prng *prng);

/* ts_event_is_equal - are all fields of header and body the same bits? */
bool ts_event_is_equal(const plm_event *left, const plm_event *right);

#endif
