/* test_memory.c: a file that memory cannot hold is refused, not fatal.                SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/file.h"

#include <cmocka.h>

/* Half the file's size of further address space: the read cannot succeed, everything else goes on. */
static void
a_file_larger_than_memory_is_refused(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip(); // the sanitizer needs the address space that this test takes away
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    skip();
#endif
#endif
    const off_t file_size = (off_t)1 << 30;
    char path[] = "memory-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, file_size), 0);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    struct rlimit tight = {.rlim_cur = (rlim_t)file_size / 2, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
    pli_bytes bytes = {0};
    plm_fault fault = {0};
    plm_status status = pli_file_read(path, (size_t)file_size + 1, &bytes, &fault);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(close(file), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(status, PLM_MEMORY);
    assert_non_null(strstr(fault.text, "no memory"));
    assert_null(bytes.data);
}

int
main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_file_larger_than_memory_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
