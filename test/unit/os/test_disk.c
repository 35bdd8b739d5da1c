/* test_disk.c: the machine's directory behind the disk interface, with interrupted, short and failing calls.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/clock.h"
#include "os/disk.h"

// These stand in for the C library's: every other call is interrupted or moves little; `sync_error` makes a sync fail.
static unsigned call_count;
static int sync_error;
static int write_error;

long syscall(long number, ...);

ssize_t
pread(int descriptor, void *data, size_t size, off_t offset) {
    call_count += 1;
    if (call_count % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    return syscall(SYS_pread64, descriptor, data, size > 7 ? size / 2 : size, offset);
}

ssize_t
pwrite(int descriptor, const void *data, size_t size, off_t offset) {
    call_count += 1;
    if (write_error != 0) {
        errno = write_error;
        return -1;
    }
    if (call_count % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    return syscall(SYS_pwrite64, descriptor, data, size > 7 ? size / 2 : size, offset);
}

int
fdatasync(int descriptor) {
    if (sync_error != 0) {
        errno = sync_error;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, descriptor);
}

static char path[] = "build-test-disk-XXXXXX";
static pli_disk_posix posix;
static pli_disk disk;

static int
setup(void **state) {
    (void)state;
    strcpy(path + sizeof path - 7, "XXXXXX");
    sync_error = 0;
    write_error = 0;
    plm_fault fault;
    if (mkdtemp(path) == NULL) {
        return -1;
    }
    return pli_disk_posix_open(&posix, path, false, &disk, &fault) == PLM_OK ? 0 : -1;
}

static void
remove_one(void *argument, const char *name) {
    char *found = argument;
    snprintf(found, PLI_DISK_NAME_SIZE, "%.63s", name);
}

static int
teardown(void **state) {
    (void)state;
    plm_fault fault;
    char name[PLI_DISK_NAME_SIZE];
    for (;;) {
        name[0] = '\0';
        if (pli_disk_list(&disk, remove_one, name, &fault) != PLM_OK || name[0] == '\0') {
            break;
        }
        if (pli_disk_remove(&disk, name, &fault) != PLM_OK) {
            return -1;
        }
    }
    pli_disk_posix_close(&posix);
    return rmdir(path);
}

static pli_disk_file
create(const char *name) {
    plm_fault fault;
    pli_disk_file file = PLI_DISK_NONE;
    assert_int_equal(pli_disk_open(&disk, name, PLI_DISK_MODE_CREATE, &file, &fault), PLM_OK);
    return file;
}

static void
interrupted_and_short_calls_are_not_seen(void **state) {
    (void)state;
    plm_fault fault;
    static uint8_t bytes[100001];
    static uint8_t seen[sizeof bytes];
    for (size_t i = 0; i < sizeof bytes; i += 1) {
        bytes[i] = (uint8_t)(i * 31);
    }
    pli_disk_file file = create("a");
    pli_disk_range range = {.offset = 3, .size = sizeof bytes};
    assert_int_equal(pli_disk_write(&disk, file, range, bytes, &fault), PLM_OK);
    assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_OK);
    size_t count = 0;
    assert_int_equal(pli_disk_read(&disk, file, range, seen, &count, &fault), PLM_OK);
    assert_int_equal(count, sizeof bytes);
    assert_memory_equal(seen, bytes, sizeof bytes);
    range.offset = sizeof bytes;
    assert_int_equal(pli_disk_read(&disk, file, range, seen, &count, &fault), PLM_OK);
    assert_int_equal(count, 3);
    uint64_t size = 0;
    assert_int_equal(pli_disk_size(&disk, file, &size, &fault), PLM_OK);
    assert_int_equal(size, sizeof bytes + 3);
    pli_disk_close(&disk, file);
}

static void
reserved_space_is_there_and_zero(void **state) {
    (void)state;
    plm_fault fault;
    pli_disk_file file = create("a");
    assert_int_equal(pli_disk_reserve(&disk, file, 8192, &fault), PLM_OK);
    uint64_t size = 0;
    assert_int_equal(pli_disk_size(&disk, file, &size, &fault), PLM_OK);
    assert_int_equal(size, 8192);
    uint8_t last = 1;
    size_t count = 0;
    pli_disk_range range = {.offset = 8191, .size = 1};
    assert_int_equal(pli_disk_read(&disk, file, range, &last, &count, &fault), PLM_OK);
    assert_int_equal(count, 1);
    assert_int_equal(last, 0);
    pli_disk_close(&disk, file);
}

static void
names_are_made_changed_and_taken_away(void **state) {
    (void)state;
    plm_fault fault;
    pli_disk_close(&disk, create("a"));
    pli_disk_file file;
    assert_int_equal(pli_disk_open(&disk, "a", PLI_DISK_MODE_CREATE, &file, &fault), PLM_IO_OPEN);
    assert_non_null(strstr(fault.text, "/a"));
    assert_int_equal(pli_disk_open(&disk, "b", PLI_DISK_MODE_READ, &file, &fault), PLM_OK);
    assert_int_equal(file, PLI_DISK_NONE);
    assert_int_equal(pli_disk_rename(&disk, "a", "b", &fault), PLM_OK);
    assert_int_equal(pli_disk_sync_directory(&disk, &fault), PLM_OK);
    assert_int_equal(pli_disk_rename(&disk, "a", "b", &fault), PLM_IO_WRITE);
    assert_int_equal(pli_disk_open(&disk, "b", PLI_DISK_MODE_WRITE, &file, &fault), PLM_OK);
    assert_int_not_equal(file, PLI_DISK_NONE);
    pli_disk_close(&disk, file);
    assert_int_equal(pli_disk_remove(&disk, "b", &fault), PLM_OK);
    assert_int_equal(pli_disk_remove(&disk, "b", &fault), PLM_OK);
}

static void
a_failed_call_is_told_with_its_reason(void **state) {
    (void)state;
    plm_fault fault;
    pli_disk_file file = create("a");
    sync_error = EIO;
    assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_IO_WRITE);
    assert_non_null(strstr(fault.text, strerror(EIO)));
    // A sync is not tried again, whatever the reason.
    sync_error = EINTR;
    assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_IO_WRITE);
    sync_error = ENOSPC;
    assert_int_equal(pli_disk_sync(&disk, file, &fault), PLM_LOG_FULL);
    write_error = ENOSPC;
    pli_disk_range range = {.size = 1};
    assert_int_equal(pli_disk_write(&disk, file, range, "x", &fault), PLM_LOG_FULL);
    write_error = EIO;
    assert_int_equal(pli_disk_write(&disk, file, range, "x", &fault), PLM_IO_WRITE);
    pli_disk_close(&disk, file);
    pli_disk other;
    pli_disk_posix unused;
    assert_int_equal(pli_disk_posix_open(&unused, "no/such/folder", true, &other, &fault),
                     PLM_IO_OPEN);
    assert_int_equal(pli_disk_posix_open(&unused, "no/such", false, &other, &fault), PLM_IO_OPEN);
}

static void
a_lock_ends_with_its_process_and_not_before(void **state) {
    (void)state;
    plm_fault fault;
    pli_disk_posix second_posix;
    pli_disk second;
    assert_int_equal(pli_disk_posix_open(&second_posix, path, false, &second, &fault), PLM_OK);
    assert_int_equal(pli_disk_lock(&disk, "lock", &fault), PLM_OK);
    assert_int_equal(pli_disk_lock(&second, "lock", &fault), PLM_LOG_LOCKED);
    assert_non_null(strstr(fault.text, path));
    pli_disk_unlock(&disk);
    assert_int_equal(pli_disk_lock(&second, "lock", &fault), PLM_OK);
    pli_disk_unlock(&second);
    // A process that ends without unlocking leaves the file, which then locks nothing.
    pid_t child = fork();
    if (child == 0) {
        _exit(pli_disk_lock(&second, "lock", &fault) == PLM_OK ? 0 : 1);
    }
    int result = -1;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    assert_int_equal(pli_disk_lock(&disk, "lock", &fault), PLM_OK);
    pli_disk_unlock(&disk);
    pli_disk_posix_close(&second_posix);
}

static void
the_clocks_tell_nanoseconds(void **state) {
    (void)state;
    int64_t first = pli_clock_monotonic_ns();
    assert_true(pli_clock_monotonic_ns() >= first);
    // After the day this was written, before the year 2200.
    assert_true(pli_clock_real_ns() > INT64_C(1750000000000000000));
    assert_true(pli_clock_real_ns() < INT64_C(7258118400000000000));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(interrupted_and_short_calls_are_not_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(reserved_space_is_there_and_zero, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_made_changed_and_taken_away, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_call_is_told_with_its_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lock_ends_with_its_process_and_not_before, setup,
                                        teardown),
        cmocka_unit_test(the_clocks_tell_nanoseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
