/* assert.c: what happens when one of our own bugs is found.                           SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void
pli_assert_failed(const char *expression, const char *file, int line) {
    fprintf(stderr, "plimsoll: bug: %s does not hold at %s:%d\n", expression, file, line);
    abort();
}
