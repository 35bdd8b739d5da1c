/* clock.h: the machine's two clocks, for the layers that may look at one.             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_OS_CLOCK_H
#define PLI_OS_CLOCK_H

#include <stdint.h>

/*
 * pli_clock_monotonic_ns - never runs backwards and means nothing but differences: deadlines and measurements.
 * pli_clock_real_ns - since 1970-01-01 UTC, and may jump when the machine's time is set: stamps on events that come in.
 *
 * Units      Nanoseconds.
 */
int64_t pli_clock_monotonic_ns(void);
int64_t pli_clock_real_ns(void);

#endif
