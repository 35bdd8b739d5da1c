/* fund.h: how large the insurance fund must be: the largest stressed losses beyond margin, of several members at once.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LIQUIDATION_FUND_H
#define PLI_LIQUIDATION_FUND_H

#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/status.h"

/*
 * fund = max over scenarios of the sum of the `cover` largest max(0, loss of the member - what it has put up)
 *
 * Cover 2 is the rule for central counterparties: the two members whose default would cost most, in one scenario.
 * A member is whoever defaults together: all accounts of one owner are added up before they are given here.
 *
 * Source     Regulation (EU) 648/2012 Art. 42(3), PFMI principle 4; METHOD section 10. docs/method/losses.md.
 */
#define PLI_FUND_COVER_MAX 4u

/* pli_fund_tally - the largest losses of one scenario, the largest first, ties to the lowest member. */
typedef struct pli_fund_tally {
    int64_t losses[PLI_FUND_COVER_MAX];   /* > 0, or 0 where there is none */
    uint32_t members[PLI_FUND_COVER_MAX]; /* PLM_NONE where there is none */
} pli_fund_tally;

/* pli_fund_init - nobody has lost anything yet, in each of `count` scenarios. */
void pli_fund_init(pli_fund_tally *tallies, uint32_t count);

/*
 * pli_fund_add - one member: its profit in each scenario, and what it has put up (requirement held, >= 0).
 *
 * Guarantees [FUND-1] the order in which members are added changes nothing. Each member is added once.
 * Cost       O(count).
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: held < 0, or the member is PLM_NONE; PLM_OVERFLOW: a loss does not fit.
 *            On any other status than PLM_OK the tallies are as they were.
 */
PLM_MUST_USE plm_status pli_fund_add(pli_fund_tally *tallies, uint32_t count, uint32_t member,
                                     const int64_t *profits_micros, int64_t held_micros);

typedef struct pli_fund_size {
    pli_i128 micros;
    uint32_t
        scenario_index; /* the worst, the lowest of equals; PLM_NONE where nobody loses more than it put up */
    pli_fund_tally worst; /* its members; only the first `cover` are filled */
} pli_fund_size;

/*
 * pli_fund_need - the fund that covers the `cover` largest losses of the worst scenario.
 *
 * Guarantees [FUND-2] it does not fall with cover, with a member's loss, or when a member is added.
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: cover outside 1..PLI_FUND_COVER_MAX.
 */
PLM_MUST_USE plm_status pli_fund_need(const pli_fund_tally *tallies, uint32_t count, uint32_t cover,
                                      pli_fund_size *size);

#endif
