/* market_json.c: listing and market from JSON: the top level, underlyings and assets. SPDX-License-Identifier: Apache-2.0 */
#include "io/market_json.h"

#include <string.h>

#include "base/text.h"
#include "io/json.h"
#include "io/market_decoder.h"

#define PRICE(lowest)                                                                              \
    (pli_number) {                                                                                 \
        .scale = 8, .low = (lowest), .high = PLM_PRICE_E8_MAX                                      \
    }
#define MONEY(lowest)                                                                              \
    (pli_number) {                                                                                 \
        .scale = 6, .low = (lowest), .high = INT64_MAX                                             \
    }

static pli_number
optional(pli_number number, int64_t standard) {
    number.is_optional = true;
    number.standard = standard;
    return number;
}

pli_number
pli_price_number(plm_price_domain domain) {
    return PRICE(domain == PLM_PRICE_DOMAIN_POSITIVE ? 1 : -PLM_PRICE_E8_MAX);
}

static plm_underlying
read_listed(pli_reader *r, const pli_node *node) {
    plm_underlying u = {0};
    u.domain = (plm_price_domain)pli_read_choice(r, node, "domain", "positive|any",
                                                 PLM_PRICE_DOMAIN_POSITIVE);
    pli_number class_id = {.high = PLI_CLASS_COUNT_MAX - 1, .is_optional = true};
    u.class_id = (uint32_t)pli_read_decimal(r, node, "class", class_id);
    pli_number unit = {.low = 1, .high = PLM_PRICE_UNIT_MAX, .is_optional = true, .standard = 1};
    u.price_unit = pli_read_decimal(r, node, "price_unit", unit);
    u.tick_e8 = pli_read_decimal(r, node, "tick", PRICE(1));
    const pli_node *reference = pli_read_member(r, node, "reference", false);
    if (u.domain == PLM_PRICE_DOMAIN_ANY) {
        u.reference_e8 = pli_read_decimal(r, node, "reference", PRICE(1));
    } else if (reference != NULL) {
        pli_reader_fail(r, PLM_VALUE_INVALID, reference, "reference", "only with domain \"any\"");
    }
    return u;
}

static plm_underlying_market
read_priced(pli_reader *r, const pli_node *node, plm_price_domain domain, int64_t now_ns) {
    plm_underlying_market m = {0};
    m.price.state = PLM_PRICE_STATE_VALID;
    m.price.price_e8 = pli_read_decimal(r, node, "price", pli_price_number(domain));
    pli_number slow = optional(pli_price_number(domain), m.price.price_e8);
    m.price.slow_e8 = pli_read_decimal(r, node, "slow_price", slow);
    m.price.confidence_e8 = pli_read_decimal(r, node, "confidence", optional(PRICE(0), 0));
    m.price.publish_ns = pli_read_time(r, node, "publish_time", now_ns);
    if (m.price.publish_ns > now_ns) {
        pli_reader_fail(r, PLM_VALUE_INVALID, pli_node_find(node, "publish_time"), "publish_time",
                        "a time not after the market's");
    }
    pli_number volatility = {.low = 1, .high = 1000 * PLM_PPM};
    m.volatility_ppm = pli_read_ratio(r, node, "volatility", volatility);
    m.depth_micros = pli_read_decimal(r, node, "depth", optional(MONEY(0), 0));
    m.volume_micros = pli_read_decimal(r, node, "volume", optional(MONEY(0), 0));
    m.open_interest_micros = pli_read_decimal(r, node, "open_interest", optional(MONEY(0), 0));
    return m;
}

void
pli_decode_underlyings(pli_market_decoder *decoder, const pli_node *list) {
    pli_reader *r = &decoder->reader;
    pli_market_book *book = &decoder->book;
    plm_underlying *listed = pli_pool_take(&book->pool, list->child_count, sizeof *listed);
    plm_underlying_market *priced = pli_pool_take(&book->pool, list->child_count, sizeof *priced);
    if (listed == NULL || priced == NULL) {
        pli_reader_memory(r);
        return;
    }
    uint32_t index = 0;
    book->class_count = 1;
    for (const pli_node *node = list->child; node != NULL; node = node->next) {
        r->kind = "underlying";
        r->subject = book->underlyings.at[index];
        if (!pli_read_keys(r, node,
                           "id class domain price_unit tick reference price slow_price confidence "
                           "publish_time volatility depth volume open_interest")) {
            return;
        }
        listed[index] = read_listed(r, node);
        priced[index] = read_priced(r, node, listed[index].domain, book->market.time.ns);
        if (r->status == PLM_OK && listed[index].class_id >= book->class_count) {
            book->class_count = listed[index].class_id + 1;
        }
        index += 1;
    }
    book->listing.underlying_count = index;
    book->listing.underlyings = listed;
    book->market.underlyings = priced;
}

