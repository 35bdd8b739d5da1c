/* clock.c: the machine's two clocks, for the layers that may look at one.             SPDX-License-Identifier: Apache-2.0 */
#include "os/clock.h"

#include <time.h>

#include "base/assert.h"

static int64_t
now_ns(clockid_t clock) {
    struct timespec time = {0};
    int result = clock_gettime(clock, &time);
    PLI_ASSERT(result == 0);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t
pli_clock_monotonic_ns(void) {
    return now_ns(CLOCK_MONOTONIC);
}

int64_t
pli_clock_real_ns(void) {
    return now_ns(CLOCK_REALTIME);
}
