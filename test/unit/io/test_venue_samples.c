/* test_venue_samples.c: the shipped mappings read what nine venues' interfaces send, to the last unit.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/json.h"
#include "num/decimal.h"
#include "support/venue.h"

#define PATH_SIZE 512
#define NOW INT64_C(1704067200000000000) /* 2024-01-01, for files without a time */

/*
 * sample - one venue: its mapping, the files of each feed ("" for none) and where its positions stand in the JSON.
 *
 * `total` is filled from the JSON by a walk of our own: records that are not flat, and the sum of |quantity|.
 */
typedef struct sample {
    const char *venue;
    const char *files[PLI_FEED_COUNT]; /* marks, accounts, positions, fills, incumbent */
    const char *steps[4];              /* to the list of positions */
    const char *quantity;
    uint64_t bad;
    const char *why; /* part of the first bad row's message */
} sample;

static const sample samples[] = {
    {"binance",
     {"futures__http_json__position_risk", "futures__http_json__account_info_v2",
      "futures__http_json__position_risk", "", "futures__http_json__account_info_v2"},
     {NULL},
     "positionAmt",
     0,
     ""},
    {"bybit",
     {"http_get_positions", "http_get_wallet_balance", "http_get_positions", "",
      "http_get_wallet_balance"},
     {"result", "list", NULL},
     "size",
     0,
     ""},
    // No file prices ether, so that its balance and its figures are refused.
    {"deribit",
     {"ws_ticker", "http_get_account_summaries", "", "", "http_get_account_summaries"},
     {NULL},
     NULL,
     2,
     "currency is \"ETH\"; allowed is an asset that is listed and priced"},
    {"derive",
     {"perps__http_positions_result_eth", "common__http_subaccount_usdc",
      "perps__http_positions_result_eth", "", ""},
     {"positions", NULL},
     "amount",
     0,
     ""},
    {"dydx",
     {"http_get_perpetual_markets", "ws_subaccounts_subscribed", "ws_subaccounts_subscribed", "",
      ""},
     {"contents", "subaccount", "openPerpetualPositions", NULL},
     "size",
     0,
     ""},
    {"hyperliquid",
     {"ws_allmids", "http_clearinghouse_state_negative_total_raw_usd",
      "http_clearinghouse_state_negative_total_raw_usd", "",
      "http_clearinghouse_state_negative_total_raw_usd"},
     {"assetPositions", NULL},
     "szi",
     0,
     ""},
    // The account has no requirement in this mode: its figures are empty texts.
    {"okx",
     {"http_get_mark_price", "http_get_account_balance", "http_get_positions", "",
      "http_get_account_balance"},
     {"data", NULL},
     "pos",
     1,
     "imr is \"\"; allowed is an amount here or under maintenance"},
    {"bitmex",
     {"http_get_instrument_xbtusd", "http_get_wallet", "http_get_positions", "", "ws_margin"},
     {NULL},
     "currentQty",
     0,
     ""},
    // The tickers do not name PI_ETHUSD.
    {"kraken",
     {"http_futures_tickers", "http_spot_balance", "http_futures_open_positions", "", ""},
     {"openPositions", NULL},
     "size",
     1,
     "symbol is \"PI_ETHUSD\"; allowed is an instrument that has a mark"},
};

static void
path_of(const char *venue, const char *name, char path[PATH_SIZE]) {
    const char *shared = getenv("PLIMSOLL_SHARED");
    snprintf(path, PATH_SIZE, "%s/data/api_samples/%s/%s.json",
             shared == NULL ? "../shared" : shared, venue, name);
}

static bool
is_absent(const char *venue, const char *name) {
    char path[PATH_SIZE];
    path_of(venue, name, path);
    return access(path, R_OK) != 0;
}

// The feeds of a venue; paths live in `paths`.
static void
use(ts_venue *v, const char *venue, const char *const files[PLI_FEED_COUNT],
    char paths[PLI_FEED_COUNT + 1][PATH_SIZE]) {
    *v = (ts_venue){.now_ns = NOW, .mapping_path = paths[PLI_FEED_COUNT]};
    snprintf(paths[PLI_FEED_COUNT], PATH_SIZE, "params/mapping/%s.yaml", venue);
    for (int feed = 0; feed < PLI_FEED_COUNT; feed += 1) {
        if (files[feed] != NULL && files[feed][0] != '\0') {
            path_of(venue, files[feed], paths[feed]);
            v->paths[feed] = paths[feed];
        }
    }
}

static void
must_read(ts_venue *v, const char *venue, uint64_t bad, const char *why) {
    plm_status status = ts_venue_read(v);
    if (status != PLM_OK || v->bad.count != bad ||
        (bad > 0 && strstr(v->bad.shown[0].text, why) == NULL)) {
        fail_msg("%s: %s %s; %d bad: %s", venue, plm_status_name(status), v->fault.text,
                 (int)v->bad.count, v->bad.shown[0].text);
    }
}

