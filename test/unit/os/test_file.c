/* test_file.c: files are read whole, within a limit, or refused with a reason.         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/file.h"

static char path[] = "build-test-file-XXXXXX";

static int
make_file(void **state) {
    (void)state;
    strcpy(path + sizeof path - 7, "XXXXXX");
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int
remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static void
what_is_written_is_read_back_and_terminated(void **state) {
    (void)state;
    size_t size = 200001;
    uint8_t *data = malloc(size);
    assert_non_null(data);
    for (size_t i = 0; i < size; i += 1) {
        data[i] = (uint8_t)(i * 7);
    }
    plm_fault fault;
    assert_int_equal(pli_file_write(path, data, size, &fault), PLM_OK);
    pli_bytes bytes = {0};
    assert_int_equal(pli_file_read(path, size, &bytes, &fault), PLM_OK);
    assert_int_equal(bytes.size, size);
    assert_memory_equal(bytes.data, data, size);
    assert_int_equal(bytes.data[size], 0);
    pli_bytes_finish(&bytes);
    pli_bytes_finish(&bytes);
    free(data);
}

static void
the_limit_is_the_last_size_that_is_read(void **state) {
    (void)state;
    pli_bytes bytes = {0};
    plm_fault fault;
    assert_int_equal(pli_file_write(path, "12345", 5, &fault), PLM_OK);
    assert_int_equal(pli_file_read(path, 4, &bytes, &fault), PLM_IO_TOO_LARGE);
    assert_non_null(strstr(fault.text, "4 bytes"));
    assert_null(bytes.data);
    assert_int_equal(pli_file_read(path, 5, &bytes, &fault), PLM_OK);
    pli_bytes_finish(&bytes);
}

static void
absent_empty_and_unreadable_files_are_told_apart(void **state) {
    (void)state;
    pli_bytes bytes = {0};
    plm_fault fault;
    assert_int_equal(pli_file_read("no/such/file", 10, &bytes, &fault), PLM_IO_OPEN);
    assert_non_null(strstr(fault.text, "no/such/file"));
    assert_int_equal(pli_file_read(".", 10, &bytes, &fault), PLM_IO_READ);
    assert_int_equal(pli_file_read(path, 10, &bytes, &fault), PLM_IO_EMPTY);
    assert_int_equal(pli_file_read(path, 10, &bytes, NULL), PLM_IO_EMPTY);
    assert_null(bytes.data);
}

static void
a_full_device_is_a_write_error(void **state) {
    (void)state;
    plm_fault fault;
    assert_int_equal(pli_file_write("no/such/folder/file", "x", 1, &fault), PLM_IO_OPEN);
    if (access("/dev/full", W_OK) != 0) {
        skip();
    }
    assert_int_equal(pli_file_write("/dev/full", "x", 1, &fault), PLM_IO_WRITE);
    assert_non_null(strstr(fault.text, "/dev/full"));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_back_and_terminated, make_file,
                                        remove_file),
        cmocka_unit_test_setup_teardown(the_limit_is_the_last_size_that_is_read, make_file,
                                        remove_file),
        cmocka_unit_test_setup_teardown(absent_empty_and_unreadable_files_are_told_apart, make_file,
                                        remove_file),
        cmocka_unit_test(a_full_device_is_a_write_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
