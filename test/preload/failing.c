/* failing.c: a shared object that makes one system call of a program fail, or counts them all.
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE // RTLD_NEXT
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/*
 * For LD_PRELOAD. FAILING_CALL names a call of the list below, FAILING_AT which of its calls (1 is the first), FAILING_WITH
 * what it does: EIO, ENOSPC or EINTR, without doing its work; `short`: it moves one byte. FAILING_SITES is a file to which
 * `name ordinal count` is written for every site when the program ends: a site is a chain of callers, `ordinal` its first
 * call, `count` how many calls of that name there were. Descriptors 0 to 2 are left alone.
 */
// clang-format off
#define CALLS(X)                                                                                   \
    X(open) X(openat) X(close) X(fstat) X(stat) X(lstat) X(read) X(write) X(pread) X(pwrite)       \
    X(fsync) X(fdatasync) X(renameat) X(unlink) X(unlinkat) X(ftruncate) X(posix_fallocate)        \
    X(mmap) X(flock) X(fcntl) X(mkdir) X(fdopendir) X(readdir)
// clang-format on

enum {
#define CALL_NUMBER(name) CALL_##name,
    CALLS(CALL_NUMBER)
#undef CALL_NUMBER
        CALL_COUNT
};

static const char *const names[] = {
#define CALL_NAME(name) #name,
    CALLS(CALL_NAME)
#undef CALL_NAME
};

enum outcome { WORKS, FAILS, SHORT };

enum { SITES_MAX = 4096, CALLERS_MAX = 32 };

typedef struct site {
    int call;
    unsigned long ordinal;
    uint64_t callers;
} site;

static unsigned long counts[CALL_COUNT];
static site sites[SITES_MAX];
static int site_count;
static bool is_listing;
static __thread bool is_inside; // unwinding and listing make calls of their own
static int failing_call = -1;
static unsigned long failing_at;
static int failing_error;
static bool is_prepared;

static void
prepare(void) {
    const char *call = getenv("FAILING_CALL");
    const char *at = getenv("FAILING_AT");
    const char *with = getenv("FAILING_WITH");
    is_prepared = true;
    is_listing = getenv("FAILING_SITES") != NULL;
    for (int i = 0; call != NULL && at != NULL && with != NULL && i < CALL_COUNT; i += 1) {
        failing_call = strcmp(names[i], call) == 0 ? i : failing_call;
    }
    failing_at = at == NULL ? 0 : strtoul(at, NULL, 10);
    const char *what = with == NULL ? "" : with;
    failing_error = strcmp(what, "EIO") == 0      ? EIO
                    : strcmp(what, "ENOSPC") == 0 ? ENOSPC
                    : strcmp(what, "EINTR") == 0  ? EINTR
                                                  : 0;
}

// Remember the chain of callers when it is a new one. FNV-1a over the addresses: good enough to tell a few hundred apart.
static void
list_site(int call, unsigned long ordinal) {
    static int lock;
    void *callers[CALLERS_MAX];
    int depth = backtrace(callers, CALLERS_MAX);
    uint64_t hash = UINT64_C(14695981039346656037);
    for (int i = 0; i < depth; i += 1) {
        hash = (hash ^ (uint64_t)(uintptr_t)callers[i]) * UINT64_C(1099511628211);
    }
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE) != 0) {
    }
    int known = 0;
    while (known < site_count && (sites[known].call != call || sites[known].callers != hash)) {
        known += 1;
    }
    if (known == site_count && site_count < SITES_MAX) {
        sites[site_count] = (site){call, ordinal, hash};
        site_count += 1;
    }
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

// What this call is to do. Only the history has a thread of its own; two at one moment may miscount, which a test allows for.
static enum outcome
next(int call) {
    if (!is_prepared) {
        prepare();
    }
    if (is_inside) {
        return WORKS;
    }
    unsigned long count = __atomic_add_fetch(&counts[call], 1, __ATOMIC_SEQ_CST);
    if (is_listing) {
        is_inside = true;
        list_site(call, count);
        is_inside = false;
    }
    if (call != failing_call || count != failing_at) {
        return WORKS;
    }
    errno = failing_error;
    return failing_error == 0 ? SHORT : FAILS;
}

__attribute__((destructor)) static void
report(void) {
    const char *path = getenv("FAILING_SITES");
    is_inside = true;
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    for (int i = 0; file != NULL && i < site_count; i += 1) {
        fprintf(file, "%s %lu %lu\n", names[sites[i].call], sites[i].ordinal,
                counts[sites[i].call]);
    }
    if (file != NULL) {
        fclose(file);
    }
}

