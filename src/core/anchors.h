/* anchors.h: prices of wrapped and stable assets, held against what their issuer redeems them for.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_ANCHORS_H
#define PLI_CORE_ANCHORS_H

#include "core/state.h"

/*
 * Invariants [ANCHORS-1] base and ratio of an anchor are listed, on a positive domain, of the same price unit as what is
 *                        anchored, and not anchored themselves: one look is enough.
 */

/* pli_anchors_set - ANCHOR: sets, replaces or takes away an anchor. The caller publishes the price anew. */
plm_reject pli_anchors_set(plm_core *core, const plm_event_anchor *body);

/* pli_anchors_view - the price of an underlying: its own, or where it has an anchor the two together. */
pli_price_view pli_anchors_view(plm_core *core, uint32_t underlying);

/* pli_anchors_rests - does the price of `underlying` rest on that of `other`? */
bool pli_anchors_rests(const plm_core *core, uint32_t underlying, uint32_t other);

/* pli_anchors_restore - count the anchors of a decoded state; false where one breaks ANCHORS-1. */
bool pli_anchors_restore(plm_core *core);

#endif
