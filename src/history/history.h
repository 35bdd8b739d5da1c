/* history.h: what happened at a venue as tables that SQLite can query.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_HISTORY_HISTORY_H
#define PLI_HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "plimsoll/core.h"
#include "plimsoll/event.h"
#include "plimsoll/status.h"

/*
 * history.db is derived: everything in it follows from the log, and deleting it loses nothing. A thread of its own
 * writes it from a bounded ring, so whoever applies events never waits for a disk here. docs/history.md has the schema.
 *
 * Invariants [HISTORY-1] the rows and the sequence in table `progress` change in one transaction: killed at any moment, the
 *                        file holds exactly what the events up to that sequence say.
 *            [HISTORY-2] no event is written before it is released: the file is never ahead of the log.
 *            [HISTORY-3] events are written in order and without a gap; after one was missed nothing more is taken until
 *                        a replay of the log brings it.
 */
#define PLI_HISTORY_NAME "history.db"
#define PLI_HISTORY_RING_MIN ((size_t)4 << 20) /* twice the largest record and more */
#define PLI_HISTORY_LINE_MAX ((size_t)16384)   /* bytes of an event's line of JSON */

typedef struct pli_history pli_history;

typedef struct pli_history_options {
    bool is_new;      /* begin anew, whatever the file holds */
    size_t ring_size; /* bytes; 0: 16 MiB */
    /* appends the line of JSON of an event, the form that docs/events.md describes; called on the writer's thread */
    plm_status (*line_of)(const plm_event *event, pli_text *line);
} pli_history_options;

/*
 * pli_history_open - open or make the file and start its writer.
 *
 * A file that is no such database, or of another format, is begun anew: it is derived.
 *
 * Returns    PLM_OK, PLM_IO_OPEN (SQLite's reason in *fault), PLM_MEMORY.
 */
PLM_MUST_USE plm_status pli_history_open(const char *path, const pli_history_options *options,
                                         pli_history **history, plm_fault *fault);

/*
 * pli_history_follow - is what comes next a replay of the log, durable already? Then observing waits for room in the ring,
 * and what is behind catches up. Else observing never waits, and nothing is written before pli_history_release.
 */
void pli_history_follow(pli_history *history, bool is_replay);

/* pli_history_observe - an observer as plm_engine_options wants one; what is known already is passed over. */
void pli_history_observe(void *history, const plm_core *core, const plm_event *event,
                         const plm_outcome *outcome, const plm_effect *effects);

/* pli_history_release - events up to this sequence are durable and may be written. */
void pli_history_release(pli_history *history, uint64_t sequence);

/*
 * pli_history_is_behind - was an event missed, because the ring was full or the log began later? Only a replay helps.
 * pli_history_taken - sequence of the last event in the file or the ring.
 */
bool pli_history_is_behind(pli_history *history);
uint64_t pli_history_taken(pli_history *history);

/*
 * pli_history_close - write what is released, stop the thread, close the file.
 *
 * Returns    PLM_OK; PLM_IO_WRITE the writer failed, now or before, and stopped where table `progress` says.
 */
PLM_MUST_USE plm_status pli_history_close(pli_history *history, plm_fault *fault);

#endif