// The function of the C library that stands behind ours.
static void (*behind(const char *name))(void) {
    union {
        void *object;
        void (*function)(void);
    } found = {.object = dlsym(RTLD_NEXT, name)};
    if (found.function == NULL) {
        abort();
    }
    return found.function;
}

#define BEHIND(name, result, parameters) ((result(*) parameters)behind(name))

// A stand-in that fails with -1, or with NULL, or goes on.
#define STAND_IN(result, bad, name, parameters, arguments, is_watched)                             \
    result name parameters {                                                                       \
        if ((is_watched) && next(CALL_##name) == FAILS) {                                          \
            return bad;                                                                            \
        }                                                                                          \
        return BEHIND(#name, result, parameters) arguments;                                        \
    }

// The same for calls that move bytes and may move few.
#define STAND_IN_MOVE(name, parameters, arguments)                                                 \
    ssize_t name parameters {                                                                      \
        enum outcome outcome = file > 2 ? next(CALL_##name) : WORKS;                               \
        if (outcome == FAILS) {                                                                    \
            return -1;                                                                             \
        }                                                                                          \
        size = outcome == SHORT && size > 1 ? 1 : size;                                            \
        return BEHIND(#name, ssize_t, parameters) arguments;                                       \
    }

// clang-format off
STAND_IN_MOVE(read, (int file, void *data, size_t size), (file, data, size))
STAND_IN_MOVE(write, (int file, const void *data, size_t size), (file, data, size))
STAND_IN_MOVE(pread, (int file, void *data, size_t size, off_t at), (file, data, size, at))
STAND_IN_MOVE(pwrite, (int file, const void *data, size_t size, off_t at), (file, data, size, at))
STAND_IN(int, -1, close, (int file), (file), file > 2)
STAND_IN(int, -1, fstat, (int file, struct stat *status), (file, status), file > 2)
STAND_IN(int, -1, stat, (const char *path, struct stat *status), (path, status), true)
STAND_IN(int, -1, lstat, (const char *path, struct stat *status), (path, status), true)
STAND_IN(int, -1, fsync, (int file), (file), true)
STAND_IN(int, -1, fdatasync, (int file), (file), true)
STAND_IN(int, -1, renameat, (int from_in, const char *from, int to_in, const char *to), (from_in, from, to_in, to), true)
STAND_IN(int, -1, unlink, (const char *path), (path), true)
STAND_IN(int, -1, unlinkat, (int in, const char *path, int flags), (in, path, flags), true)
STAND_IN(int, -1, ftruncate, (int file, off_t size), (file, size), true)
STAND_IN(int, errno, posix_fallocate, (int file, off_t at, off_t size), (file, at, size), true)
STAND_IN(int, -1, flock, (int file, int operation), (file, operation), true)
STAND_IN(int, -1, mkdir, (const char *path, mode_t mode), (path, mode), true)
STAND_IN(DIR *, NULL, fdopendir, (int file), (file), true)
STAND_IN(struct dirent *, NULL, readdir, (DIR *directory), (directory), true)
STAND_IN(void *, MAP_FAILED, mmap, (void *to, size_t size, int access, int flags, int file, off_t at), (to, size, access, flags, file, at), file > 2)
// clang-format on

static mode_t
mode_of(int flags, va_list list) {
    return (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
}

int
open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    return next(CALL_open) == FAILS
               ? -1
               : BEHIND("open", int, (const char *, int, ...))(path, flags, mode);
}

int
openat(int in, const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    return next(CALL_openat) == FAILS
               ? -1
               : BEHIND("openat", int, (int, const char *, int, ...))(in, path, flags, mode);
}

int
fcntl(int file, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return next(CALL_fcntl) == FAILS
               ? -1
               : BEHIND("fcntl", int, (int, int, ...))(file, command, argument);
}

// SQLite asks for the names with 64; they are the same calls where off_t has 64 bits.
_Static_assert(sizeof(off_t) == 8, "off_t has 64 bits");
#define ALIAS(name) __attribute__((alias(name)))
ALIAS("open") int open64(const char *path, int flags, ...);
ALIAS("fcntl") int fcntl64(int file, int command, ...);
ALIAS("pread") ssize_t pread64(int file, void *data, size_t size, off_t at);
ALIAS("pwrite") ssize_t pwrite64(int file, const void *data, size_t size, off_t at);
ALIAS("ftruncate") int ftruncate64(int file, off_t size);
ALIAS("mmap") void *mmap64(void *to, size_t size, int access, int flags, int file, off_t at);
int
fstat64(int file, struct stat64 *status) {
    return fstat(file, (struct stat *)(void *)status);
}

int
stat64(const char *path, struct stat64 *status) {
    return stat(path, (struct stat *)(void *)status);
}

int
lstat64(const char *path, struct stat64 *status) {
    return lstat(path, (struct stat *)(void *)status);
}
