/* health.h: counters of a running server, and the answers for probes.                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_HEALTH_H
#define PLI_SERVER_HEALTH_H

#include "server/server.h"

/* pli_answer_alive - 200 while the loop turns. pli_answer_ready - 503 once the engine takes nothing any more. */
unsigned pli_answer_alive(pli_server *server, const pli_http_request *request);
unsigned pli_answer_ready(pli_server *server, const pli_http_request *request);

/* pli_answer_metrics - the counters in the text form of Prometheus, version 0.0.4. */
unsigned pli_answer_metrics(pli_server *server, const pli_http_request *request);

/*
 * pli_metrics_observe - count an event; remember when a price report was accepted and how many calls and slices followed it.
 * pli_metrics_committed - what was observed is durable: calls and slices since the last commit enter the histogram.
 */
void pli_metrics_observe(pli_metrics *metrics, const plm_event *event, const plm_outcome *outcome,
                         const plm_effect *effects);
void pli_metrics_committed(pli_metrics *metrics);

#endif
