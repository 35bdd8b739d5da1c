/* test_venue_book.c: a venue's files become exact balances, lots and costs, and each bad row is refused by itself.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/records.h"
#include "support/venue.h"

#define FOLDER "examples/shadow/"

static void
use_example(ts_venue *v) {
    *v = (ts_venue){.mapping_path = FOLDER "mapping.yaml"};
    v->paths[PLI_FEED_MARKS] = FOLDER "marks.csv";
    v->paths[PLI_FEED_ACCOUNTS] = FOLDER "accounts.csv";
    v->paths[PLI_FEED_POSITIONS] = FOLDER "positions.csv";
    v->paths[PLI_FEED_INCUMBENT] = FOLDER "incumbent.csv";
}

static void
must_read(ts_venue *v) {
    plm_status status = ts_venue_read(v);
    if (status != PLM_OK || v->bad.count > 0) {
        fail_msg("%s: %s %s", plm_status_name(status), v->fault.text, v->bad.shown[0].text);
    }
}

static int64_t
cost(const plm_position *position) {
    return (int64_t)position->cost.low;
}

static void
the_example_is_read_with_its_units_signs_groups_and_aliases(void **state) {
    (void)state;
    ts_venue v;
    use_example(&v);
    must_read(&v);
    assert_int_equal(v.market.market.time.ns, INT64_C(1772452800000000000));
    assert_int_equal(v.market.listing.instrument_count, 11); // 14 marks: 2 indices, 1 ignored
    assert_int_equal(v.book.account_count, 9);
    assert_int_equal(v.book.flat_rows, 1);
    assert_int_equal(v.book.ignored_rows, 1);
    assert_int_equal(v.book.incumbent_count, 9);
    // 2,500,000 cents; 50 hundredths of a coin; a loan of 15,000.
    assert_int_equal(ts_venue_atoms(&v, "anna", "USD"), INT64_C(25000000000));
    assert_int_equal(ts_venue_atoms(&v, "anna", "BTC"), 50000000);
    assert_int_equal(ts_venue_atoms(&v, "dmitri", "USD"), INT64_C(-15000000000));
    // Short 1.5 at 64,200 in lots of 0.001: -1,500 lots, cost -1500 * 64200e8; 12.25 of funding is due to her.
    const plm_position *p = ts_venue_position(&v, "anna", "XBT/USD");
    assert_int_equal(p->lots, -1500);
    assert_int_equal(cost(p), INT64_C(-1500) * 64200 * 100000000);
    assert_int_equal(p->accrued_micros, 12250000);
    // 9,000 contracts of 10 USD short: coin cost -9000 * 10 / 66100, rounded down to 1e-12.
    p = ts_venue_position(&v, "dmitri", "INV.XBT");
    assert_int_equal(p->lots, -9000);
    assert_int_equal(cost(p), INT64_C(-1361573373677));
    // An isolated position is an account of its own.
    assert_int_equal(ts_venue_position(&v, "carla/degen", "ETH/USD")->lots, 500);
    assert_int_equal(ts_venue_position(&v, "carla", "ETH/USD")->lots, 40000);
    // Options have a price for information only: no cost.
    p = ts_venue_position(&v, "emi", "XBT.27MAR26.65000.P");
    assert_int_equal(p->lots, -400);
    assert_int_equal(cost(p), 0);
    assert_null(ts_venue_position(&v, "anna", "ETH/USD"));
    const pli_incumbent *i = &v.book.incumbents[ts_venue_account(&v, "carla/degen")];
    assert_true(i->has_initial && i->has_maintenance && i->has_equity);
    assert_int_equal(i->initial_micros, 170000000);
    assert_int_equal(i->equity_micros, 125500000);
    ts_venue_finish(&v);
}

static void
fills_roll_positions_on_with_exact_cost_premium_and_fees(void **state) {
    (void)state;
    ts_venue v;
    use_example(&v);
    v.paths[PLI_FEED_FILLS] = FOLDER "fills.csv";
    must_read(&v);
    // 2 at 64,100, then 0.5 at 64,990 and -0.25 at 65,020.
    const plm_position *p = ts_venue_position(&v, "bruno", "XBT/USD");
    assert_int_equal(p->lots, 2250);
    assert_int_equal(cost(p), (INT64_C(2000) * 64100 + 500 * 64990 - 250 * 65020) * 100000000);
    // 9,000.00 less fees of 16.2475 and 8.1275, which the venue writes below zero.
    assert_int_equal(ts_venue_atoms(&v, "bruno", "USD"), INT64_C(9000000000) - 16247500 - 8127500);
    // Half an option more at 1,740: 870 of premium and 5 of fee.
    assert_int_equal(ts_venue_position(&v, "hugo", "XBT.27MAR26.70000.C")->lots, 150);
    assert_int_equal(ts_venue_atoms(&v, "hugo", "USD"), INT64_C(3100000000 - 875000000));
    ts_venue_finish(&v);
    // Of three fills two are later than 11:59.
    use_example(&v);
    v.paths[PLI_FEED_FILLS] = FOLDER "fills.csv";
    v.since_ns = INT64_C(1772452740000000000);
    must_read(&v);
    assert_int_equal(ts_venue_position(&v, "bruno", "XBT/USD")->lots, 1750);
    assert_int_equal(v.book.ignored_rows, 2);
    ts_venue_finish(&v);
}

static void
a_fill_may_open_a_position_and_close_one_keeping_its_profit(void **state) {
    (void)state;
    ts_venue v;
    use_example(&v);
    v.paths[PLI_FEED_FILLS] = ts_venue_write("fills.csv", "uid,book,symbol,bs,size,price,fee,at\n"
                                                          "farid,,XBT/USD,S,1,66100,,\n"
                                                          "farid,,INV.XBT,B,3,65000,,\n");
    must_read(&v);
    const plm_position *p = ts_venue_position(&v, "farid", "XBT/USD");
    assert_int_equal(p->lots, 0);
    assert_int_equal(cost(p), INT64_C(-1000) * 100 * 100000000); // 100 of profit, not yet settled
    p = ts_venue_position(&v, "farid", "INV.XBT");
    assert_int_equal(p->lots, 3);
    assert_int_equal(cost(p), 461538461); // 30 / 65000 coin in 1e-12, down
    ts_venue_finish(&v);
}

static void
the_smile_of_an_expiry_takes_the_side_out_of_the_money(void **state) {
    (void)state;
    ts_venue v;
    use_example(&v);
    must_read(&v);
    assert_int_equal(v.market.market.expiry_count, 1);
    const plm_expiry_market *e = &v.market.market.expiries[0];
    assert_int_equal(e->forward_e8, INT64_C(6524000000000)); // the mark of the future
    assert_int_equal(e->slice.kind, PLM_SLICE_GRID);
    assert_int_equal(e->slice.node_count, 5);
    // At 60,000 the put (51.3) and not the call (51.4).
    assert_true(e->slice.nodes[1].strike == 60000);
    assert_true(e->slice.nodes[1].volatility == 0.513);
    ts_venue_finish(&v);
}

static void
a_market_file_lists_and_marks_renew_it(void **state) {
    (void)state;
    ts_venue v = {.market_path = "examples/market.json"};
    v.paths[PLI_FEED_MARKS] = ts_venue_write("m.csv", "instrument,mark,index\n"
                                                      "BTC-PERP,70000,\n"
                                                      "BTC-PERP,70010,69990\n"
                                                      "ETH,3500,\n");
    v.paths[PLI_FEED_ACCOUNTS] = ts_venue_write("a.csv", "account,asset,amount\nalice,USD,10.5\n");
    v.paths[PLI_FEED_POSITIONS] =
        ts_venue_write("p.csv", "account,instrument,quantity,price\nalice,BTC-PERP,-0.5,69000\n");
    must_read(&v);
    uint32_t perpetual = pli_book_instrument_index(&v.market, "BTC-PERP");
    assert_int_equal(v.market.market.marks[perpetual].mark_e8, INT64_C(7001000000000));
    uint32_t btc = pli_book_underlying_index(&v.market, "BTC");
    uint32_t eth = pli_book_underlying_index(&v.market, "ETH");
    assert_int_equal(v.market.market.underlyings[btc].price.price_e8, INT64_C(6999000000000));
    assert_int_equal(v.market.market.underlyings[eth].price.price_e8, INT64_C(350000000000));
    assert_int_equal(ts_venue_position(&v, "alice", "BTC-PERP")->lots, -500);
    assert_int_equal(v.mark_rows, 3);
    ts_venue_finish(&v);
}

static void
the_block_is_sized_before_the_first_row_and_quotes_and_blank_lines_are_fine(void **state) {
    (void)state;
    ts_venue v;
    use_example(&v);
    v.paths[PLI_FEED_ACCOUNTS] =
        ts_venue_write("accounts.csv", "\xEF\xBB\xBFuid,book,ccy,cents,\"note, free\"\r\n"
                                       "\r\n\"zoe\",,USD,100,\"said \"\"hello\"\", twice\"\r\n"
                                       "zoe,,USD,50,\r\n\r\nyan,,USD,7,x");
    v.paths[PLI_FEED_POSITIONS] =
        ts_venue_write("none.csv", "uid,book,symbol,ls,size,avg,funding_due\n");
    v.paths[PLI_FEED_INCUMBENT] = NULL;
    must_read(&v);
    assert_int_equal(v.book.account_count, 2);
    assert_int_equal(ts_venue_atoms(&v, "zoe", "USD"), 1500000); // netted
    assert_int_equal(ts_venue_atoms(&v, "yan", "USD"), 70000);
    assert_true(v.book.block_size > 0);
    ts_venue_finish(&v);
}

// Four rows of one venue: crossed, isolated with its collateral, net (the sign tells) and short written below zero.
static const char conditional[] =
    "schema: plimsoll-mapping/1\n"
    "valuation: USD\n"
    "assets: {USD: {decimals: 6}}\n"
    "underlyings: {\"*\": {volatility: 60%, tick: 1}}\n"
    "symbols: [{match: \"{underlying}USD\", kind: perpetual, lot: 1}]\n"
    "positions:\n"
    "  separator: \";\"\n"
    "  repeated: netted\n"
    "  cost_paid: true\n"
    "  side: {long: [L], short: [S], signed: [N]}\n"
    "  columns:\n"
    "    account: who\n"
    "    group: {column: what, when: mode, is: iso}\n"
    "    instrument: what\n"
    "    quantity: {column: thousands, scale: -3}\n"
    "    side: side\n"
    "    price: at\n"
    "    collateral: {column: held, when: mode, is: iso}\n"
    "    accrued: {constant: \"-0.5\", when: mode, is: iso}\n";

static void
conditions_sides_scales_and_paid_costs_mean_what_the_mapping_says(void **state) {
    (void)state;
    ts_venue v = {.mapping_path = ts_venue_write("conditional.yaml", conditional),
                  .now_ns = INT64_C(1772452800000000000)};
    v.paths[PLI_FEED_MARKS] = ts_venue_write("cm.csv", "instrument,mark\nAUSD,10\nBUSD,20\n");
    v.paths[PLI_FEED_ACCOUNTS] = ts_venue_write("ca.csv", "account,asset,amount\nx,USD,100\n");
    v.paths[PLI_FEED_POSITIONS] = ts_venue_write("cp.csv", "who;what;thousands;side;at;held;mode\n"
                                                           "x;AUSD;0.002;L;11;77;cross\n"
                                                           "x;AUSD;0.003;S;12;50.25;iso\n"
                                                           "x;AUSD;-0.001;N;13;9;cross\n"
                                                           "x;BUSD;-0.004;S;21;;cross\n");
    must_read(&v);
    assert_int_equal(v.book.account_count, 2);
    assert_int_equal(ts_venue_position(&v, "x", "AUSD")->lots, 1);
    assert_int_equal(ts_venue_position(&v, "x", "BUSD")->lots, -4);
    assert_int_equal(ts_venue_position(&v, "x", "AUSD")->accrued_micros, 0);
    assert_int_equal(ts_venue_position(&v, "x/AUSD", "AUSD")->lots, -3);
    assert_int_equal(ts_venue_position(&v, "x/AUSD", "AUSD")->accrued_micros, -500000);
    // 100 and the costs 2 * 11 - 13 - 4 * 21; 50.25 and -3 * 12.
    assert_int_equal(ts_venue_atoms(&v, "x", "USD"), INT64_C(25000000));
    assert_int_equal(ts_venue_atoms(&v, "x/AUSD", "USD"), 14250000);
    ts_venue_finish(&v);
    v = (ts_venue){.mapping_path = v.mapping_path, .now_ns = v.now_ns};
    v.paths[PLI_FEED_MARKS] = ts_venue_write("cm.csv", "instrument,mark\nAUSD,10\n");
    v.paths[PLI_FEED_ACCOUNTS] = ts_venue_write("ca.csv", "account,asset,amount\nx,USD,100\n");
    v.paths[PLI_FEED_POSITIONS] = ts_venue_write("cp.csv", "who;what;thousands;side;at;held;mode\n"
                                                           "x;AUSD;-0.002;L;11;;cross\n");
    assert_int_equal(ts_venue_read(&v), PLM_OK);
    assert_non_null(strstr(v.bad.shown[0].text, "allowed is not below 0 on the long side"));
    ts_venue_finish(&v);
    v = (ts_venue){.mapping_path = v.mapping_path, .now_ns = v.now_ns};
    v.paths[PLI_FEED_MARKS] = ts_venue_write("cm.csv", "instrument,mark\nAUSD,10\n");
    v.paths[PLI_FEED_ACCOUNTS] = ts_venue_write("ca.csv", "account,asset,amount\nx,USD,100\n");
    v.paths[PLI_FEED_POSITIONS] =
        ts_venue_write("cp.csv", "who;what;thousands;side;at;held\nx;AUSD;0.002;L;11;\n");
    assert_int_equal(ts_venue_read(&v), PLM_KEY_MISSING);
    assert_non_null(strstr(v.fault.text, "no column \"mode\"; it is the condition of the group"));
    ts_venue_finish(&v);
}

// --- Bad rows ------------------------------------------------------------------------------------

typedef struct bad_row {
    pli_feed feed;
    const char *row;
    plm_status status;
    const char *says;
} bad_row;

static const char *const headers[PLI_FEED_COUNT] = {
    "ts,symbol,fair,bid,ask,vol_pct\n1772452800,IDX.XBT,65000,,,\n1772452800,XBT/USD,65010,,,\n",
    "uid,book,ccy,cents\nalice,,USD,100\n",
    "uid,book,symbol,ls,size,avg,funding_due\nalice,,XBT/USD,L,1,65000,\n",
    "uid,book,symbol,bs,size,price,fee,at\n",
    "uid,book,im,mm,eq\n",
};

static const bad_row bad_rows[] = {
    {PLI_FEED_MARKS, "x,XBT/USD,1,,,", PLM_TEXT_MALFORMED, ":4: ts is \"x\"; allowed is a time"},
    {PLI_FEED_MARKS, "5,XBT/USD,1,,,", PLM_VALUE_INVALID, ":4: ts is \"5\""},
    {PLI_FEED_MARKS, "1772452800,WHAT,1,,,", PLM_INDEX_UNKNOWN,
     ":4: symbol is \"WHAT\"; allowed is a symbol that a rule"},
    {PLI_FEED_MARKS, "1772452800,XBT/USD,,,,", PLM_VALUE_INVALID, ":4: fair is \"\""},
    {PLI_FEED_MARKS, "1772452800,XBT/USD,1e9,,,", PLM_VALUE_INVALID,
     ":4: fair is \"1e9\"; allowed is a number from -100000000 to 100000000"},
    {PLI_FEED_MARKS, "1772452800,XBT/USD,nan,,,", PLM_TEXT_MALFORMED, ":4: fair is \"nan\""},
    {PLI_FEED_MARKS, "1772452800,XBT/USD,1,3,2,", PLM_QUOTE_CROSSED, ":4: bid is \"3\""},
    {PLI_FEED_MARKS, "1772452800,XBT/USD,1,,,-5", PLM_VALUE_INVALID,
     ":4: vol_pct is \"-5\"; allowed is a number from 0 to 100, counted in 10^-2"},
    {PLI_FEED_MARKS, "1772452800,XBT.27FEB26,1,,,", PLM_EXPIRED, ":4: XBT.27FEB26 has expired"},
    {PLI_FEED_MARKS, "1772452800,XBT/USD,1,,", PLM_SYNTAX, ":4: 5 fields; allowed is as many"},
    {PLI_FEED_ACCOUNTS, "alice,,DOGE,1", PLM_INDEX_UNKNOWN, ":3: ccy is \"DOGE\""},
    {PLI_FEED_ACCOUNTS, "alice,,USD,1;2", PLM_TEXT_MALFORMED, ":3: cents is \"1;2\""},
    {PLI_FEED_ACCOUNTS, "alice,,USD,1e60", PLM_OVERFLOW, ":3: cents is"},
    {PLI_FEED_ACCOUNTS, ",,USD,1", PLM_VALUE_INVALID, ":3: uid is \"\""},
    {PLI_FEED_ACCOUNTS, "al ice,,USD,1", PLM_VALUE_INVALID, ":3: uid is \"al ice\""},
    {PLI_FEED_ACCOUNTS, "al\"ice,,USD,1", PLM_SYNTAX, ":3: a double quote out of place"},
    {PLI_FEED_ACCOUNTS, "\"alice\"x,,USD,1", PLM_SYNTAX, ":3: a double quote out of place"},
    {PLI_FEED_ACCOUNTS, "\"alice,,USD,1", PLM_SYNTAX, ":3: a double quote out of place"},
    {PLI_FEED_ACCOUNTS, "al\x01ice,,USD,1", PLM_SYNTAX, ":3: a control character"},
    {PLI_FEED_POSITIONS, "bob,,XBT/USD,L,1,65000,", PLM_INDEX_UNKNOWN,
     ":3: uid is \"bob\"; allowed is an account of the accounts file"},
    {PLI_FEED_POSITIONS, "alice,iso,XBT/USD,L,1,65000,", PLM_INDEX_UNKNOWN, ":3: uid is"},
    {PLI_FEED_POSITIONS, "alice,,ETH/USD,L,1,65000,", PLM_INDEX_UNKNOWN,
     ":3: symbol is \"ETH/USD\"; allowed is an instrument that has a mark"},
    {PLI_FEED_POSITIONS, "alice,,XBT/USD,long,1,65000,", PLM_VALUE_INVALID, ":3: ls is \"long\""},
    {PLI_FEED_POSITIONS, "alice,,XBT/USD,L,0.0005,65000,", PLM_VALUE_INVALID,
     ":3: size is \"0.0005\"; allowed is up to 1e11 whole lots, of 0.001 each"},
    {PLI_FEED_POSITIONS, "alice,,XBT/USD,L,1e9,65000,", PLM_VALUE_INVALID, ":3: size is"},
    {PLI_FEED_POSITIONS, "alice,,XBT/USD,L,0.1234567890123456789,65000,", PLM_TEXT_PRECISION,
     ":3: size is"},
    {PLI_FEED_POSITIONS, "alice,,XBT/USD,L,1,,", PLM_KEY_MISSING, ":3: avg is \"\""},
    {PLI_FEED_POSITIONS, "alice,,XBT/USD,L,1,-2,", PLM_VALUE_INVALID, ":3: avg is \"-2\""},
    {PLI_FEED_POSITIONS, "alice,,XBT/USD,L,1,65000,1e20", PLM_VALUE_INVALID,
     ":3: funding_due is \"1e20\""},
    {PLI_FEED_FILLS, "alice,,XBT/USD,B,0,65000,,", PLM_VALUE_INVALID, ":2: size is \"0\""},
    {PLI_FEED_FILLS, "alice,,XBT/USD,B,1,,,", PLM_TEXT_MALFORMED, ":2: price is \"\""},
    {PLI_FEED_FILLS, "carol,,XBT/USD,B,1,1,,", PLM_INDEX_UNKNOWN, ":2: uid is \"carol\""},
    {PLI_FEED_INCUMBENT, "alice,,,,5", PLM_VALUE_INVALID, ":2: im is \"\""},
    {PLI_FEED_INCUMBENT, "alice,,-1,0,", PLM_VALUE_INVALID, ":2: im is \"-1\""},
    {PLI_FEED_INCUMBENT, "carol,,1,0,", PLM_INDEX_UNKNOWN, ":2: uid is \"carol\""},
    {PLI_FEED_INCUMBENT, "alice,,1,0,\nalice,,1,0,", PLM_KEY_DUPLICATE, ":3: uid is \"alice\""},
};

static void
each_bad_row_is_refused_alone_with_line_column_value_and_what_is_allowed(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i += 1) {
        ts_venue v = {.mapping_path = FOLDER "mapping.yaml"};
        for (int feed = 0; feed < PLI_FEED_COUNT; feed += 1) {
            char name[32];
            char text[1024];
            snprintf(name, sizeof name, "bad-%d.csv", feed);
            snprintf(text, sizeof text, "%s%s\n", headers[feed],
                     feed == (int)bad_rows[i].feed ? bad_rows[i].row : "");
            v.paths[feed] = ts_venue_write(name, text);
        }
        plm_status status = ts_venue_read(&v);
        if (status != PLM_OK || v.bad.count != 1 || v.bad.shown[0].status != bad_rows[i].status ||
            strstr(v.bad.shown[0].text, bad_rows[i].says) == NULL) {
            fail_msg("row %s: %s, %d bad, %s: %s (wanted %s)", bad_rows[i].row,
                     plm_status_name(status), (int)v.bad.count,
                     plm_status_name(v.bad.shown[0].status), v.bad.shown[0].text, bad_rows[i].says);
        }
        // The good row before it stands.
        assert_int_equal(v.book.account_count, 1);
        assert_int_equal(ts_venue_position(&v, "alice", "XBT/USD")->lots, 1000);
        ts_venue_finish(&v);
    }
}

typedef struct bad_file {
    pli_feed feed;
    const char *text;
    plm_status status;
    const char *says;
} bad_file;

static const bad_file bad_files[] = {
    {PLI_FEED_ACCOUNTS, "", PLM_IO_EMPTY, "no header line"},
    {PLI_FEED_ACCOUNTS, "uid,book,ccy\n", PLM_KEY_MISSING,
     ":1: no column \"cents\"; it holds the amount"},
    {PLI_FEED_ACCOUNTS, "uid,book,ccy,cents,uid\n", PLM_KEY_DUPLICATE,
     ":1: a column appears twice; allowed is once: uid"},
    {PLI_FEED_ACCOUNTS, "uid,\"book\n", PLM_SYNTAX, ":1: the header is no line"},
    {PLI_FEED_MARKS, "ts,symbol,fair,bid,ask,vol_pct\n,IDX.XBT,65000,,,\n", PLM_KEY_MISSING,
     "no time; a column time of the mapping or --now must tell"},
    {PLI_FEED_MARKS, "ts,symbol,fair,bid,ask,vol_pct\n1772452800,XBT.27MAR26.60000.C,6932,,,51\n",
     PLM_PRICE_MISSING, "only options, and no index, of underlying BTC"},
    {PLI_FEED_MARKS, "ts,symbol,fair,bid,ask,vol_pct\n1772452800,IDX.SOL,150,,,\n", PLM_KEY_MISSING,
     "no underlyings entry, and no \"*\", for SOL"},
};

static void
a_file_whose_shape_is_wrong_is_refused_as_a_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_files / sizeof bad_files[0]; i += 1) {
        ts_venue v;
        use_example(&v);
        v.paths[bad_files[i].feed] = ts_venue_write("shape.csv", bad_files[i].text);
        plm_status status = ts_venue_read(&v);
        if (status != bad_files[i].status || strstr(v.fault.text, bad_files[i].says) == NULL) {
            fail_msg("%s: %s (wanted %s)", plm_status_name(status), v.fault.text,
                     bad_files[i].says);
        }
        ts_venue_finish(&v);
    }
    ts_venue v;
    use_example(&v);
    v.paths[PLI_FEED_POSITIONS] = FOLDER "nowhere.csv";
    assert_int_equal(ts_venue_read(&v), PLM_IO_OPEN);
    assert_non_null(strstr(v.fault.text, "nowhere.csv: "));
    ts_venue_finish(&v);
    char *text = malloc(PLI_RECORD_SIZE_MAX + 100);
    assert_non_null(text);
    size_t size = (size_t)sprintf(text, "uid,book,ccy,cents\n");
    memset(text + size, 'a', PLI_RECORD_SIZE_MAX + 2);
    text[size + PLI_RECORD_SIZE_MAX + 2] = '\0';
    use_example(&v);
    v.paths[PLI_FEED_ACCOUNTS] = ts_venue_write("line.csv", text);
    assert_int_equal(ts_venue_read(&v), PLM_LIMIT);
    assert_non_null(strstr(v.fault.text, ":2: a line of more than 65536 bytes"));
    ts_venue_finish(&v);
    free(text);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_read_with_its_units_signs_groups_and_aliases),
        cmocka_unit_test(fills_roll_positions_on_with_exact_cost_premium_and_fees),
        cmocka_unit_test(a_fill_may_open_a_position_and_close_one_keeping_its_profit),
        cmocka_unit_test(the_smile_of_an_expiry_takes_the_side_out_of_the_money),
        cmocka_unit_test(a_market_file_lists_and_marks_renew_it),
        cmocka_unit_test(
            the_block_is_sized_before_the_first_row_and_quotes_and_blank_lines_are_fine),
        cmocka_unit_test(conditions_sides_scales_and_paid_costs_mean_what_the_mapping_says),
        cmocka_unit_test(each_bad_row_is_refused_alone_with_line_column_value_and_what_is_allowed),
        cmocka_unit_test(a_file_whose_shape_is_wrong_is_refused_as_a_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
