/* test_screen_long.c: a venue that looks only at whom a screen cannot clear comes to the same state as one that looks at everybody.
 * SPDX-License-Identifier: Apache-2.0 */
#include "demo_venue.h"

enum { ACCOUNTS = 200, TICKS = 40, CRASH = 25 };

static plm_screen_counts
play(uint64_t seed, plm_screen mode, uint8_t digest[32]) {
    demo_venue *venue = open_venue(ACCOUNTS, seed);
    plm_core_use_screen(venue->core, mode);
    tick(venue, CRASH);
    pli_demo_crash(&venue->demo);
    tick(venue, TICKS - CRASH);
    plm_core_digest(venue->core, digest);
    plm_screen_counts counts = plm_core_screen_counts(venue->core);
    close_venue(venue);
    return counts;
}

static void
a_screen_changes_nothing(void **state) {
    (void)state;
    plm_screen_counts all = {0, 0, 0, 0};
    for (uint64_t seed = 1; seed <= 3; seed += 1) {
        uint8_t digests[3][32];
        plm_screen_counts screened = play(seed, PLM_SCREEN_ON, digests[0]);
        plm_screen_counts checked = play(seed, PLM_SCREEN_CHECKED, digests[1]);
        (void)play(seed, PLM_SCREEN_OFF, digests[2]);
        assert_memory_equal(digests[0], digests[1], 32);
        assert_memory_equal(digests[0], digests[2], 32);
        assert_int_equal(screened.missed, 0);
        assert_int_equal(checked.missed, 0);
        all.looked += screened.looked;
        all.passed += screened.passed;
        all.checked += checked.checked;
    }
    print_message("%llu looks, %llu passed, %llu checked\n", (unsigned long long)all.looked,
                  (unsigned long long)all.passed, (unsigned long long)all.checked);
    assert_true(all.passed > all.looked / 4);
    assert_true(all.checked > 5000);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_screen_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
