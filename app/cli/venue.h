/* venue.h: opening a data directory for the verbs that work on one.                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_VENUE_H
#define PLI_CLI_VENUE_H

#include "cli/verb.h"
#include "io/pool.h"
#include "plimsoll/engine.h"

/*
 * pli_venue_open - the engine of operand 0. pli_venue_open_read - the same to read what is acknowledged, beside a running one.
 * pli_venue_close - commit and close it.
 *
 * Returns    PLI_EXIT_OK, or PLI_EXIT_IO after the reason on standard error.
 */
pli_exit pli_venue_open(const pli_invocation *invocation, plm_engine_options *options,
                        plm_engine **engine);
pli_exit pli_venue_open_read(const pli_invocation *invocation, plm_engine **engine);
pli_exit pli_venue_close(plm_engine *engine, pli_exit end);

/*
 * pli_venue_create - an empty venue of the sizes in `options` in the directory of operand 0, opened.
 *
 * Returns    PLI_EXIT_OK; PLI_EXIT_USAGE where there is a venue already, the sizes do not fit together, or an init that was
 *            interrupted has left other sizes; PLI_EXIT_IO.
 */
pli_exit pli_venue_create(const pli_invocation *invocation, plm_engine_options *options,
                          plm_engine **engine);

/*
 * pli_venue_count - the number that an option gives, or `standard` where it is not given.
 *
 * Returns    PLI_EXIT_OK, or PLI_EXIT_USAGE after the reason: not a whole number of low..high.
 */
pli_exit pli_venue_count(const pli_invocation *invocation, const char *name, uint64_t low,
                         uint64_t high, uint64_t *value);

/* pli_venue_hex - 64 lower-case digits of a hash, in the pool. */
const char *pli_venue_hex(pli_pool *pool, const uint8_t hash[32]);

/* pli_venue_time - an event time as 2026-01-01T00:00:00Z with fractions where it has any, in the pool. */
const char *pli_venue_time(pli_pool *pool, int64_t time_ns);

#endif
