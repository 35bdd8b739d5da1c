/* bad_rows.h: rows that were refused one by one, counted, the first of them kept for the message.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_BAD_ROWS_H
#define PLI_IO_BAD_ROWS_H

#include <stdint.h>

#include "plimsoll/status.h"

#define PLI_BAD_ROWS_SHOWN 20u

/* pli_bad_rows - a zeroed one is empty and ready. */
typedef struct pli_bad_rows {
    uint64_t count;
    plm_fault shown[PLI_BAD_ROWS_SHOWN]; /* the first ones */
} pli_bad_rows;

/* pli_bad_rows_add - count one, and keep why. */
static inline void
pli_bad_rows_add(pli_bad_rows *bad, const plm_fault *fault) {
    if (bad->count < PLI_BAD_ROWS_SHOWN) {
        bad->shown[bad->count] = *fault;
    }
    bad->count += 1;
}

#endif
