/* test_chain_csv.c: option chains of an exchange become markets, crossed ones do not. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/chain_csv.h"
#include "io/market_json.h"

#define HEADER "ts,instrument,expiry_ts,strike,cp,bid,ask,mark,forward,mark_iv,index_price\n"

static plm_status
decode(const char *text, const char *books, pli_chain_options options, pli_chain_book *chain,
       plm_fault *fault) {
    pli_named_bytes file = {.name = "c.csv",
                            .bytes = {.data = (uint8_t *)(uintptr_t)text, .size = strlen(text)}};
    pli_named_bytes beside = {.name = "b.csv"};
    if (books != NULL) {
        beside.bytes = (pli_bytes){.data = (uint8_t *)(uintptr_t)books, .size = strlen(books)};
    }
    return pli_chain_decode(file, books == NULL ? NULL : &beside, &options, chain, fault);
}

static const char two_expiries[] =
    HEADER "1600000000,X-A-10-C,1601000000,10,C,0.1,0.2,0.15,11,0.9,10.5\n"
           "1600000003,X-A-12-P,1601000000,12,P,,0,0.2000000050,12,0.8,10.75\n"
           "1600000002,X-A-12-C,1601000000,12,C,0,0.3,1e-3,13,0.7,\n"
           "1600000001,X-B-10-C,1602000000,10,C,0.25,0.25,0.3,14,0.6,10.25\n";

static void
rows_become_coin_options_beside_two_perpetuals(void **state) {
    (void)state;
    pli_chain_book chain;
    plm_fault fault = {0};
    if (decode(two_expiries, NULL, (pli_chain_options){0}, &chain, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    const plm_listing *listing = &chain.book.listing;
    assert_int_equal(chain.row_count, 4);
    assert_int_equal(listing->instrument_count, 6);
    assert_int_equal(chain.book.market.time.ns, 1600000003000000000);
    assert_int_equal(chain.book.market.underlyings[0].price.price_e8, 1075000000);
    assert_int_equal(chain.book.market.expiry_count, 2);
    assert_int_equal(chain.book.market.expiries[0].forward_e8, 1200000000);
    assert_int_equal(chain.book.market.expiries[1].forward_e8, 1400000000);
    // The second expiry, 23 days ahead, is nearer to 30 days than the first.
    assert_int_equal(chain.book.market.underlyings[0].volatility_ppm, 600000);
    uint32_t index = pli_book_instrument_index(&chain.book, "X-A-12-P");
    assert_int_equal(index, chain.rows[1].instrument_index);
    assert_int_equal(chain.rows[1].forward_e8, 1200000000);
    assert_int_equal(listing->instruments[index].right, PLM_RIGHT_PUT);
    assert_int_equal(listing->instruments[index].settlement, PLM_SETTLEMENT_INVERSE);
    assert_int_equal(listing->instruments[index].lot_e8, 10000000);
    assert_int_equal(chain.book.market.marks[index].mark_e8, 20000000);
    assert_false(chain.book.quotes[index].has_bid);
    assert_false(chain.book.quotes[index].has_ask);
    index = pli_book_instrument_index(&chain.book, "X-A-10-C");
    assert_int_equal(chain.book.market.marks[index].half_spread_e8, 5000000);
    index = pli_book_instrument_index(&chain.book, "X-USD");
    assert_int_equal(listing->instruments[index].settlement, PLM_SETTLEMENT_INVERSE);
    assert_int_equal(listing->instruments[index].lot_e8, 1000000000);
    assert_int_equal(chain.book.market.marks[index].mark_e8, 1075000000);
    assert_int_not_equal(pli_book_instrument_index(&chain.book, "X-PERP"), PLM_NONE);
    pli_chain_finish(&chain);
}

static void
books_replace_the_quotes_of_the_chain(void **state) {
    (void)state;
    pli_chain_book chain;
    plm_fault fault = {0};
    static const char books[] = "ts,instrument,side,level,price,amount\n"
                                "1,X-A-12-P,A,1,0.31,2\n"
                                "1,X-A-12-P,A,0,0.3,1\n"
                                "1,X-A-12-P,B,0,0.1,1\n";
    pli_chain_options options = {.lot_e8 = 100000000, .volatility_ppm = 123456};
    if (decode(two_expiries, books, options, &chain, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    uint32_t index = pli_book_instrument_index(&chain.book, "X-A-12-P");
    assert_int_equal(chain.book.quotes[index].bid_e8, 10000000);
    assert_int_equal(chain.book.quotes[index].ask_e8, 30000000);
    assert_int_equal(chain.book.market.marks[index].half_spread_e8, 10000000);
    assert_int_equal(chain.book.listing.instruments[index].lot_e8, 100000000);
    assert_int_equal(chain.book.market.underlyings[0].volatility_ppm, 123456);
    assert_false(chain.book.quotes[2].has_bid);
    pli_chain_finish(&chain);
}

static void
a_crossed_quote_is_refused_or_dropped_and_counted(void **state) {
    (void)state;
    static const char text[] =
        HEADER "1600000000,X-A-9-C,1601000000,9,C,0.1,0.2,0.15,11,0.9,10\n"
               "1600000000,X-A-10-C,1601000000,10,C,0.3,0.2,0.15,11,0.9,10\n";
    pli_chain_book chain = {0};
    plm_fault fault = {0};
    assert_int_equal(decode(text, NULL, (pli_chain_options){0}, &chain, &fault), PLM_QUOTE_CROSSED);
    assert_string_equal(fault.text,
                        "c.csv:3: X-A-10-C has its bid above its ask; allowed is at most the ask");
    pli_chain_options options = {.is_crossed_dropped = true};
    assert_int_equal(decode(text, NULL, options, &chain, &fault), PLM_OK);
    assert_int_equal(chain.crossed_count, 1);
    uint32_t index = pli_book_instrument_index(&chain.book, "X-A-10-C");
    assert_int_equal(chain.book.market.marks[index].half_spread_e8, 0);
    assert_false(chain.book.quotes[index].has_bid);
    pli_chain_finish(&chain);
}

static void
slices_can_be_set_and_the_market_written(void **state) {
    (void)state;
    pli_chain_book chain;
    assert_int_equal(decode(two_expiries, NULL, (pli_chain_options){0}, &chain, NULL), PLM_OK);
    const plm_slice_node nodes[] = {{10, 0.5}, {12, 0.6}};
    const plm_slice slices[] = {{.kind = PLM_SLICE_GRID, .node_count = 2, .nodes = nodes},
                                {.kind = PLM_SLICE_NONE}};
    assert_int_equal(pli_book_set_slices(&chain.book, slices, NULL), PLM_OK);
    assert_int_equal(pli_book_check(&chain.book, "x", NULL), PLM_OK);
    assert_true(chain.book.market.expiries[0].slice.nodes[1].volatility == 0.6);
    assert_ptr_not_equal(chain.book.market.expiries[0].slice.nodes, nodes);
    pli_json_writer writer = {.indent = 2};
    pli_market_write(&chain.book, &writer);
    assert_non_null(strstr(writer.data, "[[10, 0.5], [12, 0.6]]"));
    pli_json_writer_finish(&writer);
    pli_chain_finish(&chain);
}

typedef struct published {
    const char *chain, *books;
    uint32_t row_count, expiry_count, bid_count, ask_count;
} published;

// Counts from the files themselves, by zcat, cut, sort and awk.
static const published files[] = {
    {"chain_BTC_2020-05-21.csv.gz", "books_BTC_2020-05-21.csv.gz", 326, 7, 262, 277},
    {"chain_BTC_2020-09-12.csv.gz", NULL, 358, 9, 292, 307},
    {"chain_ETH_2021-10-01_two_expiries.csv.gz", NULL, 79, 2, 58, 68},
};

static void
recorded_chains_decode_whole(void **state) {
    (void)state;
    const char *shared = getenv("PLIMSOLL_SHARED");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i += 1) {
        char path[512];
        char books[512];
        snprintf(path, sizeof path, "%s/data/options_deribit/%s",
                 shared == NULL ? "../shared" : shared, files[i].chain);
        snprintf(books, sizeof books, "%s/data/options_deribit/%s",
                 shared == NULL ? "../shared" : shared,
                 files[i].books == NULL ? "" : files[i].books);
        if (access(path, R_OK) != 0) {
            skip();
        }
        pli_chain_book chain;
        plm_fault fault = {0};
        pli_chain_options options = {.volatility_ppm = 800000};
        if (pli_chain_read(path, files[i].books == NULL ? NULL : books, &options, &chain, &fault) !=
            PLM_OK) {
            fail_msg("%s", fault.text);
        }
        assert_int_equal(chain.row_count, files[i].row_count);
        assert_int_equal(chain.book.market.expiry_count, files[i].expiry_count);
        uint32_t bid_count = 0;
        uint32_t ask_count = 0;
        for (uint32_t j = 0; j < chain.book.listing.instrument_count; j += 1) {
            bid_count += chain.book.quotes[j].has_bid;
            ask_count += chain.book.quotes[j].has_ask;
        }
        assert_int_equal(bid_count, files[i].bid_count);
        assert_int_equal(ask_count, files[i].ask_count);
        pli_chain_finish(&chain);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_coin_options_beside_two_perpetuals),
        cmocka_unit_test(books_replace_the_quotes_of_the_chain),
        cmocka_unit_test(a_crossed_quote_is_refused_or_dropped_and_counted),
        cmocka_unit_test(slices_can_be_set_and_the_market_written),
        cmocka_unit_test(recorded_chains_decode_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
