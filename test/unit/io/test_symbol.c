/* test_symbol.c: a venue's symbols come apart as its rules say.                          SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/symbol.h"

#define HOUR_NS INT64_C(3600000000000)

static bool
match(const char *pattern, const char *text, pli_symbol *symbol) {
    static pli_mapping mapping;
    pli_mapping_init(&mapping);
    mapping.rule_count = 1;
    mapping.rules[0] =
        (pli_symbol_rule){.pattern = pattern, .kind = PLI_SYMBOL_OPTION, .expiry_ns = 8 * HOUR_NS};
    mapping.alias_count = 1;
    mapping.aliases[0] = (pli_alias){"XBT", "BTC"};
    return pli_symbol_match(&mapping, text, strlen(text), symbol);
}

// date -u -d 2024-12-27T08:00:00Z +%s prints 1735286400; 2025-01-03T08:00:00Z is 1735891200.
static void
symbols_of_real_venues_come_apart(void **state) {
    (void)state;
    pli_symbol s;
    assert_true(match("{underlying}-{expiry}-{strike}-{right}", "BTC-27DEC24-100000-C", &s));
    assert_string_equal(s.underlying, "BTC");
    assert_int_equal(s.expiry_ns, INT64_C(1735286400000000000));
    assert_string_equal(s.strike, "100000");
    assert_int_equal(s.right, PLM_RIGHT_CALL);
    assert_true(match("{underlying}-{expiry}-{strike}-{right}", "BTC-3JAN25-95000-P", &s));
    assert_int_equal(s.expiry_ns, INT64_C(1735891200000000000));
    assert_true(match("{underlying}-USD-{expiry}-{strike}-{right}", "BTC-USD-241227-70000-P", &s));
    assert_int_equal(s.expiry_ns, INT64_C(1735286400000000000));
    assert_int_equal(s.right, PLM_RIGHT_PUT);
    assert_true(match("{underlying}-{expiry}-{strike}-{right}", "ETH-20241227-3600-C", &s));
    assert_int_equal(s.expiry_ns, INT64_C(1735286400000000000));
    assert_true(match("{underlying}-{expiry}-{strike}-{right}", "XRP-27DEC24-0d55-call", &s));
    assert_string_equal(s.strike, "0.55");
    assert_true(match("{underlying}USDT", "1000SHIBUSDT", &s));
    assert_string_equal(s.underlying, "1000SHIB");
    assert_true(match("PI_{underlying}USD", "PI_XBTUSD", &s));
    assert_string_equal(s.underlying, "BTC");
    assert_int_equal(s.expiry_ns, 0);
    assert_true(match("{underlying}USD", "USDUSD", &s));
    assert_string_equal(s.underlying, "USD");
}

static void
what_does_not_fit_a_rule_does_not_match(void **state) {
    (void)state;
    pli_symbol s;
    assert_false(match("{underlying}USDT", "BTCUSD", &s));
    assert_false(match("{underlying}USDT", "USDT", &s));
    assert_false(match("{underlying}USDT", "BTC/USDT", &s));
    assert_false(match("{underlying}-{expiry}", "BTC-31FEB25", &s));
    assert_false(match("{underlying}-{expiry}", "BTC-27DEX24", &s));
    assert_false(match("{underlying}-{expiry}", "BTC-241327", &s));
    assert_false(match("{underlying}-{expiry}", "BTC-2024122", &s));
    assert_false(match("{underlying}-{strike}-{right}", "BTC-1.2.3-C", &s));
    assert_false(match("{underlying}-{strike}-{right}", "BTC--C", &s));
    assert_false(match("{underlying}-{strike}-{right}", "BTC-1-X", &s));
    assert_false(match("{any}", "", &s));
    char long_text[80];
    memset(long_text, 'A', sizeof long_text);
    long_text[PLI_SYMBOL_SIZE] = '\0';
    assert_false(match("{any}", long_text, &s));
    long_text[PLI_SYMBOL_SIZE - 1] = '\0';
    assert_true(match("{any}", long_text, &s));
}

static void
the_first_rule_that_matches_decides(void **state) {
    (void)state;
    static pli_mapping mapping;
    pli_symbol s;
    pli_mapping_init(&mapping);
    mapping.rule_count = 2;
    mapping.rules[0] = (pli_symbol_rule){.pattern = "TEST{any}", .kind = PLI_SYMBOL_IGNORE};
    mapping.rules[1] = (pli_symbol_rule){.pattern = "{any}", .underlying = "BTC"};
    assert_true(pli_symbol_match(&mapping, "TEST", 4, &s));
    assert_int_equal(s.rule->kind, PLI_SYMBOL_IGNORE);
    assert_true(pli_symbol_match(&mapping, "TES", 3, &s));
    assert_string_equal(s.underlying, "BTC");
}

static void
a_pattern_has_each_hole_at_most_once(void **state) {
    (void)state;
    assert_int_equal(pli_symbol_holes("BTC"), 0);
    assert_int_equal(pli_symbol_holes("{underlying}-{expiry}"),
                     PLI_HOLE_UNDERLYING | PLI_HOLE_EXPIRY);
    assert_int_equal(pli_symbol_holes("{any}{right}{strike}"),
                     PLI_HOLE_ANY | PLI_HOLE_RIGHT | PLI_HOLE_STRIKE);
    assert_int_equal(pli_symbol_holes("{any}{any}"), PLI_HOLES_MALFORMED);
    assert_int_equal(pli_symbol_holes("{what}"), PLI_HOLES_MALFORMED);
    assert_int_equal(pli_symbol_holes("}"), PLI_HOLES_MALFORMED);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_of_real_venues_come_apart),
        cmocka_unit_test(what_does_not_fit_a_rule_does_not_match),
        cmocka_unit_test(the_first_rule_that_matches_decides),
        cmocka_unit_test(a_pattern_has_each_hole_at_most_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
