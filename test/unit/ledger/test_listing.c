/* test_listing.c: what events may list, refused with the first reason.                SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/books.h"

#define OK PLM_REJECT_NONE

static ts_books w;

static int
setup(void **state) {
    (void)state;
    ts_books_init(&w, 3);
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    ts_books_finish(&w);
    return 0;
}

static plm_event
asset(uint32_t index, const char *name, uint32_t underlying) {
    plm_event event;
    memset(&event, 0, sizeof event);
    event.header.type = PLM_EVENT_TYPE_ASSET;
    event.asset_body = (plm_event_asset){.asset_index = index,
                                         .underlying_index = underlying,
                                         .decimals = 6,
                                         .treatment = PLM_TREATMENT_HAIRCUT,
                                         .tier_count = 1,
                                         .tier_upto_micros = {INT64_MAX},
                                         .kink_ppm = 1};
    strcpy(event.asset_body.name, name);
    return event;
}

static plm_reject
list(plm_event event) {
    return ts_books_apply(&w, PLM_NONE, &event);
}

static void
asset_is_listed_once_and_keeps_its_decimals(void **state) {
    (void)state;
    assert_int_equal(list(asset(5, "EUR", 0)), PLM_REJECT_INDEX);
    assert_int_equal(list(asset(4, "USD", 0)), PLM_REJECT_NAME);
    assert_int_equal(list(asset(4, "DAI", 0)), PLM_REJECT_NAME);
    assert_int_equal(list(asset(4, "", 0)), PLM_REJECT_NAME);
    assert_int_equal(list(asset(4, "EUR", 9)), PLM_REJECT_UNDERLYING_UNKNOWN);
    assert_int_equal(list(asset(4, "EUR", PLM_NONE)), PLM_REJECT_VALUE);
    plm_event event = asset(4, "EUR", 0);
    event.asset_body.kink_ppm = 0;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
    event.asset_body.kink_ppm = PLM_PPM;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
    event.asset_body.kink_ppm = 5;
    event.asset_body.reserve_ppm = PLM_PPM + 1;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
    event.asset_body.reserve_ppm = PLM_PPM;
    event.asset_body.rate_full_ppm = 10000001;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
    event.asset_body.rate_full_ppm = 1;
    event.asset_body.rate_kink_ppm = 2;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
    event.asset_body.rate_kink_ppm = 1;
    event.asset_body.tier_count = 0;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
    event.asset_body.tier_count = 1;
    assert_int_equal(list(event), OK);
    assert_int_equal(w.ledger.asset_count, 5);
    event.asset_body.decimals = 7;
    assert_int_equal(list(event), PLM_REJECT_DECIMALS);
    event.asset_body.decimals = 6;
    event.asset_body.liability_haircut_ppm = 1000;
    assert_int_equal(list(event), OK);
    assert_int_equal(w.ledger.asset_count, 5);
    assert_int_equal(w.ledger.listing_assets[4].liability_haircut_ppm, 1000);
    assert_int_equal(list(asset(5, "CHF", 0)), OK);
    assert_int_equal(list(asset(6, "JPY", 0)), PLM_REJECT_TABLE_FULL);
}

// A premium is not paid in a scenario-treated asset of another underlying: CALL is paid in USD, PUT in its own coin.
static void
listed_asset_may_not_turn_against_its_instruments(void **state) {
    (void)state;
    plm_event event = asset(TS_B_BTC, "BTC", 0);
    event.asset_body.decimals = 8;
    event.asset_body.treatment = PLM_TREATMENT_SCENARIO;
    assert_int_equal(list(event), OK);
    plm_event call = {.header.type = PLM_EVENT_TYPE_INSTRUMENT};
    call.instrument_body = (plm_event_instrument){.instrument_index = 8,
                                                  .kind = PLM_KIND_OPTION,
                                                  .settlement = PLM_SETTLEMENT_LINEAR,
                                                  .right = PLM_RIGHT_CALL,
                                                  .premium = PLM_PREMIUM_PAID,
                                                  .underlying_index = 1,
                                                  .settlement_asset_index = TS_B_BTC,
                                                  .lot_e8 = 1,
                                                  .strike_e8 = 1,
                                                  .expiry_ns = 1};
    strcpy(call.instrument_body.name, "NEW");
    assert_int_equal(list(call), PLM_REJECT_VALUE);
    event.asset_body.treatment = PLM_TREATMENT_HAIRCUT;
    assert_int_equal(list(event), OK);
    assert_int_equal(list(call), OK);
    event.asset_body.treatment = PLM_TREATMENT_SCENARIO;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
}

static void
underlying_is_listed_once(void **state) {
    (void)state;
    plm_event event = {.header.type = PLM_EVENT_TYPE_UNDERLYING};
    event.underlying_body = (plm_event_underlying){
        .underlying_index = 2, .domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1, .tick_e8 = 1};
    assert_int_equal(list(event), PLM_REJECT_INDEX);
    event.underlying_body.underlying_index = 3;
    assert_int_equal(list(event), PLM_REJECT_NAME);
    strcpy(event.underlying_body.name, "SHIB");
    assert_int_equal(list(event), PLM_REJECT_NAME);
    strcpy(event.underlying_body.name, "ETH");
    event.underlying_body.price_unit = 0;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
    event.underlying_body.price_unit = 1;
    assert_int_equal(list(event), OK);
    event.underlying_body.underlying_index = 4;
    strcpy(event.underlying_body.name, "SOL");
    assert_int_equal(list(event), PLM_REJECT_TABLE_FULL);
}

static void
instrument_is_listed_once_and_its_sizes_fit(void **state) {
    (void)state;
    plm_event event = {.header.type = PLM_EVENT_TYPE_INSTRUMENT};
    event.instrument_body = (plm_event_instrument){.instrument_index = 8,
                                                   .kind = PLM_KIND_PERPETUAL,
                                                   .settlement = PLM_SETTLEMENT_LINEAR,
                                                   .underlying_index = 9,
                                                   .settlement_asset_index = 9,
                                                   .lot_e8 = TS_B_E8 + 1};
    assert_int_equal(list(event), PLM_REJECT_NAME);
    strcpy(event.instrument_body.name, "COIN");
    assert_int_equal(list(event), PLM_REJECT_NAME);
    strcpy(event.instrument_body.name, "NEW");
    assert_int_equal(list(event), PLM_REJECT_UNDERLYING_UNKNOWN);
    event.instrument_body.underlying_index = 3;
    assert_int_equal(list(event), PLM_REJECT_UNDERLYING_UNKNOWN);
    event.instrument_body.underlying_index = 0;
    event.instrument_body.settlement_asset_index = TS_B_ASSETS;
    assert_int_equal(list(event), PLM_REJECT_ASSET_UNKNOWN);
    // 18 decimals and a lot of more than one unit: 1e11 lots at 1e16 could leave 128 bits.
    event.instrument_body.settlement_asset_index = TS_B_DAI;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
    event.instrument_body.lot_e8 = TS_B_E8;
    event.instrument_body.expiry_ns = 1;
    assert_int_equal(list(event), PLM_REJECT_VALUE);
    event.instrument_body.expiry_ns = 0;
    assert_int_equal(list(event), OK);
    assert_int_equal(list(event), PLM_REJECT_INDEX);
    event.instrument_body.instrument_index = 9;
    strcpy(event.instrument_body.name, "NINE");
    assert_int_equal(list(event), OK);
    event.instrument_body.instrument_index = 10;
    strcpy(event.instrument_body.name, "TEN");
    assert_int_equal(list(event), PLM_REJECT_TABLE_FULL);
}

static plm_reject
open_account(plm_event_account body) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_ACCOUNT};
    event.account_body = body;
    return list(event);
}

static void
accounts_form_a_tree_of_one_owner(void **state) {
    (void)state;
    const uint32_t none = PLM_NONE;
    assert_int_equal(open_account((plm_event_account){2, PLM_ACCOUNT_CROSS, none, none, 0, 0}),
                     PLM_REJECT_INDEX);
    assert_int_equal(open_account((plm_event_account){3, PLM_ACCOUNT_CROSS, none, none, 2, 0}),
                     PLM_REJECT_SIGNER_UNKNOWN);
    assert_int_equal(open_account((plm_event_account){3, PLM_ACCOUNT_CROSS, 0, none, 0, 0}),
                     PLM_REJECT_VALUE);
    assert_int_equal(open_account((plm_event_account){3, PLM_ACCOUNT_SUB, 0, 1, 0, 0}),
                     PLM_REJECT_VALUE);
    assert_int_equal(open_account((plm_event_account){3, PLM_ACCOUNT_SUB, 3, none, 0, 0}),
                     PLM_REJECT_ACCOUNT_UNKNOWN);
    assert_int_equal(open_account((plm_event_account){3, PLM_ACCOUNT_SUB, 0, none, 1, 0}),
                     PLM_REJECT_ACCOUNT_FOREIGN);
    assert_int_equal(open_account((plm_event_account){3, PLM_ACCOUNT_SUB, 0, none, 0, 0}), OK);
    assert_int_equal(open_account((plm_event_account){4, PLM_ACCOUNT_SUB, 3, none, 0, 0}),
                     PLM_REJECT_KIND);
    assert_int_equal(open_account((plm_event_account){4, PLM_ACCOUNT_ISOLATED, 3, 8, 0, 0}),
                     PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(open_account((plm_event_account){4, PLM_ACCOUNT_ISOLATED, 3, 1, 0, 0}), OK);
    assert_int_equal(open_account((plm_event_account){5, PLM_ACCOUNT_ISOLATED, 4, 1, 0, 0}),
                     PLM_REJECT_KIND);
    assert_int_equal(open_account((plm_event_account){5, PLM_ACCOUNT_CROSS, none, none, 0, 0}), OK);
    assert_int_equal(open_account((plm_event_account){6, PLM_ACCOUNT_CROSS, none, none, 1, 0}), OK);
    assert_int_equal(open_account((plm_event_account){7, PLM_ACCOUNT_CROSS, none, none, 0, 0}),
                     PLM_REJECT_TABLE_FULL);
}

// Listing tables and the count of settlements are derived: a decoder leaves them to restore.
static void
restored_tables_are_the_entries(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 5), OK);
    plm_event event = {.header.type = PLM_EVENT_TYPE_SETTLE_EXPIRY};
    event.settle_expiry_body = (plm_event_settle_expiry){TS_B_FUTURE, 0, 1};
    w.time_ns = TS_B_EXPIRY;
    assert_int_equal(list(event), OK);
    memset(w.ledger.listing_assets, 0, sizeof *w.ledger.listing_assets * 4);
    memset(w.ledger.listing_instruments, 0, sizeof *w.ledger.listing_instruments * 8);
    w.ledger.settling_count = 0;
    assert_non_null(pli_ledger_check(&w.ledger));
    pli_ledger_restore(&w.ledger);
    assert_null(pli_ledger_check(&w.ledger));
    plm_listing listing = pli_ledger_listing(&w.ledger);
    assert_int_equal(plm_listing_check(&listing, NULL), PLM_OK);
    assert_int_equal(listing.instruments[TS_B_CALL].strike_e8, 11000 * TS_B_E8);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(asset_is_listed_once_and_keeps_its_decimals, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(listed_asset_may_not_turn_against_its_instruments, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(underlying_is_listed_once, setup, teardown),
        cmocka_unit_test_setup_teardown(instrument_is_listed_once_and_its_sizes_fit, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(accounts_form_a_tree_of_one_owner, setup, teardown),
        cmocka_unit_test_setup_teardown(restored_tables_are_the_entries, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
