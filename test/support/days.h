/* days.h: made-up realised days whose next variance follows a known rule.               SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_DAYS_H
#define TS_SUPPORT_DAYS_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/forecast.h"

/* ts_days_rule - ln variance = constant + slopes on the features of HAR + noise times a standard normal value. */
typedef struct ts_days_rule {
    uint64_t seed;
    int64_t first_day;
    double constant;
    double slopes[4];
    double noise;
} ts_days_rule;

/* ts_days_make - `count` days in a row; the first month is drawn around -7.5 (a daily volatility near 2.4 %). */
void ts_days_make(const ts_days_rule *rule, plm_realised_day *days, size_t count);

#endif
