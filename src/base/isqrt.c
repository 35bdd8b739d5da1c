/* isqrt.c: the integer square root, exact.                                            SPDX-License-Identifier: Apache-2.0 */
#include "base/isqrt.h"

uint64_t
pli_isqrt_u128(pli_u128 value) {
    // One binary digit of the root per step; `rest` is value minus the square of the digits found, in place.
    pli_u128 root = 0;
    pli_u128 rest = value;
    for (pli_u128 bit = (pli_u128)1 << 126; bit != 0; bit >>= 2) {
        pli_u128 trial = root + bit;
        root >>= 1;
        if (rest >= trial) {
            rest -= trial;
            root += bit;
        }
    }
    return (uint64_t)root;
}