typedef struct totals {
    uint64_t count;
    pli_i128 quantity; /* 1e-18 */
} totals;

static pli_i128
magnitude(const char *text, size_t size) {
    pli_i128 value = 0;
    assert_int_equal(pli_decimal_parse_relaxed(text, size, 18, PLI_DECIMAL_EXACT, &value), PLM_OK);
    return value < 0 ? -value : value;
}

// What the file itself says, by a walk that knows nothing of mappings.
static totals
totals_of_json(const sample *of) {
    char path[PATH_SIZE];
    pli_document document = {0};
    plm_fault fault = {.status = PLM_OK};
    totals sum = {0};
    path_of(of->venue, of->files[PLI_FEED_POSITIONS], path);
    assert_int_equal(pli_json_read(path, &document, &fault), PLM_OK);
    const pli_node *node = document.root;
    for (int i = 0; of->steps[i] != NULL; i += 1) {
        node = pli_node_find(node, of->steps[i]);
    }
    assert_non_null(node);
    for (const pli_node *record = node->child; record != NULL; record = record->next) {
        const pli_node *position = pli_node_find(record, "position");
        const pli_node *quantity =
            pli_node_find(position != NULL ? position : record, of->quantity);
        assert_non_null(quantity);
        pli_i128 size = magnitude(quantity->text, quantity->text_size);
        sum.count += size != 0;
        sum.quantity += size;
    }
    pli_document_finish(&document);
    return sum;
}

// Lots back to the venue's unit: lots * lot / contract.
static totals
totals_of_book(const ts_venue *v) {
    totals sum = {0};
    uint64_t count = v->book.position_begin[v->book.account_count];
    for (uint64_t i = 0; i < count; i += 1) {
        const plm_position *p = &v->book.positions[i];
        const char *name = pli_book_instrument_name(&v->market, p->instrument_index);
        int64_t contract_e8 = strcmp(name, "BTC-USDT-SWAP") == 0 ? 1000000 : 100000000;
        pli_i128 lots = p->lots < 0 ? -p->lots : p->lots;
        sum.count += 1;
        sum.quantity += lots * v->market.listing.instruments[p->instrument_index].lot_e8 *
                        10000000000 * (100000000 / contract_e8);
    }
    return sum;
}

static void
positions_and_quantities_are_those_of_each_venue_s_json(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i += 1) {
        const sample *of = &samples[i];
        char paths[PLI_FEED_COUNT + 1][PATH_SIZE];
        ts_venue v;
        if (is_absent(of->venue, of->files[PLI_FEED_ACCOUNTS])) {
            skip();
        }
        use(&v, of->venue, of->files, paths);
        must_read(&v, of->venue, of->bad, of->why);
        if (of->quantity != NULL) {
            totals theirs = totals_of_json(of);
            totals ours = totals_of_book(&v);
            bool is_kraken = strcmp(of->venue, "kraken") == 0;
            // The one refused row of Kraken is 12,000 contracts.
            ours.count += is_kraken;
            ours.quantity += is_kraken ? (pli_i128)12000 * 1000000000000000000 : 0;
            if (ours.count != theirs.count || ours.quantity != theirs.quantity) {
                fail_msg("%s: %d positions, the file has %d", of->venue, (int)ours.count,
                         (int)theirs.count);
            }
        }
        ts_venue_finish(&v);
    }
}

static void
read_sample(ts_venue *v, const char *venue, char paths[PLI_FEED_COUNT + 1][PATH_SIZE]) {
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i += 1) {
        if (strcmp(samples[i].venue, venue) == 0) {
            if (is_absent(venue, samples[i].files[PLI_FEED_ACCOUNTS])) {
                skip();
            }
            use(v, venue, samples[i].files, paths);
            must_read(v, venue, samples[i].bad, samples[i].why);
        }
    }
}

// dYdX says equity 125000.50 at its own prices of that moment: 100,000 of quote and 0.5 at an oracle price.
static void
a_balance_that_has_paid_for_positions_gets_their_cost_back(void **state) {
    (void)state;
    char paths[PLI_FEED_COUNT + 1][PATH_SIZE];
    ts_venue v;
    static const char id[] = "dydx1abc123def456ghi789jkl012mno345pqr678stu/0";
    read_sample(&v, "dydx", paths);
    assert_int_equal(ts_venue_position(&v, id, "BTC-USD")->lots, 50000);
    assert_int_equal(ts_venue_atoms(&v, id, "USDC"),
                     INT64_C(100000000000) + 43000 * INT64_C(500000));
    ts_venue_finish(&v);
}

