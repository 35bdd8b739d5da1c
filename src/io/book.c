/* book.c: a listing and a market with the outside names of their entries.             SPDX-License-Identifier: Apache-2.0 */
#include "io/book.h"

#include <string.h>

#include "base/text.h"

void
pli_book_finish(pli_market_book *book) {
    pli_pool_finish(&book->pool);
    *book = (pli_market_book){0};
}

uint32_t
pli_book_asset_index(const pli_market_book *book, const char *name) {
    return pli_names_find(&book->assets, name);
}

uint32_t
pli_book_underlying_index(const pli_market_book *book, const char *name) {
    return pli_names_find(&book->underlyings, name);
}

uint32_t
pli_book_instrument_index(const pli_market_book *book, const char *name) {
    return pli_names_find(&book->instruments, name);
}

static const char *
name_at(const pli_names *names, uint32_t index) {
    return index < names->count ? names->at[index] : "?";
}

const char *
pli_book_asset_name(const pli_market_book *book, uint32_t index) {
    return name_at(&book->assets, index);
}

const char *
pli_book_underlying_name(const pli_market_book *book, uint32_t index) {
    return name_at(&book->underlyings, index);
}

const char *
pli_book_instrument_name(const pli_market_book *book, uint32_t index) {
    return name_at(&book->instruments, index);
}

uint32_t
pli_book_coin_index(const pli_market_book *book, uint32_t underlying_index) {
    for (uint32_t i = 0; i < book->listing.asset_count; i += 1) {
        if (book->listing.assets[i].underlying_index == underlying_index) {
            return i;
        }
    }
    return PLM_NONE;
}

static bool
copy_slice(pli_pool *pool, const plm_slice *slice, plm_slice *copy) {
    *copy = *slice;
    if (slice->kind != PLM_SLICE_GRID) {
        return true;
    }
    plm_slice_node *nodes = pli_pool_take(pool, slice->node_count, sizeof *nodes);
    copy->nodes = nodes;
    if (nodes == NULL) {
        return false;
    }
    memcpy(nodes, slice->nodes, slice->node_count * sizeof *nodes);
    return true;
}

plm_status
pli_book_set_slices(pli_market_book *book, const plm_slice *slices, plm_fault *fault) {
    uint32_t count = book->market.expiry_count;
    plm_expiry_market *expiries = pli_pool_take(&book->pool, count, sizeof *expiries);
    bool is_copied = expiries != NULL;
    for (uint32_t i = 0; i < count && is_copied; i += 1) {
        expiries[i] = book->market.expiries[i];
        is_copied = copy_slice(&book->pool, &slices[i], &expiries[i].slice);
    }
    if (!is_copied) {
        return pli_fault_set(fault, PLM_MEMORY, "no memory for the slices", NULL, NULL);
    }
    book->market.expiries = expiries;
    return PLM_OK;
}

plm_status
pli_book_check(const pli_market_book *book, const char *name, plm_fault *fault) {
    plm_fault detail = {0};
    plm_status status = plm_listing_check(&book->listing, &detail);
    if (status == PLM_OK) {
        status = plm_market_check(&book->market, &book->listing, &detail);
    }
    return status == PLM_OK ? PLM_OK : pli_fault_set(fault, status, name, ": ", detail.text);
}

int64_t
pli_quote_half_spread(pli_quote quote) {
    if (!quote.has_bid || !quote.has_ask) {
        return 0;
    }
    int64_t spread = quote.ask_e8 - quote.bid_e8;
    return spread / 2 + spread % 2;
}
