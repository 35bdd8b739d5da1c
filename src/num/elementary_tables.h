/* elementary_tables.h: the constants behind exp, log and the Mills ratio, for kernels that repeat them on many lanes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NUM_ELEMENTARY_TABLES_H
#define PLI_NUM_ELEMENTARY_TABLES_H

#include <stdint.h>

/* elementary.c derives each; whoever repeats its operations with these, in its order, gets its bits. */

// Adding and subtracting 1.5 * 2^52 rounds to an integer; the low bits of the sum then hold that
// integer.
#define PLI_ROUNDER 0x1.8p52
#define PLI_ROUNDER_BITS UINT64_C(0x4338000000000000)
#define PLI_LOG2_E 0x1.71547652b82fep+0
#define PLI_LN2_HEAD 0x1.62e42fefa3800p-1 // 42 bits: times any exponent it is exact
#define PLI_LN2_TAIL 0x1.ef35793c76730p-45
#define PLI_SQRT_HALF_PI 0x1.40d931ff62706p+0
#define PLI_SQRT_HALF_BITS UINT64_C(0x3fe6a09e667f3bcd)
#define PLI_MILLS_MID 5.0

// Outside, exp is infinite or zero whatever the tail of the argument: log(2^1024) = 709.78,
// log(2^-1075) = -745.13.
#define PLI_EXP_X_MAX 711.0
#define PLI_EXP_X_MIN (-747.0)

extern const double pli_exp_table[11];
extern const double pli_log_table[8];
extern const double pli_mills_table[24];

#endif