static void
read_tier(pli_reader *r, const pli_node *node, plm_asset *asset) {
    const plm_haircut_tier *before = NULL;
    if (asset->tier_count > 0) {
        before = &asset->tiers[asset->tier_count - 1];
    }
    if (!pli_read_keys(r, node, "upto haircut")) {
        return;
    }
    const pli_node *upto = pli_read_member(r, node, "upto", true);
    plm_haircut_tier tier = {.upto_micros = INT64_MAX};
    if (upto != NULL && upto->kind != PLI_NODE_NULL) {
        pli_number money = MONEY(before == NULL ? 1 : before->upto_micros + 1);
        money.high = INT64_MAX - 1;
        tier.upto_micros = pli_read_decimal(r, node, "upto", money);
    }
    pli_number ratio = {.low = before == NULL ? 0 : before->haircut_ppm, .high = PLM_PPM - 1};
    tier.haircut_ppm = pli_read_ratio(r, node, "haircut", ratio);
    bool is_last = node->next == NULL;
    if (r->status == PLM_OK && is_last != (tier.upto_micros == INT64_MAX)) {
        pli_reader_fail(r, PLM_VALUE_INVALID, upto, "upto",
                        "null in the last tier, money in every other");
        return;
    }
    asset->tiers[asset->tier_count] = tier;
    asset->tier_count += 1;
}

static void
read_tiers(pli_reader *r, const pli_node *node, plm_asset *asset) {
    bool is_valuation = asset->underlying_index == PLM_NONE;
    const pli_node *list = pli_read_list(r, node, "tiers", !is_valuation);
    if (list == NULL) {
        asset->tier_count = 1;
        asset->tiers[0] = (plm_haircut_tier){.upto_micros = INT64_MAX};
        return;
    }
    if (list->child_count < 1 || list->child_count > PLM_HAIRCUT_TIERS_MAX) {
        pli_reader_fail(r, PLM_VALUE_INVALID, list, "tiers", "1 to 8 tiers");
        return;
    }
    for (const pli_node *tier = list->child; tier != NULL && r->status == PLM_OK;
         tier = tier->next) {
        read_tier(r, tier, asset);
    }
}

static plm_asset
read_asset(pli_market_decoder *decoder, const pli_node *node, bool is_valuation) {
    pli_reader *r = &decoder->reader;
    plm_asset asset = {.underlying_index = PLM_NONE};
    const pli_node *underlying = pli_read_member(r, node, "underlying", true);
    if (underlying != NULL && is_valuation != (underlying->kind == PLI_NODE_NULL)) {
        pli_reader_fail(r, PLM_VALUE_INVALID, underlying, "underlying",
                        is_valuation ? "null, because this is the valuation currency"
                                     : "the underlying that prices it; null is for the valuation "
                                       "currency");
    } else if (underlying != NULL && !is_valuation) {
        asset.underlying_index = pli_read_index(r, node, "underlying", &decoder->book.underlyings);
    }
    pli_number decimals = {.high = PLM_DECIMALS_MAX};
    asset.decimals = (uint32_t)pli_read_decimal(r, node, "decimals", decimals);
    asset.treatment = (plm_treatment)pli_read_choice(r, node, "treatment", "haircut|scenario",
                                                     PLM_TREATMENT_HAIRCUT);
    pli_number custody = {.high = UINT32_MAX, .is_optional = true};
    asset.custody_domain = (uint32_t)pli_read_decimal(r, node, "custody_domain", custody);
    pli_number ratio = {.high = PLM_PPM, .is_optional = true};
    asset.liability_haircut_ppm = pli_read_ratio(r, node, "liability_haircut", ratio);
    read_tiers(r, node, &asset);
    return asset;
}

