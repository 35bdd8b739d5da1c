/* incident.h: incidents played on the engine, for `replay` and `incidents`.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_INCIDENT_H
#define PLI_CLI_INCIDENT_H

#include "cli/verb.h"
#include "io/incident_json.h"
#include "study/rehearsal.h"

/* pli_incident_without - the controls of a list "C-ORA-BAND,C-RSK-CONC" added to *mask. */
pli_exit pli_incident_without(const char *list, uint64_t *mask);

/* pli_incident_measure - the clock, and the burst where an assertion asks for one. */
pli_exit pli_incident_measure(const pli_incident *incident, pli_rehearsal_options *asked);

/* pli_incident_play - in memory of the pool; one line on standard error where it cannot be played. */
pli_exit pli_incident_play(const pli_incident *incident, const pli_rehearsal_options *asked,
                           pli_pool *pool, pli_rehearsal **made);

/* pli_incident_report - the page of --report. */
pli_exit pli_incident_report(const pli_incident *incident, const pli_rehearsal *played,
                             bool is_naive, const char *path);

#endif
