/* replay_point.h: how far a demonstration has followed a given history, kept for the next run. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_REPLAY_POINT_H
#define PLI_SERVER_REPLAY_POINT_H

#include "sim/demo.h"

/*
 * pli_replay_point_read  - where the last run of this very history in `directory` ended; 0: there was none.
 * pli_replay_point_write - remember it; a file that cannot be written costs the place, nothing else.
 *
 * The file `replay` names the history by a hash of its closes. It is no part of the books: prices are in the log.
 */
int64_t pli_replay_point_read(const char *directory, const pli_demo_options *options);
void pli_replay_point_write(const char *directory, const pli_demo *demo);

#endif
