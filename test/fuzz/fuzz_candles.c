/* fuzz_candles.c: any candles give rising days with finite closes, or one refusal.    SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "io/candles_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    // The parser reads and never writes; the cast only drops `const`.
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)data, .size = size};
    bool is_positive = size % 2 == 0;
    pli_pool pool = {0};
    pli_daily daily = {0};
    plm_fault fault = {0};
    plm_status status = pli_candles_decode(
        "f", bytes, is_positive ? PLM_PRICE_DOMAIN_POSITIVE : PLM_PRICE_DOMAIN_ANY, &pool, &daily,
        &fault);
    PLI_ASSERT(status == fault.status);
    PLI_ASSERT(status == PLM_OK || strncmp(fault.text, "f:", 2) == 0);
    PLI_ASSERT((status == PLM_OK) == (daily.day_count > 0));
    for (uint32_t i = 0; i < daily.day_count; i += 1) {
        PLI_ASSERT(isfinite(daily.closes[i]));
        PLI_ASSERT(!is_positive || daily.closes[i] > 0);
        PLI_ASSERT(i == 0 || daily.days[i] > daily.days[i - 1]);
    }
    pli_pool_finish(&pool);
    return 0;
}
