/* past.h: events of the log, page by page.                                             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_PAST_H
#define PLI_SERVER_PAST_H

#include "server/server.h"

/*
 * GET /v1/history?after=S&count=N: events behind number S, up to N of them (100, at most 500), in their order, each with its
 * outcome as the log has it. `next` is what to ask for `after` next, and `is_end` says that nothing is left by now. One
 * account's history has the events that name it; where few do, a page may be short or empty and yet not the end.
 *
 * A page is read from the log itself, within PLI_PAST_NS, so that it holds nobody up.
 */
#define PLI_PAST_COUNT 100u
#define PLI_PAST_COUNT_MAX 500u
#define PLI_PAST_NS INT64_C(20000000)

unsigned pli_answer_history(pli_server *server, const pli_http_request *request);
unsigned pli_answer_account_history(pli_server *server, const pli_http_request *request);

#endif
