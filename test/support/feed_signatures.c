/* feed_signatures.c: signed reports altered in every way, at the door of a feed.      SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "crypto/signature.h"
#include "market/feed_message.h"
#include "support/feed_properties.h"
#include "support/feed_world.h"

enum { SOURCES = 5 };

typedef struct venue {
    ts_feed w;
    pli_key_pair pairs[SOURCES];
    pli_key_pair stranger;
    uint8_t latest[PLI_FEED_SIGNED_SIZE];  // what the source of the case said last
    uint8_t earlier[PLI_FEED_SIGNED_SIZE]; // and before that
} venue;

// What an engine does with 152 bytes: read, find the source, check the signature, report.
static plm_report_outcome
admit(venue *v, const uint8_t bytes[PLI_FEED_SIGNED_SIZE]) {
    plm_price_report report;
    if (!pli_feed_message_read(bytes, &report)) {
        return PLM_REPORT_MALFORMED;
    }
    const plm_feed_source *source = pli_feed_source(&v->w.feed, report.source_id);
    if (source == NULL) {
        return PLM_REPORT_NOT_A_SOURCE;
    }
    if (!pli_signature_is_valid(source->public_key, bytes, PLI_FEED_MESSAGE_SIZE,
                                bytes + PLI_FEED_MESSAGE_SIZE)) {
        return PLM_REPORT_BAD_SIGNATURE;
    }
    return pli_feed_report(&v->w.feed, &v->w.parameters, &report, (plm_time){v->w.time_ns});
}

static void
write_signed(const pli_key_pair *pair, const plm_price_report *report,
             uint8_t bytes[PLI_FEED_SIGNED_SIZE]) {
    pli_feed_message_write(report, bytes);
    pli_signature_make(pair, bytes, PLI_FEED_MESSAGE_SIZE, bytes + PLI_FEED_MESSAGE_SIZE);
}

static void
sign_again(const pli_key_pair *pair, uint8_t bytes[PLI_FEED_SIGNED_SIZE]) {
    pli_signature_make(pair, bytes, PLI_FEED_MESSAGE_SIZE, bytes + PLI_FEED_MESSAGE_SIZE);
}

static void
open_venue(venue *v) {
    ts_feed_init(&v->w, SOURCES);
    plm_feed_source sources[SOURCES];
    uint8_t seed[PLI_KEY_SEED_SIZE] = {200};
    pli_key_pair_from_seed(seed, &v->stranger);
    for (uint32_t i = 0; i < SOURCES; i += 1) {
        seed[0] = (uint8_t)i;
        pli_key_pair_from_seed(seed, &v->pairs[i]);
        sources[i] = ts_feed_source(i);
        memcpy(sources[i].public_key, v->pairs[i].public_key, PLM_KEY_SIZE);
    }
    assert_int_equal(pli_feed_configure(&v->w.feed, sources, SOURCES, NULL), PLM_OK);
    for (uint32_t round = 0; round < 2; round += 1) {
        for (uint32_t i = 0; i < SOURCES; i += 1) {
            plm_price_report report = ts_feed_text(&v->w, i, 100 * TS_E8 + (int64_t)i);
            write_signed(&v->pairs[i], &report, round == 0 ? v->earlier : v->latest);
            assert_int_equal(admit(v, round == 0 ? v->earlier : v->latest), PLM_REPORT_ACCEPTED);
        }
    }
    assert_int_equal(pli_feed_view(&v->w.feed).state, PLM_PRICE_STATE_VALID);
}

// A report of the last source that would be accepted, spoilt in one way.
static const char *
spoil(venue *v, pli_prng *prng, uint8_t bytes[PLI_FEED_SIGNED_SIZE]) {
    const pli_key_pair *pair = &v->pairs[SOURCES - 1];
    plm_price_report report =
        ts_feed_text(&v->w, SOURCES - 1, pli_prng_range_i64(prng, 1, 200 * TS_E8));
    write_signed(pair, &report, bytes);
    uint64_t bit = 0;
    switch (pli_prng_below(prng, 9)) {
    case 0:
        bit = pli_prng_below(prng, 8 * PLI_FEED_MESSAGE_SIZE);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        return "a bit of the message";
    case 1:
        bit = pli_prng_below(prng, 8 * PLM_SIGNATURE_SIZE);
        bytes[PLI_FEED_MESSAGE_SIZE + bit / 8] ^= (uint8_t)(1u << bit % 8);
        return "a bit of the signature";
    case 2:
        sign_again(&v->stranger, bytes);
        return "a stranger's key";
    case 3:
        sign_again(&v->pairs[pli_prng_below(prng, SOURCES - 1)], bytes);
        return "another source's key";
    case 4:
        bytes[pli_prng_below(prng, 24)] ^= (uint8_t)(1 + pli_prng_below(prng, 255));
        sign_again(pair, bytes);
        return "another domain";
    case 5:
        report.network_id ^= 1u << pli_prng_below(prng, 32);
        write_signed(pair, &report, bytes);
        return "another network";
    case 6:
        report.feed_id ^= 1u << pli_prng_below(prng, 32);
        write_signed(pair, &report, bytes);
        return "another feed";
    case 7:
        memcpy(bytes, pli_prng_below(prng, 2) == 0 ? v->latest : v->earlier, PLI_FEED_SIGNED_SIZE);
        return "an old report again";
    default:
        memset(bytes + PLI_FEED_MESSAGE_SIZE, 0, PLM_SIGNATURE_SIZE);
        return "no signature";
    }
}

void
ts_feed_signatures(uint64_t seed, uint32_t count) {
    assert_true(pli_crypto_init());
    pli_prng prng = pli_prng_init(seed);
    venue v;
    open_venue(&v);
    pli_price_view before = pli_feed_view(&v.w.feed);
    for (uint32_t at = 0; at < count; at += 1) {
        uint8_t bytes[PLI_FEED_SIGNED_SIZE];
        const char *how = spoil(&v, &prng, bytes);
        plm_report_outcome outcome = admit(&v, bytes);
        pli_price_view after = pli_feed_view(&v.w.feed);
        if (outcome == PLM_REPORT_ACCEPTED || !ts_feed_is_same_view(&before, &after)) {
            fprintf(stderr, "seed %llu, case %u: %s is %s\n", (unsigned long long)seed, at, how,
                    plm_report_outcome_name(outcome));
            fail();
        }
    }
    // The door is not simply shut.
    plm_price_report report = ts_feed_text(&v.w, 0, 100 * TS_E8);
    uint8_t bytes[PLI_FEED_SIGNED_SIZE];
    write_signed(&v.pairs[0], &report, bytes);
    assert_int_equal(admit(&v, bytes), PLM_REPORT_ACCEPTED);
}
