/* conform.h: a whole file of published cases as one test.                             SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_CONFORM_H
#define TS_SUPPORT_CONFORM_H

#include "study/conform.h"

/*
 * ts_conform_file - run a case file of the shared folder; every difference is printed, and any fails the test.
 *
 * Skips the test when the file is absent. Returns the tally, so that a test can also state how many cases there are.
 */
const pli_conform_tally *ts_conform_file(const char *path);

/* ts_conform_file_but - the same where exactly `failed` cases contradict the rule that the others follow. */
const pli_conform_tally *ts_conform_file_but(const char *path, uint32_t failed);

/* ts_conform_text - the same for cases written in the test itself; nothing is asserted about the tally. */
const pli_conform_tally *ts_conform_text(const char *json);

#endif
