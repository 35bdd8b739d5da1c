/* test_parameters_yaml.c: parameter files set records by field, and find histories.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/changes_json.h"
#include "io/market_json.h"
#include "io/parameters_yaml.h"
#include "io/portfolio_json.h"
#include "io/yaml.h"

static void
the_example_of_the_format_page_sets_its_fields_and_no_other(void **state) {
    (void)state;
    pli_parameter_book read;
    pli_parameter_book standard;
    plm_fault fault = {0};
    if (pli_parameters_read("test/fuzz/corpus/yaml/parameters.yaml", &read, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    pli_parameters_init(&standard);
    assert_int_equal(read.version, 7);
    assert_int_equal(standard.version, 1);
    assert_int_equal(read.portfolio.confidence_ppm, 995000);
    assert_int_equal(read.portfolio.offset_floor_ppm, 300000);
    assert_int_equal(read.portfolio.oracle_age_max_ns, 1800000000000);
    read.portfolio.confidence_ppm = standard.portfolio.confidence_ppm;
    read.portfolio.offset_floor_ppm = standard.portfolio.offset_floor_ppm;
    read.portfolio.oracle_age_max_ns = standard.portfolio.oracle_age_max_ns;
    assert_memory_equal(&read.portfolio, &standard.portfolio, sizeof read.portfolio);
    assert_int_equal(read.tiered.tier1_upto_micros, 250000000000);
    assert_memory_equal(&read.dynamic, &standard.dynamic, sizeof read.dynamic);
    assert_int_equal(read.scenario_initial.horizon_ns, 2 * PLM_DAY_NS);
    assert_int_equal(read.scenario_maintenance.horizon_ns, PLM_DAY_NS);
    assert_int_equal(read.classes[0].step_ppm, 15000);
    assert_int_equal(read.classes[0].extreme_ppm, 400000);
    assert_int_equal(read.classes[1].step_ppm, 40000);
    assert_memory_equal(&read.classes[2], &standard.classes[2], sizeof read.classes[2]);
    assert_int_equal(read.history_count, 2);
    assert_string_equal(read.histories[0].underlying, "BTC");
    assert_string_equal(read.histories[0].path, "test/fuzz/corpus/yaml/candles/BTCUSDT.csv.gz");
    assert_ptr_equal(pli_parameters_record(&read, &plm_tiered_descriptor), &read.tiered);
    assert_ptr_equal(pli_parameters_record(&read, &plm_dynamic_descriptor), &read.dynamic);
    assert_ptr_equal(pli_parameters_record(&read, &plm_portfolio_descriptor), &read.portfolio);
    assert_null(pli_parameters_record(&read, &plm_set_descriptor));
    pli_parameters_finish(&read);
    pli_parameters_finish(&standard);
}

// The files under examples/ are what a newcomer copies: they must decode, histories and all.
static void
the_shipped_examples_decode(void **state) {
    (void)state;
    pli_market_book book;
    pli_parameter_book parameters;
    pli_history_set set;
    plm_fault fault = {0};
    if (pli_market_read("examples/market.json", &book, &fault) != PLM_OK ||
        pli_parameters_read("examples/config.yaml", &parameters, &fault) != PLM_OK ||
        pli_histories_read(&parameters, &book, &set, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    assert_int_equal(set.count, parameters.history_count);
    for (uint32_t i = 0; i < set.count; i += 1) {
        assert_true(set.histories[i].day_count > 0);
        assert_true(set.histories[i].days[set.histories[i].day_count - 1] <
                    book.market.time.ns / PLM_DAY_NS);
    }
    static const char *const portfolios[] = {
        "desk", "isolated", "oil", "basis", "covered-call", "short-gamma", "short-strangle"};
    for (size_t i = 0; i < sizeof portfolios / sizeof portfolios[0]; i += 1) {
        char path[64] = "examples/portfolio-";
        strcat(path, portfolios[i]);
        strcat(path, ".json");
        pli_account_book account;
        if (pli_portfolio_read(path, &book, &account, &fault) != PLM_OK) {
            fail_msg("%s", fault.text);
        }
        pli_account_finish(&account);
    }
    pli_change_list changes;
    if (pli_changes_read("examples/changes.json", &book, &changes, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    pli_changes_finish(&changes);
    pli_histories_finish(&set);
    pli_histories_finish(&set);
    pli_parameters_finish(&parameters);
    pli_book_finish(&book);
}

static void
a_history_of_the_future_is_refused_and_the_present_day_left_out(void **state) {
    (void)state;
    pli_market_book book;
    assert_int_equal(pli_market_read("test/fuzz/corpus/market/full.json", &book, NULL), PLM_OK);
    static char path[] = "test/fuzz/corpus/candles/march.csv";
    const pli_history_source source = {.underlying = "BTC", .path = path};
    pli_parameter_book parameters = {.history_count = 1, .histories = &source};
    pli_history_set set = {0};
    plm_fault fault = {0};
    if (pli_histories_read(&parameters, &book, &set, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    // 2026-02-27 and 28 count; 2026-03-01 is the market's own day.
    assert_int_equal(set.histories[0].day_count, 2);
    assert_int_equal(set.histories[0].days[1], 20512);
    pli_histories_finish(&set);
    book.market.time.ns -= PLM_DAY_NS;
    assert_int_equal(pli_histories_read(&parameters, &book, &set, &fault), PLM_VALUE_INVALID);
    assert_non_null(strstr(fault.text, "a bar of 2026-03-01; allowed is up to the market's day "
                                       "2026-02-28"));
    book.market.time.ns += PLM_DAY_NS;
    pli_book_finish(&book);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_format_page_sets_its_fields_and_no_other),
        cmocka_unit_test(the_shipped_examples_decode),
        cmocka_unit_test(a_history_of_the_future_is_refused_and_the_present_day_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
