/* answer_market.c: what is asked about prices, sources, surfaces and depth.           SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "plimsoll/feed.h"
#include "server/server.h"

enum { LEVELS = 12, SMILE_POINTS = 21 };

// The rules that the feed of an underlying follows.
static plm_feed_parameters
feed_of(const plm_core *core, uint32_t u) {
    plm_feed_parameters rules;
    plm_record_info record;
    plm_record_init(&plm_feed_descriptor, &rules);
    for (uint32_t place = 0; plm_core_record(core, place, &record) == PLM_OK; place += 1) {
        if (record.descriptor == &plm_feed_descriptor && record.index == u) {
            memcpy(&rules, record.values, sizeof rules);
        }
    }
    return rules;
}

// Does the index listen to this source? Only to one that is fresh, sure enough and near the others.
static const char *
source_state(const plm_core_word *word, const plm_feed_parameters *rules, int64_t now_ns,
             int64_t index_e8) {
    if (!word->has_price) {
        return "silent";
    }
    if (now_ns - word->publish_ns > rules->age_loose_ns) {
        return "stale";
    }
    double price = (double)word->price_e8;
    if ((double)word->confidence_e8 * 1e6 > fabs(price) * (double)rules->confidence_max_ppm) {
        return "unsure";
    }
    double away = fabs(price - (double)index_e8);
    return away * 1e6 > fabs((double)index_e8) * (double)rules->deviation_ppm ? "astray"
           : now_ns - word->publish_ns > rules->age_strict_ns                 ? "ageing"
                                                                              : "fresh";
}

static void
write_sources(pli_server *server, uint32_t u) {
    pli_json_writer *writer = &server->writer;
    int64_t now_ns = plm_core_time(server->core).ns;
    int64_t index_e8 = plm_core_market(server->core).underlyings[u].price.price_e8;
    plm_feed_parameters rules = feed_of(server->core, u);
    plm_core_word word;
    pli_json_begin_array(writer, "sources");
    for (uint32_t i = 0; plm_core_word_of(server->core, u, i, &word) == PLM_OK; i += 1) {
        pli_json_begin_object_inline(writer, NULL);
        pli_json_integer(writer, "source", i);
        pli_json_bool(writer, "has_price", word.has_price);
        pli_json_text(writer, "state", source_state(&word, &rules, now_ns, index_e8));
        pli_write_e8(writer, "price", word.price_e8);
        pli_write_e8(writer, "confidence", word.confidence_e8);
        pli_json_decimal(writer, "age_seconds",
                         word.publish_ns == 0 ? 0 : (now_ns - word.publish_ns) / 1000000, 3);
        pli_json_decimal(writer, "accepted", (pli_i128)word.accepted_count, 0);
        pli_json_decimal(writer, "ignored", (pli_i128)word.ignored_count, 0);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
write_sizes(pli_server *server, uint32_t u) {
    static const char *const names[PLM_LIVING_COUNT] = {"volatility", "depth", "volume",
                                                        "open_interest"};
    pli_json_writer *writer = &server->writer;
    plm_core_shocks shocks;
    if (plm_core_underlying(server->core, u, &shocks) != PLM_OK) {
        return;
    }
    pli_json_begin_object(writer, "sizes");
    for (uint32_t i = 0; i < PLM_LIVING_COUNT; i += 1) {
        pli_json_begin_object_inline(writer, names[i]);
        pli_write_micros(writer, "said", shocks.wanted[i]);
        pli_write_micros(writer, "in_force", shocks.sizes[i].in_force);
        pli_write_micros(writer, "announced", shocks.sizes[i].announced);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_write_micros(writer, "cap", shocks.cap_micros);
    pli_write_micros(writer, "open", shocks.open_interest_micros);
    pli_json_decimal(writer, "recalibrations", (pli_i128)shocks.recalibration_count, 0);
}

// Volatility by strike, from 0.6 to 1.4 of the forward.
static void
write_smile(pli_json_writer *writer, const plm_expiry_market *expiry, int64_t now_ns) {
    double years = (double)(expiry->expiry_ns - now_ns) / (double)PLM_YEAR_NS;
    double forward = (double)expiry->forward_e8 / 1e8;
    pli_json_begin_object(writer, NULL);
    pli_json_time(writer, "expiry", expiry->expiry_ns);
    pli_write_e8(writer, "forward", expiry->forward_e8);
    pli_json_begin_array_inline(writer, "smile");
    for (uint32_t i = 0; i < SMILE_POINTS; i += 1) {
        double strike = forward * (0.6 + 0.8 * (double)i / (SMILE_POINTS - 1));
        double volatility = 0;
        if (years > 0 &&
            plm_slice_volatility(&expiry->slice, forward, strike, years, &volatility) == PLM_OK) {
            pli_json_begin_array_inline(writer, NULL);
            pli_json_double(writer, NULL, strike);
            pli_json_double(writer, NULL, volatility);
            pli_json_end(writer);
        }
    }
    pli_json_end(writer);
    pli_json_end(writer);
}

static void
write_side(pli_json_writer *writer, const char *key, const pli_book *book, plm_side side) {
    pli_book_level levels[LEVELS];
    uint32_t count = pli_book_levels(book, side, levels, LEVELS);
    pli_json_begin_array(writer, key);
    for (uint32_t i = 0; i < count; i += 1) {
        pli_json_begin_array_inline(writer, NULL);
        pli_write_e8(writer, NULL, levels[i].price_e8);
        pli_json_integer(writer, NULL, levels[i].lots);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
write_underlying(pli_server *server, const plm_market *market, uint32_t u) {
    pli_json_writer *writer = &server->writer;
    const plm_underlying_market *of = &market->underlyings[u];
    plm_core_shocks shocks;
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "name", plm_core_underlying_name(server->core, u));
    pli_write_e8(writer, "price", of->price.price_e8);
    pli_write_e8(writer, "slow", of->price.slow_e8);
    pli_write_e8(writer, "confidence", of->price.confidence_e8);
    pli_json_text(writer, "state", plm_price_state_name(of->price.state));
    plm_feed_parameters rules = feed_of(server->core, u);
    pli_json_integer(writer, "quorum", rules.quorum);
    pli_write_micros(writer, "band", rules.band_ppm);
    pli_write_micros(writer, "volatility", of->volatility_ppm);
    if (plm_core_underlying(server->core, u, &shocks) == PLM_OK) {
        write_sizes(server, u);
    }
    write_sources(server, u);
    pli_json_begin_array(writer, "surface");
    for (uint32_t i = 0; i < market->expiry_count; i += 1) {
        bool is_here = market->expiries[i].underlying_index == u;
        if (is_here && market->expiries[i].expiry_ns > market->time.ns) {
            write_smile(writer, &market->expiries[i], market->time.ns);
        }
    }
    pli_json_end(writer);
    if (server->demo != NULL && u < PLI_DEMO_UNDERLYINGS) {
        plm_listing listing = plm_core_listing(server->core);
        pli_json_begin_object(writer, "book");
        bool is_listed = u < listing.instrument_count;
        pli_write_e8(writer, "lot", is_listed ? listing.instruments[u].lot_e8 : 0);
        pli_write_e8(writer, "mark", is_listed ? market->marks[u].mark_e8 : 0);
        write_side(writer, "bids", &server->demo->books[u], PLM_SIDE_BUY);
        write_side(writer, "asks", &server->demo->books[u], PLM_SIDE_SELL);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

unsigned
pli_answer_markets(pli_server *server, const pli_http_request *request) {
    (void)request;
    plm_market market = plm_core_market(server->core);
    uint32_t count = plm_core_listing(server->core).underlying_count;
    pli_json_begin_object(&server->writer, NULL);
    pli_json_time(&server->writer, "time", market.time.ns);
    pli_json_begin_array(&server->writer, "underlyings");
    for (uint32_t u = 0; u < count; u += 1) {
        write_underlying(server, &market, u);
    }
    pli_json_end(&server->writer);
    pli_json_end(&server->writer);
    return 200;
}
