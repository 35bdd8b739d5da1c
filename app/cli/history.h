/* history.h: history.db beside a venue's log, as the verbs keep it.                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_HISTORY_H
#define PLI_CLI_HISTORY_H

#include "history/history.h"
#include "plimsoll/engine.h"

/* pli_venue_history_open - the history of a data directory; the statuses of pli_history_open. */
PLM_MUST_USE plm_status pli_venue_history_open(const char *directory, bool is_new,
                                               pli_history **history, plm_fault *fault);

/*
 * pli_venue_history_catch_up - replay the log into the history, which takes what it does not have yet.
 *
 * Returns    As plm_engine_open.
 */
PLM_MUST_USE plm_status pli_venue_history_catch_up(const char *directory, pli_history *history,
                                                   plm_fault *fault);

#endif
