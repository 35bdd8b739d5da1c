/* test_span_file.c: both forms of SPAN files become the same tables, faulty ones a line. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/span.h"

static char text[1 << 16];

static pli_bytes
load(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    return (pli_bytes){.data = (uint8_t *)text, .size = size};
}

/* Overwrites the first `from` by `to`, of the same length. */
static void
replace(const char *from, const char *to) {
    char *at = strstr(text, from);
    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
}

static pli_span_requirement
require(const char *path) {
    pli_span_book book = {0};
    pli_pool pool = {0};
    plm_fault fault = {0};
    pli_span_request request = {.account = PLI_SPAN_ACCOUNT_HEDGER};
    if (pli_span_read(path, &book, &fault) != PLM_OK ||
        pli_span_positions_read("examples/span/positions.csv", &book.file, &pool, &request,
                                &fault) != PLM_OK)
        fail_msg("%s", fault.text);
    pli_span_result result;
    if (ts_span_margin(&book, request.position_count, request.positions, &result, &fault) != PLM_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(book.file.date, 20251128);
    pli_span_requirement made = result.requirements[0];
    made.months = NULL;
    made.uses = NULL;
    pli_pool_finish(&pool);
    pli_span_book_finish(&book);
    return made;
}

static void
xml_and_columns_give_one_requirement_but_for_the_delivery_that_xml_leaves_out(void **state) {
    (void)state;
    pli_span_requirement columns = require("examples/span/example.pa2");
    pli_span_requirement xml = require("examples/span/example.spn");
    assert_true(columns.delivery > 0 && xml.delivery == 0);
    assert_memory_equal(columns.losses, xml.losses, sizeof columns.losses);
    assert_true(columns.intra == xml.intra && columns.minimum == xml.minimum);
    assert_true(columns.net_value == xml.net_value && columns.net_delta == xml.net_delta);
    assert_true(columns.total - columns.delivery == xml.total);
}

static void
refused(const char *words) {
    pli_span_book book = {0};
    plm_fault fault = {0};
    pli_bytes bytes = {.data = (uint8_t *)text, .size = strlen(text)};
    assert_int_not_equal(pli_span_parse("f", bytes, &book, &fault), PLM_OK);
    assert_null(book.pool.chunks);
    if (strncmp(fault.text, "f:", 2) != 0 || strstr(fault.text, words) == NULL)
        fail_msg("\"%s\" is not f: ... %s", fault.text, words);
}

static void
columns_that_cannot_be_read_name_their_line(void **state) {
    (void)state;
    load("examples/span/example.pa2");
    replace("0 DEMO", "1 DEMO");
    refused("f:1: the first record is not a header");
    load("examples/span/example.pa2");
    replace("U2", "UP");
    refused("f:1: the format is not U2");
    load("examples/span/example.pa2");
    replace("00500-00500-", "00500-0050x-");
    refused("columns 73 to 77 hold no number");
    load("examples/span/example.pa2");
    replace("82DEMWW", "89DEMWW");
    refused("a record 81 must be followed by its own record 82");
    load("examples/span/example.pa2");
    replace("4 CC-WW", "4 CC-XX");
    refused("no record of type 2 defines CC-XX");
    load("examples/span/example.pa2");
    replace("020201B", "020200B");
    refused("a leg needs a ratio above 0");
}

static void
xml_that_cannot_be_read_names_its_line(void **state) {
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *words;
    } cases[] = {
        {"<rs>A</rs>", "<rs>C</rs>", "neither A nor B"},
        {"<i>1.000000</i>", "<i>0.000000</i>", "is not above 0"},
        {"<a>-500.00</a>", "<a>-5x0.00</a>", "no number"},
        {"<a>-500.00</a>", "<b>-500.00</b>", "fewer than 16"},
        {"</spanFile>", "</spanfile>", "mismatched tag"},
        {"<isContractScale>1", "<isContractScale>0", "not scaled to contracts"},
        {"<pe>20251200</pe>", "<pe>2025-200</pe>", "CCYYMM"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i += 1) {
        load("examples/span/example.spn");
        replace(cases[i].from, cases[i].to);
        refused(cases[i].words);
    }
}

static void
xml_with_declarations_is_refused_before_anything_expands(void **state) {
    (void)state;
    strcpy(text, "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]>\n<spanFile/>");
    refused("f:2: a document type declaration");
}

static void
elements_out_of_place_are_refused(void **state) {
    (void)state;
    strcpy(text, "<spanFile><ccDef><x><pLeg/></x></ccDef></spanFile>");
    refused("a leg outside of a spread");
    strcpy(text, "<spanFile><pfLink/></spanFile>");
    refused("a pfLink outside of a ccDef");
    strcpy(text, "<spanFile><exchange><fut/></exchange></spanFile>");
    refused("a contract outside of a product");
}

static void
positions_that_are_not_in_the_file_name_their_line(void **state) {
    (void)state;
    static const struct {
        const char *row;
        const char *words;
    } cases[] = {
        {"WW,FUT,,202513,1,,,\n", "p:2: the file has no risk array"},
        {"WW,FUT,,202512,1.5,,,\n", "p:2: quantity"},
        {"OW,OOF,P,202603,1,202602,,x\n", "p:2: strike"},
        {"OW,OOF,P,202603,1,202602,13,550\n", "p:2: the file has no risk array"},
    };
    pli_span_book book = {0};
    plm_fault fault = {0};
    assert_int_equal(pli_span_read("examples/span/example.pa2", &book, &fault), PLM_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i += 1) {
        pli_pool pool = {0};
        pli_span_request request = {0};
        snprintf(text, sizeof text, "product,type,right,future,quantity,option,day,strike\n%s",
                 cases[i].row);
        pli_bytes bytes = {.data = (uint8_t *)text, .size = strlen(text)};
        assert_int_not_equal(
            pli_span_positions_parse("p", bytes, &book.file, &pool, &request, &fault), PLM_OK);
        if (strstr(fault.text, cases[i].words) == NULL)
            fail_msg("%s", fault.text);
        pli_pool_finish(&pool);
    }
    pli_span_book_finish(&book);
}

static void
arrays_of_products_outside_every_commodity_are_dropped_and_counted(void **state) {
    (void)state;
    ts_span_load();
    ts_span_drop("2 DEM CC-YY");
    ts_span_drop("4 CC-YY");
    pli_span_book book = {0};
    ts_span_parse(&book);
    assert_int_equal(book.file.unlinked_count, 1);
    assert_int_equal(book.file.contract_count, 7);
    pli_span_book_finish(&book);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            xml_and_columns_give_one_requirement_but_for_the_delivery_that_xml_leaves_out),
        cmocka_unit_test(columns_that_cannot_be_read_name_their_line),
        cmocka_unit_test(xml_that_cannot_be_read_names_its_line),
        cmocka_unit_test(xml_with_declarations_is_refused_before_anything_expands),
        cmocka_unit_test(elements_out_of_place_are_refused),
        cmocka_unit_test(positions_that_are_not_in_the_file_name_their_line),
        cmocka_unit_test(arrays_of_products_outside_every_commodity_are_dropped_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
