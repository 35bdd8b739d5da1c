/* venue.h: a venue's files written by a test, and read back as a book.                   SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_VENUE_H
#define TS_SUPPORT_VENUE_H

#include "io/bad_rows.h"
#include "io/mapping.h"
#include "io/marks_market.h"
#include "io/venue_book.h"

/* ts_venue - paths and everything read from them; zeroed before the first use. */
typedef struct ts_venue {
    const char *mapping_path;
    const char *market_path;
    const char *paths[PLI_FEED_COUNT];
    int64_t now_ns;
    int64_t since_ns;
    pli_mapping mapping;
    pli_market_book market;
    pli_venue_book book;
    pli_bad_rows bad;
    uint64_t mark_rows;
    plm_fault fault;
} ts_venue;

/* ts_venue_read - mapping, marks and book in this order; the first status that is not PLM_OK, which *fault explains. */
plm_status ts_venue_read(ts_venue *venue);
void ts_venue_finish(ts_venue *venue);

/* ts_venue_write - put a text into a file of this test's own folder; answers its path, which lives on. */
const char *ts_venue_write(const char *name, const char *text);

/* ts_venue_account - the index of an account, or PLM_NONE. */
uint32_t ts_venue_account(const ts_venue *venue, const char *id);

/* ts_venue_position - what an account holds of an instrument, or NULL. */
const plm_position *ts_venue_position(const ts_venue *venue, const char *id,
                                      const char *instrument);

/* ts_venue_atoms - an account's balance of an asset; 0 where it has none. */
int64_t ts_venue_atoms(const ts_venue *venue, const char *id, const char *asset);

#endif
