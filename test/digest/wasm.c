/* wasm.c: what the digest tool takes from a C library, for WebAssembly without one.   SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "base/assert.h"
#include "base/libc.h"
#include "digest/digest.h"

/*
 * The one import is env.print(address, size); the one export is `run`. Compiled with -fno-builtin, so that the loops below
 * do not become calls of themselves; sqrt and fabs are one instruction each.
 */
__attribute__((import_module("env"), import_name("print"))) void host_print(const char *text,
                                                                            size_t size);
__attribute__((export_name("run"))) void wasm_run(void);

void *
memcpy(void *restrict to, const void *restrict from, size_t size) {
    unsigned char *out = to;
    const unsigned char *in = from;
    for (size_t i = 0; i < size; i += 1) {
        out[i] = in[i];
    }
    return to;
}

void *
memmove(void *to, const void *from, size_t size) {
    unsigned char *out = to;
    const unsigned char *in = from;
    for (size_t i = 0; i < size; i += 1) {
        size_t at = out < in ? i : size - 1 - i;
        out[at] = in[at];
    }
    return to;
}

void *
memset(void *to, int byte, size_t size) {
    unsigned char *out = to;
    for (size_t i = 0; i < size; i += 1) {
        out[i] = (unsigned char)byte;
    }
    return to;
}

int
memcmp(const void *left, const void *right, size_t size) {
    const unsigned char *a = left;
    const unsigned char *b = right;
    for (size_t i = 0; i < size; i += 1) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}

// Debian builds the 128-bit helpers of wasm32 with a stack guard, which a hosted C library would supply.
extern unsigned long __stack_chk_guard;
unsigned long __stack_chk_guard = 0x5afe57acUL;
_Noreturn void __stack_chk_fail(void);

_Noreturn void
__stack_chk_fail(void) {
    __builtin_trap();
}

double
sqrt(double x) {
    return __builtin_sqrt(x);
}

double
fabs(double x) {
    return __builtin_fabs(x);
}

static size_t
length_of(const char *text) {
    size_t length = 0;
    while (text[length] != 0) {
        length += 1;
    }
    return length;
}

void
pli_assert_failed(const char *expression, const char *file, int line) {
    (void)line;
    host_print(file, length_of(file));
    host_print(": bug: ", 7);
    host_print(expression, length_of(expression));
    host_print("\n", 1);
    __builtin_trap();
}

void
digest_print(const char *text, size_t size) {
    host_print(text, size);
}

void
wasm_run(void) {
    digest_run();
}