void
pli_decode_assets(pli_market_decoder *decoder, const pli_node *list, const char *valuation,
                  uint32_t valuation_line) {
    pli_reader *r = &decoder->reader;
    pli_market_book *book = &decoder->book;
    plm_asset *assets = pli_pool_take(&book->pool, list->child_count, sizeof *assets);
    if (assets == NULL) {
        pli_reader_memory(r);
        return;
    }
    book->valuation_asset_index = pli_names_find(&book->assets, valuation);
    if (book->valuation_asset_index == PLM_NONE) {
        pli_node seen = {.kind = PLI_NODE_TEXT,
                         .line = valuation_line,
                         .text = valuation,
                         .text_size = strlen(valuation)};
        pli_reader_fail(r, PLM_INDEX_UNKNOWN, &seen, "valuation", "the id of one of the assets");
        return;
    }
    uint32_t index = 0;
    for (const pli_node *node = list->child; node != NULL; node = node->next) {
        r->kind = "asset";
        r->subject = book->assets.at[index];
        if (!pli_read_keys(r, node,
                           "id decimals underlying treatment custody_domain liability_haircut "
                           "tiers")) {
            return;
        }
        assets[index] = read_asset(decoder, node, index == book->valuation_asset_index);
        index += 1;
    }
    book->listing.asset_count = index;
    book->listing.assets = assets;
}

static void
read_names(pli_market_decoder *decoder, const pli_node *list, const char *kind, pli_names *names) {
    pli_reader *r = &decoder->reader;
    pli_pool *pool = &decoder->book.pool;
    char(*at)[PLM_NAME_SIZE] = pli_pool_take(pool, list->child_count, PLM_NAME_SIZE);
    if (at == NULL) {
        pli_reader_memory(r);
        return;
    }
    r->kind = kind;
    r->subject = NULL;
    uint32_t index = 0;
    for (const pli_node *node = list->child; node != NULL; node = node->next) {
        if (node->kind != PLI_NODE_OBJECT) {
            pli_reader_fail(r, PLM_VALUE_INVALID, node, NULL, "an object");
            return;
        }
        pli_read_name(r, node, "id", at[index]);
        index += 1;
    }
    uint32_t duplicate;
    const char(*fixed)[PLM_NAME_SIZE] = (const char(*)[PLM_NAME_SIZE])at;
    if (r->status == PLM_OK && !pli_names_make(pool, index, fixed, names, &duplicate)) {
        if (duplicate == PLM_NONE) {
            pli_reader_memory(r);
            return;
        }
        const pli_node *node = pli_node_find(pli_node_at(list, duplicate), "id");
        pli_reader_fail(r, PLM_KEY_DUPLICATE, node, "id", "every id once");
    }
}

static void
decode_lists(pli_market_decoder *decoder, const pli_node *root) {
    pli_reader *r = &decoder->reader;
    pli_market_book *book = &decoder->book;
    char valuation[PLM_NAME_SIZE] = "";
    pli_read_name(r, root, "valuation", valuation);
    const pli_node *assets = pli_read_list(r, root, "assets", true);
    const pli_node *underlyings = pli_read_list(r, root, "underlyings", true);
    const pli_node *instruments = pli_read_list(r, root, "instruments", true);
    const pli_node *expiries = pli_read_list(r, root, "expiries", false);
    if (r->status != PLM_OK) {
        return;
    }
    read_names(decoder, underlyings, "underlying", &book->underlyings);
    read_names(decoder, assets, "asset", &book->assets);
    read_names(decoder, instruments, "instrument", &book->instruments);
    if (r->status == PLM_OK) {
        pli_decode_underlyings(decoder, underlyings);
    }
    if (r->status == PLM_OK) {
        r->kind = NULL;
        pli_decode_assets(decoder, assets, valuation, pli_node_find(root, "valuation")->line);
    }
    if (r->status == PLM_OK && expiries != NULL) {
        pli_decode_expiries(decoder, expiries);
    }
    if (r->status == PLM_OK) {
        pli_decode_instruments(decoder, instruments);
    }
}

plm_status
pli_market_decode(const pli_document *document, pli_market_book *book, plm_fault *fault) {
    pli_market_decoder decoder = {.reader = {.name = document->name, .fault = fault}};
    pli_reader *r = &decoder.reader;
    const pli_node *root = document->root;
    if (pli_read_keys(r, root, "schema time valuation assets underlyings expiries instruments")) {
        pli_read_schema(r, root, "plimsoll-market/1");
        decoder.book.market.time.ns = pli_read_time(r, root, "time", 0);
        decode_lists(&decoder, root);
    }
    plm_status status = r->status;
    if (status == PLM_OK) {
        status = pli_book_check(&decoder.book, document->name, fault);
    }
    if (status != PLM_OK) {
        pli_book_finish(&decoder.book);
        return status;
    }
    *book = decoder.book;
    return PLM_OK;
}

plm_status
pli_market_read(const char *path, pli_market_book *book, plm_fault *fault) {
    pli_document document = {0};
    plm_status status = pli_json_read(path, &document, fault);
    if (status == PLM_OK) {
        status = pli_market_decode(&document, book, fault);
        pli_document_finish(&document);
    }
    return status;
}
