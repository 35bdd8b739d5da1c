/* test_market_json.c: a market file becomes a book, and a book the same file again.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/json.h"
#include "io/market_json.h"

#define EXAMPLE "test/fuzz/corpus/market/full.json"

static pli_market_book
read_example(void) {
    pli_market_book book;
    plm_fault fault = {0};
    if (pli_market_read(EXAMPLE, &book, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    return book;
}

static void
the_example_of_the_format_page_decodes_to_its_numbers(void **state) {
    (void)state;
    pli_market_book book = read_example();
    assert_int_equal(book.listing.asset_count, 2);
    assert_int_equal(book.listing.underlying_count, 1);
    assert_int_equal(book.listing.instrument_count, 3);
    assert_int_equal(book.market.time.ns, 1772366400000000000);
    assert_int_equal(book.valuation_asset_index, 0);
    assert_int_equal(book.class_count, 1);
    const plm_asset *btc = &book.listing.assets[pli_book_asset_index(&book, "BTC")];
    assert_int_equal(btc->treatment, PLM_TREATMENT_SCENARIO);
    assert_int_equal(btc->liability_haircut_ppm, 50000);
    assert_int_equal(btc->tier_count, 2);
    assert_int_equal(btc->tiers[0].upto_micros, 1000000000000);
    assert_int_equal(btc->tiers[1].upto_micros, INT64_MAX);
    assert_int_equal(btc->tiers[1].haircut_ppm, 150000);
    assert_int_equal(book.listing.assets[0].underlying_index, PLM_NONE);
    assert_int_equal(book.listing.assets[0].tiers[0].upto_micros, INT64_MAX);
    const plm_underlying_market *priced = &book.market.underlyings[0];
    assert_int_equal(priced->price.price_e8, 6400000000000);
    assert_int_equal(priced->price.slow_e8, 6395000000000);
    assert_int_equal(priced->price.publish_ns, 1772366399500000000);
    assert_int_equal(priced->price.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(priced->volatility_ppm, 550000);
    assert_int_equal(priced->depth_micros, 4000000000000);
    assert_int_equal(book.listing.underlyings[0].tick_e8, 50000000);
    pli_book_finish(&book);
    pli_book_finish(&book);
}

static void
expiries_and_instruments_keep_every_field(void **state) {
    (void)state;
    pli_market_book book = read_example();
    assert_int_equal(book.market.expiry_count, 2);
    const plm_expiry_market *march = &book.market.expiries[0];
    assert_int_equal(march->expiry_ns, 1774598400000000000);
    assert_int_equal(march->slice.kind, PLM_SLICE_SVI);
    assert_true(march->slice.svi.rho == -0.21);
    assert_int_equal(book.market.expiries[1].slice.node_count, 3);
    assert_true(book.market.expiries[1].slice.nodes[1].strike == 65000);
    assert_true(book.market.expiries[1].slice.nodes[1].volatility == 0.57);
    uint32_t index = pli_book_instrument_index(&book, "BTC-27MAR26-70000-C");
    const plm_instrument *option = &book.listing.instruments[index];
    assert_int_equal(option->kind, PLM_KIND_OPTION);
    assert_int_equal(option->right, PLM_RIGHT_CALL);
    assert_int_equal(option->premium, PLM_PREMIUM_PAID);
    assert_int_equal(option->strike_e8, 7000000000000);
    assert_int_equal(option->expiry_ns, march->expiry_ns);
    assert_int_equal(book.market.marks[index].half_spread_e8, 2500000000);
    index = pli_book_instrument_index(&book, "BTC-USD-INV");
    assert_int_equal(book.listing.instruments[index].settlement, PLM_SETTLEMENT_INVERSE);
    assert_int_equal(book.listing.instruments[index].settlement_asset_index,
                     pli_book_asset_index(&book, "BTC"));
    assert_int_equal(book.market.marks[index].half_spread_e8, 0);
    assert_int_equal(pli_book_instrument_index(&book, "BTC-PER"), PLM_NONE);
    assert_string_equal(pli_book_instrument_name(&book, index), "BTC-USD-INV");
    assert_string_equal(pli_book_instrument_name(&book, PLM_NONE), "?");
    pli_book_finish(&book);
}

static plm_status
decode(const char *text, size_t size, pli_market_book *book, plm_fault *fault) {
    pli_document document;
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)text, .size = size};
    plm_status status = pli_json_parse("m.json", bytes, &document, fault);
    if (status == PLM_OK) {
        status = pli_market_decode(&document, book, fault);
        pli_document_finish(&document);
    }
    return status;
}

static void
what_is_written_decodes_to_the_same_text(void **state) {
    (void)state;
    for (unsigned indent = 0; indent <= 2; indent += 2) {
        pli_market_book book = read_example();
        pli_json_writer first = {.indent = indent};
        pli_market_write(&book, &first);
        assert_int_equal(first.status, PLM_OK);
        pli_market_book again;
        plm_fault fault = {0};
        if (decode(first.data, first.size, &again, &fault) != PLM_OK) {
            fail_msg("%s", fault.text);
        }
        pli_json_writer second = {.indent = indent};
        pli_market_write(&again, &second);
        assert_string_equal(first.data, second.data);
        assert_memory_equal(book.listing.instruments, again.listing.instruments,
                            3 * sizeof(plm_instrument));
        assert_memory_equal(book.market.marks, again.market.marks, 3 * sizeof(plm_mark));
        pli_json_writer_finish(&first);
        pli_json_writer_finish(&second);
        pli_book_finish(&book);
        pli_book_finish(&again);
    }
}

static void
ten_thousand_instruments_are_found_by_name(void **state) {
    (void)state;
    size_t capacity = (size_t)4 << 20;
    char *text = malloc(capacity);
    assert_non_null(text);
    int size = snprintf(
        text, capacity,
        "{\"schema\":\"plimsoll-market/1\",\"time\":\"2026-03-01T00:00:00Z\",\"valuation\":\"USD\","
        "\"assets\":[{\"id\":\"USD\",\"decimals\":6,\"underlying\":null}],\"underlyings\":[{\"id\":"
        "\"X\",\"tick\":\"0.01\",\"price\":1,\"volatility\":1}],\"instruments\":[");
    for (int i = 0; i < 10000; i += 1) {
        size += snprintf(text + size, capacity - (size_t)size,
                         "%s{\"id\":\"X-%d\",\"kind\":\"perpetual\",\"underlying\":\"X\","
                         "\"lot\":\"1\",\"mark\":%d}",
                         i == 0 ? "" : ",\n", 7919 * i % 10007, i + 1);
    }
    size += snprintf(text + size, capacity - (size_t)size, "]}");
    pli_market_book book;
    plm_fault fault = {0};
    if (decode(text, (size_t)size, &book, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    for (int i = 0; i < 10000; i += 1) {
        char name[PLM_NAME_SIZE];
        snprintf(name, sizeof name, "X-%d", 7919 * i % 10007);
        assert_int_equal(pli_book_instrument_index(&book, name), i);
    }
    pli_book_finish(&book);
    free(text);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_format_page_decodes_to_its_numbers),
        cmocka_unit_test(expiries_and_instruments_keep_every_field),
        cmocka_unit_test(what_is_written_decodes_to_the_same_text),
        cmocka_unit_test(ten_thousand_instruments_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