static void
isolated_positions_become_groups_with_their_own_collateral(void **state) {
    (void)state;
    char paths[PLI_FEED_COUNT + 1][PATH_SIZE];
    ts_venue v;
    read_sample(&v, "bitmex", paths);
    assert_int_equal(ts_venue_position(&v, "1234567/XBTUSD", "XBTUSD")->lots, 100);
    assert_int_equal(ts_venue_atoms(&v, "1234567/XBTUSD", "BTC"), 1308);
    assert_int_equal(ts_venue_atoms(&v, "1234567", "BTC"), 1000123456);
    ts_venue_finish(&v);
    read_sample(&v, "okx", paths);
    assert_int_equal(ts_venue_position(&v, "main/BTC-USDT-SWAP", "BTC-USDT-SWAP")->lots, 50);
    assert_int_equal(ts_venue_atoms(&v, "main/BTC-USDT-SWAP", "BTC"), 50000000);
    ts_venue_finish(&v);
    // Hedge mode: the short row names no entry price, so that only the long one is taken.
    static const char *const hedge[PLI_FEED_COUNT] = {
        "futures__http_json__position_risk", "futures__http_json__account_info_v2",
        "it__http_futures_account_positions_hedge", "", ""};
    use(&v, "binance", hedge, paths);
    must_read(&v, "binance", 1, "entryPrice is \"0.00000\"");
    assert_int_equal(ts_venue_position(&v, "main/BTCUSDT", "BTCUSDT")->lots, 20000);
    assert_int_equal(ts_venue_atoms(&v, "main/BTCUSDT", "USDT"), INT64_C(1551754150468));
    ts_venue_finish(&v);
}

// python3 -c "from fractions import Fraction as F; print(round(F('1.24669592') * F('92263.55') * 10**6))" and so on.
static void
figures_in_coin_are_valued_at_the_index(void **state) {
    (void)state;
    char paths[PLI_FEED_COUNT + 1][PATH_SIZE];
    ts_venue v;
    read_sample(&v, "deribit", paths);
    const pli_incumbent *i = &v.book.incumbents[ts_venue_account(&v, "main")];
    assert_int_equal(i->initial_micros, INT64_C(115024591350));
    assert_int_equal(i->maintenance_micros, INT64_C(81725585600));
    assert_int_equal(i->equity_micros, INT64_C(27921468299723));
    assert_int_equal(ts_venue_atoms(&v, "main", "BTC"), INT64_C(30260065765));
    ts_venue_finish(&v);
    read_sample(&v, "bitmex", paths);
    i = &v.book.incumbents[ts_venue_account(&v, "1234567")];
    assert_int_equal(i->initial_micros, 0);
    assert_int_equal(i->maintenance_micros, 15605103);
    ts_venue_finish(&v);
}

static void
executions_roll_positions_on(void **state) {
    (void)state;
    char paths[PLI_FEED_COUNT + 1][PATH_SIZE];
    ts_venue v;
    static const char *const bybit[PLI_FEED_COUNT] = {
        "http_get_positions", "http_get_wallet_balance", "http_get_positions",
        "http_get_executions", ""};
    static const char *const bitmex[PLI_FEED_COUNT] = {"http_get_instrument_xbtusd",
                                                       "http_get_wallet", "http_get_positions",
                                                       "http_get_executions", ""};
    if (is_absent("bybit", "http_get_executions")) {
        skip();
    }
    use(&v, "bybit", bybit, paths);
    must_read(&v, "bybit", 0, "");
    assert_int_equal(ts_venue_position(&v, "main", "BTCUSDT")->lots, 600);
    assert_int_equal(ts_venue_position(&v, "main", "ETHUSDT")->lots, -5500);
    // 1000.5 less fees of 0.015 and 0.9.
    assert_int_equal(ts_venue_atoms(&v, "main", "USDT"), INT64_C(99958500000));
    ts_venue_finish(&v);
    use(&v, "bitmex", bitmex, paths);
    must_read(&v, "bitmex", 0, "");
    assert_int_equal(ts_venue_position(&v, "1234567", "XBTUSD")->lots, -200);
    assert_int_equal(ts_venue_atoms(&v, "1234567", "BTC"), 1000123456 - 76 - 151);
    ts_venue_finish(&v);
}

static void
a_quantity_finer_than_any_lot_is_refused_with_its_text(void **state) {
    (void)state;
    char paths[PLI_FEED_COUNT + 1][PATH_SIZE];
    ts_venue v;
    static const char *const fine[PLI_FEED_COUNT] = {"perps__http_positions_result_eth",
                                                     "common__http_subaccount_usdc",
                                                     "common__http_subaccount_high_scale", "", ""};
    if (is_absent("derive", "common__http_subaccount_high_scale")) {
        skip();
    }
    use(&v, "derive", fine, paths);
    must_read(&v, "derive", 1, "amount is \"0.1234567890123456789012345678912345\"");
    ts_venue_finish(&v);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_and_quantities_are_those_of_each_venue_s_json),
        cmocka_unit_test(a_balance_that_has_paid_for_positions_gets_their_cost_back),
        cmocka_unit_test(isolated_positions_become_groups_with_their_own_collateral),
        cmocka_unit_test(figures_in_coin_are_valued_at_the_index),
        cmocka_unit_test(executions_roll_positions_on),
        cmocka_unit_test(a_quantity_finer_than_any_lot_is_refused_with_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
