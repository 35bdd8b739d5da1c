/* captured.c: a sink that keeps what was written, for tests of writers.               SPDX-License-Identifier: Apache-2.0 */
#include "support/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
captured_write(void *context, const char *bytes, size_t size) {
    captured *into = context;
    assert_true(size < sizeof into->data - into->size);
    memcpy(into->data + into->size, bytes, size);
    into->size += size;
    into->data[into->size] = '\0';
}

pli_sink
captured_sink(captured *into) {
    into->size = 0;
    into->data[0] = '\0';
    return (pli_sink){.write = captured_write, .context = into};
}

int
captured_has(const captured *from, const char *part) {
    return strstr(from->data, part) != NULL;
}

size_t
captured_count(const captured *from, const char *part) {
    size_t count = 0;
    for (const char *at = strstr(from->data, part); at != NULL; at = strstr(at + 1, part)) {
        count += 1;
    }
    return count;
}
