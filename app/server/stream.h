/* stream.h: the venue as it changes, for those who stay connected.                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_STREAM_H
#define PLI_SERVER_STREAM_H

#include "server/server.h"

/*
 * Every quarter of a second what has changed goes out as one delta; what changed twice in between is sent as it is now. A
 * delta goes out after ten seconds in any case, so that silence means a broken line.
 *
 *   {"type":"snapshot","number":"7","sequence":"512","time":"...","underlyings":[[0,"60000","valid"]],"accounts":[[3,"healthy",...]]}
 *   {"type":"delta","number":"8", the same members, of the rows that have changed}
 *   {"type":"gap"}   the reader was too slow: what it missed is gone, and the connection ends
 *
 * /v1/stream is the venue, of which the last 64 deltas are kept; /v1/accounts/N/stream is the prices and one account, its
 * deltas made for each reader of what has changed since its last one.
 *
 * Guarantees [STREAM-1] the snapshot of number n, and the deltas n+1 .. m on top of it row by row, are the snapshot of number m.
 */
#define PLI_STREAM_INTERVAL_NS INT64_C(250000000)
#define PLI_STREAM_SILENCE_NS INT64_C(10000000000)

/* pli_stream_init - nothing published yet. PLM_OK, PLM_MEMORY. pli_stream_finish - give the tables back. */
PLM_MUST_USE plm_status pli_stream_init(pli_server *server);
void pli_stream_finish(pli_server *server);

/* pli_stream_turn - publish what has changed, when its time has come. */
void pli_stream_turn(pli_server *server);

/* pli_stream_may - for pli_http_options.subscribe: the path is a stream's, and whoever asks may read what it tells. */
bool pli_stream_may(void *server, const pli_http_request *request, pli_http_reader *reader);

/* pli_stream_next - for pli_http_options.next: the reader's next message. */
const char *pli_stream_next(void *server, pli_http_reader *reader, size_t *size);

#endif
