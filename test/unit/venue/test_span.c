/* test_span.c: what SPAN files say that no layout page says, and what the model refuses. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/span.h"

#define MONEY(value) ((pli_i128)(value)*1000000000000)

static pli_span_book book;
static pli_span_result result;
static plm_fault fault;

static int
load(void **state) {
    (void)state;
    ts_span_load();
    return 0;
}

static int
finish(void **state) {
    (void)state;
    pli_span_book_finish(&book);
    return 0;
}

static void
assert_money(pli_i128 seen, pli_i128 micros) {
    assert_true(seen % 1000000 == 0);
    assert_int_equal((int64_t)(seen / 1000000), (int64_t)micros);
}

static const pli_span_requirement *
require(uint32_t count, const pli_span_position *positions) {
    if (ts_span_margin(&book, count, positions, &result, &fault) != PLM_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(result.requirement_count, 1);
    return &result.requirements[0];
}

static void
assert_refused(const pli_span_position *positions, uint32_t count, plm_status status,
               const char *words) {
    fault = (plm_fault){0};
    assert_int_equal(ts_span_margin(&book, count, positions, &result, &fault), status);
    if (strstr(fault.text, words) == NULL)
        fail_msg("\"%s\" says nothing of \"%s\"", fault.text, words);
}

// By hand: docs/method/venue-span.md.
static void
the_worked_example_of_the_page_is_what_comes_out(void **state) {
    (void)state;
    ts_span_parse(&book);
    const pli_span_position held[3] = {ts_span_future(&book, "WW", 202512, 3),
                                       ts_span_future(&book, "WW", 202603, -2),
                                       ts_span_option(&book, 'P', 550, "", -4)};
    const pli_span_requirement *made = require(3, held);
    assert_int_equal(made->active_scenario, 13);
    assert_money(made->scan, 4940000000);
    assert_money(made->intra, 72000000);
    assert_money(made->delivery, 132000000);
    assert_money(made->minimum, 160000000);
    assert_money(made->risk, 5144000000);
    assert_money(made->net_value, -1450000000);
    assert_money(made->total, 6594000000);
    assert_int_equal(made->use_count, 1);
    assert_true(made->uses[0].count == 600000000);
    assert_true(made->months[0].remaining == 2400000000);
    assert_true(made->months[1].remaining == 0);
}

static void
the_order_of_positions_and_their_split_change_nothing(void **state) {
    (void)state;
    ts_span_parse(&book);
    const pli_span_position held[3] = {ts_span_option(&book, 'P', 550, "", -4),
                                       ts_span_future(&book, "WW", 202603, -2),
                                       ts_span_future(&book, "WW", 202512, 3)};
    pli_i128 total = require(3, held)->total;
    const pli_span_position split[5] = {held[2], held[0], held[1],
                                        ts_span_option(&book, 'P', 550, "", 1),
                                        ts_span_option(&book, 'P', 550, "", -1)};
    assert_true(require(5, split)->total == total);
}

static void
array_values_are_losses_of_one_long_contract(void **state) {
    (void)state;
    ts_span_parse(&book);
    const pli_span_position held = ts_span_future(&book, "WW", 202605, 1);
    const pli_span_requirement *made = require(1, &held);
    assert_money(made->losses[10], -1500000000); // up by the range: a long gains
    assert_money(made->losses[12], 1500000000);
    assert_int_equal(made->active_scenario, 13); // the lowest of 13 and 14
}

static void
all_nines_are_no_price_and_only_premium_needs_one(void **state) {
    (void)state;
    ts_span_parse(&book);
    pli_span_position held = ts_span_option(&book, 'C', 650, "", 1);
    assert_refused(&held, 1, PLM_MARK_MISSING, "all nines");
    pli_span_book_finish(&book);
    ts_span_put("P DEMOW", 0, 117, "FUT  ");
    ts_span_put("2 ", 0, 18, "F");
    ts_span_parse(&book);
    held = ts_span_option(&book, 'C', 650, "", 1);
    assert_true(require(1, &held)->net_value == 0);
}

static void
flag_y_says_that_only_the_long_field_holds_the_price(void **state) {
    (void)state;
    ts_span_put("81DEMOW", 0, 109, "00000000000825Y");
    ts_span_put("82DEMOW", 0, 111, "9999999");
    ts_span_parse(&book);
    const pli_span_position held = ts_span_option(&book, 'P', 550, "", 1);
    assert_money(require(1, &held)->long_value, 412500000);
}

static void
the_day_code_is_part_of_the_contract(void **state) {
    (void)state;
    ts_span_parse(&book);
    const pli_span_position monthly = ts_span_option(&book, 'C', 600, "", 1);
    const pli_span_position weekly = ts_span_option(&book, 'C', 600, "13", 1);
    assert_int_not_equal(monthly.contract_index, weekly.contract_index);
    assert_money(require(1, &monthly)->scan, 800000000);
    assert_money(require(1, &weekly)->scan, 400000000);
}

static void
two_arrays_of_one_identity_are_refused(void **state) {
    (void)state;
    ts_span_put("81DEMOW", 2, 45, "  ");
    ts_span_put("82DEMOW", 2, 45, "  ");
    ts_span_parse(&book);
    const pli_span_key key = {.exchange = "",
                              .code = "OW",
                              .type = "OOF",
                              .right = 'C',
                              .future_month = 202603,
                              .option_month = 202602,
                              .strike = {.mantissa = 60000, .decimals = 2}};
    uint32_t index = 0;
    assert_int_equal(pli_span_find(&book.file, &key, &index, &fault), PLM_VALUE_INVALID);
}

static void
minimum_method_one_takes_the_larger_side_and_two_the_sum(void **state) {
    (void)state;
    ts_span_parse(&book);
    pli_span_position held[2] = {ts_span_option(&book, 'P', 550, "", -3),
                                 ts_span_option(&book, 'C', 600, "", -5)};
    assert_money(require(2, held)->minimum, 320000000);
    pli_span_book_finish(&book);
    ts_span_put("4 CC-WW", 0, 79, "1");
    ts_span_parse(&book);
    assert_money(require(2, held)->minimum, 200000000);
    pli_span_book_finish(&book);
    ts_span_put("4 CC-WW", 0, 79, "7");
    ts_span_parse(&book);
    assert_refused(held, 2, PLM_MODEL_UNSUPPORTED, "short option minimum");
}

static void
the_risk_exponent_scales_amounts_but_not_prices(void **state) {
    (void)state;
    ts_span_put("2 ", 0, 13, "2");
    ts_span_parse(&book);
    const pli_span_position held[3] = {ts_span_future(&book, "WW", 202512, 3),
                                       ts_span_future(&book, "WW", 202603, -2),
                                       ts_span_option(&book, 'P', 550, "", -4)};
    const pli_span_requirement *made = require(3, held);
    assert_money(made->risk, 514400000000);
    assert_money(made->net_value, -1450000000);
}

static void
the_array_locator_and_the_delta_scaling_count(void **state) {
    (void)state;
    ts_span_put("2 ", 0, 52, "1"); // one decimal in the arrays of OW
    ts_span_put("B DEMOW", 0, 86, "020000");
    ts_span_parse(&book);
    const pli_span_position held = ts_span_option(&book, 'P', 550, "", 1);
    const pli_span_requirement *made = require(1, &held);
    assert_money(made->scan, 30000000);
    assert_true(made->net_delta == -700000000);
}

static void
the_composite_delta_counts_and_not_the_current_one(void **state) {
    (void)state;
    ts_span_put("82DEMOW", 0, 120, "09999-");
    ts_span_parse(&book);
    const pli_span_position held = ts_span_option(&book, 'P', 550, "", 1);
    assert_true(require(1, &held)->net_delta == -350000000);
}

static void
a_negative_strike_is_another_contract(void **state) {
    (void)state;
    ts_span_put("82DEMOW", 0, 119, "-");
    ts_span_parse(&book);
    const pli_span_position held = ts_span_option(&book, 'P', -550, "", 1);
    assert_int_equal(book.file.contracts[held.contract_index].strike_raw, -550);
}

static void
thirds_of_spreads_are_charged_rounded_up(void **state) {
    (void)state;
    ts_span_put("E ", 0, 28, "030000A"); // three December deltas a spread
    ts_span_drop("C ");
    ts_span_parse(&book);
    const pli_span_position held[2] = {ts_span_future(&book, "WW", 202512, 1),
                                       ts_span_future(&book, "WW", 202603, -1)};
    const pli_span_requirement *made = require(2, held);
    assert_true(made->uses[0].count == 333333334);
    assert_true(made->intra == MONEY(40) + 80000); // 120 x 0.333333334
    assert_true(made->months[0].remaining == 0);
    assert_true(made->months[1].remaining == -666666666);
}

static void
the_ratio_of_the_account_raises_the_risk_and_not_the_option_value(void **state) {
    (void)state;
    ts_span_parse(&book);
    const pli_span_position held = ts_span_option(&book, 'P', 550, "", 1);
    const pli_span_request request = {
        .position_count = 1, .positions = &held, .account = PLI_SPAN_ACCOUNT_SPECULATOR};
    static unsigned char memory[4096];
    pli_arena arena = pli_arena_init(memory, sizeof memory);
    assert_int_equal(pli_span_margin(&book.file, &request, &arena, &result, &fault), PLM_OK);
    assert_money(result.requirements[0].total, 300000000 - 362500000);
    assert_money(result.requirements[0].initial_total, 330000000 - 362500000);
}

static void
a_capped_option_value_leaves_no_credit_beyond_the_risk(void **state) {
    (void)state;
    ts_span_put("2 ", 0, 19, "Y");
    ts_span_parse(&book);
    const pli_span_position held = ts_span_option(&book, 'P', 550, "", 1);
    assert_true(require(1, &held)->total == 0);
}

static void
what_is_not_computed_is_refused_by_name(void **state) {
    (void)state;
    static const struct {
        const char *row;
        unsigned column;
        const char *text;
        const char *words;
    } cases[] = {
        {"S CC-WW", 9, "02", "scanning by tiers"},
        {"S CC-WW", 9, "30", "tiers of the short option minimum"},
        {"3 CC-WW", 9, "07", "spread charge methods"},
        {"4 CC-WW", 9, "11", "delivery charge methods"},
        {"4 CC-WW", 73, "105", "adjustment factor"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i += 1) {
        ts_span_load();
        ts_span_put(cases[i].row, 0, cases[i].column, cases[i].text);
        ts_span_parse(&book);
        const pli_span_position held = ts_span_future(&book, "WW", 202512, 1);
        assert_refused(&held, 1, PLM_MODEL_UNSUPPORTED, cases[i].words);
        pli_span_book_finish(&book);
    }
}

static void
credit_between_commodities_is_refused_where_it_could_form(void **state) {
    (void)state;
    ts_span_parse(&book);
    pli_span_position held[2] = {ts_span_future(&book, "WW", 202605, 1),
                                 ts_span_future(&book, "YY", 202512, -1)};
    assert_refused(held, 2, PLM_MODEL_UNSUPPORTED, "inter-commodity credit");
    held[1].quantity = 1; // both long: the spread wants one long, one short
    assert_int_equal(ts_span_margin(&book, 2, held, &result, &fault), PLM_OK);
    assert_int_equal(result.requirement_count, 2);
}

static void
contradictions_and_unknown_tiers_are_refused(void **state) {
    (void)state;
    ts_span_put("2 ", 0, 18, "F"); // the product says premium style
    ts_span_parse(&book);
    pli_span_position held = ts_span_option(&book, 'P', 550, "", 1);
    assert_refused(&held, 1, PLM_VALUE_INVALID, "contradicts");
    pli_span_book_finish(&book);
    ts_span_put("C ", 0, 24, "09");
    ts_span_parse(&book);
    held = ts_span_future(&book, "WW", 202512, 1);
    assert_refused(&held, 1, PLM_INDEX_UNKNOWN, "tier that is not defined");
}

static void
amounts_that_do_not_fit_are_refused(void **state) {
    (void)state;
    ts_span_put("2 ", 0, 13, "9");
    ts_span_parse(&book);
    const pli_span_position held = ts_span_future(&book, "WW", 202512, INT64_MAX);
    assert_refused(&held, 1, PLM_OVERFLOW, "CC-WW");
}

static void
digits_that_a_price_code_does_not_know_are_refused(void **state) {
    (void)state;
    pli_span_number price = {0};
    assert_int_equal(pli_span_price(117134, 3, 'C', &price), PLM_VALUE_INVALID);
    assert_int_equal(pli_span_price(117320, 3, 'C', &price), PLM_VALUE_INVALID);
    assert_int_equal(pli_span_price(3650, 3, 'K', &price), PLM_VALUE_INVALID);
    assert_int_equal(pli_span_price(4479, 3, '0', &price), PLM_VALUE_INVALID);
    assert_int_equal(pli_span_price(117130, 2, 'C', &price), PLM_MODEL_UNSUPPORTED);
    assert_int_equal(pli_span_price(117130, 3, 'Q', &price), PLM_MODEL_UNSUPPORTED);
    assert_int_equal(pli_span_price(-117130, 3, 'C', &price), PLM_OK);
    assert_int_equal(price.mantissa, -11740625);
    assert_int_equal(price.decimals, 5);
    assert_int_equal(pli_span_price(67, -2, ' ', &price), PLM_OK);
    assert_int_equal(pli_span_compare(price, (pli_span_number){.mantissa = 6700}), 0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_of_the_page_is_what_comes_out),
        cmocka_unit_test(the_order_of_positions_and_their_split_change_nothing),
        cmocka_unit_test(array_values_are_losses_of_one_long_contract),
        cmocka_unit_test(all_nines_are_no_price_and_only_premium_needs_one),
        cmocka_unit_test(flag_y_says_that_only_the_long_field_holds_the_price),
        cmocka_unit_test(the_day_code_is_part_of_the_contract),
        cmocka_unit_test(two_arrays_of_one_identity_are_refused),
        cmocka_unit_test(minimum_method_one_takes_the_larger_side_and_two_the_sum),
        cmocka_unit_test(the_risk_exponent_scales_amounts_but_not_prices),
        cmocka_unit_test(the_array_locator_and_the_delta_scaling_count),
        cmocka_unit_test(the_composite_delta_counts_and_not_the_current_one),
        cmocka_unit_test(a_negative_strike_is_another_contract),
        cmocka_unit_test(thirds_of_spreads_are_charged_rounded_up),
        cmocka_unit_test(the_ratio_of_the_account_raises_the_risk_and_not_the_option_value),
        cmocka_unit_test(a_capped_option_value_leaves_no_credit_beyond_the_risk),
        cmocka_unit_test(what_is_not_computed_is_refused_by_name),
        cmocka_unit_test(credit_between_commodities_is_refused_where_it_could_form),
        cmocka_unit_test(contradictions_and_unknown_tiers_are_refused),
        cmocka_unit_test(amounts_that_do_not_fit_are_refused),
        cmocka_unit_test(digits_that_a_price_code_does_not_know_are_refused),
    };
    struct CMUnitTest wrapped[sizeof tests / sizeof tests[0]];
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i += 1) {
        wrapped[i] = tests[i];
        wrapped[i].setup_func = load;
        wrapped[i].teardown_func = finish;
    }
    return cmocka_run_group_tests(wrapped, NULL, NULL);
}
