/* forecast_event.c: a forecast as the line that `plimsoll apply` takes.                 SPDX-License-Identifier: Apache-2.0 */
#include "cli/forecast_event.h"

#include "base/text.h"
#include "cli/memory.h"
#include "cli/venue.h"

const char *
pli_forecast_event(pli_pool *pool, const plm_core *core, uint32_t underlying,
                   const plm_named_forecast *forecast) {
    enum { LINE_MAX_SIZE = 400 };
    char *data = pli_must_block(pool, LINE_MAX_SIZE);
    pli_text text = pli_text_init(data, LINE_MAX_SIZE);
    pli_text_append(&text, "{\"type\":\"forecast\",\"time_ns\":\"");
    pli_text_append_i64(&text, plm_core_time(core).ns);
    pli_text_append(&text, "\",\"underlying_index\":");
    pli_text_append_u64(&text, underlying);
    pli_text_append(&text, ",\"volatility_ppm\":\"");
    pli_text_append_i64(&text, forecast->volatility_ppm);
    pli_text_append(&text, "\",\"regime_ppm\":\"");
    pli_text_append_i64(&text, forecast->regime_ppm);
    pli_text_append(&text, "\",\"model_hash\":\"");
    pli_text_append(&text, pli_venue_hex(pool, forecast->hash));
    pli_text_append(&text, "\"}");
    return data;
}
