/* test_worker.c: work beside its owner is done once, in order, and waited for.        SPDX-License-Identifier: Apache-2.0 */
#include "os/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct account_of_work {
    unsigned count;
    pthread_t by;
} account_of_work;

static void
add(void *argument) {
    account_of_work *of = argument;
    of->count += 1;
    of->by = pthread_self();
}

static void
work_is_done_when_it_has_been_waited_for(void **state) {
    (void)state;
    account_of_work of = {0};
    pli_worker worker;
    pli_worker_init(&worker);
    for (unsigned i = 1; i <= 500; i += 1) {
        pli_worker_start(&worker, add, &of);
        pli_worker_wait(&worker);
        assert_int_equal(of.count, i);
    }
    assert_false(pthread_equal(of.by, pthread_self()));
    pli_worker_finish(&worker);
}

static void
ending_waits_for_the_work(void **state) {
    (void)state;
    account_of_work of = {0};
    for (unsigned i = 1; i <= 50; i += 1) {
        pli_worker worker;
        pli_worker_init(&worker);
        pli_worker_start(&worker, add, &of);
        pli_worker_finish(&worker);
        assert_int_equal(of.count, i);
    }
}

static void
waiting_for_nothing_returns_at_once(void **state) {
    (void)state;
    pli_worker worker;
    pli_worker_init(&worker);
    pli_worker_wait(&worker);
    pli_worker_finish(&worker);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_is_done_when_it_has_been_waited_for),
        cmocka_unit_test(ending_waits_for_the_work),
        cmocka_unit_test(waiting_for_nothing_returns_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
