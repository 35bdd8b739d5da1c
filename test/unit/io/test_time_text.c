/* test_time_text.c: instants as text, against dates known from outside.               SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "io/time_text.h"
#include "plimsoll/quantity.h"

// Seconds by `date -u -d TEXT +%s` of GNU coreutils.
static const struct {
    const char *text;
    int64_t seconds;
} known[] = {
    {"1980-01-01T00:00:00Z", 315532800},  {"2000-02-29T23:59:59Z", 951868799},
    {"2024-02-29T12:00:00Z", 1709208000}, {"2026-11-22T16:20:01Z", 1795364401},
    {"2100-03-01T00:00:00Z", 4107542400}, {"2199-12-31T23:59:59Z", 7258118399},
};

static void
known_instants_read_and_print(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i += 1) {
        int64_t ns;
        assert_int_equal(pli_time_parse(known[i].text, strlen(known[i].text), &ns), PLM_OK);
        assert_int_equal(ns, known[i].seconds * 1000000000);
        char data[64];
        pli_text text = pli_text_init(data, sizeof data);
        pli_time_format(&text, ns);
        assert_string_equal(data, known[i].text);
    }
}

static void
every_instant_prints_to_what_reads_back(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(1);
    for (int i = 0; i < 20000; i += 1) {
        int64_t ns = pli_prng_range_i64(&prng, PLI_TIME_NS_MIN, PLI_TIME_NS_MAX);
        char data[64];
        pli_text text = pli_text_init(data, sizeof data);
        pli_time_format(&text, ns);
        int64_t again;
        assert_int_equal(pli_time_parse(data, text.length, &again), PLM_OK);
        assert_int_equal(again, ns);
    }
    int64_t ns;
    assert_int_equal(pli_time_parse("1772366400000000001", 19, &ns), PLM_OK);
    assert_int_equal(ns, 1772366400000000001);
}

static void
days_print_as_dates_before_and_after_1970(void **state) {
    (void)state;
    static const struct {
        int64_t days;
        const char *date;
    } dates[] = {{0, "1970-01-01"},
                 {-1, "1969-12-31"},
                 {-719468, "0000-03-01"},
                 {20513, "2026-03-01"},
                 {2932896, "9999-12-31"}};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i += 1) {
        char data[32];
        pli_text text = pli_text_init(data, sizeof data);
        pli_date_format(&text, dates[i].days);
        assert_string_equal(data, dates[i].date);
    }
}

static void
what_is_no_instant_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "Z",
                                        "2026",
                                        "2026-03-01",
                                        "2026-03-01T12:00:00",
                                        "2026-03-01T12:00:00.Z",
                                        "2026-03-01T12:00:00.1234567890Z",
                                        "2026-03-01t12:00:00Z",
                                        "2026-3-01T12:00:00Z",
                                        "soon",
                                        "2026-03-01T12:00:00z",
                                        "1e18",
                                        "+2026-03-01T12:00:00Z"};
    int64_t ns = 7;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 1) {
        assert_int_not_equal(pli_time_parse(texts[i], strlen(texts[i]), &ns), PLM_OK);
    }
    static const char *const dates[] = {
        "2026-13-01T00:00:00Z",   "2026-00-01T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",   "2026-04-00T00:00:00Z", "2026-04-01T24:00:00Z",
        "2026-04-01T23:60:00Z",   "2026-04-01T23:59:60Z", "1979-12-31T23:59:59Z",
        "2200-01-01T00:00:00.1Z", "1772366400",           "-1",
        "99999999999999999999"};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i += 1) {
        assert_int_equal(pli_time_parse(dates[i], strlen(dates[i]), &ns), PLM_VALUE_INVALID);
    }
    assert_int_equal(ns, 7);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_instants_read_and_print),
        cmocka_unit_test(every_instant_prints_to_what_reads_back),
        cmocka_unit_test(days_print_as_dates_before_and_after_1970),
        cmocka_unit_test(what_is_no_instant_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
