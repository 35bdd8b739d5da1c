/* feed_properties.h: what must hold for every price feed, whoever lies.               SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_FEED_PROPERTIES_H
#define TS_FEED_PROPERTIES_H

#include <stdint.h>

/*
 * Each draws `count` cases from `seed` and fails with seed and case; the same call reproduces it.
 *
 * ts_feed_liars      k of n sources say anything: 0, 1, the largest, x 1000, negative, stale, expired, early, closed, nothing,
 *                    or the same sequence twice. With at most f liars among the fresh the index lies in the range of the
 *                    honest, the confidence within their distances [O2]; without a quorum the state is not VALID and the
 *                    last price stays [O3]; what is not ACCEPTED never contributes [O6].
 * ts_feed_orders     the reports of each tick in two orders, doubled and with repetitions of older ones, give the same views [O4].
 * ts_feed_splits     one feed advances in one step, its twin in many: the same bytes [O5], also after encode and decode.
 * ts_feed_monotone   a wider report never narrows the confidence, an older one never makes the age less [M6].
 */
void ts_feed_liars(uint64_t seed, uint32_t count);
void ts_feed_orders(uint64_t seed, uint32_t count);
void ts_feed_splits(uint64_t seed, uint32_t count);
void ts_feed_monotone(uint64_t seed, uint32_t count);

/*
 * ts_feed_signatures - `count` signed reports, each altered in one way (a bit of message or signature, another key, another
 * domain, network, feed or source, an old one again, none at all), through the door that an engine has: none is accepted,
 * and the view stays.
 */
void ts_feed_signatures(uint64_t seed, uint32_t count);

#endif
