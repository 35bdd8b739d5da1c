/* limits.h: how large the tables may be.                                              SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_LIMITS_H
#define PLIMSOLL_LIMITS_H

#include <stdint.h>

#define PLM_SCENARIO_ENTRIES_MAX 4096u /* entries of one risk-array row, padding included */
#define PLM_ROW_ALIGN 16u        /* a row is padded with zeros to a multiple of this many entries */
#define PLM_HAIRCUT_TIERS_MAX 8u /* size tiers of one collateral asset */
#define PLM_NAME_SIZE 32u        /* bytes of a name, terminator included */

/*
 * plm_limits - the sizes that memory is reserved for, fixed when a workspace or an engine is made.
 *
 * A size function takes the limits and says how many bytes are needed; a call that meets more than the limits allow
 * answers PLM_LIMIT before anything is changed.
 */
typedef struct plm_limits {
    uint32_t asset_count;      /* assets listed */
    uint32_t underlying_count; /* underlyings listed */
    uint32_t instrument_count; /* instruments listed */
    uint32_t position_count;   /* positions of one portfolio, those opened by changes included */
    uint32_t order_count;      /* open orders of one portfolio, those placed by changes included */
    uint32_t balance_count;    /* balances of one portfolio, those opened by changes included */
    uint32_t entry_count;      /* entries of one risk-array row, at most PLM_SCENARIO_ENTRIES_MAX */
} plm_limits;

#endif
