/* forecast.h: what past prices say about the volatility of the next day.              SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_FORECAST_H
#define PLIMSOLL_FORECAST_H

#include <stdint.h>

/*
 * plm_candle - what a price did during one bar; 0 < low <= open, close <= high, in any one unit.
 */
typedef struct plm_candle {
    int64_t start_ns; /* since 1970-01-01 UTC; rises strictly from bar to bar */
    double open, high, low, close;
} plm_candle;

#endif
