/* test_surface_check.c: surfaces with and without arbitrage, published and worked out by hand.   SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "market/surface_check.h"

#define POSITIVE PLM_PRICE_DOMAIN_POSITIVE
#define ANY PLM_PRICE_DOMAIN_ANY

static plm_surface_expiry
svi_expiry(double years, double a, double b, double rho, double sigma) {
    return (plm_surface_expiry){
        .years = years,
        .forward = 100,
        .slice = {.kind = PLM_SLICE_SVI, .svi = {.a = a, .b = b, .rho = rho, .sigma = sigma}}};
}

static plm_surface_expiry
grid_expiry(double years, double forward, uint32_t count, const plm_slice_node *nodes) {
    return (plm_surface_expiry){
        .years = years,
        .forward = forward,
        .slice = {.kind = PLM_SLICE_GRID, .node_count = count, .nodes = nodes}};
}

#define assert_arbitrage(surface, count, domain, words)                                            \
    do {                                                                                           \
        plm_fault seen_fault = {0};                                                                \
        assert_int_equal(plm_surface_check((surface), (count), (domain), NULL),                    \
                         PLM_SURFACE_ARBITRAGE);                                                   \
        assert_int_equal(plm_surface_check((surface), (count), (domain), &seen_fault),             \
                         PLM_SURFACE_ARBITRAGE);                                                   \
        assert_non_null(strstr(seen_fault.text, (words)));                                         \
    } while (0)

static void
published_butterfly_is_refused(void **state) {
    (void)state;
    // Gatheral and Jacquier (2014), example 3.1, due to A. Vogt.
    plm_surface_expiry e = svi_expiry(1, -0.0410, 0.1331, 0.3060, 0.4153);
    e.slice.svi.m = 0.3586;
    assert_arbitrage(&e, 1, POSITIVE, "expiry 0 admits butterfly");
    plm_surface_margin margin;
    assert_int_equal(plm_surface_margins(&e, 1, POSITIVE, &margin, NULL), PLM_OK);
    // Its least value, -0.0328635, computed apart in Python, lies at k = 0.879 between two points of the grid.
    assert_true(margin.butterfly < -0.032863 && margin.butterfly > -0.032864);
}

static void
published_repair_of_it_passes(void **state) {
    (void)state;
    // The same paper, example 5.1: with (c, v~) = (0.3493158, 0.01548182) in Jump-Wings form the slice has no butterfly;
    // below in raw form, by the paper's lemma 3.2, computed apart in Python.
    plm_surface_expiry e =
        svi_expiry(1, 0.0077408948639, 0.0692420276558, -0.3340365066085, 0.1186080106104);
    e.slice.svi.m = 0.0420337955147;
    assert_int_equal(plm_surface_check(&e, 1, POSITIVE, NULL), PLM_OK);
    // The paper's best choice, c = 0.8564763 with v~ unchanged, is free as well and nearer to the edge.
    plm_surface_expiry best =
        svi_expiry(1, -0.0305199110319, 0.1027167817814, 0.1007176132029, 0.4123981469111);
    best.slice.svi.m = 0.2723441929254;
    assert_int_equal(plm_surface_check(&best, 1, POSITIVE, NULL), PLM_OK);
    plm_surface_margin far;
    plm_surface_margin near;
    assert_int_equal(plm_surface_margins(&e, 1, POSITIVE, &far, NULL), PLM_OK);
    assert_int_equal(plm_surface_margins(&best, 1, POSITIVE, &near, NULL), PLM_OK);
    assert_true(near.butterfly < far.butterfly);
}

static void
wing_steeper_than_lee_allows_is_refused(void **state) {
    (void)state;
    // So much variance that g stays positive on the whole grid: only the slope gives it away.
    plm_surface_expiry e = svi_expiry(1, 0.5, 2.1, 0, 4);
    plm_surface_margin margin;
    assert_int_equal(plm_surface_margins(&e, 1, POSITIVE, &margin, NULL), PLM_OK);
    assert_true(margin.butterfly > 0);
    assert_true(fabs(margin.slope + 0.1) < 1e-12);
    assert_arbitrage(&e, 1, POSITIVE, "Lee");
}

static void
variance_that_falls_with_the_expiry_is_refused(void **state) {
    (void)state;
    plm_surface_expiry surface[] = {svi_expiry(0.1, 0.04, 0.1, -0.3, 0.2),
                                    svi_expiry(0.2, 0.04, 0.1, -0.3, 0.2),
                                    svi_expiry(0.3, 0.039, 0.1, -0.3, 0.2)};
    assert_int_equal(plm_surface_check(surface, 2, POSITIVE, NULL), PLM_OK);
    assert_arbitrage(surface, 3, POSITIVE, "expiry 2 admits calendar");
    plm_surface_margin margins[3];
    assert_int_equal(plm_surface_margins(surface, 3, POSITIVE, margins, NULL), PLM_OK);
    // a + b sigma sqrt(1 - rho^2), then the differences of `a`.
    assert_true(fabs(margins[0].calendar - (0.04 + 0.02 * sqrt(0.91))) < 1e-15);
    assert_true(fabs(margins[1].calendar) < 1e-15);
    assert_true(fabs(margins[2].calendar + 0.001) < 1e-14);
    // Smiles that cross only far out, at |k| near 3: b1 |k| > 0.03 + b2 |k|.
    surface[1] = svi_expiry(0.2, 0.07, 0.09, -0.3, 0.2);
    assert_arbitrage(surface, 2, POSITIVE, "expiry 1 admits calendar");
}

static void
grid_is_tested_at_its_nodes(void **state) {
    (void)state;
    const plm_slice_node flat[] = {{80, 0.5}, {100, 0.5}, {120, 0.5}};
    const plm_slice_node hump[] = {{95, 0.5}, {100, 0.6}, {105, 0.5}};
    const plm_slice_node dip[] = {{80, 0.55}, {100, 0.5}, {120, 0.52}};
    const plm_slice_node rising[] = {{100, 0.2},
                                     {101, 0.4}}; // the dearer call has the higher strike
    plm_surface_expiry e = grid_expiry(0.5, 100, 3, flat);
    assert_int_equal(plm_surface_check(&e, 1, POSITIVE, NULL), PLM_OK);
    e.slice.nodes = dip;
    assert_int_equal(plm_surface_check(&e, 1, POSITIVE, NULL), PLM_OK);
    e.slice.nodes = hump;
    assert_arbitrage(&e, 1, POSITIVE, "butterfly");
    e = grid_expiry(0.5, 100, 2, rising);
    assert_arbitrage(&e, 1, POSITIVE, "butterfly");
}

static void
normal_volatilities_may_stand_below_zero(void **state) {
    (void)state;
    const plm_slice_node flat[] = {{-30, 20}, {0, 20}, {30, 20}};
    const plm_slice_node hump[] = {{-5, 20}, {0, 25}, {5, 20}};
    plm_surface_expiry e = grid_expiry(0.25, -3, 3, flat);
    assert_int_equal(plm_surface_check(&e, 1, ANY, NULL), PLM_OK);
    plm_surface_margin margin;
    assert_int_equal(plm_surface_margins(&e, 1, ANY, &margin, NULL), PLM_OK);
    assert_true(margin.butterfly > 0 && margin.slope == 2 && margin.calendar == 100);
    e.slice.nodes = hump;
    assert_arbitrage(&e, 1, ANY, "butterfly");
    // 20^2 / 4 of variance first, 9^2 then.
    const plm_slice_node low[] = {{0, 9}};
    plm_surface_expiry surface[] = {grid_expiry(0.25, -3, 3, flat), grid_expiry(1, -3, 1, low)};
    assert_arbitrage(surface, 2, ANY, "calendar");
}

static void
slices_of_both_kinds_are_compared_at_the_nodes(void **state) {
    (void)state;
    const plm_slice_node nodes[] = {{90, 0.5}, {100, 0.5}, {110, 0.5}};
    // Flat SVI variance 0.04 against 0.25 a year of the grid: equal at 0.16 years.
    plm_surface_expiry surface[] = {svi_expiry(0.1, 0.04, 0, 0, 1),
                                    grid_expiry(0.17, 100, 3, nodes)};
    assert_int_equal(plm_surface_check(surface, 2, POSITIVE, NULL), PLM_OK);
    surface[1].years = 0.15;
    assert_arbitrage(surface, 2, POSITIVE, "calendar");
    plm_surface_expiry turned[] = {grid_expiry(0.1, 100, 3, nodes), svi_expiry(0.2, 0.03, 0, 0, 1)};
    assert_int_equal(plm_surface_check(turned, 2, POSITIVE, NULL), PLM_OK);
    turned[1].slice.svi.a = 0.02;
    assert_arbitrage(turned, 2, POSITIVE, "expiry 1 admits calendar");
}

static void
surface_out_of_range_is_refused_and_writes_nothing(void **state) {
    (void)state;
    plm_surface_expiry good[2] = {svi_expiry(0.1, 0.04, 0.1, -0.3, 0.2),
                                  svi_expiry(0.2, 0.05, 0.1, -0.3, 0.2)};
    plm_surface_margin margins[2] = {{.butterfly = 7}};
    plm_surface_expiry bad[2];
    memcpy(bad, good, sizeof bad);
    bad[1].years = 0.1;
    assert_int_equal(plm_surface_margins(bad, 2, POSITIVE, margins, NULL), PLM_DOMAIN);
    memcpy(bad, good, sizeof bad);
    bad[1].forward = 0;
    assert_int_equal(plm_surface_margins(bad, 2, POSITIVE, margins, NULL), PLM_DOMAIN);
    memcpy(bad, good, sizeof bad);
    bad[1].slice.svi.rho = -1.5;
    assert_int_equal(plm_surface_margins(bad, 2, POSITIVE, margins, NULL), PLM_DOMAIN);
    memcpy(bad, good, sizeof bad);
    bad[1].slice.kind = PLM_SLICE_NONE;
    assert_int_equal(plm_surface_margins(bad, 2, POSITIVE, margins, NULL), PLM_SURFACE_MISSING);
    assert_int_equal(plm_surface_check(bad, 2, POSITIVE, NULL), PLM_SURFACE_MISSING);
    assert_int_equal(plm_surface_margins(good, 2, ANY, margins, NULL), PLM_DOMAIN);
    assert_true(margins[0].butterfly == 7);
    assert_int_equal(plm_surface_check(NULL, 0, POSITIVE, NULL), PLM_OK);
}

static void
numbers_too_large_to_compute_with_do_not_pass(void **state) {
    (void)state;
    plm_surface_expiry e = svi_expiry(1, 1e308, 1e308, 0, 1e308);
    assert_arbitrage(&e, 1, POSITIVE, "expiry 0");
    const plm_slice_node nodes[] = {{1, 1e300}, {2, 1e300}};
    plm_surface_expiry grid = grid_expiry(1e300, 1, 2, nodes);
    assert_arbitrage(&grid, 1, POSITIVE, "expiry 0");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_butterfly_is_refused),
        cmocka_unit_test(published_repair_of_it_passes),
        cmocka_unit_test(wing_steeper_than_lee_allows_is_refused),
        cmocka_unit_test(variance_that_falls_with_the_expiry_is_refused),
        cmocka_unit_test(grid_is_tested_at_its_nodes),
        cmocka_unit_test(normal_volatilities_may_stand_below_zero),
        cmocka_unit_test(slices_of_both_kinds_are_compared_at_the_nodes),
        cmocka_unit_test(surface_out_of_range_is_refused_and_writes_nothing),
        cmocka_unit_test(numbers_too_large_to_compute_with_do_not_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
