/* expiries.c: averages taken down when time passes an expiry (docs/books.md, section 7). SPDX-License-Identifier: Apache-2.0 */
#include "core/expiries.h"

#include "core/records.h"

static bool
has_feed(const plm_core *core, uint32_t instrument) {
    uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
    return core->underlyings[u].feed.source_count > 0;
}

static const plm_feed_parameters *
parameters_of(const plm_core *core, uint32_t underlying) {
    return pli_record_of(core, pli_place_feed(&core->limits, underlying));
}

// The earliest expiry after a time; INT64_MAX: none.
static int64_t
next_after(const plm_core *core, int64_t time_ns) {
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        int64_t expiry_ns = core->ledger.listing_instruments[i].expiry_ns;
        if (expiry_ns > time_ns && expiry_ns < next_ns) {
            next_ns = expiry_ns;
        }
    }
    return next_ns;
}

static void
take_down(plm_core *core, uint32_t instrument) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    pli_feed *feed = &core->underlyings[terms->underlying_index].feed;
    const plm_feed_parameters *parameters = parameters_of(core, terms->underlying_index);
    int64_t coverage_ppm = 0;
    if (feed->time_ns < terms->expiry_ns) {
        pli_feed_advance(feed, parameters, (plm_time){terms->expiry_ns});
    }
    // Where too little was VALID the window of a later moment has to do: pli_expiries_price.
    core->has_average[instrument] = pli_feed_settlement(feed, parameters, &coverage_ppm,
                                                        &core->averages_e8[instrument]) == PLM_OK;
}

void
pli_expiries_tick(plm_core *core, int64_t before_ns) {
    int64_t next_ns = core->expiry_next_ns;
    while (next_ns <= core->time_ns) {
        for (uint32_t i = 0; next_ns > before_ns && i < core->ledger.instrument_count; i += 1) {
            if (core->ledger.listing_instruments[i].expiry_ns == next_ns && has_feed(core, i)) {
                take_down(core, i);
            }
        }
        next_ns = next_after(core, next_ns);
    }
    core->expiry_next_ns = next_ns;
}

void
pli_expiries_restore(plm_core *core) {
    core->expiry_next_ns = next_after(core, core->time_ns);
}

plm_status
pli_expiries_price(const plm_core *core, uint32_t instrument, int64_t *price_e8) {
    if (!has_feed(core, instrument)) {
        return PLM_PRICE_MISSING;
    }
    if (core->has_average[instrument]) {
        *price_e8 = core->averages_e8[instrument];
        return PLM_OK;
    }
    uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
    const plm_feed_parameters *parameters = parameters_of(core, u);
    int64_t coverage_ppm = 0;
    // A copy: a question, and an event that is refused, change nothing.
    pli_feed feed = core->underlyings[u].feed;
    pli_feed_advance(&feed, parameters, (plm_time){core->time_ns});
    return pli_feed_settlement(&feed, parameters, &coverage_ppm, price_e8);
}
