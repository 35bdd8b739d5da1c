/* staged.h: slices of a surface on their way into the market.                         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_STAGED_H
#define PLI_MARKET_STAGED_H

#include "plimsoll/event.h"
#include "plimsoll/market.h"
#include "plimsoll/status.h"

/* pli_staged_slice - what one SURFACE_SLICE event said. */
typedef struct pli_staged_slice {
    uint32_t underlying_index;
    uint32_t node_count;
    plm_slice_kind kind;
    int64_t expiry_ns;
    int64_t forward_e8;
    plm_svi svi;
    plm_slice_node nodes[PLM_SLICE_NODES_MAX];
} pli_staged_slice;

/* pli_staged_from_event, pli_staged_to_event - the same slice in the other form; no value is lost. */
void pli_staged_from_event(const plm_event_surface_slice *body, pli_staged_slice *slice);
void pli_staged_to_event(const pli_staged_slice *slice, plm_event_surface_slice *body);

/* pli_staged_expiry - the slice as the market holds it; it points at the slice's own nodes. */
plm_expiry_market pli_staged_expiry(const pli_staged_slice *slice);

/*
 * pli_staged_check - would these slices of one underlying, by rising expiry, make a surface at time `now_ns`?
 *
 * Slices of kind NONE carry a forward only and are not tested for arbitrage. `scratch` has room for `count` entries.
 *
 * Returns    PLM_OK; PLM_EXPIRED where an expiry is not after `now_ns`; PLM_DOMAIN, PLM_SURFACE_ARBITRAGE as
 *            plm_surface_check.
 */
PLM_MUST_USE plm_status pli_staged_check(const pli_staged_slice *const *slices, uint32_t count,
                                         int64_t now_ns, plm_price_domain domain,
                                         plm_surface_expiry *scratch, plm_fault *fault);

#endif
