/* wide_text.h: 128-bit integers as the dumps of test/oracle print them.                SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_ORACLE_WIDE_TEXT_H
#define TS_ORACLE_WIDE_TEXT_H

#include <stdio.h>

#include "base/text.h"

static inline void
write_wide(pli_i128 value) {
    char digits[48];
    pli_text text = pli_text_init(digits, sizeof digits);
    pli_text_append_i128(&text, value);
    fputs(digits, stdout);
}

#endif
