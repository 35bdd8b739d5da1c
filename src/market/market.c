/* market.c: is a market complete and inside its domains, and where is an expiry in it. SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/market.h"

#include <stddef.h>

#include "base/text.h"
#include "market/slice.h"

static bool
is_within(int64_t value, int64_t low, int64_t high) {
    return low <= value && value <= high;
}

// The lowest price an underlying of this domain may have.
static int64_t
price_floor(plm_price_domain domain) {
    return domain == PLM_PRICE_DOMAIN_POSITIVE ? 1 : -PLM_PRICE_E8_MAX;
}

typedef struct bound {
    const char *field;
    int64_t value;
    int64_t low;
    int64_t high;
} bound;

// One fault of the table `what`: "underlying 3 price_e8 is 0; allowed is 1 to 10000000000000000".
static plm_status
refuse(plm_fault *fault, const char *what, uint32_t index, const bound *broken) {
    char name[96];
    pli_text text = pli_text_init(name, sizeof name);
    pli_text_append(&text, what);
    pli_text_append_char(&text, ' ');
    pli_text_append_u64(&text, index);
    pli_text_append_char(&text, ' ');
    pli_text_append(&text, broken->field);
    return pli_fault_set_range(fault, PLM_DOMAIN, name, broken->value, broken->low, broken->high);
}

static plm_status
check_bounds(const char *what, uint32_t index, const bound *bounds, size_t count,
             plm_fault *fault) {
    for (size_t i = 0; i < count; i += 1) {
        const bound *b = &bounds[i];
        if (!is_within(b->value, b->low, b->high)) {
            return refuse(fault, what, index, b);
        }
    }
    return PLM_OK;
}

static plm_status
check_underlying(const plm_market *market, const plm_listing *listing, uint32_t index,
                 plm_fault *fault) {
    const plm_underlying_market *u = &market->underlyings[index];
    if (u->price.state != PLM_PRICE_STATE_VALID) {
        return pli_fault_set_index(fault, PLM_PRICE_MISSING, "underlying", index,
                                   " has no price that is VALID");
    }
    int64_t low = price_floor(listing->underlyings[index].domain);
    const bound bounds[] = {
        {"price_e8", u->price.price_e8, low, PLM_PRICE_E8_MAX},
        {"slow_e8", u->price.slow_e8, low, PLM_PRICE_E8_MAX},
        {"confidence_e8", u->price.confidence_e8, 0, PLM_PRICE_E8_MAX},
        {"volatility_ppm", u->volatility_ppm, 1, INT64_MAX},
        {"depth_micros", u->depth_micros, 0, INT64_MAX},
        {"volume_micros", u->volume_micros, 0, INT64_MAX},
        {"open_interest_micros", u->open_interest_micros, 0, INT64_MAX},
    };
    return check_bounds("underlying", index, bounds, sizeof bounds / sizeof bounds[0], fault);
}

// Where does the search key stand against an entry: below, at, above?
static int
compare_expiry(const plm_expiry_market *entry, uint32_t underlying_index, int64_t expiry_ns) {
    if (entry->underlying_index != underlying_index) {
        return entry->underlying_index < underlying_index ? -1 : 1;
    }
    return (entry->expiry_ns > expiry_ns) - (entry->expiry_ns < expiry_ns);
}

static plm_status
check_expiry(const plm_market *market, const plm_listing *listing, uint32_t index,
             plm_fault *fault) {
    const plm_expiry_market *e = &market->expiries[index];
    if (e->underlying_index >= listing->underlying_count) {
        const bound position = {"underlying_index", e->underlying_index, 0,
                                (int64_t)listing->underlying_count - 1};
        return refuse(fault, "expiry", index, &position);
    }
    if (index > 0 &&
        compare_expiry(&market->expiries[index - 1], e->underlying_index, e->expiry_ns) >= 0) {
        return pli_fault_set_index(fault, PLM_DOMAIN, "expiry", index,
                                   " does not come after the entry before it; order is underlying, "
                                   "then expiry, each once");
    }
    plm_price_domain domain = listing->underlyings[e->underlying_index].domain;
    const bound forward = {"forward_e8", e->forward_e8, price_floor(domain), PLM_PRICE_E8_MAX};
    plm_status status = check_bounds("expiry", index, &forward, 1, fault);
    if (status != PLM_OK) {
        return status;
    }
    if (!pli_slice_is_valid(&e->slice, domain == PLM_PRICE_DOMAIN_POSITIVE)) {
        return pli_fault_set_index(fault, PLM_DOMAIN, "expiry", index,
                                   " has a slice outside the ranges of surface.h");
    }
    return PLM_OK;
}

static plm_status
check_instrument(const plm_market *market, const plm_listing *listing, uint32_t index,
                 plm_fault *fault) {
    const plm_instrument *instrument = &listing->instruments[index];
    bool is_dated = instrument->kind == PLM_KIND_FUTURE || instrument->kind == PLM_KIND_OPTION;
    if (is_dated && instrument->expiry_ns <= market->time.ns) {
        return pli_fault_set_index(fault, PLM_EXPIRED, "instrument", index,
                                   " expires at or before the market's time");
    }
    const plm_mark *mark = &market->marks[index];
    if (!mark->is_present) {
        return PLM_OK;
    }
    int64_t low = instrument->kind == PLM_KIND_OPTION
                      ? 0
                      : price_floor(listing->underlyings[instrument->underlying_index].domain);
    const bound bounds[] = {
        {"mark_e8", mark->mark_e8, low, PLM_PRICE_E8_MAX},
        {"half_spread_e8", mark->half_spread_e8, 0, PLM_PRICE_E8_MAX},
    };
    return check_bounds("instrument", index, bounds, sizeof bounds / sizeof bounds[0], fault);
}

plm_status
plm_market_check(const plm_market *market, const plm_listing *listing, plm_fault *fault) {
    for (uint32_t i = 0; i < listing->underlying_count; i += 1) {
        plm_status status = check_underlying(market, listing, i, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    for (uint32_t i = 0; i < market->expiry_count; i += 1) {
        plm_status status = check_expiry(market, listing, i, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        plm_status status = check_instrument(market, listing, i, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    return PLM_OK;
}

const plm_expiry_market *
plm_market_expiry(const plm_market *market, uint32_t underlying_index, int64_t expiry_ns) {
    uint32_t low = 0;
    uint32_t high = market->expiry_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_expiry(&market->expiries[middle], underlying_index, expiry_ns);
        if (order == 0) {
            return &market->expiries[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
