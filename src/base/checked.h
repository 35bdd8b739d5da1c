/* checked.h: integer arithmetic that says when it does not fit.                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_CHECKED_H
#define PLI_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"

/*
 * pli_add_*, pli_sub_*, pli_mul_* - write left op right to *out and return true, or return false and leave *out alone
 * where the exact result does not fit.
 */
#define PLI_CHECKED(suffix, type)                                                                  \
    static inline bool pli_add_##suffix(type left, type right, type *out) {                        \
        type result;                                                                               \
        if (__builtin_add_overflow(left, right, &result)) {                                        \
            return false;                                                                          \
        }                                                                                          \
        *out = result;                                                                             \
        return true;                                                                               \
    }                                                                                              \
    static inline bool pli_sub_##suffix(type left, type right, type *out) {                        \
        type result;                                                                               \
        if (__builtin_sub_overflow(left, right, &result)) {                                        \
            return false;                                                                          \
        }                                                                                          \
        *out = result;                                                                             \
        return true;                                                                               \
    }                                                                                              \
    static inline bool pli_mul_##suffix(type left, type right, type *out) {                        \
        type result;                                                                               \
        if (__builtin_mul_overflow(left, right, &result)) {                                        \
            return false;                                                                          \
        }                                                                                          \
        *out = result;                                                                             \
        return true;                                                                               \
    }

PLI_CHECKED(i64, int64_t)
PLI_CHECKED(u64, uint64_t)
PLI_CHECKED(i128, pli_i128)
PLI_CHECKED(size, __SIZE_TYPE__)

#undef PLI_CHECKED

/* pli_narrow_i64 - the same value in 64 bits, or false where it does not fit. */
static inline bool
pli_narrow_i64(pli_i128 value, int64_t *out) {
    if (value < INT64_MIN || value > INT64_MAX) {
        return false;
    }
    *out = (int64_t)value;
    return true;
}

#endif
