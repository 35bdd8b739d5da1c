/* test_mapping.c: a mapping file is taken whole or refused with its line.               SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/mapping.h"
#include "io/yaml.h"
#include "os/file.h"

#define EXAMPLE "examples/shadow/mapping.yaml"

static char *
replaced(const char *text, const char *find, const char *replace) {
    const char *at = strstr(text, find);
    if (at == NULL) {
        fail_msg("the example has no \"%s\"", find);
    }
    size_t size = strlen(text) + strlen(replace) + 1;
    char *made = malloc(size);
    assert_non_null(made);
    snprintf(made, size, "%.*s%s%s", (int)(at - text), text, replace, at + strlen(find));
    return made;
}

static plm_status
decode(const char *text, pli_mapping *mapping, plm_fault *fault) {
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)text, .size = strlen(text)};
    pli_document document = {0};
    plm_status status = pli_yaml_parse("f", bytes, &document, fault);
    if (status == PLM_OK) {
        status = pli_mapping_decode(&document, mapping, fault);
    }
    pli_document_finish(&document);
    return status;
}

static void
the_example_says_what_its_columns_hold(void **state) {
    (void)state;
    pli_mapping m;
    plm_fault fault;
    assert_int_equal(pli_mapping_read(EXAMPLE, &m, &fault), PLM_OK);
    assert_string_equal(m.valuation, "USD");
    assert_string_equal(pli_mapping_ours(&m, "XBT"), "BTC");
    assert_string_equal(pli_mapping_ours(&m, "ETH"), "ETH");
    const pli_feed_mapping *fills = &m.feeds[PLI_FEED_FILLS];
    assert_string_equal(fills->columns[PLI_ROLE_QUANTITY].path, "size");
    assert_true(fills->columns[PLI_ROLE_FEE].is_negated);
    assert_string_equal(fills->columns[PLI_ROLE_FEE_ASSET].constant, "USD");
    assert_string_equal(fills->shorts.at[0], "S");
    assert_false(fills->is_netted);
    assert_int_equal(m.feeds[PLI_FEED_ACCOUNTS].columns[PLI_ROLE_AMOUNT].scale, 2);
    assert_true(m.feeds[PLI_FEED_ACCOUNTS].is_netted);
    assert_int_equal(m.feeds[PLI_FEED_MARKS].columns[PLI_ROLE_TIME].time_unit, PLI_TIME_UNIT_S);
    assert_null(m.feeds[PLI_FEED_MARKS].columns[PLI_ROLE_INDEX].path);
    assert_int_equal(m.rule_count, 6);
    assert_int_equal(m.rules[1].contract_e8, 1000000000);
    assert_true(m.rules[1].is_inverse);
    assert_int_equal(m.rules[2].expiry_ns, INT64_C(28800000000000));
    pli_mapping_finish(&m);
    pli_mapping_finish(&m);
}

static void
the_standard_mapping_has_our_own_names(void **state) {
    (void)state;
    pli_mapping m;
    pli_mapping_init(&m);
    assert_null(m.valuation);
    for (int feed = 0; feed < PLI_FEED_COUNT; feed += 1) {
        assert_true(m.feeds[feed].is_standard);
        for (int role = 0; role < PLI_ROLE_COUNT; role += 1) {
            const char *path = m.feeds[feed].columns[role].path;
            assert_true((path != NULL) == pli_role_is_known((pli_feed)feed, (pli_role)role));
            assert_true(path == NULL || strcmp(path, pli_role_name((pli_role)role)) == 0);
        }
    }
    pli_mapping_finish(&m);
}

typedef struct malformed {
    const char *find;
    const char *replace;
    plm_status status;
    const char *says;
} malformed;

static const malformed cases[] = {
    {"plimsoll-mapping/1", "plimsoll-mapping/2", PLM_VALUE_INVALID, "f:2: schema is"},
    {"valuation: USD\n", "", PLM_KEY_MISSING, "has no key \"valuation\""},
    {"venue:", "venu:", PLM_KEY_UNKNOWN, "f:3: has an unknown key \"venu\"; allowed is schema"},
    {"aliases: {XBT: BTC, usd: USD}", "aliases: [XBT]", PLM_LIMIT, "f:5: aliases is a list"},
    {"XBT: BTC", "XBT: \"a b\"", PLM_VALUE_INVALID, "f:5: XBT is \"a b\"; allowed is a name"},
    {"USD: {decimals: 6}", "USD: 6", PLM_VALUE_INVALID, "USD is \"6\"; allowed is an object"},
    {"USD: {decimals: 6}", "USD: {id: x}", PLM_VALUE_INVALID, "allowed is an object without id"},
    {"contract: \"10\"", "contract: \"0\"", PLM_VALUE_INVALID,
     "symbols contract is \"0\"; allowed is a decimal from 0.00000001 to 1000"},
    {"kind: index", "kind: indices", PLM_VALUE_INVALID, "kind is \"indices\"; allowed is spot|"},
    {"INV.{underlying}", "INV.{under}", PLM_VALUE_INVALID, "allowed is a text with {underlying}"},
    {"INV.{underlying}", "INV", PLM_KEY_MISSING, "names no underlying"},
    {"{underlying}.{expiry}\"", "{underlying}.F\"", PLM_VALUE_INVALID, "allowed is with {expiry}"},
    {".{strike}.{right}", ".{strike}", PLM_VALUE_INVALID, "allowed is with {strike} and {right}"},
    {", lot: \"0.01\"", "", PLM_KEY_MISSING, "symbols has no key \"lot\""},
    {"mark: fair", "marc: fair", PLM_KEY_UNKNOWN, "marks has an unknown key \"marc\""},
    {"mark: fair", "bid: fair", PLM_KEY_DUPLICATE, "bid"},
    {"    amount: {column: cents, scale: 2}\n", "", PLM_KEY_MISSING,
     "accounts has no key \"amount\""},
    {"{column: cents, scale: 2}", "{scale: 2}", PLM_VALUE_INVALID, "has column and constant, or"},
    {"{column: cents, scale: 2}", "{column: cents, scale: 19}", PLM_VALUE_INVALID,
     "accounts scale is \"19\"; allowed is an integer from -9 to 18"},
    {"{column: cents, scale: 2}", "[cents]", PLM_VALUE_INVALID, "amount is a list; allowed is the"},
    {"{column: cents, scale: 2}", "{column: cents, when: kind}", PLM_KEY_MISSING,
     "accounts has no key \"is\""},
    {"repeated: netted", "cost_paid: 1", PLM_VALUE_INVALID, "cost_paid is \"1\"; allowed is true"},
    {"sign: inverted", "sign: minus", PLM_VALUE_INVALID, "sign is \"minus\"; allowed is as_is|"},
    {"unit: s", "unit: h", PLM_VALUE_INVALID, "unit is \"h\"; allowed is text|s|ms|us|ns"},
    {"repeated: netted", "repeated: last", PLM_VALUE_INVALID, "allowed is refused|netted"},
    {"short: [S]", "short: []", PLM_LIMIT, "short is a list; allowed is a list of 1 to 8"},
    {"    side: ls\n", "", PLM_KEY_MISSING, "has a column side without the words"},
};

static void
a_broken_mapping_is_refused_with_line_value_and_what_is_allowed(void **state) {
    (void)state;
    pli_bytes bytes = {0};
    plm_fault fault = {.status = PLM_OK};
    assert_int_equal(pli_file_read(EXAMPLE, PLI_FILE_SIZE_MAX, &bytes, &fault), PLM_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i += 1) {
        char *text = replaced((const char *)bytes.data, cases[i].find, cases[i].replace);
        pli_mapping m;
        memset(&m, 0x5a, sizeof m);
        plm_status status = decode(text, &m, &fault);
        if (status != cases[i].status || strstr(fault.text, cases[i].says) == NULL ||
            strncmp(fault.text, "f:", 2) != 0) {
            fail_msg("%s -> %s: %s: %s", cases[i].find, cases[i].replace, plm_status_name(status),
                     fault.text);
        }
        free(text);
    }
    pli_bytes_finish(&bytes);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_says_what_its_columns_hold),
        cmocka_unit_test(the_standard_mapping_has_our_own_names),
        cmocka_unit_test(a_broken_mapping_is_refused_with_line_value_and_what_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
