/* test_feed_report.c: every outcome of a report, and the table of sources.            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "market/feed_message.h"
#include "support/feed_world.h"

#define PRICE (100 * TS_E8)

static plm_report_outcome
tell(ts_feed *w, plm_price_report report) {
    return pli_feed_report(&w->feed, &w->parameters, &report, (plm_time){w->time_ns});
}

// A feed with three prices, and a fourth source about to speak.
static plm_price_report
make_world(ts_feed *w) {
    ts_feed_init(w, 4);
    for (uint32_t i = 0; i < 3; i += 1) {
        (void)ts_feed_say(w, i, PRICE);
    }
    return ts_feed_text(w, 3, PRICE);
}

// The report is ignored for that reason, and leaves the view as it was.
static void
assert_ignored(plm_price_report report, plm_report_outcome outcome) {
    ts_feed w;
    (void)make_world(&w);
    pli_price_view before = pli_feed_view(&w.feed);
    assert_int_equal(tell(&w, report), outcome);
    pli_price_view after = pli_feed_view(&w.feed);
    assert_true(ts_feed_is_same_view(&before, &after));
    assert_int_equal(w.feed.slots[3].accepted_count, 0);
}

static void
report_for_somebody_else_is_ignored(void **state) {
    (void)state;
    ts_feed w;
    plm_price_report good = make_world(&w);
    plm_price_report r = good;
    r.network_id = TS_NETWORK + 1;
    assert_ignored(r, PLM_REPORT_WRONG_NETWORK);
    r = good;
    r.feed_id = TS_FEED + 1;
    assert_ignored(r, PLM_REPORT_WRONG_FEED);
    r = good;
    r.source_id = 104;
    assert_ignored(r, PLM_REPORT_NOT_A_SOURCE);
    assert_int_equal(tell(&w, good), PLM_REPORT_ACCEPTED);
}

static void
report_outside_its_time_is_ignored(void **state) {
    (void)state;
    ts_feed w;
    plm_price_report good = make_world(&w);
    plm_price_report r = good;
    r.publish_ns = w.time_ns + w.parameters.future_max_ns + 1;
    assert_ignored(r, PLM_REPORT_FUTURE);
    r = good;
    r.valid_from_ns = w.time_ns + 1;
    assert_ignored(r, PLM_REPORT_NOT_YET_VALID);
    r = good;
    r.expires_ns = w.time_ns;
    r.valid_from_ns = w.time_ns - 1;
    assert_ignored(r, PLM_REPORT_EXPIRED);
    r = good;
    r.publish_ns = w.time_ns - w.parameters.age_loose_ns - 1;
    assert_ignored(r, PLM_REPORT_TOO_OLD);
    // The last moments that are still good.
    r = good;
    r.publish_ns = w.time_ns + w.parameters.future_max_ns;
    r.expires_ns = w.time_ns + 1;
    assert_int_equal(tell(&w, r), PLM_REPORT_ACCEPTED);
    r.sequence += 1;
    r.publish_ns = w.time_ns - w.parameters.age_loose_ns;
    assert_int_equal(tell(&w, r), PLM_REPORT_ACCEPTED);
}

static void
report_that_contradicts_itself_is_ignored(void **state) {
    (void)state;
    ts_feed w;
    plm_price_report good = make_world(&w);
    plm_price_report r = good;
    r.sequence = 0;
    assert_ignored(r, PLM_REPORT_MALFORMED);
    r = good;
    r.publish_ns = -1;
    assert_ignored(r, PLM_REPORT_MALFORMED);
    r.publish_ns = INT64_MIN;
    assert_ignored(r, PLM_REPORT_MALFORMED);
    r = good;
    r.expires_ns = r.valid_from_ns;
    assert_ignored(r, PLM_REPORT_MALFORMED);
    r = good;
    r.confidence_e8 = -1;
    assert_ignored(r, PLM_REPORT_MALFORMED);
    r = good;
    r.publish_ns = INT64_MAX;
    assert_ignored(r, PLM_REPORT_FUTURE);
}

static void
report_that_states_no_price_is_ignored(void **state) {
    (void)state;
    ts_feed w;
    plm_price_report good = make_world(&w);
    plm_price_report r = good;
    r.status = PLM_REPORT_STATUS_CLOSED;
    assert_ignored(r, PLM_REPORT_CLOSED);
    r.status = 0;
    assert_ignored(r, PLM_REPORT_CLOSED);
    r.status = 3;
    assert_ignored(r, PLM_REPORT_CLOSED);
    const int64_t outside[] = {0, -1, -PRICE, PLM_PRICE_E8_MAX + 1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i += 1) {
        r = good;
        r.price_e8 = outside[i];
        assert_ignored(r, PLM_REPORT_OUT_OF_DOMAIN);
    }
    r = good;
    r.price_e8 = PLM_PRICE_E8_MAX;
    assert_ignored(r, PLM_REPORT_CLAMPED);
    r = good;
    r.confidence_e8 = PRICE / 20 + 1;
    assert_ignored(r, PLM_REPORT_UNCERTAIN);
    r.confidence_e8 = INT64_MAX;
    assert_ignored(r, PLM_REPORT_UNCERTAIN);
    r.confidence_e8 = PRICE / 20;
    assert_int_equal(tell(&w, r), PLM_REPORT_ACCEPTED);
}

static void
price_at_a_clamp_of_its_source_is_no_price(void **state) {
    (void)state;
    // LUNA, May 2022: a feed stood at its floor of 0.107 while the market traded at 0.01.
    ts_feed w;
    ts_feed_init(&w, 3);
    plm_feed_source sources[3];
    for (uint32_t i = 0; i < 3; i += 1) {
        sources[i] = ts_feed_source(i);
        sources[i].clamp_low_e8 = 10700000;
    }
    assert_int_equal(pli_feed_configure(&w.feed, sources, 3, NULL), PLM_OK);
    ts_feed_say_all(&w, 11000000);
    assert_int_equal(pli_feed_view(&w.feed).state, PLM_PRICE_STATE_VALID);
    (void)ts_feed_wait(&w, TS_SECOND);
    assert_int_equal(ts_feed_say(&w, 0, 10700000), PLM_REPORT_CLAMPED);
    assert_int_equal(ts_feed_say(&w, 1, 10700000), PLM_REPORT_CLAMPED);
    assert_int_equal(ts_feed_say(&w, 2, 10700000), PLM_REPORT_CLAMPED);
    // All have taken their price back: there is none, however fresh the last one is.
    assert_int_equal(pli_feed_view(&w.feed).state, PLM_PRICE_STATE_INVALID);
}

static void
only_a_rising_sequence_is_new(void **state) {
    (void)state;
    ts_feed w;
    plm_price_report good = make_world(&w);
    assert_int_equal(tell(&w, good), PLM_REPORT_ACCEPTED);
    assert_int_equal(tell(&w, good), PLM_REPORT_REPLAYED);
    plm_price_report older = good;
    older.sequence -= 1;
    older.price_e8 = 1;
    assert_int_equal(tell(&w, older), PLM_REPORT_OUT_OF_ORDER);
    assert_int_equal(w.feed.slots[3].price_e8, PRICE);
    assert_int_equal(w.feed.slots[3].accepted_count, 1);
    assert_int_equal(w.feed.slots[3].ignored_count, 2);
}

static void
source_that_says_two_things_at_once_counts_for_nothing(void **state) {
    (void)state;
    ts_feed w;
    plm_price_report one = make_world(&w);
    plm_price_report other = one;
    other.price_e8 += 1;
    assert_int_equal(tell(&w, one), PLM_REPORT_ACCEPTED);
    assert_int_equal(pli_feed_view(&w.feed).fresh_count, 4);
    assert_int_equal(tell(&w, other), PLM_REPORT_EQUIVOCATED);
    assert_int_equal(pli_feed_view(&w.feed).fresh_count, 3);
    assert_int_equal(tell(&w, one), PLM_REPORT_EQUIVOCATED);
    assert_int_equal(w.feed.slots[3].equivocation_count, 2);
    one.sequence += 1;
    assert_int_equal(tell(&w, one), PLM_REPORT_ACCEPTED);
    assert_int_equal(pli_feed_view(&w.feed).fresh_count, 4);
}

static void
negative_prices_are_prices_where_the_domain_says_so(void **state) {
    (void)state;
    // WTI settled at -37.63 on 2020-04-20.
    ts_feed w;
    ts_feed_init(&w, 3);
    w.underlying = (plm_underlying){
        .domain = PLM_PRICE_DOMAIN_ANY, .price_unit = 1, .reference_e8 = 20 * TS_E8};
    w.parameters.price_low_e8 = -PRICE;
    w.parameters.price_high_e8 = 3 * PRICE;
    pli_feed_init(&w.feed, TS_NETWORK, TS_FEED, &w.underlying, (plm_time){w.time_ns});
    plm_feed_source sources[3] = {ts_feed_source(0), ts_feed_source(1), ts_feed_source(2)};
    assert_int_equal(pli_feed_configure(&w.feed, sources, 3, NULL), PLM_OK);
    ts_feed_say_all(&w, -3763000000);
    pli_price_view view = ts_feed_wait(&w, TS_SECOND);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(view.price_e8, -3763000000);
    // Near zero the band is a share of the reference, not of the price.
    ts_feed_init(&w, 3);
    w.underlying = (plm_underlying){
        .domain = PLM_PRICE_DOMAIN_ANY, .price_unit = 1, .reference_e8 = 20 * TS_E8};
    w.parameters.price_low_e8 = -PRICE;
    pli_feed_init(&w.feed, TS_NETWORK, TS_FEED, &w.underlying, (plm_time){w.time_ns});
    assert_int_equal(pli_feed_configure(&w.feed, sources, 3, NULL), PLM_OK);
    ts_feed_say_all(&w, 1);
    (void)ts_feed_wait(&w, TS_SECOND);
    ts_feed_say_all(&w, 1 - TS_E8);
    assert_int_equal(pli_feed_view(&w.feed).state, PLM_PRICE_STATE_VALID);
    ts_feed_say_all(&w, 1 - TS_E8 - 1);
    assert_int_equal(pli_feed_view(&w.feed).state, PLM_PRICE_STATE_HELD);
}

static void
table_of_sources_is_checked_and_keeps_what_was_said(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 3);
    ts_feed_say_all(&w, PRICE);
    plm_feed_source sources[PLI_FEED_SOURCES_MAX + 1];
    for (uint32_t i = 0; i <= PLI_FEED_SOURCES_MAX; i += 1) {
        sources[i] = ts_feed_source(i);
    }
    plm_fault fault;
    assert_int_equal(pli_feed_configure(&w.feed, sources, PLI_FEED_SOURCES_MAX + 1, &fault),
                     PLM_LIMIT);
    sources[1].weight = 0;
    assert_int_equal(pli_feed_configure(&w.feed, sources, 3, &fault), PLM_PARAMETER_INVALID);
    assert_non_null(strstr(fault.text, "weight of a source is 0"));
    sources[1] = ts_feed_source(1);
    sources[1].reserved = 1;
    assert_int_equal(pli_feed_configure(&w.feed, sources, 3, NULL), PLM_PARAMETER_INVALID);
    sources[1] = ts_feed_source(1);
    sources[1].clamp_high_e8 = sources[1].clamp_low_e8;
    assert_int_equal(pli_feed_configure(&w.feed, sources, 3, NULL), PLM_PARAMETER_INVALID);
    sources[1] = ts_feed_source(0);
    assert_int_equal(pli_feed_configure(&w.feed, sources, 3, &fault), PLM_PARAMETER_INVALID);
    assert_string_equal(fault.text, "source 100 appears twice");
    sources[1].source_id = 101;
    assert_int_equal(pli_feed_configure(&w.feed, sources, 3, &fault), PLM_PARAMETER_INVALID);
    assert_string_equal(fault.text, "source 101 has the key of another source");
    sources[1] = ts_feed_source(1);
    sources[0].is_own = 1;
    sources[1].is_own = 1;
    assert_int_equal(pli_feed_configure(&w.feed, sources, 3, NULL), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_feed_view(&w.feed).fresh_count, 3);
    // Another order, one new key, one new source: who keeps id and key keeps its word.
    plm_feed_source next[4] = {ts_feed_source(2), ts_feed_source(1), ts_feed_source(0),
                               ts_feed_source(3)};
    next[1].public_key[1] = 1;
    assert_int_equal(pli_feed_configure(&w.feed, next, 4, NULL), PLM_OK);
    pli_feed_advance(&w.feed, &w.parameters, (plm_time){w.time_ns});
    assert_int_equal(w.feed.slots[0].word, PLI_FEED_WORD_PRICE);
    assert_int_equal(w.feed.slots[1].word, PLI_FEED_WORD_NONE);
    assert_int_equal(w.feed.slots[2].word, PLI_FEED_WORD_PRICE);
    assert_int_equal(pli_feed_view(&w.feed).fresh_count, 0);
    assert_int_equal(pli_feed_source(&w.feed, 103)->public_key[0], 4);
    assert_null(pli_feed_source(&w.feed, 104));
}

static void
outcomes_have_names_and_texts(void **state) {
    (void)state;
    assert_string_equal(plm_report_outcome_name(PLM_REPORT_BAD_SIGNATURE),
                        "PLM_REPORT_BAD_SIGNATURE");
    assert_string_equal(plm_report_outcome_text(PLM_REPORT_CLAMPED),
                        "the price stands at a clamp bound");
    assert_string_equal(plm_report_outcome_name((plm_report_outcome)0), "unknown");
    assert_string_equal(plm_report_outcome_text((plm_report_outcome)99), "unknown");
    assert_string_equal(plm_price_state_name(PLM_PRICE_STATE_VALID), "valid");
    assert_string_equal(plm_price_state_name(PLM_PRICE_STATE_HELD), "held");
    assert_string_equal(plm_price_state_name(PLM_PRICE_STATE_STALE), "stale");
    assert_string_equal(plm_price_state_name(PLM_PRICE_STATE_INVALID), "invalid");
    assert_string_equal(plm_price_state_name((plm_price_state)0), "unknown");
}

static void
message_is_drawn_byte_by_byte(void **state) {
    (void)state;
    const plm_price_report report = {.network_id = 0x01020304,
                                     .feed_id = 0x11121314,
                                     .source_id = 0x21222324,
                                     .status = 2,
                                     .sequence = 0x3132333435363738,
                                     .publish_ns = 0x4142434445464748,
                                     .valid_from_ns = 0x5152535455565758,
                                     .expires_ns = 0x6162636465666768,
                                     .price_e8 = -2,
                                     .confidence_e8 = 1};
    static const uint8_t wanted[PLI_FEED_MESSAGE_SIZE] = "plimsoll/price-report/1\0"
                                                         "\x04\x03\x02\x01"
                                                         "\x14\x13\x12\x11"
                                                         "\x24\x23\x22\x21"
                                                         "\x02\x00\x00\x00"
                                                         "\x38\x37\x36\x35\x34\x33\x32\x31"
                                                         "\x48\x47\x46\x45\x44\x43\x42\x41"
                                                         "\x58\x57\x56\x55\x54\x53\x52\x51"
                                                         "\x68\x67\x66\x65\x64\x63\x62\x61"
                                                         "\xfe\xff\xff\xff\xff\xff\xff\xff"
                                                         "\x01\x00\x00\x00\x00\x00\x00";
    uint8_t message[PLI_FEED_MESSAGE_SIZE];
    pli_feed_message_write(&report, message);
    assert_memory_equal(message, wanted, sizeof wanted);
    plm_price_report back;
    memset(&back, 0, sizeof back);
    assert_true(pli_feed_message_read(message, &back));
    assert_memory_equal(&back, &report, sizeof report);
    for (size_t i = 0; i < 24; i += 1) {
        message[i] ^= 1;
        assert_false(pli_feed_message_read(message, &back));
        message[i] ^= 1;
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_for_somebody_else_is_ignored),
        cmocka_unit_test(report_outside_its_time_is_ignored),
        cmocka_unit_test(report_that_contradicts_itself_is_ignored),
        cmocka_unit_test(report_that_states_no_price_is_ignored),
        cmocka_unit_test(price_at_a_clamp_of_its_source_is_no_price),
        cmocka_unit_test(only_a_rising_sequence_is_new),
        cmocka_unit_test(source_that_says_two_things_at_once_counts_for_nothing),
        cmocka_unit_test(negative_prices_are_prices_where_the_domain_says_so),
        cmocka_unit_test(table_of_sources_is_checked_and_keeps_what_was_said),
        cmocka_unit_test(outcomes_have_names_and_texts),
        cmocka_unit_test(message_is_drawn_byte_by_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
