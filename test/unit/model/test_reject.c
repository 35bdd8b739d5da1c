/* test_reject.c: reasons to refuse an event: permanent numbers, names, texts, and which may pass later.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "plimsoll/reject.h"

#include <cmocka.h>

// Written by hand: numbers and names are promises to logs and clients, and none may move.
typedef struct reason {
    plm_reject reject;
    int number;
    const char *name;
    bool is_transient;
} reason;

static const reason reasons[] = {
    {PLM_REJECT_NONE, 0, "none", false},
    {PLM_REJECT_TIME_BACKWARDS, 1, "time_backwards", false},
    {PLM_REJECT_SIGNER_UNKNOWN, 2, "signer_unknown", true},
    {PLM_REJECT_SCOPE, 3, "scope", false},
    {PLM_REJECT_CLIENT_ID, 4, "client_id", false},
    {PLM_REJECT_CLIENT_ID_REUSED, 5, "client_id_reused", false},
    {PLM_REJECT_DEADLINE_PAST, 6, "deadline_past", false},
    {PLM_REJECT_DEADLINE_FAR, 7, "deadline_far", true},
    {PLM_REJECT_CLIENT_TABLE_FULL, 8, "client_table_full", true},
    {PLM_REJECT_ACCOUNT_UNKNOWN, 9, "account_unknown", true},
    {PLM_REJECT_ACCOUNT_FOREIGN, 10, "account_foreign", false},
    {PLM_REJECT_SAME_ACCOUNT, 11, "same_account", false},
    {PLM_REJECT_INDEX, 12, "index", true},
    {PLM_REJECT_NAME, 13, "name", false},
    {PLM_REJECT_TABLE_FULL, 14, "table_full", true},
    {PLM_REJECT_VALUE, 15, "value", false},
    {PLM_REJECT_DECIMALS, 16, "decimals", false},
    {PLM_REJECT_ASSET_UNKNOWN, 17, "asset_unknown", true},
    {PLM_REJECT_UNDERLYING_UNKNOWN, 18, "underlying_unknown", true},
    {PLM_REJECT_INSTRUMENT_UNKNOWN, 19, "instrument_unknown", true},
    {PLM_REJECT_INSTRUMENT_CLOSED, 20, "instrument_closed", false},
    {PLM_REJECT_KIND, 21, "kind", false},
    {PLM_REJECT_AMOUNT, 22, "amount", false},
    {PLM_REJECT_BALANCE, 23, "balance", true},
    {PLM_REJECT_CUSTODY, 24, "custody", true},
    {PLM_REJECT_BORROW_LIMIT, 25, "borrow_limit", true},
    {PLM_REJECT_REPAY_EXCESS, 26, "repay_excess", true},
    {PLM_REJECT_SAME_ASSET, 27, "same_asset", false},
    {PLM_REJECT_QUANTITY, 28, "quantity", true},
    {PLM_REJECT_PRICE, 29, "price", false},
    {PLM_REJECT_FEE, 30, "fee", false},
    {PLM_REJECT_ISOLATED_INSTRUMENT, 31, "isolated_instrument", false},
    {PLM_REJECT_ORDER_UNKNOWN, 32, "order_unknown", true},
    {PLM_REJECT_ORDER_MISMATCH, 33, "order_mismatch", true},
    {PLM_REJECT_ORDER_DUPLICATE, 34, "order_duplicate", true},
    {PLM_REJECT_PRICE_STATE, 35, "price_state", true},
    {PLM_REJECT_MARK, 36, "mark", true},
    {PLM_REJECT_ARRAYS, 37, "arrays", true},
    {PLM_REJECT_OVERFLOW, 38, "overflow", true},
    {PLM_REJECT_HEALTH, 39, "health", true},
    {PLM_REJECT_NOT_EXPIRED, 40, "not_expired", true},
    {PLM_REJECT_QUEUE_FULL, 41, "queue_full", true},
    {PLM_REJECT_QUEUE_EMPTY, 42, "queue_empty", true},
    {PLM_REJECT_STEPS, 43, "steps", false},
    {PLM_REJECT_SOURCE_UNKNOWN, 44, "source_unknown", true},
    {PLM_REJECT_HAS_SOURCES, 45, "has_sources", true},
    {PLM_REJECT_DAY, 46, "day", false},
    {PLM_REJECT_COUNT, 47, "count", true},
    {PLM_REJECT_HASH, 48, "hash", true},
    {PLM_REJECT_ARBITRAGE, 49, "arbitrage", true},
    {PLM_REJECT_HISTORY, 50, "history", true},
    {PLM_REJECT_RECORD_UNKNOWN, 51, "record_unknown", false},
    {PLM_REJECT_VERSION, 52, "version", true},
    {PLM_REJECT_LAYOUT, 53, "layout", false},
    {PLM_REJECT_PARAMETER, 54, "parameter", false},
    {PLM_REJECT_MODEL_UNKNOWN, 55, "model_unknown", false},
    {PLM_REJECT_MODEL_UNSUPPORTED, 56, "model_unsupported", true},
    {PLM_REJECT_SIGNATURE, 57, "signature", false},
    {PLM_REJECT_OPEN_INTEREST, 58, "open_interest", true},
    {PLM_REJECT_EARLY, 59, "early", true},
    {PLM_REJECT_RESTRICTED, 60, "restricted", true},
    {PLM_REJECT_AUCTION, 61, "auction", true},
    {PLM_REJECT_AUCTION_SELF, 62, "auction_self", false},
    {PLM_REJECT_AUCTION_PREMIUM, 63, "auction_premium", true},
    {PLM_REJECT_AUCTION_DUST, 64, "auction_dust", true},
    {PLM_REJECT_POOL_NONE, 65, "pool_none", true},
    {PLM_REJECT_POOL_ACCOUNT, 66, "pool_account", false},
    {PLM_REJECT_POOL_WORTH, 67, "pool_worth", true},
    {PLM_REJECT_POOL_SHARES, 68, "pool_shares", true},
    {PLM_REJECT_POOL_LOCKED, 69, "pool_locked", true},
    {PLM_REJECT_POOL_RESERVED, 70, "pool_reserved", true},
};

enum { COUNT = sizeof reasons / sizeof reasons[0] };

static void
every_reason_keeps_its_number_and_name(void **state) {
    (void)state;
    for (int i = 0; i < COUNT; i += 1) {
        assert_int_equal(reasons[i].reject, reasons[i].number);
        assert_int_equal(reasons[i].number, i);
        assert_string_equal(plm_reject_name(reasons[i].reject), reasons[i].name);
    }
}

static void
every_reason_has_its_own_text(void **state) {
    (void)state;
    for (int i = 0; i < COUNT; i += 1) {
        const char *text = plm_reject_text((plm_reject)i);
        assert_true(strlen(text) > 5);
        assert_true(text[strlen(text) - 1] != '.');
        for (int j = 0; j < i; j += 1) {
            assert_string_not_equal(text, plm_reject_text((plm_reject)j));
        }
    }
}

static void
a_number_that_is_no_reason_is_unknown(void **state) {
    (void)state;
    assert_string_equal(plm_reject_name((plm_reject)COUNT), "unknown");
    assert_string_equal(plm_reject_text((plm_reject)COUNT), "unknown");
    assert_false(plm_reject_is_transient((plm_reject)COUNT));
}

static void
what_state_may_change_is_transient(void **state) {
    (void)state;
    for (int i = 0; i < COUNT; i += 1) {
        if (plm_reject_is_transient(reasons[i].reject) != reasons[i].is_transient) {
            fail_msg("%s", reasons[i].name);
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_keeps_its_number_and_name),
        cmocka_unit_test(every_reason_has_its_own_text),
        cmocka_unit_test(a_number_that_is_no_reason_is_unknown),
        cmocka_unit_test(what_state_may_change_is_transient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
