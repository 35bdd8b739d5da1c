/* closes.c: the daily closes of one underlying, as many as fit.                       SPDX-License-Identifier: Apache-2.0 */
#include "scenario/closes.h"

#include "base/assert.h"
#include "base/libc.h"

void
pli_closes_append(pli_closes *closes, int64_t day, double price) {
    PLI_ASSERT(closes->count == 0 || day > closes->days[closes->count - 1]);
    if (closes->capacity == 0) {
        return;
    }
    if (closes->count == closes->capacity) {
        closes->count -= 1;
        memmove(closes->days, closes->days + 1, closes->count * sizeof closes->days[0]);
        memmove(closes->prices, closes->prices + 1, closes->count * sizeof closes->prices[0]);
    }
    closes->days[closes->count] = day;
    closes->prices[closes->count] = price;
    closes->count += 1;
}

plm_history
pli_closes_history(const pli_closes *closes, uint32_t underlying_index) {
    return (plm_history){.underlying_index = underlying_index,
                         .day_count = closes->count,
                         .days = closes->days,
                         .closes = closes->prices};
}
