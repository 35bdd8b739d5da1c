/* amendments.h: every change of a governed record that the log holds, found little by little.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_AMENDMENTS_H
#define PLI_SERVER_AMENDMENTS_H

#include "os/disk.h"
#include "plimsoll/core.h"
#include "store/reader.h"

#define PLI_AMENDMENTS_MAX 1000u /* the newest; older ones are dropped */

/* pli_amendment - an accepted event PARAMETERS. */
typedef struct pli_amendment {
    uint64_t sequence;
    int64_t time_ns;
    uint32_t signer; /* 0: the operator */
    plm_event_parameters body;
} pli_amendment;

/*
 * pli_amendments - the changes in rising order of their events.
 *
 * A state knows its records as they stand and not how they came to be so; the log does. What a venue began with is read from
 * its log in turns, beside the work of the loop, and what happens from then on is told by the observer.
 */
typedef struct pli_amendments {
    bool is_whole; /* everything up to now was looked at and nothing dropped */
    bool has_dropped;
    uint32_t count, capacity;
    pli_amendment *entries;
    uint64_t until; /* the last event that is to be read from the log */
    pli_disk_posix *posix;
    pli_disk disk;
    void *memory;
    pli_log_reader *reader; /* NULL: nothing is read any more */
} pli_amendments;

/* pli_amendments_open - read from the log of `directory` up to event `until`; where that cannot be, is_whole stays false. */
void pli_amendments_open(pli_amendments *amendments, const char *directory, uint64_t until);

/* pli_amendments_turn - read on until the machine's steady clock says so. */
void pli_amendments_turn(pli_amendments *amendments, int64_t until_ns);

/* pli_amendments_observe - an event was applied. */
void pli_amendments_observe(pli_amendments *amendments, const plm_event *event,
                            const plm_outcome *outcome);

/* pli_amendments_before - the values that change number `index` replaced: of the change before, or what ships (NULL). */
const int64_t *pli_amendments_before(const pli_amendments *amendments, uint32_t index);

void pli_amendments_finish(pli_amendments *amendments);

#endif
