/* captured.h: a sink that keeps what was written, for tests of writers.               SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_CAPTURED_H
#define TEST_SUPPORT_CAPTURED_H

#include <stddef.h>

#include "report/sink.h"

/* captured - what a sink took, terminated; a test that writes more than fits fails in captured_write. */
typedef struct captured {
    size_t size;
    char data[65536];
} captured;

/* captured_sink - an empty capture and the sink that fills it. */
pli_sink captured_sink(captured *into);

/* captured_has, captured_count - does `part` occur, and how often without overlap? */
int captured_has(const captured *from, const char *part);
size_t captured_count(const captured *from, const char *part);

#endif
