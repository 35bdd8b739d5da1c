/* digest.c: print one digest of risk arrays and requirements over a fixed corpus.     SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "digest/digest.h"

/*
 * Usage: digest. One line per section, `name hash ok/asked`, and a last line `digest hash`. test/digest/run.sh builds this
 * program with every compiler and for every machine it knows and compares what they print; docs/determinism.md. */

void
digest_print(const char *text, size_t size) {
    if (fwrite(text, 1, size, stdout) != size || fflush(stdout) != 0) {
        exit(1);
    }
}

// Its own, so that the pure archive and the C library are all that is linked.
void
pli_assert_failed(const char *expression, const char *file, int line) {
    fprintf(stderr, "digest: bug: %s does not hold at %s:%d\n", expression, file, line);
    abort();
}

int
main(void) {
    digest_run();
    return 0;
}
