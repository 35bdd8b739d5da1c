/* history_set.c: the candle files that a parameter file names, as daily histories.    SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "io/candles_csv.h"
#include "io/parameters_yaml.h"
#include "io/time_text.h"

void
pli_histories_finish(pli_history_set *set) {
    pli_pool_finish(&set->pool);
    *set = (pli_history_set){0};
}

// Only whole days before the market's own; what lies after it would be knowledge that nobody had.
static plm_status
cut_at_market(const char *path, int64_t now_ns, pli_daily *daily, plm_fault *fault) {
    int64_t today = now_ns / PLM_DAY_NS;
    int64_t last = daily->days[daily->day_count - 1];
    if (last > today) {
        char data[128];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, ": a bar of ");
        pli_date_format(&text, last);
        pli_text_append(&text, "; allowed is up to the market's day ");
        pli_date_format(&text, today);
        return pli_fault_set(fault, PLM_VALUE_INVALID, path, data, NULL);
    }
    daily->day_count -= last == today;
    return PLM_OK;
}

plm_status
pli_histories_read(const pli_parameter_book *parameters, const pli_market_book *book,
                   pli_history_set *set, plm_fault *fault) {
    pli_history_set result = {0};
    plm_history *histories =
        pli_pool_take(&result.pool, parameters->history_count, sizeof *histories);
    if (histories == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, "no memory for histories", NULL, NULL);
    }
    for (uint32_t i = 0; i < parameters->history_count; i += 1) {
        const pli_history_source *source = &parameters->histories[i];
        uint32_t index = pli_book_underlying_index(book, source->underlying);
        if (index == PLM_NONE) {
            continue;
        }
        pli_daily daily = {0};
        plm_status status = pli_candles_read(source->path, book->listing.underlyings[index].domain,
                                             &result.pool, &daily, fault);
        if (status == PLM_OK) {
            status = cut_at_market(source->path, book->market.time.ns, &daily, fault);
        }
        if (status != PLM_OK) {
            pli_histories_finish(&result);
            return status;
        }
        histories[result.count] = (plm_history){.underlying_index = index,
                                                .day_count = daily.day_count,
                                                .days = daily.days,
                                                .closes = daily.closes};
        result.count += 1;
    }
    result.histories = histories;
    *set = result;
    return PLM_OK;
}
