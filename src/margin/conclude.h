/* conclude.h: from core, charges and equity to a requirement and its health.          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_CONCLUDE_H
#define PLI_MARGIN_CONCLUDE_H

#include "margin/equity.h"
#include "plimsoll/margin.h"

/* The two requirements before they are related to each other; charges without SLOW_PRICE and BUFFER. */
typedef struct pli_conclusion {
    int64_t core_maintenance_micros, core_initial_micros;
    int64_t charges_maintenance[PLM_CHARGE_COUNT];
    int64_t charges_initial[PLM_CHARGE_COUNT];
    int64_t
        filled_maintenance_micros; /* maintenance if the worst subset of open orders were filled */
    int64_t entry_buffer_ppm, call_buffer_ppm;
    pli_equity equity;
} pli_conclusion;

/*
 * pli_conclude - maintenance = core + charges; initial = max(filled maintenance * (1 + entry buffer), core + charges)
 * plus entry cost and slow price of the open orders; health.
 *
 * The buffer stands on the maintenance requirement of the worst fills: on that of the filled positions alone, an order
 * that fills would lift the initial requirement by more than it was checked against [M13]. The BUFFER charge of the
 * initial part becomes what lifts it to the first term of the maximum.
 *
 * Returns    PLM_OK or PLM_OVERFLOW.
 */
plm_status pli_conclude(pli_conclusion *conclusion, plm_requirement *requirement, plm_fault *fault);

/* pli_reason_finish - copy portfolio, equity lines and charges into a reason, after pli_conclude. */
void pli_reason_finish(const pli_view *view, const pli_conclusion *conclusion, plm_reason *reason);

#endif
