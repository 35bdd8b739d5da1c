/* feed_average.h: averages over time that do not depend on when one looks.            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_FEED_AVERAGE_H
#define PLI_MARKET_FEED_AVERAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "market/feed.h"

/*
 * pli_feed_accrue - the state of `feed->now` held from `from_ns` until `to_ns` (from <= to): add it to the slow price and
 * to the minutes of the settlement window, when it is VALID.
 *
 * The slow price moves at multiples of slow_half_life_ns / 64 since 1970, by a 1 - 2^(-1/64) of what the time integral of
 * the valid price over the step lies away from it, rounded away from zero but never past. Only the integral enters, so
 * how the interval is cut changes no bit [O5].
 *
 * Cost       One step per 1/64 half-life of valid time; at most 31 minutes.
 */
void pli_feed_accrue(pli_feed *feed, const plm_feed_parameters *parameters, int64_t from_ns,
                     int64_t to_ns);

/* pli_feed_slow_from, pli_feed_slow_e8 - a price in the form of slow_q32 and back, to the nearest unit, ties to even. */
plm_wide pli_feed_slow_from(int64_t price_e8);
int64_t pli_feed_slow_e8(plm_wide slow_q32);

#endif
