/* test_svi_repair.c: whatever slice comes in, what comes out of the repair passes every test.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "market/slice.h"
#include "market/surface_check.h"
#include "market/svi_repair.h"
#include "num/elementary.h"

#define DRAWS 150

static double
between(pli_prng *prng, double low, double high) {
    return low + (high - low) * pli_prng_unit(prng);
}

// Any valid slice, from an hour's to a year's variance, wings up to beyond Lee's bound.
static plm_svi
draw_slice(pli_prng *prng) {
    double width = pli_exp(between(prng, -4.5, -0.5));
    plm_svi svi = {.b = width * pli_exp(between(prng, -4, 2)),
                   .rho = between(prng, -0.99, 0.99),
                   .m = width * between(prng, -3, 3),
                   .sigma = width * pli_exp(between(prng, -3, 3))};
    double least = width * width * between(prng, 0.05, 1);
    svi.a = least - svi.b * svi.sigma * pli_pow(1 - svi.rho * svi.rho, 0.5);
    return svi;
}

static void
repaired_slices_pass_the_public_check(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(20200521);
    unsigned moved = 0;
    unsigned kept = 0;
    for (int i = 0; i < DRAWS; i += 1) {
        plm_surface_expiry surface[2] = {
            {.years = 1, .forward = 1, .slice = {.kind = PLM_SLICE_SVI}},
            {.years = 2, .forward = 1, .slice = {.kind = PLM_SLICE_SVI}}};
        plm_surface_margin margin;
        for (uint32_t e = 0; e < 2; e += 1) {
            plm_svi *svi = &surface[e].slice.svi;
            *svi = draw_slice(&prng);
            if (!pli_svi_is_valid(svi)) {
                *svi = (plm_svi){.a = 0.1, .b = 3, .rho = 0, .m = 0, .sigma = 0.1};
            }
            plm_svi before = *svi;
            bool was_repaired;
            const plm_svi *earlier = e == 0 ? NULL : &surface[0].slice.svi;
            assert_true(pli_svi_repair(svi, earlier, &margin, &was_repaired));
            assert_true(margin.butterfly >= 0 && margin.slope >= 0 && margin.calendar >= 0);
            assert_int_equal(plm_surface_check(surface, e + 1, PLM_PRICE_DOMAIN_POSITIVE, NULL),
                             PLM_OK);
            if (was_repaired) {
                moved += 1;
            } else {
                kept += 1;
                assert_memory_equal(&before, svi, sizeof before);
            }
        }
    }
    // The draws must exercise both ways.
    assert_true(moved > DRAWS / 4);
    assert_true(kept > DRAWS / 20);
}

int
main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(repaired_slices_pass_the_public_check)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
