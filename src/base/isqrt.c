/* isqrt.c: the integer square root, exact.                                            SPDX-License-Identifier: Apache-2.0 */
#include "base/isqrt.h"

/*
 * P. Zimmermann, Karatsuba Square Root (INRIA RR-3805, 1999): the root s' and rest r' of the upper half, normalised so
 * that one of its two top bits is set, give with one division by 2 s' the next half of the digits, at most one too many.
 */
typedef struct root64 {
    uint64_t root, rest;
} root64;

/* Root and rest of a 32-bit number, one binary digit per step. */
static root64
root_of_32(uint32_t value) {
    uint32_t root = 0;
    uint32_t rest = value;
    for (uint32_t bit = UINT32_C(1) << 30; bit != 0; bit >>= 2) {
        uint32_t trial = root + bit;
        root >>= 1;
        if (rest >= trial) {
            rest -= trial;
            root += bit;
        }
    }
    return (root64){root, rest};
}

/* The same of a 64-bit number whose two top bits are not both 0. */
static root64
root_of_64(uint64_t value) {
    root64 high = root_of_32((uint32_t)(value >> 32));
    uint64_t top = (high.rest << 16) | ((value >> 16) & 0xffff);
    uint64_t quotient = top / (2 * high.root);
    uint64_t root = (high.root << 16) + quotient;
    uint64_t upper = ((top - quotient * 2 * high.root) << 16) | (value & 0xffff);
    if (upper < quotient * quotient) {
        upper += 2 * root - 1;
        root -= 1;
    }
    return (root64){root, upper - quotient * quotient};
}

uint64_t
pli_isqrt_u128(pli_u128 value) {
    if (value == 0) {
        return 0;
    }
    unsigned shift =
        0; // pairs of leading zeros: the root of value * 4^n is the root of value times 2^n, and digits below
    while (value >> 126 == 0) {
        unsigned step =
            value >> 64 == 0 ? 64 : (value >> 96 == 0 ? 32 : (value >> 112 == 0 ? 16 : 2));
        value <<= step;
        shift += step;
    }
    root64 high = root_of_64((uint64_t)(value >> 64));
    pli_u128 top = ((pli_u128)high.rest << 32) | (uint32_t)((uint64_t)value >> 32);
    pli_u128 divisor = (pli_u128)2 * high.root;
    pli_u128 quotient = top >> 64 == 0 ? (uint64_t)top / (uint64_t)divisor : top / divisor;
    pli_u128 root = ((pli_u128)high.root << 32) + quotient;
    pli_u128 upper = ((top - quotient * divisor) << 32) | (uint32_t)value;
    if (upper < quotient * quotient) {
        root -= 1;
    }
    return (uint64_t)(root >> (shift / 2));
}
