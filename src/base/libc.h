/* libc.h: the only functions of the C library that pure layers may call.              SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_LIBC_H
#define PLI_BASE_LIBC_H

#include <stddef.h>

/*
 * Declared here instead of through <string.h> and <math.h>, so that the pure layers also build freestanding (WebAssembly
 * has no C library; the program supplies these four) and nothing else can be called by accident.
 */
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);

/* Exact by IEEE 754, hence the same bits everywhere; both are single instructions. */
double sqrt(double x);
double fabs(double x);

#endif
