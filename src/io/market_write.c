/* market_write.c: listing and market to JSON ("plimsoll-market/1").                   SPDX-License-Identifier: Apache-2.0 */
#include "io/market_json.h"

static void
write_asset(const pli_market_book *book, uint32_t index, pli_json_writer *w) {
    const plm_asset *asset = &book->listing.assets[index];
    pli_json_begin_object_inline(w, NULL);
    pli_json_text(w, "id", pli_book_asset_name(book, index));
    pli_json_integer(w, "decimals", asset->decimals);
    if (asset->underlying_index == PLM_NONE) {
        pli_json_null(w, "underlying");
    } else {
        pli_json_text(w, "underlying", pli_book_underlying_name(book, asset->underlying_index));
    }
    pli_json_text(w, "treatment",
                  asset->treatment == PLM_TREATMENT_SCENARIO ? "scenario" : "haircut");
    pli_json_integer(w, "custody_domain", asset->custody_domain);
    pli_json_decimal(w, "liability_haircut", asset->liability_haircut_ppm, 6);
    pli_json_begin_array(w, "tiers");
    for (uint32_t i = 0; i < asset->tier_count; i += 1) {
        pli_json_begin_object(w, NULL);
        if (asset->tiers[i].upto_micros == INT64_MAX) {
            pli_json_null(w, "upto");
        } else {
            pli_json_decimal(w, "upto", asset->tiers[i].upto_micros, 6);
        }
        pli_json_decimal(w, "haircut", asset->tiers[i].haircut_ppm, 6);
        pli_json_end(w);
    }
    pli_json_end(w);
    pli_json_end(w);
}

static void
write_underlying(const pli_market_book *book, uint32_t index, pli_json_writer *w) {
    const plm_underlying *listed = &book->listing.underlyings[index];
    const plm_underlying_market *priced = &book->market.underlyings[index];
    pli_json_begin_object_inline(w, NULL);
    pli_json_text(w, "id", pli_book_underlying_name(book, index));
    pli_json_integer(w, "class", listed->class_id);
    if (listed->domain == PLM_PRICE_DOMAIN_ANY) {
        pli_json_text(w, "domain", "any");
        pli_json_decimal(w, "reference", listed->reference_e8, 8);
    }
    pli_json_integer(w, "price_unit", listed->price_unit);
    pli_json_decimal(w, "tick", listed->tick_e8, 8);
    pli_json_decimal(w, "price", priced->price.price_e8, 8);
    pli_json_decimal(w, "slow_price", priced->price.slow_e8, 8);
    pli_json_decimal(w, "confidence", priced->price.confidence_e8, 8);
    pli_json_time(w, "publish_time", priced->price.publish_ns);
    pli_json_decimal(w, "volatility", priced->volatility_ppm, 6);
    pli_json_decimal(w, "depth", priced->depth_micros, 6);
    pli_json_decimal(w, "volume", priced->volume_micros, 6);
    pli_json_decimal(w, "open_interest", priced->open_interest_micros, 6);
    pli_json_end(w);
}

static void
write_slice(const plm_slice *slice, pli_json_writer *w) {
    if (slice->kind == PLM_SLICE_SVI) {
        pli_json_begin_object(w, "svi");
        pli_json_double(w, "a", slice->svi.a);
        pli_json_double(w, "b", slice->svi.b);
        pli_json_double(w, "rho", slice->svi.rho);
        pli_json_double(w, "m", slice->svi.m);
        pli_json_double(w, "sigma", slice->svi.sigma);
        pli_json_end(w);
    } else if (slice->kind == PLM_SLICE_GRID) {
        pli_json_begin_array(w, "grid");
        for (uint32_t i = 0; i < slice->node_count; i += 1) {
            pli_json_begin_array(w, NULL);
            pli_json_double(w, NULL, slice->nodes[i].strike);
            pli_json_double(w, NULL, slice->nodes[i].volatility);
            pli_json_end(w);
        }
        pli_json_end(w);
    }
}

static void
write_expiry(const pli_market_book *book, const plm_expiry_market *expiry, pli_json_writer *w) {
    pli_json_begin_object_inline(w, NULL);
    pli_json_text(w, "underlying", pli_book_underlying_name(book, expiry->underlying_index));
    pli_json_time(w, "expiry", expiry->expiry_ns);
    pli_json_decimal(w, "forward", expiry->forward_e8, 8);
    write_slice(&expiry->slice, w);
    pli_json_end(w);
}

static void
write_instrument(const pli_market_book *book, uint32_t index, pli_json_writer *w) {
    static const char *const kinds[] = {"?", "spot", "perpetual", "future", "option"};
    const plm_instrument *i = &book->listing.instruments[index];
    const plm_mark *mark = &book->market.marks[index];
    const pli_quote *quote = &book->quotes[index];
    pli_json_begin_object_inline(w, NULL);
    pli_json_text(w, "id", pli_book_instrument_name(book, index));
    pli_json_text(w, "kind", kinds[i->kind]);
    pli_json_text(w, "settlement", i->settlement == PLM_SETTLEMENT_INVERSE ? "inverse" : "linear");
    pli_json_text(w, "underlying", pli_book_underlying_name(book, i->underlying_index));
    pli_json_text(w, "settlement_asset", pli_book_asset_name(book, i->settlement_asset_index));
    pli_json_decimal(w, "lot", i->lot_e8, 8);
    if (i->kind == PLM_KIND_OPTION) {
        pli_json_text(w, "right", i->right == PLM_RIGHT_CALL ? "call" : "put");
        pli_json_text(w, "premium", i->premium == PLM_PREMIUM_PAID ? "paid" : "futures_style");
        pli_json_decimal(w, "strike", i->strike_e8, 8);
    }
    if (i->kind == PLM_KIND_OPTION || i->kind == PLM_KIND_FUTURE) {
        pli_json_time(w, "expiry", i->expiry_ns);
    }
    if (mark->is_present) {
        pli_json_decimal(w, "mark", mark->mark_e8, 8);
    }
    if (quote->has_bid) {
        pli_json_decimal(w, "bid", quote->bid_e8, 8);
    }
    if (quote->has_ask) {
        pli_json_decimal(w, "ask", quote->ask_e8, 8);
    }
    pli_json_end(w);
}

void
pli_market_write(const pli_market_book *book, pli_json_writer *w) {
    pli_json_begin_object(w, NULL);
    pli_json_text(w, "schema", "plimsoll-market/1");
    pli_json_time(w, "time", book->market.time.ns);
    pli_json_text(w, "valuation", pli_book_asset_name(book, book->valuation_asset_index));
    pli_json_begin_array(w, "assets");
    for (uint32_t i = 0; i < book->listing.asset_count; i += 1) {
        write_asset(book, i, w);
    }
    pli_json_end(w);
    pli_json_begin_array(w, "underlyings");
    for (uint32_t i = 0; i < book->listing.underlying_count; i += 1) {
        write_underlying(book, i, w);
    }
    pli_json_end(w);
    pli_json_begin_array(w, "expiries");
    for (uint32_t i = 0; i < book->market.expiry_count; i += 1) {
        write_expiry(book, &book->market.expiries[i], w);
    }
    pli_json_end(w);
    pli_json_begin_array(w, "instruments");
    for (uint32_t i = 0; i < book->listing.instrument_count; i += 1) {
        write_instrument(book, i, w);
    }
    pli_json_end(w);
    pli_json_end(w);
}
