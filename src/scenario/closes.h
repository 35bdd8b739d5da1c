/* closes.h: the daily closes of one underlying, as many as fit.                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SCENARIO_CLOSES_H
#define PLI_SCENARIO_CLOSES_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/scenario.h"

/*
 * pli_closes - days strictly rising, oldest first, in the caller's tables of `capacity` entries.
 */
typedef struct pli_closes {
    uint32_t count, capacity;
    int64_t *days;
    double *prices;
} pli_closes;

/* pli_close_is_valid - finite and inside what plm_scenario_make accepts of a close of that domain. */
bool pli_close_is_valid(double price, plm_price_domain domain);

/* pli_closes_append - add a day after the last one; where the tables are full the oldest day goes. */
void pli_closes_append(pli_closes *closes, int64_t day, double price);

/* pli_closes_history - the closes in the form of a scenario request. */
plm_history pli_closes_history(const pli_closes *closes, uint32_t underlying_index);

/*
 * pli_scenario_bound - bytes that plm_scenario_make needs at most for any request within these counts.
 *
 * Whatever the records say; `history_count` is the longest history.
 */
size_t pli_scenario_bound(uint32_t underlying_count, uint32_t asset_count, uint32_t history_count);

#endif
